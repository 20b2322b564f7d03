"""Answers to queries, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.salesforce import soql
from sfsync_gui.sandbox.salesforce.errors import ApiError
from sfsync_gui.sandbox.salesforce.org import Org
from sfsync_gui.sandbox.salesforce.queries import QueryRunner, Result

LARGEST_PAGE = 2000
"""Rows in a page, at most and unless told otherwise."""

SMALLEST_PAGE = 200
"""Rows in a page, at least; also what a query with two or more custom long texts gets."""

LIFETIME = 2 * 86_400
"""Seconds after which a locator is no longer known."""

MAXIMUM_OPEN = 10
"""Cursors a user can have open; a further one closes the oldest (documented)."""

_BATCH_SIZE = re.compile(r"batchsize\s*=\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Cursor:
    """A query that has more pages: the Ids it found, and until when it is known."""

    result: Result
    size: int
    expires: float
    user_id: str
    deleted_too: bool


class Cursors:
    """Runs queries and keeps the cursors of those with more than one page."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, Cursor] = {}

    def query(
        self, text: str, *, version: str, options: str, user_id: str, deleted_too: bool
    ) -> dict[str, Any]:
        """Return the first page of a query; `options` is `Sforce-Query-Options`."""
        found = QueryRunner(self._org, soql.parse(text), version).run(deleted_too=deleted_too)
        if found.renderer is None:
            return {"totalSize": len(found.ids), "done": True, "records": []}
        size = SMALLEST_PAGE if found.wide else _page_size(options)
        expires = self._org.clock.now() + LIFETIME
        cursor = Cursor(found, size, expires, user_id, deleted_too)
        locator = ""
        if len(found.ids) > size:
            locator = self._org.new_ids.new("0r8")
            self._open[locator] = cursor
            self._close_oldest(user_id)
        return self._page(cursor, locator, 0, version)

    def more(self, locator: str, *, version: str, user_id: str) -> dict[str, Any]:
        """Return a later page; raise ApiError INVALID_QUERY_LOCATOR."""
        name, _dash, start = locator.rpartition("-")
        cursor = self._open.get(name)
        if cursor is None or cursor.user_id != user_id or not start.isdigit():
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        if self._org.clock.now() >= cursor.expires or int(start) >= len(cursor.result.ids):
            del self._open[name]
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(cursor, name, int(start), version)

    def _page(self, cursor: Cursor, locator: str, start: int, version: str) -> dict[str, Any]:
        """Return the page that begins at `start`. Rows are read now, the Ids are of the query."""
        found = cursor.result
        if found.renderer is None:
            raise ValueError("a count has no pages")
        end = start + cursor.size
        table = self._org.store.tables[found.object_name].rows
        rows = (table.get(record_id) for record_id in found.ids[start:end])
        done = end >= len(found.ids)
        answer: dict[str, Any] = {"totalSize": len(found.ids), "done": done}
        if not done:
            kind = "queryAll" if cursor.deleted_too else "query"
            answer["nextRecordsUrl"] = f"/services/data/v{version}/{kind}/{locator}-{end}"
        answer["records"] = [
            found.renderer(row)
            for row in rows
            if row is not None and (cursor.deleted_too or not row.get("IsDeleted"))
        ]
        return answer

    def _close_oldest(self, user_id: str) -> None:
        mine = [name for name, cursor in self._open.items() if cursor.user_id == user_id]
        for name in mine[:-MAXIMUM_OPEN]:
            del self._open[name]


def _page_size(options: str) -> int:
    match = _BATCH_SIZE.search(options)
    wanted = LARGEST_PAGE if match is None else int(match[1])
    return min(max(wanted, SMALLEST_PAGE), LARGEST_PAGE)
