"""Starting at login: what the desktop reads is what the program wrote."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sfsync_gui.desktop.login_item import (
    AutostartEntry,
    LaunchAgent,
    LoginItem,
    RegistryValue,
    login_item,
)
from sfsync_gui.desktop.paths import default_data_dir, log_path

ODD = ["/opt/with space/sfsync", "--data-dir", "/home/ö/100 % \"a\" $HOME `b` 'c' \\d;e"]


def command_of(entry: Path) -> list[str]:
    """The command of an entry, read by the rules of the specification.

    First the escapes of any value; then the quotes, which for what is quoted are the shell's.
    """
    lines = entry.read_text("utf-8").splitlines()
    value = next(line for line in lines if line.startswith("Exec=")).removeprefix("Exec=")
    unescaped = value.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
    told = subprocess.run(
        ["sh", "-c", f"printf '%s\\0' {unescaped}"], capture_output=True, check=True
    )
    arguments = told.stdout.decode("utf-8").split("\0")[:-1]
    return [argument.replace("%%", "%") for argument in arguments]


@pytest.mark.parametrize("kind", [AutostartEntry, LaunchAgent])
def test_it_is_on_from_switching_on_to_switching_off(
    kind: type[AutostartEntry | LaunchAgent], tmp_path: Path
) -> None:
    item = kind(tmp_path / "missing" / "folder", "app.sfsync.SFSync", ODD)
    assert not item.is_on()
    item.switch(on=False)
    for _ in range(2):
        item.switch(on=True)
        assert item.is_on()
    item.switch(on=False)
    assert not item.is_on()
    assert not item.path.exists()


def test_a_linux_desktop_reads_the_command_as_it_was_meant(tmp_path: Path) -> None:
    item = AutostartEntry(tmp_path, "app.sfsync.SFSync", [*ODD, "two\nlines"])
    item.switch(on=True)
    assert command_of(item.path) == [*ODD, "two\nlines"]
    assert item.path.read_text("utf-8").startswith("[Desktop Entry]\nType=Application\n")


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_a_linux_desktop_marked_as_off_is_off_until_it_is_switched_on(
    line: str, tmp_path: Path
) -> None:
    item = AutostartEntry(tmp_path, "app.sfsync.SFSync", ODD)
    item.switch(on=True)
    kept = item.path.read_text("utf-8").replace("X-GNOME-Autostart-enabled=true\n", "")
    item.path.write_text(f"{kept}{line}\n", "utf-8")
    assert not item.is_on()
    item.switch(on=True)
    assert item.is_on()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no group", b"[Other]\na=b\n", b"[x\n"])
@pytest.mark.parametrize("kind", [AutostartEntry, LaunchAgent])
def test_what_cannot_be_read_is_off(
    kind: type[AutostartEntry | LaunchAgent], content: bytes, tmp_path: Path
) -> None:
    item = kind(tmp_path, "app.sfsync.SFSync", ODD)
    item.path.write_bytes(content)
    assert not item.is_on()


def test_launchd_is_given_the_command_word_by_word(tmp_path: Path) -> None:
    item = LaunchAgent(tmp_path, "app.sfsync.SFSync", ODD)
    item.switch(on=True)
    agent = plistlib.loads(item.path.read_bytes())
    assert agent["ProgramArguments"] == ODD
    assert agent["Label"] == item.path.stem == "app.sfsync.SFSync"
    assert agent["RunAtLoad"] is True
    item.path.write_bytes(plistlib.dumps({**agent, "Disabled": True}))
    assert not item.is_on()


@pytest.mark.skipif(sys.platform == "win32", reason="it would be real")
def test_there_is_no_registry_elsewhere() -> None:
    item = RegistryValue("app.sfsync.SFSync", ODD)
    item.switch(on=True)
    assert not item.is_on()


def test_each_profile_has_an_item_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    usual, other = login_item(default_data_dir()), login_item(tmp_path / "another")
    usual.switch(on=True)
    assert usual.is_on()
    assert not other.is_on()
    other.switch(on=True)
    files = {path.name: command_of(path) for path in (tmp_path / "autostart").iterdir()}
    assert len(files) == 2
    assert files["app.sfsync.SFSync.desktop"][-1] == "--minimized"
    assert sorted(files.values(), key=len)[1][-2:] == ["--data-dir", str(tmp_path / "another")]


def test_a_relative_folder_of_settings_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    item = login_item(default_data_dir())
    assert isinstance(item, AutostartEntry)
    assert item.path.parent == Path.home() / ".config" / "autostart"


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file, not a folder")
    item: LoginItem = AutostartEntry(tmp_path / "autostart", "app.sfsync.SFSync", ODD)
    with pytest.raises(OSError, match="exists"):
        item.switch(on=True)
    assert not item.is_on()


def test_what_starts_at_login_is_this_program_in_the_tray(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / 'my "profile" 100 % $HOME'
    item = login_item(folder)
    assert isinstance(item, AutostartEntry)
    item.switch(on=True)
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.getcwd()}
    program = subprocess.Popen(command_of(item.path), env=surroundings, cwd=tmp_path)
    try:
        end = time.monotonic() + 30
        while not (log_path(folder).exists() and " runs" in log_path(folder).read_text("utf-8")):
            assert program.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        program.terminate()
        program.wait(15)
