"""Opening with other programs, and where the resources lie."""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from sfsync_gui.desktop import paths
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.desktop.starting import environment_for_others


def test_a_folder_that_is_not_there_is_not_opened(tmp_path: Path) -> None:
    assert not open_folder(tmp_path / "gone")


def test_frozen_programs_start_others_with_the_users_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {"LD_LIBRARY_PATH": "/opt/sfsync", "LD_LIBRARY_PATH_ORIG": "/home/lib", "HOME": "/h"}
    assert environment_for_others(own) == own
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert environment_for_others(own) == {"LD_LIBRARY_PATH": "/home/lib", "HOME": "/h"}
    own = {"LD_LIBRARY_PATH": "/opt/sfsync", "QT_PLUGIN_PATH": "/opt/sfsync/plugins"}
    assert environment_for_others(own) == {}


def test_a_frozen_program_finds_its_own_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    paths.resource_dir.cache_clear()
    try:
        assert paths.resource_dir() == tmp_path / "resources"
        (tmp_path / "resources" / "icons").rmdir()
        paths.resource_dir.cache_clear()
        with pytest.raises(FileNotFoundError):
            paths.resource_dir()
    finally:
        paths.resource_dir.cache_clear()


def test_a_wheel_carries_the_resources() -> None:
    """The wheel is built from this checkout; what it would install is where we look for it."""
    root = Path(paths.__file__).parents[2]
    icons = root / "resources" / "icons"
    with tempfile.TemporaryDirectory() as folder:  # gone at once: it holds the whole source
        name = _build(root, Path(folder))
        with zipfile.ZipFile(Path(folder) / name) as wheel:
            names = set(wheel.namelist())
    prefix = f"{name.split('-py3')[0]}.data/data/share/{paths.SHARE_NAME}/icons"
    for path in icons.rglob("*.svg"):
        assert f"{prefix}/{path.relative_to(icons).as_posix()}" in names


def _build(root: Path, folder: Path) -> str:
    copy = folder / "checkout"
    shutil.copytree(
        root,
        copy,
        ignore=shutil.ignore_patterns(".*", "tests", "build", "dist", "*.egg-info", "__pycache__"),
    )
    command = [
        sys.executable,
        "-c",
        f"from setuptools import build_meta as b; print(b.build_wheel({str(folder)!r}))",
    ]
    done = subprocess.run(command, cwd=copy, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]
