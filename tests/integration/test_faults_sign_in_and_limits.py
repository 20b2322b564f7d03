"""Sign-ins that end, budgets that are used up, stops and restarts: everything goes on after."""

from __future__ import annotations

import asyncio
import time

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.town import (
    INTERCOM_WRITE,
    JOB,
    SALESFORCE_CALL,
    TEAM,
    Someone,
    Town,
    TownMaker,
)

BOTH_WAYS = (JOB, TEAM)
DIRECTORY = r"^/contacts$"


def edit_both(town: Town, who: Someone, word: str) -> None:
    town.in_intercom(who, job=f"{word} job")
    town.in_salesforce(who, Department=f"{word} team")


def held(town: Town, who: Someone) -> tuple[str | None, str | None]:
    """The two values where they were copied to."""
    return town.record(who.salesforce_id)["Title"], town.contact(who).get("team")


def condition(town: Town, side: Side) -> SideCondition:
    return town.running.engine.conditions.statuses[side].condition


async def directory_calls(town: Town) -> tuple[int, int]:
    """How many pages of the whole directory were read."""
    return (
        town.asked(Side.INTERCOM, "GET", DIRECTORY),
        (await town.calls()).get((Side.SALESFORCE, "directory"), 0),
    )


async def test_the_daily_limit_pauses_and_resumes_by_itself(make_town: TownMaker) -> None:
    town = make_town(rows=BOTH_WAYS, settings=Settings(intercom_interval=300))
    ann = town.someone("ann@example.com")
    await town.open()
    await town.run_for(300, step=300)
    town.server.call(lambda: town.salesforce.usage.add(12_500, town.time.now()))
    await town.run_for(600, step=300)  # the next poll tells the usage
    edit_both(town, ann, "Later")
    town.forget_requests()
    await town.run_for(3600, step=300)
    assert town.asked(Side.SALESFORCE) == 4
    assert town.asked(Side.SALESFORCE, "GET", r"/limits/?$") == 4
    assert condition(town, Side.SALESFORCE) is SideCondition.ORG_PAUSED
    assert held(town, ann) == (None, None)
    town.time.advance(86_400)
    await town.run_for(1800, step=300)
    assert condition(town, Side.SALESFORCE) is SideCondition.READY
    assert held(town, ann) == ("Later job", "Later team")
    await town.assert_calm()


async def test_a_limit_that_is_reached_at_once_pauses_and_resumes(make_town: TownMaker) -> None:
    town = make_town(rows=BOTH_WAYS, settings=Settings(intercom_interval=300))
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    edit_both(town, ann, "Later")
    town.arm(Side.SALESFORCE, FaultKind.DAILY_LIMIT, SALESFORCE_CALL)
    await town.sync()
    assert condition(town, Side.SALESFORCE) is SideCondition.ORG_PAUSED
    assert held(town, ann) == (None, None)
    await town.run_for(1800, step=300)
    assert condition(town, Side.SALESFORCE) is SideCondition.READY
    assert held(town, ann) == ("Later job", "Later team")
    await town.assert_calm()


@pytest.mark.parametrize("side", list(Side))
async def test_a_revoked_token_loses_and_imports_nothing(make_town: TownMaker, side: Side) -> None:
    town = make_town(rows=BOTH_WAYS)
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    before = await directory_calls(town)
    links = await town.links()
    if side is Side.INTERCOM:
        town.at(town.intercom.revoke_token)
    else:
        town.at(town.salesforce.revoke_all)
    edit_both(town, ann, "Signed-out")
    await town.sync()
    assert condition(town, side) is SideCondition.SIGNED_OUT
    assert condition(town, side.other) is SideCondition.READY
    assert held(town, ann) == (None, None)
    await town.close()
    town.intercom_token = town.server.call(town.intercom.issue_token)
    town.salesforce_tokens = town.sign_in_to_salesforce()
    await town.open()
    await town.sync()
    assert held(town, ann) == ("Signed-out job", "Signed-out team")
    assert await directory_calls(town) == before
    assert [link.id for link in (await town.links()).values()] == [
        link.id for link in links.values()
    ]
    await town.assert_calm()


@pytest.mark.slow
async def test_stopping_while_both_services_hang_takes_five_seconds_at_most(
    make_town: TownMaker,
) -> None:
    town = make_town(rows=BOTH_WAYS)
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    edit_both(town, ann, "New")
    town.arm(Side.INTERCOM, FaultKind.LATE_APPLY, INTERCOM_WRITE, delay=1e9)
    town.arm(Side.SALESFORCE, FaultKind.LATE_APPLY, SALESFORCE_CALL, skip=1, delay=1e9)
    town.time.advance(400)
    town.running.engine.start()
    for _ in range(200):
        await asyncio.sleep(0.02)
        if town.fired(FaultKind.LATE_APPLY) == 2:
            break
    assert town.fired(FaultKind.LATE_APPLY) == 2
    begun = time.monotonic()
    await town.close()
    assert time.monotonic() - begun < 6
    await town.open()
    await town.sync()
    assert held(town, ann) == ("New job", "New team")


