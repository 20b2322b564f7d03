"""A host that is built after the window was drawn.

Store, services and engine take longer to load than the window to appear. So the window begins with
this stand-in: it loads and starts the host on a thread of its own, and hands everything on to it.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, Snapshot, SnapshotChanged

if TYPE_CHECKING:
    from sfsync_gui.app.host import Host

_log = logging.getLogger(__name__)

Build = Callable[[ExitStack], "Host"]
"""Makes the host, loading whatever it needs; what it leaves on the stack is closed at the end."""


class LateHost:
    """Implements `engine.handle.Handle` by the host that `build` makes.

    Until the host is there the snapshot says that it is starting, and orders wait. Where it cannot
    be made the snapshot says why, and orders raise that.
    """

    def __init__(self, build: Build, data_dir: Path, *, is_demo: bool = False) -> None:
        self.data_dir = data_dir
        self._build = build
        self._stack = ExitStack()
        self._built = threading.Event()
        self._host: Host | None = None
        self._failure: SfsyncError | None = None
        self._first = Snapshot(is_demo=is_demo)
        self._listeners: list[Callable[[HandleEvent], None]] = []
        self._thread = threading.Thread(target=self._begin, name="sfsync-loading", daemon=True)

    def start(self) -> None:
        """Begin loading."""
        self._thread.start()

    def listen(self, listener: Callable[[HandleEvent], None]) -> Callable[[], None]:
        """Have `listener` called with all that the host tells; returns what ends that."""
        self._listeners = [*self._listeners, listener]

        def end() -> None:
            self._listeners = [one for one in self._listeners if one is not listener]

        return end

    def now(self) -> float:
        """The program's time; the computer's until the host is there."""
        return time.time() if self._host is None else self._host.now()

    @property
    def snapshot(self) -> Snapshot:
        """How things stand now."""
        return self._first if self._host is None else self._host.snapshot

    async def stop(self) -> None:
        """Stop the host, if it was started, and close what was built around it."""
        if not self._thread.ident:
            return
        await asyncio.to_thread(self._built.wait)
        if self._host is not None:
            await self._host.stop()
        await asyncio.to_thread(self._stack.close)

    def __getattr__(self, name: str) -> Any:
        """Orders wait for the host; `defaults` and `questions` are its own.

        The first is waited for: nobody asks for it while the window is being made.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "questions":
            return self._there().questions
        if name == "defaults":
            self._built.wait()
            return self._there().defaults

        async def order(*arguments: Any, **named: Any) -> Any:
            await asyncio.to_thread(self._built.wait)
            work = cast("Awaitable[Any]", getattr(self._there(), name)(*arguments, **named))
            return await work

        return order

    def _there(self) -> "Host":
        if self._failure is not None:
            raise self._failure.anew()
        if self._host is None:
            raise StoreError(
                "There is nothing to show yet", "The profile is being opened.", "Wait a moment."
            )
        return self._host

    def _begin(self) -> None:
        try:
            host = self._build(self._stack)
            host.listen(self._tell)
            host.start()
        except SfsyncError as failure:
            self._fail(failure)
        except Exception as failure:  # the edge where a program that cannot start says so
            _log.exception("the program behind the window cannot be made")
            self._fail(
                SfsyncError(
                    "SFSync cannot start",
                    "Something that it needs could not be loaded.",
                    "Install it again.",
                    detail=type(failure).__name__,
                )
            )
        else:
            self._host = host
            self._tell(SnapshotChanged(host.snapshot))
        finally:
            self._built.set()

    def _fail(self, failure: SfsyncError) -> None:
        self._failure = failure
        self._first = Snapshot(Phase.FAILED, is_demo=self._first.is_demo, reason=failure)
        self._tell(SnapshotChanged(self._first))

    def _tell(self, event: HandleEvent) -> None:
        for listener in self._listeners:
            listener(event)


def late_host(build: Build, data_dir: Path, *, is_demo: bool = False) -> Handle:
    """A handle at once, its host soon. `data_dir` is the folder of the host that `build` makes."""
    return cast(Handle, LateHost(build, data_dir, is_demo=is_demo))
