"""The profile in a data folder, for commands that only look."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sfsync_gui.core.failures import StoreError
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.storage import Profile, UnitOfWork
from sfsync_gui.store.glance import glance
from sfsync_gui.store.queries import Queries

T = TypeVar("T")


@contextmanager
def queries_of(data_dir: Path) -> Iterator[Queries]:
    """Questions to the profile's database. Raises `StoreError` where there is no profile yet."""
    path = database_path(data_dir)
    if not path.exists():
        raise no_profile(data_dir)
    queries = Queries(path)
    try:
        yield queries
    finally:
        queries.close()


def no_profile(data_dir: Path) -> StoreError:
    """There is nothing in this data folder yet."""
    return StoreError(
        "There is no profile yet",
        f"Nothing was synced with the data folder {data_dir} so far.",
        "Run `sfsync connect intercom` and `sfsync connect salesforce`, or see a demo with "
        "`sfsync demo --headless`; or name another folder with --data-dir.",
        subject=str(data_dir),
    )


def glanced(data_dir: Path, work: Callable[[UnitOfWork], T]) -> T:
    """What `work` reads in the profile's database, whoever has it open. Raises `StoreError`."""
    path = database_path(data_dir)
    if not path.exists():
        raise no_profile(data_dir)
    return glance(path, work)


def stored_profile(data_dir: Path) -> Profile | None:
    """Whom the database belongs to, None where it was never connected.

    The database must exist and be of this version; raises `StoreError` where it cannot be read.
    """
    return glance(database_path(data_dir), lambda unit: unit.state.profile())
