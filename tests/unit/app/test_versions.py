"""Both programs tell which version they are."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from sfsync_gui.desktop.paths import DISTRIBUTION


@pytest.mark.parametrize(
    ("program", "function"),
    [("sfsync", "__main__ import command_line"), ("sfsync-gui", "app.gui import main")],
)
def test_the_version_is_told_and_nothing_else_is_done(program: str, function: str) -> None:
    start = f"from sfsync_gui.{function} as start; raise SystemExit(start())"
    told = subprocess.run(
        [sys.executable, "-c", start, "--version"], capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"{program} {version(DISTRIBUTION)}\n"
