"""From the engine's thread to the window's: events as one queued Qt signal."""

from collections import deque
from threading import Lock

from PySide6.QtCore import QObject, Qt, Signal

from sfsync_gui.engine.handle import Handle, HandleEvent, SnapshotChanged


class Relay(QObject):
    """Tells every event of a handle on the thread where it was made, in order.

    A storm of events wakes the window once for all that came meanwhile, and of several snapshots
    only the newest is told.
    """

    happened = Signal(object)
    _woken = Signal()

    def __init__(self, handle: Handle, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[HandleEvent] = deque()
        self._lock = Lock()
        self._stopped = False
        self._woken.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._end = handle.listen(self._on_event)

    def stop(self) -> None:
        """Tell nothing more."""
        self._end()
        with self._lock:
            self._stopped = True
            self._waiting.clear()

    def _on_event(self, event: HandleEvent) -> None:
        """Called on the engine's thread."""
        with self._lock:
            if self._stopped:
                return
            asleep = not self._waiting
            self._waiting.append(event)
        if asleep:
            self._woken.emit()

    def _tell(self) -> None:
        with self._lock:
            events = list(self._waiting)
            self._waiting.clear()
        newest = max(
            (n for n, event in enumerate(events) if isinstance(event, SnapshotChanged)), default=-1
        )
        for number, event in enumerate(events):
            if number == newest or not isinstance(event, SnapshotChanged):
                self.happened.emit(event)
