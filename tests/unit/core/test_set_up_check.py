"""The set-up check: what it finds in the fields of both services, and the clicks it names."""

from dataclasses import replace

from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.schema import (
    CONTACT,
    LEAD,
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.set_up_check import REQUIRED, Grade, check_set_up
from sfsync_gui.core.vocabulary import Direction, Side


def schema() -> Schema:
    """An org and a workspace in which nothing is missing."""
    return Schema(
        intercom={"email": IntercomAttribute("email", "E-mail", IntercomType.TEXT)},
        salesforce={
            name: {
                field: SalesforceField(name, field, field, SalesforceType.STRING)
                for field in (*REQUIRED[name], "Name")
            }
            for name in (LEAD, CONTACT)
        },
    )


def without(found: Schema, object_name: str, field: str) -> Schema:
    fields = {k: v for k, v in found.salesforce[object_name].items() if k != field}
    return replace(found, salesforce={**found.salesforce, object_name: fields})


def test_nothing_missing_is_all_good() -> None:
    findings = check_set_up(schema(), SyncRules())
    assert [one.grade for one in findings] == [Grade.GOOD] * 3
    assert {one.subject for one in findings} == {LEAD, CONTACT, "People"}


def test_a_hidden_required_field_is_named_with_the_clicks() -> None:
    found = check_set_up(without(schema(), LEAD, "Phone"), SyncRules())[0]
    assert found.grade is Grade.WARNING
    assert "Phone" in found.message
    assert "Object Manager → Lead → Fields & Relationships → Phone" in found.remedy


def test_a_hidden_key_field_fails() -> None:
    found = check_set_up(without(schema(), CONTACT, "Email"), SyncRules())[1]
    assert (found.subject, found.grade) == (CONTACT, Grade.FAILED)
    assert "mapping key" in found.breaks


def test_a_field_that_may_not_be_written_is_a_warning() -> None:
    found = schema()
    fields = dict(found.salesforce[LEAD])
    fields["Status"] = replace(fields["Status"], createable=False, updateable=False)
    found = replace(found, salesforce={**found.salesforce, LEAD: fields})
    finding = check_set_up(found, SyncRules())[0]
    assert finding.grade is Grade.WARNING
    assert "Read-Only unticked" in finding.remedy


def test_a_hidden_object_fails() -> None:
    found = replace(schema(), salesforce={LEAD: schema().salesforce[LEAD]})
    finding = check_set_up(found, SyncRules())[1]
    assert (finding.subject, finding.grade) == (CONTACT, Grade.FAILED)


def test_an_unreadable_intercom_key_fails() -> None:
    finding = check_set_up(replace(schema(), intercom={}), SyncRules())[2]
    assert (finding.side, finding.grade) == (Side.INTERCOM, Grade.FAILED)
    assert "Developer Hub" in finding.remedy


def test_a_row_that_was_switched_off_is_listed() -> None:
    row = AttributeMapping("r", "phone", Direction.TWO_WAY, "Phone", disabled="Phone is gone")
    finding = check_set_up(schema(), SyncRules(rows=(row,)))[-1]
    assert finding.grade is Grade.FAILED
    assert finding.message == "Phone is gone."
