"""Another attempt at what failed: because a person asks, a day has passed, or the cause changed."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sfsync_gui.core.failures import REQUEST_REFUSED
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.observing import add_due
from sfsync_gui.core.vocabulary import ErrorClass, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creations import UNCLEAR
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import every_error
from sfsync_gui.engine.wanted import retry_creation
from sfsync_gui.engine.wanted_leads import retry_lead


def retry_rows(context: Context, unit: UnitOfWork, row_ids: Collection[str]) -> None:
    """The values refused for these rows are tried again: the row, or one of its fields, changed."""
    if row_ids:
        errors = [
            error
            for error in every_error(unit)
            if error.row_id in row_ids and error.link_id is not None
        ]
        retry(context, unit, errors, by_hand=False)


def retry(
    context: Context, unit: UnitOfWork, errors: Iterable[SyncError], *, by_hand: bool
) -> None:
    """Plan again, from current values, what these errors held back; they stay listed until then."""
    for error in errors:
        unit.errors.amend(replace(error, holds=False, dismissed=False, last_at=context.now()))
        if error.link_id is None:
            _retry_person(unit, error, by_hand=by_hand)
            continue
        link = unit.links.get(error.link_id)
        if link is None or not _is_still_written(context, error):
            unit.errors.close([error.id])
            retry_refused_with(context, unit, [error])
            continue
        wanted = [error.row_id] if error.row_id else list(context.lookups.rows)
        rows = [context.lookups.rows[one] for one in wanted if one in context.lookups.rows]
        due = dict(link.due)
        add_due(due, rows, error.side, Trigger.RETRY)
        unit.links.put([replace(link, due=due)])


def close_settled(context: Context, unit: UnitOfWork, link_id: int, row_ids: Iterable[str]) -> None:
    """Close the errors of rows of a link that are in step now."""
    settled = set(row_ids)
    errors = unit.errors.of_links([link_id]).get(link_id, [])
    closing = [error for error in errors if error.row_id in settled]
    unit.errors.close(error.id for error in closing)
    retry_refused_with(context, unit, closing)


def retry_refused_with(context: Context, unit: UnitOfWork, closed: Collection[SyncError]) -> None:
    """Where a record was refused as a whole, no row was named: what was refused in the same words
    is tried again once one of those rows is out of it, since that one may have been the cause."""
    words = {_words(error) for error in closed}
    listed = unit.errors.of_links({error.link_id for error in closed if error.link_id is not None})
    waiting = [
        error
        for errors in listed.values()
        for error in errors
        if error not in closed and error.holds and _words(error) in words
    ]
    retry(context, unit, waiting, by_hand=False)


def _words(error: SyncError) -> tuple[int | None, Side, str, str]:
    return error.link_id, error.side, error.code, error.message


def _is_still_written(context: Context, error: SyncError) -> bool:
    """Whether the row, where the error names one that works, still writes to that side."""
    row = context.lookups.rows.get(error.row_id) if error.row_id else None
    return row is None or row.direction.writes(error.side)


def _retry_person(unit: UnitOfWork, error: SyncError, *, by_hand: bool) -> None:
    """A failed creation is tried again, and whoever lost a link looks for a partner again.

    What is unclear is looked for by itself once a day; only a person has it sent again.
    """
    if error.intercom_id is None or (error.code == UNCLEAR and not by_hand):
        return
    if error.creation_id is not None:
        creation = unit.state.creation(error.creation_id)
        if creation is not None:
            retry_creation(unit, creation)
        return
    if error.error_class is not ErrorClass.TRIGGER and not _is_unread(error):
        retry_lead(unit, error.intercom_id)
        return
    person = unit.directory.get(Side.INTERCOM, error.intercom_id)
    if person is not None and person.due is None and not person.deleted:
        unit.directory.put([replace(person, due=Trigger.INTERCOM_UPDATED)])


def _is_unread(error: SyncError) -> bool:
    """Whether it tells of somebody whom Intercom refused to show before a link was made."""
    return error.code == REQUEST_REFUSED and error.side is Side.INTERCOM


def hold_again(context: Context, unit: UnitOfWork) -> None:
    """Whoever looked for a partner again and found none is listed as before, one attempt later.

    Where this is missed, because the process ended just then, the attempt of the next day tells.
    """
    for error in unit.errors.tried_of_people():
        if error.intercom_id is None:
            continue
        person = unit.directory.get(Side.INTERCOM, error.intercom_id)
        if person is not None and person.due is not None:
            continue
        if _is_unread(error):  # and was shown now, or is not to be linked any more
            unit.errors.close([error.id])
        elif error.error_class is ErrorClass.TRIGGER:
            attempts = error.attempts + 1
            unit.errors.put(replace(error, holds=True, attempts=attempts, last_at=context.now()))
