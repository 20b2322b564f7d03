"""What API clients may write, and what is refused: the rules of the contact endpoints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sfsync_gui.sandbox.intercom.errors import (
    ApiError,
    conflict,
    contact_merged,
    contact_not_found,
    parameter_invalid,
    type_mismatch,
)
from sfsync_gui.sandbox.intercom.model import Contact, Status
from sfsync_gui.sandbox.intercom.workspace import Workspace

_TEXT_FIELDS = ("phone", "name", "avatar")
_TIME_FIELDS = ("signed_up_at", "last_seen_at")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Seconds of the year 5138; what is larger was meant as milliseconds.
_LATEST_TIME = 10**11


class ContactWrites:
    """The writing half of the contacts API. All methods raise ApiError for a refusal.

    Fields that the service does not know, or does not let clients write, are ignored.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def readable(self, contact_id: str, *, merged_is_gone: bool) -> Contact:
        """Return the contact of an id, if it is there for API clients.

        A merged one is 410 if `merged_is_gone` (version 2.16 and later), otherwise 404.
        """
        contact = self._workspace.contacts.get(contact_id)
        return self._active(contact, merged_is_gone=merged_is_gone)

    def by_external_id(self, external_id: str, *, merged_is_gone: bool) -> Contact:
        """Return the user of an external id; documented for users only, not for leads."""
        candidates = self._workspace.with_external_id(external_id)
        for contact in candidates:
            if contact.status is Status.ACTIVE and contact.role == "user":
                return contact
        merged = next((c for c in candidates if c.status is Status.MERGED), None)
        return self._active(merged, merged_is_gone=merged_is_gone)

    def _active(self, contact: Contact | None, *, merged_is_gone: bool) -> Contact:
        if contact is not None and contact.status is Status.MERGED and merged_is_gone:
            raise contact_merged(self._workspace.canonical_id(contact))
        if contact is None or contact.status is not Status.ACTIVE:
            raise contact_not_found()
        return contact

    def create(self, body: Mapping[str, Any]) -> Contact:
        """Create a contact, unless one matches: then 409, also for archived and deleted ones."""
        if not any(name in body for name in ("email", "external_id", "role")):
            raise ApiError(400, "parameter_not_found", "email, external_id or role is required")
        role = self._role(body.get("role", "user"))
        values = self._checked(body, {})
        if role == "user" and not values.get("email") and not values.get("external_id"):
            raise ApiError(400, "parameter_not_found", "A user needs an email or an external_id")
        self._refuse_duplicate(role, values)
        return self._workspace.create(role, values)

    def _refuse_duplicate(self, role: str, values: Mapping[str, Any]) -> None:
        found: list[Contact] = []
        if values.get("external_id"):
            found += self._workspace.with_external_id(values["external_id"])
        # Any number of leads may share an e-mail, with users too.
        if values.get("email") and role == "user":
            found += [c for c in self._workspace.with_email(values["email"]) if c.role == "user"]
        for contact in found:
            if contact.status is not Status.MERGED:
                raise conflict(contact.id, archived=contact.status is Status.ARCHIVED)

    def update(self, contact: Contact, body: Mapping[str, Any]) -> Contact:
        """Change a contact. Conflicts on the external id, not on the e-mail."""
        values = self._checked(body, contact.custom_attributes)
        if "role" in body:
            values["role"] = self._role(body["role"])
            if contact.role == "user" and values["role"] == "lead":
                raise parameter_invalid("A user cannot be changed into a lead")
        if "email" in values and values.get("role", contact.role) == "user":
            values["email"] = values["email"] or ("" if contact.email is not None else None)
        external_id = values.get("external_id")
        if external_id and external_id != contact.external_id:
            for other in self._workspace.with_external_id(external_id):
                if other.id != contact.id and other.status is not Status.MERGED:
                    raise conflict(other.id, archived=other.status is Status.ARCHIVED)
        return self._workspace.change(contact, **values)

    def _role(self, role: object) -> str:
        if not isinstance(role, str) or role not in ("user", "lead"):
            raise parameter_invalid("Role must be either user or lead")
        return role

    def _checked(self, body: Mapping[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values to store from a body; `attributes` are those there already."""
        values: dict[str, Any] = {}
        for field in (*_TEXT_FIELDS, "external_id"):
            if field in body:
                values[field] = _text(field, body[field]) or None
        for field in _TIME_FIELDS:
            if field in body:
                values[field] = _time(field, body[field])
        if "email" in body:
            values["email"] = _email(body["email"])
        if "owner_id" in body:
            values["owner_id"] = self._owner(body["owner_id"])
        if body.get("unsubscribed_from_emails") is not None:
            values["unsubscribed_from_emails"] = _flag(body["unsubscribed_from_emails"])
        if body.get("custom_attributes") is not None:
            values["custom_attributes"] = self._attributes(body["custom_attributes"], attributes)
        return values

    def _attributes(self, given: object, attributes: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise type_mismatch("custom_attributes", "object")
        checked = {
            name: self._workspace.attributes.checked_value(name, value)
            for name, value in given.items()
        }
        return {**attributes, **checked}

    def _owner(self, owner_id: object) -> str | None:
        """The owner is sent as text or number and answered as text."""
        if owner_id is None or owner_id == "":
            return None
        if isinstance(owner_id, bool) or not isinstance(owner_id, str | int):
            raise type_mismatch("owner_id", "string")
        if not self._workspace.is_admin(str(owner_id)):
            raise parameter_invalid("The owner specified is not a member of the workspace")
        return str(owner_id)

    def archive(self, contact_id: str, *, archived: bool) -> Contact:
        """Archive a contact or bring it back; repeating that changes nothing."""
        contact = self._workspace.contacts.get(contact_id)
        if contact is None or contact.status not in (Status.ACTIVE, Status.ARCHIVED):
            raise contact_not_found()
        status = Status.ARCHIVED if archived else Status.ACTIVE
        return self._workspace.change(contact, status=status)

    def delete(self, contact_id: str) -> Contact:
        """Delete a contact, archived or not."""
        contact = self._workspace.contacts.get(contact_id)
        if contact is None or contact.status not in (Status.ACTIVE, Status.ARCHIVED):
            raise contact_not_found()
        return self._workspace.delete(contact)

    def merge(self, body: Mapping[str, Any]) -> Contact:
        """Merge a lead into a user with the same e-mail or phone, or any if told to."""
        lead = self.readable(str(body.get("from")), merged_is_gone=False)
        user = self.readable(str(body.get("into")), merged_is_gone=False)
        if lead.role != "lead" or user.role != "user":
            raise ApiError(400, "invalid_merge", "Only a lead can be merged, and only into a user")
        if body.get("skip_duplicate_validation") is not True and not _are_duplicates(lead, user):
            raise ApiError(
                400,
                "invalid_merge",
                "Contacts can only be merged when they are duplicates (matching email or phone). "
                "Pass skip_duplicate_validation=true to override this check.",
            )
        return self._workspace.merge(lead, user)


def _are_duplicates(lead: Contact, user: Contact) -> bool:
    same_email = bool(lead.email) and (lead.email or "").casefold() == (user.email or "").casefold()
    return same_email or (bool(lead.phone) and lead.phone == user.phone)


def _text(field: str, value: object) -> str | None:
    if value is None:
        return None
    if field == "external_id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise type_mismatch(field, "string")
    return value


def _email(value: object) -> str | None:
    text = _text("email", value)
    if not text:
        return None
    if _EMAIL.fullmatch(text) is None:
        raise parameter_invalid("Email is invalid")
    return text


def _time(field: str, value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise type_mismatch(field, "Unix timestamp")
    if not 0 <= value < _LATEST_TIME:
        raise parameter_invalid(f"{field} must be a Unix timestamp in seconds")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise type_mismatch("unsubscribed_from_emails", "boolean")
    return value
