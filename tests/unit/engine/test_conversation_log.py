"""Closed conversations are logged as tasks: once each, and only those closed since it is on."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.core.vocabulary import ErrorClass, FirstRun, HistoryKind, Side, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.changing_settings import change_stored, take_settings
from sfsync_gui.engine.conversation_log import check_conversations
from sfsync_gui.engine.new_tasks import have_task
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from tests.support.fragile import CrashError
from tests.unit.engine.office import Office

SEARCH = ("POST", "/conversations/search")


def switch(office: Office, *, on: bool = True, **settings: Any) -> None:
    """Switch logging on or off, as the window does."""
    changes = {"log_conversations": on, **settings}
    changed = office.run(office.world.store.run(lambda unit: change_stored(unit, changes)))
    take_settings(office.context, changed)


@pytest.fixture
def ann(office: Office) -> str:
    """A user who is linked to a contact; logging is switched on."""
    contact = office.user(name="Ann Lee")
    office.contact()
    office.connect()
    switch(office)
    office.check()
    return contact


def teammate(office: Office) -> str:
    return office.intercom.admins()[0][0]


def talk(office: Office, *people: str, closed: bool = True, text: str = "Hello?") -> str:
    one = office.intercom.start_conversation(people[0], text, others=people[1:])
    if closed:
        office.intercom.close_conversation(one, teammate(office))
    return one


def logged(office: Office) -> list[str]:
    """The conversations that tasks in Salesforce are about, in order."""
    records = [office.salesforce.record(one) or {} for one in office.salesforce.ids("Task")]
    return sorted(str(one["Description"]).rpartition("/")[2] for one in records)


def test_a_closed_conversation_is_logged_once(office: Office, ann: str) -> None:
    one = talk(office, ann)
    for _ in range(12):
        office.check()
    assert logged(office) == [one]
    task = office.salesforce.record(office.salesforce.ids("Task")[0]) or {}
    assert (task["WhoId"], task["Status"]) == (office.links()[ann], "Completed")
    assert task["Subject"] == "Intercom: Hello?"
    assert task["ActivityDate"] is not None
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.CREATED]
    assert entry.trigger is Trigger.CONVERSATION_CLOSED


def test_while_it_is_off_nothing_is_asked(office: Office, ann: str) -> None:
    switch(office, on=False)
    before = office.intercom.log.count(*SEARCH)
    talk(office, ann)
    for _ in range(3):
        office.check()
    assert office.intercom.log.count(*SEARCH) == before
    assert logged(office) == []


def test_what_was_closed_before_it_was_switched_on_is_not_logged(office: Office, ann: str) -> None:
    switch(office, on=False)
    early = talk(office, ann)
    unanswered = office.intercom.start_conversation(ann, "Hi", by=teammate(office))
    office.intercom.close_conversation(unanswered, teammate(office))
    office.check()
    switch(office)
    office.check()
    for conversation in (early, unanswered):
        office.intercom.add_note(conversation, teammate(office), "updated, not closed")
    late = talk(office, ann)
    for _ in range(3):
        office.check()
    assert logged(office) == [late]


def test_an_open_conversation_is_not_logged_until_it_is_closed(office: Office, ann: str) -> None:
    one = talk(office, ann, closed=False)
    office.check()
    assert logged(office) == []
    office.intercom.close_conversation(one, teammate(office), "Bye")
    office.check()
    assert logged(office) == [one]
    text = (office.salesforce.record(office.salesforce.ids("Task")[0]) or {})["Description"]
    assert "Bye" in text


def test_one_that_is_reopened_and_closed_again_is_not_logged_twice(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    office.check()
    for _ in range(2):
        office.intercom.reply(one, ann, "It broke again")
        office.check()
        office.intercom.close_conversation(one, teammate(office))
        office.check()
        office.check(1000)
    assert logged(office) == [one]
    assert office.errors() == []


def test_one_that_is_open_again_before_it_is_logged_waits_for_its_end(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    office.pass_time(120)
    shown_closed = dict(office.intercom.conversations.indexed)
    office.intercom.reply(one, ann, "Wait")
    office.intercom.conversations.indexed.update(shown_closed)  # the search lags
    office.run(office.world.engine.sync_once())
    assert logged(office) == []
    assert office.creations() == []
    office.check()
    office.intercom.close_conversation(one, teammate(office), "Done")
    office.check()
    assert logged(office) == [one]


def test_somebody_who_is_not_linked_is_passed_over_without_a_word(office: Office, ann: str) -> None:
    bob = office.user("bob@example.com")
    talk(office, bob)
    office.check()
    assert logged(office) == []
    assert office.errors() == []
    assert office.creations() == []


def test_whose_link_ends_before_the_turn_comes_is_passed_over_as_well(
    office: Office, ann: str
) -> None:
    switch(office, api_cap=office.world.engine.spending.own_salesforce_calls() + 1)
    one = talk(office, ann)
    office.check()
    assert [creation.state for creation in office.creations()] == ["wanted"]  # it has to wait
    office.run(commands.unlink(office.context, office.link(ann).id))
    switch(office, api_cap=None)
    office.check(1000)
    assert logged(office) == []
    assert office.errors() == []
    assert office.creations() == []
    reads = office.intercom.log.count("GET", f"/conversations/{one}")
    office.check()
    assert office.intercom.log.count("GET", f"/conversations/{one}") == reads


def test_whose_link_ends_while_it_is_looked_for_is_given_up(office: Office, ann: str) -> None:
    office.salesforce.faults.arm(Fault(FaultKind.RESET_BEFORE, "POST", "/sobjects/Task$"))
    talk(office, ann)
    office.check()
    assert [creation.state for creation in office.creations()] == ["sending"]
    office.run(commands.unlink(office.context, office.link(ann).id))
    for _ in range(4):
        office.check(700)
    assert logged(office) == []
    assert office.errors() == []
    assert [creation.state for creation in office.creations()] == ["refused"]


def test_another_of_its_people_gets_it_where_the_first_is_linked_no_more(
    office: Office, ann: str
) -> None:
    bob = office.user("bob@example.com")
    contact = office.contact("bob@example.com")
    office.check()
    office.check()
    assert office.links()[bob] == contact
    switch(office, api_cap=office.world.engine.spending.own_salesforce_calls() + 1)
    one = talk(office, ann, bob)
    office.check()
    office.run(commands.unlink(office.context, office.link(ann).id))
    switch(office, api_cap=None)
    for _ in range(2):
        office.check(400)
    assert logged(office) == [one]
    task = office.salesforce.record(office.salesforce.ids("Task")[0]) or {}
    assert task["WhoId"] == contact


def test_one_that_was_closed_before_is_not_read_again_and_again(office: Office) -> None:
    ann = office.user(name="Ann Lee")
    office.contact()
    office.connect()
    one = office.intercom.start_conversation(ann, "An offer", by=teammate(office))
    office.intercom.close_conversation(one, teammate(office))
    office.pass_time(120)
    switch(office)
    office.check()
    office.intercom.add_note(one, teammate(office), "never mind")
    for _ in range(5):
        office.check()
    assert logged(office) == []
    assert office.intercom.log.count("GET", f"/conversations/{one}") == 1


def test_of_several_people_the_first_who_is_linked_gets_it(office: Office, ann: str) -> None:
    bob = office.user("bob@example.com")
    one = talk(office, bob, ann)
    office.check()
    assert logged(office) == [one]
    assert [creation.intercom_id for creation in office.creations()] == [ann]


def test_without_statistics_the_conversation_itself_tells_when_it_was_closed(
    office: Office, ann: str
) -> None:
    one = office.intercom.start_conversation(ann, "An offer", by=teammate(office))
    office.intercom.close_conversation(one, teammate(office))
    office.check()
    assert logged(office) == [one]


def test_one_that_was_logged_by_hand_is_not_logged_again(office: Office, ann: str) -> None:
    one = talk(office, ann, closed=False)
    office.run(have_task(office.world.engine, ann, TaskChoices(conversation_id=one)))
    office.intercom.close_conversation(one, teammate(office))
    for _ in range(3):
        office.check()
    assert logged(office) == [one]


def test_many_are_logged_in_turns(office: Office, ann: str) -> None:
    ones = [talk(office, ann, text=f"Question {number}") for number in range(70)]
    office.check()
    assert len(logged(office)) >= 50
    office.check()
    assert logged(office) == sorted(ones)


def test_one_that_was_deleted_meanwhile_is_given_up(office: Office, ann: str) -> None:
    one = talk(office, ann)
    office.pass_time(120)
    shown = dict(office.intercom.conversations.indexed)
    office.intercom.delete_conversation(one)
    office.intercom.conversations.indexed.update(shown)
    office.run(office.world.engine.sync_once())
    office.check()
    assert logged(office) == []
    assert office.errors() == []
    assert [creation.state for creation in office.creations()] == ["refused"]


def test_switched_off_and_on_again_it_begins_anew(office: Office, ann: str) -> None:
    first = talk(office, ann)
    office.check()
    switch(office, on=False)
    office.check()
    talk(office, ann)
    office.check()
    switch(office)
    office.check()
    third = talk(office, ann)
    for _ in range(3):
        office.check()
    assert logged(office) == sorted([first, third])


def test_what_was_closed_while_the_program_did_not_run_is_logged(office: Office, ann: str) -> None:
    office.run(office.world.stop_engine())
    one = talk(office, ann)
    office.pass_time(3 * 86_400)
    office.world.start_engine()
    office.run(office.world.engine.open())
    office.run(office.world.engine.connect(FirstRun.LINK_ALL))
    office.check()
    assert logged(office) == [one]


def test_the_feed_looks_as_often_as_for_late_changes(office: Office, ann: str) -> None:
    before = office.intercom.log.count(*SEARCH)
    for _ in range(24):
        office.pass_time(5)
        office.run(office.world.engine.step())
    assert office.intercom.log.count(*SEARCH) - before in (1, 2)


def test_a_feed_that_shows_nothing_new_writes_nothing(office: Office, ann: str) -> None:
    talk(office, ann)
    for _ in range(10):
        office.check()
    changes = office.run(office.world.store.run(_total_changes))
    office.run(check_conversations(office.context))
    assert office.run(office.world.store.run(_total_changes)) == changes


def _total_changes(unit: Any) -> int:
    connection = unit.state._connection.connection.dbapi_connection
    return int(connection.total_changes)


# ---------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["a transaction", "a Salesforce request", "an Intercom request"])
@pytest.mark.parametrize("times", range(1, 8))
def test_a_process_that_dies_at_any_point_logs_it_once(
    office: Office, ann: str, when: str, what: str, times: int
) -> None:
    one = talk(office, ann)
    office.pass_time(120)
    office.world.crashes.die_at(f"{when} {what}", times)
    try:
        office.run(office.world.engine.sync_once())
    except CrashError:
        office.restart()
    office.world.crashes.calm()
    for _ in range(8):
        office.check()
    assert logged(office) == [one]
    assert office.errors() == []


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER])
def test_a_lost_answer_logs_it_once(office: Office, ann: str, kind: FaultKind) -> None:
    one = talk(office, ann)
    office.salesforce.faults.arm(Fault(kind, "POST", "/sobjects/Task"))
    for _ in range(10):
        office.check()
    assert logged(office) == [one]


def test_a_page_that_cannot_be_read_is_read_again_and_nothing_lost(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, *SEARCH, times=4))
    office.check()
    assert logged(office) == []
    office.check(600)
    assert logged(office) == [one]


def test_conversations_out_of_reach_do_not_keep_people_and_are_listed_when_it_lasts(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, *SEARCH, times=10_000))
    for number in range(5):
        office.edit(ann, alias=f"Annie {number}")
        office.check()
        assert office.sf(office.links()[ann], "Nickname__c") == f"Annie {number}"
        assert office.errors() == []
    office.check()
    (error,) = office.errors()
    assert (error.side, error.error_class) == (Side.INTERCOM, ErrorClass.TRANSIENT)
    office.intercom.faults.clear()
    office.check()
    assert office.errors() == []
    assert logged(office) == [one]


def test_without_the_permission_it_is_listed_and_people_are_synced_as_before(
    office: Office, ann: str
) -> None:
    office.intercom.set_permission(READ_CONVERSATIONS, granted=False)
    one = talk(office, ann)
    office.edit(ann, alias="Annie")
    office.check()
    assert office.sf(office.links()[ann], "Nickname__c") == "Annie"
    (error,) = office.errors()
    assert (error.code, error.side, error.error_class) == (
        "conversations_forbidden",
        Side.INTERCOM,
        ErrorClass.SETUP,
    )
    office.check()
    assert [error.attempts for error in office.errors()] == [2]
    office.intercom.set_permission(READ_CONVERSATIONS, granted=True)
    office.check()
    assert office.errors() == []
    assert logged(office) == [one]


def test_the_error_of_a_missing_permission_goes_after_a_restart_as_well(
    office: Office, ann: str
) -> None:
    office.intercom.set_permission(READ_CONVERSATIONS, granted=False)
    office.check()
    assert len(office.errors()) == 1
    office.intercom.set_permission(READ_CONVERSATIONS, granted=True)
    office.restart()
    office.check()
    assert office.errors() == []


def test_a_refused_one_is_an_error_and_its_retry_logs_it(office: Office, ann: str) -> None:
    office.salesforce.add_validation_rule("Task", "no", lambda row: True, "Not today")
    one = talk(office, ann)
    office.check()
    assert [error.message for error in office.errors()] == ["Not today"]
    office.salesforce.remove_validation_rule("no")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert logged(office) == [one]
    assert office.errors() == []


def test_an_org_without_that_status_refuses_it_with_a_word_for_the_setting(
    office: Office, ann: str
) -> None:
    switch(office, log_status="Done")
    one = talk(office, ann)
    office.check()
    (error,) = office.errors()
    assert (error.code, error.field) == ("task_no_option", "Status")
    assert "Settings" in error.remedy
    switch(office, log_status="")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert logged(office) == [one]


def test_it_waits_while_the_budget_pauses_the_sync(office: Office, ann: str) -> None:
    spent = office.world.engine.spending.own_salesforce_calls()
    switch(office, api_cap=spent + 1)  # beyond 80 percent
    one = talk(office, ann)
    for _ in range(3):
        office.check()
    assert logged(office) == []
    assert [creation.state for creation in office.creations()] == ["wanted"]
    switch(office, api_cap=None)
    office.check(1000)
    assert logged(office) == [one]


def test_a_lead_merged_into_a_user_hands_its_conversation_over(office: Office) -> None:
    visitor = office.user(None, role="lead", name="Visitor")
    ann = office.user(name="Ann Lee")
    contact = office.contact()
    office.connect()
    switch(office)
    office.check()
    one = talk(office, visitor)
    office.intercom.merge_contacts(visitor, ann)
    for _ in range(2):
        office.check()
    assert logged(office) == [one]
    task = office.salesforce.record(office.salesforce.ids("Task")[0]) or {}
    assert task["WhoId"] == contact
