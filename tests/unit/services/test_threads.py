"""Blocking calls: bounded, timed, dropped when late, stopped at once."""

import asyncio
import threading
import time

import pytest

from sfsync_gui.core.failures import OutcomeUnknownError, TransientError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.threads import BlockingCalls, InlineCalls


def test_a_result_and_an_exception_come_back() -> None:
    async def scenario() -> None:
        calls = BlockingCalls("test")
        assert await calls.run(lambda: 6 * 7, 5) == 42

        def fail() -> None:
            raise KeyError("own")

        with pytest.raises(KeyError, match="own"):
            await calls.run(fail, 5)
        calls.close()

    asyncio.run(scenario())


def test_the_functions_own_time_out_is_not_ours() -> None:
    async def scenario() -> None:
        calls = BlockingCalls("test")

        def fail() -> None:
            raise TimeoutError("inner")

        with pytest.raises(TimeoutError, match="inner"):
            await calls.run(fail, 5)
        calls.close()

    asyncio.run(scenario())


def test_no_more_threads_than_allowed_and_all_are_daemons() -> None:
    names: set[str] = set()
    daemons: set[bool] = set()
    most = 0
    running = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
            names.add(threading.current_thread().name)
            daemons.add(threading.current_thread().daemon)
        time.sleep(0.01)
        with lock:
            running -= 1

    async def scenario() -> None:
        calls = BlockingCalls("worker", size=3)
        await asyncio.gather(*(calls.run(work, 10) for _ in range(20)))
        calls.close()

    asyncio.run(scenario())
    assert names == {"worker-1", "worker-2", "worker-3"}
    assert daemons == {True}
    assert most == 3


@pytest.mark.parametrize(
    ("may_apply", "expected"), [(False, TransientError), (True, OutcomeUnknownError)]
)
def test_after_the_time_out_the_late_answer_is_dropped(
    may_apply: bool, expected: type[TransientError]
) -> None:
    async def scenario() -> None:
        gate = threading.Event()
        done = threading.Event()

        def work() -> None:
            gate.wait(5)
            done.set()
            raise ValueError("nobody sees this")

        calls = BlockingCalls("slow", side=Side.SALESFORCE, subject="Salesforce")
        with pytest.raises(TransientError) as caught:
            await calls.run(work, 0.05, may_apply=may_apply)
        assert type(caught.value) is expected
        assert caught.value.side is Side.SALESFORCE
        gate.set()
        assert await asyncio.to_thread(done.wait, 5)
        assert await calls.run(lambda: "next", 5) == "next"
        calls.close()

    asyncio.run(scenario())


def test_a_write_that_never_began_was_certainly_not_applied() -> None:
    async def scenario() -> None:
        gate = threading.Event()
        calls = BlockingCalls("busy", size=1)
        blocked = asyncio.create_task(calls.run(lambda: gate.wait(5), 5))
        await asyncio.sleep(0)
        written: list[int] = []
        with pytest.raises(TransientError) as caught:
            await calls.run(lambda: written.append(1), 0.05, may_apply=True)
        assert not isinstance(caught.value, OutcomeUnknownError)
        gate.set()
        await blocked
        await calls.run(lambda: None, 5)
        assert written == []
        calls.close()

    asyncio.run(scenario())


def test_closing_frees_whoever_waits() -> None:
    async def scenario() -> None:
        gate = threading.Event()
        calls = BlockingCalls("hanging", size=1)
        reading = asyncio.create_task(calls.run(lambda: gate.wait(5), 60, may_apply=True))
        queued = asyncio.create_task(calls.run(lambda: None, 60, may_apply=True))
        await asyncio.sleep(0.05)
        begin = time.monotonic()
        calls.close()
        with pytest.raises(OutcomeUnknownError):
            await reading
        with pytest.raises(TransientError) as caught:
            await queued
        assert not isinstance(caught.value, OutcomeUnknownError)
        assert time.monotonic() - begin < 1
        with pytest.raises(TransientError, match="closed"):
            await calls.run(lambda: None, 5)
        gate.set()

    asyncio.run(scenario())


def test_cancelling_the_waiter_is_a_cancellation() -> None:
    async def scenario() -> None:
        gate = threading.Event()
        calls = BlockingCalls("cancelled")
        waiter = asyncio.create_task(calls.run(lambda: gate.wait(5), 60))
        await asyncio.sleep(0.02)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        gate.set()
        calls.close()

    asyncio.run(scenario())


def test_posted_functions_run_on_the_loop_before_the_result_arrives() -> None:
    async def scenario() -> None:
        calls = BlockingCalls("posting")
        seen: list[str] = []

        def work() -> None:
            calls.post(lambda: seen.append(threading.current_thread().name))

        await calls.run(work, 5)
        assert seen == [threading.current_thread().name]
        calls.close()

    asyncio.run(scenario())


def test_inline_calls_run_at_once() -> None:
    async def scenario() -> None:
        calls = InlineCalls()
        seen: list[int] = []
        calls.post(lambda: seen.append(1))
        await calls.run(lambda: seen.append(2), 1)
        assert seen == [1, 2]
        calls.close()
        with pytest.raises(TransientError):
            await calls.run(lambda: None, 1)

    asyncio.run(scenario())
