"""The rate limit: as many calls as it takes, none refused; and repeated attempts."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from sfsync_gui.core.failures import OutcomeUnknownError, TransientError
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.services.pacing import Priority, RateLimiter, Reading
from tests.support.intercom_mount import SimulatedTime
from tests.unit.services.intercom.conftest import START, MakeWorld, World


def refused(world: World) -> int:
    return sum(count for (_m, status), count in world.sandbox.log.totals.items() if status == 429)


def windows(world: World) -> list[int]:
    """Calls in each window of ten seconds, by the service's clock."""
    counted = Counter(int(entry.when) // 10 for entry in world.sandbox.log.entries)
    return [counted[window] for window in range(min(counted), max(counted) + 1)]


async def load(world: World, count: int) -> float:
    """Send many calls at once; return the simulated seconds that they took."""
    contact = world.sandbox.create_contact("user", "one@example.com")
    begin = world.time.service.now()
    await asyncio.gather(*(world.client.read(PersonKind.USER, contact) for _ in range(count)))
    return world.time.service.now() - begin


@pytest.mark.parametrize("dates", [True, False])
@pytest.mark.parametrize(
    ("limit", "latency", "ahead"),
    [(167, 0.15, 1234.56), (167, 0.0, 0.0), (20, 0.4, -777.7), (20, 0.1, 0.4)],
)
def test_a_load_takes_what_the_limit_imposes(
    make_world: MakeWorld, limit: int, latency: float, ahead: float, dates: bool
) -> None:
    world = make_world(rate_limit=limit, latency=latency, ahead=ahead, dates=dates)
    count = 5 * limit
    seconds = asyncio.run(load(world, count))
    assert refused(world) == 0
    assert len(world.sandbox.log.entries) == count
    assert seconds <= 10 * count / limit / 0.95
    full = windows(world)[1:-1]
    assert sum(full) >= 0.95 * limit * len(full)


class Service:
    """Counts calls in windows as Intercom does, without HTTP; `used` of them by another app."""

    def __init__(self, time: SimulatedTime, limit: int, window: float = 10.0) -> None:
        self.time, self.limit, self.window = time, limit, window
        self.counted: Counter[int] = Counter()
        self.refused = 0

    async def answer(self, limiter: RateLimiter, latency: float) -> None:
        sent_at = self.time.now()
        await self.time.sleep(latency)
        now = self.time.service.now()
        number = int(now // self.window)
        if self.counted[number] < self.limit:
            self.counted[number] += 1
        else:
            self.refused += 1
        left = self.limit - self.counted[number]
        await self.time.sleep(latency)
        reset = int((number + 1) * self.window)
        limiter.observe(Reading(self.limit, left, reset, int(now), sent_at))


@pytest.mark.parametrize("start", [START, START + 5.9, START + 6.8])
@pytest.mark.parametrize("ahead", [0.0, 1234.56, -777.7])
def test_a_steady_stream_takes_what_the_limit_imposes(start: float, ahead: float) -> None:
    """Forty at a time, each as long as the wire needs: as the engine's writes come."""
    time = SimulatedTime(start, ahead=ahead)
    service = Service(time, 400)
    random = Random(5)

    async def run() -> float:
        limiter = RateLimiter(time, window_seconds=10)

        async def worker(count: int) -> None:
            for _ in range(count):
                async with limiter.call():
                    await service.answer(limiter, random.uniform(0.05, 0.3))

        begin = time.service.now()
        await asyncio.gather(*(worker(60) for _ in range(40)))
        return time.service.now() - begin

    assert asyncio.run(run()) <= 10 * 2400 / 400 / 0.95
    assert service.refused == 0


def test_another_app_may_use_up_the_window(make_world: MakeWorld) -> None:
    world = make_world(rate_limit=50, latency=0.1)
    world.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED, skip=20))
    asyncio.run(load(world, 120))
    # Those under way at that moment are refused and sent again; the others wait.
    assert refused(world) <= 40
    assert world.calls.purposes.count("read") == 120 + refused(world)


def test_the_sweep_leaves_room_for_others(make_world: MakeWorld) -> None:
    world = make_world(rate_limit=20)
    for number in range(3300):
        world.sandbox.create_contact("user", f"{number}@example.com")
    world.sandbox.settle_index()

    async def run() -> tuple[int, float, float]:
        pages = 0
        while world.time.service.now() % 10 > 1:
            await world.time.sleep(0.1)
        async for _page in world.client.everyone():
            pages += 1
            if pages == 18:
                break
        begin = world.time.service.now()
        await asyncio.gather(*(world.client.teammates() for _ in range(2)))
        ordinary = world.time.service.now() - begin
        begin = world.time.service.now()
        async for _page in world.client.everyone():
            break
        return pages, ordinary, world.time.service.now() - begin

    pages, ordinary, low = asyncio.run(run())
    assert (pages, ordinary) == (18, 0)
    assert low > 5
    assert refused(world) == 0


