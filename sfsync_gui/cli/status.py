"""`sfsync status`: how things stand, whether an engine runs or not."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.stored import glanced, queries_of
from sfsync_gui.cli.wording import (
    KIND,
    KINDS,
    SERVICE,
    connection_json,
    connection_text,
    counted,
    date_and_time,
    plain,
)
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.connections import Connection, SideReport
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.first_run import bulk_is_promised
from sfsync_gui.engine.storage import BulkRun, Profile, UnitOfWork
from sfsync_gui.store.locks import Holder, holder

HOUR = 3600

_CHANGES = {
    HistoryKind.WRITTEN: "values written",
    HistoryKind.OVERRULED: "overruled in a conflict",
    HistoryKind.LINKED: "links made",
    HistoryKind.MOVED: "links moved",
    HistoryKind.UNLINKED: "links ended",
    HistoryKind.CREATED: "records created",
    HistoryKind.OPTION_ADDED: "list options added",
    HistoryKind.HELD: "held back",
}
_CONDITIONS = {
    SideCondition.READY: "ready",
    SideCondition.OFFLINE: "could not be reached",
    SideCondition.SIGNED_OUT: "signed out",
    SideCondition.ORG_PAUSED: "paused by the service",
    SideCondition.SETUP_BROKEN: "set-up needs a person",
}


@dataclass(frozen=True, slots=True)
class _Small:
    """The small things of the store."""

    profile: Profile | None
    connections: Mapping[Side, Connection]
    reports: Mapping[Side, SideReport]
    paused: bool
    holds: int
    bulk: BulkRun | None
    bulk_is_promised: bool
    rows: int


@dataclass(frozen=True, slots=True)
class _Counts:
    """What is counted in the store."""

    people: Mapping[tuple[Side, PersonKind], int]
    links: int
    errors: int
    unlinked: int
    history: Mapping[HistoryKind, int]
    calls: Counter[Side]


def show_status(data_dir: Path, output: Output) -> ExitCode:
    """Connections, how each side is, last checks, links, errors, holds, calls, who runs."""
    small = glanced(data_dir, _read)
    counts = _count(data_dir)
    running = holder(database_path(data_dir))
    output.document(_document(data_dir, small, counts, running))
    _print_running(output, small, running)
    for side in Side:
        _print_side(output, small, side)
    _print_counts(output, small, counts)
    return ExitCode.FINE


def _read(unit: UnitOfWork) -> _Small:
    state = unit.state
    return _Small(
        state.profile(),
        state.connections(),
        state.side_reports(),
        bool(state.mark("paused")),
        sum(hold.state == "held" for hold in state.holds()),
        state.bulk_run(),
        bulk_is_promised(unit),
        len(state.rows()),
    )


def _count(data_dir: Path) -> _Counts:
    with queries_of(data_dir) as queries:
        calls: Counter[Side] = Counter()
        for row in queries.calls(int(time.time() // HOUR) - 23):
            calls[row.side] += row.calls
        return _Counts(
            queries.people_count(),
            queries.link_count(),
            queries.error_count(),
            queries.unlinked_count(),
            queries.history_counts(),
            calls,
        )


def _document(
    data_dir: Path, small: _Small, counts: _Counts, running: Holder | None
) -> dict[str, object]:
    return {
        "data_dir": str(data_dir),
        "running": None if running is None else asdict(running),
        "paused": small.paused,
        "profile": None if small.profile is None else asdict(small.profile),
        "connections": {side: connection_json(one) for side, one in small.connections.items()},
        "sides": {side: asdict(report) for side, report in small.reports.items()},
        "people": {f"{side}.{kind}": count for (side, kind), count in counts.people.items()},
        "rows": small.rows,
        "links": counts.links,
        "unlinked": counts.unlinked,
        "errors": counts.errors,
        "holds": small.holds,
        "bulk": None if small.bulk is None else asdict(small.bulk),
        "bulk_is_promised": small.bulk_is_promised,
        "history": {kind.value: count for kind, count in counts.history.items()},
        "calls_of_day": {side.value: counts.calls[side] for side in Side},
    }


def _print_running(output: Output, small: _Small, running: Holder | None) -> None:
    if running is None:
        output.line("Running     no; start it with `sfsync run`")
    else:
        since = date_and_time(running.since)
        output.line(f"Running     {running.command}, process {running.pid}, since {since}")
    if small.paused:
        output.line("Paused      yes: `sfsync resume`", colour=typer.colors.YELLOW)


def _print_side(output: Output, small: _Small, side: Side) -> None:
    connection, report = small.connections.get(side), small.reports.get(side)
    label = f"{SERVICE[side]:<12}"
    if connection is not None:
        output.line(label + connection_text(connection).removeprefix(f"{SERVICE[side]} "))
        output.line(
            f"            signed in {date_and_time(connection.since)} ({connection.method})"
        )
    elif small.profile is not None:
        output.line(f"{label}{_profile_text(small.profile, side)}; no sign-in is kept here")
    else:
        output.line(f"{label}not connected: `sfsync connect {side}`")
    if report is None:
        return
    ready = report.condition is SideCondition.READY
    checked = date_and_time(report.checked_at) if report.checked_at else "not yet"
    since = "" if ready else f" since {date_and_time(report.since)}"
    output.line(
        f"            {_CONDITIONS[report.condition]}{since}; last checked {checked}",
        colour=None if ready else typer.colors.YELLOW,
    )
    for text in (report.message, report.remedy):
        if text:
            output.line(f"            {plain(text)}")


def _profile_text(profile: Profile, side: Side) -> str:
    if side is Side.INTERCOM:
        return f"{plain(profile.intercom_name)} ({profile.intercom_app_id})"
    return f"{plain(profile.salesforce_name)} ({profile.salesforce_org_id})"


def _print_counts(output: Output, small: _Small, counts: _Counts) -> None:
    for side in Side:
        kinds = [
            counted(n, KIND[kind], KINDS[kind])
            for (where, kind), n in sorted(counts.people.items())
            if where is side
        ]
        output.line(f"People      {', '.join(kinds) or 'none'} in {SERVICE[side]}")
    output.line(f"Mapping     {counted(small.rows, 'row')}")
    unlinked = f"; {counts.unlinked:,} to decide: `sfsync people list`" if counts.unlinked else ""
    output.line(f"Links       {counts.links:,}{unlinked}")
    told = ", ".join(
        f"{counts.history[kind]:,} {words}"
        for kind, words in _CHANGES.items()
        if kind in counts.history
    )
    output.line(f"History     {told or 'nothing yet'}")
    spent = " and ".join(f"{counts.calls[side]:,} to {SERVICE[side]}" for side in Side)
    output.line(f"API calls   {spent} in the last 24 hours")
    if small.bulk is not None and small.bulk.under_way:
        done = f"{small.bulk.done:,} of {small.bulk.total:,} people"
        output.line(f"Bulk sync   {small.bulk.state}, {done}")
    elif small.bulk_is_promised:
        output.line("Bulk sync   wanted after the first run; its dry run: `sfsync bulk preview`")
    if small.holds:
        text = f"Held back   {small.holds:,}: `sfsync holds list`"
        output.line(text, colour=typer.colors.YELLOW)
    words = f"{counts.errors:,} open: sfsync errors list" if counts.errors else "none open"
    output.line(f"Errors      {words}", colour=typer.colors.RED if counts.errors else None)
