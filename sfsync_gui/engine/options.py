"""Adding the options to an Intercom list that values from Salesforce need."""

from collections.abc import Sequence

from sfsync_gui.core.failures import RowRefusal, SfsyncError, TransientError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.planner import LinkPlan
from sfsync_gui.core.schema import IntercomAttribute
from sfsync_gui.core.vocabulary import ErrorClass, Family, HistoryKind, Side, Trigger
from sfsync_gui.engine.context import Context


async def add_missing_options(context: Context, plans: Sequence[LinkPlan]) -> dict[str, RowRefusal]:
    """Add what the plans' values need to their lists; returns the rows for which that failed."""
    missing = _missing(context, plans)
    failed: dict[str, RowRefusal] = {}
    for row_id, values in missing.items():
        row = context.lookups.rows[row_id]
        attribute = context.schema.attributes(row.family)[row.intercom_attribute]
        try:
            await _add(context, row.family, attribute, sorted(values))
        except SfsyncError as failure:
            error_class = (
                ErrorClass.TRANSIENT if isinstance(failure, TransientError) else ErrorClass.RECORD
            )
            failed[row_id] = RowRefusal(
                error_class, failure.code or "options_refused", failure.message, (attribute.name,)
            )
    return failed


def _missing(context: Context, plans: Sequence[LinkPlan]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for plan in plans:
        converters = context.lookups.converters[plan.link.salesforce_kind]
        for write in plan.writes_to(Side.INTERCOM):
            for value in converters[write.row_id].missing_intercom_options(write.value):
                found.setdefault(write.row_id, set()).add(value)
    return found


async def _add(
    context: Context, family: Family, attribute: IntercomAttribute, values: Sequence[str]
) -> None:
    if attribute.id is None:
        raise SfsyncError(
            "An option is missing",
            f"{attribute.label} in Intercom does not offer {values[0]}, and cannot be extended.",
            code="options_fixed",
        )
    renewed = await context.intercom.add_options(attribute.id, values)
    context.change_schema(context.schema.with_attribute(family, renewed))
    entries = [
        HistoryEntry(
            kind=HistoryKind.OPTION_ADDED,
            at=context.now(),
            trigger=Trigger.CHAIN,
            intercom_id=None,
            salesforce_id=None,
            side=Side.INTERCOM,
            field=attribute.name,
            after=value,
        )
        for value in values
    ]
    await context.store.run(lambda unit: unit.history.add(entries))
