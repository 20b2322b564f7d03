"""Reading the log from its end: the newest lines first, older ones when they are asked for.

The log is one file and some older ones beside it (`logs`). It is never read whole, and no file is
kept open: on Windows that would keep it from being moved aside.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sfsync_gui.desktop.logs import OLDER
from sfsync_gui.desktop.redaction import Redactor, process_redactor

CHUNK = 128_000
"""Bytes that are read at once."""

_LARGEST = 8 * CHUNK
"""A single record longer than this is cut in pieces."""

_BEGINNING = 256
"""Bytes by which one file is told from another."""

_HEAD = re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One record of the log: `level` as in `logging`, `text` with all its lines, cleaned."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries are wanted: of `level` at least, with all the words whatever their case."""

    level: int = logging.DEBUG
    words: tuple[str, ...] = ()

    def wants(self, level: int, text: str) -> bool:
        """Whether an entry is wanted."""
        if level < self.level:
            return False
        folded = text.casefold() if self.words else ""
        return all(word.casefold() in folded for word in self.words)


EVERYTHING = LogFilter()


LINES_MISSING = LogEntry(
    logging.WARNING,
    "Lines may be missing here: more was written than the log keeps since it was looked at.",
)
"""Stands among what is new where some of it was dropped before it was read, whatever is wanted."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A byte in one of the files, and when that was written to (nanoseconds) as far as is known.

    A file keeps its inode when it is renamed. When it is deleted another may get that, so it is
    known by its beginning, too.
    """

    inode: int
    beginning: bytes
    offset: int
    written_ns: int

    @classmethod
    def of(cls, path: Path, offset: int | None = None) -> _Place:
        """The place in this file; its end, where no offset is given."""
        status, beginning = path.stat(), b""
        with suppress(OSError):  # what cannot be read is told when that is tried
            beginning = _read(path, 0, _BEGINNING)
        at = status.st_size if offset is None else offset
        return cls(status.st_ino, beginning, at, status.st_mtime_ns)

    def is_in(self, path: Path) -> bool:
        """Whether it is a place in this file, whatever that is called now."""
        if not path.exists():
            return False
        status = path.stat()
        if status.st_ino != self.inode or status.st_size < self.offset:
            return False
        return _read(path, 0, len(self.beginning)) == self.beginning


class LogTail:
    """Reads backwards by `older` and forwards by `newer`. Not for two threads at once.

    OSError is raised where a file is there but cannot be read; one that is gone counts as empty.
    """

    def __init__(
        self,
        path: Path,
        redactor: Redactor = process_redactor,
        wanted: LogFilter = EVERYTHING,
    ) -> None:
        self._wanted = wanted
        self._paths = (path, *(Path(f"{path}.{n}") for n in range(1, OLDER + 1)))
        self._redactor = redactor
        self._level = logging.INFO
        self._first = self._last = self._end_of(path)

    @property
    def has_older(self) -> bool:
        """Whether there may be records before those that were read."""
        return self._first is not None

    def older(self) -> list[LogEntry]:
        """Wanted records of the piece before that read last, oldest first.

        There may be none in it while there are some further on: see `has_older`.
        """
        while self._first is not None:
            place, path = self._first, self._path_of(self._first)
            if path is None:  # was deleted meanwhile
                self._first = None
            elif place.offset == 0:
                self._first = self._end_before(path)
            else:
                chunk, start = _chunk_before(path, place.offset)
                self._first = replace(place, offset=start)
                return list(self._entries(chunk))
        return []

    def newer(self) -> list[LogEntry]:
        """The records that were written since, oldest first; see also `LINES_MISSING`."""
        found: list[LogEntry] = []
        grown = self._grown()
        if grown is None:
            found.append(LINES_MISSING)
            grown = [(path, 0) for path in reversed(self._paths)]
        for path, start in grown:
            data = _read(path, start, max(0, path.stat().st_size - start))
            whole = data[: data.rfind(b"\n") + 1]
            found.extend(self._entries(whole))
            self._last = _Place.of(path, start + len(whole))
        return found

    def _grown(self) -> list[tuple[Path, int]] | None:
        """The files in which there may be something new and from where, the oldest first.

        None where that read last was dropped, and whatever there is came after it.
        """
        newest, last = self._paths[0], self._last
        if not newest.exists():
            return []
        if last is None:
            return [(newest, 0)]
        there = [path for path in self._paths if path.exists()]
        known = next((n for n, path in enumerate(there) if last.is_in(path)), None)
        if known is not None:
            return [(there[known], last.offset), *((path, 0) for path in reversed(there[:known]))]
        rotated = len(there) == len(self._paths)
        if rotated and there[-1].stat().st_mtime_ns >= last.written_ns:
            return None
        return [(newest, 0)]  # was emptied

    def _end_of(self, path: Path) -> _Place | None:
        try:
            return _Place.of(path)
        except FileNotFoundError:
            return None

    def _end_before(self, path: Path) -> _Place | None:
        """The end of the next older file."""
        number = self._paths.index(path) + 1
        return self._end_of(self._paths[number]) if number < len(self._paths) else None

    def _path_of(self, place: _Place) -> Path | None:
        return next((path for path in self._paths if place.is_in(path)), None)

    def _entries(self, data: bytes) -> Iterator[LogEntry]:
        heads = list(_HEAD.finditer(data))
        starts = [head.start() for head in heads]
        if not starts or starts[0] > 0:  # a piece of a long record, or of what nobody formatted
            piece = data[: starts[0] if starts else len(data)]
            yield from self._entry(self._level, piece)
        for head, end in zip(heads, [*starts[1:], len(data)], strict=False):
            self._level = logging.getLevelNamesMapping().get(head[1].decode(), logging.INFO)
            yield from self._entry(self._level, data[head.start() : end])

    def _entry(self, level: int, data: bytes) -> Iterator[LogEntry]:
        text = data.decode("utf-8", "replace").rstrip()
        # Cleaning takes longest, so it is left to those that may be wanted at all; what counts is
        # what is shown: nobody finds a secret by searching for it.
        if not text or not self._wanted.wants(level, text):
            return
        clean = self._redactor.clean(text)
        if self._wanted.wants(level, clean):
            yield LogEntry(level, clean)


def last_text(path: Path, most: int) -> str:
    """The last records of a log file as text, as many as fit into so many bytes.

    It is as it was written: without secrets. Empty where there is none to read.
    """
    try:
        size = path.stat().st_size
        data = _read(path, max(0, size - most), most)
    except OSError:
        return ""
    head = _HEAD.search(data)
    return data[head.start() :].decode("utf-8", "replace") if head else ""


def _chunk_before(path: Path, end: int) -> tuple[bytes, int]:
    """Whole records that end at a byte, and where they start."""
    size = CHUNK
    while True:
        start = max(0, end - size)
        data = _read(path, start, end - start)
        if start == 0:
            return data, 0
        head = _HEAD.search(data, 1)
        if head is not None:
            return data[head.start() :], start + head.start()
        if size >= _LARGEST:
            return data, start
        size *= 2


def _read(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start, os.SEEK_SET)
        return file.read(length)
