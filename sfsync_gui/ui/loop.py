"""The window's asyncio loop on top of Qt's: the one import of qasync.

Three things of qasync 0.28 are mended here. Its timers stay armed after they were cancelled, so
that a thousand finished `asyncio.timeout(300)` leave a thousand Qt timers; they are coarse, so that
a sleep may end early; and the application is told to exit at the end of every run, of which asyncio
makes several. Besides, callbacks that are ready share one timer and keep their order.
"""

import asyncio
import contextvars
import gc
import math
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    Qt,
    QTimer,
    QTimerEvent,
)
from PySide6.QtWidgets import QApplication

T = TypeVar("T")


def run(application: QApplication, main: Coroutine[Any, Any, T]) -> T:
    """Run the application until `main` returns; tasks that are left are cancelled."""
    with asyncio.Runner(loop_factory=lambda: EventLoop(application)) as runner:
        return runner.run(main)


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """qasync's loop with timers that end when they are cancelled."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(_Runs(application))
        self._timer = _Timers()

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back after `delay` seconds, never earlier."""
        handle = _TimerHandle(self.time() + delay, callback, args, self, context)
        self._timer.arm(handle, delay)
        return handle

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Call back in the next round, in the order of the calls."""
        handle = asyncio.Handle(callback, args, self, context)
        self._timer.add_ready(handle)
        return handle

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        """asyncio's own way in for signal handlers."""
        self._timer.add_ready(handle)
        return handle

    def _timer_handle_cancelled(self, handle: "_TimerHandle") -> None:
        """asyncio's own hook: `TimerHandle.cancel` tells its loop."""
        self._timer.disarm(handle)

    @property
    def armed(self) -> int:
        """How many timers wait."""
        return self._timer.armed


COLLECT_AFTER = 1.0
COLLECT_AFTER_REST = 8.0
"""Seconds between two looks whether there is garbage to collect while the loop runs: where there
was some, and where for a while there was none. Each look wakes the window's thread."""


@contextmanager
def collecting_between_events() -> Iterator[None]:
    """Have garbage collected by the window's thread between two events, and at no other time.

    Left to itself it is collected by whichever thread makes an object, also in the midst of Qt
    deleting some of those that are collected: then they are freed twice.
    """
    was_enabled = gc.isenabled()
    shortest, longest = int(COLLECT_AFTER * 1000), int(COLLECT_AFTER_REST * 1000)
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
    timer.timeout.connect(
        lambda: timer.setInterval(shortest if _collect() else min(2 * timer.interval(), longest))
    )
    timer.start(shortest)
    gc.disable()
    try:
        yield
    finally:
        timer.stop()
        if was_enabled:
            gc.enable()


def _collect() -> bool:
    """Collect as much as Python itself would by now; whether that was anything."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return True
    return False


class _Runs:
    """Stands in for the application where qasync runs and ends Qt's loop.

    `QApplication.exit` emits `aboutToQuit`, at which the embedded browser ends itself for good: a
    second time it crashes (Qt 6.11). A loop of its own ends in silence.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._loop = QEventLoop()

    def exec(self) -> int:
        """Run until `exit`, and then delete what was to be deleted later, as Qt's own does."""
        with collecting_between_events():
            result = self._loop.exec()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return result

    def exit(self) -> None:
        self._loop.exit()

    def eventDispatcher(self) -> QAbstractEventDispatcher:  # noqa: N802 - Qt's name
        return self._application.eventDispatcher()


class _TimerHandle(asyncio.TimerHandle):
    """A handle that knows its Qt timer."""

    __slots__ = ("timer",)
    timer: int


class _Timers(QObject):
    """Qt's timers and the handles they will run; what is ready shares one of interval 0."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[int, _TimerHandle] = {}
        self._ready: deque[asyncio.Handle] = deque()
        self._round = 0

    @property
    def armed(self) -> int:
        return len(self._waiting)

    def arm(self, handle: _TimerHandle, delay: float) -> None:
        milliseconds = max(0, math.ceil(delay * 1000))
        handle.timer = self.startTimer(milliseconds, Qt.TimerType.PreciseTimer)
        self._waiting[handle.timer] = handle

    def disarm(self, handle: _TimerHandle) -> None:
        if self._waiting.pop(handle.timer, None) is not None:
            self.killTimer(handle.timer)

    def add_ready(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        if not self._round:
            self._round = self.startTimer(0)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        self.killTimer(event.timerId())
        if event.timerId() == self._round:
            self._round = 0
            self._run_ready()
            return
        handle = self._waiting.pop(event.timerId(), None)
        if handle is not None:
            handle._run()

    def _run_ready(self) -> None:
        """Run what is ready now; what becomes ready meanwhile waits for the next round."""
        for _ in range(len(self._ready)):
            if not self._ready:  # a dialog's own loop within a callback has run the rest
                return
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()

    # What qasync itself calls:

    def set_debug(self, enabled: bool) -> None:
        """qasync's slow-callback log is not used."""

    def stop(self) -> None:
        """Forget everything: the loop is closing."""
        for timer in self._waiting:
            self.killTimer(timer)
        self._waiting.clear()
        self._ready.clear()
