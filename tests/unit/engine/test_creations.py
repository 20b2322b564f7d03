"""Creating leads from Intercom: duplicates never, whatever happens to an answer."""

import pytest

from sfsync_gui.core.vocabulary import HistoryKind
from sfsync_gui.engine import commands
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import ANN, Office

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
        assert [one.state for one in office.creations()] == ["unclear"]
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
