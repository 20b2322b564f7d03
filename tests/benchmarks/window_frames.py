"""How evenly the window's loop runs while all people are compared in the thread beside it.

`python -m tests.benchmarks.window_frames [PEOPLE]` watches a timer of 4 ms in the window's thread:
no frame can be drawn between two of its ticks that are far apart. It is watched at rest first, to
see what the computer itself does to it. Whatever that is, the other threads of the program make
the window wait no longer than the CPU time that they take between two ticks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict

from tests.benchmarks.figures import Figures
from tests.benchmarks.services import Plan, served

PEOPLE = 100_000
P99_BUDGET = 33
AIM = 16
WORST_BUDGET = 100
"""Milliseconds, design 3."""


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    figures = Figures(f"The window while {people} people are compared")
    with tempfile.TemporaryDirectory() as folder, served(Plan(linked=people)) as services:
        accounts = json.dumps(asdict(services.accounts))
        command = ["-m", "tests.benchmarks.window_program", folder, "frames", accounts]
        process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if said["said"] == "resting":
                figures.note("at rest: p99", said["p99"], "ms")
                figures.note("at rest: longest gap", said["worst"], "ms")
            if said["said"] == "comparing":
                figures.note("comparing took", said["seconds"], "s")
                figures.at_most("p99 (must)", said["p99"], P99_BUDGET, "ms")
                figures.at_most("p99 (aim)", said["p99"], AIM, "ms")
                figures.at_most("longest gap", said["worst"], WORST_BUDGET, "ms")
                figures.at_most("CPU beside: p99", said["beside_p99"], AIM, "ms")
                figures.at_most("CPU beside: most", said["beside_worst"], WORST_BUDGET, "ms")
                break
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
