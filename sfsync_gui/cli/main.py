"""The `sfsync` commands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from sfsync_gui.cli.output import Output, failures_reported
from sfsync_gui.desktop.paths import default_data_dir

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

SERVE_PACE = 10.0
"""Real seconds between two actions of the office where the services are only served."""


@application.callback()
def main() -> None:
    """Keeps the people of an Intercom workspace and a Salesforce org in step."""


@application.command()
def demo(
    headless: Annotated[bool, typer.Option(help="Run in the terminal, without a window.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the two simulated services.")
    ] = False,
    minutes: Annotated[float, typer.Option(min=0.1, help="Simulated minutes.")] = 60,
    speed: Annotated[float, typer.Option(min=0.1, help="Simulated seconds per real one.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 0,
    pace: Annotated[
        float, typer.Option(min=0.1, help="Simulated seconds between two human edits.")
    ] = 20,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Keep the demo's profile in this folder.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show the sync at work between two simulated services; nothing leaves this computer."""
    from sfsync_gui.cli.demo import DemoOptions, run_demo

    if not headless:
        typer.echo("There is no window yet: the demo runs in the terminal.", err=True)
    options = DemoOptions(minutes, speed, seed, pace, data_dir)
    with failures_reported():
        raise typer.Exit(run_demo(options, Output(as_json)))
