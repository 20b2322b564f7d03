"""The test of the test: every bug planted on purpose is caught, and by nothing but the bug."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.property.company_running import live_with_companies
from tests.property.planted import PLANTED
from tests.property.planted_companies import PLANTED_COMPANIES
from tests.property.planting import PlantedBug
from tests.property.running import live
from tests.property.timeline import Lost

WORLDS = 40
"""In so many worlds at most a bug must show."""


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: PlantedBug, tmp_path: Path) -> None:
    caught = first_caught(bug, tmp_path, live)
    assert caught is not None
    live(caught, tmp_path / "control")


@pytest.mark.parametrize("bug", PLANTED_COMPANIES, ids=lambda bug: bug.name)
def test_a_planted_bug_of_companies_is_caught(bug: PlantedBug, tmp_path: Path) -> None:
    caught = first_caught(bug, tmp_path, live_with_companies)
    assert caught is not None
    live_with_companies(caught, tmp_path / "control")


def first_caught(
    bug: PlantedBug, folder: Path, live_once: Callable[[int, Path], object]
) -> int | None:
    """The seed of the first world that the bug breaks, if any does."""
    (folder / "control").mkdir()
    for seed in range(bug.first_seed, bug.first_seed + WORLDS):
        place = folder / str(seed)
        place.mkdir()
        with bug.plant():
            try:
                live_once(seed, place)
            except Lost:
                return seed
    return None
