"""What differs between SQLite and PostgreSQL, all in one place: types, upserts, keywords.

The rest of the package writes portable SQLAlchemy and asks here.
"""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Insert, Integer, Table, Text, or_
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

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape on the way in."""
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Unescape on the way out."""
        return None if value is None else unescape(value)


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
