"""When each thing was last done, and when the next is due. All times by our clock."""

from dataclasses import dataclass, field

from sfsync_gui.core.budget import PAUSED_INTERVAL
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition, SideStatus

LONGEST_REST = 60.0
"""Seconds after which the schedule looks up in any case: a sleep of the computer shows then."""

SHORTEST_REST = 0.25


@dataclass(slots=True)
class Timetable:
    """When each thing was last done, in unix seconds; 0 means not yet."""

    checked: dict[Side, float] = field(default_factory=lambda: dict.fromkeys(Side, 0.0))
    swept: float = 0.0
    described: float = 0.0
    kept_house: float = 0.0
    wrote_salesforce: float = 0.0
    set_up_checked: float = 0.0
    set_up_in_doubt: bool = False
    """Whether a failure since then hints at the set-up."""
    swept_companies: float = 0.0
    no_companies_before: float = 0.0
    """Until then companies are not read, since something keeps them from it."""

    def forget(self) -> None:
        """Everything is due again: after a wake from sleep, or because a person asked."""
        self.checked = dict.fromkeys(Side, 0.0)
        self.swept = 0.0
        self.no_companies_before = 0.0

    def next_check(
        self, side: Side, status: SideStatus, settings: Settings, *, sync_allowed: bool
    ) -> float | None:
        """When the side is looked at next; None where only a person can help.

        `sync_allowed` is whether the API budget lets the event sync run: if not, Salesforce is
        only asked for its limits, and seldom.
        """
        due = self.checked[side] + _interval(side, settings, sync_allowed)
        if status.condition is SideCondition.READY:
            return due
        return None if status.retry_at is None else max(due, status.retry_at)


def _interval(side: Side, settings: Settings, sync_allowed: bool) -> float:
    if side is Side.INTERCOM:
        return settings.intercom_interval
    if sync_allowed:
        return settings.salesforce_interval
    return max(settings.salesforce_interval, PAUSED_INTERVAL)
