"""The query language of contact search: parsing, checking, matching.

Documented at "Search contacts". Up to 2.16 a date in a filter means a day of the workspace's time
zone; Preview compares standard timestamps by the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from sfsync_gui.sandbox.intercom.attributes import AttributeCatalogue
from sfsync_gui.sandbox.intercom.errors import ApiError, parameter_invalid
from sfsync_gui.sandbox.intercom.model import Contact, Value

MAX_DEPTH = 2
MAX_FILTERS = 15

_DATES = frozenset(
    [
        "created_at",
        "signed_up_at",
        "updated_at",
        "last_seen_at",
        "last_contacted_at",
        "last_replied_at",
        "last_email_opened_at",
        "last_email_clicked_at",
        "ios_last_seen_at",
        "android_last_seen_at",
    ]
)
_BOOLEANS = frozenset({"unsubscribed_from_emails", "marked_email_as_spam", "has_hard_bounced"})
_TEXTS = frozenset(
    [
        "id",
        "role",
        "name",
        "avatar",
        "owner_id",
        "email",
        "email_domain",
        "phone",
        "formatted_phone",
        "external_id",
        "language_override",
        "browser",
        "browser_language",
        "os",
        "location.country",
        "location.region",
        "location.city",
        "ios_app_version",
        "ios_device",
        "ios_app_device",
        "ios_os_version",
        "ios_app_name",
        "ios_sdk_version",
        "android_app_version",
        "android_device",
        "android_app_name",
        "andoid_sdk_version",
        "segment_id",
        "tag_id",
    ]
)
_OPERATORS = {
    "string": ("=", "!=", "IN", "NIN", "~", "!~", "^", "$"),
    "boolean": ("=", "!=", "IN", "NIN"),
    "number": ("=", "!=", "IN", "NIN", "<", "<=", ">", ">="),
    "day": ("=", "<", ">"),
    "second": ("=", "!=", "<", "<=", ">", ">="),
}
_KINDS = {
    "string": "string",
    "boolean": "boolean",
    "integer": "number",
    "float": "number",
    "date": "day",
    "datetime": "day",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A condition on a time: in [low, high), None being open; or, `inverted`, outside of it."""

    field: str
    low: int | None
    high: int | None
    inverted: bool = False

    def matches(self, contact: Contact) -> bool:
        """Tell whether the contact fulfils the condition; a time that is not set never does."""
        value = field_value(contact, self.field)
        if not isinstance(value, int):
            return False
        above = self.low is None or value >= self.low
        below = self.high is None or value < self.high
        return (above and below) != self.inverted


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on a text, number or boolean."""

    field: str
    operator: str
    value: object

    def matches(self, contact: Contact) -> bool:
        """Tell whether the contact fulfils the condition."""
        actual = _folded(self.field, field_value(contact, self.field))
        match self.operator:
            case "=":
                return actual == self.value
            case "!=":
                return actual != self.value
            case "IN":
                return isinstance(self.value, frozenset) and actual in self.value
            case "NIN":
                return isinstance(self.value, frozenset) and actual not in self.value
            case "~" | "!~" | "^" | "$":
                return _text_matches(self.operator, actual, self.value)
        return _number_matches(self.operator, actual, self.value)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by AND or OR."""

    operator: str
    parts: tuple[Condition, ...]

    def matches(self, contact: Contact) -> bool:
        """Tell whether the contact fulfils all, or any, of the conditions."""
        if self.operator == "AND":
            return all(part.matches(contact) for part in self.parts)
        return any(part.matches(contact) for part in self.parts)


Condition = Span | Comparison | Group


class QueryParser:
    """Turns the `query` of a request into a condition; raises ApiError where it is refused."""

    def __init__(self, zone: ZoneInfo, catalogue: AttributeCatalogue, *, by_second: bool) -> None:
        self._zone = zone
        self._catalogue = catalogue
        self._by_second = by_second

    def parse(self, query: object) -> Condition:
        """Parse a whole query."""
        return self._condition(query, 1)

    def _condition(self, query: object, depth: int) -> Condition:
        if not isinstance(query, dict):
            raise parameter_invalid("query must be an object")
        if query.get("operator") in ("AND", "OR"):
            return self._group(query, depth)
        return self._filter(query)

    def _group(self, query: dict[str, object], depth: int) -> Group:
        if depth > MAX_DEPTH:
            raise parameter_invalid("You can only nest filters up to 2 levels")
        parts = query.get("value")
        if not isinstance(parts, list) or not parts:
            raise parameter_invalid("The value of AND and OR must be an array of filters")
        if len(parts) > MAX_FILTERS:
            raise parameter_invalid("You can only use up to 15 filters in each AND or OR group")
        return Group(
            str(query["operator"]), tuple(self._condition(part, depth + 1) for part in parts)
        )

    def _filter(self, query: dict[str, object]) -> Condition:
        field, operator = query.get("field"), query.get("operator")
        if not isinstance(field, str) or not isinstance(operator, str) or "value" not in query:
            raise parameter_invalid("A filter needs field, operator and value")
        kind = self._kind(field)
        if operator not in _OPERATORS[kind]:
            raise parameter_invalid(f"Operator '{operator}' is not supported for field '{field}'")
        value = query["value"]
        if kind in ("day", "second"):
            return self._span(field, operator, _timestamp(field, value), kind)
        return Comparison(field, operator, _comparable(field, kind, operator, value))

    def _kind(self, field: str) -> str:
        if field in _DATES:
            return "second" if self._by_second else "day"
        if field in _BOOLEANS:
            return "boolean"
        if field in _TEXTS:
            return "string"
        prefix, _dot, name = field.partition(".")
        attribute = self._catalogue.custom(name) if prefix == "custom_attributes" else None
        if attribute is None or attribute.archived:
            raise parameter_invalid(f"Field '{field}' is not a searchable field")
        return _KINDS[attribute.data_type]

    def _span(self, field: str, operator: str, moment: int, kind: str) -> Span:
        if kind == "second":
            begin, end = moment, moment + 1
        else:
            begin, end = day_bounds(moment, self._zone)
        match operator:
            case "=" | "!=":
                return Span(field, begin, end, inverted=operator == "!=")
            case ">":
                return Span(field, end, None)
            case ">=":
                return Span(field, begin, None)
            case "<":
                return Span(field, None, begin)
        return Span(field, None, end)


