"""The commands around the mapping and the settings."""

from typing import Annotated

import typer

from sfsync_gui.cli.options import DATA_DIR, DataDir, DryRun, Json, act, look
from sfsync_gui.cli.output import Output
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction

mapping = typer.Typer(help="Which attribute is synced with which field.", no_args_is_help=True)
settings = typer.Typer(help="What the engine works with.", no_args_is_help=True)


@mapping.command("list")
def mapping_list(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """List the rows in force."""
    from sfsync_gui.cli.mapping import list_rows

    output = Output(as_json)
    look(output, lambda: list_rows(data_dir, output))


@mapping.command("add")
def mapping_add(
    attribute: Annotated[str, typer.Argument(help="The Intercom attribute, such as phone.")],
    direction: Annotated[Direction, typer.Option(help="Which way values go.")],
    lead: Annotated[str | None, typer.Option(help="The Lead field.", show_default=False)] = None,
    contact: Annotated[
        str | None, typer.Option(help="The Contact field.", show_default=False)
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(help="The Account field, for an attribute of companies.", show_default=False),
    ] = None,
    blank: Annotated[
        BlankRule, typer.Option(help="Whether a blank overwrites a value.")
    ] = BlankRule.KEEP,
    conflict: Annotated[
        ConflictRule, typer.Option(help="Who wins where both sides changed.")
    ] = ConflictRule.SALESFORCE,
    shorten: Annotated[
        bool, typer.Option("--shorten", help="Cut texts that are too long.")
    ] = False,
    dry_run: DryRun = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Add a row. It writes nothing by itself: `sfsync bulk` brings existing people in line."""
    from sfsync_gui.cli.mapping import add_row

    output = Output(as_json)
    row = AttributeMapping(
        "",
        attribute,
        direction,
        lead,
        contact,
        blank,
        conflict,
        shorten,
        account_field=account,
    )
    act(output, lambda: add_row(data_dir, output, row, dry_run=dry_run))


@mapping.command("remove")
def mapping_remove(
    rows: Annotated[list[str], typer.Argument(help="Ids of rows, or their Intercom attributes.")],
    dry_run: DryRun = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Remove rows: their pairs and errors go, values stay."""
    from sfsync_gui.cli.mapping import remove_rows

    output = Output(as_json)
    act(output, lambda: remove_rows(data_dir, output, rows, dry_run=dry_run))


@mapping.command("export")
def mapping_export(
    file: Annotated[str, typer.Argument(help="The file to write; - is standard output.")] = "-",
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Write the rows in force as TOML; there is no secret in it."""
    from sfsync_gui.cli.mapping import export_rows

    output = Output(as_json)
    look(output, lambda: export_rows(data_dir, output, file))


@mapping.command("import")
def mapping_import(
    file: Annotated[str, typer.Argument(help="The file to read; - is standard input.")],
    dry_run: DryRun = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Put the rows of a TOML file in the place of those in force.

    The whole file is checked before anything changes.
    """
    from sfsync_gui.cli.mapping import import_rows

    output = Output(as_json)
    act(output, lambda: import_rows(data_dir, output, file, dry_run=dry_run))


@mapping.command("suggest")
def mapping_suggest(
    apply: Annotated[bool, typer.Option("--apply", help="Put them into force.")] = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print all rows as a file for `mapping import`.")
    ] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Propose rows by what both sides have."""
    from sfsync_gui.cli.mapping import suggest_rows

    output = Output(as_json)
    act(output, lambda: suggest_rows(data_dir, output, apply=apply, as_toml=as_toml))


@settings.command("get")
def settings_get(
    name: Annotated[
        str | None, typer.Argument(help="One setting; all where left out.", show_default=False)
    ] = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show the settings with what they mean."""
    from sfsync_gui.cli.settings import get_settings

    output = Output(as_json)
    look(output, lambda: get_settings(data_dir, output, name))


@settings.command("set")
def settings_set(
    name: Annotated[str, typer.Argument(help="Which setting; `settings get` lists them.")],
    value: Annotated[str, typer.Argument(help="Such as 90, 5min, 10%, none, yes.")],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Change a setting. Another key or order keeps the links and starts matching anew."""
    from sfsync_gui.cli.settings import set_setting

    output = Output(as_json)
    act(output, lambda: set_setting(data_dir, output, name, value))
