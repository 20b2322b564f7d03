"""The store as the engine needs it: units of work over repositories, one transaction each."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sfsync_gui.engine.repositories import Directory, Errors, History, KeptApart, Links, State
from sfsync_gui.engine.stored import BulkRun, Creation, GuardHold, Measures, Profile

__all__ = [
    "BulkRun",
    "Creation",
    "Directory",
    "Errors",
    "GuardHold",
    "History",
    "KeptApart",
    "Links",
    "Measures",
    "Profile",
    "State",
    "Store",
    "UnitOfWork",
]

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction: everything done through it is stored together or not at all."""

    @property
    def directory(self) -> Directory:
        """People."""
        ...

    @property
    def links(self) -> Links:
        """Identity mappings."""
        ...

    @property
    def kept_apart(self) -> KeptApart:
        """Pairs kept apart."""
        ...

    @property
    def errors(self) -> Errors:
        """Open sync errors."""
        ...

    @property
    def history(self) -> History:
        """History."""
        ...

    @property
    def state(self) -> State:
        """Small things."""
        ...


class Store(Protocol):
    """The database. `run` executes a function in one transaction off the event loop."""

    @property
    def version(self) -> int:
        """Another number after each transaction that may have stored something."""
        ...

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work`, commit, return its result; on any exception roll back and raise it.

        A `work` that changes nothing writes nothing to disk. Raises `StoreError` where the
        database cannot be used.
        """
        ...

    async def close(self) -> None:
        """Finish the running transaction and close."""
        ...
