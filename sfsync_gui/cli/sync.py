"""`sfsync sync --once` and `sfsync run`: the engine in a terminal, or as a service."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import typer

from sfsync_gui.app import Running, open_and_connect
from sfsync_gui.app.desk import Desk
from sfsync_gui.app.order_box import orders_served
from sfsync_gui.cli.account import Account
from sfsync_gui.cli.conditions import tell_event
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.progress import ProgressLine, progress_text
from sfsync_gui.cli.session import wired
from sfsync_gui.cli.signals import stopped_by_signal
from sfsync_gui.cli.summary import Calls, Summary, calls_since, summarise
from sfsync_gui.cli.wording import SERVICE, clock_time, counted, plain, row_label
from sfsync_gui.core.failures import OrgError, SfsyncError, TransientError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.events import Event, Progress, SideCondition
from sfsync_gui.store.queries import Queries

LOOK_EVERY = 0.5
"""Seconds between two looks at what is new while the engine runs."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds between two attempts to reach the services at the start."""


@dataclass(slots=True)
class Sync:
    """One run of the engine, told on the terminal."""

    running: Running
    queries: Queries
    output: Output
    events: deque[Event]
    line: ProgressLine
    started: float = field(default_factory=time.time)
    account: Account = field(init=False)
    _calls_before: Calls = field(init=False)

    def __post_init__(self) -> None:
        context = self.running.engine.context
        self.account = Account(self.queries, self.output, lambda: context.schema)
        self.account.skip_to_now()
        self._calls_before = calls_since(self.queries, self.started)

    def tell(self) -> None:
        """Print what is new."""
        if not self.events:
            return
        self.line.clear()
        while self.events:
            tell_event(self.events.popleft(), self.output, time.time())
        self.account.tell()

    def tell_profile(self) -> None:
        """Print whom the profile belongs to, and what is mapped."""
        context = self.running.engine.context
        people = dict.fromkeys(Side, 0)
        for (side, kind), count in self.queries.people_count().items():
            people[side] += count if kind.family is Family.PEOPLE else 0
        links = self.queries.link_count()
        rows = context.rules.active_rows()
        workspace = plain(context.profile.intercom_name) or context.profile.intercom_app_id
        org = plain(context.profile.salesforce_name) or context.profile.salesforce_org_id
        self.output.event("profile", intercom=workspace, salesforce=org, people=people, links=links)
        known = " and ".join(f"{people[side]:,} in {SERVICE[side]}" for side in Side)
        self.output.line(f"{workspace} in Intercom and {org} in Salesforce")
        self.output.line(f"People    {known}, {counted(links, 'link')}")
        self.output.line(f"Mapped    {', '.join(row_label(row) for row in rows)}")

    def conclude(self) -> ExitCode:
        """Print the figures of the run; the code is the worst of what was met."""
        engine = self.running.engine
        share = engine.spending.share(engine.context.settings.api_cap)
        now = calls_since(self.queries, self.started)
        spent = {side: now[side] - self._calls_before[side] for side in Side}
        summary = summarise(self.account, self.queries, spent, engine.spending.usage, share)
        code = self._exit_code(summary)
        self.output.event("summary", **summary.as_json(), exit_code=int(code))
        if code in (ExitCode.FINE, ExitCode.ERRORS_OPEN):
            if not self.account.told and code is ExitCode.FINE:
                self.output.line(f"{clock_time(time.time())}  Nothing had to be changed.")
            summary.print_on(self.output)
        return code

    def _exit_code(self, summary: Summary) -> ExitCode:
        codes = [
            self.output.failure(status.reason)
            for status in self.running.engine.conditions.statuses.values()
            if status.condition is not SideCondition.READY and status.reason is not None
        ]
        if codes:
            return max(codes)
        return ExitCode.ERRORS_OPEN if summary.errors else ExitCode.FINE


@asynccontextmanager
async def _sync(data_dir: Path, output: Output) -> AsyncIterator[Sync]:
    """The engine with what tells of it; asked nothing yet."""
    events: deque[Event] = deque()
    line = ProgressLine()

    def hear(event: Event) -> None:
        if isinstance(event, Progress):
            if not output.as_json:
                line.show(progress_text(event))
        else:
            events.append(event)

    async with wired(data_dir, hear) as running:
        queries = Queries(database_path(data_dir))
        try:
            yield Sync(running, queries, output, events, line)
        finally:
            line.clear()
            queries.close()


async def sync_once(data_dir: Path, output: Output) -> ExitCode:
    """Check both sides once, and print what was done."""
    async with _sync(data_dir, output) as sync:
        await open_and_connect(sync.running)
        if sync.running.engine.paused:
            output.line("The sync is paused: `sfsync resume`.", colour=typer.colors.YELLOW)
            output.event("paused")
            return ExitCode.FINE
        await sync.running.engine.sync_once()
        sync.line.clear()
        sync.tell_profile()
        sync.account.tell()
        sync.tell()
        return sync.conclude()


async def run(data_dir: Path, output: Output) -> ExitCode:
    """Sync until SIGINT or SIGTERM, or until only a person can help."""
    stop = asyncio.Event()
    async with _sync(data_dir, output) as sync:
        with stopped_by_signal(stop.set):
            if not await _opened(sync, stop):
                return ExitCode.FINE
            sync.line.clear()
            sync.tell_profile()
            output.event("running", paused=sync.running.engine.paused)
            paused = "  Paused: `sfsync resume`." if sync.running.engine.paused else ""
            output.line(f"{clock_time(time.time())}  Running; Ctrl-C ends it.{paused}", dim=True)
            failure = await _work(sync, data_dir, stop)
        sync.tell()
        if failure is not None:
            return output.failure(failure)
        output.event("stopped")
        output.line(f"{clock_time(time.time())}  Stopped. The next start goes on here.", dim=True)
        return ExitCode.FINE


async def _opened(sync: Sync, stop: asyncio.Event) -> bool:
    """Reach both services, however long that takes; False where it was stopped before."""
    pause, told = FIRST_PAUSE, ""
    while not stop.is_set():
        opening = asyncio.ensure_future(open_and_connect(sync.running))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not opening.done():
            opening.cancel()
            with suppress(asyncio.CancelledError, SfsyncError):
                await opening
            return False
        try:
            opening.result()
        except (TransientError, OrgError) as failure:
            if told != failure.message:
                told = failure.message
                sync.line.clear()
                sync.output.failure(failure)
                sync.output.line("Tried again by itself until it works.", dim=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        else:
            return True
    return False


async def _work(sync: Sync, data_dir: Path, stop: asyncio.Event) -> SfsyncError | None:
    """Let the engine run and tell what it does; returns why only a person can help."""
    engine = sync.running.engine
    engine.start()
    try:
        async with orders_served(data_dir, Desk(engine.context, engine)):
            while not stop.is_set():
                sync.tell()
                failure = _needs_person(sync.running)
                if failure is not None:
                    return failure
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_EVERY)
        return None
    finally:
        await engine.stop()


def _needs_person(running: Running) -> SfsyncError | None:
    """Why the sync cannot go on without somebody who signs in again."""
    for status in running.engine.conditions.statuses.values():
        if status.condition is SideCondition.SIGNED_OUT:
            return status.reason
    return None
