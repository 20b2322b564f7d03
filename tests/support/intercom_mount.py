"""The simulated Intercom mounted in-process under the product's client, on simulated time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from email.utils import formatdate

import httpx

from sfsync_gui.core.people import Json
from sfsync_gui.engine.ports import CallSpent
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import AnswerWithheld, ConnectionDropped
from sfsync_gui.sandbox.intercom.sandbox import IntercomSandbox
from sfsync_gui.sandbox.web import call

_ROUNDS_UNTIL_IDLE = 25

Wire = dict[str, Json]


class SimulatedTime:
    """A clock for both sides: when every task waits, it moves on to the next who is to wake.

    `ahead` is how far the client's clock is ahead of the service's, in seconds.
    """

    def __init__(self, start: float, *, ahead: float = 0.0) -> None:
        self.service = ManualClock(start)
        self.ahead = ahead
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._driver: asyncio.Task[None] | None = None

    def now(self) -> float:
        """The client's time in unix seconds."""
        return self.service.now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Wait for simulated seconds."""
        self.slept.append(seconds)
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.service.now() + seconds, next(self._order), woken))
        if self._driver is None or self._driver.done():
            self._driver = asyncio.get_running_loop().create_task(self._drive())
        await woken

    async def _drive(self) -> None:
        while self._sleepers:
            for _ in range(_ROUNDS_UNTIL_IDLE):
                await asyncio.sleep(0)
            when, _order, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue
            self.service.advance(max(0.0, when - self.service.now()))
            woken.set_result(None)


class IntercomMount(httpx.AsyncBaseTransport):
    """Carries requests to a sandbox; its dropped connections look as they do on a network.

    `latency` is simulated seconds there and as many back. `dates` adds the Date header that a web
    server adds. While `offline` no connection can be made.
    """

    def __init__(
        self,
        sandbox: IntercomSandbox,
        time: SimulatedTime | None = None,
        *,
        latency: float = 0.0,
        dates: bool = True,
    ) -> None:
        self.sandbox = sandbox
        self.offline = False
        self.requests: list[httpx.Request] = []
        self._time = time
        self._latency = latency
        self._dates = dates

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request, or raise what a client on the network would see."""
        if self.offline:
            raise httpx.ConnectError("All connection attempts failed", request=request)
        self.requests.append(request)
        body = await request.aread()
        await self._travel()
        try:
            answer = call(
                self.sandbox.app,
                request.method,
                request.url.raw_path.partition(b"?")[0].decode(),
                request.url.query.decode(),
                dict(request.headers),
                body,
            )
        except ConnectionDropped as dropped:
            raise httpx.ReadError("connection reset", request=request) from dropped
        except AnswerWithheld as withheld:
            raise httpx.ReadTimeout("timed out", request=request) from withheld
        headers = dict(answer.headers)
        if self._dates and self._time is not None:
            headers["date"] = formatdate(int(self._time.service.now()), usegmt=True)
        await self._travel()
        return httpx.Response(answer.status, headers=headers, content=answer.body, request=request)

    async def _travel(self) -> None:
        if self._latency and self._time is not None:
            await self._time.sleep(self._latency)


class Calls:
    """Remembers what a client spent, by purpose."""

    def __init__(self) -> None:
        self.purposes: list[str] = []

    def __call__(self, spent: CallSpent) -> None:
        """Be the listener."""
        assert spent.side == "intercom"
        self.purposes.append(spent.purpose)
