"""One writer: a lock of the operating system on a file beside the database.

It ends with the process that holds it, however that ends; the file itself stays. The file says who
holds the lock, for the words that another process needs.
"""

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        # flock, not lockf: a lock by lockf would end when any descriptor of the file is closed.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


ATTEMPTS = 4
"""How often the lock is tried: `holder` of another process may have it for a moment."""

_PAUSE = 0.05
_TEXT_AT = 1
"""The byte from which the file says who holds it. On Windows nobody can read the locked one."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a database open: process id, what was started, and since when (unix seconds)."""

    pid: int
    command: str
    since: int


class WriterLock:
    """The right to write to one database, held from construction until `release`.

    Raises `BlockingIOError` where another process, or this one, holds it, and another `OSError`
    where the lock file cannot be written.
    """

    def __init__(self, database: Path) -> None:
        self._descriptor: int | None = _locked(_lock_file(database), os.O_CREAT)
        with suppress(OSError):  # a full disk is told by whoever has to store something
            _write(self._descriptor, json.dumps(asdict(_this_process())))

    def release(self) -> None:
        """Give the right back; a second call does nothing."""
        if self._descriptor is not None:
            with suppress(OSError):
                _write(self._descriptor, "")
            os.close(self._descriptor)
            self._descriptor = None


def holder(database: Path) -> Holder | None:
    """Who has the database open for writing, None where nobody does or it does not tell."""
    path = _lock_file(database)
    with suppress(OSError):
        os.close(_locked(path, 0, attempts=1))
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.lseek(descriptor, _TEXT_AT, os.SEEK_SET)
            return Holder(**json.loads(os.read(descriptor, _LONGEST)))
        finally:
            os.close(descriptor)
    except (OSError, ValueError, TypeError):
        return None


def _lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _locked(path: Path, flags: int, attempts: int = ATTEMPTS) -> int:
    """A descriptor of the file that has the lock."""
    descriptor = os.open(path, os.O_RDWR | flags, 0o600)
    try:
        for attempt in range(attempts):
            try:
                _try_lock(descriptor)
                return descriptor
            except OSError as error:
                if sys.platform != "win32" and not isinstance(error, BlockingIOError):
                    raise
                if attempt + 1 == attempts:
                    raise BlockingIOError(str(path)) from error
                time.sleep(_PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    raise AssertionError("there is at least one attempt")


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, b"\n" * _TEXT_AT + text.encode())


def _this_process() -> Holder:
    """The program by its name, with the command of its command line; never an option's value."""
    program = Path(sys.argv[0]).stem
    words = ["sfsync" if program in ("", "__main__", "-c") else program, *sys.argv[1:2]]
    command = " ".join(word for word in words if not word.startswith("-"))
    return Holder(os.getpid(), command[:100], int(time.time()))
