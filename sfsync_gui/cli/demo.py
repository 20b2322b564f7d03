"""`sfsync demo`: the real engine between two simulated services, with a live account."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer

from sfsync_gui import app
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.cli.account import Account
from sfsync_gui.cli.closing import ClosingCheck, all_links, check_world
from sfsync_gui.cli.conditions import tell_event
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.signals import stopped_by_signal
from sfsync_gui.cli.stored import stored_profile
from sfsync_gui.cli.summary import calls_since, summarise
from sfsync_gui.cli.wording import SERVICE, clock_time, counted, row_label
from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.bulk import preview_bulk, start_bulk
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.queries import Queries

LOOK_EVERY = 0.25
"""Real seconds between two looks at what is new."""

_LAST_ROUNDS = 5
_LOOPBACK = "http://127.0.0.1:"
_NO_GUARD = 1_000_000


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the demo runs: simulated minutes, simulated seconds per real one, and the office's pace.

    `pace` is the mean number of simulated seconds between two actions of the office.
    """

    minutes: float
    speed: float
    seed: int
    pace: float
    data_dir: Path | None


def run_demo(options: DemoOptions, output: Output) -> ExitCode:
    """Run the demo to its end, or to Ctrl-C; both end with the summary."""
    with (
        _profile_folder(options.data_dir) as data_dir,
        served_world(options.seed, options.speed, options.pace) as served,
    ):
        return asyncio.run(_Demo(options, output, data_dir, served).run())


@contextmanager
def _profile_folder(data_dir: Path | None) -> Iterator[Path]:
    if data_dir is not None:
        app.make_data_dir(data_dir)
        _remove_demo_profile(data_dir)
        yield data_dir
        return
    with tempfile.TemporaryDirectory(prefix="sfsync-demo-") as folder:
        yield Path(folder)


