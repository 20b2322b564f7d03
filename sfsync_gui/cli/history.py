"""`sfsync history`: every change that was made, newest first, and what one asks of it."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.stored import queries_of
from sfsync_gui.cli.wording import change_text, date_and_time, history_json, plain
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.store.queries import Queries

_PAGE = 500
_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_AGO = re.compile(r"(\d+)\s*(min|h|d|w)")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; None wants all. `since` is a unix time."""

    person: str | None = None
    side: Side | None = None
    kind: HistoryKind | None = None
    field: str | None = None
    since: float = 0.0

    def wants(self, entry: HistoryEntry) -> bool:
        """Whether the entry is wanted; the person is looked at elsewhere."""
        return (
            (self.side is None or entry.side is self.side)
            and (self.kind is None or entry.kind is self.kind)
            and (self.field is None or entry.field == self.field)
        )


def show_history(data_dir: Path, output: Output, wanted: Filter, limit: int) -> ExitCode:
    """What was changed, newest first."""
    with queries_of(data_dir) as queries:
        entries = (
            _of_person(queries, wanted, limit) if wanted.person else _all(queries, wanted, limit)
        )
    output.document([history_json(entry) for entry in entries])
    for entry in entries:
        output.line(f"{date_and_time(entry.at)}  {change_text(entry)}")
    if not entries:
        whom = f" for “{plain(wanted.person)}”" if wanted.person else ""
        narrowed = wanted != Filter(person=wanted.person)
        output.line(
            f"Nothing was changed{whom}{' that fits' if narrowed else '' if whom else ' yet'}."
        )
    return ExitCode.FINE


def _all(queries: Queries, wanted: Filter, limit: int) -> list[HistoryEntry]:
    return _first(_matching(queries.history_page, wanted), limit)


def _of_person(queries: Queries, wanted: Filter, limit: int) -> list[HistoryEntry]:
    """History of everybody whose link begins with the words, or of whoever has this id."""
    person = wanted.person or ""
    pairs = {(Side.INTERCOM, person), (Side.SALESFORCE, person)}
    pairs |= {(Side.INTERCOM, link.intercom_id) for link in queries.links_page(0, limit, person)}
    found: dict[int, HistoryEntry] = {}
    for pair in pairs:

        def page(
            before: int | None, size: int, pair: tuple[Side, str] = pair
        ) -> list[HistoryEntry]:
            return queries.history_page(before, size, pair)

        found |= {entry.id: entry for entry in _first(_matching(page, wanted), limit)}
    return sorted(found.values(), key=lambda entry: -entry.id)[:limit]


def _matching(
    page: Callable[[int | None, int], list[HistoryEntry]], wanted: Filter
) -> Iterator[HistoryEntry]:
    """Entries that are wanted, page by page, as far back as `since`."""
    before: int | None = None
    while entries := page(before, _PAGE):
        for entry in entries:
            if entry.at < wanted.since:
                return
            if wanted.wants(entry):
                yield entry
        before = entries[-1].id


def _first(entries: Iterator[HistoryEntry], limit: int) -> list[HistoryEntry]:
    return [entry for entry, _ in zip(entries, range(limit), strict=False)]


def parse_since(text: str) -> float:
    """A moment: `2026-11-24`, `2026-11-24 09:30` (local time), `90 min`, `2 h`, `3 d`, `1 w` ago.

    Returns unix seconds. Raises `UsageError`.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return time.time() - int(ago[1]) * _UNITS[ago[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            "Not understood",
            f"“{plain(text)}” is no moment.",
            "Write a date (2026-11-24), a date and time, or a time ago: 90 min, 2 h, 3 d, 1 w.",
        ) from None
    return moment.timestamp()
