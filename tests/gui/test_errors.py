"""The panel Sync errors on a real program: what a person reads in it and does with it."""

from __future__ import annotations

import csv
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.events import Activity, ActivityChanged
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.ui.panels.errors import ErrorsPanel
from sfsync_gui.ui.panels.errors.panel import View
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.table import LoadState
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import Run, until
from tests.gui.programs import running, set_seats, shown

RULE = "Seats_Not_Negative"


@asynccontextmanager
async def troubled(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, count: int
) -> AsyncIterator[tuple[ErrorsPanel, Host, list[LinkRow]]]:
    """The panel while so many people have a number of seats that Salesforce refuses."""
    async with running(folder, served) as host:
        panel = ErrorsPanel(host, tasks)
        toasts = Toasts(panel)
        relay = shown(panel, host, qtbot)
        contacts = LinkQuery(salesforce_kind=PersonKind.CONTACT)
        people = host.questions.links_page(contacts, None, count)
        assert len(people) == count
        for person in people:
            set_seats(served, person.intercom_id, -5)
        await host.sync_now()
        await until(lambda: host.snapshot.errors == count, 30)
        try:
            yield panel, host, people
        finally:
            relay.stop()
            panel.hidden()
            toasts.setParent(None)


def texts(panel: ErrorsPanel) -> str:
    """Everything that the details say."""
    return "\n".join(label.text() for label in panel.details.findChildren(PlainLabel))


def toasts_of(panel: ErrorsPanel) -> tuple[str, ...]:
    """What the toasts of the panel say."""
    found = panel.findChild(Toasts)
    assert found is not None
    return found.texts


def test_errors_of_one_cause_are_one_line_that_opens_into_the_list(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 3) as (panel, _, people):
            await until(lambda: panel.causes.rowCount() == 1)
            group = panel.causes.row(0)
            assert group is not None
            await until(lambda: _count(panel) == 3)
            assert group.cause.side is Side.SALESFORCE

            panel.cause_table.setFocus()
            QTest.keyClick(panel.cause_table, Qt.Key.Key_Down)
            await until(panel.details.isVisible)
            assert "Seats cannot be negative" in texts(panel)

            QTest.keyClick(panel.cause_table, Qt.Key.Key_Return)
            await until(lambda: panel.model.rowCount() == 3)
            assert panel.view_switch.value is View.LIST
            assert panel.filters.cause_button.isVisible()
            ids = {error.intercom_id for _, error in panel.model.pages.at_hand()}
            assert ids == {person.intercom_id for person in people}

    run(story())


def test_details_close_when_what_they_tell_of_is_mended(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 2) as (panel, host, people):
            await until(lambda: _count(panel) == 2)
            panel.cause_table.selectRow(0)
            await until(panel.details.isVisible)
            set_seats(served, people[0].intercom_id, 4)
            await host.sync_now()
            await until(lambda: _count(panel) == 1, 30)
            assert panel.details.isVisible()
            set_seats(served, people[1].intercom_id, 4)
            await host.sync_now()
            await until(panel.details.isHidden, 30)

    run(story())


def _keys(panel: ErrorsPanel) -> list[int]:
    """The ids in the list, from top to bottom."""
    return [error.id for _, error in panel.model.pages.at_hand()]


def test_out_of_view_the_panel_asks_the_store_nothing_when_checks_come(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 1) as (panel, _, _people):
            panel.on_event(ActivityChanged(Activity.SYNCING))
            assert panel._look_soon.isActive()
            panel.hide()
            panel.hidden()
            panel.on_event(ActivityChanged(Activity.IDLE))
            assert not panel._look_soon.isActive()

    run(story())


def _count(panel: ErrorsPanel) -> int:
    group = panel.causes.row(0)
    return 0 if group is None else group.count


def test_the_details_hold_both_values_the_services_words_and_the_remedy(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 1) as (panel, host, people):
            panel.view_switch.segment(View.LIST).click()
            await until(lambda: panel.model.rowCount() == 1)
            error = panel.model.row(0)
            assert error is not None
            panel.table.select_key(error.id)
            await until(panel.details.isVisible)
            pair = await host.pair(people[0].id)
            assert pair is not None
            seats = next(field for field in pair.fields if field.row.id == error.row_id)
            said = texts(panel)
            assert error.message in said
            assert error.remedy in said
            assert "-5" in said
            assert str(seats.salesforce_value or "–") in said

    run(story())


def test_an_error_goes_by_itself_and_the_empty_state_says_since_when(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 1) as (panel, host, people):
            await until(lambda: panel.causes.rowCount() == 1)
            set_seats(served, people[0].intercom_id, 7)
            await host.sync_now()
            await until(lambda: panel.causes.state is LoadState.EMPTY, 30)
            calm = panel.cause_table.covers.empty
            await until(lambda: calm.accessibleDescription().startswith("Since "))
            assert calm.isVisible()
            assert calm.sentence == "Everything is in step"
            await until(lambda: not panel.retry_button.isEnabled())

    run(story())


def test_all_are_tried_again_and_it_is_told_what_became_of_them(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 3) as (panel, host, _):
            await until(lambda: _count(panel) == 3)
            panel.retry_button.click()
            await until(panel.retrying.strip.isVisible)
            assert "3 errors" in panel.retrying.strip.sentence
            await until(lambda: "0 fixed, 3 failed again" in toasts_of(panel), 30)
            assert not panel.retrying.strip.isVisible()

            served.server.call(lambda: served.world.salesforce.remove_validation_rule(RULE))
            panel.retry_button.click()
            await until(lambda: "3 errors fixed" in toasts_of(panel), 30)
            await until(lambda: panel.causes.state is LoadState.EMPTY)
            await until(lambda: host.snapshot.errors == 0)

    run(story())


