"""The trigger table Intercom → Salesforce, cell by cell, from the act to both services."""

import pytest

from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, Side, Trigger
from tests.unit.engine.office import ANN, BOB, Office

LINKED, UNLINKED, MOVED = HistoryKind.LINKED, HistoryKind.UNLINKED, HistoryKind.MOVED
SF, IC = Side.SALESFORCE, Side.INTERCOM
AS_THEY_CHANGE = FirstRun.AS_THEY_CHANGE


def test_intercom_person_updated_with_mapping_writes_the_updated_attributes(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead()
    office.connect()
    office.edit(ann, phone="+1 555 0100")
    office.check()
    assert office.sf(lead, "Phone") == "+1 555 0100"
    assert office.sf(lead, "Nickname__c") is None  # was not updated
    assert office.written() == {(SF, "two")}


def test_intercom_person_updated_without_mapping_matches_and_writes_the_updated(
    office: Office,
) -> None:
    ann, lead = office.user(alias="Annie", first="one"), office.lead(Title="Boss")
    office.connect(first_run=AS_THEY_CHANGE)
    office.edit(ann, alias="Anna")
    office.check()
    assert office.links() == {ann: lead}
    assert office.deeds() == [(LINKED, Trigger.INTERCOM_UPDATED)]
    assert office.sf(lead, "Nickname__c") == "Anna"
    assert office.sf(lead, "Notes__c") is None  # mapped, but not updated
    assert office.ic(ann, "title") == "Boss"  # a new mapping is due to Intercom for all rows


def test_intercom_person_updated_without_mapping_and_without_match_does_nothing(
    office: Office,
) -> None:
    ann = office.user()
    office.lead(BOB)
    office.connect()
    office.edit(ann, alias="Anna")
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert office.salesforce.ids("Contact") == []
    assert len(office.salesforce.ids("Lead")) == 1
    assert office.person(IC, ann).due is None


def test_intercom_key_updated_with_mapping_moves_to_the_match_and_leaves_the_old_record(
    office: Office,
) -> None:
    ann, old, new = office.user(alias="Annie"), office.lead(ANN), office.lead(BOB, Title="Boss")
    office.connect()
    office.edit(ann, email=BOB, alias="Bobby")
    office.check()
    assert office.links() == {ann: new}
    assert office.deeds()[1:] == [
        (UNLINKED, Trigger.INTERCOM_KEY_UPDATED),
        (LINKED, Trigger.INTERCOM_KEY_UPDATED),
    ]
    assert office.sf(new, "Nickname__c") == "Bobby"
    assert office.sf(old, "Nickname__c") is None
    assert office.sf(old, "Email") == ANN
    assert office.ic(ann, "title") == "Boss"


def test_intercom_key_updated_with_mapping_and_no_match_ends_the_mapping(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, email=BOB, alias="Bobby")
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert office.deeds()[1:] == [(UNLINKED, Trigger.INTERCOM_KEY_UPDATED)]
    assert office.sf(lead, "Email") == ANN


def test_intercom_key_updated_with_mapping_keeps_what_was_updated_but_not_yet_synced(
    office: Office,
) -> None:
    ann, new = office.user(), office.lead(BOB)
    old = office.lead(ANN)
    office.connect()
    office.salesforce.add_validation_rule("Lead", "no", lambda row: row["Id"] == old, "No")
    office.edit(ann, alias="Annie")
    office.check()
    office.edit(ann, email=BOB)
    office.check()
    assert office.links() == {ann: new}
    assert office.sf(new, "Nickname__c") == "Annie"


def test_intercom_key_updated_without_mapping_matches_and_writes_the_updated(
    office: Office,
) -> None:
    ann, lead = office.user("nobody@example.com", first="one"), office.lead(BOB, Title="Boss")
    office.connect()
    office.edit(ann, email=BOB, alias="Bobby")
    office.check()
    assert office.links() == {ann: lead}
    assert office.deeds() == [(LINKED, Trigger.INTERCOM_KEY_UPDATED)]
    assert office.sf(lead, "Nickname__c") == "Bobby"
    assert office.sf(lead, "Notes__c") is None
    assert office.ic(ann, "title") == "Boss"


def test_intercom_person_created_with_mapping_does_nothing(office: Office) -> None:
    # A contact that was linked before its own feed showed it: by Salesforce's trigger.
    office.lead()
    office.connect()
    ann = office.user(alias="Annie")
    office.check()
    before = office.history()
    office.intercom.touch(ann)
    assert office.writes_of_check() == 0
    assert office.history() == before


def test_intercom_person_created_without_mapping_matches_and_writes_all(office: Office) -> None:
    lead = office.lead(Title="Boss")
    office.connect()
    ann = office.user(alias="Annie", first="one", phone="+1 555 0100")
    office.check()
    assert office.links() == {ann: lead}
    assert office.deeds() == [(LINKED, Trigger.INTERCOM_CREATED)]
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.sf(lead, "Notes__c") == "one"
    assert office.sf(lead, "Phone") == "+1 555 0100"
    assert office.ic(ann, "title") == "Boss"


def test_intercom_person_created_without_match_creates_nobody(office: Office) -> None:
    office.connect()
    office.user(alias="Annie")
    assert office.writes_of_check() == 0
    assert office.salesforce.ids("Lead") == []
    assert office.salesforce.ids("Contact") == []


def test_intercom_person_deleted_with_mapping_ends_it_and_the_record_stays(office: Office) -> None:
    ann, lead = office.user(), office.lead(Title="Boss")
    office.connect()
    office.intercom.delete_contact(ann)
    before = office.salesforce.record(lead)
    office.compare()
    assert office.links() == {}
    assert office.deeds()[1:] == [(UNLINKED, Trigger.INTERCOM_DELETED)]
    assert office.salesforce.record(lead) == before


def test_intercom_person_deleted_shows_in_a_write_and_ends_the_mapping_at_once(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.intercom.delete_contact(ann)
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    assert office.links() == {}
    assert office.deeds()[1:] == [(UNLINKED, Trigger.INTERCOM_DELETED)]
    assert office.errors() == []


def test_intercom_person_deleted_without_mapping_does_nothing(office: Office) -> None:
    ann = office.user()
    office.connect()
    office.intercom.delete_contact(ann)
    office.compare()
    assert office.person(IC, ann).deleted
    assert office.person(IC, ann).due is None
    assert office.history() == []


def test_intercom_lead_merged_into_a_user_moves_the_mapping_to_the_user(office: Office) -> None:
    person, lead = office.user(role="lead"), office.lead(Title="Boss")
    office.connect()
    user = office.user(BOB, alias="Bobby")
    office.check()
    office.intercom.merge_contacts(person, user)
    office.compare()
    assert office.links() == {user: lead}
    assert office.deeds()[1:] == [(MOVED, Trigger.INTERCOM_MERGED)]
    assert office.ic(user, "title") == "Boss"


def test_intercom_lead_merged_into_a_user_what_the_user_updated_just_before_is_sent(
    office: Office,
) -> None:
    user = office.user(BOB, alias="Bobby")
    person, lead = office.user(role="lead"), office.lead()
    office.connect()
    office.edit(user, first="seen before")
    office.check()
    office.intercom.merge_contacts(person, user)
    office.edit(user, note="not seen yet")
    office.compare()
    assert office.links() == {user: lead}
    assert office.sf(lead, "Notes__c") == "seen before"
    assert office.sf(lead, "Short_Note__c") == "not seen yet"
    assert office.sf(lead, "Nickname__c") is None
    assert office.person(IC, user).due_attributes == frozenset()


def test_intercom_lead_merged_into_a_user_long_after_its_updates_sends_none(
    office: Office,
) -> None:
    user = office.user(BOB)
    person, lead = office.user(role="lead"), office.lead()
    office.connect()
    office.edit(user, first="long ago")
    office.check()
    office.pass_time(3600)
    office.intercom.merge_contacts(person, user)
    office.compare()
    assert office.links() == {user: lead}
    assert office.sf(lead, "Notes__c") is None


def test_intercom_lead_merged_into_a_linked_user_keeps_the_users_and_reports_the_other(
    office: Office,
) -> None:
    person, lead = office.user(role="lead"), office.lead()
    user, contact = office.user(BOB), office.contact(BOB)
    office.connect()
    assert office.links() == {person: lead, user: contact}
    office.intercom.merge_contacts(person, user)
    office.compare()
    assert office.links() == {user: contact}
    assert office.deeds()[2:] == [(UNLINKED, Trigger.INTERCOM_MERGED)]
    assert office.codes() == ["already_linked"]


def test_intercom_lead_merged_without_mapping_does_nothing(office: Office) -> None:
    person, user = office.user(role="lead"), office.user(BOB)
    office.connect()
    office.intercom.merge_contacts(person, user)
    office.compare()
    assert office.links() == {}
    assert office.history() == []
    assert office.errors() == []


@pytest.mark.parametrize("object_name", ["Lead", "Contact"])
def test_lead_created_from_intercom_without_mapping_matches_first(
    office: Office, object_name: str
) -> None:
    ann = office.user(alias="Annie")
    office.connect(first_run=AS_THEY_CHANGE)
    partner = office.lead() if object_name == "Lead" else office.contact()
    office.pass_time(60)
    office.create_lead(ann)
    office.check()
    assert office.links() == {ann: partner}
    assert len(office.salesforce.ids("Lead") + office.salesforce.ids("Contact")) == 1
    assert office.sf(partner, "Nickname__c") == "Annie"


def test_lead_created_from_intercom_without_mapping_creates_links_and_writes_both_ways(
    office: Office,
) -> None:
    ann = office.user(name="Ann Lee", alias="Annie", first="one", phone="+1 555 0100")
    office.connect()
    office.create_lead(ann)
    office.check()
    (lead,) = office.salesforce.ids("Lead")
    assert office.links() == {ann: lead}
    assert (LINKED, Trigger.LEAD_CREATED_FROM_INTERCOM) in office.deeds()
    assert (HistoryKind.CREATED, Trigger.LEAD_CREATED_FROM_INTERCOM) in office.deeds(
        HistoryKind.CREATED
    )
    assert office.sf(lead, "LastName") == "Lee"
    assert office.sf(lead, "FirstName") == "Ann"
    assert office.sf(lead, "Email") == ANN
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.sf(lead, "Phone") == "+1 555 0100"
    assert office.ic(ann, "second") == "one"  # Notes__c came back to Intercom
    assert office.writes_of_check() == 0


def test_lead_created_from_intercom_with_mapping_does_nothing(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.create_lead(ann)
    assert office.writes_of_check() == 0
    assert office.links() == {ann: lead}
    assert office.salesforce.ids("Lead") == [lead]
    assert office.creations() == []
