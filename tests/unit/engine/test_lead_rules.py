"""Leads by rule: who gets one, who does not, and what that costs."""

from collections.abc import Sequence

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.lead_rules import ROLE, Comparison, Condition, LeadRule
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine import commands, creations
from sfsync_gui.engine.lead_rule_edits import change_lead_rules
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.services.intercom import feed
from tests.unit.engine.office import ANN, BOB, Office
from tests.unit.engine.test_budget_and_guard import use

ALIAS = "custom_attributes.alias"
VIP = LeadRule("vip", (Condition(ALIAS, Comparison.IS, "vip"),))


def put(office: Office, *rules: LeadRule) -> None:
    """Put rules into force, and let everybody be looked at."""
    office.run(change_lead_rules(office.context, lambda _before: rules))
    office.compare()


def leads(office: Office) -> Sequence[str]:
    return office.salesforce.ids("Lead")


def test_who_comes_to_qualify_gets_a_lead(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    assert leads(office) == []
    office.edit(ann, alias="VIP")
    office.check()
    (lead,) = leads(office)
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") == "VIP"
    assert office.sf(lead, "LastName") == "Lee"
    assert office.writes_of_check() == 0


def test_who_is_new_and_qualifies_gets_a_lead(office: Office) -> None:
    office.connect()
    put(office, VIP)
    ann = office.user(name="Ann Lee", alias="vip")
    office.user(BOB, name="Bob Ray", alias="free")
    office.check()
    assert list(office.links()) == [ann]
    assert len(leads(office)) == 1


def test_who_qualified_before_the_rule_was_made_gets_none_whatever_else_changes(
    office: Office,
) -> None:
    ann = office.user(name="Ann Lee", alias="vip")
    office.connect()
    put(office, VIP)
    office.edit(ann, name="Ann Li", note="new")
    office.check()
    office.compare()
    assert leads(office) == []
    office.edit(ann, alias="free")
    office.check()
    office.edit(ann, alias="vip")
    office.check()
    assert len(leads(office)) == 1


def test_everybody_who_qualifies_gets_one_where_that_is_asked_for(office: Office) -> None:
    people = {office.user(f"p{n}@example.com", name="P Q", alias="vip") for n in range(3)}
    office.user(BOB, alias="free")
    office.connect()
    put(office, LeadRule("vip", VIP.conditions, everybody=True))
    office.check()
    assert set(office.links()) == people
    assert len(leads(office)) == 3


def test_a_rule_made_in_the_middle_of_a_comparison_has_everybody_read_once_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FULL_PAGE", 1)
    people = {office.user(f"p{n}@example.com", name="P Q", alias="vip") for n in range(3)}
    office.pass_time(3600)
    office.user(BOB, alias="free")  # so that no sweep of the feed shows the others again
    office.connect()
    office.run(change_lead_rules(office.context, lambda _before: [VIP]))
    engine = office.world.engine
    for _ in range(3):
        office.run(engine.step())  # some pages are read, not all
    wide = LeadRule("wide", VIP.conditions, everybody=True)
    office.run(change_lead_rules(office.context, lambda _before: [wide]))
    for _ in range(12):
        office.run(engine.step())
        office.pass_time(60)
    assert set(office.links()) == people


def test_a_rule_for_everybody_has_its_turn_in_parts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creations, "BY_RULES_AT_ONCE", 1)
    for number in range(6):
        office.user(f"p{number}@example.com", name="P Q", alias="vip")
    bob = office.user(BOB, name="Bob Ray")
    office.connect()
    wide = LeadRule("vip", VIP.conditions, everybody=True)
    office.run(change_lead_rules(office.context, lambda _before: [wide]))
    office.compare()
    begun = len(office.links())
    assert 0 < begun < 6
    office.create_lead(bob)
    office.check()
    assert bob in office.links()  # what a person asks for does not wait for the others
    assert begun < len(office.links()) - 1
    office.check()
    assert len(office.links()) == 7


