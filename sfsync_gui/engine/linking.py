"""Making, moving and ending identity mappings.

A link is made only after both records were read again and still carry the same key. What a new
link makes due follows from the trigger tables; every other row takes the values of this reading
as its pair, so that linking by itself writes nothing.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.matching import appeared_at, is_unsent
from sfsync_gui.core.observing import add_due, rows_in_scope
from sfsync_gui.core.people import (
    Due,
    Gone,
    IdentityMapping,
    Observation,
    Pair,
    Person,
    PersonRecord,
    Value,
)
from sfsync_gui.core.triggers import Reaction, reaction
from sfsync_gui.core.values import canonical_record
from sfsync_gui.core.vocabulary import Direction, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Context, Lookups
from sfsync_gui.engine.observe import Observer
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.tasks import run_together
from sfsync_gui.engine.troubles import report_person

CONCURRENT_READS = 10


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two people who are to be linked, and why. `by_hand` links outlive key changes."""

    intercom_id: str
    salesforce_kind: PersonKind
    salesforce_id: str
    trigger: Trigger
    ambiguous: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A link that is to follow its person to the record it was converted to or merged into."""

    link: IdentityMapping
    trigger: Trigger
    to_kind: PersonKind
    to_id: str

    @property
    def side(self) -> Side:
        """The side on which the record changes."""
        return self.to_kind.side


@dataclass(frozen=True, slots=True)
class Read:
    """Fresh readings of both sides, by id, and the proofs of people gone."""

    records: Mapping[str, PersonRecord]
    gone: Sequence[Gone] = ()


async def read_people(
    context: Context,
    salesforce: Iterable[tuple[PersonKind, str]],
    intercom: Iterable[str],
    in_hand: Mapping[str, PersonRecord] | None = None,
) -> Read:
    """Read people of both sides as they are now; those `in_hand` are not read again."""
    found = dict(in_hand or {})
    wanted = list(dict.fromkeys(pair for pair in salesforce if pair[1] not in found))
    if wanted:
        found.update(await context.salesforce.read(wanted, context.lookups.fields))
    contacts = [one for one in dict.fromkeys(intercom) if one not in found]
    gone: list[Gone] = []
    for answer in await _read_contacts(context, contacts):
        if isinstance(answer, Gone):
            gone.append(answer)
        else:
            found[answer.id] = answer
    return Read(found, gone)


async def _read_contacts(context: Context, ids: Sequence[str]) -> list[PersonRecord | Gone]:
    slots = asyncio.Semaphore(CONCURRENT_READS)

    async def read(contact_id: str) -> PersonRecord | Gone:
        async with slots:
            return await context.intercom.read(contact_id)

    return await run_together(read(contact_id) for contact_id in ids)


async def link_people(
    context: Context,
    proposals: Sequence[Proposal],
    in_hand: Mapping[str, PersonRecord] | None = None,
) -> int:
    """Read both sides of each proposal and link those that still belong together.

    Returns how many links were made. A proposal that no longer holds leaves the person due, so
    that the next candidate is tried.
    """
    read = await read_people(
        context,
        ((one.salesforce_kind, one.salesforce_id) for one in proposals),
        (one.intercom_id for one in proposals),
        in_hand,
    )
    return await context.store.run(lambda unit: _link_all(context, unit, proposals, read))


def _link_all(context: Context, unit: UnitOfWork, proposals: Sequence[Proposal], read: Read) -> int:
    observe_reading(context, unit, read)
    made = [_link_one(context, unit, proposal, read) for proposal in proposals]
    return sum(made)


def observe_reading(context: Context, unit: UnitOfWork, read: Read) -> None:
    """Take what was read into directory and links, as any other reading."""
    observer = Observer(unit, context.lookups, context.profile)
    observer.records(list(read.records.values()))
    for gone in read.gone:
        observer.gone(gone)


def _link_one(context: Context, unit: UnitOfWork, proposal: Proposal, read: Read) -> bool:
    person = unit.directory.get(Side.INTERCOM, proposal.intercom_id)
    partner = unit.directory.get(Side.SALESFORCE, proposal.salesforce_id)
    if person is None or partner is None or not _may_link(unit, person, partner, proposal):
        return False
    records = (read.records.get(person.id), read.records.get(partner.id))
    if records[0] is None or records[1] is None:
        return False
    link = new_link(context, proposal, (person, partner), (records[0], records[1]))
    link = unit.links.add(link)
    unit.directory.put([person.at_rest(), partner.at_rest()])
    unit.errors.close_person(Side.INTERCOM, person.id)
    unit.errors.close_person(Side.SALESFORCE, partner.id)
    unit.history.add([link_entry(context, HistoryKind.LINKED, link, proposal.trigger, person.name)])
    return True


def _may_link(unit: UnitOfWork, person: Person, partner: Person, proposal: Proposal) -> bool:
    if person.deleted or partner.deleted or partner.converted:
        return False
    keys_count = not (proposal.by_hand or proposal.trigger is Trigger.LEAD_CREATED_FROM_INTERCOM)
    if keys_count and (person.key is None or person.key != partner.key):
        return False
    taken = unit.links.of(Side.INTERCOM, [person.id]) or unit.links.of(
        Side.SALESFORCE, [partner.id]
    )
    return not taken


def new_link(
    context: Context,
    proposal: Proposal,
    people: tuple[Person, Person],
    records: tuple[PersonRecord, PersonRecord],
) -> IdentityMapping:
    """The link of two people just read, with what their triggers make due.

    Both people's triggers count: a change that waits on the partner's side is not lost, nor is
    one in Intercom that was seen before the Salesforce record was.
    """
    link = IdentityMapping(
        intercom_id=proposal.intercom_id,
        salesforce_kind=records[1].kind,
        salesforce_id=proposal.salesforce_id,
        intercom_key=people[0].key,
        salesforce_key=people[1].key,
        trigger=proposal.trigger,
        created_at=context.now(),
        by_hand=proposal.by_hand,
        ambiguous=proposal.ambiguous,
        intercom=observation_of(context.lookups, records[0]),
        salesforce=observation_of(context.lookups, records[1]),
    )
    due: dict[str, Due] = {}
    causes = [(proposal.trigger, _attributes_of(people, proposal.trigger))]
    causes += [
        (person.due, person.due_attributes)
        for person in people
        if person.due is not None and person.due is not proposal.trigger
    ]
    causes += _unsent(people, proposal.trigger)
    for trigger, attributes in causes:
        _make_due(context, link, due, trigger, attributes)
    return replace(link, due=due, synced=_adopted(context, link, due))


def _attributes_of(people: tuple[Person, Person], trigger: Trigger) -> frozenset[str] | None:
    """The updated attributes that the trigger is about; all where it names none."""
    if trigger is people[0].due:
        return people[0].due_attributes
    return None


def _unsent(
    people: tuple[Person, Person], trigger: Trigger
) -> list[tuple[Trigger, frozenset[str] | None]]:
    """The Intercom trigger that met nobody because the Salesforce record was not known yet."""
    contact, record = people
    if trigger.side is not Side.SALESFORCE or not is_unsent(contact, appeared_at(record, trigger)):
        return []
    is_new = contact.due_attributes is None
    cause = Trigger.INTERCOM_CREATED if is_new else Trigger.INTERCOM_UPDATED
    return [(cause, contact.due_attributes)]


def _make_due(
    context: Context,
    link: IdentityMapping,
    due: dict[str, Due],
    trigger: Trigger,
    attributes: frozenset[str] | None,
) -> None:
    cell = _cell_of_new_link(trigger)
    rows = {row_id: context.lookups.rows[row_id] for row_id in _row_ids(context, link)}
    for side, scope in (
        (Side.SALESFORCE, cell.to_salesforce),
        (Side.INTERCOM, cell.to_intercom),
    ):
        asked = rows_in_scope(rows, link.salesforce_kind, side, scope, attributes)
        add_due(due, asked, side, trigger)
        # A two-way row that was updated in Intercom is not to be overwritten there as well.
        rows = {row_id: row for row_id, row in rows.items() if row not in asked}


def _cell_of_new_link(trigger: Trigger) -> Reaction:
    return reaction(trigger, linked=trigger is Trigger.INTERCOM_MERGED)


def _row_ids(context: Context, link: IdentityMapping) -> Iterable[str]:
    return context.lookups.converters[link.salesforce_kind]


def _adopted(context: Context, link: IdentityMapping, due: Mapping[str, Due]) -> dict[str, Pair]:
    """Rows that are not due take what was just read as their pair."""
    pairs = {}
    for row_id in _row_ids(context, link):
        pair = current_pair(context.lookups, link, row_id)
        if row_id not in due and pair is not None:
            pairs[row_id] = pair
    return pairs


def current_pair(lookups: Lookups, link: IdentityMapping, row_id: str) -> Pair | None:
    """Both observed values of a row; None where Salesforce's is unknown."""
    row = lookups.rows[row_id]
    name = row.field_for(Side.SALESFORCE, link.salesforce_kind)
    if link.intercom is None or link.salesforce is None or name is None:
        return None
    if name not in link.salesforce.values:
        return None
    intercom: Value = link.intercom.values.get(row.intercom_attribute)
    return Pair(intercom, link.salesforce.values[name])


