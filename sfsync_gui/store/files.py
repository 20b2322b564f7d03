"""The database's files: what is there already, safe creation, and copies before a migration."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sfsync_gui.store import troubles

FILE_MODE = 0o600
FOLDER_MODE = 0o700
COPIES_KEPT = 5

_MAGIC = b"SQLite format 3\x00"
_OWN_TABLES = {"alembic_version", "identity_mapping"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is at the database's path: nothing yet (`revision` None), or one of ours."""

    exists: bool
    revision: str | None


def look(path: Path) -> Found:
    """Look at the file without changing anything, neither it nor its folder.

    Raises `StoreError` where it is damaged, not a file, or another application's database.
    Damage further inside is met by the first query that reads it: a full check takes a second
    per few hundred megabytes and is made before a migration only.
    """
    try:
        if not path.exists():
            return Found(exists=False, revision=None)
        if not path.is_file():
            raise troubles.not_a_file(path)
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise troubles.store_error(error, path) from error
    if not start:
        return Found(exists=True, revision=None)
    if start != _MAGIC:
        raise troubles.damaged(path, "file is not a database")
    with troubles.translated(path), closing(_untouching_connection(path)) as connection:
        return Found(exists=True, revision=_revision(connection, path))


def _untouching_connection(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(_uri(path, immutable=_is_merged(path)), uri=True)


def reading_uri(path: Path) -> str:
    """How SQLite opens the database for reading beside whoever writes.

    In a folder that may not be written SQLite cannot make the -shm file that its log needs; where
    there is no log the file is read as it is.
    """
    return _uri(path, immutable=_is_merged(path) and not os.access(path.parent, os.W_OK))


def _is_merged(path: Path) -> bool:
    """Whether the file holds everything: "immutable" sees no log that was not merged in yet."""
    log = path.with_name(path.name + "-wal")
    return not log.exists() or log.stat().st_size == 0


def _uri(path: Path, *, immutable: bool) -> str:
    mode = "mode=ro&immutable=1" if immutable else "mode=ro"
    return f"{path.absolute().as_uri()}?{mode}"


def _revision(connection: sqlite3.Connection, path: Path) -> str | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return None
    if not tables >= _OWN_TABLES:
        raise troubles.foreign(path)
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise troubles.foreign(path)
    return str(row[0])


def check_writable(path: Path, found: Found) -> None:
    """Make the folder where it is missing. Raises `StoreError` where nothing may be written."""
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise troubles.store_error(error, path) from error
    if not os.access(path.parent, os.W_OK) or (found.exists and not os.access(path, os.W_OK)):
        raise troubles.not_writable(path)


def create(path: Path) -> None:
    """Make an empty file that only its owner may read, whatever the umask.

    SQLite gives its -wal and -shm files the mode of the database.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    path.chmod(FILE_MODE)


def check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole database. Raises `StoreError` where anything is damaged."""
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise troubles.damaged(path, str(answer))


def copy(connection: sqlite3.Connection, path: Path, revision: str) -> Path:
    """Copy the database into the folder `backups` beside it, and keep the last five copies.

    Raises `StoreError` where the copy cannot be made whole.
    """
    folder = path.parent / "backups"
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = folder / f"{path.stem}-{now}-{revision}{path.suffix}"
    with _removed_on_failure(target, path):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        create(target)
        with closing(sqlite3.connect(target)) as destination:
            connection.backup(destination)
    for old in copies(path)[:-COPIES_KEPT]:
        old.unlink()
    return target


def copies(path: Path) -> list[Path]:
    """The copies of the database, oldest first."""
    folder = path.parent / "backups"
    if not folder.is_dir():
        return []
    start = f"{path.stem}-"
    return sorted(
        file
        for file in folder.iterdir()
        if file.name.startswith(start) and file.suffix == path.suffix
    )


@contextmanager
def _removed_on_failure(target: Path, path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise troubles.store_error(error, path) from error
