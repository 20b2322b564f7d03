"""Ending cleanly on Ctrl-C and SIGTERM."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer

from sfsync_gui.cli.output import ExitCode

T = TypeVar("T")


@contextmanager
def stopped_by_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl-C (and SIGTERM) call `stop` on the running loop; a second one ends at once."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(_number: int, _frame: object) -> None:
        restore()
        loop.call_soon_threadsafe(stop)

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        restore()


def run_cleanly(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; a signal cancels it, so that it closes what it has opened.

    Raises `typer.Exit` with `ExitCode.STOPPED` where it was stopped.
    """
    stopped = False

    async def watched() -> T:
        task = asyncio.ensure_future(work)

        def stop() -> None:
            nonlocal stopped
            stopped = True
            task.cancel()

        with stopped_by_signal(stop):
            return await task

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if not stopped:
            raise
        typer.echo("Stopped. Whatever was done so far is kept.", err=True)
        raise typer.Exit(ExitCode.STOPPED) from None
