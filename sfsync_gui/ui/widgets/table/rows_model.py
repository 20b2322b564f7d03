"""Rows at hand, edited in place: the part of a table's model that knows nothing of fetching."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from sfsync_gui.ui.widgets.table.columns import Cell, Column
from sfsync_gui.ui.widgets.table.pages import Page, Pages, edits

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
NONE = QModelIndex()


class RowsModel(QAbstractTableModel, Generic[R]):
    """Columns over pages of rows. Rows are told apart by their key, so that selection and place
    outlive every change.

    While `hold` is in force rows neither come nor go: a pointer rests on them. What happened
    meanwhile follows when it ends.
    """

    held_changed = Signal(int)
    """How many changes wait."""

    def __init__(
        self, columns: Sequence[Column[R]], key: Callable[[R], Hashable], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key_of = key
        self.pages: Pages[R] = Pages()
        self._held: dict[object, Callable[[], None]] = {}
        self._held_rows = 0
        self._holding = False

    # ------------------------------------------------------------------ live changes

    def hold(self, holding: bool) -> None:
        """Let changes wait, or make those that waited."""
        self._holding = holding
        if not holding and self._held:
            waiting = self._held
            self._forget_held()
            for change in waiting.values():
                change()

    def update_rows(self, rows: Iterable[R]) -> None:
        """Show these in place of the rows of the same keys, at once; others are passed over."""
        fresh = {self.key_of(row): row for row in rows}
        for number, row in list(self.pages.at_hand()):
            key = self.key_of(row)
            if key in fresh:
                self.pages.put(number, fresh[key])
                self._announce(number, 1)

    def insert_first(self, rows: Sequence[R]) -> None:
        """New rows come before all others, the first of these first."""
        self.change(lambda: self._insert_first(rows), len(rows))

    def remove_keys(self, keys: Iterable[Hashable], *, by_hand: bool = False) -> None:
        """Rows of these keys go; at once where it was a person who did that here, `by_hand`."""
        gone = set(keys)
        present = sum(self.key_of(row) in gone for _, row in self.pages.at_hand())
        if present and by_hand:
            self._remove_keys(gone)
        elif present:
            self.change(lambda: self._remove_keys(gone), present)

    def change(self, change: Callable[[], None], rows: int, about: object = None) -> None:
        """Make a change that lets rows come or go: now, or when the hold ends.

        Of changes that wait about the same thing only the last is made.
        """
        if not self._holding:
            change()
            return
        key = object() if about is None else about
        self._held_rows += 0 if key in self._held else rows
        self._held[key] = change
        self.held_changed.emit(self._held_rows)

    @property
    def held(self) -> int:
        """How many changes wait."""
        return self._held_rows

    def rows_changed(self) -> None:
        """Called after rows came or went."""

    def _forget_held(self) -> None:
        self._held, self._held_rows = {}, 0
        self.held_changed.emit(0)

    def _insert_first(self, rows: Sequence[R]) -> None:
        known = {self.key_of(row) for _, row in self.pages.at_hand()}
        fresh = [row for row in rows if self.key_of(row) not in known]
        if fresh and self.pages.pages:
            self._insert(self.pages.pages[0], 0, 0, fresh)
            self.rows_changed()

    def _remove_keys(self, gone: set[Hashable]) -> None:
        for number, row in reversed(list(self.pages.at_hand())):
            if self.key_of(row) in gone:
                index = self.pages.index_of(number)
                start = self.pages.start_of(index)
                self._remove(self.pages.pages[index], start, number - start, 1)
        self.rows_changed()

    # ------------------------------------------------------------------ pages

    def _append_page(self, after: R | None, rows: list[R]) -> None:
        start = len(self.pages)
        self.beginInsertRows(NONE, start, start + len(rows) - 1)
        self.pages.append(after, rows)
        self.endInsertRows()

    def _cut_after(self, index: int) -> None:
        """Forget the pages after that one."""
        start = self.pages.start_of(index + 1)
        if start < len(self.pages):
            self.beginRemoveRows(NONE, start, len(self.pages) - 1)
            self.pages.cut_after(index)
            self.endRemoveRows()

    def _replace_page(self, index: int, rows: list[R]) -> None:
        """Put other rows in place of a page's, moving as few as can be."""
        page, start = self.pages.pages[index], self.pages.start_of(index)
        if page.rows is None:
            self._fill(page, start, rows)
        else:
            for edit in edits(page.rows, rows, self.key_of):
                self._remove(page, start, edit.place, edit.gone)
                self._insert(page, start, edit.place, edit.rows)
            page.rows[:] = rows
        self._announce(start, page.count)

    def _fill(self, page: Page[R], start: int, rows: list[R]) -> None:
        """Rows that were let go are at hand again; there may be more or fewer than there were."""
        kept = min(page.count, len(rows))
        page.rows = rows[:kept]
        if page.count > kept:
            self.beginRemoveRows(NONE, start + kept, start + page.count - 1)
            self.pages.set_count(page, kept)
            self.endRemoveRows()
        self._insert(page, start, kept, rows[kept:])

    def _insert(self, page: Page[R], start: int, place: int, rows: Sequence[R]) -> None:
        if rows and page.rows is not None:
            self.beginInsertRows(NONE, start + place, start + place + len(rows) - 1)
            page.rows[place:place] = rows
            self.pages.set_count(page, len(page.rows))
            self.endInsertRows()

    def _remove(self, page: Page[R], start: int, place: int, count: int) -> None:
        if count and page.rows is not None:
            self.beginRemoveRows(NONE, start + place, start + place + count - 1)
            del page.rows[place : place + count]
            self.pages.set_count(page, len(page.rows))
            self.endRemoveRows()

    def _announce(self, start: int, count: int) -> None:
        if count:
            last = self.index(start + count - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(start, 0), last)

    # ------------------------------------------------------------------ reading

    def row(self, number: int) -> R | None:
        """The row of that number, None where it is not at hand now."""
        return self.pages.row(number)

    def number_of(self, key: Hashable) -> int | None:
        """Where the row of that key stands, None where it is not at hand."""
        return next((n for n, row in self.pages.at_hand() if self.key_of(row) == key), None)

    def cell(self, index: Index) -> Cell | None:
        """What stands there, None while the row is not at hand."""
        row = self.pages.row(index.row())
        return None if row is None else self.columns[index.column()].cell_of(row)

    def rowCount(self, parent: Index = NONE) -> int:  # noqa: N802 - Qt's name
        """Rows reached so far."""
        return 0 if parent.isValid() else len(self.pages)

    def columnCount(self, parent: Index = NONE) -> int:  # noqa: N802 - Qt's name
        """All columns, shown or not."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for Qt itself and for screen readers; the delegate asks for the `cell`."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        cell = self.cell(index)
        return "" if cell is None else cell.text or cell.tooltip

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles, aligned as their columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
