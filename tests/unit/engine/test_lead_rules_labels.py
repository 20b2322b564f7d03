"""Leads by rules on tags and segments: who gets one, and that nobody else costs a call."""

from __future__ import annotations

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.lead_rules import SEGMENT, TAG, Comparison, Condition, LeadRule
from tests.unit.engine.office import BOB, Office
from tests.unit.engine.test_budget_and_guard import use
from tests.unit.engine.test_lead_rules import ALIAS, leads, put

VIP = LeadRule("vip", (Condition(TAG, Comparison.IS, "VIP"),))
ACTIVE = LeadRule("active", (Condition(SEGMENT, Comparison.IS, "Active"),))


def asked(office: Office, path: str) -> int:
    """How many calls went to this path since the log was cleared."""
    return office.intercom.log.count("GET", path)


@pytest.fixture
def tagged(office: Office) -> str:
    """Ann is connected and has no tag yet, though there are some."""
    ann = office.user(name="Ann Lee", alias="free")
    office.intercom.tag_contact(office.user(BOB, name="Bob Ray", alias="free"), "Old")
    office.intercom.tag_contact(office.user("c@example.com"), "vip")
    office.connect()
    return ann


def test_who_gets_the_tag_gets_a_lead(office: Office, tagged: str) -> None:
    put(office, VIP)
    assert leads(office) == []
    office.intercom.tag_contact(tagged, "vip")
    office.check()
    assert list(office.links()) == [tagged]
    assert office.sf(leads(office)[0], "LastName") == "Lee"
    assert office.writes_of_check() == 0


def test_who_had_it_before_the_rule_was_made_gets_none_until_it_comes_again(
    office: Office, tagged: str
) -> None:
    office.intercom.tag_contact(tagged, "vip")
    office.check()
    put(office, VIP)
    office.edit(tagged, note="new")
    office.check()
    assert leads(office) == []
    office.intercom.untag_contact(tagged, "vip")
    office.check()
    office.intercom.tag_contact(tagged, "vip")
    office.check()
    assert len(leads(office)) == 1


def test_a_tag_that_one_must_not_have(office: Office, tagged: str) -> None:
    rule = LeadRule(
        "r", (Condition(ALIAS, Comparison.IS, "pro"), Condition(TAG, Comparison.IS_NOT, "old"))
    )
    put(office, rule)
    bob = next(one["id"] for one in office.intercom.all_contacts() if one["email"] == BOB)
    office.edit(tagged, alias="pro")
    office.edit(bob, alias="pro")
    office.check()
    assert list(office.links()) == [tagged]


def test_tags_that_came_with_the_person_cost_no_call_for_each(office: Office, tagged: str) -> None:
    put(office, VIP)
    office.intercom.log.clear()
    office.intercom.tag_contact(tagged, "vip")
    office.check()
    assert asked(office, r"^/contacts/[^/]+/tags$") == 0
    assert asked(office, r"^/tags$") == 1  # what the ids mean
    assert len(leads(office)) == 1


def test_more_tags_than_a_reading_shows_are_asked_for(office: Office, tagged: str) -> None:
    put(office, VIP)
    for number in range(12):
        office.intercom.tag_contact(tagged, f"t{number}")
    office.intercom.tag_contact(tagged, "vip")
    office.intercom.log.clear()
    office.check()
    assert asked(office, r"^/contacts/[^/]+/tags$") == 1
    assert len(leads(office)) == 1


def test_only_whom_the_rest_of_the_rule_lets_through_costs_a_call(office: Office) -> None:
    office.intercom.add_segment("Active")
    rule = LeadRule("r", (Condition(ALIAS, Comparison.IS, "pro"), *ACTIVE.conditions))
    ann = office.user(name="Ann Lee", alias="free")
    for number in range(20):
        office.user(f"p{number}@example.com", alias="free")
    linked = office.user(BOB, alias="pro")
    office.contact(BOB)
    office.connect()
    office.intercom.log.clear()
    put(office, rule)
    assert asked(office, "/segments") == 1  # whether there is such a one
    office.intercom.log.clear()
    office.intercom.enter_segment(ann, "Active")
    office.edit(ann, alias="pro")
    office.edit(linked, note="new")
    office.check()
    assert asked(office, "/segments") == 1
    assert ann in office.links()


def test_who_was_asked_about_is_not_asked_about_again_by_every_check(office: Office) -> None:
    office.intercom.add_segment("Active")
    ann = office.user(name="Ann Lee")
    office.connect()
    put(office, ACTIVE)
    office.edit(ann, note="new")
    office.check()
    office.intercom.log.clear()
    office.check()  # the sweep reads the same person again
    assert asked(office, "/segments") == 0


def test_who_enters_a_segment_is_found_by_the_daily_comparison(office: Office) -> None:
    """A segment changes nothing of the person, so that no feed tells."""
    office.intercom.add_segment("Active")
    ann = office.user(name="Ann Lee")
    office.connect()
    put(office, ACTIVE)
    office.intercom.enter_segment(ann, "Active")
    office.check()
    assert leads(office) == []
    office.compare()
    assert list(office.links()) == [ann]


def test_without_rules_on_labels_nothing_is_asked(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, LeadRule("vip", (Condition(ALIAS, Comparison.IS, "vip"),)))
    office.intercom.log.clear()
    office.intercom.tag_contact(ann, "vip")
    office.check()
    assert asked(office, "tags|segments") == 0


@pytest.mark.parametrize("kind", [TAG, SEGMENT])
def test_a_name_that_intercom_does_not_know_is_refused(office: Office, kind: str) -> None:
    office.connect()
    with pytest.raises(SetupError, match=f"Intercom has no {kind} named Nobody"):
        put(office, LeadRule("r", (Condition(kind, Comparison.IS, "Nobody"),)))
    assert office.context.rules.lead_rules == ()


@pytest.mark.parametrize("still", [True, False])
def test_a_lead_is_sent_only_while_the_person_has_the_tag(
    office: Office, tagged: str, still: bool
) -> None:
    put(office, VIP)
    use(office, 0.85)
    office.check(400)
    office.intercom.tag_contact(tagged, "vip")
    office.check()
    assert [one.state for one in office.creations()] == ["wanted"]
    office.edit(tagged, note="new")
    if not still:
        office.intercom.untag_contact(tagged, "vip")
    office.pass_time(90_000)
    office.check()
    office.check()
    assert len(leads(office)) == still