def test_ordinary_calls_overtake_those_of_low_priority() -> None:
    async def run() -> list[str]:
        time = SimulatedTime(START)
        limiter = RateLimiter(time, window_seconds=10)
        order: list[str] = []

        async def one(name: str, priority: Priority) -> None:
            async with limiter.call(priority):
                order.append(name)
                await time.sleep(0.1)
                limiter.observe(Reading(3, 0, int(time.now()) // 10 * 10 + 10, None, time.now()))

        await asyncio.gather(
            one("first", Priority.LOW), one("low", Priority.LOW), one("high", Priority.ORDINARY)
        )
        return order

    assert asyncio.run(run()) == ["first", "high", "low"]


def test_a_cancelled_wait_lets_the_next_one_through() -> None:
    async def run() -> None:
        time = SimulatedTime(START)
        limiter = RateLimiter(time, window_seconds=10)

        async def one() -> None:
            async with limiter.call():
                await time.sleep(0.1)
                reset = int(time.now()) // 10 * 10 + 10
                limiter.observe(Reading(1, 0, reset, None, time.now()))

        tasks = [asyncio.create_task(one()) for _ in range(4)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[2].cancel()
        ends = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert [isinstance(end, asyncio.CancelledError) for end in ends] == [True, False] * 2

    asyncio.run(run())


def test_a_call_that_hangs_does_not_hold_up_the_others_for_long() -> None:
    async def run() -> float:
        time = SimulatedTime(START)
        limiter = RateLimiter(time, window_seconds=10)

        async def hanging() -> None:
            async with limiter.call():
                await time.sleep(100)

        hung = asyncio.create_task(hanging())
        await asyncio.sleep(0)
        async with limiter.call():
            waited = time.now() - START
            reset = int(time.now()) // 10 * 10 + 10
            limiter.observe(Reading(9, 8, reset, None, time.now()))
            # An answer that was overtaken tells of a window that is over.
            limiter.observe(Reading(9, 0, reset - 10, None, START))
        async with limiter.call():
            pass
        hung.cancel()
        await asyncio.gather(hung, return_exceptions=True)
        return waited

    assert asyncio.run(run()) == pytest.approx(5)


def test_the_computers_clock_may_be_changed(make_world: MakeWorld) -> None:
    world = make_world(rate_limit=30, latency=0.05)

    async def run() -> None:
        for change in (3600.0, -7200.0, 4.0, -4.0):
            await load(world, 100)
            world.time.ahead += change
            before = world.time.service.now()
            await load(world, 30)
            assert world.time.service.now() - before < 25

    asyncio.run(run())
    assert refused(world) <= 4


def test_a_refusal_without_a_word_of_when_is_waited_out(world: World) -> None:
    limiter = RateLimiter(world.time, window_seconds=10)

    async def run() -> float:
        limiter.hold(1.0)
        begin = world.time.now()
        async with limiter.call():
            return world.time.now() - begin

    assert asyncio.run(run()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "kind", [FaultKind.SERVER_ERROR, FaultKind.RESET_BEFORE, FaultKind.LATE_APPLY]
)
def test_reads_are_repeated_with_growing_pauses(world: World, kind: FaultKind) -> None:
    contact = world.sandbox.create_contact("user", "one@example.com")
    world.sandbox.faults.arm(Fault(kind, times=3))
    asyncio.run(world.client.read(PersonKind.USER, contact))
    assert world.calls.purposes == ["read"] * 4
    assert all(later > sooner for sooner, later in pairwise(world.time.slept))
    world.sandbox.faults.arm(Fault(kind, times=4))
    with pytest.raises(TransientError) as failed:
        asyncio.run(world.client.read(PersonKind.USER, contact))
    assert not isinstance(failed.value, OutcomeUnknownError)


def test_a_429_is_repeated_after_the_reset_even_for_a_write(world: World) -> None:
    contact = world.sandbox.create_contact("user", "one@example.com")
    world.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED))
    begin = world.time.now()
    asyncio.run(world.client.update(PersonKind.USER, contact, {"name": "Ada"}))
    assert world.time.now() - begin >= 10 - begin % 10
    assert world.calls.purposes == ["write", "write"]


def test_a_lasting_429_tells_when_to_come_back(world: World) -> None:
    contact = world.sandbox.create_contact("user", "one@example.com")
    world.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED, times=4))
    with pytest.raises(TransientError) as failed:
        asyncio.run(world.client.update(PersonKind.USER, contact, {"name": "Ada"}))
    assert not isinstance(failed.value, OutcomeUnknownError)
    assert failed.value.retry_after is not None
    assert 0 < failed.value.retry_after <= 10.1


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        (FaultKind.SERVER_ERROR, False),
        (FaultKind.SERVER_ERROR_APPLIED, True),
        (FaultKind.RESET_BEFORE, False),
        (FaultKind.RESET_AFTER, True),
        (FaultKind.LATE_APPLY, False),
    ],
)
def test_a_write_of_unknown_outcome_is_sent_once(
    world: World, kind: FaultKind, applied: bool
) -> None:
    contact = world.sandbox.create_contact("user", "one@example.com")
    world.sandbox.faults.arm(Fault(kind, times=9))
    with pytest.raises(OutcomeUnknownError):
        asyncio.run(world.client.update(PersonKind.USER, contact, {"name": "Ada"}))
    assert world.calls.purposes == ["write"]
    stored = world.sandbox.contact(contact)
    assert stored is not None
    assert (stored["name"] == "Ada") is applied


def test_a_write_that_was_never_sent_is_repeated_and_not_counted(world: World) -> None:
    contact = world.sandbox.create_contact("user", "one@example.com")
    world.mount.offline = True

    async def run() -> None:
        writing = asyncio.create_task(
            world.client.update(PersonKind.USER, contact, {"name": "Ada"})
        )
        await world.time.sleep(0.6)
        world.mount.offline = False
        await writing

    asyncio.run(run())
    assert world.calls.purposes == ["write"]


def test_without_a_network_the_failure_says_so(world: World) -> None:
    world.mount.offline = True
    with pytest.raises(TransientError, match=r"api\.intercom\.io cannot be reached") as failed:
        asyncio.run(world.client.update(PersonKind.USER, "x", {"name": "Ada"}))
    assert not isinstance(failed.value, OutcomeUnknownError)
    assert world.calls.purposes == []
