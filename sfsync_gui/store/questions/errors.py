"""Questions about open errors."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.search_words import is_found
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import ErrorCause, ErrorGroup, ErrorQuery
from sfsync_gui.store import codec
from sfsync_gui.store.tables import PERSON, SETTING, SYNC_ERROR

ALL_CLEAR = "mark:all_clear"
"""The setting that holds when the last open error closed."""


def page(
    connection: Connection, query: ErrorQuery, after: SyncError | None, limit: int
) -> list[SyncError]:
    """The newest errors of the query, or those that come after `after`."""
    found = _matching(connection, query)
    if after is not None:
        found = [error for error in found if error.id < after.id]
    return found[:limit]


def matching(connection: Connection, query: ErrorQuery, up_to: int) -> int:
    """How many errors the query finds; `up_to` where they are as many or more."""
    return min(len(_matching(connection, query)), up_to)


def groups(connection: Connection, query: ErrorQuery) -> list[ErrorGroup]:
    """The errors of the query by cause, most numerous first."""
    by_cause: dict[ErrorCause, list[SyncError]] = {}
    for error in _matching(connection, query):
        cause = ErrorCause(error.code, error.side, error.row_id, error.field)
        by_cause.setdefault(cause, []).append(error)
    found = [
        ErrorGroup(
            cause=cause,
            count=len(errors),
            people=len({error.intercom_id or error.salesforce_id for error in errors}),
            oldest_at=min(error.first_at for error in errors),
            newest_at=max(error.last_at for error in errors),
            sample=errors[0],
        )
        for cause, errors in by_cause.items()
    ]
    return sorted(found, key=lambda group: (-group.count, -group.sample.id))


def all_clear_since(connection: Connection) -> float:
    """When the last open error closed or was dismissed (unix seconds); 0 where none ever."""
    text = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == ALL_CLEAR))
    return 0.0 if text is None else float(codec.decode(text)["value"])


def count(*, dismissed: bool) -> Select[Any]:
    """How many open errors were dismissed, or were not."""
    return select(func.count()).select_from(SYNC_ERROR).where(SYNC_ERROR.c.dismissed.is_(dismissed))


def _matching(connection: Connection, query: ErrorQuery) -> list[SyncError]:
    statement = (
        select(SYNC_ERROR, PERSON.c.kind.label("role"), PERSON.c.key.label("person_key"))
        .outerjoin(
            PERSON,
            (PERSON.c.side == Side.INTERCOM.value) & (PERSON.c.id == SYNC_ERROR.c.intercom_id),
        )
        .order_by(SYNC_ERROR.c.id.desc())
    )
    found = []
    for row in connection.execute(statement).mappings():
        fields = dict(row)
        role, key = fields.pop("role"), fields.pop("person_key")
        error = codec.error_of(fields)
        if _wanted(error, role, key, query):
            found.append(error)
    return found


def _wanted(error: SyncError, role: str | None, key: str | None, query: ErrorQuery) -> bool:
    kinds = (error.salesforce_kind, None if role is None else PersonKind(role))
    cause = ErrorCause(error.code, error.side, error.row_id, error.field)
    ids = tuple(one for one in (error.intercom_id, error.salesforce_id) if one)
    return (
        error.dismissed is query.dismissed
        and not (query.retrying and error.holds)
        and query.to_side in (None, error.side)
        and (query.kind is None or query.kind in kinds)
        and query.cause in (None, cause)
        and (query.since is None or error.first_at >= query.since)
        and (query.until is None or error.first_at < query.until)
        and query.link_id in (None, error.link_id)
        and (query.person is None or error.about(query.person[0]) == query.person[1])
        and is_found(query.search, (error.person_name, key), ids)
    )
