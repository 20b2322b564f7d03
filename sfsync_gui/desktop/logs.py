"""The log: a small file in the profile's folder that replaces itself, without secrets.

Whatever happens to the file (a full disk, a folder that may not be written to) is said once and
never breaks the program. One process at a time has the profile open, and that one writes.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from sfsync_gui.desktop.paths import APP_NAME, log_path
from sfsync_gui.desktop.redaction import Redactor, process_redactor

SIZE = 1_000_000
"""Bytes of one file."""

OLDER = 2
"""How many older files are kept beside it."""

_PRODUCT = "sfsync_gui"
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"

Say = Callable[[str], None]
"""Tells a person one sentence."""


def start_logging(
    data_dir: Path,
    *,
    redactor: Redactor = process_redactor,
    level: int = logging.INFO,
    say: Say | None = None,
) -> Log:
    """Write the log of the profile in a folder until `close`; never raises.

    The product logs from `level` on, libraries only warnings: some write whole addresses below
    that. Exceptions that nobody catches are logged too. `say` is told, once, where the log cannot
    be written; left out, standard error is.
    """
    return Log(log_path(data_dir), redactor, level, say or _say_on_stderr)


class Log:
    """The log while it is written. `close` puts logging back as it was."""

    def __init__(self, path: Path, redactor: Redactor, level: int, say: Say) -> None:
        self.path = path
        self._handler = _LogFile(path, say)
        self._handler.setFormatter(_CleanFormatter(redactor))
        self._product = logging.getLogger(_PRODUCT)
        self._level_before = self._product.level
        self._product.setLevel(level)
        logging.getLogger().addHandler(self._handler)
        self._hooks = _Hooks(redactor)

    def close(self) -> None:
        """End the log. Closing twice is harmless."""
        self._hooks.remove()
        logging.getLogger().removeHandler(self._handler)
        self._product.setLevel(self._level_before)
        self._handler.close()


class _CleanFormatter(logging.Formatter):
    """Masks the finished text, so that no argument, exception or stack gets past it."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(_FORMAT)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


class _LogFile(RotatingFileHandler):
    """A rotating file for its owner's eyes (0600), which reports its troubles once."""

    def __init__(self, path: Path, say: Say) -> None:
        super().__init__(
            path, maxBytes=SIZE, backupCount=OLDER, encoding="utf-8", errors="replace", delay=True
        )
        self._say = say
        self._has_said = False

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(path, "a", encoding=self.encoding, errors=self.errors, opener=_private)  # noqa: SIM115
        if os.name == "posix":
            os.fchmod(file.fileno(), 0o600)  # of a file that was there before
        return file

    def doRollover(self) -> None:  # noqa: N802
        try:
            super().doRollover()
        except OSError as error:  # another program holds the file open: go on with it
            self._drop()
            self._report(error)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._drop()
        self._report(error)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        """Let go of the file and of what it did not take; the next record opens it anew."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()

    def _report(self, error: BaseException | None) -> None:
        """Say what happened, the first time. Only the system's own words: others may quote."""
        if self._has_said:
            return
        self._has_said = True
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        with suppress(Exception):
            self._say(f"{APP_NAME} cannot write its log {self.baseFilename}: {reason}.")


class _Hooks:
    """Logs what nobody catches. The interpreter's own hooks would show it with its secrets."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._log = logging.getLogger(f"{_PRODUCT}.uncaught")
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable

    def remove(self) -> None:
        """Put back what was there before, unless somebody else came since."""
        if sys.excepthook == self._on_exception:
            sys.excepthook = self._before[0]
        if threading.excepthook == self._on_thread_exception:
            threading.excepthook = self._before[1]
        if sys.unraisablehook == self._on_unraisable:
            sys.unraisablehook = self._before[2]

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self._note("nobody caught this", error)
        if self._before[0] is sys.__excepthook__:
            self._show(error)
        else:
            self._before[0](kind, error, trace)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is None or isinstance(error, SystemExit):
            return
        name = arguments.thread.name if arguments.thread is not None else "a thread"
        self._note(f"nobody caught this in {name}", error)
        if self._before[1] is threading.__excepthook__:
            self._show(error)
        else:
            self._before[1](arguments)

    def _on_unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        error = arguments.exc_value
        if error is not None:
            self._note("this could not be raised", error)
        if self._before[2] is not sys.__unraisablehook__:
            self._before[2](arguments)
        elif error is not None:
            self._show(error)

    def _note(self, what: str, error: BaseException) -> None:
        self._log.critical(what, exc_info=error)

    def _show(self, error: BaseException) -> None:
        text = "".join(traceback.format_exception(error))
        _write(sys.stderr, self._redactor.clean(text))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _say_on_stderr(text: str) -> None:
    _write(sys.stderr, text + "\n")


def _write(stream: TextIO | None, text: str) -> None:
    """Write where there is somewhere to write: a program without a console has no stream."""
    if stream is not None:
        with suppress(OSError, ValueError):
            stream.write(text)
