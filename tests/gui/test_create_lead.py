"""Creating a lead for somebody in Intercom, from the panel Identity mappings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.vocabulary import FirstRun, PersonKind, Side
from sfsync_gui.engine.lead_views import LeadOutcome
from sfsync_gui.engine.questions import PersonRow
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.create_lead_dialog import CreateLeadDialog
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until
from tests.gui.programs import running, shown
from tests.gui.test_identities import Bench, bench, texts
from tests.gui.test_identities_linking import in_focus, people, pick

LEFT = Qt.MouseButton.LeftButton


def without_match(host: Host) -> PersonRow:
    """Somebody in Intercom whose key nobody in Salesforce carries."""
    store = host.questions
    return next(
        one
        for one in people(host, Side.INTERCOM, linked=False)
        if one.key and not store.carriers(Side.SALESFORCE, one.key)
    )


async def opened(one: Bench) -> CreateLeadDialog:
    await until(lambda: one.panel.findChildren(CreateLeadDialog))
    dialog = one.panel.findChildren(CreateLeadDialog)[-1]
    await until(dialog.isVisible)
    return dialog


async def gone(one: Bench) -> None:
    await until(lambda: not one.panel.findChildren(CreateLeadDialog))


def test_a_lead_is_created_by_keyboard_and_shown(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            person = without_match(one.host)
            one.panel.lead_button.setFocus()
            QTest.keyClick(one.panel.lead_button, Qt.Key.Key_Space)
            dialog = await opened(one)
            assert not dialog.create_button.isEnabled()
            await pick(dialog.picker, person)
            await until(dialog.create_button.isEnabled)
            said = texts(dialog)
            assert person.key is not None
            assert person.key in said
            assert "E-mail in Intercom" in said or "Email in Intercom" in said
            assert dialog.form.last_name.text() == person.name.split()[-1]
            assert dialog.form.company.text()
            dialog.form.company.setFocus()
            dialog.form.company.selectAll()
            QTest.keyClicks(dialog.form.company, "Acme")
            source = dialog.form.source
            source.setCurrentIndex(source.findData("Web"))
            dialog.create_button.setFocus()
            QTest.keyClick(dialog.create_button, Qt.Key.Key_Return)
            await one.toast("Lead created for")
            assert any(person.name in text for text in one.toasts.texts)
            await gone(one)

            found = one.host.questions.person(Side.INTERCOM, person.id)
            assert found is not None
            assert found.link_id is not None
            link = one.host.questions.link(found.link_id)
            assert link is not None
            hands = served.world.salesforce
            lead = served.server.call(lambda: hands.record(link.salesforce_id)) or {}
            assert (lead["Company"], lead["LeadSource"]) == ("Acme", "Web")
            assert one.toasts.act_on_newest()
            assert (await one.details()).link.id == link.id

    run(story())


def test_who_is_linked_already_gets_no_lead(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            person = people(one.host, Side.INTERCOM, linked=True)[0]
            dialog = one.panel.creating.open(person)
            await until(lambda: "Linked already to" in dialog.note.text)
            assert not dialog.create_button.isEnabled()
            QTest.mouseClick(dialog.note.button, LEFT)
            await gone(one)
            assert (await one.details()).link.id == person.link_id

    run(story())


def test_a_duplicate_is_told_and_created_all_the_same_where_a_person_wants_it(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            person = without_match(one.host)
            hands = served.world.salesforce

            def have_a_twin() -> str:
                hands.add_duplicate_rule("Lead", "LastName")
                return hands.create("Lead", LastName=person.name.split()[-1], Company="X")

            twin = served.server.call(have_a_twin)
            dialog = one.panel.creating.open(person)
            await until(dialog.create_button.isEnabled)
            QTest.mouseClick(dialog.create_button, LEFT)
            await until(lambda: twin in dialog.note.text)
            assert "duplicate" in dialog.note.text
            assert dialog.create_button.text() == "Create anyway"
            await until(lambda: in_focus() is dialog.cancel_button)  # the safe choice
            errors = one.host.snapshot.errors
            QTest.mouseClick(dialog.create_button, LEFT)
            await one.toast("Lead created for")
            await gone(one)
            await until(lambda: one.host.snapshot.errors == max(errors - 1, 0))
            found = one.host.questions.person(Side.INTERCOM, person.id)
            assert found is not None
            assert found.link_id is not None

    run(story())


def test_whoever_matches_meanwhile_is_linked_and_no_lead_created(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            person = without_match(one.host)
            await one.host.pause()
            dialog = one.panel.creating.open(person)
            await until(dialog.create_button.isEnabled)
            QTest.mouseClick(dialog.create_button, LEFT)
            await one.toast("as soon as Salesforce answers")
            await gone(one)
            dialog = one.panel.creating.open(person)
            await until(lambda: "asked for already" in dialog.note.text)
            assert not dialog.create_button.isEnabled()
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await gone(one)
            hands = served.world.salesforce
            contact = served.server.call(
                lambda: hands.create("Contact", LastName="Meanwhile", Email=person.key)
            )
            await one.host.resume()

            def partner() -> str | None:
                found = one.host.questions.person(Side.INTERCOM, person.id)
                link = found and found.link_id and one.host.questions.link(found.link_id)
                return link.salesforce_id if link else None

            await until(partner)
            assert partner() == contact
            made = one.host.questions.person(Side.SALESFORCE, contact)
            assert made is not None
            assert made.kind is PersonKind.CONTACT

    run(story())


def test_who_was_unlinked_by_hand_gets_no_lead_but_can_be_linked_again(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = next(row for _, row in one.model.pages.at_hand() if not row.ambiguous)
            await one.host.unlink(link.id)
            person = one.host.questions.person(Side.INTERCOM, link.intercom_id)
            dialog = one.panel.creating.open(person)
            await until(lambda: "was unlinked by hand" in dialog.note.text)
            assert not dialog.create_button.isEnabled()
            assert dialog.note.button.text() == "Link by hand…"
            QTest.mouseClick(dialog.note.button, LEFT)
            await gone(one)
            await until(lambda: one.panel.findChildren(LinkDialog))
            linking = one.panel.findChildren(LinkDialog)[-1]
            await until(linking.link_button.isEnabled)
            chosen = {side: picker.person for side, picker in linking.pickers.items()}
            assert {side: found and found.id for side, found in chosen.items()} == {
                Side.INTERCOM: link.intercom_id,
                Side.SALESFORCE: link.salesforce_id,
            }
            QTest.keyClick(linking, Qt.Key.Key_Escape)
            await until(lambda: not one.panel.findChildren(LinkDialog))

    run(story())


def test_where_linking_could_not_be_asked_for_the_same_is_offered_again(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served, FirstRun.AS_THEY_CHANGE) as host:
            await host.pause()
            store = host.questions
            person = next(
                one
                for one in people(host, Side.INTERCOM, linked=False)
                if one.key and store.carriers(Side.SALESFORCE, one.key)
            )
            panel = IdentitiesPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            dialog = panel.creating.open(person)
            await until(lambda: dialog.create_button.text() == "Link")
            await until(dialog.create_button.isEnabled)
            await host.disconnect(Side.INTERCOM)
            QTest.mouseClick(dialog.create_button, LEFT)
            await until(lambda: "Not connected yet" in dialog.note.text)
            assert dialog.create_button.text() == "Link"
            QTest.mouseClick(dialog.note.button, LEFT)  # Try again
            await until(lambda: not dialog.create_button.isEnabled())
            await until(lambda: dialog.note.isVisible() and dialog.note.button.text())
            assert dialog.isVisible()
            assert not panel.findChildren(LinkDialog)
            dialog.reject()
            relay.stop()
            await tasks.stop()

    run(story())


def test_a_defect_while_it_is_created_is_told_and_can_be_tried_again(
    tmp_path: Path,
    served: ServedWorld,
    tasks: Tasks,
    qtbot: QtBot,
    run: Run,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def defect() -> LeadOutcome:
        raise RuntimeError("nobody expected this")

    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            dialog = one.panel.creating.open(without_match(one.host))
            await until(dialog.create_button.isEnabled)
            dialog.wanted.disconnect()
            dialog.wanted.connect(lambda *_: tasks.start(dialog.ending(defect())))
            QTest.mouseClick(dialog.create_button, LEFT)
            await until(lambda: "Something unexpected happened" in dialog.note.text)
            assert dialog.create_button.text() == "Create lead"
            assert dialog.create_button.isEnabled()
            QTest.mouseClick(dialog.cancel_button, LEFT)
            await gone(one)

    run(story())
    assert "nobody expected this" in caplog.text  # for the log, with its traceback
    caplog.clear()


def test_somebody_who_is_gone_is_told(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            person = without_match(one.host)
            intercom = served.world.intercom
            served.server.call(lambda: intercom.delete_contact(person.id))
            dialog = one.panel.creating.open(person)
            await until(lambda: "not known in Intercom" in dialog.note.text)
            assert dialog.note.button.text() == "Try again"
            assert not dialog.create_button.isEnabled()
            QTest.mouseClick(dialog.cancel_button, LEFT)
            await gone(one)

    run(story())
