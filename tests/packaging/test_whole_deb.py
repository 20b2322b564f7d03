"""The Debian package of the frozen programs: its size, and that they run where it puts them."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

from sfsync_gui.desktop.paths import DISTRIBUTION
from tests.packaging.conftest import FROZEN

LARGEST = 150 * 2**20
"""Bytes of the package: the budget."""


def test_the_package_holds_the_programs_and_is_not_larger_than_its_budget(tmp_path: Path) -> None:
    (package,) = Path(os.environ[FROZEN]).resolve().parent.glob("sfsync_*.deb")
    assert package.stat().st_size <= LARGEST
    subprocess.run(["dpkg-deb", "--extract", str(package), str(tmp_path)], check=True)
    told = subprocess.run(
        [str(tmp_path / "opt/sfsync/sfsync"), "--version"],
        check=True,
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert version(DISTRIBUTION) in told.stdout
