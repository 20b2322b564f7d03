"""Plan, write, settle: the one path by which values reach a service.

A batch of due links is planned; rows that are two-way are read again and planned anew; what the
guard lets pass is noted as about to be sent, sent in the fewest calls, and settled by what the
services hold then. Edits of the mapping and commands take effect between two batches.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sfsync_gui.core.conversion import NO_OWNER
from sfsync_gui.core.failures import SfsyncError, refusal_of
from sfsync_gui.core.observing import note_doubt
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.planner import LinkPlan
from sfsync_gui.core.vocabulary import ErrorClass, Family, Side
from sfsync_gui.engine.context import Context, Lookups
from sfsync_gui.engine.guarding import Guard
from sfsync_gui.engine.loops import split_loops
from sfsync_gui.engine.owners import look_for_newcomers
from sfsync_gui.engine.planning import plan_in_force
from sfsync_gui.engine.reading import read_people
from sfsync_gui.engine.retrying import close_settled
from sfsync_gui.engine.sending import Delivery, WriteReport, send_to_intercom, send_to_salesforce
from sfsync_gui.engine.settling import look_into, settle_deliveries, take_in
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.tasks import run_together
from sfsync_gui.engine.troubles import GONE_OR_HIDDEN, Trouble, open_errors
from sfsync_gui.engine.waiting import links_awaiting

BATCH = 200
READ_AHEAD = 1000
"""Salesforce records that one call reads; their batches are written one after the other."""

READING_LASTS = 10.0
"""Seconds for which a reading made ahead counts as one from just now."""

ROUNDS = 20
"""More rounds than the longest chain of rows could need; rows cannot form a cycle."""

_READINGS = 3
"""How often two-way rows are read anew before their batch waits for the next check."""


async def write_due(context: Context, sides: Iterable[Side]) -> WriteReport:
    """Write whatever is due towards these sides, until nothing more can be written now.

    A failure of a whole side ends the writes to it and is told in the report; the rows stay due.
    """
    report = WriteReport()
    open_sides = set(sides)
    for _ in range(ROUNDS):
        before = report.total
        for side in sorted(open_sides):
            await _write_towards(context, side, open_sides, report)
        open_sides -= report.blocked.keys()
        if report.total == before:
            break
    return report


async def _write_towards(
    context: Context, side: Side, open_sides: set[Side], report: WriteReport
) -> None:
    after = 0
    limit = READ_AHEAD if side is Side.SALESFORCE else BATCH
    while side in open_sides:
        ids = await context.store.run(partial(_due_links, context, side, after, limit))
        if not ids:
            return
        after = ids[-1]
        ahead = await _read_ahead(context, ids, report) if len(ids) > BATCH else None
        for start in range(0, len(ids), BATCH):
            open_sides -= report.blocked.keys()
            if side not in open_sides:
                return
            batch = [one for one in ids[start : start + BATCH] if one not in report.put_off]
            await write_batch(context, batch, open_sides, report, ahead)
        open_sides -= report.blocked.keys()


def _due_links(context: Context, side: Side, after: int, limit: int, unit: UnitOfWork) -> list[int]:
    """What is due of companies waits while they are not synced: it is not planned in vain."""
    synced = context.rules.families
    family = None if Family.COMPANIES in synced else Family.PEOPLE
    return [link.id for link in unit.links.due(side, limit, after, family)]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Links whose Salesforce records were read for several batches in one call.

    `at` is when, by our clock; `lookups` by which rules.
    """

    link_ids: frozenset[int]
    at: float
    lookups: Lookups

    def fresh(self, context: Context) -> set[tuple[int, Side]]:
        """The links for which the reading still counts as one from just now."""
        lasts = context.clock.now() - self.at <= READING_LASTS
        if not lasts or context.lookups is not self.lookups:
            return set()
        return {(link_id, Side.SALESFORCE) for link_id in self.link_ids}


async def _read_ahead(
    context: Context, link_ids: Sequence[int], report: WriteReport
) -> _Ahead | None:
    """Read the two-way rows' Salesforce records of several batches in one call."""
    async with context.between_batches:
        planned = await context.store.run(lambda unit: _plan(context, unit, link_ids))
        stale = _to_be_read(planned, set(), {Side.SALESFORCE})
        if not stale:
            return None
        at, lookups = context.clock.now(), context.lookups
        try:
            await _read_again(context, stale, report)
        except SfsyncError as failure:
            report.blocked[failure.side or Side.SALESFORCE] = failure
            return None
        return _Ahead(frozenset(link.id for link, _ in stale), at, lookups)


async def write_batch(
    context: Context,
    link_ids: Sequence[int],
    open_sides: set[Side],
    report: WriteReport,
    ahead: _Ahead | None = None,
) -> None:
    """Plan, write and settle one batch of links."""
    async with context.between_batches:
        fresh = set() if ahead is None else ahead.fresh(context)
        planned = await _plan_with_readings(context, link_ids, open_sides, report, fresh)
        plans = await context.store.run(lambda unit: _prepare(context, unit, planned, open_sides))
        deliveries = await _send(context, plans, open_sides, report)
        await context.store.run(lambda unit: settle_deliveries(context, unit, deliveries))
        await look_into(context, deliveries, report)


async def _plan_with_readings(
    context: Context,
    link_ids: Sequence[int],
    open_sides: set[Side],
    report: WriteReport,
    fresh: set[tuple[int, Side]],
) -> list[LinkPlan]:
    """Plans that rest on values read just now where they must; none if that could not be done.

    `fresh` are links and sides that were read just now already.
    """
    for _ in range(_READINGS):
        planned = await _plan_with_owners(context, link_ids)
        report.put_off |= planned.waiting
        stale = _to_be_read(planned, fresh, open_sides)
        if not stale:
            return planned.plans
        try:
            await _read_again(context, stale, report)
        except SfsyncError as failure:
            report.blocked[failure.side or next(iter(stale))[1]] = failure
            return []
        fresh |= {(link.id, side) for link, side in stale}
    outdated = {link.id for link, _ in stale}  # planned before the reading that was just made
    return [plan for plan in planned.plans if plan.link.id not in outdated]


