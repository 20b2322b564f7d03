"""What the benchmarks have the product do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sfsync_gui.app import Running, open_and_connect
from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.companies import sync_companies
from sfsync_gui.engine.comparing import compare_intercom
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.mapping_edits import edit_rows
from tests.benchmarks.product import Cost, Profile, built, measured, memory, written_bytes

HOUR = 3600


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


async def compare(profile: Profile, answers: Path) -> tuple[Cost, float]:
    """The full comparison of both sides, and the CPU seconds of parsing its `answers` alone."""
    async with connected(profile) as engine:
        with measured() as cost:
            await engine.compare()
    return cost, parsing(answers)


async def sync(profile: Profile) -> tuple[int, float]:
    """One check of both sides and all that it makes due: Salesforce calls, and seconds."""
    async with connected(profile) as engine:
        before = await _salesforce_calls(engine)
        with measured() as cost:
            await engine.sync_once()
        return await _salesforce_calls(engine) - before, cost.wall


async def _salesforce_calls(engine: Engine) -> int:
    await engine.spending.flush(engine.context, force=True)
    return engine.spending.own_salesforce_calls()


async def sweep(profile: Profile) -> Cost:
    """The comparison of all contacts in Intercom with what is stored, the start included."""
    with measured() as cost:
        async with connected(profile) as engine:
            async for _ in compare_intercom(engine.context):
                pass
    return cost


def parsing(answers: Path) -> float:
    """The CPU seconds that `json.loads` takes for all recorded answers of a folder."""
    seconds = 0.0
    for file in answers.iterdir():
        with file.open("rb") as bodies:
            while size := int.from_bytes(bodies.read(8), "big"):
                body = bodies.read(size)
                begun = time.process_time()
                json.loads(body)
                seconds += time.process_time() - begun
    return seconds


@dataclass(frozen=True, slots=True)
class Poll:
    """What idle polls wrote to disk: changed files of the database, and bytes by the system."""

    files: int
    written: int


async def poll_idly(profile: Profile, times: int) -> Poll:
    """Check both sides so often while nothing happens."""
    async with connected(profile) as engine:
        await engine.sync_once()
        files, written = profile.stored_files(), written_bytes()
        for _ in range(times):
            await engine.check(list(Side))
        return Poll(len(set(profile.stored_files()) ^ set(files)), written_bytes() - written)


async def join_companies(profile: Profile, key: MappingKey) -> tuple[Cost, int]:
    """Have companies synced, all of them linked; what it cost, and how many links there are."""
    async with connected(profile) as engine:
        with measured() as cost:
            await sync_companies(engine.context, key)
        links = await engine.context.store.run(lambda unit: unit.links.count(Family.COMPANIES))
    return cost, links


async def sweep_companies(profile: Profile, times: int) -> tuple[Cost, Poll]:
    """Check both sides so often, with a look at all companies each time; nothing happens."""
    async with connected(profile) as engine:
        await engine.sync_once()
        files, written = profile.stored_files(), written_bytes()
        with measured() as cost:
            for _ in range(times):
                engine.times.swept_companies = 0.0
                await engine.check(list(Side))
        changed = set(profile.stored_files()) ^ set(files)
        return cost, Poll(len(changed), written_bytes() - written)


async def check_people_during_a_sweep(profile: Profile, steps: int) -> tuple[float, int]:
    """Have the schedule read all companies while people are to be checked at every moment.

    How long that was not possible at most: in seconds, and in pages of companies.
    """
    async with connected(profile) as engine:
        await engine.sync_once()
        engine.times.swept_companies = 0.0
        longest, most, pages = 0.0, 0, await _pages_of_companies(engine)
        for _ in range(steps):
            engine.times.checked[Side.INTERCOM] = 0.0
            with measured() as cost:
                await engine.step()
            before, pages = pages, await _pages_of_companies(engine)
            longest, most = max(longest, cost.wall), max(most, pages - before)
        return longest, most


async def _pages_of_companies(engine: Engine) -> int:
    await engine.spending.flush(engine.context, force=True)
    calls = await engine.context.store.run(lambda unit: unit.state.calls(0))
    return calls.get((Side.INTERCOM, "sweep"), 0)


@dataclass(frozen=True, slots=True)
class Day:
    """What some simulated hours took: CPU seconds, and MiB of memory after the first and last."""

    cpu: float
    first: float
    last: float


async def live(profile: Profile, hours: int) -> Day:
    """Let the headless engine run for simulated hours by its own schedule."""
    async with connected(profile) as engine:
        begun, cpu = engine.context.clock.now(), time.process_time()
        engine.start()
        await _until(engine, begun + HOUR)
        first = memory()
        await _until(engine, begun + hours * HOUR)
        return Day(time.process_time() - cpu, first, memory())


async def _until(engine: Engine, moment: float) -> None:
    while engine.context.clock.now() < moment:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
