"""The program behind the window: its life on a thread of its own, from an empty folder on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sfsync_gui.app.demo import demo_host, grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.profiles import set_aside_folder
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import SetupError, StoreError
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.events import HistoryAdded, SideCondition
from sfsync_gui.engine.handle import HandleEvent, Phase, SecretsKept, Snapshot
from sfsync_gui.engine.signing_in import Grant

SPEED = 30.0


@pytest.fixture
def served() -> Iterator[ServedWorld]:
    with served_world(seed=3, speed=SPEED, pace=20) as world:
        yield world


def host_on(folder: Path, served: ServedWorld, vault: Vault | None = None) -> Host:
    return Host(folder, LocalClock(served.clock.now, SPEED), vault or Vault.in_memory())


async def until(host: Host, wanted: Callable[[Snapshot], bool], seconds: float = 20) -> Snapshot:
    """Wait for a snapshot like that, as the window does."""
    end = time.monotonic() + seconds
    while not wanted(host.snapshot):
        assert time.monotonic() < end, host.snapshot
        await asyncio.sleep(0.05)
    return host.snapshot


def in_phase(phase: Phase) -> Callable[[Snapshot], bool]:
    return lambda snapshot: snapshot.phase is phase


async def connected(host: Host, served: ServedWorld) -> None:
    """Sign in to both sides and accept what is suggested."""
    await until(host, in_phase(Phase.UNCONNECTED))
    for grant in grants(served):
        await host.connect(grant)
    await until(host, in_phase(Phase.FIRST_RUN))
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await until(host, in_phase(Phase.RUNNING))


def test_an_empty_folder_becomes_a_running_sync(tmp_path: Path, served: ServedWorld) -> None:
    async def story() -> None:
        host = host_on(tmp_path, served)
        host.start()
        await connected(host, served)
        shown = await until(host, lambda one: one.links > 30 and len(one.checked) == 2)
        assert shown.secrets is SecretsKept.IN_MEMORY
        assert {one.side for one in shown.connections.values()} == set(Side)
        assert shown.profile is not None
        assert shown.profile.salesforce_org_id == shown.connections[Side.SALESFORCE].account_id
        started = time.monotonic()
        await host.stop()
        assert time.monotonic() - started < 5

    asyncio.run(story())


def test_a_restart_goes_on_without_reading_everybody_again(
    tmp_path: Path, served: ServedWorld
) -> None:
    async def story() -> None:
        vault = Vault.in_memory()
        host = host_on(tmp_path, served, vault)
        host.start()
        await connected(host, served)
        links = (await until(host, lambda one: one.links > 30)).links
        await host.stop()
        again = host_on(tmp_path, served, vault)
        seen: list[Phase] = []
        again.listen(lambda event: seen.append(again.snapshot.phase))
        again.start()
        await until(again, in_phase(Phase.RUNNING))
        await until(again, lambda one: one.links == links)
        assert Phase.FIRST_RUN not in seen
        await again.stop()

    asyncio.run(story())


def test_a_side_that_cannot_be_reached_at_the_start_is_shown_and_tried_again(
    tmp_path: Path, served: ServedWorld
) -> None:
    async def story() -> None:
        vault = Vault.in_memory()
        host = host_on(tmp_path, served, vault)
        host.start()
        await connected(host, served)
        await host.stop()
        served.server.stop()

        offline = host_on(tmp_path, served, vault)
        offline.start()
        shown = await until(
            offline,
            lambda one: any(s.condition is SideCondition.OFFLINE for s in one.sides.values()),
        )
        assert shown.phase is Phase.OPENING
        assert shown.reason is not None
        assert shown.links > 30  # what is stored is there all the same
        started = time.monotonic()
        await offline.stop()
        assert time.monotonic() - started < 5

    asyncio.run(story())


def test_another_org_is_refused_and_set_up_afresh_when_asked(tmp_path: Path) -> None:
    async def story(first: ServedWorld, second: ServedWorld) -> None:
        host = host_on(tmp_path, first)
        host.start()
        await connected(host, first)
        org = host.snapshot.connections[Side.SALESFORCE].account_id
        links = (await until(host, lambda one: one.links > 30)).links
        stranger = grants(second)[1]
        with pytest.raises(SetupError) as refused:
            await host.connect(stranger)
        assert refused.value.code == "other_account"
        assert host.snapshot.connections[Side.SALESFORCE].account_id == org

        other = await host.connect(stranger, start_afresh=True)
        assert other.account_id != org
        shown = await until(host, in_phase(Phase.FIRST_RUN))
        assert shown.links == 0

        back = grants(first)[1]
        await host.connect(back, start_afresh=True)
        shown = await until(host, in_phase(Phase.RUNNING))
        assert (await until(host, lambda one: one.links > 0)).links == links
        await host.stop()

    with (
        served_world(seed=3, speed=SPEED, pace=20) as first,
        served_world(seed=4, speed=SPEED, pace=20) as second,
    ):
        asyncio.run(story(first, second))


def test_a_profile_that_cannot_be_set_aside_goes_on(tmp_path: Path) -> None:
    async def story(first: ServedWorld, second: ServedWorld) -> None:
        host = host_on(tmp_path, first)
        host.start()
        await connected(host, first)
        ids = [host.snapshot.connections[side].account_id for side in Side]
        links = (await until(host, lambda one: one.links > 30)).links
        in_the_way = database_path(set_aside_folder(tmp_path, *ids))
        in_the_way.parent.mkdir(parents=True)
        in_the_way.touch()
        seen: list[Phase] = []
        host.listen(lambda _event: seen.append(host.snapshot.phase))
        with pytest.raises(StoreError, match="A profile is in the way"):
            await host.connect(grants(second)[1], start_afresh=True)
        moment = host.now()
        shown = await until(host, lambda one: one.checked.get(Side.SALESFORCE, 0.0) > moment)
        assert (shown.phase, shown.links) == (Phase.RUNNING, links)
        assert Phase.FAILED not in seen
        await host.stop()

    with (
        served_world(seed=3, speed=SPEED, pace=20) as first,
        served_world(seed=4, speed=SPEED, pace=20) as second,
    ):
        asyncio.run(story(first, second))


def test_a_disconnected_side_stops_the_sync_and_keeps_what_is_stored(
    tmp_path: Path, served: ServedWorld
) -> None:
    async def story() -> None:
        host = host_on(tmp_path, served)
        host.start()
        await connected(host, served)
        await until(host, lambda one: one.links > 30)
        await host.disconnect(Side.INTERCOM)
        shown = await until(host, in_phase(Phase.UNCONNECTED))
        assert set(shown.connections) == {Side.SALESFORCE}
        assert host.questions.link_count() > 30
        await host.connect(grants(served)[0])
        await until(host, in_phase(Phase.RUNNING))
        await host.stop()

    asyncio.run(story())


def test_a_wrong_token_is_refused_and_nothing_is_kept(tmp_path: Path, served: ServedWorld) -> None:
    async def story() -> None:
        host = host_on(tmp_path, served)
        host.start()
        await until(host, in_phase(Phase.UNCONNECTED))
        with pytest.raises(Exception, match="token"):
            await host.connect(Grant(Side.INTERCOM, "wrong", api_url=served.server.url("intercom")))
        assert host.snapshot.connections == {}
        await host.stop()

    asyncio.run(story())


def test_changes_flow_in_the_demo_within_seconds() -> None:
    async def story(host: Host) -> None:
        events: list[HandleEvent] = []
        host.listen(events.append)
        host.start()
        await until(host, in_phase(Phase.RUNNING), 30)
        end = time.monotonic() + 20
        while not any(isinstance(event, HistoryAdded) for event in events):
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        assert host.snapshot.is_demo
        await host.stop()

    with demo_host() as host:
        asyncio.run(story(host))
