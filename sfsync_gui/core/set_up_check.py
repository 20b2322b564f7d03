"""The set-up check: whether both services let the sync do its work, and the clicks that mend it.

Intercom's documentation of its Salesforce app names the fields that must be there, visible and
writeable ("Required fields"); Salesforce Help names where that is changed ("Set Field-Level
Security for a Field").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.schema import CONTACT, LEAD, PERSON_OBJECTS, SalesforceField, Schema
from sfsync_gui.core.vocabulary import Side

REQUIRED: Mapping[str, tuple[str, ...]] = {
    LEAD: (
        "Email",
        "LastName",
        "FirstName",
        "Company",
        "Phone",
        "Status",
        "LeadSource",
        "OwnerId",
    ),
    CONTACT: ("Email",),
}
"""Fields that must be visible and writeable, by object."""


class Grade(StrEnum):
    """How a thing is."""

    GOOD = "good"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the check: what was looked at, how it is, what that breaks and what mends it."""

    side: Side
    subject: str
    grade: Grade
    message: str
    breaks: str = ""
    remedy: str = ""


def check_set_up(schema: Schema, rules: SyncRules) -> tuple[Finding, ...]:
    """Everything that can be told from the fields of both services, Salesforce first."""
    return (
        *(_object(schema, rules, name) for name in PERSON_OBJECTS),
        _intercom_key(schema, rules),
        *_mapped(rules),
    )


def _object(schema: Schema, rules: SyncRules, name: str) -> Finding:
    """One row for an object: its first trouble, or that all is well."""
    fields = schema.salesforce.get(name, {})
    if not fields:
        return Finding(
            Side.SALESFORCE,
            name,
            Grade.FAILED,
            f"{name} is hidden from the signed-in user.",
            f"No {name.lower()} can be matched or synced.",
            f"In Salesforce: Setup → Users → Permission Sets → the user's set → Object Settings → "
            f"{name} → Read, Create and Edit.",
        )
    key = rules.key.salesforce_field(name)
    troubles = list(_field_troubles(name, fields, REQUIRED[name], key))
    if troubles:
        return min(troubles, key=lambda found: found.grade is not Grade.FAILED)
    return Finding(
        Side.SALESFORCE,
        name,
        Grade.GOOD,
        f"All {len(REQUIRED[name])} required fields are visible and writeable."
        if len(REQUIRED[name]) > 1
        else "The required field is visible and writeable.",
    )


def _field_troubles(
    name: str, fields: Mapping[str, SalesforceField], required: Sequence[str], key: str | None
) -> Iterator[Finding]:
    hidden = [one for one in required if one not in fields]
    fixed = [one for one in required if one in fields and not _may_write(fields[one])]
    if hidden:
        is_key = key in hidden
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.FAILED if is_key else Grade.WARNING,
            f"{_listed(hidden)} cannot be seen on {name}.",
            "People cannot be matched without the mapping key."
            if is_key
            else f"{_listed(hidden)} can neither be mapped nor filled in on new records.",
            _clicks(name, hidden[0], "Visible"),
        )
    if fixed:
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.WARNING,
            f"{_listed(fixed)} cannot be changed on {name} by the signed-in user.",
            "Rows that write there are refused.",
            _clicks(name, fixed[0], "Visible, with Read-Only unticked"),
        )


def _may_write(field: SalesforceField) -> bool:
    return field.createable or field.updateable


def _clicks(name: str, field: str, wanted: str) -> str:
    return (
        f"In Salesforce: Setup → Object Manager → {name} → Fields & Relationships → {field} → "
        f"Set Field-Level Security → {wanted}."
    )


def _intercom_key(schema: Schema, rules: SyncRules) -> Finding:
    name = rules.key.intercom_attribute
    if name in schema.intercom:
        count = len(schema.intercom)
        return Finding(
            Side.INTERCOM, "People", Grade.GOOD, f"{count} attributes of people can be read."
        )
    return Finding(
        Side.INTERCOM,
        "People",
        Grade.FAILED,
        f"The attribute {name} cannot be read.",
        "People cannot be matched without the mapping key.",
        "In Intercom's Developer Hub: the app → Configure → Authentication → Permissions → Read "
        "people and data attributes. Then connect again.",
    )


def _mapped(rules: SyncRules) -> Iterator[Finding]:
    """Rows that a set-up error switched off."""
    for row in rules.rows:
        if row.disabled is not None:
            yield Finding(
                Side.SALESFORCE,
                "Attribute mapping",
                Grade.FAILED,
                f"{row.disabled}.",
                f"{row.intercom_attribute} is not synced; the other rows go on.",
                "Make the field available again, or remove the row from the attribute mapping.",
            )


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
