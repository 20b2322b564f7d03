"""Commands that look into the store: status, links, errors, history; and retrying errors."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from sfsync_gui.cli.account import open_errors
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.stored import no_profile, queries_of, stored_profile
from sfsync_gui.cli.wording import (
    BECAUSE,
    KIND,
    SERVICE,
    change_text,
    counted,
    date_and_time,
    error_json,
    error_lines,
    history_json,
    person_text,
    plain,
)
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.questions import LinkRow
from sfsync_gui.store.queries import Queries

HOUR = 3600

_CHANGES = {
    HistoryKind.WRITTEN: "values written",
    HistoryKind.OVERRULED: "overruled in a conflict",
    HistoryKind.LINKED: "links made",
    HistoryKind.MOVED: "links moved",
    HistoryKind.UNLINKED: "links ended",
    HistoryKind.CREATED: "leads created",
    HistoryKind.OPTION_ADDED: "list options added",
    HistoryKind.HELD: "held back",
}


def show_status(data_dir: Path, output: Output) -> ExitCode:
    """Whom the profile belongs to, how many people and links, errors, changes, calls."""
    with queries_of(data_dir) as queries:
        profile = stored_profile(data_dir)
        if profile is None:
            raise no_profile(data_dir)
        people = queries.people_count()
        errors = queries.error_count()
        history = queries.history_counts()
        calls = _calls_of_day(queries)
        links = queries.link_count()
    output.document(
        {
            "data_dir": str(data_dir),
            "profile": asdict(profile),
            "people": {f"{side}.{kind}": count for (side, kind), count in people.items()},
            "links": links,
            "errors": errors,
            "history": {kind.value: count for kind, count in history.items()},
            "calls_of_day": {side.value: calls[side] for side in Side},
        }
    )
    output.line(f"Intercom    {plain(profile.intercom_name)} ({profile.intercom_app_id})")
    output.line(f"Salesforce  {profile.salesforce_name} ({profile.salesforce_org_id})")
    connected = profile.connected_at
    since = date_and_time(connected) if connected else "not yet: run `sfsync sync --once`"
    output.line(f"Connected   {since}")
    for side in Side:
        kinds = [
            counted(n, KIND[kind]) for (where, kind), n in sorted(people.items()) if where is side
        ]
        output.line(f"People      {', '.join(kinds) or 'none'} in {SERVICE[side]}")
    output.line(f"Links       {links:,}")
    told = ", ".join(
        f"{history[kind]:,} {words}" for kind, words in _CHANGES.items() if kind in history
    )
    output.line(f"History     {told or 'nothing yet'}")
    spent = " and ".join(f"{calls[side]:,} to {SERVICE[side]}" for side in Side)
    output.line(f"API calls   {spent} in the last 24 hours")
    words = f"{errors:,} open: sfsync errors list" if errors else "none open"
    output.line(f"Errors      {words}", colour=typer.colors.RED if errors else None)
    return ExitCode.FINE


def _calls_of_day(queries: Queries) -> Counter[Side]:
    calls: Counter[Side] = Counter()
    for row in queries.calls(int(time.time() // HOUR) - 23):
        calls[row.side] += row.calls
    return calls


def list_links(data_dir: Path, output: Output, search: str | None, limit: int) -> ExitCode:
    """Who is linked to whom."""
    with queries_of(data_dir) as queries:
        links = queries.links_page(0, limit + 1, search)
        total = queries.link_count()
    shown, more = links[:limit], len(links) > limit
    output.document([asdict(link) for link in shown])
    for link in shown:
        output.line(_link_text(link))
    if not shown:
        output.line(f"No link of {total:,} begins with “{search}”." if search else "No links yet.")
    elif more:
        output.line(f"… more than {limit:,}; see them with --limit or --search", dim=True)
    return ExitCode.FINE


def _link_text(link: LinkRow) -> str:
    left = person_text(link.intercom_name, link.intercom_key, link.intercom_id)
    right = person_text(link.salesforce_name, link.salesforce_key, link.salesforce_id)
    marks = [BECAUSE[link.trigger]]
    if link.by_hand:
        marks.append("kept by hand")
    if link.ambiguous:
        marks.append("ambiguous: another record has the same key")
    if link.due:
        marks.append("waits to be written")
    if link.errors:
        marks.append(counted(link.errors, "error"))
    kind = KIND[link.salesforce_kind]
    key = f"  {plain(link.intercom_key)}" if link.intercom_key else ""
    return f"{link.id:>6}  {left} ↔ {kind} {right}{key}  ({', '.join(marks)})"


def list_errors(data_dir: Path, output: Output) -> ExitCode:
    """The open errors, each with what to do."""
    with queries_of(data_dir) as queries:
        errors = open_errors(queries)
    output.document([error_json(error) for error in errors])
    for error in errors:
        _print_error(error, output)
    if not errors:
        output.line("No errors are open.")
    return ExitCode.FINE


def _print_error(error: SyncError, output: Output) -> None:
    what, remedy = error_lines(error)
    output.line(f"{error.id:>6}  {what}", colour=typer.colors.RED)
    output.line(f"        {remedy}")
    attempts = counted(error.attempts, "attempt")
    since = date_and_time(error.first_at)
    waiting = "" if error.holds else "; the next sync tries again"
    output.line(f"        since {since}, {attempts}{waiting}", dim=True)


def retry_errors(data_dir: Path, output: Output, error_ids: Sequence[int]) -> ExitCode:
    """Mark errors (all where none is named) to be tried again by the next sync."""
    with queries_of(data_dir) as queries:
        known = {error.id for error in open_errors(queries)}
    unknown = [error_id for error_id in error_ids if error_id not in known]
    if unknown:
        numbers = ", ".join(str(error_id) for error_id in unknown)
        typer.secho(f"Not an open error: {numbers}", fg=typer.colors.RED, err=True)
        typer.echo("`sfsync errors list` shows the numbers of those that are open.", err=True)
        return ExitCode.USAGE
    marked = asyncio.run(_retry(data_dir, list(error_ids) or None))
    output.document({"marked": marked})
    if marked:
        words = "is" if marked == 1 else "are"
        output.line(f"{counted(marked, 'error')} {words} tried again by the next sync.")
    else:
        output.line("No errors are open.")
    return ExitCode.FINE


async def _retry(data_dir: Path, error_ids: list[int] | None) -> int:
    # Loaded only here: looking at the store needs none of the services.
    from sfsync_gui.app import retry_offline
    from sfsync_gui.store.sql_store import open_store

    store = open_store(database_path(data_dir))
    try:
        return await retry_offline(store, error_ids)
    finally:
        await store.close()


def show_history(data_dir: Path, output: Output, limit: int, person: str | None) -> ExitCode:
    """What was changed, newest first; of one person where given, by id, name or e-mail."""
    with queries_of(data_dir) as queries:
        entries = (
            _of_person(queries, person, limit) if person else queries.history_page(None, limit)
        )
    output.document([history_json(entry) for entry in entries])
    for entry in entries:
        output.line(f"{date_and_time(entry.at)}  {change_text(entry)}")
    if not entries:
        output.line(
            f"Nothing was changed for “{person}”." if person else "Nothing was changed yet."
        )
    return ExitCode.FINE


def _of_person(queries: Queries, person: str, limit: int) -> list[HistoryEntry]:
    """History of everybody whose link begins with the words, or of whoever has this id."""
    pairs = {(Side.INTERCOM, person), (Side.SALESFORCE, person)}
    pairs |= {(Side.INTERCOM, link.intercom_id) for link in queries.links_page(0, limit, person)}
    found = {entry.id: entry for pair in pairs for entry in queries.history_page(None, limit, pair)}
    return sorted(found.values(), key=lambda entry: -entry.id)[:limit]