def test_whoever_matches_is_linked_and_no_lead_created(office: Office) -> None:
    ann, contact = office.user(alias="free"), office.contact(BOB)
    office.connect()
    put(office, VIP)
    office.salesforce.edit(contact, Email=ANN)
    office.edit(ann, alias="vip")
    office.check()
    office.check()
    assert office.links() == {ann: contact}
    assert leads(office) == []


def test_whoever_turns_out_to_match_is_linked_in_the_same_check(office: Office) -> None:
    visitor, contact = office.user(role="lead"), office.contact()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    put(office, LeadRule("users", (Condition(ROLE, Comparison.IS, "user"),)))
    office.intercom.convert_to_user(visitor)
    office.check()
    assert office.links() == {visitor: contact}
    assert leads(office) == []


def test_who_is_linked_already_gets_none(office: Office) -> None:
    ann, lead = office.user(alias="free"), office.lead()
    office.connect()
    put(office, VIP)
    office.edit(ann, alias="vip")
    office.check()
    assert office.links() == {ann: lead}
    assert leads(office) == [lead]
    assert office.creations() == []


def test_a_rule_on_the_role(office: Office) -> None:
    visitor = office.user(role="lead", name="Ann Lee")
    office.connect()
    put(office, LeadRule("users", (Condition(ROLE, Comparison.IS, "user"),)))
    office.intercom.convert_to_user(visitor)
    office.check()
    assert list(office.links()) == [visitor]


