"""The commands around companies and accounts."""

from typing import Annotated

import typer

from sfsync_gui.cli.options import DATA_DIR, DataDir, Json, act
from sfsync_gui.cli.output import Output
from sfsync_gui.core.vocabulary import FirstRun

companies = typer.Typer(help="The sync of companies with accounts.", no_args_is_help=True)


@companies.command("status")
def companies_status(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Tell how the sync of companies stands."""
    from sfsync_gui.cli.companies import show_status

    output = Output(as_json)
    act(output, lambda: show_status(data_dir, output))


@companies.command("suggest")
def companies_suggest(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Try by which fields of Account a sample of companies would match. Changes nothing."""
    from sfsync_gui.cli.companies import suggest

    output = Output(as_json)
    act(output, lambda: suggest(data_dir, output))


@companies.command("on")
def companies_on(
    field: Annotated[
        str, typer.Argument(help="The field of Account that holds the company_id of Intercom.")
    ],
    as_they_change: Annotated[
        bool | None,
        typer.Option(
            "--as-they-change/--link-all",
            help="Link them as they change, or all who match now; left out, as people were.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Sync companies with accounts, or match them by another field from now on."""
    from sfsync_gui.cli.companies import switch_on

    output = Output(as_json)
    chosen = {True: FirstRun.AS_THEY_CHANGE, False: FirstRun.LINK_ALL, None: None}
    first_run = chosen[as_they_change]
    act(output, lambda: switch_on(data_dir, output, field, first_run))


@companies.command("off")
def companies_off(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Sync companies no more: links and rows stay, and nothing is read or written."""
    from sfsync_gui.cli.companies import switch_off

    output = Output(as_json)
    act(output, lambda: switch_off(data_dir, output))
