"""Bulk sync of linked people: a dry run first, then the ordinary way of a change, link by link."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Due, IdentityMapping
from sfsync_gui.core.planner import LinkPlan, RowRefused, RowWrite
from sfsync_gui.core.vocabulary import Direction, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.marks import BULK_PROMISED
from sfsync_gui.engine.planning import plan_in_force
from sfsync_gui.engine.storage import BulkRun, UnitOfWork

PAGE = 200
SAMPLES = 50


@dataclass(slots=True)
class BulkPreview:
    """What a bulk sync would do by what is observed now; nothing was written.

    `links` were looked at, those to which the rows apply; `records` of them would change on one
    side or both. `by_field` counts
    the values by row of the mapping and by the side that they would be written to.
    """

    links: int = 0
    records: int = 0
    to_salesforce: int = 0
    to_intercom: int = 0
    blanked: int = 0
    refused: int = 0
    by_field: Counter[tuple[str, Side]] = field(default_factory=Counter)
    samples: list[tuple[IdentityMapping, RowWrite]] = field(default_factory=list)
    refusals: list[tuple[IdentityMapping, RowRefused]] = field(default_factory=list)

    def add(self, plan: LinkPlan) -> None:
        """Count one link's plan."""
        self.links += 1
        self.records += bool(plan.writes)
        self.by_field.update((write.row_id, write.side) for write in plan.writes)
        self.to_salesforce += len(plan.writes_to(Side.SALESFORCE))
        self.to_intercom += len(plan.writes_to(Side.INTERCOM))
        self.blanked += sum(
            1 for write in plan.writes if write.value is None and write.before is not None
        )
        self.refused += len(plan.refused)
        room = SAMPLES - len(self.samples)
        self.samples += [(plan.link, write) for write in plan.writes[:room]]
        room = SAMPLES - len(self.refusals)
        self.refusals += [(plan.link, refused) for refused in plan.refused[:room]]


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One value that a bulk sync would write."""

    link: IdentityMapping
    write: RowWrite


async def preview_bulk(context: Context, row_ids: Sequence[str] | None = None) -> BulkPreview:
    """The dry run: what would change, on which records."""
    preview = BulkPreview()
    after = 0
    while links := await context.store.run(partial(_page, after)):
        after = links[-1].id
        for plan in await context.store.run(partial(_plan, context, links, row_ids)):
            preview.add(plan)
    return preview


async def bulk_changes(
    context: Context, row_ids: Sequence[str] | None, after: int, least: int
) -> list[BulkChange]:
    """The values that a bulk sync would write now, for links of an id greater than `after`.

    At least so many, as long as there are any; a link's values are never parted.
    """
    found: list[BulkChange] = []
    while len(found) < least:
        links = await context.store.run(partial(_page, after))
        if not links:
            break
        after = links[-1].id
        for plan in await context.store.run(partial(_plan, context, links, row_ids)):
            found += [BulkChange(plan.link, write) for write in plan.writes]
    return found


def _page(after: int, unit: UnitOfWork) -> list[IdentityMapping]:
    return unit.links.page(after, PAGE)


def _plan(
    context: Context,
    links: Sequence[IdentityMapping],
    row_ids: Sequence[str] | None,
    unit: UnitOfWork,
) -> list[LinkPlan]:
    """The plans of those links to which any of the rows applies."""
    errors = unit.errors.of_links([link.id for link in links])
    wanted = ((link, _bulk_due(context, link, row_ids)) for link in links)
    return [
        plan_in_force(context, replace(link, due=due), errors.get(link.id, ()))
        for link, due in wanted
        if due
    ]


def _bulk_due(
    context: Context, link: IdentityMapping, row_ids: Sequence[str] | None
) -> dict[str, Due]:
    applicable = context.lookups.converters[link.salesforce_kind]
    wanted: Iterable[str] = applicable if row_ids is None else row_ids
    return {
        row_id: Due(_targets(context.lookups.rows[row_id]), Trigger.BULK_SYNC)
        for row_id in wanted
        if row_id in applicable
    }


def _targets(row: AttributeMapping) -> frozenset[Side]:
    if row.direction is Direction.TWO_WAY:
        return frozenset(Side)
    return frozenset(
        {Side.SALESFORCE if row.direction is Direction.TO_SALESFORCE else Side.INTERCOM}
    )


async def start_bulk(context: Context, row_ids: Sequence[str] | None = None) -> BulkRun:
    """Start a bulk sync that was approved from its dry run.

    Raises `RecordError` where another is under way: what is left of that one would be forgotten.
    """

    def work(unit: UnitOfWork) -> BulkRun:
        before = unit.state.bulk_run()
        if before is not None and before.under_way:
            raise _under_way(before)
        rows = None if row_ids is None else tuple(row_ids)
        run = BulkRun("running", rows, unit.links.count(), 0, 0, context.now())
        if rows is None:
            unit.state.put_mark(BULK_PROMISED, 0.0)
        return unit.state.put_bulk_run(run)

    started = await context.store.run(work)
    context.bulk_at_rest = False
    return started


def _under_way(run: BulkRun) -> RecordError:
    return RecordError(
        "A bulk sync is under way",
        f"It is {run.state}, {run.done:,} of {run.total:,} linked records are done.",
        "Wait until it is done, or cancel it, then ask again.",
        code="bulk_under_way",
    )


async def set_bulk_state(context: Context, state: str) -> None:
    """Pause, resume or cancel the newest bulk run; what was written stays."""

    def work(unit: UnitOfWork) -> None:
        run = unit.state.bulk_run()
        if run is not None and run.under_way:
            unit.state.put_bulk_run(replace(run, state=state))

    await context.store.run(work)
    context.bulk_at_rest = False


async def advance_bulk(context: Context) -> bool:
    """Make the next page of links due; returns whether there was one.

    A row that is due already for a change keeps that reason.
    """

    def work(unit: UnitOfWork) -> bool:
        run = unit.state.bulk_run()
        if run is None or run.state != "running":
            return False
        links = unit.links.page(run.cursor, PAGE)
        if not links:
            unit.state.put_bulk_run(replace(run, state="done"))
            return False
        unit.links.put(
            [
                replace(link, due={**_bulk_due(context, link, run.row_ids), **link.due})
                for link in links
            ]
        )
        done = run.done + len(links)
        unit.state.put_bulk_run(replace(run, done=done, cursor=links[-1].id))
        return True

    return await context.store.run(work)
