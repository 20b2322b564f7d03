"""Crash reports: the folder they lie in, how many are kept, and which a person has not seen yet.

A report is a text file for its owner's eyes. It says what happened, of which versions the program
is, where in it, and what the log said last; it holds no secret, no value and no text of an
exception (`log_digest`). What is written into it is told by `crash_watch`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sfsync_gui.desktop.log_digest import shorten_paths, without_home
from sfsync_gui.desktop.paths import log_path
from sfsync_gui.desktop.private_files import write_private
from sfsync_gui.desktop.redaction import Redactor, process_redactor

FOLDER = "crashes"

MOST = 10
"""Reports that are kept; of more the oldest go."""

SIZE = 100_000
"""Bytes of one report; what is beyond is left out."""

STOPPED = "SFSync stopped unexpectedly."
WENT_ON = "Something went wrong in SFSync. It went on."
FATAL_FOLLOWS = "--- Beyond this line: what the interpreter wrote as it ended ---\n"
"""The last line of a running program's file; whatever follows was written by a hard crash."""

_NEW = "new-"
_NAME = re.compile(r"(?:new-)?crash-(?P<start>\d{8}-\d{6})-(?P<pid>\d+)\.txt")
_RUNNING = "running-"


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One report. `is_new`: no person was told of it yet. `stopped`: the program ended by it."""

    path: Path
    at: float
    is_new: bool
    stopped: bool


class CrashReports:
    """The reports of one profile. No method raises: reporting trouble must not make more of it."""

    def __init__(self, data_dir: Path, redactor: Redactor = process_redactor) -> None:
        self.folder = data_dir / FOLDER
        self.log = log_path(data_dir)
        self._redactor = redactor

    def all(self) -> list[CrashReport]:
        """Every report, the newest first."""
        found: list[CrashReport] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                if _NAME.fullmatch(path.name):
                    with suppress(OSError):
                        found.append(_report(path))
        return sorted(found, key=lambda report: (report.at, report.path.name), reverse=True)

    def take_new(self) -> CrashReport | None:
        """The newest report that no person was told of; none is told of again after this."""
        new = [report for report in self.all() if report.is_new]
        for report in new:
            with suppress(OSError):
                report.path.rename(_told_path(report.path))
        if not new:
            return None
        told = _told_path(new[0].path)
        return replace(new[0], path=told if told.exists() else new[0].path, is_new=False)

    def text(self, report: CrashReport) -> str:
        """What a report says, cleaned once more: it may have been written by an older version."""
        try:
            return self.clean(report.path.read_text("utf-8", "replace")[:SIZE])
        except OSError as error:
            return f"The report cannot be read: {error.strerror}."

    def discard(self, report: CrashReport) -> None:
        """Delete a report."""
        with suppress(OSError):
            report.path.unlink(missing_ok=True)

    def write(self, name: str, text: str) -> bool:
        """Write or replace the report of one run of the program; whether that was possible."""
        try:
            content = self.clean(text).encode("utf-8", "replace")[:SIZE]
            write_private(self.folder / f"{_NEW}crash-{name}.txt", content)
            self._drop_oldest()
        except OSError:
            return False
        return True

    def clean(self, text: str) -> str:
        """The text without secrets, and without the place of the user's own folder."""
        return self._redactor.clean(without_home(text))

    # ------------------------------------------------------------------ hard crashes

    def running_path(self, name: str) -> Path:
        """The file of a running program, which a hard crash writes to."""
        return self.folder / f"{_RUNNING}{name}.txt"

    def gather(self, add_log: Callable[[], str]) -> None:
        """Make reports of what programs left that ended without a word, and forget the others.

        Call it while no other program works with the profile, this one included. `add_log` tells
        the last lines of the log.
        """
        with suppress(OSError):
            for path in sorted(self.folder.glob(f"{_RUNNING}*.txt")):
                self._gather(path, add_log)
            for path in self.folder.glob("*.part"):
                path.unlink(missing_ok=True)

    def _gather(self, path: Path, add_log: Callable[[], str]) -> None:
        with suppress(OSError):
            text = path.read_text("utf-8", "replace")[:SIZE]
            head, mark, fatal = text.partition(FATAL_FOLLOWS)
            if not mark:  # it crashed before it could say what it is
                head, fatal = f"{STOPPED}\n\n", head
            if fatal.strip():
                name = path.stem.removeprefix(_RUNNING)
                before = self._before(name)
                log = "" if before else add_log()
                self.write(name, head + shorten_paths(fatal.strip()) + "\n\n" + before + log)
            path.unlink(missing_ok=True)

    def _before(self, name: str) -> str:
        """What the same run of the program had reported before it ended."""
        path = self.folder / f"{_NEW}crash-{name}.txt"
        with suppress(OSError):
            return "--- Before that ---\n" + path.read_text("utf-8", "replace")
        return ""

    def _drop_oldest(self) -> None:
        for report in self.all()[MOST:]:
            self.discard(report)


def run_name(started: float, pid: int) -> str:
    """How files of one run of the program are named."""
    return f"{datetime.fromtimestamp(started, UTC):%Y%m%d-%H%M%S}-{pid}"


def _report(path: Path) -> CrashReport:
    with path.open("rb") as file:
        stopped = STOPPED.encode() in file.read(500)
    return CrashReport(path, path.stat().st_mtime, path.name.startswith(_NEW), stopped)


def _told_path(path: Path) -> Path:
    return path.with_name(path.name.removeprefix(_NEW))
