"""Stores on fresh files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import close


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the current revision."""
    path = tmp_path_factory.mktemp("template") / "sfsync.db"
    close(open_store(path, InlineRunner()))
    return path


@pytest.fixture
def path(tmp_path: Path, template: Path) -> Path:
    """The place of an empty database in a folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return Path(shutil.copy(template, folder / "sfsync.db"))


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    """An open store that runs transactions at once."""
    opened = open_store(path, InlineRunner())
    yield opened
    close(opened)
