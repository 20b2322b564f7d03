"""Profiles: one database for each pair of a workspace and an org, of which one is in use.

The database in use lies in the data folder itself. One that another account takes the place of is
set aside in a folder named after its pair, and is brought back when that pair is signed in to
again. Nothing is deleted.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sfsync_gui.core.failures import StoreError
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.storage import Profile
from sfsync_gui.store import files, troubles
from sfsync_gui.store.database import Database
from sfsync_gui.store.glance import glance
from sfsync_gui.store.locks import WriterLock
from sfsync_gui.store.state import SqlState

_FOLDER = "profiles"
_BACKUPS = "backups"
_PUT_AWAY = "put-away-"
_ENDINGS = ("", "-wal", "-shm")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Target:
    """The profile that takes the place of the one in use.

    An id is empty where that side is not connected yet. `kept` are the connections that stay,
    `left` is the one to let go of once the other profile is in use.
    """

    intercom_app_id: str
    salesforce_org_id: str
    kept: tuple[Connection, ...] = ()
    left: Connection | None = None


def set_aside_folder(data_dir: Path, intercom_app_id: str, salesforce_org_id: str) -> Path:
    """Where the profile of this pair lies while another one is in use."""
    pair = f"{intercom_app_id or 'none'}-{salesforce_org_id or 'none'}"
    return data_dir / _FOLDER / _UNSAFE.sub("_", pair)


def is_set_aside(data_dir: Path, intercom_app_id: str, salesforce_org_id: str) -> bool:
    """Whether there is a profile of this pair to return to."""
    return database_path(set_aside_folder(data_dir, intercom_app_id, salesforce_org_id)).exists()


def set_aside(data_dir: Path, target: Target) -> None:
    """Set the profile in use aside, and bring back the target's where there is one.

    The store must be closed. Raises `StoreError` where files cannot be moved or another process
    has the profile open; then everything is as it was.
    """
    path = database_path(data_dir)
    aside = set_aside_folder(data_dir, target.intercom_app_id, target.salesforce_org_id)
    with _locked(path), ExitStack() as undo:
        if path.exists():
            profile = glance(path, lambda unit: unit.state.profile()) or Profile("", "")
            place = set_aside_folder(data_dir, profile.intercom_app_id, profile.salesforce_org_id)
            _move(path, database_path(place), undo)
        if database_path(aside).exists():
            _move(database_path(aside), path, undo)
        undo.pop_all()
    _keep(path, target.kept)


def put_away(data_dir: Path, now: datetime) -> Path:
    """Set a database that cannot be used aside, as it is, so that a new one can take its place.

    Returns the folder in which it lies now. Raises `StoreError` where it cannot be moved or another
    process has it open; then everything is as it was.
    """
    path = database_path(data_dir)
    place = data_dir / f"{_PUT_AWAY}{now:%Y-%m-%d-%H%M%S}"
    with _locked(path), ExitStack() as undo:
        _move(path, database_path(place), undo)
        undo.pop_all()
    return place


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        lock = WriterLock(path)
    except BlockingIOError as error:
        raise troubles.in_use(path) from error
    except OSError as error:
        raise troubles.store_error(error, path) from error
    try:
        yield
    finally:
        lock.release()


def _move(source: Path, target: Path, undo: ExitStack) -> None:
    """Move a database with its copies; `undo` moves back what was moved."""
    if target.exists():
        raise StoreError(
            "A profile is in the way",
            f"{target.parent} holds a database already.",
            "Move that folder to another place, then try again.",
            subject=str(target.parent),
        )
    try:
        target.parent.mkdir(mode=files.FOLDER_MODE, parents=True, exist_ok=True)
        for old, new in _files(source, target):
            old.rename(new)
            undo.callback(new.rename, old)
    except OSError as error:
        raise troubles.store_error(error, target) from error


def _files(source: Path, target: Path) -> Iterable[tuple[Path, Path]]:
    """What is there of a database, from where to where."""
    pairs = [
        (source.with_name(source.name + ending), target.with_name(target.name + ending))
        for ending in _ENDINGS
    ]
    pairs.append((source.parent / _BACKUPS, target.parent / _BACKUPS))
    return [(old, new) for old, new in pairs if old.exists()]


def _keep(path: Path, connections: Iterable[Connection]) -> None:
    """Have the profile now in use know the connections that stay."""
    with (
        closing(Database.open(path)) as database,
        troubles.translated(path),
        database.transaction() as transaction,
    ):
        for connection in connections:
            SqlState(transaction).put_connection(connection)
