"""The endpoints of conversations: "Retrieve a conversation" and "Search conversations" (2.16)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sfsync_gui.sandbox.intercom.conversation_model import Conversation
from sfsync_gui.sandbox.intercom.conversation_render import conversation_json
from sfsync_gui.sandbox.intercom.conversation_search import ConversationQueryParser, checked_sort
from sfsync_gui.sandbox.intercom.conversations import Conversations
from sfsync_gui.sandbox.intercom.errors import ApiError, type_mismatch
from sfsync_gui.sandbox.intercom.gate import Action, ApiRequest
from sfsync_gui.sandbox.intercom.paging import encoded, invalid_cursor, page_position, per_page
from sfsync_gui.sandbox.intercom.render import Json
from sfsync_gui.sandbox.intercom.workspace import Workspace

SEARCH_PER_PAGE = 20

Key = tuple[Any, str]


class ConversationEndpoints:
    """The actions behind the paths of conversations."""

    def __init__(self, workspace: Workspace, conversations: Conversations, zone: ZoneInfo) -> None:
        self._workspace = workspace
        self._conversations = conversations
        self._zone = zone

    def table(self) -> tuple[tuple[str, str, Action], ...]:
        """Return method, path and action of each endpoint."""
        return (
            ("POST", "/conversations/search", self._search),
            ("GET", "/conversations/{id}", self._show),
        )

    def _show(self, request: ApiRequest) -> Json:
        found = self._conversations.find(request.path["id"])
        if found is None:
            raise ApiError(404, "not_found", "Resource Not Found")
        plain = request.query.get("display_as") == "plaintext"
        return conversation_json(found, self._workspace.contacts, plain=plain, parts=True)

    def _search(self, request: ApiRequest) -> Json:
        if "query" not in request.body:
            raise ApiError(400, "parameter_not_found", "query is required")
        condition = ConversationQueryParser(self._zone).parse(request.body["query"])
        pagination = request.body.get("pagination", {})
        if not isinstance(pagination, dict):
            raise type_mismatch("pagination", "object")
        size = per_page(pagination.get("per_page"), SEARCH_PER_PAGE)
        after = page_position(pagination.get("starting_after"))
        field, descending = checked_sort(request.body.get("sort"))
        if after is not None and isinstance(after[0], str) is not (field == "id"):
            raise invalid_cursor()
        key = partial(_key, field)
        found = sorted(self._conversations.select(condition.matches), key=key, reverse=descending)
        rest = found if after is None else _beyond(found, key, after[:2], descending=descending)
        return self._page(rest[:size], len(found), size, after, key, has_more=len(rest) > size)

    def _page(
        self,
        shown: list[Conversation],
        total: int,
        size: int,
        after: tuple[Any, str, int] | None,
        key: Callable[[Conversation], Key],
        *,
        has_more: bool,
    ) -> Json:
        number = 1 if after is None else after[2]
        pages: Json = {
            "type": "pages",
            "page": number,
            "per_page": size,
            "total_pages": -(-total // size),
        }
        if has_more:
            cursor = encoded([*key(shown[-1]), number + 1])
            pages["next"] = {"per_page": size, "starting_after": cursor}
        contacts = self._workspace.contacts
        return {
            "type": "conversation.list",
            "conversations": [
                conversation_json(one, contacts, plain=False, parts=False) for one in shown
            ],
            "total_count": total,
            "pages": pages,
        }


def _key(field: str, conversation: Conversation) -> Key:
    """Return by what conversations are ordered."""
    return getattr(conversation, field), conversation.id


def _beyond(
    found: list[Conversation],
    key: Callable[[Conversation], Key],
    position: tuple[Any, str],
    *,
    descending: bool,
) -> list[Conversation]:
    """Return those that come after a position."""
    if descending:
        return [one for one in found if key(one) < position]
    return [one for one in found if key(one) > position]
