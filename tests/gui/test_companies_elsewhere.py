"""Companies on the other panels: Identity mappings, Sync errors, Activity, Overview."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.pairs import intercom_page, salesforce_page
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.core.vocabulary import Family, FirstRun, HistoryKind, PersonKind, Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, LinkRow, PeopleQuery, PersonRow
from sfsync_gui.ui.panels import PANELS
from sfsync_gui.ui.panels.activity import ActivityPanel
from sfsync_gui.ui.panels.errors import ErrorsPanel
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.filters import State
from sfsync_gui.ui.panels.identities.link_details import LinkDetails
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog
from sfsync_gui.ui.panels.identities.panel import View
from sfsync_gui.ui.panels.overview.holds import HoldDialog, decide_holds
from sfsync_gui.ui.panels.overview.panel import OverviewPanel
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.shell.main_window import MainWindow
from sfsync_gui.ui.shell.relay import Relay
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from sfsync_gui.ui.widgets.labels import PlainLabel
from tests.gui.conftest import Run, until
from tests.gui.programs import running

TOO_MANY = 4_000_000_000
"""Employees: no account holds so many."""


class Bench:
    """The window on a program that syncs companies, too."""

    def __init__(self, window: MainWindow, host: Host, served: ServedWorld) -> None:
        self.window, self.host, self.served = window, host, served

    def panel(self, key: str) -> Panel:
        """That panel, on show."""
        self.window.show_panel(key)
        panel = self.window.stack.panel
        assert panel is not None
        return panel

    async def identities(self) -> IdentitiesPanel:
        """The companies on the panel Identity mappings."""
        panel = self.panel("identities")
        assert isinstance(panel, IdentitiesPanel)
        await until(panel.family_switch.isVisible)
        QTest.mouseClick(panel.family_switch.segment(Family.COMPANIES), Qt.MouseButton.LeftButton)
        await until(lambda: panel.links.model.rowCount() >= 16)
        return panel

    @property
    def links(self) -> list[LinkRow]:
        """The links of companies."""
        return self.host.questions.links_page(LinkQuery(family=Family.COMPANIES), None, 100)

    def link_of(self, name: str) -> LinkRow:
        """The link of a company."""
        return next(link for link in self.links if link.intercom_name == name)

    def do(self, work: Callable[[], object]) -> None:
        """Have somebody do something in the services."""
        self.served.server.call(work)

    def said(self, text: str) -> bool:
        """Whether a toast said so."""
        return any(text in one for one in self.window.toasts.texts)


@asynccontextmanager
async def bench(
    folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, *, on: bool = True
) -> AsyncIterator[Bench]:
    """A window, closed in the end."""
    async with running(folder, served) as host:
        if on:
            await host.sync_companies("AccountNumber", FirstRun.LINK_ALL)
            rows = (*(await host.rules()).rows, *await host.company_suggestion())
            await host.apply_rows(rows)
        window = MainWindow(host, tasks, PANELS)
        window.may_close = True
        qtbot.addWidget(window)
        relay = Relay(host)
        relay.happened.connect(window.on_event)
        window.resize(1120, 720)
        window.show()
        window.activateWindow()
        try:
            yield Bench(window, host, served)
        finally:
            await tasks.stop()
            relay.stop()
            for timer in window.findChildren(QTimer):
                timer.stop()
            window.hide()


# ---------------------------------------------------------------------- identity mappings


def test_people_alone_are_listed_where_companies_are_not_synced(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot, on=False) as one:
            panel = one.panel("identities")
            assert isinstance(panel, IdentitiesPanel)
            await until(lambda: panel.links.model.rowCount() > 30)
            assert not panel.family_switch.isVisible()
            await one.host.sync_companies("AccountNumber")
            one.panel("overview")
            one.panel("identities")
            await until(panel.family_switch.isVisible)
            assert panel.family is Family.PEOPLE
            assert panel.lead_button.isVisible()

    run(story())


def test_companies_are_listed_by_keyboard_and_people_are_not_among_them(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel = one.panel("identities")
            assert isinstance(panel, IdentitiesPanel)
            await until(lambda: panel.links.model.rowCount() > 30)
            people = [panel.links.model.row(n) for n in range(panel.links.model.rowCount())]
            assert {row.salesforce_kind.family for row in people if row} == {Family.PEOPLE}
            await until(panel.family_switch.isVisible)
            panel.family_switch.segment(Family.PEOPLE).setFocus()
            QTest.keyClick(panel.family_switch.segment(Family.PEOPLE), Qt.Key.Key_Right)
            await until(lambda: panel.links.model.rowCount() == len(one.links))
            rows = [panel.links.model.row(n) for n in range(panel.links.model.rowCount())]
            assert {row.salesforce_kind for row in rows if row} == {PersonKind.ACCOUNT}
            await until(lambda: panel.count_label.text() == f"{len(rows)} links")
            assert not panel.lead_button.isVisible()
            assert not panel.links.filters.record.isVisible()

            QTest.keyClicks(panel.links.filters.search, "globex")
            await until(lambda: names(panel) == ["Globex"])
            panel.links.filters.clear()
            panel.links.filters.state.set_value(State.AMBIGUOUS)
            panel.links.filters.changed.emit()
            await until(lambda: names(panel) == ["Umbrella"])

    run(story())


def names(panel: IdentitiesPanel) -> list[str]:
    """The companies in the list."""
    rows = [panel.links.model.row(number) for number in range(panel.links.model.rowCount())]
    return [row.intercom_name for row in rows if row is not None]


async def details(panel: IdentitiesPanel, link: LinkRow) -> LinkDetails:
    """The details of a link, once all of them are shown."""
    panel.visit(link.id)
    await until(lambda: isinstance(panel.details.shown, LinkDetails))
    shown = panel.details.shown
    assert isinstance(shown, LinkDetails)
    await until(lambda: shown.link.id == link.id and shown.comparison.isVisible())
    return shown


def test_both_records_stand_side_by_side_and_what_changed_is_synced_now(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel, link = await one.identities(), one.link_of("Hooli")
            shown = await details(panel, link)
            said = "\n".join(label.text() for label in shown.findChildren(PlainLabel))
            assert "Intercom company · Hooli" in said
            assert "Salesforce account · Hooli" in said
            assert "Linked to an account in Salesforce" in said
            assert named(panel, "Create task…") is None
            site = "https://h.example"
            one.do(lambda: world.intercom.edit_company(link.intercom_id, website=site))
            served.settle_index()
            QTest.mouseClick(shown.sync_button, Qt.MouseButton.LeftButton)

            def website() -> str:
                record = served.server.call(lambda: world.salesforce.record(link.salesforce_id))
                return str((record or {})["Website"])

            await until(lambda: website() == site, 20)

    run(story())


def test_a_company_is_unlinked_and_linked_again_by_undo(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel, link = await one.identities(), one.link_of("Hooli")
            shown = await details(panel, link)
            QTest.mouseClick(shown.unlink_button, Qt.MouseButton.LeftButton)
            await until(lambda: panel.findChildren(QuestionDialog))
            dialog = panel.findChildren(QuestionDialog)[-1]
            QTest.mouseClick(dialog.yes_button, Qt.MouseButton.LeftButton)
            await until(lambda: one.host.questions.link(link.id) is None)
            await until(lambda: one.said("Unlinked Hooli"))
            assert panel.undo()
            await until(lambda: "Hooli" in [row.intercom_name for row in one.links])
            assert one.link_of("Hooli").by_hand

            two = [one.link_of("Hooli"), one.link_of("Wonka")]
            panel.doing.unlink(two)
            await until(lambda: len(panel.findChildren(QuestionDialog)) > 0)
            dialog = panel.findChildren(QuestionDialog)[-1]
            assert dialog.windowTitle() == "Unlink 2 companies"
            dialog.reject()

    run(story())


def test_a_company_and_an_account_are_linked_by_hand(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel = await one.identities()
            free = {side: lone(one.host, side) for side in Side}
            QTest.mouseClick(panel.link_button, Qt.MouseButton.LeftButton)
            await until(lambda: panel.findChildren(LinkDialog))
            dialog = panel.findChildren(LinkDialog)[-1]
            assert dialog.windowTitle() == "Link a company with an account by hand"
            for side, picker in dialog.pickers.items():
                await until(lambda picker=picker: picker.model.rowCount())  # type: ignore[misc]
                found = [row.kind for _, row in picker.model.pages.at_hand()]
                assert {kind.family for kind in found} == {Family.COMPANIES}
                picker.choose(free[side])
            await until(dialog.link_button.isEnabled, 20)
            QTest.mouseClick(dialog.link_button, Qt.MouseButton.LeftButton)
            await until(lambda: one.said("Linked Duff"))
            link = one.link_of("Duff")
            assert (link.salesforce_id, link.by_hand) == (free[Side.SALESFORCE].id, True)

    run(story())


def lone(host: Host, side: Side) -> PersonRow:
    """A company or an account that is not linked."""
    query = PeopleQuery(side, family=Family.COMPANIES)
    rows = [row for row in host.questions.people_page(query, None, 100) if row.link_id is None]
    return next((row for row in rows if row.name == "Duff"), rows[0])


def test_companies_that_were_left_unlinked_are_listed_with_why(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel = await one.identities()
            number = one.link_of("Hooli").salesforce_key
            one.do(lambda: world.salesforce.create("Account", Name="Again", AccountNumber=number))
            await one.host.sync_now()
            panel.view_switch.segment(View.UNLINKED).click()

            def listed() -> list[str]:
                model = panel.unlinked.model
                rows = [model.row(number) for number in range(model.rowCount())]
                return [row.name for row in rows if row is not None]

            await until(lambda: "Again" in listed(), 20)
            await until(lambda: "compan" in panel.count_label.text())
            panel.unlinked.table.selectRow(listed().index("Again"))
            await until(lambda: panel.pane.isVisible())
            said = "\n".join(label.text() for label in panel.pane.findChildren(PlainLabel))
            assert "The record in Intercom with this key is linked already." in said

    run(story())


def test_the_companies_of_the_list_are_exported(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    path = tmp_path / "companies.csv"

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            panel = await one.identities()
            QTest.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
            await until(lambda: panel.findChildren(QFileDialog))
            (dialog,) = panel.findChildren(QFileDialog)
            dialog.setDirectory(str(tmp_path))
            dialog.selectFile(str(path))
            dialog.accept()
            await until(lambda: one.said("exported to companies.csv"))
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert {row["Salesforce object"] for row in rows} == {"Account"}
            assert len(rows) == len(one.links)

    run(story())


def test_where_a_company_is_seen_in_each_service() -> None:
    intercom = Connection(Side.INTERCOM, "abc123", "Northwind", region="EU")
    page = QUrl(intercom_page(intercom, Family.COMPANIES, "6b0b"))
    assert page.path() == "/a/apps/abc123/companies/6b0b"
    assert QUrl(intercom_page(intercom, Family.PEOPLE, "6b0b")).path().endswith("/users/6b0b")
    org = Connection(Side.SALESFORCE, "00D", "Org", address="https://n.my.salesforce.com")
    assert salesforce_page(org, PersonKind.ACCOUNT, "001A").endswith("/r/Account/001A/view")


# ---------------------------------------------------------------------- errors, activity


def test_what_was_refused_of_a_company_leads_to_it(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link_of("Hooli")
            one.do(lambda: world.intercom.edit_company(link.intercom_id, size=TOO_MANY))
            served.settle_index()
            await one.host.sync_now()
            panel = one.panel("errors")
            assert isinstance(panel, ErrorsPanel)
            await until(lambda: one.host.snapshot.errors, 20)
            panel.filters.kind.set_value(PersonKind.LEAD)
            panel.visit("Hooli")
            await until(lambda: panel.model.rowCount() == 1, 20)
            panel.filters.kind.set_value(PersonKind.LEAD)
            panel.filters.changed.emit()
            await until(lambda: panel.model.rowCount() == 0)
            panel.filters.kind.set_value(PersonKind.ACCOUNT)
            panel.filters.changed.emit()
            await until(lambda: panel.model.rowCount() == 1)
            panel.table.selectRow(0)
            await until(lambda: named(panel, "Show company") is not None)
            show = named(panel, "Show company")
            assert show is not None
            QTest.mouseClick(show, Qt.MouseButton.LeftButton)
            identities = one.window.stack.made("identities")
            assert isinstance(identities, IdentitiesPanel)
            await until(lambda: isinstance(identities.details.shown, LinkDetails))
            assert identities.family is Family.COMPANIES
            shown = identities.details.shown
            assert isinstance(shown, LinkDetails)
            assert shown.link.id == link.id

            one.do(lambda: world.intercom.edit_company(link.intercom_id, size=12))
            served.settle_index()
            await one.host.sync_now()
            await until(lambda: one.host.questions.error_count() == 0, 20)  # gone when fixed

    run(story())


def named(panel: Panel, text: str) -> Button | None:
    """The button with that text, while it is in view."""
    found = [one for one in panel.findChildren(Button) if one.text() == text and one.isVisible()]
    return found[0] if found else None


def test_what_happened_to_companies_is_told_by_itself_and_taken_back(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link_of("Hooli")

            def size() -> object:
                record = served.server.call(lambda: world.salesforce.record(link.salesforce_id))
                return (record or {})["NumberOfEmployees"]

            before = size()
            one.do(lambda: world.intercom.edit_company(link.intercom_id, size=4321))
            served.settle_index()
            await one.host.sync_now()
            await until(lambda: size() == 4321, 20)
            panel = one.panel("activity")
            assert isinstance(panel, ActivityPanel)
            await until(lambda: panel.filters.family.isVisible() and panel.model.rowCount())
            fields = dict(panel.filters.field.choices).values()
            assert "Employees of companies" in fields
            panel.filters.family.set_value(Family.COMPANIES)
            panel.filters.changed.emit()

            def kinds() -> set[PersonKind | None]:
                rows = [panel.model.row(number) for number in range(panel.model.rowCount())]
                return {row.salesforce_kind for row in rows if row is not None}

            await until(lambda: kinds() == {PersonKind.ACCOUNT})
            written = HistoryQuery(kinds=frozenset({HistoryKind.WRITTEN}), family=Family.COMPANIES)
            (entry,) = one.host.questions.history_page(written, None, 5)
            panel.table.selectRow(panel.model.number_of(entry.id) or 0)
            await until(lambda: named(panel, "Only this company") is not None)
            told_of = panel.model.columns[1].cell_of(entry).text
            assert (told_of.split(":")[0], told_of[-5:]) == ("Employees", "4,321")
            facts = [label.text() for label in panel.details.findChildren(QLabel)]
            assert "Employees (NumberOfEmployees)" in facts
            back = named(panel, "Take back")
            assert back is not None
            QTest.mouseClick(back, Qt.MouseButton.LeftButton)
            await until(lambda: size() == before, 20)

            told: list[object] = []
            tasks.failed.connect(told.append)
            await one.host.stop_companies()
            back = named(panel, "Take back")
            assert back is not None
            QTest.mouseClick(back, Qt.MouseButton.LeftButton)
            await until(lambda: told)
            assert "Companies are not synced" in str(told[0])

    run(story())


# ---------------------------------------------------------------------- overview


def test_changes_of_many_companies_are_held_back_and_said_to_be_of_companies(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    world = served.world

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            low = int(LIMITS["guard_minimum"].low)
            await one.host.change_settings({"guard_minimum": low})
            ids = [link.intercom_id for link in one.links]

            def all_change() -> None:
                for company in ids:
                    world.intercom.edit_company(company, size=777)

            one.do(all_change)
            served.settle_index()
            await one.host.sync_now()
            await until(lambda: one.host.snapshot.holds, 20)
            (hold,) = await one.host.holds()
            panel = one.panel("overview")
            assert isinstance(panel, OverviewPanel)
            tasks.start(decide_holds(panel))
            await until(lambda: panel.findChildren(HoldDialog))
            dialog = panel.findChildren(HoldDialog)[-1]
            said = "\n".join(label.text() for label in dialog.findChildren(PlainLabel))
            assert f"Values of {len(hold.pairs)} linked companies are about to be" in said
            QTest.mouseClick(dialog.drop_button, Qt.MouseButton.LeftButton)
            await until(lambda: one.said("Given up"))

    run(story())
