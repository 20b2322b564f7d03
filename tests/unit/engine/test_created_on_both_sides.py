"""People who appear in both services at about the same time: nothing of either is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfsync_gui.core.matching import SAME_TIME
from sfsync_gui.core.vocabulary import ConflictRule, HistoryKind, Side
from tests.support.worlds import sample_rows
from tests.unit.engine.office import ANN, BOB, Office


def poll_intercom(office: Office, seconds: float = 100.0) -> None:
    """Intercom is checked often, Salesforce seldom."""
    for _ in range(5):
        office.pass_time(seconds / 5)
        office.run(office.world.engine.check([Side.INTERCOM]))


@pytest.mark.parametrize("first", ["intercom", "salesforce"])
@pytest.mark.parametrize("polls", [0, 1])
def test_created_on_both_sides_between_two_checks_all_attributes_go_both_ways(
    office: Office, first: str, polls: int
) -> None:
    office.connect()
    made: dict[str, str] = {}
    makers: dict[str, Callable[[], str]] = {
        "intercom": lambda: office.user(alias="Annie", first="one"),
        "salesforce": lambda: office.contact(Title="Dr"),
    }
    for name in sorted(makers, reverse=first == "salesforce"):
        made[name] = makers[name]()
        office.pass_time(10)
        for _ in range(polls):
            poll_intercom(office)
    office.check()
    ann, contact = made["intercom"], made["salesforce"]
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") == "Annie"
    assert office.sf(contact, "Notes__c") == "one"
    assert office.ic(ann, "title") == "Dr"
    assert office.ic(ann, "second") == "one"
    assert office.writes_of_check() == 0


def test_a_restart_between_the_two_readings_loses_nothing(office: Office) -> None:
    office.connect()
    ann = office.user(alias="Annie")
    poll_intercom(office)
    office.restart()
    contact = office.contact()
    office.check()
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") == "Annie"


def test_an_update_that_met_nobody_sends_just_the_updated_attributes(office: Office) -> None:
    ann = office.user(alias="Annie", first="one")
    office.connect()
    office.edit(ann, alias="Anna")
    poll_intercom(office)
    contact = office.contact()
    office.check()
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") == "Anna"
    assert office.sf(contact, "Notes__c") is None


def test_two_updates_that_met_nobody_count_both(office: Office) -> None:
    ann = office.user(alias="Annie", first="one")
    office.connect()
    office.edit(ann, alias="Anna")
    poll_intercom(office)
    office.edit(ann, first="two")
    poll_intercom(office)
    contact = office.contact()
    office.check()
    assert office.sf(contact, "Nickname__c") == "Anna"
    assert office.sf(contact, "Notes__c") == "two"


def test_a_key_changed_in_intercom_waits_for_the_record_that_gets_the_key_as_well(
    office: Office,
) -> None:
    ann, contact = office.user(alias="Annie"), office.contact()
    office.connect()
    office.edit(ann, email=BOB, alias="Bobbie")
    poll_intercom(office)
    assert office.links() == {}
    office.salesforce.edit(contact, Email=BOB)
    office.check()
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") == "Bobbie"


def test_a_record_created_long_after_the_update_writes_to_intercom_only(office: Office) -> None:
    office.connect()
    ann = office.user(alias="Annie")
    office.check()
    office.pass_time(SAME_TIME + 120)
    contact = office.contact(Title="Dr")
    office.check()
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") is None
    assert office.ic(ann, "title") == "Dr"


def test_what_was_updated_long_ago_does_not_ride_on_a_newer_update(office: Office) -> None:
    ann = office.user()
    office.connect()
    office.edit(ann, alias="Annie")
    office.check()
    office.pass_time(SAME_TIME + 120)
    office.edit(ann, first="one")
    poll_intercom(office)
    contact = office.contact()
    office.check()
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Nickname__c") is None
    assert office.sf(contact, "Notes__c") == "one"


@pytest.mark.parametrize("rule", [ConflictRule.SALESFORCE, ConflictRule.INTERCOM])
@pytest.mark.parametrize("polls", [0, 1])
def test_of_two_values_the_rows_rule_decides_and_the_loser_is_kept_in_history(
    office: Office, rule: ConflictRule, polls: int
) -> None:
    office.connect(sample_rows(rule))
    ann = office.user(phone="mine")
    office.pass_time(10)
    for _ in range(polls):
        poll_intercom(office)
    contact = office.contact(Phone="theirs")
    office.check()
    winner, loser = ("theirs", "mine") if rule is ConflictRule.SALESFORCE else ("mine", "theirs")
    assert office.ic(ann, "phone") == office.sf(contact, "Phone") == winner
    kept = [one.before for one in office.history() if one.kind is HistoryKind.OVERRULED]
    assert kept == [loser]


def test_of_two_values_the_only_one_that_is_no_blank_goes_over(office: Office) -> None:
    office.connect()
    ann = office.user(phone="mine")
    poll_intercom(office)
    contact = office.contact()
    office.check()
    assert office.ic(ann, "phone") == office.sf(contact, "Phone") == "mine"


def test_visitors_whom_nobody_knows_cost_no_call_and_are_never_due(office: Office) -> None:
    office.connect()
    office.lead(BOB)
    office.check()
    visitors = [office.user(f"visitor{number}@example.com", alias="x") for number in range(30)]
    before = office.world.spent.copy()
    office.check()
    grown = office.world.spent - before
    assert {key: n for key, n in grown.items() if key[0] == "salesforce"} == {
        ("salesforce", "feed"): 1
    }
    assert all(office.person(Side.INTERCOM, one).due is None for one in visitors)


def test_a_person_linked_has_nothing_unsent(office: Office) -> None:
    office.connect()
    ann = office.user(alias="Annie")
    poll_intercom(office)
    assert office.person(Side.INTERCOM, ann).unsent_at > 0
    office.contact(ANN)
    office.check()
    person = office.person(Side.INTERCOM, ann)
    assert (person.due, person.due_attributes, person.unsent_at) == (None, frozenset(), 0)
