"""Creating leads from Intercom: duplicates never, whatever happens to an answer."""

import pytest

from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, PersonKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.leads import have_lead
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.services.salesforce.client import ATTEMPTS
from tests.unit.engine.office import ANN, BOB, Office

CREATE = r"/sobjects/Lead"


def lost(office: Office, kind: FaultKind, delay: float = 5.0, times: int = 1) -> None:
    """Have the answer to the next creations be lost."""
    fault = Fault(kind, "POST", CREATE, delay=delay, times=times)
    office.salesforce.faults.arm(fault)


def sendings(office: Office) -> int:
    """How often a creation was sent."""
    return office.salesforce.log.count("POST", CREATE)


@pytest.fixture
def ann(office: Office) -> str:
    """A connected contact without a match, for whom a lead is asked for."""
    contact = office.user(name="Ann Lee", alias="Annie")
    office.connect()
    return contact


def test_a_lost_answer_of_a_creation_that_arrived_is_looked_up_and_found(
    office: Office, ann: str
) -> None:
    lost(office, FaultKind.RESET_AFTER)
    office.create_lead(ann)
    office.check()
    (lead,) = office.salesforce.ids("Lead")
    assert office.links() == {ann: lead}
    assert sendings(office) == 1
    assert [one.state for one in office.creations()] == ["created"]


def test_a_lost_creation_is_looked_up_after_2_and_10_minutes_and_only_then_sent_again(
    office: Office, ann: str
) -> None:
    lost(office, FaultKind.RESET_BEFORE)
    office.create_lead(ann)
    office.check()
    for wait in (119, 1, 599):
        assert office.salesforce.ids("Lead") == []
        assert [one.state for one in office.creations()] == ["sending"]
        office.check(wait)
    assert sendings(office) == 1
    office.check(1)
    (lead,) = office.salesforce.ids("Lead")
    assert sendings(office) == 2
    assert office.links() == {ann: lead}


def test_a_creation_that_arrives_late_is_found_and_not_sent_again(office: Office, ann: str) -> None:
    lost(office, FaultKind.LATE_APPLY, delay=400)
    office.create_lead(ann)
    for _ in range(10):
        office.check()
    assert sendings(office) == 1
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
    assert len(office.salesforce.ids("Lead")) == 1


def test_a_lead_that_arrives_late_is_its_own_contacts_and_not_another_ones_of_the_same_key(
    office: Office, ann: str
) -> None:
    office.user(phone="another contact of this address")
    office.check()
    lost(office, FaultKind.LATE_APPLY, delay=60)
    office.create_lead(ann)
    office.check(10)
    office.check(80)  # before it is looked up again
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
    assert [one.state for one in office.creations()] == ["created"]
    assert office.codes() == []


def test_a_creation_interrupted_by_a_restart_is_looked_up_first(office: Office, ann: str) -> None:
    lost(office, FaultKind.RESET_BEFORE)
    office.create_lead(ann)
    office.check()
    office.restart()
    office.check(60)
    assert office.salesforce.ids("Lead") == []
    office.check(120)
    office.check(600)
    assert len(office.salesforce.ids("Lead")) == 1
    assert sendings(office) == 2


def test_asking_twice_creates_one_lead(office: Office, ann: str) -> None:
    lost(office, FaultKind.RESET_BEFORE)
    office.create_lead(ann)
    office.check()
    office.create_lead(ann)
    for _ in range(10):
        office.check()
    assert len(office.salesforce.ids("Lead")) == 1


def test_asking_twice_for_someone_without_an_address_creates_one_lead(office: Office) -> None:
    someone = office.user(None, role="lead", name="Some One")
    office.connect()
    office.create_lead(someone)
    office.create_lead(someone)
    office.check()
    (lead,) = office.salesforce.ids("Lead")
    assert office.links() == {someone: lead}


def test_a_creation_that_waits_finds_the_lead_that_somebody_makes_meanwhile(
    office: Office, ann: str
) -> None:
    fault = Fault(FaultKind.SERVER_ERROR, "GET", f"/contacts/{ann}", times=20)
    office.intercom.faults.arm(fault)
    office.create_lead(ann)
    office.check()
    office.intercom.faults.clear()
    lead = office.lead()
    for _ in range(4):
        office.check()
    assert office.salesforce.ids("Lead") == [lead]
    assert office.links() == {ann: lead}


def test_a_refused_creation_is_an_error_and_a_retry_creates_the_lead(
    office: Office, ann: str
) -> None:
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.create_lead(ann)
    office.check()
    (error,) = office.errors()
    assert error.intercom_id == ann
    assert error.message == "Not today"
    assert office.writes_of_check() == 0  # not tried again by itself
    office.salesforce.remove_validation_rule("no")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
    assert office.errors() == []


