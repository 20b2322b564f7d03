"""The guard at work: counts the last hour, holds what is unusual, lets go what a person released.

Holds are stored, so they outlive a restart. Observing goes on while writes are held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sfsync_gui.core.guard import BLANKED, ENDED, EXEMPT, REWRITTEN, judge
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.planner import LinkPlan
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import GuardHold, Measures, UnitOfWork
from sfsync_gui.engine.waiting import links_awaiting

HOUR = 3600

__all__ = ["ENDED", "Guard", "pair_name"]

_NONE: frozenset[str] = frozenset()


def pair_name(link: IdentityMapping) -> str:
    """The name of a link in the guard's counts."""
    return f"{link.intercom_id}:{link.salesforce_id}"


ACCOUNT_PREFIX = "001"
"""What the Ids of accounts begin with (Salesforce Help, "Standard Field Record ID Prefix
Decoder")."""


def _of(family: Family, pairs: frozenset[str]) -> frozenset[str]:
    """Those of these pairs that are people's, or companies'."""
    of_companies = family is Family.COMPANIES
    return frozenset(
        pair for pair in pairs if pair.partition(":")[2].startswith(ACCOUNT_PREFIX) is of_companies
    )


class Guard:
    """The guard within one transaction."""

    def __init__(self, context: Context, unit: UnitOfWork) -> None:
        self._context = context
        self._unit = unit
        self._holds = unit.state.holds()
        self._measures: Measures | None = None

    def held(self, measure: str, proposed: Collection[str]) -> frozenset[str]:
        """Which of the proposed pairs must wait; a new hold is stored and told."""
        found = (self._held_of(family, measure, frozenset(proposed)) for family in Family)
        held = _NONE.union(*found)
        if held:
            self._store(measure, self._hold(measure), held)
        return held

    def _held_of(self, family: Family, measure: str, proposed: frozenset[str]) -> frozenset[str]:
        """The same among people or among companies: a few companies are many of their kind."""
        proposed = _of(family, proposed)
        if not proposed:
            return _NONE
        waiting = self._hold(measure)
        return judge(
            measure,
            _of(family, self._counted(measure)),
            proposed,
            self._unit.links.count(family),
            self._context.settings,
            exempt=self._released(measure),
            waiting=_of(family, waiting.pairs) if waiting else _NONE,
        ).held

    def allowed(self, plans: Iterable[LinkPlan]) -> tuple[list[LinkPlan], list[LinkPlan]]:
        """The plans whose writes may go out, and those that are held."""
        plans = list(plans)
        event = {
            pair_name(plan.link): plan for plan in plans if plan.writes and not _is_exempt(plan)
        }
        held = set(self.held(REWRITTEN, event.keys()))
        for row_id, pairs in _blanks(event).items():
            held |= self.held(BLANKED + row_id, pairs)
        go = [plan for plan in plans if pair_name(plan.link) not in held]
        return go, [plan for plan in plans if pair_name(plan.link) in held]

    def _counted(self, measure: str) -> frozenset[str]:
        if self._measures is None:
            self._measures = self._unit.history.measure(self._context.now() - HOUR)
        measures = self._measures
        if measure == ENDED:
            return measures.ended
        if measure == REWRITTEN:
            return measures.rewritten
        return measures.blanked.get(measure.removeprefix(BLANKED), _NONE)

    def _hold(self, measure: str) -> GuardHold | None:
        found = [one for one in self._holds if one.measure == measure and one.state == "held"]
        return found[-1] if found else None

    def _released(self, measure: str) -> frozenset[str]:
        """What a person let go and was not done yet; see `close_spent_holds`."""
        holds = [one for one in self._holds if one.measure == measure and one.state == "released"]
        return _NONE.union(*(one.pairs for one in holds))

    def _store(self, measure: str, waiting: GuardHold | None, pairs: frozenset[str]) -> None:
        if waiting is None:
            hold = GuardHold(measure, "held", self._context.now(), pairs)
        elif pairs <= waiting.pairs:
            return
        else:
            hold = replace(waiting, pairs=waiting.pairs | pairs)
        self._unit.state.put_hold(hold)
        self._holds = self._unit.state.holds()


def close_spent_holds(context: Context, unit: UnitOfWork) -> None:
    """What was let go is exempt once: pairs for which nothing waits any more count again.

    For the first hour after the release all are exempt, since one write can ask for another.
    """
    for hold in unit.state.holds():
        if hold.state != "released" or context.now() - hold.since < HOUR:
            continue
        waiting = _still_waiting(unit, hold.pairs)
        if waiting != hold.pairs:
            state = "released" if waiting else "done"
            unit.state.put_hold(replace(hold, pairs=waiting, state=state))


def _still_waiting(unit: UnitOfWork, pairs: frozenset[str]) -> frozenset[str]:
    by_person = dict(pair.split(":", 1) for pair in pairs)
    links = unit.links.of(Side.INTERCOM, by_person).values()
    awaiting = links_awaiting(unit, links)
    return pairs & {pair_name(link) for link in links if link.due or link.id in awaiting}


def _is_exempt(plan: LinkPlan) -> bool:
    """A bulk run approved from its dry run is exempt, and so is what a person takes back."""
    return all(write.trigger in EXEMPT for write in plan.writes)


def _blanks(plans: Mapping[str, LinkPlan]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair, plan in plans.items():
        for write in plan.writes:
            if write.value is None and write.before is not None:
                found.setdefault(write.row_id, set()).add(pair)
    return found
