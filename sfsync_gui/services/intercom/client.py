"""The client that the engine talks to: each method of `engine.ports.IntercomPort`."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from sfsync_gui.core.conversations import Conversation, Conversations, ConversationSummary
from sfsync_gui.core.failures import OrgError, OutcomeUnknownError, SetupError
from sfsync_gui.core.people import Gone, Json, PersonRecord
from sfsync_gui.core.schema import IntercomAttribute
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.ports import (
    CallListener,
    CallSpent,
    Clock,
    IntercomPage,
    IntercomPosition,
    KnownPages,
    Workspace,
    nothing_known,
)
from sfsync_gui.services.http import HttpClient, TimeOuts, Transport
from sfsync_gui.services.intercom.attributes import (
    attribute,
    described,
    folded,
    missing_options,
)
from sfsync_gui.services.intercom.companies import CompanyReader
from sfsync_gui.services.intercom.conversations import ConversationReader
from sfsync_gui.services.intercom.errors import record_refused, refused_about, says_gone, unexpected
from sfsync_gui.services.intercom.feed import descend, find, sweep
from sfsync_gui.services.intercom.gateway import (
    API_VERSION,
    Call,
    Gateway,
    Reply,
    TokenProvider,
    not_intercom,
)
from sfsync_gui.services.intercom.labels import all_labels, labels_of
from sfsync_gui.services.intercom.records import (
    COMPANY,
    CONTACT,
    clean,
    company,
    may_need_cleaning,
    person,
    unescaped,
    update_body,
)
from sfsync_gui.services.intercom.regions import Region


def _unheard(_spent: CallSpent) -> None:
    """Nobody counts the calls."""


class IntercomClient:
    """One Intercom workspace.

    `token` gives the access token for each request. `region` chooses the host unless `base_url`
    names another (https, or http on loopback; else `SetupError`). `on_call` is told of every
    request that was sent, retries included, with the purpose "feed", "sweep", "read", "write",
    "conversations", "schema" or "identity". Every method may raise `SignInError`, `OrgError` and
    `TransientError`; further failures are named with the method.
    """

    def __init__(
        self,
        token: TokenProvider,
        clock: Clock,
        *,
        region: Region = Region.US,
        base_url: str | None = None,
        on_call: CallListener = _unheard,
        transport: Transport | None = None,
        time_outs: TimeOuts | None = None,
        random: Random | None = None,
    ) -> None:
        http = HttpClient(
            base_url or region.api_url,
            headers={"Accept": "application/json", "Intercom-Version": API_VERSION},
            transport=transport,
            time_outs=time_outs,
            side=Side.INTERCOM,
        )
        self._gateway = Gateway(
            http,
            token,
            clock,
            on_call,
            region=region if base_url is None else None,
            random=random or Random(),
        )
        self._companies = CompanyReader(self._gateway)
        self._conversations = ConversationReader(self._gateway, self._web_url)
        self._region = region
        self._app_id = ""
        self._options_lock = asyncio.Lock()

    async def identity(self) -> Workspace:
        """Who and which workspace (`GET /me`, "Identify an admin")."""
        reply = await self._read(Call("identity", "GET", "/me"), "for the signed-in teammate")
        app = reply.body.get("app")
        if not isinstance(app, Mapping) or not app.get("id_code"):
            raise OrgError(
                "No workspace",
                "The access token does not belong to an Intercom workspace.",
                "Connect Intercom again with a token of the workspace's own app.",
                subject=reply.answer.host,
                side=Side.INTERCOM,
            )
        self._app_id = str(app["id_code"])
        return Workspace(
            app_id=self._app_id,
            name=str(app.get("name") or ""),
            region=str(app.get("region") or ""),
            timezone=str(app.get("timezone") or ""),
            admin_email=str(reply.body.get("email") or ""),
        )

    async def attributes(self) -> tuple[IntercomAttribute, ...]:
        """All contact attributes, archived ones included and marked ("List data attributes")."""
        return described(await self._attributes(CONTACT))

    async def company_attributes(self) -> tuple[IntercomAttribute, ...]:
        """All company attributes, archived ones included and marked ("List data attributes")."""
        return described(await self._attributes(COMPANY), COMPANY)

    async def teammates(self) -> Mapping[str, str]:
        """E-mail by admin id ("List all admins"); those without an e-mail are left out."""
        reply = await self._read(Call("schema", "GET", "/admins"), "for the teammates")
        return {
            str(admin["id"]): str(admin["email"])
            for admin in _entries(reply, "admins")
            if admin.get("id") and admin.get("email")
        }

    def changes(
        self,
        position: IntercomPosition,
        *,
        overlap: float,
        known: KnownPages = nothing_known,
    ) -> AsyncGenerator[IntercomPage, None]:
        """Contacts updated at or after `position` minus `overlap` seconds, newest first.

        The last page carries the new position, never lower than the given one. Contacts may
        repeat from one page to another. A page whose answer is `known` comes without records.
        """
        return descend(self._gateway, position, overlap, known)

    def everyone(self) -> AsyncGenerator[tuple[PersonRecord, ...], None]:
        """All contacts that the list shows, in pages of 150, leaving room for other calls."""
        return sweep(self._gateway)

    def all_companies(self) -> AsyncGenerator[tuple[PersonRecord, ...], None]:
        """All companies that Intercom lists, in pages, leaving room for other calls.

        A company may come twice; one without any contact is not listed. Raises `TransientError`
        where there are more than 10,000 and another program lists them, or the reading broke off.
        """
        return self._companies.sweep()

    async def find(self, contact_ids: Sequence[str]) -> tuple[PersonRecord, ...]:
        """Those of at most 150 contacts that the search shows, in one call that leaves room.

        The search lags: a contact may be absent, or shown as it was a few minutes ago. Nobody is
        found where Intercom refuses a question for so many.
        """
        return await find(self._gateway, contact_ids)

    async def read(self, kind: PersonKind, record_id: str) -> PersonRecord | Gone:
        """The contact or company as it is now, or the proof that it is gone.

        "Get a contact", "Retrieve a company by ID": a company that was deleted is not found.
        """
        resource = _resource(kind)
        reply = await self._gateway.send(Call("read", "GET", resource.path(record_id)))
        if reply.accepted:
            return resource.record_of(reply)
        if says_gone(reply.status, reply.errors):
            return Gone(Side.INTERCOM, record_id, reply.canonical_id)
        what = f"for {resource.name} {record_id}"
        raise refused_about(reply.status, reply.errors, record_id, what)

    async def update(
        self, kind: PersonKind, record_id: str, values: Mapping[str, Json]
    ) -> PersonRecord | Gone:
        """Write wire values by full attribute name, and return what the record holds then.

        One request ("Update a contact", "Update a company"); control characters are left out of
        texts. Raises `RecordError` where a value is refused, `SetupError` where an attribute is
        not there or not writable (both with `fields` where these are named),
        `OutcomeUnknownError` where the write may have been applied or may be later: it is never
        sent again from here.
        """
        resource = _resource(kind)
        body = update_body(values, resource.name)
        call = Call("write", "PUT", resource.path(record_id), json=body, write=True)
        reply = await self._gateway.send(call)
        if reply.accepted:
            return resource.record_of(reply)
        if says_gone(reply.status, reply.errors):
            return Gone(Side.INTERCOM, record_id, reply.canonical_id)
        raise record_refused(reply.status, reply.errors, record_id, values)

    async def tags(self) -> Mapping[str, str]:
        """The names of the workspace's tags, by id."""
        return await all_labels(self._gateway, "tags")

    async def segments(self) -> Mapping[str, str]:
        """The names of the workspace's segments of people, by id."""
        return await all_labels(self._gateway, "segments")

    async def tags_of(self, contact_id: str) -> tuple[str, ...]:
        """The names of all tags of a contact; one call."""
        return await labels_of(self._gateway, "tags", contact_id)

    async def segments_of(self, contact_id: str) -> tuple[str, ...]:
        """The names of all segments that a contact is in; one call."""
        return await labels_of(self._gateway, "segments", contact_id)

    async def server_time(self) -> int:
        """The service's time in its newest answer, unix seconds; 0 where none told it."""
        return self._gateway.newest_date

    async def company_names(self, contact_id: str) -> tuple[str, ...]:
        """The names of a contact's companies ("List attached companies for contact"), one call.

        Companies without a name are left out; a contact that is gone has none.
        """
        path = f"{_CONTACT.path(contact_id)}/companies"
        reply = await self._gateway.send(Call("read", "GET", path))
        if says_gone(reply.status, reply.errors):
            return ()
        if not reply.accepted:
            what = f"for the companies of {contact_id}"
            raise refused_about(reply.status, reply.errors, contact_id, what)
        # The description names the list `companies`, its example `data`.
        entries = _entries(reply, "companies") or _entries(reply, "data")
        names = (unescaped(clean(str(entry.get("name") or ""))).strip() for entry in entries)
        return tuple(name for name in names if name)

    def closed_conversations(
        self, since: int
    ) -> AsyncGenerator[tuple[ConversationSummary, ...], None]:
        """Closed conversations that were updated at or after `since`; see the port."""
        return self._conversations.closed_since(since)

    async def conversations_of(self, contact_id: str, most: int) -> Conversations:
        """The newest conversations of a contact; see the port."""
        return await self._conversations.of_contact(contact_id, most)

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The whole conversation as it is now; None where it is not there."""
        return await self._conversations.read(conversation_id)

    async def add_options(self, attribute_id: int, values: Sequence[str]) -> IntercomAttribute:
        """Add options to a list attribute and return it as it is then.

        Options that differ by case or outer space only are the same. The list is read just
        before, sent as a whole ("Update a data attribute" replaces it) and read back. Raises
        `SetupError` where the attribute is not there, not a list or not writable, or where the
        list does not hold what it should afterwards.
        """
        async with self._options_lock:
            before = await self._list_attribute(attribute_id)
            missing = missing_options(before.options, values)
            if not missing:
                return before
            wanted = [option.value for option in before.options] + missing
            unknown = await self._replace_options(attribute_id, before, wanted)
            after = await self._list_attribute(attribute_id)
            if {folded(v) for v in wanted} <= {folded(o.value) for o in after.options}:
                return after
            if unknown is not None:
                raise unknown
            raise _options_refused(before, "Intercom did not keep all options of the list.")

    async def close(self) -> None:
        """Close all connections; requests under way fail."""
        await self._gateway.aclose()

    async def _replace_options(
        self, attribute_id: int, attribute: IntercomAttribute, options: Sequence[str]
    ) -> OutcomeUnknownError | None:
        """Send the list. An unknown outcome is returned: reading back tells it."""
        body = {"options": [{"value": value} for value in options]}
        path = f"/data_attributes/{attribute_id}"
        try:
            reply = await self._gateway.send(Call("schema", "PUT", path, json=body, write=True))
        except OutcomeUnknownError as error:
            return error
        if not reply.accepted:
            reason = reply.errors[0].message if reply.errors else "No reason was given."
            raise _options_refused(attribute, f"Intercom refused the new options: {reason}")
        return None

    async def _list_attribute(self, attribute_id: int) -> IntercomAttribute:
        for entry in await self._attributes():
            found = attribute(entry)
            if found is None or found.id != attribute_id:
                continue
            if not found.options or found.archived or not found.writable:
                raise _options_refused(found, "It is not a list to which apps may add options.")
            return found
        raise SetupError(
            "The attribute is gone",
            "A list attribute of the mapping is no longer in Intercom.",
            "Choose another attribute in the attribute mapping.",
            subject=str(attribute_id),
            side=Side.INTERCOM,
        )

    async def _attributes(self, model: str | None = None) -> list[Mapping[str, Any]]:
        """The attributes of contacts or companies as they are listed; None: of both."""
        params = {"include_archived": "true"} | ({} if model is None else {"model": model})
        call = Call("schema", "GET", "/data_attributes", params=params)
        return _entries(await self._read(call, "for the data attributes"), "data")

    async def _web_url(self) -> str:
        """Where the workspace is in Intercom's own pages (webhooks' `links.conversation_web`)."""
        app_id = self._app_id or (await self.identity()).app_id
        return f"{self._region.sign_in_url}/a/apps/{quote(app_id)}"

    async def _read(self, call: Call, what: str) -> Reply:
        reply = await self._gateway.send(call)
        if not reply.accepted:
            raise unexpected(reply.status, reply.errors, what)
        return reply


@dataclass(frozen=True, slots=True)
class _Resource:
    """A kind of record: what it is called in paths, what as a model, and how it is read."""

    paths: str
    name: str
    made: Callable[..., PersonRecord]

    def path(self, record_id: str) -> str:
        """The path of a record. Raises ValueError for an id that would be another path."""
        if not record_id.strip("."):
            raise ValueError(f"a {self.name}'s id is not empty")
        return f"/{self.paths}/{quote(record_id, safe='')}"

    def record_of(self, reply: Reply) -> PersonRecord:
        """The record that an answer shows."""
        if not reply.body.get("id"):
            raise not_intercom(reply.answer)
        return self.made(reply.body, cleaning=may_need_cleaning(reply.answer.body))


_CONTACT = _Resource("contacts", CONTACT, person)
_COMPANY = _Resource("companies", COMPANY, company)


def _resource(kind: PersonKind) -> _Resource:
    return _COMPANY if kind is PersonKind.COMPANY else _CONTACT


def _entries(reply: Reply, name: str) -> list[Mapping[str, Any]]:
    entries = reply.body.get(name)
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def _options_refused(attribute: IntercomAttribute, message: str) -> SetupError:
    return SetupError(
        f"No new options for {attribute.label}",
        message,
        "Add the options in Intercom's data settings, then retry.",
        subject=attribute.label,
        side=Side.INTERCOM,
        fields=(attribute.name,),
    )
