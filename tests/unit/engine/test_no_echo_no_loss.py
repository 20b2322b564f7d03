"""No echo, no loss; and a link ends only on proof."""

import pytest

from sfsync_gui.core.vocabulary import BlankRule, Direction, FirstRun, HistoryKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.checking import check_intercom, check_salesforce
from sfsync_gui.engine.reverting import revert
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import ANN, BOB, Office

IC, SF = Side.INTERCOM, Side.SALESFORCE


@pytest.fixture
def linked(office: Office) -> tuple[str, str]:
    """A linked pair that has settled after writes both ways."""
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, alias="Annie", phone="1")
    office.salesforce.edit(lead, Title="Boss", City="Rome")
    office.check()
    return ann, lead


def due_rows(office: Office, contact_id: str) -> set[str]:
    """Read both feeds and see what they make due, before anything is written."""
    office.pass_time(120)
    office.run(check_intercom(office.context, sweep=True))
    office.run(check_salesforce(office.context))
    return set(office.link(contact_id).due)


def test_a_second_pass_over_an_unchanged_world_makes_no_writes(
    office: Office, linked: tuple[str, str]
) -> None:
    assert len(office.written()) == 4
    for _ in range(3):
        assert office.writes_of_check() == 0
    office.compare()
    assert office.writes_of_check() == 0
    assert office.link(linked[0]).due == {}


def test_a_moved_timestamp_makes_nothing_due(office: Office, linked: tuple[str, str]) -> None:
    ann, lead = linked
    office.intercom.touch(ann)
    office.salesforce.touch(lead)
    office.salesforce.edit(lead, Street="1 Main St")  # is not mapped
    assert due_rows(office, ann) == set()


def test_an_update_in_intercom_makes_due_the_rows_that_changed(
    office: Office, linked: tuple[str, str]
) -> None:
    ann, _ = linked
    office.edit(ann, alias="Anna", title="ignored")
    assert due_rows(office, ann) == {"up"}


def test_an_update_in_salesforce_makes_all_rows_due_to_intercom(
    office: Office, linked: tuple[str, str]
) -> None:
    ann, lead = linked
    office.salesforce.edit(lead, Title="Chief")
    assert due_rows(office, ann) == {"two", "copies", "down", "chain2", "leads"}


def test_our_own_write_makes_due_only_other_rows_of_that_field(office: Office) -> None:
    ann, lead = office.user(title="Chief"), office.lead(Title="Boss")
    office.connect()
    office.edit(ann, first="one")
    office.check()
    assert office.sf(lead, "Notes__c") == "one"
    assert office.ic(ann, "second") == "one"  # first → Notes__c → second
    assert office.ic(ann, "title") == "Chief"  # the other rows were not planned
    assert office.written() == {(SF, "chain1"), (IC, "chain2")}


def test_a_value_changed_while_the_app_writes_is_newer(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, alias="Annie", phone="1")
    office.pass_time(120)
    office.run(office.world.engine.check([IC]))
    office.salesforce.edit(lead, Phone="2")
    office.check()
    assert office.ic(ann, "phone") == "2"
    assert office.sf(lead, "Phone") == "2"


def test_the_losing_value_of_a_conflict_is_kept_in_history(office: Office) -> None:
    ann, lead = office.user(phone="0"), office.lead(Phone="0")
    office.connect()
    office.edit(ann, phone="1")
    office.salesforce.edit(lead, Phone="2")
    office.check()
    assert office.ic(ann, "phone") == office.sf(lead, "Phone") == "2"
    (lost,) = [one for one in office.history() if one.row_id == "two"]
    assert lost.kind is HistoryKind.OVERRULED
    assert (lost.side, lost.before, lost.after) == (IC, "1", "2")


def test_the_value_that_lost_a_conflict_can_be_taken_back(office: Office) -> None:
    ann, lead = office.user(phone="0"), office.lead(Phone="0")
    office.connect()
    office.edit(ann, phone="1")
    office.salesforce.edit(lead, Phone="2")
    office.check()
    (lost,) = [one for one in office.history() if one.row_id == "two"]
    office.run(revert(office.context, lost.id))
    office.check()
    assert office.ic(ann, "phone") == "1"
    assert office.sf(lead, "Phone") == "2"


def test_a_blank_settles_its_own_side_and_is_refilled_by_the_next_change(office: Office) -> None:
    ann, lead = office.user(phone="0"), office.lead(Phone="0")
    office.connect()
    office.edit(ann, phone=None)
    assert office.writes_of_check() == 0
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    assert office.ic(ann, "phone") is None
    office.salesforce.edit(lead, Phone="2")
    office.check()
    assert office.ic(ann, "phone") == "2"


def test_a_row_may_copy_blanks(office: Office) -> None:
    ann, lead = office.user(note="n"), office.lead(Short_Note__c="n")
    office.connect()
    assert [row.blank_rule for row in office.context.rules.rows if row.id == "copies"] == [
        BlankRule.COPY
    ]
    office.edit(ann, note=None)
    office.check()
    assert office.sf(lead, "Short_Note__c") is None


def test_the_position_moves_only_with_the_last_page_of_a_reading(office: Office) -> None:
    office.user()
    office.connect()
    office.check()
    people = [office.user(f"p{number}@example.com") for number in range(160)]
    before = office.run(office.world.store.run(lambda unit: unit.state.intercom_position()))
    # The first page arrives, the second does not.
    office.intercom.faults.arm(
        Fault(FaultKind.SERVER_ERROR, "POST", "/contacts/search", skip=1, times=50)
    )
    office.check()
    between = office.run(office.world.store.run(lambda unit: unit.state.intercom_position()))
    assert between == before
    assert office.intercom.faults.fired[FaultKind.SERVER_ERROR]
    office.intercom.faults.clear()
    office.check(600)
    after = office.run(office.world.store.run(lambda unit: unit.state.intercom_position()))
    assert before is not None
    assert after is not None
    assert after.updated_at > before.updated_at
    for person_id in people:
        office.person(IC, person_id)


