"""The client over real sockets and threads: time-outs, lost connections, closing while it hangs."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sfsync_gui.core.failures import OutcomeUnknownError, TransientError
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import CallSpent, SalesforceWrite
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens
from sfsync_gui.services.salesforce.transport import OpenSockets, TimeOuts

FIELDS = {"Lead": ("Phone",), "Contact": ()}


class ImpatientClock:
    """Real time, but sleeping takes none."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class Network:
    """A sandbox behind a real port."""

    sandbox: SalesforceSandbox
    server: LoopbackServer

    def client(
        self, time_outs: TimeOuts | None = None, spent: list[CallSpent] | None = None
    ) -> SalesforceClient:
        url = self.server.url("salesforce")
        issued = self.server.call(lambda: self.sandbox.issue_tokens("client", url))
        tokens = RefreshingTokens(
            "client",
            instance_url=url,
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            save=lambda tokens: None,
        )
        return SalesforceClient(
            tokens,
            clock=ImpatientClock(),
            on_call=None if spent is None else spent.append,
            time_outs=time_outs,
            jitter=random.Random(1),
        )

    def arm(self, fault: Fault) -> None:
        self.server.call(lambda: self.sandbox.faults.arm(fault))

    def lead(self) -> SalesforceWrite:
        lead = self.server.call(lambda: self.sandbox.create("Lead", LastName="A", Company="B"))
        return SalesforceWrite(PersonKind.LEAD, lead, {"Phone": "1"})


@pytest.fixture
def network(clock: ManualClock, sandbox: SalesforceSandbox) -> Iterator[Network]:
    server = LoopbackServer({"salesforce": sandbox.app})
    server.start()
    yield Network(sandbox, server)
    server.stop()


def test_reading_writing_and_renewing_over_the_network(network: Network) -> None:
    spent: list[CallSpent] = []
    threads: set[str] = set()

    async def scenario() -> None:
        client = network.client(spent=spent)
        write = network.lead()
        (result,) = await client.write([write], FIELDS)
        assert result.after is not None
        assert result.after.raw["Phone"] == "1"
        network.server.call(network.sandbox.expire_sessions)
        found = await asyncio.gather(
            *(client.read([(PersonKind.LEAD, write.id)], FIELDS) for _ in range(10))
        )
        assert all(write.id in one for one in found)
        assert (await client.identity()).org_id == network.sandbox.org.org_id
        assert await client.server_time() > 0
        threads.update(thread.name for thread in threading.enumerate())
        await client.close()

    asyncio.run(scenario())
    assert [call.purpose for call in spent].count("sign_in") == 1
    assert {name for name in threads if name.startswith("salesforce")} == {
        f"salesforce-{number}" for number in (1, 2, 3, 4)
    }


def test_a_read_time_out_is_transient_for_reads_and_unknown_for_writes(network: Network) -> None:
    network.arm(Fault(FaultKind.LATE_APPLY, times=5))

    async def scenario() -> None:
        client = network.client(TimeOuts(connect=5, read=0.1))
        begin = time.monotonic()
        with pytest.raises(OutcomeUnknownError, match="in time"):
            await client.write([network.lead()], FIELDS)
        with pytest.raises(TransientError, match="in time") as caught:
            await client.now()
        assert not isinstance(caught.value, OutcomeUnknownError)
        assert time.monotonic() - begin < 5
        await client.close()

    asyncio.run(scenario())


def test_a_reset_connection_is_unknown_for_writes(network: Network) -> None:
    network.arm(Fault(FaultKind.RESET_AFTER))
    write = network.lead()

    async def scenario() -> None:
        client = network.client()
        with pytest.raises(OutcomeUnknownError, match="broke"):
            await client.write([write], FIELDS)
        await client.close()

    asyncio.run(scenario())
    record = network.server.call(lambda: network.sandbox.record(write.id))
    assert record is not None
    assert record["Phone"] == "1"


def test_a_closed_port_was_never_reached(network: Network) -> None:
    spent: list[CallSpent] = []
    client = network.client(spent=spent)
    write = network.lead()
    network.server.stop()

    async def scenario() -> None:
        with pytest.raises(TransientError, match="No connection") as caught:
            await client.write([write], FIELDS)
        assert not isinstance(caught.value, OutcomeUnknownError)
        await client.close()

    asyncio.run(scenario())
    assert spent == []


def test_closing_frees_a_call_that_hangs_and_its_thread(network: Network) -> None:
    network.arm(Fault(FaultKind.LATE_APPLY, times=9))

    async def scenario() -> float:
        client = network.client()
        writing = asyncio.create_task(client.write([network.lead()], FIELDS))
        reading = asyncio.create_task(client.now())
        await asyncio.sleep(0.3)
        begin = time.monotonic()
        await client.close()
        with pytest.raises(OutcomeUnknownError):
            await writing
        with pytest.raises(TransientError):
            await reading
        return time.monotonic() - begin

    before = {thread.name for thread in threading.enumerate()}
    assert asyncio.run(scenario()) < 1
    deadline = time.monotonic() + 5
    while {thread.name for thread in threading.enumerate()} - before:
        assert time.monotonic() < deadline, "a thread is still blocked"
        time.sleep(0.01)


def test_a_connection_made_after_closing_is_ended() -> None:
    sockets = OpenSockets()
    ours, theirs = socket.socketpair()
    sockets.close()
    with pytest.raises(ConnectionAbortedError):
        sockets.add(ours)
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()


def test_connections_that_were_idle_for_long_are_not_used_again(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ports_after_a_call(client: SalesforceClient) -> set[int]:
        await client.now()
        connected = list(client._session._sockets._sockets)
        return {one.getsockname()[1] for one in connected if one.fileno() >= 0}

    async def scenario() -> None:
        client = network.client()
        first = await ports_after_a_call(client)
        assert len(first) == 1
        assert await ports_after_a_call(client) == first
        monkeypatch.setattr("sfsync_gui.services.salesforce.transport._STALE_AFTER", -1.0)
        assert (await ports_after_a_call(client)).isdisjoint(first)
        await client.close()

    asyncio.run(scenario())
