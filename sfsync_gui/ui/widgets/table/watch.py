"""Tells when one row of a table, of which more is shown elsewhere, is listed no more."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from sfsync_gui.ui.widgets.table.rows_model import RowsModel

R = TypeVar("R")


class Watch(QObject, Generic[R]):
    """Watches one row at a time by its key. `gone` tells once that it is not there any more."""

    gone = Signal()

    def __init__(self, model: RowsModel[R]) -> None:
        super().__init__(model)
        self._model = model
        self._key: Hashable | None = None
        # Later: a row that moves is taken out and put in again at once.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        model.rowsRemoved.connect(self._soon.start)
        model.modelReset.connect(self._soon.start)

    def begin(self, key: Hashable) -> None:
        """Watch this row from now on, in place of another."""
        self._key = key

    def end(self) -> None:
        """Watch no more."""
        self._key = None

    def _look(self) -> None:
        keys = (self._model.key_of(row) for _, row in self._model.pages.at_hand())
        if self._key is not None and self._key not in keys:
            self.end()
            self.gone.emit()
