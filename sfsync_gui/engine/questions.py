"""What may be asked of the store beside the engine: the read-only port of panels and commands.

Every method is one short transaction on a connection of its own, may be called from any thread
(one call at a time), and raises `StoreError` where the database cannot be read. Lists come in
pages, never whole: a page begins after the last row of the one before, and counting stops where
nobody would read the number. Each takes a query that says which rows are wanted; the words of a
search are those of `core.search_words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import (
    Family,
    HistoryKind,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)

# ---------------------------------------------------------------------- links


class LinkSort(StrEnum):
    """By what links are sorted; links that are equal in it come in order of their ids.

    Names are sorted as they are searched: without case and accents.
    """

    LINKED = "linked"
    """By the time of linking."""
    INTERCOM_NAME = "intercom_name"
    SALESFORCE_NAME = "salesforce_name"
    KEY = "key"
    """By the key on Intercom's side; those without one first."""


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """Which links, in which order; the filters narrow one another.

    Each word of `search` must be the beginning of some word of either person's name or key, or of
    either Id.
    """

    search: str = ""
    intercom_kind: PersonKind | None = None
    salesforce_kind: PersonKind | None = None
    ambiguous: bool = False
    with_errors: bool = False
    """Only those with an open error that was not dismissed."""
    waiting: bool = False
    """Only those with values that wait to be written."""
    family: Family | None = None
    """Only people, or only companies."""
    sort: LinkSort = LinkSort.LINKED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as a list shows it. `errors` counts its open errors that were not dismissed.

    An Intercom person of whom the directory does not know counts as a user without a name.
    """

    id: int
    intercom_kind: PersonKind
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


# ---------------------------------------------------------------------- unlinked people


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


# ---------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Which people of one side. Each word of `search` must be the beginning of some word of the
    person's name or key, or the Id, or a long part of its beginning."""

    side: Side
    search: str = ""
    family: Family = Family.PEOPLE


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the directory, linked or not; neither deleted nor converted.

    `link_id` is the link that the person has, None where there is none. `modified_at` is in unix
    seconds, by the service's clock.
    """

    side: Side
    id: str
    kind: PersonKind
    name: str
    key: str | None
    modified_at: int
    link_id: int | None


# ---------------------------------------------------------------------- errors


@dataclass(frozen=True, slots=True)
class ErrorCause:
    """What errors of one cause have in common: the service's code, the side that could not be
    written, the row of the mapping and its field there."""

    code: str
    side: Side
    row_id: str | None
    field: str | None


@dataclass(frozen=True, slots=True)
class ErrorQuery:
    """Which open errors; the filters narrow one another.

    `to_side` is where the change was going. `kind` is what the person is: the object in
    Salesforce, or the role in Intercom. `since` (it included) and `until` (it excluded) bound
    when an error was opened, in unix seconds. Each word of `search` must be the beginning of some
    word of the person's name or key, or of an Id.
    """

    search: str = ""
    to_side: Side | None = None
    kind: PersonKind | None = None
    cause: ErrorCause | None = None
    since: float | None = None
    until: float | None = None
    link_id: int | None = None
    person: tuple[Side, str] | None = None
    dismissed: bool = False
    """Those that were dismissed, instead of those that were not."""
    retrying: bool = False
    """Only those that the next sync tries again."""
    family: Family | None = None
    """Only those of people and of the mapping as a whole, or only those of companies."""


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Open errors of one cause.

    `people` counts those to whom it happened, `oldest_at` is when the first of them was opened
    and `newest_at` when one was last tried (unix seconds). `sample` is the newest.
    """

    cause: ErrorCause
    count: int
    people: int
    oldest_at: int
    newest_at: int
    sample: SyncError


