"""Running coroutines together and under supervision: every task has an owner and an end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from sfsync_gui.engine.events import Event, TaskFailed
from sfsync_gui.engine.ports import Clock

_log = logging.getLogger(__name__)

T = TypeVar("T")


async def run_together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all at once and return their results in order.

    If one fails the others are cancelled, and that first failure is raised as it is.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [task.result() for task in tasks]


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


class Supervisor:
    """Owns long-running tasks: holds them, restarts those that fail, ends them all within a time.

    An unexpected failure is told as `TaskFailed` and the task starts again after a pause that
    grows up to a minute.
    """

    def __init__(self, clock: Clock, emit: Callable[[Event], None]) -> None:
        self._clock = clock
        self._emit = emit
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` until it returns, again after each failure."""
        task = asyncio.get_running_loop().create_task(self._keep_running(name, work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_running(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = 1.0
        while True:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception as failure:  # the edge where unexpected failures are reported
                _log.error("the task %s failed", name, exc_info=failure)
                self._emit(TaskFailed(name, f"{type(failure).__name__}: {failure}"))
                await self._clock.sleep(pause)
                pause = min(60.0, pause * 2)
            else:
                return

    async def join(self) -> None:
        """Wait until all watched work has returned."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, within: float) -> None:
        """Wait at most `within` seconds of real time for the tasks to end, then cancel them."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=within)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
