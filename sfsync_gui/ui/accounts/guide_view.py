"""The steps of a guide, numbered, with the values to paste on buttons."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.ui.accounts.guides import Step
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_INSET, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import CopyButton
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.surfaces import Surface


class GuideView(QWidget):
    """Numbered steps from top to bottom."""

    def __init__(self, steps: Sequence[Step], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        lines = column(space=SPACE_INSET)
        for number, step in enumerate(steps, start=1):
            lines.addWidget(_StepView(number, step))
        self.setLayout(lines)


class _StepView(QWidget):
    """One step: its number, what to do, what to paste."""

    def __init__(self, number: int, step: Step) -> None:
        super().__init__()
        sign = PlainLabel(f"{number}.", tone=Tone.MUTED)
        sign.setMinimumWidth(sign.fontMetrics().horizontalAdvance("9.") + SPACE_TIGHT)
        words = column(PlainLabel(step.text, wrap=True), space=SPACE_GROUP)
        for name, value in step.copy:
            words.addWidget(CopyLine(value, name))
        line = row(sign, boxed(words), space=SPACE_GROUP)
        line.setStretch(1, 1)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.setAccessibleName(step.text)


class CopyLine(Surface):
    """A value to paste elsewhere, with a button that copies it."""

    def __init__(self, value: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        text = PlainLabel(value, size=Text.CODE, selectable=True, wrap=True)
        text.setAccessibleName(f"{name}: {value}")
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.copy_button = CopyButton(value, name)
        line = row(text, self.copy_button)
        line.setContentsMargins(SPACE_INSET, SPACE_TIGHT, SPACE_TIGHT, SPACE_TIGHT)
        line.setStretch(0, 1)
        self.setLayout(line)
