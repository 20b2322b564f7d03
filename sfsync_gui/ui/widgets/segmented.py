"""A choice among a few, side by side: arrow keys move it, Tab passes over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import ICON, RADIUS, SPACE_GROUP, SPACE_HAIR, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.layouts import row

V = TypeVar("V")
_HEIGHT = 28


@dataclass(frozen=True)
class Option(Generic[V]):
    """One of the choices. With an icon alone, `name` is its tooltip and accessible name."""

    value: V
    name: str
    icon_name: str = ""
    icon_only: bool = False
    tooltip: str = ""


class _Segment(QAbstractButton):
    """One choice. Painted here, since a style sheet knows no neighbours."""

    def __init__(self, option: Option[object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText("" if option.icon_only else option.name)
        self.setAccessibleName(option.name)
        self.setToolTip(option.tooltip or (option.name if option.icon_only else ""))
        self._name = option.icon_name
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Its icon and its word."""
        width = 2 * SPACE_INSET
        if self._name:
            width += ICON
        if self.text():
            width += self.fontMetrics().horizontalAdvance(self.text())
            width += SPACE_GROUP if self._name else 0
        return QSize(width, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the choice; the chosen one stands out by its ground and its colour."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or (self.underMouse() and self.isEnabled()):
            painter.setPen(Qt.PenStyle.NoPen)
            ground = colors.selection if self.isChecked() else colors.hover
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(area, RADIUS - 1, RADIUS - 1)
        if self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, RADIUS - 1, RADIUS - 1)
        self._paint_content(painter)

    def _tone(self) -> Tone:
        if not self.isEnabled():
            return Tone.MUTED if self.isChecked() else Tone.DISABLED
        return Tone.ACCENT if self.isChecked() else Tone.MUTED

    def _paint_content(self, painter: QPainter) -> None:
        tone, left = self._tone(), float(SPACE_INSET)
        spare = self.width() - self.sizeHint().width()
        left += max(0, spare) / 2
        if self._name:
            mode = QIcon.Mode.Normal
            box = QRectF(left, (self.height() - ICON) / 2, ICON, ICON).toRect()
            icon(self._name, tone).paint(painter, box, mode=mode)
            left += ICON + SPACE_GROUP
        if self.text():
            painter.setPen(QColor(colors_of(self).tone(tone)))
            place = QRectF(left, 0, self.width() - left, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text())


class Segmented(QWidget, Generic[V]):
    """Shows all choices, one of them chosen. `chosen` tells what a person picked."""

    chosen = Signal(object)

    def __init__(
        self, name: str, options: Sequence[Option[V]], value: V, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._options = list(options)
        self._group = QButtonGroup(self)
        layout = row(space=0, margins=SPACE_HAIR)
        for place, option in enumerate(self._options):
            segment = _Segment(option, self)  # type: ignore[arg-type]
            segment.setAccessibleDescription(name)
            self._group.addButton(segment, place)
            layout.addWidget(segment)
        self.setLayout(layout)
        self.set_value(value)
        self._group.idToggled.connect(self._on_toggled)

    @property
    def value(self) -> V:
        """What is chosen."""
        return self._options[self._group.checkedId()].value

    def set_value(self, value: V) -> None:
        """Choose without telling."""
        place = next(i for i, option in enumerate(self._options) if option.value == value)
        self._group.blockSignals(True)
        self._group.button(place).setChecked(True)
        self._group.blockSignals(False)
        self._let_tab_in()

    def segment(self, value: V) -> QAbstractButton:
        """The button of a choice, to disable it or explain it."""
        place = next(i for i, option in enumerate(self._options) if option.value == value)
        return self._group.button(place)

    def _on_toggled(self, place: int, checked: bool) -> None:
        if checked:
            self._let_tab_in()
            self.chosen.emit(self._options[place].value)

    def _let_tab_in(self) -> None:
        """Tab comes to the choice that is made: from there the arrow keys move it."""
        for segment in self._group.buttons():
            by_tab = segment.isChecked()
            policy = Qt.FocusPolicy.StrongFocus if by_tab else Qt.FocusPolicy.ClickFocus
            segment.setFocusPolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the outline around all choices."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.control if self.isEnabled() else colors.divider))
        painter.setBrush(QColor(colors.field))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, RADIUS, RADIUS)
