"""Editing the mapping while links exist: what a new, changed or removed row does to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.mapping_change import MappingChange, compare_rows, with_switches
from sfsync_gui.core.people import IdentityMapping, Value
from sfsync_gui.core.rows import check_rows
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.reading import Read, current_pair, observation_of, read_people
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.engine.retrying import retry_rows
from sfsync_gui.engine.setup import revive, withdraw
from sfsync_gui.engine.storage import UnitOfWork

__all__ = ["change_key", "edit_rows", "judge_rows"]

PAGE = 1000
ALL = 1_000_000


async def edit_rows(context: Context, rows: Sequence[AttributeMapping]) -> None:
    """Put a new set of rows into force, between two batches.

    A new row takes as its pair what is observed and writes nothing; a removed row's pairs and
    open errors go, values stay; a changed direction or rule keeps the pair; a replaced field
    counts as removed and added. A row that was switched off and is changed works again, and
    catches up where it still maps the same fields. Raises `SetupError` where a row is refused.
    """
    rows = with_switches(context.rules.rows, rows)
    problems = check_rows(rows, context.rules.key, context.schema)
    if problems:
        raise SetupError(
            "The mapping cannot be used",
            "; ".join(problem.reason for problem in problems),
            "Change or remove the row, then apply again.",
            subject=problems[0].row_id,
            code="mapping_refused",
        )
    async with context.between_batches:
        before = context.rules.rows
        await _put_into_force(context, replace(context.rules, rows=rows))
        await revive(context, await _switched_on(context, before, rows))


async def judge_rows(context: Context, rows: Sequence[AttributeMapping]) -> MappingChange:
    """What these rows would mean if they were put into force, and why they cannot be."""
    rows = with_switches(context.rules.rows, rows)
    change = compare_rows(context.rules.rows, rows)
    problems = check_rows(rows, context.rules.key, context.schema)

    def work(unit: UnitOfWork) -> tuple[int, int]:
        errors = sum(error.row_id in change.forgotten_ids for error in unit.errors.all(0, ALL))
        return unit.links.count(), errors

    links, errors = await context.store.run(work)
    return replace(change, problems=tuple(problems), links=links, errors=errors)


async def _switched_on(
    context: Context, before: Sequence[AttributeMapping], after: Sequence[AttributeMapping]
) -> frozenset[str]:
    """Rows that were switched off and now work; what told of those and of removed ones goes."""
    off = {row.id: row for row in before if row.disabled is not None}
    still_off = {row.id for row in after if row.disabled is not None}

    def work(unit: UnitOfWork) -> None:
        for row_id in off.keys() - still_off:
            withdraw(unit, off[row_id])

    if off.keys() - still_off:
        await context.store.run(work)
    change = compare_rows(before, after)
    return frozenset(row.id for row in change.altered if row.id in off.keys() - still_off)


async def _put_into_force(context: Context, rules: SyncRules) -> None:
    change = compare_rows(context.rules.rows, rules.rows)
    before = context.lookups
    context.change_rules(rules)
    try:
        await context.store.run(lambda unit: unit.state.put_rows(rules.rows))
        after = 0
        while links := await context.store.run(partial(_page, after)):
            after = links[-1].id
            read = await _read_new_fields(context, links, change.fresh_ids)
            await context.store.run(partial(_rework, context, links, read, change))
        altered = {row.id for row in change.altered}
        await context.store.run(lambda unit: retry_rows(context, unit, altered))
    except BaseException:
        context.lookups = before
        raise


def _page(after: int, unit: UnitOfWork) -> list[IdentityMapping]:
    return unit.links.page(after, PAGE)


async def _read_new_fields(
    context: Context, links: Sequence[IdentityMapping], fresh: frozenset[str]
) -> Read:
    """Salesforce is read once for all links; Intercom's values are known from the last reading."""
    if not fresh:
        return Read({})
    return await read_people(
        context, [(link.salesforce_kind, link.salesforce_id) for link in links], ()
    )


def _rework(
    context: Context,
    links: Sequence[IdentityMapping],
    read: Read,
    change: MappingChange,
    unit: UnitOfWork,
) -> None:
    errors = unit.errors.of_links([link.id for link in links])
    # A row that is only new has neither pairs nor errors, so that nothing of it can go.
    forgotten = change.forgotten_ids | change.fresh_ids
    for listed in links:
        link = unit.links.get(listed.id)
        if link is None:
            continue
        unit.errors.close(
            error.id for error in errors.get(link.id, ()) if error.row_id in forgotten
        )
        link = _forget(link, forgotten)
        record = read.records.get(link.salesforce_id)
        if record is not None:
            link = _adopt(
                context, link, observation_of(context.lookups, record).values, change.fresh_ids
            )
        unit.links.put([link])


def _forget(link: IdentityMapping, row_ids: frozenset[str]) -> IdentityMapping:
    return replace(
        link,
        synced={row_id: pair for row_id, pair in link.synced.items() if row_id not in row_ids},
        due={row_id: one for row_id, one in link.due.items() if row_id not in row_ids},
        in_doubt={row_id: one for row_id, one in link.in_doubt.items() if row_id not in row_ids},
    )


def _adopt(
    context: Context, link: IdentityMapping, values: Mapping[str, Value], fresh: frozenset[str]
) -> IdentityMapping:
    """The link whose fresh rows have what is observed as their pair.

    Only fields that were unknown are taken from the reading: a change of another field is left
    for the feed to see.
    """
    known = link.salesforce
    if known is not None:
        link = replace(link, salesforce=replace(known, values={**values, **known.values}))
    applicable = context.lookups.converters[link.salesforce_kind]
    pairs = {
        row_id: pair
        for row_id in fresh
        if row_id in applicable
        and (pair := current_pair(context.lookups, link, row_id)) is not None
    }
    return replace(link, synced={**link.synced, **pairs})
