"""The commands that sync, and that tell what was synced."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sfsync_gui.cli.filters import OfFamily, Since, Until
from sfsync_gui.cli.options import DATA_DIR, LARGEST, DataDir, Json, JsonLines, Limit, act, look
from sfsync_gui.cli.output import Output, UsageError, failures_reported
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger

bulk = typer.Typer(help="Bring what is linked already in line.", no_args_is_help=True)

Rows = Annotated[
    list[str] | None,
    typer.Option("--row", help="Only this row of the mapping; may be given several times."),
]
Background = Annotated[bool, typer.Option("--background", help="Leave the work to `sfsync run`.")]


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Run in the terminal, without a window.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the two simulated services, to Ctrl-C.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=0.1, help="Simulated minutes.")] = 60,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, help="Simulated seconds per real one: 30, or 1 with --serve."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 0,
    pace: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Simulated seconds between two edits of the office: 20, 3 with --serve."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Keep the demo's profile in this folder.", show_default=False),
    ] = None,
    as_json: JsonLines = False,
) -> None:
    """Show the sync at work between two simulated services; nothing leaves this computer."""
    from sfsync_gui.cli.demo import DemoOptions, run_demo
    from sfsync_gui.cli.serving import run_serve

    output = Output(as_json)
    with failures_reported(output):
        if serve:
            raise typer.Exit(run_serve(output, seed, speed or 1, pace or 3))
        if not headless and has_display():
            from sfsync_gui.app.gui import main as show_window

            raise typer.Exit(show_window(["--demo"]))
        if not headless:
            typer.echo("There is no display: the demo runs here.", err=True)
        options = DemoOptions(minutes, speed or 30, seed, pace or 20, data_dir)
        raise typer.Exit(run_demo(options, output))


def has_display() -> bool:
    """Whether a window can be shown: on Windows and macOS always."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def sync(
    once: Annotated[bool, typer.Option("--once", help="Check both sides once, then end.")] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: JsonLines = False,
) -> None:
    """Check both sides once and write what has changed.

    The accounts are those that were connected. Those that the environment names take their place:
    SFSYNC_INTERCOM_TOKEN with SFSYNC_INTERCOM_REGION (US, EU or AU) or SFSYNC_INTERCOM_URL;
    SFSYNC_SALESFORCE_URL with SFSYNC_SALESFORCE_TOKEN, or with SFSYNC_SALESFORCE_REFRESH_TOKEN and
    SFSYNC_SALESFORCE_CLIENT_ID.
    """
    from sfsync_gui.cli.sync import sync_once

    output = Output(as_json)
    with failures_reported(output):
        if not once:
            raise UsageError("Not understood", "Say --once, or `sfsync run` to keep syncing.")
    act(output, lambda: sync_once(data_dir, output))


def run(data_dir: DataDir = DATA_DIR, as_json: JsonLines = False) -> None:
    """Sync until Ctrl-C or SIGTERM, and tell every change; for a terminal or a service.

    The accounts are found as `sfsync sync` finds them. Ends by itself only where a person has to
    sign in again.
    """
    from sfsync_gui.cli.sync import run as run_engine

    output = Output(as_json)
    act(output, lambda: run_engine(data_dir, output))


