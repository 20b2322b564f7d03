"""The schedule: when what is done, and that nothing is done for nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.bulk import start_bulk
from sfsync_gui.engine.events import Activity, ActivityChanged, Checked, SideCondition
from sfsync_gui.engine.timetable import LONGEST_REST
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import Office

HOUR = 3600


class Sleeper:
    """The office's clock as the schedule sees it; notes each rest, and may oversleep."""

    def __init__(self, office: Office) -> None:
        self.world = office.world
        self.rests: list[float] = []
        self.oversleep = 0.0

    def now(self) -> float:
        return self.world.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        extra, self.oversleep = self.oversleep, 0.0
        self.world.clock.advance(seconds + extra)
        await asyncio.sleep(0)


def live(office: Office, seconds: float) -> Sleeper:
    """Let the schedule run for a time by itself."""
    return office.run(_live(office, seconds))


async def _live(office: Office, seconds: float, oversleep: float = 0.0) -> Sleeper:
    engine = office.world.engine
    sleeper = Sleeper(office)
    sleeper.oversleep = oversleep
    engine.context.clock = sleeper
    end = sleeper.now() + seconds
    engine.start()
    while sleeper.now() < end:  # noqa: ASYNC110 - time passes in the schedule's own rests
        await asyncio.sleep(0)
    await engine.stop()
    return sleeper


def checks(office: Office) -> dict[Side, int]:
    """How often each feed was read to its end."""
    sides = [event.side for event in office.world.events if isinstance(event, Checked)]
    return {side: sides.count(side) for side in Side}


def test_intercom_every_5_seconds_and_salesforce_every_300(office: Office) -> None:
    office.connect()
    live(office, HOUR)
    done = checks(office)
    assert 700 <= done[Side.INTERCOM] <= 721
    assert 12 <= done[Side.SALESFORCE] <= 13


def test_both_intervals_can_be_set(office: Office) -> None:
    office.connect()
    office.context.settings = Settings(intercom_interval=60, salesforce_interval=600)
    live(office, HOUR)
    done = checks(office)
    assert 59 <= done[Side.INTERCOM] <= 61
    assert 6 <= done[Side.SALESFORCE] <= 7


def test_sync_now_checks_both_sides_at_once(office: Office) -> None:
    office.connect()
    live(office, 20)
    before = checks(office)
    office.world.engine.sync_now()
    live(office, 1)
    assert {side: n - before[side] for side, n in checks(office).items()} == dict.fromkeys(Side, 1)


def test_while_paused_nothing_is_asked_and_the_schedule_rests(office: Office) -> None:
    office.connect()
    live(office, 20)
    office.run(office.world.engine.pause())
    before = office.world.spent.total()
    sleeper = live(office, HOUR)
    assert office.world.spent.total() == before
    assert set(sleeper.rests) == {LONGEST_REST}


def test_a_pause_outlives_a_restart_and_resume_ends_it(office: Office) -> None:
    office.connect()
    office.run(office.world.engine.pause())
    office.restart()
    before = office.world.spent.total()
    live(office, HOUR)
    assert office.world.spent.total() == before
    office.run(office.world.engine.resume())
    live(office, 60)
    assert min(checks(office).values()) >= 1


def test_a_pause_during_the_daily_comparison_rests_as_well(office: Office) -> None:
    office.user()
    office.lead()
    office.connect()
    office.pass_time(2 * 86_400)
    office.run(office.world.engine.step())  # begins the comparison
    office.run(office.world.engine.pause())
    sleeper = live(office, HOUR)
    assert set(sleeper.rests) == {LONGEST_REST}


def test_a_signed_out_side_is_not_asked_again_and_the_other_goes_on(office: Office) -> None:
    office.connect()
    live(office, 20)
    office.salesforce.revoke_all()
    live(office, 400)
    statuses = office.world.engine.conditions.statuses
    assert statuses[Side.SALESFORCE].condition is SideCondition.SIGNED_OUT
    before, done = office.world.spent.copy(), checks(office)
    sleeper = live(office, HOUR)
    assert not [side for side, _ in office.world.spent - before if side == "salesforce"]
    assert checks(office)[Side.INTERCOM] - done[Side.INTERCOM] > 700
    assert min(sleeper.rests) > 1  # no rest is cut short by a check that cannot be made


