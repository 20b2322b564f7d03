"""The script that installs what a bare Debian lacks, with the system's own programs stood in for.

`dpkg-query` tells what a file names as installed, `apt-cache` what another names as offered, and
`apt-get` writes down how it was called.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "resources/packaging/linux/system-packages.sh"

DPKG = """#!/bin/bash
while read -r name; do echo "installed $name"; done < {folder}/installed
echo "config-files xvfb"
"""
APT_CACHE = """#!/bin/bash
grep -qx "${{@: -1}}" {folder}/offered && echo "Package: ${{@: -1}}"
exit 0
"""
APT_GET = """#!/bin/bash
echo "$*" >> {folder}/asked
[ "$1" != install ] || [ ! -e {folder}/broken ] || {{ echo "no route to the archive"; exit 100; }}
"""


@dataclass
class System:
    """A Debian with some packages installed and some on offer."""

    folder: Path
    installed: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    def run(
        self, *lists: str, is_debian: bool = True, user: int = 0
    ) -> subprocess.CompletedProcess[str]:
        programs = self.folder / "bin"
        programs.mkdir()
        for name in ("bash", "env", "grep", "sed", "uname"):
            (programs / name).symlink_to(f"/usr/bin/{name}")
        self._program("id", f"#!/bin/bash\necho {user}\n")
        if is_debian:
            self._program("dpkg-query", DPKG)
            self._program("apt-cache", APT_CACHE)
            self._program("apt-get", APT_GET)
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in self.installed))
        (self.folder / "offered").write_text("".join(f"{name}\n" for name in self.offered))
        return subprocess.run(
            ["/bin/bash", str(SCRIPT), *lists],
            env={**os.environ, "PATH": str(programs)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def asked(self) -> list[str]:
        """What `apt-get` was called with."""
        record = self.folder / "asked"
        return record.read_text().splitlines() if record.exists() else []

    def _program(self, name: str, content: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(content.format(folder=self.folder))
        program.chmod(0o755)


TEST = ("at-spi2-core", "dbus", "gnome-keyring", "openbox", "xauth", "xdotool", "xvfb")


def test_nothing_is_asked_for_and_nothing_said_where_all_is_there(tmp_path: Path) -> None:
    system = System(tmp_path, installed=TEST)
    done = system.run("test")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert system.asked() == []


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    installed = tuple(name for name in TEST if name not in ("dbus", "xvfb"))
    system = System(tmp_path, installed, offered=TEST)
    assert system.run("test").returncode == 0
    assert system.asked() == ["update -qq", "install -y -qq --no-install-recommends dbus xvfb"]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (("libasound2",), "libasound2"),
        (("libasound2t64",), "libasound2t64"),
    ],
)
def test_a_package_is_installed_by_the_name_that_the_release_has(
    tmp_path: Path, offered: tuple[str, ...], expected: str
) -> None:
    system = System(tmp_path, offered=offered)
    assert system.run("run").returncode == 0
    names = system.asked()[-1].split()
    assert expected in names
    assert not {"libasound2", "libasound2t64"} - {expected} & set(names)


def test_either_name_counts_as_installed(tmp_path: Path) -> None:
    system = System(tmp_path, installed=("libasound2t64", "libglib2.0-0"))
    system.run("run")
    asked = system.asked()[-1]
    assert "libasound2" not in asked
    assert "libglib2.0-0" not in asked


def test_freezing_needs_what_looks_into_libraries(tmp_path: Path) -> None:
    system = System(tmp_path, installed=TEST, offered=("binutils",))
    assert system.run("test", "freeze").returncode == 0
    assert system.asked()[-1].split()[-1] == "binutils"


def test_what_apt_says_is_shown_when_it_fails(tmp_path: Path) -> None:
    system = System(tmp_path, offered=TEST)
    (tmp_path / "broken").touch()
    done = system.run("test")
    assert done.returncode == 1
    assert "no route to the archive" in done.stderr
    assert "gnome-keyring" in done.stderr


def test_another_system_is_told_what_is_needed_and_goes_on(tmp_path: Path) -> None:
    done = System(tmp_path).run("test", is_debian=False)
    assert done.returncode == 0
    assert "gnome-keyring" in done.stderr


def test_who_may_not_install_is_told_what_is_missing_and_goes_on(tmp_path: Path) -> None:
    system = System(tmp_path, installed=TEST[1:], offered=TEST)
    done = system.run("test", user=1000)
    assert done.returncode == 0
    assert "at-spi2-core" in done.stderr
    assert "dbus" not in done.stderr
    assert system.asked() == []


def test_a_list_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    assert System(tmp_path).run("everything").returncode == 2
