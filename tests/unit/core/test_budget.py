"""The API budget: thresholds, gathering, forecast, account."""

import pytest

from sfsync_gui.core.budget import ApiBudget, Gate, account, forecast, gate, gather_delay
from sfsync_gui.core.vocabulary import Side


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, Gate.OPEN),
        (0.3999, Gate.OPEN),
        (0.40, Gate.BULK_PAUSED),
        (0.7999, Gate.BULK_PAUSED),
        (0.80, Gate.SYNC_PAUSED),
        (0.9999, Gate.SYNC_PAUSED),
        (1.0, Gate.CLOSED),
        (1.5, Gate.CLOSED),
    ],
)
def test_gates(share: float, expected: Gate) -> None:
    assert gate(share) is expected


@pytest.mark.parametrize(
    ("which", "bulk", "sync", "by_hand"),
    [
        (Gate.OPEN, True, True, True),
        (Gate.BULK_PAUSED, False, True, True),
        (Gate.SYNC_PAUSED, False, False, True),
        (Gate.CLOSED, False, False, False),
    ],
)
def test_what_a_gate_allows(which: Gate, bulk: bool, sync: bool, by_hand: bool) -> None:
    allowed = (which.bulk_allowed, which.sync_allowed, which.by_hand_allowed)
    assert allowed == (bulk, sync, by_hand)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 0.0), (0.1999, 0.0), (0.2, 0.0), (0.3, 75.0), (0.4, 150.0), (0.6, 300.0), (0.9, 300.0)],
)
def test_writes_gather_longer_as_the_day_fills(share: float, expected: float) -> None:
    assert gather_delay(share) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (ApiBudget(org_used=500, org_limit=1000), 0.5),
        (ApiBudget(500, 1000, own_calls=90, cap=100), 0.9),
        (ApiBudget(950, 1000, own_calls=90, cap=100), 0.95),
        (ApiBudget(500, 1000, own_calls=90), 0.5),
        (ApiBudget(), 0.0),
        (ApiBudget(org_used=5, org_limit=0), 0.0),
        (ApiBudget(own_calls=0, cap=0), 1.0),
        (ApiBudget(1200, 1000), 1.2),
    ],
)
def test_the_larger_share_counts(budget: ApiBudget, expected: float) -> None:
    assert budget.share == pytest.approx(expected)
    assert budget.gate is gate(expected)
    assert budget.gather_delay == pytest.approx(gather_delay(expected))


@pytest.mark.parametrize(
    ("used", "elapsed", "expected"),
    [
        (100, 3600, 2400),
        (100, 7200, 1200),
        (100, 86_400, 100),
        (100, 0, 2400),
        (100, 60, 2400),
        (300, 172_800, 150),
        (0, 100, 0),
    ],
)
def test_forecast(used: int, elapsed: float, expected: int) -> None:
    assert forecast(used, elapsed) == expected


def test_the_account_of_purposes() -> None:
    calls = {
        (Side.SALESFORCE, "poll"): 30,
        (Side.SALESFORCE, "write"): 60,
        (Side.SALESFORCE, "describe"): 10,
        (Side.SALESFORCE, "idle"): 0,
        (Side.INTERCOM, "poll"): 1000,
    }
    spent = account(calls)
    assert [(s.purpose, s.calls) for s in spent] == [("write", 60), ("poll", 30), ("describe", 10)]
    assert [s.share for s in spent] == [0.6, 0.3, 0.1]
    assert [s.calls for s in account(calls, Side.INTERCOM)] == [1000]
    assert account({}) == ()
