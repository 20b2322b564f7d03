"""Questions about people of the directory, linked or not."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, tuple_

from sfsync_gui.core.search_words import is_found
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.store import codec
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON


def page(
    connection: Connection, query: PeopleQuery, after: PersonRow | None, limit: int
) -> list[PersonRow]:
    """The first people of the query by name, or those that come after the row `after`."""
    name, person_id = PERSON.c.search_name, PERSON.c.id
    statement = _people(query.side)
    if after is not None:
        place = (after.side.value, after.id)
        begin = select(name).where(tuple_(PERSON.c.side, person_id) == place).scalar_subquery()
        statement = statement.where(tuple_(name, person_id) > tuple_(begin, after.id))
    with closing(connection.execute(statement.order_by(name, person_id))) as rows:
        found = _found(map(_person, rows.mappings()), query)
        return list(islice(found, limit))


def carriers(connection: Connection, side: Side, key: str) -> list[PersonRow]:
    """Everybody of `side` who carries this key, by id."""
    statement = _people(side).where(PERSON.c.key == key)
    rows = connection.execute(statement).mappings()
    return sorted(map(_person, rows), key=lambda row: row.id)


def one(connection: Connection, side: Side, person_id: str) -> PersonRow | None:
    """The person, None where nobody has this id or the person is gone."""
    rows = connection.execute(_people(side).where(PERSON.c.id == person_id)).mappings()
    return next(map(_person, rows), None)


def _people(side: Side) -> Select[Any]:
    return (
        select(PERSON, IDENTITY_MAPPING.c.id.label("link_id"))
        .select_from(PERSON)
        .outerjoin(IDENTITY_MAPPING, IDENTITY_MAPPING.c[f"{side.value}_id"] == PERSON.c.id)
        .where(PERSON.c.side == side.value, ~PERSON.c.deleted, ~PERSON.c.converted)
    )


def _found(rows: Iterator[PersonRow], query: PeopleQuery) -> Iterator[PersonRow]:
    return (row for row in rows if is_found(query.search, (row.name, row.key), (row.id,)))


def _person(row: RowMapping) -> PersonRow:
    return PersonRow(
        side=codec.SIDES[row.side],
        id=row.id,
        kind=PersonKind(row.kind),
        name=row.name,
        key=row.key,
        modified_at=row.modified_at,
        link_id=row.link_id,
    )
