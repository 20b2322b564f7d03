"""The one door for notifications of the desktop: only what needs a person, each once.

Successes are silent. While the window is in front its banners say the same, so nothing is sent.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from sfsync_gui.ui.preferences import NotificationLevel, Preferences
from sfsync_gui.ui.shell.tray import Tray
from sfsync_gui.ui.texts.notices import Remedy, StandingNotice, Urgency

_TOLD = {
    NotificationLevel.ALL: (Urgency.NEEDS_PERSON, Urgency.STOPS_SYNC),
    NotificationLevel.STOPPED: (Urgency.STOPS_SYNC,),
    NotificationLevel.NONE: (),
}


class Notifications(QObject):
    """Sends through the tray. `in_front` tells whether the window is being looked at.

    `remedy` is what the notification that was sent last asks for.
    """

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
        self.remedy = Remedy.NOTHING

    def follow(self, notices: Iterable[StandingNotice]) -> None:
        """Tell those that are new; one that went and came again is new."""
        standing = {notice.key: notice for notice in notices}
        self._told &= standing.keys()
        for key, notice in standing.items():
            if key not in self._told and self._has_dealt_with(notice):
                self._told.add(key)

    def send(self, title: str, text: str) -> bool:
        """Show one, unless a person wants none or is looking; whether it was shown."""
        if self._preferences.notifications is NotificationLevel.NONE or self._in_front():
            return False
        self.remedy = Remedy.NOTHING
        return self._tray.say(title, text)

    def _has_dealt_with(self, notice: StandingNotice) -> bool:
        """Tell it, if it is to be told; False where that has to wait for the tray to appear."""
        if notice.urgency not in _TOLD[self._preferences.notifications] or self._in_front():
            return True
        if not self._tray.is_there:
            return False
        self.send(notice.title, notice.text)
        self.remedy = notice.remedy
        return True
