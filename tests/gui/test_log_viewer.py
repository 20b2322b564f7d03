"""The log in its window: live, searched, filtered, paused, copied, and fast however long it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.desktop.logs import Log, start_logging
from sfsync_gui.desktop.paths import log_path
from sfsync_gui.desktop.redaction import HIDDEN, Redactor
from sfsync_gui.ui.support.log_window import FIRST_ENTRIES, LogWindow, show_log
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
LOG = logging.getLogger("sfsync_gui.somewhere")
SECRET = "very-secret-0815-value"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = start_logging(tmp_path, redactor=Redactor())
    yield log
    log.close()


@contextmanager
def opened(
    folder: Path, tasks: Tasks, qtbot: QtBot, redactor: Redactor | None = None
) -> Iterator[LogWindow]:
    """The window, open until it is closed."""
    window = LogWindow(folder, tasks, redactor=redactor or Redactor())
    qtbot.addWidget(window)
    window.bring_up()
    try:
        yield window
    finally:
        window.close()


def write_long(folder: Path, lines: int) -> int:
    """A log of so many records; returns its size in bytes."""
    path = log_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = ("INFO", "INFO", "INFO", "WARNING", "ERROR")
    text = "".join(
        f"2026-11-29 02:00:{n % 60:02},123 {levels[n % 5]} MainThread sfsync_gui.x: line {n} "
        + "word " * 28
        + "\n"
        for n in range(lines)
    )
    path.write_text(text)
    return path.stat().st_size


def text_of(window: LogWindow) -> str:
    return window.view.toPlainText()


def says(window: LogWindow, sentence: str) -> bool:
    """Whether it says so in place of lines."""
    return window.empty.isVisible() and window.empty.sentence == sentence


def type_search(window: LogWindow, words: str) -> None:
    window.search.setFocus()
    window.search.selectAll()
    QTest.keyClicks(window.search, words)
    QTest.keyClick(window.search, Qt.Key.Key_Return)


def test_new_lines_appear_as_they_are_written(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: says(window, "The log is empty"))
            LOG.info("the first line")
            await until(lambda: "the first line" in text_of(window))
            assert window.view.isVisible()
            for number in range(200):
                LOG.info("line %d", number)
            await until(lambda: "line 199" in text_of(window))
            assert window.view.is_at_end
            assert window.state.text().startswith("201 entries")

    run(story())


def test_whoever_reads_further_up_is_left_there(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        for number in range(300):
            LOG.info("line %d", number)
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: "line 299" in text_of(window) and window.view.is_at_end)
            bar = window.view.verticalScrollBar()
            bar.setValue(bar.maximum() // 2)
            before = window.view.firstVisibleBlock().text()
            LOG.info("something new")
            await until(lambda: "something new" in text_of(window))
            assert window.view.firstVisibleBlock().text() == before
            QTest.keyClick(window.view, Qt.Key.Key_End, CTRL)
            await until(lambda: window.view.is_at_end)

    run(story())


def test_a_long_log_opens_at_its_end_and_older_lines_come_on_scrolling_up(
    tmp_path: Path, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    for lines in (5_000, 60_000):
        folder = tmp_path / str(lines)
        size = write_long(folder, lines)

        async def story(folder: Path = folder, lines: int = lines) -> None:
            with opened(folder, tasks, qtbot) as window:
                await until(lambda: f"line {lines - 1} " in text_of(window))
                await until(lambda: window.view.entries >= FIRST_ENTRIES)
                assert window.view.entries < 2_000  # however long it is
                await until(lambda: window.view.is_at_end)
                first = window.view.entries
                top = window.view.document().firstBlock().text()
                bar = window.view.verticalScrollBar()

                def more_after_scrolling() -> bool:
                    """Once more each time: while older lines are read scrolling asks for none."""
                    if window.view.entries == first:
                        bar.setValue(1)
                        bar.setValue(0)
                    return window.view.entries > first

                await until(more_after_scrolling)
                assert window.view.firstVisibleBlock().text() == top  # it stayed in view
                assert "Older ones appear" in window.state.text()

        run(story())
    assert size > 10_000_000


def test_search_and_level_find_what_is_far_back(
    tmp_path: Path, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        write_long(tmp_path, 20_000)
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: window.view.entries >= FIRST_ENTRIES)
            QTest.keyClick(window, Qt.Key.Key_F, CTRL)
            assert window.search.hasFocus()
            type_search(window, "LINE 1234 WORD")
            await until(lambda: "line 1234 " in text_of(window))
            assert all("1234" in line for line in text_of(window).splitlines())

            QTest.mouseClick(window.level.segment(logging.ERROR), LEFT)
            await until(lambda: window.view.entries and "INFO" not in text_of(window))
            assert "WARNING" not in text_of(window)
            type_search(window, "nowhere to be found")
            await until(lambda: says(window, "Nothing in the log is like that"))

    run(story())


def test_paused_it_stands_still_and_then_catches_up(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        LOG.info("before")
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: "before" in text_of(window))
            QTest.keyClick(window.pause_button, Qt.Key.Key_Space)
            assert window.pause_button.text() == "Go on"
            assert "Paused" in window.state.text()
            LOG.info("meanwhile")
            await asyncio.sleep(1.2)  # two looks of the timer
            assert "meanwhile" not in text_of(window)
            QTest.keyClick(window.pause_button, Qt.Key.Key_Space)
            await until(lambda: "meanwhile" in text_of(window))
            assert window.pause_button.text() == "Pause"

    run(story())


def test_copying_takes_what_is_marked_or_everything(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        LOG.info("first")
        LOG.info("second")
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: "second" in text_of(window))
            QTest.mouseClick(window.copy_button, LEFT)
            assert QGuiApplication.clipboard().text().count("\n") == 1
            window.view.setFocus()
            QTest.keyClick(window.view, Qt.Key.Key_End, CTRL)
            QTest.keyClick(window.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
            QTest.keyClick(window.view, Qt.Key.Key_C, CTRL)
            copied = QGuiApplication.clipboard().text()
            assert "second" in copied
            assert "first" not in copied

    run(story())


def test_secrets_are_masked_in_view_and_cannot_be_searched_for(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        LOG.warning("an older version wrote %s", SECRET)
        redactor = Redactor()
        redactor.remember(SECRET)
        with opened(tmp_path, tasks, qtbot, redactor) as window:
            await until(lambda: HIDDEN in text_of(window))
            assert SECRET not in text_of(window)
            type_search(window, SECRET[:14])
            await until(lambda: says(window, "Nothing in the log is like that"))

    run(story())


def test_a_log_that_cannot_be_read_is_said(
    tmp_path: Path, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        log_path(tmp_path).mkdir(parents=True)
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: says(window, "The log cannot be read"))
            log_path(tmp_path).rmdir()
            write_long(tmp_path, 3)
            QTest.mouseClick(window.empty.button, LEFT)
            await until(lambda: "line 2 " in text_of(window))

    run(story())


def test_there_is_one_window_and_esc_closes_it(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        parent = QWidget()
        qtbot.addWidget(parent)
        parent.show()
        LOG.info("a line")
        window = show_log(parent, tmp_path, tasks)
        assert show_log(parent, tmp_path, tasks) is window
        await until(window.isActiveWindow)
        await until(lambda: "a line" in text_of(window))
        QTest.keyClick(window.view, Qt.Key.Key_Escape)
        await until(lambda: not window.isVisible())
        assert text_of(window) == ""  # nothing is kept
        assert show_log(parent, tmp_path, tasks) is window
        await until(lambda: "a line" in text_of(window))
        window.close()

    run(story())


def test_everything_has_a_name_and_is_reached_by_tab(
    tmp_path: Path, log: Log, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        LOG.info("a line")
        with opened(tmp_path, tasks, qtbot) as window:
            await until(lambda: "a line" in text_of(window))
            await until(window.isActiveWindow)
            wanted = {window.search, window.view, window.pause_button, window.copy_button}
            met: set[object] = set()
            for _ in range(12):
                met.add(QGuiApplication.focusObject())
                QTest.keyClick(window, Qt.Key.Key_Tab)
            assert wanted <= met
            assert window.view.accessibleName() == "Lines of the log"
            for control in (*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)):
                if control.isVisible() and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    assert control.accessibleName() or getattr(control, "text", str)()

    run(story())
