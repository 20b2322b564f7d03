"""`sfsync check`: whether both services let the sync do its work, and the clicks that mend it."""

from dataclasses import asdict
from pathlib import Path

import typer

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.stored import glanced
from sfsync_gui.cli.wording import SERVICE, date_and_time, plain
from sfsync_gui.core.findings import Grade
from sfsync_gui.core.vocabulary import Side

_SIGNS = {
    Grade.GOOD: ("ok", typer.colors.GREEN),
    Grade.NOTE: ("note", typer.colors.BLUE),
    Grade.WARNING: ("warning", typer.colors.YELLOW),
    Grade.FAILED: ("failed", typer.colors.RED),
}


async def check_set_up(data_dir: Path, output: Output) -> ExitCode:
    """Ask both sides anew and tell what was found; fails where something is in the way."""
    return _tell(output, await give(data_dir, Order("set_up.check", {})))


async def show_last_check(data_dir: Path, output: Output) -> ExitCode:
    """What the newest check found, without asking a service."""
    report = glanced(data_dir, lambda unit: unit.state.set_up_report())
    if report is None:
        output.document([])
        output.line("The set-up was not checked yet. `sfsync check` does.")
        return ExitCode.FINE
    output.line(f"Checked on {date_and_time(report.at)}.")
    return _tell(output, asdict(report))


def _tell(output: Output, report: Result) -> ExitCode:
    output.document(report["findings"])
    for finding in report["findings"]:
        _print(output, finding)
    failed = any(finding["grade"] == Grade.FAILED for finding in report["findings"])
    return ExitCode.SETUP if failed else ExitCode.FINE


def _print(output: Output, finding: Result) -> None:
    sign, colour = _SIGNS[Grade(finding["grade"])]
    side = finding["side"]
    place = "This computer" if side is None else SERVICE[Side(side)]
    where = f"{place}: {plain(finding['subject'])}"
    output.line(f"{sign:<8}{where}. {plain(finding['message'])}", colour=colour)
    for more in (finding["breaks"], finding["remedy"]):
        if more:
            output.line(f"        {plain(more)}")
