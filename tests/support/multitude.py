"""An org with two million leads: its first pages are made while they are asked for.

Stands in front of the simulated org and answers the queries for the directory of leads itself, as
Salesforce pages a large result: a count, 2,000 records, and a locator for the next page.
"""

from __future__ import annotations

import json
import string
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PEOPLE = 2_000_000
PAGE = 2_000
_LOCATOR = "/query/01gMULTITUDE-"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_STAMP = "2026-01-05T08:00:00.000+0000"


@dataclass
class Multitude:
    """The application in front. `served` counts the pages that were asked for."""

    org: ASGIApp
    served: int = 0
    _names: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        query = parse_qs(scope.get("query_string", b"").decode()).get("q", [""])[0]
        start = None
        if " FROM Lead" in query and "ORDER BY Id" in query and path.endswith("/query"):
            self._names = query.removeprefix("SELECT ").split(" FROM ")[0].split(",")
            start = 0
        elif _LOCATOR in path:
            start = int(path.rpartition("-")[2])
        if start is None:
            await self.org(scope, receive, send)
            return
        self.served += 1
        await Response(self._page(start), media_type="application/json")(scope, receive, send)

    def _page(self, start: int) -> str:
        end = min(start + PAGE, PEOPLE)
        answer = {
            "totalSize": PEOPLE,
            "done": end == PEOPLE,
            "records": [self._record(number) for number in range(start, end)],
        }
        if end < PEOPLE:
            answer["nextRecordsUrl"] = f"/services/data/v62.0{_LOCATOR}{end}"
        return json.dumps(answer)

    def _record(self, number: int) -> dict[str, object]:
        known = {
            "Id": f"00QM00000{_base62(number)}",
            "Name": f"Person Number {number}",
            "FirstName": "Person",
            "LastName": f"Number {number}",
            "Email": f"person.{number}@multitude.example",
            "IsDeleted": False,
            "IsConverted": False,
        }
        record: dict[str, object] = {"attributes": {"type": "Lead"}}
        for name in self._names:
            is_time = name.endswith(("Date", "Modstamp"))
            record[name] = known.get(name, _STAMP if is_time else None)
        return record


def _base62(number: int) -> str:
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return digits
