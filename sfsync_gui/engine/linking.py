"""Making and ending identity mappings.

A link is made only after both records were read again and still carry the same key. What a new
link makes due follows from the trigger tables; every other row takes the values of this reading
as its pair, so that linking by itself writes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.matching import appeared_at, is_unsent
from sfsync_gui.core.observing import add_due, rows_in_scope
from sfsync_gui.core.people import (
    Due,
    IdentityMapping,
    Pair,
    Person,
    PersonRecord,
    RecordRef,
    partner_kind,
)
from sfsync_gui.core.planner import changed_since_synced
from sfsync_gui.core.triggers import Reaction, reaction, stronger
from sfsync_gui.core.vocabulary import (
    Family,
    HistoryKind,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.reading import (
    Read,
    current_pair,
    observation_of,
    observe_reading,
    read_many,
    read_people,
)
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import report_unread


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two people who are to be linked, and why.

    Both must carry the same key, unless a person linked them `by_hand` (such a link outlives key
    changes) or the record was `created` for the contact. Nobody who is linked is taken over,
    unless a person wants that: `replaces` ends the links that either has to somebody else.
    """

    intercom_id: str
    salesforce_kind: PersonKind
    salesforce_id: str
    trigger: Trigger
    ambiguous: bool = False
    by_hand: bool = False
    created: bool = False
    replaces: bool = False

    def id_on(self, side: Side) -> str:
        """The id of the person on `side`."""
        return self.intercom_id if side is Side.INTERCOM else self.salesforce_id

    def record_on(self, side: Side) -> RecordRef:
        """The record on `side`."""
        kind = self.salesforce_kind
        return (kind if side is Side.SALESFORCE else partner_kind(kind)), self.id_on(side)


async def link_people(context: Context, proposals: Sequence[Proposal]) -> int:
    """Read both sides of each proposal and link those that still belong together.

    Returns how many links were made. A proposal that no longer holds leaves the person due, so
    that the next candidate is tried.
    """
    read = await read_people(context, _records_of(proposals))
    return await context.store.run(lambda unit: _link_all(context, unit, proposals, read))


async def link_many(context: Context, proposals: Sequence[Proposal]) -> int:
    """Link many whose keys match, as `link_people` does, but all at once from a reading in pages.

    Intercom's may be some minutes old. Only for links that make nothing due by themselves: what
    changed since then is seen by the next check, and is an update of a linked person.
    """
    read = await read_many(context, _records_of(proposals))
    return await link_read(context, proposals, read)


async def link_read(context: Context, proposals: Sequence[Proposal], read: Read) -> int:
    """As `link_many`, from a reading of both sides that was just made."""
    return await context.store.run(lambda unit: _link_matching(context, unit, proposals, read))


def _records_of(proposals: Sequence[Proposal]) -> list[RecordRef]:
    return [one.record_on(side) for side in Side for one in proposals]


def _link_all(context: Context, unit: UnitOfWork, proposals: Sequence[Proposal], read: Read) -> int:
    observe_reading(context, unit, read)
    _tell_refused(context, unit, proposals, read)
    made = [_link_one(context, unit, proposal, read) for proposal in proposals]
    return sum(made)


def _tell_refused(
    context: Context, unit: UnitOfWork, proposals: Sequence[Proposal], read: Read
) -> None:
    for one in proposals:
        failure = read.refused.get(one.intercom_id)
        if failure is not None and not one.by_hand:
            report_unread(context, unit, one.intercom_id, one.salesforce_kind, failure)


def _link_one(context: Context, unit: UnitOfWork, proposal: Proposal, read: Read) -> bool:
    person = unit.directory.get(Side.INTERCOM, proposal.intercom_id)
    partner = unit.directory.get(Side.SALESFORCE, proposal.salesforce_id)
    if person is None or partner is None or not _may_link(person, partner, proposal):
        return False
    records = (read.records.get(person.id), read.records.get(partner.id))
    if records[0] is None or records[1] is None or not _set_free(context, unit, proposal):
        return False
    link = new_link(context, proposal, (person, partner), (records[0], records[1]))
    link = unit.links.add(link)
    unit.directory.put([person.at_rest(), partner.at_rest()])
    unit.errors.close_person(Side.INTERCOM, person.id)
    unit.errors.close_person(Side.SALESFORCE, partner.id)
    unit.history.add([link_entry(context, HistoryKind.LINKED, link, proposal.trigger, person.name)])
    return True


