"""Writes whose answer is lost: applied or not, at once or later, they arrive exactly once."""

from __future__ import annotations

import pytest

from sfsync_gui.app import ClientLimits
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.people import Pair
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.town import INTERCOM_WRITE, SALESFORCE_CALL, Crash, Someone, Town, TownMaker

HASTY = ClientLimits(answer_within=0.4)

OLD, NEW, NEWER = "+64 21 111", "+64 21 222", "+64 21 333"


def edit_source(town: Town, written: Side, who: Someone, phone: str) -> None:
    """Edit the phone where it is to be copied from."""
    if written is Side.SALESFORCE:
        town.in_intercom(who, phone=phone)
    else:
        town.in_salesforce(who, Phone=phone)


def edit_target(town: Town, written: Side, who: Someone, phone: str) -> None:
    """Edit the phone where it is to be copied to."""
    edit_source(town, written.other, who, phone)


def arm_write(town: Town, side: Side, kind: FaultKind, **how: float) -> None:
    """Plan a fault for the write; Salesforce's feed and reading go before it by the same path."""
    if side is Side.INTERCOM:
        town.arm(side, kind, INTERCOM_WRITE, **how)
    else:
        town.arm(side, kind, SALESFORCE_CALL, skip=2, **how)


async def connected(town: Town) -> Someone:
    """One linked person, in step."""
    ann = town.someone("ann@example.com")
    town.in_intercom(ann, phone=OLD)
    town.in_salesforce(ann, Phone=OLD)
    await town.open()
    await town.sync()
    return ann


async def written(town: Town) -> list[HistoryEntry]:
    entries = await town.running.store.run(lambda unit: unit.history.recent(100))
    return [entry for entry in entries if entry.kind is HistoryKind.WRITTEN]


@pytest.mark.parametrize("side", list(Side))
async def test_a_reset_after_the_write_was_applied_neither_repeats_nor_echoes(
    town: Town, side: Side
) -> None:
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    arm_write(town, side, FaultKind.RESET_AFTER)
    await town.sync()
    assert town.fired(FaultKind.RESET_AFTER) == 1
    stamps = town.contact(ann)["updated_at"], town.record(ann.salesforce_id)["SystemModstamp"]
    await town.sync()
    assert town.phones(ann) == (NEW, NEW)
    assert (await town.links())[ann.intercom_id].synced["phone"] == Pair(NEW, NEW)
    await town.assert_calm()
    assert stamps == (
        town.contact(ann)["updated_at"],
        town.record(ann.salesforce_id)["SystemModstamp"],
    )


@pytest.mark.parametrize("side", list(Side))
async def test_a_write_applied_after_the_client_gave_up_arrives_once(
    make_town: TownMaker, side: Side
) -> None:
    town = make_town(limits=HASTY)
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    arm_write(town, side, FaultKind.LATE_APPLY, delay=40)
    await town.sync()
    assert town.fired(FaultKind.LATE_APPLY) == 1
    town.time.advance(60)
    await town.sync()
    assert town.phones(ann) == (NEW, NEW)
    await town.run_for(1800, step=300)
    await town.assert_calm()


@pytest.mark.parametrize("side", list(Side))
async def test_a_newer_edit_of_the_source_outlives_a_late_write(
    make_town: TownMaker, side: Side
) -> None:
    town = make_town(limits=HASTY)
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    arm_write(town, side, FaultKind.LATE_APPLY, delay=40)
    await town.sync()
    edit_source(town, side, ann, NEWER)
    await town.sync()
    assert town.phones(ann) == (NEWER, NEWER)
    town.time.advance(60)
    assert NEW in town.phones(ann)
    await town.sync()
    assert town.phones(ann) == (NEWER, NEWER)
    await town.run_for(1800, step=300)
    assert town.phones(ann) == (NEWER, NEWER)
    await town.assert_calm()


@pytest.mark.parametrize("side", list(Side))
async def test_a_newer_edit_of_the_target_outlives_a_late_write(
    make_town: TownMaker, side: Side
) -> None:
    town = make_town(limits=HASTY)
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    arm_write(town, side, FaultKind.LATE_APPLY, delay=40)
    await town.sync()
    edit_target(town, side, ann, NEWER)
    await town.sync()
    # Both changed: Salesforce's edit wins by the row's rule, whichever it was.
    winner = NEWER if side is Side.SALESFORCE else NEW
    assert town.phones(ann) == (winner, winner)
    town.time.advance(60)
    await town.sync()
    assert town.phones(ann) == (winner, winner)
    await town.run_for(1800, step=300)
    assert town.phones(ann) == (winner, winner)
    await town.assert_calm()


@pytest.mark.parametrize("side", list(Side))
async def test_a_crash_between_write_and_settlement_repeats_nothing(town: Town, side: Side) -> None:
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    town.arm_crash(lambda: town.phones(ann) == (NEW, NEW))
    with pytest.raises(Crash):
        await town.sync()
    await town.crash()
    versions = town.contact(ann)["updated_at"], town.record(ann.salesforce_id)["SystemModstamp"]
    await town.open()
    await town.sync()
    assert town.phones(ann) == (NEW, NEW)
    assert (await town.links())[ann.intercom_id].synced["phone"] == Pair(NEW, NEW)
    await town.assert_calm()
    assert versions == (
        town.contact(ann)["updated_at"],
        town.record(ann.salesforce_id)["SystemModstamp"],
    )


@pytest.mark.parametrize("kind", [None, FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_APPLIED])
async def test_our_own_write_coming_back_overwrites_nothing_in_intercom(
    town: Town, kind: FaultKind | None
) -> None:
    ann = town.someone("ann@example.com", Department="Sales")
    await town.open()
    await town.sync()
    town.in_intercom(ann, team="By hand", job="Owner")  # only `job` goes to Salesforce
    if kind is not None:
        town.arm(Side.SALESFORCE, kind, SALESFORCE_CALL, skip=1)
    await town.sync()
    assert town.fired(kind or FaultKind.RESET_AFTER) == (0 if kind is None else 1)
    await town.run_for(1800, step=300)
    assert town.record(ann.salesforce_id)["Title"] == "Owner"
    assert town.contact(ann)["team"] == "By hand"
    await town.assert_calm()
    town.in_salesforce(ann, Phone="+64 21 111")  # any edit in Salesforce writes what differs
    await town.sync()
    assert town.contact(ann)["team"] == "Sales"
    await town.assert_calm()


@pytest.mark.parametrize("side", list(Side))
async def test_a_late_write_of_a_program_that_died_does_not_undo_a_newer_edit(
    make_town: TownMaker, side: Side
) -> None:
    town = make_town(limits=HASTY)
    ann = await connected(town)
    edit_source(town, side, ann, NEW)
    arm_write(town, side, FaultKind.LATE_APPLY, delay=300)
    town.arm_crash(lambda: town.fired(FaultKind.LATE_APPLY) == 1)
    with pytest.raises(Crash):
        await town.sync()
    await town.crash()
    edit_source(town, side, ann, NEWER)
    await town.open()
    await town.sync()
    assert town.phones(ann) == (NEWER, NEWER)
    town.time.advance(400)
    assert NEW in town.phones(ann)
    await town.sync()
    assert town.phones(ann) == (NEWER, NEWER)
    await town.run_for(1800, step=300)
    await town.assert_calm()
