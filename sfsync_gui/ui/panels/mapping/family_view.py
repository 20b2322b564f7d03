"""The rows of one family, with by what its records are matched and whose values are shown."""

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.panels.mapping.key_line import KeyLine
from sfsync_gui.ui.panels.mapping.sample_bar import SampleBar
from sfsync_gui.ui.panels.mapping.table import MappingTable
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, SPACE_TIGHT
from sfsync_gui.ui.widgets.layouts import boxed, column


class FamilyView(QWidget):
    """What the editor shows of people, or of companies."""

    def __init__(self, family: Family, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = family
        self.key_line = KeyLine(family)
        self.sample_bar = SampleBar(family)
        self.table = MappingTable(family)
        margins = (SPACE_EDGE, SPACE_TIGHT, SPACE_EDGE, 0)
        lines = column(self.key_line, self.sample_bar, space=SPACE_TIGHT, margins=margins)
        self._lines = boxed(lines)
        layout = column(self._lines, self.table, space=SPACE_GROUP)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_key(self, rules: SyncRules, schema: Schema) -> None:
        """Say by what the family is matched; while it is not synced there is nothing to say."""
        self.key_line.show_key(rules, schema)
        is_synced = rules.key_of(self.family) is not None
        self._lines.setVisible(is_synced)
