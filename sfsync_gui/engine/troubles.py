"""Sync errors: opening, renewing and closing them, in the words of the remedies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sfsync_gui.core.failures import RecordError, RowRefusal, SfsyncError, refusal_of
from sfsync_gui.core.history import CONVERSATIONS, SyncError
from sfsync_gui.core.people import IdentityMapping, Value
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import Creation, UnitOfWork

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with one row of a link, or with the link as a whole (`row_id` None).

    `source` is the canonical value that was refused.
    """

    error_class: ErrorClass
    side: Side
    code: str
    message: str
    row_id: str | None = None
    field: str | None = None
    source: Value = None
    remedy: str = ""


LASTING = 900
"""Seconds for which a record may be kept waiting, by a lock say, before that is listed."""

GONE_OR_HIDDEN = "gone_or_hidden"
"""The code of a record that is neither there nor deleted."""

_NOT_READABLE = (
    "The record can no longer be read: it was removed for good, or hidden from the signed-in user."
)

HIDDEN = Trouble(ErrorClass.TRIGGER, Side.SALESFORCE, GONE_OR_HIDDEN, _NOT_READABLE)
"""The trouble of a link whose Salesforce record cannot be read: the link stays."""


def open_errors(
    context: Context, unit: UnitOfWork, link: IdentityMapping, troubles: Iterable[Trouble]
) -> None:
    """List troubles of a link; one that is listed already is renewed and counts an attempt."""
    known = {
        (error.row_id, error.side): error
        for error in unit.errors.of_links([link.id]).get(link.id, [])
    }
    person = unit.directory.get(Side.INTERCOM, link.intercom_id)
    for trouble in troubles:
        before = known.get((trouble.row_id, trouble.side))
        error = _error(context, link, trouble, before, person.name if person else "")
        unit.errors.put(error)


def _error(
    context: Context,
    link: IdentityMapping,
    trouble: Trouble,
    before: SyncError | None,
    name: str,
) -> SyncError:
    fields = (trouble.field,) if trouble.field else ()
    explained = explain(trouble.error_class, trouble.code, trouble.message, fields, trouble.side)
    remedy = trouble.remedy or explained.remedy
    return SyncError(
        error_class=trouble.error_class,
        side=trouble.side,
        code=trouble.code,
        message=trouble.message,
        remedy=remedy,
        first_at=before.first_at if before else context.now(),
        last_at=context.now(),
        attempts=before.attempts + 1 if before else 1,
        link_id=link.id,
        intercom_id=link.intercom_id,
        salesforce_id=link.salesforce_id,
        salesforce_kind=link.salesforce_kind,
        person_name=name,
        row_id=trouble.row_id,
        field=trouble.field,
        refused=trouble.source,
    )


def close_rows(unit: UnitOfWork, link_id: int, row_ids: Iterable[str | None]) -> None:
    """Close the errors of rows that are in step now (None: the error of the link as a whole)."""
    settled = set(row_ids)
    errors = unit.errors.of_links([link_id]).get(link_id, [])
    unit.errors.close(error.id for error in errors if error.row_id in settled)


def every_error(unit: UnitOfWork) -> Iterator[SyncError]:
    """All open errors by id, read page by page."""
    after = 0
    while page := unit.errors.all(after, _PAGE):
        yield from page
        after = page[-1].id


def errors_of_contact(unit: UnitOfWork, intercom_id: str) -> list[SyncError]:
    """The open errors of an Intercom person that belong to no link and to no task."""
    return [
        error
        for error in unit.errors.of_contact(intercom_id)
        if error.link_id is None and error.creation_id is None
    ]


def errors_of_creation(unit: UnitOfWork, creation: Creation) -> list[SyncError]:
    """The open errors of a task that could not be created."""
    found = unit.errors.of_contact(creation.intercom_id)
    return [error for error in found if error.creation_id == creation.id]


