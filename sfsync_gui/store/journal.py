"""The history: everything that was done."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from sfsync_gui.core.guard import EXEMPT
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import WRITES, HistoryKind, Side, Trigger
from sfsync_gui.engine.storage import Measures
from sfsync_gui.store import codec
from sfsync_gui.store.listing import Touched
from sfsync_gui.store.tables import HISTORY

_ENDED_BY = (
    Trigger.INTERCOM_DELETED,
    Trigger.INTERCOM_MERGED,
    Trigger.INTERCOM_KEY_UPDATED,
    Trigger.SALESFORCE_DELETED,
    Trigger.SALESFORCE_MERGED,
    Trigger.SALESFORCE_CONVERTED,
    Trigger.SALESFORCE_KEY_UPDATED,
)
"""What ends links in a way that the guard counts: not what a person does by hand."""

_PAIR = (HISTORY.c.intercom_id, HISTORY.c.salesforce_id)


class SqlHistory:
    """Implements `engine.storage.History`."""

    def __init__(self, connection: Connection, touched: Touched) -> None:
        self._connection = connection
        self._touched = touched

    def add(self, entries: Iterable[HistoryEntry]) -> None:
        """Append."""
        rows = [codec.history_row(entry) for entry in entries]
        if rows:
            self._connection.execute(insert(HISTORY), rows)
            self._touched.adds_history = True

    def recent(self, limit: int, before_id: int | None = None) -> list[HistoryEntry]:
        """Newest first, those with an id less than `before_id`."""
        statement = select(HISTORY).order_by(HISTORY.c.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(HISTORY.c.id < before_id)
        return self._read(statement)

    def of_person(self, side: Side, person_id: str, limit: int) -> list[HistoryEntry]:
        """Newest first, of one person."""
        statement = select(HISTORY).where(HISTORY.c[f"{side.value}_id"] == person_id)
        return self._read(statement.order_by(HISTORY.c.id.desc()).limit(limit))

    def writes_of_row(
        self, row_id: str, intercom_id: str, salesforce_id: str, since: int
    ) -> list[HistoryEntry]:
        """What was written by one row of one pair since a unix time, oldest first."""
        statement = select(HISTORY).where(
            HISTORY.c.row_id == row_id,
            HISTORY.c.intercom_id == intercom_id,
            HISTORY.c.salesforce_id == salesforce_id,
            HISTORY.c.at >= since,
            HISTORY.c.kind.in_([kind.value for kind in WRITES]),
        )
        return self._read(statement.order_by(HISTORY.c.at, HISTORY.c.id))

    def measure(self, since: int) -> Measures:
        """What the guard counts, since a unix time."""
        ended = select(*_PAIR).where(
            HISTORY.c.at >= since,
            HISTORY.c.kind == HistoryKind.UNLINKED.value,
            HISTORY.c.trigger.in_([trigger.value for trigger in _ENDED_BY]),
        )
        written = (
            HISTORY.c.at >= since,
            HISTORY.c.kind.in_([kind.value for kind in WRITES]),
            HISTORY.c.trigger.not_in([trigger.value for trigger in EXEMPT]),
        )
        blanked = select(HISTORY.c.row_id, *_PAIR).where(
            *written,
            HISTORY.c.before.is_not(None),
            HISTORY.c.after.is_(None),
            HISTORY.c.row_id.is_not(None),
        )
        by_row: dict[str, set[str]] = {}
        for row_id, *pair in self._connection.execute(blanked.distinct()):
            by_row.setdefault(row_id, set()).add(_pair_name(*pair))
        return Measures(
            ended=self._pairs(ended),
            rewritten=self._pairs(select(*_PAIR).where(*written)),
            blanked={row_id: frozenset(pairs) for row_id, pairs in by_row.items()},
        )

    def counts(self) -> dict[tuple[HistoryKind, Side | None], int]:
        """How many entries there are by kind and side written to."""
        statement = select(HISTORY.c.kind, HISTORY.c.side, func.count())
        rows = self._connection.execute(statement.group_by(HISTORY.c.kind, HISTORY.c.side))
        return {(HistoryKind(kind), codec.SIDES.get(side)): count for kind, side, count in rows}

    def _pairs(self, statement: Select[Any]) -> frozenset[str]:
        rows = self._connection.execute(statement.distinct())
        return frozenset(_pair_name(row.intercom_id, row.salesforce_id) for row in rows)

    def _read(self, statement: Select[Any]) -> list[HistoryEntry]:
        return [codec.history_of(row) for row in self._connection.execute(statement).mappings()]


def _pair_name(intercom_id: str | None, salesforce_id: str | None) -> str:
    return f"{intercom_id or ''}:{salesforce_id or ''}"
