"""WHERE conditions, compiled to functions of a record, and the index ranges they allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.errors import ApiError
from sfsync_gui.sandbox.salesforce.reading import Getter
from sfsync_gui.sandbox.salesforce.schema import NUMERIC, Field
from sfsync_gui.sandbox.salesforce.soql import (
    AllOf,
    Comparison,
    Condition,
    FieldPath,
    Literal,
    Negation,
    query_error,
)
from sfsync_gui.sandbox.salesforce.store import Values
from sfsync_gui.sandbox.salesforce.values import parse_datetime

Predicate = Callable[[Values], bool]
Resolver = Callable[[FieldPath], tuple[Field, Getter, bool]]
"""Finds a path's field, how it is read, and whether it is a field of the queried object itself."""

_IDS = frozenset({"id", "reference"})
_LAST_STAMP = 2**62
_LAST_ID = "~"
_SIMPLE_ESCAPES = {"n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t"} | {
    letter: letter for letter in "\"'\\_%"
}
_SIMPLE_ESCAPES |= {"b": "\b", "B": "\b", "f": "\f", "F": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LIKE_PART = re.compile(r"\\(u[0-9a-fA-F]{4}|.)|([%_])|(.)", re.DOTALL)


@dataclass(frozen=True)
class Bounds:
    """What a condition says of Id and SystemModstamp: every match lies within (inclusive).

    `ids` is the set of Ids that can match, if the condition names them.
    """

    stamps: tuple[int, int] = (0, _LAST_STAMP)
    range: tuple[str, str] = ("", _LAST_ID)
    ids: frozenset[str] | None = None

    def both(self, other: Bounds) -> Bounds:
        """Return the bounds of records within both."""
        named = self.ids if other.ids is None else other.ids
        if self.ids is not None and other.ids is not None:
            named = self.ids & other.ids
        return Bounds(
            (max(self.stamps[0], other.stamps[0]), min(self.stamps[1], other.stamps[1])),
            (max(self.range[0], other.range[0]), min(self.range[1], other.range[1])),
            named,
        )

    def either(self, other: Bounds) -> Bounds:
        """Return the bounds of records within one or the other."""
        named = None if self.ids is None or other.ids is None else self.ids | other.ids
        return Bounds(
            (min(self.stamps[0], other.stamps[0]), max(self.stamps[1], other.stamps[1])),
            (min(self.range[0], other.range[0]), max(self.range[1], other.range[1])),
            named,
        )


class ConditionCompiler:
    """Compiles the conditions of one query; raises ApiError for what Salesforce refuses."""

    def __init__(self, text: str, resolve: Resolver) -> None:
        self._text = text
        self._resolve = resolve

    def compile(self, condition: Condition) -> tuple[Predicate, Bounds]:
        """Return the condition as a function, and its bounds."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        if isinstance(condition, Negation):
            inner, _bounds = self.compile(condition.part)
            return lambda values: not inner(values), Bounds()
        parts = [self.compile(part) for part in condition.parts]
        return _joined(parts, every=isinstance(condition, AllOf))

    def _comparison(self, comparison: Comparison) -> tuple[Predicate, Bounds]:
        field, get, own = self._resolve(comparison.path)
        if not field.describe["filterable"]:
            message = f"field '{field.name}' can not be filtered in a query call"
            raise self._error(comparison.path, message, "INVALID_FIELD")
        operator = comparison.operator
        self._check_operator(comparison, field)
        if operator == "LIKE":
            return _like(get, self._pattern(comparison, field)), Bounds()
        operands = [self._operand(comparison.path, field, item) for item in comparison.literals]
        if operator in {"INCLUDES", "EXCLUDES"}:
            return _includes(get, operands, wanted=operator == "INCLUDES"), Bounds()
        if _folds_case(field):
            get = _folded(get)
        predicate = _compared(get, operator, operands)
        return predicate, _bounds(field, operator, operands) if own else Bounds()

    def _check_operator(self, comparison: Comparison, field: Field) -> None:
        """Refuse operators that the field's type does not have."""
        operator = comparison.operator
        ordered = operator in {"<", ">", "<=", ">="}
        refused = (
            (operator == "LIKE" and not _is_text(field))
            or (ordered and field.type in {"boolean", "multipicklist"})
            or (operator in {"INCLUDES", "EXCLUDES"} and field.type != "multipicklist")
            or (operator in {"IN", "NOT IN", "LIKE"} and field.type == "multipicklist")
        )
        if refused:
            kind = "id" if field.type in _IDS else field.type
            message = f"invalid operator on {kind} field"
            raise self._error(comparison.path, message, "INVALID_QUERY_FILTER_OPERATOR")

    def _operand(self, path: FieldPath, field: Field, literal: Literal) -> Any:
        """Return a literal in the stored form of the field's type."""
        if literal.kind == "NULL":
            return None
        if field.type in _IDS and literal.kind == "STRING":
            return self._id_operand(path, literal)
        if _is_text(field) and literal.kind == "STRING":
            text = self._unescaped(literal)
            return (text.casefold() if _folds_case(field) else text) or None
        if field.type in NUMERIC and literal.kind == "NUMBER":
            return float(literal.text)
        if field.type == "boolean" and literal.kind in {"TRUE", "FALSE"}:
            return literal.kind == "TRUE"
        if field.type == "date" and literal.kind == "DATE":
            return literal.text
        if field.type == "datetime" and literal.kind == "DATETIME":
            moment = parse_datetime(literal.text.upper())
            if moment is not None:
                return moment
        raise self._error(path, _expected_type(field), "INVALID_FIELD")

    def _id_operand(self, path: FieldPath, literal: Literal) -> str | None:
        text = self._unescaped(literal)
        if not text:
            return None
        normal = ids.normalise(text)
        if normal is None:
            message = f"invalid ID field: {text}"
            raise self._error(path, message, "INVALID_QUERY_FILTER_OPERATOR")
        return normal

    def _unescaped(self, literal: Literal) -> str:
        return _ESCAPE.sub(lambda match: self._escape(literal, match[1]), literal.text[1:-1])

    def _escape(self, literal: Literal, sequence: str) -> str:
        """Return the character an escape sequence stands for."""
        if sequence[0] == "u" and len(sequence) == 5:
            return chr(int(sequence[1:], 16))
        found = _SIMPLE_ESCAPES.get(sequence)
        if found is None:
            message = (
                f"Invalid string literal {literal.text}. Illegal character sequence "
                f"'\\{sequence}' in string literal {literal.text}."
            )
            raise query_error(self._text, literal.position, message, "MALFORMED_QUERY")
        return found

    def _pattern(self, comparison: Comparison, field: Field) -> re.Pattern[str] | None:
        """Return the pattern of a LIKE, or None for LIKE null."""
        literal = comparison.literals[0]
        if literal.kind == "NULL":
            return None
        if literal.kind != "STRING":
            raise self._error(comparison.path, _expected_type(field), "INVALID_FIELD")
        parts = []
        for escape, wildcard, letter in _LIKE_PART.findall(literal.text[1:-1]):
            if wildcard:
                parts.append(".*" if wildcard == "%" else ".")
            else:
                parts.append(re.escape(letter or self._escape(literal, escape)))
        return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)

    def _error(self, path: FieldPath, message: str, code: str) -> ApiError:
        return query_error(self._text, path.position, message, code)


