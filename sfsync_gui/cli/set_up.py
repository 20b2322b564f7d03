"""`sfsync check`: whether both services let the sync do its work, and the clicks that mend it."""

from pathlib import Path

import typer

from sfsync_gui.app.orders import Order, Result
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.wording import SERVICE, plain
from sfsync_gui.core.set_up_check import Grade
from sfsync_gui.core.vocabulary import Side

_SIGNS = {
    Grade.GOOD: ("ok", typer.colors.GREEN),
    Grade.WARNING: ("warning", typer.colors.YELLOW),
    Grade.FAILED: ("failed", typer.colors.RED),
}


async def check_set_up(data_dir: Path, output: Output) -> ExitCode:
    """Describe both sides anew and tell what was found; fails where something is in the way."""
    result = await give(data_dir, Order("set_up.check", {}))
    output.document(result["findings"])
    for finding in result["findings"]:
        _print(output, finding)
    failed = any(finding["grade"] == Grade.FAILED for finding in result["findings"])
    return ExitCode.SETUP if failed else ExitCode.FINE


def _print(output: Output, finding: Result) -> None:
    sign, colour = _SIGNS[Grade(finding["grade"])]
    where = f"{SERVICE[Side(finding['side'])]}: {plain(finding['subject'])}"
    output.line(f"{sign:<8}{where}. {plain(finding['message'])}", colour=colour)
    for more in (finding["breaks"], finding["remedy"]):
        if more:
            output.line(f"        {plain(more)}")