def observation_of(lookups: Lookups, record: PersonRecord) -> Observation:
    """The canonical values of a record that a link remembers."""
    names: Iterable[str] = lookups.schema.intercom
    if record.side is Side.SALESFORCE:
        names = lookups.fields.get(record.kind.value, ())
    values = canonical_record(record, lookups.schema, names)
    return Observation(values, record.version, record.modified_at)


async def move_links(context: Context, moves: Sequence[Move]) -> None:
    """Move links to where their person went; each in the transaction that stores its reading."""
    read = await read_people(
        context,
        ((one.to_kind, one.to_id) for one in moves if one.side is Side.SALESFORCE),
        (one.to_id for one in moves if one.side is Side.INTERCOM),
    )

    def work(unit: UnitOfWork) -> None:
        for move in moves:
            _move_one(context, unit, move, read)
        observe_reading(context, unit, read)

    await context.store.run(work)


def _move_one(context: Context, unit: UnitOfWork, move: Move, read: Read) -> None:
    link = unit.links.get(move.link.id)
    old = unit.directory.get(move.side, _id_on(move.link, move.side))
    if old is not None:
        unit.directory.put([old.at_rest()])
    if link is None:
        return
    record = read.records.get(move.to_id)
    taken = unit.links.of(move.side, [move.to_id])
    if taken:
        end_link(context, unit, link, move.trigger, "already_linked")
        report_person(context, unit, link, "already_linked", move.side)
        return
    if record is None or record.deleted:
        _target_not_there(context, unit, link, move, record)
        return
    moved = _moved_link(context, unit, link, move, record)
    unit.links.put([moved])
    unit.history.add(
        [link_entry(context, HistoryKind.MOVED, moved, move.trigger, old.name if old else "")]
    )


