"""The editor of a draft: what it shows of each family, and the popovers that change a row.

It knows no program behind it: it is given what there is to show, and tells what a person wants.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Direction, Family
from sfsync_gui.ui.panels.mapping.draft import Draft, is_complete
from sfsync_gui.ui.panels.mapping.family_view import FamilyView
from sfsync_gui.ui.panels.mapping.key_line import KeyLine
from sfsync_gui.ui.panels.mapping.offering import Choice, Place, choices, field_name, with_field
from sfsync_gui.ui.panels.mapping.options_popover import OptionsPopover
from sfsync_gui.ui.panels.mapping.owners import maps_owner
from sfsync_gui.ui.panels.mapping.owners_popover import OwnersPopover
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.rules_popover import RulesPopover
from sfsync_gui.ui.panels.mapping.sample_bar import SampleBar
from sfsync_gui.ui.panels.mapping.samples import Sample
from sfsync_gui.ui.panels.mapping.table import MappingTable
from sfsync_gui.ui.panels.mapping.views import Facts, problems, row_views, surroundings
from sfsync_gui.ui.panels.mapping.wording import can_shorten, has_conflicts, row_name
from sfsync_gui.ui.widgets.popover import Popover


class MappingEditor(QStackedWidget):
    """Shows one family's rows of a draft and edits them. `edited` tells that it is another one now.

    The draft holds the rows of both families: they are applied, and undone, together.
    """

    edited = Signal()
    family_shown = Signal(object)
    """The other family is on show now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = Draft()
        self.facts = Facts(Schema(), SyncRules().key)
        self.popover: Popover | None = None
        self.family = Family.PEOPLE
        self.views = {family: FamilyView(family) for family in Family}
        for view in self.views.values():
            self.addWidget(view)
            table = view.table
            table.choose_wanted.connect(self._on_choose_wanted)
            table.turned.connect(self._on_turned)
            table.rules_wanted.connect(self._on_rules_wanted)
            table.options_wanted.connect(self._on_options_wanted)
            table.remove_wanted.connect(self._on_remove_wanted)

    @property
    def key_line(self) -> KeyLine:
        """That of the family on show."""
        return self.views[self.family].key_line

    @property
    def sample_bar(self) -> SampleBar:
        """That of the family on show."""
        return self.views[self.family].sample_bar

    @property
    def table(self) -> MappingTable:
        """That of the family on show."""
        return self.views[self.family].table

    @property
    def rows(self) -> tuple[AttributeMapping, ...]:
        """The rows of the draft that are on show."""
        return self.draft.of(self.family)

    @property
    def is_synced(self) -> bool:
        """Whether the family on show is synced: else its rows are there to be read."""
        return self.facts.is_synced(self.family)

    # ------------------------------------------------------------------ showing

    def show_family(self, family: Family) -> None:
        """Show the rows of the other family."""
        if family is not self.family:
            self.family = family
            self.setCurrentWidget(self.views[family])
            self.refresh()
            self.family_shown.emit(family)

    def show_row(self, row_id: str) -> None:
        """Bring a row into view, of whichever family it is."""
        row = self.draft.row(row_id)
        if row is not None:
            self.show_family(row.family)
            self.table.show_row(row_id)

    def show_rules(self, rules: SyncRules, schema: Schema) -> None:
        """Take in what is in force; edits that were made stay."""
        self.draft.follow(rules.rows)
        self.facts = replace(
            self.facts,
            schema=schema,
            key=rules.key,
            company_key=rules.company_key,
            awaited_key=rules.awaited_key,
        )
        for view in self.views.values():
            view.show_key(rules, schema)
        self.refresh()

    def show_schema(self, schema: Schema) -> None:
        """Work with fields or owners that have just been read."""
        self.facts = replace(self.facts, schema=schema)
        self.refresh()

    def forget(self) -> None:
        """Begin anew: the edits and the sample were of another workspace."""
        self.draft = Draft()
        self.facts = replace(self.facts, samples={})

    def sample(self, family: Family | None = None) -> Sample:
        """Whose values are shown; without a family, in the one on show."""
        return self.facts.sample(family or self.family)

    def show_sample(self, sample: Sample, family: Family = Family.PEOPLE) -> None:
        """Put somebody's values under the names."""
        self.facts = replace(self.facts, samples={**self.facts.samples, family: sample})
        self.views[family].sample_bar.show_sample(sample)
        self.refresh()

    def refresh(self) -> None:
        """Draw what has changed."""
        self.table.show_views(row_views(self.draft, self.facts, self.family))

    def unready(self) -> list[AttributeMapping]:
        """The rows that keep the draft from being applied."""
        at_fault = problems(self.draft, self.facts)
        started = {row.id for row in self.draft.started_rows}
        return [row for row in self.draft.rows if row.id in at_fault or row.id in started]

    # ------------------------------------------------------------------ editing

    def _after_edit(self) -> None:
        self.refresh()
        self.edited.emit()

    def add_row(self) -> None:
        """Add a row to be put together, and go there."""
        row = self.draft.add_blank(self.tr("Add a row"), self.family)
        self._after_edit()
        self.table.show_row(row.id)

    def add_rows(self, rows: Sequence[AttributeMapping], what: str) -> None:
        """Add rows that are complete."""
        self.draft.add(rows, what)
        self._after_edit()

    def replace_rows(self, rows: Sequence[AttributeMapping], what: str) -> None:
        """Put other rows in the place of all."""
        self.draft.replace_all(rows, what)
        self._after_edit()

    def discard(self) -> None:
        """Go back to what is in force."""
        self.draft.discard(self.tr("Discard changes"))
        self._after_edit()

    def undo(self) -> bool:
        """Take the last edit back; whether there was one."""
        return self._travel(self.draft.undo)

    def redo(self) -> bool:
        """Do again what was taken back; whether there was something."""
        return self._travel(self.draft.redo)

    def _travel(self, step: Callable[[], str]) -> bool:
        """Take a step between versions of the draft, and show whose rows it changed."""
        before = set(self.draft.rows)
        done = step()
        touched = {row.family for row in before ^ set(self.draft.rows)}
        if touched and self.family not in touched:
            self.show_family(touched.pop())
        self._after_edit()
        return bool(done)

    def _put(self, row: AttributeMapping, what: str) -> None:
        self.draft.put(row, what.format(row=row_name(row, self.facts.schema)))
        self._after_edit()

    def _on_turned(self, row_id: str, direction: Direction) -> None:
        row = self.draft.row(row_id)
        if row is not None:
            self._put(replace(row, direction=direction), self.tr("Turn {row}"))

    def _on_remove_wanted(self, row_id: str) -> None:
        row = self.draft.row(row_id)
        if row is not None:
            name = row_name(row, self.facts.schema)
            self.draft.remove(row_id, self.tr("Remove {row}").format(row=name))
            self._after_edit()

    # ------------------------------------------------------------------ popovers

    def _on_choose_wanted(self, row_id: str, place: Place) -> None:
        row, widget = self.draft.row(row_id), self.table.row(row_id)
        if row is None or widget is None:
            return
        current = field_name(row, place)
        picker = FieldPicker(
            self._picker_name(place),
            choices(row, place, surroundings(self.draft, self.facts)),
            current,
            self,
            nothing=self._nothing(row, place) if current else "",
        )
        picker.picked.connect(lambda choice: self._on_picked(row_id, place, choice))
        self._open(picker, widget.cell(place))

    def _picker_name(self, place: Place) -> str:
        return {
            Place.INTERCOM: self.tr("Intercom attributes"),
            Place.LEAD: self.tr("Lead fields"),
            Place.CONTACT: self.tr("Contact fields"),
            Place.COMPANY: self.tr("Company attributes"),
            Place.ACCOUNT: self.tr("Account fields"),
        }[place]

    def _nothing(self, row: AttributeMapping, place: Place) -> str:
        """The words for mapping no field, where the row can do without one."""
        if place not in (Place.LEAD, Place.CONTACT):
            return ""  # a row cannot do without it
        is_only = not (row.lead_field and row.contact_field)
        if is_only and is_complete(row):
            return ""
        return self.tr("Do not map {object}").format(object=_plural(place))

    def _on_picked(self, row_id: str, place: Place, choice: Choice | None) -> None:
        row = self.draft.row(row_id)
        if row is None:
            return
        if choice is None:
            self._put(with_field(row, place, ""), self.tr("Clear a field of {row}"))
        else:
            self._put(choice.row, self.tr("Choose a field of {row}"))

    def _on_rules_wanted(self, row_id: str) -> None:
        row, widget = self.draft.row(row_id), self.table.row(row_id)
        if row is None or widget is None:
            return
        schema = self.facts.schema
        popover = RulesPopover(
            row,
            row_name(row, schema),
            self,
            conflicts=has_conflicts(row),
            shortens=can_shorten(row, schema),
        )
        popover.changed.connect(self._on_rules_changed)
        self._open(popover, widget.rules)

    def _on_rules_changed(self, row: AttributeMapping) -> None:
        self._put(row, self.tr("Change the rules of {row}"))

    def _on_options_wanted(self, row_id: str) -> None:
        row, widget = self.draft.row(row_id), self.table.row(row_id)
        if row is not None and widget is not None:
            schema = self.facts.schema
            kind = OwnersPopover if maps_owner(row, schema) else OptionsPopover
            popover = kind(row, row_name(row, schema), schema, self)
            buttons = widget.options_buttons
            self._open(popover, buttons[0] if buttons else widget.rules)

    def _open(self, popover: Popover, anchor: QWidget) -> None:
        self.popover = popover
        popover.closed.connect(self._on_popover_closed)
        popover.open_at(anchor)

    def _on_popover_closed(self) -> None:
        self.popover = None


def _plural(place: Place) -> str:
    return "leads" if place is Place.LEAD else "contacts"
