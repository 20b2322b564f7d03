"""Dialogs: only for what must be decided now. A verb on each button, Esc is the safe way out."""

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    ICON_LARGE,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, DangerButton, PrimaryButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, Text, told_label
from sfsync_gui.ui.widgets.layouts import column, row


@dataclass(frozen=True, slots=True)
class Question:
    """What must be decided. `yes`, `no` and `other` are verbs; `no` is what Esc means.

    `danger`: saying yes takes something away, so that no is the default. `other` is a second thing
    that may be done, where there is one.
    """

    title: str
    text: str
    yes: str
    no: str = "Cancel"
    other: str = ""
    danger: bool = False
    remember: str = ""
    """The label of a box to tick, such as 'Do not ask again'; none where empty."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided. True in a condition where it was yes; neither yes nor other is no."""

    yes: bool
    remember: bool = False
    other: bool = False

    def __bool__(self) -> bool:
        return self.yes


class _WatchedColumn(QVBoxLayout):
    """Tells when what it holds has been laid out: Qt has no signal of that.

    The dialog's `event` would tell, too, but in Python that is called for all that happens to the
    dialog, while Qt is deleting it as well.
    """

    laid_out = Signal()

    def setGeometry(self, place: QRect) -> None:  # noqa: N802 - Qt's name
        """Lay out, and tell."""
        super().setGeometry(place)
        self.laid_out.emit()


class Dialog(QDialog):
    """A title, content, and the buttons at the lower right, the safe one first."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setMinimumWidth(DIALOG)
        self.body = column(space=SPACE_GROUP)
        self.buttons = row(None, space=SPACE_GROUP)
        layout = _WatchedColumn()
        layout.setContentsMargins(SPACE_EDGE, SPACE_EDGE, SPACE_EDGE, SPACE_EDGE)
        layout.setSpacing(0)
        layout.addLayout(self.body)
        layout.addSpacing(SPACE_SECTION)
        layout.addLayout(self.buttons)
        layout.laid_out.connect(self._grow_with_content)
        self.setLayout(layout)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Be as high as the texts need at this width: Qt reckons them for a narrower one."""
        if not event.spontaneous():
            self.resize(self.width(), self._height_needed() or self.height())
        super().showEvent(event)

    def _grow_with_content(self) -> None:
        """Grow where what it shows has come to need more room; never shrink under a hand."""
        if self.isVisible():
            self.resize(self.width(), max(self.height(), self._height_needed()))

    def _height_needed(self) -> int:
        """The height of the texts at this width, as far as the screen has it; 0 where any does."""
        layout = self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return 0
        return min(
            layout.totalHeightForWidth(self.width()), self.screen().availableGeometry().height()
        )

    def add_button(self, button: Button, *, accepts: bool, default: bool = False) -> Button:
        """Add a button at the right end; it closes the dialog as accepted or rejected."""
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self.accept if accepts else self.reject)
        self.buttons.addWidget(button)
        if default:
            button.setDefault(True)
            button.setFocus()
        return button

    async def answered(self) -> bool:
        """Open it and wait until it is closed: whether it was accepted.

        Cancelling the wait closes the dialog.
        """
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(result: int) -> None:
            if not done.done():
                done.set_result(result == QDialog.DialogCode.Accepted)

        self.finished.connect(settle)
        self.open()
        try:
            return await done
        finally:
            if not done.done() or done.cancelled():
                self.reject()


class QuestionDialog(Dialog):
    """Asks one question."""

    def __init__(self, question: Question, parent: QWidget | None) -> None:
        super().__init__(question.title, parent)
        title = PlainLabel(question.title, size=Text.SECTION, wrap=True)
        text = told_label(question.text)
        words = column(title, text, space=SPACE_GROUP)
        self.box = QCheckBox(question.remember)
        words.addWidget(self.box)
        tone = Tone.DANGER if question.danger else Tone.ACCENT
        sign = IconLabel("warning" if question.danger else "help", tone, size=ICON_LARGE)
        line = row(sign, words, space=SPACE_SECTION)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        self.body.addLayout(line)
        self.box.setVisible(bool(question.remember))
        self.answer = Answer(yes=False)
        yes = DangerButton(question.yes) if question.danger else PrimaryButton(question.yes)
        self.no_button = self.add_button(
            Button(question.no), accepts=False, default=question.danger
        )
        self.other_button = self.add_button(Button(question.other), accepts=False)
        self.other_button.setVisible(bool(question.other))
        self.yes_button = self.add_button(yes, accepts=True, default=not question.danger)

    def done(self, result: int) -> None:
        """Note the answer; afterwards the dialog is gone."""
        other = self.sender() is self.other_button
        accepted = result == QDialog.DialogCode.Accepted
        self.answer = Answer(accepted, self.box.isChecked(), other)
        super().done(result)


async def ask(parent: QWidget | None, question: Question) -> Answer:
    """Ask, and wait for the answer without stopping anything else.

    `if await ask(self, Question(...)): ...`
    """
    dialog = QuestionDialog(question, parent)
    await dialog.answered()
    return dialog.answer
