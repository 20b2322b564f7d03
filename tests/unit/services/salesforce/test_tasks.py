"""Creating tasks and finding them again."""

from __future__ import annotations

import asyncio

import pytest

from sfsync_gui.core.failures import OutcomeUnknownError
from sfsync_gui.core.people import Json
from sfsync_gui.core.vocabulary import ErrorClass
from sfsync_gui.engine.ports import CreateResult, FoundTask
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.salesforce_mount import Connected

TEXT = "Ann, today\nIt's <broken> & \\ 🦊\n\nhttps://app.intercom.com/a/apps/x/conversations/7"


@pytest.fixture
def ann(org: Connected) -> str:
    return org.sandbox.create("Contact", LastName="Lee")


def create(org: Connected, **values: Json) -> CreateResult:
    return asyncio.run(org.client.create("Task", values))


def found(org: Connected, *people: str, subject: str = "Call O'Hara", since: int = 0) -> list[str]:
    tasks = asyncio.run(org.client.find_tasks(people, subject, since=since))
    return [task.id for task in tasks]


def test_a_task_is_created_and_found_with_its_text(org: Connected, ann: str) -> None:
    made = create(org, WhoId=ann, Subject=" Call O'Hara ", Description=TEXT, Status="Completed")
    assert made.id
    tasks = asyncio.run(org.client.find_tasks((ann,), "Call O'Hara", since=0))
    assert tasks == (FoundTask(made.id, TEXT),)
    record = org.sandbox.record(made.id)
    assert record is not None
    assert (record["WhoId"], record["Status"]) == (ann, "Completed")


def test_only_our_own_tasks_about_these_people_with_this_subject_since_then_are_found(
    org: Connected, clock: ManualClock, ann: str
) -> None:
    bob = org.sandbox.create("Lead", LastName="Bob", Company="B")
    create(org, WhoId=ann, Subject="Call O'Hara")
    clock.advance(10)
    since = int(clock.now())
    first = create(org, WhoId=ann, Subject="Call O'Hara").id
    clock.advance(10)
    second = create(org, WhoId=bob, Subject="Call O'Hara").id
    create(org, WhoId=ann, Subject="Other")
    org.sandbox.create("Task", WhoId=ann, Subject="Call O'Hara")  # by another user
    assert found(org, ann, bob, since=since) == [first, second]
    assert found(org, bob, since=since) == [second]
    org.sandbox.delete(str(first))
    assert found(org, ann, since=since) == [first]


def test_tasks_with_long_texts_come_in_several_pages(org: Connected, ann: str) -> None:
    for _ in range(30):
        create(org, WhoId=ann, Subject="Call O'Hara", Description="x" * 32_000)
    assert len(found(org, ann)) == 30


def test_a_text_of_32000_characters_is_the_longest(org: Connected, ann: str) -> None:
    assert create(org, WhoId=ann, Description="x" * 32_000).id
    (refusal,) = create(org, WhoId=ann, Description="x" * 32_001).refusals
    assert (refusal.code, refusal.fields) == ("STRING_TOO_LONG", ("Description",))


def test_a_hidden_type_is_refused_by_name(org: Connected, ann: str) -> None:
    assert create(org, WhoId=ann, Type="Call").id
    org.sandbox.hide_field("Task", "Type")
    described = asyncio.run(org.client.describe(["Task"]))["Task"]
    assert "Type" not in described
    (refusal,) = create(org, WhoId=ann, Type="Call").refusals
    assert (refusal.error_class, refusal.code, refusal.fields) == (
        ErrorClass.SETUP,
        "INVALID_FIELD",
        ("Type",),
    )


def test_a_person_who_was_deleted_or_converted_is_refused(org: Connected, ann: str) -> None:
    lead = org.sandbox.create("Lead", LastName="Bob", Company="B")
    org.sandbox.convert(lead)
    org.sandbox.delete(ann)
    for who, code in ((ann, "ENTITY_IS_DELETED"), (lead, "CANNOT_UPDATE_CONVERTED_LEAD")):
        (refusal,) = create(org, WhoId=who).refusals
        assert (refusal.error_class, refusal.code) == (ErrorClass.TRIGGER, code)


def test_a_status_that_a_restricted_picklist_lacks_is_refused(org: Connected, ann: str) -> None:
    org.sandbox.set_field("Task", "Status", restrictedPicklist=True)
    (refusal,) = create(org, WhoId=ann, Status="Dreaming").refusals
    assert refusal.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert refusal.fields == ("Status",)


@pytest.mark.parametrize(
    ("kind", "applied"), [(FaultKind.RESET_BEFORE, False), (FaultKind.RESET_AFTER, True)]
)
def test_a_task_whose_answer_is_lost_is_not_sent_again(
    org: Connected, ann: str, kind: FaultKind, applied: bool
) -> None:
    org.sandbox.faults.arm(Fault(kind))
    with pytest.raises(OutcomeUnknownError):
        create(org, WhoId=ann, Subject="Call O'Hara")
    assert len(found(org, ann)) == applied
    assert org.sandbox.log.count("POST", "sobjects/Task") == 1


def test_a_task_moves_the_stamp_of_its_person(org: Connected, clock: ManualClock, ann: str) -> None:
    before = (org.sandbox.record(ann) or {})["SystemModstamp"]
    clock.advance(10)
    create(org, WhoId=ann, Status="Completed", ActivityDate="2026-11-23")
    after = org.sandbox.record(ann) or {}
    assert after["SystemModstamp"] > before
    assert after["LastActivityDate"] == "2026-11-23"
