"""What lives as long as the engine runs: how the sides are, the budget, and the timetable."""

from dataclasses import dataclass, field

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.failures import (
    OrgError,
    SetupError,
    SfsyncError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.conditions import Conditions
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.lacking import is_withheld
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.timetable import Timetable

BUDGET_USED = "REQUEST_LIMIT_EXCEEDED"
"""The code of a pause for the API budget: Salesforce's own, and ours before it comes to that."""


COMPANIES_PAUSE = 60.0
"""Seconds until companies are tried again; then a scroll of another program that broke off has
ended, too ("Scroll over all companies")."""

REFUSED_PAUSE = 3600.0
"""The same where a person has to mend something."""


@dataclass(slots=True)
class Session:
    """The engine's state beside the store; every step of the schedule works with it."""

    context: Context
    spending: Spending
    conditions: Conditions
    times: Timetable = field(default_factory=Timetable)

    @property
    def gate(self) -> Gate:
        """What the API budget of Salesforce still allows."""
        return self.spending.gate(self.context.settings.api_cap)

    def failed(self, failure: SfsyncError, side: Side | None = None) -> None:
        """A side failed as a whole: the one that the failure names, else `side`."""
        place = failure.side or side or Side.SALESFORCE
        self.conditions.failed(place, failure, self.context.clock.now())
        if _hints_at_set_up(failure):
            self.times.set_up_in_doubt = True

    def next_check(self, side: Side) -> float | None:
        """When the side is looked at next (our clock); None where only a person can help."""
        return self.times.next_check(
            side,
            self.conditions.statuses[side],
            self.context.settings,
            sync_allowed=self.gate.sync_allowed,
        )

    @property
    def is_ready(self) -> bool:
        """Whether both sides answered as they should when they were last asked."""
        statuses = self.conditions.statuses.values()
        return all(status.condition is SideCondition.READY for status in statuses)

    def answering(self) -> frozenset[Side]:
        """The sides that may be tried now, whatever the budget says."""
        now = self.context.clock.now()
        return frozenset(side for side in Side if self.conditions.is_open(side, now))

    def reachable(self) -> frozenset[Side]:
        """The sides that the event sync may call now."""
        sides = self.answering()
        return sides if self.gate.sync_allowed else sides - {Side.SALESFORCE}

    def takes_orders(self) -> bool:
        """Whether Salesforce may be called for what a person asked: the last fifth is for that."""
        status = self.conditions.statuses[Side.SALESFORCE]
        only_budget = status.reason is not None and status.reason.code == BUDGET_USED
        answers = Side.SALESFORCE in self.answering() or only_budget
        return answers and self.gate.by_hand_allowed

    def writable(self) -> frozenset[Side]:
        """The sides that may be written now: writes to Salesforce gather as the day's use grows.

        Intercom is left out for a while where the app was not permitted to change anybody.
        """
        delay = self.spending.gather_delay(self.context.settings.api_cap)
        gathering = self.context.clock.now() - self.times.wrote_salesforce < delay
        waiting = {Side.SALESFORCE} if gathering else set()
        if is_withheld(self.context, Permission.WRITE_PEOPLE):
            waiting.add(Side.INTERCOM)
        return self.reachable() - waiting

    def companies_wait(self, failure: SfsyncError, now: float) -> bool:
        """Whether a failure keeps only companies from being read; then they wait for a while.

        What Intercom answers of them need not hold of people: what holds of both, the next reading
        of people tells. Whatever Salesforce answers holds of both.
        """
        in_intercom = failure.side is Side.INTERCOM
        if isinstance(failure, TransientError) and in_intercom:
            pause = failure.retry_after or COMPANIES_PAUSE
        elif isinstance(failure, SetupError) or (isinstance(failure, OrgError) and in_intercom):
            pause = REFUSED_PAUSE
            self.times.set_up_in_doubt = True
        else:
            return False
        self.context.companies_kept_from = failure
        self.times.no_companies_before = now + pause
        return True

    async def describe(self) -> None:
        """Describe both sides anew; a failure is told as the side's condition."""
        self.times.described = self.context.clock.now()
        try:
            await refresh_schema(self.context)
        except SfsyncError as failure:
            self.failed(failure)


def _hints_at_set_up(failure: SfsyncError) -> bool:
    """Whether a failure may come of what a person can change in a service."""
    if isinstance(failure, StoreError) or failure.code == BUDGET_USED:
        return False
    return isinstance(failure, SetupError | OrgError)
