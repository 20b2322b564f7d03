"""Choosing a record of one side by search: a field, what it finds, and then which was chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.ui.panels.identities.record_line import RecordLine
from sfsync_gui.ui.panels.identities.wording import KIND_ICON, kind_text, search_hint
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.theme.tokens import COLUMN_LEAST, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.current_stack import CurrentStack
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import Cell, Column, PagedModel, Query, TableView

_PAGE = 50


class PersonPicker(QWidget):
    """`chosen` tells the person, None where the choice was taken back.

    Typing searches, Down goes to what was found, Enter or a click chooses.
    """

    chosen = Signal(object)

    def __init__(
        self,
        title: str,
        side: Side,
        panel: Panel,
        family: Family = Family.PEOPLE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._side = side
        self._family = family
        self.person: PersonRow | None = None
        self.search = SearchField(search_hint(family))
        self.search.setAccessibleDescription(title)
        self.model = PagedModel(
            self._columns(), lambda person: person.id, self._fetch, panel.tasks, page=_PAGE
        )
        self.model.setParent(self)  # which goes with the dialog
        self.table = TableView(self.model, title, empty=self._nobody())
        self.change_button = Button(self.tr("Choose another"))
        self._chosen = column(space=SPACE_GROUP)
        self._stack = CurrentStack()
        self._stack.addWidget(boxed(column(self.search, self.table, space=SPACE_GROUP)))
        chosen_page = column(self._chosen, row(self.change_button, None), None, space=SPACE_GROUP)
        self._stack.addWidget(boxed(chosen_page))
        self.setLayout(column(PlainLabel(title, size=Text.STRONG), self._stack, space=SPACE_GROUP))
        self.setFocusProxy(self.search)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._connect()

    def _connect(self) -> None:
        self.search.searched.connect(lambda text: self.model.ask(search=text))
        self.search.left.connect(self._go_to_table)
        self.search.returnPressed.connect(self._choose_only)
        self.table.opened.connect(self.choose)
        self.table.row_clicked.connect(self.choose)
        self.table.search_wanted.connect(self.search.setFocus)
        self.change_button.clicked.connect(self._on_change)

    def _columns(self) -> Sequence[Column[PersonRow]]:
        return (
            Column("name", self.tr("Name"), _name, width=150, stretch=True, at_edge=False),
            Column(
                "key",
                self.tr("Key"),
                lambda one: one.key or "",
                width=140,
                stretch=True,
                middle=True,
            ),
            Column("linked", "", self._linked, width=COLUMN_LEAST),
        )

    def _linked(self, person: PersonRow) -> Cell:
        if person.link_id is None:
            return Cell()
        return Cell(icon_name="link", icon_tone=Tone.MUTED, tooltip=self.tr("Linked already"))

    def _nobody(self) -> EmptyState:
        if self._family is Family.PEOPLE:
            return EmptyState("person", self.tr("Nobody is known here yet"))
        return EmptyState("company", self.tr("No company is known here yet"))

    async def _fetch(
        self, query: Query, after: PersonRow | None, limit: int
    ) -> Sequence[PersonRow]:
        wanted = PeopleQuery(self._side, query.search, self._family)
        return await self._panel.ask(lambda store: store.people_page(wanted, after, limit))

    def start(self) -> None:
        """Show the first people of that side."""
        self.model.start()

    def stop(self) -> None:
        """Nobody is looked for any more."""
        self.model.stop()

    def choose(self, person: PersonRow | None) -> None:
        """Take this person, or None for nobody."""
        self.person = person
        if person is not None:
            self._show_chosen(person)
        self._stack.setCurrentIndex(0 if person is None else 1)
        self.chosen.emit(person)

    def _show_chosen(self, person: PersonRow) -> None:
        clear(self._chosen)
        self._chosen.addWidget(
            RecordLine(person.kind, person_text(person.name, person.id), person.id)
        )
        key = person.key or self.tr("no key")
        self._chosen.addWidget(ElidedLabel(key, tone=Tone.MUTED, middle=True))

    def _on_change(self) -> None:
        self.choose(None)
        self.search.setFocus()
        self.search.selectAll()

    def _go_to_table(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()
            self.table.selectRow(0)

    def _choose_only(self) -> None:
        """Enter in the search field takes the one who is found, where it is one."""
        row = self.model.row(0)
        if row is not None and self.model.rowCount() == 1 and self._is_answered():
            self.choose(row)

    def _is_answered(self) -> bool:
        return self.model.query.search == self.search.wanted


def _name(person: PersonRow) -> Cell:
    name = person_text(person.name, person.id)
    return Cell(name, KIND_ICON[person.kind], tooltip=f"{name} – {kind_text(person.kind)}")


def _key(person: PersonRow) -> str:
    return person.key or ""
