"""The sidebar: one entry a panel, with quiet counts; at its foot how the sync is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from sfsync_gui.ui.panels import PanelEntry
from sfsync_gui.ui.shell.status_line import StatusLine
from sfsync_gui.ui.texts.numbers import grouped, short
from sfsync_gui.ui.texts.status import Status
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    BADGE_HEIGHT,
    ENTRY_HEIGHT,
    ICON_LARGE,
    RADIUS,
    SIDEBAR,
    SIDEBAR_NARROW,
    SPACE_GROUP,
    SPACE_HAIR,
    SPACE_INSET,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.layouts import column
from sfsync_gui.ui.widgets.surfaces import paint_badge

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Entry(QAbstractButton):
    """One panel: icon, label and count; the icon alone where it is narrow."""

    def __init__(self, entry: PanelEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = entry.key
        self._label, self._icon_name = entry.title, entry.icon_name
        self._count, self._danger = 0, False
        self.narrow = False
        self._by_keyboard = False
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_badge(0, danger=False)

    @property
    def count(self) -> int:
        """The count that is shown."""
        return self._count

    def set_badge(self, count: int, *, danger: bool) -> None:
        """Show a count, 0 for none."""
        self._count, self._danger = count, danger
        said = f"{self._label}, {grouped(count)}" if count else self._label
        self.setAccessibleName(said)
        self.setToolTip(said if self.narrow else "")
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone, or the label too."""
        self.narrow = narrow
        self.set_badge(self._count, danger=self._danger)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show the focus to whoever moves it by keyboard."""
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the sidebar lets it."""
        return QSize(SIDEBAR_NARROW - 2 * SPACE_GROUP, ENTRY_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the entry."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        tone = Tone.ACCENT if self.isChecked() else Tone.MUTED
        left = (self.width() - ICON_LARGE) / 2 if self.narrow else SPACE_GROUP + SPACE_HAIR
        top = (self.height() - ICON_LARGE) / 2
        box = QRectF(left, top, ICON_LARGE, ICON_LARGE).toRect()
        icon(self._icon_name, tone).paint(painter, box)
        if self.narrow:
            self._paint_dot(painter)
        else:
            self._paint_label(painter, box.right() + SPACE_INSET)

    def _paint_ground(self, painter: QPainter) -> None:
        colors = colors_of(self)
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(QColor(colors.selection if self.isChecked() else colors.pressed))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        if self._by_keyboard and self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _paint_label(self, painter: QPainter, left: int) -> None:
        colors = colors_of(self)
        right = self.width() - SPACE_GROUP
        if self._count:
            text = short(self._count)
            width = max(self.fontMetrics().horizontalAdvance(text) + SPACE_INSET, BADGE_HEIGHT)
            badge = QRectF(right - width, (self.height() - BADGE_HEIGHT) / 2, width, BADGE_HEIGHT)
            tone = Tone.DANGER if self._danger else Tone.MUTED
            paint_badge(painter, badge, text, tone, self)
            right = int(badge.left()) - SPACE_TIGHT
        painter.setPen(QColor(colors.text))
        painter.setFont(self.font())
        elided = self.fontMetrics().elidedText(
            self._label, Qt.TextElideMode.ElideRight, right - left
        )
        place = QRectF(left, 0, right - left, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_dot(self, painter: QPainter) -> None:
        """A count that has no room is a dot."""
        if not self._count:
            return
        colors = colors_of(self)
        painter.setPen(QColor(colors.sidebar))
        painter.setBrush(QColor(colors.danger_fill if self._danger else colors.muted))
        painter.drawEllipse(QRectF(self.width() - 17, 5, 9, 9))


class Sidebar(QWidget):
    """Chooses the panel. Arrow keys move the choice, Tab goes on to the status and the panel."""

    chosen = Signal(str)
    status_clicked = Signal(str)
    """The status was clicked; where more of it is to be seen."""

    def __init__(
        self,
        entries: Sequence[PanelEntry],
        now: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Panels"))
        self._entries = {entry.key: Entry(entry, self) for entry in entries}
        group = QButtonGroup(self)
        for button in self._entries.values():
            group.addButton(button)
            button.toggled.connect(
                lambda checked, key=button.key: self.chosen.emit(key) if checked else None
            )
        self.status = StatusLine(now)
        self.status.clicked.connect(lambda: self.status_clicked.emit(self.status.panel))
        layout = column(*self._entries.values(), None, self.status, space=SPACE_HAIR)
        layout.setContentsMargins(SPACE_GROUP, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setLayout(layout)
        self._narrow: bool | None = None
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, or with labels."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        self.setFixedWidth(SIDEBAR_NARROW if narrow else SIDEBAR)
        for button in self._entries.values():
            button.set_narrow(narrow)
        self.status.set_narrow(narrow)

    def choose(self, key: str) -> None:
        """Mark a panel as chosen; `chosen` is told if it is another one."""
        self._entries[key].setChecked(True)

    def entry(self, key: str) -> Entry:
        """The entry of a panel."""
        return self._entries[key]

    def show_status(self, status: Status) -> None:
        """Show how the sync is."""
        self.status.show_status(status)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the ground and the line beside the content."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.sidebar))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), QColor(colors.divider))
