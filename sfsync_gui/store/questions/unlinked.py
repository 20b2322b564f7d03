"""Unlinked people about whom a person decides, with those who carry the same key."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, tuple_

from sfsync_gui.core.search_words import is_found
from sfsync_gui.core.vocabulary import Family, MatchOutcome, Side
from sfsync_gui.engine.questions import Candidate, UnlinkedPerson
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.families import is_of
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is asked for: those with this note, searched for by words, of one family."""

    note: MatchOutcome | None = None
    search: str = ""
    family: Family | None = None


def count(connection: Connection, wanted: Wanted) -> int:
    """How many people there are."""
    if not wanted.search.strip():
        statement = _noted(select(func.count()).select_from(PERSON), wanted)
        return connection.scalar(statement) or 0
    rows = connection.execute(_noted(select(PERSON.c.id, PERSON.c.name, PERSON.c.key), wanted))
    return sum(1 for _ in _found(rows.mappings(), wanted.search))


def page(
    connection: Connection,
    after: tuple[Side, str] | None,
    limit: int,
    wanted: Wanted,
) -> list[UnlinkedPerson]:
    """People with a note by side and id, those beyond `after`, with their candidates."""
    statement = _noted(select(PERSON), wanted)
    if after is not None:
        side, person_id = after
        statement = statement.where(tuple_(PERSON.c.side, PERSON.c.id) > (side.value, person_id))
    statement = statement.order_by(PERSON.c.side, PERSON.c.id)
    if not wanted.search.strip():
        statement = statement.limit(limit)
    with closing(connection.execute(statement)) as rows:
        people = list(islice(_found(rows.mappings(), wanted.search), limit))
    candidates = {
        side: _candidates(connection, side, (one.key for one in people if one.side != side.value))
        for side in Side
    }
    return [_person(one, candidates[codec.SIDES[one.side].other]) for one in people]


def _found(rows: Iterable[RowMapping], search: str) -> Iterator[RowMapping]:
    """Those who are searched for: few have a note, so they are looked at one by one."""
    return (row for row in rows if is_found(search, (row["name"], row["key"]), (row["id"],)))


def _noted(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    note = PERSON.c.note
    statement = statement.where(
        note.is_not(None) if wanted.note is None else note == wanted.note.value
    )
    if wanted.family is None:
        return statement
    return statement.where(is_of(wanted.family, PERSON.c.kind))


def _person(row: RowMapping, candidates: dict[str, list[Candidate]]) -> UnlinkedPerson:
    family = codec.KINDS[row.kind].family
    same_key = candidates.get(row.key or "", ())
    return UnlinkedPerson(
        side=codec.SIDES[row.side],
        id=row.id,
        kind=codec.KINDS[row.kind],
        name=row.name,
        key=row.key,
        note=codec.OUTCOMES[row.note],
        candidates=tuple(one for one in same_key if one.kind.family is family),
    )


def _candidates(
    connection: Connection, side: Side, keys: Iterable[str | None]
) -> dict[str, list[Candidate]]:
    """Who of `side` carries each key, without the deleted and converted, in order of their ids."""
    statement = (
        select(PERSON, IDENTITY_MAPPING.c.id.label("link_id"))
        .select_from(PERSON)
        .outerjoin(IDENTITY_MAPPING, IDENTITY_MAPPING.c[f"{side.value}_id"] == PERSON.c.id)
        .where(PERSON.c.side == side.value, ~PERSON.c.deleted, ~PERSON.c.converted)
    )
    found: dict[str, list[Candidate]] = {}
    for some in chunks(dict.fromkeys(key for key in keys if key is not None)):
        for row in connection.execute(statement.where(PERSON.c.key.in_(some))).mappings():
            candidate = Candidate(
                codec.KINDS[row.kind], row.id, row.name, row.modified_at, row.link_id
            )
            found.setdefault(row.key, []).append(candidate)
    for candidates in found.values():
        # Not in SQL: to have the order for free, SQLite would read everybody.
        candidates.sort(key=lambda candidate: candidate.id)
    return found
