"""Stopping rows that some automation rewrites again and again."""

from dataclasses import replace

from sfsync_gui.core.loops import LOOP_WINDOW, is_loop
from sfsync_gui.core.planner import LinkPlan, RowWrite
from sfsync_gui.core.vocabulary import ErrorClass, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import Trouble, open_errors


def split_loops(context: Context, unit: UnitOfWork, plan: LinkPlan) -> LinkPlan:
    """The plan without the writes that would go on with a loop; those are listed as errors."""
    looping = [write for write in plan.writes if _loops(context, unit, plan, write)]
    if not looping:
        return plan
    stopped = {write.row_id for write in looping}
    link = unit.links.get(plan.link.id) or plan.link
    due = {row_id: one for row_id, one in link.due.items() if row_id not in stopped}
    unit.links.put([replace(link, due=due)])
    open_errors(context, unit, link, [_trouble(write) for write in looping])
    writes = tuple(write for write in plan.writes if write.row_id not in stopped)
    return replace(plan, writes=writes)


def _loops(context: Context, unit: UnitOfWork, plan: LinkPlan, write: RowWrite) -> bool:
    if write.trigger in (Trigger.RETRY, Trigger.REVERTED):
        return False
    written = unit.history.writes_of_row(
        write.row_id,
        plan.link.intercom_id,
        plan.link.salesforce_id,
        context.now() - LOOP_WINDOW,
    )
    return is_loop([entry.after for entry in written if entry.side is write.side], write.value)


def _trouble(write: RowWrite) -> Trouble:
    return Trouble(
        ErrorClass.RECORD,
        write.side,
        "loop",
        "The value was written five times within an hour and keeps coming back: "
        "something rewrites it.",
        write.row_id,
        write.field,
        write.source,
        "Find the workflow that changes this field, or change the row's direction, then retry.",
    )
