"""Questions that are answered with a few numbers."""

from sqlalchemy import Connection, func, select

from sfsync_gui.core.vocabulary import WRITES, PersonKind, Side
from sfsync_gui.engine.questions import CallsRow, ChangesRow
from sfsync_gui.store import codec
from sfsync_gui.store.tables import API_USAGE, HISTORY, PERSON


def people(connection: Connection) -> dict[tuple[Side, PersonKind], int]:
    """How many people are known and not deleted, by side and kind."""
    statement = (
        select(PERSON.c.side, PERSON.c.kind, func.count())
        .where(~PERSON.c.deleted)
        .group_by(PERSON.c.side, PERSON.c.kind)
    )
    return {
        (codec.SIDES[side], codec.KINDS[kind]): count
        for side, kind, count in connection.execute(statement)
    }


def calls(connection: Connection, since_hour: int) -> list[CallsRow]:
    """Own API calls by hour, since that hour (it included)."""
    statement = select(API_USAGE).where(API_USAGE.c.hour >= since_hour)
    order = (API_USAGE.c.hour, API_USAGE.c.side, API_USAGE.c.purpose)
    return [
        CallsRow(row.hour, codec.SIDES[row.side], row.purpose, row.calls)
        for row in connection.execute(statement.order_by(*order))
    ]


def changes_by_hour(connection: Connection, since_hour: int) -> list[ChangesRow]:
    """Values written by hour and side, since that hour (it included)."""
    hour = HISTORY.c.at.op("/")(3600)  # whole hours: both are integers
    statement = (
        select(hour.label("hour"), HISTORY.c.side, func.count().label("changes"))
        .where(
            HISTORY.c.at >= since_hour * 3600, HISTORY.c.kind.in_([kind.value for kind in WRITES])
        )
        .group_by(hour, HISTORY.c.side)
    )
    return [
        ChangesRow(row.hour, codec.SIDES[row.side], row.changes)
        for row in connection.execute(statement.order_by(hour))
    ]
