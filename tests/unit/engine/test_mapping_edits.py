"""Editing the mapping while people are linked: each sentence of its rule."""

import asyncio
from dataclasses import replace

import pytest

from sfsync_gui.core.failures import OrgError, SetupError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder
from sfsync_gui.core.people import Pair
from sfsync_gui.core.vocabulary import ConflictRule, Direction
from sfsync_gui.engine.bulk import preview_bulk, start_bulk
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.store.runners import ThreadRunner
from tests.support.fragile import CrashError
from tests.unit.engine.office import ANN, BOB, Office


def row(
    attribute: str = "alias",
    field: str = "Nickname__c",
    direction: Direction = Direction.TO_SALESFORCE,
) -> AttributeMapping:
    """The one row of these tests."""
    name = f"custom_attributes.{attribute}"
    return AttributeMapping("row", name, direction, field, field)


def edit(office: Office, *rows: AttributeMapping) -> None:
    """Put rows into force."""
    office.run(edit_rows(office.context, rows))


def pair(office: Office, contact_id: str) -> Pair | None:
    """The pair at which the row last settled."""
    return office.link(contact_id).synced.get("row")


def test_a_new_row_takes_what_is_observed_as_its_pair_and_writes_nothing(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick")
    office.connect(())
    edit(office, row())
    assert pair(office, ann) == Pair("Annie", "Nick")
    assert office.writes_of_check() == 0
    office.edit(ann, title="x")
    assert office.writes_of_check() == 0
    assert office.sf(lead, "Nickname__c") == "Nick"


def test_a_change_of_another_field_is_not_swallowed_by_the_reading_for_a_new_row(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    down = replace(row("title", "Title", Direction.TO_INTERCOM), id="down")
    office.connect((down,))
    office.salesforce.edit(lead, Title="Boss")
    edit(office, down, row())
    office.check()
    assert office.ic(ann, "title") == "Boss"


def test_a_change_after_a_new_row_is_synced(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead()
    office.connect(())
    edit(office, row())
    office.edit(ann, alias="Anna")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Anna"


def test_existing_people_are_brought_in_line_by_a_bulk_sync_with_a_dry_run(office: Office) -> None:
    _, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick")
    office.connect(())
    edit(office, row())
    preview = office.run(preview_bulk(office.context, ["row"]))
    assert (preview.links, preview.to_salesforce, preview.to_intercom) == (1, 1, 0)
    assert office.sf(lead, "Nickname__c") == "Nick"
    office.run(start_bulk(office.context, ["row"]))
    office.run(office.world.engine.step())
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_a_changed_direction_keeps_the_pair(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick")
    office.connect((row(),))
    before = pair(office, ann)
    office.edit(ann, alias="Anna")
    office.salesforce.edit(lead, Title="x")
    edit(office, row(direction=Direction.TWO_WAY))
    assert pair(office, ann) == before == Pair("Annie", "Nick")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Anna"  # changed since the pair


def test_a_replaced_field_is_removed_and_added(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick", Notes__c="Note")
    office.connect((row(),))
    edit(office, row(field="Notes__c"))
    assert pair(office, ann) == Pair("Annie", "Note")
    assert office.writes_of_check() == 0
    assert office.sf(lead, "Notes__c") == "Note"


def test_a_removed_rows_pairs_and_open_errors_go_and_values_stay(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick")
    office.connect((row(),))
    office.edit(ann, alias="x" * 300)
    office.check()
    assert len(office.errors()) == 1
    edit(office)
    assert office.errors() == []
    assert office.link(ann).synced == {}
    assert office.link(ann).due == {}
    assert office.ic(ann, "alias") == "x" * 300
    assert office.sf(lead, "Nickname__c") == "Nick"
    assert office.writes_of_check() == 0


def test_a_row_that_closes_a_cycle_is_refused_and_nothing_changes(office: Office) -> None:
    office.connect((row(),))
    back = replace(row(direction=Direction.TO_INTERCOM), id="back")
    with pytest.raises(SetupError):
        edit(office, row(), back)
    assert [one.id for one in office.context.rules.rows] == ["row"]


def test_a_changed_key_keeps_links_and_starts_matching_anew(office: Office) -> None:
    ann, lead = office.user(external_id="1"), office.lead(External_Id__c="2")
    bob = office.user("bob@one.example", external_id="3")
    other = office.lead(BOB, External_Id__c="3")
    office.connect()
    assert office.links() == {ann: lead}
    key = MappingKey("external_id", "External_Id__c", "External_Id__c")
    office.run(change_key(office.context, key, MatchingOrder()))
    office.edit(bob, alias="Bobby")
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {ann: lead, bob: other}
    assert (office.link(ann).intercom_key, office.link(ann).salesforce_key) == ("1", "2")


def test_a_changed_order_keeps_links(office: Office) -> None:
    ann, contact = office.user(), office.contact()
    office.lead()
    office.connect()
    order = MatchingOrder(strict=True)
    office.run(change_key(office.context, MappingKey(), order))
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {ann: contact}
    assert office.person(office.all_links()[0].salesforce_kind.side, contact).key == ANN


def test_a_key_attribute_is_not_also_a_mapping_row(office: Office) -> None:
    office.connect(())
    with pytest.raises(SetupError):
        edit(office, AttributeMapping("mail", "email", Direction.TO_SALESFORCE, "Email", "Email"))
    mapped = AttributeMapping("id", "external_id", Direction.TO_SALESFORCE, "External_Id__c")
    edit(office, mapped)
    key = MappingKey("external_id", "External_Id__c", "External_Id__c")
    with pytest.raises(SetupError):
        office.run(change_key(office.context, key, MatchingOrder()))
    assert office.context.rules.key == MappingKey()


def switched_off(office: Office) -> list[str]:
    return [one.id for one in office.context.rules.rows if one.disabled is not None]


@pytest.fixture
def off(office: Office) -> tuple[str, str]:
    """Ann, linked, and her lead; the row is switched off, and since then both have changed."""
    ann, lead = office.user(alias="Annie"), office.lead(Nickname__c="Nick")
    office.connect((row(direction=Direction.TWO_WAY),))
    office.salesforce.set_field("Lead", "Nickname__c", updateable=False)
    office.run(refresh_schema(office.context))
    office.salesforce.edit(lead, Nickname__c="Nicky")
    office.check()
    assert switched_off(office) == ["row"]
    assert office.codes() == ["row_switched_off"]
    return ann, lead


def test_a_row_that_is_switched_off_keeps_no_other_from_being_edited(
    office: Office, off: tuple[str, str]
) -> None:
    other = replace(row("title", "Title", Direction.TO_INTERCOM), id="other")
    edit(office, *office.context.rules.rows, other)
    assert switched_off(office) == ["row"]
    assert office.codes() == ["row_switched_off"]


def test_that_a_row_is_switched_off_is_never_taken_from_whoever_edits(
    office: Office, off: tuple[str, str]
) -> None:
    edit(office, row(direction=Direction.TWO_WAY))
    assert switched_off(office) == ["row"]
    new = replace(row("title", "Title", Direction.TO_INTERCOM), id="new", disabled="no")
    edit(office, *office.context.rules.rows, new)
    assert switched_off(office) == ["row"]


def test_a_row_that_is_switched_off_works_again_with_another_direction_and_catches_up(
    office: Office, off: tuple[str, str]
) -> None:
    ann, _ = off
    edit(office, row(direction=Direction.TO_INTERCOM))
    assert switched_off(office) == []
    assert office.codes() == []
    assert "row" in office.link(ann).due  # whether or not a reading shows that edit again
    office.check()
    assert office.ic(ann, "alias") == "Nicky"


def test_a_row_that_is_switched_off_is_removed_with_its_error(
    office: Office, off: tuple[str, str]
) -> None:
    edit(office)
    assert office.codes() == []


def test_a_row_that_is_switched_off_is_judged_when_it_is_changed(
    office: Office, off: tuple[str, str]
) -> None:
    with pytest.raises(SetupError):
        edit(office, row(direction=Direction.TO_SALESFORCE))
    assert switched_off(office) == ["row"]


def test_a_row_that_comes_back_takes_the_values_of_now(office: Office) -> None:
    ann, lead = office.user(), office.lead(Title="Boss")
    down = row("title", "Title", Direction.TO_INTERCOM)
    office.connect((down,))
    edit(office)
    office.salesforce.edit(lead, Title="Chief")
    office.check(1800)
    edit(office, down)
    assert pair(office, ann) == Pair(None, "Chief")
    office.run(office.world.engine.compare())
    assert office.ic(ann, "title") is None


@pytest.mark.parametrize("point", range(1, 30))
def test_an_edit_that_is_interrupted_leaves_the_old_rows_or_the_new_ones(
    office: Office, point: int
) -> None:
    ann, _ = office.user(alias="Annie"), office.lead(Nickname__c="Nick", Direct_Line__c="1")
    office.connect((row(),))
    office.world.crashes.left = point
    try:
        edit(office, row(field="Direct_Line__c"))
    except CrashError:
        office.run(office.world.restart())
    office.world.crashes.calm()
    (in_force,) = office.context.rules.rows
    values = {"Nickname__c": "Nick", "Direct_Line__c": "1"}
    assert pair(office, ann) == Pair("Annie", values[in_force.lead_field or ""])


def test_an_edit_for_which_salesforce_cannot_be_read_changes_nothing(office: Office) -> None:
    ann, _ = office.user(alias="Annie"), office.lead(Nickname__c="Nick", Direct_Line__c="1")
    office.connect((row(),))
    office.salesforce.usage.limit = 0
    with pytest.raises(OrgError):
        edit(office, row(field="Direct_Line__c"))
    office.salesforce.usage.limit = 1_000_000
    office.run(office.world.restart())
    assert office.context.rules.rows == (row(),)
    assert pair(office, ann) == Pair("Annie", "Nick")


def test_a_change_that_waits_is_written_though_the_row_was_due_the_other_way_and_is_turned(
    office: Office,
) -> None:
    ann, lead = office.user(), office.lead()
    both = replace(row(direction=Direction.TWO_WAY), conflict_rule=ConflictRule.SALESFORCE)
    office.connect((both,))
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, "PUT", "/contacts/", times=100))
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Nickname__c="Anna")
    office.check()
    edit(office, row())
    office.intercom.faults.clear()
    office.check(600)
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert pair(office, ann) == Pair("Annie", "Annie")


def test_an_edit_and_a_new_description_at_the_same_time_both_stay(office: Office) -> None:
    office.user(alias="Annie")
    office.lead(Nickname__c="Nick")
    office.world.runner = ThreadRunner  # with it, the edit waits for the store
    office.connect((row(),))
    office.salesforce.set_field("Lead", "Nickname__c", updateable=False)
    other = replace(row("title", "Title", Direction.TO_INTERCOM), id="other")

    async def both() -> None:
        editing = asyncio.create_task(edit_rows(office.context, (row(), other)))
        await asyncio.sleep(0)
        await refresh_schema(office.context)
        await editing

    office.run(both())
    rows = office.context.rules.rows
    assert [one.id for one in rows] == ["row", "other"]
    assert switched_off(office) == ["row"]
    assert office.run(office.world.store.run(lambda unit: unit.state.rows())) == rows
    assert office.codes() == ["row_switched_off"]
