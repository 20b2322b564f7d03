"""When a field is not what the mapping needs: describe anew, switch rows off, go on."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sfsync_gui.core.compatibility import check
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.mapping import OBJECTS, AttributeMapping, SyncRules
from sfsync_gui.core.observing import add_due
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.permissions import Permission, how_to_give
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.schema import ACCOUNT, IntercomAttribute, IntercomType, Schema
from sfsync_gui.core.vocabulary import ErrorClass, Family, PersonKind, Side, Trigger
from sfsync_gui.engine.company_status import JOINING
from sfsync_gui.engine.connecting import load_schema
from sfsync_gui.engine.context import Context, Joining
from sfsync_gui.engine.reading import Read, observe_reading, read_people
from sfsync_gui.engine.retrying import retry_rows
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import every_error

PAGE = 1000

ROW_SWITCHED_OFF = "row_switched_off"
"""The code of the sync error that tells of a row that no longer fits."""


async def refresh_schema(context: Context) -> frozenset[str]:
    """Describe both sides anew, between two batches.

    Rows that no longer fit are switched off and reported; returns their ids. A row that was
    switched off and fits again is switched on. Raises `SetupError` where the key field of people
    is missing; without that of companies these wait.
    """
    async with context.between_batches:  # nor within an edit, which puts all rows into force
        return await _refresh(context)


async def _refresh(context: Context) -> frozenset[str]:
    schema = await _described_anew(context)
    rows = judged(context.rules, schema)
    before = {row.id for row in context.rules.rows if row.disabled is not None}
    after = {row.id for row in rows if row.disabled is not None}
    rules = replace(context.rules, rows=rows)
    changed = rows != context.rules.rows
    other_fields = _rows_described_anew(context, schema)
    context.change_rules(rules)
    context.change_schema(schema)
    context.task_fields = {}
    require_key(rules, schema)

    def work(unit: UnitOfWork) -> None:
        if changed:
            unit.state.put_rows(rows)
        for row in rows:
            if row.id in after - before:
                report_row(context, unit, row)
            elif row.id in before - after:
                withdraw(unit, row)
        retry_rows(context, unit, other_fields)

    await context.store.run(work)
    await revive(context, frozenset(before - after))
    return frozenset(after - before)


async def _described_anew(context: Context) -> Schema:
    """What both sides say now; where that does not show the key of companies, these wait."""
    try:
        schema = await load_schema(context)
    except SetupError as refused:
        if refused.object != ACCOUNT:
            raise
        await _let_companies_wait(context, refused)
        return await load_schema(context)
    hidden = hidden_key(context.rules, schema, Family.COMPANIES)
    if hidden is not None:
        await _let_companies_wait(context, hidden)
    return schema


def _rows_described_anew(context: Context, schema: Schema) -> frozenset[str]:
    """The rows whose fields are not as they were described before, if they were."""
    before = context.schema
    if not before.intercom:
        return frozenset()
    return frozenset(
        row.id for row in context.rules.rows if _described(row, before) != _described(row, schema)
    )


def _described(row: AttributeMapping, schema: Schema) -> tuple[object, ...]:
    """All that decides which values the fields of a row take."""
    attribute = row.attribute_in(schema)
    fields = (schema.salesforce_field(name, row.salesforce_field(name)) for name in row.objects)
    is_owner = attribute is not None and attribute.type is IntercomType.OWNER
    people = (dict(schema.teammates), dict(schema.users)) if is_owner else ()
    return (attribute, *fields, *people)


async def revive(context: Context, row_ids: frozenset[str]) -> None:
    """Rows that are switched on again: all links are read and planned for what they missed.

    Rows of companies that are not synced miss nothing: these are read before they are synced.
    """
    row_ids &= context.lookups.rows.keys()
    if not row_ids:
        return
    families = {context.lookups.rows[row_id].family for row_id in row_ids}
    after = 0
    while links := await context.store.run(partial(_page, after)):
        after = links[-1].id
        links = [link for link in links if link.family in families]
        read = await read_people(context, [link.record_on(Side.SALESFORCE) for link in links])
        await context.store.run(partial(_make_due, context, row_ids, read, links))


def _page(after: int, unit: UnitOfWork) -> list[IdentityMapping]:
    return unit.links.page(after, PAGE)


def _make_due(
    context: Context,
    row_ids: frozenset[str],
    read: Read,
    links: Sequence[IdentityMapping],
    unit: UnitOfWork,
) -> None:
    observe_reading(context, unit, read)
    rows = [context.lookups.rows[row_id] for row_id in sorted(row_ids)]
    for listed in links:
        link = unit.links.get(listed.id)
        if link is None:
            continue
        due = dict(link.due)
        for side in Side:
            writing = [row for row in rows if row.family is link.family]
            writing = [row for row in writing if row.direction.writes(side)]
            add_due(due, writing, side, Trigger.COMPARISON)
        unit.links.put([replace(link, due=due)])


def judged(rules: SyncRules, schema: Schema) -> tuple[AttributeMapping, ...]:
    """The rows, switched off where they do not fit; those of no synced family stay as they are."""
    return tuple(
        replace(row, disabled=why_unusable(row, schema)) if row.family in rules.families else row
        for row in rules.rows
    )


def why_unusable(row: AttributeMapping, schema: Schema) -> str | None:
    """Why a row cannot be used with these fields, None where it can."""
    attribute = row.attribute_in(schema)
    if attribute is None:
        return f"{row.intercom_attribute} is no longer in Intercom"
    if _is_withheld(attribute, schema):
        return f"The app in Intercom lacks the permission “{Permission.READ_ADMINS}”"
    for name in row.objects:
        field_name = row.salesforce_field(name)
        if field_name is None:
            continue
        target = schema.salesforce_field(name, field_name)
        if target is None:
            return f"{field_name} is no longer to be seen on {name}"
        verdict = check(attribute, target, row.direction)
        if not verdict.ok:
            return verdict.reason
    return None


def _is_withheld(attribute: IntercomAttribute, schema: Schema) -> bool:
    """Whether values of an attribute mean nothing, since the app may not read the teammates."""
    return attribute.type is IntercomType.OWNER and schema.teammates_withheld


def require_key(rules: SyncRules, schema: Schema) -> None:
    """Raise `SetupError` where a mapping key is not to be seen."""
    for family in rules.families:
        hidden = hidden_key(rules, schema, family)
        if hidden is not None:
            raise hidden


def hidden_key(rules: SyncRules, schema: Schema, family: Family) -> SetupError | None:
    """Why the key of a family cannot be read; None where it can, or the family is not synced."""
    for name in OBJECTS[family]:
        key = rules.salesforce_key(name)
        if key is not None and schema.salesforce_field(name, key) is None:
            return SetupError(
                "The mapping key cannot be read",
                f"{name}.{key} is not there, or hidden from the signed-in user.",
                f"Make {key} visible on {name} in Salesforce, or choose another key.",
                subject=f"{name}.{key}",
                side=Side.SALESFORCE,
                code="key_missing",
                fields=(key,),
                object=name,
            )
    return None


async def _let_companies_wait(context: Context, reason: SetupError) -> None:
    """Companies wait until their key can be read again; people are synced all the while."""
    await context.store.run(lambda unit: unit.state.put_mark(JOINING, float(Joining.RESUME)))
    context.joining, context.companies_kept_from = Joining.RESUME, reason
    context.change_rules(context.rules.unsynced())


def report_row(context: Context, unit: UnitOfWork, row: AttributeMapping) -> None:
    """List that a row was switched off, and why."""
    message = f"{row.disabled}. The row was switched off; the others go on."
    remedy = explain(ErrorClass.SETUP, ROW_SWITCHED_OFF, message).remedy
    attribute = row.attribute_in(context.schema)
    withheld = attribute is not None and _is_withheld(attribute, context.schema)
    error = SyncError(
        error_class=ErrorClass.SETUP,
        side=Side.INTERCOM if withheld else Side.SALESFORCE,
        code=ROW_SWITCHED_OFF,
        message=message,
        remedy=how_to_give(Permission.READ_ADMINS) if withheld else remedy,
        first_at=context.now(),
        last_at=context.now(),
        row_id=row.id,
        salesforce_kind=PersonKind.ACCOUNT if row.family is Family.COMPANIES else None,
        field=row.lead_field or row.contact_field or row.account_field,
    )
    unit.errors.put(error)


def withdraw(unit: UnitOfWork, row: AttributeMapping) -> None:
    """Close the error that tells that this row is switched off."""
    listed = [
        error.id
        for error in every_error(unit)
        if error.code == ROW_SWITCHED_OFF and error.row_id == row.id
    ]
    unit.errors.close(listed)
