"""The options of a list and its picklists side by side, with what becomes of each."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.panels.mapping.options import Fate, OptionLine, option_lines, pairs_of
from sfsync_gui.ui.panels.mapping.pairs_popover import PairsPopover, PairsTable
from sfsync_gui.ui.texts.services import joined
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column

_SIGNS = {
    Fate.MATCHED: ("check", Tone.SUCCESS),
    Fate.ADDED_TO_INTERCOM: ("plus", Tone.ACCENT),
    Fate.ADDED_TO_SALESFORCE: ("plus", Tone.ACCENT),
    Fate.REFUSED: ("warning", Tone.WARNING),
    Fate.UNUSED: ("minus", Tone.MUTED),
}


class OptionsPopover(PairsPopover):
    """One table for the lead's and the contact's picklist, where they are alike; else two."""

    def __init__(self, row: AttributeMapping, name: str, schema: Schema, parent: QWidget) -> None:
        content = column(space=SPACE_SECTION, margins=SPACE_GROUP)
        for objects, lines in _tables(row, schema):
            content.addWidget(OptionsTable(joined(objects), lines))
        super().__init__(self.tr("Options of {row}").format(row=name), content, parent)


class OptionsTable(PairsTable):
    """Intercom's option, what becomes of it, Salesforce's."""

    def __init__(
        self, objects: str, lines: Sequence[OptionLine], parent: QWidget | None = None
    ) -> None:
        head = self.tr("Salesforce ({objects})").format(objects=objects)
        super().__init__("Intercom", head, parent)
        for line in lines:
            icon_name, tone = _SIGNS[line.fate]
            self._add_pair(
                self._option(line.intercom, line.fate),
                IconLabel(icon_name, tone, name=self._fate_text(line.fate)),
                self._option(line.salesforce, line.fate),
            )
        if not lines:
            self._add_note(self.tr("Neither side has options yet."))
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
