"""A changed mapping key: existing links stay, matching starts anew, whatever lags or breaks."""

from __future__ import annotations

import asyncio

import pytest

from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder
from sfsync_gui.core.vocabulary import Direction, FirstRun, HistoryKind, Side
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import CrashError, sample_rows
from tests.unit.engine.office import ANN, BOB, Office

EXTERNAL = MappingKey("external_id", "External_Id__c", "External_Id__c")


def match_by_external_id(office: Office) -> None:
    office.run(change_key(office.context, EXTERNAL, MatchingOrder()))


def linked_pair(office: Office) -> tuple[str, str]:
    """Two people linked by their address, each with an id of its own."""
    pair = office.user(external_id="1"), office.lead(External_Id__c="2")
    office.connect()
    assert office.links() == dict([pair])
    return pair


def unlinkings(office: Office) -> int:
    return sum(one.kind is HistoryKind.UNLINKED for one in office.history())


def test_a_link_whose_contact_the_list_shows_as_it_was_before_our_write_stays(
    office: Office,
) -> None:
    ann, lead = linked_pair(office)
    office.salesforce.edit(lead, Title="Dr")
    office.pass_time(120)
    office.run(office.world.engine.sync_once())
    assert office.ic(ann, "title") == "Dr"
    match_by_external_id(office)  # at once: the index does not show our write yet
    office.check()
    assert office.links() == {ann: lead}
    assert (office.link(ann).intercom_key, office.link(ann).salesforce_key) == ("1", "2")


def test_a_contact_that_the_list_does_not_show_keeps_no_old_key(office: Office) -> None:
    office.user(BOB)
    ann = office.user(external_id="1")
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.intercom.delete_contact(ann)
    office.pass_time(120)
    match_by_external_id(office)
    assert office.person(Side.INTERCOM, ann).key is None
    office.lead(None, External_Id__c=ANN)  # her address, in another field
    office.check()
    assert office.links() == {}


def test_a_key_that_the_list_does_not_tell_is_unknown_until_the_feed_tells_it(
    office: Office,
) -> None:
    ann = office.user(external_id="1")
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    lead = office.lead("other@example.com", External_Id__c="1")
    office.check()
    office.edit(ann, alias="Annie")  # newer than what the feed has seen
    office.pass_time(120)
    match_by_external_id(office)
    assert office.person(Side.INTERCOM, ann).key is None
    office.check()
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_an_update_between_the_last_check_and_the_new_key_is_not_swallowed(office: Office) -> None:
    ann, lead = linked_pair(office)
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Title="Dr")
    office.pass_time(120)
    match_by_external_id(office)
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.ic(ann, "title") == "Dr"


def test_a_key_changed_between_the_last_check_and_the_new_key_ends_the_link(
    office: Office,
) -> None:
    ann, _ = linked_pair(office)
    office.intercom.edit_contact(ann, external_id="9")
    office.pass_time(120)
    match_by_external_id(office)
    assert office.link(ann).intercom_key == "1"  # as last observed
    office.check()
    assert office.links() == {}


@pytest.mark.parametrize("point", range(1, 16))
def test_a_crash_in_the_middle_is_made_good_and_ends_no_link(office: Office, point: int) -> None:
    ann, lead = linked_pair(office)
    office.edit(ann, alias="Annie")
    office.pass_time(120)
    office.world.crashes.left = point
    try:
        match_by_external_id(office)
    except CrashError:
        office.run(office.world.restart())
    office.world.crashes.left = 0
    in_force = office.context.rules.key
    office.check()
    assert office.links() == {ann: lead}
    assert unlinkings(office) == 0
    assert office.sf(lead, "Nickname__c") == "Annie"
    wanted = ("1", "2") if in_force == EXTERNAL else (ANN, ANN)
    assert (office.link(ann).intercom_key, office.link(ann).salesforce_key) == wanted
    assert not office.context.rekeying


def test_while_keys_are_being_renewed_nothing_is_checked(office: Office) -> None:
    ann, lead = linked_pair(office)
    office.intercom.faults.arm(
        Fault(FaultKind.SERVER_ERROR, method="GET", path="^/contacts", times=99)
    )
    with pytest.raises(SfsyncError):
        match_by_external_id(office)
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") is None
    office.intercom.faults.clear()
    office.check()
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.context.rules.key == EXTERNAL


def test_a_check_that_runs_is_finished_before_the_key_changes(office: Office) -> None:
    ann, lead = linked_pair(office)
    office.edit(ann, alias="Annie")
    office.pass_time(120)

    async def both() -> None:
        engine = office.world.engine
        await asyncio.gather(
            engine.sync_once(), change_key(engine.context, EXTERNAL, MatchingOrder())
        )

    office.run(both())
    office.check()
    assert office.links() == {ann: lead}
    assert unlinkings(office) == 0


def test_an_edit_of_the_mapping_made_while_a_new_key_waits_for_a_check_stays(
    office: Office,
) -> None:
    linked_pair(office)
    rows = sample_rows()[:1]

    async def both() -> None:
        async with office.context.checking:
            waiting = asyncio.create_task(change_key(office.context, EXTERNAL, MatchingOrder()))
            await asyncio.sleep(0)
            await edit_rows(office.context, rows)
        await waiting

    office.run(both())
    assert office.context.rules.rows == tuple(rows)
    assert office.context.rules.key == EXTERNAL


def test_a_row_of_what_becomes_the_key_meanwhile_is_refused(office: Office) -> None:
    linked_pair(office)
    row = AttributeMapping("x", "external_id", Direction.TO_SALESFORCE, "Nickname__c", None)

    async def both() -> None:
        async with office.context.between_batches:
            waiting = asyncio.create_task(change_key(office.context, EXTERNAL, MatchingOrder()))
            await asyncio.sleep(0)
            editing = asyncio.create_task(edit_rows(office.context, [row]))
            await asyncio.sleep(0)
        await waiting
        with pytest.raises(SetupError, match="is the mapping key"):
            await editing

    office.run(both())
    assert office.context.rules.rows == sample_rows()


def test_another_order_alone_reads_nothing_anew(office: Office) -> None:
    ann, lead = linked_pair(office)
    before = office.world.spent.total()
    office.run(change_key(office.context, MappingKey(), MatchingOrder(strict=True)))
    assert office.world.spent.total() == before
    assert office.links() == {ann: lead}
    assert office.context.rules.order.strict


def test_a_key_that_is_not_there_is_refused_and_nothing_changes(office: Office) -> None:
    linked_pair(office)
    missing = MappingKey("external_id", "Nowhere__c", "External_Id__c")
    with pytest.raises(SetupError, match="Nowhere__c"):
        office.run(change_key(office.context, missing, MatchingOrder()))
    assert office.context.rules.key == MappingKey()
    assert not office.context.rekeying
