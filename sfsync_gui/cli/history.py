"""`sfsync history`: every change that was made, newest first, and what one asks of it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.stored import queries_of
from sfsync_gui.cli.wording import (
    change_text,
    date_and_time,
    field_label,
    history_json,
    plain,
    value_text,
)
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.store.queries import Queries

_PAGE = 500
_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_AGO = re.compile(r"(\d+)\s*(min|h|d|w)")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted. `field` is an API name, None wants all."""

    query: HistoryQuery
    field: str | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than the history of somebody."""
        return self.field is not None or self.query != HistoryQuery(self.query.search)


def show_history(data_dir: Path, output: Output, wanted: Filter, limit: int) -> ExitCode:
    """What was changed, newest first."""
    with queries_of(data_dir) as queries:
        entries = list(islice(_matching(queries, wanted), limit))
    output.document([history_json(entry) for entry in entries])
    for entry in entries:
        output.line(f"{date_and_time(entry.at)}  {entry.id:>6}  {change_text(entry)}")
    if not entries:
        person = wanted.query.search
        whom = f" for “{plain(person)}”" if person else ""
        fits = " that fits" if wanted.is_narrow else "" if whom else " yet"
        output.line(f"Nothing was changed{whom}{fits}.")
    return ExitCode.FINE


async def revert_change(data_dir: Path, output: Output, entry_id: int) -> ExitCode:
    """Have a change taken back."""
    result = await give(data_dir, Order("history.revert", {"id": entry_id}))
    output.document(result)
    who, field = plain(result["person_name"] or ""), field_label(result["field"] or "")
    before = value_text(result["before"])
    output.line(f"{who}: {field} becomes {before} again with the next sync.")
    return ExitCode.FINE


def _matching(queries: Queries, wanted: Filter) -> Iterator[HistoryEntry]:
    """Entries that are wanted, page by page."""
    before: int | None = None
    while entries := queries.history_page(wanted.query, before, _PAGE):
        for entry in entries:
            if wanted.field is None or entry.field == wanted.field:
                yield entry
        before = entries[-1].id


def moment(text: str | None) -> float | None:
    """A moment of an option, None where it was left out. Raises `UsageError`."""
    return parse_since(text) if text else None


def parse_since(text: str) -> float:
    """A moment: `2026-11-24`, `2026-11-24 09:30` (local time), `90 min`, `2 h`, `3 d`, `1 w` ago.

    Returns unix seconds. Raises `UsageError`.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return time.time() - int(ago[1]) * _UNITS[ago[2]]
    try:
        # The first and the last days of the calendar have no unix time everywhere.
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "Not understood",
            f"“{plain(text)}” is no moment.",
            "Write a date (2026-11-24), a date and time, or a time ago: 90 min, 2 h, 3 d, 1 w.",
        ) from None
