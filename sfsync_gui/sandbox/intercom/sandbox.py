"""The simulated Intercom: its application for clients, and its hands for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.faults import FaultPlan
from sfsync_gui.sandbox.intercom.apps import Apps
from sfsync_gui.sandbox.intercom.company_hands import CompanyHands
from sfsync_gui.sandbox.intercom.conversation_hands import ConversationHands
from sfsync_gui.sandbox.intercom.conversations import Conversations
from sfsync_gui.sandbox.intercom.endpoints import Endpoints
from sfsync_gui.sandbox.intercom.gate import Gate, TokenTable
from sfsync_gui.sandbox.intercom.index import IndexLag
from sfsync_gui.sandbox.intercom.label_endpoints import LabelHands
from sfsync_gui.sandbox.intercom.model import Contact, Status
from sfsync_gui.sandbox.intercom.oauth import OAuth
from sfsync_gui.sandbox.intercom.workspace import Workspace, stored_json
from sfsync_gui.sandbox.web import RequestLog, SandboxLayer

DEFAULT_INDEX_LAG: IndexLag = (0.5, 120.0)


class IntercomSandbox(CompanyHands, ConversationHands, LabelHands):
    """A workspace with its API (`app`), planned faults and request log.

    The methods are the hands of the people who work in Intercom itself: teammates, and contacts
    in the messenger. They are not bound by the rules for API clients. They must be called on the
    thread that serves `app`, and raise KeyError for a contact that is not there.

    `rate_limit` is per window of ten seconds; `index_lag` is a range in seconds, or a function of
    a random generator. The same seed and clock give the same ids, lags and request ids.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        timezone: str = "Pacific/Auckland",
        region: str = "US",
        app_id: str = "nw5x2k7q",
        access_token: str = "dG9rOnNhbmRib3g",  # noqa: S107 - opens nothing but this simulation
        index_lag: IndexLag = DEFAULT_INDEX_LAG,
        rate_limit: int = 1666,
    ) -> None:
        self.agenda = Agenda(clock)
        self.faults = FaultPlan()
        self.log = RequestLog()
        self.app_id = app_id
        self.workspace = Workspace(clock, self.agenda, seed, index_lag)
        self.conversations = Conversations(self.workspace, clock, self.agenda, seed, index_lag)
        self._tokens = TokenTable(access_token)
        self._gate = Gate(clock, self._tokens, rate_limit, seed)
        self._apps = Apps()
        app_json = {
            "type": "app",
            "id_code": app_id,
            "name": "Northwind Outfitters",
            "region": region,
            "timezone": timezone,
            "created_at": self.workspace.now() - 900 * 86_400,
            "identity_verification": False,
        }
        self._oauth = OAuth(self._apps, self._tokens, self._gate, clock, app_json)
        pages = self._oauth.routes(self.workspace.admins[0])
        endpoints = Endpoints(self.workspace, self.conversations, self._gate, app_json)
        self.app: ASGIApp = SandboxLayer(
            endpoints.application(pages),
            clock=clock,
            agenda=self.agenda,
            faults=self.faults,
            log=self.log,
            fault_answer=self._gate.fault_answer,
        )

    @property
    def access_token(self) -> str | None:
        """Return the token issued last, None after it was revoked."""
        return self._tokens.current

    def issue_token(self) -> str:
        """Issue a new access token; older ones stay valid."""
        return self._tokens.issue()

    def register_app(
        self, client_id: str, client_secret: str, name: str, redirect_urls: Iterable[str]
    ) -> None:
        """Create an app with OAuth in the Developer Hub; raise ValueError for a URL without TLS."""
        self._apps.register(client_id, client_secret, name, redirect_urls)

    def expire_codes(self) -> None:
        """Let all codes that were given out be too old to be exchanged."""
        self._oauth.expire_codes()

    def revoke_token(self) -> None:
        """Revoke all access tokens: every request is answered 401 until one is issued."""
        self._tokens.revoke()

    def set_permission(self, name: str, *, granted: bool) -> None:
        """Tick a permission of the app in the Developer Hub, or untick it, for every token."""
        self._gate.withheld -= {name}
        if not granted:
            self._gate.withheld |= {name}

    def create_contact(
        self,
        role: str,
        email: str | None = None,
        name: str | None = None,
        phone: str | None = None,
        external_id: str | None = None,
        owner_id: str | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> str:
        """Create a contact and return its id. Several users may get the same e-mail."""
        self.agenda.run_due()
        if role not in ("user", "lead"):
            raise ValueError(role)
        values = {
            "email": email,
            "name": name,
            "phone": phone,
            "external_id": external_id,
            "owner_id": owner_id,
            "custom_attributes": self._known(custom_attributes or {}),
        }
        return self.workspace.create(role, values).id

    def edit_contact(
        self,
        contact_id: str,
        *,
        custom_attributes: Mapping[str, Any] | None = None,
        **standard: Any,
    ) -> None:
        """Change attributes of a contact; None clears one. Attributes not named stay."""
        self.agenda.run_due()
        contact = self._active(contact_id)
        if standard.get("email", ...) is None and contact.role == "user" and contact.email:
            standard["email"] = ""
        if custom_attributes is not None:
            known = self._known(custom_attributes)
            standard["custom_attributes"] = {**contact.custom_attributes, **known}
        self.workspace.change(contact, **standard)

    def delete_contact(self, contact_id: str) -> None:
        """Delete a contact for good."""
        self.agenda.run_due()
        self.workspace.delete(self._active(contact_id))

    def archive_contact(self, contact_id: str) -> None:
        """Archive a contact: API clients find it no more."""
        self.agenda.run_due()
        self.workspace.change(self._active(contact_id), status=Status.ARCHIVED)

    def merge_contacts(self, lead_id: str, user_id: str) -> None:
        """Merge a lead into a user; raise ValueError if the roles are others."""
        self.agenda.run_due()
        lead, user = self._active(lead_id), self._active(user_id)
        if lead.role != "lead" or user.role != "user":
            raise ValueError("only a lead can be merged, and only into a user")
        self.workspace.merge(lead, user)

    def convert_to_user(self, contact_id: str, **changes: Any) -> None:
        """Make a user of a lead; the id stays, `changes` are made at the same time."""
        self.agenda.run_due()
        contact = self._active(contact_id)
        if contact.role != "lead":
            raise ValueError("only a lead can be converted")
        self.workspace.change(contact, role="user", **changes)

    def contact(self, contact_id: str) -> dict[str, Any] | None:
        """Return what is stored of a contact (names unescaped); None if deleted or merged."""
        self.agenda.run_due()
        contact = self.workspace.contacts.get(contact_id)
        if contact is None or contact.status in (Status.DELETED, Status.MERGED):
            return None
        return stored_json(contact)

    def all_contacts(self) -> list[dict[str, Any]]:
        """Return what is stored of all contacts that API clients can reach."""
        self.agenda.run_due()
        contacts = self.workspace.contacts.values()
        return [stored_json(contact) for contact in contacts if contact.status is Status.ACTIVE]

    def create_attribute(
        self,
        name: str,
        data_type: str,
        options: Iterable[str] | None = None,
        api_writable: bool = True,
        model: str = "contact",
    ) -> int:
        """Create a custom attribute and return its id; `data_type` and `model` as in the API."""
        self.agenda.run_due()
        attribute = self.workspace.attributes.create(
            name,
            data_type if options is None else "options",
            self.workspace.now(),
            options=tuple(options or ()),
            api_writable=api_writable,
            model=model,
        )
        assert attribute.id is not None  # noqa: S101 - custom attributes have one
        return attribute.id

    def archive_attribute(self, name: str, model: str = "contact") -> None:
        """Archive a custom attribute."""
        self.agenda.run_due()
        attribute = self.workspace.attributes.custom(name, model)
        if attribute is None or attribute.id is None:
            raise KeyError(name)
        self.workspace.attributes.update(attribute.id, self.workspace.now(), archived=True)

    def settle_index(self) -> None:
        """Make the index behind list and search current now."""
        self.agenda.run_due()
        self.workspace.settle_index()
        self.conversations.settle_index()

    def limit_rate(self, calls: int) -> None:
        """Let clients send so many requests in ten seconds from now on."""
        self._gate.limiter.limit = calls

    def touch(self, contact_id: str) -> None:
        """Move `updated_at` without a change of an attribute, as a tag does."""
        self.agenda.run_due()
        self.workspace.touch(self._active(contact_id))

    def add_admin(self, name: str, email: str) -> str:
        """Add a teammate and return the id."""
        self.agenda.run_due()
        return self.workspace.add_admin(name, email).id

    def set_admin_email(self, admin_id: str, email: str) -> None:
        """Give a teammate another e-mail address."""
        admins = self.workspace.admins
        admins[:] = [replace(one, email=email) if one.id == admin_id else one for one in admins]

    def admins(self) -> list[tuple[str, str, str]]:
        """Return id, name and e-mail of all teammates."""
        return [(admin.id, admin.name, admin.email) for admin in self.workspace.admins]

    def _active(self, contact_id: str) -> Contact:
        contact = self.workspace.contacts[contact_id]
        if contact.status is not Status.ACTIVE:
            raise KeyError(contact_id)
        return contact

    def _known(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        for name in attributes:
            if self.workspace.attributes.custom(name) is None:
                raise KeyError(name)
        return dict(attributes)
