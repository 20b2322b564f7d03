"""The `sfsync` commands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from sfsync_gui.cli import reading
from sfsync_gui.cli.output import ExitCode, Output, failures_reported
from sfsync_gui.desktop.paths import default_data_dir

DATA_DIR = default_data_dir()

application = typer.Typer(
    name="sfsync",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

DataDir = Annotated[
    Path, typer.Option("--data-dir", help="The folder of the profile.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of sentences.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]

links = typer.Typer(help="Who is linked to whom.", no_args_is_help=True)
errors = typer.Typer(help="What could not be synced, and what to do.", no_args_is_help=True)
application.add_typer(links, name="links")
application.add_typer(errors, name="errors")


@application.callback()
def main() -> None:
    """Keeps the people of an Intercom workspace and a Salesforce org in step."""


@application.command()
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
    with failures_reported():
        if serve:
            raise typer.Exit(run_serve(output, seed, speed or 1, pace or 3))
        if not headless:
            typer.echo("The window is not built yet: the demo runs here.", err=True)
        options = DemoOptions(minutes, speed or 30, seed, pace or 20, data_dir)
        raise typer.Exit(run_demo(options, output))


@application.command()
def sync(
    once: Annotated[bool, typer.Option("--once", help="Check both sides once, then end.")] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: JsonLines = False,
) -> None:
    """Sync the two accounts that the environment names.

    SFSYNC_INTERCOM_TOKEN, SFSYNC_INTERCOM_REGION (US, EU or AU) or SFSYNC_INTERCOM_URL,
    SFSYNC_SALESFORCE_URL, SFSYNC_SALESFORCE_TOKEN.

    Ends with 0 when all is well, 1 when sync errors are open, 2 for wrong usage, 3 when a side
    could not be reached or is signed out, 4 for trouble with the set-up or the database.
    """
    from sfsync_gui.cli.sync import run_sync

    if not once:
        typer.echo("Say --once: a sync that keeps running comes with the window.", err=True)
        raise typer.Exit(ExitCode.USAGE)
    with failures_reported():
        raise typer.Exit(run_sync(data_dir, Output(as_json)))


@application.command()
def status(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Show whom the profile belongs to, and how it is."""
    with failures_reported():
        raise typer.Exit(reading.show_status(data_dir, Output(as_json)))


@application.command()
def history(
    limit: Annotated[int, typer.Option(min=1, help="How many entries at most.")] = 50,
    person: Annotated[
        str | None, typer.Option(help="Only of this person: an id, or how a name or e-mail begins.")
    ] = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show what was changed, newest first."""
    with failures_reported():
        raise typer.Exit(reading.show_history(data_dir, Output(as_json), limit, person))


@links.command("list")
def links_list(
    search: Annotated[
        str | None, typer.Option(help="Only names, e-mail addresses or ids that begin with this.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many links at most.")] = 50,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the links between people."""
    with failures_reported():
        raise typer.Exit(reading.list_links(data_dir, Output(as_json), search, limit))


@errors.command("list")
def errors_list(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """List what could not be synced, with what to do."""
    with failures_reported():
        raise typer.Exit(reading.list_errors(data_dir, Output(as_json)))


@errors.command("retry")
def errors_retry(
    error_ids: Annotated[
        list[int] | None,
        typer.Argument(help="Numbers of errors; all where none is given.", show_default=False),
    ] = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Have the next sync try errors again, with the values that are there then."""
    with failures_reported():
        raise typer.Exit(reading.retry_errors(data_dir, Output(as_json), error_ids or []))
