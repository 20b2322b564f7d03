"""What happened, in sentences and in JSON: the command line's own words."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sfsync_gui.core.history import CONVERSATIONS, TAGS, WRITES, HistoryEntry, SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import TASK, IntercomAttribute, SalesforceField, Schema
from sfsync_gui.core.value_names import described_field, named_value
from sfsync_gui.core.vocabulary import Direction, Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.connections import Connection

LONGEST_VALUE = 40
"""Characters of a value that a line shows."""

SERVICE = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}

KIND = {
    PersonKind.USER: "user",
    PersonKind.INTERCOM_LEAD: "lead",
    PersonKind.LEAD: "lead",
    PersonKind.CONTACT: "contact",
    PersonKind.COMPANY: "company",
    PersonKind.ACCOUNT: "account",
}

KINDS = {kind: f"{word}s" for kind, word in KIND.items()} | {PersonKind.COMPANY: "companies"}
"""Several of a kind."""

BECAUSE = {
    Trigger.INTERCOM_UPDATED: "updated in Intercom",
    Trigger.INTERCOM_KEY_UPDATED: "mapping key changed in Intercom",
    Trigger.INTERCOM_CREATED: "created in Intercom",
    Trigger.INTERCOM_DELETED: "deleted in Intercom",
    Trigger.INTERCOM_MERGED: "merged in Intercom",
    Trigger.LEAD_CREATED_FROM_INTERCOM: "lead created from Intercom",
    Trigger.SALESFORCE_UPDATED: "updated in Salesforce",
    Trigger.SALESFORCE_KEY_UPDATED: "mapping key changed in Salesforce",
    Trigger.SALESFORCE_CREATED: "created in Salesforce",
    Trigger.SALESFORCE_DELETED: "deleted in Salesforce",
    Trigger.SALESFORCE_CONVERTED: "lead converted in Salesforce",
    Trigger.SALESFORCE_MERGED: "merged in Salesforce",
    Trigger.LINKED_AT_CONNECTING: "matched at connecting",
    Trigger.LINKED_BY_HAND: "linked by hand",
    Trigger.UNLINKED_BY_HAND: "unlinked by hand",
    Trigger.BULK_SYNC: "bulk sync",
    Trigger.RETRY: "retried",
    Trigger.COMPARISON: "found by the daily comparison",
    Trigger.CHAIN: "follows another change",
    Trigger.REVERTED: "taken back by hand",
    Trigger.TASK_FROM_INTERCOM: "asked for by hand",
    Trigger.CONVERSATION_CLOSED: "conversation closed in Intercom",
}

_ARROW = {
    Direction.TO_SALESFORCE: "→ Salesforce",
    Direction.TO_INTERCOM: "→ Intercom",
    Direction.TWO_WAY: "both ways",
}
_CUSTOM_ATTRIBUTE = "custom_attributes."
_CUSTOM_FIELD = "__c"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def plain(text: str) -> str:
    """Text of a service as one line that cannot steer the terminal."""
    return _UNPRINTABLE.sub(" ", text)


def field_label(name: str | None) -> str:
    """A field's or attribute's name as people read it: `custom_attributes.plan` is Plan."""
    words = (name or "").removeprefix(_CUSTOM_ATTRIBUTE)
    if words.endswith(_CUSTOM_FIELD):
        words = words.removesuffix(_CUSTOM_FIELD).replace("_", " ")
    return plain(words[:1].upper() + words[1:])


def row_label(row: AttributeMapping) -> str:
    """A row of the mapping in a few words."""
    return f"{field_label(row.intercom_attribute)} ({_ARROW[row.direction]})"


_BETWEEN = {Direction.TO_SALESFORCE: "→", Direction.TO_INTERCOM: "←", Direction.TWO_WAY: "↔"}


def row_text(row: AttributeMapping) -> str:
    """A row of the mapping by the names of its fields: `phone ↔ Lead.Phone, Contact.Phone`."""
    fields = [
        f"{name}.{field}"
        for name in row.objects
        if (field := row.salesforce_field(name)) is not None
    ]
    of_company = "company " if row.family is Family.COMPANIES else ""
    text = f"{of_company}{row.intercom_attribute} {_BETWEEN[row.direction]} {', '.join(fields)}"
    return plain(text)


def value_text(value: Value) -> str:
    """A canonical value, short enough for a line."""
    if value is None or value == "":
        return "(blank)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = plain(str(value))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def clock_time(unix: float) -> str:
    """The local time of day."""
    return f"{datetime.fromtimestamp(unix).astimezone():%H:%M}"


def date_and_time(unix: float) -> str:
    """The local date and time."""
    return f"{datetime.fromtimestamp(unix).astimezone():%Y-%m-%d %H:%M}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its word: '1 change', '1,204 changes'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def person_text(name: str, *ids: str | None) -> str:
    """A person's name, or the first id where there is none."""
    return plain(name.strip()) or next((one for one in ids if one), "Somebody")


NOT_DESCRIBED = Schema()
"""Where the services were not asked what their fields are called: the API name tells."""


