"""From the engine's thread to the window's: events as one queued Qt signal."""

from collections import deque
from dataclasses import replace
from threading import Lock

from PySide6.QtCore import QObject, Qt, Signal

from sfsync_gui.engine.events import ActivityChanged, Checked
from sfsync_gui.engine.handle import Handle, HandleEvent, Snapshot, SnapshotChanged, UsageView


class Relay(QObject):
    """Tells every event of a handle on the thread where it was made, in order.

    A storm of events wakes the window once for all that came meanwhile, and of several snapshots
    only the newest is told. While nobody looks, checks that find nothing do not wake it at all.
    """

    happened = Signal(object)
    _woken = Signal()

    def __init__(self, handle: Handle, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handle = handle
        self._waiting: deque[HandleEvent] = deque()
        self._lock = Lock()
        self._stopped = False
        self._resting = False
        self._left_out = False
        self._known: Snapshot | None = None
        self._woken.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._end = handle.listen(self._on_event)

    def stop(self) -> None:
        """Tell nothing more."""
        self._end()
        with self._lock:
            self._stopped = True
            self._waiting.clear()

    def rest(self) -> None:
        """Nobody looks: leave out what the tray does not show, such as when was checked."""
        with self._lock:
            self._resting, self._known = True, None

    def go_on(self) -> None:
        """Somebody looks: tell how things stand now, and everything from now on."""
        with self._lock:
            left_out, self._resting, self._left_out = self._left_out, False, False
        if left_out:
            self.happened.emit(SnapshotChanged(self._handle.snapshot))

    def _on_event(self, event: HandleEvent) -> None:
        """Called on the engine's thread."""
        with self._lock:
            if self._stopped:
                return
            if self._resting and self._is_routine(event):
                self._left_out = True
                return
            asleep = not self._waiting
            self._waiting.append(event)
        if asleep:
            self._woken.emit()

    def _is_routine(self, event: HandleEvent) -> bool:
        """Whether it is nothing but another check without news."""
        match event:
            case ActivityChanged():  # the snapshot tells it, if it lasts
                return True
            case Checked(changes=changes):
                return not changes
            case SnapshotChanged(snapshot):
                before, self._known = self._known, _lasting(snapshot)
                return before == self._known
        return False

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


def _lasting(snapshot: Snapshot) -> Snapshot:
    """A snapshot without what every check changes."""
    usage = UsageView(gate=snapshot.usage.gate)
    return replace(snapshot, checked={}, next_check={}, usage=usage)
