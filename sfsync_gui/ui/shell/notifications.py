"""The one door for notifications of the desktop: only what a person has to mend, each once.

Successes are silent. While the window is in front its banners say the same, so nothing is sent.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.tray import Tray
from sfsync_gui.ui.texts.notices import StandingNotice


class Notifications(QObject):
    """Sends through the tray. `in_front` tells whether the window is being looked at."""

    def __init__(
        self,
        tray: Tray,
        preferences: Preferences,
        in_front: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray, self._preferences, self._in_front = tray, preferences, in_front
        self._told: set[str] = set()

    def follow(self, notices: Iterable[StandingNotice]) -> None:
        """Tell urgent notices that are new; one that went and came again is new."""
        urgent = {notice.key: notice for notice in notices if notice.urgent}
        self._told &= urgent.keys()
        for key, notice in urgent.items():
            if key not in self._told:
                self._told.add(key)
                self.send(notice.title, notice.text)

    def send(self, title: str, text: str) -> bool:
        """Show one, unless a person wants none or is looking; whether it was shown."""
        if not self._preferences.notifications or self._in_front():
            return False
        return self._tray.say(title, text)
