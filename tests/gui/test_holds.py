"""Unusual changes in the window: a person sees a sample, lets them go, gives them up, or waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.sandbox.office import SEATS_ATTRIBUTE
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.panels.overview.holds import HoldDialog
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import Run, until
from tests.gui.programs import running, shown

MANY = 25
SEATS = 4242


@asynccontextmanager
async def overview(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot
) -> AsyncIterator[tuple[OverviewPanel, Host, list[LinkRow]]]:
    """The overview of a program in which many are linked."""
    async with running(folder, served) as host:
        panel = OverviewPanel(host, tasks)
        toasts = Toasts(panel)
        relay = shown(panel, host, qtbot)
        links = host.questions.links_page(LinkQuery(), None, MANY)
        assert len(links) == MANY
        try:
            yield panel, host, links
        finally:
            relay.stop()
            panel.hide()
            await tasks.stop()
            toasts.setParent(None)


def rewrite(served: ServedWorld, links: list[LinkRow]) -> None:
    """A script in Intercom changes a value of all these people."""
    intercom = served.world.intercom

    def edit() -> None:
        for link in links:
            intercom.edit_contact(link.intercom_id, custom_attributes={SEATS_ATTRIBUTE: SEATS})
        intercom.settle_index()

    served.server.call(edit)


def delete(served: ServedWorld, links: list[LinkRow]) -> None:
    """Somebody deletes all these records in Salesforce."""

    def work() -> None:
        for link in links:
            served.world.salesforce.delete(link.salesforce_id)

    served.server.call(work)


def seats_in_salesforce(served: ServedWorld, links: list[LinkRow]) -> int:
    """How many of them have the new number of seats in Salesforce."""
    salesforce = served.world.salesforce

    def count() -> int:
        records = (salesforce.record(link.salesforce_id) or {} for link in links)
        return sum(record.get("Seats__c") == SEATS for record in records)

    return served.server.call(count)


async def asked(panel: OverviewPanel) -> HoldDialog:
    """The dialog, opened as the banner opens it."""
    panel.visit("holds")
    await until(lambda: panel.findChild(HoldDialog) is not None)
    dialog = panel.findChild(HoldDialog)
    assert dialog is not None
    await until(dialog.isVisible)
    return dialog


def told(dialog: HoldDialog) -> str:
    """Everything that it says."""
    labels = [*dialog.findChildren(PlainLabel), *dialog.findChildren(ElidedLabel)]
    return "\n".join(label.text() for label in labels)


def test_rewritten_values_are_shown_wait_on_esc_and_go_when_let(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path, served, tasks, qtbot) as (panel, host, links):
            rewrite(served, links)
            await host.sync_now()
            await until(lambda: host.snapshot.holds == 1, 30)
            written = seats_in_salesforce(served, links)
            assert written < MANY

            dialog = await asked(panel)
            panel.visit("holds")  # a click on the notification, while the dialog is open
            await asyncio.sleep(0.3)
            assert len(panel.findChildren(HoldDialog)) == 1
            assert "Values of " in told(dialog)
            assert "4,242" in told(dialog)
            assert {"In", "Salesforce", "Seats"} <= set(told(dialog).split("\n"))
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: panel.findChild(HoldDialog) is None)
            assert host.snapshot.holds == 1
            assert seats_in_salesforce(served, links) == written

            dialog = await asked(panel)
            dialog.release_button.click()
            await until(lambda: host.snapshot.holds == 0, 20)
            await until(lambda: seats_in_salesforce(served, links) == MANY, 30)

    run(story())


def test_links_about_to_end_are_named_and_stay_when_given_up(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path, served, tasks, qtbot) as (panel, host, links):
            everybody = host.questions.link_count()
            delete(served, links)
            await host.sync_now()
            await until(lambda: host.snapshot.holds == 1, 30)
            left = host.questions.link_count()
            assert left > everybody - MANY

            dialog = await asked(panel)
            assert "are about to end within one hour" in told(dialog)
            assert any(one.salesforce_name and one.salesforce_name in told(dialog) for one in links)
            dialog.drop_button.click()
            await until(lambda: host.snapshot.holds == 0, 20)
            await host.sync_now()
            toasts = panel.findChild(Toasts)
            assert toasts is not None
            await until(lambda: any("Given up" in text for text in toasts.texts))
            assert host.questions.link_count() == left
            assert any(host.questions.link(one.id) is not None for one in links)

    run(story())
