"""The numbered rules of matching, in a world."""

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.mapping import MappingKey, MatchingOrder
from sfsync_gui.core.vocabulary import (
    FirstRun,
    HistoryKind,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.engine import commands
from sfsync_gui.engine.connecting import link_everyone
from sfsync_gui.engine.rekeying import change_key
from tests.unit.engine.office import ANN, BOB, Office

AS_THEY_CHANGE = FirstRun.AS_THEY_CHANGE
ALREADY_LINKED, AMBIGUOUS = MatchOutcome.ALREADY_LINKED, MatchOutcome.AMBIGUOUS
EXTERNAL = MappingKey("external_id", "External_Id__c", "External_Id__c")


def use_external_ids(office: Office) -> None:
    """Match by external id from now on."""
    office.run(change_key(office.context, EXTERNAL, MatchingOrder()))


def strict(office: Office) -> None:
    """Connect in strict mode."""
    office.connect(first_run=AS_THEY_CHANGE)
    office.run(change_key(office.context, MappingKey(), MatchingOrder(strict=True)))
    office.run(link_everyone(office.context))


def test_1_addresses_match_whatever_their_case_and_outer_space(office: Office) -> None:
    ann, lead = office.user(" Ann@Example.COM "), office.lead("aNN@example.com")
    office.connect()
    assert office.links() == {ann: lead}


def test_1_blank_and_malformed_keys_match_nothing_and_are_no_error(office: Office) -> None:
    office.user(None)
    office.user("none")
    office.lead(None)
    office.contact(None)
    office.connect()
    office.check()
    assert office.links() == {}
    assert office.errors() == []


def test_1_other_keys_are_compared_exactly(office: Office) -> None:
    one, two = office.user(None, external_id="aB"), office.user(None, external_id="C")
    office.lead(None, External_Id__c="Ab")
    lead = office.lead(None, External_Id__c="C")
    office.connect()
    use_external_ids(office)
    office.edit(one, alias="x")
    office.edit(two, alias="x")
    office.check()
    assert office.links() == {two: lead}


def test_2_matching_costs_no_call_for_those_whom_nobody_matches(office: Office) -> None:
    for number in range(20):
        office.user(f"visitor{number}@example.com")
    office.lead()
    office.connect()
    office.check()
    quiet = office.world.spent.total()
    office.check()
    quiet = office.world.spent.total() - quiet
    for contact in office.intercom.all_contacts():
        office.edit(contact["id"], alias="busy")
    before = office.world.spent.total()
    office.check()
    assert office.world.spent.total() - before == quiet


def test_2_a_partner_that_no_longer_carries_the_key_is_not_linked(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect(first_run=AS_THEY_CHANGE)
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Email=BOB)  # only the reading before the link shows it
    office.pass_time(120)
    office.run(office.world.engine.check([Side.INTERCOM]))
    assert office.links() == {}
    assert office.history() == []


def test_3_a_converted_lead_is_left_out_and_its_contact_found(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    contact = office.salesforce.convert(lead)
    gone = office.contact()
    office.salesforce.delete(gone)
    office.connect()
    assert office.links() == {ann: contact}
    assert not office.link(ann).ambiguous


def test_4_a_contact_before_a_lead_and_then_the_most_recently_modified(office: Office) -> None:
    ann = office.user()
    office.contact()
    office.pass_time(10)
    newer = office.contact()
    office.pass_time(10)
    office.lead()
    office.connect()
    assert office.links() == {ann: newer}


def test_4_a_user_before_a_lead_on_the_intercom_side(office: Office) -> None:
    office.user(role="lead")
    user = office.user(role="user")
    office.user(role="lead")
    office.connect()
    lead = office.lead()
    office.check()
    assert office.links() == {user: lead}


def test_5_a_linked_record_is_not_taken_over(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    second = office.user(alias="Twin")
    office.check()
    assert office.links() == {ann: lead}
    another = office.lead()
    office.check()
    assert office.links() == {ann: lead, second: another}


def test_5_whoever_finds_only_linked_candidates_is_listed_with_them(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    second = office.user(alias="Twin")
    office.check()
    assert office.noted() == {second: (ALREADY_LINKED, [lead])}
    (listed,) = office.unlinked()
    assert listed.candidates[0].link_id == office.link(ann).id
    third = office.lead()
    office.check()
    assert office.links() == {ann: lead, second: third}
    assert office.noted() == {}


def test_5_linking_all_at_connecting_lists_those_who_found_only_linked_ones(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    twin = office.user(role="lead")
    office.connect()
    assert office.links() == {ann: lead}
    assert office.noted() == {twin: (ALREADY_LINKED, [lead])}


def test_5_a_note_goes_with_the_key(office: Office) -> None:
    office.user()
    office.lead()
    twin = office.user(role="lead")
    office.connect()
    office.edit(twin, email="twin@example.com")
    office.check()
    assert office.noted() == {}


def test_5_a_note_goes_with_the_person(office: Office) -> None:
    office.user()
    one, two = office.lead(), office.lead()
    office.connect()
    (linked,) = office.links().values()
    other = two if linked == one else one
    office.salesforce.edit(other, Title="x")
    office.check()
    assert office.noted() == {other: (ALREADY_LINKED, list(office.links()))}
    office.salesforce.delete(other)
    office.check()
    assert office.noted() == {}


def test_5_a_person_who_links_by_hand_decides(office: Office) -> None:
    office.user()
    lead = office.lead()
    twin = office.user(role="lead")
    office.connect()
    (link,) = office.all_links()
    office.run(commands.unlink(office.context, link.id))
    office.run(commands.link_by_hand(office.context, twin, PersonKind.LEAD, lead))
    assert office.noted() == {}


def test_5_linking_by_hand_takes_over_only_where_a_person_wants_that(office: Office) -> None:
    ann, bob = office.user(), office.user(BOB)
    anns, bobs = office.lead(), office.lead(BOB)
    office.connect()
    with pytest.raises(RecordError, match="linked already"):
        office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, bobs))
    assert office.links() == {ann: anns, bob: bobs}
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, bobs, replacing=True))
    assert office.links() == {ann: bobs}
    office.salesforce.edit(anns, Title="x")
    office.check()
    assert office.links() == {ann: bobs}  # the pairs that were are kept apart


def test_5_a_link_is_not_taken_over_for_somebody_who_is_gone(office: Office) -> None:
    ann, bob = office.user(), office.user(BOB)
    anns, bobs = office.lead(), office.lead(BOB)
    office.connect()
    office.salesforce.delete(bobs)
    with pytest.raises(RecordError):
        office.run(
            commands.link_by_hand(office.context, ann, PersonKind.LEAD, bobs, replacing=True)
        )
    assert office.links()[ann] == anns
    (link,) = (one for one in office.all_links() if one.intercom_id == ann)
    with pytest.raises(RecordError):  # these two are linked: nothing to replace
        office.run(
            commands.link_by_hand(office.context, ann, PersonKind.LEAD, anns, replacing=True)
        )
    assert office.link(ann).id == link.id
    assert bob not in office.links() or office.links()[bob] == bobs


def test_6_an_ambiguous_match_is_flagged(office: Office) -> None:
    ann, bob = office.user(), office.user(BOB)
    office.lead()
    office.lead()
    office.lead(BOB)
    office.connect()
    assert office.link(ann).ambiguous
    assert not office.link(bob).ambiguous


def test_6_in_strict_mode_an_ambiguous_person_is_left_unlinked(office: Office) -> None:
    office.connect()
    office.run(change_key(office.context, MappingKey(), MatchingOrder(strict=True)))
    office.user()
    office.user(BOB)
    office.lead()
    office.lead()
    lead = office.lead(BOB)
    office.check()
    assert list(office.links().values()) == [lead]


def test_6_in_strict_mode_ambiguous_people_are_listed_with_their_candidates(
    office: Office,
) -> None:
    ann, bob, ben = office.user(), office.user(BOB), office.user(BOB)
    leads = sorted([office.lead(), office.lead()])
    bobs = office.lead(BOB)
    strict(office)
    assert office.links() == {}
    assert office.noted() == {
        ann: (AMBIGUOUS, leads),
        bob: (AMBIGUOUS, [bobs]),
        ben: (AMBIGUOUS, [bobs]),
    }
    office.salesforce.edit(bobs, Title="x")
    office.check()
    assert office.noted()[bobs] == (AMBIGUOUS, sorted([bob, ben]))


def test_6_in_strict_mode_a_person_chooses_the_candidate(office: Office) -> None:
    ann = office.user()
    lead, _ = office.lead(), office.lead()
    strict(office)
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, lead))
    assert office.links() == {ann: lead}
    assert office.noted() == {}