def _target_not_there(
    context: Context,
    unit: UnitOfWork,
    link: IdentityMapping,
    move: Move,
    record: PersonRecord | None,
) -> None:
    """A link ends only on proof: a merged loser is deleted, a converted lead is still there."""
    if record is not None or move.trigger is not Trigger.SALESFORCE_CONVERTED:
        end_link(context, unit, link, move.trigger, "gone_or_hidden")
    report_person(context, unit, link, "gone_or_hidden", move.side)


def _moved_link(
    context: Context, unit: UnitOfWork, link: IdentityMapping, move: Move, record: PersonRecord
) -> IdentityMapping:
    seen = observation_of(context.lookups, record)
    if move.side is Side.SALESFORCE:
        return _moved_in_salesforce(context, link, move, record, seen)
    user = unit.directory.get(Side.INTERCOM, move.to_id)
    attributes = user.due_attributes if user and user.due else frozenset()
    moved = replace(link, intercom_id=move.to_id, intercom=seen, synced={}, due={}, in_doubt={})
    moved = replace(moved, intercom_key=user.key if user else link.intercom_key)
    due: dict[str, Due] = {}
    _make_due(context, moved, due, move.trigger, attributes)
    return replace(moved, due=due, synced=_adopted(context, moved, due))


def _moved_in_salesforce(
    context: Context,
    link: IdentityMapping,
    move: Move,
    record: PersonRecord,
    seen: Observation,
) -> IdentityMapping:
    """Rows without a field on the new record lose their pair; rows to Salesforce take its values
    as their base; a change that waits in Intercom goes on waiting."""
    moved = replace(
        link,
        salesforce_kind=record.kind,
        salesforce_id=record.id,
        salesforce=seen,
        in_doubt={},
    )
    row_ids = set(_row_ids(context, moved))
    synced = {row_id: pair for row_id, pair in link.synced.items() if row_id in row_ids}
    for row_id, pair in synced.items():
        current = current_pair(context.lookups, moved, row_id)
        is_base = context.lookups.rows[row_id].direction is Direction.TO_SALESFORCE
        if is_base and current is not None:
            synced[row_id] = Pair(pair.intercom, current.salesforce)
    due = {row_id: one for row_id, one in link.due.items() if row_id in row_ids}
    moved = replace(moved, synced=synced, due=due)
    cell = reaction(move.trigger, linked=True)
    rows = {row_id: context.lookups.rows[row_id] for row_id in row_ids}
    add_due(
        due,
        rows_in_scope(rows, moved.salesforce_kind, Side.INTERCOM, cell.to_intercom, None),
        Side.INTERCOM,
        move.trigger,
    )
    return replace(moved, due=due)


def end_link(
    context: Context, unit: UnitOfWork, link: IdentityMapping, trigger: Trigger, note: str = ""
) -> None:
    """End a link: its errors close, its history stays, both records stay as they are."""
    errors = unit.errors.of_links([link.id]).get(link.id, [])
    unit.errors.close(error.id for error in errors)
    unit.links.remove(link.id)
    person = unit.directory.get(Side.INTERCOM, link.intercom_id)
    name = person.name if person else ""
    unit.history.add([link_entry(context, HistoryKind.UNLINKED, link, trigger, name, note)])


def link_entry(
    context: Context,
    kind: HistoryKind,
    link: IdentityMapping,
    trigger: Trigger,
    name: str,
    note: str = "",
) -> HistoryEntry:
    """A history entry about a link as a whole."""
    return HistoryEntry(
        kind=kind,
        at=context.now(),
        trigger=trigger,
        intercom_id=link.intercom_id,
        salesforce_id=link.salesforce_id,
        salesforce_kind=link.salesforce_kind,
        person_name=name,
        note=note,
    )


def _id_on(link: IdentityMapping, side: Side) -> str:
    return link.intercom_id if side is Side.INTERCOM else link.salesforce_id
