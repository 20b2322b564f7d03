"""Tasks with an owner: what runs together, what is started again, and how all of it ends."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine

import pytest

from sfsync_gui.engine.events import Event, TaskFailed
from sfsync_gui.engine.tasks import Supervisor, run_together


def on_a_loop(test: Callable[[], Coroutine[object, object, None]]) -> Callable[[], None]:
    """The test, run on a loop of its own."""

    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


class Clock:
    """Time that passes at once, and remembers what was waited for."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@on_a_loop
async def test_results_come_in_the_order_of_what_was_asked() -> None:
    async def work(number: int) -> int:
        await asyncio.sleep(0.01 / (number + 1))
        return number

    assert await run_together(work(number) for number in range(4)) == [0, 1, 2, 3]
    assert await run_together([]) == []


@on_a_loop
async def test_the_first_failure_is_raised_as_it_is_and_ends_the_others() -> None:
    ended: list[int] = []

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run_together([hang(), fail(), hang()])
    assert ended == [1, 1]


@on_a_loop
async def test_work_that_fails_is_told_and_started_again_after_growing_pauses() -> None:
    clock, told = Clock(), list[Event]()
    supervisor = Supervisor(clock, told.append)
    left = [ValueError("one"), ValueError("two"), KeyError("three")]

    async def work() -> None:
        if left:
            raise left.pop(0)

    supervisor.watch("feeds", work)
    await supervisor.join()
    assert clock.slept == [1.0, 2.0, 4.0]
    assert told == [
        TaskFailed("feeds", "ValueError: one"),
        TaskFailed("feeds", "ValueError: two"),
        TaskFailed("feeds", "KeyError: 'three'"),
    ]


@on_a_loop
async def test_the_pause_never_grows_beyond_a_minute() -> None:
    clock = Clock()
    supervisor = Supervisor(clock, lambda event: None)
    left = list(range(10))

    async def work() -> None:
        if left:
            left.pop()
            raise ValueError

    supervisor.watch("feeds", work)
    await supervisor.join()
    assert clock.slept[-4:] == [60.0] * 4


@on_a_loop
async def test_stopping_waits_for_what_ends_by_itself() -> None:
    supervisor = Supervisor(Clock(), lambda event: None)
    stopping, done = asyncio.Event(), list[int]()

    async def work() -> None:
        await stopping.wait()
        await asyncio.sleep(0.05)
        done.append(1)

    supervisor.watch("feeds", work)
    await asyncio.sleep(0)
    stopping.set()
    await supervisor.stop(5)
    assert done == [1]


@on_a_loop
async def test_stopping_ends_what_hangs_within_the_time() -> None:
    supervisor, told = Supervisor(Clock(), lambda event: told.append(event)), list[Event]()
    cleaned: list[int] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(1)

    supervisor.watch("feeds", work)
    await asyncio.sleep(0)
    begun = time.monotonic()
    await supervisor.stop(0.1)
    assert time.monotonic() - begun < 2
    assert cleaned == [1]
    assert told == []  # an end that was asked for is no failure


@on_a_loop
async def test_nothing_watched_is_stopped_at_once() -> None:
    supervisor = Supervisor(Clock(), lambda event: None)
    await supervisor.stop(5)
    await supervisor.join()
