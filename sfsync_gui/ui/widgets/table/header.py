"""The head of a table: titles, sort indicator, widths that fill the room, column chooser."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.tokens import COLUMN_LEAST, ROW_HEIGHT
from sfsync_gui.ui.widgets.table.columns import Column


class Header(QHeaderView):
    """Columns with `stretch` share the room that the others leave; a width set by hand stays."""

    def __init__(self, view: QTableView, columns: Sequence[Column[Any]]) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._columns = columns
        self._by_hand: set[int] = set()
        self._fitting = False
        self.setFont(fonts.caption_strong_font())
        self.setFixedHeight(ROW_HEIGHT)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(COLUMN_LEAST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        self.sectionResized.connect(self._on_resized)

    def begin(self) -> None:
        """Take the columns' widths; call when the model is set."""
        self._fitting = True
        for place, column in enumerate(self._columns):
            self.resizeSection(place, column.width)
            self.setSectionHidden(place, not column.shown and place > 0)
        self._fitting = False

    def fit(self, room: int) -> None:
        """Let the stretching columns fill the room, never below the width they begin with."""
        shown = [place for place in range(len(self._columns)) if not self.isSectionHidden(place)]
        elastic = [p for p in shown if self._columns[p].stretch and p not in self._by_hand]
        if not elastic:
            return
        taken = sum(self.sectionSize(place) for place in shown if place not in elastic)
        wanted = sum(self._columns[place].width for place in elastic)
        spare = max(0, room - taken - wanted)
        self._fitting = True
        for number, place in enumerate(elastic):
            share = spare // (len(elastic) - number)
            spare -= share
            self.resizeSection(place, self._columns[place].width + share)
        self._fitting = False

    def chooser(self) -> QMenu:
        """A menu with a tick for each column that may be hidden."""
        menu = QMenu(self)
        for place, column in enumerate(self._columns):
            if place == 0 or not column.title:
                continue
            entry = QAction(column.title, menu, checkable=True)
            entry.setChecked(not self.isSectionHidden(place))
            entry.toggled.connect(lambda shown, place=place: self._show(place, shown))
            menu.addAction(entry)
        return menu

    def _show(self, place: int, shown: bool) -> None:
        self.setSectionHidden(place, not shown)
        self.geometriesChanged.emit()
        view = self.parent()
        if isinstance(view, QTableView):
            self.fit(view.viewport().width())

    def _on_resized(self, place: int, old: int, new: int) -> None:
        if not self._fitting and old and new:
            self._by_hand.add(place)

    def _on_menu_wanted(self, at: QPoint) -> None:
        self.chooser().popup(self.mapToGlobal(at))