@dataclass(frozen=True, slots=True)
class _Planned:
    """The plans of a batch.

    `doubted` are links whose record could not be read when it was last tried, and for which
    another attempt was asked. `waiting` are those one of whose people has to be acted upon first:
    the record was converted, say, or its key changed.
    """

    plans: list[LinkPlan]
    doubted: frozenset[int]
    waiting: frozenset[int]


def _plan(context: Context, unit: UnitOfWork, link_ids: Sequence[int]) -> _Planned:
    errors = unit.errors.of_links(link_ids)
    links = [link for link_id in link_ids if (link := unit.links.get(link_id)) is not None]
    waiting = links_awaiting(unit, links)
    plans = [
        plan_in_force(context, link, errors.get(link.id, ()))
        for link in links
        if link.id not in waiting
    ]
    doubted = frozenset(
        link_id
        for link_id, listed in errors.items()
        if any(error.code == GONE_OR_HIDDEN and not error.holds for error in listed)
    )
    return _Planned(plans, doubted, waiting)


async def _plan_with_owners(context: Context, link_ids: Sequence[int]) -> _Planned:
    """The plans of a batch; owners are read anew where one of them is not known."""
    planned = await context.store.run(lambda unit: _plan(context, unit, link_ids))
    if _meets_strangers(planned.plans) and await look_for_newcomers(context):
        planned = await context.store.run(lambda unit: _plan(context, unit, link_ids))
    return planned


def _meets_strangers(plans: Sequence[LinkPlan]) -> bool:
    """Whether an owner is refused because nobody on the other side is known for it."""
    return any(one.reason.code == NO_OWNER for plan in plans for one in plan.refused)


_Stale = list[tuple[IdentityMapping, Side]]


def _to_be_read(planned: _Planned, fresh: set[tuple[int, Side]], open_sides: set[Side]) -> _Stale:
    """Links whose writes to a side rest on a reading of it that is not from just now."""
    return [
        (plan.link, side)
        for plan in planned.plans
        for side in Side
        if side in open_sides
        and (plan.link.id, side) not in fresh
        and _needs_reading(plan, side, planned.doubted)
    ]


def _needs_reading(plan: LinkPlan, side: Side, doubted: Collection[int]) -> bool:
    if side is Side.SALESFORCE and plan.link.id in doubted:
        return True
    return any(write.two_way for write in plan.writes_to(side))


async def _read_again(context: Context, stale: _Stale, report: WriteReport) -> None:
    records = [link for link, side in stale if side is Side.SALESFORCE]
    read = await read_people(context, [link.record_on(side) for link, side in stale])
    for link, side in stale:
        if side is Side.INTERCOM and link.intercom_id in read.refused:
            report.unread[link.id] = refusal_of(read.refused[link.intercom_id])
    await context.store.run(lambda unit: take_in(context, unit, records, read))


def _prepare(
    context: Context, unit: UnitOfWork, plans: Sequence[LinkPlan], open_sides: set[Side]
) -> list[LinkPlan]:
    """Store what needs no sending, and note what is about to be sent."""
    for plan in plans:
        _store_outcomes(context, unit, plan)
    allowed, _ = Guard(context, unit).allowed(plans)
    allowed = [split_loops(context, unit, plan) for plan in allowed]
    for plan in allowed:
        writes = [write for write in plan.writes if write.side in open_sides]
        link = unit.links.get(plan.link.id)
        if writes and link is not None:
            unit.links.put([note_doubt(link, writes, context.now())])
    return allowed


def _store_outcomes(context: Context, unit: UnitOfWork, plan: LinkPlan) -> None:
    """Settled and refused rows are no longer due; the others are due towards their target.

    Where nothing but the sides that are due tells of a conflict, both stay until it is settled.
    """
    link = plan.link
    gone = {*plan.settled, *plan.idle, *(refused.row_id for refused in plan.refused)}
    due = {row_id: one for row_id, one in link.due.items() if row_id not in gone}
    for write in plan.writes:
        if write.overrules and write.row_id not in link.synced:
            continue
        due[write.row_id] = replace(due[write.row_id], towards=frozenset({write.side}))
    synced = {**link.synced, **plan.settled}
    changed = replace(link, due=due, synced=synced)
    if changed != link:
        unit.links.put([changed])
    if plan.settled:
        close_settled(context, unit, link.id, plan.settled)
    if plan.refused:
        open_errors(
            context,
            unit,
            link,
            [
                Trouble(
                    ErrorClass.RECORD,
                    refused.side,
                    refused.reason.code,
                    refused.reason.message,
                    refused.row_id,
                    refused.field,
                    refused.source,
                    refused.reason.remedy,
                )
                for refused in plan.refused
            ],
        )


async def _send(
    context: Context, plans: Sequence[LinkPlan], open_sides: set[Side], report: WriteReport
) -> list[Delivery]:
    """Send both sides' writes at the same time."""
    jobs = {side: [plan for plan in plans if plan.writes_to(side)] for side in open_sides}
    senders = {Side.INTERCOM: send_to_intercom, Side.SALESFORCE: send_to_salesforce}
    answers = await run_together(
        senders[side](context, side_plans, report)
        for side, side_plans in jobs.items()
        if side_plans
    )
    return [delivery for deliveries in answers for delivery in deliveries]
