"""Coroutine tests, and the town that they take place in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Services, services
from tests.support.town import Town, TownMaker


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests on a loop of their own; the towns' programs end on that loop too."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    fixtures: dict[str, Any] = pyfuncitem.funcargs
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: fixtures[name] for name in wanted}

    async def scenario() -> None:
        try:
            await pyfuncitem.obj(**arguments)
        finally:
            towns: list[Town] = fixtures.get("towns", [])
            for town in towns:
                await town.close()

    asyncio.run(scenario())
    return True


@pytest.fixture
def towns() -> Iterator[list[Town]]:
    made: list[Town] = []
    yield made
    for town in made:
        town.server.stop()


@pytest.fixture
def make_town(towns: list[Town], tmp_path: Path) -> TownMaker:
    def make(**options: Any) -> Town:
        town = Town(tmp_path / "profile", **options)
        towns.append(town)
        return town

    return make


@pytest.fixture
def town(make_town: TownMaker) -> Town:
    return make_town()


@pytest.fixture
def world() -> Iterator[Services]:
    """Both services behind HTTP, for commands."""
    with services() as served:
        yield served


@pytest.fixture
def environment(world: Services, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables that name both accounts, set for commands within the test's process."""
    named = world.environment()
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return named
