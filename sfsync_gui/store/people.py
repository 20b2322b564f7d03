"""The directory of all people, and the pairs that are kept apart."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
)

from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import Family, Side, Trigger
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.dialects import is_listed, upsert
from sfsync_gui.store.families import is_of
from sfsync_gui.store.listing import Touched
from sfsync_gui.store.tables import IDENTITY_MAPPING, KEPT_APART, PERSON

# Built once: building a statement takes longer than running it.
_ON_SIDE = select(PERSON).where(PERSON.c.side == bindparam("side"))
_BY_ID = _ON_SIDE.where(PERSON.c.id == bindparam("id"))
_BY_IDS = _ON_SIDE.where(PERSON.c.id.in_(bindparam("ids", expanding=True)))
_BY_KEYS = _ON_SIDE.where(PERSON.c.key.in_(bindparam("keys", expanding=True)), ~PERSON.c.deleted)
_TURN = (PERSON.c.modified_at, PERSON.c.side, PERSON.c.id)
_DUE = (
    select(PERSON)
    .where(
        PERSON.c.due == bindparam("trigger"),
        tuple_(*_TURN) > tuple_(bindparam("at"), bindparam("side"), bindparam("id")),
    )
    .order_by(*_TURN)
    .limit(bindparam("most"))
)
_ANYONE_DUE = select(PERSON.c.id).where(PERSON.c.due.is_not(None)).limit(1)


def _digests_on(side: Side) -> Select[Any]:
    link = IDENTITY_MAPPING.c
    link_agrees = and_(
        link[f"{side.value}_digest"] == PERSON.c.digest,
        or_(link.by_hand, link[f"{side.value}_key"] == PERSON.c.key),
        ~PERSON.c.deleted,
        ~PERSON.c.converted,
    )
    return (
        select(PERSON.c.id, PERSON.c.digest)
        .outerjoin(IDENTITY_MAPPING, link[f"{side.value}_id"] == PERSON.c.id)
        .where(
            PERSON.c.side == side.value,
            is_listed(PERSON.c.id, "ids"),
            PERSON.c.digest.is_not(None),
            or_(link.id.is_(None), link_agrees),
        )
    )


_DIGESTS = {side: _digests_on(side) for side in Side}


class SqlDirectory:
    """Implements `engine.storage.Directory`."""

    def __init__(self, connection: Connection, touched: Touched) -> None:
        self._connection = connection
        self._touched = touched

    def get(self, side: Side, person_id: str) -> Person | None:
        """The person, None where unknown."""
        found = self._read(_BY_ID, side=side.value, id=person_id)
        return found[0] if found else None

    def get_many(self, side: Side, person_ids: Iterable[str]) -> dict[str, Person]:
        """The known ones of these people, by id."""
        found: dict[str, Person] = {}
        for ids in chunks(person_ids):
            for person in self._read(_BY_IDS, side=side.value, ids=ids):
                found[person.id] = person
        return found

    def digests(self, side: Side, person_ids: Iterable[str]) -> dict[str, int]:
        """The digests of the last readings of these people, where the same again is no news.

        Absent are those whose link has to change: it rests on another reading or another key, or
        the record is deleted or converted.
        """
        rows = self._connection.execute(_DIGESTS[side], {"ids": list(person_ids)})
        return {row[0]: row[1] for row in rows.all()}

    def put(self, people: Iterable[Person]) -> None:
        """Insert or replace."""
        rows = [codec.person_row(person) for person in people]
        if rows:
            self._connection.execute(upsert(self._connection.dialect.name, PERSON), rows)
            for row in rows:
                self._touched.people[row["side"]].add(row["id"])

    def with_keys(self, side: Side, keys: Iterable[str]) -> dict[str, list[Person]]:
        """Everyone of `side` who carries one of these normalised keys, deleted ones left out.

        Keys that nobody carries are absent; people of one key come in order of their ids.
        """
        found: dict[str, list[Person]] = {}
        for some in chunks(keys):
            for person in self._read(_BY_KEYS, side=side.value, keys=some):
                found.setdefault(person.key or "", []).append(person)
        for people in found.values():
            people.sort(key=lambda person: person.id)
        return found

    def due(
        self, triggers: Sequence[Trigger], limit: int, after: Person | None = None
    ) -> list[Person]:
        """People whose `due` is one of the triggers, oldest modification first, beyond `after`."""
        found: list[Person] = []
        at, side, person_id = (-1, "", "") if after is None else _turn(after)
        # One query a trigger: each is read off the index in order, and ends at the limit.
        for trigger in dict.fromkeys(triggers):
            where = {"trigger": trigger.value, "at": at, "side": side, "id": person_id}
            found += self._read(_DUE, most=limit, **where)
        found.sort(key=_turn)
        return found[:limit]

    def is_anyone_due(self) -> bool:
        """Whether any person waits for a trigger to be acted upon."""
        return self._connection.scalar(_ANYONE_DUE) is not None

    def ids_after(
        self, side: Side, after: str, limit: int, family: Family = Family.PEOPLE
    ) -> list[str]:
        """Ids of those of a family not deleted in id order, those greater than `after`."""
        # Of companies as an expression: the index of all ids would go through people in vain.
        after_id = PERSON.c.id if family is Family.PEOPLE else PERSON.c.id.op("||")("")
        statement = (
            select(PERSON.c.id)
            .where(_on(side), after_id > after, ~PERSON.c.deleted, is_of(family, PERSON.c.kind))
            .order_by(after_id)
            .limit(limit)
        )
        return list(self._connection.scalars(statement))

    def count(self, side: Side) -> int:
        """How many people of `side` are known and not deleted."""
        statement = select(func.count()).select_from(PERSON).where(_on(side), ~PERSON.c.deleted)
        return self._connection.scalar(statement) or 0

    def _read(self, statement: Select[Any], **parameters: object) -> list[Person]:
        rows = self._connection.execute(statement, parameters)
        return [codec.person_of(row) for row in rows]


def _apart_on(side: Side) -> Select[Any]:
    listed = _column(side).in_(bindparam("ids", expanding=True))
    return select(_column(side), _column(side.other)).where(listed)


class SqlKeptApart:
    """Implements `engine.storage.KeptApart`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, intercom_id: str, salesforce_id: str, keys: tuple[str | None, str | None]
    ) -> None:
        """Keep the pair apart while both still carry these keys."""
        row = {
            "intercom_id": intercom_id,
            "salesforce_id": salesforce_id,
            "intercom_key": keys[0],
            "salesforce_key": keys[1],
        }
        self._connection.execute(upsert(self._connection.dialect.name, KEPT_APART), row)

    def remove(self, intercom_id: str, salesforce_id: str) -> None:
        """Allow the pair again."""
        self._connection.execute(
            delete(KEPT_APART).where(
                KEPT_APART.c.intercom_id == intercom_id,
                KEPT_APART.c.salesforce_id == salesforce_id,
            )
        )

    def release(self, side: Side, person_id: str, key: str | None) -> None:
        """Allow the pairs of this person again for which it carried another key."""
        kept = KEPT_APART.c[f"{side.value}_key"]
        self._connection.execute(
            delete(KEPT_APART).where(_column(side) == person_id, kept.is_distinct_from(key))
        )

    def partners(self, side: Side, person_id: str) -> frozenset[str]:
        """Ids on the other side with which this person is kept apart."""
        statement = select(_column(side.other)).where(_column(side) == person_id)
        return frozenset(self._connection.scalars(statement))

    def among(self, side: Side, person_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """The `partners` of those of these people who have any, by their ids."""
        found: dict[str, frozenset[str]] = {}
        for ids in chunks(person_ids):
            for person_id, partner_id in self._connection.execute(_APART[side], {"ids": ids}):
                found[person_id] = found.get(person_id, frozenset()) | {partner_id}
        return found


def _turn(person: Person) -> tuple[int, str, str]:
    """By what those who are due are ordered."""
    return person.modified_at, person.side.value, person.id


def _on(side: Side) -> ColumnElement[bool]:
    return PERSON.c.side == side.value


def _column(side: Side) -> ColumnElement[Any]:
    return KEPT_APART.c[f"{side.value}_id"]


_APART = {side: _apart_on(side) for side in Side}
