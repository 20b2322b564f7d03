"""Whether the desktop shows tray icons now.

On Linux, Qt asks for a StatusNotifier host once, when the first tray icon is made or looked for,
and keeps the answer for the life of the process (`isDBusTrayAvailable` in its Unix theme). A
program that starts with the session asks too early. So we ask the session bus ourselves, and leave
Qt alone until there is a host.
"""

import sys

from PySide6.QtGui import QGuiApplication

WATCHER = "org.kde.StatusNotifierWatcher"
_PATH = "/StatusNotifierWatcher"
_HOST = "IsStatusNotifierHostRegistered"
_ANSWER_WITHIN = 500


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


def may_have_old_tray() -> bool:
    """Whether an XEmbed tray is possible, of which only Qt knows."""
    return QGuiApplication.platformName() == "xcb"
