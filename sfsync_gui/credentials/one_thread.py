"""Blocking work, one piece after the other, on a thread that nobody has to wait for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


class OneThread:
    """Runs functions in the order in which they come, on one daemon thread.

    One, because a write that was stuck must not come out after a newer one. A daemon, because a
    call that never returns must not hold up the end of the program. The thread is there only while
    there is work.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._is_running = False

    def submit(self, work: Callable[[], _Result]) -> Future[_Result]:
        """Have `work` run; cancelling the future keeps it from beginning."""
        future: Future[_Result] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            self._jobs.append(job)
            starts = not self._is_running
            self._is_running = True
        if starts:
            threading.Thread(target=self._work_off, name=self._name, daemon=True).start()
        return future

    def _work_off(self) -> None:
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._is_running = False
            return None
