"""Reading for panels and the command line, beside the engine and without its lock.

A connection of its own that cannot write, and that works while the engine writes. Every method
is one short transaction; lists come in pages, never whole.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Select

from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import Family, HistoryKind, MatchOutcome, PersonKind, Side
from sfsync_gui.engine.questions import (
    CallsRow,
    ChangesRow,
    ErrorGroup,
    ErrorQuery,
    HistoryQuery,
    LinkQuery,
    LinkRow,
    PeopleQuery,
    PersonRow,
    UnlinkedPerson,
)
from sfsync_gui.store import files, tables, troubles
from sfsync_gui.store.database import BUSY_TIMEOUT, CACHE_KIBIBYTES, connect
from sfsync_gui.store.questions import companies, errors, history, links, numbers, people, unlinked


class Queries:
    """Implements `engine.questions.Questions` on the database of a running or a stopped engine.

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
            self._driver.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
            self._connection = connect(self._driver)

    def close(self) -> None:
        """Close; a second call does nothing."""
        with self._lock:
            self._connection.close()
            self._driver.close()

    # ------------------------------------------------------------------ links

    def links_page(self, query: LinkQuery, after: LinkRow | None, limit: int) -> list[LinkRow]:
        """The first links of the query, or those that come after the row `after`."""
        with self._reading() as connection:
            return links.page(connection, query, after, limit)

    def links_matching(self, query: LinkQuery, up_to: int) -> int:
        """How many links the query finds; `up_to` where they are as many or more."""
        with self._reading() as connection:
            return links.matching(connection, query, up_to)

    def link(self, link_id: int) -> LinkRow | None:
        """The link, None where it has ended."""
        with self._reading() as connection:
            return links.one(connection, link_id)

    def link_count(self) -> int:
        """How many links there are."""
        return self._scalar(links.count())

    def unlinked_page(
        self,
        after: tuple[Side, str] | None,
        limit: int,
        note: MatchOutcome | None = None,
        search: str = "",
        family: Family | None = None,
    ) -> list[UnlinkedPerson]:
        """People left unlinked although their key is known, by side and id, beyond `after`."""
        with self._reading() as connection:
            return unlinked.page(connection, after, limit, unlinked.Wanted(note, search, family))

    def unlinked_count(
        self, note: MatchOutcome | None = None, search: str = "", family: Family | None = None
    ) -> int:
        """How many there are, with this note or any."""
        with self._reading() as connection:
            return unlinked.count(connection, unlinked.Wanted(note, search, family))

    # ------------------------------------------------------------------ people

    def people_page(
        self, query: PeopleQuery, after: PersonRow | None, limit: int
    ) -> list[PersonRow]:
        """The first people of the query by name, or those that come after the row `after`."""
        with self._reading() as connection:
            return people.page(connection, query, after, limit)

    def person(self, side: Side, person_id: str) -> PersonRow | None:
        """The person, None where nobody has this id or the person is gone."""
        with self._reading() as connection:
            return people.one(connection, side, person_id)

    def carriers(self, side: Side, key: str, family: Family = Family.PEOPLE) -> list[PersonRow]:
        """Everybody of a family on a side who carries this key, by id."""
        with self._reading() as connection:
            return people.carriers(connection, side, key, family)

    # ------------------------------------------------------------------ errors

    def error_groups(self, query: ErrorQuery) -> list[ErrorGroup]:
        """The errors of the query by cause, most numerous first."""
        with self._reading() as connection:
            return errors.groups(connection, query)

    def errors_page(
        self, query: ErrorQuery, after: SyncError | None, limit: int
    ) -> list[SyncError]:
        """The newest errors of the query, or those that come after `after`."""
        with self._reading() as connection:
            return errors.page(connection, query, after, limit)

    def errors_matching(self, query: ErrorQuery, up_to: int) -> int:
        """How many errors the query finds; `up_to` where they are as many or more."""
        with self._reading() as connection:
            return errors.matching(connection, query, up_to)

    def error_count(self, *, dismissed: bool = False) -> int:
        """How many open errors there are that were dismissed, or were not."""
        return self._scalar(errors.count(dismissed=dismissed))

    def all_clear_since(self) -> float:
        """When the last open error closed or was dismissed (unix seconds); 0 where none ever."""
        with self._reading() as connection:
            return errors.all_clear_since(connection)

    # ------------------------------------------------------------------ history

    def history_page(
        self, query: HistoryQuery, before_id: int | None, limit: int
    ) -> list[HistoryEntry]:
        """Entries of the query, newest first, those with an id less than `before_id`."""
        with self._reading() as connection:
            return history.page(connection, query, before_id, limit)

    def history_matching(self, query: HistoryQuery, up_to: int) -> int:
        """How many entries the query finds; `up_to` where they are as many or more."""
        with self._reading() as connection:
            return history.matching(connection, query, up_to)

    def history_counts(self) -> dict[HistoryKind, int]:
        """How many history entries there are by kind."""
        with self._reading() as connection:
            return history.counts(connection)

    # ------------------------------------------------------------------ numbers

    def people_count(self) -> dict[tuple[Side, PersonKind], int]:
        """How many people are known and not deleted, by side and kind."""
        with self._reading() as connection:
            return numbers.people(connection)

    def company_facts(self) -> CompanyFacts:
        """What is known of companies and accounts."""
        with self._reading() as connection:
            return companies.facts(connection)

    def calls(self, since_hour: int) -> list[CallsRow]:
        """Own API calls by hour, since that hour (it included)."""
        with self._reading() as connection:
            return numbers.calls(connection, since_hour)

    def changes_by_hour(self, since_hour: int) -> list[ChangesRow]:
        """Values written by hour and side, since that hour (it included)."""
        with self._reading() as connection:
            return numbers.changes_by_hour(connection, since_hour)

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
