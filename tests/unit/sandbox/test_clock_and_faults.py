"""Clocks, the agenda and the plan of faults."""

from __future__ import annotations

import time

import pytest

from sfsync_gui.sandbox.clock import Agenda, ManualClock, WallClock
from sfsync_gui.sandbox.faults import Fault, FaultKind, FaultPlan


def test_a_wall_clock_runs_at_its_speed() -> None:
    clock = WallClock(speed=1000, start=5_000)
    time.sleep(0.02)
    assert 5_010 < clock.now() < 5_000 + 60_000
    assert abs(WallClock().now() - time.time()) < 5
    with pytest.raises(ValueError):
        WallClock(speed=0)


def test_a_manual_clock_never_runs_backwards() -> None:
    clock = ManualClock(10)
    clock.advance(1.5)
    assert clock.now() == 11.5
    with pytest.raises(ValueError):
        clock.advance(-1)


def test_the_agenda_runs_what_is_due_in_order() -> None:
    clock = ManualClock(0)
    agenda = Agenda(clock)
    done: list[str] = []
    agenda.at(3, lambda: done.append("c"))
    agenda.at(1, lambda: done.append("a"))

    def second() -> None:
        done.append("b")
        agenda.at(2, lambda: done.append("added"))

    agenda.at(1, second)
    agenda.run_due()
    assert done == []
    clock.advance(2)
    agenda.run_due()
    assert done == ["a", "b", "added"]
    assert len(agenda) == 1
    clock.advance(1)
    agenda.run_due()
    assert done[-1] == "c"


def test_faults_skip_match_and_run_out() -> None:
    plan = FaultPlan()
    plan.arm(Fault(FaultKind.SERVER_ERROR, method="PUT", path=r"/contacts/\w+$", skip=1, times=2))
    plan.arm(Fault(FaultKind.RESET_BEFORE, skip=2))
    assert plan.take("GET", "/contacts/1") is None
    assert plan.take("PUT", "/contacts/1") is None
    hit = [plan.take("PUT", "/contacts/1") for _ in range(4)]
    assert [fault.kind if fault else None for fault in hit] == [
        FaultKind.SERVER_ERROR,
        FaultKind.SERVER_ERROR,
        FaultKind.RESET_BEFORE,
        None,
    ]
    assert plan.fired == {FaultKind.SERVER_ERROR: 2, FaultKind.RESET_BEFORE: 1}
    plan.arm(Fault(FaultKind.RESET_AFTER))
    plan.clear()
    assert plan.take("GET", "/") is None
