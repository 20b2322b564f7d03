"""Rows and columns in one line each, with the spaces of the theme."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP

Item = QWidget | QLayout | int | None
"""What stands in a row or column: a widget, a layout, a space in pixels, or None: a stretch."""

Margins = int | tuple[int, int, int, int]
"""One number for all sides, or left, top, right, bottom."""

L = TypeVar("L", bound=QBoxLayout)


def row(*items: Item, space: int = SPACE_GROUP, margins: Margins = 0) -> QHBoxLayout:
    """Items from left to right, centred on a line."""
    layout = QHBoxLayout()
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item, 0, _alignment(item))
        else:
            _add(layout, item)
    return _spaced(layout, space, margins)


def column(*items: Item, space: int = SPACE_GROUP, margins: Margins = 0) -> QVBoxLayout:
    """Items from top to bottom."""
    layout = QVBoxLayout()
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            _add(layout, item)
    return _spaced(layout, space, margins)


def boxed(layout: QLayout, parent: QWidget | None = None) -> QWidget:
    """A widget that holds nothing but this layout."""
    widget = QWidget(parent)
    widget.setLayout(layout)
    return widget


def clear(layout: QLayout) -> None:
    """Take everything out and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def _alignment(widget: QWidget) -> Qt.AlignmentFlag:
    grows = widget.sizePolicy().verticalPolicy()
    tall = grows in (widget.sizePolicy().Policy.Expanding, widget.sizePolicy().Policy.Ignored)
    return Qt.AlignmentFlag(0) if tall else Qt.AlignmentFlag.AlignVCenter


def _add(layout: QBoxLayout, item: QLayout | int | None) -> None:
    if item is None:
        layout.addStretch(1)
    elif isinstance(item, int):
        layout.addSpacing(item)
    else:
        layout.addLayout(item)


def _spaced(layout: L, space: int, margins: Margins) -> L:
    layout.setSpacing(space)
    sides = (margins,) * 4 if isinstance(margins, int) else margins
    layout.setContentsMargins(*sides)
    return layout
