"""Tasks and closed conversations while services fail and the program dies: once each."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.app import ClientLimits
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.new_tasks import have_task
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.town import Crash, Someone, Town, TownMaker

CREATE = ("POST", r"/sobjects/Task")
LOGGING = Settings(log_conversations=True)
HASTY = ClientLimits(answer_within=0.4)

UNANSWERED = [
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_APPLIED,
    FaultKind.LOCK_ROW,
    FaultKind.SESSION_EXPIRED,
]


async def connected(town: Town) -> Someone:
    """One linked person, and the logging begun."""
    ann = town.someone("ann@example.com")
    await town.open()
    await town.sync()
    return ann


def closed(town: Town, who: Someone, text: str = "It broke") -> str:
    """A conversation of this person that a teammate has closed."""
    one: str = town.at(town.intercom.start_conversation, who.intercom_id, text)
    close(town, one)
    return one


def close(town: Town, conversation: str) -> None:
    teammate = town.at(town.intercom.admins)[0][0]
    town.at(town.intercom.close_conversation, conversation, teammate)


def tasks(town: Town) -> list[dict[str, Any]]:
    return [town.record(one) for one in town.at(town.salesforce.ids, "Task")]


def about(town: Town) -> list[str]:
    """The conversations that tasks are about, by the last line of each."""
    return sorted(one["Description"].rpartition("/")[2] for one in tasks(town))


@pytest.mark.parametrize("kind", UNANSWERED)
async def test_a_conversation_whose_task_had_no_answer_is_logged_once(
    make_town: TownMaker, kind: FaultKind
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    one = closed(town, ann)
    town.arm(Side.SALESFORCE, kind, CREATE)
    await town.run_for(2400, step=150)
    assert town.fired(kind) == 1
    assert about(town) == [one]
    await town.assert_calm()


async def test_a_task_that_is_created_after_we_gave_up_is_found(make_town: TownMaker) -> None:
    town = make_town(settings=LOGGING, limits=HASTY)
    ann = await connected(town)
    one = closed(town, ann)
    town.arm(Side.SALESFORCE, FaultKind.LATE_APPLY, CREATE, delay=90)
    await town.run_for(2400, step=150)
    assert town.fired(FaultKind.LATE_APPLY) == 1
    assert about(town) == [one]
    await town.assert_calm()


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_APPLIED])
async def test_two_tasks_alike_are_told_apart_by_their_conversations(
    make_town: TownMaker, kind: FaultKind
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    both = sorted([closed(town, ann), closed(town, ann)])
    town.arm(Side.SALESFORCE, kind, CREATE, times=2)
    await town.run_for(2400, step=150)
    assert about(town) == both
    await town.assert_calm()


async def test_a_crash_between_the_task_and_its_settlement_repeats_nothing(
    make_town: TownMaker,
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    one = closed(town, ann)
    town.arm_crash(lambda: bool(town.at(town.salesforce.ids, "Task")))
    with pytest.raises(Crash):
        await town.run_for(600, step=150)
    await town.crash()
    await town.open()
    await town.run_for(2400, step=150)
    assert about(town) == [one]
    await town.assert_calm()


async def test_what_is_closed_while_nothing_runs_is_logged_at_the_next_start(
    make_town: TownMaker,
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    await town.close()
    one = closed(town, ann)
    town.time.advance(86_400)
    await town.open()
    await town.run_for(600, step=150)
    assert about(town) == [one]
    await town.assert_calm()


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.RATE_LIMITED])
@pytest.mark.parametrize("times", [1, 7])
async def test_conversations_out_of_reach_keep_nobody_and_are_made_up_for(
    make_town: TownMaker, kind: FaultKind, times: int
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    one = closed(town, ann)
    town.in_intercom(ann, phone="+64 21 555")
    town.arm(Side.INTERCOM, kind, (None, r"^/conversations"), times=times)
    await town.run_for(300, step=150)
    assert town.phones(ann) == ("+64 21 555", "+64 21 555")
    await town.run_for(3600, step=150)
    assert town.fired(kind) == times
    assert about(town) == [one]
    await town.assert_calm()


async def test_a_conversation_that_goes_while_its_task_waits_leaves_nothing_behind(
    make_town: TownMaker,
) -> None:
    town = make_town(settings=LOGGING)
    ann = await connected(town)
    one = closed(town, ann)
    town.arm(Side.SALESFORCE, FaultKind.SERVER_ERROR, CREATE)
    await town.run_for(150, step=150)
    assert town.fired(FaultKind.SERVER_ERROR) == 1
    town.at(town.intercom.delete_conversation, one)
    await town.run_for(2400, step=150)
    assert tasks(town) == []
    await town.assert_calm()


@pytest.mark.parametrize("kind", UNANSWERED)
async def test_a_task_by_hand_whose_answer_is_lost_is_created_once(
    town: Town, kind: FaultKind
) -> None:
    ann = await connected(town)
    town.arm(Side.SALESFORCE, kind, CREATE)
    await have_task(town.running.engine, ann.intercom_id, TaskChoices(subject="Call back"))
    await town.run_for(2400, step=150)
    assert town.fired(kind) == 1
    assert [(one["Subject"], one["WhoId"]) for one in tasks(town)] == [
        ("Call back", ann.salesforce_id)
    ]
    await town.assert_calm()
