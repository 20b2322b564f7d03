"""Light or dark: as the system has it, followed live, or as a person chose."""

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from sfsync_gui.ui.theme.palette import is_dark, palette_of
from sfsync_gui.ui.theme.style import style_sheet
from sfsync_gui.ui.theme.tokens import DARK, LIGHT


class SchemeChoice(StrEnum):
    """What a person may choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_QT_SCHEME = {
    SchemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
    SchemeChoice.LIGHT: Qt.ColorScheme.Light,
    SchemeChoice.DARK: Qt.ColorScheme.Dark,
}


class SchemeFollower(QObject):
    """Keeps the application's palette and style sheet in the scheme that is to be shown.

    Belongs to the application and lives as long; `SchemeFollower.of` finds it.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: SchemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._was_dark_at_start = is_dark(application.palette())
        self._shown: bool | None = None
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.choose(choice)

    @staticmethod
    def of(application: QApplication) -> "SchemeFollower":
        """The application's follower. Raises LookupError where it has none."""
        found = application.findChild(SchemeFollower)
        if found is None:
            raise LookupError("the application has no scheme follower")
        return found

    @property
    def choice(self) -> SchemeChoice:
        """What was chosen."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """What is shown."""
        return bool(self._shown)

    def choose(self, choice: SchemeChoice) -> None:
        """Show another scheme from now on; the system's frames and dialogs follow where they can.

        `QStyleHints.setColorScheme` came with Qt 6.8 and does nothing on platforms without a
        theme; the palette is ours in any case.
        """
        self._choice = choice
        self._application.styleHints().setColorScheme(_QT_SCHEME[choice])
        self._apply()

    def _on_system_changed(self) -> None:
        self._apply()

    def _wants_dark(self) -> bool:
        if self._choice is not SchemeChoice.SYSTEM:
            return self._choice is SchemeChoice.DARK
        told = self._application.styleHints().colorScheme()
        if told is Qt.ColorScheme.Unknown:
            return self._was_dark_at_start
        return told is Qt.ColorScheme.Dark

    def _apply(self) -> None:
        dark = self._wants_dark()
        if dark is self._shown:
            return
        self._shown = dark
        colors = DARK if dark else LIGHT
        self._application.setPalette(palette_of(colors))
        self._application.setStyleSheet(style_sheet(colors))
        self.changed.emit()
