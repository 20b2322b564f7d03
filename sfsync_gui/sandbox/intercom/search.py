"""The query language of the searches: parsing, checking, matching ("Search contacts")."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from sfsync_gui.sandbox.intercom.errors import parameter_invalid
from sfsync_gui.sandbox.intercom.model import Contact, Found

MAX_DEPTH = 2
MAX_FILTERS = 15

_OPERATORS = {
    "string": ("=", "!=", "IN", "NIN", "~", "!~", "^", "$"),
    "boolean": ("=", "!=", "IN", "NIN"),
    "number": ("=", "!=", "IN", "NIN", "<", "<=", ">", ">="),
    "day": ("=", "<", ">"),
    "second": ("=", "!=", "<", "<=", ">", ">="),
}


class Searchable(Protocol):
    """What a search looks at."""

    def searchable(self, field: str) -> Found:
        """Return the value of a searchable field."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A condition on a time: in [low, high), None being open; or, `inverted`, outside of it."""

    field: str
    low: int | None
    high: int | None
    inverted: bool = False

    def matches(self, record: Searchable) -> bool:
        """Tell whether the record fulfils the condition; a time that is not set never does."""
        value = record.searchable(self.field)
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

    def matches(self, record: Searchable) -> bool:
        """Tell whether the record fulfils the condition."""
        found = record.searchable(self.field)
        if isinstance(found, tuple):
            return self._matches_several(found)
        return self._matches_one(_folded(self.field, found))

    def _matches_several(self, found: tuple[str, ...]) -> bool:
        """Several ids: one that is wanted suffices, one that is not wanted is too many."""
        if self.operator in ("!=", "NIN"):
            return all(map(self._matches_one, found))
        return any(map(self._matches_one, found))

    def _matches_one(self, actual: object) -> bool:
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

    def matches(self, record: Searchable) -> bool:
        """Tell whether the record fulfils all, or any, of the conditions."""
        if self.operator == "AND":
            return all(part.matches(record) for part in self.parts)
        return any(part.matches(record) for part in self.parts)


Condition = Span | Comparison | Group


class QueryParser(ABC):
    """Turns the `query` of a request into a condition; raises ApiError where it is refused."""

    operators: ClassVar[Mapping[str, tuple[str, ...]]] = _OPERATORS
    """Those that each kind of field takes."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

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
        if operator not in self.operators[kind]:
            raise parameter_invalid(f"Operator '{operator}' is not supported for field '{field}'")
        value = query["value"]
        if kind in ("day", "second"):
            return self._span(field, operator, _timestamp(field, value), kind)
        return Comparison(field, operator, _comparable(field, kind, operator, value))

    @abstractmethod
    def _kind(self, field: str) -> str:
        """Return the kind of a field; raise ApiError for one that cannot be searched."""

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
