"""The details of one link: both records side by side, why they are linked, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.handle import PairView
from sfsync_gui.engine.questions import LinkRow, PersonRow
from sfsync_gui.ui.panels.compared import compared_field
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.candidates import CandidateList
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.identities.person_history import PersonHistory
from sfsync_gui.ui.panels.identities.record_line import RecordLine
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT, SPACE_GROUP, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button, DangerButton
from sfsync_gui.ui.widgets.comparison import ComparedField, RecordComparison
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.page import Section
from sfsync_gui.ui.widgets.states import SkeletonRows


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """All that is shown of a link. `link` and `pair` are None where it has ended meanwhile.

    `others` are people of either side who carry the key of an ambiguous link as well. `errors`
    counts the open errors of the two, those of tasks about them included.
    """

    link: LinkRow | None
    pair: PairView | None
    others: tuple[PersonRow, ...]
    history: tuple[HistoryEntry, ...]
    has_more: bool
    errors: int


class LinkDetails(QWidget):
    """What is known of one link. It shows at once what the list knows, and the rest when read."""

    sync_wanted = Signal()
    unlink_wanted = Signal()
    task_wanted = Signal()
    open_wanted = Signal(object)
    """The record of that side is to be opened in a browser."""
    errors_wanted = Signal()
    retry_wanted = Signal()
    """What could not be read is to be read again."""
    link_wanted = Signal(object)
    """This candidate is to be linked instead."""

    def __init__(self, link: LinkRow, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self._handle = handle = panel.handle
        self.sync_button = Button(self.tr("Sync now"), icon_name="sync")
        self.sync_button.clicked.connect(self.sync_wanted)
        self.task_button = Button(self.tr("Create task…"), icon_name="task")
        self.task_button.clicked.connect(self.task_wanted)
        if link.salesforce_kind.family is not Family.PEOPLE:
            self.task_button.hide()  # shown here, it would be a window of its own for a moment
        self.unlink_button = DangerButton(self.tr("Unlink…"), icon_name="unlink")
        self.unlink_button.clicked.connect(self.unlink_wanted)
        self.lines = {
            Side.INTERCOM: RecordLine(
                link.intercom_kind, wording.intercom_name(link), link.intercom_id
            ),
            Side.SALESFORCE: RecordLine(
                link.salesforce_kind, wording.salesforce_name(link), link.salesforce_id
            ),
        }
        for side, line in self.lines.items():
            line.open_wanted.connect(partial(self.open_wanted.emit, side))
        self._failed = False
        self.note = Note()
        self.note.acted.connect(self._on_note_acted)
        self.comparison = RecordComparison()
        self._skeleton = SkeletonRows(3)
        self._skeleton.setFixedHeight(4 * ROW_HEIGHT)
        self.why = PlainLabel(wrap=True)
        self.others = CandidateList()
        self.others.link_wanted.connect(self.link_wanted)
        self.history = PersonHistory(handle.now, lambda: panel.field_texts)
        self._arrange()
        self._show_link(link)

    def _arrange(self) -> None:
        records = boxed(column(*self.lines.values(), space=SPACE_GROUP))
        self._why_section = Section(self.tr("Why linked"), self.why, self.others)
        self._history_section = Section(self.tr("History"), self.history)
        self.setLayout(
            column(
                boxed(Flow(self.sync_button, self.task_button, self.unlink_button)),
                self.note,
                records,
                self._skeleton,
                self.comparison,
                self._why_section,
                self._history_section,
                space=SPACE_SECTION,
            )
        )
        self.comparison.hide()
        self._history_section.hide()

    def show_failure(self, failure: SfsyncError) -> None:
        """Say why it cannot be read; what is shown stays."""
        self._skeleton.hide()
        self._failed = True
        text = " ".join(part for part in (f"{failure.title}.", failure.message) if part)
        self.note.say(Tone.DANGER, text, self.tr("Try again"))

    def _on_note_acted(self) -> None:
        wanted = self.retry_wanted if self._failed else self.errors_wanted
        wanted.emit()

    def show_facts(self, facts: LinkFacts) -> None:
        """Bring all of it up to date in its place."""
        self._skeleton.hide()
        self._failed = False
        if facts.link is None:
            self._show_ended()
        else:
            self.link = replace(facts.link, errors=facts.errors)
            self._show_link(self.link)
        if facts.pair is not None:
            self.comparison.set_fields(self._compared(facts.pair))
            self.comparison.show()
            for side, url in (
                (Side.INTERCOM, facts.pair.intercom_url),
                (Side.SALESFORCE, facts.pair.salesforce_url),
            ):
                self.lines[side].allow_open(allowed=bool(url) and not self._handle.snapshot.is_demo)
        self.others.set_people(facts.others)
        self.history.set_entries(facts.history, has_more=facts.has_more)
        self._history_section.show()

    def _show_link(self, link: LinkRow) -> None:
        self.why.setText(wording.made_text(link, self._handle.now()))
        self.lines[Side.INTERCOM].set_name(wording.intercom_name(link))
        self.lines[Side.SALESFORCE].set_name(wording.salesforce_name(link))
        if link.errors:
            errors = counted(link.errors, self.tr("open error"))
            self.note.say(Tone.DANGER, errors, self.tr("Show"))
        elif link.ambiguous:
            self.note.say(Tone.WARNING, self.tr("Ambiguous: others carry the same key."))
        elif link.due:
            self.note.say(Tone.ACCENT, self.tr("Changes wait to be written."))
        else:
            self.note.hide()

    def _show_ended(self) -> None:
        """The link is no longer there; both people and their history are."""
        self.note.say(Tone.WARNING, self.tr("These two are not linked any more."))
        self.sync_button.setEnabled(False)
        self.task_button.setEnabled(False)
        self.unlink_button.setEnabled(False)
        self._why_section.hide()

    def _compared(self, pair: PairView) -> Sequence[ComparedField]:
        link = pair.link
        keys = (link.intercom_key or "", link.salesforce_key or "")
        return [
            ComparedField(self.tr("Key"), *keys, None, differs=keys[0] != keys[1]),
            *(compared_field(field) for field in pair.fields),
        ]
