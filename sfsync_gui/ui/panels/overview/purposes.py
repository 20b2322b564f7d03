"""What the API calls of the last days were for: a bar a purpose, the largest first."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.purposes import purpose_text
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import DIALOG, LINE_HEIGHT, RADIUS_SMALL, SPACE_GROUP, SPACE_SECTION

DAYS = 7
_BAR = 8


class CallsByPurpose(QWidget):
    """Own calls of one side; the accessible description tells the numbers in words."""

    def __init__(self, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._calls: list[tuple[str, int]] = []
        self.setFont(fonts.caption_font())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("API calls by purpose, last {days} days").format(days=DAYS))
        self.hide()

    def show_calls(self, calls: Mapping[tuple[Side, str], int]) -> None:
        """Show other calls; nothing is shown where there are none."""
        by_purpose = Counter({name: n for (side, name), n in calls.items() if side is self._side})
        self._calls = [(purpose_text(name), count) for name, count in by_purpose.most_common()]
        told = [f"{name}: {counted(count, 'call')}" for name, count in self._calls]
        self.setAccessibleDescription("; ".join(told))
        self.setVisible(bool(self._calls))
        self.updateGeometry()
        self.update()

    @property
    def calls(self) -> list[tuple[str, int]]:
        """What is shown, from top to bottom."""
        return list(self._calls)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A head, and a line a purpose."""
        return QSize(DIALOG, LINE_HEIGHT * (len(self._calls) + 1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw names, bars and numbers."""
        if not self._calls:
            return
        colors, metrics = colors_of(self), self.fontMetrics()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = max(metrics.horizontalAdvance(name) for name, _ in self._calls) + SPACE_SECTION
        most = max(count for _, count in self._calls)
        numbers = metrics.horizontalAdvance(grouped(most)) + SPACE_GROUP
        room = max(0, min(DIALOG, self.width() - names - numbers))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colors.text))
        head = self.tr("What SFSync’s calls of the last {days} days were for").format(days=DAYS)
        painter.drawText(QRectF(0, 0, self.width(), LINE_HEIGHT), middle, head)
        for line, (name, count) in enumerate(self._calls, start=1):
            top = line * LINE_HEIGHT
            painter.setPen(QColor(colors.muted))
            painter.drawText(QRectF(0, top, names, LINE_HEIGHT), middle, name)
            bar = QRectF(names, top + (LINE_HEIGHT - _BAR) / 2, max(2.0, room * count / most), _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent_fill))
            painter.drawRoundedRect(bar, RADIUS_SMALL, RADIUS_SMALL)
            painter.setPen(QColor(colors.text))
            place = QRectF(bar.right() + SPACE_GROUP, top, numbers, LINE_HEIGHT)
            painter.drawText(place, middle, grouped(count))
