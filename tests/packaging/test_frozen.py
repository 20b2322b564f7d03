"""The frozen programs, as a person who has neither Python nor a checkout uses them.

They see an environment with nothing of this process's in it, a login session and a screen of
their own, and are operated with mouse and keyboard; what is where on the screen is found as a
screen reader finds it. Pictures of the screen are kept beside the programs' folder.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer.main

from sfsync_gui.cli.main import application
from sfsync_gui.desktop.paths import DISTRIBUTION
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID
from sfsync_gui.ui.panels import PANELS
from tests.packaging.conftest import FROZEN
from tests.support.display import screen, take_picture
from tests.support.keyring_session import KeyringSession
from tests.support.screen_reader import (
    BUTTON,
    CHOICE,
    LABEL,
    MENU,
    SERVICE,
    TEXT,
    ScreenReader,
    screen_reader,
    until,
)
from tests.support.sign_in_world import sign_in_world

FOLDER = Path(os.environ[FROZEN]).resolve()
LARGEST = 400 * 2**20
"""Bytes of the whole folder: the budget. What makes it larger has to be looked at."""

BROWSER_FLAGS = "--force-renderer-accessibility"
NO_SANDBOX = "--no-sandbox"
"""Chromium's own sandbox refuses to run as root, as tests in a container do."""


