"""Creations: records whose creation was decided, stored before they are sent."""

from collections.abc import Collection, Mapping, Sequence
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


class SqlCreations:
    """The part of `engine.storage.State` that is about creations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def creations(self, states: Sequence[str], object_name: str | None = None) -> list[Creation]:
        """Creations in one of these states, in order of their ids."""
        statement = select(CREATION).where(CREATION.c.state.in_(states))
        if object_name is not None:
            statement = statement.where(CREATION.c.object == object_name)
        return self._read(statement.order_by(CREATION.c.id))

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


def _creation(row: dict[str, Any]) -> Creation:
    chosen = codec.decode(row["choices"]) if row["choices"] else {}
    choices = TaskChoices(**chosen) if row["object"] == TASK else LeadChoices(**chosen)
    return Creation(**row | {"values": codec.decode(row["values"]), "choices": choices})


def _choices_text(choices: LeadChoices | TaskChoices) -> str | None:
    if isinstance(choices, TaskChoices):
        chosen = dict(chosen_only(choices))
    else:
        chosen = {name: one for name, one in asdict(choices).items() if one not in (None, False)}
    return codec.encode(chosen) if chosen else None
