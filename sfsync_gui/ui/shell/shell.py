"""The window's side of the program from start to end: window, tray, notifications, quitting."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from sfsync_gui.desktop.clock_check import is_behind, last_used
from sfsync_gui.desktop.crash_reports import CrashReport, CrashReports
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.engine.handle import Handle, HandleEvent, SnapshotChanged
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels import PANELS, PanelEntry
from sfsync_gui.ui.preferences import Closing, Preferences
from sfsync_gui.ui.shell import placement
from sfsync_gui.ui.shell.actions import ShellActions
from sfsync_gui.ui.shell.first_paint import FirstPaint
from sfsync_gui.ui.shell.main_window import MainWindow
from sfsync_gui.ui.shell.menus import fill_menu_bar
from sfsync_gui.ui.shell.notifications import Notifications
from sfsync_gui.ui.shell.relay import Relay
from sfsync_gui.ui.shell.tray import Tray
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.notices import Remedy, alerts_of, clock_notice
from sfsync_gui.ui.texts.status import status_of
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.widgets.dialogs import Question, ask

_CRASH = "crash"
_CLOCK = "clock"
_PLACES: Mapping[Remedy, tuple[str, str | None]] = {
    Remedy.CONNECT: ("connections", None),
    Remedy.CHECK_SETUP: ("connections", None),
    Remedy.SET_UP: ("overview", None),
    Remedy.DECIDE: ("overview", "holds"),
    Remedy.ERRORS: ("errors", None),
}
"""Remedies that show a place: the panel, and what in it."""

QUIT_WITHIN = 5.0
"""Seconds in which everything has ended after a person said quit."""


class Shell(QObject):
    """Owns the window and lives as long as the program. `run` returns when it was quit."""

    def __init__(
        self,
        application: Application,
        handle: Handle,
        preferences: Preferences,
        entries: Sequence[PanelEntry] = PANELS,
        *,
        reports: CrashReports | None = None,
    ) -> None:
        super().__init__()
        self._application, self._handle, self._preferences = application, handle, preferences
        self._entries = entries
        self._reports = reports or CrashReports(preferences.folder)
        self._quitting = asyncio.Event()
        self._asking = False
        self.ended_in_time = False
        self.tasks = Tasks(self)
        self.actions = ShellActions(self)
        self.relay = Relay(handle, self)
        self.relay.rest()
        self.window = MainWindow(handle, self.tasks, entries)
        self.tray = Tray(self.actions, self)
        self.notifications = Notifications(self.tray, preferences, self.window.isActiveWindow, self)
        self._fill_menus()
        self._connect()
        placement.restore(self.window, preferences)
        self._show_snapshot()

    # ------------------------------------------------------------------ start and end

    async def run(self, *, minimized: bool = False) -> None:
        """Show the window, start the program behind it, and wait until a person quits."""
        self._listen_to_signals()
        if minimized:
            QTimer.singleShot(0, self._begin)
        else:
            self.bring_up()
            FirstPaint(self.window, self._begin)  # loading takes time, and would slow it down
        await self._quitting.wait()
        await self._end()

    def _begin(self) -> None:
        if not self._quitting.is_set():
            self._handle.start()
            self.tray.look()

    def quit(self) -> None:
        """End the program; what was begun is finished or left to the next start."""
        self._quitting.set()

    async def _end(self) -> None:
        if self.window.isVisible():
            placement.remember(self.window, self._preferences)
        self._preferences.save()
        self.window.may_close = True
        for widget in (*self.window.findChildren(QWidget), self.window):
            if widget.isWindow():  # the log, dialogs; the main one last
                widget.close()
        self.tray.hide()
        self.relay.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIT_WITHIN):
                await self.tasks.stop()
                await self._handle.stop()
                self.ended_in_time = True

    def _listen_to_signals(self) -> None:
        """Ctrl-C and the session's end are a way to quit too."""
        if sys.platform == "win32":  # has no signals in its asyncio
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.quit)

    # ------------------------------------------------------------------ window

    def bring_up(self) -> None:
        """Show the window, with the panel of last time if it was never shown."""
        if not self.window.stack.key:
            known = {entry.key for entry in self._entries}
            remembered = self._preferences.panel
            key = remembered if remembered in known else self._entries[0].key
            self.window.show_panel(key)
        self.window.bring_up()
        self._offer_report()
        self._check_clock()

    def _check_clock(self) -> None:
        """Say it where the computer's clock stands before the last use of this profile."""
        now = time.time()
        known = last_used(self._preferences.folder)
        if is_behind(now, known):
            self.window.news.show_notice(_CLOCK, clock_notice(now, known), self._check_clock)
        else:
            self.window.news.clear(_CLOCK)

    def _offer_report(self) -> None:
        """Tell of what the program before this one left, once."""
        report = self._reports.take_new()
        if report is None:
            return
        from sfsync_gui.ui.support.crash_dialog import crash_notice  # most starts need none

        notice = crash_notice(report)
        self.window.news.show_notice(_CRASH, notice, lambda: self._show_report(report))

    def _show_report(self, report: CrashReport) -> None:
        from sfsync_gui.ui.support.crash_dialog import CrashDialog

        self.window.news.clear(_CRASH)
        CrashDialog(self._reports, report, self.window).open()

    def show_panel(self, key: str) -> None:
        """Show the window with that panel."""
        self.window.show_panel(key)
        self.bring_up()

    def on_close_wanted(self) -> None:
        """The window's cross: it keeps syncing in the tray; without a tray a person decides.

        The demo is gone with its window: whoever closes it wants to be back where they were.
        """
        closing = self._preferences.closing
        if self._handle.snapshot.is_demo:
            self.quit()
        elif self.tray.is_there:
            self._close_window()
            self._tell_of_tray()
        elif closing is Closing.KEEP_RUNNING:
            self._close_window()
        elif closing is Closing.QUIT:
            self.quit()
        elif not self._asking:
            self._asking = True
            self._start(self._ask_what_closing_means())

    def _close_window(self) -> None:
        placement.remember(self.window, self._preferences)
        self.window.hide()

    def _tell_of_tray(self) -> None:
        if not self._preferences.told_of_tray:
            text = self.tr("Quit from the tray’s menu.")
            told = self.notifications.send(self.tr("SFSync keeps syncing"), text)
            self._preferences.told_of_tray = told

    async def _ask_what_closing_means(self) -> None:
        try:
            answer = await ask(
                self.window,
                Question(
                    self.tr("Keep syncing without the window?"),
                    self.tr(
                        "This desktop shows no tray icon. Start SFSync again to see the window."
                    ),
                    yes=self.tr("Keep syncing"),
                    no=self.tr("Cancel"),
                    other=self.tr("Quit"),
                    remember=self.tr("Do not ask again"),
                ),
            )
        finally:
            self._asking = False
        if not answer.yes and not answer.other:
            return
        if answer.remember:
            chosen = Closing.KEEP_RUNNING if answer else Closing.QUIT
            self._preferences.closing = chosen
        if answer:
            self._close_window()
        else:
            self.quit()

    # ------------------------------------------------------------------ what happens

    def _on_event(self, event: HandleEvent) -> None:
        if isinstance(event, SnapshotChanged):
            self._show_snapshot()
        self.window.on_event(event)

    def _show_snapshot(self) -> None:
        snapshot = self._handle.snapshot
        self.actions.follow(snapshot)
        self.tray.show_status(status_of(snapshot))
        self.notifications.follow(alerts_of(snapshot))

    def _on_message_clicked(self) -> None:
        """Show what the notification was about; whatever has to be done there, a person does."""
        self.bring_up()
        self._show_place(self.notifications.remedy)

    def _show_place(self, remedy: Remedy) -> None:
        if remedy in _PLACES:
            self.window.show_panel(*_PLACES[remedy])

    def _on_remedy_wanted(self, remedy: str) -> None:
        match Remedy(remedy):
            case Remedy.UNLOCK:
                self._start(self._handle.look_for_keyring())
            case Remedy.RESUME:
                self._start(self._handle.resume())
            case Remedy.LOOK_AGAIN:
                self._start(self._handle.sync_now())
            case Remedy.START_ANEW:
                self._start(self._ask_to_start_anew())
            case Remedy.DIAGNOSTICS:
                self._show_diagnostics()
            case place:
                self._show_place(place)

    def _toggle_pause(self) -> None:
        paused = self._handle.snapshot.paused
        self._start(self._handle.resume() if paused else self._handle.pause())

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        self.tasks.start(work)

    def _choose_scheme(self, choice: SchemeChoice) -> None:
        self._preferences.scheme = choice
        SchemeFollower.of(self._application).choose(choice)

    def _fill_menus(self) -> None:
        fill_menu_bar(
            self.window.menuBar(),
            self.actions,
            self._entries,
            self.show_panel,
            lambda: self._preferences.scheme,
            self._choose_scheme,
        )

    def _connect(self) -> None:
        actions, handle, window = self.actions, self._handle, self.window
        self.relay.happened.connect(self._on_event)
        window.came_into_view.connect(self.relay.go_on)
        window.went_out_of_view.connect(self.relay.rest)
        self._application.quit_wanted.connect(self.quit)
        window.close_wanted.connect(self.on_close_wanted)
        window.remedy_wanted.connect(self._on_remedy_wanted)
        window.panel_changed.connect(self._remember_panel)
        self.tray.clicked.connect(self.bring_up)
        self.tray.message_clicked.connect(self._on_message_clicked)
        self.tray.appeared.connect(self._show_snapshot)
        actions.open.triggered.connect(self.bring_up)
        actions.sync_now.triggered.connect(lambda: self._start(handle.sync_now()))
        actions.pause.triggered.connect(self._toggle_pause)
        actions.retry_all.triggered.connect(lambda: self._start(handle.retry()))
        actions.errors.triggered.connect(lambda: self.show_panel("errors"))
        actions.settings.triggered.connect(lambda: self.show_panel("settings"))
        actions.connections.triggered.connect(lambda: self.show_panel("connections"))
        actions.close.triggered.connect(window.close)
        actions.quit.triggered.connect(self.quit)
        actions.open_data.triggered.connect(lambda: open_folder(handle.data_dir))
        actions.open_log.triggered.connect(self._show_log)
        actions.diagnostics.triggered.connect(self._show_diagnostics)
        actions.about.triggered.connect(self._show_about)

    async def _ask_to_start_anew(self) -> None:
        question = Question(
            self.tr("Start with a new database?"),
            self.tr(
                "The present one is kept in a folder beside it. With the new one you connect both "
                "sides and map their fields again; links, history and settings begin anew. "
                "Nothing is changed in Intercom or Salesforce by this."
            ),
            yes=self.tr("Start anew"),
            danger=True,
        )
        if await ask(self.window, question):
            place = await self._handle.start_anew()
            text = self.tr("The old database lies in {folder}").format(folder=place.name)
            self.window.toasts.show_text(text)

    def _show_diagnostics(self) -> None:
        from sfsync_gui.ui.support.diagnostics_dialog import show_diagnostics

        show_diagnostics(self.window, self._handle, self.tasks)

    def _show_log(self) -> None:
        from sfsync_gui.ui.support.log_window import show_log

        show_log(self.window, self._preferences.folder, self.tasks)

    def _show_about(self) -> None:
        from sfsync_gui.ui.shell.about import AboutDialog  # reads what is installed

        AboutDialog(self._handle.data_dir, self.window).open()

    def _remember_panel(self, key: str) -> None:
        self._preferences.panel = key
