"""Orders from one process to another: taken once, answered once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from sfsync_gui.app import order_box
from sfsync_gui.app.desk import Desk
from sfsync_gui.app.order_box import OrderBox
from sfsync_gui.app.orders import ORDERS, Kind, Order
from sfsync_gui.app.wiring import offline_context
from sfsync_gui.core.failures import (
    RecordError,
    SetupError,
    SfsyncError,
    StoreError,
    TransientError,
)
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.support.stored_profile import fill, in_store

NOBODY = StoreError("Running", "Another process.", code="in_use")


def played(folder: Path, story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)
    assert [path.name for path in (folder / "orders").glob("*")] == []


class Running:
    """A process that has the profile open and serves orders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: SqlStore
        self._serving: asyncio.Task[None]

    async def __aenter__(self) -> SqlStore:
        self._store = open_store(database_path(self._folder))
        desk = Desk(await offline_context(self._store))
        self._serving = asyncio.ensure_future(OrderBox(self._folder).serve(desk))
        return self._store

    async def __aexit__(self, *_: object) -> None:
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        await self._store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    in_store(tmp_path, fill)
    return tmp_path


def test_an_order_is_carried_out_by_the_other_process(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder) as store:
            box = OrderBox(folder)
            assert await box.ask(Order("errors.retry", {"ids": None}), NOBODY) == {
                "marked": 1,
                "left": 0,
            }
            assert await box.ask(Order("pause"), NOBODY) == {"paused": True}
            assert await store.run(lambda unit: unit.state.mark("paused")) == 1.0
            mode = stat.S_IMODE((folder / "orders").stat().st_mode)
            assert mode == 0o700

    played(folder, story())


def test_the_bell_tells_of_an_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an earlier process was ended by force and left its own."""
    monkeypatch.setattr(order_box, "LOOK_ANYWAY", 60.0)
    left = folder / "orders" / "bell"
    left.parent.mkdir(mode=0o700)
    left.touch()

    async def story() -> None:
        async with Running(folder):
            await asyncio.sleep(0.2)
            for _ in range(3):
                assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}

    played(folder, story())


def test_orders_are_found_where_there_can_be_no_bell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "mkfifo")
    monkeypatch.setattr(order_box, "LOOK_ANYWAY", 60.0)

    async def story() -> None:
        async with Running(folder):
            await asyncio.sleep(0.2)
            assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}

    played(folder, story())


def test_orders_are_found_though_the_bell_is_gone(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder):
            await asyncio.sleep(0.2)
            (folder / "orders" / "bell").unlink()
            assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}

    played(folder, story())


def test_what_an_order_is_refused_with_comes_back_as_it_is(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder):
            with pytest.raises(RecordError) as caught:
                await OrderBox(folder).ask(Order("links.unlink", {"id": 77}), NOBODY)
            assert caught.value.code == "unknown_link"
            assert caught.value.remedy == "`sfsync links list` shows the numbers."

    played(folder, story())


def test_an_order_of_another_version_is_refused(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder):
            with pytest.raises(SetupError, match="does not know “dance”"):
                await OrderBox(folder).ask(Order("dance"), NOBODY)

    played(folder, story())


def test_an_order_that_breaks_does_not_break_the_one_that_runs(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder):
            with pytest.raises(SfsyncError, match="The order failed"):
                await OrderBox(folder).ask(Order("errors.dismiss"), NOBODY)
            assert await OrderBox(folder).ask(Order("resume"), NOBODY) == {"paused": False}

    played(folder, story())


def test_where_nobody_takes_it_the_order_is_withdrawn(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_box, "HEARD_WITHIN", 0.2)

    async def story() -> None:
        with pytest.raises(StoreError) as caught:
            await OrderBox(folder).ask(Order("pause"), NOBODY)
        assert caught.value is NOBODY

    played(folder, story())


def test_many_orders_at_once(folder: Path) -> None:
    async def story() -> None:
        async with Running(folder):
            asked = [OrderBox(folder).ask(Order("pause"), NOBODY) for _ in range(20)]
            assert await asyncio.gather(*asked) == [{"paused": True}] * 20

    played(folder, story())


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Ends the order `last.long`, which takes as long as that."""
    end = asyncio.Event()

    async def work(_desk: Desk, _given: Mapping[str, Any]) -> dict[str, Any]:
        await end.wait()
        return {"lasted": True}

    monkeypatch.setitem(cast(dict[str, Kind], ORDERS), "last.long", Kind(work))
    return end


async def taken(folder: Path) -> Path:
    """The order that is under way, as soon as it is."""
    for _ in range(250):
        for found in (folder / "orders").glob("*.taken"):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("no order was taken")


def test_an_order_that_lasts_keeps_no_other_waiting(folder: Path, lasting: asyncio.Event) -> None:
    async def story() -> None:
        async with Running(folder), asyncio.timeout(5):
            first = asyncio.ensure_future(OrderBox(folder).ask(Order("last.long"), NOBODY))
            await taken(folder)
            assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}
            assert not first.done()
            lasting.set()
            assert await first == {"lasted": True}

    played(folder, story())


def test_whoever_asked_learns_at_once_that_the_order_was_broken_off(
    folder: Path, lasting: asyncio.Event
) -> None:
    async def story() -> None:
        async with asyncio.timeout(5):
            async with Running(folder):
                asked = asyncio.ensure_future(OrderBox(folder).ask(Order("last.long"), NOBODY))
                await taken(folder)
            with pytest.raises(TransientError, match="broken off"):
                await asked

    played(folder, story())


def test_nothing_is_left_for_whoever_has_gone(folder: Path, lasting: asyncio.Event) -> None:
    async def story() -> None:
        async with Running(folder):
            asked = asyncio.ensure_future(OrderBox(folder).ask(Order("last.long"), NOBODY))
            await taken(folder)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            lasting.set()
            assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}

    played(folder, story())


def test_an_answer_that_cannot_be_written_ends_nothing(
    folder: Path, lasting: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with Running(folder):
            asked = asyncio.ensure_future(OrderBox(folder).ask(Order("last.long"), NOBODY))
            in_the_way = (await taken(folder)).with_suffix(".draft")
            in_the_way.mkdir()
            lasting.set()
            await asyncio.sleep(0.1)
            in_the_way.rmdir()
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            assert await OrderBox(folder).ask(Order("pause"), NOBODY) == {"paused": True}

    played(folder, story())
    assert "An order cannot be answered: IsADirectoryError" in caplog.text
    assert str(folder) not in caplog.text


def test_what_was_left_behind_is_removed_and_never_carried_out(folder: Path) -> None:
    left = folder / "orders" / "1-a.order"
    left.parent.mkdir(mode=0o700)
    left.write_text('{"name": "pause", "arguments": {}}')
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))

    async def story() -> None:
        async with Running(folder) as store:
            await asyncio.sleep(order_box.LOOK_EVERY * 1.5)
            assert await store.run(lambda unit: unit.state.mark("paused")) == 0.0

    played(folder, story())


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "orders").touch()

    async def story() -> None:
        with pytest.raises(StoreError, match="cannot be asked"):
            await OrderBox(folder).ask(Order("pause"), NOBODY)

    asyncio.run(story())


def test_every_order_has_a_name_and_knows_what_it_needs() -> None:
    assert Order("links.link").needs_services
    assert not Order("pause").needs_services
    assert all("." in name or name in ("pause", "resume") for name in ORDERS)
