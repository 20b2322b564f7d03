"""The panel Activity on a real program: what a person reads in it and does with it."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.ui.panels.activity import ActivityPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.tokens import SIDEBAR_NARROW, WINDOW_LEAST
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.table import LoadState
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import SPEED, Run, until
from tests.gui.programs import connect, running, set_seats, shown


@asynccontextmanager
async def active(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot
) -> AsyncIterator[tuple[ActivityPanel, Host, LinkRow]]:
    """The panel after all were linked and one number of seats went to Salesforce."""
    async with running(folder, served) as host:
        panel = ActivityPanel(host, tasks)
        toasts = Toasts(panel)
        relay = shown(panel, host, qtbot)
        contacts = LinkQuery(salesforce_kind=PersonKind.CONTACT)
        person = host.questions.links_page(contacts, None, 1)[0]
        set_seats(served, person.intercom_id, 4711)
        await host.sync_now()
        try:
            await until(lambda: _newest(panel) is HistoryKind.WRITTEN, 30)
            yield panel, host, person
        finally:
            relay.stop()
            panel.hidden()
            toasts.setParent(None)


def _newest(panel: ActivityPanel) -> HistoryKind | None:
    row = panel.model.row(0)
    return None if row is None else row.kind


def texts(panel: ActivityPanel) -> str:
    """Everything that the details say."""
    return "\n".join(label.text() for label in panel.details.findChildren(PlainLabel))


def test_a_change_comes_on_top_as_it_is_made_and_its_details_tell_all(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path, served, tasks, qtbot) as (panel, host, person):
            panel.table.setFocus()
            QTest.keyClick(panel.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
            panel.table.selectRow(0)
            await until(panel.details.isVisible)
            said = texts(panel)
            assert "4,711" in said
            assert "Intercom → Salesforce" in said
            assert "Updated in Intercom" in said
            assert person.intercom_id in said

            QTest.keyClick(panel.table, Qt.Key.Key_Escape)
            assert panel.details.isHidden()
            panel.resize(WINDOW_LEAST[0] - SIDEBAR_NARROW, panel.height())
            aside = panel.table.horizontalScrollBar()
            await until(lambda: aside.maximum() == 0)  # when it was is in view
            newest = panel.model.row(0)
            assert newest is not None
            way = panel.model.columns[2].cell_of(newest)
            assert (way.text, way.tooltip) == ("to Salesforce", "Intercom → Salesforce")

            await host.unlink(person.id)
            await until(lambda: _newest(panel) is HistoryKind.UNLINKED)

    run(story())


def test_filters_are_offered_once_both_sides_are_connected(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    """The panel is on show all the while, as where the window begins with it."""

    async def story() -> None:
        host = Host(tmp_path, LocalClock(served.clock.now, SPEED), Vault.in_memory())
        panel = ActivityPanel(host, tasks)
        relay = shown(panel, host, qtbot)
        host.start()
        try:
            await until(lambda: panel.model.state is LoadState.EMPTY)
            assert not panel.filters.field.choices
            await connect(host, served)
            await until(lambda: panel.model.rowCount() > 0, 20)
            await until(lambda: bool(panel.filters.field.choices), 20)
        finally:
            relay.stop()
            panel.hidden()
            await tasks.stop()
            await host.stop()

    run(story())


def test_each_filter_narrows_the_list_and_all_are_cleared_at_once(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path, served, tasks, qtbot) as (panel, _, _):
            everything = panel.model.rowCount()
            panel.filters.way._choose(Side.SALESFORCE)
            await until(lambda: panel.model.rowCount() == 1)
            panel.filters.trigger._choose(Trigger.SALESFORCE_UPDATED)
            await until(lambda: panel.model.state is LoadState.EMPTY)
            panel.table.covers.found_none.button.click()
            await until(lambda: panel.model.rowCount() == everything)

            panel.filters.kind._choose(HistoryKind.WRITTEN)
            await until(lambda: panel.model.rowCount() == 1)
            entry = panel.model.row(0)
            assert entry is not None
            panel.filters.clear()
            await until(lambda: bool(panel.filters.field.choices))
            panel.filters.field._choose(entry.row_id)
            await until(lambda: panel.model.rowCount() == 1)
            assert panel.filters.field.text() == "Field: Seats"

            panel.filters.clear()
            await until(lambda: panel.model.rowCount() == everything)
            panel.filters.age._choose(3600)
            await until(lambda: 0 < panel.model.rowCount() <= everything)

    run(story())


def test_the_story_of_one_person(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path, served, tasks, qtbot) as (panel, _, person):
            target = ((person.intercom_id, person.salesforce_id), person.intercom_name)
            panel.visit(target)
            await until(lambda: panel.model.rowCount() == 2)
            rows = [row for _, row in panel.model.pages.at_hand()]
            assert [row.kind for row in rows] == [HistoryKind.WRITTEN, HistoryKind.LINKED]
            assert panel.filters.person_button.text() == person.intercom_name
            panel.filters.person_button.click()
            await until(lambda: panel.model.rowCount() > 2)

    run(story())


def test_people_are_found_by_the_keyboard_alone(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path, served, tasks, qtbot) as (panel, _, person):
            panel.table.setFocus()
            QTest.keyClick(panel.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            await until(panel.filters.search.hasFocus)
            QTest.keyClicks(panel.filters.search, person.intercom_id)
            QTest.keyClick(panel.filters.search, Qt.Key.Key_Down)
            await until(lambda: panel.model.rowCount() == 2)
            await until(panel.table.hasFocus)
            assert {row.intercom_id for _, row in panel.model.pages.at_hand()} == {
                person.intercom_id
            }

    run(story())


def test_what_is_filtered_is_exported(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path / "profile", served, tasks, qtbot) as (panel, _, person):
            panel.filters.kind._choose(HistoryKind.WRITTEN)
            await until(lambda: panel.model.rowCount() == 1)
            panel.export_button.click()
            dialog = panel.findChild(QFileDialog)
            assert dialog is not None
            wanted = tmp_path / "changes.csv"
            dialog.fileSelected.emit(str(wanted))
            dialog.close()
            toasts = panel.findChild(Toasts)
            assert toasts is not None
            await until(lambda: "1 row exported to changes.csv" in toasts.texts)
            with wanted.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert [row["Intercom Id"] for row in rows] == [person.intercom_id]
            assert rows[0]["After"] == "4711"
            assert rows[0]["Written to"] == "Salesforce"
            assert rows[0]["Why"] == "intercom_updated"

    run(story())


def test_a_change_is_taken_back_with_one_click(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with active(tmp_path, served, tasks, qtbot) as (panel, _, person):
            entry = panel.model.row(0)
            assert entry is not None
            panel.table.setFocus()
            panel.table.select_key(entry.id)
            await until(panel.details.isVisible)
            click(panel, "Take back")

            def reverted() -> bool:
                row = panel.model.row(0)
                return row is not None and row.trigger is Trigger.REVERTED

            await until(reverted, 30)
            record = served.server.call(
                lambda: served.world.salesforce.record(person.salesforce_id) or {}
            )
            assert record["Seats__c"] == entry.before

            told: list[object] = []
            tasks.failed.connect(told.append)
            panel.table.select_key(entry.id)
            click(panel, "Take back")
            await until(lambda: told)
            assert "The former value is there already" in str(told[0])

    run(story())


def click(panel: ActivityPanel, name: str) -> None:
    """Press a button of the details."""
    buttons = panel.details.findChildren(QPushButton)
    next(button for button in buttons if button.text() == name and button.isVisible()).click()
