"""The engine: one schedule over both sides, with pause, wake, and a clean stop.

It is the only writer of the store. Everything it does in turn is: check the feeds that are due,
react, write, and in between advance long work page by page.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from contextlib import suppress

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine import sweeping
from sfsync_gui.engine.acting import act
from sfsync_gui.engine.announcing import AnnouncingStore
from sfsync_gui.engine.budgeted import BudgetedSalesforce
from sfsync_gui.engine.companies import finish_joining
from sfsync_gui.engine.company_status import JOINING, stored_rules
from sfsync_gui.engine.comparing import compare
from sfsync_gui.engine.conditions import Conditions
from sfsync_gui.engine.connecting import read_directory, verify_identity
from sfsync_gui.engine.context import Context, Joining
from sfsync_gui.engine.events import Activity, ActivityChanged, Event
from sfsync_gui.engine.feeds import read_feed
from sfsync_gui.engine.first_run import begin, choose, chosen
from sfsync_gui.engine.housekeeping import HOUSEKEEPING_EVERY, keep_house
from sfsync_gui.engine.long_work import LongWork
from sfsync_gui.engine.marks import LAST_COMPARISON, TAGS_MISSED
from sfsync_gui.engine.ports import Clock, IntercomPort, SalesforcePort
from sfsync_gui.engine.rekeying import REKEYING, finish_rekeying
from sfsync_gui.engine.session import Session
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork
from sfsync_gui.engine.tasks import Supervisor
from sfsync_gui.engine.timetable import LONGEST_REST, SHORTEST_REST, Timetable

WAKE_GAP = 60.0
"""A wait that took this many seconds longer than asked means that the computer slept."""

STOP_WITHIN = 5.0
"""Seconds of real time within which stopping is done."""


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
        self.context = Context(
            intercom,
            BudgetedSalesforce(salesforce, lambda: self._session.gate),
            AnnouncingStore(store, emit),
            clock,
            emit,
            profile=Profile("", ""),
        )
        self.spending = spending or Spending()
        self.conditions = Conditions(emit, chance or random.Random())
        self.times = Timetable()
        self.paused = False
        self._session = Session(self.context, self.spending, self.conditions, self.times)
        self._long_work = LongWork(self._session)
        self._wake = asyncio.Event()
        self._stopping = False
        self._supervisor = Supervisor(clock, emit)
        self._activity = Activity.IDLE

    async def load(self) -> None:
        """Load what is stored, without asking a service: enough to show it and to take orders."""
        context = self.context

        def work(unit: UnitOfWork) -> tuple[Profile | None, SyncRules]:
            context.settings = unit.state.settings()
            context.rekeying = bool(unit.state.mark(REKEYING))
            context.joining = Joining(int(unit.state.mark(JOINING)))
            self.paused = bool(unit.state.mark("paused"))
            if unit.state.mark(TAGS_MISSED):  # the app may have been permitted meanwhile
                unit.state.put_mark(LAST_COMPARISON, 0.0)
            report = unit.state.set_up_report()
            self.times.set_up_checked = report.at if report is not None else 0.0
            return unit.state.profile(), stored_rules(unit)

        profile, rules = await context.store.run(work)
        # A profile that was never checked is checked a day after it was opened.
        self.times.set_up_checked = self.times.set_up_checked or context.clock.now()
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
        """Read both directories, unless that was done, and do what the user chose first.

        What was chosen before stays chosen, whatever it is now.
        """
        self._set_activity(Activity.CONNECTING)
        context = self.context
        try:
            if await context.store.run(chosen) is None:
                await choose(context, first_run)
            if not context.profile.connected_at:
                await read_directory(context)
            await begin(context)
        finally:
            self._set_activity(Activity.IDLE)

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

    def sync_now(self, *, companies: bool = False) -> None:
        """Check both sides at once, whatever the schedule says; all `companies`, too, if asked."""
        self._look_again()
        if companies:
            self.times.swept_companies = 0.0
        self._wake.set()

    def _look_again(self) -> None:
        """Whatever waits for its time, or was refused as a whole, is tried with the next check."""
        self.times.forget()
        self.conditions.look_again()
        self.context.withheld.clear()
        self.context.refused.clear()

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
        async with self.context.checking:
            now = self.context.clock.now()
            due = [side for side in Side if self._check_is_due(side, now)]
            if due:
                await self._check(due)
            if self.context.rekeying:
                return
            if now - self.times.kept_house >= HOUSEKEEPING_EVERY:
                await keep_house(self._session, self._long_work)
            await self._long_work.advance()

    async def sync_once(self) -> None:
        """Check both sides and write everything that is due, until nothing is left."""
        self._look_again()
        async with self.context.checking:
            await sweeping.break_off(self._session)  # it may be past what has just been changed
        await self.check(list(Side))
        await self.spending.flush(self.context, force=True)

    async def compare(self) -> None:
        """The full comparison, to its end, and what it makes due."""
        async with self.context.checking:
            async for _ in compare(self.context):
                pass
            await act(self._session)
            await sweeping.break_off(self._session)
            sweeping.begin_if_due(self._session, self.context.clock.now())
        await self._sweep_to_the_end()

    async def check(self, sides: Iterable[Side]) -> None:
        """Read the feeds of these sides, all companies if it is time, then react and write."""
        sides = list(sides)
        async with self.context.checking:
            await self._check(sides)
        if Side.INTERCOM in sides:
            await self._sweep_to_the_end()

    async def _sweep_to_the_end(self) -> None:
        """Read all companies, if that is under way; whoever waits goes ahead between two pages."""
        while sweeping.may_advance(self._session):
            async with self.context.checking:
                await sweeping.advance(self._session)

    async def _check(self, sides: Iterable[Side]) -> None:
        self._set_activity(Activity.SYNCING)
        try:
            renewed = await self._keys_are_renewed()
            if renewed and self.context.joining is not Joining.NOT:
                await self._join_companies()
            for side in sides:
                if renewed:
                    await read_feed(self._session, side)
                else:
                    self.times.checked[side] = self.context.clock.now()
            if renewed:
                await act(self._session)
        finally:
            self._set_activity(Activity.PAUSED if self.paused else Activity.IDLE)

    def _check_is_due(self, side: Side, now: float) -> bool:
        due_at = self._session.next_check(side)
        return due_at is not None and due_at <= now

    async def _keys_are_renewed(self) -> bool:
        """Whether stored keys are those of the mapping key in force, or have been made so now."""
        context = self.context
        if context.rekeying and self._session.reachable() == frozenset(Side):
            try:
                async with context.between_batches:
                    await finish_rekeying(context)
            except SfsyncError as failure:
                self._session.failed(failure)
        return not context.rekeying

    async def _join_companies(self) -> None:
        """Begin to sync companies once both sides can be read; until then people are synced."""
        session, now = self._session, self.context.clock.now()
        if now < self.times.no_companies_before or session.reachable() != frozenset(Side):
            return
        try:
            await finish_joining(self.context)
        except SfsyncError as failure:
            if not session.companies_wait(failure, now):
                session.failed(failure)
        else:
            self.times.swept_companies = now

    async def _rest(self) -> None:
        """Wait until something is due, or somebody asks; notices a sleep of the computer."""
        pause = LONGEST_REST if self.paused else await self._until_due()
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

    async def _until_due(self) -> float:
        """Seconds until the schedule has something to do; none while a page of long work waits."""
        if await self._long_work.waits():
            return 0.0
        now = self.context.clock.now()
        due = [at for side in Side if (at := self._session.next_check(side)) is not None]
        return max(SHORTEST_REST, min([LONGEST_REST, *(at - now for at in due)]))

    def _set_activity(self, activity: Activity) -> None:
        if activity is not self._activity:
            self._activity = activity
            self.context.emit(ActivityChanged(activity))