def pause(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Stop checking and writing until `sfsync resume`, also over a restart."""
    from sfsync_gui.cli.pausing import pause as pause_sync

    output = Output(as_json)
    act(output, lambda: pause_sync(data_dir, output))


def resume(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Go on after a pause."""
    from sfsync_gui.cli.pausing import resume as resume_sync

    output = Output(as_json)
    act(output, lambda: resume_sync(data_dir, output))


def check(
    data_dir: DataDir = DATA_DIR,
    last: Annotated[
        bool, typer.Option("--last", help="Show what the newest check found; ask nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the set-up of both services: what is missing, what that breaks, what mends it."""
    from sfsync_gui.cli.set_up import check_set_up, show_last_check

    output, work = Output(as_json), show_last_check if last else check_set_up
    act(output, lambda: work(data_dir, output))


def status(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Show whom the profile belongs to, and how it is."""
    from sfsync_gui.cli.status import show_status

    output = Output(as_json)
    look(output, lambda: show_status(data_dir, output))


def history(
    limit: Limit = 50,
    search: Annotated[
        str | None,
        typer.Option(
            "--search",
            "--person",
            help="Only people with words in name or e-mail that begin so, or with such an id.",
            show_default=False,
        ),
    ] = None,
    side: Annotated[Side | None, typer.Option(help="Only what was written there.")] = None,
    kind: Annotated[
        list[HistoryKind] | None,
        typer.Option(help="Only of this kind; may be repeated.", show_default=False),
    ] = None,
    trigger: Annotated[Trigger | None, typer.Option(help="Only what this caused.")] = None,
    row: Annotated[
        str | None,
        typer.Option(help="Only of this row, by its name in the mapping.", show_default=False),
    ] = None,
    field: Annotated[
        str | None, typer.Option(help="Only of this field, by its API name.", show_default=False)
    ] = None,
    family: OfFamily = None,
    since: Since = None,
    until: Until = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show what was changed, newest first."""
    from sfsync_gui.cli.history import Filter, moment, show_history
    from sfsync_gui.engine.questions import HistoryQuery

    output = Output(as_json)
    begin: float | None = None
    end: float | None = None
    with failures_reported(output):
        begin, end = moment(since), moment(until)
    query = HistoryQuery(
        search or "",
        row_id=row,
        to_side=side,
        trigger=trigger,
        kinds=frozenset(kind or ()),
        since=begin,
        until=end,
        family=family,
    )
    wanted = Filter(query, field)
    look(output, lambda: show_history(data_dir, output, wanted, limit))


def revert(
    entry: Annotated[
        int,
        typer.Argument(max=LARGEST, help="The number of the change, as `sfsync history` shows it."),
    ],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Take a change back: the value that it replaced is put back, if nobody changed it since."""
    from sfsync_gui.cli.history import revert_change

    output = Output(as_json)
    act(output, lambda: revert_change(data_dir, output, entry))


@bulk.command("preview")
def bulk_preview(rows: Rows = None, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """The dry run: what would be written, on which records."""
    from sfsync_gui.cli.bulk import preview

    output = Output(as_json)
    act(output, lambda: preview(data_dir, output, rows or []))


@bulk.command("start")
def bulk_start(
    rows: Rows = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask after the dry run.")] = False,
    background: Background = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show the dry run, ask, and write; Ctrl-C stops it where it is."""
    from sfsync_gui.cli.bulk import start

    output = Output(as_json)
    act(
        output,
        lambda: start(data_dir, output, rows or [], yes=yes or as_json, background=background),
    )


@bulk.command("resume")
def bulk_resume(
    background: Background = False, data_dir: DataDir = DATA_DIR, as_json: Json = False
) -> None:
    """Go on where it was paused or stopped."""
    from sfsync_gui.cli.bulk import resume as resume_bulk

    output = Output(as_json)
    act(output, lambda: resume_bulk(data_dir, output, background=background))


@bulk.command("pause")
def bulk_pause(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Pause it: what was written stays."""
    from sfsync_gui.cli.bulk import change

    output = Output(as_json)
    act(output, lambda: change(data_dir, output, "paused"))


@bulk.command("cancel")
def bulk_cancel(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Give it up: what was written stays."""
    from sfsync_gui.cli.bulk import change

    output = Output(as_json)
    act(output, lambda: change(data_dir, output, "cancelled"))


@bulk.command("status")
def bulk_status(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Show how far it is."""
    from sfsync_gui.cli.bulk import show_status

    output = Output(as_json)
    look(output, lambda: show_status(data_dir, output))
