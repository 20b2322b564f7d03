"""The details of somebody left unlinked: why, and who carries the same key."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Family, MatchOutcome
from sfsync_gui.engine.questions import PersonRow, UnlinkedPerson
from sfsync_gui.ui.panels.identities.candidates import CandidateList
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.identities.record_line import RecordLine
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.page import Section


class UnlinkedDetails(QWidget):
    """`link_wanted` tells the candidate to link with, None where another is to be chosen."""

    link_wanted = Signal(object)

    def __init__(self, person: UnlinkedPerson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        of_people = person.kind.family is Family.PEOPLE
        other = self.tr("Link to somebody else…") if of_people else self.tr("Link to another…")
        self.link_button = Button(other, icon_name="link")
        self.link_button.clicked.connect(lambda: self.link_wanted.emit(None))
        self.note = Note()
        self.line = RecordLine(person.kind, person_text(person.name, person.id), person.id)
        self.candidates = CandidateList()
        self.candidates.link_wanted.connect(self.link_wanted)
        title = self.tr("In {service} with this key").format(service=SERVICE[person.side.other])
        self.section = Section(title, self.candidates)
        self.setLayout(
            column(
                self.note,
                self.line,
                self.section,
                boxed(Flow(self.link_button)),
                space=SPACE_SECTION,
            )
        )
        self.show_person(person)

    def show_person(self, person: UnlinkedPerson) -> None:
        """Bring it up to date."""
        self.person = person
        self.note.say(Tone.WARNING, self._why(person))
        self.candidates.set_people(candidates_of(person))
        self.section.setVisible(bool(person.candidates))

    def _why(self, person: UnlinkedPerson) -> str:
        if not person.candidates:
            return self.tr("Nobody carries this key any more. The next check settles it.")
        if person.kind.family is Family.COMPANIES:
            return self._why_company(person)
        if person.note is MatchOutcome.AMBIGUOUS:
            return self.tr(
                "More than one person carries this key, and matching is set to be strict. "
                "Choose whom to link."
            )
        return self.tr(
            "Whoever carries this key in {service} is linked to somebody else already."
        ).format(service=SERVICE[person.side.other])

    def _why_company(self, person: UnlinkedPerson) -> str:
        if person.note is MatchOutcome.AMBIGUOUS:
            return self.tr(
                "Several records carry this key, and matching is set to be strict. Choose which "
                "one to link."
            )
        return self.tr("The record in {service} with this key is linked already.").format(
            service=SERVICE[person.side.other]
        )


def candidates_of(person: UnlinkedPerson) -> list[PersonRow]:
    """The candidates as people of their side."""
    return [
        PersonRow(
            side=one.kind.side,
            id=one.id,
            kind=one.kind,
            name=one.name,
            key=person.key,
            modified_at=one.modified_at,
            link_id=one.link_id,
        )
        for one in person.candidates
    ]


def row_of(person: UnlinkedPerson) -> PersonRow:
    """The person as the directory knows it."""
    return PersonRow(person.side, person.id, person.kind, person.name, person.key, 0, None)
