"""Conversations as Intercom sends them: searched, and read one by one.

"Search conversations" and "Retrieve a conversation" (2.16). The description of the search knows
no order of its results, and no `sort`, which clients send all the same (Intercom-OpenAPI issue
114): it is sent only where there are more than can be read.
"""

import html
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sfsync_gui.core.conversations import (
    Conversation,
    Conversations,
    ConversationSummary,
    Message,
    title_of,
)
from sfsync_gui.core.failures import MissingPermissionError, OrgError, SetupError, SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.intercom.errors import refused_about, says_gone, unexpected
from sfsync_gui.services.intercom.gateway import Call, Gateway, Reply, not_intercom
from sfsync_gui.services.intercom.lists import broken_list, next_cursor
from sfsync_gui.services.intercom.records import clean, unescaped

FORBIDDEN = "conversations_forbidden"
"""The code of the failure where the app lacks the permission to read conversations."""

FULL_PAGE = 150
"""The most that Intercom gives on a page ("Pagination")."""

PAGES_AT_MOST = 4
"""So many pages of one contact's conversations are read; where there are more, of the newest."""

_NEWEST_FIRST = {"field": "updated_at", "order": "descending"}

PURPOSE = "conversations"
"""What calls for conversations are counted as."""

_BLOCK_END = re.compile(r"</(?:p|h\d|li|div)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_NOTE = "note"
_CLOSE = "close"


class ConversationReader:
    """Reads conversations. `web_url` is the address of the workspace in Intercom's own pages.

    Every method may raise `SetupError` with the code `FORBIDDEN`, and what the gateway raises.
    """

    def __init__(self, gateway: Gateway, web_url: Callable[[], Awaitable[str]]) -> None:
        self._gateway = gateway
        self._web_url = web_url

    async def closed_since(self, moment: int) -> AsyncGenerator[tuple[ConversationSummary, ...]]:
        """Closed conversations that were updated at or after a moment (unix seconds), in pages.

        The search lags by minutes, and conversations may repeat or be missed while they change:
        the next reading has to overlap.
        """
        # Whether `>` takes in its own second is described one way and told the other way.
        updated = {"field": "updated_at", "operator": ">", "value": max(0, moment - 1)}
        closed = {"field": "state", "operator": "=", "value": "closed"}
        query = {"operator": "AND", "value": [updated, closed]}
        cursor: str | None = None
        while True:
            reply = await self._search(query, FULL_PAGE, cursor)
            page = _summaries(reply)
            yield tuple(one for one in page if one.is_closed and one.updated_at >= moment)
            cursor = next_cursor(reply, cursor)
            if cursor is None:
                return

    async def of_contact(self, contact_id: str, most: int) -> Conversations:
        """The newest conversations of a contact that the search shows; a call for each 150."""
        query = {"field": "contact_ids", "operator": "=", "value": contact_id}
        reply = await self._search(query, FULL_PAGE, None)
        total, sort = _count(reply.body.get("total_count")), None
        if total > PAGES_AT_MOST * FULL_PAGE:
            sort = _NEWEST_FIRST
            reply = await self._search(query, FULL_PAGE, None, sort)
        found = {one.id: one for one in _summaries(reply)}
        cursor = next_cursor(reply, None)
        for _ in range(1, PAGES_AT_MOST):
            if cursor is None:
                break
            reply = await self._search(query, FULL_PAGE, cursor, sort)
            found |= {one.id: one for one in _summaries(reply)}
            cursor = next_cursor(reply, cursor)
        newest = sorted(found.values(), key=lambda one: (one.updated_at, one.id), reverse=True)
        return Conversations(tuple(newest[:most]), max(total, len(found)))

    async def read(self, conversation_id: str) -> Conversation | None:
        """The conversation as it is now, in plain text; None where it is not there."""
        path = f"/conversations/{quote(conversation_id, safe='')}"
        call = Call(PURPOSE, "GET", path, params={"display_as": "plaintext"})
        reply = await self._send(call)
        if says_gone(reply.status, reply.errors):
            return None
        if not reply.accepted:
            what = f"for conversation {conversation_id}"
            raise refused_about(reply.status, reply.errors, conversation_id, what)
        if not reply.body.get("id"):
            raise not_intercom(reply.answer)
        url = f"{await self._web_url()}/conversations/{quote(conversation_id, safe='')}"
        return _conversation(reply.body, url)

    async def _search(
        self,
        query: Mapping[str, Any],
        size: int,
        cursor: str | None,
        sort: Mapping[str, str] | None = None,
    ) -> Reply:
        pagination: dict[str, Any] = {"per_page": size}
        if cursor is not None:
            pagination["starting_after"] = cursor
        body = {"query": query, "pagination": pagination} | ({"sort": sort} if sort else {})
        reply = await self._send(Call(PURPOSE, "POST", "/conversations/search", json=body))
        if not reply.accepted:
            raise unexpected(reply.status, reply.errors, "for conversations")
        return reply

    async def _send(self, call: Call) -> Reply:
        try:
            return await self._gateway.send(call)
        except (OrgError, MissingPermissionError) as failure:
            raise _forbidden(failure) from failure


def _forbidden(failure: SfsyncError) -> SetupError:
    """Conversations are a permission of their own: that of people is not at fault."""
    return SetupError(
        "Conversations cannot be read",
        "The app may not read the conversations of this workspace.",
        "In Intercom's Developer Hub: the app → Configure → Authentication → Permissions → Read "
        "conversations. Then connect again.",
        subject="Conversations",
        side=Side.INTERCOM,
        code=FORBIDDEN,
        detail=failure.detail,
    )


def _summaries(reply: Reply) -> tuple[ConversationSummary, ...]:
    listed = reply.body.get("conversations")
    if not isinstance(listed, list) or not all(
        isinstance(one, Mapping) and one.get("id") for one in listed
    ):
        raise broken_list(reply)
    return tuple(_summary(one, plain=False) for one in listed)


def _summary(body: Mapping[str, Any], *, plain: bool) -> ConversationSummary:
    source = _entry(body, "source")
    texts = [body.get("title"), source.get("subject"), source.get("body")]
    created_at = _moment(body.get("created_at")) or 0
    return ConversationSummary(
        id=str(body["id"]),
        title=title_of(*(_plain(text, plain=plain) for text in texts)),
        contact_ids=tuple(
            str(one["id"]) for one in _entries(_entry(body, "contacts"), "contacts") if "id" in one
        ),
        is_closed=body.get("state") == "closed",
        created_at=created_at,
        updated_at=_moment(body.get("updated_at")) or created_at,
        closed_at=_moment(_entry(body, "statistics").get("last_close_at")),
    )


def _conversation(body: Mapping[str, Any], url: str) -> Conversation:
    parts = _entry(body, "conversation_parts")
    listed = _entries(parts, "conversation_parts")
    first = {**_entry(body, "source"), "created_at": body.get("created_at")}
    messages = [
        _message(one)
        for one in (first, *listed)
        if one.get("part_type") != _NOTE and str(one.get("body") or "").strip()
    ]
    closings = [_moment(one.get("created_at")) for one in listed if one.get("part_type") == _CLOSE]
    summary = _summary(body, plain=True)
    if summary.closed_at is None and closings:
        # Without a reply of a contact there are no statistics, closed or not.
        summary = replace(summary, closed_at=closings[-1])
    total = parts.get("total_count")
    missing = max(0, total - len(listed)) if isinstance(total, int) else 0
    assigned = body.get("admin_assignee_id")
    return Conversation(summary, url, tuple(messages), missing, str(assigned) if assigned else None)


def _message(one: Mapping[str, Any]) -> Message:
    author = _entry(one, "author")
    name = unescaped(clean(str(author.get("name") or ""))).strip()
    text = _plain(one.get("body"), plain=True)
    return Message(
        name or str(author.get("email") or ""), _moment(one.get("created_at")) or 0, text
    )


def _plain(text: object, *, plain: bool) -> str:
    """A text without control characters; without HTML where it is not `plain` already."""
    if not isinstance(text, str):
        return ""
    if not plain:
        text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", text)))
    return clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _entry(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entry = body.get(name)
    return entry if isinstance(entry, Mapping) else {}


def _entries(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    entries = body.get(name)
    return [one for one in entries if isinstance(one, Mapping)] if isinstance(entries, list) else []


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value else None
