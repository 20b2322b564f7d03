"""How a side is: which failure makes what of it, when it is tried again, and what is told."""

from __future__ import annotations

import random

import pytest

from sfsync_gui.core.failures import (
    OrgError,
    SetupError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.conditions import (
    LONGEST_PAUSE,
    ORG_PAUSE,
    SETUP_PAUSE,
    Conditions,
)
from sfsync_gui.engine.events import Event, SideChanged, SideCondition

SF = Side.SALESFORCE
GONE = TransientError("Away", "No network.", side=SF)


class Told(list[Event]):
    """The conditions that were told, in order."""

    def conditions(self) -> list[SideCondition]:
        return [one.status.condition for one in self if isinstance(one, SideChanged)]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def conditions(told: Told) -> Conditions:
    return Conditions(told.append, random.Random(1))


@pytest.mark.parametrize(
    ("failure", "condition", "pause"),
    [
        (SignInError("t", "m", side=SF), SideCondition.SIGNED_OUT, None),
        (SetupError("t", "m", side=SF), SideCondition.SETUP_BROKEN, SETUP_PAUSE),
        (OrgError("t", "m", side=SF), SideCondition.ORG_PAUSED, ORG_PAUSE),
        (StoreError("t", "m"), SideCondition.ORG_PAUSED, ORG_PAUSE),
        (TransientError("t", "m", side=SF, retry_after=40), SideCondition.OFFLINE, 40),
    ],
)
def test_each_class_of_failure(
    conditions: Conditions, failure: SfsyncError, condition: SideCondition, pause: float | None
) -> None:
    conditions.failed(SF, failure, 1000)
    status = conditions.statuses[SF]
    assert (status.condition, status.reason, status.since) == (condition, failure, 1000)
    assert status.retry_at == (None if pause is None else 1000 + pause)
    assert not conditions.is_open(SF, 1000)
    assert conditions.is_open(SF, 10**9) is (pause is not None)
    assert conditions.is_open(Side.INTERCOM, 1000)


def test_pauses_grow_with_jitter_up_to_five_minutes_and_begin_anew(conditions: Conditions) -> None:
    pauses = []
    for _ in range(14):
        conditions.failed(SF, GONE, 0)
        pauses.append(conditions.statuses[SF].retry_at or 0.0)
    for number, pause in enumerate(pauses):
        full = min(LONGEST_PAUSE, 2.0 * 2**number)
        assert full / 2 <= pause <= full
    assert conditions.statuses[SF].failures == 14
    conditions.succeeded(SF, 5)
    conditions.failed(SF, GONE, 0)
    assert (conditions.statuses[SF].retry_at or 99) <= 2


def test_each_change_is_told_once(conditions: Conditions, told: Told) -> None:
    for _ in range(5):
        conditions.failed(SF, GONE, 1)
    conditions.failed(SF, SignInError("t", "m", side=SF), 2)
    conditions.succeeded(SF, 3)
    conditions.succeeded(SF, 4)
    assert told.conditions() == [
        SideCondition.OFFLINE,
        SideCondition.SIGNED_OUT,
        SideCondition.READY,
    ]


def test_the_time_since_when_it_is_so_is_kept(conditions: Conditions) -> None:
    conditions.failed(SF, GONE, 10)
    conditions.failed(SF, GONE, 50)
    assert conditions.statuses[SF].since == 10


def test_a_person_may_have_every_side_tried_at_once(conditions: Conditions) -> None:
    conditions.failed(SF, SignInError("t", "m", side=SF), 10)
    conditions.failed(Side.INTERCOM, TransientError("t", "m", side=Side.INTERCOM), 10)
    conditions.look_again()
    assert all(conditions.is_open(side, 10) for side in Side)
    assert conditions.statuses[SF].condition is SideCondition.SIGNED_OUT  # until it succeeds
