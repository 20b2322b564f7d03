"""The panels on a real program: what a person sees in them and does with them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.accounts.forms import IntercomForm
from sfsync_gui.ui.panels.connections import ConnectionsPanel
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.labels import RelativeTime
from tests.gui.conftest import SPEED, Run, until
from tests.gui.programs import running, shown


def test_a_side_is_connected_by_its_token_and_the_secret_leaves_the_screen(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        host = Host(tmp_path, LocalClock(served.clock.now, SPEED), Vault.in_memory())
        host.start()
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        panel = ConnectionsPanel(host, tasks)
        relay = shown(panel, host, qtbot)
        form = panel.cards[Side.INTERCOM].form
        assert isinstance(form, IntercomForm)
        form._api_url = served.server.url("intercom")
        QTest.keyClicks(form.token, grants(served)[0].access_token)
        QTest.keyClick(form.token, Qt.Key.Key_Return)
        await until(lambda: Side.INTERCOM in host.snapshot.connections)
        await until(lambda: not form.isVisible())
        assert form.token.text() == ""
        relay.stop()
        await host.stop()

    run(story())


def told_calls(panel: OverviewPanel) -> int:
    return sum(count for _, count in panel.purposes.calls)


def test_the_overview_tells_what_api_calls_were_for(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = OverviewPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            await until(lambda: 0 < told_calls(panel) == host.snapshot.usage.own)
            told = dict(panel.purposes.calls)
            assert told["Reading the fields"] >= 1
            assert told["Asking who answers"] == 2  # at the sign-in, and at the start
            assert told_calls(panel) >= host.snapshot.usage.org_used
            counts = [count for _, count in panel.purposes.calls]
            assert counts == sorted(counts, reverse=True)
            assert "Reading the fields: " in panel.purposes.accessibleDescription()
            relay.stop()
            panel.hide()
            await tasks.stop()

    run(story())


def test_no_next_check_is_promised_while_a_side_is_signed_out(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    def told(panel: OverviewPanel, side: Side) -> str:
        return "".join(label.text() for label in panel.directions[side].findChildren(RelativeTime))

    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = OverviewPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            await until(lambda: "next check" in told(panel, Side.SALESFORCE), 20)
            served.server.call(served.world.salesforce.revoke_all)
            await host.sync_now()
            await until(lambda: "next check" not in told(panel, Side.SALESFORCE), 20)
            condition = host.snapshot.sides[Side.SALESFORCE].condition
            assert condition is SideCondition.SIGNED_OUT
            assert host.snapshot.next_check[Side.SALESFORCE] > host.now()
            relay.stop()
            panel.hide()
            await tasks.stop()

    run(story())
