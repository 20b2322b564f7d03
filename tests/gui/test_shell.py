"""The frame: panels, menus, status, closing and quitting, on a real host in an empty folder."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMenu, QWidget

from sfsync_gui.app.host import Host
from sfsync_gui.app.host_thread import TELL_CHECK_AFTER
from sfsync_gui.app.late_host import LateHost
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import RecordError, SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import Checked
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels import PanelEntry
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.preferences import Closing, NotificationLevel, Preferences
from sfsync_gui.ui.shell import placement
from sfsync_gui.ui.shell.about import AboutDialog
from sfsync_gui.ui.shell.main_window import MainWindow
from sfsync_gui.ui.shell.shell import QUIT_WITHIN, Shell
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.scheme import SchemeChoice
from sfsync_gui.ui.theme.tokens import DARK, SIDEBAR, SIDEBAR_NARROW, WINDOW
from sfsync_gui.ui.widgets.buttons import PrimaryButton
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from sfsync_gui.ui.widgets.labels import PlainLabel
from tests.gui.conftest import Run, until

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class NotedPanel(Panel):
    """Writes down what it is told."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.told: list[str] = []
        self.events: list[HandleEvent] = []
        self.set_content(PlainLabel("content"))

    def title_widgets(self) -> Sequence[QWidget]:
        return [PrimaryButton(f"Do {type(self).__name__}")]

    def shown(self) -> None:
        self.told.append("shown")

    def hidden(self) -> None:
        self.told.append("hidden")

    def on_event(self, event: HandleEvent) -> None:
        self.events.append(event)

    def visit(self, target: object) -> None:
        self.told.append(f"visit {target}")


class OverviewPanel(NotedPanel):
    title = "How things stand"


class ErrorsPanel(NotedPanel):
    """Fails on every event."""

    def on_event(self, event: HandleEvent) -> None:
        raise KeyError("a defect")


class BrokenPanel(Panel):
    """Cannot be made the first time."""

    broken = True

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        if BrokenPanel.broken:
            raise StoreError("The list cannot be read", "It is locked.", "Wait.")
        super().__init__(handle, tasks, parent)


ENTRIES = (
    PanelEntry("overview", "Overview", "overview", __name__, "OverviewPanel"),
    PanelEntry("errors", "Sync errors", "warning", __name__, "ErrorsPanel"),
    PanelEntry("broken", "Broken", "stop", __name__, "BrokenPanel"),
)

Story = Callable[[Shell], Awaitable[None]]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path, LocalClock(time.time), Vault.in_memory())


@pytest.fixture
def play(application: Application, run: Run, host: Host) -> Callable[[Story], None]:
    """Lets a shell run, and within it a story, and ends it as a person would."""

    def play_now(story: Story) -> None:
        async def whole() -> None:
            shell = Shell(application, host, Preferences(host.data_dir), ENTRIES)
            running = asyncio.ensure_future(shell.run())
            try:
                await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
                await until(shell.window.isActiveWindow)
                await story(shell)
            finally:
                shell.quit()
                async with asyncio.timeout(QUIT_WITHIN + 2):
                    await running
                shell.window.deleteLater()
            assert shell.ended_in_time

        run(whole())

    return play_now


