"""Blocking calls off the event loop: bounded daemon threads, time-outs, late answers dropped.

Daemon threads, because a thread that is stuck in a blocking call must never hold up the end of
the program; an ordinary executor would wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from sfsync_gui.core.failures import OutcomeUnknownError, SfsyncError, TransientError
from sfsync_gui.core.vocabulary import Side

_Result = TypeVar("_Result")


class Calls(Protocol):
    """Where blocking functions are run."""

    async def run(
        self, fn: Callable[[], _Result], timeout: float, *, may_apply: bool = False
    ) -> _Result:
        """Run `fn` and return its result or raise its exception.

        `timeout` is in seconds and covers waiting for a free thread. After it `TransientError`
        is raised, or `OutcomeUnknownError` where `may_apply` says that the call writes and it had
        begun. A late answer is dropped.
        """
        ...

    def post(self, fn: Callable[[], None]) -> None:
        """Have `fn` executed on the event loop's thread; callable from within `run`'s function."""
        ...

    def close(self) -> None:
        """Stop at once: whoever waits gets the error of a time-out, nothing begins any more."""
        ...


class _Job:
    """One call: its function, who waits for it, and whether it was ever begun."""

    def __init__(
        self, fn: Callable[[], object], loop: asyncio.AbstractEventLoop, may_apply: bool
    ) -> None:
        self.fn = fn
        self.loop = loop
        self.may_apply = may_apply
        self.future: asyncio.Future[object] = loop.create_future()
        self._lock = threading.Lock()
        self._begun = False
        self._abandoned = False

    def begin(self) -> bool:
        """Claim the job for a thread; false if nobody waits for it any more."""
        with self._lock:
            self._begun = not self._abandoned
            return self._begun

    def abandon(self) -> bool:
        """Keep the job from beginning; true if it has begun already."""
        with self._lock:
            self._abandoned = True
            return self._begun

    def execute(self) -> None:
        """Run the function and hand its outcome to the loop, if that still runs."""
        try:
            result, error = self.fn(), None
        except Exception as raised:
            result, error = None, raised
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: object, error: Exception | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class BlockingCalls:
    """Runs blocking functions on at most `size` daemon threads, for one event loop.

    `name` appears in thread names, `subject` and `side` in the errors raised after a time-out.
    Threads are started when first needed.
    """

    def __init__(
        self, name: str, *, size: int = 4, subject: str = "", side: Side | None = None
    ) -> None:
        if size < 1:
            raise ValueError("at least one thread is needed")
        self._name = name
        self._size = size
        self._subject = subject or name
        self._side = side
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._jobs: set[_Job] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def run(
        self, fn: Callable[[], _Result], timeout: float, *, may_apply: bool = False
    ) -> _Result:
        """Run `fn` on a thread; see `Calls.run`."""
        if self._closed:
            raise self._closed_error()
        self._loop = asyncio.get_running_loop()
        job = _Job(fn, self._loop, may_apply)
        self._jobs.add(job)
        self._start_thread()
        self._queue.put(job)
        try:
            async with asyncio.timeout(timeout):
                return await job.future  # type: ignore[return-value]
        except TimeoutError as error:
            if not job.future.cancelled():
                raise  # the function's own
            raise self._late_error(job) from error
        finally:
            job.abandon()
            self._jobs.discard(job)
            if job.future.done() and not job.future.cancelled():
                job.future.exception()  # marks it as seen, should the waiter have been cancelled

    def post(self, fn: Callable[[], None]) -> None:
        """Have `fn` executed on the loop of the last `run`; dropped if that loop has ended."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(fn)

    def close(self) -> None:
        """Stop at once; to be called on the event loop's thread. Closing twice is harmless."""
        self._closed = True
        for job in self._jobs:
            if not job.future.done():
                job.future.set_exception(self._late_error(job))
        for _thread in self._threads:
            self._queue.put(None)
        self._threads.clear()

    def _start_thread(self) -> None:
        if len(self._threads) >= min(self._size, len(self._jobs)):
            return
        name = f"{self._name}-{len(self._threads) + 1}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        """Be one of the threads."""
        while (job := self._queue.get()) is not None:
            if job.begin():
                job.execute()

    def _late_error(self, job: _Job) -> SfsyncError:
        unknown = job.abandon() and job.may_apply
        if self._closed and not unknown:
            return self._closed_error()
        title = "No answer in time"
        message = f"{self._subject} did not answer in time."
        if unknown:
            message += " It is not known whether the change was made."
            return OutcomeUnknownError(title, message, subject=self._subject, side=self._side)
        return TransientError(title, message, subject=self._subject, side=self._side)

    def _closed_error(self) -> TransientError:
        return TransientError(
            "Connection closed",
            f"The connection to {self._subject} has been closed.",
            subject=self._subject,
            side=self._side,
        )


class InlineCalls:
    """Runs everything at once on the caller's thread: for simulations that must repeat exactly."""

    def __init__(self) -> None:
        self._closed = False

    async def run(
        self, fn: Callable[[], _Result], timeout: float, *, may_apply: bool = False
    ) -> _Result:
        """Run `fn` now; `timeout` and `may_apply` mean nothing, as nothing can be late."""
        if self._closed:
            raise TransientError("Connection closed", "The connection has been closed.")
        return fn()

    def post(self, fn: Callable[[], None]) -> None:
        """Execute `fn` now."""
        fn()

    def close(self) -> None:
        """Refuse further calls."""
        self._closed = True
