"""Watching a program for crashes, and writing down what is known of one.

Whatever the program did not expect comes by one door: the log. Exceptions that nobody catches, on
any thread and in slots, are logged by `logs`; those of tasks by their supervisors and by both event
loops. So a defect is an error that is logged with its exception, unless that is one of the
product's own, which were expected. A hard crash (a signal) is written by the interpreter itself
(`faulthandler`) into a file that was opened before, and becomes a report at the next start.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.desktop.crash_reports import (
    FATAL_FOLLOWS,
    STOPPED,
    WENT_ON,
    CrashReports,
    run_name,
)
from sfsync_gui.desktop.log_digest import digest, stack_of
from sfsync_gui.desktop.log_tail import last_text
from sfsync_gui.desktop.private_files import FILE_MODE, FOLDER_MODE
from sfsync_gui.desktop.versions import versions

ENDS = {"ends_program": True}
"""`extra` of a record whose exception ends the program."""

FAILURES = 5
"""Of so many defects in one run the report tells; more of them say nothing new."""

_LOG_BYTES = 30_000
_PRODUCT = "sfsync_gui"
_LOOPS = ("asyncio", "qasync")


class CrashWatch(logging.Handler):
    """Watches from construction until `close`. One run of the program leaves one report at most.

    Nothing that goes wrong here is told or raised: it must not make the trouble worse.
    """

    def __init__(self, reports: CrashReports, *, hard_crashes: bool = True) -> None:
        super().__init__(logging.ERROR)
        self._reports = reports
        self._started = time.time()
        self._name = run_name(self._started, os.getpid())
        self._failures: list[str] = []
        self._stopped = False
        self._is_writing = False
        self._fatal: IO[bytes] | None = None
        if hard_crashes:
            reports.gather(self._log_lines)
            self._open_fatal()
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the report, or write it again with one more failure in it."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or self._is_writing or not is_defect(record, error):
            return
        if len(self._failures) >= FAILURES:
            return
        self._is_writing = True
        try:
            self._stopped |= getattr(record, "ends_program", False)
            self._failures.append(_told(record, error))
            self._reports.write(self._name, self._text())
        except Exception:  # noqa: S110 - see the class
            pass
        finally:
            self._is_writing = False

    def introduce(self) -> None:
        """Write down of which versions the program is, for a hard crash to come.

        To find that out takes time: call it beside the window's thread.
        """
        fatal = self._fatal
        if fatal is not None:
            head = self._reports.clean(_head(STOPPED, self._started, None) + FATAL_FOLLOWS)
            with suppress(OSError, ValueError):  # closed meanwhile
                fatal.write(head.encode("utf-8", "replace"))

    def close(self) -> None:
        """The program ends as it should."""
        logging.getLogger().removeHandler(self)
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            faulthandler.disable()
            with suppress(OSError):
                fatal.close()
                self._reports.running_path(self._name).unlink(missing_ok=True)
        super().close()

    def _open_fatal(self) -> None:
        path = self._reports.running_path(self._name)
        with suppress(OSError, ValueError, RuntimeError):
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            self._fatal = os.fdopen(descriptor, "wb", buffering=0)
            faulthandler.enable(self._fatal, all_threads=True)

    def _text(self) -> str:
        what = STOPPED if self._stopped else WENT_ON
        parts = [_head(what, self._started, time.time()), *self._failures, self._log_lines()]
        return "\n".join(parts)

    def _log_lines(self) -> str:
        lines = digest(last_text(self._reports.log, _LOG_BYTES))
        return f"--- The last lines of the log ---\n{lines or 'none'}\n"


def is_defect(record: logging.LogRecord, error: BaseException) -> bool:
    """Whether this was not expected by anybody: a mistake of the product's own."""
    if not isinstance(error, Exception) or isinstance(error, SfsyncError | asyncio.CancelledError):
        return False
    source = record.name.split(".")[0]
    if source in _LOOPS:  # they tell of broken connections, too
        return not isinstance(error, OSError)
    return source == _PRODUCT


def _head(what: str, started: float, at: float | None) -> str:
    facts = [("Started", _moment(started)), *versions(), ("Frozen", _yes(hasattr(sys, "frozen")))]
    if at is not None:
        facts.insert(0, ("When", _moment(at)))
    lines = [f"{name:<10}{value}" for name, value in facts]
    return "\n".join([what, "", *lines, "", ""])


def _told(record: logging.LogRecord, error: BaseException) -> str:
    moment = _moment(record.created)
    return f"--- {moment}, {record.threadName}, {record.name} ---\n{stack_of(error)}\n"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"