def test_a_refused_creation_is_no_longer_listed_when_the_person_is_gone(office: Office) -> None:
    contact = office.user(alias="x" * 80)
    office.connect()
    office.create_lead(contact)
    office.check()
    assert office.codes() == ["too_long"]
    office.intercom.delete_contact(contact)
    office.compare()
    assert office.errors() == []
    assert office.salesforce.ids("Lead") == []


def test_the_retry_of_a_refused_creation_looks_for_the_person_first(
    office: Office, ann: str
) -> None:
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.create_lead(ann)
    office.check()
    office.salesforce.remove_validation_rule("no")
    lead = office.lead()
    office.run(commands.retry_errors(office.context))
    office.check()
    office.check()
    assert office.salesforce.ids("Lead") == [lead]
    assert office.links() == {ann: lead}
    assert office.errors() == []


def test_the_history_tells_of_the_creation_once(office: Office, ann: str) -> None:
    office.create_lead(ann)
    office.check()
    office.check()
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.CREATED]
    assert (entry.intercom_id, entry.salesforce_id) == (ann, office.salesforce.ids("Lead")[0])
    assert office.sf(str(entry.salesforce_id), "Email") == ANN


DAY = 86_400


def unclear(office: Office, ann: str) -> None:
    """Bring a creation to where nobody can tell what came of it."""
    lost(office, FaultKind.RESET_BEFORE, times=2)
    office.create_lead(ann)
    for wait in (120, 121, 601, 121, 601):
        office.check(wait)
    assert sendings(office) == 2
    assert [one.state for one in office.creations()] == ["unclear"]


def test_what_cannot_be_told_is_unclear_and_a_person_is_asked(office: Office, ann: str) -> None:
    unclear(office, ann)
    (error,) = office.errors()
    assert (error.code, error.intercom_id, error.side) == ("unclear", ann, Side.SALESFORCE)
    assert "link it if it is there, or retry" in error.remedy
    for _ in range(3):
        office.check(DAY)
    assert sendings(office) == 2  # never again without an answer
    assert office.salesforce.ids("Lead") == []


def test_what_is_unclear_cannot_be_asked_for_a_second_time(office: Office, ann: str) -> None:
    unclear(office, ann)
    office.create_lead(ann)
    office.check()
    assert sendings(office) == 2
    assert [one.state for one in office.creations()] == ["unclear"]


def late(office: Office, delay: float) -> str:
    """A creation that is unclear, and arrives `delay` seconds after it was sent a second time.

    Of somebody without an address: nothing but the look-up can find the lead.
    """
    kim = office.user(None, name="Kim Lee")
    office.connect()
    lost(office, FaultKind.RESET_BEFORE)
    lost(office, FaultKind.LATE_APPLY, delay=delay)
    office.create_lead(kim)
    for wait in (120, 121, 601, 121, 601):
        office.check(wait)
    assert [one.code for one in office.errors()] == ["unclear"]
    return kim


def test_the_retry_of_what_is_unclear_looks_up_first(office: Office) -> None:
    kim = late(office, delay=3600)
    office.check(3600)
    assert office.links() == {}
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.links() == {kim: office.salesforce.ids("Lead")[0]}
    assert sendings(office) == 2
    assert office.errors() == []


def test_the_retry_of_what_is_unclear_sends_what_is_not_there(office: Office, ann: str) -> None:
    unclear(office, ann)
    office.edit(ann, alias="Anna")
    office.run(commands.retry_errors(office.context))
    office.check()
    (lead,) = office.salesforce.ids("Lead")
    assert sendings(office) == 3
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") == "Anna"  # current values
    assert office.errors() == []


def test_the_automatic_attempt_of_a_day_finds_what_arrived_after_all(office: Office) -> None:
    kim = late(office, delay=3600)
    office.check(3600)
    assert office.links() == {}
    office.check(DAY)
    assert office.links() == {kim: office.salesforce.ids("Lead")[0]}
    assert sendings(office) == 2
    assert office.errors() == []


def test_what_cannot_be_looked_up_is_unclear_at_once(office: Office, ann: str) -> None:
    lost(office, FaultKind.RESET_AFTER)
    office.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, "GET", "/queryAll", times=4))
    office.create_lead(ann)
    office.run(office.world.engine.check([Side.INTERCOM]))  # the look-up meets the fault
    office.salesforce.hide_field("Lead", "Company")
    office.intercom.edit_contact(ann, email="other@example.com")  # so that nothing matches
    office.check()
    (error,) = office.errors()
    assert error.code == "unclear"
    assert "Company" in error.message
    assert sendings(office) == 1
    office.salesforce.show_field("Lead", "Company")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
    assert sendings(office) == 1


def test_linking_by_hand_answers_what_is_unclear(office: Office, ann: str) -> None:
    unclear(office, ann)
    lead = office.lead("other@example.com")
    office.check()
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, lead))
    assert office.errors() == []
    office.check(DAY)
    assert [one.state for one in office.creations()] == ["refused"]  # given up
    assert office.links() == {ann: lead}


