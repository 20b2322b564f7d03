"""The text of a SOQL query into a syntax tree. What the tree means is for `binding` to say.

Not answered: GROUP BY and aggregates other than COUNT(), child subqueries, TYPEOF, FIELDS(),
aliases, USING SCOPE, WITH, FOR, and relative date literals. They are MALFORMED_QUERY here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from sfsync_gui.sandbox.salesforce.errors import ApiError

MAXIMUM_LENGTH = 100_000
"""Characters in a statement, at most (SOQL limits)."""

_CONTEXT = 30
_WORD = re.compile(r"'(?:\\.|[^'\\])*'?|[\w.]+|\S")


class FieldPath(NamedTuple):
    """A field, or a field of a parent: `Owner.Email`. `position` is its offset in the text."""

    text: str
    position: int


class Literal(NamedTuple):
    """A literal; `kind` is STRING, DATETIME, DATE, NUMBER, TRUE, FALSE or NULL."""

    kind: str
    text: str
    position: int


class Comparison(NamedTuple):
    """A field compared with literals; the operator in upper case, `<>` as `!=`."""

    path: FieldPath
    operator: str
    literals: tuple[Literal, ...]


class AllOf(NamedTuple):
    """Conditions joined by AND."""

    parts: tuple[Condition, ...]


class AnyOf(NamedTuple):
    """Conditions joined by OR."""

    parts: tuple[Condition, ...]


class Negation(NamedTuple):
    """NOT and its condition."""

    part: Condition


Condition = Comparison | AllOf | AnyOf | Negation


class Ordering(NamedTuple):
    """One field of ORDER BY. Nulls come first unless it says otherwise."""

    path: FieldPath
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Query:
    """A parsed query. `columns` is None for COUNT(); `entity` is what stands after FROM."""

    text: str
    columns: tuple[FieldPath, ...] | None
    entity: FieldPath
    where: Condition | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int


def parse(text: str) -> Query:
    """Return the syntax tree of a query; raise ApiError MALFORMED_QUERY."""
    if len(text) > MAXIMUM_LENGTH:
        message = f"SOQL statements cannot be longer than {MAXIMUM_LENGTH} characters."
        raise ApiError(400, "MALFORMED_QUERY", message)
    return _parse_cached(text)


def query_error(text: str, position: int, message: str, code: str) -> ApiError:
    """Return the error for something at a position of a query, with the excerpt and the caret.

    Salesforce quotes the query around the place, points at it and counts rows and columns from 1.
    """
    row = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    start = max(0, position - _CONTEXT)
    if start > 0:
        start = max(text.find(" ", start, position) + 1, start)
    excerpt = text[start : position + _CONTEXT].replace("\n", " ")
    caret = " " * (position - start) + "^"
    place = f"ERROR at Row:{row}:Column:{column}"
    return ApiError(400, code, f"\n{excerpt}\n{caret}\n{place}\n{message}")


@lru_cache(maxsize=512)
def _parse_cached(text: str) -> Query:
    """Parse, remembering the latest queries; a refusal is not remembered."""
    try:
        parsed: Query = _TreeBuilder(text).transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from None
    return parsed


@cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "soql.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="query", parser="lalr", maybe_placeholders=False)


def _syntax_error(text: str, error: UnexpectedInput) -> ApiError:
    """Return MALFORMED_QUERY, naming the token that was not expected."""
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if at_end:
        position = len(text)
        word = "<EOF>"
    else:
        position = int(getattr(error, "pos_in_stream", None) or 0)
        found = _WORD.search(text, position)
        word = found.group() if found else "<EOF>"
    if isinstance(error, UnexpectedCharacters) and word.startswith("'") and word.count("'") == 1:
        message = f"line {error.line}:{len(text)} mismatched character '<EOF>' expecting '''"
        return ApiError(400, "MALFORMED_QUERY", message)
    if not text.strip():
        return ApiError(400, "MALFORMED_QUERY", "unexpected token: '<EOF>'")
    return query_error(text, position, f"unexpected token: '{word}'", "MALFORMED_QUERY")


class _TreeBuilder(Transformer[Token, Any]):
    """Turns Lark's tree into the classes of this module."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def path(self, children: list[Token]) -> FieldPath:
        return FieldPath(str(children[0]), children[0].start_pos or 0)

    def literal(self, children: list[Token]) -> Literal:
        token = children[0]
        return Literal(token.type, str(token), token.start_pos or 0)

    def members(self, children: list[Literal]) -> tuple[Literal, ...]:
        return tuple(children)

    def compare(self, children: list[Any]) -> Comparison:
        path, operator, value = children
        name = str(operator).upper().replace("<>", "!=")
        return Comparison(path, name, (value,) if isinstance(value, Literal) else value)

    def compare_not_in(self, children: list[Any]) -> Comparison:
        return Comparison(children[0], "NOT IN", children[-1])

    def all_of(self, children: list[Any]) -> AllOf:
        return AllOf(tuple(child for child in children if not isinstance(child, Token)))

    def any_of(self, children: list[Any]) -> AnyOf:
        return AnyOf(tuple(child for child in children if not isinstance(child, Token)))

    def negation(self, children: list[Any]) -> Negation:
        return Negation(children[-1])

    def count(self, _children: list[Any]) -> None:
        return None

    def columns(self, children: list[FieldPath]) -> tuple[FieldPath, ...]:
        return tuple(children)

    def where_part(self, children: list[Any]) -> tuple[str, Any]:
        return "where", children[-1]

    def direction(self, children: list[Token]) -> tuple[str, bool]:
        return "descending", children[0].type == "DESC"

    def nulls(self, children: list[Token]) -> tuple[str, bool]:
        return "nulls_last", children[-1].type == "LAST"

    def ordering(self, children: list[Any]) -> Ordering:
        given = dict(children[1:])
        return Ordering(children[0], given.get("descending", False), given.get("nulls_last", False))

    def order_part(self, children: list[Any]) -> tuple[str, Any]:
        return "order", tuple(child for child in children if isinstance(child, Ordering))

    def limit_part(self, children: list[Token]) -> tuple[str, Any]:
        return "limit", int(children[-1])

    def offset_part(self, children: list[Token]) -> tuple[str, Any]:
        return "offset", int(children[-1])

    def query(self, children: list[Any]) -> Query:
        _select, columns, _from, entity = children[:4]
        given = dict(children[4:])
        return Query(
            text=self._text,
            columns=columns,
            entity=FieldPath(str(entity), entity.start_pos or 0),
            where=given.get("where"),
            order=given.get("order", ()),
            limit=given.get("limit"),
            offset=given.get("offset", 0),
        )
