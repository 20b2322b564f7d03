"""Field values: what JSON may say, what is stored, and what comes back.

Stored: text, Ids, dates and times as strings, numbers as numbers, checkboxes as booleans, and
datetimes as whole Unix seconds. A field without a value is not stored at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.errors import RowError
from sfsync_gui.sandbox.salesforce.schema import NUMERIC, Field

_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?Z?", re.ASCII)
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_INT_RANGE = 2**31


class DeserializeError(Exception):
    """A JSON value does not fit the type of its field; the whole request is refused.

    `token` is the parser's name for what it found, `value` its text (empty for a structure).
    """

    def __init__(self, field: Field, token: str, value: str) -> None:
        super().__init__(field.name, token, value)
        self.field = field
        self.token = token
        self.value = value

    def message(self, column: int) -> str:
        """Return the message as Salesforce words it; `column` is where parsing stopped."""
        start = f"Cannot deserialize instance of {self.field.type} from {self.token} value"
        place = f"[line:1, column:{column}]"
        if not self.value:
            return f"{start} {place}"
        return f"{start} {self.value} or request may be missing a required field at {place}"


def deserialize(field: Field, raw: Any) -> Any:
    """Return what a JSON value means for a field: None, text, number, boolean or Unix seconds.

    Raises DeserializeError.
    """
    if raw is None:
        return None
    if isinstance(raw, list | dict):
        raise DeserializeError(
            field, "START_ARRAY" if isinstance(raw, list) else "START_OBJECT", ""
        )
    reader: Callable[[Any], Any] = _READERS.get(field.type, _read_text)
    value = reader(raw)
    if value is None:
        raise DeserializeError(field, _token(raw), _token_text(raw))
    return value


def _token(raw: Any) -> str:
    """Return the JSON parser's name for a scalar."""
    if isinstance(raw, bool):
        return "VALUE_TRUE" if raw else "VALUE_FALSE"
    if isinstance(raw, int):
        return "VALUE_NUMBER_INT"
    return "VALUE_NUMBER_FLOAT" if isinstance(raw, float) else "VALUE_STRING"


def _token_text(raw: Any) -> str:
    """Return a scalar as it stood in the JSON text."""
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _read_text(raw: Any) -> str | None:
    return raw if isinstance(raw, str) else None


def _read_boolean(raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    return {"true": True, "false": False}.get(raw.lower()) if isinstance(raw, str) else None


def _read_number(raw: Any) -> float | int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return raw
    try:
        number = float(raw)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _read_int(raw: Any) -> int | None:
    number = _read_number(raw)
    if number is None or isinstance(raw, float) or number != int(number):
        return None
    return int(number) if abs(number) < _INT_RANGE else None


def _read_date(raw: Any) -> str | None:
    if not isinstance(raw, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII) is None:
        return None
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        return None


def _read_datetime(raw: Any) -> int | None:
    return parse_datetime(raw) if isinstance(raw, str) else None


def _read_time(raw: Any) -> str | None:
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    return f"{hour}:{minute}:{second}.{(fraction or '').ljust(3, '0')}Z"


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _read_boolean,
    "double": _read_number,
    "currency": _read_number,
    "percent": _read_number,
    "int": _read_int,
    "date": _read_date,
    "datetime": _read_datetime,
    "time": _read_time,
}


def parse_datetime(text: str) -> int | None:
    """Return the whole Unix seconds of a datetime with a time zone, or None if it is none."""
    match = _DATETIME.fullmatch(text)
    if match is None:
        return None
    day, clock, seconds, zone = match.groups()
    offset = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    try:
        return int(datetime.fromisoformat(f"{day}T{clock}{seconds or ':00'}{offset}").timestamp())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=65_536)
def format_datetime(seconds: int) -> str:
    """Return Unix seconds as REST answers have them: `2026-11-23T10:00:00.000+0000`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def day_of(seconds: float) -> str:
    """Return the UTC day of Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def cleaned(field: Field, value: Any) -> Any:
    """Return a deserialized value as it is stored; None where nothing remains.

    Text loses outer space and e-mail addresses become lower case. Numbers are rounded to the
    field's scale, half up (documented: 12.345 becomes 12.35 and -12.345 becomes -12.34).
    """
    if isinstance(value, str):
        return _cleaned_text(field, value.strip()) or None
    if field.type in NUMERIC and field.type != "int" and value is not None:
        return _rounded(value, field.describe["scale"])
    return value


def _cleaned_text(field: Field, text: str) -> str:
    """Return trimmed text as this type of field keeps it."""
    if field.type == "email":
        return text.lower()
    if field.type in {"id", "reference"}:
        return ids.normalise(text) or text
    if field.type == "multipicklist":
        chosen = dict.fromkeys(part.strip() for part in text.split(";") if part.strip())
        known = field.active_options
        rank = {value: place for place, value in enumerate(known)}
        return ";".join(sorted(chosen, key=lambda value: rank.get(value, len(known))))
    return text


def _rounded(value: float, scale: int) -> float:
    step = Decimal(1).scaleb(-scale)
    exact = Decimal(str(value))
    return float(((exact / step + Decimal("0.5")).to_integral_value(ROUND_FLOOR)) * step)


def problem(field: Field, value: Any) -> RowError | None:
    """Return what is wrong with a cleaned value, or None. Says nothing about missing values."""
    if value is None:
        return None
    if field.type in NUMERIC:
        return _number_problem(field, value)
    if not isinstance(value, str):
        return None
    if field.type in {"id", "reference"}:
        return _id_problem(field, value)
    return _text_problem(field, value)


def _number_problem(field: Field, value: float) -> RowError | None:
    whole = field.describe["precision"] - field.describe["scale"]
    limit = 10 ** (field.describe["digits"] or whole)
    if abs(value) < limit:
        return None
    shown = int(value) if value == int(value) else value
    message = f"{field.label}: value outside of valid range on numeric field: {shown}"
    return RowError("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))


def _id_problem(field: Field, value: str) -> RowError | None:
    if ids.normalise(value) is not None:
        return None
    message = f"{field.label}: id value of incorrect type: {value}"
    return RowError("MALFORMED_ID", message, (field.name,))


def _text_problem(field: Field, value: str) -> RowError | None:
    if 0 < field.length < len(value):
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        return RowError("STRING_TOO_LONG", message, (field.name,))
    if field.type == "email" and _EMAIL.fullmatch(value) is None:
        message = f"{field.label}: invalid email address: {value}"
        return RowError("INVALID_EMAIL_ADDRESS", message, (field.name,))
    if field.describe["restrictedPicklist"]:
        return _picklist_problem(field, value)
    return None


def _picklist_problem(field: Field, value: str) -> RowError | None:
    chosen = value.split(";") if field.type == "multipicklist" else [value]
    allowed = set(field.active_options)
    for option in chosen:
        if option not in allowed:
            message = f"{field.label}: bad value for restricted picklist field: {option}"
            return RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    return None


def to_json(field: Field, value: Any, *, unmask: bool = True) -> Any:
    """Return a stored value as JSON has it. Encrypted text is masked unless `unmask`."""
    if value is None:
        return False if field.type == "boolean" and not field.nillable else None
    if field.type == "datetime":
        return format_datetime(value)
    if field.type == "encryptedstring" and not unmask:
        return "X" * len(value)
    return value
