"""How long the window takes from the start of the process until it is drawn and answers.

`python -m tests.benchmarks.window_start [RUNS]` prints the milliseconds of each run.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

SCRIPT = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from sfsync_gui.app import gui

begun = float(sys.argv[1])

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.answer)
        return False

    def answer(self):
        print(round((time.time() - begun) * 1000), flush=True)
        QTimer.singleShot(1500, shells[0].quit)

paint, shells = FirstPaint(), []

class Measured(gui.Shell):
    def bring_up(self):
        shells.append(self)
        self.window.installEventFilter(paint)
        super().bring_up()

gui.Shell = Measured
sys.exit(gui.main(sys.argv[2:]))
"""


def measure() -> int:
    """One start on a new profile, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SCRIPT, str(time.time()), "--data-dir", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return int(done.stdout.split()[0])


def main() -> None:
    """Measure and print."""
    runs = [measure() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5)]
    print(*runs, "ms; median", round(statistics.median(runs)))


if __name__ == "__main__":
    main()
