"""A pytest plugin: how many worlds are run, and what has to occur in them all together.

Each worker of pytest-xdist hands its counts to the controller, which judges.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.property.company_coverage import expected_of_companies
from tests.property.coverage import expected

FULL_RUN = 300
"""Worlds from which on everything must have occurred often enough."""

COMPANY_WORLDS = 60
"""The same for worlds with companies."""

OFTEN = 20
OFTEN_OF_COMPANIES = 3
MOST_EXCUSED = 0.35
"""The share of human edits that may be excused, all together."""

_KEY = pytest.StashKey["WorldsRun"]()
_OUTPUT = "worlds_run"
_COMPANIES = "companies: "


class WorldsRun:
    """What occurred in all worlds of this process so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, counts: Counter[str]) -> None:
        """Take in one world."""
        self.counts.update(counts)

    def add_companies(self, counts: Counter[str]) -> None:
        """Take in one world with companies."""
        self.counts.update({f"{_COMPANIES}{name}": number for name, number in counts.items()})

    def too_rare(self) -> list[str]:
        """What did not occur often enough, with how often it did; nothing where too few worlds
        were run to judge."""
        rare = self._rare("", FULL_RUN, expected(), OFTEN)
        wanted = expected_of_companies()
        return rare + self._rare(_COMPANIES, COMPANY_WORLDS, wanted, OFTEN_OF_COMPANIES)

    def _rare(self, kind: str, least: int, wanted: list[str], often: int) -> list[str]:
        if self.counts[f"{kind}worlds"] < least:
            return []
        found = [(self.counts[f"{kind}{name}"], name) for name in wanted]
        rare = [
            f"{number:6} {kind}{name} (wanted: {often})" for number, name in found if number < often
        ]
        if self.excused(kind) > MOST_EXCUSED:
            rare.append(f"{self.excused(kind):.0%} of the edits were excused {kind}".strip())
        return rare

    def excused(self, kind: str = "") -> float:
        """The share of edits that were excused; `kind` is the beginning of the names."""
        prefix = f"{kind}edit: "
        edits = {name: n for name, n in self.counts.items() if name.startswith(prefix)}
        excused = sum(n for name, n in edits.items() if name.startswith(f"{prefix}excused"))
        return excused / max(1, sum(edits.values()))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many worlds, and which."""
    group = parser.getgroup("property")
    group.addoption(
        "--worlds", type=int, help="how many random worlds of each sort tests/property runs"
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
    if "worlds_run" not in metafunc.fixturenames:
        return
    first, number = (metafunc.config.getoption(name) for name in ("first_seed", "worlds"))
    for name, usual in (("seed", FULL_RUN), ("company_seed", COMPANY_WORLDS)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(first, first + (number or usual)))


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
    elif run.too_rare() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was too rare; all that occurred, if asked."""
    run = config.stash[_KEY]
    if config.getoption("occurrences"):
        number = run.counts["worlds"] + run.counts[f"{_COMPANIES}worlds"]
        terminalreporter.section(f"what occurred in {number} worlds")
        wanted = {*expected(), *(f"{_COMPANIES}{name}" for name in expected_of_companies())}
        for name in sorted({*wanted, *run.counts} - {"worlds"}):
            terminalreporter.line(f"{run.counts[name]:6} {name}")
        terminalreporter.line(f"{run.excused():6.0%} of the edits were excused")
        terminalreporter.line(f"{run.excused(_COMPANIES):6.0%} of those of companies")
    if run.too_rare():
        terminalreporter.section("too rare in the random worlds", red=True)
        for line in run.too_rare():
            terminalreporter.line(line)
