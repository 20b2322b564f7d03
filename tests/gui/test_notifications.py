"""Notifications through the real tray: the program in a desktop whose messages are read along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from sfsync_gui.desktop.starting import window_command
from tests.support.display import screen
from tests.support.keyring_session import KeyringSession

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other desktops have other trays")

PATIENCE = 40.0
_QUIET = 3.0
"""Seconds in which nothing more may come."""


class Lines:
    """The JSON lines that a program prints, and a way to write it some."""

    def __init__(self, environment: dict[str, str], module: str, *arguments: str) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self._lines.put(json.loads(line))

    def next(self, within: float = PATIENCE) -> dict[str, Any] | None:
        """The next line; None where none comes in that time."""
        try:
            return self._lines.get(timeout=within)
        except Empty:
            return None

    def until(self, **wanted: object) -> None:
        """Read on until a line has these members."""
        while (line := self.next()) is not None:
            if wanted.items() <= line.items():
                return
        raise TimeoutError(wanted)

    def write(self, line: str = "") -> None:
        """Write a line to the program."""
        assert self.program.stdin is not None
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()

    def close(self) -> int:
        """End what is written, and wait for the program to end."""
        assert self.program.stdin is not None
        self.program.stdin.close()
        code = self.program.wait(PATIENCE)
        self._reading.join(PATIENCE)
        assert self.program.stdout is not None
        self.program.stdout.close()
        return code


class Desktop:
    """A session with a tray; `said` waits for the next notification."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.environment = {**environment, "QT_QPA_PLATFORM": "xcb"}
        self._desk = Lines(environment, "tests.support.tray_desk", *arguments)
        assert self._desk.next() == {"ready": True}

    def said(self, within: float = PATIENCE) -> dict[str, Any] | None:
        """The next notification; None where none comes in that time."""
        return self._desk.next(within)

    def bring_host(self) -> None:
        """Have a tray come to a desktop that is `late`."""
        self._desk.write("host")

    def click(self) -> None:
        """Click the newest notification."""
        self._desk.write()

    def close(self) -> None:
        """End it."""
        self._desk.close()


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    """A screen, a session bus and a tray."""
    with _desktop() as one:
        yield one


@contextmanager
def _desktop(*arguments: str) -> Iterator[Desktop]:
    session = KeyringSession()
    session.start_bus()
    with screen() as display:
        desk = Desktop({**os.environ, **session.environment, "DISPLAY": display}, *arguments)
        try:
            yield desk
        finally:
            desk.close()
            session.close()


@contextmanager
def program(desktop: Desktop, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program as a person's session starts it: in the tray."""
    command = window_command("--minimized", *arguments, "--data-dir", str(folder))
    with (folder / "stderr.txt").open("ab") as errors:
        running = subprocess.Popen(command, env=desktop.environment, stderr=errors)
    try:
        yield running
    finally:
        running.terminate()
        assert running.wait(30) == 0, (folder / "stderr.txt").read_text()


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A folder whose database cannot be read."""
    (tmp_path / "sfsync.db").write_bytes(b"no database " * 500)
    return tmp_path


def prefer(folder: Path, level: str) -> None:
    (folder / "window.ini").write_text(f"[notifications]\nlevel={level}\n")


@pytest.mark.parametrize("level", ["all", "stopped"])
def test_what_stops_the_sync_is_told_once(desktop: Desktop, damaged: Path, level: str) -> None:
    prefer(damaged, level)
    with program(desktop, damaged):
        told = desktop.said()
        assert told is not None
        assert told["title"] == "The database is damaged"
        assert desktop.said(_QUIET) is None


def test_nothing_is_told_where_none_are_wanted(desktop: Desktop, damaged: Path) -> None:
    prefer(damaged, "none")
    with program(desktop, damaged):
        assert desktop.said(2 * _QUIET) is None


def test_errors_are_told_once_until_they_are_over(desktop: Desktop, tmp_path: Path) -> None:
    """Also the way from a notification to what it is about."""
    demo = Lines(desktop.environment, "tests.support.demo_in_tray", str(tmp_path))
    try:
        demo.until(errors=0)
        demo.write("0 -5")
        demo.until(errors=1)
        assert desktop.said() == {
            "title": "1 change could not be made",
            "text": "Each is listed with its cause and what to do.",
        }
        demo.write("1 -6")
        demo.until(errors=2)
        assert desktop.said(_QUIET) is None
        demo.write("0 5")
        demo.write("1 6")
        demo.until(errors=0)
        demo.write("0 -7")
        demo.until(errors=1)
        told = desktop.said()
        assert told is not None
        assert told["title"] == "1 change could not be made"
        desktop.click()
        demo.until(panel="errors")
    finally:
        assert demo.close() == 0


def test_errors_do_not_stop_the_sync(desktop: Desktop, tmp_path: Path) -> None:
    prefer(tmp_path, "stopped")
    demo = Lines(desktop.environment, "tests.support.demo_in_tray", str(tmp_path))
    try:
        demo.until(errors=0)
        demo.write("0 -5")
        demo.until(errors=1)
        assert desktop.said(_QUIET) is None
    finally:
        assert demo.close() == 0


def test_a_tray_that_comes_late_is_noticed_without_asking_for_it(damaged: Path) -> None:
    with _desktop("late") as desktop, program(desktop, damaged):
        assert desktop.said() == {"asked": True}
        assert desktop.said(2 * _QUIET) is None
        desktop.bring_host()
        told = desktop.said()
        assert told is not None
        assert told["title"] == "The database is damaged"


def test_a_desktop_that_comes_late_is_noticed(damaged: Path) -> None:
    with _desktop("absent") as desktop, program(desktop, damaged):
        assert desktop.said(2 * _QUIET) is None
        desktop.bring_host()
        told = desktop.said(_QUIET)  # sooner than Qt is asked for an older tray
        assert told is not None
        assert told["title"] == "The database is damaged"
