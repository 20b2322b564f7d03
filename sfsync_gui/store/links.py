"""The identity mappings."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.stored import LinkedRecord
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.dialects import insert_if_free
from sfsync_gui.store.families import is_of
from sfsync_gui.store.listing import Touched
from sfsync_gui.store.tables import IDENTITY_MAPPING

# Built once: building a statement takes longer than running it.
_BY_ID = select(IDENTITY_MAPPING).where(IDENTITY_MAPPING.c.id == bindparam("id"))
_BY_IDS = select(IDENTITY_MAPPING).where(
    IDENTITY_MAPPING.c.id.in_(bindparam("ids", expanding=True))
)
_OF_ONE = {
    side: select(IDENTITY_MAPPING).where(IDENTITY_MAPPING.c[f"{side.value}_id"] == bindparam("id"))
    for side in Side
}
_OF_MANY = {
    side: select(IDENTITY_MAPPING).where(
        IDENTITY_MAPPING.c[f"{side.value}_id"].in_(bindparam("ids", expanding=True))
    )
    for side in Side
}
_LINKED = {
    side: select(IDENTITY_MAPPING.c[f"{side.value}_id"]).where(
        IDENTITY_MAPPING.c[f"{side.value}_id"].in_(bindparam("ids", expanding=True))
    )
    for side in Side
}
_RECORDS = (
    select(
        IDENTITY_MAPPING.c.id,
        IDENTITY_MAPPING.c.salesforce_kind,
        IDENTITY_MAPPING.c.salesforce_id,
        IDENTITY_MAPPING.c.intercom_id,
    )
    .where(IDENTITY_MAPPING.c.id > bindparam("after"))
    .order_by(IDENTITY_MAPPING.c.id)
    .limit(bindparam("most"))
)
_RECORDS_OF = {
    family: _RECORDS.where(is_of(family, IDENTITY_MAPPING.c.salesforce_kind)) for family in Family
}
_COMPANIES = select(func.count()).where(is_of(Family.COMPANIES, IDENTITY_MAPPING.c.salesforce_kind))
_DUE = {
    None: IDENTITY_MAPPING.c.is_due,
    Side.INTERCOM: IDENTITY_MAPPING.c.due_intercom,
    Side.SALESFORCE: IDENTITY_MAPPING.c.due_salesforce,
}


_ANY_DUE = (
    select(IDENTITY_MAPPING.c.id)
    .where(IDENTITY_MAPPING.c.id > 0, IDENTITY_MAPPING.c.is_due.is_(True))
    .limit(1)
)


class LinkCount:
    """How many links there are: counted once, then kept up with what transactions do."""

    def __init__(self) -> None:
        self._committed: int | None = None
        self._pending = 0

    def value(self, connection: Connection) -> int:
        """The count as the running transaction sees it."""
        if self._committed is None:
            counted = connection.scalar(select(func.count()).select_from(IDENTITY_MAPPING)) or 0
            self._committed = counted - self._pending
        return self._committed + self._pending

    def change(self, difference: int) -> None:
        """Note links added or, negative, removed by the running transaction."""
        self._pending += difference

    def settle(self, *, committed: bool) -> None:
        """Keep or forget the changes of the transaction that ended."""
        if committed and self._committed is not None:
            self._committed += self._pending
        self._pending = 0


class SqlLinks:
    """Implements `engine.storage.Links`."""

    def __init__(self, connection: Connection, count: LinkCount, touched: Touched) -> None:
        self._connection = connection
        self._count = count
        self._touched = touched

    def get(self, link_id: int) -> IdentityMapping | None:
        """The link, None where it has ended."""
        found = self._read(_BY_ID, id=link_id)
        return found[0] if found else None

    def of(self, side: Side, person_ids: Iterable[str]) -> dict[str, IdentityMapping]:
        """The links of these people by their id on `side`."""
        found: dict[str, IdentityMapping] = {}
        for ids in chunks(person_ids):
            if len(ids) == 1:
                links = self._read(_OF_ONE[side], id=ids[0])
            else:
                links = self._read(_OF_MANY[side], ids=ids)
            for link in links:
                found[link.intercom_id if side is Side.INTERCOM else link.salesforce_id] = link
        return found

    def linked(self, side: Side, person_ids: Iterable[str]) -> set[str]:
        """The ids of those of these people who are linked."""
        found: set[str] = set()
        for ids in chunks(person_ids):
            found.update(self._connection.scalars(_LINKED[side], {"ids": ids}))
        return found

    def add(self, link: IdentityMapping) -> IdentityMapping:
        """Store a new link and return it with its id. Raises ValueError if a side is linked."""
        statement = insert_if_free(self._connection.dialect.name, IDENTITY_MAPPING)
        id_ = self._connection.scalar(statement, codec.link_row(link))
        if id_ is None:
            raise _linked_already(link)
        self._count.change(1)
        self._touched.links.add(id_)
        return replace(link, id=id_)

    def put(self, links: Iterable[IdentityMapping]) -> None:
        """Replace stored links (by id); a link that has ended stays ended.

        Raises ValueError where one would take a person from another link.
        """
        by_id = {link.id: link for link in links}
        changes: list[dict[str, Any]] = []
        for ids in chunks(by_id):
            for stored in self._connection.execute(_BY_IDS, {"ids": ids}):
                link = by_id[stored.id]
                row = codec.link_row(link)
                # The same row is left alone, so that nothing is written to disk.
                if tuple(row.values()) == tuple(stored)[1:]:
                    continue
                if (stored.intercom_id, stored.salesforce_id) != _people(link):
                    self._refuse_linked(link)
                if any(getattr(stored, name) != row[name] for name in _LISTED):
                    self._touched.links.add(link.id)
                changes.append(
                    {"link_id": link.id} | {f"new_{name}": new for name, new in row.items()}
                )
        if changes:
            self._connection.execute(_UPDATE, changes)
            self._touched.flags.update(change["link_id"] for change in changes)

    def remove(self, link_id: int) -> None:
        """End the link. Its errors stay until the engine closes them."""
        removed = self._connection.execute(
            delete(IDENTITY_MAPPING).where(IDENTITY_MAPPING.c.id == link_id)
        )
        self._count.change(-removed.rowcount)
        self._touched.links.add(link_id)

    def due(
        self, towards: Side | None, limit: int, after: int = 0, family: Family | None = None
    ) -> list[IdentityMapping]:
        """Links with a due row (towards that side, where given), id greater than `after`.

        `family` narrows them to people or companies.
        """
        conditions: list[ColumnElement[bool]] = [_DUE[towards].is_(True)]
        if family is not None:
            conditions.append(is_of(family, IDENTITY_MAPPING.c.salesforce_kind))
        return self._page(after, limit, *conditions)

    def is_any_due(self) -> bool:
        """Whether any link has a due row."""
        return self._connection.scalar(_ANY_DUE) is not None

    def page(self, after: int, limit: int) -> list[IdentityMapping]:
        """Links in id order, those with an id greater than `after`."""
        return self._page(after, limit)

    def records_page(
        self, after: int, limit: int, family: Family | None = None
    ) -> list[LinkedRecord]:
        """The records of the links in id order, those with an id greater than `after`.

        Much less to read than the links themselves. `family` narrows them to people or companies.
        """
        statement = _RECORDS if family is None else _RECORDS_OF[family]
        rows = self._connection.execute(statement, {"after": after, "most": limit})
        kinds = codec.KINDS
        return [
            LinkedRecord(id_, kinds[kind], ours, theirs) for id_, kind, ours, theirs in rows.all()
        ]

    def count(self, family: Family | None = None) -> int:
        """How many links there are (kept, not counted anew), or how many of a family."""
        everyone = self._count.value(self._connection)
        if family is None:
            return everyone
        companies = self._connection.scalar(_COMPANIES) or 0
        return companies if family is Family.COMPANIES else everyone - companies

    def in_doubt(self, limit: int) -> list[IdentityMapping]:
        """Links that remember a write of unknown outcome, in id order."""
        return self._page(0, limit, IDENTITY_MAPPING.c.is_in_doubt.is_(True))

    def _page(
        self, after: int, limit: int, *conditions: ColumnElement[bool]
    ) -> list[IdentityMapping]:
        statement = select(IDENTITY_MAPPING).where(IDENTITY_MAPPING.c.id > after, *conditions)
        rows = self._connection.execute(statement.order_by(IDENTITY_MAPPING.c.id).limit(limit))
        return [codec.link_of(row) for row in rows]

    def _read(self, statement: Select[Any], **parameters: object) -> list[IdentityMapping]:
        rows = self._connection.execute(statement, parameters)
        return [codec.link_of(row) for row in rows]

    def _refuse_linked(self, link: IdentityMapping) -> None:
        # Asked before, not learnt from the refusal: that would end a PostgreSQL transaction.
        statement = select(IDENTITY_MAPPING.c.id).where(
            or_(
                IDENTITY_MAPPING.c.intercom_id == link.intercom_id,
                IDENTITY_MAPPING.c.salesforce_id == link.salesforce_id,
            ),
            IDENTITY_MAPPING.c.id != link.id,
        )
        if self._connection.scalar(statement) is not None:
            raise _linked_already(link)


def _people(link: IdentityMapping) -> tuple[str, str]:
    return link.intercom_id, link.salesforce_id


def _linked_already(link: IdentityMapping) -> ValueError:
    return ValueError(f"{link.intercom_id} or {link.salesforce_id} is linked already")


_LISTED = ("intercom_id", "salesforce_kind", "salesforce_id", "intercom_key", "salesforce_key")
"""What lists are sorted and searched by."""

_UPDATE = (
    update(IDENTITY_MAPPING)
    .where(IDENTITY_MAPPING.c.id == bindparam("link_id"))
    .values(
        {
            column.name: bindparam(f"new_{column.name}", type_=column.type)
            for column in IDENTITY_MAPPING.columns
            if column.name != "id"
        }
    )
)
