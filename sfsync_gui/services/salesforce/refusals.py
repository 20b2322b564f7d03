"""What Salesforce's error codes mean for the product, and which fields a refusal names.

Codes are those of the SOAP API Developer Guide, Core Data Types, StatusCode and ExceptionCode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sfsync_gui.core.failures import RowRefusal, readable
from sfsync_gui.core.vocabulary import ErrorClass

_CLASSES = {
    ErrorClass.TRANSIENT: (
        "UNABLE_TO_LOCK_ROW",
        "SERVER_UNAVAILABLE",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TIMEOUT",
        "QUERY_TOO_COMPLICATED",
        "INVALID_QUERY_LOCATOR",
        "TOO_MANY_OPEN_TASKS",
        "UNKNOWN_EXCEPTION",
        "PROCESSING_HALTED",
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    ),
    ErrorClass.SIGN_IN: ("INVALID_SESSION_ID", "INVALID_AUTH_HEADER"),
    ErrorClass.ORG: (
        "REQUEST_LIMIT_EXCEEDED",
        "API_DISABLED_FOR_ORG",
        "API_CURRENTLY_DISABLED",
        "ORG_LOCKED",
    ),
    ErrorClass.SETUP: ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_TYPE"),
    ErrorClass.TRIGGER: ("ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD", "NOT_FOUND"),
}
_CLASS_OF = {code: kind for kind, codes in _CLASSES.items() for code in codes}

_NO_COLUMN = re.compile(r"No such column '([\w.]+)' on (?:entity|sobject of type) '?(\w+)'?")
_LISTS = (
    re.compile(r"Required fields are missing: \[([^\]]+)\]"),
    re.compile(r"Unable to create/update fields: ([\w, ]+)"),
    re.compile(r"bad field names on insert/update call:\s*([\w, ]+)"),
    re.compile(r"field '(\w+)' can not be"),
)
_LEADING = re.compile(r"([A-Za-z]\w*): ")
_LEADING_CODES = frozenset(
    (
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
    )
)


def class_of(code: str, message: str, fields: Sequence[str] = ()) -> ErrorClass:
    """How the product deals with a refusal of this code; RECORD for all that is not known."""
    if "UNABLE_TO_LOCK_ROW" in message:  # wrapped by a trigger's own failure
        return ErrorClass.TRANSIENT
    if code == "REQUEST_LIMIT_EXCEEDED" and "Concurrent" in message:
        return ErrorClass.TRANSIENT  # too many at once, not the day's limit
    if code == "INVALID_CROSS_REFERENCE_KEY":
        # With a field it is that field's reference which leads nowhere, not the record itself.
        return ErrorClass.RECORD if set(fields) - {"Id"} else ErrorClass.TRIGGER
    return _CLASS_OF.get(code, ErrorClass.RECORD)


def named_fields(code: str, message: str, fields: Sequence[str] | None) -> tuple[str, ...]:
    """The fields at fault: as the service lists them, or else as its message names them."""
    if fields:
        return tuple(fields)
    column = _NO_COLUMN.search(message)
    if column is not None:
        return (column[1],)
    for pattern in _LISTS:
        found = pattern.search(message)
        if found is not None:
            return tuple(name.strip() for name in found[1].split(",") if name.strip())
    leading = _LEADING.match(message) if code in _LEADING_CODES else None
    return (leading[1],) if leading is not None else ()


def named_object(message: str) -> str:
    """The object that a message about a field names, empty where it names none."""
    column = _NO_COLUMN.search(message)
    return column[2] if column is not None else ""


def refusal_of(error: Mapping[str, Any]) -> RowRefusal:
    """One error of a row (`statusCode`) or of a single record (`errorCode`)."""
    code = str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN_EXCEPTION")
    message = " ".join(filter(None, (str(error.get("message") or ""), _alike(error))))
    fields = named_fields(code, message, error.get("fields"))
    return RowRefusal(class_of(code, message, fields), code, readable(message), fields)


_ALIKE_MOST = 5


def _alike(error: Mapping[str, Any]) -> str:
    """The records that a duplicate rule found ("DuplicateResult"): 'Lead 00Q…, Contact 003…'."""
    result = error.get("duplicateResult")
    found = []
    for match in _entries(result, "matchResults"):
        for one in _entries(match, "matchRecords"):
            record = one.get("record")
            if isinstance(record, Mapping) and isinstance(record.get("Id"), str):
                kind = _entry(record, "attributes").get("type", "")
                found.append(f"{kind} {record['Id']}".strip())
    return ", ".join(found[:_ALIKE_MOST])


def _entry(content: object, name: str) -> Mapping[str, Any]:
    entry = content.get(name) if isinstance(content, Mapping) else None
    return entry if isinstance(entry, Mapping) else {}


def _entries(content: object, name: str) -> list[Mapping[str, Any]]:
    entries = content.get(name) if isinstance(content, Mapping) else None
    return [one for one in entries if isinstance(one, Mapping)] if isinstance(entries, list) else []


def refusals_of(content: object) -> tuple[RowRefusal, ...]:
    """The errors in the body of a refused request; empty where it is not in Salesforce's form."""
    if not isinstance(content, list):
        return ()
    return tuple(
        refusal_of(error) for error in content if isinstance(error, Mapping) and "message" in error
    )
