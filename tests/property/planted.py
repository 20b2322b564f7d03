"""Bugs planted on purpose, one for each rule: the worlds must catch every one of them.

Each is a small patch of the product, in force for as long as its context lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from sfsync_gui.core import noticing, observing, planner
from sfsync_gui.core.people import Gone, IdentityMapping
from sfsync_gui.core.planner import LinkPlan
from sfsync_gui.core.triggers import LinkStep, Reaction
from sfsync_gui.core.vocabulary import BlankRule, Side, Trigger
from sfsync_gui.engine import (
    checking,
    feeds,
    partners,
    planning,
    react,
    reading,
    remembering,
    settling,
    writing,
)
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.ports import SalesforcePosition
from sfsync_gui.engine.storage import UnitOfWork
from tests.property.planted_wishes import PLANTED_WISHES
from tests.property.planting import PlantedBug, wrapped


def _echo(settle: Any) -> Any:
    """Our own write coming back looks like somebody's change: the row keeps its old pair."""

    def settled(link: IdentityMapping, *rest: Any) -> observing.Absorbed:
        absorbed: observing.Absorbed = settle(link, *rest)
        return replace(absorbed, link=replace(absorbed.link, synced=link.synced))

    return settled


def _everything_settles(settle: Any) -> Any:
    """One row that is written settles all the others."""

    def settled(*given: Any) -> observing.Absorbed:
        absorbed: observing.Absorbed = settle(*given)
        return replace(absorbed, link=replace(absorbed.link, due={}))

    return settled


def _position_first(_check: Any) -> Any:
    """The position is stored before what was read."""

    async def check(context: Context) -> int:
        position = await context.store.run(lambda unit: unit.state.salesforce_position())
        pages = [
            page
            async for page in context.salesforce.changes(
                position or SalesforcePosition(0),
                context.lookups.fields,
                overlap=checking.OVERLAP,
            )
        ]
        last = pages[-1].position
        if last is not None:
            await context.store.run(lambda unit: unit.state.put_salesforce_position(last))
        news = 0
        for page in pages:
            news += await context.store.run(partial(checking._observe_salesforce, context, page))
        return news

    return check


def _blanks_copied(plan_link: Any) -> Any:
    """A blank overwrites a value whatever the row says."""

    def plan(link: IdentityMapping, rows: Any, *rest: Any) -> LinkPlan:
        copying = {row_id: replace(row, blank_rule=BlankRule.COPY) for row_id, row in rows.items()}
        plan: LinkPlan = plan_link(link, copying, *rest)
        return plan

    return plan


def _loser_wins(loser: Any) -> Any:
    """The side that loses by the row's rule wins."""

    def other(row: Any) -> Side:
        side: Side = loser(row)
        return side.other

    return other


def _takes_whom_it_likes(choose: Any) -> Any:
    """Somebody who is linked already is chosen all the same."""

    def chosen(*given: Any, **how: Any) -> Any:
        return choose(*given, **{**how, "linked": frozenset()})

    return chosen


def _ignores_a_persons_word(choose: Any) -> Any:
    """A pair that was unlinked by hand is linked again."""

    def chosen(*given: Any, **how: Any) -> Any:
        return choose(*given, **{**how, "apart": frozenset()})

    return chosen


@contextmanager
def _refused_for_ever() -> Iterator[None]:
    """A refused value is tried again in every check."""
    stored = _stays_due(writing._store_outcomes)
    with (
        patch.object(writing, "_store_outcomes", stored),
        patch.object(planner, "_is_refused_already", lambda *given: False),
    ):
        yield


def _stays_due(store_outcomes: Any) -> Any:

    def store(context: Context, unit: UnitOfWork, plan: LinkPlan) -> None:
        store_outcomes(context, unit, plan)
        link = unit.links.get(plan.link.id)
        if link is not None:
            again = {one.row_id: plan.link.due[one.row_id] for one in plan.refused}
            unit.links.put([replace(link, due={**link.due, **again})])

    return store


def _converted_is_deleted(trigger: Any) -> Any:
    """A converted lead is taken for a deleted one, and its contact for somebody new."""

    def noticed(self: noticing.Noticed) -> Trigger | None:
        found: Trigger | None = trigger(self)
        return Trigger.SALESFORCE_DELETED if found is Trigger.SALESFORCE_CONVERTED else found

    return noticed


def _merged_is_lost(cell: Any) -> Any:
    """The link of a merged record ends instead of moving."""

    def found(person: Any, link: Any) -> Reaction:
        reaction: Reaction = cell(person, link)
        merged = person.due in (Trigger.SALESFORCE_MERGED, Trigger.INTERCOM_MERGED)
        return Reaction(link=LinkStep.END) if merged and link is not None else reaction

    return found


def _no_chain(add_due: Any) -> Any:
    """What one row writes is not passed on by the next: A → F → B ends at F."""

    def add(due: Any, rows: Any, towards: Side, trigger: Trigger) -> None:
        if trigger is not Trigger.CHAIN:
            add_due(due, rows, towards, trigger)

    return add


def _merge_not_read(read_contacts: Any) -> Any:
    """410 with a Link is taken for a plain deletion."""

    async def read(context: Context, ids: Sequence[str]) -> list[Any]:
        answers = await read_contacts(context, ids)
        return [replace(one, merged_into=None) if isinstance(one, Gone) else one for one in answers]

    return read


def _nothing_arrives_late(_find: Any) -> Any:
    """Our own write that arrives late is taken for somebody's change."""
    return lambda *given: {}


PLANTED = (
    PlantedBug("our own write coming back is no change", wrapped(settling, "settle", _echo)),
    PlantedBug("one row never settles another", wrapped(settling, "settle", _everything_settles)),
    PlantedBug("readings overlap", lambda: patch.object(checking, "OVERLAP", 0.0)),
    PlantedBug(
        "a position moves with the last page",
        wrapped(feeds, "check_salesforce", _position_first),
    ),
    PlantedBug("a blank overwrites no value", wrapped(planning, "plan_link", _blanks_copied)),
    PlantedBug("the rule of the row decides", wrapped(planner, "_loser", _loser_wins)),
    PlantedBug(
        "whoever is linked is not taken over",
        wrapped(partners, "choose_partner", _takes_whom_it_likes),
    ),
    PlantedBug(
        "a pair unlinked by hand is kept apart",
        wrapped(partners, "choose_partner", _ignores_a_persons_word),
    ),
    PlantedBug("a refused value is left out", _refused_for_ever),
    PlantedBug(
        "a converted lead goes on as a contact",
        wrapped(noticing.Noticed, "trigger", _converted_is_deleted),
    ),
    PlantedBug("a merged record takes its link along", wrapped(react, "_cell", _merged_is_lost)),
    PlantedBug("a chain of rows is followed", wrapped(observing, "add_due", _no_chain)),
    PlantedBug(
        "a merged contact is told by its answer",
        wrapped(reading, "_read_in_intercom", _merge_not_read),
    ),
    PlantedBug(
        "a write that arrives late is our own",
        wrapped(observing, "_late_arrivals", _nothing_arrives_late),
        first_seed=183,
    ),
    PlantedBug(
        "what was stored meanwhile is asked for again",
        lambda: patch.object(remembering.Remembered, "_forget_what_is_old", lambda _self: None),
    ),
    *PLANTED_WISHES,
)
