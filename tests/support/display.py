"""A screen of its own with a window manager, of which pictures can be taken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "1400x900x24"

_PICTURE = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(sys.argv)
sys.exit(not QGuiApplication.primaryScreen().grabWindow(0).save(sys.argv[1]))
"""


@contextmanager
def screen() -> Iterator[str]:
    """An X server and its window manager until the end; the value for DISPLAY."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        assert display != ":", "the X server did not start"
        manager = subprocess.Popen(
            ["openbox"],
            env={**os.environ, "DISPLAY": display},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield display
        finally:
            manager.kill()
            manager.wait()
    finally:
        server.kill()
        server.wait()


def take_picture(display: str, path: Path) -> None:
    """Keep what the whole screen shows as a PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", _PICTURE, str(path)],
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        check=True,
        timeout=60,
    )
