"""One row of the mapping: a sentence from left to right, and what stands under it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from sfsync_gui.core.vocabulary import Direction, Family
from sfsync_gui.ui.panels.mapping.cells import Cell, FieldCell, RowButton, RulesCell
from sfsync_gui.ui.panels.mapping.offering import DIRECTIONS, PLACES, Place
from sfsync_gui.ui.panels.mapping.views import RowView
from sfsync_gui.ui.panels.mapping.wording import Note, place_name, way_name
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import MARK, SPACE_GROUP, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import LinkButton
from sfsync_gui.ui.widgets.comparison import DIRECTION_ICON
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.tooltips import plain

SHARES = {
    Place.INTERCOM: 11,
    Place.LEAD: 10,
    Place.CONTACT: 10,
    Place.COMPANY: 11,
    Place.ACCOUNT: 20,
}
RULES_SHARE = 10
"""How the columns share the width; the arrows and the button at the end take what they need.

An account's field takes the room of a lead's and a contact's: what both kinds of rows have stands
in the same place.
"""


def sentence_layout(
    family: Family, cells: Sequence[QWidget], arrows: QWidget, rules: QWidget, end: QWidget
) -> QHBoxLayout:
    """The columns of a row; its head is laid out the same way, so that they stand in line.

    `cells` are those of the family's places.
    """
    attribute, *fields = cells
    line = row(attribute, arrows, *fields, rules, end, space=SPACE_TIGHT)
    own, *others = (SHARES[place] for place in PLACES[family])
    for number, share in enumerate((own, 0, *others, RULES_SHARE)):
        line.setStretch(number, share)
    line.setContentsMargins(SPACE_TIGHT, 0, 0, 0)
    return line


def direction_control(name: str) -> Segmented[Direction]:
    """The arrows → ← ⇄."""
    choices = [
        Option(one, way_name(one), DIRECTION_ICON[one], icon_only=True) for one in DIRECTIONS
    ]
    return Segmented(name, choices, Direction.TWO_WAY)


class MappingRow(QWidget):
    """Shows a `RowView` and tells what a person wants with it."""

    choose_wanted = Signal(object)
    """Another field for a `Place`."""
    turned = Signal(object)
    """Another `Direction`."""
    rules_wanted = Signal()
    options_wanted = Signal()
    remove_wanted = Signal()
    left = Signal(object, int)
    """The keyboard goes on to the same cell of a row above (-1) or below (1)."""

    def __init__(self, view: RowView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = {place: FieldCell(place_name(place)) for place, _cell in view.cells}
        self.arrows = direction_control(self.tr("Direction"))
        self.rules = RulesCell(self.tr("Rules"))
        self.remove_button = RowButton("delete", self.tr("Remove row"))
        self._notes = column(space=SPACE_TIGHT)
        self._notes.setContentsMargins(SPACE_TIGHT + SPACE_GROUP, 0, SPACE_GROUP, SPACE_GROUP)
        self._notes_box = boxed(self._notes)
        line = sentence_layout(
            view.row.family, list(self.cells.values()), self.arrows, self.rules, self.remove_button
        )
        line.setContentsMargins(SPACE_TIGHT, SPACE_TIGHT, 0, SPACE_TIGHT)
        self.setLayout(column(line, self._notes_box, space=0))
        self._hovered = self._focused = False
        self._shown_notes: tuple[Note, ...] | None = None
        self.view = view
        self._connect()
        self.show_view(view)

    def _connect(self) -> None:
        for place, cell in self.cells.items():
            cell.clicked.connect(partial(self._on_cell_clicked, place))
            cell.left.connect(partial(self._on_left, place))
        self.rules.clicked.connect(self.rules_wanted)
        self.rules.left.connect(partial(self._on_left, None))
        self.arrows.chosen.connect(self.turned)
        self.remove_button.clicked.connect(self.remove_wanted)

    def _on_cell_clicked(self, place: Place) -> None:
        self.choose_wanted.emit(place)

    def _on_left(self, place: Place | None, step: int) -> None:
        self.left.emit(place, step)

    # ------------------------------------------------------------------ showing

    def show_view(self, view: RowView) -> None:
        """Show the row as it is now."""
        self.view = view
        self.setAccessibleName(view.name)
        for place, cell_view in view.cells:
            if self.cells[place].view != cell_view:
                self.cells[place].show_view(cell_view)
            self.cells[place].setEnabled(view.is_synced)
        self._show_ways(view)
        self.rules.show_texts(view.rules)
        self.rules.setEnabled(bool(view.rules) and view.is_synced)
        if self._shown_notes != view.notes:
            self._show_notes(view.notes)
        self.setToolTip(self._mark_text())
        self.update()

    def _show_ways(self, view: RowView) -> None:
        self.arrows.set_value(view.row.direction)
        self.arrows.setEnabled(view.is_synced)
        for direction, reason in view.ways:
            segment = self.arrows.segment(direction)
            name = way_name(direction)
            segment.setEnabled(not reason)
            segment.setToolTip(plain(f"{name}: {reason}") if reason else name)
            segment.setAccessibleDescription(reason)

    def _show_notes(self, notes: Sequence[Note]) -> None:
        self._shown_notes = tuple(notes)
        clear(self._notes)
        for note in notes:
            has_more = note.options or note.owners
            self._notes.addLayout(self._short_line(note) if has_more else self._line(note))
        self._notes_box.setVisible(bool(notes))

    def _line(self, note: Note) -> QHBoxLayout:
        """A note in as many lines as it needs."""
        sign = IconLabel(note.icon_name, note.tone)
        words = PlainLabel(note.text, size=Text.CAPTION, tone=_ink(note), wrap=True)
        line = row(sign, words, space=SPACE_GROUP)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        return line

    def _short_line(self, note: Note) -> QHBoxLayout:
        """A note in one line, and behind it the button that shows all of it."""
        words = ElidedLabel(note.text, size=Text.CAPTION, tone=_ink(note))
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button = LinkButton(self.tr("Options…") if note.options else self.tr("Owners…"))
        button.setFont(Text.CAPTION.font)
        button.setAccessibleDescription(self.view.name)
        button.clicked.connect(self.options_wanted)
        return row(IconLabel(note.icon_name, note.tone), words, button, None, space=SPACE_GROUP)

    @property
    def note_texts(self) -> tuple[str, ...]:
        """What stands under the row."""
        return tuple(note.text for note in self._shown_notes or ())

    @property
    def options_buttons(self) -> list[LinkButton]:
        """The buttons that show options side by side."""
        return self._notes_box.findChildren(LinkButton)

    @property
    def first_stop(self) -> QAbstractButton:
        """Where the keyboard comes to."""
        first = next(iter(self.cells.values()))
        return first if first.isEnabled() else self.remove_button

    def cell(self, place: Place | None) -> Cell:
        """The cell of a field; without a place that of the rules."""
        return self.rules if place is None else self.cells[place]

    def _mark_text(self) -> str:
        return {
            "added": self.tr("Added, not applied yet"),
            "replaced": self.tr("Changed, not applied yet"),
            "altered": self.tr("Changed, not applied yet"),
        }.get(self.view.state, "")

    # ------------------------------------------------------------------ being used

    def set_focused(self, focused: bool) -> None:
        """Whether the keyboard is somewhere in the row."""
        if focused is not self._focused:
            self._focused = focused
            self._show_awake()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer came."""
        self._hovered = True
        self._show_awake()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer went."""
        self._hovered = False
        self._show_awake()

    def _show_awake(self) -> None:
        self.remove_button.set_awake(self._hovered or self._focused)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete removes the row; that can be undone."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Everything that can be done with the row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.view.rules and self.view.is_synced:
            menu.addAction(icon("rule"), self.tr("Rules…"), self.rules_wanted.emit)
        if any(note.options for note in self.view.notes):
            menu.addAction(icon("list"), self.tr("Options…"), self.options_wanted.emit)
        if any(note.owners for note in self.view.notes):
            menu.addAction(icon("person"), self.tr("Owners…"), self.options_wanted.emit)
        menu.addAction(icon("delete"), self.tr("Remove row"), self.remove_wanted.emit)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the ground, the line below, and the bar of a row that is not applied."""
        colors = colors_of(self)
        painter = QPainter(self)
        if self._hovered:
            painter.fillRect(self.rect(), QColor(colors.hover))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colors.divider))
        if self.view.state:
            painter.fillRect(0, 0, MARK, self.height() - 1, QColor(colors.accent_fill))


def _ink(note: Note) -> Tone:
    """A problem is red; a warning stands out by its icon."""
    return Tone.DANGER if note.tone is Tone.DANGER else Tone.MUTED