def test_a_late_commit_in_salesforce_is_seen(office: Office, linked: tuple[str, str]) -> None:
    ann, lead = linked
    other = office.lead(BOB)
    office.salesforce.edit(lead, _visible_after=600, Title="Late")
    office.pass_time(300)
    office.salesforce.edit(other, Title="x")  # moves the position beyond the late stamp
    office.check()
    assert office.ic(ann, "title") == "Boss"
    office.check(300)
    assert office.ic(ann, "title") == "Late"


def test_the_comparison_finds_what_moved_no_timestamp(
    office: Office, linked: tuple[str, str]
) -> None:
    ann, lead = linked
    office.pass_time(2000)
    office.lead(BOB)  # from now on the readings begin later
    office.check()
    org = office.salesforce.org
    stored = org.store.get(lead)
    assert stored is not None
    org.store.put(lead, {**stored, "Title": "Silent"})
    office.check()
    assert office.ic(ann, "title") == "Boss"
    office.compare()
    assert office.ic(ann, "title") == "Silent"


def test_missing_from_the_list_is_a_suspicion_only(office: Office) -> None:
    office.connect()
    ann, lead = office.user(), office.lead()
    office.check()
    index = office.intercom.workspace
    shown = index.contacts.pop(ann)
    index.settle_index()  # the list no longer shows her
    index.contacts[ann] = shown
    office.compare()
    assert office.links() == {ann: lead}


@pytest.mark.parametrize("vanish", ["hide", "purge"])
def test_a_record_neither_there_nor_deleted_keeps_its_link_and_is_reported(
    office: Office, vanish: str
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    getattr(office.salesforce, vanish)(lead)
    office.compare()
    assert office.links() == {ann: lead}
    assert office.codes() == ["gone_or_hidden"]


def test_a_hidden_record_shows_in_a_write_and_the_report_vanishes_when_it_is_shared(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.salesforce.hide(lead)
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {ann: lead}
    assert len(office.errors()) == 1
    office.salesforce.share(lead)
    office.edit(ann, alias="Anna")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Anna"
    assert office.errors() == []


def hidden(office: Office) -> tuple[str, str]:
    """A linked pair whose record is hidden when a change of the contact is to be written."""
    ann, lead = office.user(), office.lead()
    office.connect()
    office.salesforce.hide(lead)
    office.edit(ann, alias="Annie")
    office.check()
    assert office.codes() == ["gone_or_hidden"]
    return ann, lead


def test_the_retry_of_a_hidden_record_looks_at_it_and_counts_the_attempt(office: Office) -> None:
    ann, lead = hidden(office)
    before = office.world.writes()
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.world.writes() == before  # read, and not written
    (error,) = office.errors()
    assert (error.attempts, error.link_id) == (2, office.link(ann).id)
    office.salesforce.share(lead)
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.errors() == []
    assert office.sf(lead, "Nickname__c") == "Annie"  # nothing was lost meanwhile


def test_a_hidden_record_is_tried_once_a_day_by_itself(office: Office) -> None:
    _, lead = hidden(office)
    office.pass_time(1000)
    office.lead(BOB)  # the record's last change lies before what the feed reads once more
    office.check()
    office.salesforce.share(lead)
    office.check()
    assert len(office.errors()) == 1
    office.pass_time(86_500)
    for _ in range(3):
        office.run(office.world.engine.step())
    assert office.errors() == []
    assert office.sf(lead, "Nickname__c") == "Annie"


@pytest.mark.parametrize("edited", [False, True])
def test_a_hidden_record_that_shows_again_takes_what_it_missed(
    office: Office, edited: bool
) -> None:
    ann, lead = hidden(office)
    office.salesforce.edit(lead, Title="Dr")
    office.check()
    office.salesforce.share(lead)
    if edited:
        office.salesforce.touch(lead)
        office.check()
    else:
        office.compare()
    assert office.errors() == []
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.ic(ann, "title") == "Dr"


def test_the_retry_where_a_converted_leads_contact_was_hidden_follows_it(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    contact = office.salesforce.convert(lead)
    office.salesforce.hide(contact)
    office.check()
    assert office.links() == {ann: lead}
    assert office.codes() == ["gone_or_hidden"]
    office.salesforce.share(contact)
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.links() == {ann: contact}
    assert office.errors() == []


def test_a_converted_lead_is_not_written_before_its_link_has_moved(office: Office) -> None:
    ann, lead = office.user(phone="1"), office.lead(Phone="1")
    office.connect()
    office.edit(ann, phone="2")
    office.pass_time(120)
    contact = office.salesforce.convert(lead)
    office.run(office.world.engine.check([Side.INTERCOM]))  # the lead is read before the write
    assert office.sf(lead, "Phone") == "1"
    assert office.links() == {ann: contact}
    assert office.sf(contact, "Phone") == "2"


def test_connected_people_who_change_nothing_are_left_alone(office: Office) -> None:
    office.user(ANN, title="Chief", phone="1")
    office.lead(Title="Boss", Phone="2")
    office.connect(first_run=FirstRun.LINK_ALL)
    assert office.writes_of_check() == 0
    assert {row.direction for row in office.context.rules.rows} == set(Direction)