def test_6_in_strict_mode_duplicates_that_are_merged_link(office: Office) -> None:
    ann = office.user()
    lead, other = office.lead(), office.lead()
    strict(office)
    office.salesforce.merge(lead, other)
    office.check()
    assert office.links() == {ann: lead}
    assert office.noted() == {}


def test_7_the_external_id_of_a_lead_is_no_key(office: Office) -> None:
    person = office.user(None, role="lead")
    generated = office.ic(person, "external_id")
    office.lead(None, External_Id__c=generated)
    office.connect()
    use_external_ids(office)
    office.edit(person, alias="x")
    office.check()
    assert office.links() == {}


def test_7_two_users_can_share_one_address(office: Office) -> None:
    one, two = office.user(), office.user()
    first, second = office.lead(), office.contact()
    office.connect()
    assert set(office.links()) == {one, two}
    assert set(office.links().values()) == {first, second}


def test_8_a_link_stores_both_keys_as_they_were(office: Office) -> None:
    ann = office.user("ANN@example.com")
    office.lead("Ann@Example.com")
    office.connect()
    link = office.link(ann)
    assert (link.intercom_key, link.salesforce_key) == (ANN, ANN)


def test_8_an_address_that_changes_only_its_case_is_no_key_change(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.salesforce.edit(lead, Email="ANN@EXAMPLE.COM")
    office.edit(ann, email="Ann@Example.com")
    office.check()
    assert office.links() == {ann: lead}
    assert len(office.deeds()) == 1


def test_8_a_key_that_becomes_blank_ends_the_link(office: Office) -> None:
    ann, bob = office.user(role="lead"), office.user(BOB)
    office.lead()
    office.connect()
    contact = office.contact(BOB)
    office.check()
    assert set(office.links()) == {ann, bob}
    office.edit(ann, email=None)
    office.salesforce.edit(contact, Email=None)
    office.check()
    assert office.links() == {}
    assert {one for one in office.deeds() if one[0] is HistoryKind.UNLINKED} == {
        (HistoryKind.UNLINKED, Trigger.INTERCOM_KEY_UPDATED),
        (HistoryKind.UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
    }


def test_8_a_lead_that_becomes_a_user_with_the_same_id_keeps_its_link(office: Office) -> None:
    person, lead = office.user(role="lead"), office.lead()
    office.connect()
    office.intercom.convert_to_user(person)
    office.check()
    assert office.links() == {person: lead}
    assert len(office.deeds()) == 1
    assert office.person(Side.INTERCOM, person).kind is PersonKind.USER


def test_9_a_pair_unlinked_by_hand_is_kept_apart(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Title="Boss")
    assert office.writes_of_check() == 0
    assert office.links() == {}


def test_9_a_pair_kept_apart_may_match_again_once_a_key_changed(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    office.salesforce.edit(lead, Email=BOB)
    office.check()
    office.edit(ann, email=BOB)
    office.check()
    assert office.links() == {ann: lead}


def test_9_a_key_that_nobody_else_carries_is_another_key_all_the_same(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    for email in (BOB, ANN):
        office.salesforce.edit(lead, Email=email)
        office.check()
    assert office.links() == {ann: lead}


def test_9_a_pair_stays_apart_when_a_link_with_another_key_moves_to_its_record(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    bob, other = office.user(BOB), office.lead(BOB)
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    office.salesforce.merge(lead, other)
    office.check()
    assert office.links() == {}
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {}
    assert office.person(Side.INTERCOM, bob).key == BOB


def test_9_a_pair_kept_apart_stays_apart_when_the_lead_is_converted(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    contact = office.salesforce.convert(lead)
    office.check()
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {}
    office.run(commands.link_by_hand(office.context, ann, PersonKind.CONTACT, contact))
    assert office.links() == {ann: contact}


def test_9_a_person_links_what_was_kept_apart(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.run(commands.unlink(office.context, office.link(ann).id))
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, lead))
    assert office.links() == {ann: lead}
    assert office.link(ann).by_hand


def test_9_a_link_made_by_hand_outlives_key_changes(office: Office) -> None:
    ann, lead, other = office.user(), office.lead(BOB), office.lead("third@example.com")
    office.connect()
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, lead))
    office.edit(ann, email="third@example.com")
    office.salesforce.edit(lead, Email="fourth@example.com")
    office.check()
    assert office.links() == {ann: lead}
    assert office.sf(other, "Email") == "third@example.com"


def test_9_errors_of_an_ended_link_close_and_history_stays(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, phone="1")
    office.check()
    office.edit(ann, alias="x" * 300)
    office.check()
    assert len(office.errors()) == 1
    office.run(commands.unlink(office.context, office.link(ann).id))
    assert office.errors() == []
    assert [one.kind for one in office.history() if one.salesforce_id == lead] == [
        HistoryKind.LINKED,
        HistoryKind.WRITTEN,
        HistoryKind.UNLINKED,
    ]
