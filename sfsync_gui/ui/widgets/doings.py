"""What can be done with the one thing that a details pane shows: buttons in a flow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.widgets.buttons import Button, DangerButton
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.layouts import boxed


@dataclass(frozen=True, slots=True)
class Doing:
    """A button: its verb, its icon, and what it does. A danger takes something away."""

    name: str
    icon_name: str
    do: Callable[[], object]
    danger: bool = False


def doing_buttons(doings: Sequence[Doing]) -> QWidget:
    """The buttons side by side, in as many lines as they need."""
    made = []
    for doing in doings:
        kind = DangerButton if doing.danger else Button
        button = kind(doing.name, icon_name=doing.icon_name)
        button.clicked.connect(doing.do)
        made.append(button)
    return boxed(Flow(*made))
