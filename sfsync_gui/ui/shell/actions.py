"""What can be done from anywhere: one set of actions for the menu bar and the tray."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from sfsync_gui.engine.handle import Phase, Snapshot
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.icons import icon


class ShellActions(QObject):
    """The actions. The shell connects them, `follow` keeps them true to how things stand."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.open = self._action("Open SFSync")
        self.sync_now = self._action(self.tr("Sync now"), "sync", "F5")
        self.pause = self._action(self.tr("Pause"), "pause", "Ctrl+P")
        self.retry_all = self._action(self.tr("Retry all errors"), "retry")
        self.errors = self._action(self.tr("Sync errors"), "warning")
        self.settings = self._action(self.tr("Settings"), "settings", "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.connections = self._action(self.tr("Connections"), "connections")
        self.close = self._action(self.tr("Close window"), "close", "Ctrl+W")
        self.quit = self._action(self.tr("Quit"), "quit", "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.open_data = self._action(self.tr("Open data folder"), "folder")
        self.open_log = self._action(self.tr("Open log"), "log", "Ctrl+L")
        self.diagnostics = self._action(self.tr("Save diagnostics…"), "export")
        self.about = self._action(self.tr("About SFSync"), "info")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.follow(Snapshot())

    def _action(self, text: str, icon_name: str = "", shortcut: str = "") -> QAction:
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icon(icon_name))
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutVisibleInContextMenu(False)  # the tray's: no key reaches it there
        return action

    def follow(self, snapshot: Snapshot) -> None:
        """Offer what makes sense now."""
        running = snapshot.phase in (Phase.RUNNING, Phase.CONNECTING, Phase.OPENING)
        self.sync_now.setEnabled(running and not snapshot.paused)
        self.pause.setEnabled(snapshot.phase is Phase.RUNNING)
        paused = snapshot.paused
        self.pause.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.pause.setIcon(icon("play" if paused else "pause"))
        self.retry_all.setEnabled(snapshot.errors > 0 and running)
        number = counted(snapshot.errors, self.tr("sync error"))
        self.errors.setText(number if snapshot.errors else self.tr("Sync errors"))
