"""Questions about the history."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.search_words import typed_words
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.facets import facets_of_history
from sfsync_gui.store.list_tables import HISTORY_LISTING, HISTORY_WORD
from sfsync_gui.store.questions import lists
from sfsync_gui.store.tables import HISTORY

_LISTING = lists.Listing(
    HISTORY_LISTING,
    HISTORY_LISTING.c.history_id,
    (HISTORY_WORD.c.word, HISTORY_WORD.c.history_id),
    tuple((HISTORY.c[f"{side.value}_id"], HISTORY.c.id) for side in Side),
)
_HOUR = 3600
_BY_ID = select(HISTORY).where(HISTORY.c.id.in_(bindparam("ids", expanding=True)))


def page(
    connection: Connection, query: HistoryQuery, before_id: int | None, limit: int
) -> list[HistoryEntry]:
    """Entries of the query, newest first, those with an id less than `before_id`."""
    ids = _ids(connection, query, before_id, limit)
    found: dict[int, HistoryEntry] = {}
    for some in chunks(ids):
        for row in connection.execute(_BY_ID, {"ids": some}).mappings():
            found[row["id"]] = codec.history_of(row)
    return [found[entry_id] for entry_id in ids]


def matching(connection: Connection, query: HistoryQuery, up_to: int) -> int:
    """How many entries the query finds; `up_to` where they are as many or more."""
    return len(_ids(connection, query, None, up_to))


def _ids(
    connection: Connection, query: HistoryQuery, before_id: int | None, limit: int
) -> Sequence[int]:
    conditions = (*_at(query), *_since(connection, query))
    before_id = _until(connection, query, before_id)
    people = _people(query)
    if people:
        return _of_people(connection, query, (*conditions, *_before(before_id)), limit)
    wanted = lists.Wanted(
        facets=facets_of_history(query),
        typed=typed_words(query.search),
        within=((HISTORY_LISTING.c.row_id, query.row_id),) if query.row_id is not None else (),
        conditions=conditions,
        begin=None if before_id is None else ("", before_id),
    )
    return lists.page(connection, _LISTING, wanted, limit)


def counts(connection: Connection) -> dict[HistoryKind, int]:
    """How many history entries there are by kind."""
    statement = select(HISTORY.c.kind, func.count()).group_by(HISTORY.c.kind)
    return {HistoryKind(kind): count for kind, count in connection.execute(statement)}


# ---------------------------------------------------------------------- of some people


def _people(query: HistoryQuery) -> list[ColumnElement[bool]]:
    """Conditions on people, each answered by an index; an entry may fulfil several."""
    if query.pair is not None:
        intercom_id, salesforce_id = query.pair
        return [HISTORY.c.intercom_id == intercom_id, HISTORY.c.salesforce_id == salesforce_id]
    return [] if query.person is None else [_is(query.person)]


def _is(person: tuple[Side, str]) -> ColumnElement[bool]:
    side, person_id = person
    return HISTORY.c[f"{side.value}_id"] == person_id


def _of_people(
    connection: Connection,
    query: HistoryQuery,
    conditions: tuple[ColumnElement[bool], ...],
    limit: int,
) -> list[int]:
    """Ids of entries about the people of the query: few enough to look at one by one."""
    listed = HISTORY_LISTING.c
    narrowed = [*conditions, *lists.carrying(listed.words, typed_words(query.search))]
    if query.person is not None:
        narrowed.append(_is(query.person))
    if query.row_id is not None:
        narrowed.append(HISTORY.c.row_id == query.row_id)
    narrowed.append(listed.facets.in_(facets_of_history(query)))
    statement = (
        select(HISTORY.c.id)
        .join(HISTORY_LISTING, listed.history_id == HISTORY.c.id)
        .where(*narrowed)
        .order_by(HISTORY.c.id.desc())
        .limit(limit)
    )
    found: set[int] = set()
    for condition in _people(query):
        found.update(connection.scalars(statement.where(condition)))
    return sorted(found, reverse=True)[:limit]


def _before(before_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if before_id is None else (HISTORY_LISTING.c.history_id < before_id,)


# ---------------------------------------------------------------------- within a time


def _at(query: HistoryQuery) -> list[ColumnElement[bool]]:
    at = HISTORY_LISTING.c.at
    conditions = [] if query.since is None else [at >= query.since]
    return conditions if query.until is None else [*conditions, at < query.until]


def _since(connection: Connection, query: HistoryQuery) -> list[ColumnElement[bool]]:
    """From which id on the entries of the time asked for are, so that no others are read.

    Ids rise with time, but for a clock that was put right: an hour is allowed for that.
    """
    if query.since is None:
        return []
    at, entry_id = HISTORY.c.at, HISTORY.c.id
    first = _nearest(at >= query.since - _HOUR).order_by(at, entry_id)
    return [HISTORY_LISTING.c.history_id >= (connection.scalar(first) or 0)]


def _until(connection: Connection, query: HistoryQuery, before_id: int | None) -> int | None:
    """Before which id they are, in the same way."""
    if query.until is None:
        return before_id
    at, entry_id = HISTORY.c.at, HISTORY.c.id
    last = _nearest(at < query.until + _HOUR).order_by(at.desc(), entry_id.desc())
    end = (connection.scalar(last) or 0) + 1
    return end if before_id is None else min(end, before_id)


def _nearest(condition: ColumnElement[bool]) -> Select[Any]:
    return select(HISTORY.c.id).where(condition).limit(1)
