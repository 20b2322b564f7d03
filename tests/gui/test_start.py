"""What the window's program has loaded, and what it has left alone, when its window answers."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.window_start import measure


def test_the_window_waits_for_nothing_heavy(tmp_path: Path) -> None:
    start = measure(tmp_path)
    assert start.heavy == ()
    assert start.modules < 450


def test_qt_reads_no_sources_along_with_imports() -> None:
    script = (
        "import builtins, linecache; plain = builtins.__import__\n"
        "from sfsync_gui.app import gui\n"
        "print(builtins.__import__ is plain, sum('sfsync_gui' in f for f in linecache.cache))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "0"]
