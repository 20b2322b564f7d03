"""What rows rest on when they are written: readings from just then, and links as planned."""

from __future__ import annotations

import asyncio

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, HistoryKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.checking import check_intercom
from sfsync_gui.engine.owners import OWNERS_LAST
from sfsync_gui.engine.writing import write_due
from tests.unit.engine.office import Office

ROWS = (
    AttributeMapping("owner", "owner_id", Direction.TO_SALESFORCE, "OwnerId", "OwnerId"),
    AttributeMapping(
        "two",
        "phone",
        Direction.TWO_WAY,
        "Phone",
        "Phone",
        BlankRule.KEEP,
        ConflictRule.NEWER,
    ),
)


def test_a_value_typed_while_owners_and_both_records_are_read_is_not_overwritten(
    office: Office,
) -> None:
    ann, lead = office.user(phone="0"), office.lead(Phone="0")
    office.connect(ROWS)
    office.check()
    office.pass_time(OWNERS_LAST)
    tess = office.intercom.add_admin("Tess", "tess@example.com")
    there = office.salesforce.add_user("Tess Tall", "tess@example.com")
    office.intercom.edit_contact(ann, owner_id=tess, phone="1")
    office.pass_time(120)
    office.run(check_intercom(office.context, sweep=False))
    office.salesforce.edit(lead, Phone="2")
    office.pass_time(60)
    office.intercom.edit_contact(ann, phone="3")
    office.run(write_due(office.context, Side))
    office.check()
    assert (office.ic(ann, "phone"), office.sf(lead, "Phone")) == ("3", "3")
    assert office.sf(lead, "OwnerId") == there
    assert [one.before for one in office.history() if one.kind is HistoryKind.OVERRULED] == ["2"]


def test_a_link_that_a_person_wants_synced_is_not_changed_within_a_batch(office: Office) -> None:
    ann, lead = office.user(title="mine"), office.lead(Title="Boss")
    office.connect()
    link = office.link(ann)

    async def ask_within_a_batch() -> None:
        async with office.context.between_batches:
            asking = asyncio.create_task(commands.sync_now(office.context, link.id))
            for _ in range(3):
                await asyncio.sleep(0)
            stored = await office.context.store.run(lambda unit: unit.links.get(link.id))
            assert stored == link
        await asking

    office.run(ask_within_a_batch())
    office.check()
    assert (office.ic(ann, "title"), office.sf(lead, "Title")) == ("Boss", "Boss")
