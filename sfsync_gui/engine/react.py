"""React: act upon what the directory says is due, in the order of the trigger tables.

Ending, moving and making links happens here; writing values does not. Everything is derived from
stored state, so that an interruption at any point is made good by the next round.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile

from sfsync_gui.core.matching import unmatched
from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.planner import changed_since_synced
from sfsync_gui.core.triggers import CHECK_ORDER, NOTHING, LinkStep, Reaction, reaction
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.guarding import ENDED, Guard, pair_name
from sfsync_gui.engine.linking import Proposal, end_link, keep_apart, link_people
from sfsync_gui.engine.moving import Move, move_links
from sfsync_gui.engine.partners import Nearby, find_partner, proposal
from sfsync_gui.engine.retrying import hold_again
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import HIDDEN, open_errors
from sfsync_gui.engine.wanted_leads import begin_creation

BATCH = 200
ATTEMPTS = 4
"""How often a person is tried within one check, when candidates turn out to have changed."""

_KEY_UPDATED = frozenset({Trigger.INTERCOM_KEY_UPDATED, Trigger.SALESFORCE_KEY_UPDATED})


@dataclass(slots=True)
class _Decisions:
    """What a batch of due people asks for, beyond what its transaction did already.

    `held` are those whose links the guard does not let end: they go on being due.
    """

    proposals: list[Proposal] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Turns:
    """Who of a group is to be acted upon next: the oldest modification first.

    Those tried too often in this check wait for the next one. They go on being due, so that
    whoever comes before all others is passed over (`_after`), and not read again each time.
    """

    group: Sequence[Trigger]
    tries: Counter[str] = field(default_factory=Counter)
    _after: Person | None = None

    def next_batch(self, unit: UnitOfWork) -> list[Person]:
        """The next people to act upon; nobody where all are done."""
        batch = self._beyond(unit)
        if not batch and self._after is not None:  # people before may have come to be due
            self._after = None
            batch = self._beyond(unit)
        return batch

    def _beyond(self, unit: UnitOfWork) -> list[Person]:
        batch: list[Person] = []
        while not batch and (people := unit.directory.due(self.group, BATCH, self._after)):
            passed = [*takewhile(self._waits, people)]
            self._after = passed[-1] if passed else self._after
            batch = [person for person in people[len(passed) :] if not self._waits(person)]
        return batch

    def _waits(self, person: Person) -> bool:
        return self.tries[person.id] >= ATTEMPTS


async def react(context: Context, *, reachable: Collection[Side] = tuple(Side)) -> int:
    """Act upon everyone who is due; returns how many people were looked at.

    Where a side that must be read first is not `reachable`, whoever needs it waits.
    """
    if not await context.store.run(lambda unit: unit.directory.is_anyone_due()):
        return 0
    looked_at = 0
    for group in CHECK_ORDER:
        looked_at += await _react_to(context, group, reachable)
    if looked_at:
        await context.store.run(partial(hold_again, context))
    return looked_at


async def _react_to(context: Context, group: Sequence[Trigger], reachable: Collection[Side]) -> int:
    turns = _Turns(group)
    tries, looked_at = turns.tries, 0
    while batch := await context.store.run(turns.next_batch):
        tries.update(person.id for person in batch)
        unsynced = {one.id for one in batch if one.kind.family not in context.rules.families}
        tries.update(dict.fromkeys(unsynced, ATTEMPTS))
        batch = [person for person in batch if person.id not in unsynced]
        decisions = await context.store.run(partial(_decide, context, batch))
        moves = [move for move in decisions.moves if move.side in reachable]
        can_link = set(Side) <= set(reachable)
        if moves:
            await move_links(context, moves)
        if decisions.proposals and can_link:
            await link_people(context, decisions.proposals)
        waiting = _waiting(decisions, moves, can_link=can_link)
        tries.update(dict.fromkeys(waiting, ATTEMPTS))
        looked_at += sum(person.id not in waiting for person in batch)
    return looked_at


def _waiting(decisions: _Decisions, moves: Sequence[Move], *, can_link: bool) -> set[str]:
    """Whose turn has to wait until the sides answer again, or a person has decided."""
    waiting = decisions.held | {move.from_id for move in decisions.moves if move not in moves}
    return waiting if can_link else waiting | decisions.taken


def _decide(context: Context, batch: Sequence[Person], unit: UnitOfWork) -> _Decisions:
    decisions = _Decisions()
    links = {
        side: unit.links.of(side, [person.id for person in batch if person.side is side])
        for side in Side
    }
    guard = Guard(context, unit)
    ending = {
        pair_name(links[person.side][person.id])
        for person in batch
        if person.id in links[person.side]
        and _cell(person, links[person.side][person.id]).link is LinkStep.END
    }
    held = guard.held(ENDED, ending)
    for person in batch:
        link = links[person.side].get(person.id)
        ends = link is not None and _cell(person, link).link is LinkStep.END
        if link is not None and ends and pair_name(link) in held:
            decisions.held.add(person.id)
            continue
        _decide_one(context, unit, person, link, decisions)
    return decisions


def _cell(person: Person, link: IdentityMapping | None) -> Reaction:
    if person.due is None:
        return NOTHING
    if link is not None and person.due in _KEY_UPDATED and _has_stored_key(person, link):
        return NOTHING  # the link came to this person after its key had changed
    if link is not None and _stands_in(person):
        return NOTHING  # it was linked before its turn came
    return reaction(person.due, linked=link is not None)


def _stands_in(person: Person) -> bool:
    """Whether this is a contact that is to be linked in place of its converted lead."""
    return person.due is Trigger.SALESFORCE_CONVERTED and not person.converted


def _has_stored_key(person: Person, link: IdentityMapping) -> bool:
    stored = link.intercom_key if person.side is Side.INTERCOM else link.salesforce_key
    return link.by_hand or person.key == stored


def _decide_one(
    context: Context,
    unit: UnitOfWork,
    person: Person,
    link: IdentityMapping | None,
    decisions: _Decisions,
) -> None:
    trigger = person.due
    if trigger is None:
        return
    cell = _cell(person, link)
    if trigger in _KEY_UPDATED:
        # Of a link that moved here the key differs, too: that allows nobody to be linked again.
        unit.kept_apart.release(person.side, person.id, person.key)
    if link is None and person.converted_to is not None:
        _stay_apart(unit, person, person.converted_to)
    if link is not None and cell.link is LinkStep.MOVE:
        move = _move(unit, person, link, trigger)
        if move is not None:
            decisions.moves.append(move)
        else:  # a converted lead whose contact is hidden from the signed-in user
            open_errors(context, unit, link, [HIDDEN])
            unit.directory.put([person.at_rest()])
        return
    if link is not None and cell.link is LinkStep.END:
        person = _with_updated_attributes(context, person, link)
        if unit.links.get(link.id) is not None:  # not ended just now by the partner's trigger
            end_link(context, unit, link, trigger)
    rest = _propose(context, unit, person, trigger, cell, decisions) if cell.match else None
    unit.directory.put([rest or person.at_rest()])


def _stay_apart(unit: UnitOfWork, lead: Person, contact_id: str) -> None:
    """Whom a person unlinked from a lead is kept apart from the contact that it became, too."""
    for intercom_id in unit.kept_apart.partners(lead.side, lead.id):
        keep_apart(unit, intercom_id, contact_id)


def _move(unit: UnitOfWork, person: Person, link: IdentityMapping, trigger: Trigger) -> Move | None:
    """Where the link is to go; None where the service named no record."""
    if trigger is Trigger.SALESFORCE_CONVERTED:
        if person.converted_to is None:
            return None
        return Move(link, trigger, PersonKind.CONTACT, person.converted_to)
    if person.merged_into is None:
        return None
    winner = unit.directory.get(person.side, person.merged_into)
    fallback = PersonKind.USER if person.side is Side.INTERCOM else person.kind
    return Move(link, trigger, winner.kind if winner else fallback, person.merged_into)


def _with_updated_attributes(context: Context, person: Person, link: IdentityMapping) -> Person:
    """The person with the attributes that had not been synced when its link ended."""
    if person.side is not Side.INTERCOM or person.due_attributes is None:
        return person
    updated = changed_since_synced(link, context.lookups.rows)
    return replace(person, due_attributes=person.due_attributes | updated)


def _propose(
    context: Context,
    unit: UnitOfWork,
    person: Person,
    trigger: Trigger,
    cell: Reaction,
    decisions: _Decisions,
) -> Person | None:
    """Look for a partner; returns the person as it is then, None where it is at rest."""
    subject = _subject(unit, person)
    if subject is None:
        return None
    if person.side is Side.INTERCOM and person.id in decisions.taken:
        # About to be linked by its partner's trigger, which writes to Intercom only: the
        # attributes updated here count in that link, too.
        return person
    match = find_partner(context, Nearby(unit, [subject]), subject, decisions.taken)
    if match.partner is None:
        if cell.create and match.outcome is MatchOutcome.NONE:
            begin_creation(unit, person)
            return None
        found = unmatched(subject, match.outcome)
    else:
        decisions.taken.update({subject.id, match.partner.id})
        decisions.proposals.append(proposal(subject, match, trigger))
        found = subject
    if subject.id == person.id:
        return found
    # The converted lead itself has nothing left to do; its contact is the one to be linked.
    due = trigger if match.partner is not None else found.due
    unit.directory.put([replace(found, due=due, due_attributes=None if due else frozenset())])
    return None


def _subject(unit: UnitOfWork, person: Person) -> Person | None:
    """Who is to be linked: of a converted lead its contact, unless that is linked already."""
    if person.due is not Trigger.SALESFORCE_CONVERTED or _stands_in(person):
        return person
    if person.converted_to is None:
        return None
    if unit.links.of(Side.SALESFORCE, [person.converted_to]):
        return None
    return unit.directory.get(Side.SALESFORCE, person.converted_to)
