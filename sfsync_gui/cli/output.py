"""Where commands print: sentences or JSON on stdout, troubles on stderr, and the exit codes."""

import json
import re
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
from sfsync_gui.credentials.vault import VaultLockedError

NO_VAULT = "no_vault"
IN_USE = "in_use"
UNEXPECTED = "unexpected"


class ExitCode(IntEnum):
    """How a command ended; docs/command-line.md says what a script can do about each."""

    FINE = 0
    ERRORS_OPEN = 1
    """Sync errors are open, or the one record that was asked for was refused."""
    USAGE = 2
    UNREACHABLE = 3
    """A service could not be reached, or refuses for now: trying again later may help."""
    SETUP = 4
    """The set-up, the mapping, a file or the database: a person has to mend something."""
    SIGNED_OUT = 5
    """A side is not connected, or signed out."""
    VAULT_LOCKED = 6
    """The password store is locked: try again when it is not."""
    NO_VAULT = 7
    """There is no password store in which a sign-in could be kept."""
    IN_USE = 8
    """Another process has the profile open."""
    UNEXPECTED = 70
    """A mistake of SFSync's own."""
    STOPPED = 130
    """Ctrl-C or SIGTERM ended the command."""


_BY_CODE = {
    IN_USE: ExitCode.IN_USE,
    UNEXPECTED: ExitCode.UNEXPECTED,
    NO_VAULT: ExitCode.NO_VAULT,
}


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
            typer.echo(_json({"event": name, **members}))

    def document(self, content: Any) -> None:
        """The one JSON document of a command; nothing where text is wanted."""
        if self.as_json:
            typer.echo(_json(content, indent=2))

    def note(self, text: str) -> None:
        """A hint for people on stderr, beside what the command prints."""
        if not self.as_json:
            typer.secho(text, err=True, dim=True)

    def failure(self, failure: SfsyncError) -> ExitCode:
        """What went wrong, on stderr: title, message and remedy, or as JSON. Returns its code."""
        code = exit_code_of(failure)
        if self.as_json:
            typer.echo(_json({"event": "failed", **failure_json(failure, code)}), err=True)
        else:
            report(failure)
        return code

    def usage(self, text: str, hint: str = "") -> typer.Exit:
        """What to raise where a command was called in a way that cannot be."""
        return typer.Exit(self.failure(UsageError("Not understood", text, hint)))


class UsageError(SfsyncError):
    """The command was called in a way that cannot be."""


@contextmanager
def failures_reported(output: Output | None = None) -> Iterator[None]:
    """Print the product's own errors in words, without a traceback, and end with their code."""
    shown = output or Output(as_json=False)
    try:
        yield
    except SfsyncError as failure:
        raise typer.Exit(shown.failure(failure)) from None
    except (KeyboardInterrupt, typer.Abort):
        raise typer.Exit(ExitCode.STOPPED) from None
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        # Its text may quote anything; whoever had the profile open has logged it, masked.
        raise typer.Exit(shown.failure(_unexpected(error))) from None


def _unexpected(error: Exception) -> SfsyncError:
    return SfsyncError(
        "Something unexpected happened",
        f"SFSync met a {type(error).__name__} that it has no words for. Nothing stored is lost.",
        "Please report it, with the log in the folder of the profile.",
        code=UNEXPECTED,
    )


def report(failure: SfsyncError) -> None:
    """Title, message and remedy on stderr."""
    typer.secho(plain(failure.title), fg=typer.colors.RED, err=True)
    for text in (failure.message, failure.remedy, _HINTS.get(failure.code, "")):
        if text:
            typer.echo(plain(text), err=True)


_HINTS = {
    IN_USE: "To run this command: stop that process, run the command, start the process again. "
    "It goes on where it was.",
    "other_account": "On the command line: add --start-afresh.",
}


def failure_json(failure: SfsyncError, code: ExitCode) -> dict[str, Any]:
    """A failure for a program to read."""
    return {
        "title": failure.title,
        "message": failure.message,
        "remedy": failure.remedy,
        "side": failure.side,
        "code": failure.code,
        "exit_code": int(code),
    }


def exit_code_of(failure: SfsyncError) -> ExitCode:
    """The exit code that tells what kind of failure it was."""
    if failure.code in _BY_CODE:
        return _BY_CODE[failure.code]
    if isinstance(failure, VaultLockedError):
        return ExitCode.VAULT_LOCKED
    if isinstance(failure, UsageError):
        return ExitCode.USAGE
    if isinstance(failure, StoreError | SetupError):
        return ExitCode.SETUP
    if isinstance(failure, SignInError):
        return ExitCode.SIGNED_OUT
    if isinstance(failure, TransientError | OrgError):
        return ExitCode.UNREACHABLE
    return ExitCode.ERRORS_OPEN


_ESCAPED = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What must not reach a terminal, or cannot be written, as it is."""


def _json(content: Any, indent: int | None = None) -> str:
    text = json.dumps(content, ensure_ascii=False, indent=indent, default=_plain_value)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _plain_value(value: object) -> list[Any]:
    """A set as JSON knows it."""
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
