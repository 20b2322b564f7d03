"""Settings that are a text, one of several values, or on or off."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from sfsync_gui.core.setting_limits import TEXT_LIMITS, text_refusal_of
from sfsync_gui.ui.theme.tokens import POPOVER, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import FormRow


class TextField(FormRow):
    """A text that is in force as soon as it is left; `entered` tells one that is right and new."""

    entered = Signal(str, str)

    def __init__(
        self,
        name: str,
        label: str,
        hint: str,
        *,
        empty: str = "",
        otherwise: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`empty` and `otherwise` are said of what cannot be: nothing, or another text."""
        self.edit = QLineEdit()
        super().__init__(label, self.edit, hint=hint, parent=parent)
        self._refused = empty or self.tr("Salesforce requires this: it cannot be empty.")
        self._not_so = otherwise or self._refused
        self.name, self.value = name, ""
        self.edit.setObjectName(name)
        self.edit.setMaxLength(TEXT_LIMITS[name].longest)
        self.edit.setEnabled(False)
        _keep_narrow(self, self.edit)
        self.edit.editingFinished.connect(self._on_left)
        self.edit.textEdited.connect(lambda _: self.set_problem(""))

    def show_value(self, value: str) -> None:
        """Show what is in force, unless a person is changing it."""
        self.value = value
        self.edit.setEnabled(True)
        if not self.edit.isModified():
            self.put_back()

    def put_back(self) -> None:
        """Forget what was entered."""
        self.edit.setText(self.value)
        self.edit.setModified(False)
        self.set_problem("")

    def _on_left(self) -> None:
        if not self.edit.isModified():
            return
        value = self.edit.text().strip()
        refusal = text_refusal_of(self.name, value)
        if refusal is not None:
            self.set_problem(self._refused if value == "" else self._not_so)
            return
        is_new, self.value = value != self.value, value
        self.put_back()
        if is_new:
            self.entered.emit(self.name, value)


class ChoiceField(FormRow):
    """One of several values; `entered` tells another that a person chose."""

    entered = Signal(str, str)

    def __init__(self, name: str, label: str, hint: str, parent: QWidget | None = None) -> None:
        self.box = QComboBox()
        super().__init__(label, self.box, hint=hint, parent=parent)
        self.name, self.value = name, ""
        self.box.setObjectName(name)
        self.box.setEnabled(False)
        _keep_narrow(self, self.box)
        self.box.activated.connect(self._on_chosen)

    def offer(self, choices: Sequence[tuple[str, str]], value: str) -> None:
        """Offer these values with their labels, and show the one in force; it is always offered."""
        self.value = value
        known = {one for one, _ in choices}
        self.box.clear()
        for one, label in (*choices, *([] if value in known else [(value, value)])):
            self.box.addItem(label, one)
        self.box.setCurrentIndex(self.box.findData(value))
        self.box.setEnabled(True)

    def _on_chosen(self, _index: int) -> None:
        chosen = str(self.box.currentData())
        if chosen != self.value:
            self.value = chosen
            self.entered.emit(self.name, chosen)


class SwitchField(QWidget):
    """A setting that is on or off; `entered` tells what a person made of it."""

    entered = Signal(str, bool)

    def __init__(self, name: str, label: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.label = name, label
        self.check = QCheckBox(label)
        self.check.setObjectName(name)
        self.check.setAccessibleDescription(hint)
        self.check.setEnabled(False)
        self.check.clicked.connect(lambda on: self.entered.emit(name, on))
        said = PlainLabel(hint, size=Text.CAPTION, tone=Tone.MUTED, wrap=True)
        self.setLayout(column(boxed(row(self.check, None)), said, space=SPACE_TIGHT))

    def show_value(self, value: bool) -> None:
        """Show what is in force."""
        self.check.setChecked(value)
        self.check.setEnabled(True)


def _keep_narrow(row: FormRow, control: QWidget) -> None:
    control.setFixedWidth(POPOVER)
    layout = row.layout()
    if layout is not None:
        layout.setAlignment(control, Qt.AlignmentFlag.AlignLeft)
