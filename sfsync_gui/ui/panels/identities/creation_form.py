"""What the forms of a new lead and of a new task share: boxes to choose in, two in a line."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from sfsync_gui.core.people import Value
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import SPACE_SECTION

Entry = tuple[str | None, str]
"""What is chosen, None for the usual, and how the box says it."""


def usual_text(value: Value, origin: str) -> str:
    """What is taken where nothing is chosen, and where that comes from."""
    return f"{value_text(value)} – {origin}"


def fill(box: QComboBox, entries: Iterable[Entry]) -> None:
    """Offer these, and no others."""
    box.clear()
    for value, label in entries:
        box.addItem(label, value)


def fill_owners(
    box: QComboBox, usual: str, kinds: Iterable[Entry], users: Mapping[str, str]
) -> None:
    """Offer the usual owner, what is no User Id, and the users, whose names stand by their Ids."""
    fill(box, [(None, usual), *kinds, *sorted(users.items(), key=lambda one: one[1])])


def side_by_side(left: QWidget, right: QWidget) -> QGridLayout:
    """Two of one width, their tops in a line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_SECTION)
    for place, widget in enumerate((left, right)):
        grid.addWidget(widget, 0, place, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(place, 1)
    return grid