def change_text(entry: HistoryEntry, schema: Schema = NOT_DESCRIBED) -> str:
    """What a history entry tells, without its time; fields and values as the services call them."""
    person = person_text(entry.person_name, entry.intercom_id, entry.salesforce_id)
    because = BECAUSE[entry.trigger]
    if entry.kind is HistoryKind.WRITTEN:
        return f"{person}: {_values(entry, schema)}   {_way(entry)} ({because})"
    if entry.kind is HistoryKind.OVERRULED:
        return f"{person}: {_overruled(entry, schema)}"
    if entry.kind is HistoryKind.OPTION_ADDED:
        label = _label(entry, schema)
        return f"{label}: option “{value_text(entry.after)}” added to the list in Intercom"
    if entry.field == TASK:
        return f"{person}: task “{value_text(entry.after)}” created in Salesforce ({because})"
    kind = _kind(entry)
    told = _LINK_TEXTS[entry.kind].format(kind=kind, one=with_article(kind))
    return f"{person}: {told}{_ending(entry)} ({because})"


def with_article(kind: str) -> str:
    """'a lead', 'an account'."""
    return f"an {kind}" if kind.startswith("a") else f"a {kind}"


_LINK_TEXTS = {
    HistoryKind.LINKED: "linked to {one} in Salesforce",
    HistoryKind.UNLINKED: "link to the {kind} in Salesforce ended",
    HistoryKind.MOVED: "link moved, now to {one} in Salesforce",
    HistoryKind.CREATED: "{kind} created in Salesforce",
    HistoryKind.HELD: "change held back until a person decides",
}


_ENDINGS = {
    "already_linked": ", since what it went on in is linked to somebody else",
    "gone_or_hidden": ", since what it went on in is gone",
}
"""Why a link ended that would have moved, by the note of the entry."""

_DELETED = (Trigger.SALESFORCE_DELETED, Trigger.INTERCOM_DELETED)


def _ending(entry: HistoryEntry) -> str:
    """What else is to be told of a link that ended."""
    if entry.kind is not HistoryKind.UNLINKED or entry.trigger in _DELETED:
        return ""
    return _ENDINGS.get(entry.note, ", both records stay")


def _kind(entry: HistoryEntry) -> str:
    return KIND[entry.salesforce_kind] if entry.salesforce_kind else "record"


def _values(entry: HistoryEntry, schema: Schema) -> str:
    before, after = _told(entry, schema)
    return f"{_label(entry, schema)}  {before} → {after}"


def _label(told: HistoryEntry | SyncError, schema: Schema) -> str:
    """What the service calls the field; its API name in words, where that is not known."""
    item = _field(told, schema)
    return field_label(told.field) if item is None else plain(item.label)


def _told(entry: HistoryEntry, schema: Schema) -> tuple[str, str]:
    """The values before and after, as the service calls them."""
    item = _field(entry, schema)
    before, after = (named_value(item, one, schema) for one in (entry.before, entry.after))
    return value_text(before), value_text(after)


def _field(
    told: HistoryEntry | SyncError, schema: Schema
) -> IntercomAttribute | SalesforceField | None:
    if told.side is None or not told.field:
        return None
    return described_field(schema, told.side, told.salesforce_kind, told.field)


def _way(entry: HistoryEntry) -> str:
    side = entry.side or Side.SALESFORCE
    return f"{SERVICE[side.other]} → {SERVICE[side]}"


def _overruled(entry: HistoryEntry, schema: Schema) -> str:
    side = SERVICE[entry.side or Side.SALESFORCE]
    before, after = _told(entry, schema)
    label = _label(entry, schema)
    return f"{label} was changed on both sides; {before} in {side} gave way to {after}"


_ABOUT_NOBODY = {CONVERSATIONS: "Conversations", WRITES: "Changes to Intercom", TAGS: "Tags"}


def error_lines(error: SyncError, schema: Schema = NOT_DESCRIBED) -> list[str]:
    """A sync error and what to do about it."""
    person = person_text(error.person_name, error.intercom_id, error.salesforce_id)
    person = _ABOUT_NOBODY.get(error.row_id or "", person)
    message = plain(error.message).rstrip(".")
    label = _label(error, schema)
    field = f", {label}" if label and label not in message else ""
    return [f"{person}{field}: {message}.", plain(error.remedy)]


def connection_text(connection: Connection) -> str:
    """Whom a side is connected to, and as whom."""
    name = plain(connection.account_name) or connection.account_id
    parts = [f"{SERVICE[connection.side]} {name} ({connection.account_id})"]
    if connection.user_name:
        parts.append(f"as {plain(connection.user_name)}")
    if connection.region and not connection.address:
        parts.append(f"region {connection.region}")
    if connection.address:
        parts.append(f"at {plain(connection.address)}")
    if connection.is_sandbox:
        parts.append("a sandbox")
    return ", ".join(parts)


def connection_json(connection: Connection) -> dict[str, Any]:
    """A connection for a program to read; there is no secret in it."""
    return asdict(connection)


def history_json(entry: HistoryEntry) -> dict[str, Any]:
    """A history entry for a program to read."""
    return asdict(entry)


def error_json(error: SyncError) -> dict[str, Any]:
    """A sync error for a program to read."""
    return asdict(error)
