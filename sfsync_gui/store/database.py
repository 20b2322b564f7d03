"""Opening and closing the SQLite database: one writer, one connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from sfsync_gui.store import files, troubles
from sfsync_gui.store.locks import WriterLock
from sfsync_gui.store.migrating import PACKAGED, Migrations

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock of another connection."""

_LOG_LIMIT = 64 * 1024 * 1024
CACHE_KIBIBYTES = 16 * 1024
"""What a connection keeps of the file in memory at most."""


def connect(driver: sqlite3.Connection) -> Connection:
    """SQLAlchemy's connection over an open sqlite3 connection, with explicit transactions."""
    engine = create_engine(
        "sqlite://", creator=lambda: driver, poolclass=StaticPool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # sqlite3 itself begins only before INSERT and the like, so that reads would not be
        # of one moment and DDL would not be undone.
        connection.exec_driver_sql("BEGIN")

    return engine.connect()


class Database:
    """An open database at the current revision, and the right to write to it."""

    def __init__(
        self, path: Path, driver: sqlite3.Connection, connection: Connection, lock: WriterLock
    ) -> None:
        self.path = path
        self.driver = driver
        self.connection = connection
        self._lock = lock

    @classmethod
    def open(
        cls, path: Path, *, durable: bool = True, migrations: Migrations = PACKAGED
    ) -> "Database":
        """Open the database, or create it; migrate it where it is older, after copying it.

        With `durable` False nothing waits for the disk: for simulations. Raises `StoreError`
        where it cannot be used, and leaves the file as it is.
        """
        found = files.look(path)
        files.check_writable(path, found)
        with ExitStack() as undo, troubles.translated(path):
            lock = _locked(path)
            undo.callback(lock.release)
            # Looked at again: until the lock was ours, another process may have changed it.
            revision = files.look(path).revision
            if revision not in (None, migrations.head) and not migrations.knows(str(revision)):
                raise troubles.newer(path, str(revision))
            _secure(path)
            driver = _driver(path)
            undo.callback(driver.close)
            _configure(driver, durable)
            connection = connect(driver)
            undo.callback(connection.close)
            if revision != migrations.head:
                _migrate(path, driver, connection, revision, migrations)
            undo.pop_all()
        return cls(path, driver, connection, lock)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any exception."""
        with self.connection.begin():
            yield self.connection
            if not self.driver.in_transaction:
                # SQLite itself rolled back (a full disk, say) and `work` swallowed the error:
                # committing now would report as stored what is not.
                raise troubles.unusable(self.path, "the transaction was undone")

    def changes(self) -> int:
        """How many rows were written through this connection so far, also by what was undone."""
        return self.driver.total_changes

    def close(self) -> None:
        """Close the connection and give back the right to write; a second call does nothing."""
        try:
            self.connection.close()
            self.driver.close()
        finally:
            self._lock.release()


def _locked(path: Path) -> WriterLock:
    try:
        return WriterLock(path)
    except BlockingIOError as error:
        raise troubles.in_use(path) from error
    except OSError as error:
        raise troubles.store_error(error, path) from error


def _secure(path: Path) -> None:
    try:
        files.create(path)
    except OSError as error:
        raise troubles.store_error(error, path) from error


def _driver(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time: the runner's
        cached_statements=256,
    )


def _configure(driver: sqlite3.Connection, durable: bool) -> None:
    pragmas = ["foreign_keys = ON", f"cache_size = -{CACHE_KIBIBYTES}"]
    if durable:
        pragmas += [
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"journal_size_limit = {_LOG_LIMIT}",
        ]
    else:
        pragmas += ["journal_mode = MEMORY", "synchronous = OFF"]
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}")


def _migrate(
    path: Path,
    driver: sqlite3.Connection,
    connection: Connection,
    revision: str | None,
    migrations: Migrations,
) -> None:
    if revision is not None:
        files.check_whole(driver, path)
        files.copy(driver, path, revision)
    migrations.upgrade(connection, path)