async def test_a_restart_goes_on_where_it_was(make_town: TownMaker) -> None:
    town = make_town(rows=BOTH_WAYS)
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    before = await directory_calls(town)
    await town.close()
    edit_both(town, ann, "Overnight")
    ben = town.someone("ben@example.com", Department="Sales")
    town.time.advance(8 * 3600)
    await town.open()
    await town.sync()
    assert held(town, ann) == ("Overnight job", "Overnight team")
    assert held(town, ben) == (None, "Sales")
    assert set(await town.links()) == {ann.intercom_id, ben.intercom_id}
    assert await directory_calls(town) == before
    await town.assert_calm()


@pytest.mark.parametrize(
    ("other", "side"),
    [({"app_id": "another1"}, Side.INTERCOM), ({"org_seed": 5}, Side.SALESFORCE)],
    ids=["workspace", "org"],
)
async def test_another_workspace_or_org_is_refused(
    make_town: TownMaker, other: dict[str, object], side: Side
) -> None:
    town = make_town(rows=BOTH_WAYS)
    ann = town.someone("ann@example.com")
    await town.open()
    await town.close()
    stranger = make_town(rows=BOTH_WAYS, **other)
    ben = stranger.someone("ann@example.com", Department="Sales")
    with pytest.raises(SetupError) as refused:
        await stranger.open()
    assert (refused.value.code, refused.value.side) == ("other_account", side)
    assert stranger.asked(Side.INTERCOM, "PUT") == 0
    assert held(stranger, ben) == (None, None)
    await stranger.close()
    edit_both(town, ann, "Still")
    await town.open()
    await town.sync()
    assert held(town, ann) == ("Still job", "Still team")
    await town.assert_calm()


async def test_a_key_changed_in_intercom_brings_the_new_records_attributes(
    make_town: TownMaker,
) -> None:
    town = make_town()
    ann = town.someone("ann@example.com", Department="Old", Title="Old title", Phone="1")
    town.in_intercom(ann, phone="1", job="Driver")
    new = town.in_salesforce_only("new@example.com", Department="New", Phone="2")
    await town.open()
    await town.sync()
    old_record = town.record(ann.salesforce_id)
    town.in_intercom(ann, email="New@Example.com", job="Pilot")
    await town.run_for(300)
    contact, record = town.contact(ann), town.record(new)
    assert (contact["team"], contact["phone"]) == ("New", "2")
    assert (record["Title"], record["Phone"]) == ("Pilot", "2")
    assert town.record(ann.salesforce_id) == old_record
    (link,) = (await town.links()).values()
    assert (link.intercom_id, link.salesforce_id) == (ann.intercom_id, new)
    await town.assert_calm()
    assert town.record(ann.salesforce_id) == old_record


async def test_a_key_changed_in_salesforce_brings_the_attributes_to_the_new_person(
    make_town: TownMaker,
) -> None:
    town = make_town()
    ann = town.someone("ann@example.com", Department="Old", Phone="1")
    town.in_intercom(ann, phone="1", job="Driver")
    ben = town.at(town.intercom.create_contact, "user", email="ben@example.com", phone="2")
    await town.open()
    await town.sync()
    old_person = town.contact(ann)
    town.in_salesforce(ann, Email="Ben@example.com", Department="New")
    await town.run_for(300)
    new_pair = Someone(ben, ann.salesforce_id, "ben@example.com")
    assert town.contact(new_pair)["team"] == "New"
    assert town.phones(new_pair) == ("1", "1")
    assert town.contact(ann) == old_person
    (link,) = (await town.links()).values()
    assert (link.intercom_id, link.salesforce_id) == (ben, ann.salesforce_id)
    await town.assert_calm()
    assert town.contact(ann) == old_person


@pytest.mark.parametrize("first", list(Side))
async def test_keys_changed_on_both_sides_at_once_lose_no_attribute(
    make_town: TownMaker, first: Side
) -> None:
    town = make_town()
    ann = town.someone("ann@example.com", Phone="1")
    town.in_intercom(ann, phone="1")
    await town.open()
    await town.sync()
    for side in (first, first.other):
        if side is Side.INTERCOM:
            town.in_intercom(ann, email="new@example.com", job="Owner", phone="2")
        else:
            town.in_salesforce(ann, Email="new@example.com", Department="Sales")
    await town.sync()
    assert set(await town.links()) == {ann.intercom_id}
    assert held(town, ann) == ("Owner", "Sales")
    assert town.phones(ann) == ("2", "2")
    await town.assert_calm()
