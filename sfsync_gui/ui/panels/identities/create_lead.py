"""Creating leads from the panel: the dialog, the order, and what came of it."""

from PySide6.QtCore import QObject, Signal

from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.lead_views import Ending, LeadMatch, LeadOutcome, LeadPreview
from sfsync_gui.engine.questions import PersonRow
from sfsync_gui.ui.panels.identities.create_lead_dialog import CreateLeadDialog
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.errors import cause_text
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.theme.tokens import Tone


class LeadCreation(QObject):
    """Opens the dialog, has the lead created, and says so also when the dialog was closed."""

    made = Signal()
    """A link came of it."""

    link_wanted = Signal(object, object)
    """These two, of Intercom and Salesforce, are to be linked by hand instead."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel

    def open(self, person: PersonRow | None = None) -> CreateLeadDialog:
        """Ask for whom, and show what the lead would be."""
        dialog = CreateLeadDialog(self._panel, person)
        dialog.wanted.connect(
            lambda preview, choices: self._panel.tasks.start(self._create(dialog, preview, choices))
        )
        dialog.link_wanted.connect(lambda *two: self._panel.tasks.start(self._link(*two)))
        dialog.link_seen.connect(self._panel.visit)
        dialog.open()
        return dialog

    async def _link(self, contact: PersonRow, match: LeadMatch) -> None:
        record = await self._panel.ask(lambda store: store.person(Side.SALESFORCE, match.id))
        self.link_wanted.emit(contact, record)

    async def _create(
        self, dialog: CreateLeadDialog, preview: LeadPreview, choices: LeadChoices
    ) -> None:
        asked = self._panel.handle.create_lead(preview.intercom_id, choices)
        outcome = await dialog.ending(asked)
        if outcome is not None:
            self._tell(preview, outcome)

    def _tell(self, preview: LeadPreview, outcome: LeadOutcome) -> None:
        who = person_text(preview.name, preview.key, preview.intercom_id)
        link = outcome.link
        if link is not None:
            created = outcome.ending is Ending.CREATED
            said = self.tr("Lead created for {who}") if created else self.tr("Linked {who}")
            self._panel.toast(
                said.format(who=who),
                action=self.tr("Show"),
                on_action=lambda: self._panel.visit(link.id),
            )
            self.made.emit()
        elif outcome.error is not None:
            said = self.tr("No lead for {who}: {cause}")
            self._panel.toast(said.format(who=who, cause=cause_text(outcome.error)), Tone.DANGER)
        else:
            said = self.tr(
                "A lead for {who} is asked for. It is created as soon as Salesforce answers and "
                "the sync is not paused."
            )
            self._panel.toast(said.format(who=who), Tone.ACCENT)
