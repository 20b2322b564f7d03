"""The `sfsync` commands, put together."""

import io
import logging
import sys
from typing import Annotated

import typer

from sfsync_gui.cli import (
    account_commands,
    company_commands,
    lead_commands,
    mapping_commands,
    people_commands,
    sync_commands,
    task_commands,
)
from sfsync_gui.desktop.versions import product_version

application = typer.Typer(
    name="sfsync",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sfsync {product_version()}")
        raise typer.Exit


@application.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Keeps the people of an Intercom workspace and a Salesforce org in step."""
    # What a command has to say it prints itself, in words.
    logging.getLogger("sfsync_gui").addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # An arrow that the terminal's character set does not have must end no command.
            stream.reconfigure(errors="replace")


application.add_typer(account_commands.connect, name="connect")
application.command()(account_commands.disconnect)
application.command()(account_commands.fields)
application.add_typer(mapping_commands.mapping, name="mapping")
application.add_typer(mapping_commands.settings, name="settings")
application.command()(sync_commands.sync)
application.command()(sync_commands.run)
application.command()(sync_commands.pause)
application.command()(sync_commands.resume)
application.add_typer(sync_commands.bulk, name="bulk")
application.command()(sync_commands.check)
application.command()(sync_commands.status)
application.command()(sync_commands.history)
application.command()(sync_commands.revert)
application.add_typer(people_commands.links, name="links")
application.add_typer(people_commands.people, name="people")
application.command()(people_commands.owners)
application.add_typer(lead_commands.leads, name="leads")
application.add_typer(task_commands.tasks, name="tasks")
application.add_typer(company_commands.companies, name="companies")
application.add_typer(people_commands.errors, name="errors")
application.add_typer(people_commands.holds, name="holds")
application.command()(sync_commands.demo)
