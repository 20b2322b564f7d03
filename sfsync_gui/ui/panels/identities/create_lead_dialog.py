"""Creating a lead for an Intercom person: whom, what the lead would be, and what came of it."""

from PySide6.QtCore import Signal

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.lead_views import LeadMatch, LeadOffers, LeadPreview, Standing
from sfsync_gui.engine.questions import PersonRow
from sfsync_gui.ui.panels.identities.create_lead_form import LeadForm
from sfsync_gui.ui.panels.identities.creation_dialog import CreationDialog
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.identities.person_picker import PersonPicker
from sfsync_gui.ui.panels.identities.wording import kind_text
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.texts.errors import cause_text
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.leads import why_none_text
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.labels import PlainLabel, Text

DUPLICATES = "DUPLICATES_DETECTED"


class CreateLeadDialog(CreationDialog):
    """`wanted` tells the preview and the choices.

    `link_wanted` tells the person and whoever carries the key, `link_seen` the number of a link.
    """

    wanted = Signal(object, object)
    link_wanted = Signal(object, object)
    link_seen = Signal(int)

    def __init__(self, panel: Panel, person: PersonRow | None = None) -> None:
        super().__init__(panel, self.tr("Create a lead in Salesforce"), verb=self.tr("Create lead"))
        self._preview: LeadPreview | None = None
        self._offers: LeadOffers | None = None
        self._allows_duplicates = self._has_failed = False
        self.picker = PersonPicker(self.tr("For whom in Intercom"), Side.INTERCOM, panel)
        self.missing_note = Note()
        self.note.acted.connect(self._on_note_acted)
        self.form = LeadForm()
        self._inputs = (self.picker, self.form)
        self._arrange()
        self.picker.start()
        self.picker.chosen.connect(self._on_chosen)
        if person is None:
            self._on_chosen(None)
        else:
            self.picker.choose(person)

    def _arrange(self) -> None:
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(self.picker)
        self._add_preview(
            self.tr("The lead"), self.note, self.missing_note, self._skeleton, self.form
        )

    # ------------------------------------------------------------------ what would be

    def _on_chosen(self, person: PersonRow | None) -> None:
        self._forget()
        self._below.setVisible(person is not None)
        self.body.setStretchFactor(self.picker, 0 if person else 1)
        if person is None:
            self.picker.setFocus()
            return
        self._skeleton.show()
        self._reading = self._panel.tasks.start(self._read(person))

    def _forget(self) -> None:
        self._stop_reading()
        self._preview = None
        self._allows_duplicates = self._has_failed = False
        for widget in (self.note, self.missing_note, self._skeleton, self.form):
            widget.hide()
        self.create_button.setText(self._verb)
        self.create_button.setEnabled(False)

    async def _read(self, person: PersonRow) -> None:
        handle = self._panel.handle
        try:
            preview = await handle.preview_lead(person.id)
            if preview.standing is Standing.NEW and self._offers is None:
                self._offers = await handle.lead_offers()
        except Exception as failure:  # the edge where the dialog says why there is no preview
            self._show_failure(told(failure))
            return
        self._skeleton.hide()
        self._show(preview)

    def _show(self, preview: LeadPreview) -> None:
        self._preview = preview
        match preview.standing:
            case Standing.NEW:
                self._show_new(preview)
            case Standing.MATCHED:
                said = self.tr(
                    "{who} carries the same key. The two are linked, and no lead is created."
                )
                who = _match_text(preview.matches[0]) if preview.matches else ""
                self.note.say(Tone.ACCENT, said.format(who=who))
                self.create_button.setText(self.tr("Link"))
                self._allow(self.create_button)
            case Standing.UNDECIDED:
                action = self.tr("Link by hand…") if preview.matches else ""
                self.note.say(Tone.WARNING, why_none_text(preview.why), action)
            case Standing.LINKED:
                said = self.tr("Linked already to {who}.")
                who = _match_text(preview.matches[0]) if preview.matches else ""
                self.note.say(Tone.ACCENT, said.format(who=who), self.tr("Show"))
            case Standing.UNDER_WAY:
                self.note.say(
                    Tone.WARNING,
                    self.tr(
                        "A lead was asked for already, and Salesforce has not said what came of "
                        "it. It is looked for by itself; Sync errors tells if you have to decide."
                    ),
                )

    def _show_new(self, preview: LeadPreview) -> None:
        if preview.problem:
            said = f"{preview.problem} {preview.remedy}"
            self.note.say(Tone.DANGER, said, self.tr("Try again"))
            return
        if preview.missing:
            said = self.tr("Salesforce also requires: {fields}. It will refuse the lead.")
            self.missing_note.say(Tone.WARNING, said.format(fields=", ".join(preview.missing)))
        if self._offers is not None:
            self.form.show_preview(preview, self._offers)
            self.form.show()
        self._allow(self.create_button)

    def _allow(self, default: Button) -> None:
        super()._allow(default)
        default.setFocus()

    # ------------------------------------------------------------------ what is done

    def _on_create(self) -> None:
        preview = self._preview
        if preview is None:
            return
        is_new = preview.standing is Standing.NEW
        choices = self.form.choices(allow_duplicates=self._allows_duplicates)
        self._be_busy(self.tr("Creating…") if is_new else self.tr("Linking…"))
        self.wanted.emit(preview, choices if is_new else LeadChoices())

    def show_refused(self, error: SyncError) -> None:
        """Say why Salesforce refused it, and offer to save a duplicate all the same."""
        is_duplicate = error.code == DUPLICATES
        self._allows_duplicates = is_duplicate
        text = self.tr("{cause}. {message}").format(cause=cause_text(error), message=error.message)
        if not is_duplicate:
            text = f"{text} {error.remedy}"
        verb = self.tr("Create anyway") if is_duplicate else self.tr("Try again")
        self._say_refused(text, verb)

    def show_failed(self, failure: SfsyncError) -> None:
        """Say why it could not even be asked for, with a way to look anew."""
        self._has_failed = True
        super().show_failed(failure)

    def _on_note_acted(self) -> None:
        preview, person = self._preview, self.picker.person
        if preview is None or self._has_failed or preview.standing is Standing.NEW:
            self._on_chosen(person)
        elif preview.standing is Standing.LINKED and preview.matches:
            self.link_seen.emit(preview.matches[0].link_id or 0)
            self.reject()
        elif preview.matches:
            self.link_wanted.emit(person, preview.matches[0])
            self.reject()

    def done(self, result: int) -> None:
        """Stop reading; what was asked for goes on."""
        self.picker.stop()
        super().done(result)


def _match_text(match: LeadMatch) -> str:
    return f"{kind_text(match.kind)} {person_text(match.name, match.id)}"
