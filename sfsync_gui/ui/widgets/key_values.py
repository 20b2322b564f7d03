"""Facts in two columns: what it is, and its value, which can be marked and copied."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, told_label
from sfsync_gui.ui.widgets.layouts import clear

_WORD = 18
"""Letters of a word that fit into the value's column whatever the pane's width."""


class KeyValueTable(QWidget):
    """Rows of a quiet name and a value: text, or any widget."""

    def __init__(
        self,
        facts: Iterable[tuple[str, str | QWidget]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_SECTION)
        self._grid.setVerticalSpacing(SPACE_GROUP)
        self._grid.setColumnStretch(1, 1)
        self.setLayout(self._grid)
        self.set_facts(facts)

    def set_facts(self, facts: Iterable[tuple[str, str | QWidget]]) -> None:
        """Show other facts."""
        clear(self._grid)
        for line, (name, value) in enumerate(facts):
            shown = _value_label(value) if isinstance(value, str) else value
            top = isinstance(value, str)
            place = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter
            self._grid.addWidget(PlainLabel(name, tone=Tone.MUTED), line, 0, place)
            shown.setAccessibleDescription(name)
            self._grid.addWidget(shown, line, 1)


def _value_label(value: str) -> PlainLabel:
    """Codes and ids have no place to break: they are shortened in the middle instead."""
    if len(value) > _WORD and " " not in value:
        return ElidedLabel(value, middle=True)
    return told_label(value or "–")
