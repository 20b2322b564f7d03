"""Where the window stood, remembered over a restart; on another screen it still finds a place."""

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.theme.tokens import WINDOW, WINDOW_LEAST

_KEY = "geometry"
_REACHABLE = 80
"""So much of the window's top, in pixels, must lie on a screen to be taken hold of."""

_TITLE_BAR = 40


def restore(window: QMainWindow, preferences: Preferences) -> None:
    """Give the window its size and place: those of last time, where they make sense here."""
    window.setMinimumSize(QSize(*WINDOW_LEAST))
    room = QGuiApplication.primaryScreen().availableGeometry().size()
    window.resize(_fitting(QSize(*WINDOW), room.shrunkBy(QMargins(0, _TITLE_BAR, 0, 0))))
    remembered = preferences.bytes(_KEY)
    if not remembered.isEmpty() and window.restoreGeometry(remembered):
        _bring_back(window)


def remember(window: QMainWindow, preferences: Preferences) -> None:
    """Keep size and place for the next start."""
    preferences.set_bytes(_KEY, window.saveGeometry())


def _bring_back(window: QMainWindow) -> None:
    """Centre a window whose top no screen shows, and shrink one larger than its screen."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    frame = window.geometry()
    top = QRect(frame.left(), frame.top(), frame.width(), _REACHABLE)
    room = next((area for area in screens if _sees(area, top)), None)
    if room is None:
        room = QGuiApplication.primaryScreen().availableGeometry()
        frame.moveCenter(room.center())
    if not window.isMaximized():
        window.setGeometry(QRect(frame.topLeft(), _fitting(frame.size(), room.size())))


def _fitting(size: QSize, room: QSize) -> QSize:
    """The size as far as there is room for it."""
    return size.boundedTo(room).expandedTo(QSize(*WINDOW_LEAST))


def _sees(area: QRect, top: QRect) -> bool:
    shared = area.intersected(top)
    return shared.width() >= _REACHABLE and shared.height() >= _REACHABLE // 2
