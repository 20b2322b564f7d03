"""Questions about open errors. They are never so many that a list of them needs more than order."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.search_words import typed_words
from sfsync_gui.core.vocabulary import Family, PersonKind, Side
from sfsync_gui.engine.questions import ErrorCause, ErrorGroup, ErrorQuery
from sfsync_gui.store import codec
from sfsync_gui.store.families import is_of
from sfsync_gui.store.listing import ALL_CLEAR
from sfsync_gui.store.questions import lists
from sfsync_gui.store.tables import PERSON, SETTING, SYNC_ERROR

_CAUSE = (SYNC_ERROR.c.code, SYNC_ERROR.c.side, SYNC_ERROR.c.row_id, SYNC_ERROR.c.field)


def page(
    connection: Connection, query: ErrorQuery, after: SyncError | None, limit: int
) -> list[SyncError]:
    """The newest errors of the query, or those that come after `after`."""
    statement = select(SYNC_ERROR).where(*_conditions(query))
    if after is not None:
        statement = statement.where(SYNC_ERROR.c.id < after.id)
    rows = connection.execute(statement.order_by(SYNC_ERROR.c.id.desc()).limit(limit))
    return [codec.error_of(row) for row in rows.mappings()]


def matching(connection: Connection, query: ErrorQuery, up_to: int) -> int:
    """How many errors the query finds; `up_to` where they are as many or more."""
    found = select(SYNC_ERROR.c.id).where(*_conditions(query)).limit(up_to).subquery()
    return connection.scalar(select(func.count()).select_from(found)) or 0


def groups(connection: Connection, query: ErrorQuery) -> list[ErrorGroup]:
    """The errors of the query by cause, most numerous first."""
    person = func.coalesce(SYNC_ERROR.c.intercom_id, SYNC_ERROR.c.salesforce_id)
    statement = (
        select(
            *_CAUSE,
            func.count().label("errors"),
            func.count(person.distinct()).label("people"),
            func.min(SYNC_ERROR.c.first_at).label("oldest_at"),
            func.max(SYNC_ERROR.c.last_at).label("newest_at"),
            func.max(SYNC_ERROR.c.id).label("newest"),
        )
        .where(*_conditions(query))
        .group_by(*_CAUSE)
    )
    rows = connection.execute(statement).all()
    newest = select(SYNC_ERROR).where(SYNC_ERROR.c.id.in_([row.newest for row in rows]))
    samples = {row["id"]: codec.error_of(row) for row in connection.execute(newest).mappings()}
    found = [
        ErrorGroup(
            cause=ErrorCause(row.code, codec.SIDES[row.side], row.row_id, row.field),
            count=row.errors,
            people=row.people,
            oldest_at=row.oldest_at,
            newest_at=row.newest_at,
            sample=samples[row.newest],
        )
        for row in rows
    ]
    return sorted(found, key=lambda group: (-group.count, -group.sample.id))


def all_clear_since(connection: Connection) -> float:
    """When the last open error closed or was dismissed (unix seconds); 0 where none ever."""
    text = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == ALL_CLEAR))
    return 0.0 if text is None else float(codec.decode(text)["value"])


def count(*, dismissed: bool) -> Select[Any]:
    """How many open errors were dismissed, or were not."""
    return select(func.count()).select_from(SYNC_ERROR).where(SYNC_ERROR.c.dismissed.is_(dismissed))


def _conditions(query: ErrorQuery) -> list[ColumnElement[bool]]:
    error = SYNC_ERROR.c
    conditions = [
        error.dismissed.is_(query.dismissed),
        *lists.carrying(error.words, typed_words(query.search)),
    ]
    if query.retrying:
        conditions.append(error.holds.is_(False))
    if query.to_side is not None:
        conditions.append(error.side == query.to_side.value)
    if query.family is not None:
        conditions.append(_is_of_family(query.family))
    if query.kind is not None:
        conditions.append(_is_of_kind(query.kind))
    if query.cause is not None:
        conditions += _has_cause(query.cause)
    if query.since is not None:
        conditions.append(error.first_at >= query.since)
    if query.until is not None:
        conditions.append(error.first_at < query.until)
    if query.link_id is not None:
        conditions.append(error.link_id == query.link_id)
    if query.person is not None:
        side, person_id = query.person
        conditions.append(error[f"{side.value}_id"] == person_id)
    return conditions


def _has_cause(cause: ErrorCause) -> list[ColumnElement[bool]]:
    values = (cause.code, cause.side.value, cause.row_id, cause.field)
    return [
        column.is_(None) if value is None else column == value
        for column, value in zip(_CAUSE, values, strict=True)
    ]


def _is_of_family(family: Family) -> ColumnElement[bool]:
    are_companies = is_of(Family.COMPANIES, func.coalesce(SYNC_ERROR.c.salesforce_kind, ""))
    return are_companies if family is Family.COMPANIES else ~are_companies


def _is_of_kind(kind: PersonKind) -> ColumnElement[bool]:
    if kind.side is Side.SALESFORCE:
        return SYNC_ERROR.c.salesforce_kind == kind.value
    role = select(PERSON.c.kind).where(
        PERSON.c.side == Side.INTERCOM.value, PERSON.c.id == SYNC_ERROR.c.intercom_id
    )
    return role.scalar_subquery() == kind.value
