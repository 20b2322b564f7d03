"""Tables: pages by key, use by keyboard, live changes under a resting pointer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QToolTip
from pytestqt.qtbot import QtBot

from sfsync_gui.core.failures import StoreError
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT
from sfsync_gui.ui.widgets.table import (
    Cell,
    Column,
    LoadState,
    PagedModel,
    Query,
    RowAction,
    TableView,
)
from sfsync_gui.ui.widgets.table.model import MOST, PAGE
from tests.gui.conftest import Run, until


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    email: str


class Source:
    """Rows in id order, asked page by page; every question is written down."""

    def __init__(self, count: int) -> None:
        self.rows = [Row(n, f"Person {n}", f"person.{n}@example.com") for n in range(1, count + 1)]
        self.asked: list[tuple[Query, int]] = []
        self.failing = False

    async def fetch(self, query: Query, after: Row | None, limit: int) -> Sequence[Row]:
        self.asked.append((query, after.id if after else 0))
        await asyncio.sleep(0)
        if self.failing:
            raise StoreError("The list cannot be read", "The disk is full.", "Make room.")
        rows = [row for row in self.rows if query.search in row.name]
        if query.descending:
            rows.reverse()
        begin = 0 if after is None else rows.index(after) + 1
        return rows[begin : begin + limit]


COLUMNS = (
    Column[Row]("name", "Name", lambda row: row.name, width=140, stretch=True, sortable=True),
    Column[Row]("email", "E-mail", lambda row: row.email, width=200, least=180, middle=True),
    Column[Row]("id", "Number", lambda row: Cell(str(row.id)), width=80, right=True),
)


class Kit:
    def __init__(self, qtbot: QtBot, tasks: Tasks, count: int, **sizes: int) -> None:
        self.source = Source(count)
        self.done: list[tuple[str, list[int]]] = []
        self.model = PagedModel(COLUMNS, lambda row: row.id, self.source.fetch, tasks, **sizes)
        self.view = TableView(self.model, "People", actions=self._actions)
        self.view.resize(600, 10 * ROW_HEIGHT)
        qtbot.addWidget(self.view)
        self.view.show()

    def _actions(self, rows: Sequence[Row]) -> Sequence[RowAction[Row]]:
        def note(name: str) -> Any:
            return lambda rows: self.done.append((name, [row.id for row in rows]))

        return [
            RowAction("Sync now", "sync", note("sync"), many=True),
            RowAction("Open", "external", note("open")),
            RowAction("Unlink", "unlink", note("unlink"), danger=True, many=True),
        ]

    async def ready(self) -> None:
        self.model.start()
        await until(lambda: self.model.state is not LoadState.LOADING)
        self.view.activateWindow()
        self.view.setFocus()
        await until(self.view.hasFocus)

    def names(self) -> list[str]:
        return [self.model.data(self.model.index(n, 0)) for n in range(self.model.rowCount())]

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.view, key, modifier)


def test_tooltips_show_names_as_they_are(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 1)
        name = '<img src="file:///x.png"> <b>Ada</b> ' + "Lovelace " * 40
        kit.source.rows[0] = replace(kit.source.rows[0], name=name)
        await kit.ready()
        view = kit.view
        at = view.visualRect(kit.model.index(0, 0)).center()
        event = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
        QApplication.sendEvent(view.viewport(), event)
        assert "Lovelace" in QToolTip.text()
        assert "<img" not in QToolTip.text()
        assert "<b>" not in QToolTip.text()

    run(story())


def test_reads_pages_as_they_are_scrolled_to(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 1000, page=100)
        await kit.ready()
        await until(lambda: kit.model.rowCount() == 200)  # one ahead, no more
        await asyncio.sleep(0.05)
        assert kit.model.rowCount() == 200
        kit.view.scrollToBottom()
        await until(lambda: kit.model.rowCount() == 300)
        for _ in range(20):
            kit.view.scrollToBottom()
            await asyncio.sleep(0.01)
        assert kit.names() == [row.name for row in kit.source.rows]
        assert [after for _, after in kit.source.asked] == list(range(0, 1001, 100))

    run(story())


def test_lets_far_pages_go_and_fetches_them_again(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 3000, page=100, most=500)
        await kit.ready()
        while kit.model.rowCount() < 3000:
            kit.view.scrollToBottom()
            await asyncio.sleep(0)
        at_hand = [n for n in range(3000) if kit.model.row(n) is not None]
        assert len(at_hand) <= 600
        assert kit.model.row(1500) is None
        kit.view.verticalScrollBar().setValue(1500 * ROW_HEIGHT)
        await until(lambda: kit.model.row(1500) is not None)
        row = kit.model.row(1500)
        assert row is not None
        assert row.name == "Person 1501"
        assert kit.model.rowCount() == 3000

    run(story())


def test_of_a_hundred_thousand_rows_few_are_held(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        model = PagedModel(COLUMNS, lambda row: row.id, numbered, tasks)
        view = TableView(model, "People")
        qtbot.addWidget(view)
        view.resize(600, 10 * ROW_HEIGHT)
        view.show()
        model.start()
        held = 0
        while model.rowCount() < ROWS:
            view.scrollToBottom()
            await asyncio.sleep(0)
            held = max(held, sum(1 for _ in model.pages.at_hand()))
        assert held <= MOST + PAGE
        view.scrollToTop()  # and back: what was let go is read again
        view.verticalScrollBar().setValue(ROWS // 2 * ROW_HEIGHT)
        await until(lambda: model.row(ROWS // 2) is not None)
        assert sum(1 for _ in model.pages.at_hand()) <= MOST + PAGE

    run(story())


ROWS = 100_000


async def numbered(query: Query, after: Row | None, limit: int) -> Sequence[Row]:
    """Rows made as they are asked for."""
    begin = 1 if after is None else after.id + 1
    await asyncio.sleep(0)
    return [Row(n, f"Person {n}", "") for n in range(begin, min(begin + limit, ROWS + 1))]


def test_keyboard(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 20)
        await kit.ready()
        opened: list[Row] = []
        deleted: list[list[Row]] = []
        searched: list[bool] = []
        kit.view.opened.connect(opened.append)
        kit.view.delete_wanted.connect(deleted.append)
        kit.view.search_wanted.connect(lambda: searched.append(True))
        kit.press(Qt.Key.Key_Down)
        kit.press(Qt.Key.Key_Down)
        kit.press(Qt.Key.Key_Return)
        assert [row.id for row in opened] == [3]
        kit.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
        assert [row.id for row in kit.view.selected_rows()] == [3]
        kit.press(Qt.Key.Key_Space)
        assert [row.id for row in kit.view.selected_rows()] == [3, 4]
        kit.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == (
            "Person 3\tperson.3@example.com\t3\nPerson 4\tperson.4@example.com\t4"
        )
        kit.press(Qt.Key.Key_Delete)
        assert [[row.id for row in rows] for rows in deleted] == [[3, 4]]
        kit.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert searched == [True]
        kit.press(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        kit.press(Qt.Key.Key_Return)
        assert opened[-1].id == 20

    run(story())


def test_what_is_copied_is_no_formula_where_it_is_pasted(
    qtbot: QtBot, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 2)
        kit.source.rows[0] = Row(1, '=HYPERLINK("http://x.example")', "+43 1 234")
        await kit.ready()
        kit.view.selectRow(0)
        kit.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        QTest.keyRelease(kit.view, Qt.Key.Key_Control)  # else it stays pressed in later tests
        copied = QGuiApplication.clipboard().text()
        assert copied == '\'=HYPERLINK("http://x.example")\t+43 1 234\t1'

    run(story())


def test_selection_and_place_outlive_live_changes(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 100)
        await kit.ready()
        assert kit.view.select_key(50)
        kit.view.setCurrentIndex(kit.model.index(49, 0))
        kit.view.verticalScrollBar().setValue(45 * ROW_HEIGHT + 7)
        before = kit.view.rowViewportPosition(49)
        kit.model.insert_first([Row(1000, "New one", ""), Row(1001, "New two", "")])
        kit.model.remove_keys([3, 4, 5])
        kit.model.update_rows([replace(kit.source.rows[49], name="Renamed")])
        assert [row.id for row in kit.view.selected_rows()] == [50]
        number = kit.model.number_of(50)
        assert number == 48
        assert kit.view.currentIndex().row() == 48
        assert kit.view.rowViewportPosition(48) == before
        assert kit.names()[:3] == ["New one", "New two", "Person 1"]
        assert kit.names()[48] == "Renamed"

    run(story())


def test_at_the_top_new_rows_are_seen(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 100)
        await kit.ready()
        kit.model.insert_first([Row(1000, "New", "")])
        assert kit.view.rowAt(0) == 0
        assert kit.names()[0] == "New"

    run(story())


def test_refresh_moves_only_what_changed(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 250, page=100)
        await kit.ready()
        kit.view.scrollToBottom()
        await until(lambda: kit.model.rowCount() >= 200)
        kit.view.select_key(60)
        kit.source.rows = [row for row in kit.source.rows if row.id not in (10, 150)]
        kit.source.rows[20] = replace(kit.source.rows[20], name="Renamed")
        kit.model.refresh()
        await until(lambda: 150 not in {row.id for _, row in kit.model.pages.at_hand()})
        assert [row.id for row in kit.view.selected_rows()] == [60]
        shown = kit.names()
        assert shown == [row.name for row in kit.source.rows[: len(shown)]]
        assert "Renamed" in shown

    run(story())


def test_refresh_after_more_came_than_a_page_holds(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 100, page=20)
        kit.model.ask(descending=True)
        await until(lambda: kit.model.rowCount() >= 40)
        newer = [Row(n, f"Person {n}", "") for n in range(101, 301)]
        kit.source.rows.extend(newer)
        kit.model.refresh()
        await until(lambda: kit.names()[0] == "Person 300")
        while kit.model.rowCount() < 300:
            kit.view.scrollToBottom()
            await asyncio.sleep(0)
        assert kit.names() == [row.name for row in reversed(kit.source.rows)]

    run(story())


def test_rows_wait_while_the_pointer_is_on_them(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 5)
        await kit.ready()
        kit.model.hold(True)
        kit.model.insert_first([Row(1000, "New", "")])
        kit.model.remove_keys([2])
        kit.model.update_rows([replace(kit.source.rows[0], name="Renamed")])
        assert kit.names() == ["Renamed", "Person 2", "Person 3", "Person 4", "Person 5"]
        assert kit.view.covers.held_button.isVisible()
        QTest.mouseClick(kit.view.covers.held_button, Qt.MouseButton.LeftButton)
        assert kit.names() == ["New", "Renamed", "Person 3", "Person 4", "Person 5"]
        assert not kit.view.covers.held_button.isVisible()

    run(story())


def test_search_sort_and_states(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 30)
        assert kit.model.state is LoadState.LOADING
        await kit.ready()
        kit.model.ask(search="Person 1")
        await until(lambda: kit.model.rowCount() == 11)
        kit.model.ask(search="Nobody")
        await until(lambda: kit.model.state is LoadState.EMPTY)
        assert not kit.view.covers.empty.isVisible()  # nothing found is not nothing there
        kit.model.ask(search="")
        await until(lambda: kit.model.rowCount() == 30)
        header = kit.view.horizontalHeader()
        at = QPoint(header.sectionViewportPosition(0) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: kit.model.query.sort == "name" and kit.names()[0] == "Person 1")
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: kit.names()[0] == "Person 30")
        kit.source.failing = True
        kit.model.start()
        await until(lambda: kit.model.state is LoadState.FAILED)
        assert kit.view.covers.failed.isVisible()
        assert kit.view.covers.failed.sentence == "The list cannot be read"
        kit.source.failing = False
        QTest.mouseClick(kit.view.covers.failed.button, Qt.MouseButton.LeftButton)
        await until(lambda: kit.model.state is LoadState.READY)
        assert kit.view.covers.failed.isHidden()

    run(story())


def test_an_older_answer_never_replaces_a_newer_one(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 30)
        gates = {"Person 1": asyncio.Event(), "Person 2": asyncio.Event()}
        fetch = kit.source.fetch

        async def slow(query: Query, after: Row | None, limit: int) -> Sequence[Row]:
            if query.search:
                await gates[query.search].wait()
            return await fetch(query, after, limit)

        kit.model = PagedModel(COLUMNS, lambda row: row.id, slow, tasks)
        kit.model.ask(search="Person 1")
        kit.model.ask(search="Person 2")
        gates["Person 2"].set()
        await until(lambda: kit.model.state is LoadState.READY)
        gates["Person 1"].set()
        await asyncio.sleep(0.05)
        assert all(name.startswith("Person 2") for name in kit.names())

    run(story())


def test_row_actions_by_focus_and_menu(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 5)
        await kit.ready()
        kit.press(Qt.Key.Key_Down)
        bar = kit.view._bar
        await until(bar.isVisible)
        buttons = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
        assert [b.accessibleName() for b in buttons] == ["Sync now", "Open", "More actions"]
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
        assert kit.done == [("sync", [2])]
        kit.view.selectAll()
        menu = menu_names(kit)
        assert menu == ["Sync now", "", "Unlink", "", "Copy"]  # what is for many, danger last

    run(story())


def menu_names(kit: Kit) -> list[str]:
    """Open the menu by the keyboard, read its entries, close it."""
    at = QPoint(5, 5)
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(kit.view, QContextMenuEvent(reason, at, kit.view.mapToGlobal(at)))
    menu = kit.view.findChild(QMenu)
    assert isinstance(menu, QMenu)
    names = [action.text() for action in menu.actions()]
    menu.close()
    return names


def test_first_column_stays_when_scrolled_sideways(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 30)
        await kit.ready()
        kit.view.resize(300, 300)
        frozen = kit.view._frozen
        assert frozen.isHidden()
        kit.press(Qt.Key.Key_Right)
        assert kit.view.horizontalScrollBar().value() > 0
        kit.press(Qt.Key.Key_Left)
        assert kit.view.horizontalScrollBar().value() == 0
        last = kit.view.visualRect(kit.model.index(1, 2)).center()
        kit.view.setCurrentIndex(kit.model.index(5, 2))
        QTest.mouseClick(kit.view.viewport(), Qt.MouseButton.LeftButton, pos=last)
        assert kit.view.horizontalScrollBar().value() == 0  # a row was chosen, not a cell
        kit.view.horizontalScrollBar().setValue(60)
        assert frozen.isVisible()
        assert frozen.width() == kit.view.columnWidth(0) + 1
        kit.view.horizontalScrollBar().setValue(0)
        assert frozen.isHidden()

    run(story())


def test_columns_fill_the_room_and_can_be_hidden(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 3)
        await kit.ready()
        widths = [kit.view.columnWidth(place) for place in range(3)]
        assert sum(widths) == kit.view.viewport().width()
        assert widths[1:] == [200, 80]
        entries = [one for one in kit.view._head.chooser().actions() if one.isCheckable()]
        assert [entry.text() for entry in entries] == ["E-mail", "Number"]
        entries[0].trigger()
        assert kit.view.isColumnHidden(1)
        assert kit.view.columnWidth(0) == kit.view.viewport().width() - 80

    run(story())


def test_columns_give_way_before_anything_has_to_be_scrolled(
    qtbot: QtBot, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 3)
        await kit.ready()
        aside = kit.view.horizontalScrollBar()
        wide = sum(kit.view._head._first_width(place) for place in range(3))

        def widths(room: int) -> list[int]:
            kit.view.resize(kit.view.width() - kit.view.viewport().width() + room, 300)
            return [kit.view.columnWidth(place) for place in range(3)]

        begin = widths(wide)
        assert begin[1:] == [200, 80]
        assert widths(wide - 12) == [begin[0], 188, 80]
        await until(lambda: aside.maximum() == 0)
        assert widths(wide - 20) == [begin[0], 180, 80]
        assert widths(wide - 21) == begin  # it has to be scrolled: then nothing is cut for it
        await until(lambda: aside.maximum() == 21)
        assert widths(wide + 30) == [begin[0] + 30, 200, 80]

    run(story())


def test_an_empty_list_is_not_scrolled_sideways(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 3)
        kit.view.resize(200, 300)
        await kit.ready()
        assert kit.view.horizontalScrollBar().isVisible()
        kit.model.ask(search="nobody of that name")
        await until(lambda: kit.model.state is LoadState.EMPTY)
        assert not kit.view.horizontalScrollBar().isVisible()
        kit.model.ask(search="")
        await until(lambda: kit.model.state is LoadState.READY)
        await until(kit.view.horizontalScrollBar().isVisible)

    run(story())


def test_columns_are_moved_and_remembered(
    qtbot: QtBot, tasks: Tasks, run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 3)
        kit.view.remember(Preferences(tmp_path), "people")
        await kit.ready()
        head = kit.view._head
        head.moveSection(2, 1)
        head.resizeSection(1, 150)
        click_head(kit, 0)
        click_head(kit, 0)
        await until(lambda: kit.names() == ["Person 3", "Person 2", "Person 1"])
        kit.view.selectAll()
        kit.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        lines = QGuiApplication.clipboard().text().split("\n")
        assert lines[0] == "Person 3\t3\tperson.3@example.com"  # as it is shown

        again = Kit(qtbot, tasks, 3)
        again.view.remember(Preferences(tmp_path), "people")
        await again.ready()
        assert again.view._head.places() == [0, 2, 1]
        assert again.view.columnWidth(1) == 150
        assert again.names() == ["Person 3", "Person 2", "Person 1"]
        again.view._head.chooser().actions()[-1].trigger()  # Reset columns
        assert again.view._head.places() == [0, 1, 2]
        assert again.view.columnWidth(1) == 200

    run(story())


def test_an_arrangement_that_makes_no_sense_is_passed_over(
    qtbot: QtBot, tasks: Tasks, run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        preferences = Preferences(tmp_path)
        kept = (
            b"not JSON",
            b'["a list"]',
            b'{"order": ["gone", 7, "id"], "hidden": "email", "widths": {"email": "wide"}}',
            b'{"order": ["email", "id", "name"], "widths": {"email": -5}, "sort": "email"}',
        )
        places = ([0, 1, 2], [0, 1, 2], [0, 2, 1], [0, 1, 2])
        for text, expected in zip(kept, places, strict=True):
            preferences.set_bytes("people", QByteArray(text))
            kit = Kit(qtbot, tasks, 3)
            kit.view.remember(preferences, "people")
            await kit.ready()
            assert kit.view._head.places() == expected
            assert kit.model.query.sort == ""

    run(story())


def click_head(kit: Kit, place: int) -> None:
    """Click the title of a column."""
    head = kit.view.horizontalHeader()
    at = QPoint(head.sectionViewportPosition(place) + 20, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_copies_selected_rows_that_were_let_go(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 2000, page=100, most=300)
        await kit.ready()
        while kit.model.rowCount() < 2000:
            kit.view.scrollToBottom()
            await asyncio.sleep(0)
        assert kit.model.row(1000) is None
        copied: list[int] = []
        kit.view.copied.connect(copied.append)
        kit.view.selectAll()
        kit.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: copied)
        assert copied == [2000]
        names = [line.split("\t")[0] for line in QGuiApplication.clipboard().text().split("\n")]
        assert names == [row.name for row in kit.source.rows]

    run(story())


def test_values_change_under_a_resting_pointer_but_rows_wait(
    qtbot: QtBot, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 5)
        await kit.ready()
        kit.model.hold(True)
        kit.source.rows[0] = replace(kit.source.rows[0], name="Renamed")
        kit.model.refresh()
        await until(lambda: kit.names()[0] == "Renamed")
        assert kit.model.held == 0  # nothing came or went
        for gone in (2, 3):
            kit.source.rows = [row for row in kit.source.rows if row.id != gone]
            await refreshed(kit)
            assert kit.model.held == 1
        assert len(kit.names()) == 5
        kit.model.hold(False)
        assert kit.names() == ["Renamed", "Person 4", "Person 5"]

    run(story())


async def refreshed(kit: Kit) -> None:
    """Read all anew, and wait for that."""
    kit.model.refresh()
    pages = kit.model.pages.pages
    await until(lambda: not any(page.stale or page.fetching for page in pages))


def test_a_refresh_while_one_runs_is_not_lost(qtbot: QtBot, tasks: Tasks, run: Run) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 400, page=100)
        await kit.ready()
        while kit.model.rowCount() < 400:
            kit.view.scrollToBottom()
            await asyncio.sleep(0)
        kit.view.scrollToBottom()
        kit.source.asked.clear()
        for number in range(50):
            kit.source.rows[5] = replace(kit.source.rows[5], name=f"Turn {number}")
            kit.model.refresh()
        await until(lambda: kit.names()[5] == "Turn 49")
        await until(lambda: kit.model.pages.next_stale(0) is None)
        again = [after for _, after in kit.source.asked if after < 400]
        assert len(again) <= 8  # not fifty times four pages
        assert again[0] == 300  # what is in view comes first

    run(story())


def test_a_row_that_goes_takes_the_selection_along_and_leaves_the_focus_near(
    qtbot: QtBot, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        kit = Kit(qtbot, tasks, 5)
        await kit.ready()
        kit.press(Qt.Key.Key_Down)
        told: list[Row | None] = []
        kit.view.current_changed.connect(told.append)
        kit.model.remove_keys([2])
        assert kit.view.selected_rows() == []
        assert told == []  # nobody went there
        current = kit.view.current_row
        assert current is not None
        assert current.id == 3
        kit.press(Qt.Key.Key_Down)
        assert [row.id for row in kit.view.selected_rows()] == [4]

    run(story())