_REPORTS = {
    "already_linked": "The record that this one went to is linked otherwise already, "
    "so the link was ended.",
    GONE_OR_HIDDEN: _NOT_READABLE,
}


def report_person(
    context: Context, unit: UnitOfWork, link: IdentityMapping, code: str, side: Side
) -> None:
    """List something that a person should look at, about two people who are not linked now."""
    refusal = RowRefusal(ErrorClass.TRIGGER, code, _REPORTS[code])
    error = _unlinked(context, unit, link.intercom_id, link.salesforce_kind, side, refusal)
    _renew(unit, replace(error, salesforce_id=link.salesforce_id))


def report_contact(
    context: Context, unit: UnitOfWork, intercom_id: str, kind: PersonKind, refusal: RowRefusal
) -> None:
    """List why a record could not be created in Salesforce for an Intercom contact."""
    _renew(unit, _unlinked(context, unit, intercom_id, kind, Side.SALESFORCE, refusal))


def report_unread(
    context: Context, unit: UnitOfWork, intercom_id: str, kind: PersonKind, failure: RecordError
) -> None:
    """List that a person in Intercom, who waits to be linked, cannot be read; told once a while."""
    asked_at = context.now()
    refusal = refusal_of(failure)
    error = _unlinked(context, unit, intercom_id, kind, Side.INTERCOM, refusal)
    known = unit.errors.same(error)
    if known is None or not known.holds or asked_at - known.last_at >= LASTING:
        _renew(unit, error)


def report_creation(
    context: Context, unit: UnitOfWork, creation: Creation, refusal: RowRefusal
) -> None:
    """List why a record could not be created, apart from whatever else its person waits for."""
    link = unit.links.of(Side.INTERCOM, [creation.intercom_id]).get(creation.intercom_id)
    kind = link.salesforce_kind if link is not None else None
    error = _unlinked(context, unit, creation.intercom_id, kind, Side.SALESFORCE, refusal)
    _renew(unit, replace(error, creation_id=creation.id))


def report_feed(
    context: Context, unit: UnitOfWork, failure: SfsyncError, what: str = CONVERSATIONS
) -> None:
    """List that conversations cannot be read, or `what` else is refused to the app as a whole.

    The rest is synced as before.
    """
    error = SyncError(
        error_class=failure.error_class,
        side=Side.INTERCOM,
        code=failure.code,
        message=failure.message,
        remedy=failure.remedy,
        first_at=context.now(),
        last_at=context.now(),
        row_id=what,
    )
    _renew(unit, error)


def close_reported(unit: UnitOfWork, what: str = CONVERSATIONS) -> None:
    """Close the error of conversations that can be read again, or of `what` else works again."""
    unit.errors.close(error.id for error in every_error(unit) if error.row_id == what)


def close_creation(unit: UnitOfWork, creation: Creation) -> None:
    """Close the error of a creation that needs nobody any more."""
    unit.errors.close(error.id for error in errors_of_creation(unit, creation))


def _unlinked(
    context: Context,
    unit: UnitOfWork,
    intercom_id: str,
    kind: PersonKind | None,
    side: Side,
    refusal: RowRefusal,
) -> SyncError:
    person = unit.directory.get(Side.INTERCOM, intercom_id)
    fields = refusal.fields
    explained = explain(refusal.error_class, refusal.code, refusal.message, fields, side)
    return SyncError(
        error_class=refusal.error_class,
        side=side,
        code=refusal.code,
        message=refusal.message,
        remedy=explained.remedy,
        first_at=context.now(),
        last_at=context.now(),
        intercom_id=intercom_id,
        salesforce_kind=kind,
        person_name=person.name if person else "",
        field=fields[0] if fields else None,
    )


def _renew(unit: UnitOfWork, error: SyncError) -> None:
    """List an error that belongs to no link; one that is listed already counts an attempt."""
    before = unit.errors.same(error)
    attempts = before.attempts + 1 if before is not None else 1
    unit.errors.put(replace(error, attempts=attempts))
