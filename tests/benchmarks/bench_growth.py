"""What connecting and the full comparison cost, from 1,000 to 100,000 linked people."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pytest

from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import MEBIBYTE, Cost, Profile, run_in_product
from tests.benchmarks.services import Plan, served

pytestmark = pytest.mark.timeout(1800)

SIZES = (1_000, 10_000, 100_000)
LIMIT = 167
"""Calls in ten seconds: the lowest limit of Intercom that was seen."""

WINDOW = 10


@dataclass(frozen=True, slots=True)
class Growth:
    """What was measured at one size. `parsing` is in CPU seconds, `stored` in bytes."""

    people: int
    connecting: Cost
    connecting_calls: dict[str, int]
    comparing: Cost
    comparing_calls: dict[str, int]
    parsing: float
    stored: int


def measure(people: int, folder: Path) -> Growth:
    """Connect so many people and compare them all."""
    answers = folder / "answers"
    answers.mkdir(parents=True)
    with served(Plan(people)) as services:
        profile = Profile(folder / "profile", services.accounts)
        services.ask("forget")
        connecting, links = run_in_product(jobs.connect, profile)
        assert links == people
        connecting_calls = {name: one[0] for name, one in services.ask("counted").items()}
        services.ask("limit_rate", LIMIT)
        services.ask("forget", answers)
        comparing, parsing = run_in_product(jobs.compare, profile, answers)
        comparing_calls = {name: one[0] for name, one in services.ask("counted").items()}
    return Growth(
        people,
        connecting,
        connecting_calls,
        comparing,
        comparing_calls,
        parsing,
        profile.stored_bytes(),
    )


def test_growth(tmp_path: Path) -> None:
    measured = []
    for people in SIZES:
        growth = measure(people, tmp_path / str(people))
        measured.append(growth)
        tell(growth)
    first, last = measured[0], measured[-1]
    largest(last)
    figures = Figures(f"Growth of a person's cost, {first.people:,} to {last.people:,}")
    for name, few, many in (
        ("comparing: CPU", first.comparing.cpu / first.people, last.comparing.cpu / last.people),
        ("database", first.stored / first.people, last.stored / last.people),
    ):
        figures.at_most(name, many / few, 1.5, "times")
    figures.check()


def tell(growth: Growth) -> None:
    """Print the figures of one size."""
    people = growth.people
    figures = Figures(f"{people:,} linked people")
    connecting, comparing = growth.connecting, growth.comparing
    pages = ceil(people / 150)
    figures.at_most(
        "connecting: Intercom calls", growth.connecting_calls["intercom"], 2 * pages + 10
    )
    budget = people / 2000 + people / 900 + 10
    figures.at_most("connecting: Salesforce calls", growth.connecting_calls["salesforce"], budget)
    figures.note("connecting: CPU", connecting.cpu, "s")
    figures.note("connecting: CPU a person", connecting.cpu / people * 1e3, "ms")
    figures.note("connecting: memory at most", connecting.peak, "MiB")
    figures.at_most("comparing: Intercom calls", growth.comparing_calls["intercom"], pages + 5)
    salesforce = ceil(people / 1000) + 5
    figures.at_most("comparing: Salesforce calls", growth.comparing_calls["salesforce"], salesforce)
    figures.note("comparing: CPU", comparing.cpu, "s")
    figures.note("comparing: CPU, times that of json.loads", comparing.cpu / growth.parsing)
    figures.note("comparing: memory at most", comparing.peak, "MiB")
    figures.note("database a person", growth.stored / people / 1024, "KiB")
    figures.check()


def largest(growth: Growth) -> None:
    """Hold the largest size against its budgets."""
    figures = Figures(f"Full comparison of {growth.people:,} linked people")
    ratio = growth.comparing.cpu / growth.parsing
    figures.at_most("CPU, times that of json.loads", ratio, 4)
    imposed = growth.comparing_calls["intercom"] / LIMIT * WINDOW
    figures.at_most("wall, times what the rate limit imposes", growth.comparing.wall / imposed, 1.2)
    figures.at_most("memory at most", growth.comparing.peak, 400 * 1e6 / MEBIBYTE, "MiB")
    figures.check()
