"""The rows of the mapping under their heads."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.panels.mapping.offering import PLACES, Place
from sfsync_gui.ui.panels.mapping.row import MappingRow, direction_control, sentence_layout
from sfsync_gui.ui.panels.mapping.views import RowView
from sfsync_gui.ui.panels.mapping.wording import place_name
from sfsync_gui.ui.theme.tokens import (
    CONTROL_HEIGHT,
    ROW_HEIGHT,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.surfaces import Divider

AT_ONCE = 10
"""So many new rows are made at once, enough to fill the window; a row takes some milliseconds."""


class MappingTable(QWidget):
    """Shows the `RowView`s of a family.

    A row stays the same widget as long as its id is there, so that neither focus nor scroll
    position are lost by an edit.
    """

    choose_wanted = Signal(str, object)
    turned = Signal(str, object)
    rules_wanted = Signal(str)
    options_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, family: Family = Family.PEOPLE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, MappingRow] = {}
        self._views: tuple[RowView, ...] = ()
        self._rest = QTimer(self, interval=0)
        self._rest.timeout.connect(self._put_in_next)
        self._lines = column(space=0)
        self._lines.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, SPACE_EDGE)
        self._lines.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = boxed(self._lines)
        self.area.setWidget(self._content)
        bar = self.area.verticalScrollBar().sizeHint().width()
        head = row(self._head(family), space=0, margins=(SPACE_EDGE, 0, SPACE_EDGE + bar, 0))
        self.setLayout(column(head, self.area, space=0))
        self.setAccessibleName(self.tr("Attribute mapping"))
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]

    def _head(self, family: Family) -> QWidget:
        arrows, end = QWidget(), QWidget()
        arrows.setFixedSize(direction_control("").sizeHint().width(), ROW_HEIGHT)
        end.setFixedWidth(CONTROL_HEIGHT)
        names = [_head_label(place_name(place)) for place in PLACES[family]]
        line = sentence_layout(family, names, arrows, _head_label(self.tr("Rules")), end)
        return boxed(column(boxed(line), Divider(), space=0))

    # ------------------------------------------------------------------ showing

    def show_views(self, views: Sequence[RowView]) -> None:
        """Show these rows from top to bottom; of many new ones the last come a moment later."""
        self._views = tuple(views)
        wanted = {view.row.id for view in views}
        for row_id in [one for one in self._rows if one not in wanted]:
            self._take_out(row_id)
        place, room = 0, AT_ONCE
        for view in views:
            present = self._rows.get(view.row.id)
            if present is None:
                if not room:
                    continue
                room -= 1
                self._put_in(place, view)
            else:
                if self._lines.indexOf(present) != place:
                    self._lines.insertWidget(place, present)
                if present.view != view:
                    present.show_view(view)
            place += 1
        if len(self._rows) < len(views):
            self._rest.start()

    def _put_in_next(self) -> None:
        """One more of the rows that are still to come."""
        for place, view in enumerate(self._views):
            if view.row.id not in self._rows:
                self._put_in(place, view)
                return
        self._rest.stop()

    def _put_in(self, place: int, view: RowView) -> None:
        widget = MappingRow(view)
        row_id = view.row.id
        widget.choose_wanted.connect(lambda where: self.choose_wanted.emit(row_id, where))
        widget.turned.connect(lambda direction: self.turned.emit(row_id, direction))
        widget.rules_wanted.connect(lambda: self.rules_wanted.emit(row_id))
        widget.options_wanted.connect(lambda: self.options_wanted.emit(row_id))
        widget.remove_wanted.connect(lambda: self.remove_wanted.emit(row_id))
        widget.left.connect(lambda where, step: self._go(row_id, where, step))
        self._rows[row_id] = widget
        self._lines.insertWidget(place, widget)
        widget.show()

    def _take_out(self, row_id: str) -> None:
        """Remove a row; the keyboard goes to the one that takes its place."""
        widget = self._rows.pop(row_id)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and widget.isAncestorOf(focused)
        place = self._lines.indexOf(widget)
        self._lines.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
        rows = self.rows
        if had_focus and rows:
            rows[min(place, len(rows) - 1)].first_stop.setFocus()

    @property
    def rows(self) -> list[MappingRow]:
        """The rows from top to bottom."""
        return sorted(self._rows.values(), key=self._lines.indexOf)

    def row(self, row_id: str) -> MappingRow | None:
        """The row of that id."""
        return self._rows.get(row_id)

    def show_row(self, row_id: str) -> None:
        """Bring a row into view, with the keyboard in its first cell."""
        while row_id not in self._rows and self._rest.isActive():
            self._put_in_next()
        widget = self._rows.get(row_id)
        if widget is None:
            return
        widget.first_stop.setFocus()
        self._settle()
        self.area.ensureWidgetVisible(widget, 0, SPACE_GROUP)

    def _settle(self) -> None:
        """Give rows that were just added their place, as Qt does a moment later."""
        room = self.area.viewport().size()
        height = self._lines.totalHeightForWidth(room.width())
        self._content.resize(room.width(), max(height, room.height()))
        self._lines.activate()

    # ------------------------------------------------------------------ keyboard

    def _go(self, row_id: str, place: Place | None, step: int) -> None:
        rows = self.rows
        line = rows.index(self._rows[row_id]) + step
        if 0 <= line < len(rows):
            cell = rows[line].cell(place)
            self.area.ensureWidgetVisible(rows[line], 0, SPACE_GROUP)
            cell.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        for widget in self._rows.values():
            widget.set_focused(now is not None and widget.isAncestorOf(now))


def _head_label(text: str) -> QWidget:
    label = ElidedLabel(text, size=Text.CAPTION, tone=Tone.MUTED)
    label.setFixedHeight(ROW_HEIGHT)
    label.setContentsMargins(SPACE_GROUP, 0, SPACE_TIGHT, 0)
    return label
