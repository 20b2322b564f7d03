"""Bugs planted in what a person wants: leads by rule and by hand, and changes taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sfsync_gui.core import observing
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.lead_rules import LeadRule
from sfsync_gui.core.people import Due, IdentityMapping, PutBack
from sfsync_gui.core.vocabulary import Side, Trigger
from sfsync_gui.engine import creations, lead_creation, observe, reverting, settling
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.lead_creation import LeadCreation
from sfsync_gui.engine.reading import current_pair
from tests.property.planting import PlantedBug, wrapped


def _never(_function: Any) -> Any:
    """It is never so."""
    return lambda *given: False


def _not_looked_for(_arrived: Any) -> Any:
    """What was sent counts as lost."""

    async def arrived(*given: Any) -> bool:
        return False

    return arrived


def _whoever_fits(comes: Any) -> Any:
    """Whoever fits a rule gets a lead, whatever was known before."""

    def found(rules: Sequence[LeadRule], _before: Any, now: Any, **how: Any) -> Any:
        return comes(rules, {}, now, **{**how, "is_new": True})

    return found


def _nobody_is_new(comes: Any) -> Any:
    """Whoever is new has to become another first."""
    return lambda *given, **how: comes(*given, **{**how, "is_new": False})


def _not_for_everybody(comes: Any) -> Any:
    """A rule for everybody is like any other."""

    def found(rules: Sequence[LeadRule], *given: Any, **how: Any) -> Any:
        return comes([replace(one, everybody=False) for one in rules], *given, **how)

    return found


def _the_last_wins(comes: Any) -> Any:
    """The last rule that fits wins."""
    return lambda rules, *given, **how: comes(tuple(reversed(rules)), *given, **how)


def _whatever_is_there(_put_back: Any) -> Any:
    """What was there before is put back over whatever is there now."""

    def wanted(context: Context, link: IdentityMapping, entry: HistoryEntry) -> PutBack:
        side = entry.side or Side.SALESFORCE
        pair = current_pair(context.lookups, link, entry.row_id or "")
        assert pair is not None
        return PutBack(side, entry.before, pair.of(side))

    return wanted


def _over_what_is_newer(add_due: Any) -> Any:
    """What a person wanted back outlives a newer word on the row."""

    def add(due: dict[str, Due], rows: Any, *given: Any) -> None:
        wanted = {row_id: one.put_back for row_id, one in due.items()}
        add_due(due, rows, *given)
        for row_id, put_back in wanted.items():
            due[row_id] = replace(due[row_id], put_back=put_back)

    return add


def _not_for_long(settle: Any) -> Any:
    """A row that was put back is planned once more."""

    def settled(link: IdentityMapping, side: Side, writes: Any, *rest: Any) -> Any:
        absorbed: observing.Absorbed = settle(link, side, writes, *rest)
        again = {
            one.row_id: Due(frozenset({side}), Trigger.CHAIN)
            for one in writes
            if one.trigger is Trigger.REVERTED
        }
        due = {**absorbed.link.due, **again}
        return replace(absorbed, link=replace(absorbed.link, due=due))

    return settled


PLANTED_WISHES = (
    PlantedBug("whoever matches gets no lead", wrapped(LeadCreation, "give_up", _never)),
    PlantedBug(
        "a lead that was sent is looked for", wrapped(creations, "_arrived", _not_looked_for)
    ),
    PlantedBug(
        "who qualified before gets no lead", wrapped(observe, "comes_to_qualify", _whoever_fits)
    ),
    PlantedBug(
        "who is new and qualifies gets a lead",
        wrapped(observe, "comes_to_qualify", _nobody_is_new),
        first_seed=40,
    ),
    PlantedBug(
        "a rule may be for everybody",
        wrapped(observe, "comes_to_qualify", _not_for_everybody),
        first_seed=18,
    ),
    PlantedBug(
        "the first rule that fits wins", wrapped(observe, "comes_to_qualify", _the_last_wins)
    ),
    PlantedBug(
        "what no rule wants any more is not sent",
        wrapped(lead_creation, "_may_be_withdrawn", _never),
        first_seed=78,
    ),
    PlantedBug(
        "what was changed since is not taken back",
        wrapped(reverting, "_put_back", _whatever_is_there),
    ),
    PlantedBug("a newer word on a row wins", wrapped(observing, "add_due", _over_what_is_newer)),
    PlantedBug("what is taken back stays so", wrapped(settling, "settle", _not_for_long)),
    PlantedBug("no value that waits is given up", wrapped(reverting, "_waits", _never)),
)
