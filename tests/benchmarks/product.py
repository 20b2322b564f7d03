"""The product in a process of its own, so that its time and memory can be told from all else.

A job is a coroutine function that is given a `Profile`. What it cost is told by the operating
system: CPU of all threads, and the largest resident memory of this very process.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, TypeVar

from sfsync_gui.app import LocalClock, Running, build
from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.ports import Clock
from tests.benchmarks.services import Accounts, processes

T = TypeVar("T")

MEBIBYTE = 1024 * 1024


class SimulatedClock:
    """The time that product and services share: whoever sleeps moves it on at once."""

    def __init__(self, moment: Synchronized[float]) -> None:
        self._moment = moment

    def now(self) -> float:
        """The current unix time."""
        return self._moment.value

    async def sleep(self, seconds: float) -> None:
        """Have the time pass."""
        self._moment.value += max(0.0, seconds)
        await asyncio.sleep(0)


@dataclass(slots=True)
class Cost:
    """What a piece of work took: seconds of CPU and of the wall, and MiB of memory at most."""

    cpu: float = 0.0
    wall: float = 0.0
    peak: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure the block; the result is complete after it."""
    cost = Cost()
    cpu, wall = time.process_time(), time.monotonic()
    yield cost
    cost.cpu, cost.wall = time.process_time() - cpu, time.monotonic() - wall
    cost.peak = peak_memory()


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the product keeps its data, whom it talks to, and by which time.

    `rows` None is the suggested mapping; `simulated` None is the computer's time.
    """

    data_dir: Path
    accounts: Accounts
    simulated: Synchronized[float] | None = None
    rows: tuple[AttributeMapping, ...] | None = None
    settings: Settings | None = None

    def clock(self) -> Clock:
        """The clock of the engine."""
        if self.simulated is None:
            return LocalClock(time.time)
        return SimulatedClock(self.simulated)

    def stored_bytes(self) -> int:
        """The size of the database and what belongs to it."""
        return sum(size for _, size, _ in self.stored_files())

    def stored_files(self) -> list[tuple[str, int, int]]:
        """The database's files: name, size, and when last written (nanoseconds)."""
        path = database_path(self.data_dir)
        stats = {file.name: file.stat() for file in path.parent.glob(f"{path.name}*")}
        return [(name, one.st_size, one.st_mtime_ns) for name, one in stats.items()]


Job = Callable[..., Awaitable[T]]
"""A coroutine function that is given a profile, and whatever else it was started with."""


def run_in_product(job: Job[T], profile: Profile, *given: Any) -> T:
    """Run a job in a fresh process and return its result, which must be of plain values.

    Raises RuntimeError with the traceback of what the job raised.
    """
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=_run, args=(theirs, job, profile, given), daemon=True)
    process.start()
    theirs.close()
    try:
        result, failure = ours.recv()
    except EOFError:
        result, failure = None, "the process ended without a word"
    process.join(30)
    if failure is not None:
        raise RuntimeError(failure)
    answer: T = result
    return answer


def _run(pipe: Connection, job: Job[Any], profile: Profile, given: tuple[Any, ...]) -> None:
    try:
        pipe.send((asyncio.run(_awaited(job, profile, given)), None))
    except BaseException:
        pipe.send((None, traceback.format_exc()))


async def _awaited(job: Job[T], profile: Profile, given: tuple[Any, ...]) -> T:
    return await job(profile, *given)


def built(profile: Profile, emit: Callable[[Event], None] = lambda event: None) -> Running:
    """The product's parts, wired as the command line does."""
    accounts = profile.accounts
    return build(
        profile.data_dir, accounts.intercom(), accounts.salesforce(), profile.clock(), emit
    )


def peak_memory() -> float:
    """MiB of resident memory that this process had at most.

    Linux: `VmHWM` of this very program; `ru_maxrss` would begin with its parent's (proc(5)).
    """
    for line in _status():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEBIBYTE


def memory() -> float:
    """MiB of resident memory that this process has now, after garbage was collected."""
    gc.collect()
    for line in _status():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return peak_memory()


def written_bytes() -> int:
    """Bytes that this process had written to storage so far; 0 where the system does not tell."""
    path = Path("/proc/self/io")
    lines = path.read_text().splitlines() if path.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


def _status() -> list[str]:
    path = Path("/proc/self/status")
    return path.read_text().splitlines() if path.exists() else []
