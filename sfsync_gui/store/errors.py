"""The open sync errors."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, or_, select, update

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.listing import Touched
from sfsync_gui.store.tables import SYNC_ERROR

# Built once: building a statement takes longer than running it.
_OF_LINKS = (
    select(SYNC_ERROR)
    .where(SYNC_ERROR.c.link_id.in_(bindparam("ids", expanding=True)))
    .order_by(SYNC_ERROR.c.id)
)
_LINKS_OF = select(SYNC_ERROR.c.link_id).where(
    SYNC_ERROR.c.id.in_(bindparam("ids", expanding=True))
)
_CLOSE = delete(SYNC_ERROR).where(SYNC_ERROR.c.id.in_(bindparam("ids", expanding=True)))
_CLOSE_PERSON = {
    side: delete(SYNC_ERROR).where(
        SYNC_ERROR.c[f"{side.value}_id"] == bindparam("id"), SYNC_ERROR.c.link_id.is_(None)
    )
    for side in Side
}
_NO_TASK = SYNC_ERROR.c.creation_id.is_(None)
_TRIED_OF_PEOPLE = select(SYNC_ERROR).where(
    SYNC_ERROR.c.holds.is_(False), SYNC_ERROR.c.link_id.is_(None), _NO_TASK
)


class SqlErrors:
    """Implements `engine.storage.Errors`."""

    def __init__(self, connection: Connection, touched: Touched) -> None:
        self._connection = connection
        self._touched = touched

    def put(self, error: SyncError) -> SyncError:
        """Insert, or replace the open error of the same (link or person, row, side).

        The replaced one's id and `first_at` are kept; everything else is as given. An id in
        `error` is not looked at: what the error is about tells which one it is.
        """
        stored = self._connection.execute(
            select(SYNC_ERROR.c.id, SYNC_ERROR.c.first_at).where(
                SYNC_ERROR.c.identity == codec.error_identity(error)
            )
        ).one_or_none()
        if stored is None:
            inserted = self._connection.execute(insert(SYNC_ERROR), codec.error_row(error))
            key = inserted.inserted_primary_key
            error = replace(error, id=key[0] if key else 0)
            self._touch(error)
            return error
        error = replace(error, id=stored.id, first_at=stored.first_at)
        row = codec.error_row(error)
        differs = or_(*(SYNC_ERROR.c[name].is_distinct_from(value) for name, value in row.items()))
        self._connection.execute(
            update(SYNC_ERROR).where(SYNC_ERROR.c.id == error.id, differs).values(row)
        )
        self._touch(error)
        return error

    def amend(self, error: SyncError) -> None:
        """Change what was decided about an open error (by its id); a closed one stays closed."""
        self._connection.execute(
            update(SYNC_ERROR).where(SYNC_ERROR.c.id == error.id).values(codec.error_row(error))
        )
        self._touch(error)

    def of_links(self, link_ids: Iterable[int]) -> dict[int, list[SyncError]]:
        """Open errors by link, in order of their ids."""
        found: dict[int, list[SyncError]] = {}
        for ids in chunks(link_ids):
            for error in self._read(_OF_LINKS, ids=ids):
                found.setdefault(error.link_id or 0, []).append(error)
        return found

    def get(self, error_id: int) -> SyncError | None:
        """The error, None where it is closed."""
        found = self._read(select(SYNC_ERROR).where(SYNC_ERROR.c.id == error_id))
        return found[0] if found else None

    def close(self, error_ids: Iterable[int]) -> int:
        """Remove errors that no longer hold; returns how many were open."""
        closed = 0
        for ids in chunks(error_ids):
            links = self._connection.scalars(_LINKS_OF, {"ids": ids})
            self._touched.flags.update(link_id for link_id in links if link_id is not None)
            closed += self._connection.execute(_CLOSE, {"ids": ids}).rowcount
        self._touched.closes_errors |= closed > 0
        return closed

    def close_person(self, side: Side, person_id: str, *, tasks: bool = False) -> int:
        """Remove the errors of a person that belong to no link; returns how many there were.

        Those of `tasks` that could not be created stay, unless they are to go as well.
        """
        statement = _CLOSE_PERSON[side] if tasks else _CLOSE_PERSON[side].where(_NO_TASK)
        closed = self._connection.execute(statement, {"id": person_id}).rowcount
        self._touched.closes_errors |= closed > 0
        return closed

    def all(self, after: int = 0, limit: int = 1000) -> list[SyncError]:
        """Open errors by id, those with an id greater than `after`."""
        statement = select(SYNC_ERROR).where(SYNC_ERROR.c.id > after)
        return self._read(statement.order_by(SYNC_ERROR.c.id).limit(limit))

    def retry_due(self, before: float, limit: int) -> list[SyncError]:
        """Errors whose last attempt was before this unix time, longest ago first."""
        statement = select(SYNC_ERROR).where(SYNC_ERROR.c.last_at < before)
        return self._read(statement.order_by(SYNC_ERROR.c.last_at, SYNC_ERROR.c.id).limit(limit))

    def same(self, error: SyncError) -> SyncError | None:
        """The open error about the same: link or people, row and side; None where there is none."""
        about = SYNC_ERROR.c.identity == codec.error_identity(error)
        found = self._read(select(SYNC_ERROR).where(about))
        return found[0] if found else None

    def of_contact(self, intercom_id: str) -> list[SyncError]:
        """Open errors of an Intercom person, in order of their ids."""
        whose = SYNC_ERROR.c.intercom_id == intercom_id
        return self._read(select(SYNC_ERROR).where(whose).order_by(SYNC_ERROR.c.id))

    def tried_of_people(self) -> list[SyncError]:
        """Errors that are being tried again and belong to no link and to no creation."""
        return self._read(_TRIED_OF_PEOPLE)

    def _touch(self, error: SyncError) -> None:
        self._touched.errors.add(error.id)
        self._touched.closes_errors |= error.dismissed
        if error.link_id is not None:
            self._touched.flags.add(error.link_id)

    def _read(self, statement: Select[Any], **parameters: object) -> list[SyncError]:
        rows = self._connection.execute(statement, parameters).mappings()
        return [codec.error_of(row) for row in rows]
