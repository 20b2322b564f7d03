"""Creating tasks from the panel: the dialog, the order, and what came of it."""

from PySide6.QtCore import QObject

from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine.questions import LinkRow
from sfsync_gui.engine.task_views import TaskEnding, TaskOutcome
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.create_task_dialog import CreateTaskDialog
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.errors import cause_text
from sfsync_gui.ui.theme.tokens import Tone


class TaskCreation(QObject):
    """Opens the dialog, has the task created, and says so also when the dialog was closed."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel

    def open(self, link: LinkRow) -> CreateTaskDialog:
        """Show what a task about this person would be."""
        dialog = CreateTaskDialog(self._panel, link)
        dialog.wanted.connect(
            lambda choices, again: self._panel.tasks.start(self._create(dialog, choices, again))
        )
        dialog.open()
        return dialog

    async def _create(
        self, dialog: CreateTaskDialog, choices: TaskChoices, again: int | None
    ) -> None:
        link = dialog.link
        asked = self._panel.handle.create_task(link.intercom_id, choices, again=again)
        outcome = await dialog.ending(asked)
        if outcome is not None:
            self._tell(wording.intercom_name(link), outcome)

    def _tell(self, who: str, outcome: TaskOutcome) -> None:
        if outcome.ending is TaskEnding.CREATED:
            said = self.tr("Task “{subject}” created for {who}")
            self._panel.toast(said.format(subject=outcome.subject, who=who))
        elif outcome.error is not None:
            said = self.tr("No task for {who}: {cause}")
            self._panel.toast(said.format(who=who, cause=cause_text(outcome.error)), Tone.DANGER)
        else:
            said = self.tr(
                "A task for {who} is asked for. It is created as soon as Salesforce answers and "
                "the sync is not paused."
            )
            self._panel.toast(said.format(who=who), Tone.ACCENT)
