"""Two records side by side: field, Intercom, the direction, Salesforce; differences are marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import clear
from sfsync_gui.ui.widgets.surfaces import Divider
from sfsync_gui.ui.widgets.tooltips import plain

DIRECTION_ICON = {
    Direction.TO_SALESFORCE: "arrow-right",
    Direction.TO_INTERCOM: "arrow-left",
    Direction.TWO_WAY: "arrow-both",
}


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One row: the values as text. `waits`: a change is about to be written. No direction: the
    values are only compared."""

    name: str
    intercom: str
    salesforce: str
    direction: Direction | None
    differs: bool = False
    waits: bool = False
    tooltip: str = ""


class RecordComparison(QWidget):
    """A three-column table with the direction as an arrow between the two values."""

    def __init__(self, fields: Sequence[ComparedField] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_GROUP)
        self._grid.setVerticalSpacing(SPACE_GROUP)
        for place, share in ((0, 4), (1, 5), (3, 5)):
            self._grid.setColumnStretch(place, share)
        self.setLayout(self._grid)
        self.set_fields(fields)

    def set_fields(self, fields: Sequence[ComparedField]) -> None:
        """Compare other records."""
        clear(self._grid)
        heads = ((0, self.tr("Field")), (1, "Intercom"), (3, "Salesforce"))
        for place, head in heads:
            self._grid.addWidget(ElidedLabel(head, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        self._grid.addWidget(Divider(), 1, 0, 1, 4)
        for line, field in enumerate(fields, start=2):
            self._add(line, field)

    def _add(self, line: int, field: ComparedField) -> None:
        name = ElidedLabel(field.name, tone=Tone.MUTED)
        name.setToolTip(plain(field.tooltip))
        self._grid.addWidget(name, line, 0)
        for place, value in ((1, field.intercom), (3, field.salesforce)):
            size = Text.STRONG if field.differs else Text.BODY
            label = ElidedLabel(value or "–", size=size, middle="@" in value)
            label.setAccessibleDescription(field.name)
            self._grid.addWidget(label, line, place)
        if field.direction is not None:
            sign = self._sign(field, field.direction)
            self._grid.addWidget(sign, line, 2, Qt.AlignmentFlag.AlignCenter)

    def _sign(self, field: ComparedField, direction: Direction) -> IconLabel:
        tone, state = Tone.MUTED, ""
        if field.waits:
            tone, state = Tone.ACCENT, self.tr("about to be written")
        elif field.differs:
            tone, state = Tone.WARNING, self.tr("the values differ")
        name = " – ".join(part for part in (self._way(direction), state) if part)
        return IconLabel(DIRECTION_ICON[direction], tone, name=name)

    def _way(self, direction: Direction) -> str:
        if direction is Direction.TO_SALESFORCE:
            return self.tr("Intercom to Salesforce")
        if direction is Direction.TO_INTERCOM:
            return self.tr("Salesforce to Intercom")
        return self.tr("Both ways")
