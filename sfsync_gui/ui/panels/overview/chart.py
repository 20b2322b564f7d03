"""Changes an hour over the last day, by the side written to, as stacked bars."""

from collections.abc import Sequence

from PySide6.QtCharts import (
    QBarCategoryAxis,
    QBarSet,
    QChart,
    QChartView,
    QStackedBarSeries,
    QValueAxis,
)
from PySide6.QtCore import QEvent, QMargins, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import ChangesRow
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import SPACE_GROUP

HOURS = 24
HEIGHT = 200
_HOUR = 3600
_LABEL_EVERY = 4
_LEAST_TOP = 5


class ChangesChart(QChartView):
    """The chart. Its accessible description tells the totals in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._chart = QChart()
        super().__init__(self._chart, parent)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Changes per hour"))
        self._sets = {side: QBarSet(self._label(side)) for side in Side}
        self._series = QStackedBarSeries()
        for bars in self._sets.values():
            self._series.append(bars)
            bars.hovered.connect(self._on_hovered)
        self._hours = QBarCategoryAxis()
        self._counts = QValueAxis()
        self._now_hour = 0
        self._arrange()
        self._tint()

    def show_changes(self, rows: Sequence[ChangesRow], now: float) -> None:
        """Show the last day up to the hour of `now` (unix seconds)."""
        last = int(now // _HOUR)
        self._now_hour = last
        values = {side: [0.0] * HOURS for side in Side}
        for row in rows:
            place = row.hour - (last - HOURS + 1)
            if 0 <= place < HOURS:
                values[row.side][place] += row.changes
        for side, bars in self._sets.items():
            bars.remove(0, bars.count())
            bars.append(values[side])
        totals = [sum(pair) for pair in zip(*values.values(), strict=True)]
        self._counts.setRange(0, max(_LEAST_TOP, *totals))
        self._counts.applyNiceNumbers()
        self._hours.clear()
        self._hours.append(self._hour_labels(last))
        told = [counted(int(sum(values[side])), self._label(side).lower()) for side in Side]
        self.setAccessibleDescription(
            self.tr("In the last day: {told}").format(told="; ".join(told))
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the scheme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _arrange(self) -> None:
        self._chart.addSeries(self._series)
        self._chart.addAxis(self._hours, Qt.AlignmentFlag.AlignBottom)
        self._chart.addAxis(self._counts, Qt.AlignmentFlag.AlignLeft)
        self._series.attachAxis(self._hours)
        self._series.attachAxis(self._counts)
        self._series.setBarWidth(0.7)
        self._hours.setGridLineVisible(False)
        self._hours.setTruncateLabels(False)
        self._counts.setLabelFormat("%d")
        self._counts.setLineVisible(False)
        self._chart.setMargins(QMargins(0, SPACE_GROUP, 0, 0))
        self._chart.setBackgroundRoundness(0)
        self._chart.layout().setContentsMargins(0, 0, 0, 0)
        self._chart.legend().setAlignment(Qt.AlignmentFlag.AlignTop)
        for axis in (self._hours, self._counts):
            axis.setLabelsFont(fonts.caption_font())
        self._chart.legend().setFont(fonts.caption_font())

    def _tint(self) -> None:
        colors = colors_of(self)
        self._chart.setBackgroundBrush(QColor(colors.window))
        self.setBackgroundBrush(QColor(colors.window))
        self._chart.legend().setLabelColor(QColor(colors.muted))
        for side, color in ((Side.SALESFORCE, colors.accent_fill), (Side.INTERCOM, colors.success)):
            self._sets[side].setColor(QColor(color))
            self._sets[side].setBorderColor(QColor(colors.window))
        for axis in (self._hours, self._counts):
            axis.setLabelsColor(QColor(colors.muted))
            axis.setLinePenColor(QColor(colors.divider))
            axis.setGridLineColor(QColor(colors.divider))

    def _label(self, side: Side) -> str:
        return self.tr("Changes to {name}").format(name=SERVICE[side])

    def _hour_labels(self, last: int) -> list[str]:
        """One name an hour; they must differ, and only some are to be read."""
        names = []
        for place in range(HOURS):
            hour = last - HOURS + 1 + place
            shown = place % _LABEL_EVERY == _LABEL_EVERY - 1
            names.append(times.clock(hour * _HOUR) if shown else " " * (place + 1))
        return names

    def _on_hovered(self, inside: bool, place: int) -> None:
        if not inside:
            self.setToolTip("")
            return
        hour = (self._now_hour - HOURS + 1 + place) * _HOUR
        lines = [times.clock(hour)]
        for side, bars in self._sets.items():
            lines.append(f"{self._label(side)}: {int(bars.at(place))}")
        self.setToolTip("\n".join(lines))