# ---------------------------------------------------------------------- history


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which entries of the history; the filters narrow one another.

    `pair` are the ids of two people, Intercom's first: what happened to either. `to_side` is the
    service written to. `since` (it included) and `until` (it excluded) are unix seconds. Each word
    of `search` must be the beginning of some word of the person's name or key, or of an Id, as
    they were when the entry was made.
    """

    search: str = ""
    person: tuple[Side, str] | None = None
    pair: tuple[str, str] | None = None
    row_id: str | None = None
    to_side: Side | None = None
    trigger: Trigger | None = None
    kinds: frozenset[HistoryKind] = frozenset()
    """None named wants all."""
    since: float | None = None
    until: float | None = None
    family: Family | None = None
    """Only what happened to people, or only what happened to companies."""


# ---------------------------------------------------------------------- numbers


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

    # ------------------------------------------------------------------ links

    def links_page(self, query: LinkQuery, after: LinkRow | None, limit: int) -> list[LinkRow]:
        """The first links of the query, or those that come after the row `after`."""
        ...

    def links_matching(self, query: LinkQuery, up_to: int) -> int:
        """How many links the query finds; `up_to` where they are as many or more."""
        ...

    def link(self, link_id: int) -> LinkRow | None:
        """The link, None where it has ended."""
        ...

    def link_count(self) -> int:
        """How many links there are."""
        ...

    def unlinked_page(
        self,
        after: tuple[Side, str] | None,
        limit: int,
        note: MatchOutcome | None = None,
        search: str = "",
        family: Family | None = None,
    ) -> list[UnlinkedPerson]:
        """People left unlinked although their key is known, by side and id, beyond `after`.

        Companies are among them; `family` narrows that.
        Each word of `search` must be the beginning of some word of the name or key, or of the Id.
        """
        ...

    def unlinked_count(
        self, note: MatchOutcome | None = None, search: str = "", family: Family | None = None
    ) -> int:
        """How many there are, with this note or any."""
        ...

    # ------------------------------------------------------------------ people

    def people_page(
        self, query: PeopleQuery, after: PersonRow | None, limit: int
    ) -> list[PersonRow]:
        """The first people of the query by name, or those that come after the row `after`."""
        ...

    def person(self, side: Side, person_id: str) -> PersonRow | None:
        """The person, None where nobody has this id or the person is gone."""
        ...

    def carriers(self, side: Side, key: str, family: Family = Family.PEOPLE) -> list[PersonRow]:
        """Everybody of a family on a side who carries this key, by id."""
        ...

    # ------------------------------------------------------------------ errors

    def error_groups(self, query: ErrorQuery) -> list[ErrorGroup]:
        """The errors of the query by cause, most numerous first."""
        ...

    def errors_page(
        self, query: ErrorQuery, after: SyncError | None, limit: int
    ) -> list[SyncError]:
        """The newest errors of the query, or those that come after `after`."""
        ...

    def errors_matching(self, query: ErrorQuery, up_to: int) -> int:
        """How many errors the query finds; `up_to` where they are as many or more."""
        ...

    def error_count(self, *, dismissed: bool = False) -> int:
        """How many open errors there are that were dismissed, or were not."""
        ...

    def all_clear_since(self) -> float:
        """When the last open error closed or was dismissed (unix seconds); 0 where none ever."""
        ...

    # ------------------------------------------------------------------ history

    def history_page(
        self, query: HistoryQuery, before_id: int | None, limit: int
    ) -> list[HistoryEntry]:
        """Entries of the query, newest first, those with an id less than `before_id`."""
        ...

    def history_matching(self, query: HistoryQuery, up_to: int) -> int:
        """How many entries the query finds; `up_to` where they are as many or more."""
        ...

    def history_counts(self) -> Mapping[HistoryKind, int]:
        """How many history entries there are by kind."""
        ...

    # ------------------------------------------------------------------ numbers

    def people_count(self) -> Mapping[tuple[Side, PersonKind], int]:
        """How many people are known and not deleted, by side and kind."""
        ...

    def company_facts(self) -> CompanyFacts:
        """What is known of companies and accounts."""
        ...

    def changes_by_hour(self, since_hour: int) -> list[ChangesRow]:
        """Values written by hour and side, since that hour (it included)."""
        ...

    def close(self) -> None:
        """Close; a second call does nothing."""
        ...
