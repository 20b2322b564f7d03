"""The descent through what changed, and the sweep."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from sfsync_gui.core.failures import SfsyncError, TransientError
from sfsync_gui.engine.ports import IntercomPage, IntercomPosition, PageAnswer
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import search
from tests.unit.services.intercom.conftest import MakeWorld, World


def add(world: World, count: int, *, apart: float = 10.0) -> list[str]:
    """Create contacts one after the other."""
    ids = []
    for number in range(count):
        world.time.service.advance(apart)
        ids.append(world.sandbox.create_contact("user", f"{number}@example.com"))
    world.sandbox.settle_index()
    return ids


def updated_at(world: World, contact_id: str) -> int:
    contact = world.sandbox.contact(contact_id)
    assert contact is not None
    return int(contact["updated_at"])


def test_an_idle_poll_is_one_small_page(world: World) -> None:
    ids = add(world, 30)
    top = updated_at(world, ids[-1])
    records, position = asyncio.run(world.changed(top))
    assert [record.id for record in records] == [ids[-1]]
    assert position == IntercomPosition(top)
    assert world.calls.purposes == ["feed"]
    sent = json.loads(world.mount.requests[0].content)
    assert sent["pagination"] == {"per_page": 10}


def test_the_descent_reads_everything_once_newest_first(world: World) -> None:
    ids = add(world, 400)
    records, position = asyncio.run(world.changed(0))
    assert [record.id for record in records] == ids[::-1]
    assert position.updated_at == updated_at(world, ids[-1])
    assert len(world.calls.purposes) == 4


def test_the_descent_stops_at_the_position(world: World) -> None:
    ids = add(world, 300)
    records, _position = asyncio.run(world.changed(updated_at(world, ids[-20])))
    assert [record.id for record in records] == ids[:-21:-1]
    assert len(world.calls.purposes) == 2


def test_ties_at_the_position_are_read_again(world: World) -> None:
    add(world, 5)
    world.time.service.advance(10)
    first = add(world, 1, apart=0)
    _records, position = asyncio.run(world.changed(0))
    tied = add(world, 12, apart=0)
    records, again = asyncio.run(world.changed(position.updated_at))
    assert {record.id for record in records} == {*first, *tied}
    assert again == position


def test_a_lagging_index_is_made_up_for_by_the_overlap(make_world: MakeWorld) -> None:
    world = make_world(index_lag=(0.0, 120.0))
    add(world, 3)
    world.time.service.advance(1)
    late = [world.sandbox.create_contact("user", f"late{n}@example.com") for n in range(40)]
    world.time.service.advance(30)
    seen, position = asyncio.run(world.changed(0))
    world.time.service.advance(120)
    again, _position = asyncio.run(world.changed(position.updated_at, overlap=900))
    assert not set(late) <= {record.id for record in seen}
    assert set(late) <= {record.id for record in again}


def test_an_empty_feed_keeps_the_position(world: World) -> None:
    records, position = asyncio.run(world.changed(1_700_000_000))
    assert records == []
    assert position == IntercomPosition(1_700_000_000)


def test_the_position_never_goes_back(world: World) -> None:
    ids = add(world, 3)
    ahead = updated_at(world, ids[-1]) + 50
    _records, position = asyncio.run(world.changed(ahead, overlap=900))
    assert position == IntercomPosition(ahead)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York", "Europe/Dublin", "UTC"])
@pytest.mark.parametrize(
    "day", ["2026-03-29", "2026-04-05", "2026-09-27", "2026-10-25", "2026-11-01", "2026-06-15"]
)
def test_the_day_filter_never_hides_a_change(make_world: MakeWorld, zone: str, day: str) -> None:
    """Days of 23, 24 and 25 hours, at each hour of the day before, the day and the day after."""
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC).timestamp()
    world = make_world(start=noon - 48 * 3600, timezone=zone)
    ids = [add(world, 1, apart=3600)[0] for _ in range(96)]
    for number in (0, 20, 45, 47, 48, 49, 70, 95):
        since = updated_at(world, ids[number])
        records, _position = asyncio.run(world.changed(since))
        assert {record.id for record in records} == set(ids[number:])


def test_an_interrupted_descent_gives_no_position(world: World) -> None:
    add(world, 400)
    for _ in range(4):
        fault = Fault(FaultKind.SERVER_ERROR, path="/contacts/search", skip=2, times=4)
        world.sandbox.faults.arm(fault)

    pages: list[IntercomPage] = []

    async def run() -> None:
        async for page in world.client.changes(IntercomPosition(0), overlap=0):
            pages.append(page)  # noqa: PERF401 - what was read before the failure counts

    with pytest.raises(TransientError):
        asyncio.run(run())
    assert [page.position for page in pages] == [None, None]


def test_a_transient_failure_within_the_descent_is_passed_over(world: World) -> None:
    ids = add(world, 200)
    for kind in (FaultKind.SERVER_ERROR, FaultKind.RESET_BEFORE, FaultKind.LATE_APPLY):
        world.sandbox.faults.arm(Fault(kind, path="/contacts/search", skip=1))
    records, _position = asyncio.run(world.changed(0))
    assert [record.id for record in records] == ids[::-1]


def test_a_contact_that_changes_meanwhile_is_found_now_or_next(world: World) -> None:
    ids = add(world, 30)

    async def run() -> tuple[set[str], int]:
        seen: set[str] = set()
        async for page in world.client.changes(IntercomPosition(0), overlap=0):
            seen |= {record.id for record in page.records}
            if page.position is None:
                world.time.service.advance(5)
                world.sandbox.edit_contact(ids[0], name="Moved to the top")
                world.sandbox.settle_index()
            else:
                position = page.position.updated_at
        return seen, position

    seen, position = asyncio.run(run())
    assert seen == set(ids[1:])
    records, _position = asyncio.run(world.changed(position))
    assert ids[0] in {record.id for record in records}


class BadCursor:
    """Spoils the cursors of the first `times` continued searches."""

    def __init__(self, world: World, times: int) -> None:
        self.left = times
        self._handle = world.mount.handle_async_request
        world.mount.handle_async_request = self.handle  # type: ignore[method-assign]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if self.left and b"starting_after" in request.content + request.url.query:
            self.left -= 1
            request = httpx.Request(
                request.method,
                request.url.copy_set_param("starting_after", "bad")
                if request.method == "GET"
                else request.url,
                headers={k: v for k, v in request.headers.items() if k != "content-length"},
                content=request.content.replace(b'"starting_after":"', b'"starting_after":"@'),
            )
        return await self._handle(request)


def test_a_bad_cursor_starts_the_reading_again_once(world: World) -> None:
    ids = add(world, 200)
    BadCursor(world, 1)
    records, position = asyncio.run(world.changed(0))
    assert {record.id for record in records} == set(ids)
    assert len(records) == 210
    assert position.updated_at == updated_at(world, ids[-1])
    BadCursor(world, 2)
    with pytest.raises(SfsyncError) as refused:
        asyncio.run(world.changed(0))
    assert "starting_after" in refused.value.detail


async def everyone(world: World) -> list[list[str]]:
    return [[record.id for record in page] async for page in world.client.everyone()]


def test_the_sweep_shows_everyone_in_full_pages(world: World) -> None:
    ids = add(world, 400)
    world.sandbox.archive_contact(ids[7])
    world.sandbox.delete_contact(ids[8])
    world.sandbox.settle_index()
    pages = asyncio.run(everyone(world))
    assert [len(page) for page in pages] == [150, 150, 98]
    assert {i for page in pages for i in page} == set(ids) - {ids[7], ids[8]}
    assert world.calls.purposes == ["sweep"] * 3


def test_the_sweep_starts_again_after_a_bad_cursor(world: World) -> None:
    ids = add(world, 200)
    BadCursor(world, 1)
    pages = asyncio.run(everyone(world))
    assert {i for page in pages for i in page} == set(ids)
    BadCursor(world, 2)
    with pytest.raises(SfsyncError):
        asyncio.run(everyone(world))


def found(world: World, ids: list[str]) -> set[str]:
    return {record.id for record in asyncio.run(world.client.find(ids))}


def test_contacts_are_found_by_their_ids_in_one_call(world: World) -> None:
    ids = add(world, 160)
    world.sandbox.delete_contact(ids[3])
    world.sandbox.settle_index()
    assert found(world, ids[:150]) == set(ids[:150]) - {ids[3]}
    assert world.calls.purposes == ["read"]


def test_nobody_is_found_where_so_many_ids_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add(world, 3)
    monkeypatch.setitem(search._OPERATORS, "string", ("=",))
    assert found(world, ids) == set()
    assert world.calls.purposes == ["read"]


def test_an_empty_workspace_has_no_pages(world: World) -> None:
    assert asyncio.run(everyone(world)) == []


class Known(dict[bytes, PageAnswer]):
    """Remembers every page, and counts those that were read and those that were known."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, bool]] = []

    async def read(self, world: World, since: int, overlap: float = 0.0) -> IntercomPosition:
        self.told.clear()
        position = None
        pages = world.client.changes(IntercomPosition(since), overlap=overlap, known=self.get)
        async for page in pages:
            assert page.answer is not None
            self[page.answer.digest] = page.answer
            self.told.append((len(page.records), page.known))
            position = page.position
        assert position is not None
        return position


