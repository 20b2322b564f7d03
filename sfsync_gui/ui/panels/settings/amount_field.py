"""A setting that is a number: checked where it stands, in force as soon as it is left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.ui.panels.settings import amounts
from sfsync_gui.ui.theme.tokens import SEARCH
from sfsync_gui.ui.widgets.page import FormRow


class AmountField(FormRow):
    """A label, a field, and below it what the setting does or what is wrong with the entry.

    `entered` tells a value that is right and new. Esc puts back what is in force.
    """

    entered = Signal(str, object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self.edit = _Edit()
        super().__init__(amounts.label(name), self.edit, hint=amounts.hint(name), parent=parent)
        self.name = name
        self.value: float | None = None
        self.edit.setFixedWidth(SEARCH)
        layout = self.layout()
        if layout is not None:
            layout.setAlignment(self.edit, Qt.AlignmentFlag.AlignLeft)
        self.edit.setEnabled(False)
        self.edit.setObjectName(name)
        if LIMITS[name].may_be_none:
            none = amounts.none_text(name)
            self.edit.setPlaceholderText(none[:1].upper() + none[1:])
        self.edit.editingFinished.connect(self._on_left)
        self.edit.textEdited.connect(lambda _: self.set_problem(""))
        self.edit.put_back.connect(self.put_back)

    def show_value(self, value: float | None) -> None:
        """Show what is in force, unless a person is changing it."""
        self.value = value
        self.edit.setEnabled(True)
        if not self.edit.isModified():
            self.put_back()

    def put_back(self) -> None:
        """Forget what was entered."""
        self.edit.setText(amounts.shown(self.name, self.value))
        self.edit.setModified(False)
        self.set_problem("")

    def _on_left(self) -> None:
        if not self.edit.isModified():
            return
        try:
            value = amounts.read(self.name, self.edit.text())
        except ValueError as problem:
            self.set_problem(str(problem))
            return
        is_new = value != self.value
        if is_new:
            self.value = value
        self.put_back()
        if is_new:
            self.entered.emit(self.name, value)


class _Edit(QLineEdit):
    """Tells of Esc, which else would close what is around it."""

    put_back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts back, where something was changed."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.put_back.emit()
            self.selectAll()
        else:
            super().keyPressEvent(event)
