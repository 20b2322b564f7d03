"""The tray icon: how the sync is, and what may be done without the window."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.desktop.tray_host import TrayHostWatch, has_tray_host, only_qt_knows
from sfsync_gui.ui.shell.actions import ShellActions
from sfsync_gui.ui.texts.status import Status, SyncState
from sfsync_gui.ui.theme.icons import artwork

LOOK_FIRST = 1000
LOOK_LAST = 60_000
"""Milliseconds between two looks for a tray of which only Qt knows, later a minute."""

_OLD_TRAY_AFTER = 10_000
"""Milliseconds after which Qt is asked for such a tray: from then on it knows no other."""


class Tray(QObject):
    """Appears as soon as the desktop has a tray, which may be some time after the start."""

    clicked = Signal()
    message_clicked = Signal()
    appeared = Signal()

    def __init__(self, actions: ShellActions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._status = Status(SyncState.SYNCING, "")
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._watch: TrayHostWatch | None = None
        self._waited = 0
        self._timer = QTimer(self, singleShot=True, interval=LOOK_FIRST)
        self._timer.timeout.connect(self._ask_qt)

    @property
    def is_there(self) -> bool:
        """Whether a person can see it."""
        return self._icon is not None

    def look(self) -> None:
        """Appear if there is a tray now; otherwise as soon as there is."""
        if self._icon is not None:
            return
        if self._watch is None:  # first, so that none can come between
            self._watch = TrayHostWatch(self)
            self._watch.came.connect(self.look)
        if has_tray_host() and QSystemTrayIcon.isSystemTrayAvailable():
            self._appear()
        elif only_qt_knows() and not self._timer.isActive():
            self._timer.start()

    def hide(self) -> None:
        """Go, for good."""
        self._stop_looking()
        if self._icon is not None:
            self._icon.hide()
            self._icon = None

    def show_status(self, status: Status) -> None:
        """Show how the sync is."""
        changed = status.state is not self._status.state
        self._status = status
        if self._icon is not None:
            self._icon.setToolTip(f"{APP_NAME} – {status.sentence}")
            if changed:
                self._icon.setIcon(artwork(status.state.tray_icon_name))

    def say(self, title: str, text: str) -> bool:
        """Show a message of the desktop's; whether there is a way to."""
        if self._icon is None or not QSystemTrayIcon.supportsMessages():
            return False
        self._icon.showMessage(title, text, artwork("sfsync"))
        return True

    def _ask_qt(self) -> None:
        """Appear in a tray of which only Qt knows, if there is one by now; else ask again later."""
        self._waited += self._timer.interval()
        if self._waited >= _OLD_TRAY_AFTER and QSystemTrayIcon.isSystemTrayAvailable():
            self._appear()
        else:
            self._timer.start(min(LOOK_LAST, self._timer.interval() * 2))

    def _stop_looking(self) -> None:
        self._timer.stop()
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.came.disconnect(self.look)
            watch.deleteLater()

    def _appear(self) -> None:
        self._stop_looking()
        self._menu = tray_menu(self._actions)
        self._icon = QSystemTrayIcon(artwork(self._status.state.tray_icon_name), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self.message_clicked)
        self._icon.setToolTip(f"{APP_NAME} – {self._status.sentence}")
        self._icon.show()
        self.appeared.emit()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()


def tray_menu(actions: ShellActions) -> QMenu:
    """What may be done from the tray."""
    menu = QMenu()
    menu.addAction(actions.open)
    menu.addSeparator()
    menu.addActions([actions.sync_now, actions.pause, actions.errors])
    menu.addSeparator()
    menu.addAction(actions.quit)
    return menu
