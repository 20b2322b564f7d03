"""What the program costs while it rests in the tray, connected: CPU and memory.

`python -m tests.benchmarks.window_idle [SECONDS] [PEOPLE]` starts it twice on one profile: to
connect, and then as every day. The second start rests until what Intercom may show late is over,
and is measured for SECONDS (60; 300 for the figure of docs/benchmarks.md). Linux only: the kernel
tells the memory in `/proc/PID/smaps_rollup`. RSS counts pages that other programs use too; PSS
counts those by share.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figures import Figures
from tests.benchmarks.services import Accounts, Plan, served

CPU_BUDGET = 0.1
"""Percent of a core, design 3."""

MEMORY_BUDGET = 150
"""MiB, design 3."""

PEOPLE = 1000
SETTLE = 30.0
"""Seconds after the start before it is measured."""

_TICKS = os.sysconf("SC_CLK_TCK")
_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1120, 720)
window.show()
print("running", flush=True)
application.exec()
"""


@contextmanager
def program(*command: str) -> Iterator[int]:
    """A program until the end of the block, once it has printed a line; its process id."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": tempfile.gettempdir() + "/sfsync-pyc"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=surroundings
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "it has not begun"
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def in_tray(folder: Path, accounts: Accounts) -> list[str]:
    """The command that starts the window's program in the tray."""
    given = json.dumps(asdict(accounts))
    return ["-m", "tests.benchmarks.window_program", str(folder), "idle", given]


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used, all of its threads."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def memory_of(process: int) -> dict[str, float]:
    """MiB that a process has in memory, by the kernel's names."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(size) / 1024 for name, size, _unit in map(str.split, lines)}


def measure(figures: Figures, process: int, seconds: float) -> None:
    """Watch a process that has just begun."""
    time.sleep(SETTLE)
    before, since = cpu_of(process), time.monotonic()
    time.sleep(seconds)
    share = (cpu_of(process) - before) / (time.monotonic() - since) * 100
    memory = memory_of(process)
    figures.at_most("CPU", share, CPU_BUDGET, "% of a core")
    figures.at_most("RSS", memory["Rss:"], MEMORY_BUDGET, "MiB")
    figures.note("PSS", memory["Pss:"], "MiB")
    figures.note("of its own (anonymous)", memory["Anonymous:"], "MiB")


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    people = int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE
    with tempfile.TemporaryDirectory() as folder, served(Plan(linked=people)) as services:
        command = in_tray(Path(folder), services.accounts)
        with program(*command):
            # They were all made in one second, and a reading takes in all people of its last one.
            services.ask("edit_intercom", 1, "later")
            time.sleep(SETTLE)
        figures = Figures(f"Idle in the tray, {people} linked people, {seconds:.0f} s")
        with program(*command) as process:
            measure(figures, process, seconds)
        with program("-c", _BARE) as process:
            time.sleep(2)
            memory = memory_of(process)
        figures.note("an empty window of Qt's: RSS", memory["Rss:"], "MiB")
        figures.note("an empty window of Qt's: PSS", memory["Pss:"], "MiB")


if __name__ == "__main__":
    main()
