"""What the window's program has loaded when its window answers, and what waits until then."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.ui.application import Application
from sfsync_gui.ui.shell.first_paint import DRAWN_WITHIN, FirstPaint
from tests.benchmarks.window_start import measure


def test_the_window_waits_for_nothing_heavy(tmp_path: Path) -> None:
    start = measure(tmp_path)
    assert start.heavy == ()
    assert start.modules < 450


def test_qt_reads_no_sources_along_with_imports() -> None:
    script = (
        "import builtins, linecache; plain = builtins.__import__\n"
        "from sfsync_gui.app import gui\n"
        "print(builtins.__import__ is plain, sum('sfsync_gui' in f for f in linecache.cache))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "0"]


def test_what_waits_for_the_first_painting_is_done_once(
    application: Application, qtbot: QtBot
) -> None:
    window, calls = QWidget(), list[bool]()
    qtbot.addWidget(window)
    FirstPaint(window, lambda: calls.append(window.isVisible()))
    application.processEvents()
    assert calls == []
    window.show()
    qtbot.waitUntil(lambda: bool(calls))
    window.repaint()
    application.processEvents()
    assert calls == [True]


def test_a_window_that_is_never_drawn_keeps_nobody_waiting(
    application: Application, qtbot: QtBot
) -> None:
    window, calls = QWidget(), list[bool]()
    qtbot.addWidget(window)
    FirstPaint(window, lambda: calls.append(window.isVisible()))
    qtbot.waitUntil(lambda: bool(calls), timeout=DRAWN_WITHIN * 5)
    assert calls == [False]
