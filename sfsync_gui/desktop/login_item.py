"""Starting the program when its user logs in, the way each desktop has for it.

Linux: a file in the user's autostart folder (Desktop Application Autostart Specification). macOS:
a launch agent (launchd.plist(5)). Windows: a value of the registry key `Run`; what Task Manager
switched off stands in `StartupApproved`. Nothing else remembers whether it is on: people may
switch it off where their desktop lists such programs.
"""

import configparser
import hashlib
import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sfsync_gui.desktop.paths import APP_NAME, default_data_dir
from sfsync_gui.desktop.starting import window_command
from sfsync_gui.desktop.whole_files import write_whole

APP_ID = "app.sfsync.SFSync"
ICON = "sfsync"
_GROUP = "Desktop Entry"


class LoginItem(Protocol):
    """What starts the program at login, where it is on."""

    def is_on(self) -> bool:
        """Whether it is; what cannot be read is not."""
        ...

    def switch(self, *, on: bool) -> None:
        """Switch it on, for this program where it lies now, or off. Raises OSError."""
        ...


def login_item(data_dir: Path) -> LoginItem:
    """That of a profile: each has its own. It starts in the tray, without the window."""
    folder, name = data_dir.resolve(), APP_ID
    options = ["--minimized"]
    if folder != default_data_dir().resolve():
        name += "." + hashlib.sha256(str(folder).encode()).hexdigest()[:8]
        options += ["--data-dir", str(folder)]
    command = window_command(*options)
    if sys.platform == "win32":
        return RegistryValue(name, command)
    elif sys.platform == "darwin":  # noqa: RET505 - mypy leaves out branches of other systems
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", name, command)
    else:
        return AutostartEntry(_config_home() / "autostart", name, command)


def _config_home() -> Path:
    """The folder of the user's settings; a relative path is to be ignored (XDG Base Directory)."""
    named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".config"


class AutostartEntry:
    """A file that a Linux desktop starts; a person's desktop may mark it as hidden instead."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self.path = folder / f"{name}.desktop"
        self._command = command

    def is_on(self) -> bool:
        """Whether it is there and not marked as off."""
        parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
        parser.optionxform = str  # type: ignore[method-assign,assignment] # keys have two cases
        try:
            parser.read_string(self.path.read_text("utf-8"))
            entry = parser[_GROUP]
        except (OSError, ValueError, KeyError, configparser.Error):
            return False
        off = entry.get("Hidden", "false") == "true"
        return not off and entry.get("X-GNOME-Autostart-enabled", "true") == "true"

    def switch(self, *, on: bool) -> None:
        """Write or remove the file. Raises OSError."""
        if not on:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(
            self.path,
            f"[{_GROUP}]\nType=Application\nName={APP_NAME}\nIcon={ICON}\nTerminal=false\n"
            f"Exec={' '.join(map(_argument, self._command))}\nX-GNOME-Autostart-enabled=true\n",
        )


def _argument(text: str) -> str:
    """An argument in a value of `Exec` (Desktop Entry Specification, "The Exec key").

    Quoted and `%` doubled; then, as in any value, each backslash once more and line ends escaped.
    """
    for character in '\\"`$':
        text = text.replace(character, f"\\{character}")
    quoted = '"{}"'.format(text.replace("%", "%%"))
    return quoted.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


class LaunchAgent:
    """A file that launchd starts when its user logs in (macOS)."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self.path = folder / f"{name}.plist"
        self._name, self._command = name, command

    def is_on(self) -> bool:
        """Whether it is there and not disabled in its file."""
        try:
            agent = plistlib.loads(self.path.read_bytes())
        except (OSError, ValueError, plistlib.InvalidFileException):
            return False
        return isinstance(agent, dict) and not agent.get("Disabled", False)

    def switch(self, *, on: bool) -> None:
        """Write or remove the file. Raises OSError."""
        if not on:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": self._name,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        write_whole(self.path, plistlib.dumps(agent).decode("utf-8"))


class RegistryValue:
    """A value of the registry that Windows starts when its user logs in."""

    RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
    """Where Task Manager notes what it switched off: the first byte is odd then (seen)."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self._name, self._command = name, subprocess.list2cmdline(command)

    def is_on(self) -> bool:
        """Whether it is there and Task Manager did not switch it off."""
        approved = self._read(self.APPROVED)
        is_off = isinstance(approved, bytes) and approved[:1] != b"" and bool(approved[0] & 1)
        return self._read(self.RUN) is not None and not is_off

    def switch(self, *, on: bool) -> None:
        """Set or remove the value, and forget that it was switched off. Raises OSError."""
        self._remove(self.APPROVED)
        if not on:
            self._remove(self.RUN)
        elif sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, self.RUN) as key:
                winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, self._command)

    def _read(self, path: str) -> object:
        if sys.platform == "win32":
            import winreg

            with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return winreg.QueryValueEx(key, self._name)[0]
        return None

    def _remove(self, path: str) -> None:
        if sys.platform == "win32":
            import winreg

            with (
                suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, access=winreg.KEY_SET_VALUE) as key,
            ):
                winreg.DeleteValue(key, self._name)
