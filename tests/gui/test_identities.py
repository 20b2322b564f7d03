"""The panel Identity mappings on a real program: finding people, reading about them, unlinking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Value
from sfsync_gui.core.search_words import fold
from sfsync_gui.core.vocabulary import Direction, PersonKind, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, LinkRow
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.filters import State
from sfsync_gui.ui.panels.identities.link_details import LinkDetails
from sfsync_gui.ui.panels.identities.person_history import PAGE
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from sfsync_gui.ui.widgets.table import LoadState
from sfsync_gui.ui.widgets.toast import Toast, Toasts
from tests.gui.conftest import Run, until
from tests.gui.programs import running, set_seats, shown

CONTROL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


class Bench:
    """The panel in view, with what stands beside it in the window."""

    def __init__(self, host: Host, tasks: Tasks, qtbot: QtBot) -> None:
        self.host = host
        self.panel = IdentitiesPanel(host, tasks)
        self.toasts = Toasts(self.panel)
        self.relay = shown(self.panel, host, qtbot)
        self.model = self.panel.links.model
        self.table = self.panel.links.table
        self.filters = self.panel.links.filters

    async def ready(self) -> None:
        await until(lambda: self.model.rowCount() > 30)
        self.panel.activateWindow()
        self.table.setFocus()
        await until(self.table.hasFocus)

    def stop(self) -> None:
        """Nothing begins any more."""
        self.relay.stop()
        for timer in self.panel.findChildren(QTimer):
            timer.stop()

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN, at: QWidget | None = None
    ) -> None:
        QTest.keyClick(at or self.table, key, modifier)

    def link(self, number: int) -> LinkRow:
        found = self.model.row(number)
        assert found is not None
        return found

    async def dialog(self) -> QuestionDialog:
        await until(lambda: self.panel.findChildren(QuestionDialog))
        dialog = self.panel.findChildren(QuestionDialog)[-1]
        await until(dialog.isVisible)
        return dialog

    async def details(self) -> LinkDetails:
        """Of a link, once all of it is shown."""
        await until(lambda: isinstance(self.panel.details.shown, LinkDetails))
        shown = self.panel.details.shown
        assert isinstance(shown, LinkDetails)
        await until(lambda: shown.comparison.isVisible() and shown.history.isVisible())
        return shown

    async def toast(self, text: str) -> None:
        await until(lambda: any(text in one for one in self.toasts.texts))


@asynccontextmanager
async def bench(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot
) -> AsyncIterator[Bench]:
    async with running(folder, served) as host:
        one = Bench(host, tasks, qtbot)
        await one.ready()
        yield one
        one.stop()
        await tasks.stop()


def test_people_are_found_as_their_names_are_typed(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            await until(lambda: one.panel.count_label.text() == f"{one.model.rowCount()} links")
            wanted = one.link(7)
            words = " ".join(part[:3].lower() for part in reversed(wanted.intercom_name.split()))
            QTest.keyClicks(one.filters.search, words)
            await until(lambda: 0 < one.model.rowCount() < 10)
            assert one.model.number_of(wanted.id) is not None
            one.filters.search.setText(wanted.intercom_key or "")
            one.press(Qt.Key.Key_Return, at=one.filters.search)
            await until(lambda: one.model.number_of(wanted.id) == 0)
            one.filters.search.setText(wanted.salesforce_id)
            one.press(Qt.Key.Key_Return, at=one.filters.search)
            await until(lambda: one.panel.count_label.text() == "1 link")

            one.filters.search.setText("Nobody of this name")
            one.press(Qt.Key.Key_Return, at=one.filters.search)
            await until(lambda: one.model.state is LoadState.EMPTY)
            assert one.table.covers.found_none.sentence == "No link matches"
            QTest.mouseClick(one.table.covers.found_none.button, Qt.MouseButton.LeftButton)
            await until(lambda: one.model.rowCount() > 30)
            assert one.filters.search.text() == ""

    run(story())


def test_links_are_narrowed_by_kind_and_state_and_sorted(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            ids = [one.link(number).id for number in range(one.model.rowCount())]
            assert ids == sorted(ids, reverse=True)  # newest first to begin with

            choose(one.filters.record, "contact")
            await until(lambda: kinds(one) == {PersonKind.CONTACT})
            choose(one.filters.record, "lead")
            await until(lambda: kinds(one) == {PersonKind.LEAD})
            choose(one.filters.record, "Any")
            choose(one.filters.role, "user")
            await until(lambda: {link.intercom_kind for link in links(one)} == {PersonKind.USER})
            choose(one.filters.role, "Any")
            choose(one.filters.state, "ambiguous")
            await until(lambda: links(one) and all(link.ambiguous for link in links(one)))
            assert one.filters.state.value is State.AMBIGUOUS
            one.filters.clear()
            await until(lambda: one.model.rowCount() == len(ids))

            click_head(one, 0)
            await until(lambda: folded(one) == sorted(folded(one)))
            click_head(one, 0)
            await until(lambda: folded(one) == sorted(folded(one), reverse=True))

    run(story())


def links(one: Bench) -> list[LinkRow]:
    return [one.link(number) for number in range(one.model.rowCount())]


def kinds(one: Bench) -> set[PersonKind]:
    return {link.salesforce_kind for link in links(one)}


def folded(one: Bench) -> list[str]:
    return [fold(link.intercom_name) for link in links(one)]


def choose(button: QWidget, label: str) -> None:
    """Open a filter's menu and pick an entry."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = button.findChild(QMenu)
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == label).trigger()
    menu.close()