@dataclass
class Computer:
    """Somebody's computer: a folder, a session with a keyring, a screen."""

    folder: Path
    session: KeyringSession
    environment: dict[str, str]
    reader: ScreenReader

    def sfsync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [FOLDER / "sfsync", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=180,
            check=False,
        )

    def status(self, data_dir: Path) -> dict[str, Any]:
        """What `sfsync status` tells of a profile; nothing where there is none yet."""
        done = self.sfsync("status", "--json", "--data-dir", str(data_dir))
        return json.loads(done.stdout) if done.stdout else {}

    @contextmanager
    def window(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Open the window; it must have been quit at the end."""
        program = subprocess.Popen(
            [FOLDER / "sfsync-gui", *arguments],
            env=self.environment,
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            yield program
            assert program.poll() is not None, "the window is still open"
        finally:
            program.kill()
            program.communicate()

    def quit(self, program: subprocess.Popen[str]) -> None:
        """Quit by the keyboard. Nothing that Python or SFSync says may stand on standard error."""
        self.reader.press("ctrl+q")
        _, said = program.communicate(timeout=30)
        assert program.returncode == 0, said
        assert "Traceback" not in said
        assert "sfsync" not in said.lower()

    def picture(self, name: str) -> None:
        """Keep what the screen shows."""
        take_picture(self.environment["DISPLAY"], FOLDER.parent / "pictures" / f"{name}.png")


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Computer]:
    session = KeyringSession()
    session.offer(*SERVICE)
    flags = [BROWSER_FLAGS, *([NO_SANDBOX] if os.geteuid() == 0 else [])]
    try:
        session.start_bus()
        session.start_keyring()
        for name, value in session.environment.items():
            monkeypatch.setenv(name, value)  # for looking into the keyring from here
        with screen() as display:
            environment = {
                **session.environment,
                "DISPLAY": display,
                "PATH": "/usr/bin:/bin",
                # A language that is not taken along: everything falls back to English.
                "LANG": "de_DE.UTF-8",
                "TMPDIR": str(tmp_path),
                "QTWEBENGINE_CHROMIUM_FLAGS": " ".join(flags),
            }
            with screen_reader(environment) as reader:
                yield Computer(tmp_path, session, environment, reader)
    finally:
        session.close()


def commands() -> list[tuple[str, ...]]:
    """Every command with its subcommands, as `sfsync` itself has them."""

    def within(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from within(inner, (*path, name))

    return list(within(typer.main.get_command(application), ()))


def test_every_command_tells_its_options(computer: Computer) -> None:
    told = commands()
    assert len(told) > 30
    with ThreadPoolExecutor(4) as helpers:
        answers = list(helpers.map(lambda command: computer.sfsync(*command, "--help"), told))
    for command, done in zip(told, answers, strict=True):
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert " ".join(["Usage: sfsync", *command]) in done.stdout


def test_the_demo_runs_without_a_screen(computer: Computer) -> None:
    del computer.environment["DISPLAY"]
    done = computer.sfsync("demo", "--headless", "--minutes", "3", "--speed", "60", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["closing_check"]["linked"] > 30
    assert summary["closing_check"]["unexplained"] == []


def test_the_window_shows_the_demo_workspace_and_syncs(computer: Computer) -> None:
    with computer.window("--demo") as program:
        computer.reader.find(LABEL, "Changes in Intercom are brought over within seconds.")
        for panel in PANELS:  # each is loaded when it is first shown
            computer.reader.click(CHOICE, panel.label)
            computer.reader.find(LABEL, panel.label)
        (database,) = computer.folder.glob("*/sfsync.db")

        def synced() -> dict[str, Any] | None:
            status = computer.status(database.parent)
            return status if status.get("history", {}).get("written", 0) > 0 else None

        status = until(synced, "nothing was synced")
        assert status["links"] > 30
        assert status["running"]["pid"] == program.pid
        computer.reader.click(CHOICE, "Overview")
        computer.picture("demo")
        computer.reader.click(MENU, "Help")
        computer.reader.click(MENU, "About SFSync")
        computer.reader.find(LABEL, version(DISTRIBUTION))
        computer.picture("about")
        computer.reader.press("Escape")
        assert_self_contained(program.pid)
        computer.quit(program)
    assert not list(computer.folder.glob("sfsync-*")), "the demo left something behind"


def test_signing_in_with_the_embedded_browser(computer: Computer) -> None:
    reader, profile = computer.reader, computer.folder / "profile"
    with sign_in_world() as world:
        with computer.window("--data-dir", str(profile)) as program:
            reader.click(BUTTON, "Connect my accounts")
            reader.click(CHOICE, "My Domain")
            reader.click(TEXT, "My Domain")
            reader.type(world.salesforce_url)
            reader.click(TEXT, "Consumer key")
            reader.type(DEMO_CLIENT_ID)
            reader.press("Return")
            reader.find(BUTTON, "Log In")
            computer.picture("sign-in")
            reader.click(BUTTON, "Log In")
            reader.find(BUTTON, "Allow")
            computer.picture("allow")
            reader.click(BUTTON, "Allow")
            reader.find(LABEL, "Connect Intercom")
            computer.picture("signed-in")
            connections = computer.status(profile)["connections"]
            assert connections["salesforce"]["address"] == world.salesforce_url
            assert len(computer.session.entries()) > 0, "the keyring holds no sign-in"
            assert_self_contained(program.pid)
            computer.quit(program)
        with computer.window("--data-dir", str(profile)) as program:
            reader.find(BUTTON, "Intercom not connected")
            computer.quit(program)


def test_the_demo_opens_beside_an_empty_profile(computer: Computer) -> None:
    reader = computer.reader
    with computer.window("--data-dir", str(computer.folder / "profile")) as program:
        reader.click(BUTTON, "Try the demo workspace")
        reader.find(LABEL, "Changes in Intercom are brought over within seconds.")
        assert len(reader.programs()) == 2
        reader.press("ctrl+q")  # the demo's window, which came up last
        until(lambda: len(reader.programs()) == 1 or None, "the demo is still there")
        assert program.poll() is None
        computer.quit(program)


def test_a_second_start_brings_the_first_window_up(computer: Computer) -> None:
    reader, profile = computer.reader, computer.folder / "profile"
    with computer.window("--data-dir", str(profile)) as first:
        reader.find(BUTTON, "Connect my accounts")
        reader.hands("getactivewindow", "windowminimize")
        until(lambda: is_minimized(computer) or None, "the window was not put away")
        with computer.window("--data-dir", str(profile)) as second:
            assert second.wait(30) == 0
        until(lambda: not is_minimized(computer) or None, "the window was not brought up")
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0


def test_the_folder_is_no_larger_than_it_should_be() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < LARGEST


def is_minimized(computer: Computer) -> bool:
    """Whether no window of the program is on the screen."""
    seen = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--class", "SFSync"],
        env=computer.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return not seen.stdout.strip()


def assert_self_contained(pid: int) -> None:
    """Of Python, Qt and their libraries, what a program has loaded comes from its own folder."""
    loaded = {
        line.split(maxsplit=5)[5]
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
        if ".so" in line
    }
    ours = [path for path in loaded if Path(path).is_relative_to(FOLDER)]
    assert any("libQt6Core" in path for path in ours)
    others = loaded - set(ours)
    strangers = ("libpython", "site-packages", "lib-dynload", "libQt6", "/plugins/", "/.venv/")
    assert not [path for path in others if any(word in path for word in strangers)]
