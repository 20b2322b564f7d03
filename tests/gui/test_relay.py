"""What the window is told of the program behind it, and when."""

import asyncio
import time
from pathlib import Path

import pytest

from sfsync_gui.app.host import Host
from sfsync_gui.app.host_thread import TELL_CHECK_AFTER, TELL_EVERY
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import Activity, ActivityChanged, Checked
from sfsync_gui.engine.handle import HandleEvent, Phase, Snapshot, SnapshotChanged, UsageView
from sfsync_gui.ui.shell.relay import Relay
from tests.gui.conftest import Run, until


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path, LocalClock(time.time), Vault.in_memory())


def test_of_a_storm_of_snapshots_only_the_newest_is_told(run: Run, host: Host) -> None:
    async def story() -> None:
        relay = Relay(host)
        told: list[HandleEvent] = []
        relay.happened.connect(told.append)
        (listener,) = host._listeners
        first, last = SnapshotChanged(host.snapshot), SnapshotChanged(host.snapshot)

        def storm() -> None:
            for event in (first, Checked(Side.INTERCOM, 1, 0), last, Checked(Side.INTERCOM, 2, 0)):
                listener(event)

        storm()  # the window is busy meanwhile, so all of these wait together
        await until(lambda: len(told) == 3)
        assert told[0] == Checked(Side.INTERCOM, 1, 0)
        assert told[1] is last
        await asyncio.to_thread(storm)
        await until(lambda: Checked(Side.INTERCOM, 2, 0) in told[3:])
        relay.stop()
        storm()
        before = len(told)
        await asyncio.sleep(0.05)
        assert len(told) == before

    run(story())


def test_while_nobody_looks_checks_without_news_are_not_told(run: Run, host: Host) -> None:
    async def story() -> None:
        relay = Relay(host)
        told: list[HandleEvent] = []
        relay.happened.connect(told.append)
        (listener,) = host._listeners
        relay.rest()

        def check(at: float, changes: int = 0, errors: int = 0) -> SnapshotChanged:
            listener(ActivityChanged(Activity.SYNCING))
            listener(Checked(Side.INTERCOM, at, changes))
            listener(ActivityChanged(Activity.IDLE))
            snapshot = Snapshot(
                checked={Side.INTERCOM: at}, usage=UsageView(own=int(at)), errors=errors
            )
            listener(SnapshotChanged(snapshot))
            return SnapshotChanged(snapshot)

        async def now_told() -> list[HandleEvent]:
            await asyncio.sleep(0.05)
            now = list(told)
            told.clear()
            return now

        first = check(1)
        assert await now_told() == [first]  # whatever was shown before
        check(2)
        assert await now_told() == []
        worse = check(3, errors=1)
        assert await now_told() == [worse]
        check(4, errors=1)
        assert await now_told() == []
        check(5, changes=2, errors=1)
        assert await now_told() == [Checked(Side.INTERCOM, 5, 2)]
        relay.go_on()
        assert await now_told() == [SnapshotChanged(host.snapshot)]
        check(6)
        assert len(await now_told()) == 4
        relay.rest()
        relay.go_on()
        assert await now_told() == []  # nothing was left out meanwhile
        relay.stop()

    run(story())


def test_a_check_that_is_soon_over_is_not_shown_as_syncing(run: Run, host: Host) -> None:
    async def story() -> None:
        host.start()
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        shown: list[Activity] = []
        host.listen(
            lambda event: (
                shown.append(event.snapshot.activity)
                if isinstance(event, SnapshotChanged)
                else None
            )
        )
        await asyncio.sleep(TELL_EVERY * 2)
        shown.clear()
        host._on_event(ActivityChanged(Activity.SYNCING))
        await asyncio.sleep(TELL_EVERY * 2)
        host._on_event(ActivityChanged(Activity.IDLE))
        await until(lambda: shown)
        assert shown == [Activity.IDLE]
        begun = time.monotonic()
        host._on_event(ActivityChanged(Activity.SYNCING))
        await until(lambda: len(shown) > 1)
        assert shown == [Activity.IDLE, Activity.SYNCING]
        assert time.monotonic() - begun > TELL_CHECK_AFTER * 0.9
        await host.stop()

    run(story())


def test_a_check_that_somebody_asked_for_is_shown_at_once(run: Run, host: Host) -> None:
    async def story() -> None:
        host.start()
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        await asyncio.sleep(TELL_EVERY * 2)
        await host.sync_now()
        await asyncio.sleep(TELL_EVERY * 2)
        host._on_event(ActivityChanged(Activity.SYNCING))
        begun = time.monotonic()
        await until(lambda: host.snapshot.activity is Activity.SYNCING)
        assert time.monotonic() - begun < TELL_CHECK_AFTER * 0.7
        await host.stop()

    run(story())
