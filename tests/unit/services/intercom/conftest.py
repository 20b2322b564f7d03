"""A workspace, a client for it, and simulated time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from sfsync_gui.core.people import PersonRecord
from sfsync_gui.engine.ports import IntercomPosition
from sfsync_gui.sandbox.intercom.sandbox import IntercomSandbox
from sfsync_gui.services.intercom import IntercomClient
from tests.support.intercom_mount import Calls, IntercomMount, SimulatedTime

START = 1_792_000_003.25
"""A moment in October 2026, within a second and within a window of the rate limit."""


@dataclass
class World:
    """Everything that a test of the client needs."""

    time: SimulatedTime
    sandbox: IntercomSandbox
    mount: IntercomMount
    client: IntercomClient
    calls: Calls = field(default_factory=Calls)

    async def changed(
        self, since: int, overlap: float = 0.0
    ) -> tuple[list[PersonRecord], IntercomPosition]:
        """Read the feed to its end."""
        records: list[PersonRecord] = []
        position = None
        async for page in self.client.changes(IntercomPosition(since), overlap=overlap):
            assert position is None, "only the last page has a position"
            records += page.records
            position = page.position
        assert position is not None
        return records, position


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world() -> MakeWorld:
    """Make a world; the index is current at once unless told otherwise."""

    def make(
        *,
        start: float = START,
        timezone: str = "Pacific/Auckland",
        rate_limit: int = 1666,
        latency: float = 0.0,
        ahead: float = 0.0,
        dates: bool = True,
        index_lag: tuple[float, float] = (0.0, 0.0),
    ) -> World:
        time = SimulatedTime(start, ahead=ahead)
        sandbox = IntercomSandbox(
            time.service, seed=1, timezone=timezone, rate_limit=rate_limit, index_lag=index_lag
        )
        mount = IntercomMount(sandbox, time, latency=latency, dates=dates)
        calls = Calls()

        async def token() -> str:
            return sandbox.access_token or "none"

        client = IntercomClient(token, time, on_call=calls, transport=mount, random=Random(1))
        return World(time, sandbox, mount, client, calls)

    return make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A world as it mostly is."""
    return make_world()
