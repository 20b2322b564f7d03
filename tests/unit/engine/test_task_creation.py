"""Creating tasks: once each, whatever happens to an answer, and with a word for what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.new_tasks import conversations_of, have_task, preview_task, task_offers
from sfsync_gui.engine.task_views import TaskEnding, TaskOutcome, TaskPreview, TaskStanding
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from tests.support.fragile import CrashError
from tests.unit.engine.office import Office

CREATE = r"/sobjects/Task"
DAY = 86_400


@pytest.fixture
def ann(office: Office) -> str:
    """A user who is linked to a contact."""
    contact = office.user(name="Ann Lee")
    office.contact()
    office.connect()
    assert office.links()
    return contact


def teammate(office: Office) -> str:
    return office.intercom.admins()[0][0]


def talk(office: Office, ann: str, *, closed: bool = False) -> str:
    """A conversation of two messages."""
    one = office.intercom.start_conversation(ann, "The lid <broke> & I am sad 🦊")
    office.intercom.reply(one, teammate(office), "Which lid?")
    if closed:
        office.intercom.close_conversation(one, teammate(office))
    return one


def create(office: Office, ann: str, **choices: Any) -> TaskOutcome:
    return office.run(have_task(office.world.engine, ann, TaskChoices(**choices)))


def preview(office: Office, ann: str, **choices: Any) -> TaskPreview:
    return office.run(preview_task(office.context, ann, TaskChoices(**choices)))


def tasks(office: Office) -> list[dict[str, Any]]:
    """The tasks in Salesforce, oldest first."""
    records = [office.salesforce.record(one) for one in office.salesforce.ids("Task")]
    return [one for one in records if one is not None]


def sendings(office: Office) -> int:
    return office.salesforce.log.count("POST", CREATE)


def lost(office: Office, kind: FaultKind, delay: float = 5.0, times: int = 1) -> None:
    """Have the answer to the next creations be lost."""
    office.salesforce.faults.arm(Fault(kind, "POST", CREATE, delay=delay, times=times))


def task_errors(office: Office) -> list[SyncError]:
    return [error for error in office.errors() if error.creation_id is not None]


# ---------------------------------------------------------------------- what a task is made of


def test_a_task_about_a_person_has_what_was_chosen_and_salesforces_own_defaults(
    office: Office, ann: str
) -> None:
    outcome = create(office, ann, subject="Call her", due="2026-12-24", comment="About the lid.")
    (task,) = tasks(office)
    assert (outcome.ending, outcome.task_id) == (TaskEnding.CREATED, task["Id"])
    assert task["WhoId"] == office.links()[ann]
    assert (task["Subject"], task["Description"]) == ("Call her", "About the lid.")
    assert (task["ActivityDate"], task["Type"]) == ("2026-12-24", None)
    assert (task["Status"], task["Priority"]) == ("Not Started", "Normal")
    assert task["OwnerId"] == office.salesforce.org.api_user_id


def test_a_task_about_a_conversation_bears_its_transcript_and_ends_with_its_page(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    create(office, ann, conversation_id=one)
    (task,) = tasks(office)
    assert task["Subject"] == "Intercom: The lid <broke> & I am sad 🦊"
    lines = task["Description"].splitlines()
    assert lines[0].startswith("Ann Lee, 20")
    assert lines[1] == "The lid <broke> & I am sad 🦊"
    assert lines[4] == "Which lid?"
    assert lines[-1] == f"https://app.intercom.com/a/apps/nw5x2k7q/conversations/{one}"


def test_the_settings_fill_in_what_is_not_chosen(office: Office, ann: str) -> None:
    office.context.settings = replace(
        office.context.settings,
        task_subject="{name}: {title}",
        task_status="In Progress",
        task_priority="High",
        task_type="Call",
        task_due_days=0,
    )
    create(office, ann, conversation_id=talk(office, ann), priority="Low", type="")
    (task,) = tasks(office)
    assert task["Subject"] == "Ann Lee: The lid <broke> & I am sad 🦊"
    assert (task["Status"], task["Priority"], task["Type"]) == ("In Progress", "Low", None)
    assert task["ActivityDate"] is not None


def test_a_huge_transcript_is_cut_at_the_fields_length_with_the_page_of_the_rest(
    office: Office, ann: str
) -> None:
    one = office.intercom.start_conversation(ann, "🦊" * 40_000)
    shown = preview(office, ann, conversation_id=one)
    assert shown.is_cut
    create(office, ann, conversation_id=one)
    (task,) = tasks(office)
    assert task["Description"] == shown.description
    assert 15_900 < len(task["Description"]) <= 32_000
    assert task["Description"].endswith(
        f"The rest is in Intercom:\n{shown.description.split()[-1]}"
    )


def test_a_shorter_description_field_is_what_counts(office: Office, ann: str) -> None:
    office.salesforce.set_field("Task", "Description", length=300)
    create(office, ann, conversation_id=office.intercom.start_conversation(ann, "x" * 900))
    assert 290 < len(tasks(office)[0]["Description"]) <= 300


def test_the_owner_is_the_user_with_the_address_of_the_teammate(office: Office, ann: str) -> None:
    admin, _name, email = office.intercom.admins()[1]
    user = office.salesforce.add_user("Mateo", email)
    one = talk(office, ann)
    office.intercom.assign(one, admin, admin)
    create(office, ann, conversation_id=one, owner="teammate")
    office.intercom.edit_contact(ann, owner_id=admin)
    create(office, ann, owner="teammate")  # of the person, without a conversation
    create(office, ann, owner="signed_in")
    assert [task["OwnerId"] for task in tasks(office)] == [
        user,
        user,
        office.salesforce.org.api_user_id,
    ]


def test_a_teammate_without_a_user_leaves_the_task_to_whoever_is_signed_in(
    office: Office, ann: str
) -> None:
    create(office, ann, conversation_id=talk(office, ann), owner="teammate")
    assert tasks(office)[0]["OwnerId"] == office.salesforce.org.api_user_id


def test_a_preview_writes_nothing_and_shows_where_each_value_comes_from(
    office: Office, ann: str
) -> None:
    shown = preview(office, ann, conversation_id=talk(office, ann), status="Completed")
    assert (shown.standing, shown.kind) == (TaskStanding.NEW, PersonKind.CONTACT)
    values = {one.field: (one.value, one.origin) for one in shown.fields}
    assert values["WhoId"] == ("Ann Lee", "person")
    assert values["Status"] == ("Completed", "choice")
    assert "Priority" not in values
    assert shown.missing == ()
    assert not shown.is_cut
    assert tasks(office) == []
    assert office.creations() == []


def test_the_offers_are_salesforces_own_options_with_their_defaults(
    office: Office, ann: str
) -> None:
    offers = office.run(task_offers(office.context))
    assert [option.value for option in offers.priorities.options] == ["High", "Normal", "Low"]
    assert (offers.priorities.default, offers.statuses.default) == ("Normal", "Not Started")
    assert offers.types is not None
    assert offers.types.default == ""
    assert office.salesforce.org.api_user_id in offers.owners


def test_the_conversations_of_a_person_tell_which_have_a_task(office: Office, ann: str) -> None:
    first = talk(office, ann, closed=True)
    office.pass_time(120)
    second = talk(office, ann)
    office.pass_time(120)
    create(office, ann, conversation_id=first)
    listed = office.run(conversations_of(office.context, ann))
    rows = listed.rows
    assert listed.total == 2
    assert [(row.id, row.is_closed, row.task_state) for row in rows] == [
        (second, False, ""),
        (first, True, "created"),
    ]
    assert rows[1].task_id == tasks(office)[0]["Id"]
    assert preview(office, ann, conversation_id=first).logged_id == rows[1].task_id


# ---------------------------------------------------------------------- who gets none


def test_whoever_is_not_linked_gets_no_task(office: Office) -> None:
    bob = office.user("bob@example.com", name="Bob")
    office.connect()
    assert preview(office, bob).standing is TaskStanding.NOT_LINKED
    with pytest.raises(RecordError, match="Bob is not linked to a lead or contact"):
        create(office, bob)
    with pytest.raises(RecordError, match="not known in Intercom"):
        create(office, "nobody")
    assert office.creations() == []


def test_a_conversation_that_is_gone_is_refused(office: Office, ann: str) -> None:
    one = talk(office, ann)
    office.intercom.delete_conversation(one)
    assert "no longer in Intercom" in preview(office, ann, conversation_id=one).problem
    outcome = create(office, ann, conversation_id=one)
    assert outcome.ending is TaskEnding.REFUSED
    (error,) = task_errors(office)
    assert (error.code, error.error_class) == ("conversation_gone", ErrorClass.RECORD)


def test_conversations_that_may_not_be_read_are_a_matter_of_the_set_up(
    office: Office, ann: str
) -> None:
    one = talk(office, ann)
    office.intercom.set_permission(READ_CONVERSATIONS, granted=False)
    create(office, ann, conversation_id=one)
    (error,) = task_errors(office)
    assert (error.code, error.error_class) == ("conversations_forbidden", ErrorClass.SETUP)
    assert "Read conversations" in error.remedy
    office.intercom.set_permission(READ_CONVERSATIONS, granted=True)
    office.run(commands.retry_errors(office.context))
    office.check()
    assert len(tasks(office)) == 1
    assert office.errors() == []


# ---------------------------------------------------------------------- what is refused


def test_a_hidden_type_is_named_with_the_clicks_that_show_it(office: Office, ann: str) -> None:
    office.salesforce.hide_field("Task", "Type")
    outcome = create(office, ann, type="Call")
    assert outcome.ending is TaskEnding.REFUSED
    assert sendings(office) == 0
    (error,) = task_errors(office)
    assert error.message == ("Intercom requires these fields in the Salesforce Task object: Type.")
    assert "Object Manager → Task → Fields & Relationships → Type" in error.remedy
    assert (error.error_class, error.field) == (ErrorClass.SETUP, "Type")
    office.salesforce.show_field("Task", "Type")
    office.context.task_fields = {}  # as the daily description does
    office.run(commands.retry_errors(office.context))
    office.check()
    assert tasks(office)[0]["Type"] == "Call"
    assert office.errors() == []


def test_a_type_hidden_since_it_was_described_is_named_as_well(office: Office, ann: str) -> None:
    office.run(task_offers(office.context))
    office.salesforce.hide_field("Task", "Type")
    create(office, ann, type="Call")
    (error,) = task_errors(office)
    assert (error.code, error.field) == ("task_field_hidden", "Type")
    assert sendings(office) == 1
    office.salesforce.show_field("Task", "Type")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert len(tasks(office)) == 1


def test_a_type_that_nobody_wants_is_left_out_hidden_or_not(office: Office, ann: str) -> None:
    office.salesforce.hide_field("Task", "Type")
    assert create(office, ann).ending is TaskEnding.CREATED
    assert office.run(task_offers(office.context)).types is None


def test_a_status_that_is_not_offered_is_refused_before_it_is_sent(
    office: Office, ann: str
) -> None:
    create(office, ann, status="Dreaming")
    (error,) = task_errors(office)
    assert (error.code, error.field) == ("task_no_option", "Status")
    assert "“Dreaming”" in error.message
    assert sendings(office) == 0


def test_a_status_restricted_since_it_was_described_is_refused_by_salesforce(
    office: Office, ann: str
) -> None:
    office.run(task_offers(office.context))
    described = office.salesforce.org.schema["task"].fields["status"].describe
    left = [one for one in described["picklistValues"] if one["value"] != "Deferred"]
    office.salesforce.set_field("Task", "Status", restrictedPicklist=True, picklistValues=left)
    create(office, ann, status="Deferred")
    (error,) = task_errors(office)
    assert error.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_text_that_is_too_long_is_refused_before_it_is_sent(office: Office, ann: str) -> None:
    create(office, ann, subject="x" * 256)
    create(office, ann, comment="x" * 32_001)
    assert [error.field for error in task_errors(office)] == ["Subject", "Description"]
    assert {error.code for error in task_errors(office)} == {"task_too_long"}
    assert sendings(office) == 0


def test_a_validation_rule_refuses_and_a_retry_creates_the_task(office: Office, ann: str) -> None:
    office.salesforce.add_validation_rule("Task", "no", lambda row: True, "Not today")
    first = create(office, ann, subject="One")
    second = create(office, ann, subject="Two")
    assert {first.ending, second.ending} == {TaskEnding.REFUSED}
    errors = task_errors(office)
    assert [(error.message, error.intercom_id) for error in errors] == [("Not today", ann)] * 2
    assert office.writes_of_check() == 0  # not tried again by itself
    office.salesforce.remove_validation_rule("no")
    office.run(commands.retry_errors(office.context, [errors[1].id]))
    office.check()
    assert [task["Subject"] for task in tasks(office)] == ["Two"]
    assert [error.id for error in task_errors(office)] == [errors[0].id]
    office.check(DAY + 300)
    office.run(commands.retry_daily(office.context))
    office.check()
    assert [task["Subject"] for task in tasks(office)] == ["Two", "One"]
    assert office.errors() == []


def test_a_refused_task_counts_its_attempts_and_stays_apart_from_other_errors(
    office: Office, ann: str
) -> None:
    office.salesforce.add_validation_rule("Task", "no", lambda row: True, "Not today")
    create(office, ann, subject="One")
    (before,) = task_errors(office)
    office.edit(ann, alias="x" * 80)  # an error of its own
    office.check()
    assert len(office.errors()) == 2
    office.edit(ann, alias="short")
    office.run(commands.retry_errors(office.context, [before.id]))
    office.check()
    (after,) = office.errors()
    assert (after.id, after.attempts) == (before.id, 2)
    assert office.links()


def test_a_person_deleted_in_salesforce_is_refused_and_the_link_ends(
    office: Office, ann: str
) -> None:
    office.salesforce.delete(office.links()[ann])
    outcome = create(office, ann)
    assert outcome.ending is TaskEnding.REFUSED
    assert [error.code for error in task_errors(office)] == ["ENTITY_IS_DELETED"]
    office.check()
    assert office.links() == {}
    office.run(commands.retry_errors(office.context))
    office.check()
    assert [error.code for error in task_errors(office)] == ["not_linked"]
    assert sendings(office) == 1
    office.contact()
    office.check()
    office.run(commands.retry_errors(office.context))
    office.check()
    assert len(tasks(office)) == 1
    assert office.errors() == []


def test_a_refused_task_is_no_longer_listed_when_its_person_is_gone(
    office: Office, ann: str
) -> None:
    office.salesforce.add_validation_rule("Task", "no", lambda row: True, "Not today")
    create(office, ann)
    office.intercom.delete_contact(ann)
    office.compare()
    assert office.errors() == []


# ---------------------------------------------------------------------- lost answers


def test_a_lost_answer_of_a_task_that_arrived_is_looked_up_and_found(
    office: Office, ann: str
) -> None:
    lost(office, FaultKind.RESET_AFTER)
    outcome = create(office, ann, conversation_id=talk(office, ann))
    (task,) = tasks(office)
    assert (outcome.ending, outcome.task_id) == (TaskEnding.CREATED, task["Id"])
    assert sendings(office) == 1


def test_a_lost_task_is_looked_up_after_2_and_10_minutes_and_only_then_sent_again(
    office: Office, ann: str
) -> None:
    lost(office, FaultKind.RESET_BEFORE)
    assert create(office, ann, subject="Call").ending is TaskEnding.WAITING
    for wait in (119, 1, 599):
        assert tasks(office) == []
        office.check(wait)
    assert sendings(office) == 1
    office.check(1)
    assert len(tasks(office)) == 1
    assert sendings(office) == 2


def test_a_task_that_arrives_late_is_found_and_not_sent_again(office: Office, ann: str) -> None:
    lost(office, FaultKind.LATE_APPLY, delay=400)
    create(office, ann, conversation_id=talk(office, ann))
    for _ in range(10):
        office.check()
    assert len(tasks(office)) == 1
    assert sendings(office) == 1
    assert [one.state for one in office.creations()] == ["created"]


def test_two_tasks_with_one_subject_are_two(office: Office, ann: str) -> None:
    lost(office, FaultKind.RESET_AFTER, times=2)
    create(office, ann, subject="Call")
    create(office, ann, subject="Call")
    assert len(tasks(office)) == 2
    assert len({one.salesforce_id for one in office.creations()}) == 2


def test_a_task_about_another_conversation_is_not_taken_for_this_one(
    office: Office, ann: str
) -> None:
    first, second = talk(office, ann), talk(office, ann)
    lost(office, FaultKind.LATE_APPLY, delay=60)
    lost(office, FaultKind.RESET_BEFORE)
    create(office, ann, conversation_id=first)
    office.pass_time(70)
    create(office, ann, conversation_id=second)  # the first one's is there, with the same subject
    for _ in range(10):
        office.check()
    pages = [task["Description"].rpartition("/")[2] for task in tasks(office)]
    assert sorted(pages) == sorted([first, second])


def test_the_task_of_a_lead_that_was_converted_meanwhile_is_found(office: Office) -> None:
    ann, lead = office.user(name="Ann Lee"), office.lead()
    office.connect()
    lost(office, FaultKind.RESET_AFTER)
    office.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, "GET", "/queryAll", times=4))
    create(office, ann, subject="Call")
    contact = office.salesforce.convert(lead)
    for _ in range(3):
        office.check()
    assert office.links() == {ann: contact}
    assert [one.state for one in office.creations()] == ["created"]
    assert sendings(office) == 1


def test_what_cannot_be_told_is_unclear_and_a_person_is_asked(office: Office, ann: str) -> None:
    lost(office, FaultKind.RESET_BEFORE, times=2)
    create(office, ann, subject="Call")
    for wait in (120, 121, 601, 121, 601):
        office.check(wait)
    (error,) = task_errors(office)
    assert error.code == "unclear"
    for _ in range(2):
        office.check(DAY)
    assert sendings(office) == 2  # never again without an answer
    office.run(commands.retry_errors(office.context))
    office.check()
    assert len(tasks(office)) == 1
    assert office.errors() == []


def test_asking_twice_for_a_task_about_a_conversation_creates_one(office: Office, ann: str) -> None:
    one = talk(office, ann)
    lost(office, FaultKind.RESET_BEFORE)
    create(office, ann, conversation_id=one)
    assert preview(office, ann, conversation_id=one).standing is TaskStanding.UNDER_WAY
    create(office, ann, conversation_id=one)
    for _ in range(8):
        office.check()
    assert len(tasks(office)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["a transaction", "a Salesforce request", "an Intercom request"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_process_that_dies_at_any_point_creates_one_task(
    office: Office, ann: str, when: str, what: str, times: int
) -> None:
    one = talk(office, ann)
    office.world.crashes.die_at(f"{when} {what}", times)
    try:
        create(office, ann, conversation_id=one)
    except CrashError:
        office.restart()
    office.world.crashes.calm()
    if not office.creations():
        create(office, ann, conversation_id=one)  # it died before it was stored
    for _ in range(8):
        office.check()
    assert len(tasks(office)) == 1
    assert [creation.state for creation in office.creations()] == ["created"]
    assert office.errors() == []


# ---------------------------------------------------------------------- afterwards


def test_a_task_is_no_change_of_its_person(office: Office, ann: str) -> None:
    create(office, ann, status="Completed", due="2026-12-24")
    record = office.salesforce.record(office.links()[ann]) or {}
    assert record["LastActivityDate"] == "2026-12-24"
    assert office.writes_of_check() == 0
    assert office.link(ann).due == {}


def test_the_history_tells_of_the_task_once(office: Office, ann: str) -> None:
    create(office, ann, subject="Call")
    office.check()
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.CREATED]
    assert (entry.intercom_id, entry.field, entry.after) == (ann, "Task", "Call")
    assert entry.note == tasks(office)[0]["Id"]
    assert entry.trigger is Trigger.TASK_FROM_INTERCOM


def test_what_was_said_is_not_kept(office: Office, ann: str) -> None:
    create(office, ann, conversation_id=talk(office, ann))
    office.run(office.world.stop_engine())
    kept = b"".join(path.read_bytes() for path in office.world.database.parent.glob("world-1.db*"))
    assert b"Which lid?" not in kept
    office.world.start_engine()


def test_a_day_without_calls_keeps_what_a_person_asked_for_waiting(
    office: Office, ann: str
) -> None:
    office.context.settings = replace(office.context.settings, api_cap=1)
    create(office, ann, subject="Call")
    assert tasks(office) == []
    office.context.settings = replace(office.context.settings, api_cap=None)
    office.check()
    assert len(tasks(office)) == 1
