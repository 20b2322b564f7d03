"""What the benchmarks have the product do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sfsync_gui.app import Running, open_and_connect
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.mapping_edits import edit_rows
from tests.benchmarks.product import Cost, Profile, built, measured


@asynccontextmanager
async def connected(profile: Profile) -> AsyncIterator[Engine]:
    """The product, open and connected, and closed at the end."""
    running = built(profile)
    try:
        await _open(profile, running)
        yield running.engine
    finally:
        await running.close()


async def _open(profile: Profile, running: Running) -> None:
    engine = running.engine
    if profile.settings is not None:
        settings = profile.settings
        await running.store.run(lambda unit: unit.state.put_settings(settings))
    if profile.rows is not None:
        await engine.open()
        await edit_rows(engine.context, profile.rows)
    await open_and_connect(running)


async def connect(profile: Profile) -> tuple[Cost, int]:
    """Connect a new profile; what it cost, and how many links there are then."""
    with measured() as cost:
        async with connected(profile) as engine:
            links = await engine.context.store.run(lambda unit: unit.links.count())
    return cost, links


async def compare(profile: Profile) -> Cost:
    """The full comparison of both sides."""
    async with connected(profile) as engine:
        with measured() as cost:
            await engine.compare()
    return cost


async def sync(profile: Profile, times: int = 1) -> Cost:
    """So many checks of both sides."""
    async with connected(profile) as engine:
        await engine.sync_once()
        with measured() as cost:
            for _ in range(times):
                await engine.sync_once()
    return cost
