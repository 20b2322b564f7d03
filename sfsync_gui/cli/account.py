"""The account of what the sync does, read from the store as it comes in."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import typer

from sfsync_gui.cli.output import Output
from sfsync_gui.cli.wording import (
    SERVICE,
    change_text,
    clock_time,
    counted,
    error_json,
    error_lines,
    history_json,
)
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery
from sfsync_gui.store.queries import Queries

PAGE = 200

_GATHERED = frozenset({Trigger.LINKED_AT_CONNECTING, Trigger.BULK_SYNC})
"""What comes in hundreds is told in one line."""

_COLOURS = {
    HistoryKind.LINKED: typer.colors.GREEN,
    HistoryKind.MOVED: typer.colors.GREEN,
    HistoryKind.CREATED: typer.colors.GREEN,
    HistoryKind.UNLINKED: typer.colors.YELLOW,
    HistoryKind.OVERRULED: typer.colors.YELLOW,
    HistoryKind.HELD: typer.colors.YELLOW,
}


def history_after(queries: Queries, last_id: int) -> list[HistoryEntry]:
    """Everything that came after an entry, oldest first."""
    found: list[HistoryEntry] = []
    before: int | None = None
    while page := queries.history_page(HistoryQuery(), before, PAGE):
        fresh = [entry for entry in page if entry.id > last_id]
        found += fresh
        if len(fresh) < len(page):
            break
        before = page[-1].id
    return found[::-1]


def open_errors(queries: Queries, *, dismissed: bool = False) -> list[SyncError]:
    """All open errors that were not dismissed, or all that were, in order of their ids."""
    return errors_of(queries, ErrorQuery(dismissed=dismissed))


def errors_of(queries: Queries, query: ErrorQuery) -> list[SyncError]:
    """All errors of a query, in order of their ids."""
    found: list[SyncError] = []
    while page := queries.errors_page(query, found[-1] if found else None, PAGE):
        found += page
    return found[::-1]


@dataclass(slots=True)
class Account:
    """Prints changes and errors that are new since the last look, and counts them.

    `changes` counts values written by the side written to, `links` what happened to links,
    `conflicts` values that lost against another; a bulk sync's are no conflicts,
    and `by_bulk` tells how many of the changes it made. `schema` is what both services say of their
    fields now.
    """

    queries: Queries
    output: Output
    schema: Callable[[], Schema] = Schema
    last_id: int = 0
    changes: Counter[Side] = field(default_factory=Counter)
    links: Counter[HistoryKind] = field(default_factory=Counter)
    conflicts: int = 0
    by_bulk: int = 0
    told: int = 0
    _errors: dict[int, SyncError] = field(default_factory=dict)

    def skip_to_now(self) -> None:
        """Take everything that is there already as told."""
        newest = self.queries.history_page(HistoryQuery(), None, 1)
        self.last_id = newest[0].id if newest else 0
        self._errors = {error.id: error for error in open_errors(self.queries)}

    def tell(self) -> int:
        """Print what is new; returns how many changes there were."""
        entries = history_after(self.queries, self.last_id)
        if entries:
            self.last_id = entries[-1].id
        self.told += len(entries)
        for entry in entries:
            self._count(entry)
            self.output.event("change", **history_json(entry))
            if entry.trigger not in _GATHERED:
                text = f"{clock_time(entry.at)}  {change_text(entry, self.schema())}"
                self.output.line(text, colour=_COLOURS.get(entry.kind))
        self._tell_gathered([entry for entry in entries if entry.trigger in _GATHERED])
        self._tell_errors()
        return len(entries)

    def _count(self, entry: HistoryEntry) -> None:
        by_bulk = entry.trigger is Trigger.BULK_SYNC
        if entry.kind.is_write and entry.side is not None:
            self.changes[entry.side] += 1
            self.by_bulk += by_bulk
            self.conflicts += entry.kind is HistoryKind.OVERRULED and not by_bulk
        else:
            self.links[entry.kind] += 1

    def _tell_gathered(self, entries: Iterable[HistoryEntry]) -> None:
        counts = Counter(
            (HistoryKind.WRITTEN if entry.kind.is_write else entry.kind, entry.side)
            for entry in entries
        )
        at = max((entry.at for entry in entries), default=0)
        for (kind, side), number in counts.items():
            if kind is HistoryKind.LINKED:
                text = f"{counted(number, 'link')} made: the key is the same on both sides"
            elif kind is HistoryKind.WRITTEN and side is not None:
                text = f"Bulk sync: {counted(number, 'value')} written to {SERVICE[side]}"
            else:
                continue
            self.output.line(f"{clock_time(at)}  {text}", colour=typer.colors.GREEN)

    def _tell_errors(self) -> None:
        now = {error.id: error for error in open_errors(self.queries)}
        for error in now.values():
            known = self._errors.get(error.id)
            if known is None or known.message != error.message:
                self._tell_error(error)
        for gone in self._errors.keys() - now.keys():
            error = self._errors[gone]
            self.output.event("error_solved", **error_json(error))
            who = error_lines(error, self.schema())[0]
            self.output.line(f"       no longer an error: {who}", dim=True)
        self._errors = now

    def _tell_error(self, error: SyncError) -> None:
        self.output.event("error", **error_json(error))
        what, remedy = error_lines(error, self.schema())
        self.output.line(f"{clock_time(error.last_at)}  {what}", colour=typer.colors.RED)
        self.output.line(f"       {remedy}", dim=True)
