"""The endpoints of the simulated Intercom: what each path and method does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from sfsync_gui.sandbox.intercom.attributes import MODELS
from sfsync_gui.sandbox.intercom.company_endpoints import CompanyEndpoints
from sfsync_gui.sandbox.intercom.contact_search import ContactQueryParser, checked_sort
from sfsync_gui.sandbox.intercom.conversation_endpoints import ConversationEndpoints
from sfsync_gui.sandbox.intercom.conversations import Conversations
from sfsync_gui.sandbox.intercom.errors import (
    ApiError,
    contact_not_found,
    parameter_invalid,
    type_mismatch,
)
from sfsync_gui.sandbox.intercom.gate import Action, ApiRequest, Gate
from sfsync_gui.sandbox.intercom.index import TIME_ORDERS, Page
from sfsync_gui.sandbox.intercom.label_endpoints import LabelEndpoints
from sfsync_gui.sandbox.intercom.model import Contact
from sfsync_gui.sandbox.intercom.paging import (
    decoded,
    encoded,
    invalid_cursor,
    page_position,
    per_page,
)
from sfsync_gui.sandbox.intercom.permissions import permission_for
from sfsync_gui.sandbox.intercom.render import (
    Json,
    activity_json,
    admin_json,
    attribute_json,
    contact_json,
    me_json,
    merge_history_json,
    reference_json,
)
from sfsync_gui.sandbox.intercom.search import (
    Condition,
    listed_ids,
    split_by_time,
)
from sfsync_gui.sandbox.intercom.workspace import Workspace
from sfsync_gui.sandbox.intercom.writes import ContactWrites

LIST_PER_PAGE = 10
SEARCH_PER_PAGE = 50
ACTIVITIES_PER_PAGE = 50


class Endpoints:
    """The actions behind the paths, and the Starlette application made of them."""

    def __init__(
        self, workspace: Workspace, conversations: Conversations, gate: Gate, app_json: Json
    ) -> None:
        self._workspace = workspace
        self._gate = gate
        self._app_json = app_json
        self._zone = ZoneInfo(app_json["timezone"])
        self._writes = ContactWrites(workspace)
        self._conversations = ConversationEndpoints(workspace, conversations, self._zone)
        self._companies = CompanyEndpoints(workspace, self._readable, self._contact, app_json)

    def application(self, pages: Iterable[Route] = ()) -> Starlette:
        """Return the application with all its routes, and those of `pages`."""
        table: tuple[tuple[str, str, Action], ...] = (
            ("GET", "/me", self._me),
            ("GET", "/admins", self._admins),
            ("GET", "/contacts", self._list),
            ("POST", "/contacts", self._create),
            ("POST", "/contacts/search", self._search),
            ("POST", "/contacts/merge", self._merge),
            ("GET", "/contacts/activities", self._activities),
            ("GET", "/contacts/find_by_external_id/{external_id}", self._by_external_id),
            ("GET", "/contacts/{id}", self._show),
            ("PUT", "/contacts/{id}", self._update),
            ("DELETE", "/contacts/{id}", self._delete),
            ("POST", "/contacts/{id}/archive", partial(self._archive, archived=True)),
            ("POST", "/contacts/{id}/unarchive", partial(self._archive, archived=False)),
            ("GET", "/data_attributes", self._attributes),
            ("POST", "/data_attributes", self._create_attribute),
            ("PUT", "/data_attributes/{id}", self._update_attribute),
            *self._conversations.table(),
            *self._companies.table(),
            *LabelEndpoints(self._workspace, self._readable).table(),
        )
        routes = [
            Route(path, self._gate.endpoint(action, permission_for(method, path)), methods=[method])
            for method, path, action in table
        ]
        application = Starlette(
            routes=[*pages, *routes], exception_handlers={HTTPException: self._gate.not_found}
        )
        application.router.redirect_slashes = False
        return application

    def _me(self, _request: ApiRequest) -> Json:
        return me_json(self._workspace.admins[0], self._app_json)

    def _admins(self, _request: ApiRequest) -> Json:
        return {"type": "admin.list", "admins": [admin_json(a) for a in self._workspace.admins]}

    def _show(self, request: ApiRequest) -> Json:
        return self._contact(request, self._readable(request))

    def _by_external_id(self, request: ApiRequest) -> Json:
        contact = self._writes.by_external_id(
            request.path["external_id"], merged_is_gone=request.merged_is_gone
        )
        return self._contact(request, contact)

    def _create(self, request: ApiRequest) -> Json:
        return self._contact(request, self._writes.create(request.body))

    def _update(self, request: ApiRequest) -> Json:
        return self._contact(request, self._writes.update(self._readable(request), request.body))

    def _delete(self, request: ApiRequest) -> Json:
        return reference_json(self._writes.delete(request.path["id"]), deleted=True)

    def _archive(self, request: ApiRequest, *, archived: bool) -> Json:
        contact = self._writes.archive(request.path["id"], archived=archived)
        return reference_json(contact, archived=archived)

    def _merge(self, request: ApiRequest) -> Json:
        return self._contact(request, self._writes.merge(request.body))

    def _readable(self, request: ApiRequest) -> Contact:
        return self._writes.readable(request.path["id"], merged_is_gone=request.merged_is_gone)

    def _contact(self, request: ApiRequest, contact: Contact) -> Json:
        answer = contact_json(contact, self._app_json["id_code"], preview=request.preview)
        if request.query.get("include_merge_history") == "true" and contact.role == "user":
            answer["merge_history"] = merge_history_json(self._workspace.merges[contact.id])
        return answer

    def _list(self, request: ApiRequest) -> Json:
        """Contacts by their latest update: one that changes meanwhile moves to the front.

        The cursor in Intercom's own example carries a time that cannot be that of creation.
        """
        size = per_page(request.query.get("per_page"), LIST_PER_PAGE)
        cursor = page_position(request.query.get("starting_after"))
        return self._found(request, None, ("updated_at", True), size, cursor)

    def _search(self, request: ApiRequest) -> Json:
        if "query" not in request.body:
            raise ApiError(400, "parameter_not_found", "query is required")
        parser = ContactQueryParser(
            self._zone, self._workspace.attributes, by_second=request.preview
        )
        condition = parser.parse(request.body["query"])
        pagination = request.body.get("pagination", {})
        if not isinstance(pagination, dict):
            raise type_mismatch("pagination", "object")
        size = per_page(pagination.get("per_page"), SEARCH_PER_PAGE)
        cursor = page_position(pagination.get("starting_after"))
        return self._found(request, condition, checked_sort(request.body.get("sort")), size, cursor)

    def _found(
        self,
        request: ApiRequest,
        condition: Condition | None,
        sort: tuple[str, bool],
        size: int,
        cursor: tuple[Any, str, int] | None,
    ) -> Json:
        field, descending = sort
        number = 1 if cursor is None else cursor[2]
        if field in TIME_ORDERS and listed_ids(condition) is None:
            page = self._page_by_time(condition, field, size, cursor, descending=descending)
        else:
            page = self._page_by_value(condition, field, size, cursor, descending=descending)
        pages: Json = {
            "type": "pages",
            "page": number,
            "per_page": size,
            "total_pages": -(-page.total // size),
        }
        if page.has_more:
            last = page.contacts[-1]
            after = encoded([_cursor_value(last, field), last.id, number + 1])
            pages["next"] = {"page": number + 1, "per_page": size, "starting_after": after}
        return {
            "type": "list",
            "data": [self._contact(request, contact) for contact in page.contacts],
            "total_count": page.total,
            "pages": pages,
        }

    def _page_by_time(
        self,
        condition: Condition | None,
        field: str,
        size: int,
        cursor: tuple[Any, str, int] | None,
        *,
        descending: bool,
    ) -> Page:
        low, high, matches = split_by_time(condition, field)
        after = None
        if cursor is not None:
            if not isinstance(cursor[0], int):
                raise invalid_cursor()
            after = (cursor[0] // 1000, cursor[1])
        return self._workspace.index.page_by_time(
            field,
            low=low,
            high=high,
            matches=matches,
            descending=descending,
            after=after,
            size=size,
        )

    def _page_by_value(
        self,
        condition: Condition | None,
        field: str,
        size: int,
        cursor: tuple[Any, str, int] | None,
        *,
        descending: bool,
    ) -> Page:
        """Sort all that was found: the real index has to do that for such fields, too."""
        matches = (lambda _contact: True) if condition is None else condition.matches
        found = self._workspace.index.select(matches, listed_ids(condition))
        keyed = [(_sort_key(_cursor_value(c, field), c.id), c) for c in found]
        keyed.sort(key=lambda pair: pair[0], reverse=descending)
        rest = [c for _key, c in keyed]
        if cursor is not None:
            after = _sort_key(cursor[0], cursor[1])
            rest = [c for key, c in keyed if (key < after if descending else key > after)]
        return Page(rest[:size], len(keyed), len(rest) > size)

    def _activities(self, request: ApiRequest) -> Json:
        if not request.preview:
            # Other versions take the path for that of a contact.
            raise contact_not_found()
        size = per_page(request.query.get("per_page"), ACTIVITIES_PER_PAGE)
        starting_after = request.query.get("starting_after")
        start = 0 if starting_after is None else _activity_position(starting_after)
        found = self._workspace.activities[start : start + size]
        more = start + size < len(self._workspace.activities)
        following = {"starting_after": encoded([found[-1].id])} if more else None
        return {
            "type": "list",
            "data": [activity_json(activity) for activity in found],
            "pages": {"type": "pages", "per_page": size, "next": following},
        }

    def _attributes(self, request: ApiRequest) -> Json:
        model = request.query.get("model")
        if model == "conversation":
            raise ApiError(
                422,
                "parameter_invalid",
                "model=conversation is no longer supported. "
                "Use GET /conversations/attributes instead",
            )
        if model is not None and model not in MODELS:
            raise parameter_invalid(
                "The Data Attribute model field must be either contact or company"
            )
        archived = request.query.get("include_archived") == "true"
        listed = self._workspace.attributes.listed(model, include_archived=archived)
        data = [attribute_json(attribute, preview=request.preview) for attribute in listed]
        return {"type": "list", "data": data}

    def _create_attribute(self, request: ApiRequest) -> Json:
        body = request.body
        attribute = self._workspace.attributes.create(
            str(body.get("name", "")),
            str(body.get("data_type", "")),
            self._workspace.now(),
            model=str(body.get("model", "")),
            options=_options(body) or (),
            description=str(body.get("description") or ""),
            messenger_writable=body.get("messenger_writable") is True,
        )
        return attribute_json(attribute, preview=request.preview)

    def _update_attribute(self, request: ApiRequest) -> Json:
        number = request.path["id"]
        attribute = self._workspace.attributes.update(
            int(number) if number.isdecimal() else -1,
            self._workspace.now(),
            options=_options(request.body),
            archived=_optional_flag(request.body, "archived"),
            description=request.body.get("description"),
            messenger_writable=_optional_flag(request.body, "messenger_writable"),
        )
        return attribute_json(attribute, preview=request.preview)


def _activity_position(text: str) -> int:
    match decoded(text):
        case [str(number)] if number.isdecimal():
            return int(number)
    raise invalid_cursor()


def _cursor_value(contact: Contact, field: str) -> Any:
    """Return what a cursor holds of a contact; times are milliseconds there."""
    value = contact.searchable(field)
    return value * 1000 if isinstance(value, int) and not isinstance(value, bool) else value


def _sort_key(value: Any, contact_id: str) -> tuple[bool, int, str, str]:
    """Return a key by which values of one field sort, empty ones first."""
    number = value if isinstance(value, int) else 0
    return value is not None, number, value if isinstance(value, str) else "", contact_id


def _options(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the options of a body: an array of objects with a value each."""
    if body.get("options") is None:
        return None
    options = body["options"]
    if not isinstance(options, list):
        raise parameter_invalid("Options isn't an array")
    for option in options:
        if not isinstance(option, dict) or not isinstance(option.get("value"), str):
            raise parameter_invalid("Each option needs a value")
    return tuple(option["value"] for option in options)


def _optional_flag(body: Mapping[str, Any], name: str) -> bool | None:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise type_mismatch(name, "boolean")
    return value