def day_bounds(moment: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return begin and end (Unix seconds) of the day in which a moment falls in a time zone.

    The day has 23 or 25 hours where the clocks change.
    """
    day = datetime.fromtimestamp(moment, zone).date()
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time_of_day(), zone).timestamp())


def split_by_time(
    condition: Condition | None, order: str
) -> tuple[int | None, int | None, Callable[[Contact], bool] | None]:
    """Split a condition into a span of the time `order` and what else has to be looked at."""
    low: int | None = None
    high: int | None = None
    rest: list[Condition] = []
    for part in _conjuncts(condition):
        if isinstance(part, Span) and part.field == order and not part.inverted:
            low = part.low if low is None else max(low, low if part.low is None else part.low)
            high = (
                part.high if high is None else min(high, high if part.high is None else part.high)
            )
        else:
            rest.append(part)
    return low, high, Group("AND", tuple(rest)).matches if rest else None


def _conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    if isinstance(condition, Group) and condition.operator == "AND":
        return condition.parts
    return (condition,)


def listed_ids(condition: Condition | None) -> frozenset[str] | None:
    """Return the ids that a condition lists and nobody else fulfils; None for all others."""
    if not isinstance(condition, Comparison) or (condition.field, condition.operator) != (
        "id",
        "IN",
    ):
        return None
    value = condition.value
    return frozenset(str(one) for one in value) if isinstance(value, frozenset) else None


def field_value(contact: Contact, field: str) -> Value:
    """Return a contact's value of a searchable field; None for what the sandbox never sets."""
    prefix, dot, name = field.partition(".")
    if dot:
        return contact.custom_attributes.get(name) if prefix == "custom_attributes" else None
    if field == "email_domain":
        return contact.email.rpartition("@")[2] if contact.email else None
    if field == "formatted_phone":
        return contact.phone
    value: Value = getattr(contact, field, None)
    return value


def is_sortable(field: str) -> bool:
    """Tell whether results can be sorted by a field."""
    return field in _DATES or field in _TEXTS


def _folded(field: str, value: object) -> object:
    """E-mails are found whatever their case."""
    return value.casefold() if field == "email" and isinstance(value, str) else value


def _text_matches(operator: str, actual: object, wanted: object) -> bool:
    text = actual.casefold() if isinstance(actual, str) else ""
    part = str(wanted).casefold()
    match operator:
        case "~":
            return part in text
        case "!~":
            return part not in text
        case "^":
            return text.startswith(part)
    return text.endswith(part)


def _number_matches(operator: str, actual: object, wanted: object) -> bool:
    if not isinstance(actual, int | float) or not isinstance(wanted, int | float):
        return False
    match operator:
        case ">":
            return actual > wanted
        case ">=":
            return actual >= wanted
        case "<":
            return actual < wanted
    return actual <= wanted


def _timestamp(field: str, value: object) -> int:
    """Return Unix seconds; the service takes them as a number or as text of digits."""
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**11:
        raise parameter_invalid(f"Field '{field}' needs a UNIX timestamp")
    return value


def _comparable(field: str, kind: str, operator: str, value: object) -> object:
    if operator in ("IN", "NIN"):
        if not isinstance(value, list):
            raise parameter_invalid(f"Operator '{operator}' needs an array of values")
        return frozenset(_single(field, kind, item) for item in value)
    return _single(field, kind, value)


def _single(field: str, kind: str, value: object) -> object:
    if value is None:
        return None
    if kind == "boolean" and isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if kind == "number" and isinstance(value, str):
        value = _number(field, value)
    expected = {"string": str, "boolean": bool, "number": int | float}[kind]
    if kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, expected) or (kind == "number" and isinstance(value, bool)):
        raise parameter_invalid(f"Field '{field}' needs a value of type {kind}")
    return _folded(field, value)


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise parameter_invalid(f"Field '{field}' needs a value of type number") from None


def checked_sort(sort: object) -> tuple[str, bool]:
    """Return the field to sort by and whether descending; the default is the latest update."""
    if sort is None:
        return "updated_at", True
    if not isinstance(sort, dict):
        raise parameter_invalid("sort must be an object")
    field, order = sort.get("field", "updated_at"), sort.get("order", "descending")
    if order not in ("ascending", "descending"):
        raise ApiError(
            400,
            "invalid_sort_order",
            f"Invalid sort order '{order}'. Must be one of: ascending, descending",
        )
    if not isinstance(field, str) or not is_sortable(field):
        raise ApiError(400, "invalid_sort_field", f"Invalid sort field '{field}'")
    return field, order == "descending"
