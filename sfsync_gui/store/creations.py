"""Creations: records whose creation was decided, stored before they are sent."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, select

from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices, chosen_only
from sfsync_gui.core.schema import TASK
from sfsync_gui.engine.storage import Creation
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.dialects import upsert
from sfsync_gui.store.tables import CREATION

_ASKED, _RULED = "asked", "ruled"
"""The queues of creations: those that a person asked for, and those that a rule wants."""


class SqlCreations:
    """The part of `engine.storage.State` that is about creations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_creation_open(self) -> bool:
        """Whether a creation still has to be sent, or its outcome to be found out."""
        waiting = select(CREATION.c.id).where(CREATION.c.queue.is_not(None)).limit(1)
        return self._connection.scalar(waiting) is not None

    def creations_at(
        self, now: float, *, by_rules: bool, limit: int | None = None
    ) -> list[Creation]:
        """Open creations whose turn it is, those that have waited for their time first."""
        at = CREATION.c.next_look_at
        queued = select(CREATION).where(CREATION.c.queue == (_RULED if by_rules else _ASKED))
        late = queued.where(at > 0, at <= now).order_by(at, CREATION.c.id).limit(limit)
        found = self._read(late)
        left = None if limit is None else limit - len(found)
        return found + self._read(queued.where(at == 0).order_by(CREATION.c.id).limit(left))

    def creations_sent(self, object_name: str) -> list[Creation]:
        """Open creations of an object of which something may have been sent."""
        sent = CREATION.c.queue.in_((_ASKED, _RULED)), CREATION.c.since > 0
        statement = select(CREATION).where(*sent, CREATION.c.object == object_name)
        return self._read(statement.order_by(CREATION.c.id))

    def creations_for(self, object_name: str, intercom_ids: Collection[str]) -> list[Creation]:
        """Creations of an object for these people, in order of their ids."""
        found: list[Creation] = []
        for ids in chunks(intercom_ids):
            whose = CREATION.c.intercom_id.in_(ids)
            found += self._read(select(CREATION).where(whose, CREATION.c.object == object_name))
        return sorted(found, key=lambda creation: creation.id)

    def creation(self, creation_id: int) -> Creation | None:
        """The creation, None where it was forgotten."""
        found = self._read(select(CREATION).where(CREATION.c.id == creation_id))
        return found[0] if found else None

    def newest_creations(
        self, object_name: str, limit: int, intercom_id: str | None = None
    ) -> list[Creation]:
        """The newest creations of an object, those for one person where one is named."""
        statement = select(CREATION).where(CREATION.c.object == object_name)
        if intercom_id is not None:
            statement = statement.where(CREATION.c.intercom_id == intercom_id)
        return self._read(statement.order_by(CREATION.c.id.desc()).limit(limit))

    def made(self, salesforce_ids: Collection[str]) -> dict[str, int]:
        """The ids of the creations that made these records, by the records' ids."""
        statement = select(CREATION.c.salesforce_id, CREATION.c.id).where(
            CREATION.c.state == "created"
        )
        found: dict[str, int] = {}
        for ids in chunks(salesforce_ids):
            rows = self._connection.execute(statement.where(CREATION.c.salesforce_id.in_(ids)))
            found |= {row.salesforce_id: row.id for row in rows}
        return found

    def of_conversations(self, conversation_ids: Collection[str]) -> dict[str, Creation]:
        """The newest creations that are about these conversations, by the conversations' ids."""
        found: dict[str, Creation] = {}
        for ids in chunks(conversation_ids):
            newest = (
                select(func.max(CREATION.c.id))
                .where(CREATION.c.conversation_id.in_(ids))
                .group_by(CREATION.c.conversation_id)
            )
            for one in self._read(select(CREATION).where(CREATION.c.id.in_(newest))):
                found[str(one.conversation_id)] = one
        return found

    def put_creation(self, creation: Creation) -> Creation:
        """Insert or replace (by id)."""
        row = {
            **asdict(creation),
            "values": codec.encode(dict(creation.values)),
            "choices": _choices_text(creation.choices),
            "queue": _queue(creation),
        }
        return replace(creation, id=self._put(CREATION, row))

    def forget_creation(self, creation_id: int) -> None:
        """Remove a creation of which nothing was sent."""
        self._connection.execute(delete(CREATION).where(CREATION.c.id == creation_id))

    def _read(self, statement: Select[Any]) -> list[Creation]:
        rows = self._connection.execute(statement).mappings()
        return [_creation(dict(row)) for row in rows]

    def _put(self, table: Table, row: dict[str, Any]) -> int:
        """Insert where the id is 0, else replace; the id."""
        given: int = row["id"]
        if given:
            self._upsert(table, row)
            return given
        del row["id"]
        inserted = self._connection.execute(insert(table), row).inserted_primary_key
        return int(inserted[0]) if inserted else 0

    def _upsert(self, table: Table, row: Mapping[str, Any]) -> None:
        self._connection.execute(upsert(self._connection.dialect.name, table), dict(row))


def _queue(creation: Creation) -> str | None:
    if not creation.is_open:
        return None
    return _RULED if creation.by_rule else _ASKED


def _creation(row: dict[str, Any]) -> Creation:
    del row["queue"]
    chosen = codec.decode(row["choices"]) if row["choices"] else {}
    choices = TaskChoices(**chosen) if row["object"] == TASK else LeadChoices(**chosen)
    return Creation(**row | {"values": codec.decode(row["values"]), "choices": choices})


def _choices_text(choices: LeadChoices | TaskChoices) -> str | None:
    if isinstance(choices, TaskChoices):
        chosen = dict(chosen_only(choices))
    else:
        chosen = {name: one for name, one in asdict(choices).items() if one not in (None, False)}
    return codec.encode(chosen) if chosen else None
