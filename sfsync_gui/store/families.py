"""Telling people and companies apart in statements, in the words that indexes are made with."""

from sqlalchemy import ColumnElement, SQLColumnExpression, literal_column

from sfsync_gui.core.vocabulary import Family, PersonKind

_COMPANY_KINDS: list[ColumnElement[str]] = [
    literal_column(f"'{kind.value}'") for kind in PersonKind if kind.family is Family.COMPANIES
]


def are_companies(kind: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether a column of kinds says company or account.

    Written into the statement: only so is an index of companies alone seen to serve it.
    """
    return kind.in_(_COMPANY_KINDS)


def is_of(family: Family, kind: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether a column of kinds says one of this family."""
    found = are_companies(kind)
    return found if family is Family.COMPANIES else ~found
