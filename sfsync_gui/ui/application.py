"""The application object: style, font and scheme, set before the first window is made."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.ui.theme.fonts import system_font
from sfsync_gui.ui.theme.icons import artwork
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.translations import install_translations

DESKTOP_FILE = "sfsync"
"""The name of the desktop entry: Wayland finds the window's icon by it."""


class Application(QApplication):
    """The application, which leaves it to the program how it ends."""

    quit_wanted = Signal()
    """The system wants it to quit: the dock's menu, the end of the session."""

    def event(self, event: QEvent) -> bool:
        """Tell what would end Qt's loop at once, in place of ending it."""
        if event.type() is QEvent.Type.Quit:
            self.quit_wanted.emit()
            return True
        return super().event(event)


def prepare(
    application: QApplication, choice: SchemeChoice = SchemeChoice.SYSTEM
) -> SchemeFollower:
    """Give the application its look. It keeps running when its last window is closed."""
    application.setStyle(QStyleFactory.create("Fusion"))
    application.setFont(system_font())
    application.setWindowIcon(artwork("sfsync"))
    application.setQuitOnLastWindowClosed(False)
    return SchemeFollower(application, choice)


def make_application(
    arguments: Sequence[str], choice: SchemeChoice = SchemeChoice.SYSTEM
) -> Application:
    """Make the one application of this process, with its look."""
    QApplication.setApplicationName(APP_NAME)
    QApplication.setApplicationDisplayName(APP_NAME)
    QApplication.setDesktopFileName(DESKTOP_FILE)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = Application(list(arguments))
    install_translations(application)
    prepare(application, choice)
    return application
