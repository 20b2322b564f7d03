"""`sfsync errors` and `sfsync holds`: what could not be synced, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import typer

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.account import errors_of, open_errors
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.progress import progress_of
from sfsync_gui.cli.stored import glanced, queries_of
from sfsync_gui.cli.wording import (
    SERVICE,
    counted,
    date_and_time,
    error_json,
    error_lines,
    field_label,
    plain,
    value_text,
)
from sfsync_gui.core.guard import BLANKED, ENDED, REWRITTEN
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.questions import ErrorGroup, ErrorQuery
from sfsync_gui.engine.storage import GuardHold
from sfsync_gui.store.queries import Queries

_SAMPLE = 10

# ---------------------------------------------------------------------- errors


def list_errors(data_dir: Path, output: Output, query: ErrorQuery) -> ExitCode:
    """Open errors, each with what to do."""
    with queries_of(data_dir) as queries:
        errors = errors_of(queries, query)
        put_away = _put_away(queries, query)
    output.document([error_json(error) for error in errors])
    for error in errors:
        _print_error(error, output)
    _print_rest(output, query, found=bool(errors), put_away=put_away)
    return ExitCode.FINE


def list_causes(data_dir: Path, output: Output, query: ErrorQuery) -> ExitCode:
    """Open errors by cause, most numerous first, one of each with what to do."""
    with queries_of(data_dir) as queries:
        groups = queries.error_groups(query)
        put_away = _put_away(queries, query)
    output.document([{**asdict(group), "sample": error_json(group.sample)} for group in groups])
    for group in groups:
        what, remedy = error_lines(group.sample)
        concerned = _concerned(group)
        since = date_and_time(group.oldest_at)
        output.line(f"{group.count:>6}  {plain(group.cause.code)}, {concerned}, since {since}")
        output.line(f"        for example {group.sample.id}: {what}", colour=typer.colors.RED)
        output.line(f"        {remedy}")
    _print_rest(output, query, found=bool(groups), put_away=put_away)
    return ExitCode.FINE


def _concerned(group: ErrorGroup) -> str:
    """'12 people', '3 companies': all errors of a cause are of one row."""
    kind = group.sample.salesforce_kind
    if kind is not None and kind.family is Family.COMPANIES:
        return counted(group.people, "company", "companies")
    return counted(group.people, "person", "people")


def _put_away(queries: Queries, query: ErrorQuery) -> int:
    return queries.error_count(dismissed=True) if query == ErrorQuery() else 0


def _print_rest(output: Output, query: ErrorQuery, *, found: bool, put_away: int) -> None:
    if not found:
        which = "were dismissed" if query.dismissed else "are open"
        narrowed = replace(query, dismissed=False) != ErrorQuery()
        output.line(f"No errors that fit {which}." if narrowed else f"No errors {which}.")
    if put_away:
        output.line(
            f"{counted(put_away, 'more was', 'more were')} dismissed: --dismissed", dim=True
        )


def show_error(data_dir: Path, output: Output, error_id: int) -> ExitCode:
    """Everything about one error."""
    error = glanced(data_dir, lambda unit: unit.errors.get(error_id))
    if error is None:
        raise _not_open([error_id])
    output.document(error_json(error))
    _print_error(error, output)
    for label, text in (
        ("Side", SERVICE[error.side]),
        ("Code", error.code),
        ("Intercom", error.intercom_id or ""),
        ("Salesforce", f"{error.salesforce_kind or ''} {error.salesforce_id or ''}".strip()),
        ("Link", str(error.link_id or "")),
        ("Row", error.row_id or ""),
        ("Field", error.field or ""),
        ("Refused", "" if error.refused is None else value_text(error.refused)),
        ("Last tried", date_and_time(error.last_at)),
    ):
        if text:
            output.line(f"        {label:<11} {plain(text)}")
    return ExitCode.FINE


def _print_error(error: SyncError, output: Output) -> None:
    what, remedy = error_lines(error)
    output.line(f"{error.id:>6}  {what}", colour=typer.colors.RED)
    output.line(f"        {remedy}")
    attempts = counted(error.attempts, "attempt")
    since = date_and_time(error.first_at)
    waiting = "" if error.holds else "; the next sync tries again"
    output.line(f"        since {since}, {attempts}{waiting}", dim=True)


async def retry_errors(data_dir: Path, output: Output, error_ids: Sequence[int]) -> ExitCode:
    """Have errors (all where none is named) tried again."""
    _check_open(data_dir, error_ids)
    result = await give(data_dir, Order("errors.retry", {"ids": list(error_ids) or None}))
    output.document(result)
    marked = result["marked"]
    if marked:
        words = "is" if marked == 1 else "are"
        output.line(f"{counted(marked, 'error')} {words} tried again by the next sync.")
    else:
        output.line("No errors are open.")
    if result["left"]:
        left = counted(result["left"], "error")
        output.line(f"{left} of companies stay as they are: companies are not synced.")
    return ExitCode.FINE


async def dismiss_errors(data_dir: Path, output: Output, error_ids: Sequence[int]) -> ExitCode:
    """Take errors off the list; the refused values stay left out until they change."""
    _check_open(data_dir, error_ids)
    result = await give(data_dir, Order("errors.dismiss", {"ids": list(error_ids)}))
    output.document(result)
    output.line(
        f"{counted(len(error_ids), 'error')} dismissed. The values that were refused stay left out "
        "until they change."
    )
    return ExitCode.FINE


def _check_open(data_dir: Path, error_ids: Sequence[int]) -> None:
    with queries_of(data_dir) as queries:
        known = {error.id for error in open_errors(queries)}
    unknown = [error_id for error_id in error_ids if error_id not in known]
    if unknown:
        raise _not_open(unknown)


def _not_open(error_ids: Sequence[int]) -> UsageError:
    numbers = ", ".join(str(error_id) for error_id in error_ids)
    return UsageError(
        "Not understood",
        f"Not an open error: {numbers}.",
        "`sfsync errors list` shows the numbers of those that are open.",
    )


# ---------------------------------------------------------------------- holds


def list_holds(data_dir: Path, output: Output) -> ExitCode:
    """Unusual changes that wait for a person, with some of the records."""
    holds = [hold for hold in glanced(data_dir, lambda unit: unit.state.holds()) if _waits(hold)]
    output.document([{**asdict(hold), "pairs": sorted(hold.pairs)} for hold in holds])
    for hold in holds:
        records = counted(len(hold.pairs), "linked record")
        output.line(
            f"{hold.id:>6}  {records}: {_measure_text(hold.measure)}", colour=typer.colors.YELLOW
        )
        output.line(f"        waits since {date_and_time(hold.since)}", dim=True)
        for pair in sorted(hold.pairs)[:_SAMPLE]:
            output.line(f"        {plain(pair.replace(':', ' ↔ '))}", dim=True)
        if len(hold.pairs) > _SAMPLE:
            output.line(f"        … {len(hold.pairs) - _SAMPLE:,} more", dim=True)
    if not holds:
        output.line("Nothing is held back.")
    else:
        output.line("Let them go with `sfsync holds release NUMBER`, or give them up with `drop`.")
    return ExitCode.FINE


def _waits(hold: GuardHold) -> bool:
    return hold.state == "held"


def _measure_text(measure: str) -> str:
    if measure == ENDED:
        return "links would end, more than is usual"
    if measure == REWRITTEN:
        return "values would be rewritten, more than is usual"
    return f"{field_label(measure.removeprefix(BLANKED))} would be blanked, more than is usual"


async def decide_hold(data_dir: Path, output: Output, hold_id: int, decision: str) -> ExitCode:
    """Let held changes go, or give them up."""
    with progress_of(output) as emit:
        result = await give(data_dir, Order(f"holds.{decision}", {"id": hold_id}), emit)
    output.document(result)
    records = counted(result["people"], "linked record")
    output.line(
        f"Released: the changes of {records} are planned anew from current values."
        if decision == "release"
        else f"Dropped: the values of {records} stay as they are."
    )
    return ExitCode.FINE
