"""Pages that scroll: sections under their heads, and forms."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from sfsync_gui.ui.theme.tokens import (
    READING_WIDTH,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import Item, boxed, column, row


class Page(QScrollArea):
    """Sections from top to bottom with the panel's edges around them."""

    def __init__(self, *items: Item, wide: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.column = column(*items, space=SPACE_EDGE)
        self.column.addStretch(1)
        content = boxed(self.column)
        if not wide:
            content.setMaximumWidth(READING_WIDTH)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        holder = row(content, None, space=0)
        holder.setStretch(0, 1000)
        holder.setContentsMargins(SPACE_EDGE, SPACE_TIGHT, SPACE_EDGE, SPACE_EDGE)
        self.setWidget(boxed(holder))

    def add(self, widget: QWidget) -> None:
        """Add a section at the end."""
        self.column.insertWidget(self.column.count() - 1, widget)


class Section(QWidget):
    """A head, perhaps a quiet sentence, and what belongs to it."""

    def __init__(
        self, title: str, *items: Item, caption: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.column = column(space=SPACE_GROUP)
        head = column(PlainLabel(title, size=Text.SECTION), space=SPACE_TIGHT)
        if caption:
            head.addWidget(PlainLabel(caption, tone=Tone.MUTED, wrap=True))
        inner = column(*items, space=SPACE_GROUP)
        self.setLayout(column(head, inner, space=SPACE_GROUP + SPACE_TIGHT))
        self.setAccessibleName(title)
        self.content = inner

    def add(self, widget: QWidget) -> None:
        """Add at the end."""
        self.content.addWidget(widget)


class FormRow(QWidget):
    """A control under its label, with a hint below it, or what is wrong in place of the hint."""

    def __init__(
        self, label: str, control: QWidget, *, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.control = control
        self._hint_text = hint
        self._label = PlainLabel(label)
        self._label.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(label)
        self._sign = IconLabel("danger", Tone.DANGER)
        self._hint = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED, wrap=True)
        below = row(self._sign, self._hint, space=SPACE_TIGHT)
        below.setStretch(1, 1)
        below.setAlignment(self._sign, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(self._label, control, below, space=SPACE_TIGHT))
        self.set_problem("")

    def set_problem(self, problem: str) -> None:
        """Say what is wrong with the value; nothing where empty."""
        text = problem or self._hint_text
        self._sign.setVisible(bool(problem))
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._hint.set_tone(Tone.DANGER if problem else Tone.MUTED)
        self.control.setAccessibleDescription(text)
        self.control.setProperty("invalid", "true" if problem else "false")
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)
