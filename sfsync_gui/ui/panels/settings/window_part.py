"""What the window remembers for itself: colours, notifications, closing; and starting at login."""

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.desktop.login_item import LoginItem
from sfsync_gui.ui.panels.settings.fields import SwitchField
from sfsync_gui.ui.preferences import Closing, NotificationLevel, Preferences
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.theme.tokens import SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.segmented import Option, Segmented

Undoable = Callable[[str, Callable[[], None]], None]
"""Tells a person what was changed, with a way to take it back."""


class WindowPart(QWidget):
    """The controls of the window's own preferences, each in force at once."""

    def __init__(
        self, preferences: Preferences, login: LoginItem, tasks: Tasks, tell: Undoable
    ) -> None:
        super().__init__()
        self._preferences, self._tell = preferences, tell
        self._login, self._tasks = login, tasks
        self.starts = SwitchField(
            "start_at_login",
            self.tr("Start SFSync when I log in"),
            self.tr("It starts in the tray, without this window, and keeps syncing."),
        )
        self.scheme = Segmented(
            self.tr("Colours"),
            (
                Option(SchemeChoice.SYSTEM, self.tr("As the system"), "system"),
                Option(SchemeChoice.LIGHT, self.tr("Light"), "light"),
                Option(SchemeChoice.DARK, self.tr("Dark"), "dark"),
            ),
            preferences.scheme,
        )
        self.closing = Segmented(
            self.tr("Closing the window"),
            (
                Option(Closing.ASK, self.tr("Ask")),
                Option(Closing.KEEP_RUNNING, self.tr("Keep syncing")),
                Option(Closing.QUIT, self.tr("Quit")),
            ),
            preferences.closing,
        )
        self.notifications = Segmented(
            self.tr("Notifications"),
            (
                Option(NotificationLevel.ALL, self.tr("Everything that needs me")),
                Option(NotificationLevel.STOPPED, self.tr("Only what stops the sync")),
                Option(NotificationLevel.NONE, self.tr("None")),
            ),
            preferences.notifications,
        )
        self.looks = _labelled(self.tr("Colours"), self.scheme, "")
        self.closes = _labelled(
            self.tr("When the window is closed and there is no tray icon"),
            self.closing,
            self.tr("Where the desktop has a tray, SFSync keeps syncing there."),
        )
        self.notifies = _labelled(
            self.tr("Notifications"),
            self.notifications,
            self.tr(
                "Each thing is told once until it is over, and nothing while the window is in "
                "front. Successes are silent."
            ),
        )
        self._show_preferences()
        self.scheme.chosen.connect(self._choose_scheme)
        self.closing.chosen.connect(self._choose_closing)
        self.notifications.chosen.connect(self._choose_notifications)
        self.starts.entered.connect(lambda _, on: tasks.start(self._choose_start(on=on)))

    def refresh(self) -> None:
        """Show what is in force: some of it may be changed elsewhere, too."""
        self._show_preferences()
        self._tasks.start(self._show_start())

    def _show_preferences(self) -> None:
        self.scheme.set_value(self._preferences.scheme)
        self.closing.set_value(self._preferences.closing)
        self.notifications.set_value(self._preferences.notifications)

    async def _show_start(self) -> None:
        self.starts.show_value(await asyncio.to_thread(self._login.is_on))

    async def _choose_start(self, *, on: bool) -> None:
        await self._switch_start(on=on)

        def undo() -> None:
            self._tasks.start(self._switch_start(on=not on))

        starts, waits = (
            self.tr("SFSync starts when you log in"),
            self.tr("SFSync no longer starts by itself"),
        )
        self._tell(starts if on else waits, undo)

    async def _switch_start(self, *, on: bool) -> None:
        try:
            await asyncio.to_thread(self._login.switch, on=on)
        except OSError as error:
            raise SfsyncError(
                self.tr("Starting at login was not changed"),
                self.tr("The system refused it: {reason}.").format(
                    reason=error.strerror or type(error).__name__
                ),
                self.tr(
                    "Add or remove SFSync where your desktop lists the programs that start with it."
                ),
                detail=type(error).__name__,
            ) from None
        finally:
            await self._show_start()

    def _choose_scheme(self, choice: SchemeChoice) -> None:
        self._preferences.scheme = choice
        application = QApplication.instance()
        if isinstance(application, QApplication):
            SchemeFollower.of(application).choose(choice)

    def _choose_closing(self, closing: Closing) -> None:
        before = self._preferences.closing
        self._preferences.closing = closing

        def undo() -> None:
            self._preferences.closing = before
            self._show_preferences()

        self._tell(self.tr("Closing the window: changed"), undo)

    def _choose_notifications(self, level: NotificationLevel) -> None:
        before = self._preferences.notifications
        self._preferences.notifications = level

        def undo() -> None:
            self._preferences.notifications = before
            self._show_preferences()

        self._tell(self.tr("Notifications: changed"), undo)


def _labelled(label: str, control: QWidget, hint: str) -> QWidget:
    name = PlainLabel(label)
    name.setBuddy(control)
    items: list[QWidget] = [name, boxed(row(control, None))]
    if hint:
        control.setAccessibleDescription(hint)
        items.append(PlainLabel(hint, size=Text.CAPTION, tone=Tone.MUTED, wrap=True))
    return boxed(column(*items, space=SPACE_TIGHT))
