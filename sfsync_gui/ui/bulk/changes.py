"""Values that would be written, in words and as a table: whose, which, from what to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import LinkRow, Questions
from sfsync_gui.ui.panels.mapping.offering import Place, attribute_place
from sfsync_gui.ui.panels.mapping.wording import field_label
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import LIST_HEIGHT, SPACE_GROUP, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed
from sfsync_gui.ui.widgets.surfaces import Divider

translate = QCoreApplication.translate
SHOWN = 20
"""How many of a sample's changes are listed."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One value that would be written: whose, which, in which service, and from what to what."""

    person: str
    field: str
    service: str
    before: str
    after: str


def names_of(store: Questions, links: Iterable[IdentityMapping]) -> Mapping[int, LinkRow]:
    """Who these are, by id. Asks the store once a link."""
    rows = (store.link(link_id) for link_id in dict.fromkeys(link.id for link in links))
    return {row.id: row for row in rows if row is not None}


def change_lines(
    changes: Sequence[tuple[IdentityMapping, RowWrite]],
    names: Mapping[int, LinkRow],
    rows: Sequence[AttributeMapping],
    schema: Schema,
) -> list[ChangeLine]:
    """The first changes in words."""
    by_id = {row.id: row for row in rows}
    return [
        ChangeLine(
            person_of(link, names.get(link.id)),
            _field(link, write, by_id.get(write.row_id), schema),
            SERVICE[write.side],
            value_text(write.before),
            value_text(write.value),
        )
        for link, write in changes[:SHOWN]
    ]


def person_of(link: IdentityMapping, row: LinkRow | None) -> str:
    """The name of a link's person or company; a key or an Id where there is none."""
    name = (row.salesforce_name or row.intercom_name) if row is not None else ""
    return name or link.salesforce_key or link.salesforce_id


def _field(
    link: IdentityMapping, write: RowWrite, row: AttributeMapping | None, schema: Schema
) -> str:
    if write.side is Side.INTERCOM:
        place, name = attribute_place(link.family), row.intercom_attribute if row else write.field
    else:
        place, name = Place(link.salesforce_kind.value), write.field
    return field_label(place, name, schema)


def changes_table(lines: Sequence[ChangeLine]) -> QWidget:
    """The lines under their heads; scrolls where there are many."""
    grid = list_grid()
    for place, share in ((0, 4), (1, 4), (3, 4), (5, 4)):
        grid.setColumnStretch(place, share)
    heads = (
        (0, translate("bulk", "Name")),
        (1, translate("bulk", "Field")),
        (2, translate("bulk", "In")),
        (3, translate("bulk", "Now")),
        (5, translate("bulk", "Then")),
    )
    for place, head in heads:
        grid.addWidget(ElidedLabel(head, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
    grid.addWidget(Divider(), 1, 0, 1, 6)
    for number, line in enumerate(lines, start=2):
        grid.addWidget(ElidedLabel(line.person), number, 0)
        grid.addWidget(ElidedLabel(line.field, tone=Tone.MUTED), number, 1)
        grid.addWidget(_whole(line.service), number, 2)
        grid.addWidget(_value(line.before), number, 3)
        grid.addWidget(IconLabel("arrow-right"), number, 4)
        grid.addWidget(_value(line.after), number, 5)
    name = translate("bulk", "Some of the values that would be written")
    return scrolled_list(grid, len(lines) + 2, name)


def _whole(text: str) -> ElidedLabel:
    """On one line with its neighbours, but never shortened."""
    label = ElidedLabel(text, tone=Tone.MUTED)
    label.setMinimumWidth(label.sizeHint().width())
    return label


def _value(text: str) -> ElidedLabel:
    blank = translate("bulk", "Blank")
    return ElidedLabel(text or blank, tone=Tone.TEXT if text else Tone.MUTED)


def list_grid() -> QGridLayout:
    """A grid with the spaces of such lists."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, SPACE_INSET, 0)
    grid.setHorizontalSpacing(SPACE_INSET)
    grid.setVerticalSpacing(SPACE_GROUP)
    return grid


def scrolled_list(grid: QGridLayout, lines: int, name: str) -> QScrollArea:
    """The grid in an area that is as high as it needs, up to a list within a dialog."""
    grid.setRowStretch(lines, 1)
    box = boxed(grid)
    area = QScrollArea(widgetResizable=True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(box)
    area.setFixedHeight(min(LIST_HEIGHT, box.sizeHint().height() + SPACE_GROUP))
    area.setAccessibleName(name)
    return area
