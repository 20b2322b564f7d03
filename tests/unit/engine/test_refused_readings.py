"""Intercom refuses a request about one record: that is told of its person, and the others go on."""

from __future__ import annotations

import pytest

from sfsync_gui.core.failures import REQUEST_REFUSED, RecordError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.connecting import link_everyone
from sfsync_gui.engine.reading import REFUSED_PAUSE
from sfsync_gui.engine.reverting import revert
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import ANN, BOB, Office
from tests.unit.engine.test_connecting import observed_now
from tests.unit.engine.test_conversation_log import logged, switch, talk
from tests.unit.engine.test_lead_rules import leads, put
from tests.unit.engine.test_lead_rules_labels import VIP


def refuse(office: Office, path: str) -> None:
    """From now on Intercom refuses to show what is under this path."""
    office.intercom.faults.arm(Fault(FaultKind.REFUSED, "GET", f"{path}$", times=100_000))


def told_of(office: Office, person: str) -> SyncError:
    """The one error there is: of this person, with what Intercom said; both sides are ready."""
    assert office.world.engine.conditions.statuses[Side.INTERCOM].reason is None
    assert office.world.engine.conditions.statuses[Side.SALESFORCE].reason is None
    (error,) = office.errors()
    assert error.intercom_id == person
    assert error.code == REQUEST_REFUSED
    assert "Something went wrong (HTTP 400 client_error" in error.message
    return error


def mend(office: Office) -> None:
    """Intercom shows everything again, and a person retries."""
    office.intercom.faults.clear()
    office.run(commands.retry_errors(office.context))
    office.check()


@pytest.mark.parametrize("below", ["", "/companies"])
def test_of_two_leads_one_whose_contact_or_companies_are_not_shown_is_told(
    below: str, office: Office
) -> None:
    ann, bob = office.user(name="Ann Lee"), office.user(BOB, name="Bob Ray")
    office.connect()
    refuse(office, f"/contacts/{ann}{below}")
    for one in (ann, bob):
        office.create_lead(one)
    office.check()
    assert list(office.links()) == [bob]
    told_of(office, ann)
    mend(office)
    assert set(office.links()) == {ann, bob}
    assert office.errors() == []


def test_of_two_conversations_one_that_is_not_shown_is_told(office: Office) -> None:
    ann, bob = office.user(name="Ann Lee"), office.user(BOB, name="Bob Ray")
    office.contact(), office.contact(BOB)
    office.connect()
    switch(office)
    office.check()
    hers, his = talk(office, ann), talk(office, bob)
    refuse(office, f"/conversations/{hers}")
    office.check()
    assert logged(office) == [his]
    told_of(office, ann)
    later = talk(office, bob)
    office.check()
    assert logged(office) == sorted([his, later])
    mend(office)
    assert logged(office) == sorted([hers, his, later])
    assert office.errors() == []


def test_what_is_written_by_what_a_record_holds_waits_for_that_record_alone(
    office: Office,
) -> None:
    ann, bob = office.user(), office.user(BOB)
    hers, his = office.lead(), office.lead(BOB)
    office.connect()
    refuse(office, f"/contacts/{ann}")
    for lead in (hers, his):
        office.salesforce.edit(lead, Phone="2", Title="Chief")
    office.check()
    assert office.ic(bob, "phone") == "2"
    assert office.ic(ann, "phone") is None
    assert office.ic(ann, "title") == "Chief"  # what does not rest on a reading is written
    assert told_of(office, ann).row_id == "two"
    mend(office)
    assert office.ic(ann, "phone") == "2"
    assert office.errors() == []


def test_who_is_to_be_linked_waits_alone_and_is_not_asked_for_again_at_once(
    office: Office,
) -> None:
    ann, bob = office.user(), office.user(BOB)
    hers, his = office.lead(), office.lead(BOB)
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    refuse(office, f"/contacts/{ann}")
    for one in (ann, bob):
        office.edit(one, alias="changed")
    office.check()
    assert office.links() == {bob: his}
    first = told_of(office, ann)
    asked = office.intercom.log.count("GET", f"/contacts/{ann}")
    for _ in range(3):
        office.pass_time(60)
        office.run(office.world.engine.check(list(Side)))
    assert office.intercom.log.count("GET", f"/contacts/{ann}") == asked
    assert told_of(office, ann).attempts == first.attempts
    office.pass_time(REFUSED_PAUSE)
    office.run(office.world.engine.check(list(Side)))
    assert office.intercom.log.count("GET", f"/contacts/{ann}") == asked + 1
    assert told_of(office, ann).attempts == first.attempts + 1
    mend(office)
    assert office.links() == {ann: hers, bob: his}
    assert office.sf(hers, "Nickname__c") == "changed"  # nothing was lost by the wait
    assert office.errors() == []


def test_a_link_to_somebody_who_is_not_shown_is_not_ended(office: Office) -> None:
    visitor, lead = office.user(role="lead"), office.lead()
    user = office.user("new@example.com")
    office.connect()
    assert office.links() == {visitor: lead}
    refuse(office, f"/contacts/{user}")
    office.intercom.merge_contacts(visitor, user)
    office.compare()
    assert office.links() == {visitor: lead}
    told_of(office, visitor)
    mend(office)
    assert office.links() == {user: lead}
    assert office.errors() == []


def test_a_rule_goes_on_where_the_tags_of_one_are_not_shown(office: Office) -> None:
    office.intercom.tag_contact(office.user("c@example.com"), "vip")
    office.connect()
    put(office, VIP)
    ann, bob = office.user(ANN, name="Ann Lee"), office.user(BOB, name="Bob Ray")
    for one in (ann, bob):
        for number in range(12):  # more than a reading shows
            office.intercom.tag_contact(one, f"tag {number}")
        office.intercom.tag_contact(one, "vip")
    refuse(office, f"/contacts/{ann}/tags")
    office.check()
    assert len(leads(office)) == 1
    assert list(office.links()) == [bob]
    assert office.world.engine.conditions.statuses[Side.INTERCOM].reason is None


def test_somebody_who_waits_for_a_reading_is_told_at_once(office: Office) -> None:
    ann = office.user()
    office.lead()
    office.connect()
    office.edit(ann, alias="Annie")
    office.check()
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.WRITTEN]
    refuse(office, f"/contacts/{ann}")
    for _ in range(2):
        with pytest.raises(RecordError) as refused:
            office.run(revert(office.context, entry.id))
        assert refused.value.code == REQUEST_REFUSED
    office.intercom.faults.clear()
    office.run(revert(office.context, entry.id))


def test_who_is_not_shown_at_a_retry_either_stays_told(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    refuse(office, f"/contacts/{ann}")
    office.edit(ann, alias="changed")
    office.check()
    first = told_of(office, ann)
    office.run(commands.retry_errors(office.context))
    office.check()
    again = told_of(office, ann)
    assert again.holds
    assert again.attempts == first.attempts + 1
    office.salesforce.delete(lead)
    office.check()
    mend(office)
    assert office.errors() == []  # there is nobody to be linked with any more


def test_who_is_not_shown_when_everybody_is_linked_is_told(office: Office) -> None:
    ann, bob = office.user(), office.user(BOB)
    hers, his = office.lead(), office.lead(BOB)
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.edit(ann, alias="ahead of the index")
    office.run(observed_now(office, ann))
    refuse(office, f"/contacts/{ann}")
    office.run(link_everyone(office.context))
    assert office.links() == {bob: his}
    told_of(office, ann)
    mend(office)
    assert office.links() == {ann: hers, bob: his}
    assert office.errors() == []
