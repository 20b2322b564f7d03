"""The API budget at work: counts own calls, knows the org's use, tells what may be sent."""

from collections import Counter
from collections.abc import Mapping

from sfsync_gui.core.budget import ApiBudget, Gate, forecast, gate, gather_delay
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.ports import ApiUsage, CallSpent
from sfsync_gui.engine.storage import Store, UnitOfWork

HOUR = 3600
FLUSH_EVERY = 900.0
"""Seconds for which counts are kept in memory at most: an idle poll writes nothing to disk."""

NOT_COUNTED = frozenset({"sign_in"})
"""Purposes that cost no API call."""


class Spending:
    """Counts calls as adapters report them, and judges the share of the budget that is used."""

    def __init__(self) -> None:
        self.usage: ApiUsage | None = None
        self._fresh: Counter[tuple[int, Side, str]] = Counter()
        self._stored: dict[tuple[Side, str], int] = {}
        self._flushed_at = 0.0
        self._began: float | None = None
        self._since_then = 0

    def note(self, call: CallSpent, now: float) -> None:
        """Count one request (given to the adapters as their listener)."""
        if call.usage is not None:
            self.usage = call.usage
        if call.purpose not in NOT_COUNTED:
            self._fresh[int(now // HOUR), Side(call.side), call.purpose] += 1
            self._began = now if self._began is None else self._began
            self._since_then += call.side == Side.SALESFORCE

    def own_salesforce_calls(self) -> int:
        """Own Salesforce calls within about 24 hours."""
        stored = sum(n for (side, _), n in self._stored.items() if side is Side.SALESFORCE)
        fresh = sum(n for (_, side, _), n in self._fresh.items() if side is Side.SALESFORCE)
        return stored + fresh

    def forecast(self, now: float) -> int:
        """Own Salesforce calls of a whole day, if it goes on as since this program began."""
        return 0 if self._began is None else forecast(self._since_then, now - self._began)

    def share(self, cap: int | None) -> float:
        """The share of the day's budget that is used, 0 to 1 and above."""
        usage = self.usage or ApiUsage(0, 0)
        return ApiBudget(usage.used, usage.limit, self.own_salesforce_calls(), cap).share

    def gate(self, cap: int | None) -> Gate:
        """What may still be sent."""
        return gate(self.share(cap))

    def gather_delay(self, cap: int | None) -> float:
        """Seconds for which writes to Salesforce gather."""
        return gather_delay(self.share(cap))

    async def calls(self, store: Store, since_hour: int) -> Mapping[tuple[Side, str], int]:
        """Own calls since that hour (it included) by side and purpose, stored already or not."""
        calls = Counter[tuple[Side, str]]()
        for (hour, side, purpose), count in self._fresh.items():
            if hour >= since_hour:
                calls[side, purpose] += count
        # Asked for before anything else can be stored, so that nothing counts twice.
        calls.update(await store.run(lambda unit: unit.state.calls(since_hour)))
        return calls

    async def flush(self, context: Context, *, force: bool = False) -> None:
        """Store the counts, at most every quarter of an hour unless forced."""
        now = context.clock.now()
        if not force and now - self._flushed_at < FLUSH_EVERY:
            return
        fresh, self._fresh = self._fresh, Counter()
        self._flushed_at = now

        def work(unit: UnitOfWork) -> dict[tuple[Side, str], int]:
            for (hour, side, purpose), calls in fresh.items():
                unit.state.add_calls(hour, side, purpose, calls)
            return unit.state.calls(int(now // HOUR) - 23)

        self._stored = await context.store.run(work)