def test_known_pages_come_without_records_to_the_end_and_the_same_position(world: World) -> None:
    ids = add(world, 400)
    top = IntercomPosition(updated_at(world, ids[-1]))
    known = Known()
    assert asyncio.run(known.read(world, top.updated_at, 1500)) == top
    assert known.told == [(10, False), (141, False)]
    assert asyncio.run(known.read(world, top.updated_at, 1500)) == top
    assert known.told == [(0, True), (0, True)]
    assert len(world.calls.purposes) == 4


def test_a_page_with_a_change_is_read_though_the_others_are_known(world: World) -> None:
    ids = add(world, 400)
    top = updated_at(world, ids[-1])
    known = Known()
    asyncio.run(known.read(world, top, 1500))
    workspace = world.sandbox.workspace
    contact = workspace.contacts[ids[-30]]
    seen = replace(contact, last_seen_at=1_792_000_000, version=contact.version + 1)
    workspace.index.put(seen)  # without a newer `updated_at`
    asyncio.run(known.read(world, top, 1500))
    assert known.told == [(0, True), (141, False)]


def test_what_is_known_of_one_reading_says_nothing_of_another_that_begins_earlier(
    world: World,
) -> None:
    ids = add(world, 400)
    top = updated_at(world, ids[-1])
    known = Known()
    asyncio.run(known.read(world, top))
    assert known.told == [(1, False)]
    asyncio.run(known.read(world, top, 1500))
    assert known.told == [(10, False), (141, False)]


def test_a_refusal_is_never_taken_for_a_known_page(world: World) -> None:
    add(world, 3)
    known = Known()
    asyncio.run(known.read(world, 0))
    world.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, path="/contacts/search", times=4))
    with pytest.raises(TransientError):
        asyncio.run(known.read(world, 0))
    assert known.told == []
