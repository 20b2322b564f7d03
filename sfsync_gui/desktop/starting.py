"""Starting other programs, and this one once more beside the one that runs.

A frozen program on Linux runs with `LD_LIBRARY_PATH` pointing into its own folder; PyInstaller
keeps the user's in `LD_LIBRARY_PATH_ORIG`. Other programs must be started with that one, or they
load our libraries and fail (PyInstaller manual, "LD_LIBRARY_PATH / LIBPATH considerations"). The
same holds for the folders in which Qt looks for its plugins.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

_LIBRARIES = "LD_LIBRARY_PATH"
_PLUGINS = ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH")
_WINDOW = "from sfsync_gui.__main__ import window; window()"


def environment_for_others(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which to start programs that are not ours."""
    result = dict(os.environ if environment is None else environment)
    if not getattr(sys, "frozen", False):
        return result
    original = result.pop(f"{_LIBRARIES}_ORIG", None)
    for name in (_LIBRARIES, *_PLUGINS):
        result.pop(name, None)
    if original:
        result[_LIBRARIES] = original
    return result


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
