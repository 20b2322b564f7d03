"""Canonical values: what a wire value of either service means, whatever its formatting.

A wire value that is not of its field's type never raises: it becomes the trimmed text of it, so
that it is seen, compared and shown, and the conversion to another type refuses it by name. Only
what stands for no value at all (NaN, infinity) becomes None.
"""

import json
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from hashlib import blake2b

from sfsync_gui.core.people import Json, PersonRecord, Value
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Side

EMAIL_ATTRIBUTE = "email"
"""The Intercom attribute that holds an e-mail address."""

NUMBER_TYPES = frozenset(
    {SalesforceType.INT, SalesforceType.DOUBLE, SalesforceType.CURRENCY, SalesforceType.PERCENT}
)
"""Salesforce field types that hold numbers."""

_NOT_NULLABLE = frozenset({EMAIL_ATTRIBUTE, "external_id"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_EXPONENT = 308
_WIDE = Context(prec=700)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_TIME = re.compile(r"(\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?Z?", re.ASCII)
_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def intercom_value(attribute: IntercomAttribute, raw: Json) -> Value:
    """The canonical value of an Intercom attribute's wire value."""
    if raw is None:
        return None
    if attribute.type is IntercomType.TEXT:
        return _intercom_text(attribute, raw)
    return _INTERCOM_READERS[attribute.type](raw)


def salesforce_value(field: SalesforceField, raw: Json) -> Value:
    """The canonical value of a Salesforce field's wire value."""
    if raw is None:
        return None
    if field.type in NUMBER_TYPES:
        return canonical_number(raw, field_scale(field))
    return _SALESFORCE_READERS.get(field.type, canonical_text)(raw)


def intercom_wire(attribute: IntercomAttribute, value: Value) -> Json:
    """The wire form of a canonical value: dates as unix seconds at midnight UTC.

    A blank e-mail or external id is empty text: they are not nullable (update_contact_request in
    Intercom's OpenAPI description). A value that is not canonical for the type is passed on as it
    is: Intercom refuses it by name.
    """
    if value is None:
        return "" if attribute.name in _NOT_NULLABLE else None
    if attribute.type is IntercomType.DATE and isinstance(value, str):
        moment = _moment(value)
        return value if moment is None else int((moment - _EPOCH).total_seconds())
    return value


def salesforce_wire(field: SalesforceField, value: Value) -> Json:
    """The wire form of a canonical value. A blank checkbox is false: null would be refused."""
    if value is None:
        return False if field.type is SalesforceType.BOOLEAN else None
    if field.type is SalesforceType.TIME and isinstance(value, str):
        parts = _TIME.fullmatch(value)
        return f"{parts[1]}.{(parts[2] or ''):0<3}Z" if parts else value
    return value


def canonical_record(
    record: PersonRecord, schema: Schema, names: Iterable[str]
) -> dict[str, Value]:
    """The canonical values of the named fields, by name.

    A name that the reading did not show, or that the schema does not describe, is left out:
    it is unknown, never blank.
    """
    shown = [name for name in names if name in record.raw]
    if record.side is Side.INTERCOM:
        described = schema.attributes(record.kind.family)
        attributes = ((name, described.get(name)) for name in shown)
        return {
            name: intercom_value(attribute, record.raw[name])
            for name, attribute in attributes
            if attribute is not None
        }
    fields = ((name, schema.salesforce_field(record.kind.value, name)) for name in shown)
    return {
        name: salesforce_value(field, record.raw[name])
        for name, field in fields
        if field is not None
    }


def same(a: Value, b: Value) -> bool:
    """Whether two canonical values are equal: 5 is 5.0, but 1 is not true and "5" is not 5."""
    return isinstance(a, bool) is isinstance(b, bool) and a == b


def fingerprint(value: Value) -> str:
    """A short stable hash (12 hexadecimal digits) of a canonical value, for baselines.

    Values that are the `same` have the same fingerprint.
    """
    tagged: list[str]
    match value:
        case None:
            tagged = ["blank"]
        case bool():
            tagged = ["boolean", str(value)]
        case int() | float():
            whole = int(value) if isinstance(value, float) and value.is_integer() else value
            tagged = ["number", repr(whole)]
        case _:
            tagged = ["text", value]
    return blake2b(json.dumps(tagged).encode("ascii"), digest_size=6).hexdigest()


def canonical_text(raw: Value) -> str | None:
    """Trimmed text with `\\n` line ends; None where nothing is left."""
    if not isinstance(raw, str):
        return _text_of_scalar(raw)
    text = raw.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not (text.isascii() and "\0" not in text):
        text = _storable(text)
    return text or None


def canonical_number(raw: Value, scale: int | None) -> Value:
    """A number rounded half up to `scale` decimals (None: as it is); int where it is whole.

    Anything that is no number is its text; a boolean is no number.
    """
    if type(raw) is int:
        return raw
    number = _decimal(raw)
    if number is None:
        return canonical_text(raw)
    if scale is not None:
        number = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _WIDE)
    return int(number) if number == number.to_integral_value() else float(number)


def canonical_boolean(raw: Value) -> Value:
    """True or False; 1, 0 and their names are understood, anything else is its text."""
    if isinstance(raw, bool):
        return raw
    text = canonical_text(raw)
    if text is None:
        return None
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


def canonical_date(raw: Value) -> str | None:
    """The UTC day, 'YYYY-MM-DD', of unix seconds, an ISO date or an ISO datetime."""
    moment = _moment(raw)
    return canonical_text(raw) if moment is None else moment.date().isoformat()


def canonical_datetime(raw: Value) -> str | None:
    """The UTC moment, 'YYYY-MM-DDTHH:MM:SSZ', whole seconds, of the same inputs as a date."""
    moment = _moment(raw)
    if moment is None:
        return canonical_text(raw)
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def is_canonical_date(text: str) -> bool:
    """Whether text is a day in canonical form, such as `canonical_date` makes of a real one."""
    return len(text) == 10 and _moment(text) is not None


def is_canonical_datetime(text: str) -> bool:
    """Whether text is a moment in canonical form, such as `canonical_datetime` makes of one."""
    return len(text) == 20 and text.endswith("Z") and _moment(text) is not None


def fold_email(text: str) -> str:
    """An e-mail address without regard to case.

    Simple folding only: `str.casefold` would turn `ß` into `ss`, which is another address.
    """
    return text.lower()


def field_scale(field: SalesforceField) -> int:
    """The decimals that a Salesforce number field keeps."""
    return 0 if field.type is SalesforceType.INT else field.scale


def _intercom_text(attribute: IntercomAttribute, raw: Json) -> str | None:
    text = canonical_text(raw)
    if text is None:
        return None
    if attribute.name == EMAIL_ATTRIBUTE:
        return fold_email(text)
    return text


def _text_of_scalar(raw: int | float | None) -> str | None:
    if raw is None or (isinstance(raw, float) and not math.isfinite(raw)):
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw)