def press(shell: Shell, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyClick(shell.window, key, modifier)


def noted(shell: Shell, key: str) -> NotedPanel:
    panel = shell.window.stack.made(key)
    assert isinstance(panel, NotedPanel)
    return panel


async def dialog_of(shell: Shell) -> QDialog:
    await until(lambda: any(d.isVisible() for d in shell.window.findChildren(QDialog)))
    return next(d for d in shell.window.findChildren(QDialog) if d.isVisible())


def click(dialog: QDialog, text: str) -> None:
    buttons = dialog.findChildren(QAbstractButton)
    QTest.mouseClick(next(button for button in buttons if button.text() == text), LEFT)


def test_panels_are_made_when_shown_and_kept(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        window = shell.window
        assert window.stack.key == "overview"
        assert window._title.text() == "How things stand"
        assert window.stack.made("errors") is None
        overview = noted(shell, "overview")
        assert overview.told == ["shown"]
        press(shell, Qt.Key.Key_2)
        assert window.stack.key == "errors"
        assert window.sidebar.entry("errors").isChecked()
        assert window._title.text() == "Sync errors"
        visible = [b.text() for b in window.findChildren(PrimaryButton) if b.isVisible()]
        assert visible == ["Do ErrorsPanel"]
        assert overview.told == ["shown", "hidden"]
        QTest.mouseClick(window.sidebar.entry("overview"), LEFT)
        assert noted(shell, "overview") is overview
        assert overview.told == ["shown", "hidden", "shown"]
        overview.go_to.emit("errors", 42)
        assert noted(shell, "errors").told == ["shown", "hidden", "shown", "visit 42"]

    play(story)


def test_the_sidebar_by_arrow_keys(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        entry = shell.window.sidebar.entry("overview")
        entry.setFocus(Qt.FocusReason.TabFocusReason)
        await until(entry.hasFocus)
        QTest.keyClick(entry, Qt.Key.Key_Down)
        assert shell.window.stack.key == "errors"
        assert shell.window.sidebar.entry("errors").hasFocus()

    play(story)


def test_a_panel_that_cannot_be_made_says_so(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        BrokenPanel.broken = True
        shell.show_panel("broken")
        state = shell.window.stack.currentWidget()
        assert state is not None
        assert state.accessibleName() == "The list cannot be read"
        BrokenPanel.broken = False
        QTest.mouseClick(state.findChildren(QAbstractButton)[0], LEFT)
        assert isinstance(shell.window.stack.panel, BrokenPanel)

    play(story)


def test_events_reach_panels_and_one_defect_stops_no_other(
    play: Callable[[Story], None], caplog: pytest.LogCaptureFixture
) -> None:
    async def story(shell: Shell) -> None:
        shell.show_panel("errors")
        shell.show_panel("overview")
        panel = noted(shell, "overview")
        for tell in shell._handle._listeners:  # type: ignore[attr-defined]
            tell(Checked(Side.INTERCOM, 5.0, 2))
        await until(lambda: Checked(Side.INTERCOM, 5.0, 2) in panel.events)
        assert "failure" in panel.banners.keys
        assert "a defect" in caplog.text

    play(story)


def test_failures_of_tasks_are_shown_in_words(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        async def fail() -> None:
            raise RecordError("Salesforce refused the change", "Phone is too long.", "Shorten it.")

        shell.tasks.start(fail())
        panel = noted(shell, "overview")
        await until(lambda: panel.banners.get("failure") is not None)
        banner = panel.banners.get("failure")
        assert banner is not None
        assert banner.notice.text == "Phone is too long. Shorten it."
        shell.show_panel("errors")
        assert panel.banners.get("failure") is None

    play(story)


def test_how_things_stand_is_said_in_the_corner_and_on_top(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        window = shell.window
        await until(lambda: window.sidebar.status.sentence == "Not connected")
        assert window.banners.keys == ()  # the overview tells it in more detail
        shell.show_panel("errors")
        banner = window.banners.get("program")
        assert banner is not None
        QTest.mouseClick(banner.action_button, LEFT)
        assert window.stack.key == "overview"
        assert not shell.actions.sync_now.isEnabled()
        assert shell.actions.pause.text() == "Pause"

    play(story)


def test_the_sidebar_is_narrow_in_a_narrow_window(play: Callable[[Story], None]) -> None:
    async def story(shell: Shell) -> None:
        window = shell.window
        window.resize(*WINDOW)
        await until(lambda: window.sidebar.width() == SIDEBAR)
        assert window.sidebar.entry("errors").toolTip() == ""
        window.resize(800, 560)
        await until(lambda: window.sidebar.width() == SIDEBAR_NARROW)
        assert (window.width(), window.height()) == (800, 560)
        assert window.sidebar.entry("errors").toolTip() == "Sync errors"

    play(story)


def test_without_a_tray_closing_asks(play: Callable[[Story], None], host: Host) -> None:
    async def story(shell: Shell) -> None:
        preferences = Preferences(host.data_dir)
        assert not shell.tray.is_there
        shell.window.close()
        shell.window.close()  # asked once, whatever else is pressed
        dialog = await dialog_of(shell)
        assert len(shell.window.findChildren(QuestionDialog)) == 1
        click(dialog, "Cancel")
        await asyncio.sleep(0.05)
        assert shell.window.isVisible()
        shell.window.close()
        dialog = await dialog_of(shell)
        assert isinstance(dialog, QuestionDialog)
        dialog.box.setChecked(True)
        click(dialog, "Keep syncing")
        await until(lambda: not shell.window.isVisible())
        assert preferences.closing is Closing.KEEP_RUNNING
        assert noted(shell, "overview").told[-1] == "hidden"
        shell.bring_up()
        assert shell.window.isVisible()
        assert noted(shell, "overview").told[-1] == "shown"
        await until(shell.window.isActiveWindow)
        press(shell, Qt.Key.Key_W)
        assert not shell.window.isVisible()  # not asked again
        assert not shell._quitting.is_set()
        preferences.closing = Closing.QUIT
        shell.bring_up()
        shell.window.close()
        assert shell._quitting.is_set()

    play(story)


@pytest.mark.parametrize("way", ["key", "system"])
def test_quitting_ends_everything_in_time(
    play: Callable[[Story], None], host: Host, application: Application, way: str
) -> None:
    async def story(shell: Shell) -> None:
        if way == "key":
            press(shell, Qt.Key.Key_Q)
        else:
            QApplication.sendEvent(application, QEvent(QEvent.Type.Quit))
        assert shell._quitting.is_set()
        await until(lambda: shell.ended_in_time)
        assert not any(thread.name == "sfsync-engine" for thread in threading.enumerate())

    play(story)


def test_started_minimized_makes_no_panel(application: Application, run: Run, host: Host) -> None:
    async def story() -> None:
        shell = Shell(application, host, Preferences(host.data_dir), ENTRIES)
        running = asyncio.ensure_future(shell.run(minimized=True))
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        assert not shell.window.isVisible()
        assert shell.window.stack.made("overview") is None
        shell.bring_up()
        assert shell.window.isVisible()
        assert noted(shell, "overview").told == ["shown"]
        shell.quit()
        await running

    run(story())


def test_place_panel_and_colours_are_remembered(
    application: Application, run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        for start in range(2):
            host = Host(tmp_path, LocalClock(time.time), Vault.in_memory())
            shell = Shell(application, host, Preferences(tmp_path), ENTRIES)
            running = asyncio.ensure_future(shell.run())
            await until(shell.window.isActiveWindow)
            if start == 0:
                shell.window.setGeometry(0, 40, 800, 590)
                press(shell, Qt.Key.Key_2)
                view = shell.window.menuBar().actions()[2].menu()
                assert isinstance(view, QMenu)
                looks = next(m for m in view.findChildren(QMenu) if m.actions())
                next(a for a in looks.actions() if a.text() == "Dark").trigger()
                assert colors_of(shell.window) is DARK
            else:
                assert shell.window.size().toTuple() == (800, 590)
                assert shell.window.stack.key == "errors"
                assert Preferences(tmp_path).scheme is SchemeChoice.DARK
            shell.quit()
            await running

    run(story())


def test_a_window_remembered_off_every_screen_comes_back(
    application: Application, run: Run, host: Host, tasks: Tasks
) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    for odd in (QRect(-9000, 50, 900, 600), QRect(100, 9000, 5000, 4000)):
        preferences = Preferences(host.data_dir)
        before, after = (MainWindow(host, tasks, ENTRIES) for _ in range(2))
        before.setGeometry(odd)
        placement.remember(before, preferences)
        placement.restore(after, preferences)
        top = QRect(after.geometry().topLeft(), after.geometry().topRight()).adjusted(0, 0, 0, 60)
        assert screen.intersected(top).width() >= 80
        assert after.height() <= max(screen.height(), 560)
        for window in (before, after):
            window.deleteLater()


def test_a_first_window_is_no_larger_than_the_screen(
    application: Application, run: Run, host: Host, tasks: Tasks
) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.width() < WINDOW[0]
    window = MainWindow(host, tasks, ENTRIES)
    placement.restore(window, Preferences(host.data_dir))
    assert window.width() == screen.width()
    assert window.height() < screen.height()
    window.deleteLater()


def test_nonsense_in_the_preferences_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text(
        "[look]\nscheme=purple\n[window]\nclosing=\npanel=nowhere\n[state]\ngeometry=1\n"
        "[notifications]\nlevel=loud\n"
    )
    preferences = Preferences(tmp_path)
    assert preferences.scheme is SchemeChoice.SYSTEM
    assert preferences.closing is Closing.ASK
    assert preferences.bytes("geometry").isEmpty()
    assert preferences.notifications is NotificationLevel.ALL


def test_notifications_that_were_off_before_there_were_levels_stay_off(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[notifications]\nshown=false\n")
    preferences = Preferences(tmp_path)
    assert preferences.notifications is NotificationLevel.NONE
    preferences.notifications = NotificationLevel.STOPPED
    assert Preferences(tmp_path).notifications is NotificationLevel.STOPPED


def test_about_names_versions_and_copies_them(play: Callable[[Story], None], host: Host) -> None:
    async def story(shell: Shell) -> None:
        shell.actions.about.trigger()
        dialog = await dialog_of(shell)
        assert isinstance(dialog, AboutDialog)
        copy = next(
            b for b in dialog.findChildren(QAbstractButton) if b.accessibleName() == "Copy versions"
        )
        QTest.mouseClick(copy, LEFT)
        copied = QGuiApplication.clipboard().text()
        assert "Qt: 6." in copied
        assert str(host.data_dir) in copied
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    play(story)


def test_the_window_is_told_of_checks_while_it_is_in_view(
    play: Callable[[Story], None], host: Host
) -> None:
    async def story(shell: Shell) -> None:
        events = noted(shell, "overview").events
        (listener,) = host._listeners

        async def is_told() -> bool:
            events.clear()
            listener(Checked(Side.INTERCOM, 1, 0))
            await asyncio.sleep(0.05)
            return Checked(Side.INTERCOM, 1, 0) in events

        assert await is_told()
        shell.window.hide()
        assert not await is_told()
        shell.bring_up()
        assert events == [SnapshotChanged(host.snapshot)]
        assert await is_told()

    play(story)


def test_started_minimized_the_window_rests(application: Application, run: Run, host: Host) -> None:
    async def story() -> None:
        shell = Shell(application, host, Preferences(host.data_dir), ENTRIES)
        running = asyncio.ensure_future(shell.run(minimized=True))
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        await asyncio.sleep(TELL_CHECK_AFTER)
        told: list[HandleEvent] = []
        shell.relay.happened.connect(told.append)
        host._on_event(Checked(Side.INTERCOM, 1, 0))
        await until(lambda: Side.INTERCOM in host.snapshot.checked)
        await asyncio.sleep(0.05)
        assert told == []
        shell.quit()
        await running

    run(story())


def test_a_late_host_takes_orders_and_tells_why_it_cannot_start(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def build(_: object) -> Host:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
            return Host(tmp_path, LocalClock(time.time), Vault.in_memory())

        handle = LateHost(build, tmp_path)
        handle.start()
        assert handle.snapshot.phase is Phase.STARTING
        with pytest.raises(StoreError, match="nothing to show"):
            _ = handle.questions
        order = asyncio.ensure_future(handle.look_for_keyring())
        await asyncio.sleep(0.05)
        assert not order.done()
        gate.set()
        await order
        await until(lambda: handle.snapshot.phase is Phase.UNCONNECTED)
        assert handle.data_dir == tmp_path
        await handle.stop()

        def fail(_: object) -> Host:
            raise ImportError("no such library")

        broken = LateHost(fail, tmp_path)
        broken.start()
        await until(lambda: broken.snapshot.phase is Phase.FAILED)
        with pytest.raises(SfsyncError, match="SFSync cannot start"):
            await broken.sync_now()
        await broken.stop()

    run(story())
