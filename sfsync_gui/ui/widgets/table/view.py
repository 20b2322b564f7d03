"""The table itself: rows used by pointer and keyboard, with empty, loading and failed states."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar, cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QTableView,
    QWidget,
)

from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import COLUMN_LEAST, ROW_HEIGHT
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table.anchor import Anchor
from sfsync_gui.ui.widgets.table.behaviour import be_a_list_of_rows
from sfsync_gui.ui.widgets.table.columns import RowAction
from sfsync_gui.ui.widgets.table.copying import copy_rows
from sfsync_gui.ui.widgets.table.covers import Covers
from sfsync_gui.ui.widgets.table.delegate import CellDelegate
from sfsync_gui.ui.widgets.table.frozen import FrozenColumn
from sfsync_gui.ui.widgets.table.header import Header
from sfsync_gui.ui.widgets.table.model import LoadState, PagedModel
from sfsync_gui.ui.widgets.table.remembering import bring_back, keep
from sfsync_gui.ui.widgets.table.row_bar import RowBar, menu_of
from sfsync_gui.ui.widgets.table.rows_model import Index

R = TypeVar("R")
Actions = Callable[[Sequence[R]], Sequence[RowAction[R]]]
_ROWS = QItemSelectionModel.SelectionFlag.Rows
_Hint = QAbstractItemView.ScrollHint


class TableView(QTableView, Generic[R]):
    """Shows a `PagedModel`. `name` is its accessible name; `actions` are those of given rows.

    Keys: arrows move, Enter opens, Space selects, Delete asks to delete, Ctrl+F asks for the
    search field, Ctrl+C copies rows, the menu key shows the row's actions.
    """

    opened = Signal(object)
    """A row was double-clicked, or Enter pressed on it."""

    row_clicked = Signal(object)
    """A row was clicked with no key held: a person wants to see it."""

    current_changed = Signal(object)
    """A person moved to another row; None for none. A row that goes by itself tells nothing."""

    selection_changed = Signal(list)
    """Other rows are selected."""

    delete_wanted = Signal(list)
    search_wanted = Signal()

    copied = Signal(int)
    """So many rows were put on the clipboard."""

    def __init__(
        self,
        model: PagedModel[R],
        name: str,
        *,
        actions: Actions[R] | None = None,
        empty: EmptyState | None = None,
        nothing_found: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._actions: Actions[R] = actions or (lambda _: ())
        self._going = False
        self.setAccessibleName(name)
        self._delegate = CellDelegate(self)
        self._head = Header(self, model.columns)
        self._frozen = FrozenColumn(self)
        self._bar: RowBar[R] = RowBar(self.viewport())
        empty = empty or EmptyState("list", self.tr("Nothing here yet"))
        self.covers = Covers(self, empty, nothing_found or self.tr("Nothing matches"))
        self._set_up(model)
        self._connect(model)
        self._anchor = Anchor(self, model)
        self._show_state()

    def _set_up(self, model: PagedModel[R]) -> None:
        self.setHorizontalHeader(self._head)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._head.begin()
        be_a_list_of_rows(self)
        self._head.show_sort(self._rows.query)

    def _connect(self, model: PagedModel[R]) -> None:
        self._head.sectionClicked.connect(self._on_head_clicked)
        self._head.arranged.connect(self._place_bar)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.clicked.connect(self._on_clicked)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._frozen.place)
        model.state_changed.connect(self._show_state)
        model.held_changed.connect(self.covers.show_held)
        self.covers.held_button.clicked.connect(self._let_changes_in)
        self.covers.failed.acted.connect(model.start)
        self._bar.menu_wanted.connect(self._on_bar_menu_wanted)
        application = cast(QApplication, QApplication.instance())
        application.focusChanged.connect(self._on_focus_changed)
        model.modelReset.connect(self._on_reset)

    # ------------------------------------------------------------------ rows

    @property
    def current_row(self) -> R | None:
        """The row with the focus."""
        index = self.currentIndex()
        return self._rows.row(index.row()) if index.isValid() else None

    def selected_rows(self) -> list[R]:
        """The selected rows that are at hand, from top to bottom."""
        return [row for row in map(self._rows.row, self.selected_numbers()) if row is not None]

    def selected_numbers(self) -> list[int]:
        """Where the selected rows stand, at hand or not, from top to bottom."""
        ranges = self.selectionModel().selection().toList()
        return sorted({n for part in ranges for n in range(part.top(), part.bottom() + 1)})

    def select_key(self, key: Hashable) -> bool:
        """Select the row of that key and bring it into view; whether it is at hand."""
        number = self._rows.number_of(key)
        if number is None:
            return False
        self.selectRow(number)
        self.scrollTo(self._rows.index(number, 0))
        return True

    def scrollTo(  # noqa: N802 - Qt's name
        self, index: Index, hint: _Hint = _Hint.EnsureVisible
    ) -> None:
        """Bring a row into view, and move nothing sideways: it is rows that are gone through."""
        aside = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(aside)

    def columns_button(self, button: QAbstractButton) -> None:
        """Let a button of the panel show the column chooser."""
        button.clicked.connect(
            lambda: self._head.chooser().popup(button.mapToGlobal(button.rect().bottomLeft()))
        )

    def remember(self, preferences: Preferences, name: str) -> None:
        """Bring back columns and sorting as they were left under that name, and keep them from
        now on. Call before the model starts."""
        bring_back(preferences, name, self._head, self._rows)
        self._head.show_sort(self._rows.query)
        self._head.arranged.connect(lambda: keep(preferences, name, self._head, self._rows))

    # ------------------------------------------------------------------ keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Do what the key means in a list of things."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        elif key == Qt.Key.Key_Space:
            self._toggle_current()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            aside = COLUMN_LEAST if key == Qt.Key.Key_Right else -COLUMN_LEAST
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + aside)
        elif event.matches(QKeySequence.StandardKey.Delete):
            if rows := self.selected_rows():
                self.delete_wanted.emit(rows)
        elif event.matches(QKeySequence.StandardKey.Find):
            self.search_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, with the columns as they are shown."""
        columns = [self._rows.columns[place] for place in self._head.places()]
        copy_rows(self._rows, self.selected_numbers(), columns, self.copied.emit)

    def _toggle_current(self) -> None:
        flag = QItemSelectionModel.SelectionFlag.Toggle | _ROWS
        self.selectionModel().select(self.currentIndex(), flag)

    def _open(self, number: int) -> None:
        row = self._rows.row(number)
        if row is not None:
            self.opened.emit(row)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Tell the row; draw the old and the new one."""
        super().currentChanged(current, previous)
        for number in (previous.row(), current.row()):
            self._update_row(number)
        if current.row() != previous.row():
            if not self._going:
                self.current_changed.emit(self._rows.row(current.row()))
            self._place_bar()

    def rowsAboutToBeRemoved(  # noqa: N802 - Qt's name
        self, parent: Index, start: int, end: int
    ) -> None:
        """The focus goes on to the next row; the selection does not: nobody chose that row."""
        if start <= self.currentIndex().row() <= end:
            number = end + 1 if end + 1 < self._rows.rowCount() else start - 1
            self._go_on_to(number, max(0, self.currentIndex().column()))
        super().rowsAboutToBeRemoved(parent, start, end)

    def _go_on_to(self, number: int, place: int) -> None:
        """Move the focus without selecting or telling: no person did that."""
        self._going = True
        unselected = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(self._rows.index(number, place), unselected)
        self._going = False

    def selectionChanged(  # noqa: N802 - Qt's name
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        """Tell the rows."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(self.selected_rows())
        self._place_bar()

    # ------------------------------------------------------------------ pointer

    def _on_clicked(self, index: Index) -> None:
        row = self._rows.row(index.row())
        plain = QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
        if row is not None and plain:
            self.row_clicked.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hold the rows while the pointer is on them, and let them go after."""
        if event.type() is QEvent.Type.Enter:
            self._rows.hold(True)
        elif event.type() is QEvent.Type.Leave:
            self._hover(-1)
            self._let_changes_in()
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row == self._delegate.hovered:
            return
        before, self._delegate.hovered = self._delegate.hovered, row
        for number in (before, row):
            self._update_row(number)
        self._frozen.update()
        self._place_bar()

    def _update_row(self, number: int) -> None:
        top = self.rowViewportPosition(number) if number >= 0 else 0
        self.viewport().update(0, top, self.viewport().width(), ROW_HEIGHT)

    def _let_changes_in(self) -> None:
        self._rows.hold(False)
        if self.viewport().underMouse():
            self._rows.hold(True)

    # ------------------------------------------------------------------ actions

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Show the actions of the selected rows, or of the one pointed at."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            number, at = self.rowAt(event.pos().y()), event.globalPos()
        else:
            index = self.currentIndex()
            number = index.row()
            at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        self._show_menu(number, at)

    def _show_menu(self, number: int, at: QPoint) -> None:
        row = self._rows.row(number)
        if row is None:
            return
        if not self.selectionModel().isRowSelected(number):
            self.selectRow(number)
        rows = self.selected_rows()
        actions = self._actions(rows)
        if len(rows) > 1:
            actions = [action for action in actions if action.many]
        menu_of(rows, actions, self, {self.tr("Copy"): self.copy}).popup(at)

    def _bar_row(self) -> int:
        if self._delegate.hovered >= 0:
            return self._delegate.hovered
        focused = QApplication.focusWidget()
        near = focused is self or (focused is not None and self._bar.isAncestorOf(focused))
        return self.currentIndex().row() if near else -1

    def _place_bar(self) -> None:
        number = self._bar_row()
        row = self._rows.row(number)
        actions = () if row is None else self._actions([row])
        if row is None or not actions:
            self._bar.hide()
            return
        selected = self.selectionModel().isRowSelected(number)
        hovered = number == self._delegate.hovered
        self._bar.show_for([row], actions, selected=selected, hovered=hovered)
        top = self.rowViewportPosition(number) + 1
        self._bar.move(self.viewport().width() - self._bar.width(), top)

    def _on_focus_changed(self) -> None:
        self.viewport().update()
        self._place_bar()

    def _on_bar_menu_wanted(self) -> None:
        self._show_menu(self._bar_row(), self._bar.mapToGlobal(self._bar.rect().bottomLeft()))

    # ------------------------------------------------------------------ place

    def _on_reset(self) -> None:
        self.scrollToTop()
        if self.hasFocus() and self._rows.rowCount():
            self._go_on_to(0, 0)
        self._hover(-1)
        self._see()

    def _on_scrolled(self) -> None:
        if self.viewport().underMouse():
            self._hover(self.rowAt(self.viewport().mapFromGlobal(self.cursor().pos()).y()))
        self._frozen.update()
        self._place_bar()
        self._see()

    def _see(self) -> None:
        height = self.viewport().height()
        first = max(0, self.verticalScrollBar().value() // ROW_HEIGHT)
        self._rows.see(first, first + height // ROW_HEIGHT + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fill the room."""
        super().resizeEvent(event)
        self._head.fit(self.viewport().width())
        self.covers.place(self.viewport().geometry())
        self._place_bar()
        self._see()

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Keep what lies over the table in its place."""
        super().updateGeometries()
        self._frozen.place()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the ground first: an opaque viewport is scrolled by moving what is painted."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(colors_of(self).window))
        painter.end()
        super().paintEvent(event)

    def _show_state(self) -> None:
        model = self._rows
        self.covers.show_state(model.state, model.failure, narrowed=model.query.is_narrowed)
        has_columns = model.state in (LoadState.READY, LoadState.LOADING)
        self._head.setVisible(has_columns)
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if has_columns else policy.ScrollBarAlwaysOff
        )
        self.covers.place(self.viewport().geometry())
        self._frozen.place()

    def _on_head_clicked(self, place: int) -> None:
        column = self._rows.columns[place]
        if not column.sortable:
            return
        query = self._rows.query
        descending = not query.descending if query.sort == column.key else column.last_first
        self._rows.ask(sort=column.key, descending=descending)
        self._head.show_sort(self._rows.query)
        self._head.arranged.emit()
