"""A crash leaves a report, and the next start offers to show it: in programs that really crash."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from sfsync_gui.app.host import Host
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.crash_reports import STOPPED, WENT_ON, CrashReports
from sfsync_gui.desktop.crash_watch import CrashWatch
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.desktop.starting import window_command
from sfsync_gui.store.locks import holder
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import QUIT_WITHIN, Shell
from sfsync_gui.ui.support.crash_dialog import CrashDialog
from tests.gui.conftest import Run, until
from tests.support.crashing_window import EMAIL, GOES_ON, HARD, NAME, STOPS, TOKEN

LEFT = Qt.MouseButton.LeftButton
OFFSCREEN = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def crash(way: str, folder: Path) -> int:
    """Run the program until it has crashed in that way."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.support.crashing_window", way, str(folder)]
    with (folder / "stderr.txt").open("ab") as errors:
        done = subprocess.run(command, env=OFFSCREEN, stderr=errors, check=False, timeout=60)
    return done.returncode


def start_and_quit(folder: Path) -> None:
    """The next start of the real program, which is told to quit once its profile is open."""
    command = window_command("--minimized", "--data-dir", str(folder))
    program = subprocess.Popen(command, env=OFFSCREEN)
    while (held := holder(database_path(folder))) is None or held.pid != program.pid:
        assert program.poll() is None
        time.sleep(0.02)
    program.terminate()
    assert program.wait(30) == 0


@pytest.mark.parametrize("way", [*GOES_ON, *STOPS])
def test_each_kind_of_crash_leaves_one_report_without_secrets(way: str, tmp_path: Path) -> None:
    code = crash(way, tmp_path)
    assert (code == 0) == (way in GOES_ON)
    if way in HARD:
        start_and_quit(tmp_path)  # what the interpreter wrote becomes a report then
    reports = CrashReports(tmp_path)
    (report,) = reports.all()
    assert report.is_new
    assert report.stopped == (way in STOPS)
    text = report.path.read_text()
    assert text.startswith(STOPPED if way in STOPS else WENT_ON)
    assert "crashing_window" in text  # where it happened
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.suffix in (".txt", ".log"):
            written = file.read_bytes()
            for secret in (TOKEN, EMAIL):
                assert secret.encode() not in written, file
    assert NAME not in text


Story = Callable[[Shell], Awaitable[None]]


@pytest.fixture
def start(application: Application, run: Run, tmp_path: Path) -> Callable[[Story], None]:
    """Starts the window on the folder that the crash left, and quits it after a story."""

    def start_now(story: Story) -> None:
        async def whole() -> None:
            host = Host(tmp_path, LocalClock(time.time), Vault.in_memory())
            reports = CrashReports(tmp_path)
            watch = CrashWatch(reports, hard_crashes=False)
            shell = Shell(application, host, Preferences(tmp_path), reports=reports)
            running = asyncio.ensure_future(shell.run())
            try:
                await until(shell.window.isActiveWindow)
                await story(shell)
            finally:
                shell.quit()
                async with asyncio.timeout(QUIT_WITHIN + 2):
                    await running
                watch.close()
                shell.window.deleteLater()

        run(whole())

    return start_now


async def shown_report(shell: Shell) -> CrashDialog:
    banner = shell.window.news.get("crash")
    assert banner is not None
    assert banner.isVisible()
    QTest.mouseClick(banner.action_button, LEFT)
    await until(lambda: any(d.isVisible() for d in shell.window.findChildren(CrashDialog)))
    return shell.window.findChildren(CrashDialog)[0]


def test_the_next_start_offers_to_show_it_once(
    start: Callable[[Story], None], tmp_path: Path
) -> None:
    crash("abort", tmp_path)
    CrashWatch(CrashReports(tmp_path)).close()  # as the program does at its start

    async def first(shell: Shell) -> None:
        banner = shell.window.news.get("crash")
        assert banner is not None
        assert banner.notice.title == "SFSync stopped unexpectedly"
        dialog = await shown_report(shell)
        assert "Fatal Python error: Aborted" in dialog.view.toPlainText()
        assert dialog.close_button.isDefault()
        QTest.mouseClick(dialog.copy_button, LEFT)
        assert "Fatal Python error: Aborted" in QGuiApplication.clipboard().text()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert shell.window.news.get("crash") is None

    async def second(shell: Shell) -> None:
        assert shell.window.news.get("crash") is None

    start(first)
    start(second)
    assert len(CrashReports(tmp_path).all()) == 1  # it stays until somebody discards it


def test_a_report_can_be_discarded_or_left_unread(
    start: Callable[[Story], None], tmp_path: Path
) -> None:
    reports = CrashReports(tmp_path)
    reports.write("20261129-010203-7", f"{WENT_ON}\nIt was here.\n")

    async def dismiss(shell: Shell) -> None:
        banner = shell.window.news.get("crash")
        assert banner is not None
        assert banner.notice.title == "Something went wrong in SFSync last time"
        QTest.mouseClick(banner.close_button, LEFT)
        await until(lambda: not shell.window.news.isVisible())

    start(dismiss)
    assert len(reports.all()) == 1
    reports.write("20261129-010204-8", f"{WENT_ON}\nIt was there.\n")

    async def discard(shell: Shell) -> None:
        dialog = await shown_report(shell)
        assert "It was there." in dialog.view.toPlainText()
        QTest.mouseClick(dialog.discard_button, LEFT)
        await until(lambda: len(reports.all()) == 1)

    start(discard)
