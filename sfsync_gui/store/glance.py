"""One look into a database, beside the engine and without its lock."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store import files, tables, troubles
from sfsync_gui.store.database import BUSY_TIMEOUT, connect
from sfsync_gui.store.links import LinkCount
from sfsync_gui.store.sql_store import SqlUnitOfWork

T = TypeVar("T")


def glance(path: Path, work: Callable[[UnitOfWork], T]) -> T:
    """What `work` reads in one short transaction, which cannot write.

    Raises `StoreError` where there is no database of this version, or it cannot be read.
    """
    found = files.look(path)
    if found.revision is None:
        raise troubles.not_there(path)
    if found.revision != tables.REVISION:
        raise troubles.other_version(path, found.revision)
    with (
        troubles.translated(path),
        closing(
            sqlite3.connect(
                files.reading_uri(path),
                uri=True,
                timeout=BUSY_TIMEOUT,
                isolation_level=None,
            )
        ) as driver,
        closing(connect(driver)) as connection,
        connection.begin(),
    ):
        return work(SqlUnitOfWork(connection, LinkCount()))