def _may_link(person: Person, partner: Person, proposal: Proposal) -> bool:
    if person.deleted or partner.deleted or partner.converted:
        return False
    if person.kind.family is not partner.kind.family:
        return False
    keys_count = not (proposal.by_hand or proposal.created)
    return not keys_count or (person.key is not None and person.key == partner.key)


def _set_free(context: Context, unit: UnitOfWork, proposal: Proposal) -> bool:
    """Whether both have no link, after those to others were ended where that is wanted."""
    pair = (proposal.intercom_id, proposal.salesforce_id)
    taken = {
        link.id: link
        for side, person_id in zip((Side.INTERCOM, Side.SALESFORCE), pair, strict=True)
        for link in unit.links.of(side, [person_id]).values()
    }
    if not proposal.replaces:
        return not taken
    if any((link.intercom_id, link.salesforce_id) == pair for link in taken.values()):
        return False
    for link in taken.values():
        end_link_by_hand(context, unit, link)
    return True


def _link_matching(
    context: Context, unit: UnitOfWork, proposals: Sequence[Proposal], read: Read
) -> int:
    """Link people by their keys: what is known of them is read at once, and what is new is
    stored at once; one after the other, most of the time would go by in statements."""
    observe_reading(context, unit, read)
    _tell_refused(context, unit, proposals, read)
    ids = {side: [one.id_on(side) for one in proposals] for side in Side}
    people = {side: unit.directory.get_many(side, ids[side]) for side in Side}
    linked = {side: unit.links.linked(side, ids[side]) for side in Side}
    at_rest: list[Person] = []
    entries: list[HistoryEntry] = []
    for proposal in proposals:
        person = people[Side.INTERCOM].get(proposal.intercom_id)
        partner = people[Side.SALESFORCE].get(proposal.salesforce_id)
        if person is None or partner is None or not _may_link(person, partner, proposal):
            continue
        records = (read.records.get(person.id), read.records.get(partner.id))
        is_free = not any(proposal.id_on(side) in linked[side] for side in Side)
        if records[0] is None or records[1] is None or not is_free:
            continue
        link = new_link(context, proposal, (person, partner), (records[0], records[1]))
        link = unit.links.add(link)
        for side in Side:
            linked[side].add(proposal.id_on(side))
        at_rest += [person.at_rest(), partner.at_rest()]
        kind = HistoryKind.LINKED
        entries.append(link_entry(context, kind, link, proposal.trigger, person.name))
    unit.directory.put(at_rest)
    unit.history.add(entries)
    if unit.errors.all(limit=1):
        for one in at_rest:
            unit.errors.close_person(one.side, one.id)
    return len(entries)


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
    # Intercom's first: they name what was updated, Salesforce's only that something was.
    for trigger, attributes in sorted(causes, key=lambda cause: cause[0].side is not Side.INTERCOM):
        make_due(context, link, due, trigger, attributes)
    return replace(link, due=due, synced=adopted(context, link, due))


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


def make_due(
    context: Context,
    link: IdentityMapping,
    due: dict[str, Due],
    trigger: Trigger,
    attributes: frozenset[str] | None,
) -> None:
    """Make due, in place, the rows for which a trigger asks on a link that was just made.

    A two-way row that was updated in Intercom is overwritten there only by a new record's value;
    then both sides have a claim, and the row's rule decides.
    """
    cell = _cell_of_new_link(trigger)
    rows = {row_id: context.lookups.rows[row_id] for row_id in row_ids_of(context, link)}
    kind = link.salesforce_kind
    add_due(
        due,
        rows_in_scope(rows, kind, Side.SALESFORCE, cell.to_salesforce, attributes),
        Side.SALESFORCE,
        trigger,
    )
    back = rows_in_scope(rows, kind, Side.INTERCOM, cell.to_intercom, None)
    if trigger is not Trigger.SALESFORCE_CREATED:
        back = [row for row in back if row.id not in due]
    add_due(due, back, Side.INTERCOM, trigger)


def _cell_of_new_link(trigger: Trigger) -> Reaction:
    return reaction(trigger, linked=trigger is Trigger.INTERCOM_MERGED)


