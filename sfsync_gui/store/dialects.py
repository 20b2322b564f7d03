"""What differs between SQLite and PostgreSQL, all in one place: types, upserts, keywords.

The rest of the package writes portable SQLAlchemy and asks here.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Insert, Integer, Table, Text, bindparam, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; on SQLite spelled INTEGER, as its row ids require (they have 64 bits as well)."""

_ESCAPE = "\x1a"
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def _escape_character(match: re.Match[str]) -> str:
    return f"{_ESCAPE}{ord(match.group()):04x}"


def _unescape_character(match: re.Match[str]) -> str:
    return chr(int(match.group(1), 16))


def escape(text: str) -> str:
    """The text without what a database refuses: NUL (PostgreSQL) and lone surrogates (both).

    Both come through JSON answers. Each becomes U+001A and four hex digits, so nothing is lost.
    """
    return _UNSTORABLE.sub(_escape_character, text)


def unescape(text: str) -> str:
    """The opposite of `escape`."""
    if _ESCAPE not in text:
        return text
    return _ESCAPED.sub(_unescape_character, text)


class EscapedText(TypeDecorator[str]):
    """Text of any content, compared and ordered by code point on every database."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """On PostgreSQL the order of the C locale, which keyset paging relies on."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Text(collation="C"))
        return dialect.type_descriptor(Text())

    # Not `process_bind_param` and its like: those would be three calls for each value.
    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Escape on the way in."""
        return _escaped

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], str | None]:
        """Unescape on the way out."""
        return _unescaped


def _escaped(value: str | None) -> str | None:
    return None if value is None else escape(value)


def _unescaped(value: str | None) -> str | None:
    return value if value is None or _ESCAPE not in value else unescape(value)


class _TextList(TypeDecorator[list[str]]):
    """Texts as one parameter: a JSON list, each escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """The list as it travels."""
        return json.dumps([escape(text) for text in value or ()])


class _Texts(FunctionElement[str]):
    """The rows that a list of texts stands for."""

    name = "texts"
    inherit_cache = True


@compiles(_Texts, "sqlite")
def _json_each(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:
    listed = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({listed}))"  # noqa: S608 - a parameter's place


@compiles(_Texts, "postgresql")
def _json_elements(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:
    listed = compiler.process(element.clauses, **options)
    return f"(SELECT json_array_elements_text(CAST({listed} AS JSON)))"


def is_listed(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column of texts holds one of those in the parameter `name`, a list of any length.

    For lists that are asked for often: a parameter for each of the texts, as `in_` makes it, takes
    more time than finding their rows.
    """
    listed = _Texts(bindparam(name, type_=_TextList()))
    return column.bool_op("IN")(listed)


def partial_index(condition: ColumnElement[Any]) -> dict[str, Any]:
    """Keywords of an `Index` that holds only the rows for which `condition` is true."""
    return {"sqlite_where": condition}


@compiles(CreateIndex, "postgresql")
def _create_index(create: CreateIndex, compiler: DDLCompiler, **options: Any) -> str:
    """The condition that was given for SQLite.

    It is handed on only here: to name it among the keywords of an index would load PostgreSQL's
    dialect into every program, 2 MB.
    """
    given = create.element.dialect_options
    given["postgresql"]["where"] = given["sqlite"]["where"]
    statement: str = compiler.visit_create_index(create, **options)  # type: ignore[no-untyped-call]
    return statement


class PlaceOf(FunctionElement[int]):
    """Where in a text another one begins, counted from 1; 0 where it is not in there.

    Unlike LIKE it compares exactly, and no character has a meaning of its own.
    """

    name = "place_of"
    inherit_cache = True
    type = Integer()


@compiles(PlaceOf, "sqlite")
def _instr(element: PlaceOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(PlaceOf, "postgresql")
def _strpos(element: PlaceOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@lru_cache(maxsize=64)
def upsert(dialect: str, table: Table) -> Insert:
    """Insert rows, or replace those with the same primary key where they differ.

    A row that is the same already is left alone, so that nothing is written to disk.
    """
    statement, excluded = _conflict_insert(dialect, table)
    key = {column.name for column in table.primary_key}
    rest = [column.name for column in table.columns if column.name not in key]
    if not rest:
        nothing: Insert = statement.on_conflict_do_nothing()
        return nothing
    differs = or_(*(table.c[name].is_distinct_from(excluded[name]) for name in rest))
    changes = {name: excluded[name] for name in rest}
    conflict: Insert = statement.on_conflict_do_update(
        index_elements=sorted(key), set_=changes, where=differs
    )
    return conflict


@lru_cache(maxsize=8)
def insert_if_free(dialect: str, table: Table) -> ReturningInsert[Any]:
    """Insert one row and return its `id`; nothing where a unique column's value is taken."""
    statement, _ = _conflict_insert(dialect, table)
    free: ReturningInsert[Any] = statement.on_conflict_do_nothing().returning(table.c.id)
    return free


@lru_cache(maxsize=8)
def upsert_sum(dialect: str, table: Table, column: str) -> Insert:
    """Insert rows, or add `column` to the row with the same primary key."""
    statement, excluded = _conflict_insert(dialect, table)
    total: Insert = statement.on_conflict_do_update(
        index_elements=[key.name for key in table.primary_key],
        set_={column: table.c[column] + excluded[column]},
    )
    return total


def _conflict_insert(dialect: str, table: Table) -> tuple[Any, Any]:
    # Imported when needed: loading both dialects costs as much as opening the database.
    statement: Any
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(table)
    return statement, statement.excluded
