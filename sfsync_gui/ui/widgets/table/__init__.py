"""Tables: pages of rows from the store, read as they are scrolled to, used by hand and by keyboard.

A panel says what its columns are and how a page is fetched; the rest is the same everywhere.
"""

from sfsync_gui.ui.widgets.table.columns import Cell, Column, Query, RowAction
from sfsync_gui.ui.widgets.table.model import LoadState, PagedModel
from sfsync_gui.ui.widgets.table.view import TableView
from sfsync_gui.ui.widgets.table.watch import Watch

__all__ = ["Cell", "Column", "LoadState", "PagedModel", "Query", "RowAction", "TableView", "Watch"]
