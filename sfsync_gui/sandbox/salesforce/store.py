"""Where the records are: one table for each object, indexed by Id and by SystemModstamp."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Values = dict[str, Any]
"""The stored values of one record; never changed in place, always replaced as a whole."""


class Table:
    """The records of one object.

    `ids` is sorted; `stamps` holds (SystemModstamp in Unix seconds, Id), sorted. Both are kept so
    that reading changes and paging by key do not look at every record.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Values] = {}
        self.ids: list[str] = []
        self.stamps: list[tuple[int, str]] = []

    def put(self, record_id: str, values: Values | None) -> None:
        """Replace a record's values, add the record, or with None remove it for good."""
        old = self.rows.get(record_id)
        if old is not None:
            entry = (old["SystemModstamp"], record_id)
            if values is not None and values["SystemModstamp"] == entry[0]:
                self.rows[record_id] = values
                return
            del self.stamps[bisect.bisect_left(self.stamps, entry)]
        elif values is not None:
            bisect.insort(self.ids, record_id)
        if values is None:
            del self.ids[bisect.bisect_left(self.ids, record_id)]
            del self.rows[record_id]
            return
        bisect.insort(self.stamps, (values["SystemModstamp"], record_id))
        self.rows[record_id] = values


class Store:
    """All records of an org. Every change goes through `put`, so that it can be taken back.

    `unshared` holds the Ids of records that sharing hides from the API's user.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._objects = prefixes
        self.tables = {name: Table() for name in prefixes.values()}
        self.unshared: set[str] = set()
        self._journal: list[tuple[str, Values | None]] | None = None

    def object_of(self, record_id: str) -> str | None:
        """Return the name of the object that Ids with this key prefix belong to."""
        return self._objects.get(record_id[:3])

    def get(self, record_id: str) -> Values | None:
        """Return a record's values (deleted ones too), or None. Not to be changed in place."""
        name = self.object_of(record_id)
        return None if name is None else self.tables[name].rows.get(record_id)

    def put(self, record_id: str, values: Values | None) -> None:
        """Replace, add or (with None) remove a record."""
        table = self.tables[self._objects[record_id[:3]]]
        if self._journal is not None:
            self._journal.append((record_id, table.rows.get(record_id)))
        table.put(record_id, values)

    @contextmanager
    def transaction(self) -> Iterator[Callable[[], None]]:
        """Yield a function that takes back all that was put since the transaction began.

        Transactions nest: what an inner one keeps, an outer one can still take back.
        """
        outer = self._journal
        journal: list[tuple[str, Values | None]] = []
        self._journal = journal

        def roll_back() -> None:
            self._journal = None
            while journal:
                self.put(*journal.pop())
            self._journal = journal

        try:
            yield roll_back
        finally:
            self._journal = outer
            if outer is not None:
                outer.extend(journal)
