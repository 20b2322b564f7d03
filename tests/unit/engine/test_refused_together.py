"""A record that is refused as a whole: once the cause is gone, everything of it is written."""

from dataclasses import replace

import pytest

from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.engine import commands
from sfsync_gui.engine.mapping_edits import edit_rows
from tests.support.worlds import sample_rows
from tests.unit.engine.office import BOB, Office


def refuse_bad_phones(office: Office) -> None:
    office.salesforce.add_validation_rule(
        "Lead", "no_bad_phone", lambda row: "bad" in str(row.get("Phone")), "No bad phones."
    )


def test_rows_refused_together_are_tried_again_when_one_of_them_changes(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.edit(ann, phone="bad", alias="Annie", note="in a hurry")
    office.check()
    assert {error.row_id for error in office.errors()} == {"two", "up", "copies"}
    office.edit(ann, phone="1")
    office.check()
    assert office.errors() == []
    assert office.sf(lead, "Phone") == "1"
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.sf(lead, "Short_Note__c") == "in a hurry"


def test_rows_refused_together_are_tried_again_when_the_cause_is_overruled(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.edit(ann, phone="bad", alias="Annie")
    office.check()
    office.salesforce.edit(lead, Phone="2")
    office.check()
    assert office.errors() == []
    assert office.ic(ann, "phone") == "2"
    assert office.sf(lead, "Nickname__c") == "Annie"


@pytest.mark.parametrize("removed", [True, False])
def test_rows_refused_together_are_tried_again_when_the_cause_is_no_longer_written(
    office: Office, removed: bool
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.edit(ann, phone="bad", alias="Annie")
    office.check()
    others = [row for row in sample_rows() if row.id != "two"]
    phone = next(row for row in sample_rows() if row.id == "two")
    rows = others if removed else [*others, replace(phone, direction=Direction.TO_INTERCOM)]
    office.run(edit_rows(office.context, rows))
    office.check()
    assert office.errors() == []
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_a_change_of_another_row_than_the_cause_tries_only_once(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.edit(ann, phone="bad", alias="Annie")
    office.check()
    office.edit(ann, alias="Anna")
    office.check()
    assert {error.row_id for error in office.errors()} == {"two"}
    assert office.sf(lead, "Nickname__c") == "Anna"
    assert office.writes_of_check() == 0
    office.run(commands.retry_errors(office.context))
    office.check()
    assert {error.row_id for error in office.errors()} == {"two"}


def test_what_a_lead_refused_is_tried_on_the_contact_that_it_became(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.edit(ann, phone="bad", alias="Annie", town="Bath")
    office.check()
    assert {error.row_id for error in office.errors()} == {"two", "up", "leads"}
    contact = office.salesforce.convert(lead)
    office.check()
    assert office.errors() == []
    assert office.sf(contact, "Phone") == "bad"
    assert office.sf(contact, "Nickname__c") == "Annie"


def test_a_value_that_was_refused_is_over_when_its_person_is_merged_into_one_with_another(
    office: Office,
) -> None:
    visitor, user = office.user(role="lead"), office.user(BOB, alias="Ann")
    lead = office.lead()
    office.connect()
    office.edit(visitor, alias="very long " * 6)
    office.check()
    assert [error.code for error in office.errors()] == ["too_long"]
    office.intercom.merge_contacts(visitor, user)
    office.compare()
    office.check()
    assert office.links() == {user: lead}
    assert office.errors() == []


def test_a_refused_lead_is_over_when_its_person_takes_over_a_link(office: Office) -> None:
    visitor, user = office.user(role="lead"), office.user(BOB, phone="bad")
    lead = office.lead()
    office.connect()
    refuse_bad_phones(office)
    office.create_lead(user)
    office.check()
    assert [error.link_id for error in office.errors()] == [None]
    office.intercom.merge_contacts(visitor, user)
    office.compare()
    office.edit(user, phone="1")
    office.check()
    assert office.links() == {user: lead}
    assert office.errors() == []
