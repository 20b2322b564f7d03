"""Settle: store what the services hold after a write, with history and errors, at once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.observing import Absorbed, settle
from sfsync_gui.core.people import IdentityMapping, Observation, PersonRecord
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.deeds import arrived_late, written
from sfsync_gui.engine.observe import Observer
from sfsync_gui.engine.reading import Read, observation_of, observe_reading, read_people
from sfsync_gui.engine.retrying import close_settled
from sfsync_gui.engine.sending import Delivery, WriteReport
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import HIDDEN, LASTING, Trouble, close_rows, open_errors


def settle_deliveries(context: Context, unit: UnitOfWork, deliveries: Sequence[Delivery]) -> None:
    """Store the outcome of writes: one transaction for all."""
    observer = Observer(unit, context.lookups, context.profile)
    entries: list[HistoryEntry] = []
    for delivery in deliveries:
        link = unit.links.get(delivery.link.id)
        if link is None:
            continue
        entries += _settle_one(context, unit, link, delivery)
        if delivery.after is not None:
            observer.records([delivery.after])
        if delivery.gone is not None:
            observer.gone(delivery.gone)
    if entries:
        unit.history.add(entries)


def _settle_one(
    context: Context, unit: UnitOfWork, link: IdentityMapping, delivery: Delivery
) -> list[HistoryEntry]:
    rows = Observer(unit, context.lookups, context.profile).rows_of(link)
    failed = {trouble.row_id for trouble in delivery.troubles}
    absorbed = Absorbed(link, frozenset())
    before = _seen(context, delivery.before)
    if delivery.accepted:
        errors = unit.errors.of_links([link.id]).get(link.id, [])
        in_error = {error.row_id: error.side for error in errors if error.row_id is not None}
        absorbed = settle(
            link,
            delivery.side,
            delivery.accepted,
            before,
            _seen(context, delivery.after),
            rows,
            in_error,
        )
    due = {row_id: one for row_id, one in absorbed.link.due.items() if row_id not in failed}
    unit.links.put([_without_answered_doubts(replace(absorbed.link, due=due), delivery)])
    close_settled(context, unit, link.id, [write.row_id for write in delivery.accepted])
    if delivery.accepted:
        close_rows(unit, link.id, [None])
    open_errors(context, unit, link, [*delivery.troubles, *_lasting(context, delivery)])
    entries = arrived_late(unit, link, absorbed.late)
    return entries + written(unit, link, delivery.accepted, context.now(), before)


def _lasting(context: Context, delivery: Delivery) -> list[Trouble]:
    """What should pass by itself is shown once it has lasted; it is tried again all the same."""
    place = (delivery.link.id, delivery.side)
    reason, now = delivery.kept_from, context.now()
    if reason is None:
        context.kept_waiting.pop(place, None)
        return []
    if now - context.kept_waiting.setdefault(place, now) < LASTING:
        return []
    context.kept_waiting[place] = now
    return [Trouble(reason.error_class, delivery.side, reason.code, reason.message)]


def _without_answered_doubts(link: IdentityMapping, delivery: Delivery) -> IdentityMapping:
    """A refusal is an answer: nothing of that sending can arrive later."""
    answered = {trouble.row_id for trouble in delivery.troubles}
    if delivery.passing or delivery.reread or delivery.gone:
        answered |= set(link.in_doubt)
    in_doubt = {}
    for row_id, doubts in link.in_doubt.items():
        kept = list(doubts)
        if row_id in answered and kept and kept[-1].side is delivery.side:
            kept.pop()
        if kept:
            in_doubt[row_id] = tuple(kept)
    return replace(link, in_doubt=in_doubt)


def _seen(context: Context, record: PersonRecord | None) -> Observation | None:
    if record is None or record.deleted:
        return None
    return observation_of(context.lookups, record)


async def look_into(context: Context, deliveries: Iterable[Delivery], report: WriteReport) -> None:
    """Count what was written, and read again the records that are not what they were."""
    doubtful = []
    for delivery in deliveries:
        report.count(delivery.side, len(delivery.accepted))
        if delivery.passing or delivery.gone is not None:
            report.put_off.add(delivery.link.id)
        if delivery.reread:
            report.put_off.add(delivery.link.id)
            doubtful.append(delivery.link)
    if not doubtful:
        return
    read = await read_people(context, [link.record_on(Side.SALESFORCE) for link in doubtful])
    await context.store.run(lambda unit: take_in(context, unit, doubtful, read))


def take_in(
    context: Context, unit: UnitOfWork, links: Iterable[IdentityMapping], read: Read
) -> None:
    """Take in a reading of these links' Salesforce records; those that are not there are told."""
    observe_reading(context, unit, read)
    for link in links:
        if link.salesforce_id not in read.records:
            report_hidden(context, unit, link.id)


def report_hidden(context: Context, unit: UnitOfWork, link_id: int) -> None:
    """A record that is neither there nor deleted: the link stays, and it is told.

    Nothing is tried until a person or the day's own attempt asks for it, or the record shows.
    """
    stored = unit.links.get(link_id)
    if stored is None:
        return
    seen = stored.salesforce
    # Without a digest the record is looked into when it shows again, be it just as it was.
    seen = replace(seen, digest=0) if seen is not None else None
    unit.links.put([replace(stored, due={}, salesforce=seen)])
    open_errors(context, unit, stored, [HIDDEN])
