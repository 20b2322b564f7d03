"""Options that many commands share, and how a command's function becomes a command."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from sfsync_gui.cli.output import ExitCode, Output, failures_reported
from sfsync_gui.cli.signals import run_cleanly
from sfsync_gui.desktop.paths import default_data_dir

DATA_DIR = default_data_dir()

DataDir = Annotated[
    Path, typer.Option("--data-dir", help="The folder of the profile.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of sentences.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
]
LARGEST = 1_000_000_000
"""What a typed number may be at most: a database takes no number of any length."""

Limit = Annotated[int, typer.Option("--limit", min=1, max=LARGEST, help="How many at most.")]


def look(output: Output, work: Callable[[], ExitCode]) -> None:
    """Run a command that only looks, and end with its code."""
    with failures_reported(output):
        raise typer.Exit(work())


def act(output: Output, work: Callable[[], Coroutine[Any, Any, ExitCode]]) -> None:
    """Run a command that waits for something, and end with its code; signals end it cleanly."""
    with failures_reported(output):
        raise typer.Exit(run_cleanly(work()))
