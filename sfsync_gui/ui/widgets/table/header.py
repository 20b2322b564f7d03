"""The head of a table: titles, sort indicator, widths that fill the room, column chooser.

Columns are told apart by their key, so that what a person arranged outlives a program in which
columns came or went.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.tokens import (
    COLUMN_LEAST,
    COLUMN_MOST,
    ROW_HEIGHT,
    SPACE_GROUP,
)
from sfsync_gui.ui.widgets.table.columns import Column, Query

Arrangement = Mapping[str, Any]
"""What a person arranged, as JSON knows it: `order` and `hidden` are keys, `widths` by key."""


class Header(QHeaderView):
    """Columns with `stretch` share the room that the others leave, and where there is too little
    those with a `least` width give way; a width set by hand stays.

    All columns but the first can be dragged to another place.
    """

    arranged = Signal()
    """A person moved, resized, showed or hid a column, or sorted by one."""

    def __init__(self, view: QTableView, columns: Sequence[Column[Any]]) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._columns = columns
        self.setProperty("edge", "true" if columns[0].at_edge else "false")
        self._by_hand: set[int] = set()
        self._fitting = False
        self.setFont(fonts.caption_strong_font())
        self.setFixedHeight(ROW_HEIGHT)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(COLUMN_LEAST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        self.sectionResized.connect(self._on_resized)
        self.sectionMoved.connect(self._on_moved)

    def begin(self) -> None:
        """Take the columns' own order and widths; call when the model is set."""
        self._fitting = True
        self._by_hand.clear()
        for place, column in enumerate(self._columns):
            self.moveSection(self.visualIndex(place), place)
            self.setSectionHidden(place, not column.shown and place > 0)
            self.resizeSection(place, self._first_width(place))
        self._fitting = False

    def places(self) -> list[int]:
        """The columns on show from left to right, as numbers of the model."""
        places = (self.logicalIndex(visual) for visual in range(self.count()))
        return [place for place in places if not self.isSectionHidden(place)]

    def _first_width(self, place: int) -> int:
        """What a column begins with; the first has the panel's edge within it."""
        edge = 0 if place else self._columns[0].left - SPACE_GROUP
        return self._columns[place].width + edge

    def _gives(self, place: int) -> int:
        """By how much a column may become narrower than it begins."""
        column = self._columns[place]
        return 0 if column.least is None else max(0, column.width - column.least)

    def fit(self, room: int) -> None:
        """Fill the room: what is left goes to the stretching columns, what lacks is taken from
        all that can give, in proportion. Where that is not enough all stay as wide as they begin,
        and are scrolled."""
        shown = self.places()
        free = [place for place in shown if place not in self._by_hand]
        taken = sum(self.sectionSize(place) for place in shown if place in self._by_hand)
        spare = room - taken - sum(self._first_width(place) for place in free)
        elastic = [place for place in free if self._columns[place].stretch]
        weights = [(place, 1) for place in elastic if spare > 0]
        if spare < 0:
            gives = [(place, self._gives(place)) for place in free]
            weights = gives if sum(weight for _, weight in gives) >= -spare else []
        changes = dict(_shared(spare, weights))
        self._fitting = True
        for place in free:
            self.resizeSection(place, self._first_width(place) + changes.get(place, 0))
        self._fitting = False

    def show_sort(self, query: Query) -> None:
        """Show by which column the rows are sorted, where they can be."""
        places = (place for place, one in enumerate(self._columns) if one.key == query.sort)
        order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        self.setSortIndicatorShown(any(column.sortable for column in self._columns))
        self.setSortIndicator(next(places, -1), order)

    # ------------------------------------------------------------------ arrangement

    def arrangement(self) -> Arrangement:
        """What a person arranged, to be kept and given to `arrange`."""
        places = [self.logicalIndex(visual) for visual in range(self.count())]
        keys = [column.key for column in self._columns]
        return {
            "order": [keys[place] for place in places],
            "hidden": [keys[place] for place in places if self.isSectionHidden(place)],
            "widths": {keys[place]: self.sectionSize(place) for place in sorted(self._by_hand)},
        }

    def arrange(self, kept: Arrangement) -> None:
        """Bring back what was kept; columns it does not know stay as they begin."""
        self.begin()
        self._fitting = True
        known = {column.key: place for place, column in enumerate(self._columns)}
        order = [known[key] for key in _words(kept.get("order")) if key in known]
        for visual, place in enumerate(place for place in order if place):
            self.moveSection(self.visualIndex(place), visual + 1)
        if order:
            hidden = _words(kept.get("hidden"))
            for place in order:
                if place:
                    self.setSectionHidden(place, self._columns[place].key in hidden)
        widths = kept.get("widths")
        for key, width in (widths if isinstance(widths, Mapping) else {}).items():
            if key in known and isinstance(width, int):
                self._by_hand.add(known[key])
                self.resizeSection(known[key], max(COLUMN_LEAST, min(width, COLUMN_MOST)))
        self._fitting = False

    # ------------------------------------------------------------------ by hand

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
        menu.addSeparator()
        menu.addAction(self.tr("Reset columns"), self._reset)
        return menu

    def _reset(self) -> None:
        self.begin()
        self._settle()

    def _show(self, place: int, shown: bool) -> None:
        self.setSectionHidden(place, not shown)
        self._settle()

    def _settle(self) -> None:
        self.geometriesChanged.emit()
        view = self.parent()
        if isinstance(view, QTableView):
            self.fit(view.viewport().width())
        self.arranged.emit()

    def _on_resized(self, place: int, old: int, new: int) -> None:
        if not self._fitting and old and new:
            self._by_hand.add(place)
            self.arranged.emit()

    def _on_moved(self) -> None:
        if not self._fitting:
            self.arranged.emit()

    def _on_menu_wanted(self, at: QPoint) -> None:
        self.chooser().popup(self.mapToGlobal(at))


def _shared(amount: int, weights: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What falls to each of these by its weight, to the pixel."""
    left, weight_left = amount, sum(weight for _, weight in weights)
    for place, weight in weights:
        share = round(left * weight / weight_left) if weight_left else 0
        left, weight_left = left - share, weight_left - weight
        yield place, share


def _words(kept: object) -> list[str]:
    return [word for word in kept if isinstance(word, str)] if isinstance(kept, list) else []
