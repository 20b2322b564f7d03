"""Rows on the clipboard, as a spreadsheet or a message takes them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtGui import QGuiApplication

from sfsync_gui.core.csv_cells import copied_cell
from sfsync_gui.ui.widgets.table.columns import Column
from sfsync_gui.ui.widgets.table.model import PagedModel

R = TypeVar("R")


def copy_rows(
    model: PagedModel[R],
    numbers: Sequence[int],
    columns: Sequence[Column[R]],
    on_copied: Callable[[int], object],
) -> None:
    """Copy the texts of these rows: one a line, columns parted by tabs, no cell a formula. Rows
    that are not at hand are read for that. Tells how many there were."""

    def put(rows: Sequence[R]) -> None:
        lines = [
            "\t".join(copied_cell(_on_one_line(column.cell_of(row).text)) for column in columns)
            for row in rows
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))
            on_copied(len(lines))

    rows = [row for row in map(model.row, numbers) if row is not None]
    if len(rows) == len(numbers):
        put(rows)
    else:
        model.fetch_rows(numbers, put)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
