"""The tray icon: how the sync is, and what may be done without the window."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.desktop.tray_host import has_tray_host, may_have_old_tray
from sfsync_gui.ui.shell.actions import ShellActions
from sfsync_gui.ui.texts.status import Status, SyncState
from sfsync_gui.ui.theme.icons import artwork

LOOK_FIRST = 1000
LOOK_LAST = 60_000
"""Milliseconds between two looks for a tray: a second to begin with, later a minute."""

_OLD_TRAY_AFTER = 10_000
"""Milliseconds after which Qt is asked for an XEmbed tray too: from then on it knows no other."""


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
        self._waited = 0
        self._timer = QTimer(self, singleShot=True, interval=LOOK_FIRST)
        self._timer.timeout.connect(self.look)

    @property
    def is_there(self) -> bool:
        """Whether a person can see it."""
        return self._icon is not None

    def look(self) -> None:
        """Appear if there is a tray now; otherwise look again later."""
        if self._icon is not None:
            return
        if self._found():
            self._appear()
            return
        self._waited += self._timer.interval()
        self._timer.start(min(LOOK_LAST, self._timer.interval() * 2))

    def hide(self) -> None:
        """Go, for good."""
        self._timer.stop()
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

    def _found(self) -> bool:
        if has_tray_host():
            return QSystemTrayIcon.isSystemTrayAvailable()
        late = self._waited >= _OLD_TRAY_AFTER
        return late and may_have_old_tray() and QSystemTrayIcon.isSystemTrayAvailable()

    def _appear(self) -> None:
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
