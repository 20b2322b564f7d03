"""What a person asks while creations have their turn, at each point of a check, is kept."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sfsync_gui.core.lead_rules import Comparison, Condition, LeadRule
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine import commands
from sfsync_gui.engine.lead_rule_edits import change_lead_rules
from sfsync_gui.engine.wanted_tasks import begin_task
from tests.support.creations import creations_in
from tests.unit.engine.office import ANN, BOB, Office
from tests.unit.engine.test_conversation_log import switch, talk
from tests.unit.engine.test_creations import sendings, unclear
from tests.unit.engine.test_lead_rules import ALIAS

EVERYBODY = LeadRule("vip", (Condition(ALIAS, Comparison.IS, "vip"),), everybody=True)


def at_point(office: Office, point: int, ask: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Have something asked at the n-th point of the engine's next work."""

    def act() -> None:
        try:
            ask().send(None)
        except StopIteration:
            return
        raise AssertionError("it waits for something")

    office.world.crashes.interrupt(point, act)


@pytest.mark.parametrize("point", range(14, 54, 4))
def test_what_a_person_chooses_for_a_lead_that_a_rule_wanted_is_kept(
    office: Office, point: int
) -> None:
    people = [office.user(one, name="Ann Lee", alias="vip") for one in (ANN, BOB)]
    office.connect()
    office.run(change_lead_rules(office.context, lambda _before: [EVERYBODY]))
    asked: list[bool] = []

    async def ask() -> None:
        await commands.create_lead(office.context, people[0], LeadChoices(company="By hand"))
        stored = await office.world.store.run(lambda unit: creations_in(unit, ("wanted",)))
        asked.append(any(not one.by_rule for one in stored))

    at_point(office, point, ask)
    office.compare()
    office.check()
    assert asked
    assert len(office.salesforce.ids("Lead")) == 2
    if asked[0]:
        assert office.sf(office.links()[people[0]], "Company") == "By hand"


@pytest.mark.parametrize("point", range(20, 40, 3))
@pytest.mark.parametrize("reopened", [False, True])
def test_what_a_person_chooses_for_a_conversation_that_is_about_to_be_logged_is_kept(
    office: Office, point: int, reopened: bool
) -> None:
    ann = office.user(name="Ann Lee")
    office.contact()
    office.connect()
    switch(office)
    office.check()
    one = talk(office, ann)
    office.pass_time(120)
    if reopened:
        shown_closed = dict(office.intercom.conversations.indexed)
        office.intercom.reply(one, ann, "Wait")
        office.intercom.conversations.indexed.update(shown_closed)  # the search lags
    choices = TaskChoices(subject="By hand", conversation_id=one)
    at_point(
        office,
        point,
        lambda: office.world.store.run(lambda unit: begin_task(unit, ann, choices)),
    )
    office.run(office.world.engine.sync_once())
    office.check()
    tasks = [office.salesforce.record(one) or {} for one in office.salesforce.ids("Task")]
    assert "By hand" in [task["Subject"] for task in tasks]
    assert len(tasks) == len(office.creations())


@pytest.mark.parametrize("point", range(20, 30, 2))
def test_a_retry_of_what_is_unclear_is_not_lost(office: Office, point: int) -> None:
    ann = office.user(name="Ann Lee")
    office.connect()
    unclear(office, ann)
    asked: list[bool] = []

    async def ask() -> None:
        asked.append(True)
        await commands.retry_errors(office.context)

    office.pass_time(86_400)
    at_point(office, point, ask)
    office.check()
    office.check()
    assert asked
    assert sendings(office) == 3
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
