"""Creating a task about a linked person, from the details in the panel Identity mappings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery, LinkQuery, LinkRow
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from sfsync_gui.ui.panels.identities.create_task_dialog import CreateTaskDialog
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.history import change_text
from tests.gui.conftest import Run, until
from tests.gui.test_identities import Bench, bench
from tests.gui.test_identities_linking import in_focus

LEFT = Qt.MouseButton.LeftButton


def somebody(one: Bench) -> LinkRow:
    return one.host.questions.links_page(LinkQuery(), None, 1)[0]


def right_of(widget: QWidget, dialog: CreateTaskDialog) -> int:
    """Where it ends in the dialog."""
    return widget.mapTo(dialog, widget.rect().topRight()).x()


async def opened(one: Bench) -> CreateTaskDialog:
    await until(lambda: one.panel.findChildren(CreateTaskDialog))
    dialog = one.panel.findChildren(CreateTaskDialog)[-1]
    await until(dialog.isVisible)
    return dialog


async def gone(one: Bench) -> None:
    await until(lambda: not one.panel.findChildren(CreateTaskDialog))


def tasks_of(served: ServedWorld) -> list[dict[str, Any]]:
    hands = served.world.salesforce
    return served.server.call(lambda: [hands.record(each) or {} for each in hands.ids("Task")])


def talk(served: ServedWorld, link: LinkRow) -> str:
    """A conversation that the search shows."""
    hands = served.world.intercom

    def act() -> str:
        conversation = hands.start_conversation(link.intercom_id, "The lid broke")
        hands.settle_index()
        return conversation

    return served.server.call(act)


def test_a_task_is_created_by_keyboard_with_what_was_chosen(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = somebody(one)
            one.panel.visit(link.id)
            details = await one.details()
            details.task_button.setFocus()
            QTest.keyClick(details.task_button, Qt.Key.Key_Space)
            dialog = await opened(one)
            await until(dialog.create_button.isEnabled)
            form = dialog.form
            assert form.subject.text().startswith("Intercom: ")
            assert not form.due.isChecked()
            assert form.status.currentText() == "Not Started (by default)"
            form.subject.setFocus()
            form.subject.selectAll()
            QTest.keyClicks(form.subject, "Call about the lid")
            form.due.setFocus()
            QTest.keyClick(form.due, Qt.Key.Key_Space)
            form.day.setDate(QDate(2027, 1, 31))
            form.priority.setCurrentIndex(form.priority.findData("High"))
            QTest.keyClicks(form.comment, "Before noon")
            dialog.create_button.setFocus()
            QTest.keyClick(dialog.create_button, Qt.Key.Key_Return)
            await one.toast("Task “Call about the lid” created for")
            await gone(one)
            (task,) = tasks_of(served)
            chosen = ("WhoId", "Subject", "ActivityDate", "Priority", "Status", "Description")
            assert [task[name] for name in chosen] == [
                link.salesforce_id,
                "Call about the lid",
                "2027-01-31",
                "High",
                "Not Started",
                "Before noon",
            ]
            entries = one.host.questions.history_page(
                HistoryQuery(kinds=frozenset({HistoryKind.CREATED})), None, 5
            )
            said = [change_text(entry) for entry in entries]
            assert said == ["Task “Call about the lid” created in Salesforce"]

    run(story())


def test_a_task_about_a_conversation_shows_what_it_will_say(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = somebody(one)
            conversation = talk(served, link)
            dialog = one.panel.creating_task.open(link)
            await until(lambda: dialog.about.findData(conversation) > 0)
            dialog.about.setCurrentIndex(dialog.about.findData(conversation))
            dialog.about.activated.emit(dialog.about.currentIndex())
            await until(lambda: "The lid broke" in dialog.form.text.toPlainText())
            assert dialog.form.text.toPlainText().endswith(f"/conversations/{conversation}")
            await until(dialog.create_button.isEnabled)
            assert right_of(dialog.form.subject, dialog) == right_of(dialog.about, dialog)
            dialog.resize(dialog.width(), 3 * dialog.height())
            await until(lambda: not dialog._below.verticalScrollBar().isVisible())
            assert right_of(dialog.form.subject, dialog) == right_of(dialog.about, dialog)
            QTest.mouseClick(dialog.create_button, LEFT)
            await one.toast("Task “Intercom: The lid broke” created for")
            (task,) = tasks_of(served)
            assert task["Description"].endswith(f"/conversations/{conversation}")

            dialog = one.panel.creating_task.open(link)
            await until(lambda: dialog.about.findData(conversation) > 0)
            entry = dialog.about.findData(conversation)
            assert "has a task" in dialog.about.itemText(entry)
            dialog.about.setCurrentIndex(entry)
            dialog.about.activated.emit(entry)
            await until(lambda: "a task about this conversation" in dialog.more_note.text)
            dialog.reject()
            await gone(one)

    run(story())


def test_a_refused_task_is_mended_in_the_dialog(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            hands = served.world.salesforce
            served.server.call(
                lambda: hands.add_validation_rule(
                    "Task", "High", lambda row: row["Priority"] != "High", "Only urgent ones"
                )
            )
            link = somebody(one)
            before = one.host.questions.error_count()
            dialog = one.panel.creating_task.open(link)
            await until(dialog.create_button.isEnabled)
            QTest.mouseClick(dialog.create_button, LEFT)
            await until(lambda: "Only urgent ones" in dialog.note.text)
            assert dialog.create_button.text() == "Try again"
            await until(lambda: in_focus() is dialog.cancel_button)  # the safe choice
            query = ErrorQuery(person=(Side.INTERCOM, link.intercom_id))
            (error,) = one.host.questions.errors_page(query, None, 5)
            assert error.message == "Only urgent ones"
            priority = dialog.form.priority
            priority.setCurrentIndex(priority.findData("High"))
            QTest.mouseClick(dialog.create_button, LEFT)
            await one.toast("created for")
            await gone(one)
            assert [task["Priority"] for task in tasks_of(served)] == ["High"]
            await until(lambda: one.host.questions.error_count() == before)

    run(story())


def test_a_refused_task_is_marked_in_the_details_of_its_link(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            hands = served.world.salesforce
            served.server.call(
                lambda: hands.add_validation_rule("Task", "never", lambda row: True, "Not today")
            )
            link = somebody(one)
            assert link.errors == 0
            one.panel.visit(link.id)
            details = await one.details()
            await one.host.create_task(link.intercom_id, TaskChoices())
            await until(lambda: details.note.text == "1 open error", 30)
            wanted: list[tuple[str, object]] = []
            one.panel.go_to.connect(lambda key, target: wanted.append((key, target)))
            QTest.mouseClick(details.note.button, LEFT)
            assert wanted == [("errors", link.intercom_id)]
            served.server.call(lambda: hands.remove_validation_rule("never"))
            await one.host.retry()
            await until(lambda: not details.note.isVisible(), 30)

    run(story())


def test_a_hidden_type_is_not_offered(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        served.server.call(lambda: served.world.salesforce.hide_field("Task", "Type"))
        async with bench(tmp_path, served, tasks, qtbot) as one:
            dialog = one.panel.creating_task.open(somebody(one))
            await until(dialog.create_button.isEnabled)
            assert not dialog.form.type.isVisible()
            QTest.mouseClick(dialog.create_button, LEFT)
            await one.toast("created for")
            assert [task["Type"] for task in tasks_of(served)] == [None]

    run(story())


def test_of_very_many_conversations_it_is_said_which_can_be_chosen(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            link = somebody(one)
            before = (await one.host.conversations_of(link.intercom_id)).total
            ids = served.server.call(lambda: many_talks(served, link, 160))
            dialog = one.panel.creating_task.open(link)
            await until(lambda: dialog.about.count() == 1 + 150)
            assert dialog.about.itemData(1) in ids
            said = f"The newest 150 of {160 + before} conversations can be chosen."
            assert dialog.conversations_note.text == said
            dialog.reject()

    run(story())


def many_talks(served: ServedWorld, link: LinkRow, number: int) -> list[str]:
    hands = served.world.intercom
    ids = [hands.start_conversation(link.intercom_id, f"Question {one}") for one in range(number)]
    hands.settle_index()
    return ids


def test_conversations_that_may_not_be_read_leave_the_person(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            hands = served.world.intercom
            served.server.call(lambda: hands.set_permission(READ_CONVERSATIONS, granted=False))
            dialog = one.panel.creating_task.open(somebody(one))
            await until(lambda: "Read conversations" in dialog.conversations_note.text)
            assert dialog.about.count() == 1
            await until(dialog.create_button.isEnabled)
            dialog.reject()
            await gone(one)
            assert tasks_of(served) == []

    run(story())


def test_esc_closes_the_dialog_and_nothing_is_created(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            dialog = one.panel.creating_task.open(somebody(one))
            await until(dialog.create_button.isEnabled)
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await gone(one)
            assert tasks_of(served) == []

    run(story())
