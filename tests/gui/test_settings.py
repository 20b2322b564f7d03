"""The panel Settings: each value is checked where it stands, in force at once, and taken back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from sfsync_gui.app.host import Host
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.crash_reports import WENT_ON, CrashReports
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels.settings import SettingsPanel, amounts
from sfsync_gui.ui.panels.settings.amount_field import AmountField
from sfsync_gui.ui.preferences import Closing, NotificationLevel, Preferences
from sfsync_gui.ui.shell.shell import QUIT_WITHIN, Shell
from sfsync_gui.ui.support.crash_dialog import CrashDialog
from sfsync_gui.ui.support.diagnostics_dialog import DiagnosticsDialog
from sfsync_gui.ui.support.log_window import LogWindow
from sfsync_gui.ui.theme.scheme import SchemeChoice
from tests.gui.conftest import Run, until

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Opened:
    """The window with the panel on show, and the settings that are stored."""

    def __init__(self, shell: Shell, panel: SettingsPanel) -> None:
        self.shell, self.panel = shell, panel

    async def stored(self) -> Settings:
        return await self.shell._handle.settings()

    def field(self, name: str) -> AmountField:
        return self.panel.fields[name]

    def type(self, name: str, text: str, leave: Qt.Key = Qt.Key.Key_Return) -> AmountField:
        field = self.field(name)
        field.edit.setFocus()
        field.edit.selectAll()
        QTest.keyClick(field.edit, Qt.Key.Key_Backspace)
        QTest.keyClicks(field.edit, text)
        QTest.keyClick(field.edit, leave)
        return field

    async def told(self, text: str) -> None:
        await until(lambda: text in self.shell.window.toasts.texts)


Story = Callable[[Opened], Awaitable[None]]


@pytest.fixture
def play(application: Application, run: Run, tmp_path: Path) -> Callable[[Story], None]:
    """The real window on a profile that is not connected, with the panel on show."""

    def play_now(story: Story) -> None:
        async def whole() -> None:
            host = Host(tmp_path, LocalClock(time.time), Vault.in_memory())
            shell = Shell(application, host, Preferences(tmp_path))
            running = asyncio.ensure_future(shell.run())
            try:
                await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
                await until(shell.window.isActiveWindow)
                shell.show_panel("settings")
                panel = shell.window.stack.panel
                assert isinstance(panel, SettingsPanel)
                await until(lambda: all(one.edit.isEnabled() for one in panel.fields.values()))
                await until(panel.matching.text)
                await story(Opened(shell, panel))
            finally:
                shell.quit()
                async with asyncio.timeout(QUIT_WITHIN + 2):
                    await running
                shell.window.deleteLater()
            assert shell.ended_in_time

        run(whole())

    return play_now


def test_every_setting_is_there_with_its_usual_value(play: Callable[[Story], None]) -> None:
    async def story(opened: Opened) -> None:
        assert set(opened.panel.fields) == set(LIMITS)
        shown = {name: field.edit.text() for name, field in opened.panel.fields.items()}
        assert shown == {
            "intercom_interval": "5 seconds",
            "salesforce_interval": "5 minutes",
            "lag_sweep_interval": "2 minutes",
            "company_interval": "5 minutes",
            "comparison_interval": "1 day",
            "api_cap": "",
            "guard_share": "10 %",
            "guard_minimum": "20 people",
            "task_due_days": "",
        }
        for field in opened.panel.fields.values():
            assert field.edit.accessibleName()
            assert field.edit.accessibleDescription()
        assert opened.panel.matching.text() == "By e-mail address; contacts come before leads."

    play(story)


@pytest.mark.parametrize(
    ("name", "text", "value", "shown"),
    [
        ("intercom_interval", "30", 30.0, "30 seconds"),
        ("salesforce_interval", "10 min", 600.0, "10 minutes"),
        ("comparison_interval", "2 days", 172_800.0, "2 days"),
        ("api_cap", "12,000", 12_000, "12,000 calls"),
        ("guard_share", "12.5 %", 0.125, "12.5 %"),
        ("guard_minimum", "1 person", 1, "1 person"),
        ("task_due_days", "14 days", 14, "14 days"),
        ("task_due_days", "1", 1, "1 day"),
    ],
)
def test_a_value_is_in_force_as_soon_as_it_is_left(
    play: Callable[[Story], None], name: str, text: str, value: float, shown: str
) -> None:
    async def story(opened: Opened) -> None:
        before = await opened.stored()
        field = opened.type(name, text, Qt.Key.Key_Tab)
        await until(lambda: opened.shell.window.toasts.texts)
        now = await opened.stored()
        assert getattr(now, name) == value
        assert type(getattr(now, name)) is type(value)
        assert field.edit.text() == shown
        assert not field.edit.hasFocus()
        QTest.keyClick(opened.shell.window, Qt.Key.Key_Z, CTRL)
        await until(lambda: field.value == getattr(before, name))
        assert await opened.stored() == before

    play(story)


def test_two_settings_that_are_left_at_once_are_both_in_force(
    play: Callable[[Story], None],
) -> None:
    async def story(opened: Opened) -> None:
        opened.type("intercom_interval", "7", Qt.Key.Key_Tab)
        opened.type("salesforce_interval", "2 min", Qt.Key.Key_Tab)
        await until(lambda: len(opened.shell.window.toasts.texts) == 2)
        stored = await opened.stored()
        assert (stored.intercom_interval, stored.salesforce_interval) == (7.0, 120.0)

    play(story)


@pytest.mark.parametrize("name", LIMITS)
def test_what_a_field_shows_can_be_entered_again(name: str) -> None:
    limit = LIMITS[name]
    for value in (limit.low, limit.high, getattr(Settings(), name)):
        assert amounts.read(name, amounts.shown(name, value)) == value


def test_the_cap_can_be_lifted(play: Callable[[Story], None]) -> None:
    async def story(opened: Opened) -> None:
        opened.type("api_cap", "5000")
        await opened.told("Calls of SFSync in 24 hours, at most: 5,000 calls")
        field = opened.type("api_cap", "")
        await opened.told("Calls of SFSync in 24 hours, at most: no cap")
        assert (await opened.stored()).api_cap is None
        assert field.edit.placeholderText() == "No cap"

    play(story)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("intercom_interval", "1", "From 2 seconds to 1 hour."),
        ("salesforce_interval", "2 days", "From 1 minute to 1 day."),
        ("salesforce_interval", "soon", "Write a time, such as 30 seconds, 5 minutes or 2 hours."),
        ("api_cap", "5", "At least 100 calls, or empty for no cap."),
        ("guard_share", "0 %", "From 1 % to 100 %."),
        ("guard_minimum", "2.5", "Write a whole number."),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_not_stored(
    play: Callable[[Story], None], name: str, text: str, problem: str
) -> None:
    async def story(opened: Opened) -> None:
        before = await opened.stored()
        shown = opened.field(name).edit.text()
        field = opened.type(name, text)
        assert field.edit.accessibleDescription() == problem
        assert field.edit.property("invalid") == "true"
        await asyncio.sleep(0.1)
        assert await opened.stored() == before
        assert field.edit.text() == text  # to be corrected, not typed anew
        QTest.keyClick(field.edit, Qt.Key.Key_Escape)
        assert field.edit.text() == shown
        assert field.edit.property("invalid") == "false"
        assert opened.shell.window.isVisible()

        opened.type(name, text)
        opened.shell.show_panel("connections")
        opened.shell.show_panel("settings")
        assert field.edit.text() == shown

    play(story)


def test_what_is_being_typed_is_not_overwritten(play: Callable[[Story], None]) -> None:
    async def story(opened: Opened) -> None:
        field = opened.field("salesforce_interval")
        field.edit.setFocus()
        QTest.keyClicks(field.edit, "7")
        opened.type("intercom_interval", "9")
        await until(lambda: opened.shell.window.toasts.texts)
        assert field.edit.property("invalid") == "true"  # it was left: "5 minutes7"
        assert field.edit.text() == "5 minutes7"

    play(story)


def test_settings_are_found_by_a_word(play: Callable[[Story], None]) -> None:
    async def story(opened: Opened) -> None:
        panel = opened.panel

        def visible() -> list[str]:
            return [
                one.section.accessibleName() for one in panel._sections if one.section.isVisible()
            ]

        QTest.keyClick(panel, Qt.Key.Key_F, CTRL)
        assert panel.search.hasFocus()
        QTest.keyClicks(panel.search, "api call")
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
        await until(lambda: visible() == ["How often to look", "Salesforce API calls"])
        assert panel.fields["salesforce_interval"].isVisible()  # each look costs one
        assert not panel.fields["intercom_interval"].isVisible()
        QTest.keyClicks(panel.search, " xyz")
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
        await until(panel._nothing.isVisible)
        QTest.keyClick(panel.search, Qt.Key.Key_Escape)
        await until(lambda: len(visible()) == len(panel._sections))

    play(story)


def test_colours_are_the_same_here_and_in_the_menu(
    play: Callable[[Story], None], tmp_path: Path
) -> None:
    async def story(opened: Opened) -> None:
        part = opened.panel.window_part
        QTest.mouseClick(part.scheme.segment(SchemeChoice.DARK), LEFT)
        assert Preferences(tmp_path).scheme is SchemeChoice.DARK
        view = opened.shell.window.menuBar().actions()[2].menu()
        assert isinstance(view, QMenu)
        looks = next(menu for menu in view.findChildren(QMenu) if menu.actions())
        looks.aboutToShow.emit()
        assert [one.text() for one in looks.actions() if one.isChecked()] == ["Dark"]
        next(one for one in looks.actions() if one.text() == "Light").trigger()
        opened.shell.show_panel("overview")
        opened.shell.show_panel("settings")
        assert part.scheme.value is SchemeChoice.LIGHT

    play(story)


def test_starting_at_login_is_switched_here_and_shown_as_the_desktop_has_it(
    play: Callable[[Story], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "autostart"

    async def story(opened: Opened) -> None:
        switch = opened.panel.window_part.starts.check
        await until(switch.isEnabled)
        assert not switch.isChecked()
        switch.click()
        await opened.told("SFSync starts when you log in")
        (entry,) = folder.iterdir()
        assert str(tmp_path) in entry.read_text("utf-8")
        QTest.keyClick(opened.shell.window, Qt.Key.Key_Z, CTRL)
        await until(lambda: not switch.isChecked())
        assert not entry.exists()
        switch.click()
        await until(entry.exists)
        entry.write_text("[Desktop Entry]\nHidden=true\n")
        opened.shell.show_panel("overview")
        opened.shell.show_panel("settings")
        await until(lambda: not switch.isChecked())

    play(story)


def test_where_starting_at_login_cannot_be_changed_it_says_so(
    play: Callable[[Story], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config").write_text("a file, not a folder")

    async def story(opened: Opened) -> None:
        switch = opened.panel.window_part.starts.check
        await until(switch.isEnabled)
        switch.click()
        await until(lambda: opened.panel.banners.get("failure") is not None)
        banner = opened.panel.banners.get("failure")
        assert banner is not None
        assert "The system refused it: Not a directory." in banner.notice.text
        await until(lambda: not switch.isChecked())

    play(story)


def test_what_the_window_remembers_is_changed_and_taken_back(
    play: Callable[[Story], None], tmp_path: Path
) -> None:
    async def story(opened: Opened) -> None:
        part, preferences = opened.panel.window_part, Preferences(tmp_path)
        QTest.mouseClick(part.closing.segment(Closing.QUIT), LEFT)
        assert preferences.closing is Closing.QUIT
        QTest.mouseClick(part.notifications.segment(NotificationLevel.STOPPED), LEFT)
        assert preferences.notifications is NotificationLevel.STOPPED
        await opened.told("Notifications: changed")
        QTest.keyClick(opened.shell.window, Qt.Key.Key_Z, CTRL)
        assert Preferences(tmp_path).notifications is NotificationLevel.ALL
        assert part.notifications.value is NotificationLevel.ALL
        QTest.keyClick(opened.shell.window, Qt.Key.Key_Z, CTRL)
        assert Preferences(tmp_path).closing is Closing.ASK
        assert part.closing.value is Closing.ASK

    play(story)


def test_the_way_to_mapping_folder_log_and_diagnostics(
    play: Callable[[Story], None], tmp_path: Path
) -> None:
    async def story(opened: Opened) -> None:
        part, window = opened.panel.support_part, opened.shell.window
        assert part.path.text() == str(tmp_path)
        QTest.mouseClick(part.copy_button, LEFT)
        assert QGuiApplication.clipboard().text() == str(tmp_path)
        QTest.mouseClick(part.log_button, LEFT)
        log = window.findChild(LogWindow)
        assert log is not None
        assert log.isVisible()
        log.close()
        QTest.mouseClick(part.diagnostics_button, LEFT)
        dialog = window.findChild(DiagnosticsDialog)
        assert dialog is not None
        await until(dialog.save_button.isEnabled)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        QTest.mouseClick(opened.panel.key_button, LEFT)
        assert window.stack.key == "mapping"

    play(story)


def test_crash_reports_can_be_looked_at_later(
    play: Callable[[Story], None], tmp_path: Path
) -> None:
    reports = CrashReports(tmp_path)

    async def story(opened: Opened) -> None:
        part = opened.panel.support_part
        assert not part.crash_button.isEnabled()
        reports.write("20261129-010203-7", f"{WENT_ON}\nIt was here.\n")
        part.refresh()
        QTest.mouseClick(part.crash_button, LEFT)
        dialog = opened.shell.window.findChild(CrashDialog)
        assert dialog is not None
        assert "It was here." in dialog.view.toPlainText()
        QTest.mouseClick(dialog.discard_button, LEFT)
        await until(lambda: not part.crash_button.isEnabled())
        assert reports.all() == []

    play(story)


def test_everything_can_be_reached_by_tab(play: Callable[[Story], None]) -> None:
    async def story(opened: Opened) -> None:
        panel = opened.panel
        wanted: set[QWidget] = {one.edit for one in panel.fields.values()}
        level = panel.window_part.notifications.segment(NotificationLevel.ALL)
        wanted |= {panel.key_button, level}
        support = panel.support_part
        wanted |= {support.folder_button, support.log_button, support.diagnostics_button}
        panel.fields["salesforce_interval"].edit.setFocus()
        met: set[QWidget] = set()
        for _ in range(60):
            focus = QGuiApplication.focusObject()
            if isinstance(focus, QWidget):
                met.add(focus)
                if isinstance(focus, QAbstractButton):
                    assert focus.text() or focus.accessibleName()
            QTest.keyClick(opened.shell.window, Qt.Key.Key_Tab)
        assert wanted <= met

    play(story)


def test_what_new_leads_are_made_of(play: Callable[[Story], None]) -> None:
    async def story(one: Opened) -> None:
        part = one.panel.lead_part
        company = part.texts["lead_company"]
        await until(lambda: company.edit.text() == "[not provided]")
        company.edit.setFocus()
        company.edit.selectAll()
        QTest.keyClicks(company.edit, "Unknown company")
        QTest.keyClick(company.edit, Qt.Key.Key_Return)
        await one.told("Company of people who have none: Unknown company")
        assert (await one.stored()).lead_company == "Unknown company"

        company.edit.selectAll()
        QTest.keyClick(company.edit, Qt.Key.Key_Backspace)
        QTest.keyClick(company.edit, Qt.Key.Key_Return)
        assert company.control.property("invalid") == "true"
        assert (await one.stored()).lead_company == "Unknown company"
        company.put_back()

        owner = part.choices["lead_owner"].box
        owner.setFocus()
        QTest.keyClick(owner, Qt.Key.Key_Down)
        await one.told("Owner: The person’s owner in Intercom")
        assert (await one.stored()).lead_owner == "teammate"
        assert one.panel.undo()
        await until(lambda: owner.currentData() == "rules")
        assert (await one.stored()).lead_owner == "rules"

    play(story)
