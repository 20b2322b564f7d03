"""How the sync is, in a corner: icon, sentence, relative time."""

import time
from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.status import Status, SyncState
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    ICON_LARGE,
    RADIUS,
    SPACE_GROUP,
    SPACE_HAIR,
    SPACE_INSET,
    SPACE_TIGHT,
    STATUS_HEIGHT,
)
from sfsync_gui.ui.widgets.tooltips import plain

_LEFT = SPACE_GROUP + SPACE_HAIR + ICON_LARGE + SPACE_INSET
"""Where the words begin, beside the icon."""

_WRAPPED = int(Qt.TextFlag.TextWordWrap)


class StatusLine(QAbstractButton):
    """Shows a `Status`; a click goes where more of it is to be seen."""

    def __init__(self, now: Callable[[], float] = time.time, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._status = Status(SyncState.SYNCING, "")
        self._narrow = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._refresh)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def panel(self) -> str:
        """Where more of it is to be seen."""
        return self._status.panel

    @property
    def sentence(self) -> str:
        """What it says, without the time."""
        return self._status.sentence

    def show_status(self, status: Status) -> None:
        """Show another status."""
        self._status = status
        self._refresh()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone, or the words too."""
        self._narrow = narrow
        self._refresh()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the sidebar lets it."""
        return QSize(ICON_LARGE + 2 * SPACE_GROUP, STATUS_HEIGHT)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """A long sentence takes more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """As high as the sentence and the time below it need."""
        if self._narrow:
            return STATUS_HEIGHT
        texts = self._sentence_height(width) + self._time_height()
        return max(STATUS_HEIGHT, texts + 2 * SPACE_TIGHT)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Go on counting."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def _time_text(self) -> str:
        at = self._status.at
        return times.relative(at, self._now()) if at else ""

    def _refresh(self) -> None:
        at, when = self._status.at, self._time_text()
        said = f"{self._status.sentence}, {when}" if when else self._status.sentence
        self.setAccessibleName(said)
        exact = times.exact(at) if at else ""
        self.setToolTip(plain("\n".join(part for part in (self._status.sentence, exact) if part)))
        self.updateGeometry()
        self.update()
        if at and self.isVisible():
            self._timer.start(int(times.next_change(at, self._now()) * 1000) + 50)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        hovered = QColor(colors.pressed) if self.underMouse() else Qt.BrushStyle.NoBrush
        painter.setBrush(hovered)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        state = self._status.state
        left = (self.width() - ICON_LARGE) / 2 if self._narrow else SPACE_GROUP + SPACE_HAIR
        box = QRectF(left, (self.height() - ICON_LARGE) / 2, ICON_LARGE, ICON_LARGE).toRect()
        icon(state.icon_name, state.tone).paint(painter, box)
        if not self._narrow:
            self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        colors, width = colors_of(self), self.width() - _LEFT - SPACE_GROUP
        sentence, when = self._sentence_height(self.width()), self._time_height()
        top = (self.height() - sentence - when) / 2
        painter.setPen(QColor(colors.text))
        painter.setFont(fonts.body_font())
        painter.drawText(QRectF(_LEFT, top, width, sentence), _WRAPPED, self._status.sentence)
        if when:
            painter.setPen(QColor(colors.muted))
            painter.setFont(fonts.caption_font())
            painter.drawText(
                QRectF(_LEFT, top + sentence, width, when), _WRAPPED, self._time_text()
            )

    def _sentence_height(self, width: int) -> int:
        room = QRect(0, 0, width - _LEFT - SPACE_GROUP, 0)
        metrics = QFontMetrics(fonts.body_font())
        return metrics.boundingRect(room, _WRAPPED, self._status.sentence).height()

    def _time_height(self) -> int:
        return QFontMetrics(fonts.caption_font()).height() if self._status.at else 0
