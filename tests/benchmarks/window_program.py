"""The window's program, connected to services of another process, for the window's benchmarks.

`python -m tests.benchmarks.window_program FOLDER idle|frames ACCOUNTS` prints a line `running` once
both sides are connected and everybody is linked. `idle` then keeps on until it is told to end, as
in the tray; `frames` compares all people and prints how evenly the window's loop ran meanwhile.
"""

from __future__ import annotations

import sfsync_gui.desktop.plain_imports  # noqa: F401 - first, as in the program itself

# isort: split

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from sfsync_gui.app import gui
from sfsync_gui.app.late_host import Build
from sfsync_gui.desktop.paths import database_path

if TYPE_CHECKING:
    from sfsync_gui.app.host import Host
    from sfsync_gui.app.keeper import Keeper

TICK = 4
"""Milliseconds between two ticks of the timer that is watched."""

REST = 15.0
"""Seconds before the comparison, to see what the machine itself does to the timer."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """How long the window's loop did nothing else, in milliseconds.

    `beside_*` is the CPU time that the program's other threads took meanwhile. They hold Python's
    lock at most that long, whatever else the computer does.
    """

    ticks: int
    p99: float
    worst: float
    beside_p99: float
    beside_worst: float
    seconds: float


class Ticker(QObject):
    """A timer in the window's thread that notes when it is called."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[float] = []
        self._beside: list[float] = []
        self._last = time.perf_counter()
        self._last_beside = _cpu_beside()
        self._timer = QTimer(self, interval=TICK)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, beside = time.perf_counter(), _cpu_beside()
        self._gaps.append((now - self._last) * 1000)
        self._beside.append((beside - self._last_beside) * 1000)
        self._last, self._last_beside = now, beside

    def taken(self) -> Gaps:
        """What was noted since the last time."""
        gaps, self._gaps = sorted(self._gaps), []
        beside, self._beside = sorted(self._beside), []
        place = int(len(gaps) * 0.99)
        return Gaps(
            len(gaps),
            round(gaps[place], 1),
            round(gaps[-1], 1),
            round(beside[place], 1),
            round(beside[-1], 1),
            round(sum(gaps) / 1000, 1),
        )


def _cpu_beside() -> float:
    """Seconds of CPU that all threads but this one have taken."""
    return time.process_time() - time.thread_time()


def tell(**what: object) -> None:
    """Print a line for whoever started this program."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def build_for(folder: Path, accounts: dict[str, str], job: str) -> Build:
    """What `gui` builds, with sign-ins that are given and kept in memory."""
    is_new = not database_path(folder).exists()

    def build(stack: ExitStack) -> Host:
        from sfsync_gui.app.host import Host
        from sfsync_gui.app.wiring import LocalClock
        from sfsync_gui.core.offers import suggest
        from sfsync_gui.core.vocabulary import FirstRun, Side
        from sfsync_gui.credentials.vault import Vault
        from sfsync_gui.engine.handle import Phase
        from sfsync_gui.engine.signing_in import Grant

        async def prepare(keeper: Keeper) -> None:
            await keeper.reached(Phase.UNCONNECTED if is_new else Phase.OPENING)
            token, url = accounts["intercom_token"], accounts["intercom_url"]
            grant = Grant(Side.INTERCOM, access_token=token, region="US", api_url=url)
            await keeper.connect(grant, start_afresh=False)
            token, url = accounts["salesforce_token"], accounts["salesforce_url"]
            grant = Grant(Side.SALESFORCE, access_token=token, instance_url=url, login_url=url)
            await keeper.connect(grant, start_afresh=False)
            if is_new:
                await keeper.reached(Phase.FIRST_RUN)
                await keeper.begin(suggest(keeper.online().context.schema), FirstRun.LINK_ALL)
            await keeper.reached(Phase.RUNNING)
            tell(said="running")
            if job == "frames":
                await _compare(keeper)

        return Host(folder, LocalClock(time.time), Vault.in_memory(), prepare=prepare)

    return build


async def _compare(keeper: Keeper) -> None:
    ticker = shared[0]
    tell(said="connecting", **asdict(ticker.taken()))
    await asyncio.sleep(REST)
    tell(said="resting", **asdict(ticker.taken()))
    cpu = time.process_time()
    await keeper.online().compare()
    tell(said="comparing", **asdict(ticker.taken()), cpu=round(time.process_time() - cpu, 1))


shared: list[Ticker] = []


def main(arguments: Sequence[str]) -> int:
    """Run it to its end."""
    folder, job, accounts = Path(arguments[0]), arguments[1], json.loads(arguments[2])
    if job == "frames":
        QTimer.singleShot(0, lambda: shared.append(Ticker()))
    options = gui.Options(folder, minimized=job == "idle")
    return gui._run(options, folder, build_for(folder, accounts, job))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
