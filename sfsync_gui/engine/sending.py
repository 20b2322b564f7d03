"""Sending planned writes to a service in the fewest calls, and reading the answers.

What comes out is a `Delivery` per record: which rows were accepted, what the record held before
and after, and what went wrong with the others. Nothing is stored here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sfsync_gui.core.failures import (
    MissingPermissionError,
    OrgError,
    OutcomeUnknownError,
    RecordError,
    RowRefusal,
    SetupError,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.people import Gone, IdentityMapping, Json, PersonRecord
from sfsync_gui.core.planner import LinkPlan, RowWrite
from sfsync_gui.core.values import intercom_wire, salesforce_wire
from sfsync_gui.core.vocabulary import ErrorClass, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.options import add_missing_options
from sfsync_gui.engine.ports import SalesforceWrite, WriteResult
from sfsync_gui.engine.tasks import run_together
from sfsync_gui.engine.troubles import Trouble

CONCURRENT_WRITES = 10
SALESFORCE_BATCH = 200


@dataclass(slots=True)
class WriteReport:
    """What a write step did.

    `blocked` maps a side to the failure that stopped its writes; `put_off` are links that are not
    tried again in this check; `suspects` are Salesforce fields that turned out not to be writable.
    `unread` are links whose record in Intercom was refused to be shown before it is written.
    """

    written: dict[Side, int] = field(default_factory=dict)
    blocked: dict[Side, SfsyncError] = field(default_factory=dict)
    put_off: set[int] = field(default_factory=set)
    suspects: set[str] = field(default_factory=set)
    unread: dict[int, RowRefusal] = field(default_factory=dict)

    def count(self, side: Side, number: int) -> None:
        """Add accepted row writes."""
        self.written[side] = self.written.get(side, 0) + number

    @property
    def total(self) -> int:
        """Accepted row writes to both sides."""
        return sum(self.written.values())


@dataclass(slots=True)
class Delivery:
    """The outcome of the writes to one record.

    `reread` asks to read the record, since the answer says that it is not what it was;
    `gone` is the proof that it is no longer there. `passing`: nothing was written, and it is tried
    again by itself; `kept_from` is what this one record was kept waiting by.
    """

    link: IdentityMapping
    side: Side
    accepted: tuple[RowWrite, ...] = ()
    before: PersonRecord | None = None
    after: PersonRecord | None = None
    troubles: list[Trouble] = field(default_factory=list)
    passing: bool = False
    kept_from: RowRefusal | None = None
    reread: bool = False
    gone: Gone | None = None


async def send_to_salesforce(
    context: Context, plans: Sequence[LinkPlan], report: WriteReport
) -> list[Delivery]:
    """Send the Salesforce writes of these plans; what is refused by field is sent again without.

    A failure of the whole call ends the sending and is told in the report.
    """
    deliveries: list[Delivery] = []
    jobs = [(plan.link, plan.writes_to(Side.SALESFORCE)) for plan in plans]
    while jobs and Side.SALESFORCE not in report.blocked:
        chunk, jobs = jobs[:SALESFORCE_BATCH], jobs[SALESFORCE_BATCH:]
        try:
            results = await context.salesforce.write(
                [_salesforce_write(context, link, writes) for link, writes in chunk],
                context.lookups.fields,
            )
        except SfsyncError as failure:
            _whole_call_failed(failure, chunk, deliveries, report)
            break
        for (link, writes), result in zip(chunk, results, strict=True):
            delivery, rest = _sort_out(link, writes, result, report)
            deliveries.append(delivery)
            if rest:
                jobs.insert(0, (link, rest))
    return deliveries


def _whole_call_failed(
    failure: SfsyncError,
    chunk: Sequence[tuple[IdentityMapping, tuple[RowWrite, ...]]],
    deliveries: list[Delivery],
    report: WriteReport,
) -> None:
    report.blocked[Side.SALESFORCE] = failure
    if not isinstance(failure, OutcomeUnknownError):
        # It was not applied, so nothing of it can arrive later.
        deliveries += [Delivery(link, Side.SALESFORCE, passing=True) for link, _ in chunk]


def _salesforce_write(
    context: Context, link: IdentityMapping, writes: Sequence[RowWrite]
) -> SalesforceWrite:
    fields = context.schema.salesforce[link.salesforce_kind.value]
    values = {write.field: salesforce_wire(fields[write.field], write.value) for write in writes}
    return SalesforceWrite(link.salesforce_kind, link.salesforce_id, values)


def _sort_out(
    link: IdentityMapping,
    writes: tuple[RowWrite, ...],
    result: WriteResult,
    report: WriteReport,
) -> tuple[Delivery, tuple[RowWrite, ...]]:
    """The delivery of one record, and the rows to be sent again without those at fault."""
    delivery = Delivery(link, Side.SALESFORCE, before=result.before, after=result.after)
    if not result.refusals:
        delivery.accepted = writes
        return delivery, ()
    if result.before is None and result.after is None:
        # Refused, and not to be seen: whether it is there at all tells more than the refusal.
        delivery.reread = True
        return delivery, ()
    at_fault: set[str] = set()
    for refusal in result.refusals:
        at_fault |= _take_refusal(delivery, writes, refusal, report)
    rest = tuple(write for write in writes if write.row_id not in at_fault)
    again = rest if at_fault and not (delivery.passing or delivery.reread) else ()
    return delivery, again


def _take_refusal(
    delivery: Delivery, writes: Sequence[RowWrite], refusal: RowRefusal, report: WriteReport
) -> set[str]:
    """Note a refusal; returns the rows that are at fault (all, where no field is named)."""
    if refusal.error_class is ErrorClass.TRANSIENT:
        delivery.passing = True
        delivery.kept_from = refusal
        return set()
    if refusal.error_class is ErrorClass.TRIGGER:
        delivery.reread = True
        return set()
    if refusal.error_class in (ErrorClass.ORG, ErrorClass.SIGN_IN):
        report.blocked[delivery.side] = OrgError(
            "Salesforce refuses changes for now", refusal.message, code=refusal.code
        )
        delivery.passing = True
        return set()
    if refusal.error_class is ErrorClass.SETUP:
        report.suspects.update(refusal.fields)
    named = [write for write in writes if write.field in refusal.fields]
    faulty = named or list(writes)
    delivery.troubles += [_trouble(delivery.side, write, refusal) for write in faulty]
    return {write.row_id for write in faulty}


def _trouble(side: Side, write: RowWrite, refusal: RowRefusal) -> Trouble:
    return Trouble(
        refusal.error_class,
        side,
        refusal.code,
        refusal.message,
        write.row_id,
        write.field,
        write.source,
    )


async def send_to_intercom(
    context: Context, plans: Sequence[LinkPlan], report: WriteReport
) -> list[Delivery]:
    """Send the Intercom writes of these plans, one request a contact, some at a time."""
    slots = asyncio.Semaphore(CONCURRENT_WRITES)
    blocked_rows = await add_missing_options(context, plans)

    async def send(plan: LinkPlan) -> Delivery:
        async with slots:
            delivery = Delivery(plan.link, Side.INTERCOM)
            writes = plan.writes_to(Side.INTERCOM)
            refusals = _not_to_be_sent(plan, writes, blocked_rows, report)
            unready = [write for write in writes if write.row_id in refusals]
            for write in unready:
                delivery.troubles.append(_trouble(Side.INTERCOM, write, refusals[write.row_id]))
            await _put(context, delivery, [w for w in writes if w not in unready], report)
            return delivery

    return await run_together(send(plan) for plan in plans)


def _not_to_be_sent(
    plan: LinkPlan,
    writes: Sequence[RowWrite],
    blocked_rows: Mapping[str, RowRefusal],
    report: WriteReport,
) -> Mapping[str, RowRefusal]:
    """Why rows are refused before they are sent: two-way ones rest on what the record holds."""
    unread = report.unread.get(plan.link.id)
    if unread is None:
        return blocked_rows
    return {**blocked_rows, **{write.row_id: unread for write in writes if write.two_way}}


async def _put(
    context: Context, delivery: Delivery, writes: Sequence[RowWrite], report: WriteReport
) -> None:
    """Write one contact; where fields are refused, the rest is sent again without them."""
    while writes and Side.INTERCOM not in report.blocked:
        try:
            answer = await context.intercom.update(
                *delivery.link.record_on(Side.INTERCOM),
                _intercom_values(context, delivery.link, writes),
            )
        except MissingPermissionError as failure:
            _not_delivered(delivery, failure, report)
            return
        except (RecordError, SetupError) as refused:
            refusal = RowRefusal(refused.error_class, refused.code, refused.message, refused.fields)
            at_fault = _take_refusal(delivery, writes, refusal, report)
            writes = [write for write in writes if write.row_id not in at_fault]
            continue
        except SfsyncError as failure:
            _not_delivered(delivery, failure, report)
            return
        if isinstance(answer, Gone):
            delivery.gone = answer
        else:
            delivery.accepted, delivery.after = tuple(writes), answer
        return
    delivery.passing = delivery.passing or bool(writes)


def _not_delivered(delivery: Delivery, failure: SfsyncError, report: WriteReport) -> None:
    if isinstance(failure, TransientError):
        report.put_off.add(delivery.link.id)
    report.blocked.setdefault(Side.INTERCOM, failure)
    delivery.passing = not isinstance(failure, OutcomeUnknownError)


def _intercom_values(
    context: Context, link: IdentityMapping, writes: Sequence[RowWrite]
) -> Mapping[str, Json]:
    attributes = context.schema.attributes(link.family)
    return {write.field: intercom_wire(attributes[write.field], write.value) for write in writes}
