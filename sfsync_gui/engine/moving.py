"""Moving identity mappings to the record that a person was converted to or merged into."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.matching import is_unsent
from sfsync_gui.core.observing import add_due, rows_in_scope
from sfsync_gui.core.people import Due, Gone, IdentityMapping, Observation, Pair, PersonRecord
from sfsync_gui.core.triggers import reaction
from sfsync_gui.core.vocabulary import Direction, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.linking import adopted, end_link, link_entry, make_due, row_ids_of
from sfsync_gui.engine.reading import (
    Read,
    current_pair,
    observation_of,
    observe_reading,
    read_people,
)
from sfsync_gui.engine.retrying import retry, retry_refused_with
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import (
    GONE_OR_HIDDEN,
    HIDDEN,
    Trouble,
    open_errors,
    report_person,
)

HOPS = 5
"""How often somebody may have been merged or converted between two checks, to be followed."""


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

    @property
    def from_id(self) -> str:
        """The record that it leaves."""
        return self.link.id_on(self.side)


async def move_links(context: Context, moves: Sequence[Move]) -> None:
    """Move links to where their person went; each in the transaction that stores its reading."""
    moves, read = await _read_targets(context, moves)
    # Whoever cannot be shown may be there all the same: the move waits, and is told.
    refused = [move for move in moves if move.to_id in read.refused]
    moves = [move for move in moves if move.to_id not in read.refused]

    def work(unit: UnitOfWork) -> None:
        # What a user updated before the link comes is told by the baseline, afterwards by nothing.
        users = {one.id: one for one in read.records.values() if one.side is Side.INTERCOM}
        observe_reading(context, unit, Read(users))
        for move in moves:
            _move_one(context, unit, move, read)
        for move in refused:
            _tell_refused(context, unit, move, read.refused[move.to_id])
        observe_reading(context, unit, read)

    await context.store.run(work)


async def _read_targets(context: Context, moves: Sequence[Move]) -> tuple[Sequence[Move], Read]:
    """The moves to where each person is by now, and those records as they are.

    Whoever somebody was merged into or converted to may have gone on in the same way since.
    """
    found: dict[str, PersonRecord] = {}
    gone: list[Gone] = []
    refused: dict[str, RecordError] = {}
    for _ in range(HOPS):
        wanted = [(one.to_kind, one.to_id) for one in moves if one.to_id not in found]
        read = await read_people(context, wanted)
        found.update(read.records)
        gone += read.gone
        refused.update(read.refused)
        onward = [_onward(move, found.get(move.to_id)) for move in moves]
        if onward == list(moves):
            break
        moves = onward
    return moves, Read(found, gone, refused)


def _tell_refused(context: Context, unit: UnitOfWork, move: Move, failure: RecordError) -> None:
    link = unit.links.get(move.link.id)
    if link is not None:
        trouble = Trouble(failure.error_class, move.side, failure.code, failure.message)
        open_errors(context, unit, link, [trouble])


def _onward(move: Move, record: PersonRecord | None) -> Move:
    if record is not None and record.converted_to is not None:
        return replace(move, to_kind=PersonKind.CONTACT, to_id=record.converted_to)
    if record is not None and record.merged_into is not None:
        return replace(move, to_id=record.merged_into)
    return move


def _move_one(context: Context, unit: UnitOfWork, move: Move, read: Read) -> None:
    link = unit.links.get(move.link.id)
    old = unit.directory.get(move.side, move.from_id)
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
    unit.errors.close_person(move.side, move.to_id)  # such as a lead that was refused
    _review_refusals(context, unit, moved, move.side)
    unit.history.add(
        [link_entry(context, HistoryKind.MOVED, moved, move.trigger, old.name if old else "")]
    )


def _review_refusals(
    context: Context, unit: UnitOfWork, moved: IdentityMapping, side: Side
) -> None:
    """What the old record refused is tried on the new one. What rows refused that it does not
    have is over, and so is what was the old one's value where the new one's counts as settled."""
    errors = unit.errors.of_links([moved.id]).get(moved.id, [])
    applicable = set(row_ids_of(context, moved))
    settled = moved.synced.keys() - moved.due.keys()
    over = [
        error
        for error in errors
        if error.row_id not in applicable or (error.side is not side and error.row_id in settled)
    ]
    unit.errors.close(error.id for error in over)
    refused = [one for one in errors if one not in over and one.side is side]
    retry(context, unit, refused, by_hand=False)
    retry_refused_with(context, unit, over)


def _target_not_there(
    context: Context,
    unit: UnitOfWork,
    link: IdentityMapping,
    move: Move,
    record: PersonRecord | None,
) -> None:
    """A link ends only on proof: a merged loser is deleted, a converted lead is still there."""
    if record is None and move.trigger is Trigger.SALESFORCE_CONVERTED:
        open_errors(context, unit, link, [HIDDEN])
        return
    end_link(context, unit, link, move.trigger, GONE_OR_HIDDEN)
    report_person(context, unit, link, GONE_OR_HIDDEN, move.side)


def _moved_link(
    context: Context, unit: UnitOfWork, link: IdentityMapping, move: Move, record: PersonRecord
) -> IdentityMapping:
    seen = observation_of(context.lookups, record)
    if move.side is Side.SALESFORCE:
        return _moved_in_salesforce(context, link, move, record, seen)
    return _moved_in_intercom(context, unit, link, move, seen)


def _moved_in_intercom(
    context: Context, unit: UnitOfWork, link: IdentityMapping, move: Move, seen: Observation
) -> IdentityMapping:
    """The user's own updates go to Salesforce, also those that met nobody just before."""
    user = unit.directory.get(Side.INTERCOM, move.to_id)
    has_updates = user is not None and (user.due or is_unsent(user, seen.modified_at))
    attributes = user.due_attributes if user is not None and has_updates else frozenset()
    moved = replace(link, intercom_id=move.to_id, intercom=seen, synced={}, due={}, in_doubt={})
    moved = replace(moved, intercom_key=user.key if user else link.intercom_key)
    due: dict[str, Due] = {}
    make_due(context, moved, due, move.trigger, attributes)
    if user is not None:
        unit.directory.put([user.at_rest()])
    return replace(moved, due=due, synced=adopted(context, moved, due))


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
    row_ids = set(row_ids_of(context, moved))
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
