"""Writing what a list holds into a CSV file: page by page, beside the window, to the end or not."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from sfsync_gui.core.csv_cells import Cell, csv_lines
from sfsync_gui.core.failures import SetupError

R = TypeVar("R")
PAGE = 1000
"""Rows that are read and written at once."""

_MARK = "\ufeff"  # by which spreadsheets know that the text is UTF-8


class CsvExport(Generic[R]):
    """Columns and where the rows come from: `fetch(after, limit)` gives those after a row."""

    def __init__(
        self,
        columns: Sequence[tuple[str, Callable[[R], Cell]]],
        fetch: Callable[[R | None, int], Awaitable[Sequence[R]]],
    ) -> None:
        self._columns = tuple(columns)
        self._fetch = fetch

    async def write(self, path: Path, on_progress: Callable[[int], object]) -> int:
        """Write all rows; returns how many. `on_progress` is told how many are written so far.

        The file takes its name when it is complete: what stood there before stays until then, and
        stays where the export fails or is cancelled. Raises `SetupError` where it cannot be
        written, `StoreError` where the rows cannot be read.
        """
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            written = await self._write(unfinished, on_progress)
            await asyncio.to_thread(os.replace, unfinished, path)
        except OSError as failure:
            raise _refused(path, failure) from None
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
        return written

    async def _write(self, path: Path, on_progress: Callable[[int], object]) -> int:
        written = 0
        file = await _opened(path)
        try:
            heads = [name for name, _ in self._columns]
            await asyncio.to_thread(_put, file, [heads], _MARK)
            async for rows in self._pages():
                await asyncio.to_thread(_put, file, map(self._cells, rows))
                written += len(rows)
                on_progress(written)
        finally:
            await asyncio.to_thread(file.close)
        return written

    async def _pages(self) -> AsyncIterator[Sequence[R]]:
        after: R | None = None
        while rows := await self._fetch(after, PAGE):
            yield rows
            if len(rows) < PAGE:
                return
            after = rows[-1]

    def _cells(self, row: R) -> list[Cell]:
        return [cell(row) for _, cell in self._columns]


async def _opened(path: Path) -> TextIO:
    """The file, opened beside the window; gone again where nobody waits for it any more."""
    # What UTF-8 cannot hold, half of a surrogate pair, becomes a question mark.
    opening: asyncio.Future[TextIO] = asyncio.ensure_future(
        asyncio.to_thread(path.open, "w", encoding="utf-8", errors="replace", newline="")
    )
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(lambda opened: _discard_late(opened, path))
        raise


def _discard_late(opened: asyncio.Future[TextIO], path: Path) -> None:
    """Whoever cancelled has removed the file already: opening has made it anew since."""
    if not opened.cancelled() and opened.exception() is None:
        opened.result().close()
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _put(file: TextIO, rows: Iterable[Iterable[Cell]], begin: str = "") -> None:
    file.write(begin + "".join(csv_lines(rows)))


def _refused(path: Path, failure: OSError) -> SetupError:
    return SetupError(
        "The file could not be written",
        f"{path.name} cannot be written: {failure.strerror}.",
        "Choose another place for it, or make room there. What stood there is as it was.",
        subject=str(path),
        code="export",
    )
