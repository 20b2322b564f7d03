"""The search field: asks when the typing rests, and at once on Enter."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.tokens import SEARCH, TYPING_PAUSE, Tone


class SearchField(QLineEdit):
    """Tells the trimmed text by `searched`, each text once. Esc empties it, Down leaves it."""

    searched = Signal(str)
    left = Signal()
    """The person wants to go on to what was found."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setProperty("role", "search")
        self.setMinimumWidth(SEARCH)
        self.addAction(icon("search", Tone.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.addAction(
            icon("close", Tone.MUTED), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear.setToolTip(self.tr("Clear"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        self._name_buttons(placeholder)
        self._told = ""
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self._tell)

    def _name_buttons(self, placeholder: str) -> None:
        """What a screen reader says of the two icons, which are buttons to it."""
        sign, cross = self.findChildren(QToolButton)
        sign.setAccessibleName(placeholder)
        cross.setAccessibleName(self._clear.toolTip())

    @property
    def wanted(self) -> str:
        """What is searched for."""
        return self.text().strip()

    def find_from(self, page: QWidget) -> None:
        """Ctrl+F comes here while the page is on show, wherever in its window the focus is."""
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), page)
        find.activated.connect(self.begin)

    def begin(self) -> None:
        """Take the focus; what is typed next replaces what was searched for."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc empties, Down goes on to the results."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self._tell()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text:
            self._pause.start()
        else:
            self._tell()

    def _tell(self) -> None:
        self._pause.stop()
        if self.wanted != self._told:
            self._told = self.wanted
            self.searched.emit(self._told)
