"""Contacts and companies as Intercom sends them, made into records; values made into a body."""

import re
from collections.abc import Mapping
from typing import Any

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.vocabulary import PersonKind, Side

CONTACT = "contact"
COMPANY = "company"
"""The two models whose records have attributes (Data attributes, `model`)."""

CUSTOM_PREFIX = "custom_attributes."
"""What the full name of a custom attribute begins with (Data attributes, `full_name`)."""

_ESCAPED_ATTRIBUTE = "name"
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_LEFT_OUT = frozenset({"type", "workspace_id", "app_id"})
PLAN = "plan.name"
"""A company's plan, as the list of its attributes names it."""

_MISSING_IF_UNSET = (
    "name",
    "size",
    "website",
    "industry",
    "remote_created_at",
    "last_request_at",
    PLAN,
)
"""Attributes of a company that an answer leaves out where they are not set (all examples at
"Companies"): there missing is blank."""

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# How JSON writes those characters. Others begin so, too: that costs time only.
_MAYBE_UNSAFE = (b"\\u00", b"\\ud", b"\\uD", b"\\b", b"\\f", b"\x7f")
_SCALARS = frozenset({str, int, float, bool, type(None)})


class _FullNames(dict[str, str]):
    """Full attribute names by own name: a workspace has few names and many contacts."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __missing__(self, name: str) -> str:
        full = self._prefix + name
        if len(self) < _NAMES_KEPT:
            self[name] = full
        return full


_NAMES_KEPT = 4096
_OBJECTS = {"location": _FullNames("location."), "custom_attributes": _FullNames(CUSTOM_PREFIX)}


def may_need_cleaning(body: bytes) -> bool:
    """Whether an answer may hold characters that `clean` takes out: a quick look at the bytes."""
    return b"\x7f" in body or (b"\\" in body and any(mark in body for mark in _MAYBE_UNSAFE))


def clean(text: str) -> str:
    """The text without control characters (but tab and line ends) and halves of surrogate pairs.

    No person sees them, PostgreSQL and UTF-8 cannot hold some of them.
    """
    return _UNSAFE.sub("", text)


def unescaped(name: str) -> str:
    """A name without the HTML entities that Intercom put in (seen in recorded answers).

    Exactly one escaping of & < > " ' is undone: a name in which a person typed `&amp;` keeps it,
    and other entities were typed by a person.
    """
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], name) if "&" in name else name


def person(contact: dict[str, Any], *, cleaning: bool = False) -> PersonRecord:
    """The record of a contact. `cleaning`: take unsafe characters out of its texts.

    The contact itself becomes `raw`: a copy of each of 100,000 would cost as much as parsing them.
    Lists but that of tags, and unknown objects (custom object instances), are left out. A null
    `updated_at` counts as the time of creation.
    """
    contact_id, tags = str(contact["id"]), _tag_ids(contact.get("tags"))
    raw = _readable(_flattened(contact), cleaning=cleaning)
    created_at = _moment(contact.get("created_at"))
    updated_at = _moment(contact.get("updated_at")) or created_at
    return PersonRecord(
        kind=PersonKind.USER if contact.get("role") == "user" else PersonKind.INTERCOM_LEAD,
        id=contact_id,
        raw=raw,
        created_at=created_at,
        modified_at=updated_at,
        version=updated_at,
        active_at=_moment(contact.get("last_seen_at")),
        tags=tags,
    )


def _tag_ids(listed: object) -> tuple[str, ...] | None:
    """The ids of all tags; None where only the first came, or none were shown (`contact_tags`)."""
    if not isinstance(listed, dict) or listed.get("has_more"):
        return None
    tags = listed.get("data")
    return tuple(str(tag["id"]) for tag in tags if tag.get("id")) if tags else ()


def company(entry: dict[str, Any], *, cleaning: bool = False) -> PersonRecord:
    """The record of a company, made as that of a contact is.

    Its name is escaped as a contact's is (told by Intercom's makers, intercom-java issue 113).
    `active_at` is the last request of anybody of the company.
    """
    company_id, plan = str(entry["id"]), entry.get("plan")
    raw = _flattened(entry)
    raw[PLAN] = plan.get("name") if isinstance(plan, dict) else None
    for name in _MISSING_IF_UNSET:
        raw.setdefault(name, None)
    raw = _readable(raw, cleaning=cleaning)
    created_at = _moment(entry.get("created_at"))
    updated_at = _moment(entry.get("updated_at")) or created_at
    return PersonRecord(
        kind=PersonKind.COMPANY,
        id=company_id,
        raw=raw,
        created_at=created_at,
        modified_at=updated_at,
        version=updated_at,
        active_at=_moment(entry.get("last_request_at")),
    )


def _readable(raw: dict[str, Json], *, cleaning: bool) -> dict[str, Json]:
    """The texts as people see them."""
    if cleaning:
        raw = {
            name: clean(value) if isinstance(value, str) else value for name, value in raw.items()
        }
    name = raw.get(_ESCAPED_ATTRIBUTE)
    if isinstance(name, str):
        raw[_ESCAPED_ATTRIBUTE] = unescaped(name)
    return raw


def _flattened(record: dict[str, Any]) -> dict[str, Json]:
    """The record itself with all scalars by full name and nothing else. An avatar is its URL."""
    # Looking a type up is faster than `isinstance`, and JSON has no others.
    others = [name for name, value in record.items() if value.__class__ not in _SCALARS]
    objects = {name: record.pop(name) for name in others}
    for name in _LEFT_OUT:
        record.pop(name, None)
    for name, full_names in _OBJECTS.items():
        members = objects.get(name)
        if isinstance(members, dict):
            for member, value in members.items():
                if value.__class__ in _SCALARS:
                    record[full_names[member]] = value
    record.pop("location.type", None)
    avatar = objects.get("avatar")
    if isinstance(avatar, dict):
        record["avatar"] = avatar.get("image_url")
    return record


def _moment(value: object) -> int:
    """Unix seconds; 0 for what is not there."""
    return int(value) if isinstance(value, (int, float)) else 0


NEVER_WRITTEN = {
    # What a person is, is never changed by a mapping: turning a lead into a user is for people.
    CONTACT: frozenset({"id", "role", "workspace_id"}),
    # "Update a company" takes neither of these, though the second is listed as writable.
    COMPANY: frozenset({"company_id", "remote_created_at", PLAN}),
}
"""Attributes that are not offered for writing, by model."""

_CLEARED_BY_EMPTY_TEXT = {
    CONTACT: frozenset({"email", "external_id"}),
    COMPANY: frozenset({"name", "website", "industry"}),
}
"""Texts that are not nullable in the descriptions of `PUT /contacts/{id}`, `/companies/{id}`."""


def update_body(values: Mapping[str, Json], model: str = CONTACT) -> dict[str, Any]:
    """The body of "Update a contact" or "Update a company" for wire values by full name.

    The name of a custom attribute may itself have dots. Raises `SetupError` for a name that is
    neither custom nor top-level, as such attributes (`location.country`) cannot be written, and
    for those that are never written.
    """
    body: dict[str, Any] = {}
    custom: dict[str, Json] = {}
    for name, value in values.items():
        sent = _sent(name, value, model)
        if name.startswith(CUSTOM_PREFIX):
            custom[name.removeprefix(CUSTOM_PREFIX)] = sent
        elif "." in name or name in NEVER_WRITTEN[model]:
            raise SetupError(
                "Read-only in Intercom",
                f"Intercom fills in {name} itself. It cannot be written.",
                "Remove the row from the attribute mapping, or turn its direction.",
                subject=name,
                side=Side.INTERCOM,
                fields=(name,),
            )
        else:
            body[name] = sent
    if custom:
        body["custom_attributes"] = custom
    return body


def _sent(name: str, value: Json, model: str) -> Json:
    """A value as the descriptions type it: an owner is text. Null clears what is not text."""
    if isinstance(value, str):
        return clean(value)
    if name == "owner_id" and isinstance(value, int):
        return str(value)
    return "" if value is None and name in _CLEARED_BY_EMPTY_TEXT[model] else value
