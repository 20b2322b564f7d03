"""The program dies before each of its transactions in turn, and what passes by itself passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.commands import create_lead
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.town import Crash, Someone, Town


def after(transactions: int) -> Callable[[], bool]:
    """True once so many transactions have been let through."""
    left = transactions

    def is_over() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    return is_over


async def dies(town: Town, transactions: int) -> bool:
    """Sync, and die before that transaction; tell whether there was one to die at."""
    town.arm_crash(after(transactions))
    try:
        await town.sync()
    except Crash:
        await town.crash()
        await town.open()
        return True
    town.disarm_crash()
    return False


@pytest.mark.slow
async def test_a_crash_before_any_transaction_of_a_sync_loses_nothing(town: Town) -> None:
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    crashes = 0
    died = True
    while died:
        town.in_intercom(ann, job=f"Job {crashes}", phone=f"{crashes}")
        town.in_salesforce(ann, Department=f"Team {crashes}")
        died = await dies(town, crashes)
        await town.sync()
        assert town.phones(ann) == (f"{crashes}", f"{crashes}")
        assert town.record(ann.salesforce_id)["Title"] == f"Job {crashes}"
        assert town.contact(ann)["team"] == f"Team {crashes}"
        town.time.advance(700)  # else the same row is written too often within the hour
        crashes += 1
    assert crashes > 10
    await town.assert_calm()


@pytest.mark.slow
async def test_a_crash_in_a_key_change_in_intercom_loses_nothing(town: Town) -> None:
    ann = town.someone("ann@example.com", Department="Ann")
    other = town.in_salesforce_only("ben@example.com", Department="Ben")
    ben = Someone(ann.intercom_id, other, "ben@example.com")
    await town.open()
    await town.sync()
    transactions, died = 0, True
    while died:
        now = ann if town.contact(ann)["email"] == ben.email else ben
        town.in_intercom(now, email=now.email, job=f"Job {transactions}")
        died = await dies(town, transactions)
        await town.sync()
        (link,) = (await town.links()).values()
        assert link.salesforce_id == now.salesforce_id
        assert town.record(now.salesforce_id)["Title"] == f"Job {transactions}"
        assert town.contact(now)["team"] == town.record(now.salesforce_id)["Department"]
        town.time.advance(700)
        transactions += 2
    assert transactions > 10
    await town.assert_calm()


@pytest.mark.slow
async def test_a_crash_in_a_key_change_in_salesforce_loses_nothing(town: Town) -> None:
    ann = town.someone("ann@example.com")
    other = town.at(town.intercom.create_contact, "user", email="ben@example.com")
    ben = Someone(other, ann.salesforce_id, "ben@example.com")
    await town.open()
    await town.sync()
    transactions, died = 0, True
    while died:
        now = ann if town.record(ann.salesforce_id)["Email"] == ben.email else ben
        town.in_salesforce(now, Email=now.email, Department=f"Team {transactions}")
        died = await dies(town, transactions)
        await town.sync()
        (link,) = (await town.links()).values()
        assert link.intercom_id == now.intercom_id
        assert town.contact(now)["team"] == f"Team {transactions}"
        town.time.advance(700)
        transactions += 2
    assert transactions > 10
    await town.assert_calm()


PASSING = [
    (side, kind, times)
    for side in Side
    for kind, times in (
        (FaultKind.RATE_LIMITED, 2),
        (FaultKind.SERVER_ERROR, 5),
        (FaultKind.SERVER_ERROR_APPLIED, 2),
        (FaultKind.RESET_BEFORE, 5),
        (FaultKind.RESET_AFTER, 2),
    )
] + [
    (Side.SALESFORCE, FaultKind.LOCK_ROW, 2),
    (Side.SALESFORCE, FaultKind.SESSION_EXPIRED, 1),
    (Side.SALESFORCE, FaultKind.DAILY_LIMIT, 2),
]


@pytest.mark.parametrize(("side", "kind", "times"), PASSING)
async def test_what_passes_by_itself_passes(
    town: Town, side: Side, kind: FaultKind, times: int
) -> None:
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    for skip in range(4):
        town.in_intercom(ann, job=f"Job {skip}", phone=f"{skip}")
        town.in_salesforce(ann, Department=f"Team {skip}")
        town.arm(side, kind, (None, None), skip=skip, times=times)
        await town.sync()
        await town.run_for(2400, step=600)
        assert town.phones(ann) == (f"{skip}", f"{skip}")
        assert town.record(ann.salesforce_id)["Title"] == f"Job {skip}"
        assert town.contact(ann)["team"] == f"Team {skip}"
    assert town.fired(kind) >= times
    await town.assert_calm()


@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_APPLIED, FaultKind.RESET_BEFORE]
)
async def test_a_lead_whose_creation_had_no_answer_is_created_once(
    town: Town, kind: FaultKind
) -> None:
    await town.open()
    ann = town.at(town.intercom.create_contact, "user", email="ann@example.com", name="Ann Lee")
    await town.sync()
    await create_lead(town.running.engine.context, ann)
    town.arm(Side.SALESFORCE, kind, ("POST", r"/sobjects/Lead"))
    await town.sync()
    assert town.fired(kind) == 1
    await town.run_for(1500, step=150)
    assert len(town.at(town.salesforce.ids, "Lead")) == 1
    assert set(await town.links()) == {ann}
    await town.assert_calm()