def _remove_demo_profile(data_dir: Path) -> None:
    """Make room for a new demo profile. Raises `StoreError` where another profile is there."""
    path = database_path(data_dir)
    if not path.exists():
        return
    Queries(path).close()
    profile = stored_profile(data_dir)
    if profile is None or not profile.salesforce_name.startswith(_LOOPBACK):
        raise StoreError(
            "This folder holds a profile of your own",
            f"The profile in {data_dir} does not belong to a demo. It was left as it is.",
            "Choose another folder with --data-dir, or leave it out: the demo then uses a folder "
            "of its own and removes it at the end.",
            subject=str(data_dir),
        )
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@dataclass(slots=True)
class _Demo:
    """One run."""

    options: DemoOptions
    output: Output
    data_dir: Path
    served: ServedWorld
    events: deque[Event] = field(default_factory=deque)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> ExitCode:
        started = self.served.clock.now()
        self._head()
        running = app.build(
            self.data_dir,
            self.served.intercom_account(),
            self.served.salesforce_account(),
            app.LocalClock(self.served.clock.now, self.options.speed),
            self.events.append,
        )
        try:
            await running.store.run(_without_guard)
            await app.open_and_connect(running)
            queries = Queries(database_path(self.data_dir))
            try:
                return await self._work(running, queries, started)
            finally:
                queries.close()
        finally:
            await running.close()

    async def _work(self, running: app.Running, queries: Queries, started: float) -> ExitCode:
        context = running.engine.context
        account = Account(queries, self.output, lambda: context.schema)
        self._tell_connected(running, queries)
        account.tell()
        await self._approve_bulk_sync(running)
        running.engine.start()
        with stopped_by_signal(self.stop.set):
            await self._finish_bulk_sync(running, account)
            self.served.open_office()
            await self._watch(account, self.served.clock.now() + self.options.minutes * 60)
        self.output.line()
        self.output.line("The office closes; the last changes are brought over.", dim=True)
        await self._finish(running, account)
        links = await running.store.run(all_links)
        check = self.served.server.call(
            lambda: check_world(self.served.world, queries, links, running.engine.context.lookups)
        )
        return self._conclude(running, account, queries, started, check)

    def _head(self) -> None:
        options = self.options
        self.output.line("SFSync demo: a simulated Intercom and a simulated Salesforce, and the")
        self.output.line("people of an office who work in both. Nothing leaves this computer.")
        real = options.minutes * 60 / options.speed
        self.output.line(
            f"{options.minutes:g} simulated minutes in about {real:.0f} seconds; Ctrl-C ends it.",
            dim=True,
        )
        self.output.line()

    def _tell_connected(self, running: app.Running, queries: Queries) -> None:
        people = dict.fromkeys(Side, 0)
        for (side, kind), count in queries.people_count().items():
            people[side] += count if kind.family is Family.PEOPLE else 0
        rows = running.engine.context.rules.active_rows()
        links = queries.link_count()
        self.output.event("connected", people=people, links=links, rows=[row.id for row in rows])
        at = clock_time(self.served.clock.now())
        known = " and ".join(f"{people[side]} people in {SERVICE[side]}" for side in Side)
        self.output.line(f"{at}  Connected: {known}")
        self.output.line(f"{at}  Mapped: {', '.join(row_label(row) for row in rows)}")

    async def _approve_bulk_sync(self, running: app.Running) -> None:
        """Bring those already linked in line, after a dry run."""
        preview = await preview_bulk(running.engine.context)
        values = preview.to_salesforce + preview.to_intercom
        at = clock_time(self.served.clock.now())
        self.output.event(
            "dry_run",
            links=preview.links,
            to_salesforce=preview.to_salesforce,
            to_intercom=preview.to_intercom,
        )
        people = counted(preview.links, "linked person", "linked people")
        would = f"{counted(values, 'value')} would change. Approved."
        self.output.line(f"{at}  Dry run of a bulk sync of {people}: {would}")
        await start_bulk(running.engine.context)

    async def _finish_bulk_sync(self, running: app.Running, account: Account) -> None:
        """Wait until everybody is in line: from then on every change is the office's."""
        while not self.stop.is_set():
            run = await running.store.run(lambda unit: unit.state.bulk_run())
            if run is None or run.state != "running":
                break
            await self._look_later()
        self._tell(account)

    async def _look_later(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), LOOK_EVERY)

    async def _watch(self, account: Account, until: float) -> None:
        """Tell what happens until the time is over or somebody stops it."""
        while not self.stop.is_set() and self.served.clock.now() < until:
            await self._look_later()
            self._tell(account)

    def _tell(self, account: Account) -> int:
        while self.events:
            tell_event(self.events.popleft(), self.output, self.served.clock.now())
        return account.tell()

    async def _finish(self, running: app.Running, account: Account) -> None:
        """Bring over what was done last, until a check finds nothing more to do.

        The daily comparison finds what moves no timestamp, such as a deletion in Intercom.
        """
        self.served.close_office()
        await running.engine.stop()
        self.served.settle_index()
        for _ in range(_LAST_ROUNDS):
            await running.engine.sync_once()
            if not self._tell(account):
                break
        await running.engine.compare()
        await running.engine.sync_once()
        self._tell(account)

    def _conclude(
        self,
        running: app.Running,
        account: Account,
        queries: Queries,
        started: float,
        check: ClosingCheck,
    ) -> ExitCode:
        spending = running.engine.spending
        share = spending.share(running.engine.context.settings.api_cap)
        summary = summarise(account, queries, calls_since(queries, started), spending.usage, share)
        self.output.event(
            "summary",
            **summary.as_json(),
            closing_check={
                "linked": check.people,
                "agreeing": check.agreeing,
                "values": check.values,
                "explained_by_errors": len(check.of("error")),
                "blanks_kept": len(check.of("blank")),
                "one_way_target_edited": len(check.of("one_way")),
                "unexplained": [one.text() for one in check.unexplained],
                "sentence": check.sentence(),
            },
        )
        self.output.line()
        summary.print_on(self.output)
        fine = not check.unexplained
        colour = typer.colors.GREEN if fine else typer.colors.RED
        self.output.line(f"Check     {check.sentence()}", colour=colour)
        for one in check.unexplained:
            self.output.line(f"          {one.text()}")
        return ExitCode.FINE if fine else ExitCode.ERRORS_OPEN


def _without_guard(unit: UnitOfWork) -> None:
    # A day's work of the office falls into one hour: the guard would rightly hold it back.
    unit.state.put_settings(replace(unit.state.settings(), guard_minimum=_NO_GUARD))
