"""Creating a lead for an Intercom person: whom, what the lead would be, and what came of it."""

import asyncio
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.lead_views import LeadMatch, LeadOffers, LeadPreview, Standing
from sfsync_gui.engine.questions import PersonRow
from sfsync_gui.ui.panels.identities.create_lead_form import LeadForm
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.identities.person_picker import PersonPicker
from sfsync_gui.ui.panels.identities.wording import kind_text
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.texts.errors import cause_text
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.leads import why_none_text
from sfsync_gui.ui.theme.tokens import (
    LEAD_DIALOG,
    LEAD_DIALOG_HIGH,
    ROW_HEIGHT,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.states import SkeletonRows

DUPLICATES = "DUPLICATES_DETECTED"


class CreateLeadDialog(Dialog):
    """`wanted` tells the person and the choices; the dialog stays until it is told the ending.

    `link_wanted` tells the person and whoever carries the key, `link_seen` the number of a link.
    """

    wanted = Signal(object, object)
    link_wanted = Signal(object, object)
    link_seen = Signal(int)

    def __init__(self, panel: Panel, person: PersonRow | None = None) -> None:
        super().__init__("", panel)
        self.setWindowTitle(self.tr("Create a lead in Salesforce"))
        self.setMinimumSize(*LEAD_DIALOG)
        self._panel = panel
        self._task: asyncio.Task[Any] | None = None
        self._preview: LeadPreview | None = None
        self._offers: LeadOffers | None = None
        self._allows_duplicates = False
        self.picker = PersonPicker(self.tr("For whom in Intercom"), Side.INTERCOM, panel)
        self.note, self.missing_note = Note(), Note()
        self.note.acted.connect(self._on_note_acted)
        self.form = LeadForm()
        self._skeleton = SkeletonRows(4)
        self._arrange()
        self._grow()  # it is placed by the height that it has before it is shown
        self.picker.start()
        self.picker.chosen.connect(self._on_chosen)
        if person is None:
            self._on_chosen(None)
        else:
            self.picker.choose(person)

    def _arrange(self) -> None:
        self.body.setSpacing(SPACE_SECTION)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(self.picker)
        below = column(
            self.note, self.missing_note, self._skeleton, self.form, None, space=SPACE_SECTION
        )
        below.setContentsMargins(0, 0, SPACE_GROUP, 0)
        self._below = QScrollArea(widgetResizable=True)
        self._below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below.setWidget(boxed(below))
        self._below.setAccessibleName(self.tr("The lead"))
        self.body.addWidget(self._below, 1)
        self._skeleton.setMinimumHeight(4 * ROW_HEIGHT)
        self.cancel_button = self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.create_button = PrimaryButton(self.tr("Create lead"))
        self.create_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.create_button.clicked.connect(self._on_create)
        self.buttons.addWidget(self.create_button)

    # ------------------------------------------------------------------ what would be

    def _on_chosen(self, person: PersonRow | None) -> None:
        self._forget()
        self._below.setVisible(person is not None)
        self.body.setStretchFactor(self.picker, 0 if person else 1)
        if person is None:
            self.picker.setFocus()
            return
        self._skeleton.show()
        self._task = self._panel.tasks.start(self._read(person))

    def _forget(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._preview = None
        self._allows_duplicates = False
        for widget in (self.note, self.missing_note, self._skeleton, self.form):
            widget.hide()
        self.create_button.setText(self.tr("Create lead"))
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

    def _show_failure(self, failure: SfsyncError) -> None:
        self._skeleton.hide()
        text = " ".join(part for part in (failure.message, failure.remedy) if part)
        self.note.say(Tone.DANGER, f"{failure.title}. {text}", self.tr("Try again"))

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
        self.create_button.setEnabled(True)
        default.setDefault(True)
        default.setFocus()

    # ------------------------------------------------------------------ what is done

    def _on_create(self) -> None:
        preview = self._preview
        if preview is None:
            return
        is_new = preview.standing is Standing.NEW
        choices = self.form.choices(allow_duplicates=self._allows_duplicates)
        self.create_button.setEnabled(False)
        self.create_button.setText(self.tr("Creating…") if is_new else self.tr("Linking…"))
        self.cancel_button.setText(self.tr("Close"))
        self.picker.setEnabled(False)
        self.form.setEnabled(False)
        self.wanted.emit(preview, choices if is_new else LeadChoices())

    def show_refused(self, error: SyncError) -> None:
        """Say why Salesforce refused it, and offer to save a duplicate all the same."""
        is_duplicate = error.code == DUPLICATES
        self._allows_duplicates = is_duplicate
        text = self.tr("{cause}. {message}").format(cause=cause_text(error), message=error.message)
        if not is_duplicate:
            text = f"{text} {error.remedy}"
        self.note.say(Tone.DANGER, text)
        self._below.ensureWidgetVisible(self.note)
        self._be_ready(self.tr("Create anyway") if is_duplicate else self.tr("Try again"))

    def show_failed(self, failure: SfsyncError) -> None:
        """Say why it could not even be asked for."""
        self._show_failure(failure)
        self._be_ready(self.tr("Create lead"))

    def _be_ready(self, verb: str) -> None:
        self.create_button.setText(verb)
        self.cancel_button.setText(self.tr("Cancel"))
        self.picker.setEnabled(True)
        self.form.setEnabled(True)
        self._allow(self.cancel_button)

    def _on_note_acted(self) -> None:
        preview, person = self._preview, self.picker.person
        if preview is None or preview.standing is Standing.NEW:
            self._on_chosen(person)
        elif preview.standing is Standing.LINKED and preview.matches:
            self.link_seen.emit(preview.matches[0].link_id or 0)
            self.reject()
        elif preview.matches:
            self.link_wanted.emit(person, preview.matches[0])
            self.reject()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Be high enough for all that the lead is made of, as far as the window is."""
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        room = self._panel.window().height() - 2 * SPACE_EDGE
        self.resize(self.width(), max(self.minimumHeight(), min(LEAD_DIALOG_HIGH, room)))

    def done(self, result: int) -> None:
        """Stop reading; what was asked for goes on."""
        if self._task is not None:
            self._task.cancel()
        self.picker.stop()
        super().done(result)


def _match_text(match: LeadMatch) -> str:
    return f"{kind_text(match.kind)} {person_text(match.name, match.id)}"
