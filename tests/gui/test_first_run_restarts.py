"""What was chosen to happen first, over restarts of the program on the same profile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import SPEED, Run, until
from tests.gui.programs import shown

READING_EVERYBODY = Fault(FaultKind.RESET_BEFORE, "GET", r"/contacts$", times=100_000)
LINKING = Fault(FaultKind.RESET_BEFORE, "POST", r"/contacts/search$", skip=1, times=100_000)
"""The first search asks for the newest contact; whoever is about to be linked comes after."""


@dataclass
class Starts:
    """A profile and both services, between which the program is started again and again."""

    folder: Path
    served: ServedWorld
    qtbot: QtBot
    vault: Vault = field(default_factory=Vault.in_memory)

    @asynccontextmanager
    async def program(self) -> AsyncIterator[Host]:
        """One life of the program, without its window."""
        host = Host(self.folder, LocalClock(self.served.clock.now, SPEED), self.vault)
        host.start()
        try:
            yield host
        finally:
            await host.stop()

    @asynccontextmanager
    async def overview(self) -> AsyncIterator[tuple[OverviewPanel, Host]]:
        """One life of the program, with its overview in view until everybody is linked."""
        async with self.program() as host:
            tasks = Tasks()
            panel = OverviewPanel(host, tasks)
            Toasts(panel)
            relay = shown(panel, host, self.qtbot)
            try:
                await until(lambda: host.snapshot.phase is Phase.RUNNING, 30)
                yield panel, host
            finally:
                relay.stop()
                panel.hide()
                await tasks.stop()

    async def ended_while(self, hindered: Fault, first: FirstRun) -> None:
        """Choose what happens first; the program ends while that is under way."""
        self.served.server.call(lambda: self.served.world.intercom.faults.arm(hindered))
        async with self.program() as host:
            await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
            for grant in grants(self.served):
                await host.connect(grant)
            await until(lambda: host.snapshot.phase is Phase.FIRST_RUN, 20)
            await host.begin(await host.suggestion(), first)
            await until(lambda: host.snapshot.reason is not None, 20)
            assert host.snapshot.phase is Phase.CONNECTING
            profile = host.snapshot.profile
            assert profile is not None
            assert bool(profile.connected_at) is (hindered is LINKING)
            assert host.snapshot.links == 0
        self.served.server.call(self.served.world.intercom.faults.clear)


@pytest.fixture
def starts(tmp_path: Path, served: ServedWorld, qtbot: QtBot) -> Starts:
    return Starts(tmp_path, served, qtbot)


async def dry_run(panel: OverviewPanel) -> AlignDialog:
    """The dry run, which nobody asked for by a click."""
    await until(lambda: panel.findChild(AlignDialog) is not None, 20)
    dialog = panel.findChild(AlignDialog)
    assert dialog is not None
    await until(dialog.isVisible)
    return dialog


async def offers_nothing(panel: OverviewPanel, host: Host) -> None:
    """Everything is at rest, and no dry run was shown."""
    await until(lambda: len(host.snapshot.checked) == 2, 20)
    await host.settings()  # whatever was asked before is answered
    assert panel.bulk.begin_button.isEnabled()
    assert panel.findChild(AlignDialog) is None


@pytest.mark.parametrize("hindered", [READING_EVERYBODY, LINKING], ids=["reading", "linking"])
def test_the_dry_run_is_offered_after_a_restart_until_it_was_looked_at(
    starts: Starts, run: Run, hindered: Fault
) -> None:
    async def story() -> None:
        await starts.ended_while(hindered, FirstRun.LINK_ALL_AND_BULK)
        async with starts.overview() as (panel, host):
            assert host.snapshot.links > 30
            await dry_run(panel)  # and the program ends before anybody has looked at it
        async with starts.overview() as (panel, host):
            dialog = await dry_run(panel)
            dialog.leave_button.click()
            await until(lambda: panel.findChild(AlignDialog) is None)
            await until(panel.bulk.begin_button.isEnabled)
            assert await host.bulk_run() is None
        async with starts.overview() as (panel, host):
            await offers_nothing(panel, host)

    run(story())


def test_a_bulk_sync_that_was_begun_elsewhere_is_not_offered(starts: Starts, run: Run) -> None:
    async def story() -> None:
        await starts.ended_while(LINKING, FirstRun.LINK_ALL_AND_BULK)
        async with starts.program() as host:
            await until(lambda: host.snapshot.phase is Phase.RUNNING, 30)
            assert await host.bulk_is_promised()
            await host.start_bulk()
        async with starts.overview() as (panel, host):
            await offers_nothing(panel, host)

    run(story())


@pytest.mark.parametrize("first", [FirstRun.LINK_ALL, FirstRun.AS_THEY_CHANGE])
def test_whoever_chose_otherwise_is_offered_nothing(
    starts: Starts, run: Run, first: FirstRun
) -> None:
    async def story() -> None:
        await starts.ended_while(READING_EVERYBODY, first)
        async with starts.overview() as (panel, host):
            assert (host.snapshot.links > 30) is (first is FirstRun.LINK_ALL)
            await offers_nothing(panel, host)

    run(story())
