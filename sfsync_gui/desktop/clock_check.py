"""Whether the computer's clock stands before a time that has certainly been.

With a wrong clock no secure connection can be made: certificates are not valid yet. A clock that
lost its battery begins at a date long ago, and the files of the profile know better.
"""

from contextlib import suppress
from pathlib import Path

from sfsync_gui.desktop.paths import database_path, log_path

SLACK = 86_400.0
"""Seconds that a clock may have been ahead before it was set right, without this being told."""


def last_used(data_dir: Path) -> float:
    """When the profile's files were written last, in unix seconds by the clock of then; 0: never.

    A file written since the clock went wrong has a time of the wrong clock, so the newest counts.
    """
    newest = 0.0
    for path in (database_path(data_dir), log_path(data_dir)):
        with suppress(OSError):
            newest = max(newest, path.stat().st_mtime)
    return newest


def is_behind(now: float, known: float) -> bool:
    """Whether `now` is before a time that is known to have been."""
    return now < known - SLACK