def _storable(text: str) -> str:
    """Text without what is no character: JSON can carry NUL and lone surrogates, databases not."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _decimal(raw: Value) -> Decimal | None:
    """The number that a wire value stands for; None where it is none or beyond any float."""
    if raw is None or isinstance(raw, bool):
        return None
    text = raw.strip() if isinstance(raw, str) else repr(raw)
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return None if number.adjusted() > _LARGEST_EXPONENT else number


def _moment(raw: Value) -> datetime | None:
    """The moment of unix seconds or ISO text (UTC where no zone is named), None if malformed."""
    try:
        if isinstance(raw, str):
            return _moment_of_text(raw.strip())
        if raw is None or isinstance(raw, bool):
            return None
        return _EPOCH + timedelta(seconds=math.floor(raw))
    except (ValueError, OverflowError):
        return None


def _moment_of_text(text: str) -> datetime | None:
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return None
    day, minutes, seconds, zone = parts.groups()
    if minutes is None:
        return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    offset = "+00:00" if zone in (None, "Z", "z") else zone
    return datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{offset}").astimezone(UTC)


def _multipicklist(raw: Json) -> str | None:
    text = canonical_text(raw) or ""
    return ";".join(part for part in map(str.strip, text.split(";")) if part) or None


def _time(raw: Json) -> str | None:
    text = canonical_text(raw)
    parts = _TIME.fullmatch(text or "")
    if parts is None:
        return text
    fraction = (parts[2] or "").rstrip("0")
    return f"{parts[1]}.{fraction}" if fraction else parts[1]


def _long_id(text: str | None) -> str | None:
    """The 18 characters of a 15-character id: the last three tell which letters are capitals."""
    if text is None or len(text) != 15 or not (text.isascii() and text.isalnum()):
        return text
    groups = (text[start : start + 5] for start in (0, 5, 10))
    bits = (
        sum(letter.isupper() << place for place, letter in enumerate(group)) for group in groups
    )
    return text + "".join(_ID_LETTERS[number] for number in bits)


def _salesforce_date(raw: Json) -> str | None:
    """A number is no date in Salesforce: it must not be taken for unix seconds."""
    return canonical_date(raw) if isinstance(raw, str) else canonical_text(raw)


def _salesforce_datetime(raw: Json) -> str | None:
    return canonical_datetime(raw) if isinstance(raw, str) else canonical_text(raw)


_Reader = Callable[[Json], Value]

# Tables rather than a chain of comparisons: a full comparison reads millions of values.
_INTERCOM_READERS: dict[IntercomType, _Reader] = {
    IntercomType.LIST: canonical_text,
    IntercomType.INTEGER: lambda raw: canonical_number(raw, 0),
    IntercomType.DECIMAL: lambda raw: canonical_number(raw, None),
    IntercomType.BOOLEAN: canonical_boolean,
    IntercomType.DATE: canonical_date,
    IntercomType.OWNER: canonical_text,
}
_SALESFORCE_READERS: dict[SalesforceType, _Reader] = {
    SalesforceType.BOOLEAN: canonical_boolean,
    SalesforceType.DATE: _salesforce_date,
    SalesforceType.DATETIME: _salesforce_datetime,
    SalesforceType.EMAIL: lambda raw: fold_email(canonical_text(raw) or "") or None,
    SalesforceType.MULTIPICKLIST: _multipicklist,
    SalesforceType.TIME: _time,
    SalesforceType.ID: lambda raw: _long_id(canonical_text(raw)),
    SalesforceType.REFERENCE: lambda raw: _long_id(canonical_text(raw)),
}
