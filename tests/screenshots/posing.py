"""A real program in a pose: what the window is shown of it at one moment that would soon pass."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from typing import Any

from sfsync_gui.app.host import Host
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.engine.handle import HandleEvent, Snapshot
from sfsync_gui.engine.questions import HistoryQuery, Questions

_MOMENT = 20.0
"""Seconds since anything happened."""


def _moment(host: Host, snapshot: Snapshot) -> float:
    """The moment that is posed: nothing that is shown is still to come."""
    looked_at = max(snapshot.checked.values(), default=0.0)
    if not looked_at:
        return host.now()
    newest = host.questions.history_page(HistoryQuery(), None, 1)
    return max([looked_at, *(float(entry.at) for entry in newest)]) + _MOMENT


class Posed:
    """Hands everything on to a host, apart from how things stand: that is a given snapshot.

    `held`: questions and orders get no answer until `release`, as while something is loading.
    `failure`: they fail with it. It tells no events, so that nothing moves while it is looked at.
    """

    def __init__(
        self,
        host: Host,
        snapshot: Snapshot | None = None,
        *,
        held: bool = False,
        failure: SfsyncError | None = None,
    ) -> None:
        self._host = host
        self.snapshot = snapshot or host.snapshot
        self._held = held
        self._failure = failure
        self._released = threading.Event()
        self._now = _moment(host, self.snapshot)

    def now(self) -> float:
        """The moment that is posed: no clock goes on."""
        return self._now

    def release(self) -> None:
        """Let go of whoever waits for an answer."""
        self._released.set()

    def listen(self, listener: Callable[[HandleEvent], None]) -> Callable[[], None]:
        """Tell nothing."""
        return lambda: None

    @property
    def questions(self) -> Questions:
        """The host's store."""
        if self._held:
            self._released.wait()
        if self._failure is not None:
            raise self._failure
        return self._host.questions

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._host, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def order(*arguments: Any, **named: Any) -> Any:
            if self._held:
                await asyncio.Event().wait()
            if self._failure is not None:
                raise self._failure
            return await found(*arguments, **named)

        return order
