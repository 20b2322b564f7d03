"""A filter of a list: a button that tells what it lets through, with a menu of what it could."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from sfsync_gui.ui.widgets.buttons import Button, Role

V = TypeVar("V")


class FilterButton(Button, Generic[V]):
    """Reads "Direction" while it lets everything through, else "Direction: to Salesforce".

    `changed` tells that a person chose something else; `value` is it, None for everything.
    """

    changed = Signal()

    role = Role.FILTER

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[V, str]],
        *,
        everything: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, icon_name="chevron-down", parent=parent)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the word
        self._name = name
        self._everything = everything or self.tr("Any")
        self._value: V | None = None
        self._menu = QMenu(self)
        self._menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._group = QActionGroup(self)
        self.set_choices(choices)
        self.clicked.connect(self._open)
        self._show_value()

    @property
    def value(self) -> V | None:
        """What is let through, None for everything."""
        return self._value

    @property
    def choices(self) -> Sequence[tuple[V, str]]:
        """What is offered beside everything."""
        return self._choices

    def set_choices(self, choices: Sequence[tuple[V, str]]) -> None:
        """Offer other choices; the one in force stays, also where it is not among them."""
        self._menu.clear()
        for action in self._group.actions():
            self._group.removeAction(action)
        self._choices = tuple(choices)
        self._add(self._everything, None)
        self._menu.addSeparator()
        for value, label in self._choices:
            self._add(label, value)
        self._show_value()

    def set_value(self, value: V | None) -> None:
        """Let that through from now on, without telling it."""
        self._value = value
        self._show_value()

    def _add(self, label: str, value: V | None) -> QAction:
        action = self._menu.addAction(label)
        action.setCheckable(True)
        action.setChecked(value == self._value)
        action.triggered.connect(lambda: self._choose(value))
        self._group.addAction(action)
        return action

    def _choose(self, value: V | None) -> None:
        if value != self._value:
            self.set_value(value)
            self.changed.emit()

    def _open(self) -> None:
        values = (None, *(value for value, _ in self._choices))
        for value, action in zip(values, self._group.actions(), strict=True):
            action.setChecked(value == self._value)
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _show_value(self) -> None:
        labels = dict(self._choices)
        text = self._name
        if self._value is not None:
            label = labels.get(self._value, str(self._value))
            text = f"{self._name}: {label}"
        self.setText(text)
        self.setProperty("active", "true" if self._value is not None else "false")
        self.style().unpolish(self)
        self.style().polish(self)
