"""The rows of one family, with by what its records are matched and whose values are shown."""

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.panels.mapping.key_line import KeyLine
from sfsync_gui.ui.panels.mapping.sample_bar import SampleBar
from sfsync_gui.ui.panels.mapping.table import MappingTable
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, SPACE_TIGHT
from sfsync_gui.ui.widgets.layouts import column


class FamilyView(QWidget):
    """What the editor shows of people, or of companies."""

    def __init__(self, family: Family, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = family
        self.key_line = KeyLine(family)
        self.sample_bar = SampleBar(family)
        self.table = MappingTable(family)
        lines = column(self.key_line, self.sample_bar, space=SPACE_TIGHT)
        lines.setContentsMargins(SPACE_EDGE, SPACE_TIGHT, SPACE_EDGE, 0)
        layout = column(lines, self.table, space=SPACE_GROUP)
        layout.setStretch(1, 1)
        self.setLayout(layout)
