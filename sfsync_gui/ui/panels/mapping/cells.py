"""The cells of a row that can be pressed: a field with a sample value, and the rules."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from sfsync_gui.ui.panels.mapping.views import CellView
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    CELL_HEIGHT,
    COLUMN_LEAST,
    ICON,
    RADIUS,
    SPACE_GROUP,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.tooltips import plain

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Cell(QAbstractButton):
    """Up to two lines that can be pressed. `left` asks for the same cell of a row above or below.

    Enter and Space press it, as does a click.
    """

    left = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CELL_HEIGHT)
        self.setMinimumWidth(COLUMN_LEAST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its column makes it."""
        return QSize(COLUMN_LEAST, CELL_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows leave it, Enter presses it."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.left.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the ground, the ring of the focus, and what the cell holds."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QColor(colors.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isDown() or (self.underMouse() and self.isEnabled()):
            painter.setBrush(QColor(colors.pressed))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        self._paint(painter, self.rect().adjusted(SPACE_GROUP, 0, -SPACE_GROUP, 0))

    def _paint(self, painter: QPainter, area: QRect) -> None:
        raise NotImplementedError

    def _line(self, painter: QPainter, area: QRect, text: str, font: QFont, tone: Tone) -> None:
        """Draw one line, shortened to the room there is."""
        painter.setFont(font)
        painter.setPen(QColor(colors_of(self).tone(tone)))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)


class FieldCell(Cell):
    """The label of a field, with a real person's value under it."""

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = what
        self._view = CellView("")

    def show_view(self, view: CellView) -> None:
        """Show another field."""
        self._view = view
        shown = view.text or view.hint
        self.setAccessibleName(f"{self._what}: {shown}")
        self.setAccessibleDescription(view.sample)
        label = "" if view.text == view.api_name else view.text
        lines = (label, view.api_name, view.sample)
        self.setToolTip(plain("\n".join(line for line in lines if line)))
        self.update()

    @property
    def view(self) -> CellView:
        """What it shows."""
        return self._view

    def _paint(self, painter: QPainter, area: QRect) -> None:
        if self.isEnabled() and (self.underMouse() or self.hasFocus()):
            place = QRect(area.right() - ICON + 1, (self.height() - ICON) // 2, ICON, ICON)
            icon("chevron-down", Tone.MUTED).paint(painter, place)
            area = area.adjusted(0, 0, -ICON - SPACE_TIGHT, 0)
        view = self._view
        body, caption = fonts.body_font(), fonts.caption_font()
        if not view.text:
            self._line(painter, area, view.hint, body, Tone.MUTED)
            return
        tone = Tone.DANGER if view.gone else Tone.TEXT
        if not view.sample:
            self._line(painter, area, view.text, body, tone)
            return
        upper, lower = QFontMetrics(body).height(), QFontMetrics(caption).height()
        top = (self.height() - upper - lower) // 2
        self._line(painter, QRect(area.x(), top, area.width(), upper), view.text, body, tone)
        below = QRect(area.x(), top + upper, area.width(), lower)
        self._line(painter, below, view.sample, caption, Tone.MUTED)


class RulesCell(Cell):
    """The rules of a row, as quiet text."""

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = what
        self._texts: tuple[str, ...] = ()

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show other rules; without any there is nothing to press."""
        self._texts = tuple(texts)
        told = ", ".join(texts)
        self.setAccessibleName(f"{self._what}: {told}")
        self.setToolTip(told)
        self.setEnabled(bool(texts))
        self.update()

    @property
    def texts(self) -> tuple[str, ...]:
        """What it shows."""
        return self._texts

    def _paint(self, painter: QPainter, area: QRect) -> None:
        font = fonts.caption_font()
        height = QFontMetrics(font).height()
        # Two lines fit; a third rule goes on in the second.
        lines = [*self._texts[:1], ", ".join(self._texts[1:])] if self._texts else []
        lines = [line for line in lines if line]
        top = (self.height() - height * len(lines)) // 2
        for number, line in enumerate(lines):
            place = QRect(area.x(), top + number * height, area.width(), height)
            self._line(painter, place, line, font, Tone.MUTED)


class RowButton(IconButton):
    """A button that is seen while its row is used; the keyboard always finds it."""

    def __init__(self, icon_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(icon_name, name, parent=parent)
        self._awake = False

    def set_awake(self, awake: bool) -> None:
        """Whether the row is under the pointer or has the keyboard."""
        if awake is not self._awake:
            self._awake = awake
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it while it is wanted."""
        if self._awake or self.hasFocus():
            super().paintEvent(event)
