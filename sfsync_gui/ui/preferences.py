"""What the window remembers for this profile: its place, its colours, what closing means."""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

from sfsync_gui.ui.theme.scheme import SchemeChoice

FILE_NAME = "window.ini"
W = TypeVar("W", bound=StrEnum)


class Closing(StrEnum):
    """What closing the window means where there is no tray."""

    ASK = "ask"
    KEEP_RUNNING = "keep_running"
    QUIT = "quit"


class NotificationLevel(StrEnum):
    """What the tray may say."""

    ALL = "all"
    """Whatever only a person can mend."""
    STOPPED = "stopped"
    """Only what keeps the sync from going on."""
    NONE = "none"


class Preferences:
    """Read and written at once; values that make no sense count as not set.

    Several objects for one folder share their values (`QSettings` keeps one copy a file).
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir
        path = str(data_dir / FILE_NAME)
        self._settings = QSettings(path, QSettings.Format.IniFormat)

    @property
    def scheme(self) -> SchemeChoice:
        """Light, dark, or as the system."""
        return self._word("look/scheme", SchemeChoice.SYSTEM)

    @scheme.setter
    def scheme(self, choice: SchemeChoice) -> None:
        self._settings.setValue("look/scheme", choice.value)

    @property
    def closing(self) -> Closing:
        """What closing the window means without a tray."""
        return self._word("window/closing", Closing.ASK)

    @closing.setter
    def closing(self, closing: Closing) -> None:
        self._settings.setValue("window/closing", closing.value)

    @property
    def notifications(self) -> NotificationLevel:
        """What the tray may say."""
        # Before there were levels, notifications were on or off.
        shown = self._flag("notifications/shown", default=True)
        default = NotificationLevel.ALL if shown else NotificationLevel.NONE
        return self._word("notifications/level", default)

    @notifications.setter
    def notifications(self, level: NotificationLevel) -> None:
        self._settings.setValue("notifications/level", level.value)

    @property
    def told_of_tray(self) -> bool:
        """Whether a person was told once that the closed window keeps syncing."""
        return self._flag("notifications/told_of_tray", default=False)

    @told_of_tray.setter
    def told_of_tray(self, told: bool) -> None:
        self._settings.setValue("notifications/told_of_tray", told)

    @property
    def panel(self) -> str:
        """The panel that was shown last."""
        return str(self._settings.value("window/panel", ""))

    @panel.setter
    def panel(self, key: str) -> None:
        self._settings.setValue("window/panel", key)

    def bytes(self, key: str) -> QByteArray:
        """State of a widget, such as a geometry or a table's head; empty where not set."""
        value = self._settings.value(f"state/{key}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Remember the state of a widget."""
        self._settings.setValue(f"state/{key}", value)

    def save(self) -> None:
        """Write to disk now; otherwise it is done now and then."""
        self._settings.sync()

    def _word(self, key: str, default: W) -> W:
        try:
            return type(default)(str(self._settings.value(key, default.value)))
        except ValueError:
            return default

    def _flag(self, key: str, *, default: bool) -> bool:
        value = self._settings.value(key, default)
        return value if isinstance(value, bool) else str(value) == "true"
