"""What a person looks at stays where it is while rows come and go above it."""

from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTableView

from sfsync_gui.ui.theme.tokens import ROW_HEIGHT
from sfsync_gui.ui.widgets.table.model import PagedModel


class Anchor:
    """Holds the topmost row in view in its place, except at the beginning of the list: there new
    rows are to be seen, unless the pointer rests on the rows."""

    def __init__(self, view: QTableView, model: PagedModel[Any]) -> None:
        self._view = view
        self._model = model
        self._held: tuple[Hashable, int] | None = None
        model.rowsAboutToBeInserted.connect(self._note)
        model.rowsAboutToBeRemoved.connect(self._note)
        model.rowsInserted.connect(self._go_back)
        model.rowsRemoved.connect(self._go_back)

    def _note(self, parent: QModelIndex, first: int, last: int) -> None:
        self._held = None
        view = self._view
        if view.verticalScrollBar().value() > 0 or view.viewport().underMouse():
            number = view.rowAt(0)
            row = self._model.row(number)
            if row is not None:
                self._held = (self._model.key_of(row), view.rowViewportPosition(number))

    def _go_back(self) -> None:
        if self._held is None:
            return
        key, offset = self._held
        number = self._model.number_of(key)
        if number is not None:
            self._view.updateGeometries()
            self._view.verticalScrollBar().setValue(number * ROW_HEIGHT - offset)
