"""`sfsync mapping`: the rows of the attribute mapping, and what a change of them means."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app.desk import Result
from sfsync_gui.app.mapping_file import FileRow, new_row_id, read_rows, write_rows
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.progress import progress_of
from sfsync_gui.cli.stored import glanced
from sfsync_gui.cli.wording import counted, plain, row_text
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.offers import suggest
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.desktop.whole_files import write_whole
from sfsync_gui.engine.storage import UnitOfWork

_STANDARD = "-"
"""The file name that stands for standard input or output."""


def _rows_in_force(unit: UnitOfWork) -> tuple[AttributeMapping, ...]:
    return unit.state.rows()


def _known_rows(data_dir: Path) -> tuple[AttributeMapping, ...]:
    """The rows in force; none where there is no profile yet."""
    exists = database_path(data_dir).exists()
    return glanced(data_dir, _rows_in_force) if exists else ()


def list_rows(data_dir: Path, output: Output) -> ExitCode:
    """The rows in force."""
    rows = glanced(data_dir, _rows_in_force)
    output.document([asdict(row) for row in rows])
    _print_rows(output, rows)
    if not rows:
        output.line("No rows yet: `sfsync mapping suggest` proposes some.")
    return ExitCode.FINE


def export_rows(data_dir: Path, output: Output, target: str) -> ExitCode:
    """Write the rows in force as TOML to a file, or to standard output."""
    rows = glanced(data_dir, _rows_in_force)
    text = write_rows(rows)
    if target == _STANDARD:
        typer.echo(text, nl=False)
        return ExitCode.FINE
    try:
        write_whole(Path(target), text)
    except OSError as error:
        raise _no_file(target, f"cannot be written: {error.strerror}") from None
    output.document({"exported": len(rows), "file": target})
    output.line(f"{counted(len(rows), 'row')} written to {target}.")
    return ExitCode.FINE


async def import_rows(data_dir: Path, output: Output, source: str, *, dry_run: bool) -> ExitCode:
    """Put the rows of a TOML file in the place of those in force, once all is well with them."""
    text = _text_of(source)
    name = "standard input" if source == _STANDARD else source
    file_rows = read_rows(text, _known_rows(data_dir), name)
    return await _change(data_dir, output, [one.row for one in file_rows], dry_run, file_rows)


def _text_of(source: str) -> str:
    try:
        return sys.stdin.read() if source == _STANDARD else Path(source).read_text("utf-8")
    except OSError as error:
        raise _no_file(source, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _no_file(source, "is not text in UTF-8") from None


def _no_file(path: str, what: str) -> SetupError:
    return SetupError(
        "The mapping file cannot be used",
        f"{path} {what}.",
        "Name another file. Nothing was changed.",
        subject=path,
        code="mapping_file",
    )


async def add_row(
    data_dir: Path, output: Output, row: AttributeMapping, *, dry_run: bool
) -> ExitCode:
    """Add a row to those in force."""
    known = _known_rows(data_dir)
    added = replace(row, id=new_row_id(known, row))
    if any(one.id == added.id for one in known):
        raise UsageError(
            "Not understood",
            f"The mapping has this row already: {row_text(added)}.",
            f"Remove it first: `sfsync mapping remove {added.id}`.",
        )
    return await _change(data_dir, output, [*known, added], dry_run)


async def remove_rows(
    data_dir: Path, output: Output, wanted: Sequence[str], *, dry_run: bool
) -> ExitCode:
    """Remove rows, named by their ids or by their Intercom attribute where that is one row's."""
    known = glanced(data_dir, _rows_in_force)
    gone = {_named(known, name).id for name in wanted}
    return await _change(data_dir, output, [row for row in known if row.id not in gone], dry_run)


def _named(rows: Iterable[AttributeMapping], name: str) -> AttributeMapping:
    found = [row for row in rows if name in (row.id, row.intercom_attribute)]
    exact = [row for row in found if row.id == name] or found
    if len(exact) != 1:
        raise UsageError(
            "Not understood",
            f"The mapping has {'no row' if not exact else 'several rows'} named {name}.",
            "`sfsync mapping list` shows the rows with their ids.",
        )
    return exact[0]


