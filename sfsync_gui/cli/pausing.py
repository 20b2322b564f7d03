"""`sfsync pause` and `sfsync resume`."""

from pathlib import Path

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output


async def pause(data_dir: Path, output: Output) -> ExitCode:
    """Stop checking and writing until `resume`, also over a restart."""
    output.document(await give(data_dir, Order("pause")))
    output.line("Paused. Changes on both sides are brought over after `sfsync resume`.")
    return ExitCode.FINE


async def resume(data_dir: Path, output: Output) -> ExitCode:
    """Go on after a pause."""
    output.document(await give(data_dir, Order("resume")))
    output.line("Not paused any more.")
    return ExitCode.FINE
