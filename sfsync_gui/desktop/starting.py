"""Starting this program once more, beside the one that runs."""

import subprocess
import sys

from sfsync_gui.desktop.opening import environment_for_others

_WINDOW = "from sfsync_gui.__main__ import window; window()"


def window_command(*options: str) -> list[str]:
    """The command that opens the window, whether frozen, installed or in a checkout."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *options]
    return [sys.executable, "-c", _WINDOW, *options]


def start_demo() -> None:
    """Open a demo workspace in a window of its own, which lives on without this program."""
    subprocess.Popen(  # noqa: S603 - our own program
        window_command("--demo"),
        env=environment_for_others(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
