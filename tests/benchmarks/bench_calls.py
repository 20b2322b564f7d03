"""How many requests the sync sends: idle, for many changes, for people whom nobody matches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import ceil
from pathlib import Path

import pytest

from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.engine.loop import Engine
from tests.benchmarks.figures import Figures
from tests.benchmarks.jobs import HOUR, connected
from tests.benchmarks.product import Profile
from tests.benchmarks.services import Plan, Services, served, simulated_time

pytestmark = pytest.mark.timeout(1800)

LINKED = 1250
CHANGED = 1200
POLLS = 20
STRANGERS = 200
SMALL_PAGE = 60_000
"""Bytes of ten contacts, at most."""

UNGUARDED = Settings(guard_share=2.0)
"""The mass-change guard would wait for a person."""


def rows(direction: Direction) -> tuple[AttributeMapping, ...]:
    """One row for the nickname."""
    field = "Nickname__c"
    return (AttributeMapping("nick", "custom_attributes.Nickname", direction, field, field),)


def sync(
    folder: Path, direction: Direction, work: Callable[[Engine, Services], Awaitable[None]]
) -> None:
    """Have `work` done on a connected product that came to rest."""

    async def run(services: Services) -> None:
        profile = Profile(folder, services.accounts, time, rows(direction), UNGUARDED)
        async with connected(profile) as engine:
            time.value += HOUR
            await engine.sync_once()
            time.value += HOUR
            await engine.sync_once()
            await work(engine, services)

    time = simulated_time()
    with served(Plan(LINKED, simulated=time)) as services:
        asyncio.run(run(services))


def counted(services: Services) -> tuple[int, int]:
    """Requests to Intercom and to Salesforce since the last `forget`."""
    told = services.ask("counted")
    return told["intercom"][0], told["salesforce"][0]


def test_idle(tmp_path: Path) -> None:
    figures = Figures("Idle")

    async def work(engine: Engine, services: Services) -> None:
        services.ask("forget")
        for _ in range(POLLS):
            await engine.check(list(Side))
        intercom, salesforce = counted(services)
        _, received, _ = services.ask("counted")["intercom"]
        figures.at_most("Salesforce requests a poll", salesforce / POLLS, 1)
        figures.at_most("Intercom requests a poll", intercom / POLLS, 1)
        figures.at_most("bytes of Intercom's page", received / POLLS, SMALL_PAGE)

    sync(tmp_path, Direction.TWO_WAY, work)
    figures.check()


@pytest.mark.parametrize("direction", [Direction.TO_SALESFORCE, Direction.TWO_WAY])
def test_changes_in_intercom(tmp_path: Path, direction: Direction) -> None:
    is_two_way = direction is Direction.TWO_WAY
    figures = Figures(f"{CHANGED:,} people changed in Intercom, row {direction.value}")

    async def work(engine: Engine, services: Services) -> None:
        services.ask("edit_intercom", CHANGED, "changed")
        services.ask("forget")
        await engine.sync_once()
        intercom, salesforce = counted(services)
        assert services.ask("nicknames", CHANGED) == ({"changed"}, {"changed"})
        budget = ceil(CHANGED / 200) + (ceil(CHANGED / 1000) if is_two_way else 0)
        figures.at_most("Salesforce requests beside the poll", salesforce - 1, budget)
        pages = 1 + ceil((CHANGED - 10) / 150)
        figures.at_most("Intercom pages", intercom, pages + 1)
        await second_pass(engine, services, figures)

    sync(tmp_path, direction, work)
    figures.check()


@pytest.mark.parametrize("direction", [Direction.TO_INTERCOM, Direction.TWO_WAY])
def test_changes_in_salesforce(tmp_path: Path, direction: Direction) -> None:
    is_two_way = direction is Direction.TWO_WAY
    figures = Figures(f"{CHANGED:,} people changed in Salesforce, row {direction.value}")

    async def work(engine: Engine, services: Services) -> None:
        services.ask("edit_salesforce", CHANGED, "changed")
        services.ask("forget")
        await engine.sync_once()
        _, salesforce = counted(services)
        single = services.ask("requests", "GET", r"^/contacts/") + services.ask(
            "requests", "PUT", r"^/contacts/"
        )
        assert services.ask("nicknames", CHANGED) == ({"changed"}, {"changed"})
        budget = CHANGED * (2 if is_two_way else 1)
        figures.at_most("Intercom requests beside the poll", single, budget)
        figures.at_most("Salesforce requests", salesforce, 1)
        await second_pass(engine, services, figures)

    sync(tmp_path, direction, work)
    figures.check()


async def second_pass(engine: Engine, services: Services, figures: Figures) -> None:
    """Check once more, when nobody has changed anything."""
    services.ask("forget")
    await engine.sync_once()
    _, salesforce = counted(services)
    figures.at_most("second pass: writes to Intercom", services.ask("requests", "PUT", ""), 0)
    figures.at_most("second pass: Salesforce requests beside the poll", salesforce - 1, 0)


def test_strangers(tmp_path: Path) -> None:
    figures = Figures(f"{STRANGERS} people on each side whom nobody matches")

    async def work(engine: Engine, services: Services) -> None:
        services.ask("add_strangers", STRANGERS)
        services.ask("forget")
        await engine.sync_once()
        _, salesforce = counted(services)
        figures.at_most("Salesforce requests beside the poll", salesforce - 1, 0)
        figures.at_most(
            "Intercom requests beside pages",
            services.ask("requests", None, r"^/contacts/\w{20}"),
            0,
        )

    sync(tmp_path, Direction.TWO_WAY, work)
    figures.check()
