"""Writes of unknown outcome that turn out to have arrived: told as if the answer had come."""

from __future__ import annotations

import pytest

from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import CrashError
from tests.unit.engine.office import Office

IC, SF = Side.INTERCOM, Side.SALESFORCE
WRITTEN, OVERRULED = HistoryKind.WRITTEN, HistoryKind.OVERRULED


def told(office: Office, row_id: str) -> list[tuple[HistoryKind, object, object, Trigger]]:
    """The history of a row: what was done, from and to which value, and why."""
    return [
        (entry.kind, entry.before, entry.after, entry.trigger)
        for entry in office.history()
        if entry.row_id == row_id
    ]


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.LATE_APPLY])
def test_the_value_that_lost_is_in_the_history_though_the_answer_was(
    office: Office, kind: FaultKind
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, phone="theirs")
    office.salesforce.edit(lead, Phone="ours")
    office.intercom.faults.arm(Fault(kind, "PUT", "^/contacts/", delay=5.0))
    office.check()
    assert told(office, "two") == []
    office.check()
    assert office.ic(ann, "phone") == "ours"
    assert told(office, "two") == [(OVERRULED, "theirs", "ours", Trigger.SALESFORCE_UPDATED)]
    assert office.writes_of_check() == 0


def test_a_write_whose_process_died_before_it_could_settle_is_in_the_history(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead(Nickname__c="Nan")
    office.connect()
    office.edit(ann, alias="Annie")
    office.pass_time(120)
    with pytest.raises(CrashError):
        office.run(_die_over(office, "after a Salesforce request", lead, "Annie"))
    office.restart()
    office.check()
    assert told(office, "up") == [(WRITTEN, "Nan", "Annie", Trigger.INTERCOM_UPDATED)]
    assert office.writes_of_check() == 0


async def _die_over(office: Office, name: str, lead: str, alias: str) -> None:
    """Check, and die at the first point of this name at which the lead has its new alias."""
    original = office.world.crashes.point

    def point(passed: str) -> None:
        original(passed)
        if passed == name and office.sf(lead, "Nickname__c") == alias:
            raise CrashError(passed)

    office.world.crashes.point = point  # type: ignore[assignment, method-assign]
    try:
        await office.world.engine.sync_once()
    finally:
        office.world.crashes.point = original  # type: ignore[method-assign]
