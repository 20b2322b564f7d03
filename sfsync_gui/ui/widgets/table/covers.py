"""What stands over a table in place of its rows, and the button that lets waiting changes in."""

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtWidgets import QTableView, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.states import EmptyState, SkeletonRows
from sfsync_gui.ui.widgets.table.model import LoadState


class Covers:
    """The empty, failed and loading states of one table. `empty`, `failed` and `found_none`, which
    stands where the question was narrowed, may be given actions."""

    def __init__(self, view: QTableView, empty: EmptyState, nothing_found: str) -> None:
        self.empty = empty
        self.failed = EmptyState()
        self.found_none = EmptyState("search", nothing_found)
        self._skeleton = SkeletonRows(left=SPACE_EDGE)
        self._all: tuple[QWidget, ...] = (empty, self.failed, self.found_none, self._skeleton)
        for cover in self._all:
            cover.setParent(view)
            cover.hide()
        words = QCoreApplication.translate("table", "Show changes")
        self.held_button = Button(words, icon_name="chevron-down", parent=view)
        self.held_button.hide()

    def show_state(self, state: LoadState, failure: SfsyncError | None, *, narrowed: bool) -> None:
        """Show what belongs to that state; nothing where there are rows."""
        wanted: QWidget | None = None
        if state is LoadState.LOADING:
            wanted = self._skeleton
        elif state is LoadState.EMPTY:
            wanted = self.found_none if narrowed else self.empty
        elif state is LoadState.FAILED and failure is not None:
            self.failed.say_failure(failure)
            wanted = self.failed
        for cover in self._all:
            cover.setVisible(cover is wanted)

    def show_held(self, count: int) -> None:
        """Offer to let changes in, where some wait."""
        self.held_button.setVisible(count > 0)
        self.held_button.raise_()

    def place(self, area: QRect) -> None:
        """Lie over the rows."""
        for cover in self._all:
            cover.setGeometry(area)
        button = self.held_button
        button.adjustSize()
        button.move(area.center().x() - button.width() // 2, area.top() + SPACE_GROUP)
