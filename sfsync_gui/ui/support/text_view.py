"""A place for longer text that is read and copied, never edited."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from sfsync_gui.ui.widgets.labels import Text


class TextView(QPlainTextEdit):
    """Shows plain text. The keyboard moves a cursor through it, marks and copies; Tab leaves it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFont(Text.CODE.font)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def copied_text(self) -> str:
        """What is marked, or everything where nothing is."""
        marked = self.textCursor().selectedText().replace("\u2029", "\n")
        return marked or self.toPlainText()
