"""Draws the cells: shortened text, icons, the ground of hovered and selected rows."""

from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    ICON,
    ICON_GAP,
    LIGHT,
    ROW_HEIGHT,
    SPACE_GROUP,
    SPACE_INSET,
    Colors,
)
from sfsync_gui.ui.widgets.states import paint_skeleton
from sfsync_gui.ui.widgets.table.columns import Cell, Column
from sfsync_gui.ui.widgets.table.rows_model import RowsModel
from sfsync_gui.ui.widgets.tooltips import plain

Index = QModelIndex | QPersistentModelIndex
_TEXTS_KEPT = 4000
_SHARES = (0.62, 0.48, 0.7, 0.55, 0.4, 0.66, 0.5)


class CellDelegate(QStyledItemDelegate):
    """Paints `RowsModel.cell`. `hovered` is the row under the pointer, -1 for none."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self.hovered = -1
        self._body = fonts.body_font()
        self._strong = fonts.strong_font()
        self._colors: tuple[int, Colors] = (0, LIGHT)
        self._texts: dict[tuple[str, bool, bool, int], str] = {}
        self._metrics = QFontMetrics(self._body)
        self._strong_metrics = QFontMetrics(self._strong)

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> QSize:
        """As wide as the text, for a double click on the edge of a column's head."""
        cell = _model(index).cell(index)
        width = _left(index) + SPACE_GROUP
        if cell is not None:
            width += self._metrics.horizontalAdvance(cell.text)
            width += ICON + ICON_GAP if cell.icon_name else 0
        return QSize(width, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect: QRect = option.rect
        state = option.state
        view = cast(QAbstractItemView, self.parent())
        colors = self._colors_for(view)
        self._paint_ground(painter, rect, state, index, colors)
        model = _model(index)
        cell = model.cell(index)
        if cell is None:
            self._paint_missing(painter, rect, index, view)
            return
        column = model.columns[index.column()]
        area = rect.adjusted(_left(index), 0, -SPACE_GROUP, 0)
        if cell.icon_name:
            area = self._paint_icon(painter, area, cell, alone=not cell.text)
        if cell.text:
            enabled = bool(state & QStyle.StateFlag.State_Enabled)
            painter.setPen(QColor(colors.tone(cell.tone) if enabled else colors.disabled))
            painter.setFont(self._strong if cell.strong else self._body)
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            text = self._shortened(cell, column, area.width())
            painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _colors_for(self, view: QAbstractItemView) -> Colors:
        """The colours in force, looked up once for all cells that are painted with them."""
        key = view.palette().cacheKey()
        if key != self._colors[0]:
            self._colors = (key, colors_of(view))
        return self._colors[1]

    def _paint_ground(
        self,
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        index: Index,
        colors: Colors,
    ) -> None:
        ground = colors.window
        if state & QStyle.StateFlag.State_Selected:
            ground = colors.selection
        elif index.row() == self.hovered:
            ground = colors.hover
        if ground != colors.window:  # which the table has painted already
            painter.fillRect(rect, QColor(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colors.divider))
        view = cast(QTableView, self.parent())
        if index.row() == view.currentIndex().row() and view.hasFocus():
            accent = QColor(colors.accent)
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, accent)
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, accent)

    def _paint_icon(self, painter: QPainter, area: QRect, cell: Cell, *, alone: bool) -> QRect:
        left = area.left() + ((area.width() - ICON) // 2 if alone else 0)
        place = QRect(left, area.top() + (area.height() - ICON) // 2, ICON, ICON)
        icon(cell.icon_name, cell.icon_tone).paint(painter, place)
        return area.adjusted(ICON + ICON_GAP, 0, 0, 0)

    def _paint_missing(
        self, painter: QPainter, rect: QRect, index: Index, view: QAbstractItemView
    ) -> None:
        share = _SHARES[(index.row() * 3 + index.column() * 2) % len(_SHARES)]
        left = _left(index)
        width = (rect.width() - left - SPACE_GROUP) * share
        top = rect.top() + (ROW_HEIGHT - SPACE_INSET) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        paint_skeleton(painter, QRectF(rect.left() + left, top, width, SPACE_INSET), view)

    def _shortened(self, cell: Cell, column: Column[object], width: int) -> str:
        """What fits; kept, since most cells are painted again and again."""
        asked = (cell.text, cell.strong, column.middle, width)
        if asked not in self._texts:
            if len(self._texts) > _TEXTS_KEPT:
                self._texts.clear()
            metrics = self._strong_metrics if cell.strong else self._metrics
            mode = Qt.TextElideMode.ElideMiddle if column.middle else Qt.TextElideMode.ElideRight
            self._texts[asked] = metrics.elidedText(" ".join(cell.text.split()), mode, width)
        return self._texts[asked]

    def helpEvent(  # noqa: N802 - Qt's name
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Show the cell's tooltip, or its full text where it was shortened."""
        if event.type() is not QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        model = _model(index)
        cell = model.cell(index)
        text = "" if cell is None else cell.tooltip or self._hidden_text(view, index, cell)
        if text:
            QToolTip.showText(event.globalPos(), plain(text), view)
        else:
            QToolTip.hideText()
        return True

    def _hidden_text(self, view: QAbstractItemView, index: Index, cell: Cell) -> str:
        width = view.visualRect(index).width() - _left(index) - SPACE_GROUP
        width -= ICON + ICON_GAP if cell.icon_name else 0
        shown = self._shortened(cell, _model(index).columns[index.column()], width)
        return "" if shown == cell.text else cell.text


def _left(index: Index) -> int:
    """Before a cell's text: in the first column that of the panel's edge."""
    return _model(index).columns[0].left if index.column() == 0 else SPACE_GROUP


def _model(index: Index) -> RowsModel[object]:
    return cast(RowsModel[object], index.model())
