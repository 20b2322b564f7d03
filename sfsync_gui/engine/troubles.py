"""Sync errors: opening, renewing and closing them, in the words of the remedies."""

from collections.abc import Iterable
from dataclasses import dataclass

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.people import IdentityMapping, Value
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.vocabulary import ErrorClass, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import UnitOfWork


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


_REPORTS = {
    "already_linked": "The record that this person went to is linked to somebody else already, "
    "so the link was ended.",
    "gone_or_hidden": "The record can no longer be read: it was removed for good, or hidden from "
    "the signed-in user.",
}


def report_person(
    context: Context, unit: UnitOfWork, link: IdentityMapping, code: str, side: Side
) -> None:
    """List something that a person should look at, about two people who are not linked now."""
    message = _REPORTS[code]
    person = unit.directory.get(Side.INTERCOM, link.intercom_id)
    error = SyncError(
        error_class=ErrorClass.TRIGGER,
        side=side,
        code=code,
        message=message,
        remedy=explain(ErrorClass.TRIGGER, code, message, side=side).remedy,
        first_at=context.now(),
        last_at=context.now(),
        intercom_id=link.intercom_id,
        salesforce_id=link.salesforce_id,
        salesforce_kind=link.salesforce_kind,
        person_name=person.name if person else "",
    )
    unit.errors.put(error)