def test_a_refused_lead_by_rule_is_an_error_that_can_be_retried(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.edit(ann, alias="vip")
    office.check()
    assert [error.message for error in office.errors()] == ["Not today"]
    office.salesforce.remove_validation_rule("no")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.links() == {ann: leads(office)[0]}
    assert office.errors() == []


def test_a_lost_answer_makes_no_second_lead(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    office.salesforce.faults.arm(Fault(FaultKind.RESET_AFTER, "POST", r"/sobjects/Lead"))
    office.edit(ann, alias="vip")
    office.check()
    assert office.links() == {ann: leads(office)[0]}
    assert len(leads(office)) == 1


def test_what_a_rule_wanted_outlives_the_end_of_the_process(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, "GET", f"/contacts/{ann}", times=20))
    office.edit(ann, alias="vip")
    office.check()
    assert [one.state for one in office.creations()] == ["wanted"]
    office.intercom.faults.clear()
    office.restart()
    assert office.context.rules.lead_rules == (VIP,)
    office.check(600)
    assert office.links() == {ann: leads(office)[0]}


FREE = LeadRule("vip", (Condition(ALIAS, Comparison.IS, "free"),))


@pytest.fixture
def waiting(office: Office) -> str:
    """Ann, for whom a rule wants a lead that nobody has sent yet: the calls are used up."""
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    use(office, 0.85)
    office.check(400)
    office.edit(ann, alias="vip")
    office.check()
    assert [one.state for one in office.creations()] == ["wanted"]
    return ann


def go_on(office: Office) -> None:
    """The next day there are calls again."""
    office.pass_time(90_000)
    office.check()
    office.check()


def test_a_lead_is_withdrawn_whose_rule_is_removed_before_it_is_sent(
    office: Office, waiting: str
) -> None:
    office.run(change_lead_rules(office.context, lambda _before: []))
    go_on(office)
    assert leads(office) == []
    assert [one.state for one in office.creations()] == ["refused"]
    assert office.errors() == []


@pytest.mark.parametrize("changed", ["person", "rule"])
def test_a_lead_is_withdrawn_whose_person_does_not_qualify_any_more(
    office: Office, waiting: str, changed: str
) -> None:
    if changed == "person":
        office.edit(waiting, alias="free")
    else:
        office.run(change_lead_rules(office.context, lambda _before: [FREE]))
    go_on(office)
    assert leads(office) == []
    assert office.errors() == []


def test_who_qualifies_anew_after_that_gets_a_lead(office: Office, waiting: str) -> None:
    office.edit(waiting, alias="free")
    go_on(office)
    office.edit(waiting, alias="vip")
    office.check()
    assert office.links() == {waiting: leads(office)[0]}


def test_a_rule_that_is_back_before_its_turn_has_its_lead(office: Office, waiting: str) -> None:
    office.run(change_lead_rules(office.context, lambda _before: []))
    office.run(change_lead_rules(office.context, lambda _before: [VIP]))
    go_on(office)
    assert office.links() == {waiting: leads(office)[0]}


def test_what_a_person_asked_for_meanwhile_is_not_withdrawn(office: Office, waiting: str) -> None:
    office.create_lead(waiting)
    office.run(change_lead_rules(office.context, lambda _before: []))
    go_on(office)
    assert office.links() == {waiting: leads(office)[0]}


def test_a_lead_that_may_be_there_is_looked_for_though_its_rule_is_gone(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    create = (FaultKind.LATE_APPLY, "POST", "sobjects")
    office.salesforce.faults.arm(Fault(*create, delay=300))
    office.edit(ann, alias="vip")
    office.check()
    assert [one.state for one in office.creations()] == ["sending"]
    office.run(change_lead_rules(office.context, lambda _before: []))
    office.check(700)
    assert office.links() == {ann: leads(office)[0]}


def test_the_error_of_a_lead_that_is_not_wanted_any_more_goes_with_its_next_attempt(
    office: Office,
) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    office.salesforce.add_validation_rule("Lead", "never", lambda row: True, "No")
    office.edit(ann, alias="vip")
    office.check()
    assert len(office.errors()) == 1
    office.run(change_lead_rules(office.context, lambda _before: []))
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.errors() == []
    assert leads(office) == []


def test_visitors_who_do_not_qualify_cost_no_call(office: Office) -> None:
    office.connect()
    put(office, VIP)
    office.check()
    before = len(office.salesforce.log.entries)
    office.check()
    poll = len(office.salesforce.log.entries) - before
    for number in range(20):
        office.user(f"v{number}@example.com", alias="free")
    before = len(office.salesforce.log.entries)
    office.check()
    assert len(office.salesforce.log.entries) - before == poll


def test_leads_by_rule_leave_the_last_fifth_of_the_calls_alone(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    bob = office.user(BOB, name="Bob Ray")
    office.connect()
    put(office, VIP)
    use(office, 0.85)
    office.check(400)
    office.edit(ann, alias="vip")
    office.create_lead(bob)
    office.check()
    assert list(office.links()) == [bob]  # a person asked for that one
    assert [one.intercom_id for one in office.creations() if one.state == "wanted"] == [ann]
    office.pass_time(90_000)
    office.check()
    office.check()
    assert set(office.links()) == {ann, bob}


def test_by_hand_comes_before_by_rule(office: Office) -> None:
    ann = office.user(name="Ann Lee", alias="free")
    office.connect()
    put(office, VIP)
    office.edit(ann, alias="vip")
    office.intercom.settle_index()
    office.pass_time(120)
    office.run(office.world.engine.pause())
    office.run(commands.create_lead(office.context, ann, LeadChoices(company="By hand")))
    office.run(office.world.engine.resume())
    office.check()
    (lead,) = leads(office)
    assert office.sf(lead, "Company") == "By hand"


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ((), "without conditions"),
        ((Condition("custom_attributes.absent", Comparison.IS_SET),), "no attribute"),
        ((Condition(ALIAS, Comparison.MORE_THAN, "many"),), "neither a number"),
    ],
)
def test_rules_that_cannot_be(
    office: Office, conditions: tuple[Condition, ...], words: str
) -> None:
    office.connect()
    with pytest.raises(SetupError) as caught:
        put(office, LeadRule("x", conditions))
    assert words in caught.value.message
    assert office.context.rules.lead_rules == ()


def test_a_rule_that_is_removed_leaves_no_mark(office: Office) -> None:
    ann = office.user(alias="free")
    office.connect()
    put(office, VIP)
    assert any("vip" in name for name in office.person(Side.INTERCOM, ann).baseline)
    put(office)
    assert not any("vip" in name for name in office.person(Side.INTERCOM, ann).baseline)
    office.edit(ann, alias="vip")
    office.check()
    assert leads(office) == []