def test_a_side_that_is_away_is_tried_with_growing_pauses(office: Office) -> None:
    office.connect()
    live(office, 20)
    office.intercom.faults.arm(Fault(FaultKind.RESET_BEFORE, times=10_000))
    before = office.intercom.log.count()
    sleeper = live(office, HOUR)
    assert office.intercom.log.count() - before < 300
    assert sum(rest <= 1 for rest in sleeper.rests) < 100
    office.intercom.faults.clear()
    done = checks(office)
    live(office, 400)
    assert checks(office)[Side.INTERCOM] > done[Side.INTERCOM]


def test_after_a_sleep_of_the_computer_both_sides_are_checked_at_once(office: Office) -> None:
    office.connect()
    live(office, 20)
    before = checks(office)
    office.run(_live(office, HOUR + 6, oversleep=HOUR))
    grown = {side: n - before[side] for side, n in checks(office).items()}
    assert grown[Side.SALESFORCE] == 1
    assert 1 <= grown[Side.INTERCOM] <= 3


def test_the_comparison_comes_once_a_day(office: Office) -> None:
    office.user()
    office.lead()
    office.connect()
    office.context.settings = Settings(intercom_interval=600, salesforce_interval=600)
    live(office, 3 * 86_400 + HOUR)
    lists = office.intercom.log.count("GET", r"^/contacts$")
    assert lists - 1 == 3  # the first was the directory


def test_the_comparison_waits_for_a_side_that_is_away(office: Office) -> None:
    office.user()
    office.lead()
    office.connect()
    office.pass_time(2 * 86_400)
    office.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, times=10_000))
    lists = office.intercom.log.count("GET", r"^/contacts$")
    live(office, HOUR)
    assert office.intercom.log.count("GET", r"^/contacts$") == lists
    office.salesforce.faults.clear()
    live(office, HOUR)
    assert office.intercom.log.count("GET", r"^/contacts$") == lists + 1


def test_a_bulk_sync_waits_for_a_side_that_is_away(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead()
    office.connect()
    live(office, 20)
    office.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, times=10_000))
    live(office, 400)
    office.run(start_bulk(office.context, ["up"]))
    live(office, 5)
    run = office.run(office.context.store.run(lambda unit: unit.state.bulk_run()))
    assert run is not None
    assert (run.state, run.done) == ("running", 0)
    assert office.link(ann).due == {}
    office.salesforce.faults.clear()
    live(office, HOUR)
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_an_idle_schedule_stores_nothing_but_the_account_of_calls(office: Office) -> None:
    office.user()
    office.lead()
    office.connect()
    live(office, 600)
    contents = stored(office)
    live(office, HOUR)
    assert {name for name, rows in stored(office).items() if rows != contents[name]} == {
        "api_usage"
    }


def stored(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is in the database, by table."""
    with closing(sqlite3.connect(office.world.database)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name: list(connection.execute(f"SELECT * FROM {name}")) for (name,) in names}


@pytest.mark.parametrize("paused", [False, True])
def test_the_activity_is_told(office: Office, paused: bool) -> None:
    office.connect()
    if paused:
        office.run(office.world.engine.pause())
    office.run(office.world.engine.check([Side.INTERCOM]))
    told = [one.activity for one in office.world.events if isinstance(one, ActivityChanged)]
    assert told[-2:] == [Activity.SYNCING, Activity.PAUSED if paused else Activity.IDLE]


def test_a_new_interval_takes_effect_at_once(office: Office) -> None:
    office.connect()
    office.context.settings = Settings(intercom_interval=600, salesforce_interval=600)
    live(office, 20)
    before = checks(office)
    live(office, 100)
    assert checks(office) == before
    office.context.settings = replace(office.context.settings, intercom_interval=5)
    office.world.engine.wake()
    live(office, 20)
    assert checks(office)[Side.INTERCOM] - before[Side.INTERCOM] >= 4
