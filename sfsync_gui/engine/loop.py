"""The engine: one schedule over both sides, with pause, wake, and a clean stop.

It is the only writer of the store. Everything it does in turn is: check the feeds that are due,
react, write, and in between advance long work page by page.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sfsync_gui.core.budget import PAUSED_INTERVAL, Gate
from sfsync_gui.core.failures import OrgError, SetupError, SfsyncError
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.observing import forget_old_doubts
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine.announcing import AnnouncingStore
from sfsync_gui.engine.bulk import advance_bulk
from sfsync_gui.engine.checking import check_intercom, check_salesforce
from sfsync_gui.engine.commands import retry_daily
from sfsync_gui.engine.comparing import compare_intercom, compare_salesforce
from sfsync_gui.engine.conditions import Conditions
from sfsync_gui.engine.connecting import begin, read_directory, verify_identity
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creations import run_creations
from sfsync_gui.engine.events import Activity, ActivityChanged, Checked, Event
from sfsync_gui.engine.ports import Clock, IntercomPort, SalesforcePort
from sfsync_gui.engine.react import react
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork
from sfsync_gui.engine.tasks import Supervisor
from sfsync_gui.engine.writing import write_due

DOUBT_LASTS = 900
"""Seconds after which a write of unknown outcome cannot arrive any more."""

WAKE_GAP = 60.0
"""A wait that took this many seconds longer than asked means that the computer slept."""

DESCRIBE_EVERY = 86_400.0
HOUSEKEEPING_EVERY = 300.0
STOP_WITHIN = 5.0
"""Seconds of real time within which stopping is done."""

_ROUNDS = 4


@dataclass(slots=True)
class Timetable:
    """When each thing was last done, by our clock; 0 means not yet."""

    checked: dict[Side, float] = field(default_factory=lambda: dict.fromkeys(Side, 0.0))
    swept: float = 0.0
    described: float = 0.0
    kept_house: float = 0.0
    wrote_salesforce: float = 0.0

    def forget(self) -> None:
        """Everything is due again: after a wake from sleep, or because a person asked."""
        self.checked = dict.fromkeys(Side, 0.0)
        self.swept = 0.0


class Engine:
    """The sync of one profile. All methods belong to one event loop.

    `spending` must be given to the adapters as their listener through `note_call`.
    """

    def __init__(
        self,
        intercom: IntercomPort,
        salesforce: SalesforcePort,
        store: Store,
        clock: Clock,
        emit: Callable[[Event], None] = lambda event: None,
        *,
        chance: random.Random | None = None,
        spending: Spending | None = None,
    ) -> None:
        announcing = AnnouncingStore(store, emit)
        self.context = Context(
            intercom, salesforce, announcing, clock, emit, profile=Profile("", "")
        )
        self.spending = spending or Spending()
        self.conditions = Conditions(emit, chance or random.Random())
        self.times = Timetable()
        self.paused = False
        self._wake = asyncio.Event()
        self._stopping = False
        self._supervisor = Supervisor(clock, emit)
        self._long_work: AsyncIterator[int] | None = None
        self._activity = Activity.IDLE

    async def load(self) -> None:
        """Load what is stored, without asking a service: enough to show it and to take orders."""
        context = self.context

        def work(unit: UnitOfWork) -> tuple[Profile | None, SyncRules, bool]:
            context.settings = unit.state.settings()
            rules = SyncRules(unit.state.rows(), unit.state.key(), unit.state.order())
            return unit.state.profile(), rules, bool(unit.state.mark("paused"))

        profile, rules, self.paused = await context.store.run(work)
        context.profile = profile or context.profile
        context.change_rules(rules)

    async def open(self) -> None:
        """Load what is stored and describe both sides. Raises what keeps the engine from running.

        `SetupError` where another workspace or org is signed in than the profile belongs to.
        """
        await self.load()
        self.context.profile = await verify_identity(self.context)
        await refresh_schema(self.context)
        self.times.described = self.context.clock.now()
        await self.spending.flush(self.context, force=True)

    async def connect(self, first_run: FirstRun = FirstRun.LINK_ALL) -> None:
        """Read both directories, unless that was done, and do what the user chose first."""
        self._set_activity(Activity.CONNECTING)
        context = self.context
        try:
            if not context.profile.connected_at:
                await read_directory(context)
            begun = await context.store.run(lambda unit: unit.state.mark("begun"))
            if not begun:
                await begin(context, first_run)
                await context.store.run(self._note_begun(first_run))
        finally:
            self._set_activity(Activity.IDLE)

    def _note_begun(self, first_run: FirstRun) -> Callable[[UnitOfWork], None]:
        def work(unit: UnitOfWork) -> None:
            unit.state.put_mark("begun", 1.0)
            # The directory has just been compared; the first full comparison is a day away.
            unit.state.put_mark("last_comparison", self.context.clock.now())
            profile = unit.state.profile()
            if profile is not None:
                unit.state.put_profile(replace(profile, first_run=first_run))

        return work

    def start(self) -> None:
        """Run the schedule in the background until `stop`."""
        self._stopping = False
        self._supervisor.watch("schedule", self.run)

    async def stop(self) -> None:
        """Finish or abandon the current batch within 5 seconds; the next start goes on there."""
        self._stopping = True
        self._wake.set()
        await self._supervisor.stop(STOP_WITHIN)
        with suppress(SfsyncError):
            await self.spending.flush(self.context, force=True)
        self._set_activity(Activity.STOPPED)

    async def pause(self) -> None:
        """Stop checking and writing until `resume`, also over a restart."""
        self.paused = True
        await self.context.store.run(lambda unit: unit.state.put_mark("paused", 1.0))
        self._set_activity(Activity.PAUSED)

    async def resume(self) -> None:
        """Go on after a pause."""
        self.paused = False
        await self.context.store.run(lambda unit: unit.state.put_mark("paused", 0.0))
        self._set_activity(Activity.IDLE)
        self.sync_now()

    def sync_now(self) -> None:
        """Check both sides at once, whatever the schedule says."""
        self.times.forget()
        self.conditions.look_again()
        self._wake.set()

    def wake(self) -> None:
        """Look at the schedule anew: a setting that it depends on has changed."""
        self._wake.set()

    async def run(self) -> None:
        """The schedule: returns after `stop`."""
        while not self._stopping:
            if not self.paused:
                await self.step()
            await self._rest()

    async def step(self) -> None:
        """Do whatever is due now, once."""
        now = self.context.clock.now()
        due = [side for side in Side if self._check_is_due(side, now)]
        if due:
            await self.check(due)
        if now - self.times.kept_house >= HOUSEKEEPING_EVERY:
            await self._keep_house(now)
        await self._advance_long_work()

    async def sync_once(self) -> None:
        """Check both sides and write everything that is due, until nothing is left."""
        self.times.forget()
        self.conditions.look_again()
        await self.check(list(Side))
        await self.spending.flush(self.context, force=True)

    async def compare(self) -> None:
        """The full comparison, to its end, and what it makes due."""
        async for _ in compare_salesforce(self.context):
            pass
        async for _ in compare_intercom(self.context):
            pass
        await self._act()

    async def check(self, sides: Iterable[Side]) -> None:
        """Read the feeds of these sides, then react and write."""
        self._set_activity(Activity.SYNCING)
        try:
            for side in sides:
                await self._read_feed(side)
            await self._act()
        finally:
            self._set_activity(Activity.PAUSED if self.paused else Activity.IDLE)

    def _check_is_due(self, side: Side, now: float) -> bool:
        settings = self.context.settings
        interval = (
            settings.intercom_interval if side is Side.INTERCOM else settings.salesforce_interval
        )
        if side is Side.SALESFORCE and not self._gate().sync_allowed:
            interval = max(interval, PAUSED_INTERVAL)
        due = now - self.times.checked[side] >= interval
        return due and self.conditions.is_open(side, now)

    async def _read_feed(self, side: Side) -> None:
        now = self.context.clock.now()
        self.times.checked[side] = now
        try:
            if side is Side.SALESFORCE and not self._gate().sync_allowed:
                await self._ask_for_usage(now)
                return
            news = await self._changes_of(side, now)
        except SetupError as failure:
            await self._mend_setup(side, failure)
        except SfsyncError as failure:
            self.conditions.failed(side, failure, now)
        else:
            self.conditions.succeeded(side, now)
            self.context.emit(Checked(side, now, news))

    async def _changes_of(self, side: Side, now: float) -> int:
        if side is Side.SALESFORCE:
            return await check_salesforce(self.context)
        sweep = now - self.times.swept >= self.context.settings.lag_sweep_interval
        news = await check_intercom(self.context, sweep=sweep)
        if sweep:
            self.times.swept = now
        return news

    async def _ask_for_usage(self, now: float) -> None:
        """While the budget is used up, only the limits are asked for; all resumes by itself."""
        self.spending.usage = await self.context.salesforce.usage()
        if self._gate().sync_allowed:
            self.conditions.succeeded(Side.SALESFORCE, now)
            self.times.checked[Side.SALESFORCE] = 0.0
            return
        usage = self.spending.usage
        pause = OrgError(
            "Salesforce sync is paused",
            f"{usage.used} of {usage.limit} API calls of the day are used.",
            "It resumes by itself; the rest is kept for what people do by hand.",
            side=Side.SALESFORCE,
            code="REQUEST_LIMIT_EXCEEDED",
        )
        self.conditions.failed(Side.SALESFORCE, pause, now)

    async def _mend_setup(self, side: Side, failure: SetupError) -> None:
        """Describe anew, switch off what is at fault, and read once more without it."""
        now = self.context.clock.now()
        try:
            await refresh_schema(self.context)
            news = await self._changes_of(side, now)
        except SfsyncError as again:
            self.conditions.failed(side, again, now)
        else:
            self.conditions.succeeded(side, now)
            self.context.emit(Checked(side, now, news))

    async def _act(self) -> None:
        """React and write until nothing more comes of it."""
        for _ in range(_ROUNDS):
            try:
                acted = await react(self.context)
                acted += await run_creations(self.context)
            except SfsyncError as failure:
                self._side_failed(failure)
                acted = 0
            report = await write_due(self.context, self._open_sides())
            now = self.context.clock.now()
            for side, reason in report.blocked.items():
                self.conditions.failed(side, reason, now)
            if report.written.get(Side.SALESFORCE):
                self.times.wrote_salesforce = now
            if report.suspects:
                await self._describe_quietly()
            if not acted and not report.total and not report.put_off:
                break
        await self.spending.flush(self.context)

    def _side_failed(self, failure: SfsyncError) -> None:
        side = failure.side or Side.SALESFORCE
        self.conditions.failed(side, failure, self.context.clock.now())

    def _open_sides(self) -> list[Side]:
        now = self.context.clock.now()
        sides = [side for side in Side if self.conditions.is_open(side, now)]
        delay = self.spending.gather_delay(self.context.settings.api_cap)
        gathering = now - self.times.wrote_salesforce < delay
        if Side.SALESFORCE in sides and (gathering or not self._gate().sync_allowed):
            sides.remove(Side.SALESFORCE)
        return sides

    def _gate(self) -> Gate:
        return self.spending.gate(self.context.settings.api_cap)

    async def _keep_house(self, now: float) -> None:
        self.times.kept_house = now
        await self.context.store.run(self._forget_doubts)
        await retry_daily(self.context)
        if now - self.times.described >= DESCRIBE_EVERY:
            await self._describe_quietly()
        last = await self.context.store.run(lambda unit: unit.state.mark("last_comparison"))
        due = now - last >= self.context.settings.comparison_interval
        if due and self._long_work is None and self._gate().sync_allowed:
            self._long_work = self._comparison()

    def _forget_doubts(self, unit: UnitOfWork) -> None:
        before = self.context.now() - DOUBT_LASTS
        for link in unit.links.in_doubt(1000):
            clear = forget_old_doubts(link, before)
            if clear != link:
                unit.links.put([clear])

    async def _describe_quietly(self) -> None:
        self.times.described = self.context.clock.now()
        try:
            await refresh_schema(self.context)
        except SfsyncError as failure:
            self._side_failed(failure)

    async def _comparison(self) -> AsyncIterator[int]:
        async for done in compare_salesforce(self.context):
            yield done
        async for done in compare_intercom(self.context):
            yield done
        now = self.context.clock.now()
        await self.context.store.run(lambda unit: unit.state.put_mark("last_comparison", now))

    async def _advance_long_work(self) -> None:
        """One page of the comparison, or of the bulk sync; then whatever that made due."""
        try:
            if self._long_work is not None:
                if await anext(self._long_work, None) is None:
                    self._long_work = None
                await self._act()
            elif self._gate().bulk_allowed and await advance_bulk(self.context):
                await self._act()
        except SfsyncError as failure:
            self._long_work = None
            self._side_failed(failure)

    async def _rest(self) -> None:
        """Wait until something is due, or somebody asks; notices a sleep of the computer."""
        busy = self._long_work is not None or await self._bulk_is_running()
        pause = 0.0 if busy else self._until_due()
        self._wake.clear()
        before = self.context.clock.now()
        if self._stopping:
            return
        sleeper = asyncio.ensure_future(self.context.clock.sleep(pause))
        waker = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleeper, waker):
                task.cancel()
            await asyncio.gather(sleeper, waker, return_exceptions=True)
        if self.context.clock.now() - before > pause + WAKE_GAP:
            self.sync_now()

    async def _bulk_is_running(self) -> bool:
        if self.paused or not self._gate().bulk_allowed:
            return False
        run = await self.context.store.run(lambda unit: unit.state.bulk_run())
        return run is not None and run.state == "running"

    def _until_due(self) -> float:
        now, settings = self.context.clock.now(), self.context.settings
        waits = [
            settings.intercom_interval - (now - self.times.checked[Side.INTERCOM]),
            settings.salesforce_interval - (now - self.times.checked[Side.SALESFORCE]),
        ]
        waits += [
            status.retry_at - now
            for status in self.conditions.statuses.values()
            if status.retry_at is not None
        ]
        return min(max(min(waits), 0.25), settings.intercom_interval, 60.0)

    def _set_activity(self, activity: Activity) -> None:
        if activity is not self._activity:
            self._activity = activity
            self.context.emit(ActivityChanged(activity))
