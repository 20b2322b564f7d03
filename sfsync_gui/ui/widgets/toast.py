"""Toasts: what a person should have seen, for five seconds, with undo where it can be undone."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    RADIUS,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_INSET,
    TOAST,
    TOAST_STAYS,
    Tone,
)
from sfsync_gui.ui.widgets.banner import TONE_ICON
from sfsync_gui.ui.widgets.buttons import IconButton, QuietButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, breakable
from sfsync_gui.ui.widgets.layouts import boxed, column, row

_FIRST, _LAST = 100, 40
"""Letters that can be read while a toast stays."""


class Toast(QWidget):
    """One sentence with an icon and perhaps one action. It waits while the pointer rests on it."""

    ended = Signal()

    def __init__(self, text: str, tone: Tone, action: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        self.action_button = QuietButton(action)
        self.action_button.clicked.connect(self.ended)
        close = IconButton("close", self.tr("Dismiss"))
        close.clicked.connect(self.ended)
        words = PlainLabel(breakable(_brief(text)), wrap=True)
        words.setAccessibleName(text)
        layout = row(
            IconLabel(TONE_ICON.get(tone, "info"), tone),
            boxed(column(words)),
            self.action_button,
            close,
        )
        layout.setStretch(1, 1)
        layout.setContentsMargins(SPACE_INSET, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setLayout(layout)
        self.action_button.setVisible(bool(action))
        self.setFixedWidth(TOAST)
        self.setAccessibleName(text)
        self._rest = QTimer(self, singleShot=True, interval=TOAST_STAYS)
        self._rest.timeout.connect(self.ended)
        self._rest.start()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Stay: somebody is reading."""
        self._rest.stop()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Count from the beginning."""
        self._rest.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw a raised card."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.control))
        painter.setBrush(QColor(colors.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def _brief(text: str) -> str:
    """The text, without its middle where a long value is told."""
    if len(text) <= _FIRST + _LAST:
        return text
    return f"{text[:_FIRST]} … {text[-_LAST:]}"


class Toasts(QObject):
    """Shows toasts at the lower right of a window, the newest lowest, three at most."""

    MOST = 3

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        window.installEventFilter(self)

    def show_text(
        self,
        text: str,
        tone: Tone = Tone.SUCCESS,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> Toast:
        """Show a sentence for five seconds; screen readers say it, the focus stays."""
        toast = Toast(text, tone, action, self._window)
        if on_action is not None:
            toast.action_button.clicked.connect(on_action)
        toast.ended.connect(lambda: self._end(toast))
        self._toasts.append(toast)
        while len(self._toasts) > self.MOST:
            self._end(self._toasts[0])
        self._place()
        toast.show()
        toast.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
        return toast

    def act_on_newest(self) -> bool:
        """Press the newest toast's action; whether there was one."""
        for toast in reversed(self._toasts):
            if toast.action_button.text():
                toast.action_button.click()
                return True
        return False

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown now."""
        return tuple(toast.text for toast in self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the place when the window changes its size."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _end(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        area = self._window.rect()
        bottom = area.bottom() - SPACE_EDGE
        for toast in reversed(self._toasts):
            height = toast.heightForWidth(toast.width())
            toast.resize(toast.width(), max(height, toast.sizeHint().height()))
            bottom -= toast.height()
            toast.move(QPoint(area.right() - SPACE_EDGE - toast.width(), bottom))
            bottom -= SPACE_GROUP
