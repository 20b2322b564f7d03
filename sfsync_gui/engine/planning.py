"""Planning links with what is in force: the mapping's rows, the schema, the refused values."""

from collections.abc import Iterable

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.people import IdentityMapping, Value
from sfsync_gui.core.planner import LinkPlan, plan_link
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.context import Context


def plan_in_force(context: Context, link: IdentityMapping, errors: Iterable[SyncError]) -> LinkPlan:
    """What a link needs now; `errors` are the open ones of this link."""
    lookups = context.lookups
    converters = lookups.converters[link.salesforce_kind]
    return plan_link(link, lookups.rows, converters, refused_values(errors))


def refused_values(errors: Iterable[SyncError]) -> dict[tuple[str, Side], Value]:
    """The values that the planner leaves out: by row and side, as the errors remember them."""
    return {
        (error.row_id, error.side): error.refused
        for error in errors
        if error.row_id is not None and error.holds
    }
