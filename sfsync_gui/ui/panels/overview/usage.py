"""The day's API calls of Salesforce as a bar: this app, other apps, and what is still free."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.budget import Gate
from sfsync_gui.engine.handle import UsageView
from sfsync_gui.ui.texts.numbers import grouped, percent
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import RADIUS_SMALL, SPACE_GROUP, SPACE_INSET, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column


class UsageBar(QWidget):
    """The bar alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usage = UsageView()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_usage(self, usage: UsageView) -> None:
        """Show another use."""
        self._usage = usage
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A flat line that takes the width there is."""
        return QSize(SPACE_INSET * SPACE_INSET, SPACE_INSET)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what is used of what there is, and the user's own cap as a mark."""
        colors, usage = colors_of(self), self._usage
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        round_area = QPainterPath()
        round_area.addRoundedRect(area, RADIUS_SMALL, RADIUS_SMALL)
        painter.setClipPath(round_area)
        painter.fillRect(area, QColor(colors.skeleton))
        if not usage.limit:
            return
        own = min(usage.own, usage.org_used)
        left = 0.0
        for calls, color in ((own, colors.accent_fill), (usage.org_used - own, colors.muted)):
            width = area.width() * min(1.0, calls / usage.limit)
            painter.fillRect(QRectF(left, 0, width, area.height()), QColor(color))
            left += width
        if usage.cap is not None and usage.cap < usage.limit:
            at = area.width() * usage.cap / usage.limit
            painter.fillRect(QRectF(at - 1, 0, 2, area.height()), QColor(colors.text))


class UsageSection(QWidget):
    """The bar with its numbers in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = UsageBar()
        self._numbers = PlainLabel(wrap=True)
        self._more = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED, wrap=True)
        words = column(self._numbers, self._more, space=SPACE_TIGHT)
        self.setLayout(column(self.bar, words, space=SPACE_GROUP))
        self.set_usage(UsageView())

    def set_usage(self, usage: UsageView) -> None:
        """Show another use."""
        self.bar.set_usage(usage)
        if not usage.limit:
            self._numbers.setText(self.tr("Not known yet: Salesforce tells it with its answers."))
            self._more.setText("")
            return
        others = max(0, usage.org_used - usage.own)
        self._numbers.setText(
            self.tr("{own} by SFSync and {others} by other apps, of {limit} a day").format(
                own=grouped(usage.own), others=grouped(others), limit=grouped(usage.limit)
            )
        )
        parts = [
            self.tr("{share} used").format(share=percent(usage.share)),
            self.tr("about {calls} by SFSync in a day like this").format(
                calls=grouped(usage.forecast)
            ),
        ]
        if usage.cap is not None:
            parts.append(self.tr("your cap: {cap}").format(cap=grouped(usage.cap)))
        parts.append(self._gate(usage.gate))
        self._more.setText(" · ".join(part for part in parts if part))
        self.setAccessibleName(f"{self._numbers.text()}. {self._more.text()}")

    def _gate(self, gate: Gate) -> str:
        return {
            Gate.OPEN: "",
            Gate.BULK_PAUSED: self.tr("bulk sync pauses from 40 %"),
            Gate.SYNC_PAUSED: self.tr("sync pauses from 80 %: the rest is kept for you"),
            Gate.CLOSED: self.tr("nothing is sent until calls are free again"),
        }[gate]