def click_head(one: Bench, place: int) -> None:
    head = one.table.horizontalHeader()
    at = QPoint(head.sectionViewportPosition(place) + 20, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_by_keyboard_alone(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            one.press(Qt.Key.Key_F, CONTROL)
            await until(one.filters.search.hasFocus)
            focused: QWidget = one.filters.search
            for widget in (*one.filters.widgets[1:], one.panel.columns_button, one.table):
                one.press(Qt.Key.Key_Tab, at=focused)
                await until(widget.hasFocus)
                focused = widget
            one.filters.search.setFocus()
            one.press(Qt.Key.Key_Down, at=one.filters.search)
            await until(one.table.hasFocus)
            assert one.table.selected_rows() == [one.table.current_row]
            one.press(Qt.Key.Key_Down)
            current = one.table.current_row
            assert current is not None
            shown = await one.details()  # the pane follows the row in focus
            assert shown.link.id == current.id
            one.press(Qt.Key.Key_Return)
            one.press(Qt.Key.Key_Escape)
            await until(lambda: not one.panel.pane.isVisible())
            one.press(Qt.Key.Key_Return)
            await until(one.panel.pane.isVisible)

            one.press(Qt.Key.Key_Down, CONTROL)
            one.press(Qt.Key.Key_Space)
            selected = one.table.selected_rows()
            assert len(selected) == 2
            one.press(Qt.Key.Key_C, CONTROL)
            lines = QGuiApplication.clipboard().text().split("\n")
            assert [line.split("\t")[0] for line in lines] == [
                link.intercom_name for link in selected
            ]
            await one.toast("Copied 2 rows")

            one.press(Qt.Key.Key_Delete)
            dialog = await one.dialog()
            assert "2 people" in dialog.windowTitle()
            assert dialog.no_button.hasFocus()  # the safe choice
            one.press(Qt.Key.Key_Return, at=dialog.no_button)
            await until(lambda: not one.panel.findChildren(QuestionDialog))
            assert one.host.questions.link(selected[0].id) is not None

            one.press(Qt.Key.Key_Delete)
            dialog = await one.dialog()
            one.press(Qt.Key.Key_Tab, at=dialog.no_button)
            await until(dialog.yes_button.hasFocus)
            one.press(Qt.Key.Key_Space, at=dialog.yes_button)
            await one.toast("Unlinked 2 people")
            assert all(one.host.questions.link(link.id) is None for link in selected)
            assert all(one.model.number_of(link.id) is None for link in selected)

    run(story())


def test_the_details_show_both_records_and_what_happened(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = next(one for one in links_of_contacts(one))
            set_seats(served, link.intercom_id, 42)
            await one.host.sync_now()
            click_row(one, link)
            shown = await one.details()
            await until(lambda: "42" in texts(shown.history))
            assert "Matched" in shown.why.text() or "Created" in shown.why.text()
            assert link.intercom_id in texts(shown)
            assert link.salesforce_id in texts(shown)
            assert (link.salesforce_key or "") in texts(shown.comparison)

            before = shown
            set_seats(served, link.intercom_id, 43)
            await one.host.sync_now()
            await until(lambda: "42 → 43" in texts(before.history))  # live, in its place
            assert one.panel.details.shown is before

    run(story())


def test_owners_are_shown_by_their_addresses(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world
    row = AttributeMapping("owner", "owner_id", Direction.TO_SALESFORCE, "OwnerId", "OwnerId")

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            (teammate, _, address), *_ = served.server.call(world.intercom.admins)
            link = one.host.questions.links_page(LinkQuery(), None, 1)[0]

            async def own(owner: str | None) -> None:
                edit = partial(world.intercom.edit_contact, link.intercom_id, owner_id=owner)
                served.server.call(edit)
                served.settle_index()
                await one.host.sync_now()

            await own(None)
            await one.host.apply_rows((*(await one.host.rules()).rows, row))
            while not await owner_in_salesforce(one.host, link):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
            await own(teammate)
            one.panel.shown()
            await until(lambda: one.panel.field_texts.schema.users)
            one.panel.visit(link.id)
            shown = await one.details()
            await until(lambda: texts(shown.comparison).count(address) == 2, 20)
            await until(lambda: f"→ {address}" in texts(shown.history))

    run(story())


async def owner_in_salesforce(host: Host, link: LinkRow) -> Value:
    """What the program has read."""
    pair = await host.pair(link.id)
    fields = pair.fields if pair else ()
    return next((one.salesforce_value for one in fields if one.row.id == "owner"), None)


def test_the_head_of_the_details_follows_the_name(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.host.questions.links_page(LinkQuery(), None, 1)[0]
            one.panel.visit(link.id)
            await one.details()
            served.server.call(
                lambda: served.world.intercom.edit_contact(link.intercom_id, name="Ada Lovelace")
            )
            served.settle_index()
            await one.host.sync_now()
            await until(lambda: one.panel.pane.heading == "Ada Lovelace", 20)

    run(story())


def test_earlier_history_is_shown_page_by_page(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = links_of_contacts(one)[0]
            of_pair = HistoryQuery(pair=(link.intercom_id, link.salesforce_id))
            count = len(one.host.questions.history_page(of_pair, None, 100))
            while count <= PAGE:
                set_seats(served, link.intercom_id, 500 + count)
                await one.host.sync_now()
                count = await grown(one.host, of_pair, count)
            click_row(one, link)
            shown = await one.details()
            await until(lambda: shown.history.count == PAGE)
            assert shown.history.more_button.isVisible()
            QTest.mouseClick(shown.history.more_button, Qt.MouseButton.LeftButton)
            await until(lambda: shown.history.count == count)
            assert not shown.history.more_button.isVisible()

    run(story())


async def grown(host: Host, query: HistoryQuery, count: int) -> int:
    """Wait until there are more entries; how many there are."""
    await until(lambda: len(host.questions.history_page(query, None, 100)) > count, 30)
    return len(host.questions.history_page(query, None, 100))


def links_of_contacts(one: Bench) -> list[LinkRow]:
    return [link for link in links(one) if link.salesforce_kind is PersonKind.CONTACT]


def texts(widget: QWidget) -> str:
    """All that its labels and buttons say."""
    parts = widget.findChildren(QLabel) + widget.findChildren(QAbstractButton)
    return "\n".join(part.text() for part in parts)


def click_row(one: Bench, link: LinkRow) -> None:
    number = one.model.number_of(link.id)
    assert number is not None
    one.table.scrollTo(one.model.index(number, 0))
    at = QPoint(20, one.table.rowViewportPosition(number) + ROW_HEIGHT // 2)
    QTest.mouseClick(one.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_unlinking_says_what_it_means_and_is_undone(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link(3)
            click_row(one, link)
            shown = await one.details()
            QTest.mouseClick(shown.unlink_button, Qt.MouseButton.LeftButton)
            dialog = await one.dialog()
            said = texts(dialog)
            assert "Both records stay as they are" in said
            assert "kept apart until a key changes" in said
            assert link.intercom_name in said
            QTest.mouseClick(dialog.yes_button, Qt.MouseButton.LeftButton)
            await one.toast("Unlinked")
            assert one.host.questions.link(link.id) is None
            assert not one.panel.pane.isVisible()

            assert one.panel.undo()  # Ctrl+Z, or Undo on the toast
            await one.toast("again")
            person = one.host.questions.person(Side.INTERCOM, link.intercom_id)
            assert person is not None
            assert person.link_id is not None
            again = one.host.questions.link(person.link_id)
            assert again is not None
            assert again.salesforce_id == link.salesforce_id
            assert again.by_hand
            assert not one.panel.undo()

    run(story())


def test_each_toast_undoes_what_it_tells(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            first, second = one.link(3), one.link(5)
            for link in (first, second):
                one.panel.doing.unlink([link])
                dialog = await one.dialog()
                QTest.mouseClick(dialog.yes_button, Qt.MouseButton.LeftButton)
                await one.toast(f"Unlinked {link.intercom_name}")
                await until(lambda: not one.panel.findChildren(QuestionDialog))
            older = next(
                toast
                for toast in one.panel.findChildren(Toast)
                if toast.text == f"Unlinked {first.intercom_name}"
            )
            QTest.mouseClick(older.action_button, Qt.MouseButton.LeftButton)
            await one.toast(f"Linked {first.intercom_name} again")
            assert linked_to(one, second) is None
            assert linked_to(one, first) == first.salesforce_id
            assert one.panel.undo()
            await one.toast(f"Linked {second.intercom_name} again")
            assert linked_to(one, second) == second.salesforce_id

    run(story())


def linked_to(one: Bench, link: LinkRow) -> str | None:
    """The record with which the person of this link is linked now."""
    person = one.host.questions.person(Side.INTERCOM, link.intercom_id)
    assert person is not None
    now = None if person.link_id is None else one.host.questions.link(person.link_id)
    return None if now is None else now.salesforce_id


def test_a_link_that_ends_elsewhere_goes_without_moving_anything(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            watched, gone = one.link(10), one.link(2)
            click_row(one, watched)
            shown = await one.details()
            one.table.verticalScrollBar().setValue(6 * ROW_HEIGHT + 3)
            place = one.table.rowViewportPosition(10)
            await one.host.unlink(gone.id)
            await until(lambda: one.model.number_of(gone.id) is None)
            number = one.model.number_of(watched.id)
            assert number == 9
            assert one.table.rowViewportPosition(9) == place
            assert [link.id for link in one.table.selected_rows()] == [watched.id]
            assert one.table.hasFocus()

            await one.host.unlink(watched.id)
            await until(lambda: one.model.number_of(watched.id) is None)
            await until(lambda: shown.note.text == "These two are not linked any more.")
            assert one.panel.details.shown is shown  # nobody asked to see another
            assert not shown.unlink_button.isEnabled()
            assert one.table.selected_rows() == []

    run(story())


def test_the_row_under_the_pointer_waits(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            one.model.hold(True)  # as when the pointer enters
            gone = one.link(1)
            await one.host.unlink(gone.id)
            await until(lambda: one.table.covers.held_button.isVisible())
            assert one.model.number_of(gone.id) == 1
            QTest.mouseClick(one.table.covers.held_button, Qt.MouseButton.LeftButton)
            await until(lambda: one.model.number_of(gone.id) is None)

    run(story())


class Browser(QObject):
    """Takes the place of the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.urls.append(url.toString())


def test_records_are_opened_and_their_ids_copied(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link(0)
            click_row(one, link)
            menu = context_menu(one)
            next(entry for entry in menu if entry.text() == "Copy Salesforce Id").trigger()
            assert QGuiApplication.clipboard().text() == link.salesforce_id
            browser = Browser()
            # Told as bytes, as the types have it, PySide 6.11 refuses it.
            QDesktopServices.setUrlHandler("http", browser, "open")  # type: ignore[arg-type]
            try:
                next(entry for entry in menu if entry.text() == "Open in Salesforce").trigger()
                await until(lambda: browser.urls)
                shown = await one.details()
                line = shown.lines[Side.SALESFORCE]
                QTest.mouseClick(line.open_button, Qt.MouseButton.LeftButton)
                await until(lambda: len(browser.urls) == 2)
            finally:
                QDesktopServices.unsetUrlHandler("http")
            assert all(link.salesforce_id in url for url in browser.urls)
            # A simulated workspace has no pages of people.
            assert not shown.lines[Side.INTERCOM].open_button.isVisible()
            next(entry for entry in menu if entry.text() == "Open in Intercom").trigger()
            await one.toast("There is no page for this record in Intercom")

    run(story())


def context_menu(one: Bench) -> list[QAction]:
    at = QPoint(5, 5)
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(one.table, QContextMenuEvent(reason, at, one.table.mapToGlobal(at)))
    menus = one.table.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    entries = list(menus[-1].actions())
    menus[-1].hide()
    return entries


def test_columns_sorting_and_the_width_of_the_details_outlive_a_restart(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            head = one.table.horizontalHeader()
            head.moveSection(head.visualIndex(4), 1)  # State beside the first
            head.resizeSection(3, 260)
            click_head(one, 0)
            click_row(one, one.link(1))
            await one.details()
            one.panel.split.setSizes([500, 400])
            one.panel.split.splitterMoved.emit(500, 1)
            again = IdentitiesPanel(one.host, tasks)
            qtbot.addWidget(again)
            table = again.links.table
            assert table.horizontalHeader().visualIndex(4) == 1
            assert table.columnWidth(3) == 260
            assert again.links.model.query.sort == "intercom_name"
            again.resize(900, 600)
            again.show()
            again.shown()
            await until(lambda: again.links.model.rowCount() > 30)
            again.details.show_link(one.link(1))
            await until(lambda: again.pane.width() == one.panel.pane.width())
            for timer in again.findChildren(QTimer):
                timer.stop()

    run(story())


def test_sync_now_and_the_way_to_the_errors(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = links_of_contacts(one)[0]
            set_seats(served, link.intercom_id, -5)
            click_row(one, link)
            shown = await one.details()
            QTest.mouseClick(shown.sync_button, Qt.MouseButton.LeftButton)
            await one.toast("Syncing")
            await until(lambda: shown.note.text == "1 open error", 30)
            await until(lambda: state_of(one, link) == "1 error")
            wanted: list[tuple[str, object]] = []
            one.panel.go_to.connect(lambda key, target: wanted.append((key, target)))
            QTest.mouseClick(shown.note.button, Qt.MouseButton.LeftButton)
            assert wanted == [("errors", link.intercom_id)]
            choose(one.filters.state, "with errors")
            await until(lambda: one.model.rowCount() == 1)
            assert one.link(0).id == link.id

    run(story())


def state_of(one: Bench, link: LinkRow) -> str:
    number = one.model.number_of(link.id)
    return "" if number is None else str(one.model.data(one.model.index(number, 4)))


def test_another_panel_shows_a_link(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link(5)
            one.panel.visit(link.id)
            shown = await one.details()
            assert shown.link.id == link.id
            assert [row.id for row in one.table.selected_rows()] == [link.id]
            one.panel.visit(10**9)  # a link that has ended meanwhile
            await one.toast("not linked any more")

    run(story())


def test_without_accounts_it_says_what_to_do_first(
    tmp_path: Path, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        host = Host(tmp_path, LocalClock(time.time), Vault.in_memory())
        host.start()
        try:
            await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
            one = Bench(host, tasks, qtbot)
            empty = one.table.covers.empty
            await until(empty.isVisible)
            assert empty.sentence == "Nobody is linked yet"
            assert not one.panel.link_button.isEnabled()
            assert not one.panel.export_button.isEnabled()
            wanted: list[str] = []
            one.panel.go_to.connect(lambda key, _: wanted.append(key))
            assert empty.button.text() == "Open Connections"
            QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)
            assert wanted == ["connections"]
            one.stop()
            await tasks.stop()
        finally:
            await host.stop()

    run(story())


def test_a_failure_to_read_is_told_with_a_way_on(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            link = host.questions.links_page(LinkQuery(), None, 1)[0]
            await asyncio.to_thread(host.questions.close)
            one = Bench(host, tasks, qtbot)
            await until(lambda: one.model.state is LoadState.FAILED)
            one.panel.details.show_link(link)
            shown = one.panel.details.shown
            assert isinstance(shown, LinkDetails)
            await until(shown.note.isVisible)
            assert shown.note.button.text() == "Try again"
            assert link.intercom_id in texts(shown)  # what the list knew is shown all the same
            assert one.table.covers.failed.isVisible()
            assert one.table.covers.failed.button.text() == "Try again"
            one.stop()
            await tasks.stop()

    run(story())
