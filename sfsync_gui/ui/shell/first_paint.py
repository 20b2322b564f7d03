"""What can wait until a window has been drawn."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

DRAWN_WITHIN = 2000
"""Milliseconds after which nobody waits any more: some desktops draw no window that is covered."""


class FirstPaint(QObject):
    """Calls once, after the first painting of a widget, and in any case within two seconds.

    It stays until its widget goes: where both were about to be deleted, PySide freed it twice.
    """

    def __init__(self, widget: QWidget, call: Callable[[], object]) -> None:
        super().__init__(widget)
        self._widget, self._call = widget, call
        self._patience = QTimer(self, singleShot=True, interval=DRAWN_WITHIN)
        self._patience.timeout.connect(self._go)
        self._patience.start()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Wait for the painting, which is over when Qt comes back to its loop."""
        if event.type() is QEvent.Type.Paint:
            self._widget.removeEventFilter(self)
            self._patience.start(0)
        return False

    def _go(self) -> None:
        self._widget.removeEventFilter(self)
        self._call()
