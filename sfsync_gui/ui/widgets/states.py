"""What stands in the place of content: nothing yet, nothing found, a failure, or rows to come."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    ICON_EMPTY,
    RADIUS_SMALL,
    ROW_HEIGHT,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_INSET,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column, row


class EmptyState(QWidget):
    """One icon, one sentence, one action, in the middle of the place."""

    acted = Signal()

    def __init__(
        self,
        icon_name: str = "list",
        sentence: str = "",
        *,
        detail: str = "",
        action: str = "",
        tone: Tone = Tone.MUTED,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(size=ICON_EMPTY)
        self._sentence = PlainLabel(size=Text.SECTION, wrap=True)
        self._detail = PlainLabel(tone=Tone.MUTED, wrap=True)
        for label in (self._sentence, self._detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setFixedWidth(DIALOG)  # the height of wrapped text follows its width
        self.button = Button("")
        self.button.clicked.connect(self.acted)
        # Within a line of their own, wrapped texts get the height that their width needs.
        texts = (row(None, label, None, space=0) for label in (self._sentence, self._detail))
        layout = column(None, self._icon, SPACE_GROUP, *texts)
        layout.addSpacing(SPACE_GROUP)
        layout.addWidget(self.button)
        layout.addStretch(2)
        layout.setContentsMargins(SPACE_EDGE, SPACE_EDGE, SPACE_EDGE, SPACE_EDGE)
        for widget in (self._icon, self.button):
            layout.setAlignment(widget, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.say(icon_name, sentence, detail=detail, action=action, tone=tone)

    def say(
        self,
        icon_name: str,
        sentence: str,
        *,
        detail: str = "",
        action: str = "",
        tone: Tone = Tone.MUTED,
    ) -> None:
        """Say something else."""
        self._icon.set_icon(icon_name, tone)
        self._sentence.setText(sentence)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(detail)

    def say_failure(self, failure: SfsyncError, action: str = "") -> None:
        """Say what went wrong, and what to do."""
        detail = " ".join(part for part in (failure.message, failure.remedy) if part)
        self.say(
            "danger",
            failure.title,
            detail=detail,
            action=action or self.tr("Try again"),
            tone=Tone.DANGER,
        )

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()


class SkeletonRows(QWidget):
    """Grey bars where rows will be. They do not move."""

    _WIDTHS = (0.62, 0.48, 0.7, 0.55, 0.4, 0.66, 0.5)

    def __init__(
        self, columns: int = 4, *, left: int = SPACE_GROUP, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns, self._left = columns, left
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Loading"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Three rows; it takes whatever there is."""
        return QSize(DIALOG, 3 * ROW_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as many rows as there is room for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = (self.width() - self._left + SPACE_GROUP) / self._columns
        for line in range(self.height() // ROW_HEIGHT):
            for place in range(self._columns):
                share = self._WIDTHS[(line * 3 + place * 2) % len(self._WIDTHS)]
                bar = QRectF(
                    place * width + self._left,
                    line * ROW_HEIGHT + SPACE_INSET - 2,
                    (width - SPACE_SECTION) * share,
                    SPACE_INSET,
                )
                paint_skeleton(painter, bar, self)


def paint_skeleton(painter: QPainter, bar: QRectF, widget: QWidget) -> None:
    """Draw one grey bar; for delegates too."""
    painter.setBrush(QColor(colors_of(widget).skeleton))
    painter.drawRoundedRect(bar, RADIUS_SMALL, RADIUS_SMALL)
