"""What may be asked of the store beside the engine: the read-only port of panels and commands.

Every method is one short transaction on a connection of its own, may be called from any thread
(one call at a time), and raises `StoreError` where the database cannot be read. Lists come in
pages by key, never whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import HistoryKind, MatchOutcome, PersonKind, Side, Trigger


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as a list shows it. `errors` counts its open sync errors."""

    id: int
    intercom_id: str
    intercom_name: str
    intercom_key: str | None
    salesforce_kind: PersonKind
    salesforce_id: str
    salesforce_name: str
    salesforce_key: str | None
    trigger: Trigger
    created_at: int
    by_hand: bool
    ambiguous: bool
    due: bool
    errors: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who carries the key of an unlinked person of the other side.

    `link_id` is the link to somebody else, None where the candidate is free. `modified_at` is in
    unix seconds, by the service's clock.
    """

    kind: PersonKind
    id: str
    name: str
    modified_at: int
    link_id: int | None


@dataclass(frozen=True, slots=True)
class UnlinkedPerson:
    """A person who was left unlinked although somebody carries the key: a person decides.

    `note` is why, as of the last search: AMBIGUOUS (strict mode) or ALREADY_LINKED. The
    candidates are as they are now; there may be none left.
    """

    side: Side
    id: str
    kind: PersonKind
    name: str
    key: str | None
    note: MatchOutcome
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class CallsRow:
    """Own API calls of one hour (unix hours)."""

    hour: int
    side: Side
    purpose: str
    calls: int


@dataclass(frozen=True, slots=True)
class ChangesRow:
    """How many values were written to a side within one hour (unix hours)."""

    hour: int
    side: Side
    changes: int


class Questions(Protocol):
    """The questions; `store.queries.Queries` answers them."""

    def links_page(self, after: int, limit: int, search: str | None = None) -> list[LinkRow]:
        """Links with an id greater than `after`, in id order; `search` is a prefix."""
        ...

    def link_count(self) -> int:
        """How many links there are."""
        ...

    def unlinked_page(
        self, after: tuple[Side, str] | None, limit: int, note: MatchOutcome | None = None
    ) -> list[UnlinkedPerson]:
        """People left unlinked although their key is known, by side and id, beyond `after`."""
        ...

    def unlinked_count(self, note: MatchOutcome | None = None) -> int:
        """How many there are, with this note or any."""
        ...

    def errors(self, after: int = 0, limit: int = 200) -> list[SyncError]:
        """Open errors with an id greater than `after`, in id order."""
        ...

    def error_count(self, *, dismissed: bool = False) -> int:
        """How many open errors there are that were dismissed, or were not."""
        ...

    def history_page(
        self, before_id: int | None, limit: int, person: tuple[Side, str] | None = None
    ) -> list[HistoryEntry]:
        """History, newest first, with an id less than `before_id`, of one person where given."""
        ...

    def people_count(self) -> Mapping[tuple[Side, PersonKind], int]:
        """How many people are known and not deleted, by side and kind."""
        ...

    def calls(self, since_hour: int) -> list[CallsRow]:
        """Own API calls by hour, since that hour (it included)."""
        ...

    def history_counts(self) -> Mapping[HistoryKind, int]:
        """How many history entries there are by kind."""
        ...

    def changes_by_hour(self, since_hour: int) -> list[ChangesRow]:
        """Values written by hour and side, since that hour (it included)."""
        ...

    def close(self) -> None:
        """Close; a second call does nothing."""
        ...
