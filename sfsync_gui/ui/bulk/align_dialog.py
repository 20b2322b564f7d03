"""Bringing existing people in line with the mapping: the dry run, before anything is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.bulk import BulkPreview
from sfsync_gui.engine.questions import LinkRow, Questions
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.wording import field_label, row_name
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import (
    LIST_HEIGHT,
    READING_WIDTH,
    SPACE_GROUP,
    SPACE_INSET,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton, QuietButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed
from sfsync_gui.ui.widgets.surfaces import Divider

SHOWN = 20
"""How many of the sample's changes are listed."""


@dataclass(frozen=True, slots=True)
class AlignLine:
    """One value that would be written: whose, which, and from what to what."""

    person: str
    field: str
    before: str
    after: str


def names_of(store: Questions, preview: BulkPreview) -> Mapping[int, LinkRow]:
    """The links of the sample, by id. Asks the store once a link."""
    ids = dict.fromkeys(link.id for link, _ in preview.samples[:SHOWN])
    rows = (store.link(link_id) for link_id in ids)
    return {row.id: row for row in rows if row is not None}


def align_lines(
    preview: BulkPreview,
    names: Mapping[int, LinkRow],
    rows: Sequence[AttributeMapping],
    schema: Schema,
) -> list[AlignLine]:
    """The sample in words."""
    by_id = {row.id: row for row in rows}
    return [
        AlignLine(
            _person(link, names.get(link.id)),
            _field(link, write, by_id.get(write.row_id), schema),
            value_text(write.before),
            value_text(write.value),
        )
        for link, write in preview.samples[:SHOWN]
    ]


def _person(link: IdentityMapping, row: LinkRow | None) -> str:
    name = (row.salesforce_name or row.intercom_name) if row is not None else ""
    return name or link.salesforce_key or link.salesforce_id


def _field(
    link: IdentityMapping, write: RowWrite, row: AttributeMapping | None, schema: Schema
) -> str:
    if write.side is Side.INTERCOM:
        place, name = Place.INTERCOM, row.intercom_attribute if row else write.field
    else:
        place, name = Place(link.salesforce_kind.value), write.field
    return f"{field_label(place, name, schema)} ({SERVICE[write.side]})"


def count_lines(
    preview: BulkPreview, rows: Sequence[AttributeMapping], schema: Schema
) -> list[tuple[str, str]]:
    """How many values of each field would be written, most numerous first."""
    by_id = {row.id: row for row in rows}
    return [
        (_counted_field(by_id.get(row_id), side, schema), grouped(count))
        for (row_id, side), count in preview.by_field.most_common()
    ]


def _counted_field(row: AttributeMapping | None, side: Side, schema: Schema) -> str:
    if row is None:
        return SERVICE[side]
    name = row_name(row, schema)
    return f"{name} ({SERVICE[side]})"


class AlignDialog(Dialog):
    """Says how many values would change, of which fields, shows some of them, and asks."""

    def __init__(
        self,
        preview: BulkPreview,
        counts: Sequence[tuple[str, str]],
        lines: Sequence[AlignLine],
        parent: QWidget | None,
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Bring linked people in line"))
        self.setMinimumWidth(READING_WIDTH)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(PlainLabel(self._counts(preview), wrap=True))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(self._by_field(counts))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(self._table(lines))
        self.body.addWidget(PlainLabel(self._rest(preview), tone=Tone.MUTED, wrap=True))
        self.export_button = QuietButton(self.tr("Export all"), icon_name="export")
        self.buttons.insertWidget(0, self.export_button)
        self.leave_button = self.add_button(
            Button(self.tr("Leave as they are")), accepts=False, default=True
        )
        self.align_button = self.add_button(PrimaryButton(self.tr("Bring in line")), accepts=True)

    def add_export(self, strip: QWidget, export: Callable[[], object]) -> None:
        """Let all values be written to a file; `strip` tells how far that is. The dialog stays."""
        self.body.addWidget(strip)
        self.export_button.clicked.connect(export)

    def _counts(self, preview: BulkPreview) -> str:
        values = preview.to_salesforce + preview.to_intercom
        told = [
            self.tr(
                "{values} of {people} would be written: {salesforce} in Salesforce, {intercom} in "
                "Intercom."
            ).format(
                values=counted(values, "value"),
                people=counted(preview.records, "linked person", "linked people"),
                salesforce=grouped(preview.to_salesforce),
                intercom=grouped(preview.to_intercom),
            )
        ]
        if preview.blanked:
            blanked = counted(preview.blanked, "value")
            told.append(self.tr("{values} would be emptied.").format(values=blanked))
        if preview.refused:
            refused = counted(preview.refused, "value does not fit", "values do not fit")
            told.append(self.tr("{refused} and would become sync errors.").format(refused=refused))
        return " ".join(told)

    def _rest(self, preview: BulkPreview) -> str:
        values = preview.to_salesforce + preview.to_intercom
        people = counted(preview.links, "linked person was", "linked people were")
        told = self.tr("{people} looked at; nothing has been written.").format(people=people)
        if values > SHOWN:
            more = grouped(values - SHOWN)
            told = self.tr("And {more} more. ").format(more=more) + told
        return told

    def _by_field(self, counts: Sequence[tuple[str, str]]) -> QScrollArea:
        grid = _grid()
        grid.setColumnStretch(0, 1)
        for number, (name, count) in enumerate(counts):
            grid.addWidget(ElidedLabel(name), number, 0)
            grid.addWidget(PlainLabel(count), number, 1, Qt.AlignmentFlag.AlignRight)
        return _scrolled(grid, len(counts), LIST_HEIGHT, self.tr("Values by field"))

    def _table(self, lines: Sequence[AlignLine]) -> QScrollArea:
        grid = _grid()
        for place, share in ((0, 4), (1, 5), (2, 4), (4, 4)):
            grid.setColumnStretch(place, share)
        heads = ((0, self.tr("Person")), (1, self.tr("Field")), (2, self.tr("Now")))
        for place, head in (*heads, (4, self.tr("Then"))):
            grid.addWidget(ElidedLabel(head, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        grid.addWidget(Divider(), 1, 0, 1, 5)
        for number, line in enumerate(lines, start=2):
            grid.addWidget(ElidedLabel(line.person), number, 0)
            grid.addWidget(ElidedLabel(line.field, tone=Tone.MUTED), number, 1)
            grid.addWidget(self._value(line.before), number, 2)
            grid.addWidget(IconLabel("arrow-right"), number, 3)
            grid.addWidget(self._value(line.after), number, 4)
        name = self.tr("Some of the values that would be written")
        return _scrolled(grid, len(lines) + 2, LIST_HEIGHT, name)

    def _value(self, text: str) -> ElidedLabel:
        return ElidedLabel(text or self.tr("Blank"), tone=Tone.TEXT if text else Tone.MUTED)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, SPACE_INSET, 0)
    grid.setHorizontalSpacing(SPACE_INSET)
    grid.setVerticalSpacing(SPACE_GROUP)
    return grid


def _scrolled(grid: QGridLayout, lines: int, most: int, name: str) -> QScrollArea:
    """The grid in an area that is as high as it needs, up to `most` pixels."""
    grid.setRowStretch(lines, 1)
    box = boxed(grid)
    area = QScrollArea(widgetResizable=True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(box)
    area.setFixedHeight(min(most, box.sizeHint().height() + SPACE_GROUP))
    area.setAccessibleName(name)
    return area
