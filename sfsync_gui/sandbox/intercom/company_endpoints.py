"""The endpoints of companies: one by one, page by page, and through the scroll."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sfsync_gui.sandbox.intercom.company_writes import CompanyWrites
from sfsync_gui.sandbox.intercom.errors import ApiError, company_not_found, parameter_invalid
from sfsync_gui.sandbox.intercom.gate import Action, ApiRequest
from sfsync_gui.sandbox.intercom.model import Company, Contact
from sfsync_gui.sandbox.intercom.render import Json, company_json
from sfsync_gui.sandbox.intercom.workspace import Workspace

LIST_LIMIT = 10_000
"""Companies that pages show, at most ("List all companies")."""

LIST_PER_PAGE = 15
MAX_PER_PAGE = 60
"""What is refused as too big is known from clients; what is a default from the description."""

CONTACTS_PER_PAGE = 50
SCROLL_PER_PAGE = 100
SCROLL_SECONDS = 60
"""A scroll that was not used for so long is over ("Scroll over all companies")."""

_ADDRESS = "https://api.intercom.io"


@dataclass
class Scroll:
    """The one open scroll of the workspace: the companies as they were when it was opened."""

    parameter: str
    companies: list[Company]
    used_at: int
    position: int = 0


class CompanyEndpoints:
    """The actions behind the paths of companies.

    `readable` gives the contact that a request is about, `contact_json` how a contact is shown.
    """

    def __init__(
        self,
        workspace: Workspace,
        readable: Callable[[ApiRequest], Contact],
        contact_json: Callable[[ApiRequest, Contact], Json],
        app_json: Json,
    ) -> None:
        self._workspace = workspace
        self._companies = workspace.companies
        self._readable = readable
        self._contact_json = contact_json
        self._app_id: str = app_json["id_code"]
        self._writes = CompanyWrites(workspace)
        self._scroll: Scroll | None = None
        self._random = Random(f"scrolls {self._app_id}")

    def table(self) -> tuple[tuple[str, str, Action], ...]:
        """Return method, path and action of each endpoint; fixed paths come first."""
        return (
            ("POST", "/companies", self._create_or_update),
            ("GET", "/companies", self._retrieve),
            ("POST", "/companies/list", self._list),
            ("GET", "/companies/scroll", self._scrolled),
            ("GET", "/companies/{id}", self._show),
            ("PUT", "/companies/{id}", self._update),
            ("DELETE", "/companies/{id}", self._delete),
            ("GET", "/companies/{id}/contacts", self._contacts),
            ("GET", "/contacts/{id}/companies", self._of_contact),
            ("POST", "/contacts/{id}/companies", self._attach),
            ("DELETE", "/contacts/{id}/companies/{company_id}", self._detach),
        )

    def _json(self, company: Company) -> Json:
        return company_json(company, self._app_id, self._companies)

    def _create_or_update(self, request: ApiRequest) -> Json:
        return self._json(self._writes.create_or_update(request.body))

    def _show(self, request: ApiRequest) -> Json:
        return self._json(self._writes.readable(request.path["id"]))

    def _update(self, request: ApiRequest) -> Json:
        company = self._writes.readable(request.path["id"])
        return self._json(self._writes.update(company, request.body))

    def _delete(self, request: ApiRequest) -> Json:
        company = self._writes.delete(request.path["id"])
        return {"id": company.id, "object": "company", "deleted": True}

    def _retrieve(self, request: ApiRequest) -> Json:
        """One company by its key or name, or those of a tag or segment ("Retrieve companies").

        The one is looked for among all companies, whoever belongs to them, and is an error where
        it is not found; the others are a list like any other.
        """
        query = request.query
        for name in ("company_id", "name"):
            if name in query:
                found = [o for o in self._companies.everything() if getattr(o, name) == query[name]]
                if not found:
                    raise company_not_found()
                return self._page(request, "/companies", found[:1])
        listed = self._companies.listed()
        if "tag_id" in query:
            listed = [company for company in listed if query["tag_id"] in company.tags]
        if "segment_id" in query:
            listed = [company for company in listed if query["segment_id"] in company.segments]
        return self._page(request, "/companies", listed)

    def _list(self, request: ApiRequest) -> Json:
        listed = self._companies.listed()
        order = request.query.get("order", "desc")
        if order not in ("asc", "desc"):
            raise parameter_invalid("Order must be either asc or desc")
        return self._page(request, "/companies/list", listed if order == "desc" else listed[::-1])

    def _page(self, request: ApiRequest, path: str, companies: list[Company]) -> Json:
        """A page by its number. The next one is named by its address, as recordings show."""
        page, size = _page_asked(request, LIST_PER_PAGE, MAX_PER_PAGE)
        start = (page - 1) * size
        if start >= LIST_LIMIT:
            raise parameter_invalid("page limit reached, please use scroll API")
        total = -(-len(companies) // size)
        following = f"{_ADDRESS}{path}?per_page={size}&page={page + 1}" if page < total else None
        return {
            "type": "list",
            "data": [self._json(one) for one in companies[start : min(start + size, LIST_LIMIT)]],
            "pages": _pages(page, size, total, following),
            "total_count": len(companies),
        }

    def _scrolled(self, request: ApiRequest) -> Json:
        """The next hundred companies. What was sent is not sent again, whether it arrived or not.

        One scroll of the workspace is open at a time. It ends with an empty page, or by itself.
        """
        scroll = self._scroll_of(request.query.get("scroll_param"))
        scroll.used_at = self._workspace.now()
        page = scroll.companies[scroll.position : scroll.position + SCROLL_PER_PAGE]
        scroll.position += len(page)
        if not page:
            self._scroll = None
        return {
            "type": "list",
            "data": [self._json(company) for company in page],
            "pages": None,
            "total_count": None,
            "scroll_param": scroll.parameter,
        }

    def _scroll_of(self, parameter: str | None) -> Scroll:
        """The open scroll, or a new one without a parameter; the refusals are as recorded."""
        now = self._workspace.now()
        if self._scroll is not None and now - self._scroll.used_at > SCROLL_SECONDS:
            self._scroll = None
        if not parameter:
            if self._scroll is not None:
                message = "scroll already exists for this workspace"
                raise ApiError(400, "scroll_exists", message)
            new = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
            listed = sorted(self._companies.listed(), key=lambda company: company.id)
            self._scroll = Scroll(new, listed, now)
        elif self._scroll is None or self._scroll.parameter != parameter:
            raise ApiError(404, "not_found", "scroll parameter not found")
        return self._scroll

    def _contacts(self, request: ApiRequest) -> Json:
        """The contacts of a company ("List attached contacts")."""
        company = self._writes.readable(request.path["id"])
        page, size = _page_asked(request, CONTACTS_PER_PAGE, MAX_PER_PAGE)
        members = self._companies.members(company.id)
        shown = members[(page - 1) * size : page * size]
        contacts = [self._workspace.contacts[one] for one in shown]
        return {
            "type": "list",
            "data": [self._contact_json(request, contact) for contact in contacts],
            "total_count": len(members),
            "pages": _pages(page, size, -(-len(members) // size)),
        }

    def _of_contact(self, request: ApiRequest) -> Json:
        """The companies of a contact ("List attached companies for contact")."""
        ids = self._readable(request).companies
        return {
            "type": "list",
            "companies": [self._json(self._writes.readable(one)) for one in ids],
            "total_count": len(ids),
            "pages": _pages(1, CONTACTS_PER_PAGE, 1),
        }

    def _attach(self, request: ApiRequest) -> Json:
        return self._json(self._writes.attach(self._readable(request), request.body))

    def _detach(self, request: ApiRequest) -> Json:
        contact = self._readable(request)
        return self._json(self._writes.detach(contact, request.path["company_id"]))


def _page_asked(request: ApiRequest, size: int, most: int) -> tuple[int, int]:
    """The number and size of a page; they come as text in a query."""
    asked = {"page": 1, "per_page": size}
    for name in asked:
        text = request.query.get(name)
        if text is not None:
            if not text.isdecimal() or int(text) < 1:
                raise parameter_invalid(f"{name} must be a positive number")
            asked[name] = int(text)
    if asked["per_page"] > most:
        raise parameter_invalid("Per Page is too big")
    return asked["page"], asked["per_page"]


def _pages(page: int, size: int, total: int, following: Any = None) -> Json:
    return {
        "type": "pages",
        "next": following,
        "page": page,
        "per_page": size,
        "total_pages": total,
    }
