"""Whether the desktop shows tray icons now, and when it comes to.

On Linux, Qt asks for a StatusNotifier host once, when the first tray icon is made or looked for,
and keeps the answer for the life of the process (`isDBusTrayAvailable` in its Unix theme). A
program that starts with the session asks too early. So we ask the session bus ourselves, and leave
Qt alone until there is a host.
"""

import sys

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

WATCHER = "org.kde.StatusNotifierWatcher"
_PATH = "/StatusNotifierWatcher"
_HOST = "IsStatusNotifierHostRegistered"
_HOST_CAME = "StatusNotifierHostRegistered"
_ANSWER_WITHIN = 500


class TrayHostWatch(QObject):
    """Tells that a tray host may have come: the session bus says so, and is not asked meanwhile.

    `came` is emitted on Linux alone, and where there is a session bus.
    """

    came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if sys.platform != "linux":
            return
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        mode = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
        watcher = QDBusServiceWatcher(WATCHER, bus, mode, self)
        watcher.serviceRegistered.connect(self.on_news)
        bus.connect(WATCHER, _PATH, WATCHER, _HOST_CAME, self, SLOT("on_news()"))  # type: ignore[call-overload]

    @Slot()
    def on_news(self) -> None:
        """The bus tells of a watcher that began, or of its host."""
        self.came.emit()


def has_tray_host() -> bool:
    """Whether a tray icon made now would be shown, as far as can be told without asking Qt."""
    if sys.platform != "linux":
        return True
    from PySide6.QtDBus import QDBusConnection, QDBusInterface

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected() or not bus.interface().isServiceRegistered(WATCHER).value():
        return False
    watcher = QDBusInterface(WATCHER, _PATH, WATCHER, bus)
    watcher.setTimeout(_ANSWER_WITHIN)
    return bool(watcher.property(_HOST))


def only_qt_knows() -> bool:
    """Whether a tray is possible of which nothing tells: XEmbed, or that of another system."""
    return sys.platform != "linux" or QGuiApplication.platformName() == "xcb"
