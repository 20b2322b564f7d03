"""Editing the mapping while links exist: what a new, changed or removed row does to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.mapping_change import MappingChange, compare_rows, with_switches
from sfsync_gui.core.people import IdentityMapping, PersonRecord
from sfsync_gui.core.rows import RowProblem, check_rows
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.connecting import know_companies
from sfsync_gui.engine.context import Context, Lookups, make_lookups
from sfsync_gui.engine.owners import know_owners
from sfsync_gui.engine.reading import current_pair, observation_of
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.engine.retrying import retry_refused_with, retry_rows
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
    async with context.between_batches:
        # Only now: the key may be changed, or a row switched off, while this waits.
        before = context.rules.rows
        rows = with_switches(before, rows)
        problems = _problems(context, rows)
        if problems:
            raise SetupError(
                "The mapping cannot be used",
                "; ".join(problem.reason for problem in problems),
                "Change or remove the row, then apply again.",
                subject=problems[0].row_id,
                code="mapping_refused",
            )
        await _put_into_force(context, replace(context.rules, rows=rows))
        await know_owners(context)
        await know_companies(context)
        await revive(context, await _switched_on(context, before, rows))


def _problems(context: Context, rows: Sequence[AttributeMapping]) -> list[RowProblem]:
    """Why these rows cannot be in force, nor once companies are synced again."""
    rules = context.rules
    return check_rows(rows, rules.key, context.schema, rules.company_key, rules.awaited_key)


async def judge_rows(context: Context, rows: Sequence[AttributeMapping]) -> MappingChange:
    """What these rows would mean if they were put into force, and why they cannot be."""
    rows = with_switches(context.rules.rows, rows)
    change = compare_rows(context.rules.rows, rows)
    problems = _problems(context, rows)

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
    """All or nothing: what cannot be read, or a process that dies, leaves the old rows in force."""
    change = compare_rows(context.rules.rows, rules.rows)
    lookups = make_lookups(rules, context.schema)
    if change.fresh_ids:
        families = {row.family for row in (*change.added, *change.replaced)}
        await _read_new_fields(context, lookups, families.intersection(rules.families))

    def work(unit: UnitOfWork) -> list[SyncError]:
        unit.state.put_rows(rules.rows)
        after, closed = 0, list[SyncError]()
        while links := unit.links.page(after, PAGE):
            after = links[-1].id
            closed += _rework(lookups, links, change, unit)
        return closed

    closed = await context.store.run(work)
    context.change_rules(rules)
    altered = {row.id for row in change.altered}

    def try_again(unit: UnitOfWork) -> None:
        retry_rows(context, unit, altered)
        retry_refused_with(context, unit, closed)

    await context.store.run(try_again)


async def _read_new_fields(
    context: Context, lookups: Lookups, families: Collection[Family]
) -> None:
    """Salesforce is read once for all links of these families; Intercom's values are known.

    What links know of fields beyond the rows in force means nothing to these.
    """
    after = 0
    while links := await context.store.run(partial(_page, after)):
        after = links[-1].id
        links = [link for link in links if link.family in families]
        records = [link.record_on(Side.SALESFORCE) for link in links]
        found = await context.salesforce.read(records, lookups.fields) if records else {}
        await context.store.run(partial(_take_new_fields, context.lookups, lookups, links, found))


def _page(after: int, unit: UnitOfWork) -> list[IdentityMapping]:
    return unit.links.page(after, PAGE)


def _take_new_fields(
    before: Lookups,
    lookups: Lookups,
    links: Sequence[IdentityMapping],
    found: Mapping[str, PersonRecord],
    unit: UnitOfWork,
) -> None:
    """Only fields that nobody watched: a change of another is left for the feed to see."""
    for listed in links:
        link, record = unit.links.get(listed.id), found.get(listed.salesforce_id)
        if link is None or link.salesforce is None or record is None:
            continue
        watched = before.fields.get(link.salesforce_kind.value, ())
        new = {
            name: value
            for name, value in observation_of(lookups, record).values.items()
            if name not in watched
        }
        seen = replace(link.salesforce, values={**link.salesforce.values, **new})
        unit.links.put([replace(link, salesforce=seen)])


def _rework(
    lookups: Lookups, links: Sequence[IdentityMapping], change: MappingChange, unit: UnitOfWork
) -> list[SyncError]:
    """Have links forget and adopt what the change asks for; returns the errors that it closes."""
    errors = unit.errors.of_links([link.id for link in links])
    # A row that is only new has neither pairs nor errors, so that nothing of it can go.
    forgotten = change.forgotten_ids | change.fresh_ids
    closed: list[SyncError] = []
    for link in links:
        closed += [error for error in errors.get(link.id, ()) if error.row_id in forgotten]
        reworked = _adopt(lookups, _forget(link, forgotten), change.fresh_ids)
        if reworked != link:
            unit.links.put([reworked])
    unit.errors.close(error.id for error in closed)
    return closed


def _forget(link: IdentityMapping, row_ids: frozenset[str]) -> IdentityMapping:
    return replace(
        link,
        synced={row_id: pair for row_id, pair in link.synced.items() if row_id not in row_ids},
        due={row_id: one for row_id, one in link.due.items() if row_id not in row_ids},
        in_doubt={row_id: one for row_id, one in link.in_doubt.items() if row_id not in row_ids},
    )


def _adopt(lookups: Lookups, link: IdentityMapping, fresh: frozenset[str]) -> IdentityMapping:
    """The link whose fresh rows have what is observed as their pair."""
    applicable = lookups.converters[link.salesforce_kind]
    pairs = {
        row_id: pair
        for row_id in fresh
        if row_id in applicable and (pair := current_pair(lookups, link, row_id)) is not None
    }
    return replace(link, synced={**link.synced, **pairs})