def _is_text(field: Field) -> bool:
    return field.describe["soapType"] == "xsd:string" and field.type != "time"


def _folds_case(field: Field) -> bool:
    """Tell whether comparison ignores case: for text it does, unless the field says otherwise."""
    return _is_text(field) and not field.describe["caseSensitive"]


def _expected_type(field: Field) -> str:
    """Return the message for a literal of the wrong type."""
    start = f"value of filter criterion for field '{field.name}' must be of type"
    if _is_text(field) or field.type in _IDS:
        name = "ID" if field.type in _IDS else "string"
        return f"{start} {name} and should be enclosed in quotes"
    name = {"datetime": "dateTime", "currency": "double", "percent": "double"}.get(
        field.type, field.type
    )
    return f"{start} {name} and should not be enclosed in quotes"


def _joined(parts: Iterable[tuple[Predicate, Bounds]], *, every: bool) -> tuple[Predicate, Bounds]:
    """Return conditions joined by AND (`every`) or by OR."""
    (predicate, bounds), *rest = parts
    for other, other_bounds in rest:
        predicate = _and(predicate, other) if every else _or(predicate, other)
        bounds = bounds.both(other_bounds) if every else bounds.either(other_bounds)
    return predicate, bounds


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda values: left(values) and right(values)


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda values: left(values) or right(values)


def _folded(get: Getter) -> Getter:
    """Return a getter of text without regard to case."""

    def folded(values: Values) -> str | None:
        text = get(values)
        return None if text is None else text.casefold()

    return folded


def _like(get: Getter, pattern: re.Pattern[str] | None) -> Predicate:
    if pattern is None:
        return lambda values: get(values) is None
    match = pattern.fullmatch
    return lambda values: (text := get(values)) is not None and match(text) is not None


def _includes(get: Getter, operands: list[Any], *, wanted: bool) -> Predicate:
    """`INCLUDES ('a;b', 'c')`: has both a and b, or c."""
    groups = [set((operand or "").split(";")) for operand in operands]

    def includes(values: Values) -> bool:
        chosen = set((get(values) or "").casefold().split(";"))
        return any(group <= chosen for group in groups) is wanted

    return includes


def _compared(get: Getter, operator: str, operands: list[Any]) -> Predicate:
    """Return a comparison. Null equals null, is unequal to any value, and is never in order."""
    if operator in {"IN", "NOT IN"}:
        members = frozenset(operands)
        if operator == "IN":
            return lambda values: get(values) in members
        return lambda values: get(values) not in members
    operand = operands[0]
    if operator == "=":
        return lambda values: get(values) == operand
    if operator == "!=":
        return lambda values: get(values) != operand
    if operand is None:
        return lambda _values: False
    return _in_order(get, operator, operand)


def _in_order(get: Getter, operator: str, operand: Any) -> Predicate:
    if operator == "<":
        return lambda values: (value := get(values)) is not None and value < operand
    if operator == ">":
        return lambda values: (value := get(values)) is not None and value > operand
    if operator == "<=":
        return lambda values: (value := get(values)) is not None and value <= operand
    return lambda values: (value := get(values)) is not None and value >= operand


def _bounds(field: Field, operator: str, operands: list[Any]) -> Bounds:
    """Return the bounds a comparison of the object's own field sets."""
    if field.name == "Id" and operator in {"=", "IN"}:
        return Bounds(ids=frozenset(item for item in operands if item is not None))
    operand = operands[0]
    if operand is None or operator in {"!=", "NOT IN", "IN"}:
        return Bounds()
    low = operator in {">", ">=", "="}
    high = operator in {"<", "<=", "="}
    if field.name == "SystemModstamp":
        return Bounds(stamps=(operand if low else 0, operand if high else _LAST_STAMP))
    if field.name == "Id":
        return Bounds(range=(operand if low else "", operand if high else _LAST_ID))
    return Bounds()
