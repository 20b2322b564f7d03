"""What both sides have, in pairs: a popover that scrolls, and a table with a sign for each pair."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QScrollArea, QWidget

from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    POPOVER_HEIGHT,
    SPACE_GROUP,
    SPACE_INSET,
    Tone,
)
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed
from sfsync_gui.ui.widgets.popover import Popover
from sfsync_gui.ui.widgets.surfaces import Divider


class PairsPopover(Popover):
    """As high as its content, which scrolls where there is much of it."""

    def __init__(self, name: str, content: QLayout, parent: QWidget) -> None:
        super().__init__(name, parent, width=DIALOG)
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


class PairsTable(QWidget):
    """Intercom's to the left, Salesforce's to the right, and between them what is with the two."""

    def __init__(self, left: str, right: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_INSET)
        self._grid.setVerticalSpacing(SPACE_GROUP)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(2, 1)
        for place, text in ((0, left), (2, right)):
            self._grid.addWidget(ElidedLabel(text, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        self._grid.addWidget(Divider(), 1, 0, 1, 3)
        self.setLayout(self._grid)

    def _add_pair(self, left: QWidget, sign: IconLabel, right: QWidget) -> None:
        line = self._grid.rowCount()
        for place, widget in enumerate((left, sign, right)):
            self._grid.addWidget(widget, line, place)

    def _add_note(self, text: str) -> None:
        label = PlainLabel(text, tone=Tone.MUTED)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 3)
