"""How long the window takes from the start of the process until it is drawn and answers.

`python -m tests.benchmarks.window_start [RUNS]` prints it beside an empty window of Qt's, started
in turn. Time of the wall depends on what else the computer does; CPU time hardly does.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import Figures

BUDGET = 600
"""Milliseconds, design 3."""

HEAVY = (
    "PySide6.QtWebEngineCore",
    "PySide6.QtCharts",
    "alembic",
    "authlib",
    "cryptography",
    "httpx",
    "keyring",
    "requests",
    "rich",
    "simple_salesforce",
    "sqlalchemy",
    "starlette",
    "typer",
    "zeep",
)
"""What the window does not wait for."""

_TOLD = """
def told():
    heavy = [name for name in sys.argv[2].split(",") if name in sys.modules]
    now, cpu = time.time() - float(sys.argv[1]), time.process_time()
    print(round(now * 1000), round(cpu * 1000), len(sys.modules), *heavy, flush=True)
"""
_WINDOW = f"""
import sys, time
from sfsync_gui.app import gui
from PySide6.QtCore import QEvent, QObject, QTimer
{_TOLD}
class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.answer)
        return False

    def answer(self):
        told()
        QTimer.singleShot(1500, shells[0].quit)

paint, shells = FirstPaint(), []

class Measured(gui.Shell):
    def bring_up(self):
        shells.append(self)
        self.window.installEventFilter(paint)
        super().bring_up()

gui.Shell = Measured
sys.exit(gui.main(sys.argv[3:]))
"""
_BARE = f"""
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
{_TOLD}
application = QApplication([])
window = QMainWindow()
window.resize(1120, 720)
window.show()
def answer():
    told()
    application.quit()
QTimer.singleShot(0, lambda: QTimer.singleShot(0, answer))
application.exec()
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: milliseconds of the wall and of the CPU, and which modules were loaded by then."""

    wall: int
    cpu: int
    modules: int
    heavy: tuple[str, ...]


def measure(folder: Path, script: str = _WINDOW) -> Start:
    """One start on a new profile. `folder` keeps what Python compiles, as an installation does."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder)}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as profile:
        arguments = [str(time.time()), ",".join(HEAVY), "--data-dir", profile]
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=surroundings,
        )
    wall, cpu, modules, *heavy = done.stdout.split("\n")[0].split()
    return Start(int(wall), int(cpu), int(modules), tuple(heavy))


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as compiled:
        folder = Path(compiled)
        measure(folder)
        pairs = [(measure(folder), measure(folder, _BARE)) for _ in range(runs)]
    ours, bare = zip(*pairs, strict=True)
    figures = Figures("Start to usable window")
    figures.at_most("wall, median", statistics.median(one.wall for one in ours), BUDGET, "ms")
    figures.note("wall, least", min(one.wall for one in ours), "ms")
    figures.note("CPU, median", statistics.median(one.cpu for one in ours), "ms")
    figures.note("an empty window: wall, median", statistics.median(o.wall for o in bare), "ms")
    figures.note("an empty window: CPU, median", statistics.median(o.cpu for o in bare), "ms")
    figures.note("modules loaded", statistics.median(one.modules for one in ours))
    figures.at_most("heavy modules among them", max(len(one.heavy) for one in ours), 0)


if __name__ == "__main__":
    main()
