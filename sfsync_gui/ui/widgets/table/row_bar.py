"""The actions of a row, as buttons upon it and as a menu."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.layouts import clear, row
from sfsync_gui.ui.widgets.table.columns import RowAction

R = TypeVar("R")
_ON_ROW = 2
"""So many actions stand on the row itself; the others are in its menu."""

_SIZE = ROW_HEIGHT - SPACE_TIGHT


class RowBar(QWidget, Generic[R]):
    """Buttons at the right end of a row. `menu_wanted` asks for all of its actions."""

    menu_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: tuple[RowAction[R], ...] = ()
        self._rows: tuple[R, ...] = ()
        self._ground = ""
        self._line = row(space=0)
        self._line.setContentsMargins(SPACE_TIGHT, 0, SPACE_TIGHT, 0)
        self.setLayout(self._line)
        self.setFixedHeight(ROW_HEIGHT - 2)
        self.hide()

    def show_for(
        self,
        rows: Sequence[R],
        actions: Sequence[RowAction[R]],
        *,
        selected: bool,
        hovered: bool,
    ) -> None:
        """Offer these actions for these rows; the ground is that of the row."""
        colors = colors_of(self)
        quiet = colors.hover if hovered else colors.window
        self._ground = colors.selection if selected else quiet
        self._rows = tuple(rows)
        before, self._actions = self._actions, tuple(actions)
        if [_look(action) for action in before] != [_look(action) for action in actions]:
            self._build()
        self.adjustSize()
        self.setVisible(bool(actions))

    def _build(self) -> None:
        clear(self._line)
        for place, action in enumerate(self._actions[:_ON_ROW]):
            tone = Tone.DANGER if action.danger else Tone.TEXT
            button = IconButton(action.icon_name, action.name, tone=tone, size=_SIZE)
            button.setEnabled(action.enabled)
            button.clicked.connect(lambda _=False, place=place: self._run(place))
            self._line.addWidget(button)
        if len(self._actions) > _ON_ROW:
            more = IconButton("more", self.tr("More actions"), tone=Tone.TEXT, size=_SIZE)
            more.clicked.connect(self.menu_wanted)
            self._line.addWidget(more)

    def _run(self, place: int) -> None:
        self._actions[place].run(self._rows)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Cover the row's text below the buttons."""
        QPainter(self).fillRect(self.rect(), QColor(self._ground))


def _look(action: RowAction[R]) -> tuple[str, str, bool]:
    return action.name, action.icon_name, action.enabled


def menu_of(
    rows: Sequence[R],
    actions: Sequence[RowAction[R]],
    parent: QWidget,
    others: Mapping[str, Callable[[], object]],
) -> QMenu:
    """All actions as a menu, those that take something away last and set apart; below them what
    can be done with any rows. It goes when it is closed."""
    menu = QMenu(parent)
    ordered = sorted(actions, key=lambda action: action.danger)
    for place, action in enumerate(ordered):
        if action.danger and place and not ordered[place - 1].danger:
            menu.addSeparator()
        tone = Tone.DANGER if action.danger else Tone.MUTED
        entry = QAction(icon(action.icon_name, tone), action.name, menu)
        entry.setEnabled(action.enabled)
        entry.triggered.connect(lambda _=False, action=action: action.run(rows))
        menu.addAction(entry)
    if actions:
        menu.addSeparator()
    for name, run in others.items():
        menu.addAction(name, run)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