def test_asked_for_twice_each_error_is_told_once(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 3) as (panel, host, _):
            await until(lambda: _count(panel) == 3)
            await host.pause()
            panel.retry_button.click()
            strip = panel.retrying.strip
            await until(lambda: "3 errors" in strip.sentence)
            await panel.retrying.watch(host.retry())
            assert "3 errors" in strip.sentence
            served.server.call(lambda: served.world.salesforce.remove_validation_rule(RULE))
            await host.resume()
            await until(lambda: "3 errors fixed" in toasts_of(panel), 30)

    run(story())


def test_those_that_are_selected_are_tried_again_and_the_others_not(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 3) as (panel, host, _):
            panel.view_switch.segment(View.LIST).click()
            await until(lambda: panel.model.rowCount() == 3)
            panel.table.setFocus()
            panel.table.selectRow(0)
            QTest.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            QTest.keyRelease(panel.table, Qt.Key.Key_Shift)
            assert panel.retry_button.text() == "Retry 2 selected"
            left = panel.model.row(2)
            assert left is not None

            served.server.call(lambda: served.world.salesforce.remove_validation_rule(RULE))
            panel.retry_button.click()
            await until(lambda: "2 errors fixed" in toasts_of(panel), 30)
            await until(lambda: panel.model.rowCount() == 1)
            assert panel.model.number_of(left.id) == 0
            await until(lambda: host.snapshot.errors == 1)

    run(story())


def test_what_is_dismissed_leaves_the_list_and_is_found_by_the_filter(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 2) as (panel, host, _):
            panel.view_switch.segment(View.LIST).click()
            await until(lambda: panel.model.rowCount() == 2)
            gone = panel.model.row(0)
            assert gone is not None
            panel.table.setFocus()
            panel.table.selectRow(0)
            QTest.keyClick(panel.table, Qt.Key.Key_Delete)
            await until(lambda: "Dismissed 1 error" in toasts_of(panel))
            toasts = panel.findChild(Toasts)
            assert toasts is not None
            assert toasts.act_on_newest()  # Show dismissed, while the toast is there
            await until(lambda: _keys(panel) == [gone.id])
            await until(lambda: host.snapshot.errors == 1)

            panel.filters.clear()
            await until(lambda: len(_keys(panel)) == 1 and gone.id not in _keys(panel))

    run(story())


def test_filters_narrow_the_list_and_are_cleared(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path, served, tasks, qtbot, 2) as (panel, _, people):
            panel.view_switch.segment(View.LIST).click()
            await until(lambda: panel.model.rowCount() == 2)
            panel.filters.way._choose(Side.INTERCOM)
            await until(lambda: panel.model.state is LoadState.EMPTY)
            nothing = panel.table.covers.found_none
            assert nothing.isVisible()
            nothing.button.click()
            await until(lambda: panel.model.rowCount() == 2)

            panel.filters.kind._choose(PersonKind.LEAD)
            await until(lambda: panel.model.rowCount() == 0)
            panel.filters.kind._choose(PersonKind.CONTACT)
            await until(lambda: panel.model.rowCount() == 2)
            QTest.keyClick(panel, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            await until(panel.filters.search.hasFocus)
            QTest.keyClicks(panel.filters.search, people[0].intercom_key or "")
            QTest.keyClick(panel.filters.search, Qt.Key.Key_Return)
            await until(lambda: panel.model.rowCount() == 1)
            found = panel.model.row(0)
            assert found is not None
            assert found.intercom_id == people[0].intercom_id

    run(story())


def test_the_list_is_exported_as_it_is_filtered(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path / "profile", served, tasks, qtbot, 3) as (panel, _, people):
            await until(lambda: _count(panel) == 3)
            panel.filters.search.setText(people[1].intercom_key or "")
            QTest.keyClick(panel.filters.search, Qt.Key.Key_Return)
            await until(lambda: _count(panel) == 1)
            panel.export_button.click()
            dialog = panel.findChild(QFileDialog)
            assert dialog is not None
            wanted = tmp_path / "errors.csv"
            dialog.fileSelected.emit(str(wanted))
            dialog.close()
            await until(lambda: "1 row exported to errors.csv" in toasts_of(panel))
            with wanted.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert [row["Intercom Id"] for row in rows] == [people[1].intercom_id]
            assert rows[0]["Refused value"] == "-5"
            assert rows[0]["Refused by"] == "Salesforce"
            assert "Seats" in rows[0]["Message"]
            assert set(os.listdir(tmp_path)) == {"profile", wanted.name}

    run(story())


def test_where_a_file_cannot_be_written_it_is_said_and_nothing_is_left(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with troubled(tmp_path / "profile", served, tasks, qtbot, 1) as (panel, _, _):
            told: list[object] = []
            tasks.failed.connect(told.append)
            panel.export_button.click()
            dialog = panel.findChild(QFileDialog)
            assert dialog is not None
            dialog.fileSelected.emit(str(tmp_path / "nowhere" / "errors.csv"))
            dialog.close()
            await until(lambda: told)
            assert "errors.csv cannot be written" in str(told[0])
            assert not panel.exporter.strip.isVisible()

    run(story())