def row_ids_of(context: Context, link: IdentityMapping) -> Iterable[str]:
    """The active rows that apply to the link's kind of record."""
    return context.lookups.converters[link.salesforce_kind]


def adopted(context: Context, link: IdentityMapping, due: Mapping[str, Due]) -> dict[str, Pair]:
    """Rows that are not due take what was just read as their pair."""
    pairs = {}
    for row_id in row_ids_of(context, link):
        pair = current_pair(context.lookups, link, row_id)
        if row_id not in due and pair is not None:
            pairs[row_id] = pair
    return pairs


def end_link(
    context: Context, unit: UnitOfWork, link: IdentityMapping, trigger: Trigger, note: str = ""
) -> None:
    """End a link: its errors close, its history stays, both records stay as they are.

    What the side that did not end it had updated, and the link had not passed on yet, is that
    side's own trigger: its turn comes later in the same check, and meets no mapping.
    """
    errors = unit.errors.of_links([link.id]).get(link.id, [])
    unit.errors.close(error.id for error in errors)
    unit.links.remove(link.id)
    person = unit.directory.get(Side.INTERCOM, link.intercom_id)
    name = person.name if person else ""
    unit.history.add([link_entry(context, HistoryKind.UNLINKED, link, trigger, name, note)])
    if trigger.side is Side.SALESFORCE:
        _hand_back_contact(context, unit, link)
    elif trigger.side is Side.INTERCOM:
        _hand_back_record(unit, link)
    if trigger is Trigger.INTERCOM_DELETED and link.family is Family.COMPANIES:
        _hand_on(unit, link)


def end_link_by_hand(context: Context, unit: UnitOfWork, link: IdentityMapping) -> None:
    """End a link because a person wants that: the pair is kept apart until a key changes."""
    end_link(context, unit, link, Trigger.UNLINKED_BY_HAND)
    keep_apart(unit, link.intercom_id, link.salesforce_id)


def keep_apart(unit: UnitOfWork, intercom_id: str, salesforce_id: str) -> None:
    """Keep two people apart while both carry the keys that they carry now."""
    contact = unit.directory.get(Side.INTERCOM, intercom_id)
    record = unit.directory.get(Side.SALESFORCE, salesforce_id)
    keys = (contact.key if contact else None, record.key if record else None)
    unit.kept_apart.add(intercom_id, salesforce_id, keys)


def _hand_back_contact(context: Context, unit: UnitOfWork, link: IdentityMapping) -> None:
    contact = unit.directory.get(Side.INTERCOM, link.intercom_id)
    updated = changed_since_synced(link, context.lookups.rows)
    if contact is None or contact.deleted or link.intercom is None or not updated:
        return
    waiting = contact.due_attributes
    unit.directory.put(
        [
            replace(
                contact,
                due=stronger(contact.due, Trigger.INTERCOM_UPDATED),
                due_attributes=None if waiting is None else waiting | updated,
                unsent_at=max(contact.unsent_at, link.intercom.modified_at),
            )
        ]
    )


def _hand_back_record(unit: UnitOfWork, link: IdentityMapping) -> None:
    record = unit.directory.get(Side.SALESFORCE, link.salesforce_id)
    updated = any(due.trigger is Trigger.SALESFORCE_UPDATED for due in link.due.values())
    if record is None or record.deleted or record.converted or not updated:
        return
    unit.directory.put([replace(record, due=stronger(record.due, Trigger.SALESFORCE_UPDATED))])


def _hand_on(unit: UnitOfWork, link: IdentityMapping) -> None:
    """A company that came in the place of a deleted one has its turn now.

    While the guard held the old link, it found the account taken.
    """
    carriers = unit.directory.with_keys(Side.INTERCOM, [link.intercom_key or ""])
    successors = [
        one
        for found in carriers.values()
        for one in found
        if one.note is MatchOutcome.ALREADY_LINKED and one.kind is PersonKind.COMPANY
    ]
    for one in successors:
        is_new = one.due_attributes is None
        trigger = Trigger.INTERCOM_CREATED if is_new else Trigger.INTERCOM_UPDATED
        unit.directory.put([replace(one, due=stronger(one.due, trigger), note=None)])


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
