"""How every table behaves: rows of one height that are selected as a whole, and nothing edited."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from sfsync_gui.ui.theme.tokens import ROW_HEIGHT


def be_a_list_of_rows(view: QTableView) -> None:
    """Have Qt's table do as our lists do."""
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    view.verticalHeader().setSectionResizeMode(view.verticalHeader().ResizeMode.Fixed)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setMouseTracking(True)
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    view.setTabKeyNavigation(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    by_pixel = QAbstractItemView.ScrollMode.ScrollPerPixel
    view.setVerticalScrollMode(by_pixel)
    view.setHorizontalScrollMode(by_pixel)
