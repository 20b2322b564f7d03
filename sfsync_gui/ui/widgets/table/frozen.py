"""The first column, laid over the table while it is scrolled sideways."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView, QWidget

from sfsync_gui.ui.theme.palette import colors_of


class FrozenColumn(QWidget):
    """Paints the first column's head and cells above those that scrolled below it.

    It only paints: the mouse goes through to the table, which knows to find the first column's
    cells here (`TableView.indexAt` asks by row).
    """

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def place(self) -> None:
        """Stand where the table wants it now, or hide."""
        view = self._view
        scrolled = view.horizontalScrollBar().value() > 0
        self.setVisible(scrolled and view.horizontalHeader().isVisibleTo(view))
        top = view.horizontalHeader().geometry().top()
        width = view.columnWidth(0) + 1
        height = view.horizontalHeader().height() + view.viewport().height()
        self.setGeometry(QRect(view.viewport().geometry().left(), top, width, height))
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw head and cells as the table draws them."""
        view, header = self._view, self._view.horizontalHeader()
        colors = colors_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.window))
        head = QRect(0, 0, self.width() - 1, header.height())
        painter.save()
        painter.setClipRect(head)
        header.paintSection(painter, head, 0)
        painter.restore()
        painter.setClipRect(self.rect().adjusted(0, header.height(), 0, 0))
        option = QStyleOptionViewItem()
        view.initViewItemOption(option)
        delegate = view.itemDelegate()
        first = max(0, view.rowAt(0))
        for number in range(first, view.model().rowCount()):
            y = view.rowViewportPosition(number)
            if y > view.viewport().height():
                break
            index = view.model().index(number, 0)
            option.rect = QRect(0, y + header.height(), self.width() - 1, view.rowHeight(number))
            selected = view.selectionModel().isSelected(index)
            state = option.state & ~option.state.State_Selected
            option.state = state | option.state.State_Selected if selected else state
            delegate.paint(painter, option, index)
        line = QColor(colors.divider)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), line)
