"""Reading people: the feed of changes, the whole directory, and single records by Id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sfsync_gui.core.failures import TransientError
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import ACCOUNT, PERSON_OBJECTS
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import FieldNames, SalesforcePage, SalesforcePosition
from sfsync_gui.services.salesforce import soql
from sfsync_gui.services.salesforce.composite import QUERIES, Subrequest, bodies_of, composite
from sfsync_gui.services.salesforce.lean_client import Salesforce
from sfsync_gui.services.salesforce.records import (
    checked_page,
    long_id,
    people_of,
    unix_seconds,
    with_fields,
)
from sfsync_gui.services.salesforce.session import Request

PAGE = 2_000
"""Records in a page of a query, at most (REST API Developer Guide, Query Options Header)."""

_LOCATOR = "INVALID_QUERY_LOCATOR"

Perform = Callable[[Request], Awaitable[Any]]
"""Sends a request and returns its JSON, or raises `core.failures.SfsyncError`."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One query for some people of one object, with one of its lists of fields."""

    kind: PersonKind
    names: tuple[str, ...]
    ids: tuple[str, ...]

    def subrequest(self, name: str) -> Subrequest:
        """The query as a part of a composite request; it shows deleted records too."""
        where = f"WHERE Id IN {soql.literal(self.ids)}"
        text = soql.select(self.names, self.kind.value, where)
        return Subrequest(name, soql.query_path("queryAll", text), self.kind.value)


def chunks_of(
    people: Sequence[tuple[PersonKind, str]],
    fields: FieldNames,
    size: int = soql.IDS_PER_QUERY,
) -> list[Chunk]:
    """The queries that read all these people, each person once, `size` people a query.

    Raises `SetupError` for a name that cannot be a field's.
    """
    wanted: dict[PersonKind, dict[str, None]] = {}
    for kind, person_id in people:
        wanted.setdefault(kind, {})[long_id(person_id)] = None
    return [
        Chunk(kind, names, tuple(ids)[start : start + size])
        for kind, ids in wanted.items()
        for start in range(0, len(ids), size)
        for names in soql.select_lists(kind.value, fields.get(kind.value, ()))
    ]


def objects_of(fields: FieldNames) -> tuple[str, ...]:
    """The objects whose records are all asked for: accounts only where fields of theirs are."""
    return (*PERSON_OBJECTS, ACCOUNT) if ACCOUNT in fields else PERSON_OBJECTS


