"""Starts that cannot be as they should: each is said in the window, with a way on."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from sfsync_gui.app.host import Host
from sfsync_gui.app.late_host import LateHost
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import StoreError
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.handle import Handle, Phase
from sfsync_gui.store import files
from sfsync_gui.store.locks import WriterLock
from sfsync_gui.store.sql_store import open_store
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import QUIT_WITHIN, Shell
from sfsync_gui.ui.widgets.banner import Banner
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from tests.gui.conftest import Run, until

LEFT = Qt.MouseButton.LeftButton
Story = Callable[[Shell], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def start(application: Application, run: Run, folder: Path) -> Callable[[Story], None]:
    """Starts the window on the folder, and quits it after a story."""

    def start_now(story: Story) -> None:
        async def whole() -> None:
            handle: Handle = Host(folder, LocalClock(time.time), Vault.in_memory())
            shell = Shell(application, handle, Preferences(folder))
            running = asyncio.ensure_future(shell.run())
            try:
                await until(shell.window.isActiveWindow)
                await story(shell)
            finally:
                shell.quit()
                async with asyncio.timeout(QUIT_WITHIN + 2):
                    await running
                shell.window.deleteLater()
            assert shell.ended_in_time

        run(whole())

    return start_now


def phase(shell: Shell) -> Phase:
    return shell._handle.snapshot.phase


async def failed(shell: Shell, title: str) -> Banner:
    """The banner of a profile that cannot be used."""

    def banner() -> Banner | None:
        found = shell.window.banners.get("program")
        return found if found is not None and found.notice.title == title else None

    await until(lambda: phase(shell) is Phase.FAILED and banner() is not None)
    found = banner()
    assert found is not None
    assert found.isVisible()
    assert found.notice.text
    return found


async def mended(shell: Shell) -> None:
    await until(lambda: phase(shell) is Phase.UNCONNECTED)
    # The overview's own first run follows in place of the banner.
    await until(lambda: shell.window.banners.get("program") is None)


async def asked(shell: Shell) -> QuestionDialog:
    await until(lambda: any(d.isVisible() for d in shell.window.findChildren(QuestionDialog)))
    return next(d for d in shell.window.findChildren(QuestionDialog) if d.isVisible())


def make_database(folder: Path) -> Path:
    store = open_store(database_path(folder))
    asyncio.run(store.close())
    return database_path(folder)


def only_database_put_away(folder: Path) -> Path:
    (kept,) = folder.glob("put-away-*/sfsync.db")
    return kept


def test_a_damaged_database_can_be_replaced_and_is_kept(
    start: Callable[[Story], None], folder: Path
) -> None:
    folder.mkdir()
    garbage = b"this is a letter, not a database. " * 100
    database_path(folder).write_bytes(garbage)

    async def story(shell: Shell) -> None:
        banner = await failed(shell, "The database is damaged")
        assert banner.notice.action == "Start anew…"
        QTest.mouseClick(banner.action_button, LEFT)
        dialog = await asked(shell)
        assert dialog.no_button.isDefault()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await asyncio.sleep(0.05)
        assert phase(shell) is Phase.FAILED
        assert database_path(folder).read_bytes() == garbage

        QTest.mouseClick(banner.action_button, LEFT)
        dialog = await asked(shell)
        QTest.mouseClick(dialog.yes_button, LEFT)
        await mended(shell)
        kept = only_database_put_away(folder)
        assert kept.read_bytes() == garbage
        await until(lambda: any(kept.parent.name in text for text in shell.window.toasts.texts))

    start(story)


def test_a_database_of_a_newer_version_is_left_alone(
    start: Callable[[Story], None], folder: Path
) -> None:
    path = make_database(folder)
    with closing(sqlite3.connect(path)) as database, database:
        (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    async def story(shell: Shell) -> None:
        banner = await failed(shell, "The database comes from a newer version")
        assert "Install the newest version" in banner.notice.text
        with pytest.raises(StoreError, match="newer version"):  # the lists say the same
            _ = shell._handle.questions
        assert banner.notice.action == "Try again"
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = ?", (before,))
        QTest.mouseClick(banner.action_button, LEFT)
        await mended(shell)

    start(story)


def test_a_profile_that_a_command_has_open_is_waited_for(
    start: Callable[[Story], None], folder: Path
) -> None:
    lock = WriterLock(make_database(folder))

    async def story(shell: Shell) -> None:
        banner = await failed(shell, "SFSync is already running")
        QTest.mouseClick(banner.action_button, LEFT)  # it still has it
        await asyncio.sleep(0.3)
        banner = await failed(shell, "SFSync is already running")
        lock.release()
        QTest.mouseClick(banner.action_button, LEFT)
        await mended(shell)

    start(story)


def test_a_full_disk_is_said_and_tried_again(
    start: Callable[[Story], None], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(files, "create", full)

    async def story(shell: Shell) -> None:
        banner = await failed(shell, "The disk is full")
        assert "Free some space" in banner.notice.text
        monkeypatch.undo()
        QTest.mouseClick(banner.action_button, LEFT)
        await mended(shell)

    start(story)


def test_a_folder_that_cannot_be_made_is_said(start: Callable[[Story], None], folder: Path) -> None:
    folder.write_text("a file in its place")

    async def story(shell: Shell) -> None:
        banner = await failed(shell, "The data folder cannot be used")
        os.unlink(folder)
        QTest.mouseClick(banner.action_button, LEFT)
        await mended(shell)

    start(story)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that everybody may read and nobody write, outside of what pytest keeps to itself."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place) / "profile"
        folder.mkdir(mode=0o555)
        yield folder


def test_a_read_only_folder_shows_a_window_that_says_so(read_only: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.window_as_nobody", str(read_only)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "The database cannot be written|Try again\n"
    assert list(read_only.iterdir()) == []
    assert done.stderr.count("cannot write its log") <= 1
    assert "Traceback" not in done.stderr


def test_a_defect_offers_the_diagnostics(
    application: Application, run: Run, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def build(_: object) -> Host:
        raise ImportError("no such library")

    folder.mkdir()

    async def story() -> None:
        handle = LateHost(build, folder)
        shell = Shell(application, handle, Preferences(folder))
        running = asyncio.ensure_future(shell.run())
        banner = await failed(shell, "SFSync cannot start")
        assert banner.notice.action == "Save diagnostics…"
        QTest.mouseClick(banner.action_button, LEFT)
        from sfsync_gui.ui.support.diagnostics_dialog import DiagnosticsDialog

        await until(lambda: shell.window.findChildren(DiagnosticsDialog))
        dialog = shell.window.findChildren(DiagnosticsDialog)[0]
        await until(dialog.save_button.isEnabled)
        assert "SFSync cannot start" in dialog._documents[1].text
        dialog.reject()
        shell.quit()
        await running
        assert "cannot be made" in caplog.text

    run(story())


def test_a_clock_before_the_last_use_is_said_and_checked_again(
    start: Callable[[Story], None], folder: Path
) -> None:
    path = make_database(folder)
    later = time.time() + 30 * 86_400
    os.utime(path, (later, later))

    async def story(shell: Shell) -> None:
        banner = shell.window.news.get("clock")
        assert banner is not None
        assert banner.isVisible()
        assert "Set date and time" in banner.notice.text
        assert any(isinstance(child, QAbstractButton) for child in banner.children())
        os.utime(path)
        QTest.mouseClick(banner.action_button, LEFT)
        assert shell.window.news.get("clock") is None

    start(story)


def test_lists_that_could_not_be_read_do_not_crash_the_end(folder: Path) -> None:
    folder.mkdir()
    database_path(folder).write_bytes(b"this is a letter, not a database. " * 100)
    panels = ("errors", "identities", "activity")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.quitting_window", str(folder), *panels],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert list((folder / "crashes").iterdir()) == []
