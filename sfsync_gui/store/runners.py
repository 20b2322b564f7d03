"""Where transactions run: on one thread of their own, or at once."""

import asyncio
import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Runner(Protocol):
    """Runs calls one after the other, never two at a time."""

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` and return its result or raise its exception."""
        ...

    async def close(self) -> None:
        """Finish what is waiting and end."""
        ...


class InlineRunner:
    """Runs every call at once, where it is awaited: for simulations that must repeat exactly."""

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` now."""
        return call()

    async def close(self) -> None:
        """Nothing waits."""


class ThreadRunner:
    """Runs calls in order on one daemon thread, which starts with the first call.

    A caller that is cancelled stops waiting; its call runs to the end all the same.
    """

    def __init__(self, name: str = "sfsync-store") -> None:
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` on the thread after all that was asked for before."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        if self._thread is None:
            self._thread = Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(lambda: _perform(call, loop, answer))
        return await answer

    async def close(self) -> None:
        """Wait for the calls that were asked for, then end the thread."""
        thread = self._thread
        if thread is not None:
            await self.run(lambda: self._jobs.put(None))
            thread.join()  # it has only to return
            self._thread = None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _perform(
    call: Callable[[], T], loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[T]"
) -> None:
    try:
        result = call()
    except StopIteration as error:
        # A future refuses StopIteration, and its waiter would wait for ever.
        wrapped = RuntimeError("a transaction raised StopIteration")
        wrapped.__cause__ = error
        _deliver(loop, answer, _fail, wrapped)
    except BaseException as error:  # every failure belongs to the caller, not to the thread
        _deliver(loop, answer, _fail, error)
    else:
        _deliver(loop, answer, _succeed, result)


def _deliver(
    loop: asyncio.AbstractEventLoop,
    answer: "asyncio.Future[T]",
    settle: Callable[["asyncio.Future[T]", Any], None],
    outcome: object,
) -> None:
    try:
        loop.call_soon_threadsafe(settle, answer, outcome)
    except RuntimeError:
        _log.debug("The event loop ended before a transaction's answer")


def _succeed(answer: "asyncio.Future[T]", result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: "asyncio.Future[T]", error: BaseException) -> None:
    if answer.done():
        _log.warning("A transaction failed after its caller stopped waiting", exc_info=error)
    else:
        answer.set_exception(error)