class PeopleReader:
    """Reads leads, contacts and accounts; `page_size` is in records (200 to 2,000)."""

    def __init__(self, perform: Perform, page_size: int = PAGE) -> None:
        self._perform = perform
        self._page_size = page_size

    async def changes(
        self, position: SalesforcePosition, fields: FieldNames, *, overlap: float
    ) -> AsyncIterator[SalesforcePage]:
        """See `SalesforcePort.changes`. Starts again, once, if a locator has expired."""
        for is_last in (False, True):
            try:
                async for page in self._changes_once(position, fields, overlap):
                    yield page
            except TransientError as error:
                if error.code != _LOCATOR or is_last:
                    raise
            else:
                return

    async def everyone(self, fields: FieldNames) -> AsyncIterator[tuple[PersonRecord, ...]]:
        """See `SalesforcePort.everyone`. An expired locator is replaced by a query from there."""
        for name in fields:
            kind = PersonKind(name)
            first, *rest = soql.select_lists(name, fields.get(name, ()))
            seen, locator = "", None
            while True:
                try:
                    page = await self._directory_page(first, name, seen, locator)
                except TransientError as error:
                    if error.code != _LOCATOR or locator is None:
                        raise
                    locator = None
                    continue
                people = await self._completed(kind, page["records"], rest, "directory")
                if people:
                    yield people
                    seen = people[-1].id
                locator = page.get("nextRecordsUrl")
                if locator is None:
                    break

    async def newest(self, objects: Sequence[str]) -> int:
        """The newest SystemModstamp of their records, deleted ones included; 0 without any."""
        subrequests = [
            Subrequest(
                name,
                soql.query_path(
                    "queryAll",
                    soql.select(("SystemModstamp",), name, "ORDER BY SystemModstamp DESC LIMIT 1"),
                ),
                name,
            )
            for name in objects
        ]
        answer = await self._perform(composite("feed", subrequests))
        return max(
            (
                unix_seconds(record["SystemModstamp"])
                for body in bodies_of(answer, subrequests)
                for record in checked_page(body)["records"]
            ),
            default=0,
        )

    async def read(
        self,
        people: Sequence[tuple[PersonKind, str]],
        fields: FieldNames,
        *,
        purpose: str = "read",
    ) -> dict[str, PersonRecord]:
        """See `SalesforcePort.read`: up to 1,000 people a call."""
        found: dict[str, PersonRecord] = {}
        chunks = _fewest_calls(people, fields)
        for start in range(0, len(chunks), QUERIES):
            asked = chunks[start : start + QUERIES]
            subrequests = [chunk.subrequest(f"read{place}") for place, chunk in enumerate(asked)]
            answer = await self._perform(composite(purpose, subrequests))
            for chunk, body in zip(asked, bodies_of(answer, subrequests), strict=True):
                merge(found, chunk.kind, await self._all_records(body, purpose, chunk.kind))
        return found

    async def pages(self, request: Request) -> AsyncIterator[Mapping[str, Any]]:
        """The pages of a query, beginning with the one that `request` answers."""
        page = checked_page(await self._perform(request))
        while True:
            yield page
            locator = page.get("nextRecordsUrl")
            if locator is None:
                return
            page = await self._more(locator, request.purpose, request.object_name)

    async def _changes_once(
        self, position: SalesforcePosition, fields: FieldNames, overlap: float
    ) -> AsyncIterator[SalesforcePage]:
        objects = objects_of(fields)
        lists = {name: soql.select_lists(name, fields.get(name, ())) for name in objects}
        since = soql.moment(max(0.0, position.system_modstamp - overlap))
        subrequests = [self._feed_query(names[0], name, since) for name, names in lists.items()]
        answer = await self._perform(composite("feed", subrequests))
        newest = position.system_modstamp
        first_pages = map(checked_page, bodies_of(answer, subrequests))
        pages: dict[str, Any] = dict(zip(objects, first_pages, strict=True))
        for name, page in pages.items():
            while True:
                kind = PersonKind(name)
                people = await self._completed(kind, page["records"], lists[name][1:], "feed")
                newest = max([newest, *(person.version for person in people)])
                locator = page.get("nextRecordsUrl")
                if locator is None and name == objects[-1]:
                    yield SalesforcePage(people, SalesforcePosition(newest))
                elif people:
                    yield SalesforcePage(people)
                if locator is None:
                    break
                page = await self._more(locator, "feed", name)

    def _feed_query(self, names: Sequence[str], object_name: str, since: str) -> Subrequest:
        text = soql.select(
            names,
            object_name,
            f"WHERE SystemModstamp >= {since}",
            "ORDER BY SystemModstamp, Id",
        )
        # Subrequests do not inherit this header, and say nothing where the default will do.
        headers = self._headers if self._page_size != PAGE else {}
        return Subrequest(
            object_name, soql.query_path("queryAll", text), object_name, headers=headers
        )

    async def _directory_page(
        self, names: Sequence[str], object_name: str, seen: str, locator: str | None
    ) -> Any:
        if locator is not None:
            return await self._more(locator, "directory", object_name)
        where = [f"WHERE Id > {soql.literal(seen)}"] if seen else []
        text = soql.select(names, object_name, *where, "ORDER BY Id")
        return checked_page(await self._perform(self.query("directory", text, object_name)))

    def query(
        self, purpose: str, text: str, object_name: str, *, resource: str = "query"
    ) -> Request:
        """The request for the first page of a query."""
        path = soql.query_path(resource, text)

        def send(api: Salesforce) -> Any:
            return api.restful(path, headers=self._headers)

        return Request(purpose, send, object_name=object_name)

    async def _more(self, locator: str, purpose: str, object_name: str) -> Any:
        """The page behind a `nextRecordsUrl`; `TransientError` with the code if it has expired."""

        def send(api: Salesforce) -> Any:
            return api.query_more(locator, identifier_is_url=True, headers=self._headers)

        return checked_page(await self._perform(Request(purpose, send, object_name=object_name)))

    async def _all_records(self, body: Any, purpose: str, kind: PersonKind) -> list[Any]:
        """All records of an answer; Salesforce may cut it short where records are large."""
        records = list(checked_page(body)["records"])
        while (locator := body.get("nextRecordsUrl")) is not None:
            body = await self._more(locator, purpose, kind.value)
            records += body["records"]
        return records

    async def _completed(
        self,
        kind: PersonKind,
        records: Sequence[dict[str, Any]],
        rest: Sequence[tuple[str, ...]],
        purpose: str,
    ) -> tuple[PersonRecord, ...]:
        """The people of a page, with the fields that did not fit into its query's URL."""
        people = people_of(kind, records)
        if not rest or not people:
            return people
        names = [name for listed in rest for name in listed]
        more = await self.read(
            [(kind, person.id) for person in people], {kind.value: names}, purpose=purpose
        )
        return tuple(
            with_fields(person, more[person.id]) if person.id in more else person
            for person in people
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Sforce-Query-Options": f"batchSize={self._page_size}"}


def _fewest_calls(people: Sequence[tuple[PersonKind, str]], fields: FieldNames) -> list[Chunk]:
    """The queries for these people: longer ones only where this saves a call."""
    sizes = (soql.IDS_PER_QUERY, soql.MOST_IDS_PER_QUERY)
    return min(
        (chunks_of(people, fields, size) for size in sizes),
        key=lambda chunks: -(-len(chunks) // QUERIES),
    )


def merge(
    found: dict[str, PersonRecord], kind: PersonKind, records: Sequence[dict[str, Any]]
) -> None:
    """Add the people of an answer; one that is there already gains fields."""
    for person in people_of(kind, records):
        known = found.get(person.id)
        found[person.id] = person if known is None else with_fields(known, person)
