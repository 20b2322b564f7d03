"""Reading for panels and the command line, beside the engine and without its lock.

A connection of its own that cannot write, and that works while the engine writes. Every method
is one short transaction; lists come in pages by key, never whole.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    or_,
    select,
    union,
)

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import HistoryKind, MatchOutcome, PersonKind, Side
from sfsync_gui.engine.questions import CallsRow, ChangesRow, LinkRow, UnlinkedPerson
from sfsync_gui.store import codec, files, tables, troubles, unlinked
from sfsync_gui.store.database import BUSY_TIMEOUT, connect
from sfsync_gui.store.tables import API_USAGE, HISTORY, IDENTITY_MAPPING, PERSON, SYNC_ERROR

_INTERCOM_PERSON = PERSON.alias("intercom_person")
_SALESFORCE_PERSON = PERSON.alias("salesforce_person")
_COMMON = 10_000
"""From this many people on, a search walks the links instead of the indexes of people."""

_LAST_CHARACTER = "\U0010ffff"


class Queries:
    """Questions to the database of a running or a stopped engine.

    May be used from any thread, one call at a time. Methods raise `StoreError` where the database
    cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Open for reading. Raises `StoreError` where there is no database of this version."""
        self._path = path
        self._lock = Lock()
        found = files.look(path)
        if found.revision is None:
            raise troubles.not_there(path)
        if found.revision != tables.REVISION:
            raise troubles.other_version(path, found.revision)
        with troubles.translated(path):
            self._driver = sqlite3.connect(
                files.reading_uri(path),
                uri=True,
                timeout=BUSY_TIMEOUT,
                isolation_level=None,
                check_same_thread=False,  # `_lock` lets one thread in at a time
            )
            self._connection = connect(self._driver)

    def close(self) -> None:
        """Close; a second call does nothing."""
        with self._lock:
            self._connection.close()
            self._driver.close()

    def links_page(self, after: int, limit: int, search: str | None = None) -> list[LinkRow]:
        """Links with an id greater than `after`, in id order.

        `search` keeps those whose name, key or id on either side begins with it: names and e-mail
        addresses whatever their case, ids and other keys as they are.
        """
        statement = _LINKS.where(IDENTITY_MAPPING.c.id > after)
        wanted = (search or "").strip()
        with self._reading() as connection:
            if wanted:
                common = _is_common(connection, wanted)
                statement = statement.where(_carried(wanted) if common else _found(wanted))
            rows = connection.execute(statement.order_by(IDENTITY_MAPPING.c.id).limit(limit))
            return [_link_row(dict(row)) for row in rows.mappings()]

    def link_count(self) -> int:
        """How many links there are."""
        return self._scalar(select(func.count()).select_from(IDENTITY_MAPPING))

    def unlinked_page(
        self, after: tuple[Side, str] | None, limit: int, note: MatchOutcome | None = None
    ) -> list[UnlinkedPerson]:
        """People left unlinked although their key is known, by side and id, beyond `after`."""
        with self._reading() as connection:
            return unlinked.page(connection, after, limit, note)

    def unlinked_count(self, note: MatchOutcome | None = None) -> int:
        """How many there are, with this note or any."""
        return self._scalar(unlinked.count_of(note))

    def errors(self, after: int = 0, limit: int = 200) -> list[SyncError]:
        """Open errors with an id greater than `after`, in id order."""
        statement = select(SYNC_ERROR).where(SYNC_ERROR.c.id > after)
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(SYNC_ERROR.c.id).limit(limit))
            return [codec.error_of(row) for row in rows.mappings()]

    def error_count(self, *, dismissed: bool = False) -> int:
        """How many open errors there are that were dismissed, or were not."""
        statement = select(func.count()).select_from(SYNC_ERROR)
        return self._scalar(statement.where(SYNC_ERROR.c.dismissed.is_(dismissed)))

    def history_page(
        self, before_id: int | None, limit: int, person: tuple[Side, str] | None = None
    ) -> list[HistoryEntry]:
        """History, newest first, with an id less than `before_id`, of one person where given."""
        statement = select(HISTORY)
        if before_id is not None:
            statement = statement.where(HISTORY.c.id < before_id)
        if person is not None:
            side, person_id = person
            statement = statement.where(HISTORY.c[f"{side.value}_id"] == person_id)
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(HISTORY.c.id.desc()).limit(limit))
            return [codec.history_of(row) for row in rows.mappings()]

    def people_count(self) -> dict[tuple[Side, PersonKind], int]:
        """How many people are known and not deleted, by side and kind."""
        statement = (
            select(PERSON.c.side, PERSON.c.kind, func.count())
            .where(~PERSON.c.deleted)
            .group_by(PERSON.c.side, PERSON.c.kind)
        )
        with self._reading() as connection:
            return {
                (codec.SIDES[side], codec.KINDS[kind]): count
                for side, kind, count in connection.execute(statement)
            }

    def calls(self, since_hour: int) -> list[CallsRow]:
        """Own API calls by hour, since that hour (it included)."""
        statement = select(API_USAGE).where(API_USAGE.c.hour >= since_hour)
        order = (API_USAGE.c.hour, API_USAGE.c.side, API_USAGE.c.purpose)
        with self._reading() as connection:
            return [
                CallsRow(row.hour, codec.SIDES[row.side], row.purpose, row.calls)
                for row in connection.execute(statement.order_by(*order))
            ]

    def changes_by_hour(self, since_hour: int) -> list[ChangesRow]:
        """Values written by hour and side, since that hour (it included)."""
        hour = HISTORY.c.at.op("/")(3600)  # whole hours: both are integers
        statement = (
            select(hour.label("hour"), HISTORY.c.side, func.count().label("changes"))
            .where(HISTORY.c.at >= since_hour * 3600, HISTORY.c.kind == HistoryKind.WRITTEN.value)
            .group_by(hour, HISTORY.c.side)
        )
        with self._reading() as connection:
            return [
                ChangesRow(row.hour, codec.SIDES[row.side], row.changes)
                for row in connection.execute(statement.order_by(hour))
            ]

    def history_counts(self) -> dict[HistoryKind, int]:
        """How many history entries there are by kind."""
        statement = select(HISTORY.c.kind, func.count()).group_by(HISTORY.c.kind)
        with self._reading() as connection:
            return {HistoryKind(kind): count for kind, count in connection.execute(statement)}

    def _scalar(self, statement: Select[Any]) -> int:
        with self._reading() as connection:
            return connection.scalar(statement) or 0

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, troubles.translated(self._path):
            if self._connection.closed:
                raise troubles.closed(self._path)
            # Ended at once: an open reading would keep SQLite's log from being merged.
            with self._connection.begin():
                yield self._connection


def _links() -> Select[Any]:
    link = IDENTITY_MAPPING.c
    errors = select(func.count()).where(SYNC_ERROR.c.link_id == link.id).scalar_subquery()
    intercom = and_(
        _INTERCOM_PERSON.c.side == Side.INTERCOM.value,
        _INTERCOM_PERSON.c.id == link.intercom_id,
    )
    salesforce = and_(
        _SALESFORCE_PERSON.c.side == Side.SALESFORCE.value,
        _SALESFORCE_PERSON.c.id == link.salesforce_id,
    )
    return (
        select(
            link.id,
            link.intercom_id,
            func.coalesce(_INTERCOM_PERSON.c.name, "").label("intercom_name"),
            link.intercom_key,
            link.salesforce_kind,
            link.salesforce_id,
            func.coalesce(_SALESFORCE_PERSON.c.name, "").label("salesforce_name"),
            link.salesforce_key,
            link.trigger,
            link.created_at,
            link.by_hand,
            link.ambiguous,
            link.is_due.label("due"),
            errors.label("errors"),
        )
        .select_from(IDENTITY_MAPPING)
        .outerjoin(_INTERCOM_PERSON, intercom)
        .outerjoin(_SALESFORCE_PERSON, salesforce)
    )


_LINKS = _links()


def _link_row(fields: dict[Any, Any]) -> LinkRow:
    fields["salesforce_kind"] = codec.KINDS[fields["salesforce_kind"]]
    fields["trigger"] = codec.TRIGGERS[fields["trigger"]]
    return LinkRow(**fields)


def _prefixes(person: FromClause, search: str) -> tuple[ColumnElement[bool], ...]:
    return (
        _begins(person.c.search_name, search.casefold()),
        _begins(person.c.key, search),
        _begins(person.c.key, search.lower()),
        _begins(person.c.id, search),
    )


def _people_found(search: str, side: Side) -> list[Select[Any]]:
    # Readings of one index each; one with OR would make SQLite read the whole table.
    return [
        select(PERSON.c.id).where(PERSON.c.side == side.value, condition)
        for condition in _prefixes(PERSON, search)
    ]


def _is_common(connection: Connection, search: str) -> bool:
    """Whether so many people are found that walking the links meets a page of them sooner."""
    probes = (probe for side in Side for probe in _people_found(search, side))
    return any(
        connection.scalar(select(func.count()).select_from(probe.limit(_COMMON).subquery()))
        == _COMMON
        for probe in probes
    )


def _found(search: str) -> ColumnElement[bool]:
    """The links of the people found, from the indexes of people."""
    return or_(
        *(
            IDENTITY_MAPPING.c[f"{side.value}_id"].in_(union(*_people_found(search, side)))
            for side in Side
        )
    )


def _carried(search: str) -> ColumnElement[bool]:
    """The same links, told one by one from the people joined to each."""
    return or_(*_prefixes(_INTERCOM_PERSON, search), *_prefixes(_SALESFORCE_PERSON, search))


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + _LAST_CHARACTER)
