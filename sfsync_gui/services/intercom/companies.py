"""Reading all companies: through the scroll, or page by page where that is not possible."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress

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
    """The scroll is somebody else's (`taken`), or cannot be continued: the list has to do."""

    def __init__(self, *, taken: bool = False) -> None:
        super().__init__()
        self.taken = taken


class _ScrollExpiredError(Exception):
    """The scroll was not used for a minute, and is over."""


class CompanyReader:
    """Reads all companies of a workspace, again and again.

    A workspace has one scroll at a time, which nobody can close. One of ours that was left before
    its end is remembered and read to its end first, or it would keep us from a new one.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._left_open: str | None = None

    async def sweep(self) -> AsyncGenerator[Companies, None]:
        """All companies that Intercom lists, at low priority; a company may come twice.

        Where the scroll is another program's, or broke off on the way, the companies are listed
        instead, from the first one on. Raises `TransientError` where the list would not show all
        of them.
        """
        try:
            async with aclosing(self._scroll()) as pages:
                async for companies in pages:
                    yield companies
        except _ScrollLostError as lost:
            async for companies in _list(self._gateway, taken=lost.taken):
                yield companies

    async def _scroll(self) -> AsyncGenerator[Companies, None]:
        """All companies by a scroll of its own; one that has expired is begun again, once.

        Where it expires again, pages come too slowly for it.
        """
        former, self._left_open = self._left_open, None
        if former is not None:
            with suppress(_ScrollExpiredError):
                async with aclosing(self._pages(former)) as pages:
                    async for companies in pages:
                        yield companies
        for _ in range(2):
            with suppress(_ScrollExpiredError):
                async with aclosing(self._pages(None)) as pages:
                    async for companies in pages:
                        yield companies
                return
        raise _ScrollLostError

    async def _pages(self, position: str | None) -> AsyncGenerator[Companies, None]:
        """The pages of a scroll: of a new one, or the rest of one that is open."""
        try:
            while True:
                reply = await _scrolled(self._gateway, position)
                if reply.status == 404 and position is not None:
                    position = None
                    raise _ScrollExpiredError
                if reply.status == 400 and any(one.code == _SCROLL_EXISTS for one in reply.errors):
                    raise _ScrollLostError(taken=True)
                companies = records_of(reply, _WHAT, company)
                position = str(reply.body.get("scroll_param") or "") or None
                if not companies:
                    position = None
                    return
                yield companies
                if position is None:
                    raise broken_list(reply)
        finally:
            if position is not None:
                self._left_open = position


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


async def _list(gateway: Gateway, *, taken: bool) -> AsyncGenerator[Companies, None]:
    """All companies by the list, newest request first: what moves while it is read comes twice.

    `taken`: whether another program has the scroll, which knows no limit.
    """
    page = 1
    while True:
        params = {"page": str(page), "per_page": str(LIST_PAGE)}
        call = Call("sweep", "POST", "/companies/list", params=params, priority=Priority.LOW)
        reply = await gateway.send(call)
        companies = records_of(reply, _WHAT, company)
        if _number(reply.body.get("total_count")) > LIST_LIMIT:
            raise _too_many(reply, taken=taken)
        if companies:
            yield companies
        pages = reply.body.get("pages")
        last = _number(pages.get("total_pages")) if isinstance(pages, Mapping) else 0
        if page >= last:
            return
        page += 1


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _too_many(reply: Reply, *, taken: bool) -> TransientError:
    host = reply.answer.host
    if not taken:
        return TransientError(
            "The reading of all companies broke off",
            f"There are more than {LIST_LIMIT:,}: they have to be read from the first one on.",
            "This is tried again by itself.",
            subject=host,
            side=Side.INTERCOM,
            code="scroll_lost",
        )
    return TransientError(
        "Another program is reading all companies",
        f"Intercom lets one program at a time read more than {LIST_LIMIT:,} companies.",
        "This is tried again by itself. If it lasts, stop the other program's sync of companies.",
        subject=host,
        side=Side.INTERCOM,
        code=_SCROLL_EXISTS,
        retry_after=SCROLL_SECONDS,
    )
