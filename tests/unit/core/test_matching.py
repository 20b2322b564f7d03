"""Which partner is chosen: the rules of matching over people as the directory keeps them."""

from __future__ import annotations

from dataclasses import replace

from sfsync_gui.core.mapping import MatchingOrder
from sfsync_gui.core.matching import Match, choose_partner, is_candidate
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side

ORDER = MatchingOrder()
USER, INTERCOM_LEAD = PersonKind.USER, PersonKind.INTERCOM_LEAD
LEAD, CONTACT = PersonKind.LEAD, PersonKind.CONTACT


def someone(kind: PersonKind, person_id: str, key: str | None = "k", at: int = 1) -> Person:
    """A person who was last modified and active at `at`."""
    return Person(kind.side, person_id, kind, "Name", key, 1, at, 1, active_at=at)


ANN = someone(USER, "i")


def choose(
    *others: Person,
    person: Person = ANN,
    linked: frozenset[str] = frozenset(),
    apart: frozenset[str] = frozenset(),
    order: MatchingOrder = ORDER,
) -> Match:
    """Choose ANN's partner."""
    return choose_partner(person, others, linked=linked, apart=apart, order=order)


def chosen(*others: Person, person: Person = ANN, order: MatchingOrder = ORDER) -> str:
    """The id of the partner."""
    partner = choose(*others, person=person, order=order).partner
    assert partner is not None
    return partner.id


def test_keys_are_compared_again_and_exactly() -> None:
    assert is_candidate(ANN, someone(LEAD, "a"))
    assert not is_candidate(ANN, someone(LEAD, "a", "K"))
    assert not is_candidate(ANN, someone(LEAD, "a", None))
    assert not is_candidate(replace(ANN, key=None), someone(LEAD, "a", None))


def test_people_of_the_same_side_are_no_candidates() -> None:
    assert not is_candidate(ANN, someone(USER, "j"))


def test_deleted_records_and_converted_leads_are_left_out() -> None:
    lead = someone(LEAD, "a")
    for gone in (replace(lead, deleted=True), replace(lead, converted=True)):
        assert choose(gone).outcome is MatchOutcome.NONE
        assert choose(ANN, person=gone).outcome is MatchOutcome.NONE
    assert choose(ANN, person=lead).outcome is MatchOutcome.FOUND


def test_a_blank_key_matches_nothing() -> None:
    assert choose(someone(LEAD, "a"), person=replace(ANN, key=None)) == Match(MatchOutcome.NONE)


def test_a_contact_is_preferred_to_a_lead_however_recent() -> None:
    assert chosen(someone(LEAD, "a", at=9), someone(CONTACT, "b", at=1)) == "b"


def test_then_the_most_recently_modified_then_the_lower_id() -> None:
    assert chosen(someone(LEAD, "a", at=1), someone(LEAD, "b", at=2)) == "b"
    assert chosen(someone(LEAD, "b", at=2), someone(LEAD, "a", at=2)) == "a"


def test_in_salesforce_activity_does_not_count_and_in_intercom_modification_does_not() -> None:
    busy = replace(someone(LEAD, "a", at=1), active_at=99)
    assert chosen(busy, someone(LEAD, "b", at=2)) == "b"
    touched = replace(someone(USER, "i", at=1), modified_at=99)
    assert chosen(touched, someone(USER, "j", at=2), person=someone(LEAD, "s")) == "j"


def test_on_the_intercom_side_a_user_is_preferred_to_a_lead() -> None:
    person = someone(CONTACT, "s")
    assert chosen(someone(INTERCOM_LEAD, "i", at=9), someone(USER, "j", at=1), person=person) == "j"


def test_the_order_is_a_setting() -> None:
    order = MatchingOrder((LEAD, CONTACT), (INTERCOM_LEAD, USER))
    assert chosen(someone(LEAD, "a", at=1), someone(CONTACT, "b", at=9), order=order) == "a"
    mine = someone(LEAD, "s")
    others = (someone(USER, "i", at=9), someone(INTERCOM_LEAD, "j", at=1))
    assert chosen(*others, person=mine, order=order) == "j"


def test_a_kind_that_the_order_leaves_out_comes_last() -> None:
    order = MatchingOrder(salesforce=(LEAD,))
    assert chosen(someone(CONTACT, "a", at=9), someone(LEAD, "b", at=1), order=order) == "b"
    assert chosen(someone(CONTACT, "a"), order=order) == "a"


def test_a_linked_record_is_never_taken_over_and_the_next_is_tried() -> None:
    first, second = someone(CONTACT, "a"), someone(LEAD, "b")
    match = choose(first, second, linked=frozenset({"a"}))
    assert match.partner == second
    assert match.candidates == ("a", "b")
    only = choose(first, linked=frozenset({"a"}))
    assert (only.outcome, only.partner) == (MatchOutcome.ALREADY_LINKED, None)


def test_more_than_one_candidate_is_still_a_match_and_flagged() -> None:
    match = choose(someone(LEAD, "a"), someone(LEAD, "b"))
    assert (match.outcome, match.ambiguous) == (MatchOutcome.FOUND, True)
    assert not choose(someone(LEAD, "a")).ambiguous


def test_in_strict_mode_an_ambiguous_person_is_left_unlinked_and_listed() -> None:
    strict = MatchingOrder(strict=True)
    match = choose(someone(LEAD, "a"), someone(LEAD, "b"), order=strict)
    assert match == Match(MatchOutcome.AMBIGUOUS, None, True, ("a", "b"))
    assert choose(someone(LEAD, "a"), order=strict).outcome is MatchOutcome.FOUND


def test_a_pair_kept_apart_is_not_chosen_but_others_are() -> None:
    apart = frozenset({"a"})
    assert choose(someone(LEAD, "a"), apart=apart).outcome is MatchOutcome.KEPT_APART
    match = choose(someone(LEAD, "a"), someone(LEAD, "b"), apart=apart)
    assert match.partner is not None
    assert match.partner.id == "b"


def test_nobody_is_no_match() -> None:
    assert choose() == Match(MatchOutcome.NONE)
    assert ANN.side is Side.INTERCOM


def test_a_company_is_paired_with_an_account_and_never_with_a_person() -> None:
    company = someone(PersonKind.COMPANY, "c", "17")
    account = someone(PersonKind.ACCOUNT, "a", "17")
    contact = someone(CONTACT, "b", "17")
    assert choose(account, contact, person=company).partner == account
    assert choose(contact, person=company).outcome is MatchOutcome.NONE
    assert choose(account, person=someone(USER, "u", "17")).outcome is MatchOutcome.NONE


def test_of_several_accounts_with_one_key_the_most_recently_updated_is_taken_and_flagged() -> None:
    company = someone(PersonKind.COMPANY, "c")
    accounts = [someone(PersonKind.ACCOUNT, one, at=at) for one, at in (("a", 2), ("b", 3))]
    match = choose(*accounts, person=company)
    assert (match.partner, match.ambiguous) == (accounts[1], True)
    strict = choose(*accounts, person=company, order=MatchingOrder(strict=True))
    assert (strict.outcome, strict.candidates) == (MatchOutcome.AMBIGUOUS, ("a", "b"))
