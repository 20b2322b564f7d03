"""The panel Identity mappings: creating a task about somebody."""

from contextlib import suppress
from typing import cast

from PySide6.QtWidgets import QDialog

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import ErrorClass, Family, Side
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.create_task_dialog import CreateTaskDialog
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("identities")


async def _dialog(stage: Stage, link: LinkRow) -> CreateTaskDialog:
    stage.open_window("identities")
    await stage.table()
    cast(IdentitiesPanel, stage.panel).creating_task.open(link)
    dialog = cast(CreateTaskDialog, await stage.dialog(QDialog))
    await stage.until(dialog.create_button.isEnabled)
    return dialog


def _links(stage: Stage) -> list[LinkRow]:
    people = LinkQuery(family=Family.PEOPLE)
    return stage.programs.busy.questions.links_page(people, None, 200)


async def _with_conversation(stage: Stage) -> LinkRow:
    """Somebody who has written to support."""
    for link in _links(stage):
        with suppress(RecordError):  # the office has deleted some, and their links are held
            if (await stage.programs.busy.conversations_of(link.intercom_id)).rows:
                return link
    raise AssertionError("nobody has a conversation")


@scenes.add
async def task_about_a_person(stage: Stage) -> None:
    """A task with Salesforce's own defaults."""
    await _dialog(stage, _links(stage)[0])


@scenes.add
async def task_about_a_conversation(stage: Stage) -> None:
    """The transcript as the task will say it."""
    dialog = await _dialog(stage, await _with_conversation(stage))
    await stage.until(lambda: dialog.about.count() > 1)
    dialog.about.setCurrentIndex(1)
    dialog.about.activated.emit(1)
    await stage.until(lambda: dialog.form.text.toPlainText())
    dialog.form.due.setChecked(True)


@scenes.add
async def task_refused(stage: Stage) -> None:
    """Salesforce refuses the task, and says why."""
    dialog = await _dialog(stage, _links(stage)[0])
    dialog.show_refused(
        SyncError(
            error_class=ErrorClass.RECORD,
            side=Side.SALESFORCE,
            code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
            message="Tasks for customers need a due date",
            remedy="Correct the value so that it meets the rule, or have the rule changed in "
            "Salesforce, then retry.",
            first_at=0,
            last_at=0,
            creation_id=1,
        )
    )
