"""The repository of creations; a part of `engine.repositories.State`."""

from collections.abc import Collection, Sequence
from typing import Protocol

from sfsync_gui.engine.stored import Creation


class Creations(Protocol):
    """Records whose creation was decided, and how far closed conversations were read for that."""

    def creations(self, states: Sequence[str], object_name: str | None = None) -> list[Creation]:
        """Creations in one of these states, of an object where one is named."""
        ...

    def creation(self, creation_id: int) -> Creation | None:
        """The creation, None where it was forgotten."""
        ...

    def newest_creations(
        self, object_name: str, limit: int, intercom_id: str | None = None
    ) -> list[Creation]:
        """The newest creations of an object, those for one person where one is named."""
        ...

    def made(self, salesforce_ids: Collection[str]) -> dict[str, int]:
        """The ids of the creations that made these records, by the records' ids."""
        ...

    def of_conversations(self, conversation_ids: Collection[str]) -> dict[str, Creation]:
        """The newest creations that are about these conversations, by the conversations' ids."""
        ...

    def forget_creation(self, creation_id: int) -> None:
        """Remove a creation of which nothing was sent."""
        ...

    def conversations_position(self) -> int | None:
        """Up to when (unix seconds) closed conversations were read; None where never."""
        ...

    def put_conversations_position(self, position: int | None) -> None:
        """Store it, or forget it."""
        ...

    def put_creation(self, creation: Creation) -> Creation:
        """Insert or replace (by id)."""
        ...
