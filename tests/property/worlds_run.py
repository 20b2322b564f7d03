"""A pytest plugin: how many worlds are run, and what has to occur in them all together.

Each worker of pytest-xdist hands its counts to the controller, which judges.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.property.coverage import expected

FULL_RUN = 300
"""Worlds from which on everything must have occurred often enough."""

OFTEN = 20
MOST_EXCUSED = 0.35
"""The share of human edits that may be excused, all together."""

_KEY = pytest.StashKey["WorldsRun"]()
_OUTPUT = "worlds_run"


class WorldsRun:
    """What occurred in all worlds of this process so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, counts: Counter[str]) -> None:
        """Take in one world."""
        self.counts.update(counts)

    @property
    def is_full(self) -> bool:
        """Whether enough worlds were run to judge."""
        return self.counts["worlds"] >= FULL_RUN

    def too_rare(self) -> list[str]:
        """What did not occur often enough, with how often it did."""
        rare = [f"{self.counts[name]:6} {name}" for name in expected() if self.counts[name] < OFTEN]
        if self.excused() > MOST_EXCUSED:
            rare.append(f"{self.excused():.0%} of the edits were excused")
        return rare

    def excused(self) -> float:
        """The share of edits that were excused."""
        edits = {name: n for name, n in self.counts.items() if name.startswith("edit: ")}
        excused = sum(n for name, n in edits.items() if name.startswith("edit: excused"))
        return excused / max(1, sum(edits.values()))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many worlds, and which."""
    group = parser.getgroup("property")
    group.addoption(
        "--worlds", type=int, default=FULL_RUN, help="how many random worlds tests/property runs"
    )
    group.addoption("--first-seed", type=int, default=0, help="the seed of the first world")
    group.addoption(
        "--occurrences", action="store_true", help="list all that occurred in the random worlds"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[_KEY] = WorldsRun()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each world."""
    if "seed" in metafunc.fixturenames and "worlds_run" in metafunc.fixturenames:
        first = metafunc.config.getoption("first_seed")
        number = metafunc.config.getoption("worlds")
        metafunc.parametrize("seed", range(first, first + number))


@pytest.fixture
def worlds_run(request: pytest.FixtureRequest) -> WorldsRun:
    """Where a world tells what occurred in it."""
    return request.config.stash[_KEY]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Take in what a worker has counted."""
    counts = getattr(node, "workeroutput", {}).get(_OUTPUT, {})
    node.config.stash[_KEY].add(Counter(counts))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over its counts; whoever has all of them judges."""
    run = session.config.stash[_KEY]
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = dict(run.counts)
    elif run.is_full and run.too_rare() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was too rare; all that occurred, if asked."""
    run = config.stash[_KEY]
    if config.getoption("occurrences"):
        terminalreporter.section(f"what occurred in {run.counts['worlds']} worlds")
        for name in sorted({*expected(), *run.counts} - {"worlds"}):
            terminalreporter.line(f"{run.counts[name]:6} {name}")
        terminalreporter.line(f"{run.excused():6.0%} of the edits were excused")
    if run.is_full and run.too_rare():
        terminalreporter.section(
            f"too rare in {run.counts['worlds']} random worlds (wanted: {OFTEN})", red=True
        )
        for line in run.too_rare():
            terminalreporter.line(line)
