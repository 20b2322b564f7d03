"""The store: units of work on an open database, each one transaction."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store import listing, troubles
from sfsync_gui.store.database import Database
from sfsync_gui.store.errors import SqlErrors
from sfsync_gui.store.journal import SqlHistory
from sfsync_gui.store.links import LinkCount, SqlLinks
from sfsync_gui.store.listing import Touched
from sfsync_gui.store.migrating import PACKAGED, Migrations
from sfsync_gui.store.people import SqlDirectory, SqlKeptApart
from sfsync_gui.store.runners import Runner, ThreadRunner
from sfsync_gui.store.state import SqlState

T = TypeVar("T")


class SqlUnitOfWork:
    """Implements `engine.storage.UnitOfWork`; valid until its transaction ends."""

    def __init__(self, connection: Connection, count: LinkCount) -> None:
        self._connection = connection
        self._touched = Touched()
        self.directory = SqlDirectory(connection, self._touched)
        self.links = SqlLinks(connection, count, self._touched)
        self.kept_apart = SqlKeptApart(connection)
        self.errors = SqlErrors(connection, self._touched)
        self.history = SqlHistory(connection, self._touched)
        self.state = SqlState(connection)

    def finish(self, now: float) -> None:
        """Bring up to date what lists show of that which was changed."""
        listing.refresh(self._connection, self._touched, now)


class SqlStore:
    """Implements `engine.storage.Store` on a database."""

    def __init__(
        self, database: Database, runner: Runner, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._runner = runner
        self._clock = clock
        self._count = LinkCount()
        self._closed = False
        self.version = 0
        """Grows with each transaction that may have stored something."""

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work`, commit, return its result; on any exception roll back and raise it.

        Raises `StoreError` where the database cannot be used, or is closed.
        """
        if self._closed:
            raise troubles.closed(self._database.path)
        return await self._runner.run(partial(self._transact, work))

    async def close(self) -> None:
        """Finish what was asked for and close; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._runner.run(self._database.close)
        finally:
            await self._runner.close()

    def _transact(self, work: Callable[[UnitOfWork], T]) -> T:
        committed, before = False, self._database.changes()
        try:
            with troubles.translated(self._database.path), self._database.transaction() as open_:
                unit = SqlUnitOfWork(open_, self._count)
                result = work(unit)
                unit.finish(self._clock())
            committed = True
            return result
        finally:
            self.version += self._database.changes() != before
            self._count.settle(committed=committed)


def open_store(
    path: Path,
    runner: Runner | None = None,
    *,
    durable: bool = True,
    migrations: Migrations = PACKAGED,
    clock: Callable[[], float] = time.time,
) -> SqlStore:
    """Open the store in this SQLite file, which is created or migrated where needed.

    `runner` is where transactions run, a thread of their own if not given. With `durable` False
    nothing waits for the disk: for simulations. `clock` tells the unix time. Raises `StoreError`
    where the file cannot be used, or another process has it open.
    """
    database = Database.open(path, durable=durable, migrations=migrations)
    return SqlStore(database, runner or ThreadRunner(), clock)
