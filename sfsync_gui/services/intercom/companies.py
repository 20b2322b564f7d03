"""Reading all companies: through the scroll, or page by page where that is not possible."""

from collections.abc import AsyncGenerator, Mapping

from sfsync_gui.core.failures import TransientError
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.http import NOT_SENT
from sfsync_gui.services.intercom.errors import RATE_LIMITED
from sfsync_gui.services.intercom.gateway import Call, Gateway, Reply
from sfsync_gui.services.intercom.lists import broken_list, records_of
from sfsync_gui.services.intercom.records import company
from sfsync_gui.services.pacing import Priority

LIST_PAGE = 60
"""Companies on a page of the list, at most: more is refused (seen: "Per Page is too big")."""

LIST_LIMIT = 10_000
"""Companies that the list shows, at most ("List all companies"); the scroll knows no limit."""

SCROLL_SECONDS = 60.0
"""After so long without use a scroll ends by itself ("Scroll over all companies")."""

_SCROLL_EXISTS = "scroll_exists"
_WHAT = "for all companies"

Companies = tuple[PersonRecord, ...]


class _ScrollLostError(Exception):
    """The scroll is somebody else's, or cannot be continued: the list has to do."""


async def sweep_companies(gateway: Gateway) -> AsyncGenerator[Companies, None]:
    """All companies that Intercom lists, at low priority; a company may come twice.

    A workspace has one scroll at a time, which no other program can close. Where it is taken, or
    broke off on the way, the companies are listed instead, from the first one on. Raises
    `TransientError` where the list would not show all of them.
    """
    try:
        async for companies in _scroll(gateway):
            yield companies
    except _ScrollLostError:
        async for companies in _list(gateway):
            yield companies


async def _scroll(gateway: Gateway) -> AsyncGenerator[Companies, None]:
    """All companies by the scroll; one that has expired is begun again, once.

    Where it expires again, pages come too slowly for it.
    """
    position: str | None = None
    may_restart = True
    while True:
        reply = await _scrolled(gateway, position)
        if reply.status == 404 and position is not None:
            if not may_restart:
                raise _ScrollLostError
            position, may_restart = None, False
            continue
        if reply.status == 400 and any(one.code == _SCROLL_EXISTS for one in reply.errors):
            raise _ScrollLostError
        companies = records_of(reply, _WHAT, company)
        if not companies:
            return
        yield companies
        position = str(reply.body.get("scroll_param") or "")
        if not position:
            raise broken_list(reply)


async def _scrolled(gateway: Gateway, position: str | None) -> Reply:
    """The next page of the scroll, asked for once.

    Where the answer was lost the page is lost too, for the scroll has moved on: it is not possible
    to continue from a specific point ("Scroll network timeouts").
    """
    params = None if position is None else {"scroll_param": position}
    call = Call(
        "sweep", "GET", "/companies/scroll", params=params, priority=Priority.LOW, repeats=False
    )
    try:
        return await gateway.send(call)
    except TransientError as error:
        if error.code in (NOT_SENT, RATE_LIMITED):
            raise
        raise _ScrollLostError from error


async def _list(gateway: Gateway) -> AsyncGenerator[Companies, None]:
    """All companies by the list, newest request first: what moves while it is read comes twice."""
    page = 1
    while True:
        params = {"page": str(page), "per_page": str(LIST_PAGE)}
        call = Call("sweep", "POST", "/companies/list", params=params, priority=Priority.LOW)
        reply = await gateway.send(call)
        companies = records_of(reply, _WHAT, company)
        if _number(reply.body.get("total_count")) > LIST_LIMIT:
            raise _too_many(reply)
        if companies:
            yield companies
        pages = reply.body.get("pages")
        last = _number(pages.get("total_pages")) if isinstance(pages, Mapping) else 0
        if page >= last:
            return
        page += 1


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _too_many(reply: Reply) -> TransientError:
    return TransientError(
        "Another program is reading all companies",
        f"Intercom lets one program at a time read more than {LIST_LIMIT:,} companies.",
        "This is tried again by itself. If it lasts, stop the other program's sync of companies.",
        subject=reply.answer.host,
        side=Side.INTERCOM,
        code=_SCROLL_EXISTS,
        retry_after=SCROLL_SECONDS,
    )
