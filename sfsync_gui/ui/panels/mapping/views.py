"""What a row shows, as data: a row whose view is the same needs no new drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.rows import RowIndex
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Direction, Family
from sfsync_gui.ui.panels.mapping.draft import Draft, is_blank, is_complete, problems_of
from sfsync_gui.ui.panels.mapping.offering import (
    PLACES,
    Place,
    Surroundings,
    described,
    field_name,
    ways,
)
from sfsync_gui.ui.panels.mapping.samples import Sample
from sfsync_gui.ui.panels.mapping.wording import Note, field_label, notes_of, row_name, rule_texts

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell. `text` is the label of its field, empty where it names none; `gone`: the field is
    hidden or does not exist any more. `hint` stands there while it is empty."""

    text: str
    sample: str = ""
    api_name: str = ""
    hint: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row. `ways` holds each direction with the reason against it; `state` how it differs from
    the row in force: 'added', 'replaced', 'altered', or nothing."""

    row: AttributeMapping
    name: str
    cells: tuple[tuple[Place, CellView], ...]
    ways: tuple[tuple[Direction, str], ...]
    rules: tuple[str, ...]
    notes: tuple[Note, ...]
    state: str
    is_synced: bool = True
    """Whether its family is: else it can be read and removed, but not changed."""

    @property
    def is_off(self) -> bool:
        """Whether the row is switched off."""
        return self.row.disabled is not None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the program knows that rows are judged and shown by."""

    schema: Schema
    key: MappingKey
    company_key: MappingKey | None = None
    awaited_key: MappingKey | None = None
    samples: Mapping[Family, Sample] = field(default_factory=dict)

    def sample(self, family: Family) -> Sample:
        """The person or the company whose values are shown."""
        return self.samples.get(family, Sample()) if self.is_synced(family) else Sample()

    def is_synced(self, family: Family) -> bool:
        """Whether records of the family are synced."""
        return family is Family.PEOPLE or self.company_key is not None


def surroundings(draft: Draft, facts: Facts) -> Surroundings:
    """What rows of the draft are judged by: as when it is applied, rows at fault block nothing."""
    return _without(problems(draft, facts), draft, facts)


def problems(draft: Draft, facts: Facts) -> Mapping[str, tuple[str, ...]]:
    """Why complete rows of the draft cannot be applied, by row id."""
    keys = (facts.company_key, facts.awaited_key)
    return problems_of(draft.rows, facts.key, facts.schema, *keys)


def _without(at_fault: Mapping[str, object], draft: Draft, facts: Facts) -> Surroundings:
    sound = (row for row in draft.complete_rows if row.id not in at_fault)
    return Surroundings(RowIndex(sound), facts.key, facts.schema, facts.company_key)


def row_views(draft: Draft, facts: Facts, family: Family = Family.PEOPLE) -> list[RowView]:
    """The rows of a draft that are of that family."""
    at_fault = problems(draft, facts)
    around = _without(at_fault, draft, facts)
    return [
        _row_view(row, draft.state_of(row), at_fault.get(row.id, ()), around, facts)
        for row in draft.of(family)
    ]


def _row_view(
    row: AttributeMapping,
    state: str,
    reasons: Sequence[str],
    around: Surroundings,
    facts: Facts,
) -> RowView:
    schema = facts.schema
    complete = is_complete(row)
    return RowView(
        row=row,
        name=row_name(row, schema),
        cells=tuple((place, _cell(row, place, facts)) for place in PLACES[row.family]),
        ways=tuple(ways(row, around).items()),
        rules=rule_texts(row, schema) if complete else (),
        notes=tuple(notes_of(row, schema, reasons)),
        state="" if is_blank(row) else state,
        is_synced=facts.is_synced(row.family),
    )


def _cell(row: AttributeMapping, place: Place, facts: Facts) -> CellView:
    name = field_name(row, place)
    if not name:
        return CellView("", hint=_hint(row, place))
    return CellView(
        field_label(place, name, facts.schema),
        facts.sample(row.family).text(place, name, facts.schema),
        name,
        # Where the family is not synced, nobody may have asked for its fields.
        gone=facts.is_synced(row.family) and described(place, name, facts.schema) is None,
    )


def _hint(row: AttributeMapping, place: Place) -> str:
    can_do_without = not place.is_attribute and any(row.places[1:])
    return translate("mapping", "Not mapped" if can_do_without else "Choose…")
