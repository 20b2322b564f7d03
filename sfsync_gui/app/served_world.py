"""The demo's two simulated services on loopback, with the busy office at work in both."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sfsync_gui.app import IntercomAccount, SalesforceAccount
from sfsync_gui.sandbox.clock import WallClock
from sfsync_gui.sandbox.demo import DemoWorld, build_demo_world
from sfsync_gui.sandbox.server import LoopbackServer


@dataclass(slots=True)
class ServedWorld:
    """The demo world behind real HTTP; `speed` is simulated seconds per real one."""

    world: DemoWorld
    server: LoopbackServer
    clock: WallClock
    speed: float
    _office: asyncio.Task[None] | None = field(default=None)

    def open_office(self) -> None:
        """Let the people of the office work until `close_office`."""
        self.server.spawn(self._work())

    def close_office(self) -> None:
        """Send everyone home; returns when nobody works any more."""
        self.server.call(self._stop_work)

    def intercom_account(self) -> IntercomAccount:
        """How to reach the simulated Intercom."""
        token = self.server.call(lambda: self.world.intercom.access_token)
        return IntercomAccount(token or "", api_url=self.server.url("intercom"))

    def salesforce_account(self) -> SalesforceAccount:
        """How to reach the simulated Salesforce, with a session of its own."""
        url = self.server.url("salesforce")
        tokens = self.server.call(lambda: self.world.salesforce.issue_tokens(instance_url=url))
        return SalesforceAccount(url, tokens["access_token"])

    def settle_index(self) -> None:
        """Let Intercom's index catch up with everything that was done."""
        self.server.call(self.world.intercom.settle_index)

    async def _work(self) -> None:
        self._office = asyncio.ensure_future(self.world.office.run(self._sleep))
        with contextlib.suppress(asyncio.CancelledError):
            await self._office

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    def _stop_work(self) -> None:
        if self._office is not None:
            self._office.cancel()


@contextmanager
def served_world(seed: int, speed: float, pace: float) -> Iterator[ServedWorld]:
    """Build and serve the demo world, and stop serving at the end.

    `pace` is the mean time between two actions of the office, in simulated seconds.
    """
    clock = WallClock(speed)
    world = build_demo_world(clock, seed, pace)
    server = LoopbackServer({"intercom": world.intercom.app, "salesforce": world.salesforce.app})
    server.start()
    try:
        yield ServedWorld(world, server, clock, speed)
    finally:
        server.stop()
