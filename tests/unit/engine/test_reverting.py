"""Taking back a change of ours: what it replaced is put back, if nobody changed it since."""

from __future__ import annotations

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from sfsync_gui.engine.commands import unlink
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.reverting import revert
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import sample_rows
from tests.unit.engine.office import Office


@pytest.fixture
def changed(office: Office) -> tuple[Office, str, str, HistoryEntry]:
    """A lead whose nickname was changed from Intercom, and what the history tells of it."""
    contact, lead = office.user(alias="Old"), office.lead(Nickname__c="Old")
    office.connect()
    office.edit(contact, alias="New")
    office.check()
    assert office.sf(lead, "Nickname__c") == "New"
    return office, contact, lead, newest(office)


def newest(office: Office) -> HistoryEntry:
    """The last value that was written."""
    return max((one for one in written(office)), key=lambda one: one.id)


def written(office: Office) -> list[HistoryEntry]:
    """Every value that was written."""
    return [one for one in office.history() if one.kind is HistoryKind.WRITTEN]


def test_the_former_value_is_put_back_and_nothing_follows_from_it(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, lead, entry = changed
    office.run(revert(office.context, entry.id))
    office.check()
    assert office.sf(lead, "Nickname__c") == "Old"
    assert office.ic(contact, "alias") == "New"
    told = newest(office)
    assert (told.trigger, told.before, told.after) == (Trigger.REVERTED, "New", "Old")
    assert office.writes_of_check() == 0


def test_it_outlives_a_restart_before_it_is_written(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, lead, entry = changed
    office.run(revert(office.context, entry.id))
    office.restart()
    office.check()
    assert office.sf(lead, "Nickname__c") == "Old"


def test_the_next_change_of_the_source_is_copied_as_ever(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, lead, entry = changed
    office.run(revert(office.context, entry.id))
    office.check()
    office.edit(contact, alias="Newest")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Newest"


def test_a_value_that_was_changed_since_is_left_as_it_is(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, lead, entry = changed
    office.salesforce.edit(lead, Nickname__c="Theirs")  # not seen by a check yet
    with pytest.raises(RecordError, match="changed since"):
        office.run(revert(office.context, entry.id))
    office.check()
    assert office.sf(lead, "Nickname__c") == "Theirs"


def test_a_change_that_comes_before_the_write_wins(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, lead, entry = changed
    office.run(revert(office.context, entry.id))
    office.salesforce.edit(lead, Nickname__c="Theirs")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Theirs"


def test_twice_is_refused(changed: tuple[Office, str, str, HistoryEntry]) -> None:
    office, _, _, entry = changed
    office.run(revert(office.context, entry.id))
    office.check()
    with pytest.raises(RecordError, match="there already"):
        office.run(revert(office.context, entry.id))


def test_what_was_taken_back_can_be_taken_back_itself(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, lead, entry = changed
    office.run(revert(office.context, entry.id))
    office.check()
    office.run(revert(office.context, newest(office).id))
    office.check()
    assert office.sf(lead, "Nickname__c") == "New"


def test_a_two_way_value_is_put_back_on_the_side_that_was_written(office: Office) -> None:
    contact, lead = office.user(phone="+1"), office.lead(Phone="+1")
    office.connect()
    office.salesforce.edit(lead, Phone="+2")
    office.check()
    assert office.ic(contact, "phone") == "+2"
    entry = newest(office)
    assert entry.side is Side.INTERCOM
    office.run(revert(office.context, entry.id))
    office.check()
    assert office.ic(contact, "phone") == "+1"
    assert office.sf(lead, "Phone") == "+2"
    assert office.writes_of_check() == 0


def test_a_value_that_was_blank_becomes_blank_again(office: Office) -> None:
    contact, lead = office.user(), office.lead()
    office.connect()
    office.edit(contact, alias="New")
    office.check()
    office.run(revert(office.context, newest(office).id))
    office.check()
    assert office.sf(lead, "Nickname__c") is None


def test_people_that_are_not_linked_any_more(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, _, entry = changed
    office.run(unlink(office.context, office.link(contact).id))
    with pytest.raises(RecordError, match="not linked any more"):
        office.run(revert(office.context, entry.id))


def test_a_field_that_is_not_mapped_any_more(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, _, entry = changed
    office.run(edit_rows(office.context, [row for row in sample_rows() if row.id != entry.row_id]))
    with pytest.raises(RecordError, match="does not write this field"):
        office.run(revert(office.context, entry.id))


def test_an_entry_that_is_no_written_value(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, _, _, entry = changed
    linked = next(one for one in office.history() if one.kind is HistoryKind.LINKED)
    for number in (linked.id, entry.id + 1000):
        with pytest.raises(RecordError, match="no written value"):
            office.run(revert(office.context, number))


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.LATE_APPLY])
def test_it_stays_taken_back_though_the_answer_was_lost(office: Office, kind: FaultKind) -> None:
    contact, lead = office.user(title="Old"), office.lead(Title="Old")
    office.connect()
    office.salesforce.edit(lead, Title="New")
    office.check()
    office.run(revert(office.context, newest(office).id))
    office.intercom.faults.arm(Fault(kind, "PUT", "^/contacts/", delay=5.0))
    office.check()
    office.check()
    assert office.ic(contact, "title") == "Old"
    assert newest(office).trigger is Trigger.REVERTED
    assert office.writes_of_check() == 0


def test_a_change_that_follows_a_lost_answer_is_copied(office: Office) -> None:
    contact, lead = office.user(title="Old"), office.lead(Title="Old")
    office.connect()
    office.salesforce.edit(lead, Title="New")
    office.check()
    office.run(revert(office.context, newest(office).id))
    office.intercom.faults.arm(Fault(FaultKind.RESET_AFTER, "PUT", "^/contacts/"))
    office.check()
    office.salesforce.edit(lead, Title="Newest")
    office.check()
    assert office.ic(contact, "title") == "Newest"
    assert office.writes_of_check() == 0


def test_a_change_of_another_field_leaves_it_wanted(office: Office) -> None:
    contact, lead = office.user(phone="+1", title="A"), office.lead(Phone="+1", Title="A")
    office.connect()
    office.salesforce.edit(lead, Phone="+2")
    office.check()
    office.run(revert(office.context, newest(office).id))
    office.salesforce.edit(lead, Title="B")
    office.check()
    assert (office.ic(contact, "phone"), office.ic(contact, "title")) == ("+1", "B")
    assert office.sf(lead, "Phone") == "+2"


def test_a_value_of_the_other_side_that_waits_is_not_given_up(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, lead, entry = changed
    office.edit(contact, alias="Newest")  # not seen by a check yet
    with pytest.raises(RecordError, match="Intercom has another value by now"):
        office.run(revert(office.context, entry.id))
    office.check()
    assert office.sf(lead, "Nickname__c") == "Newest"


def test_somebody_who_is_gone(changed: tuple[Office, str, str, HistoryEntry]) -> None:
    office, contact, _, entry = changed
    office.intercom.delete_contact(contact)  # not seen by a check yet
    with pytest.raises(RecordError, match="no longer there"):
        office.run(revert(office.context, entry.id))


def test_a_blank_that_is_not_copied_does_not_wait(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, lead, entry = changed
    office.edit(contact, alias=None)
    office.run(revert(office.context, entry.id))
    office.check()
    assert office.sf(lead, "Nickname__c") == "Old"
    assert office.writes_of_check() == 0


def test_a_blank_that_is_not_copied_settles_though_a_change_comes_before_the_write(
    changed: tuple[Office, str, str, HistoryEntry],
) -> None:
    office, contact, lead, entry = changed
    office.edit(contact, alias=None)
    office.run(revert(office.context, entry.id))
    office.salesforce.edit(lead, Nickname__c="Theirs")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Theirs"
    settled = office.link(contact).synced["up"]
    assert settled.intercom is None
