"""The steps as a line of names: which are done, which one is on show."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from sfsync_gui.engine.handle import Snapshot
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.tokens import SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.wizard.steps import Step, is_done, may_enter


class StepRail(QWidget):
    """One button a step; `chosen` carries the step a person wants to see."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = {step: QuietButton(step.label) for step in Step}
        self.setLayout(row(*self._buttons.values(), None, space=SPACE_TIGHT))
        self.setAccessibleName(self.tr("Steps"))
        for step, button in self._buttons.items():
            button.clicked.connect(lambda _, step=step: self.chosen.emit(step))

    def button(self, step: Step) -> QuietButton:
        """The button of a step."""
        return self._buttons[step]

    def show_state(self, at: Step, farthest: Step, snapshot: Snapshot) -> None:
        """Mark what is done or was passed, what is on show, and what cannot be entered yet."""
        for step, button in self._buttons.items():
            done = is_done(step, snapshot) or (step.is_looked_at and step.comes_before(farthest))
            button.setIcon(icon("check", Tone.ACCENT) if done else QIcon())
            button.setEnabled(may_enter(step, snapshot))
            self._mark(button, step is at)
            states = [
                self.tr("done") if done else "",
                self.tr("current step") if step is at else "",
            ]
            button.setAccessibleDescription(", ".join(state for state in states if state))

    def _mark(self, button: QuietButton, current: bool) -> None:
        button.setProperty("current", "true" if current else "false")
        button.style().unpolish(button)
        button.style().polish(button)
