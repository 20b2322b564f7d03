"""The options of a list and its picklists side by side, with what becomes of each."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.panels.mapping.options import Fate, OptionLine, option_lines, pairs_of
from sfsync_gui.ui.texts.services import joined
from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    POPOVER_HEIGHT,
    SPACE_GROUP,
    SPACE_INSET,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.popover import Popover
from sfsync_gui.ui.widgets.surfaces import Divider

_SIGNS = {
    Fate.MATCHED: ("check", Tone.SUCCESS),
    Fate.ADDED_TO_INTERCOM: ("plus", Tone.ACCENT),
    Fate.ADDED_TO_SALESFORCE: ("plus", Tone.ACCENT),
    Fate.REFUSED: ("warning", Tone.WARNING),
    Fate.UNUSED: ("minus", Tone.MUTED),
}


class OptionsPopover(Popover):
    """One table for the lead's and the contact's picklist, where they are alike; else two."""

    def __init__(self, row: AttributeMapping, name: str, schema: Schema, parent: QWidget) -> None:
        super().__init__("", parent, width=DIALOG)
        self.setAccessibleName(self.tr("Options of {row}").format(row=name))
        content = column(space=SPACE_SECTION, margins=SPACE_GROUP)
        tables = _tables(row, schema)
        for objects, lines in tables:
            content.addWidget(OptionsTable(joined(objects), lines))
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = boxed(content)
        self._scroll.setWidget(box)
        for ground in (self._scroll.viewport(), box):
            ground.setAutoFillBackground(False)
        self.body.addWidget(self._scroll)
        wanted = box.sizeHint().height() + 2 * SPACE_GROUP + SPACE_INSET
        self.setFixedHeight(min(POPOVER_HEIGHT, wanted))

    def open_at(self, anchor: QWidget) -> None:
        """Open with the keyboard on the list, so that arrows scroll it."""
        super().open_at(anchor)
        self._scroll.setFocus()


class OptionsTable(QWidget):
    """Intercom's option, what becomes of it, Salesforce's."""

    def __init__(
        self, objects: str, lines: Sequence[OptionLine], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_INSET)
        grid.setVerticalSpacing(SPACE_GROUP)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        head = self.tr("Salesforce ({objects})").format(objects=objects)
        for place, text in ((0, "Intercom"), (2, head)):
            grid.addWidget(ElidedLabel(text, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        grid.addWidget(Divider(), 1, 0, 1, 3)
        for number, line in enumerate(lines, start=2):
            icon_name, tone = _SIGNS[line.fate]
            sign = IconLabel(icon_name, tone, name=self._fate_text(line.fate))
            grid.addWidget(self._option(line.intercom, line.fate), number, 0)
            grid.addWidget(sign, number, 1)
            grid.addWidget(self._option(line.salesforce, line.fate), number, 2)
        if not lines:
            nothing = PlainLabel(self.tr("Neither side has options yet."), tone=Tone.MUTED)
            grid.addWidget(nothing, 2, 0, 1, 3)
        self.setLayout(grid)
        self.setAccessibleName(head)

    def _option(self, name: str, fate: Fate) -> QWidget:
        """An option, or what becomes of the one on the other side."""
        if name:
            return ElidedLabel(name)
        return PlainLabel(self._fate_text(fate), size=Text.CAPTION, tone=Tone.MUTED, wrap=True)

    def _fate_text(self, fate: Fate) -> str:
        return {
            Fate.MATCHED: self.tr("The same option"),
            Fate.ADDED_TO_INTERCOM: self.tr("Added when first needed"),
            Fate.ADDED_TO_SALESFORCE: self.tr("Added when first needed"),
            Fate.REFUSED: self.tr("Cannot be added: the picklist is restricted"),
            Fate.UNUSED: self.tr("Not copied in this direction"),
        }[fate]


def _tables(row: AttributeMapping, schema: Schema) -> list[tuple[list[str], list[OptionLine]]]:
    """The objects, with their lines; objects with the same lines together."""
    found: list[tuple[list[str], list[OptionLine]]] = []
    for attribute, field in pairs_of(row, schema):
        lines = option_lines(attribute, field, row.direction)
        same = next((objects for objects, known in found if known == lines), None)
        if same is None:
            found.append(([field.object], lines))
        else:
            same.append(field.object)
    return found
