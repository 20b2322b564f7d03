"""SOQL texts. Every literal of the product goes through `literal`, the one escaping function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote_plus

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.vocabulary import Side

IDS_PER_QUERY = 200
"""Ids in one `IN` list, as a rule: also a page of records with long texts has as many."""

MOST_IDS_PER_QUERY = 250
"""Ids in one `IN` list, at most: so five queries hold any 1,000 leads and contacts."""

SELECT_BYTES = 9_000
"""Length of a select list, at most. URL and headers together may have 16,384 bytes (REST API
Developer Guide, Status Codes: 414 and 431); 250 Ids take 5,250 of them."""

_BASE_FIELDS = (
    "Id",
    "Name",
    "CreatedDate",
    "LastModifiedDate",
    "SystemModstamp",
    "IsDeleted",
    "MasterRecordId",
)
_LEAD_FIELDS = ("IsConverted", "ConvertedContactId")
_SAFE = "(),':"  # allowed in a query as they are, and most of what an `IN` list consists of
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPECIAL = re.compile("[\x00-\x1f\x7f\\\\'\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: str | datetime | Iterable[str]) -> str:
    """A SOQL literal: a quoted text, a datetime in UTC, or a list of quoted texts for `IN`.

    Control characters and lone surrogates travel as `\\uXXXX` (SOQL and SOSL Reference, Quoted
    String Escape Sequences). Raises ValueError for an empty list and a datetime without zone.
    """
    if isinstance(value, str):
        return "'" + _SPECIAL.sub(_escaped, value) + "'"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    members = ",".join(literal(member) for member in value)
    if not members:
        raise ValueError("an empty list")
    return f"({members})"


def moment(seconds: float) -> str:
    """The literal of a time in unix seconds, fractions cut off."""
    return literal(datetime.fromtimestamp(int(seconds), UTC))


def select_lists(object_name: str, fields: Sequence[str]) -> list[tuple[str, ...]]:
    """The fields to select for people of an object, as few lists as the URL's length allows.

    Each list has what identifies and dates a record; the given fields are spread over them.
    Raises `SetupError` for a name that cannot be a field's.
    """
    base = _BASE_FIELDS + (_LEAD_FIELDS if object_name == LEAD else ())
    lists: list[list[str]] = [list(base)]
    length = 0
    for name in dict.fromkeys(fields):
        if name in base:
            continue
        if _NAME.fullmatch(name) is None:
            raise _no_such_field(object_name, name)
        length += len(name) + 1
        if length > SELECT_BYTES:
            lists.append(list(base))
            length = len(name) + 1
        lists[-1].append(name)
    return [tuple(names) for names in lists]


def select(names: Sequence[str], object_name: str, *clauses: str) -> str:
    """A query for the named fields; clauses (`WHERE …`, `ORDER BY …`) are appended as they are."""
    return " ".join(("SELECT", ",".join(names), "FROM", object_name, *clauses))


def query_path(resource: str, soql: str) -> str:
    """The resource (`query`, `queryAll`) with the query as its parameter, as short as may be."""
    return f"{resource}?q={quote_plus(soql, safe=_SAFE)}"


def _escaped(special: re.Match[str]) -> str:
    return _ESCAPES.get(special[0]) or f"\\u{ord(special[0]):04X}"


def _no_such_field(object_name: str, name: str) -> SetupError:
    return SetupError(
        "Field not found",
        f"“{name}” cannot be the name of a field of {object_name}.",
        "Choose another field in the attribute mapping.",
        subject=name,
        side=Side.SALESFORCE,
        fields=(name,),
        object=object_name,
    )