async def suggest_rows(data_dir: Path, output: Output, *, apply: bool, as_toml: bool) -> ExitCode:
    """Propose rows by what both sides have; with `apply` put them into force."""
    # Loaded only here: looking at the store needs none of the services.
    from sfsync_gui.cli.session import online

    async with online(data_dir) as running:
        context = running.engine.context
        in_force = context.rules.rows
        taken = {(row.family, row.intercom_attribute) for row in in_force}
        proposed = [
            row
            for family in context.rules.families
            for row in suggest(context.schema, context.rules.key_of(family), family)
            if (row.family, row.intercom_attribute) not in taken
        ]
    if apply:
        return await _change(data_dir, output, [*in_force, *proposed], dry_run=False)
    if as_toml:
        typer.echo(write_rows([*in_force, *proposed]), nl=False)
        return ExitCode.FINE
    output.document([asdict(row) for row in proposed])
    _print_rows(output, proposed)
    output.line(
        "Add them with `sfsync mapping suggest --apply`."
        if proposed
        else "Nothing more to propose."
    )
    return ExitCode.FINE


# ---------------------------------------------------------------------- what a change means


async def _change(
    data_dir: Path,
    output: Output,
    rows: Sequence[AttributeMapping],
    dry_run: bool,
    file_rows: Sequence[FileRow] = (),
) -> ExitCode:
    """Judge the rows and put them into force unless something is wrong with them."""
    name = "mapping.judge" if dry_run else "mapping.apply"
    order = Order(name, {"rows": [asdict(row) for row in rows]})
    with progress_of(output) as emit:
        change = await give(data_dir, order, emit)
    if change["problems"]:
        raise _refused(change["problems"], rows, file_rows)
    output.document({"applied": not dry_run, **change})
    for text in change_sentences(change):
        output.line(text)
    if dry_run:
        output.line("Nothing was changed: this was a dry run.")
    elif change["links"] and (change["added"] or change["replaced"]):
        output.line("To bring existing values in line: `sfsync bulk preview`.")
    return ExitCode.FINE


def _refused(
    problems: Sequence[Mapping[str, str]],
    rows: Sequence[AttributeMapping],
    file_rows: Sequence[FileRow],
) -> SetupError:
    places = {one.row.id: one.place for one in file_rows}
    known = {row.id: row for row in rows}
    sentences = []
    for problem in problems:
        row_id = problem["row_id"]
        where = places.get(row_id) or (row_text(known[row_id]) if row_id in known else row_id)
        sentences.append(f"{where}: {problem['reason']}")
    return SetupError(
        "The mapping cannot be used",
        " ".join(sentences),
        "Change or remove the row, then try again. Nothing was changed.",
        subject=problems[0]["row_id"],
        code="mapping_refused",
    )


def change_sentences(change: Result) -> list[str]:
    """What a change of the rows means, for people."""
    found = []
    if change["added"]:
        found.append(f"{_rows(change['added'])} added: nothing is written because of that.")
    if change["removed"]:
        found.append(f"{_rows(change['removed'])} removed: pairs and errors go, values stay.")
    if change["replaced"]:
        found.append(f"{_rows(change['replaced'])} mapped to other fields: as removed and added.")
    if change["altered"]:
        found.append(f"{_rows(change['altered'])} changed in direction or rules: pairs stay.")
    if not found:
        return ["These are the rows in force already."]
    if change["errors"]:
        found.append(f"{counted(change['errors'], 'open error')} closed with them.")
    if change["links"]:
        found.append(f"{counted(change['links'], 'record is', 'records are')} linked now.")
    return found


def _rows(rows: Sequence[Any]) -> str:
    return counted(len(rows), "row")


def _print_rows(output: Output, rows: Iterable[AttributeMapping]) -> None:
    for row in rows:
        output.line(row_text(row))
        details = [f"id {plain(row.id)}", *_details(row)]
        output.line(f"    {', '.join(details)}", dim=True)
        if row.disabled is not None:
            output.line(f"    switched off: {plain(row.disabled)}", colour=typer.colors.YELLOW)


def _details(row: AttributeMapping) -> list[str]:
    found = [f"blanks: {row.blank_rule}", f"conflicts: {row.conflict_rule}"]
    if row.shorten:
        found.append("shortens texts")
    return found
