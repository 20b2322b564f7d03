"""The API budget: how much of Salesforce's daily calls is used, and what may still be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.vocabulary import Side

BULK_SHARE = 0.40
"""From this share of the day's calls on, bulk sync pauses."""

SYNC_SHARE = 0.80
"""From this share on, the event sync pauses: the rest is for what a person does by hand."""

FULL_SHARE = 1.0
"""From this share on, nothing is sent."""

PAUSED_INTERVAL = 900.0
"""Seconds between two questions for the usage while paused."""

DAY = 86_400.0

_GATHER_FROM = 0.20
_GATHER_FULL = 0.60
_LONGEST_GATHERING = 300.0
_SHORTEST_BASIS = 3600.0


class Gate(StrEnum):
    """What the budget still allows; each includes the restrictions of those before it."""

    OPEN = "open"
    BULK_PAUSED = "bulk_paused"
    SYNC_PAUSED = "sync_paused"
    CLOSED = "closed"

    @property
    def bulk_allowed(self) -> bool:
        """Whether bulk sync may send."""
        return self is Gate.OPEN

    @property
    def sync_allowed(self) -> bool:
        """Whether the event sync may send."""
        return self in (Gate.OPEN, Gate.BULK_PAUSED)

    @property
    def by_hand_allowed(self) -> bool:
        """Whether what a person asks for may be sent."""
        return self is not Gate.CLOSED


@dataclass(frozen=True, slots=True)
class ApiBudget:
    """Salesforce's calls in the last 24 hours: by the whole org and by this app.

    `org_limit` 0 means not known yet; `cap` None means that the user set none.
    """

    org_used: int = 0
    org_limit: int = 0
    own_calls: int = 0
    cap: int | None = None

    @property
    def share(self) -> float:
        """The share used: the larger of the org's and of the user's cap. May exceed 1."""
        org = self.org_used / self.org_limit if self.org_limit > 0 else 0.0
        return max(org, self._own_share())

    @property
    def gate(self) -> Gate:
        """What may still be sent."""
        return gate(self.share)

    @property
    def gather_delay(self) -> float:
        """Seconds for which writes gather now."""
        return gather_delay(self.share)

    def _own_share(self) -> float:
        if self.cap is None:
            return 0.0
        return self.own_calls / self.cap if self.cap > 0 else FULL_SHARE


def gate(share: float) -> Gate:
    """What may still be sent at this share of use."""
    if share >= FULL_SHARE:
        return Gate.CLOSED
    if share >= SYNC_SHARE:
        return Gate.SYNC_PAUSED
    return Gate.BULK_PAUSED if share >= BULK_SHARE else Gate.OPEN


def gather_delay(share: float) -> float:
    """Seconds for which writes gather: none below 20 %, rising evenly to five minutes at 60 %."""
    part = (share - _GATHER_FROM) / (_GATHER_FULL - _GATHER_FROM)
    return _LONGEST_GATHERING * min(1.0, max(0.0, part))


def forecast(used: int, elapsed: float) -> int:
    """The calls of a whole day, from those used in the last `elapsed` seconds.

    Less than an hour is no basis: what was used then is taken for an hour's use. Of more than a
    day the daily mean is told.
    """
    return round(used * DAY / max(elapsed, _SHORTEST_BASIS))


@dataclass(frozen=True, slots=True)
class Spending:
    """What one purpose cost: its calls, and their share of all own calls."""

    purpose: str
    calls: int
    share: float


def account(
    calls: Mapping[tuple[Side, str], int], side: Side = Side.SALESFORCE
) -> tuple[Spending, ...]:
    """Own calls to `side` by purpose, the dearest first; purposes without a call are left out."""
    spent = [(purpose, n) for (where, purpose), n in calls.items() if where is side and n > 0]
    total = sum(n for _, n in spent)
    ordered = sorted(spent, key=lambda item: (-item[1], item[0]))
    return tuple(Spending(purpose, n, n / total) for purpose, n in ordered)
