"""Linking two people by hand, and the people who were left unlinked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.vocabulary import MatchOutcome, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow, UnlinkedPerson
from sfsync_gui.ui.panels.identities.link_details import LinkDetails
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog
from sfsync_gui.ui.panels.identities.panel import View
from sfsync_gui.ui.panels.identities.person_picker import PersonPicker
from sfsync_gui.ui.panels.identities.unlinked_details import UnlinkedDetails
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until
from tests.gui.test_identities import Bench, bench, texts


def people(host: Host, side: Side, *, linked: bool) -> list[PersonRow]:
    """Who has a link, or has none."""
    found = host.questions.people_page(PeopleQuery(side), None, 500)
    return [one for one in found if (one.link_id is not None) is linked and one.key]


async def opened(one: Bench) -> LinkDialog:
    """The dialog, once it is open."""
    await until(lambda: one.panel.findChildren(LinkDialog))
    dialog = one.panel.findChildren(LinkDialog)[-1]
    await until(dialog.isVisible)
    return dialog


async def pick(picker: PersonPicker, person: PersonRow) -> None:
    """Type a name, go down to what is found, choose."""
    await until(picker.search.hasFocus)
    QTest.keyClicks(picker.search, person.key or person.id)
    await until(lambda: picker.model.query.search and person in rows(picker))
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    await until(picker.table.hasFocus)
    for _ in range(rows(picker).index(person)):
        QTest.keyClick(picker.table, Qt.Key.Key_Down)
    QTest.keyClick(picker.table, Qt.Key.Key_Return)
    assert picker.person == person


def rows(picker: PersonPicker) -> list[PersonRow]:
    return [row for _, row in picker.model.pages.at_hand()]


def in_focus() -> QWidget | None:
    return QApplication.focusWidget()


def test_two_people_are_linked_by_keyboard_alone(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            contact = people(one.host, Side.INTERCOM, linked=False)[0]
            record = people(one.host, Side.SALESFORCE, linked=False)[0]
            one.panel.link_button.setFocus()
            QTest.keyClick(one.panel.link_button, Qt.Key.Key_Space)
            dialog = await opened(one)
            assert not dialog.link_button.isEnabled()
            await pick(dialog.pickers[Side.INTERCOM], contact)
            await pick(dialog.pickers[Side.SALESFORCE], record)
            await until(dialog.link_button.isEnabled)
            said = texts(dialog)
            assert "Linking writes nothing by itself" in said
            assert f"{contact.key}" in said
            assert f"{record.key}" in said
            assert ("keys differ" in said) is (contact.key != record.key)
            await until(lambda: in_focus() is dialog.link_button)
            QTest.keyClick(dialog.link_button, Qt.Key.Key_Return)
            await one.toast("Linked")

            person = one.host.questions.person(Side.INTERCOM, contact.id)
            assert person is not None
            assert person.link_id is not None
            link = one.host.questions.link(person.link_id)
            assert link is not None
            assert (link.salesforce_id, link.by_hand) == (record.id, True)
            await until(lambda: one.model.number_of(link.id) == 0)  # the newest is on top
            shown = await one.details()
            assert shown.link.id == link.id
            assert "by hand" in shown.why.text()

            assert one.panel.undo()
            await until(lambda: one.host.questions.link(link.id) is None)
            await until(lambda: one.model.number_of(link.id) is None)

    run(story())


def test_who_is_linked_is_taken_over_only_with_a_warning(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            contact = people(one.host, Side.INTERCOM, linked=True)[0]
            record = people(one.host, Side.SALESFORCE, linked=False)[0]
            assert contact.link_id is not None
            before = one.host.questions.link(contact.link_id)
            assert before is not None
            one.panel.doing.link_by_hand(contact, record)
            dialog = await opened(one)
            await until(dialog.link_button.isEnabled)
            assert "Ends the link of" in dialog.linked_note.text
            assert before.salesforce_name in dialog.linked_note.text
            assert dialog.link_button.text() == "End that link and link these"
            await until(lambda: in_focus() is dialog.cancel_button)  # the safe choice
            QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
            await until(lambda: not one.panel.findChildren(LinkDialog))
            assert one.host.questions.link(before.id) == before

            one.panel.doing.link_by_hand(contact, record)
            dialog = await opened(one)
            await until(dialog.link_button.isEnabled)
            QTest.mouseClick(dialog.link_button, Qt.MouseButton.LeftButton)
            await one.toast("Linked")
            assert one.host.questions.link(before.id) is None
            person = one.host.questions.person(Side.SALESFORCE, record.id)
            assert person is not None
            assert person.link_id is not None

    run(story())


def test_two_who_are_linked_already_cannot_be_linked(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = one.link(0)
            store = one.host.questions
            one.panel.doing.link_by_hand(
                store.person(Side.INTERCOM, link.intercom_id),
                store.person(Side.SALESFORCE, link.salesforce_id),
            )
            dialog = await opened(one)
            await until(lambda: "linked to each other already" in dialog.linked_note.text)
            assert not dialog.link_button.isEnabled()
            QTest.mouseClick(
                dialog.pickers[Side.SALESFORCE].change_button, Qt.MouseButton.LeftButton
            )
            await until(dialog.pickers[Side.SALESFORCE].search.hasFocus)
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: not one.panel.findChildren(LinkDialog))
            assert store.link(link.id) == link

    run(story())


def test_somebody_who_is_gone_meanwhile_is_told(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            contact = people(one.host, Side.INTERCOM, linked=False)[0]
            record = people(one.host, Side.SALESFORCE, linked=False)[0]
            hands = served.world.salesforce
            served.server.call(lambda: hands.delete(record.id))
            one.panel.doing.link_by_hand(contact, record)
            dialog = await opened(one)
            await until(lambda: "not there any more" in dialog.keys_note.text)
            assert dialog.keys_note.button.text() == "Try again"
            assert not dialog.link_button.isEnabled()
            QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
            await until(lambda: not one.panel.findChildren(LinkDialog))

    run(story())


def test_people_left_unlinked_are_listed_and_linked_with_a_candidate(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            listed = one.panel.unlinked
            QTest.mouseClick(
                one.panel.view_switch.segment(View.UNLINKED), Qt.MouseButton.LeftButton
            )
            await until(lambda: listed.model.rowCount() > 0)
            count = listed.model.rowCount()
            assert not one.filters.search.isVisible()
            wanted = listed.model.row(count - 1)
            assert wanted is not None
            QTest.keyClick(listed.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            await until(listed.filters.search.hasFocus)
            QTest.keyClicks(listed.filters.search, wanted.name.split()[-1][:3].lower())
            await until(lambda: 0 < listed.model.rowCount() < count)
            assert listed.model.number_of((wanted.side, wanted.id)) is not None
            listed.filters.why.set_value(MatchOutcome.AMBIGUOUS)
            listed.filters.changed.emit()
            await until(lambda: listed.table.covers.found_none.isVisible())
            QTest.mouseClick(listed.table.covers.found_none.button, Qt.MouseButton.LeftButton)
            await until(lambda: listed.model.rowCount() == count)

            person = next(row for _, row in listed.model.pages.at_hand() if free_to_take(row))
            listed.table.select_key((person.side, person.id))
            await until(lambda: isinstance(one.panel.details.shown, UnlinkedDetails))
            shown = one.panel.details.shown
            assert isinstance(shown, UnlinkedDetails)
            assert "linked to somebody else already" in shown.note.text
            assert [one.id for one in shown.candidates.people] == [
                one.id for one in person.candidates
            ]
            button = next(
                one
                for one in shown.candidates.findChildren(QAbstractButton)
                if one.text() == "Link…"
            )
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            dialog = await opened(one)
            await until(dialog.link_button.isEnabled)
            assert dialog.pickers[person.side].person is not None
            QTest.mouseClick(dialog.link_button, Qt.MouseButton.LeftButton)
            await one.toast("Linked")
            await until(lambda: listed.model.number_of((person.side, person.id)) is None)
            found = one.host.questions.person(person.side, person.id)
            assert found is not None
            assert found.link_id is not None

    run(story())


def free_to_take(person: UnlinkedPerson) -> bool:
    return person.side is Side.INTERCOM and bool(person.candidates)


def test_an_ambiguous_link_shows_who_else_carries_the_key(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = next(row for _, row in one.model.pages.at_hand() if row.ambiguous)
            one.panel.visit(link.id)
            shown = await one.details()
            await until(shown.others.isVisible)
            assert "Ambiguous" in shown.note.text
            store = one.host.questions
            keys = (link.salesforce_key, link.intercom_key)
            for other in shown.others.people:
                found = store.person(other.side, other.id)
                assert found is not None
                assert found.key in keys
                assert other.id not in (link.intercom_id, link.salesforce_id)
            other = shown.others.people[0]
            button = shown.others.findChildren(QAbstractButton)[0]
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            dialog = await opened(one)
            await until(lambda: dialog.pickers[other.side].person == other)
            await until(dialog.link_button.isEnabled)
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: not one.panel.findChildren(LinkDialog))
            assert isinstance(one.panel.details.shown, LinkDetails)
            assert any(label.isVisible() for label in shown.findChildren(QLabel))

    run(story())
