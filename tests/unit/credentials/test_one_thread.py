"""The one thread: order, cancelling, and that it goes when there is nothing to do."""

from __future__ import annotations

import threading
import time

import pytest

from sfsync_gui.credentials.one_thread import OneThread


def test_work_is_done_in_its_order_and_off_the_callers_thread() -> None:
    thread, done, names = OneThread("alone"), [], set()

    def work(number: int) -> int:
        done.append(number)
        names.add(threading.current_thread().name)
        return number

    futures = [thread.submit(lambda number=number: work(number)) for number in range(200)]  # type: ignore[misc]
    assert [future.result(5) for future in futures] == list(range(200))
    assert done == list(range(200))
    assert names == {"alone"}


def test_what_is_cancelled_before_its_turn_never_begins() -> None:
    thread, go_on, begun = OneThread("alone"), threading.Event(), []
    first = thread.submit(go_on.wait)
    second = thread.submit(lambda: begun.append("second"))
    third = thread.submit(lambda: begun.append("third"))
    assert second.cancel()
    go_on.set()
    third.result(5)
    assert first.result(5)
    assert begun == ["third"]


@pytest.mark.parametrize("error", [ValueError("wrong"), SystemExit(3)])
def test_an_exception_is_the_futures_and_the_work_goes_on(error: BaseException) -> None:
    thread = OneThread("alone")

    def fail() -> None:
        raise error

    failed, after = thread.submit(fail), thread.submit(lambda: "after")
    assert failed.exception(5) is error
    assert after.result(5) == "after"


def test_the_thread_is_a_daemon_and_ends_with_the_work() -> None:
    thread = OneThread("goes")
    assert thread.submit(lambda: threading.current_thread().daemon).result(5)
    end = time.monotonic() + 5
    while any(one.name == "goes" for one in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert thread.submit(lambda: "again").result(5) == "again"


def test_many_threads_may_submit_at_once() -> None:
    thread, running, most = OneThread("alone"), [0], [0]

    def work() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0)
        running[0] -= 1

    def submit() -> None:
        for _ in range(50):
            thread.submit(work).result(5)

    callers = [threading.Thread(target=submit) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert most == [1]
