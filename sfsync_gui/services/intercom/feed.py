"""Reading many contacts: the descent through what changed, and the sweep through all."""

from collections.abc import AsyncGenerator, Callable, Sequence
from hashlib import blake2b
from typing import Any

from sfsync_gui.core.people import PersonRecord
from sfsync_gui.engine.ports import (
    IntercomPage,
    IntercomPosition,
    KnownPages,
    PageAnswer,
    nothing_known,
)
from sfsync_gui.services.intercom.gateway import Call, Gateway
from sfsync_gui.services.intercom.lists import next_cursor, records_of
from sfsync_gui.services.intercom.records import person
from sfsync_gui.services.pacing import Priority

FIRST_PAGE = 10
"""Contacts on the first page of a descent: mostly it is the only one, and stays small."""

FULL_PAGE = 150
"""Contacts on all other pages: the most that Intercom gives ("Pagination")."""

FILTER_MARGIN_SECONDS = 36 * 3600
"""How far before the wanted time the date filter begins. Up to 2.16 a filter `> X` begins with
the day after X in the workspace's time zone ("Search contacts"). A day has up to 25 hours, so the
wanted time is included wherever the workspace is."""


async def descend(
    gateway: Gateway,
    position: IntercomPosition,
    overlap: float,
    known: KnownPages = nothing_known,
) -> AsyncGenerator[IntercomPage, None]:
    """Contacts updated at or after `position` minus `overlap` seconds, newest first.

    The position of the last page is the top of the first: what changes meanwhile moves above it
    and is found next time. A cursor that is refused makes the descent start again, once; pages
    may then repeat contacts. Raises `SfsyncError` where a page cannot be read; no position was
    given then, so the reading starts again as a whole. A page whose answer is `known` has no
    records: there is nothing in it that was not taken in, nor a later position.
    """
    floor = int(position.updated_at - overlap)
    top: int | None = None
    cursor: str | None = None
    may_restart = True
    while True:
        page = _Page(floor, cursor, known)
        reply = await gateway.send(_search(floor, cursor, page.is_known))
        if page.answer is not None:
            cursor = page.answer.cursor
            top = position.updated_at if top is None else top
            at_end = IntercomPosition(top) if cursor is None else None
            yield IntercomPage((), at_end, page.answer, known=True)
            if cursor is None:
                return
            continue
        if may_restart and cursor is not None and reply.status == 400:
            top, cursor, may_restart = None, None, False
            continue
        records = records_of(reply, "for changed contacts", person)
        if top is None:
            first = records[0].version if records else 0
            top = max(position.updated_at, first)
        # Strictly before: others of the same second may come after an earlier reading's last.
        wanted = tuple(record for record in records if record.version >= floor)
        cursor = next_cursor(reply, cursor) if len(wanted) == len(records) else None
        answer = PageAnswer(page.digest(reply.answer.body), cursor)
        if cursor is None:
            yield IntercomPage(wanted, IntercomPosition(top), answer)
            return
        yield IntercomPage(wanted, answer=answer)


class _Page:
    """A page that is asked for: whether its answer is known shows when it is there."""

    def __init__(self, floor: int, cursor: str | None, known: KnownPages) -> None:
        self._asked = f"{floor} {cursor or ''} ".encode()
        self._known = known
        self.answer: PageAnswer | None = None

    def digest(self, body: bytes) -> bytes:
        """Of the answer, and of what was asked."""
        return blake2b(body, digest_size=16, key=blake2b(self._asked).digest()).digest()

    def is_known(self, body: bytes) -> bool:
        """Whether nothing in this answer is new; it is kept as `answer` then."""
        self.answer = self._known(self.digest(body))
        return self.answer is not None


async def sweep(gateway: Gateway) -> AsyncGenerator[tuple[PersonRecord, ...], None]:
    """All contacts that the list shows, at low priority.

    A cursor that is refused makes the sweep start again, once; contacts may repeat. A contact
    that changes meanwhile may be missed: the descent finds it.
    """
    cursor: str | None = None
    may_restart = True
    while True:
        params = {"per_page": str(FULL_PAGE)}
        if cursor is not None:
            params["starting_after"] = cursor
        call = Call("sweep", "GET", "/contacts", params=params, priority=Priority.LOW)
        reply = await gateway.send(call)
        if may_restart and cursor is not None and reply.status == 400:
            cursor, may_restart = None, False
            continue
        records = records_of(reply, "for all contacts", person)
        cursor = next_cursor(reply, cursor)
        if records:
            yield records
        if cursor is None:
            return


async def find(gateway: Gateway, contact_ids: Sequence[str]) -> tuple[PersonRecord, ...]:
    """Those of these contacts that the search shows, at low priority; at most `FULL_PAGE`.

    How many values `IN` takes is not documented: where that many are refused, nobody is found,
    and each contact can still be read.
    """
    body = {
        "query": {"field": "id", "operator": "IN", "value": list(contact_ids)},
        "pagination": {"per_page": FULL_PAGE},
    }
    call = Call("read", "POST", "/contacts/search", json=body, priority=Priority.LOW)
    reply = await gateway.send(call)
    return () if reply.status == 400 else records_of(reply, "for contacts by their ids", person)


def _search(floor: int, cursor: str | None, is_known: Callable[[bytes], bool]) -> Call:
    """A page of `POST /contacts/search`: the cursor goes in the body.

    It may be used with another `per_page`: it holds the sort value and the id of the last
    contact, not a number of contacts to skip (seen in the documentation's examples, decoded).
    """
    pagination: dict[str, Any] = {"per_page": FIRST_PAGE if cursor is None else FULL_PAGE}
    if cursor is not None:
        pagination["starting_after"] = cursor
    since = max(0, floor - FILTER_MARGIN_SECONDS)
    body = {
        "query": {"field": "updated_at", "operator": ">", "value": since},
        "sort": {"field": "updated_at", "order": "descending"},
        "pagination": pagination,
    }
    return Call("feed", "POST", "/contacts/search", json=body, is_known=is_known)
