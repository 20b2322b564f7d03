"""What many people cost the store: four times as many cost four times as much, not sixteen.

Counted are statements, and the rows that are made of people and creations: the same on every
machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from sfsync_gui.core.lead_rules import ROLE, Comparison, Condition, LeadRule
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine import creations, react
from sfsync_gui.engine.lead_rule_edits import change_lead_rules
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.wanted_leads import begin_by_rules, begin_creation
from sfsync_gui.store.creations import SqlCreations
from sfsync_gui.store.errors import SqlErrors
from sfsync_gui.store.people import SqlDirectory
from tests.support.creations import creations_in
from tests.unit.engine.office import Office

FEW = 40
MANY = 4 * FEW
AT_ONCE = 10
LINEAR = 4.4
"""How many times as much four times as many may cost: what is paid once makes it less than 4."""

Reads = Counter[str]
EVERYBODY = LeadRule("all", (Condition(ROLE, Comparison.IS, "user"),), everybody=True)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    """Statements, and rows of people, of creations and of errors, counted by name."""
    counted: Reads = Counter()
    kinds = ((SqlCreations, "creations"), (SqlDirectory, "people"), (SqlErrors, "errors"))
    for kind, name in kinds:
        monkeypatch.setattr(kind, "_read", _counting(kind._read, counted, name))

    def on_execute(*_: Any) -> None:
        counted["statements"] += 1

    event.listen(Engine, "before_cursor_execute", on_execute)
    yield counted
    event.remove(Engine, "before_cursor_execute", on_execute)


def _counting(read: Callable[..., list[Any]], counted: Reads, name: str) -> Callable[..., Any]:
    def counting(*given: Any, **named: Any) -> list[Any]:
        found = read(*given, **named)
        counted[name] += len(found)
        return found

    return counting


def office_with(folder: Path, people: int) -> Office:
    """A program that is connected, and so many contacts whom nobody in Salesforce matches."""
    folder.mkdir()
    office = Office(folder)
    for number in range(people):
        office.user(f"{number}@example.com", name=f"Number {number}")
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    return office


def assert_linear(cost: Callable[[int], Reads]) -> None:
    """Many people cost no more than as many times as much as few."""
    few, many = cost(FEW), cost(MANY)
    growth = {name: many[name] / few[name] for name in few if few[name]}
    assert max(growth.values()) < LINEAR, growth


def test_leads_for_everybody_cost_the_store_as_much_for_each_however_many_there_are(
    tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creations, "BY_RULES_AT_ONCE", AT_ONCE)

    def cost(people: int) -> Reads:
        office = office_with(tmp_path / str(people), people)
        reads.clear()
        office.run(change_lead_rules(office.context, lambda _: (EVERYBODY,)))
        office.compare()
        for _ in range(people):
            if len(office.salesforce.ids(LEAD)) == people:
                break
            office.run(office.world.engine.check([]))
        found = reads.copy()
        assert len(office.links()) == people
        office.close()
        return found

    assert_linear(cost)


def test_leads_that_are_all_refused_cost_as_much_for_each_however_many_there_are(
    tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creations, "BY_RULES_AT_ONCE", AT_ONCE)

    def cost(people: int) -> Reads:
        office = office_with(tmp_path / str(people), people)
        office.salesforce.add_validation_rule(LEAD, "none", lambda row: True, "No leads here.")
        reads.clear()
        office.run(change_lead_rules(office.context, lambda _: (EVERYBODY,)))
        office.compare()
        for _ in range(people // AT_ONCE):
            office.run(office.world.engine.check([]))
        found = reads.copy()
        assert len(office.errors()) == people
        office.close()
        return found

    assert_linear(cost)


def test_what_is_wanted_already_costs_no_more_than_whoever_is_asked_about(
    tmp_path: Path, reads: Reads
) -> None:
    def cost(people: int) -> Reads:
        office = office_with(tmp_path / str(people), people)
        store = office.world.store
        ids = office.run(store.run(lambda unit: unit.directory.ids_after(Side.INTERCOM, "", 9999)))
        known = office.run(store.run(lambda unit: unit.directory.get_many(Side.INTERCOM, ids)))

        def by_rule(unit: UnitOfWork) -> None:
            for one in known.values():  # each comes to qualify on a page of its own
                begin_by_rules(unit, {one.id: (one, "all")})

        def by_hand(unit: UnitOfWork) -> None:
            for one in known.values():
                begin_creation(unit, one)

        reads.clear()
        for work in (by_rule, by_hand):
            office.run(store.run(work))
        found = reads.copy()
        assert len(office.run(store.run(creations_in))) == people
        office.close()
        return found

    assert_linear(cost)


def test_whoever_is_held_costs_no_more_the_more_there_are(
    tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(react, "BATCH", AT_ONCE)

    def cost(people: int) -> Reads:
        office = office_with(tmp_path / str(people), people)
        for number in range(people):
            office.lead(f"{number}@example.com")
        office.check()
        usual = office.context.settings
        office.context.settings = replace(usual, guard_minimum=1, guard_share=0.01)
        for lead in office.links().values():
            office.salesforce.delete(lead)
        office.pass_time(120)
        reads.clear()
        office.run(office.world.engine.sync_once())
        found = reads.copy()
        (hold,) = office.holds()
        assert len(hold.pairs) == people
        office.close()
        return found

    assert_linear(cost)
