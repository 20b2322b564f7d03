"""What the dialogs share that have something created in Salesforce: its preview, and the ending."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.history import SyncError
from sfsync_gui.ui.panels.identities.notes import Note
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.theme.tokens import (
    LEAD_DIALOG,
    LEAD_DIALOG_HIGH,
    ROW_HEIGHT,
    SCROLL_BAR,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.states import SkeletonRows

BESIDE_PREVIEW = SPACE_GROUP + SCROLL_BAR
"""The room at the right of what scrolls; what stands above it keeps the same."""


class Outcome(Protocol):
    """What came of asking for something: an error where it was refused."""

    @property
    def error(self) -> SyncError | None:
        """Why there is nothing."""


T = TypeVar("T", bound=Outcome)


class CreationDialog(Dialog):
    """Shows what would be created, has it done, and stays until it is told the ending.

    What is chosen above stays in sight; `note` and the form scroll below it.
    """

    def __init__(self, panel: Panel, title: str, verb: str) -> None:
        super().__init__("", panel)
        self.setWindowTitle(title)
        self.setMinimumSize(*LEAD_DIALOG)
        self._panel = panel
        self._verb = self._asked = verb
        self._reading: asyncio.Task[Any] | None = None
        self._inputs: tuple[QWidget, ...] = ()
        self.body.setSpacing(SPACE_SECTION)
        self.note = Note()
        self._skeleton = SkeletonRows(4)
        self._skeleton.setMinimumHeight(4 * ROW_HEIGHT)

    def _add_preview(self, name: str, *items: QWidget) -> None:
        """Add these, which scroll, and the buttons below them."""
        below = column(*items, None, space=SPACE_SECTION)
        self._below = QScrollArea(widgetResizable=True)
        self._below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below.setWidget(boxed(below))
        self._below.setAccessibleName(name)
        bar = self._below.verticalScrollBar()
        bar.rangeChanged.connect(partial(self._keep_width, below))
        self._keep_width(below, bar.minimum(), bar.maximum())
        self.body.addWidget(self._below, 1)
        self.cancel_button = self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.create_button = PrimaryButton(self._verb)
        self.create_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.create_button.clicked.connect(self._on_create)
        self.buttons.addWidget(self.create_button)
        self._grow()  # it is placed by the height that it has before it is shown

    @staticmethod
    def _keep_width(below: QLayout, least: int, most: int) -> None:
        """What scrolls ends where what stays ends, whether or not a bar takes room beside it."""
        bar = SCROLL_BAR if most > least else 0
        below.setContentsMargins(0, 0, BESIDE_PREVIEW - bar, 0)

    def _on_create(self) -> None:
        raise NotImplementedError

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    def _show_failure(self, failure: SfsyncError) -> None:
        self._skeleton.hide()
        text = " ".join(part for part in (failure.message, failure.remedy) if part)
        self.note.say(Tone.DANGER, f"{failure.title}. {text}", self.tr("Try again"))

    def _allow(self, default: Button) -> None:
        self.create_button.setEnabled(True)
        default.setDefault(True)

    # ------------------------------------------------------------------ what came of it

    async def ending(self, asked: Awaitable[T]) -> T | None:
        """Wait for what came of it: None where the dialog shows that, else it is closed.

        Raises what kept it from being asked for, where nobody would see that here.
        """
        closed: list[int] = []
        self.finished.connect(closed.append)
        try:
            outcome = await asked
        except Exception as failure:  # the edge where the dialog says why nothing came of it
            if closed:
                raise
            self.show_failed(told(failure))
            return None
        if closed:
            return outcome
        if outcome.error is not None:
            self.show_refused(outcome.error)
            return None
        self.accept()
        return outcome

    def show_refused(self, error: SyncError) -> None:
        """Say why Salesforce refused it."""
        raise NotImplementedError

    def show_failed(self, failure: SfsyncError) -> None:
        """Say why it could not even be asked for; the button asks for the same again."""
        self._show_failure(failure)
        self._be_ready(self._asked)

    def _say_refused(self, text: str, verb: str) -> None:
        """With the verb by which it is asked for again."""
        self.note.say(Tone.DANGER, text)
        self._below.ensureWidgetVisible(self.note)
        self._be_ready(verb)

    def _be_busy(self, doing: str) -> None:
        self._asked = self.create_button.text()
        self.create_button.setEnabled(False)
        self.create_button.setText(doing)
        self.cancel_button.setText(self.tr("Close"))
        for widget in self._inputs:
            widget.setEnabled(False)

    def _be_ready(self, verb: str) -> None:
        self.create_button.setText(verb)
        self.cancel_button.setText(self.tr("Cancel"))
        for widget in self._inputs:
            widget.setEnabled(True)
        self._allow(self.cancel_button)
        self.cancel_button.setFocus()

    # ------------------------------------------------------------------ being a dialog

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Be high enough for all that it is made of, as far as the window is."""
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        room = self._panel.window().height() - 2 * SPACE_EDGE
        self.resize(self.width(), max(self.minimumHeight(), min(LEAD_DIALOG_HIGH, room)))

    def done(self, result: int) -> None:
        """Stop reading; what was asked for goes on."""
        self._stop_reading()
        super().done(result)
