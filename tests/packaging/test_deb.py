"""The Debian package: what dpkg, the desktop and AppArmor read in it. Made of a small folder here;
`make deb` makes the real one and tests that (`test_whole_deb.py`)."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from resources.packaging.linux import deb
from sfsync_gui.desktop.login_item import ICON
from sfsync_gui.desktop.paths import DISTRIBUTION
from sfsync_gui.ui.application import DESKTOP_FILE

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dpkg-deb") is None, reason="made on Debian only"
)


def said(*command: object) -> str:
    told = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    return told.stdout


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder like that of the frozen programs."""
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "library.so").write_bytes(bytes(5000))
    (folder / "_internal" / "library.so.1").symlink_to("library.so")
    for program in deb.PROGRAMS:
        (folder / program).write_text("#!/bin/sh\necho runs\n")
        (folder / program).chmod(0o700)
    return folder


@pytest.fixture
def package(frozen: Path, tmp_path: Path) -> Path:
    """The package of that folder."""
    target = tmp_path / "target"
    target.mkdir()
    made = deb.build(frozen, target)
    assert list(target.iterdir()) == [made]
    return made


@pytest.fixture
def tree(package: Path, tmp_path: Path) -> Path:
    """What it unpacks to."""
    said("dpkg-deb", "--extract", package, tmp_path / "tree")
    return tmp_path / "tree"


def test_dpkg_reads_what_it_is_and_what_it_needs(package: Path) -> None:
    fields = said("dpkg-deb", "--field", package, "Package", "Version", "Depends", "Maintainer")
    told = dict(line.split(": ", 1) for line in fields.splitlines())
    assert (told["Package"], told["Version"]) == ("sfsync", version(DISTRIBUTION))
    needed = told["Depends"].split(", ")
    assert needed[0].startswith("libc6 (>= 2.")
    assert "libnss3" in needed
    assert "libasound2 | libasound2t64" in needed
    assert package.name.startswith(f"sfsync_{version(DISTRIBUTION)}_")
    size = int(said("dpkg-deb", "--field", package, "Installed-Size"))
    assert 5 < size < 50


def test_all_files_are_roots_and_readable_by_everybody(package: Path) -> None:
    lines = said("dpkg-deb", "--contents", package).splitlines()
    assert len(lines) > 10
    for line in lines:
        mode, owner = line.split()[:2]
        assert owner == "root/root"
        assert mode in ("-rw-r--r--", "-rwxr-xr-x", "drwxr-xr-x", "lrwxrwxrwx"), line


def test_the_commands_run_from_the_path(tree: Path) -> None:
    for program in deb.PROGRAMS:
        command = tree / "usr/bin" / program
        assert command.readlink() == Path("/opt/sfsync") / program
        assert said(tree / deb.HOME / program) == "runs\n"
    assert (tree / deb.HOME / "_internal" / "library.so.1").readlink() == Path("library.so")


def test_the_desktop_finds_the_program_by_its_entry(tree: Path) -> None:
    path = tree / "usr/share/applications" / f"{DESKTOP_FILE}.desktop"
    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.read(path, "utf-8")
    entry = parser["Desktop Entry"]
    assert (tree / entry["Exec"].removeprefix("/")).is_symlink()
    assert (tree / "usr/share/icons/hicolor/scalable/apps" / f"{entry['Icon']}.svg").is_file()
    assert entry["Icon"] == ICON
    assert "{" not in path.read_text("utf-8")


def test_its_scripts_are_ones_and_name_the_profile_that_lies_there(
    package: Path, tree: Path, tmp_path: Path
) -> None:
    said("dpkg-deb", "--control", package, tmp_path / "control")
    for name in ("postinst", "prerm"):
        script = tmp_path / "control" / name
        assert script.stat().st_mode & 0o777 == 0o755
        said("sh", "-n", script)
    profile = tree / "opt/sfsync/apparmor/sfsync"
    assert "/opt/sfsync/sfsync-gui" in profile.read_text("utf-8")
    assert str(Path("/") / profile.relative_to(tree)) in script_text(tmp_path, "postinst")


def script_text(folder: Path, name: str) -> str:
    return (folder / "control" / name).read_text("utf-8")


def test_a_folder_without_the_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no program sfsync: run `make package` first"):
        deb.build(tmp_path, tmp_path)
