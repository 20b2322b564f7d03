"""Database errors in plain words: everything SQLite says becomes a `StoreError`."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.vocabulary import StoreTrouble
from sfsync_gui.store.locks import holder

IN_USE = StoreTrouble.IN_USE
"""`StoreError.code` where another process has the database open."""

_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_PRIMARY_CODE = 0xFF  # extended result codes keep the primary one in the low byte


def damaged(path: Path, detail: str = "") -> StoreError:
    """The file is no database, or parts of it are destroyed."""
    return StoreError(
        title="The database is damaged",
        message=f"The file {path.name} cannot be read as a database. It was left as it is.",
        remedy=f"Put back one of the copies in {path.parent / 'backups'}, or move the file "
        "away to start anew.",
        subject=str(path),
        code=StoreTrouble.DAMAGED,
        detail=detail,
    )


def foreign(path: Path) -> StoreError:
    """The database belongs to another application."""
    return StoreError(
        title="This is not a database of SFSync",
        message=f"The file {path.name} is a database of another application. It was left as it is.",
        remedy="Choose another place for the database.",
        subject=str(path),
        code=StoreTrouble.FOREIGN,
    )


def newer(path: Path, revision: str) -> StoreError:
    """The database was written by a newer version of the product."""
    return StoreError(
        title="The database comes from a newer version",
        message=f"The file {path.name} was written by a newer version of SFSync. "
        "It was left as it is.",
        remedy="Install the newest version of SFSync.",
        subject=str(path),
        code=StoreTrouble.NEWER,
        detail=f"revision {revision}",
    )


def other_version(path: Path, revision: str) -> StoreError:
    """A reader met a database of another revision than its own."""
    return StoreError(
        title="The database is of another version",
        message=f"The file {path.name} was written by another version of SFSync.",
        remedy="Start the newest version of SFSync once: it brings the file up to date.",
        subject=str(path),
        detail=f"revision {revision}",
    )


def in_use(path: Path) -> StoreError:
    """Another process has the database open."""
    found = holder(path)
    who = "Another SFSync"
    if found is not None:
        since = datetime.fromtimestamp(found.since).astimezone()
        who = f"Process {found.pid} ({found.command}, since {since:%Y-%m-%d %H:%M})"
    return StoreError(
        title="SFSync is already running",
        message=f"{who} has the database {path.name} open. Nothing was changed.",
        remedy="Use the one that is running, or quit it first.",
        subject=str(path),
        code=IN_USE,
    )


def not_a_file(path: Path) -> StoreError:
    """There is something else, such as a folder, in the database's place."""
    return StoreError(
        title="The database is not a file",
        message=f"{path} is not a file.",
        remedy="Move it away, or choose another place for the database.",
        subject=str(path),
    )


def not_there(path: Path) -> StoreError:
    """There is no database to read yet."""
    return StoreError(
        title="There is no database yet",
        message=f"The file {path} does not exist.",
        remedy="Start SFSync and connect Intercom and Salesforce first.",
        subject=str(path),
    )


def not_writable(path: Path, detail: str = "") -> StoreError:
    """The file or its folder may not be written."""
    return StoreError(
        title="The database cannot be written",
        message=f"The file {path.name} or its folder {path.parent} may not be written.",
        remedy="Allow writing to the folder and the file, or choose another place.",
        subject=str(path),
        code=StoreTrouble.NOT_WRITABLE,
        detail=detail,
    )


def disk_full(path: Path, detail: str = "") -> StoreError:
    """There is no room left."""
    return StoreError(
        title="The disk is full",
        message=f"There is no room left for the database {path.name}. "
        "Nothing that was stored is lost.",
        remedy="Free some space on the disk.",
        subject=str(path),
        code=StoreTrouble.FULL,
        detail=detail,
    )


def unusable(path: Path, detail: str) -> StoreError:
    """Anything else."""
    return StoreError(
        title="The database cannot be used",
        message=f"The database {path.name} answered with an error: {detail}.",
        remedy="Check the disk, then start SFSync again.",
        subject=str(path),
        detail=detail,
    )


def closed(path: Path) -> StoreError:
    """The store was closed before the call."""
    return StoreError(
        title="The database is closed",
        message=f"The database {path.name} was closed while it was still needed.",
        remedy="Start SFSync again.",
        subject=str(path),
    )


def store_error(error: BaseException, path: Path) -> StoreError:
    """The `StoreError` for an error of sqlite3 or of the operating system."""
    detail = str(error)
    if isinstance(error, OSError):
        full = error.errno in _NO_ROOM
        return disk_full(path, detail) if full else not_writable(path, detail)
    code = getattr(error, "sqlite_errorcode", None)
    primary = sqlite3.SQLITE_ERROR if code is None else code & _PRIMARY_CODE
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return damaged(path, detail)
    if primary == sqlite3.SQLITE_FULL:
        return disk_full(path, detail)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return in_use(path)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return not_writable(path, detail)
    return unusable(path, detail)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of the database driver into `StoreError`; others pass."""
    try:
        yield
    except DBAPIError as error:
        # The driver's words only: SQLAlchemy's would repeat the statement with people's values.
        cause: BaseException = error.orig if error.orig is not None else error
        raise store_error(cause, path) from error
    except sqlite3.Error as error:
        raise store_error(error, path) from error
