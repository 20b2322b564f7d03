"""A profile in a store, for commands that look into it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.vocabulary import (
    Direction,
    ErrorClass,
    HistoryKind,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.storage import Profile, UnitOfWork
from sfsync_gui.store.sql_store import open_store

T = TypeVar("T")

AT = 1_790_000_000
ROW = AttributeMapping("phone", "phone", Direction.TWO_WAY, "Phone", "Phone")
CHANGE = HistoryEntry(
    kind=HistoryKind.WRITTEN,
    at=AT,
    trigger=Trigger.INTERCOM_UPDATED,
    intercom_id="i1",
    salesforce_id="0031",
    salesforce_kind=PersonKind.CONTACT,
    person_name="Ada Lovelace",
    side=Side.SALESFORCE,
    row_id="phone",
    field="Phone",
    before="+64 1",
    after="+64 2",
)


def in_store(data_dir: Path, work: Callable[[UnitOfWork], T]) -> T:
    """Do something in the store of a profile."""

    async def session() -> T:
        store = open_store(database_path(data_dir), durable=False)
        try:
            return await store.run(work)
        finally:
            await store.close()

    return asyncio.run(session())


def fill(unit: UnitOfWork) -> None:
    """One person on both sides who are linked, a change, an error and some calls."""
    unit.state.put_profile(
        Profile("app1", "00D1", "Northwind", "https://northwind.my.salesforce.com", AT)
    )
    unit.state.put_rows([ROW])
    unit.directory.put(
        [
            Person(Side.INTERCOM, "i1", PersonKind.USER, "Ada Lovelace", "a@x.example", AT, AT, AT),
            Person(
                Side.SALESFORCE, "0031", PersonKind.CONTACT, "Ada L.", "a@x.example", AT, AT, AT
            ),
        ]
    )
    link = unit.links.add(
        IdentityMapping(
            "i1",
            PersonKind.CONTACT,
            "0031",
            "a@x.example",
            "a@x.example",
            Trigger.INTERCOM_CREATED,
            AT,
        )
    )
    unit.history.add([CHANGE])
    unit.errors.put(
        SyncError(
            error_class=ErrorClass.RECORD,
            side=Side.SALESFORCE,
            code="too_long",
            message="Phone is longer than 40 characters.",
            remedy="Shorten it in Intercom, then retry.",
            first_at=AT,
            last_at=AT,
            link_id=link.id,
            intercom_id="i1",
            person_name="Ada Lovelace",
            row_id="phone",
            field="Phone",
        )
    )
    unit.state.add_calls(AT // 3600, Side.SALESFORCE, "feed", 3)
