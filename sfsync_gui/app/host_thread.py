"""A thread with an event loop that owns store, accounts and engine, and what it tells of them."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sfsync_gui.app import sign_ins
from sfsync_gui.app.event_log import log_event
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.failures import StoreError
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import Activity, ActivityChanged, Checked, Event
from sfsync_gui.engine.handle import (
    HandleEvent,
    Phase,
    SignInDefaults,
    Snapshot,
    SnapshotChanged,
)
from sfsync_gui.engine.ports import Clock
from sfsync_gui.engine.questions import Questions

TELL_EVERY = 0.15
"""Seconds between two snapshots told at least: a storm of changes is told a few times a second."""

TELL_CHECK_AFTER = 0.7
"""Seconds that a check may take before it is told: most find nothing, and are over by then."""

TELL_AT_ONCE_FOR = 2.0
"""Seconds after a person has asked for something in which checks are told as soon as they begin."""

STOP_WITHIN = 8.0

_log = logging.getLogger(__name__)
T = TypeVar("T")


class HostThread:
    """The part of the host that lives: starting, stopping, telling.

    `prepare` is run on the engine's loop beside the keeper: the demo uses it to connect itself.
    """

    def __init__(
        self,
        data_dir: Path,
        clock: Clock,
        vault: Vault,
        *,
        defaults: SignInDefaults = sign_ins.DEFAULTS,
        is_demo: bool = False,
        prepare: Callable[[Keeper], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.defaults = defaults
        self._clock = clock
        self._vault = vault
        self._is_demo = is_demo
        self._prepare = prepare
        self._listeners: list[Callable[[HandleEvent], None]] = []
        self._snapshot = Snapshot(is_demo=is_demo)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._tell_timer: asyncio.TimerHandle | None = None
        self._counting: asyncio.Task[None] | None = None
        self._recount = False
        self._asked_at = -TELL_AT_ONCE_FOR
        self._keeper: Keeper

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin in the background; how far it is shows in the snapshot."""
        self._thread = threading.Thread(target=self._run, name="sfsync-engine", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._keeper = Keeper(
            self.data_dir,
            self._clock,
            self._vault,
            self._on_event,
            self._tell_soon,
            is_demo=self._is_demo,
        )
        self._ready.set()
        beside: list[asyncio.Task[None]] = []
        if self._prepare is not None:
            beside.append(self._loop.create_task(self._prepare(self._keeper)))
            beside[0].add_done_callback(_log_failure)
        try:
            await self._keeper.run()
            await self._stopped.wait()
        finally:
            beside += [self._counting] if self._counting is not None else []
            if self._tell_timer is not None:
                self._tell_timer.cancel()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._keeper.close()

    async def stop(self) -> None:
        """Stop within some seconds and close everything; the next start goes on there."""
        thread, loop = self._thread, self._loop
        if thread is None or loop is None:
            return
        if thread.is_alive():
            await self._ask(self._stop_keeper)
            await asyncio.to_thread(thread.join, STOP_WITHIN)
        self._thread = None

    async def _stop_keeper(self, keeper: Keeper) -> None:
        await keeper.stop()
        self._stopped.set()

    async def _ask(self, work: Callable[[Keeper], Coroutine[Any, Any, T]]) -> T:
        """Do something on the engine's loop and wait for it on the caller's."""
        loop = self._loop
        if loop is None or loop.is_closed():
            raise StoreError("SFSync is closed", "It has been stopped.", "Start it again.")

        async def asked() -> T:
            self._asked_at = loop.time()
            return await work(self._keeper)

        future = asyncio.run_coroutine_threadsafe(asked(), loop)
        return await asyncio.wrap_future(future)

    # ------------------------------------------------------------------ what is shown

    def now(self) -> float:
        """The program's time in unix seconds: that of all times it shows."""
        return self._clock.now()

    def listen(self, listener: Callable[[HandleEvent], None]) -> Callable[[], None]:
        """Have `listener` called on the engine's thread; returns what ends that."""
        self._listeners = [*self._listeners, listener]

        def end() -> None:
            self._listeners = [one for one in self._listeners if one is not listener]

        return end

    @property
    def snapshot(self) -> Snapshot:
        """How things stand now."""
        return self._snapshot

    @property
    def questions(self) -> Questions:
        """The store, for reading. Raises `StoreError` while there is none to read."""
        queries = self._keeper.queries if self._ready.is_set() else None
        if queries is None and self._snapshot.phase is Phase.FAILED and self._snapshot.reason:
            raise self._snapshot.reason.anew()
        if queries is None:
            raise StoreError(
                "There is nothing to show yet",
                "The profile is being opened, or could not be.",
                "Wait a moment.",
                subject=str(self.data_dir),
            )
        return queries

    def _on_event(self, event: Event) -> None:
        """Take an event, on whichever thread it happened."""
        if self._loop is None:
            return
        if threading.current_thread() is self._thread:
            self._loop.call_soon(self._take, event)
        else:
            self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        log_event(event)
        self._recount |= self._keeper.outlook.note(event)
        for listener in self._listeners:
            listener(event)
        may_pass = _may_pass(event) and not self._is_waited_for()
        self._tell_within(TELL_CHECK_AFTER if may_pass else TELL_EVERY)

    def _is_waited_for(self) -> bool:
        """Whether somebody may wait for a sign that what they asked for is being done."""
        return asyncio.get_running_loop().time() - self._asked_at < TELL_AT_ONCE_FOR

    def _tell_soon(self) -> None:
        self._tell_within(TELL_EVERY)

    def _tell_within(self, seconds: float) -> None:
        """Tell the snapshot after a moment, with whatever else comes meanwhile."""
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._tell_timer is not None:
            if self._tell_timer.when() <= at:
                return
            self._tell_timer.cancel()
        self._tell_timer = loop.call_at(at, self._on_tell_timer)

    def _on_tell_timer(self) -> None:
        self._tell_timer = None
        if not self._recount:
            self._tell()
        elif self._counting is None:
            self._recount = False
            self._counting = asyncio.ensure_future(self._count_and_tell())
        else:
            self._tell_soon()

    async def _count_and_tell(self) -> None:
        try:
            await self._keeper.count()
        finally:
            self._counting = None
        self._tell()

    def _tell(self) -> None:
        self._snapshot = self._keeper.outlook.snapshot(self._keeper.engine)
        told = SnapshotChanged(self._snapshot)
        for listener in self._listeners:
            listener(told)


def _may_pass(event: Event) -> bool:
    """Whether it belongs to a check that may soon be over, without anything to show."""
    match event:
        case ActivityChanged(activity):
            return activity is Activity.SYNCING
        case Checked(changes=changes):
            return not changes
    return False


def _log_failure(task: asyncio.Task[None]) -> None:
    """Nobody waits for what runs beside the keeper: its failure must not be lost."""
    failure = None if task.cancelled() else task.exception()
    if failure is not None:
        _log.error("what was begun beside the engine failed", exc_info=failure)
