"""The part of the set-up check that looks at Salesforce's objects and fields.

Intercom's documentation of its Salesforce app names the fields that must be there, visible and
writeable ("Required fields"); Salesforce Help names where that is changed ("Set Field-Level
Security for a Field", "Object Permissions").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sfsync_gui.core.findings import Finding, Grade
from sfsync_gui.core.mapping import OBJECTS, SyncRules
from sfsync_gui.core.schema import (
    ACCOUNT,
    CONTACT,
    LEAD,
    TASK,
    ObjectAccess,
    OrgSurvey,
    SalesforceField,
)
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
    ACCOUNT: ("OwnerId",),
    TASK: (
        "Description",
        "CreatedById",
        "ActivityDate",
        "Subject",
        "Type",
        "Status",
        "Priority",
        "OwnerId",
    ),
}
"""Fields that must be visible and writeable, by object."""

READ_ONLY = frozenset({"CreatedById"})
"""Those of them that Salesforce fills in by itself: being visible is enough."""

_PLURAL = {LEAD: "leads", CONTACT: "contacts", ACCOUNT: "accounts", TASK: "tasks"}


def check_objects(
    org: OrgSurvey, rules: SyncRules, optional: Mapping[str, str]
) -> Iterator[Finding]:
    """The rows of every object, one for each trouble; of those not in use as notes."""
    for name in REQUIRED:
        findings = list(_object(org.objects.get(name), rules, name))
        for finding in findings:
            yield _needed_for(finding, optional[name]) if name in optional else finding


def _needed_for(finding: Finding, feature: str) -> Finding:
    """The row for an object that nothing in use needs."""
    if finding.grade is Grade.GOOD:
        return finding
    message = f"{finding.message} It is needed only for {feature}, not switched on so far."
    return replace(finding, grade=Grade.NOTE, message=message)


def _object(access: ObjectAccess | None, rules: SyncRules, name: str) -> Iterator[Finding]:
    if access is None or not access.readable:
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.FAILED,
            f"{name} is hidden from the signed-in user.",
            f"No {name.lower()} can be matched or synced."
            if name != TASK
            else "No task can be created.",
            _object_clicks(name, "Read, Create and Edit"),
        )
        return
    troubles = [*_rights(access, rules, name), *_fields(access.fields, rules, name)]
    yield from troubles or (_all_well(name),)


def _all_well(name: str) -> Finding:
    count = len(REQUIRED[name])
    message = (
        f"All {count} required fields are visible and writeable."
        if count > 1
        else "The required field is visible and writeable."
    )
    return Finding(Side.SALESFORCE, name, Grade.GOOD, message)


def _rights(access: ObjectAccess, rules: SyncRules, name: str) -> Iterator[Finding]:
    many = _PLURAL[name]
    if not access.createable and name in (LEAD, TASK):
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.WARNING if name == LEAD else Grade.FAILED,
            f"The signed-in user may not create {many}.",
            f"No {name.lower()} can be created from Intercom."
            + (" Those that are there are synced all the same." if name == LEAD else ""),
            _object_clicks(name, "Create"),
        )
    if not access.updateable and name != TASK:
        writes = any(
            row.direction.writes(Side.SALESFORCE) and row.salesforce_field(name)
            for row in rules.rows
        )
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.FAILED if writes else Grade.WARNING,
            f"The signed-in user may not edit {many}.",
            f"Nothing that changes in Intercom arrives in {many}.",
            _object_clicks(name, "Edit"),
        )


def _fields(
    fields: Mapping[str, SalesforceField], rules: SyncRules, name: str
) -> Iterator[Finding]:
    required, key = REQUIRED[name], _key_field(rules, name)
    hidden = [
        one for one in dict.fromkeys((*required, *([key] if key else ()))) if one not in fields
    ]
    fixed = [one for one in required if one in fields and not _is_open(fields[one])]
    if hidden:
        is_key = key in hidden
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.FAILED if is_key else Grade.WARNING,
            f"{_listed(hidden)} cannot be seen on {name}.",
            f"No {name.lower()} can be matched without the mapping key."
            if is_key
            else f"{_listed(hidden)} can neither be mapped nor filled in on new records.",
            _field_clicks(name, hidden, "Visible"),
        )
    if fixed:
        yield Finding(
            Side.SALESFORCE,
            name,
            Grade.WARNING,
            f"{_listed(fixed)} cannot be changed on {name} by the signed-in user.",
            "Rows that write there are refused." if name != TASK else "New tasks cannot have them.",
            _field_clicks(name, fixed, "Visible, with Read-Only unticked"),
        )


def _key_field(rules: SyncRules, name: str) -> str | None:
    """The field of the object by which its records are matched."""
    keys = (rules.key_of(family) for family, objects in OBJECTS.items() if name in objects)
    return next((key.salesforce_field(name) for key in keys if key is not None), None)


def _is_open(field: SalesforceField) -> bool:
    return field.name in READ_ONLY or field.createable or field.updateable


def _field_clicks(name: str, fields: Sequence[str], wanted: str) -> str:
    which = fields[0] if len(fields) == 1 else f"each of {_listed(fields)}"
    return (
        f"In Salesforce: Setup → Object Manager → {name} → Fields & Relationships → {which} → "
        f"Set Field-Level Security → {wanted}."
    )


def _object_clicks(name: str, wanted: str) -> str:
    return (
        "In Salesforce: Setup → Users → Permission Sets → the user's set → Object Settings → "
        f"{name} → Edit → {wanted} → Save."
    )


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
