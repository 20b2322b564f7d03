"""What differs between the kinds of records that are created: a Protocol and its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sfsync_gui.core.failures import RowRefusal
from sfsync_gui.core.people import Json
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.ports import CreateOptions
from sfsync_gui.engine.storage import Creation, UnitOfWork


@dataclass(frozen=True, slots=True)
class Prepared:
    """A creation as it is to be stored, and the values and the way in which it is sent."""

    creation: Creation
    wire: Mapping[str, Json]
    options: CreateOptions


class RefusedError(Exception):
    """A record cannot be sent as things are: why, as if the service had refused it."""

    def __init__(self, refusal: RowRefusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class CreationKind(Protocol):
    """How records of one object are created. What asks a service may raise `SfsyncError`."""

    async def find(self, context: Context, creation: Creation) -> Sequence[str]:
        """Records that may be this creation, which was sent before; the oldest first."""
        ...

    def may_be(self, unit: UnitOfWork, creation: Creation, found: Sequence[str]) -> Sequence[str]:
        """Those of the records found that are not known to be something else."""
        ...

    def give_up(self, unit: UnitOfWork, creation: Creation) -> bool:
        """Store that the creation has become vain, where it has; returns whether it has."""
        ...

    async def prepare(self, context: Context, creation: Creation) -> Prepared | None:
        """What is to be sent, from current values.

        None where the creation has become vain, which is stored then. Raises `RefusedError`.
        """
        ...

    async def settle(self, context: Context, creation: Creation, salesforce_id: str) -> None:
        """Store that the record is there, and what follows from that."""
        ...

    def report(
        self, context: Context, unit: UnitOfWork, creation: Creation, refusal: RowRefusal
    ) -> None:
        """List why the record is not there yet, or will not be."""
        ...
