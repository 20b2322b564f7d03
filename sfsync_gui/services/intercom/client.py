"""The client that the engine talks to: each method of `engine.ports.IntercomPort`."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from random import Random
from typing import Any
from urllib.parse import quote

from sfsync_gui.core.failures import OrgError, OutcomeUnknownError, SetupError
from sfsync_gui.core.people import Gone, Json, PersonRecord
from sfsync_gui.core.schema import IntercomAttribute
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.ports import (
    CallListener,
    CallSpent,
    Clock,
    IntercomPage,
    IntercomPosition,
    Workspace,
)
from sfsync_gui.services.http import HttpClient, TimeOuts, Transport
from sfsync_gui.services.intercom.attributes import described, folded, missing_options
from sfsync_gui.services.intercom.errors import record_refused, says_gone, unexpected
from sfsync_gui.services.intercom.feed import descend, find, sweep
from sfsync_gui.services.intercom.gateway import (
    API_VERSION,
    Call,
    Gateway,
    Reply,
    TokenProvider,
    not_intercom,
)
from sfsync_gui.services.intercom.records import clean, may_need_cleaning, person, update_body
from sfsync_gui.services.intercom.regions import Region


def _unheard(_spent: CallSpent) -> None:
    """Nobody counts the calls."""


class IntercomClient:
    """One Intercom workspace.

    `token` gives the access token for each request. `region` chooses the host unless `base_url`
    names another (https, or http on loopback; else `SetupError`). `on_call` is told of every
    request that was sent, retries included, with the purpose "feed", "sweep", "read", "write",
    "schema" or "identity". Every method may raise `SignInError`, `OrgError` and
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
        return Workspace(
            app_id=str(app["id_code"]),
            name=str(app.get("name") or ""),
            region=str(app.get("region") or ""),
            timezone=str(app.get("timezone") or ""),
            admin_email=str(reply.body.get("email") or ""),
        )

    async def attributes(self) -> tuple[IntercomAttribute, ...]:
        """All contact attributes, archived ones included and marked ("List data attributes")."""
        params = {"model": "contact", "include_archived": "true"}
        call = Call("schema", "GET", "/data_attributes", params=params)
        reply = await self._read(call, "for the data attributes")
        return described(_entries(reply, "data"))

    async def teammates(self) -> Mapping[str, str]:
        """E-mail by admin id ("List all admins"); those without an e-mail are left out."""
        reply = await self._read(Call("schema", "GET", "/admins"), "for the teammates")
        return {
            str(admin["id"]): str(admin["email"])
            for admin in _entries(reply, "admins")
            if admin.get("id") and admin.get("email")
        }

    def changes(
        self, position: IntercomPosition, *, overlap: float
    ) -> AsyncGenerator[IntercomPage, None]:
        """Contacts updated at or after `position` minus `overlap` seconds, newest first.

        The last page carries the new position, never lower than the given one. Contacts may
        repeat from one page to another.
        """
        return descend(self._gateway, position, overlap)

    def everyone(self) -> AsyncGenerator[tuple[PersonRecord, ...], None]:
        """All contacts that the list shows, in pages of 150, leaving room for other calls."""
        return sweep(self._gateway)

    async def find(self, contact_ids: Sequence[str]) -> tuple[PersonRecord, ...]:
        """Those of at most 150 contacts that the search shows, in one call that leaves room.

        The search lags: a contact may be absent, or shown as it was a few minutes ago. Nobody is
        found where Intercom refuses a question for so many.
        """
        return await find(self._gateway, contact_ids)

    async def read(self, contact_id: str) -> PersonRecord | Gone:
        """The contact as it is now, or the proof that it is gone ("Get a contact")."""
        reply = await self._gateway.send(Call("read", "GET", _contact_path(contact_id)))
        if reply.accepted:
            return _person(reply)
        if says_gone(reply.status, reply.errors):
            return Gone(Side.INTERCOM, contact_id, reply.canonical_id)
        raise unexpected(reply.status, reply.errors, f"for contact {contact_id}")

    async def update(self, contact_id: str, values: Mapping[str, Json]) -> PersonRecord | Gone:
        """Write wire values by full attribute name, and return what the contact holds then.

        One request ("Update a contact"); control characters are left out of texts. Raises
        `RecordError` where a value is refused, `SetupError` where an attribute is not there or
        not writable (both with `fields` where these are named), `OutcomeUnknownError` where the
        write may have been applied or may be later: it is never sent again from here.
        """
        body = update_body(values)
        path = _contact_path(contact_id)
        reply = await self._gateway.send(Call("write", "PUT", path, json=body, write=True))
        if reply.accepted:
            return _person(reply)
        if says_gone(reply.status, reply.errors):
            return Gone(Side.INTERCOM, contact_id, reply.canonical_id)
        raise record_refused(reply.status, reply.errors, contact_id, values)

    async def companies(self, contact_id: str) -> tuple[str, ...]:
        """The names of a contact's companies ("List attached companies for contact"), one call.

        Companies without a name are left out; a contact that is gone has none.
        """
        path = f"{_contact_path(contact_id)}/companies"
        reply = await self._gateway.send(Call("read", "GET", path))
        if says_gone(reply.status, reply.errors):
            return ()
        if not reply.accepted:
            raise unexpected(reply.status, reply.errors, f"for the companies of {contact_id}")
        # The description names the list `companies`, its example `data`.
        entries = _entries(reply, "companies") or _entries(reply, "data")
        names = (clean(str(entry.get("name") or "")).strip() for entry in entries)
        return tuple(name for name in names if name)

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
        for attribute in await self.attributes():
            if attribute.id != attribute_id:
                continue
            if not attribute.options or attribute.archived or not attribute.writable:
                raise _options_refused(attribute, "It is not a list to which apps may add options.")
            return attribute
        raise SetupError(
            "The attribute is gone",
            "A list attribute of the mapping is no longer in Intercom.",
            "Choose another attribute in the attribute mapping.",
            subject=str(attribute_id),
            side=Side.INTERCOM,
        )

    async def _read(self, call: Call, what: str) -> Reply:
        reply = await self._gateway.send(call)
        if not reply.accepted:
            raise unexpected(reply.status, reply.errors, what)
        return reply


def _contact_path(contact_id: str) -> str:
    """The path of a contact. Raises ValueError for an id that would be another path."""
    if not contact_id.strip("."):
        raise ValueError("a contact's id is not empty")
    return f"/contacts/{quote(contact_id, safe='')}"


def _person(reply: Reply) -> PersonRecord:
    if not reply.body.get("id"):
        raise not_intercom(reply.answer)
    return person(reply.body, cleaning=may_need_cleaning(reply.answer.body))


def _entries(reply: Reply, name: str) -> list[Mapping[str, Any]]:
    entries = reply.body.get(name)
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def _options_refused(attribute: IntercomAttribute, message: str) -> SetupError:
    return SetupError(
        f"No new options for {attribute.label}",
        message,
        "Add the options in Intercom's people data settings, then retry.",
        subject=attribute.label,
        side=Side.INTERCOM,
        fields=(attribute.name,),
    )
