"""What the app in Intercom may not do: only that waits, and it is tried again by itself.

Without the permission to read people nothing can be synced, so that lack is the condition of the
side. The lack of any other is listed as one sync error for as long as it lasts.
"""

from collections.abc import Mapping
from functools import partial

from sfsync_gui.core.failures import MissingPermissionError
from sfsync_gui.core.history import TAGS, WRITES
from sfsync_gui.core.permissions import Permission
from sfsync_gui.engine.conditions import PERMISSION_PAUSE
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.marks import LAST_COMPARISON, TAGS_MISSED
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import close_reported, report_feed

_LISTED_AS: Mapping[Permission, str] = {Permission.WRITE_PEOPLE: WRITES, Permission.READ_TAGS: TAGS}


def is_withheld(context: Context, permission: Permission) -> bool:
    """Whether this permission was found lacking so lately that it is not tried again yet."""
    return context.clock.now() < context.withheld.get(permission, 0.0)


async def note_lack(context: Context, failure: MissingPermissionError) -> None:
    """Let wait what needs this permission, and list it."""
    context.withheld[failure.permission] = context.clock.now() + PERMISSION_PAUSE
    context.perhaps_lacking.add(failure.permission)
    await context.store.run(partial(_note_lack, context, failure))


def _note_lack(context: Context, failure: MissingPermissionError, unit: UnitOfWork) -> None:
    report_feed(context, unit, failure, _LISTED_AS[failure.permission])
    if failure.permission is Permission.READ_TAGS and not unit.state.mark(TAGS_MISSED):
        unit.state.put_mark(TAGS_MISSED, 1.0)


async def note_grant(context: Context, permission: Permission) -> None:
    """What needs this permission has just worked: what is listed of it is over.

    Whom rules did not know the tags of is looked at again, by the comparison.
    """
    if permission not in context.perhaps_lacking:
        return
    context.withheld.pop(permission, None)
    context.perhaps_lacking.discard(permission)
    await context.store.run(partial(_note_grant, permission))


def _note_grant(permission: Permission, unit: UnitOfWork) -> None:
    close_reported(unit, _LISTED_AS[permission])
    if permission is Permission.READ_TAGS and unit.state.mark(TAGS_MISSED):
        unit.state.put_mark(LAST_COMPARISON, 0.0)
