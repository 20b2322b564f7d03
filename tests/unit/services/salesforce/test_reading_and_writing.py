"""Reading records by id, and read–write–read: calls, results, refusals, unknown outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    SetupError,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind
from sfsync_gui.engine.ports import SalesforceWrite, WriteResult
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from tests.support.salesforce_mount import Connected

LEAD, CONTACT = PersonKind.LEAD, PersonKind.CONTACT
FIELDS = {"Lead": ("Email", "Phone", "Company"), "Contact": ("Email", "Phone")}


def lead(org: Connected, name: str = "Doe", **fields: Any) -> str:
    return org.sandbox.create("Lead", LastName=name, Company="Acme", **fields)


def phone(kind: PersonKind, person_id: str, number: str | None) -> SalesforceWrite:
    return SalesforceWrite(kind, person_id, {"Phone": number})


def write(org: Connected, writes: Sequence[SalesforceWrite]) -> Sequence[WriteResult]:
    return asyncio.run(org.client.write(writes, FIELDS))


def seen(record: PersonRecord | None, field: str = "Phone") -> Any:
    return None if record is None else record.raw[field]


def test_a_thousand_people_are_read_in_one_call(org: Connected) -> None:
    leads = [(LEAD, lead(org, str(number))) for number in range(700)]
    contacts = [(CONTACT, org.sandbox.create("Contact", LastName=str(n))) for n in range(300)]
    found = asyncio.run(org.client.read(leads + contacts, FIELDS))
    assert set(found) == {person_id for _kind, person_id in leads + contacts}
    assert org.purposes() == ["read"]
    again = asyncio.run(org.client.read([*leads, *contacts, *leads[:1]], FIELDS))
    assert len(again) == 1000
    assert org.purposes() == ["read"]
    more = [(LEAD, lead(org)) for _ in range(51)]
    asyncio.run(org.client.read([*leads, *more, *contacts], FIELDS))
    assert org.purposes() == ["read", "read"]


def test_deleted_records_are_read_and_those_that_never_were_are_absent(org: Connected) -> None:
    deleted, purged, hidden = lead(org), lead(org), lead(org)
    org.sandbox.delete(deleted)
    org.sandbox.purge(purged)
    org.sandbox.hide(hidden)
    asked = [(LEAD, deleted), (LEAD, purged), (LEAD, hidden), (LEAD, lead(org)[:15])]
    found = asyncio.run(org.client.read(asked, FIELDS))
    assert len(found) == 2
    assert found[deleted].deleted
    assert all(len(person_id) == 18 for person_id in found)


def test_no_one_is_no_call(org: Connected) -> None:
    assert asyncio.run(org.client.read([], FIELDS)) == {}
    assert write(org, []) == ()
    assert org.purposes() == []


def test_a_reading_that_is_cut_short_is_completed(org: Connected) -> None:
    for name in ("One__c", "Two__c"):
        org.sandbox.add_field("Lead", name, "textarea", length=32_000)
    fields = {"Lead": ("One__c", "Two__c"), "Contact": ()}
    people = [(LEAD, lead(org, str(number))) for number in range(850)]
    people.append((CONTACT, org.sandbox.create("Contact", LastName="Doe")))
    assert len(asyncio.run(org.client.read(people, fields))) == 851
    assert org.purposes() == ["read"] * 4  # pages of 200, queries of 250


def test_two_hundred_are_written_in_one_call_and_one_of_them_is_refused(
    org: Connected, clock: ManualClock
) -> None:
    leads = [lead(org, str(number), Phone="old") for number in range(150)]
    contacts = [org.sandbox.create("Contact", LastName=str(n), Phone="old") for n in range(50)]
    mixed = [(LEAD, item) for item in leads] + [(CONTACT, item) for item in contacts]
    mixed.sort(key=lambda pair: pair[1][::-1])  # many runs of one kind
    clock.advance(60)
    bad = mixed[77]
    writes = [phone(*pair, "x" * 41 if pair == bad else "new") for pair in mixed]
    results = write(org, writes)
    assert org.purposes() == ["write"]
    assert org.sandbox.usage.used(clock.now()) == 1
    assert [result.id for result in results] == [item.id for item in writes]
    for pair, result in zip(mixed, results, strict=True):
        assert seen(result.before) == "old"
        assert seen(result.after) == ("old" if pair == bad else "new")
        assert bool(result.refusals) is (pair == bad)
        assert result.after is not None
        assert result.after.version == int(clock.now()) - (60 if pair == bad else 0)
    (refusal,) = results[77].refusals
    assert refusal.error_class is ErrorClass.RECORD
    assert (refusal.code, refusal.fields) == ("STRING_TOO_LONG", ("Phone",))


def test_a_field_is_emptied(org: Connected) -> None:
    (result,) = write(org, [phone(LEAD, lead(org, Phone="1"), None)])
    assert (seen(result.before), seen(result.after), result.refusals) == ("1", None, ())


def test_refusals_name_their_fields(org: Connected) -> None:
    org.sandbox.add_validation_rule(
        "Lead", "Size", lambda it: it["NumberOfEmployees"] == 7, "Not 7.", "NumberOfEmployees"
    )
    org.sandbox.set_field("Lead", "Fax", updateable=False)
    values: list[tuple[dict[str, Any], str, ErrorClass, tuple[str, ...]]] = [
        ({"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ErrorClass.RECORD, ("Email",)),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ErrorClass.RECORD, ("LastName",)),
        (
            {"NumberOfEmployees": 7},
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            ErrorClass.RECORD,
            ("NumberOfEmployees",),
        ),
        ({"Fax": "1"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ErrorClass.SETUP, ("Fax",)),
    ]
    for changes, code, error_class, fields in values:
        (result,) = write(org, [SalesforceWrite(LEAD, lead(org), changes)])
        (refusal,) = result.refusals
        assert (refusal.code, refusal.error_class, refusal.fields) == (code, error_class, fields)
        assert refusal.message


def test_deleted_converted_and_missing_records_are_triggers(org: Connected) -> None:
    deleted, converted = lead(org), lead(org)
    org.sandbox.delete(deleted)
    org.sandbox.convert(converted)
    purged = lead(org)
    org.sandbox.purge(purged)
    results = write(org, [phone(LEAD, item, "1") for item in (deleted, converted, purged)])
    classes = [result.refusals[0].error_class for result in results]
    codes = [result.refusals[0].code for result in results]
    assert classes == [ErrorClass.TRIGGER] * 3, codes
    assert codes[:2] == ["ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD"]
    assert results[0].after is not None
    assert results[0].after.deleted
    assert (results[2].before, results[2].after) == (None, None)


def test_a_locked_row_is_transient_and_the_others_are_written(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.LOCK_ROW))
    results = write(org, [phone(LEAD, lead(org), "1") for _ in range(5)])
    refused = [result for result in results if result.refusals]
    assert [result.refusals[0].code for result in refused] == ["UNABLE_TO_LOCK_ROW"]
    assert refused[0].refusals[0].error_class is ErrorClass.TRANSIENT
    assert sum(seen(result.after) == "1" for result in results) == 4


def test_a_column_that_vanished_refuses_the_whole_call(org: Connected) -> None:
    org.sandbox.add_field("Lead", "Plan__c", "string", length=40)
    person = lead(org)
    org.sandbox.remove_field("Lead", "Plan__c")
    other = lead(org)
    writes = [phone(LEAD, other, "1"), SalesforceWrite(LEAD, person, {"Plan__c": "Pro"})]
    with pytest.raises(SetupError) as caught:
        write(org, writes)
    assert (caught.value.fields, caught.value.object) == (("Plan__c",), "Lead")
    assert org.sandbox.record(other)["Phone"] is None  # type: ignore[index]


def test_one_record_that_spoils_the_whole_call_is_found_by_halving(org: Connected) -> None:
    people = [lead(org, str(number)) for number in range(16)]
    writes = [phone(LEAD, person, "1") for person in people]
    # A value that cannot even be read makes Salesforce refuse the whole collection.
    writes[5] = SalesforceWrite(LEAD, people[5], {"NumberOfEmployees": "many"})
    results = write(org, writes)
    assert [bool(result.refusals) for result in results] == [n == 5 for n in range(16)]
    assert results[5].refusals[0].code == "JSON_PARSER_ERROR"
    assert [seen(result.after) for result in results] == [
        None if n == 5 else "1" for n in range(16)
    ]
    assert len(org.purposes()) == 9


def test_a_text_that_looks_like_a_reference_is_written_as_it_is(org: Connected) -> None:
    rich, visitor = lead(org, Phone="secret"), lead(org)
    text = "@{before0.records[0].Phone}"
    results = write(org, [phone(LEAD, rich, "other"), phone(LEAD, visitor, text)])
    assert [seen(result.before) for result in results] == ["secret", None]
    assert [seen(result.after) for result in results] == ["other", text]
    assert org.purposes() == ["write"] * 3


def test_apart_a_spoilt_call_is_halved_as_well(org: Connected) -> None:
    people = [lead(org) for _ in range(2)]
    writes = [
        phone(LEAD, people[0], "@{x}"),
        SalesforceWrite(LEAD, people[1], {"NumberOfEmployees": "many"}),
    ]
    good, bad = write(org, writes)
    assert (seen(good.after), good.refusals) == ("@{x}", ())
    assert bad.refusals[0].error_class is ErrorClass.RECORD


def test_more_fields_than_a_url_holds_are_read_apart(org: Connected) -> None:
    names = [f"Field_with_a_rather_long_name_{number:03d}__c" for number in range(300)]
    for name in names:
        for kind in ("Lead", "Contact"):
            org.sandbox.add_field(kind, name, "string", length=10)
    values = dict.fromkeys(names, "before")
    people = [
        (LEAD, org.sandbox.create("Lead", LastName="A", Company="B")),
        (CONTACT, org.sandbox.create("Contact", LastName="A")),
    ]
    for _kind, person in people:
        org.sandbox.edit(person, 0.0, **values)
    fields = {"Lead": names, "Contact": names}
    writes = [SalesforceWrite(kind, person, {names[-1]: "after"}) for kind, person in people]
    results = asyncio.run(org.client.write(writes, fields))
    for result in results:
        assert seen(result.before, names[-1]) == "before"
        assert seen(result.after, names[-1]) == "after"
        assert seen(result.after, names[0]) == "before"
    assert org.purposes() == ["write"] * 3


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        (FaultKind.RESET_BEFORE, False),
        (FaultKind.RESET_AFTER, True),
        (FaultKind.LATE_APPLY, False),
        (FaultKind.SERVER_ERROR, False),
        (FaultKind.SERVER_ERROR_APPLIED, True),
    ],
)
def test_a_lost_answer_leaves_the_outcome_unknown(
    org: Connected, kind: FaultKind, applied: bool
) -> None:
    person = lead(org, Phone="old")
    org.sandbox.faults.arm(Fault(kind))
    with pytest.raises(OutcomeUnknownError):
        write(org, [phone(LEAD, person, "new")])
    assert org.purposes() == ["write"]  # never repeated by itself
    assert org.sandbox.record(person)["Phone"] == ("new" if applied else "old")  # type: ignore[index]


def test_what_was_certainly_not_applied_is_repeated(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED, times=2))
    (result,) = write(org, [phone(LEAD, lead(org), "new")])
    assert seen(result.after) == "new"
    assert org.purposes() == ["write"] * 3


def test_without_a_connection_nothing_was_sent(org: Connected) -> None:
    org.mount.offline = True
    with pytest.raises(TransientError) as caught:
        write(org, [phone(LEAD, lead(org), "new")])
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert len(org.clock.slept) == 3
    assert org.purposes() == []  # nothing reached Salesforce, nothing was spent


def test_the_days_limit_is_the_orgs_failure(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.DAILY_LIMIT))
    with pytest.raises(OrgError) as caught:
        write(org, [phone(LEAD, lead(org), "new")])
    assert caught.value.code == "REQUEST_LIMIT_EXCEEDED"
    assert "24 hours" in caught.value.message
    org.sandbox.org.api_enabled = False
    with pytest.raises(OrgError) as caught:
        asyncio.run(org.client.now())
    assert caught.value.code == "API_DISABLED_FOR_ORG"


def test_too_many_and_twice_the_same_are_mistakes_of_the_caller(org: Connected) -> None:
    person = lead(org)
    with pytest.raises(ValueError, match="200"):
        write(org, [phone(LEAD, person, "1")] * 2)
    with pytest.raises(ValueError, match="200"):
        write(org, [phone(LEAD, f"00Q{number:015d}", "1") for number in range(201)])


def test_failures_have_words_and_a_side(org: Connected, sandbox: SalesforceSandbox) -> None:
    for kind in FaultKind:
        if kind in (FaultKind.SESSION_EXPIRED, FaultKind.LOCK_ROW, FaultKind.REFUSED):
            continue
        sandbox.faults.arm(Fault(kind, times=4))
        with pytest.raises(SfsyncError) as caught:
            asyncio.run(org.client.now())
        sandbox.faults.clear()
        failure = caught.value
        assert failure.title
        assert failure.message.endswith(".")
        assert failure.side == "salesforce"
