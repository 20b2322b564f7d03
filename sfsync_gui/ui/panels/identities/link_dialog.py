"""Linking two records by hand: both are chosen by search and compared before anything is done."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.handle import PairView
from sfsync_gui.engine.questions import LinkRow, PersonRow, Questions
from sfsync_gui.ui.panels.compared import compared_field
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.identities.person_picker import PersonPicker
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import (
    LINK_DIALOG,
    ROW_HEIGHT,
    SPACE_GROUP,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.comparison import ComparedField, RecordComparison
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.states import SkeletonRows


@dataclass(frozen=True, slots=True)
class Wish:
    """Two people to link; `replacing` ends the links that either has to somebody else."""

    intercom: PersonRow
    salesforce: PersonRow
    replacing: bool


class LinkDialog(Dialog):
    """Accepted, it has a `wish`. Either person may be given to begin with."""

    def __init__(
        self,
        panel: Panel,
        intercom: PersonRow | None = None,
        salesforce: PersonRow | None = None,
        family: Family = Family.PEOPLE,
    ) -> None:
        super().__init__("", panel)
        of_people = family is Family.PEOPLE
        self.setWindowTitle(
            self.tr("Link two people by hand")
            if of_people
            else self.tr("Link a company with an account by hand")
        )
        self.setMinimumSize(*LINK_DIALOG)
        self._panel = panel
        self._task: asyncio.Task[Any] | None = None
        self.wish: Wish | None = None
        self.pickers = {
            Side.INTERCOM: PersonPicker(
                self.tr("Intercom person") if of_people else self.tr("Intercom company"),
                Side.INTERCOM,
                panel,
                family,
            ),
            Side.SALESFORCE: PersonPicker(
                self.tr("Salesforce lead or contact")
                if of_people
                else self.tr("Salesforce account"),
                Side.SALESFORCE,
                panel,
                family,
            ),
        }
        self.hint = PlainLabel(tone=Tone.MUTED, wrap=True)
        self.keys_note, self.linked_note = Note(), Note()
        self.keys_note.acted.connect(self._compare)
        self.comparison = RecordComparison()
        self._skeleton = SkeletonRows(3)
        self._arrange()
        self._begin(intercom, salesforce)

    def _arrange(self) -> None:
        self.body.setSpacing(SPACE_SECTION)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self._both = row(*self.pickers.values(), space=SPACE_SECTION)
        for place in range(2):
            self._both.setStretch(place, 1)
        self.body.addLayout(self._both)
        below = column(
            self.hint, self.linked_note, self.keys_note, self._skeleton, self.comparison, None
        )
        below.setContentsMargins(0, 0, SPACE_GROUP, 0)
        self._below = QScrollArea(widgetResizable=True)
        self._below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._below.setWidget(boxed(below))
        self._below.setAccessibleName(self.tr("Both records side by side"))
        self.body.addWidget(self._below, 1)
        self.cancel_button = self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.link_button = PrimaryButton(self.tr("Link"))
        self.add_button(self.link_button, accepts=True)
        self._skeleton.setMinimumHeight(4 * ROW_HEIGHT)

    def _begin(self, intercom: PersonRow | None, salesforce: PersonRow | None) -> None:
        for side, person in ((Side.INTERCOM, intercom), (Side.SALESFORCE, salesforce)):
            picker = self.pickers[side]
            picker.start()
            if person is not None:
                picker.choose(person)
            picker.chosen.connect(self._on_chosen)
        self._on_chosen(None)

    # ------------------------------------------------------------------ choosing

    def _on_chosen(self, person: PersonRow | None) -> None:
        self._forget()
        missing = [picker for picker in self.pickers.values() if picker.person is None]
        self._below.setVisible(not missing)
        self.body.setStretchFactor(self._both, 1 if missing else 0)
        if missing:
            missing[0].setFocus()
        else:
            self._compare()

    def _forget(self) -> None:
        """Show nothing of a comparison that no longer holds."""
        if self._task is not None:
            self._task.cancel()
        self.wish = None
        for widget in (self.hint, self.keys_note, self.linked_note, self._skeleton):
            widget.hide()
        self.comparison.hide()
        self.link_button.setEnabled(False)
        self.link_button.setText(self.tr("Link"))

    def _compare(self) -> None:
        self._forget()
        intercom = self.pickers[Side.INTERCOM].person
        salesforce = self.pickers[Side.SALESFORCE].person
        if intercom is not None and salesforce is not None:
            self._skeleton.show()
            self._task = self._panel.tasks.start(self._read(intercom, salesforce))

    async def _read(self, intercom: PersonRow, salesforce: PersonRow) -> None:
        try:
            links = await self._panel.ask(lambda store: _links_of(store, intercom, salesforce))
            pair = await self._panel.handle.compare(intercom.id, salesforce.kind, salesforce.id)
        except Exception as failure:  # the edge where the dialog says why they cannot be linked
            self._show_failure(told(failure))
            return
        self._skeleton.hide()
        self._show_pair(pair)
        self._show_links(links, Wish(intercom, salesforce, replacing=bool(links)))

    def _show_failure(self, failure: SfsyncError) -> None:
        self._skeleton.hide()
        text = " ".join(part for part in (failure.message, failure.remedy) if part)
        self.keys_note.say(Tone.DANGER, f"{failure.title}. {text}", self.tr("Try again"))

    # ------------------------------------------------------------------ what would be

    def _show_pair(self, pair: PairView) -> None:
        keys = (pair.link.intercom_key, pair.link.salesforce_key)
        if None in keys:
            self.keys_note.say(
                Tone.WARNING, self.tr("One of them has no key. The link stays all the same.")
            )
        elif keys[0] != keys[1]:
            self.keys_note.say(
                Tone.WARNING, self.tr("Their keys differ. The link stays all the same.")
            )
        fields = [
            ComparedField(
                self.tr("Key"), keys[0] or "", keys[1] or "", None, differs=keys[0] != keys[1]
            ),
            *(compared_field(field) for field in pair.fields),
        ]
        self.comparison.set_fields(fields)
        self.comparison.show()
        self.hint.setText(self._outlook(sum(field.differs for field in pair.fields)))
        self.hint.show()

    def _outlook(self, differing: int) -> str:
        text = self.tr(
            "Linking writes nothing by itself. From then on changes on either side are copied by "
            "the attribute mapping."
        )
        if differing:
            values = counted(differing, self.tr("value"))
            text += " " + self.tr("{values} differ now and stay so until one side changes.").format(
                values=values
            )
        return text

    def _show_links(self, links: Sequence[LinkRow], wish: Wish) -> None:
        pair = (wish.intercom.id, wish.salesforce.id)
        if any((link.intercom_id, link.salesforce_id) == pair for link in links):
            self.linked_note.say(
                Tone.ACCENT, self.tr("These two are linked to each other already.")
            )
            return
        if links:
            texts = [wording.pair_text(link) for link in links]
            said = self.tr("Ends the link of {pairs}. Their records stay.")
            joined = self.tr(" and the link of ").join(texts)
            self.linked_note.say(Tone.WARNING, said.format(pairs=joined))
            self.link_button.setText(self.tr("End that link and link these"))
        self.wish = wish
        self.link_button.setEnabled(True)
        default = self.cancel_button if links else self.link_button
        default.setDefault(True)
        default.setFocus()

    def done(self, result: int) -> None:
        """Stop reading; afterwards the dialog is gone."""
        if self._task is not None:
            self._task.cancel()
        for picker in self.pickers.values():
            picker.stop()
        super().done(result)


def _links_of(store: Questions, *people: PersonRow) -> list[LinkRow]:
    """The links that these people have, as the store knows them now."""
    found = [store.person(person.side, person.id) for person in people]
    ids = dict.fromkeys(one.link_id for one in found if one is not None)
    links = (store.link(link_id) for link_id in ids if link_id is not None)
    return [link for link in links if link is not None]
