"""Questions about the history."""

from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.search_words import is_found
from sfsync_gui.core.vocabulary import HistoryKind
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.store import codec
from sfsync_gui.store.tables import HISTORY


def page(
    connection: Connection, query: HistoryQuery, before_id: int | None, limit: int
) -> list[HistoryEntry]:
    """Entries of the query, newest first, those with an id less than `before_id`."""
    statement = _filtered(select(HISTORY), query).order_by(HISTORY.c.id.desc())
    if before_id is not None:
        statement = statement.where(HISTORY.c.id < before_id)
    if not query.search.strip():
        statement = statement.limit(limit)
    entries = (codec.history_of(row) for row in connection.execute(statement).mappings())
    found = (
        entry
        for entry in entries
        if is_found(
            query.search,
            (entry.person_name,),
            tuple(one for one in (entry.intercom_id, entry.salesforce_id) if one),
        )
    )
    return [entry for entry, _ in zip(found, range(limit), strict=False)]


def counts(connection: Connection) -> dict[HistoryKind, int]:
    """How many history entries there are by kind."""
    statement = select(HISTORY.c.kind, func.count()).group_by(HISTORY.c.kind)
    return {HistoryKind(kind): count for kind, count in connection.execute(statement)}


def _filtered(statement: Select[Any], query: HistoryQuery) -> Select[Any]:
    entry = HISTORY.c
    conditions = []
    if query.person is not None:
        side, person_id = query.person
        conditions.append(entry[f"{side.value}_id"] == person_id)
    if query.pair is not None:
        intercom_id, salesforce_id = query.pair
        conditions.append(
            or_(entry.intercom_id == intercom_id, entry.salesforce_id == salesforce_id)
        )
    if query.row_id is not None:
        conditions.append(entry.row_id == query.row_id)
    if query.to_side is not None:
        conditions.append(entry.side == query.to_side.value)
    if query.trigger is not None:
        conditions.append(entry.trigger == query.trigger.value)
    if query.kinds:
        conditions.append(entry.kind.in_([kind.value for kind in query.kinds]))
    if query.since is not None:
        conditions.append(entry.at >= query.since)
    if query.until is not None:
        conditions.append(entry.at < query.until)
    return statement.where(*conditions)
