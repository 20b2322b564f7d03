"""Changes an hour over the last day, by the side written to, as stacked bars."""

import math
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import ChangesRow
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    CHART_HEIGHT,
    DIALOG,
    LINE_HEIGHT,
    SPACE_GROUP,
    SPACE_HAIR,
    SPACE_SECTION,
    SPACE_TIGHT,
)

HOURS = 24
_HOUR = 3600
_LABEL_EVERY = 4
_LINES = 5
_LEAST_TOP = 5
_BAR_SHARE = 0.7
_SIDES = (Side.INTERCOM, Side.SALESFORCE)
"""From the ground up."""


class ChangesChart(QWidget):
    """The chart. Its accessible description tells the totals in words, a tooltip each hour's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(fonts.caption_font())
        self.setAccessibleName(self.tr("Changes per hour"))
        self._counts: dict[Side, list[int]] = {side: [0] * HOURS for side in Side}
        self._now_hour: int | None = None

    def show_changes(self, rows: Sequence[ChangesRow], now: float) -> None:
        """Show the last day up to the hour of `now` (unix seconds)."""
        last = int(now // _HOUR)
        self._now_hour = last
        self._counts = {side: [0] * HOURS for side in Side}
        for row in rows:
            place = row.hour - (last - HOURS + 1)
            if 0 <= place < HOURS:
                self._counts[row.side][place] += row.changes
        told = "; ".join(self._told_of(side) for side in Side)
        self.setAccessibleDescription(self.tr("In the last day: {told}").format(told=told))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it is to be read."""
        return QSize(DIALOG, CHART_HEIGHT)

    # ------------------------------------------------------------------ what it says

    def _label(self, side: Side) -> str:
        return self.tr("Changes to {name}").format(name=SERVICE[side])

    def _told_of(self, side: Side) -> str:
        changes = counted(sum(self._counts[side]), self.tr("change"), self.tr("changes"))
        return self.tr("{changes} to {name}").format(changes=changes, name=SERVICE[side])

    def _total(self, place: int) -> int:
        return sum(self._counts[side][place] for side in Side)

    def event(self, event: QEvent) -> bool:
        """Tell the numbers of the hour under the pointer."""
        if event.type() is QEvent.Type.ToolTip:
            told = cast(QHelpEvent, event)
            QToolTip.showText(told.globalPos(), self.told_at(told.pos()), self)
            return True
        return super().event(event)

    def told_at(self, at: QPoint) -> str:
        """The hour that has its bar there, with its numbers; nothing beside the bars."""
        ground = self._ground()
        place = math.floor((at.x() - ground.left()) / ground.width() * HOURS)
        if self._now_hour is None or not 0 <= place < HOURS or at.y() < ground.top():
            return ""
        lines = [times.clock((self._now_hour - HOURS + 1 + place) * _HOUR)]
        lines += [f"{self._label(side)}: {grouped(self._counts[side][place])}" for side in Side]
        return "\n".join(lines)

    # ------------------------------------------------------------------ painting

    def _top(self) -> int:
        """The number at the uppermost line: a round one that no bar exceeds."""
        most = max(_LEAST_TOP, *(self._total(place) for place in range(HOURS)))
        unit = 10 ** max(0, math.floor(math.log10(most)) - 1)
        step = next(
            size * factor
            for size in (unit, unit * 10)
            for factor in (1, 2, 5)
            if size * factor * _LINES >= most
        )
        return int(step * _LINES)

    def _ground(self) -> QRectF:
        """Where the bars stand: between the numbers at the left and the hours below."""
        left = self.fontMetrics().horizontalAdvance(grouped(self._top())) + SPACE_GROUP
        top = LINE_HEIGHT + SPACE_SECTION
        height = self.height() - top - LINE_HEIGHT - SPACE_TIGHT
        return QRectF(left, top, self.width() - left, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what there is; before the first reading the lines alone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._ground()
        self._paint_legend(painter)
        self._paint_lines(painter, ground)
        if self._now_hour is None:
            return
        self._paint_hours(painter, ground, self._now_hour)
        if any(self._total(place) for place in range(HOURS)):
            self._paint_bars(painter, ground)
        else:
            painter.setPen(QColor(colors_of(self).muted))
            nothing = self.tr("Nothing was changed in the last 24 hours")
            painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, nothing)

    def _color(self, side: Side) -> QColor:
        colors = colors_of(self)
        return QColor(colors.accent_fill if side is Side.SALESFORCE else colors.success)

    def _paint_legend(self, painter: QPainter) -> None:
        left = 0.0
        for side in Side:
            square = QRectF(left, (LINE_HEIGHT - SPACE_GROUP) / 2, SPACE_GROUP, SPACE_GROUP)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color(side))
            painter.drawRoundedRect(square, SPACE_HAIR, SPACE_HAIR)
            left = square.right() + SPACE_TIGHT + SPACE_HAIR
            width = self.fontMetrics().horizontalAdvance(self._label(side))
            painter.setPen(QColor(colors_of(self).muted))
            place = QRectF(left, 0, width, LINE_HEIGHT)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._label(side))
            left = place.right() + SPACE_SECTION

    def _paint_lines(self, painter: QPainter, ground: QRectF) -> None:
        colors, top = colors_of(self), self._top()
        for number in range(_LINES + 1):
            y = round(ground.bottom() - ground.height() * number / _LINES)
            painter.fillRect(QRectF(ground.left(), y, ground.width(), 1), QColor(colors.divider))
            if self._now_hour is not None:
                painter.setPen(QColor(colors.muted))
                place = QRectF(0, y - LINE_HEIGHT / 2, ground.left() - SPACE_GROUP, LINE_HEIGHT)
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, int(right), grouped(top * number // _LINES))

    def _paint_hours(self, painter: QPainter, ground: QRectF, last: int) -> None:
        slot = ground.width() / HOURS
        painter.setPen(QColor(colors_of(self).muted))
        for place in range(_LABEL_EVERY - 1, HOURS, _LABEL_EVERY):
            middle = ground.left() + slot * (place + 0.5)
            below = QRectF(middle - 40, ground.bottom() + SPACE_TIGHT, 80, LINE_HEIGHT)
            if below.right() - 20 > self.width():
                below.moveRight(self.width() + 20)
            hour = times.clock((last - HOURS + 1 + place) * _HOUR)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, hour)

    def _paint_bars(self, painter: QPainter, ground: QRectF) -> None:
        slot, top = ground.width() / HOURS, self._top()
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(HOURS):
            bottom = ground.bottom()
            left = ground.left() + slot * (place + (1 - _BAR_SHARE) / 2)
            for side in _SIDES:
                height = ground.height() * self._counts[side][place] / top
                bar = QRectF(left, bottom - height, slot * _BAR_SHARE, height)
                painter.fillRect(bar, self._color(side))
                bottom -= height
