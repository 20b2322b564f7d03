"""The people who can own records on both sides: read anew where somebody is not known."""

from collections.abc import Collection
from dataclasses import replace

from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.owners import OwnerPair, pair_owners
from sfsync_gui.core.schema import IntercomType
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.retrying import retry_rows

OWNERS_LAST = 900.0
"""Seconds for which nobody new is looked for: who is not known then is nobody."""


async def read_owners(context: Context) -> tuple[OwnerPair, ...]:
    """Everybody of both sides who can own records, read anew, and who belongs to whom.

    Values that were refused because somebody was not known are tried again where that changed.
    """
    teammates = await context.intercom.teammates()
    users = await context.salesforce.users()
    context.owners_read_at = context.clock.now()
    before = context.schema
    if (dict(before.teammates), dict(before.users)) != (dict(teammates), dict(users)):
        context.change_schema(replace(before, teammates=teammates, users=users))
        rows = _rows_of_owners(context)
        await context.store.run(lambda unit: retry_rows(context, unit, rows))
    return pair_owners(teammates, users)


async def know_owners(context: Context) -> None:
    """Read the owners if a row maps them and they were never read."""
    if _rows_of_owners(context) and not context.owners_read_at:
        await look_for_newcomers(context)


async def look_for_newcomers(context: Context) -> bool:
    """Read the owners anew because somebody is not known; whether that was done."""
    if context.clock.now() - context.owners_read_at < OWNERS_LAST:
        return False
    try:
        await read_owners(context)
    except StoreError:
        raise
    except SfsyncError:
        return False  # the value is refused for now, and tried again with the next description
    return True


def _rows_of_owners(context: Context) -> Collection[str]:
    mapped = ((row, row.attribute_in(context.schema)) for row in context.rules.rows)
    return [
        row.id
        for row, attribute in mapped
        if attribute is not None and attribute.type is IntercomType.OWNER
    ]
