"""What no picture may show: shortened text, things over one another, controls without a name."""

import re
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from sfsync_gui.ui.theme.tokens import ICON, SPACE_GROUP
from sfsync_gui.ui.widgets.labels import ElidedLabel

_WORDS = re.compile("[\\s\u200b]+")
"""Between two of them a text may go on in the next line."""

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
)


def faults(top: QWidget) -> list[str]:
    """All that is wrong with a window, dialog or popover, each in words; empty where nothing is."""
    inside = [one for one in top.findChildren(QWidget) if one.isVisibleTo(top) and _has_room(one)]
    return [
        *(f"{_called(one)}: {said}" for one in inside for said in _shortened(one)),
        *(f"{_called(one)}: {said}" for one in (top, *inside) for said in _misplaced(one)),
        *(f"{_called(one)}: has no accessible name" for one in inside if _is_nameless(one)),
    ]


def _has_room(widget: QWidget) -> bool:
    return not widget.isWindow() and widget.width() > 0 and widget.height() > 0


def _called(widget: QWidget) -> str:
    """A widget in words: its class, its text, and where it is."""
    text = _text(widget) or widget.accessibleName()
    parents = []
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if type(parent) is not QWidget:
            parents.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{type(widget).__name__} {text[:60]!r} in {' < '.join(parents[:4])}"


def _text(widget: QWidget) -> str:
    found = getattr(widget, "text", None)
    said = found() if callable(found) else found
    return said if isinstance(said, str) else ""


# ---------------------------------------------------------------------- text that does not fit


def _shortened(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel) and widget.text():
        yield from _label(widget)
    elif isinstance(widget, QAbstractButton) and widget.text():
        if widget.sizeHint().width() > widget.width() + 1:
            yield f"needs {widget.sizeHint().width()} px, has {widget.width()}"
    elif isinstance(widget, QComboBox):
        wanted = widget.fontMetrics().horizontalAdvance(widget.currentText()) + ICON + SPACE_GROUP
        if wanted > widget.width():
            yield f"{widget.currentText()!r} needs {wanted} px, has {widget.width()}"
    elif isinstance(widget, QLineEdit) and not widget.text():
        wanted = widget.fontMetrics().horizontalAdvance(widget.placeholderText()) + SPACE_GROUP
        if wanted > widget.width():
            yield f"{widget.placeholderText()!r} needs {wanted} px, has {widget.width()}"
    elif isinstance(widget, QHeaderView):
        yield from _heads(widget)


def _label(label: QLabel) -> Iterator[str]:
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if wanted > label.height() + 1:
            yield f"needs {wanted} px of height, has {label.height()}"
        longest = max(
            label.fontMetrics().horizontalAdvance(one) for one in _WORDS.split(label.text())
        )
        if longest > label.width() + 1:
            yield f"has a word of {longest} px, has {label.width()}"
        return
    wanted_size = label.sizeHint()
    if wanted_size.width() > label.width() + 1 or wanted_size.height() > label.height() + 1:
        yield f"needs {wanted_size.toTuple()}, has {label.size().toTuple()}"


def _heads(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is Qt.Orientation.Vertical or header.model() is None:
        return
    for place in range(header.count()):
        title = str(header.model().headerData(place, header.orientation()) or "")
        wanted = header.fontMetrics().horizontalAdvance(title) + 2 * SPACE_GROUP
        if not header.isSectionHidden(place) and wanted > header.sectionSize(place):
            yield f"{title!r} needs {wanted} px, has {header.sectionSize(place)}"


# ---------------------------------------------------------------------- places


def _misplaced(widget: QWidget) -> Iterator[str]:
    """What a layout puts over something else, or out of its own bounds."""
    if isinstance(widget, QScrollArea):
        yield from _beyond_the_edge(widget)
    layout = widget.layout()
    if layout is None:
        return
    shown = [one for one in _managed(layout) if one.isVisibleTo(widget) and _has_room(one)]
    for one, other in combinations(shown, 2):
        shared = one.geometry().intersected(other.geometry())
        if shared.width() > 1 and shared.height() > 1 and not _is_stack(widget):
            yield f"{_called(one)} lies over {_called(other)}"
    for one in shown:
        if not widget.rect().adjusted(-1, -1, 1, 1).contains(one.geometry()):
            yield f"{_called(one)} goes beyond it: {one.geometry()} in {widget.rect()}"


def _beyond_the_edge(area: QScrollArea) -> Iterator[str]:
    """What is wider than its view where nobody can scroll sideways."""
    content = area.widget()
    fixed = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if fixed and content is not None and content.width() > area.viewport().width():
        yield f"holds {content.width()} px, shows {area.viewport().width()}"


def _is_stack(widget: QWidget) -> bool:
    return "Stack" in type(widget.layout()).__name__


def _managed(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _managed(inner)


# ---------------------------------------------------------------------- names


def _is_nameless(widget: QWidget) -> bool:
    if not isinstance(widget, _CONTROLS) or isinstance(widget, QHeaderView):
        return False
    if isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox):
        return False  # its own field
    if isinstance(widget, QAbstractSlider):
        return False  # a scroll bar: the area that it moves is what is named
    if widget.focusPolicy() is Qt.FocusPolicy.NoFocus and not isinstance(widget, QAbstractButton):
        return False
    found = QAccessible.queryAccessibleInterface(widget)
    return not found.text(QAccessible.Text.Name)


class ShownAlone(QObject):
    """Notes each button that is shown before it has a parent: a window of its own for a moment,
    which takes the focus. Installed on the application it sees all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note it, and let it be."""
        if not isinstance(watched, QAbstractButton) or event.type() is not QEvent.Type.Show:
            return False
        if watched.isWindow():
            self.faults.append(f"“{watched.text()}” was a window of its own")
        return False
