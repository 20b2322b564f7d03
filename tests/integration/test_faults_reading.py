"""Feeds that are interrupted, late, tied or at the edge of a day: nothing is lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from sfsync_gui.app import ClientLimits
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.ports import IntercomPosition
from tests.support.town import JOB, TEAM, Crash, Town, TownMaker

CROWD = Settings(guard_minimum=1000)
"""The guard has tests of its own."""

SEARCH = r"^/contacts/search$"


async def intercom_position(town: Town) -> IntercomPosition | None:
    return await town.running.store.run(lambda unit: unit.state.intercom_position())


async def test_a_crash_in_the_middle_of_a_descent_loses_nothing(make_town: TownMaker) -> None:
    town = make_town(rows=[JOB], settings=CROWD)
    people = [town.someone(f"p{n}@example.com") for n in range(30)]
    await town.open()
    await town.sync()
    before = await intercom_position(town)
    for who in people:
        town.in_intercom(who, job=f"Job of {who.email}")
    town.forget_requests()
    town.arm_crash(lambda: town.asked(Side.INTERCOM, "POST", SEARCH) == 2)
    with pytest.raises(Crash):
        await town.sync()
    await town.crash()
    await town.open()
    assert await intercom_position(town) == before
    await town.sync()
    assert await intercom_position(town) != before
    for who in people:
        assert town.record(who.salesforce_id)["Title"] == f"Job of {who.email}"
    await town.assert_calm()


@pytest.mark.parametrize("minutes", [1, 14])
async def test_a_commit_that_comes_late_with_an_older_stamp_is_read(
    make_town: TownMaker, minutes: int
) -> None:
    town = make_town(rows=[TEAM])
    ann, ben = town.someone("ann@example.com"), town.someone("ben@example.com")
    await town.open()
    town.in_salesforce(ann, Department="Sales", _visible_after=60.0 * minutes)
    town.time.advance(60 * minutes - 5)
    town.in_salesforce(ben, Department="Support")
    await town.sync()
    assert (town.contact(ann).get("team"), town.contact(ben)["team"]) == (None, "Support")
    town.time.advance(10)
    await town.sync()
    assert town.contact(ann)["team"] == "Sales"
    await town.assert_calm()


async def test_equal_stamps_across_a_page_boundary_are_all_read(make_town: TownMaker) -> None:
    town = make_town(rows=[TEAM], limits=ClientLimits(salesforce_page=200), settings=CROWD)
    linked, everybody = {}, []
    for n in range(410):
        email = f"p{n}@example.com"
        if n in (0, 198, 199, 200, 201, 399, 400, 409):
            linked[n] = town.someone(email)
            everybody.append(linked[n].salesforce_id)
        else:
            everybody.append(town.in_salesforce_only(email))
    await town.open()
    await town.sync()
    town.time.advance(3600)

    def edit_all(word: str) -> None:
        for record_id in everybody:
            town.salesforce.edit(record_id, Department=f"{word} {record_id}")

    for word in ("First", "Second, within the same second"):
        town.server.call(partial(edit_all, word))
        stamps = {town.record(one)["SystemModstamp"] for one in everybody}
        assert len(stamps) == 1
        await town.sync()
        for who in linked.values():
            assert town.contact(who)["team"] == f"{word} {who.salesforce_id}"
    await town.assert_calm()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Adak"])
@pytest.mark.parametrize("between", [True, False], ids=["synced between", "synced once"])
async def test_edits_around_the_workspaces_midnight_arrive(
    make_town: TownMaker, zone: str, between: bool
) -> None:
    town = make_town(timezone=zone, rows=[JOB])
    people = [town.someone(f"p{n}@example.com") for n in range(3)]
    await town.open()
    local = datetime.fromtimestamp(town.time.now(), ZoneInfo(zone))
    midnight = datetime.combine(local + timedelta(days=1), time(), ZoneInfo(zone)).timestamp()
    for who, moment in zip(people, (midnight - 1, midnight, midnight + 1), strict=True):
        town.time.advance(moment - 1 - town.time.now())
        town.in_intercom(who, job=f"Edited at {moment - midnight}")
        if between:
            await town.sync()
    await town.sync()
    jobs = [town.record(who.salesforce_id)["Title"] for who in people]
    assert jobs == ["Edited at -1.0", "Edited at 0.0", "Edited at 1.0"]
    await town.assert_calm()


async def test_edits_that_the_search_index_shows_late_arrive(make_town: TownMaker) -> None:
    town = make_town(rows=[JOB], index_lag=(0.5, 120.0))
    people = [town.someone(f"p{n}@example.com") for n in range(8)]
    town.at(town.intercom.settle_index)
    await town.open()
    for n in range(20):
        town.in_intercom(people[n % 8], job=f"Job {n}")
        town.time.advance(10)
        await town.sync()
    await town.run_for(300, step=30)
    jobs = [town.record(who.salesforce_id)["Title"] for who in people]
    assert jobs == [f"Job {n}" for n in (16, 17, 18, 19, 12, 13, 14, 15)]
    await town.assert_calm()
