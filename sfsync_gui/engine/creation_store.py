"""The repository of creations; a part of `engine.repositories.State`."""

from collections.abc import Collection
from typing import Protocol

from sfsync_gui.engine.stored import Creation


class Creations(Protocol):
    """Records whose creation was decided, and how far closed conversations were read for that."""

    def is_creation_open(self) -> bool:
        """Whether a creation still has to be sent, or its outcome to be found out."""
        ...

    def creations_at(
        self, now: float, *, by_rules: bool, limit: int | None = None
    ) -> list[Creation]:
        """Open creations whose turn it is, those that rules want or those that people asked for.

        First come those that have waited for their time, then the others in order of their ids.
        """
        ...

    def creations_sent(self, object_name: str) -> list[Creation]:
        """Open creations of an object of which something may have been sent."""
        ...

    def creations_for(self, object_name: str, intercom_ids: Collection[str]) -> list[Creation]:
        """Creations of an object for these people, in order of their ids."""
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
