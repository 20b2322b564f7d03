"""Units of work: stored together or not at all, on one thread, and nothing for nothing."""

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.engine.ports import IntercomPosition
from sfsync_gui.engine.storage import GuardHold, Profile, Store, UnitOfWork
from sfsync_gui.store.runners import InlineRunner, ThreadRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import close, contact, error, full_link, link, run, written


def test_the_store_is_a_store(store: SqlStore) -> None:
    as_port: Store = store
    assert as_port is store


def test_an_exception_undoes_everything(store: SqlStore) -> None:
    def fails(unit: UnitOfWork) -> None:
        unit.directory.put([contact(1)])
        unit.links.add(link(1))
        unit.history.add([written()])
        raise KeyError("no")

    with pytest.raises(KeyError):
        run(store, fails)
    assert run(store, lambda unit: unit.directory.count(Side.INTERCOM)) == 0
    assert run(store, lambda unit: unit.links.page(0, 1)) == []
    assert run(store, lambda unit: unit.history.recent(1)) == []


def _footprint(path: Path) -> list[tuple[str, int, int]]:
    files = [path, path.with_name(path.name + "-wal")]
    return [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def _store_one_of_each(unit: UnitOfWork) -> None:
    unit.directory.put([contact(1, baseline={"b": "1", "a": "2"}), contact(2)])
    unit.kept_apart.add("i1", "s1", ("a", "b"))
    unit.errors.put(error())
    unit.state.put_profile(Profile("app", "org"))
    unit.state.put_rows([AttributeMapping("r1", "name", Direction.TWO_WAY, "LastName")])
    unit.state.put_settings(Settings(api_cap=5))
    unit.state.put_intercom_position(IntercomPosition(5))
    unit.state.put_mark("moment", 1.5)
    unit.state.put_hold(GuardHold("ended", "held", 1, frozenset({"b:c", "a:b"}), id=1))
    unit.links.put(unit.links.page(0, 10))


@pytest.mark.parametrize(
    "work",
    [
        lambda unit: None,
        lambda unit: unit.links.page(0, 100),
        lambda unit: unit.links.remove(999),
        lambda unit: unit.errors.close([999]),
        lambda unit: unit.state.add_calls(1, Side.INTERCOM, "poll", 0),
        lambda unit: unit.history.add([]),
        lambda unit: unit.directory.put([contact(1, baseline={"a": "2", "b": "1"})]),
        _store_one_of_each,
    ],
)
def test_a_work_that_changes_nothing_writes_nothing(
    store: SqlStore, path: Path, work: Callable[[UnitOfWork], object]
) -> None:
    run(store, lambda unit: unit.links.add(full_link(1)))
    run(store, _store_one_of_each)
    before = _footprint(path)
    run(store, work)
    run(store, work)
    assert _footprint(path) == before
    run(store, lambda unit: unit.state.put_mark("moment", 2.5))
    assert _footprint(path) != before


def test_transactions_run_on_one_thread_in_order(path: Path) -> None:
    async def main() -> None:
        store = open_store(path)
        threads: set[int] = set()
        order: list[int] = []

        def work(number: int, unit: UnitOfWork) -> int:
            threads.add(threading.get_ident())
            order.append(number)
            unit.links.add(link(number))
            return unit.links.count()

        counts = await asyncio.gather(*(store.run(partial(work, number)) for number in range(20)))
        assert counts == list(range(1, 21))
        assert order == list(range(20))
        assert len(threads) == 1
        assert threading.get_ident() not in threads
        await store.close()
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await store.run(lambda unit: None)

    asyncio.run(main())
    assert not any(thread.name == "sfsync-store" for thread in threading.enumerate())


def test_a_store_that_was_never_used_closes(path: Path) -> None:
    close(open_store(path))
    close(open_store(path))


def test_who_stops_waiting_stops_nothing(path: Path) -> None:
    async def main() -> None:
        store = open_store(path)
        started, go_on = threading.Event(), threading.Event()

        def slow(unit: UnitOfWork) -> None:
            unit.links.add(link(1))
            started.set()
            go_on.wait(10)

        running = asyncio.ensure_future(store.run(slow))
        queued = asyncio.ensure_future(store.run(lambda unit: unit.links.add(link(2))))
        await asyncio.to_thread(started.wait, 10)
        running.cancel()
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        with pytest.raises(asyncio.CancelledError):
            await queued
        go_on.set()
        assert await store.run(lambda unit: unit.links.count()) == 2
        await store.close()

    asyncio.run(main())


def test_a_failure_nobody_waits_for_is_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        store = open_store(path)
        go_on = threading.Event()

        def fails(unit: UnitOfWork) -> None:
            go_on.wait(10)
            raise ValueError("too late")

        waiter = asyncio.ensure_future(store.run(fails))
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await store.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert "too late" in caplog.text


def test_an_answer_after_the_end_of_the_loop_is_dropped() -> None:
    runner = ThreadRunner("late")
    done, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        go_on.wait(10)
        done.set()

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(runner.run(slow), 0.01)

    asyncio.run(give_up())
    go_on.set()
    assert done.wait(10)
    asyncio.run(runner.close())


def test_stop_iteration_does_not_hang_its_waiter() -> None:
    async def main() -> None:
        runner = ThreadRunner()
        with pytest.raises(RuntimeError, match="StopIteration"):
            await runner.run(lambda: next(iter(())))
        assert await runner.run(lambda: 5) == 5
        await runner.close()

    asyncio.run(main())


def test_a_full_disk_is_told_in_plain_words_and_loses_nothing(path: Path) -> None:
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.links.add(link(1)))
    _limit_pages(store, 60)
    big = [contact(number, name="x" * 1000) for number in range(500)]

    with pytest.raises(StoreError) as caught:
        run(store, lambda unit: unit.directory.put(big))
    assert caught.value.title == "The disk is full"
    assert caught.value.remedy
    assert caught.value.subject == str(path)
    assert "xxx" not in str(caught.value) + caught.value.detail

    def swallows(unit: UnitOfWork) -> None:
        unit.links.add(link(2))
        with pytest.raises(Exception, match="full"):
            unit.directory.put(big)

    with pytest.raises(StoreError):
        run(store, swallows)
    _limit_pages(store, 100_000)
    assert run(store, lambda unit: unit.links.count()) == 1
    run(store, lambda unit: unit.directory.put(big))
    close(store)


def _limit_pages(store: SqlStore, pages: int) -> None:
    store._database.driver.execute(f"PRAGMA max_page_count = {pages}")