def test_two_people_of_one_name_get_a_lead_each(office: Office) -> None:
    first = office.user(None, name="Kim Lee", alias="one")
    second = office.user(None, name="Kim Lee", alias="two")
    office.connect()
    lost(office, FaultKind.RESET_AFTER, times=2)
    office.create_lead(first)
    office.create_lead(second)
    office.check()
    links = office.links()
    assert set(links) == {first, second}
    assert sendings(office) == 2
    assert sorted(office.sf(lead, "Nickname__c") for lead in links.values()) == ["one", "two"]


def test_what_certainly_was_not_applied_is_sent_again_soon(office: Office, ann: str) -> None:
    office.salesforce.faults.arm(Fault(FaultKind.RATE_LIMITED, "POST", CREATE, times=4))
    office.create_lead(ann)
    office.check()
    assert office.links() == {}
    office.check(60)
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}


def test_nobody_is_created_for_a_contact_that_is_gone(office: Office, ann: str) -> None:
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.create_lead(ann)
    office.check()
    assert len(office.errors()) == 1
    office.salesforce.remove_validation_rule("no")
    office.intercom.delete_contact(ann)
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.salesforce.ids("Lead") == []
    assert office.errors() == []


def test_a_contact_that_is_gone_is_not_wanted_for_ever_though_somebody_carries_its_key(
    office: Office,
) -> None:
    ann, contact = office.user(), office.contact()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.run(commands.create_lead(office.context, ann))
    office.intercom.delete_contact(ann)
    office.check()
    assert [one.state for one in office.creations()] == ["refused"]
    assert office.person(Side.INTERCOM, ann).due is None
    assert office.links() == {}
    assert office.salesforce.ids("Contact") == [contact]
    assert office.salesforce.ids("Lead") == []


def test_a_contact_that_has_just_got_the_key_of_somebody_is_matched_and_no_lead_created(
    office: Office,
) -> None:
    ann, bob = office.user(name="Ann Lee"), office.contact(BOB)
    office.connect()
    office.edit(ann, email=BOB)  # not seen by a check yet
    office.run(have_lead(office.world.engine, ann))
    assert office.links() == {ann: bob}
    assert office.salesforce.ids("Lead") == []


def test_a_refused_creation_counts_its_attempts(office: Office, ann: str) -> None:
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.create_lead(ann)
    office.check()
    (before,) = office.errors()
    office.run(commands.retry_errors(office.context))
    office.check()
    (after,) = office.errors()
    assert (after.id, after.attempts) == (before.id, 2)
    assert after.first_at == before.first_at < after.last_at


def test_a_match_that_no_longer_carries_the_key_is_not_linked_but_a_lead_created(
    office: Office,
) -> None:
    ann, lead = office.user(name="Ann Lee"), office.lead()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.salesforce.edit(lead, Email="bob@example.com")  # only reading the record shows it
    office.create_lead(ann)
    office.run(office.world.engine.check([Side.INTERCOM]))
    (created,) = set(office.salesforce.ids("Lead")) - {lead}
    assert office.links() == {ann: created}


def locked(office: Office, times: int) -> None:
    """Have a row be locked by another transaction, so many times."""
    office.salesforce.faults.arm(Fault(FaultKind.LOCK_ROW, "POST", CREATE, times=times))


def test_a_lead_that_a_lock_keeps_waiting_keeps_nothing_else(office: Office) -> None:
    ann, bob = office.user(name="Ann Lee"), office.user(BOB, name="Bob Ray")
    cat, contact = office.user("cat@example.com"), office.contact("cat@example.com")
    office.connect()
    office.create_lead(ann)
    office.create_lead(bob)
    office.edit(cat, alias="Cat")
    locked(office, ATTEMPTS)  # of Ann's only
    office.check()
    assert set(office.links()) == {bob, cat}
    assert office.sf(contact, "Nickname__c") == "Cat"
    assert office.world.engine.conditions.is_open(Side.SALESFORCE, office.world.clock.now())
    assert office.errors() == []
    office.check()
    assert set(office.links()) == {ann, bob, cat}
    assert len(office.salesforce.ids("Lead")) == 2


def test_a_lock_that_lasts_is_listed_until_the_lead_is_there(office: Office, ann: str) -> None:
    locked(office, 200)
    office.create_lead(ann)
    office.check()
    assert office.codes() == []
    for _ in range(8):
        office.check()
    (error,) = office.errors()
    assert (error.code, error.intercom_id) == ("UNABLE_TO_LOCK_ROW", ann)
    assert "tried again by itself" in error.remedy
    office.salesforce.faults.clear()
    office.check()
    assert office.links() == {ann: office.salesforce.ids("Lead")[0]}
    assert office.codes() == []
