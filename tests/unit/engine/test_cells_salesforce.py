"""The trigger table Salesforce → Intercom, cell by cell, from the act to both services."""

import pytest

from sfsync_gui.core.people import Pair
from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.checking import check_salesforce
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import ANN, BOB, Office

LINKED, UNLINKED, MOVED = HistoryKind.LINKED, HistoryKind.UNLINKED, HistoryKind.MOVED
SF, IC = Side.SALESFORCE, Side.INTERCOM
AS_THEY_CHANGE = FirstRun.AS_THEY_CHANGE


def test_salesforce_person_updated_with_mapping_writes_all_that_differs(office: Office) -> None:
    ann, lead = office.user(title="Chief", second="two"), office.lead(Title="Boss", Notes__c="two")
    office.connect()
    office.salesforce.edit(lead, Phone="+1 555 0100")
    office.check()
    assert office.ic(ann, "phone") == "+1 555 0100"
    assert office.ic(ann, "title") == "Boss"  # differed since before it was linked
    assert office.written() == {(IC, "two"), (IC, "down")}  # Notes__c did not differ


def test_salesforce_person_updated_without_mapping_matches_and_writes_all(office: Office) -> None:
    ann, lead = office.user(alias="Annie", title="Chief"), office.lead(Title="Boss", Notes__c="n")
    office.connect(first_run=AS_THEY_CHANGE)
    office.salesforce.edit(lead, Street="1 Main St")
    office.check()
    assert office.links() == {ann: lead}
    assert office.deeds() == [(LINKED, Trigger.SALESFORCE_UPDATED)]
    assert office.ic(ann, "title") == "Boss"
    assert office.ic(ann, "second") == "n"
    assert office.sf(lead, "Nickname__c") is None  # nothing goes to Salesforce


def test_salesforce_person_updated_without_mapping_and_without_match_does_nothing(
    office: Office,
) -> None:
    office.user(BOB)
    lead = office.lead()
    office.connect()
    office.salesforce.edit(lead, Title="Boss")
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert len(office.intercom.all_contacts()) == 1
    assert office.person(SF, lead).due is None


