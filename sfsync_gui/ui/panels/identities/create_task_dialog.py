"""Creating a task about a linked person: about what, what it would be, and what came of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine.questions import LinkRow
from sfsync_gui.engine.task_views import ConversationRow, TaskOffers, TaskPreview, TaskStanding
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.create_task_form import TaskForm
from sfsync_gui.ui.panels.identities.creation_dialog import BESIDE_PREVIEW, CreationDialog
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.texts.errors import cause_text
from sfsync_gui.ui.texts.numbers import grouped
from sfsync_gui.ui.texts.tasks import conversation_text
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column
from sfsync_gui.ui.widgets.page import FormRow

_SHORTEST_ENTRY = 24
"""Letters of a conversation that the box shows at least; its list shows them whole."""


class CreateTaskDialog(CreationDialog):
    """`wanted` tells the choices, and the number of the creation that they are to mend, or None."""

    wanted = Signal(object, object)

    def __init__(self, panel: Panel, link: LinkRow) -> None:
        super().__init__(panel, self.tr("Create a task in Salesforce"), verb=self.tr("Create task"))
        self.link = link
        self._offers: TaskOffers | None = None
        self._refused_id: int | None = None
        self.about = QComboBox()
        self.about.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.about.setMinimumContentsLength(_SHORTEST_ENTRY)
        self.about.addItem(self.tr("The person"), None)
        self.conversations_note, self.more_note = Note(), Note()
        self.note.acted.connect(self._read_anew)
        self.form = TaskForm()
        self._inputs = (self.about, self.form)
        self._arrange()
        self.about.activated.connect(self._read_anew)
        self._searching = panel.tasks.start(self._read_conversations())
        self._read_anew()

    def _arrange(self) -> None:
        who = self.tr("For {who}").format(who=wording.pair_text(self.link))
        title = PlainLabel(self.windowTitle(), size=Text.SECTION)
        self.body.addLayout(column(title, PlainLabel(who, tone=Tone.MUTED, wrap=True)))
        about = column(FormRow(self.tr("About"), self.about), margins=(0, 0, BESIDE_PREVIEW, 0))
        self.body.addLayout(about)
        self._add_preview(
            self.tr("The task"),
            self.conversations_note,
            self.note,
            self.more_note,
            self._skeleton,
            self.form,
        )

    # ------------------------------------------------------------------ what would be

    @property
    def conversation_id(self) -> str | None:
        """The conversation that the task is to be about, None where it is the person alone."""
        chosen: str | None = self.about.currentData()
        return chosen

    async def _read_conversations(self) -> None:
        try:
            found = await self._panel.handle.conversations_of(self.link.intercom_id)
        except Exception as failure:  # the edge where the dialog says why there are none
            why = told(failure)
            self.conversations_note.say(Tone.WARNING, f"{why.title}. {why.remedy}")
            return
        for one in found.rows:
            self._offer(one)
        if len(found.rows) < found.total:
            said = self.tr("The newest {shown} of {total} conversations can be chosen.").format(
                shown=grouped(len(found.rows)), total=grouped(found.total)
            )
            self.conversations_note.say(Tone.ACCENT, said)

    def _offer(self, one: ConversationRow) -> None:
        self.about.addItem(conversation_text(one, self._panel.handle.now()), one.id)

    def _read_anew(self, *_: object) -> None:
        self._stop_reading()
        for widget in (self.note, self.more_note, self.form):
            widget.hide()
        self.create_button.setEnabled(False)
        self._skeleton.show()
        self._reading = self._panel.tasks.start(self._read())

    async def _read(self) -> None:
        handle = self._panel.handle
        choices = TaskChoices(conversation_id=self.conversation_id)
        try:
            self._offers = self._offers or await handle.task_offers()
            preview = await handle.preview_task(self.link.intercom_id, choices)
        except Exception as failure:  # the edge where the dialog says why there is no preview
            self._show_failure(told(failure))
            return
        self._skeleton.hide()
        self._show(preview, self._offers)

    def _show(self, preview: TaskPreview, offers: TaskOffers) -> None:
        if preview.standing is TaskStanding.NOT_LINKED:
            self.note.say(Tone.WARNING, self.tr("These two are not linked any more."))
            return
        if preview.standing is TaskStanding.UNDER_WAY:
            said = self.tr(
                "A task about this conversation was asked for already, and Salesforce has not "
                "said what came of it. It is looked for by itself."
            )
            self.note.say(Tone.WARNING, said)
            return
        if preview.problem:
            self.note.say(Tone.DANGER, f"{preview.problem} {preview.remedy}", self.tr("Try again"))
            return
        self._say_more(preview)
        self.form.show_preview(preview, offers)
        self.form.show()
        self._allow(self.create_button)

    def _say_more(self, preview: TaskPreview) -> None:
        if preview.missing:
            said = self.tr("Salesforce also requires: {fields}. It will refuse the task.")
            self.more_note.say(Tone.WARNING, said.format(fields=", ".join(preview.missing)))
        elif preview.logged_id is not None:
            said = self.tr("There is a task about this conversation already.")
            self.more_note.say(Tone.WARNING, said)
        elif preview.is_cut:
            said = self.tr(
                "The transcript is longer than Salesforce holds. The task ends with the way to "
                "the rest in Intercom."
            )
            self.more_note.say(Tone.ACCENT, said)

    # ------------------------------------------------------------------ what is done

    def _on_create(self) -> None:
        choices = self.form.choices(self.conversation_id)
        self._be_busy(self.tr("Creating…"))
        self.wanted.emit(choices, self._refused_id)

    def show_refused(self, error: SyncError) -> None:
        """Say why Salesforce refused it; what is mended here takes its place."""
        self._refused_id = error.creation_id
        text = self.tr("{cause}. {message}. {remedy}").format(
            cause=cause_text(error), message=error.message.rstrip("."), remedy=error.remedy
        )
        self._say_refused(text, self.tr("Try again"))

    def done(self, result: int) -> None:
        """Stop reading; what was asked for goes on."""
        self._searching.cancel()
        super().done(result)
