"""People, links, errors and history for the tests of the store."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.people import Due, IdentityMapping, InDoubt, Observation, Pair, Person
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.storage import Store, UnitOfWork

T = TypeVar("T")

NASTY = "Zoë 🎉 \x00 \x1a0041 \ud800 \\u0000 'quoted' \"%_ " + "x" * 300
"""Emoji, NUL, the escape character itself, a lone surrogate, quotes, and over 300 characters."""

HUGE = 2**31 + 7
"""More than 32 bits hold."""


def run(store: Store, work: Callable[[UnitOfWork], T]) -> T:
    """Run one transaction to its end."""
    return asyncio.run(_run(store, work))


async def _run(store: Store, work: Callable[[UnitOfWork], T]) -> T:
    return await store.run(work)


def close(store: Store) -> None:
    """Close the store."""
    asyncio.run(_close(store))


async def _close(store: Store) -> None:
    await store.close()


def contact(number: int, **changes: object) -> Person:
    """A person of Intercom."""
    fields: dict[str, object] = {
        "side": Side.INTERCOM,
        "id": f"i{number:04d}",
        "kind": PersonKind.USER,
        "name": f"Person {number}",
        "key": f"p{number}@example.com",
        "created_at": 1_700_000_000,
        "modified_at": 1_700_000_000 + number,
        "version": 1_700_000_000 + number,
    }
    return Person(**(fields | changes))  # type: ignore[arg-type]


def record(number: int, **changes: object) -> Person:
    """A person of Salesforce."""
    fields: dict[str, object] = {
        "side": Side.SALESFORCE,
        "id": f"003{number:04d}",
        "kind": PersonKind.CONTACT,
    }
    return contact(number, **(fields | changes))


def link(number: int, **changes: object) -> IdentityMapping:
    """A link of the two with this number."""
    fields: dict[str, object] = {
        "intercom_id": f"i{number:04d}",
        "salesforce_kind": PersonKind.CONTACT,
        "salesforce_id": f"003{number:04d}",
        "intercom_key": f"p{number}@example.com",
        "salesforce_key": f"p{number}@example.com",
        "trigger": Trigger.INTERCOM_CREATED,
        "created_at": 1_700_000_000,
    }
    return IdentityMapping(**(fields | changes))  # type: ignore[arg-type]


def full_link(number: int) -> IdentityMapping:
    """A link with every field set to something unusual."""
    return link(
        number,
        intercom_key=NASTY,
        salesforce_key=None,
        trigger=Trigger.LINKED_BY_HAND,
        created_at=HUGE,
        by_hand=True,
        ambiguous=True,
        intercom=Observation(
            {"name": NASTY, "n": HUGE, "f": 1.0, "b": True, "x": None}, HUGE, 1, 7
        ),
        salesforce=Observation({}, 0, HUGE, -HUGE),
        synced={"r1": Pair(NASTY, None), "r2": Pair(1, 1.5), "r3": Pair(True, False)},
        due={
            "r1": Due(frozenset(Side), Trigger.CHAIN),
            "r2": Due(frozenset({Side.INTERCOM}), Trigger.RETRY),
        },
        in_doubt={
            "r1": (
                InDoubt(side=Side.SALESFORCE, value=NASTY, source=None, at=HUGE),
                InDoubt(
                    side=Side.INTERCOM,
                    value=2.5,
                    source=2,
                    at=3,
                    before=NASTY,
                    trigger=Trigger.CHAIN,
                    overrules=True,
                ),
            )
        },
    )


def error(**changes: object) -> SyncError:
    """A refusal of one row of link 1."""
    fields: dict[str, object] = {
        "error_class": ErrorClass.RECORD,
        "side": Side.SALESFORCE,
        "code": "STRING_TOO_LONG",
        "message": "too long",
        "remedy": "shorten it",
        "first_at": 100,
        "last_at": 100,
        "link_id": 1,
        "row_id": "r1",
    }
    return SyncError(**(fields | changes))  # type: ignore[arg-type]


def written(at: int = 100, **changes: object) -> HistoryEntry:
    """A value written to Salesforce for the pair 1."""
    fields: dict[str, object] = {
        "kind": HistoryKind.WRITTEN,
        "at": at,
        "trigger": Trigger.INTERCOM_UPDATED,
        "intercom_id": "i0001",
        "salesforce_id": "0030001",
        "side": Side.SALESFORCE,
        "row_id": "r1",
        "field": "Phone",
        "before": "1",
        "after": "2",
    }
    return HistoryEntry(**(fields | changes))  # type: ignore[arg-type]
