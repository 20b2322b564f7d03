"""A real program over the demo workspace, for the tests of panels: connected, and syncing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.sandbox.office import SEATS_ATTRIBUTE
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.shell.relay import Relay
from tests.gui.conftest import SPEED, until


@asynccontextmanager
async def running(
    folder: Path,
    served: ServedWorld,
    first: FirstRun = FirstRun.LINK_ALL,
    *,
    vault: Vault | None = None,
) -> AsyncIterator[Host]:
    """A program that is connected to both services and syncs.

    With a `vault` of the test's own, another program on the same folder goes on where it stopped.
    """
    host = Host(folder, LocalClock(served.clock.now, SPEED), vault or Vault.in_memory())
    host.start()
    try:
        await connect(host, served, first)
        yield host
    finally:
        await host.stop()


async def connect(host: Host, served: ServedWorld, first: FirstRun = FirstRun.LINK_ALL) -> None:
    """Connect a program that was started to both services, and let it sync."""
    await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
    for grant in grants(served):
        await host.connect(grant)
    await until(lambda: host.snapshot.phase is Phase.FIRST_RUN, 20)
    await host.begin(await host.suggestion(), first)
    await until(lambda: host.snapshot.phase is Phase.RUNNING, 20)


def shown(panel: Panel, host: Host, qtbot: QtBot) -> Relay:
    """The panel as the window shows it: in view, and told of every event."""
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    relay = Relay(host)
    relay.happened.connect(panel.on_event)
    panel.shown()
    return relay


def set_seats(served: ServedWorld, contact_id: str, seats: int) -> None:
    """Somebody types a number of seats in Intercom; Salesforce refuses a negative one."""
    world = served.world

    def edit() -> None:
        world.intercom.edit_contact(contact_id, custom_attributes={SEATS_ATTRIBUTE: seats})
        world.intercom.settle_index()

    served.server.call(edit)
