"""`sfsync bulk`: bringing records that are linked already in line, after a dry run."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app import Running
from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.app.orders import Order, carry_out
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import IN_USE, ExitCode, Output, UsageError
from sfsync_gui.cli.progress import ProgressLine, progress_of
from sfsync_gui.cli.session import online
from sfsync_gui.cli.signals import stopped_by_signal
from sfsync_gui.cli.stored import glanced
from sfsync_gui.cli.wording import SERVICE, counted, field_label, person_text, plain, value_text
from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.storage import BulkRun

_LOOK_EVERY = 0.25
_STATES = {
    "running": "is under way",
    "paused": "is paused",
    "done": "is done",
    "cancelled": "was cancelled",
    "previewed": "was not started",
}


async def preview(data_dir: Path, output: Output, rows: list[str]) -> ExitCode:
    """The dry run: what a bulk sync would change, on which records."""
    with progress_of(output) as emit:
        result = await give(data_dir, Order("bulk.preview", {"rows": rows}), emit)
    output.document(result)
    _print_preview(output, result)
    if result["to_salesforce"] or result["to_intercom"]:
        output.line("Nothing was written. Start it with `sfsync bulk start`.")
    return ExitCode.FINE


def _print_preview(output: Output, result: Result) -> None:
    records = counted(result["links"], "linked record")
    output.line(f"{records} compared by what was seen last.")
    for side in (Side.SALESFORCE, Side.INTERCOM):
        values = counted(result[f"to_{side}"], "value")
        output.line(f"  {values} would be written to {SERVICE[side]}")
    if result["blanked"]:
        output.line(f"  {counted(result['blanked'], 'value')} of these would be blanked")
    if result["refused"]:
        output.line(f"  {counted(result['refused'], 'value')} would not fit and be left out")
    for sample in result["samples"][:20]:
        output.line(f"    {_sample_text(sample)}", dim=True)
    for refusal in result["refusals"][:5]:
        output.line(
            f"    {plain(refusal['intercom_id'])}: {plain(refusal['reason'])}",
            colour=typer.colors.YELLOW,
        )


def _sample_text(sample: dict[str, Any]) -> str:
    before, after = value_text(sample["before"]), value_text(sample["value"])
    record = sample["salesforce_id" if sample["side"] == Side.SALESFORCE else "intercom_id"]
    name, where = person_text(sample["name"], record), SERVICE[Side(sample["side"])]
    return f"{name} in {where}: {field_label(sample['field'])}  {before} → {after}"


async def start(
    data_dir: Path, output: Output, rows: list[str], *, yes: bool, background: bool
) -> ExitCode:
    """Show the dry run, start the bulk sync, and stay until it is done."""
    with progress_of(output) as emit:
        found = await give(data_dir, Order("bulk.preview", {"rows": rows}), emit)
    if not found["to_salesforce"] and not found["to_intercom"]:
        output.document({**found, "started": False})
        output.line("All is in line already: nothing would be written.")
        return ExitCode.FINE
    if not yes:
        _print_preview(output, found)
        typer.confirm("Write these values?", abort=True, err=True)
    return await _carry_through(
        data_dir, output, Order("bulk.start", {"rows": rows}), background=background
    )


async def resume(data_dir: Path, output: Output, *, background: bool) -> ExitCode:
    """Go on with the bulk sync, and stay until it is done."""
    order = Order("bulk.change", {"state": "running"})
    return await _carry_through(data_dir, output, order, background=background)


async def change(data_dir: Path, output: Output, state: str) -> ExitCode:
    """Pause or cancel the bulk sync; what was written stays."""
    result = await give(data_dir, Order("bulk.change", {"state": state}))
    output.document(result)
    output.line(_run_text(BulkRun(**{**result, "row_ids": None})))
    return ExitCode.FINE


def show_status(data_dir: Path, output: Output) -> ExitCode:
    """How far the newest bulk sync is."""
    run = glanced(data_dir, lambda unit: unit.state.bulk_run())
    output.document(None if run is None else asdict(run))
    output.line("There was no bulk sync yet." if run is None else _run_text(run))
    return ExitCode.FINE


def _run_text(run: BulkRun) -> str:
    records = counted(run.total, "linked record")
    return f"The bulk sync {_STATES.get(run.state, run.state)}: {run.done:,} of {records}."


async def _carry_through(
    data_dir: Path, output: Output, order: Order, *, background: bool
) -> ExitCode:
    """Do it here to its end; a process that has the profile open does it by itself."""
    if not background:
        try:
            async with online(data_dir) as running:
                await carry_out(Desk(running.engine.context), order)
                return await _watch(running, output)
        except StoreError as busy:
            if busy.code != IN_USE:
                raise
    result = await give(data_dir, order)
    output.document(result)
    output.line("Started: `sfsync run` does it, or the one that runs; see `sfsync bulk status`.")
    return ExitCode.FINE


async def _watch(running: Running, output: Output) -> ExitCode:
    """Let the engine work until the bulk sync has ended, somebody stops it, or a side fails."""
    line, stopped = ProgressLine(), asyncio.Event()
    running.engine.start()
    try:
        with stopped_by_signal(stopped.set):
            while True:
                run = await running.store.run(lambda unit: unit.state.bulk_run())
                broken = _broken(running)
                if run is None or run.state != "running" or stopped.is_set() or broken:
                    break
                line.show(f"Bulk sync: {run.done:,} of {run.total:,} linked records")
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), _LOOK_EVERY)
    finally:
        line.clear()
    await running.engine.stop()
    if run is not None and run.state != "running":
        await running.engine.sync_once()  # what was made due last is written
    return _conclude(output, run, broken, stopped=stopped.is_set())


def _broken(running: Running) -> SfsyncError | None:
    """Why a side cannot go on without a person, None while both can."""
    waiting = (SideCondition.READY, SideCondition.OFFLINE)
    for status in running.engine.conditions.statuses.values():
        if status.condition not in waiting:
            return status.reason
    return None


def _conclude(
    output: Output, run: BulkRun | None, broken: SfsyncError | None, *, stopped: bool
) -> ExitCode:
    if run is None:
        raise UsageError("Not understood", "There is no bulk sync.")
    output.document(asdict(run))
    output.line(_run_text(run))
    if run.state != "running":
        return ExitCode.FINE
    output.line("It goes on where it was with `sfsync bulk resume` or `sfsync run`.")
    if broken is not None:
        return output.failure(broken)
    return ExitCode.STOPPED if stopped else ExitCode.FINE
