"""The application object: style, font and scheme, set before the first window is made."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyleFactory

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.ui.theme.fonts import system_font
from sfsync_gui.ui.theme.icons import artwork
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower

DESKTOP_FILE = "sfsync"
"""The name of the desktop entry: Wayland finds the window's icon by it."""


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
) -> QApplication:
    """Make the one application of this process, with its look."""
    QApplication.setApplicationName(APP_NAME)
    QApplication.setApplicationDisplayName(APP_NAME)
    QApplication.setDesktopFileName(DESKTOP_FILE)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(list(arguments))
    prepare(application, choice)
    return application
