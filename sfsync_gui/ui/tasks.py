"""The window's supervisor: every coroutine that a click starts has an owner and an end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from sfsync_gui.core.failures import SfsyncError

_log = logging.getLogger(__name__)


class Tasks(QObject):
    """Starts coroutines, keeps hold of them, and tells of those that fail.

    `failed` carries an `SfsyncError`, worded for people. Whatever else is raised is a defect: it
    is logged with its traceback, and told as one sentence.
    """

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` on the window's loop. The task may be cancelled; that is no failure."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def stop(self) -> None:
        """Cancel what still runs, and wait for it to end."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        failure = task.exception()
        if failure is not None:
            self.failed.emit(told(failure))


def told(failure: BaseException) -> SfsyncError:
    """The failure as one that can be shown; a defect is logged and hidden behind a sentence."""
    if isinstance(failure, SfsyncError):
        return failure
    _log.error("unexpected failure in the window", exc_info=failure)
    return SfsyncError(
        "That did not work",
        "Something unexpected happened in SFSync. The sync itself goes on.",
        "Try again. If it happens again, Help → Open log shows what happened.",
        detail=f"{type(failure).__name__}: {failure}",
    )
