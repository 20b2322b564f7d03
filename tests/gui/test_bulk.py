"""Bulk sync of linked people from the window: dry run, export, start, pause, resume, cancel."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.vocabulary import WRITES, Side, Trigger
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import Activity
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.exporter import END
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import SPEED, Run, until
from tests.gui.programs import running, shown


@asynccontextmanager
async def overview(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot
) -> AsyncIterator[tuple[OverviewPanel, Host]]:
    """The overview of a program that has linked everybody and written nothing yet."""
    async with running(folder, served) as host:
        panel = OverviewPanel(host, tasks)
        toasts = Toasts(panel)
        relay = shown(panel, host, qtbot)
        try:
            yield panel, host
        finally:
            relay.stop()
            panel.hide()
            await tasks.stop()
            toasts.setParent(None)


async def dry_run(panel: OverviewPanel) -> AlignDialog:
    """Ask for the dry run, as a person does."""
    panel.bulk.begin_button.click()
    await until(lambda: panel.findChild(AlignDialog) is not None, 20)
    dialog = panel.findChild(AlignDialog)
    assert dialog is not None
    await until(dialog.isVisible)
    return dialog


async def export_to(panel: OverviewPanel, dialog: AlignDialog, path: Path) -> None:
    """Export the dry run to that file."""
    dialog.export_button.click()
    chooser = panel.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(path))
    chooser.close()
    await until(lambda: panel.findChild(QFileDialog) is None)


def told(dialog: AlignDialog) -> str:
    """What the dialog says came of the export."""
    banner = dialog.banners.get(END)
    return "" if banner is None else banner.accessibleName()


def written(host: Host) -> int:
    """How many values bulk syncs wrote."""
    query = HistoryQuery(trigger=Trigger.BULK_SYNC, kinds=WRITES)
    return host.questions.history_matching(query, 1000)


def test_everybody_is_brought_in_line_after_a_dry_run(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path, served, tasks, qtbot) as (panel, host):
            preview = await host.preview_bulk()
            wanted = preview.to_salesforce + preview.to_intercom
            assert wanted > 10
            assert sum(preview.by_field.values()) == wanted
            assert 0 < preview.records <= preview.links

            dialog = await dry_run(panel)
            said = "\n".join(label.text() for label in dialog.findChildren(PlainLabel))
            assert f"{wanted} values of {preview.records} linked people would be written" in said
            (row_id, side), count = preview.by_field.most_common(1)[0]
            assert str(count) in said
            assert side in Side
            assert row_id
            assert written(host) == 0

            dialog.align_button.click()
            toasts = panel.findChild(Toasts)
            assert toasts is not None
            await until(lambda: written(host) == wanted, 30)
            await until(lambda: f"is done: {wanted} values written" in panel.bulk.sentence.text())
            assert panel.bulk.begin_button.isVisible()
            begun = panel.bulk.sentence.text()
            await until(lambda: panel.bulk.sentence.text() != begun, 5)  # it was longer ago

            panel.bulk.begin_button.click()
            await until(lambda: "All linked people agree already" in toasts.texts, 20)

    run(story())


def test_the_dry_run_is_exported_and_left_as_it_is(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path / "profile", served, tasks, qtbot) as (panel, host):
            preview = await host.preview_bulk()
            dialog = await dry_run(panel)
            await export_to(panel, dialog, tmp_path / "nowhere" / "bulk.csv")
            await until(lambda: dialog.banners.get(END) is not None)
            assert told(dialog).startswith("The file could not be written. bulk.csv cannot be")

            wanted = tmp_path / "bulk.csv"
            await export_to(panel, dialog, wanted)
            await until(wanted.exists)
            await until(lambda: "rows exported to bulk.csv" in told(dialog))
            dialog.leave_button.click()
            await until(lambda: panel.findChild(AlignDialog) is None)
            with wanted.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert len(rows) == preview.to_salesforce + preview.to_intercom
            assert {row["Written to"] for row in rows} <= {"Intercom", "Salesforce"}
            assert await host.bulk_run() is None
            assert written(host) == 0

    run(story())


def test_it_is_paused_resumed_and_cancelled(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path, served, tasks, qtbot) as (panel, host):
            await host.pause()  # so that it stays where it is
            await until(lambda: host.snapshot.activity is Activity.PAUSED)
            dialog = await dry_run(panel)
            dialog.align_button.click()
            await until(panel.bulk.bar.isVisible)
            assert "waits until you resume the sync" in panel.bulk.sentence.text()

            panel.bulk.pause_button.click()
            await until(panel.bulk.resume_button.isVisible)
            paused = await host.bulk_run() or fail()
            assert paused.state == "paused"
            with pytest.raises(RecordError, match="A bulk sync is under way"):
                await host.start_bulk(["email"])
            assert await host.bulk_run() == paused
            await host.resume()
            panel.bulk.resume_button.click()
            await until(lambda: written(host) > 0, 30)
            await until(panel.bulk.begin_button.isVisible, 20)

            await host.pause()
            await until(lambda: host.snapshot.activity is Activity.PAUSED)
            await host.start_bulk()
            panel.shown()
            await until(panel.bulk.cancel_button.isVisible)
            panel.bulk.cancel_button.click()
            await until(lambda: "was cancelled" in panel.bulk.sentence.text())
            assert (await host.bulk_run() or fail()).state == "cancelled"

    run(story())


def test_working_out_the_dry_run_is_told_and_can_be_cancelled(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with overview(tmp_path, served, tasks, qtbot) as (panel, _host):
            bulk = panel.bulk
            bulk.begin_button.click()
            assert bulk.bar.isVisible()
            assert bulk.bar.maximum() == 0  # nobody knows how long
            assert bulk.sentence.text().startswith("Working out what would be written")
            assert not bulk.begin_button.isEnabled()
            bulk.cancel_button.click()
            await until(bulk.begin_button.isEnabled)
            assert not bulk.bar.isVisible()
            assert panel.findChild(AlignDialog) is None

            await dry_run(panel)
            assert not bulk.bar.isVisible()

    run(story())


def test_the_overview_shows_after_a_restart_how_far_it_was(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    """The window is there before the store: it reads what it shows once it can be read."""

    async def story() -> None:
        vault = Vault.in_memory()
        async with running(tmp_path, served, vault=vault) as host:
            await host.start_bulk()
            await host.set_bulk_state("paused")

        host = Host(tmp_path, LocalClock(served.clock.now, SPEED), vault)
        panel = OverviewPanel(host, tasks)
        relay = shown(panel, host, qtbot)
        assert not panel.bulk.begin_button.isEnabled()
        host.start()
        try:
            await until(panel.bulk.resume_button.isVisible, 20)
            assert panel.bulk.sentence.text().startswith("Bulk sync paused")
            await until(panel.chart.accessibleDescription)
            assert panel.bulk.begin_button.isEnabled()
        finally:
            relay.stop()
            panel.hide()
            await tasks.stop()
            await host.stop()

    run(story())


def fail() -> NoReturn:
    """There is no bulk sync."""
    raise AssertionError("there is no bulk sync")
