"""Where commands print: sentences or JSON on stdout, troubles on stderr, and the exit codes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import typer

from sfsync_gui.cli.wording import plain
from sfsync_gui.core.failures import (
    OrgError,
    SetupError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)


class ExitCode(IntEnum):
    """How a command ended."""

    FINE = 0
    ERRORS_OPEN = 1
    USAGE = 2
    UNREACHABLE = 3
    SETUP = 4


@dataclass(frozen=True, slots=True)
class Output:
    """Prints for people, or one JSON object a line for programs."""

    as_json: bool

    def line(self, text: str = "", *, colour: str | None = None, dim: bool = False) -> None:
        """A line for people; nothing where JSON is wanted."""
        if not self.as_json:
            typer.secho(text, fg=colour, dim=dim)

    def event(self, name: str, **members: Any) -> None:
        """A JSON object of a stream; nothing where text is wanted."""
        if self.as_json:
            typer.echo(json.dumps({"event": name, **members}, ensure_ascii=False))

    def document(self, content: Any) -> None:
        """The one JSON document of a command; nothing where text is wanted."""
        if self.as_json:
            typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


@contextmanager
def failures_reported() -> Iterator[None]:
    """Print the product's own errors in words, without a traceback, and end with their code."""
    try:
        yield
    except SfsyncError as failure:
        report(failure)
        raise typer.Exit(exit_code_of(failure)) from None


def report(failure: SfsyncError) -> None:
    """Title, message and remedy on stderr."""
    typer.secho(plain(failure.title), fg=typer.colors.RED, err=True)
    for text in (failure.message, failure.remedy):
        if text:
            typer.echo(plain(text), err=True)


def exit_code_of(failure: SfsyncError) -> ExitCode:
    """The exit code that tells what kind of failure it was."""
    if isinstance(failure, StoreError | SetupError):
        return ExitCode.SETUP
    if isinstance(failure, TransientError | SignInError | OrgError):
        return ExitCode.UNREACHABLE
    return ExitCode.ERRORS_OPEN