def test_salesforce_key_updated_with_mapping_moves_to_the_match_and_writes_all(
    office: Office,
) -> None:
    ann, bob, lead = office.user(ANN), office.user(BOB), office.lead(ANN, Title="Boss")
    office.connect()
    office.salesforce.edit(lead, Email=BOB)
    office.check()
    assert office.links() == {bob: lead}
    assert office.deeds()[1:] == [
        (UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
        (LINKED, Trigger.SALESFORCE_KEY_UPDATED),
    ]
    assert office.ic(bob, "title") == "Boss"
    assert office.ic(ann, "title") is None
    assert office.ic(ann, "email") == ANN


def test_salesforce_key_updated_with_mapping_and_no_match_ends_the_mapping(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.salesforce.edit(lead, Email=BOB, Title="Boss")
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert office.deeds()[1:] == [(UNLINKED, Trigger.SALESFORCE_KEY_UPDATED)]
    assert office.ic(ann, "email") == ANN


def test_salesforce_key_updated_without_mapping_matches_and_writes_all(office: Office) -> None:
    bob, lead = office.user(BOB, alias="Bobby"), office.lead("nobody@example.com", Title="Boss")
    office.connect()
    office.salesforce.edit(lead, Email=BOB)
    office.check()
    assert office.links() == {bob: lead}
    assert office.deeds() == [(LINKED, Trigger.SALESFORCE_KEY_UPDATED)]
    assert office.ic(bob, "title") == "Boss"
    assert office.sf(lead, "Nickname__c") is None


def test_salesforce_person_created_with_mapping_does_nothing(office: Office) -> None:
    office.connect()
    ann = office.user()
    office.check()
    office.create_lead(ann)
    office.check()
    (lead,) = office.salesforce.ids("Lead")
    before = office.history()
    assert office.writes_of_check() == 0
    assert office.person(SF, lead).due is None
    assert office.history() == before


@pytest.mark.parametrize("object_name", ["Lead", "Contact"])
def test_salesforce_person_created_without_mapping_matches_and_writes_all(
    office: Office, object_name: str
) -> None:
    ann = office.user(alias="Annie", title="Chief")
    office.connect()
    make = office.lead if object_name == "Lead" else office.contact
    record = make(Title="Boss", Notes__c="n", Phone="+1 555 0100")
    office.check()
    assert office.links() == {ann: record}
    assert office.deeds() == [(LINKED, Trigger.SALESFORCE_CREATED)]
    assert office.ic(ann, "title") == "Boss"
    assert office.ic(ann, "second") == "n"
    assert office.ic(ann, "phone") == "+1 555 0100"
    assert office.sf(record, "Nickname__c") is None


def test_salesforce_person_created_without_match_creates_nobody(office: Office) -> None:
    office.connect()
    office.lead(Title="Boss")
    assert office.writes_of_check() == 0
    assert office.intercom.all_contacts() == []


def test_salesforce_person_deleted_with_mapping_ends_it_and_the_contact_stays(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead(Title="Boss")
    office.connect()
    before = office.intercom.contact(ann)
    office.salesforce.delete(lead)
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert office.deeds()[1:] == [(UNLINKED, Trigger.SALESFORCE_DELETED)]
    assert office.intercom.contact(ann) == before


def test_salesforce_person_deleted_without_mapping_does_nothing(office: Office) -> None:
    lead = office.lead()
    office.connect()
    office.salesforce.delete(lead)
    office.check()
    assert office.person(SF, lead).deleted
    assert office.person(SF, lead).due is None
    assert office.history() == []


def test_salesforce_person_undeleted_is_matched_again(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.salesforce.delete(lead)
    office.check()
    office.salesforce.undelete(lead)
    office.check()
    assert office.links() == {ann: lead}


def test_salesforce_lead_converted_with_mapping_moves_it_to_the_contact_and_writes_all(
    office: Office,
) -> None:
    ann, lead = office.user(title="Chief"), office.lead(Title="Boss", City="Rome")
    office.connect()
    contact = office.salesforce.convert(lead)
    office.check()
    assert office.links() == {ann: contact}
    assert office.deeds()[1:] == [(MOVED, Trigger.SALESFORCE_CONVERTED)]
    link = office.link(ann)
    assert link.salesforce_kind is PersonKind.CONTACT
    assert "leads" not in link.synced  # rows without a Contact field lose their pair
    assert office.ic(ann, "title") == "Boss"
    assert office.writes_of_check() == 0


def test_salesforce_lead_converted_rows_to_salesforce_take_the_contacts_values_as_base(
    office: Office,
) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="L")
    contact = office.contact(None, Nickname__c="Contact's own")
    office.connect()
    office.salesforce.convert(lead, contact)
    office.check()
    assert office.sf(contact, "Nickname__c") == "Contact's own"  # nothing was updated
    assert office.link(ann).synced["up"] == Pair("Annie", "Contact's own")
    office.edit(ann, alias="Anna")
    office.check()
    assert office.sf(contact, "Nickname__c") == "Anna"


def test_salesforce_lead_converted_to_a_contact_with_another_key_follows_the_key_in_the_check(
    office: Office,
) -> None:
    office.user(ANN)
    bob = office.user(BOB)
    lead, contact = office.lead(ANN), office.contact("other@example.com")
    office.connect()
    office.salesforce.edit(contact, Email="third@example.com")
    office.check()
    office.salesforce.convert(lead, contact)
    office.check()
    assert office.deeds()[1:] == [
        (MOVED, Trigger.SALESFORCE_CONVERTED),
        (UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
    ]
    assert office.links() == {}
    assert office.ic(bob, "title") is None


def test_salesforce_person_deleted_what_waits_in_intercom_goes_to_the_next_who_matches(
    office: Office,
) -> None:
    contact, lead = office.contact(), office.lead()
    ann = office.user(alias="Annie")
    office.connect()
    assert office.links() == {ann: contact}
    office.edit(ann, first="not sent yet")
    office.salesforce.delete(contact)
    office.check()
    assert office.links() == {ann: lead}
    assert office.deeds()[1:] == [
        (UNLINKED, Trigger.SALESFORCE_DELETED),
        (LINKED, Trigger.INTERCOM_UPDATED),
    ]
    assert office.sf(lead, "Notes__c") == "not sent yet"
    assert office.sf(lead, "Nickname__c") is None


def test_intercom_person_deleted_what_waits_in_salesforce_goes_to_the_next_who_matches(
    office: Office,
) -> None:
    contact = office.contact()
    ann, second = office.user(), office.user(role="lead")
    office.connect()
    assert office.links() == {ann: contact}
    office.salesforce.edit(contact, Title="not sent yet")
    office.intercom.delete_contact(ann)
    office.pass_time(120)
    office.run(check_salesforce(office.context))
    office.compare()
    assert office.links() == {second: contact}
    assert office.deeds()[1:] == [
        (UNLINKED, Trigger.INTERCOM_DELETED),
        (LINKED, Trigger.SALESFORCE_UPDATED),
    ]
    assert office.ic(second, "title") == "not sent yet"


def test_salesforce_lead_converted_with_mapping_to_a_linked_contact_ends_it_and_reports(
    office: Office,
) -> None:
    office.user(ANN)
    bob, lead, contact = office.user(BOB), office.lead(ANN), office.contact(BOB)
    office.connect()
    office.salesforce.convert(lead, contact)
    office.check()
    assert office.links() == {bob: contact}
    assert office.deeds()[2:] == [(UNLINKED, Trigger.SALESFORCE_CONVERTED)]
    assert office.codes() == ["already_linked"]
    (before,) = office.errors()
    office.run(commands.retry_errors(office.context))
    office.check()
    (after,) = office.errors()  # nothing came of it: it waits no more
    assert (after.id, after.holds, after.attempts) == (before.id, True, before.attempts + 1)


def test_salesforce_lead_converted_without_mapping_matches_through_the_contact(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead(Title="Boss")
    office.connect(first_run=AS_THEY_CHANGE)
    contact = office.salesforce.convert(lead)
    office.check()
    assert office.links() == {ann: contact}
    assert office.deeds() == [(LINKED, Trigger.SALESFORCE_CONVERTED)]
    assert office.ic(ann, "title") == "Boss"


def test_salesforce_lead_converted_without_mapping_is_tried_again_when_it_could_not_be_read(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead(Title="Boss")
    office.connect(first_run=AS_THEY_CHANGE)
    contact = office.salesforce.convert(lead)
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, "GET", "^/contacts/", times=20))
    office.check()
    assert office.links() == {}
    office.intercom.faults.clear()
    office.check()
    assert office.links() == {ann: contact}
    assert office.deeds() == [(LINKED, Trigger.SALESFORCE_CONVERTED)]
    assert office.ic(ann, "title") == "Boss"


def test_salesforce_two_leads_converted_to_one_contact_the_linked_ones_mapping_moves(
    office: Office,
) -> None:
    ann, lead, contact = office.user(ANN), office.lead(ANN), office.contact("c@example.com")
    office.connect()
    office.user(BOB)
    other = office.lead(BOB)
    office.salesforce.convert(other, contact)
    office.salesforce.convert(lead, contact)
    office.salesforce.edit(contact, Email=ANN)
    office.check()
    assert office.links() == {ann: contact}
    assert office.codes() == []


def test_salesforce_lead_converted_without_mapping_and_without_match_does_nothing(
    office: Office,
) -> None:
    lead = office.lead(Title="Boss")
    office.connect()
    contact = office.salesforce.convert(lead)
    assert office.writes_of_check() == 0
    assert office.links() == {}
    assert office.person(SF, lead).due is None
    assert office.person(SF, contact).due is None


@pytest.mark.parametrize("object_name", ["Lead", "Contact"])
def test_salesforce_record_merged_with_mapping_moves_it_to_the_winner_and_writes_all(
    office: Office, object_name: str
) -> None:
    make = office.lead if object_name == "Lead" else office.contact
    ann, loser, winner = office.user(), make(), make("other@example.com", Title="Boss")
    office.connect()
    office.salesforce.edit(winner, Email=ANN)
    office.salesforce.merge(winner, loser)
    office.check()
    assert office.links() == {ann: winner}
    assert office.deeds()[1:] == [(MOVED, Trigger.SALESFORCE_MERGED)]
    assert office.ic(ann, "title") == "Boss"


def test_salesforce_record_merged_with_mapping_into_a_linked_winner_ends_it_and_reports(
    office: Office,
) -> None:
    office.user(ANN)
    bob, loser, winner = office.user(BOB), office.lead(ANN), office.lead(BOB)
    office.connect()
    office.salesforce.merge(winner, loser)
    office.check()
    assert office.links() == {bob: winner}
    assert office.deeds()[2:] == [(UNLINKED, Trigger.SALESFORCE_MERGED)]
    assert office.codes() == ["already_linked"]


def test_salesforce_record_merged_without_mapping_does_nothing(office: Office) -> None:
    loser, winner = office.lead(ANN), office.lead(BOB)
    office.connect()
    office.salesforce.merge(winner, loser)
    office.check()
    assert office.person(SF, loser).deleted
    assert office.person(SF, loser).due is None
    assert office.history() == []
    assert office.errors() == []


def test_one_check_acts_on_conversions_before_creations(office: Office) -> None:
    # Otherwise the new contact would be matched as a new person, and the lead look dead.
    ann, lead = office.user(), office.lead()
    office.connect()
    contact = office.salesforce.convert(lead)
    office.salesforce.edit(contact, Title="Boss")
    office.check()
    assert [kind for kind, _ in office.deeds()] == [LINKED, MOVED]
    assert office.links() == {ann: contact}


def test_one_check_acts_on_merges_before_deletions_and_key_changes(office: Office) -> None:
    ann, loser, winner = office.user(), office.lead(), office.lead("other@example.com")
    office.connect()
    office.salesforce.merge(winner, loser)
    office.salesforce.edit(winner, Email=ANN)
    office.check()
    assert [kind for kind, _ in office.deeds()] == [LINKED, MOVED]
    assert office.links() == {ann: winner}
