"""Questions about people of the directory, linked or not.

A search looks for its longest word in the names, in the index by which they are sorted, and among
keys and Ids; what is found so is looked at in full.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    literal,
    or_,
    select,
    tuple_,
)

from sfsync_gui.core.search_words import fold, is_found, typed_words
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.store import codec
from sfsync_gui.store.dialects import PlaceOf
from sfsync_gui.store.families import is_of
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON

_ID_BEGINS = 12
"""From so many characters on, people are found by how their Id begins: all of an object's Ids in
one org begin alike, so that a shorter beginning tells nothing."""

_BEFORE_WORDS = (" ", "-", "'", ".")
_LAST_CHARACTER = "\U0010ffff"


def page(
    connection: Connection, query: PeopleQuery, after: PersonRow | None, limit: int
) -> list[PersonRow]:
    """The first people of the query by name, or those that come after the row `after`."""
    people = _people(query.side, query.family)
    statement = _beyond(people, after).order_by(PERSON.c.search_name, PERSON.c.id)
    found: dict[str, RowMapping] = {}
    for condition in _conditions(query.search):
        with closing(connection.execute(statement.where(condition))) as rows:
            for row in islice(_found(rows.mappings(), query.search), limit):
                found[row["id"]] = row
    ordered = sorted(found.values(), key=lambda row: (row["search_name"], row["id"]))
    return [_person(row) for row in ordered[:limit]]


def carriers(connection: Connection, side: Side, key: str, family: Family) -> list[PersonRow]:
    """Everybody of a family on `side` who carries this key, by id."""
    statement = _people(side, family).where(PERSON.c.key == key)
    rows = connection.execute(statement).mappings()
    return sorted(map(_person, rows), key=lambda row: row.id)


def one(connection: Connection, side: Side, person_id: str) -> PersonRow | None:
    """The person, None where nobody has this id or the person is gone."""
    rows = connection.execute(_people(side).where(PERSON.c.id == person_id)).mappings()
    return next(map(_person, rows), None)


def _people(side: Side, family: Family | None = None) -> Select[Any]:
    statement = (
        select(PERSON, IDENTITY_MAPPING.c.id.label("link_id"))
        .select_from(PERSON)
        .outerjoin(IDENTITY_MAPPING, IDENTITY_MAPPING.c[f"{side.value}_id"] == PERSON.c.id)
        .where(PERSON.c.side == side.value, ~PERSON.c.deleted, ~PERSON.c.converted)
    )
    return statement if family is None else statement.where(is_of(family, PERSON.c.kind))


def _beyond(statement: Select[Any], after: PersonRow | None) -> Select[Any]:
    if after is None:
        return statement
    place = (after.side.value, after.id)
    name = select(PERSON.c.search_name).where(tuple_(PERSON.c.side, PERSON.c.id) == place)
    begin = tuple_(name.scalar_subquery(), after.id)
    return statement.where(tuple_(PERSON.c.search_name, PERSON.c.id) > begin)


def _conditions(search: str) -> list[ColumnElement[bool]]:
    """What each finds some, and all together find everybody, who carry every typed word.

    The longest word is looked for in the index of names, in that of keys, and among Ids.
    """
    typed = sorted(typed_words(search), key=lambda one: -len(one.word))
    if not typed:
        return [literal(True)]
    written = {one.word: _written(one.word, search) for one in typed}
    others = [or_(_in_name(one.word), _in_key(written[one.word])) for one in typed[1:]]
    longest = typed[0]
    found = [_in_name(longest.word), *(_in_key([text]) for text in written[longest.word])]
    conditions = [and_(one, *others) for one in found]
    if longest.id is not None:
        conditions.append(_has_id(longest.id))
    return conditions


def _written(word: str, search: str) -> list[str]:
    """A word as keys may have it: e-mail addresses are folded, other keys are as they are."""
    return sorted({word, *(part for part in search.split() if word in fold(part))})


def _in_name(word: str) -> ColumnElement[bool]:
    """Whether a word of the name begins so; told from the index of names alone."""
    name = PERSON.c.search_name
    inner = [PlaceOf(name, literal(f"{mark}{word}", name.type)) > 0 for mark in _BEFORE_WORDS]
    return and_(PlaceOf(name, literal(word, name.type)) > 0, or_(_begins(name, word), *inner))


def _in_key(written: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(_begins(PERSON.c.key, text) for text in written))


def _has_id(typed: str) -> ColumnElement[bool]:
    same = PERSON.c.id == typed
    return or_(same, _begins(PERSON.c.id, typed)) if len(typed) >= _ID_BEGINS else same


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + _LAST_CHARACTER)


def _found(rows: Iterator[RowMapping], search: str) -> Iterator[RowMapping]:
    return (row for row in rows if is_found(search, (row["name"], row["key"]), (row["id"],)))


def _person(row: RowMapping) -> PersonRow:
    return PersonRow(
        side=codec.SIDES[row.side],
        id=row.id,
        kind=codec.KINDS[row.kind],
        name=row.name,
        key=row.key,
        modified_at=row.modified_at,
        link_id=row.link_id,
    )
