"""The guard: more than a share of all links and more than a minimum waits for a person."""

import pytest

from sfsync_gui.core.guard import ENDED, REWRITTEN, judge
from sfsync_gui.core.mapping import Settings

SETTINGS = Settings()


def pairs(count: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"i{n}:s{n}" for n in range(start, start + count))


NONE = pairs(0)


@pytest.mark.parametrize(
    ("links", "proposed", "held"),
    [
        (1000, 100, False),  # exactly ten per cent
        (1000, 101, True),
        (100, 20, False),  # the minimum is not exceeded
        (100, 21, True),
        (0, 20, False),
        (0, 21, True),
        (205, 20, False),
        (205, 21, True),
    ],
)
def test_thresholds(links: int, proposed: int, held: bool) -> None:
    verdict = judge(REWRITTEN, NONE, pairs(proposed), links, SETTINGS)
    assert verdict.held == (pairs(proposed) if held else NONE)


@pytest.mark.parametrize(("share", "proposed", "held"), [(0.29, 29, False), (0.29, 30, True)])
def test_the_share_is_meant_exactly(share: float, proposed: int, held: bool) -> None:
    settings = Settings(guard_share=share, guard_minimum=5)
    assert bool(judge(REWRITTEN, NONE, pairs(proposed), 100, settings).held) is held


def test_what_was_done_within_the_hour_counts() -> None:
    new = pairs(2, start=99)
    assert judge(REWRITTEN, pairs(98), new, 1000, SETTINGS).held == NONE
    assert judge(REWRITTEN, pairs(99), new, 1000, SETTINGS).held == new


def test_the_same_link_counts_once() -> None:
    assert judge(REWRITTEN, pairs(100), pairs(100), 1000, SETTINGS).held == NONE


def test_links_that_ended_belong_to_the_whole() -> None:
    new = pairs(10, start=90)
    assert judge(ENDED, pairs(90), new, 910, SETTINGS).held == NONE
    assert judge(ENDED, pairs(91), pairs(10, start=91), 909, SETTINGS).held == pairs(10, start=91)


def test_what_a_person_let_through_is_neither_held_nor_counted() -> None:
    exempt = pairs(150)
    assert judge(REWRITTEN, NONE, pairs(150), 1000, SETTINGS, exempt=exempt).held == NONE
    assert judge(REWRITTEN, pairs(150), pairs(10, 150), 1000, SETTINGS, exempt=exempt).held == NONE
    more = pairs(101, start=150)
    assert judge(REWRITTEN, NONE, pairs(251), 1000, SETTINGS, exempt=exempt).held == more


def test_what_waits_keeps_waiting_when_the_hour_has_passed() -> None:
    waiting = pairs(50)
    proposed = pairs(50) | pairs(5, start=500)
    verdict = judge(REWRITTEN, NONE, proposed, 1000, SETTINGS, waiting=waiting)
    assert verdict.held == waiting


def test_what_waits_counts_though_only_a_part_is_proposed() -> None:
    verdict = judge(REWRITTEN, NONE, pairs(3), 1000, SETTINGS, waiting=pairs(101))
    assert verdict.held == pairs(3)


def test_a_released_hold_no_longer_waits() -> None:
    held = pairs(150)
    verdict = judge(REWRITTEN, NONE, held, 1000, SETTINGS, exempt=held, waiting=held)
    assert verdict.held == NONE
