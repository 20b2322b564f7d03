"""Backgrounds that carry a meaning, lines between things, and counts on a pill."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from sfsync_gui.ui.texts.numbers import grouped, short
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import BADGE_HEIGHT, RADIUS, SPACE_GROUP, Tone


class Surface(QFrame):
    """A rounded area in the quiet colour of a tone."""

    def __init__(self, tone: Tone = Tone.TEXT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone

    @property
    def tone(self) -> Tone:
        """What its colour means."""
        return self._tone

    def set_tone(self, tone: Tone) -> None:
        """Mean something else."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Fill it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors_of(self).soft(self._tone)))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)


class Divider(QFrame):
    """A thin line between two things."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        QPainter(self).fillRect(self.rect(), QColor(colors_of(self).divider))


class Badge(QWidget):
    """A count, or a word, on a pill. Danger stands out; every other tone is quiet."""

    def __init__(
        self, count: int = 0, tone: Tone = Tone.MUTED, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone = tone
        self.setFont(fonts.caption_strong_font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(count, tone)

    @property
    def text(self) -> str:
        """What it shows."""
        return self._text

    def set_count(self, count: int, tone: Tone | None = None) -> None:
        """Show a number; 0 hides the badge."""
        self.set_text(short(count) if count else "", tone)
        self.setToolTip(grouped(count) if count >= 1000 else "")

    def set_text(self, text: str, tone: Tone | None = None) -> None:
        """Show a word; none hides the badge."""
        self._text = text
        self._tone = tone or self._tone
        self.setAccessibleName(text)
        if self.parent() is not None or not text:  # alone, it would open a window of its own
            self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its text, and round."""
        width = self.fontMetrics().horizontalAdvance(self._text) + 2 * SPACE_GROUP - 2
        return QSize(max(width, BADGE_HEIGHT), BADGE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the pill and its text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_badge(painter, QRectF(self.rect()), self._text, self._tone, self)


def paint_badge(painter: QPainter, rect: QRectF, text: str, tone: Tone, widget: QWidget) -> None:
    """Draw a badge; for delegates and widgets that paint themselves."""
    colors = colors_of(widget)
    fill = colors.danger_fill if tone is Tone.DANGER else colors.soft(tone)
    ink = colors.on_accent if tone is Tone.DANGER else colors.tone(tone)
    if tone is Tone.MUTED:
        fill = colors.pressed
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setPen(QColor(ink))
    painter.setFont(fonts.caption_strong_font())
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
