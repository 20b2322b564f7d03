"""The window's loop: timers that end, callbacks in order, failures that are told."""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sfsync_gui.core.failures import TransientError
from sfsync_gui.ui.loop import COLLECT_AFTER_REST, EventLoop
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until


def loop_now() -> EventLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, EventLoop)
    return loop


def test_finished_time_outs_leave_no_timers(run: Run) -> None:
    async def story() -> None:
        before = loop_now().armed
        for _ in range(1000):
            async with asyncio.timeout(300):
                await asyncio.sleep(0)
        assert loop_now().armed == before

    run(story())


def test_a_sleep_never_ends_early(run: Run) -> None:
    async def story() -> None:
        for wanted in (0.0004, 0.003, 0.021, 0.0507, 0.12):
            begin = time.monotonic()
            await asyncio.sleep(wanted)
            assert time.monotonic() - begin >= wanted

    run(story())


def test_time_outs_come_in_time(run: Run) -> None:
    async def story() -> None:
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asyncio.sleep(10)
        assert 0.05 <= time.monotonic() - begin < 1

    run(story())


def test_ready_callbacks_keep_their_order(run: Run) -> None:
    async def story() -> None:
        order: list[int] = []
        for number in range(500):
            loop_now().call_soon(order.append, number)
        cancelled = loop_now().call_soon(order.append, -1)
        cancelled.cancel()
        await asyncio.sleep(0.01)
        assert order == list(range(500))

    run(story())


def test_many_rounds_do_not_wear_the_loop_out(run: Run) -> None:
    async def story() -> None:
        for _ in range(20_000):
            await asyncio.sleep(0)

    run(story())


def test_a_loop_of_qt_within_a_callback_lets_others_run(run: Run) -> None:
    async def story() -> None:
        seen: list[str] = []

        def nested() -> None:
            inner = QEventLoop()
            QTimer.singleShot(30, inner.quit)
            inner.exec()
            seen.append("nested")

        loop_now().call_soon(nested)
        loop_now().call_soon(seen.append, "beside")
        await until(lambda: len(seen) == 2)
        assert seen == ["beside", "nested"]

    run(story())


def test_work_on_threads_comes_back(run: Run) -> None:
    async def story() -> None:
        results = await asyncio.gather(*(asyncio.to_thread(pow, 2, n) for n in range(20)))
        assert list(results) == [2**n for n in range(20)]

    run(story())


@pytest.mark.skipif(sys.platform == "win32", reason="signals are handled otherwise there")
def test_a_signal_is_heard_while_qt_waits(run: Run) -> None:
    async def story() -> None:
        heard = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        loop.call_later(0.02, os.kill, os.getpid(), signal.SIGUSR1)
        async with asyncio.timeout(5):
            await heard.wait()
        loop.remove_signal_handler(signal.SIGUSR1)

    run(story())


def test_a_failure_in_a_task_is_told(run: Run, tasks: Tasks, application: QApplication) -> None:
    told: list[Any] = []
    tasks.failed.connect(told.append)

    async def story() -> None:
        async def fail(failure: Exception) -> None:
            raise failure

        async def endless() -> None:
            await asyncio.sleep(300)

        tasks.start(fail(TransientError("Cannot reach Intercom", "No answer.")))
        tasks.start(fail(KeyError("secret detail")))
        running = tasks.start(endless())
        await until(lambda: len(told) == 2)
        assert [failure.title for failure in told] == [
            "Cannot reach Intercom",
            "That did not work",
        ]
        assert "secret detail" not in told[1].message
        await tasks.stop()
        assert running.cancelled()
        assert len(told) == 2

    run(story())


class Cycle:
    """Garbage that only the collector finds; notes which thread ends it."""

    def __init__(self, ended: list[threading.Thread]) -> None:
        self.itself = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread())


def test_garbage_is_collected_by_the_loops_thread_alone_while_it_runs(run: Run) -> None:
    ended: list[threading.Thread] = []

    def make() -> None:
        kept = []
        for _ in range(gc.get_threshold()[0] * 3):
            Cycle(ended)
            kept.append([object()])

    async def story() -> None:
        assert not gc.isenabled()
        await asyncio.to_thread(make)
        assert ended == []
        async with asyncio.timeout(COLLECT_AFTER_REST * 2):
            while not ended:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.05)

    assert gc.isenabled()
    run(story())
    assert gc.isenabled()
    assert set(ended) == {threading.main_thread()}
