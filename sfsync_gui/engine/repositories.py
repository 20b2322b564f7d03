"""The repositories of a unit of work: Protocols that the store implements."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.lead_rules import LeadRule
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder, Settings
from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.vocabulary import Family, HistoryKind, Side, Trigger
from sfsync_gui.engine.connections import Connection, SideReport
from sfsync_gui.engine.creation_store import Creations
from sfsync_gui.engine.ports import IntercomPosition, SalesforcePosition
from sfsync_gui.engine.stored import BulkRun, GuardHold, LinkedRecord, Measures, Profile


class Directory(Protocol):
    """All people of both sides, linked or not."""

    def get(self, side: Side, person_id: str) -> Person | None:
        """The person, None where unknown."""
        ...

    def get_many(self, side: Side, person_ids: Iterable[str]) -> dict[str, Person]:
        """The known ones of these people, by id."""
        ...

    def digests(self, side: Side, person_ids: Iterable[str]) -> dict[str, int]:
        """The digests of the last readings of these people, where the same again is no news.

        Absent are those whose link has to change: it rests on another reading or another key, or
        the record is deleted or converted.
        """
        ...

    def put(self, people: Iterable[Person]) -> None:
        """Insert or replace."""
        ...

    def with_keys(self, side: Side, keys: Iterable[str]) -> dict[str, list[Person]]:
        """Everyone of `side` who carries one of these normalised keys, deleted ones left out."""
        ...

    def due(
        self, triggers: Sequence[Trigger], limit: int, after: Person | None = None
    ) -> list[Person]:
        """People whose `due` is one of the triggers, oldest modification first, beyond `after`."""
        ...

    def is_anyone_due(self) -> bool:
        """Whether any person waits for a trigger to be acted upon."""
        ...

    def ids_after(
        self, side: Side, after: str, limit: int, family: Family = Family.PEOPLE
    ) -> list[str]:
        """Ids of those of a family not deleted in id order, those greater than `after`."""
        ...

    def count(self, side: Side) -> int:
        """How many people of `side` are known and not deleted."""
        ...


class Links(Protocol):
    """The identity mappings."""

    def get(self, link_id: int) -> IdentityMapping | None:
        """The link, None where it has ended."""
        ...

    def of(self, side: Side, person_ids: Iterable[str]) -> dict[str, IdentityMapping]:
        """The links of these people by their id on `side`."""
        ...

    def linked(self, side: Side, person_ids: Iterable[str]) -> set[str]:
        """The ids of those of these people who are linked."""
        ...

    def add(self, link: IdentityMapping) -> IdentityMapping:
        """Store a new link and return it with its id. Raises ValueError if a side is linked."""
        ...

    def put(self, links: Iterable[IdentityMapping]) -> None:
        """Replace stored links (by id)."""
        ...

    def remove(self, link_id: int) -> None:
        """End the link."""
        ...

    def due(
        self, towards: Side | None, limit: int, after: int = 0, family: Family | None = None
    ) -> list[IdentityMapping]:
        """Links with a due row (towards that side, where given), id greater than `after`.

        `family` narrows them to people or companies.
        """
        ...

    def is_any_due(self) -> bool:
        """Whether any link has a due row."""
        ...

    def page(self, after: int, limit: int) -> list[IdentityMapping]:
        """Links in id order, those with an id greater than `after`."""
        ...

    def records_page(
        self, after: int, limit: int, family: Family | None = None
    ) -> list[LinkedRecord]:
        """The records of the links in id order, those with an id greater than `after`.

        Much less to read than the links themselves. `family` narrows them to people or companies.
        """
        ...

    def count(self, family: Family | None = None) -> int:
        """How many links there are (kept, not counted anew), or how many of a family."""
        ...

    def in_doubt(self, limit: int) -> list[IdentityMapping]:
        """Links that remember a write of unknown outcome."""
        ...


class KeptApart(Protocol):
    """Pairs that a person unlinked by hand."""

    def add(
        self, intercom_id: str, salesforce_id: str, keys: tuple[str | None, str | None]
    ) -> None:
        """Keep the pair apart while both still carry these keys."""
        ...

    def remove(self, intercom_id: str, salesforce_id: str) -> None:
        """Allow the pair again."""
        ...

    def release(self, side: Side, person_id: str, key: str | None) -> None:
        """Allow the pairs of this person again for which it carried another key."""
        ...

    def partners(self, side: Side, person_id: str) -> frozenset[str]:
        """Ids on the other side with which this person is kept apart."""
        ...

    def among(self, side: Side, person_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """The `partners` of those of these people who have any, by their ids."""
        ...


class Errors(Protocol):
    """The open sync errors."""

    def put(self, error: SyncError) -> SyncError:
        """Insert, or replace the open error of the same (link or person, row, side)."""
        ...

    def amend(self, error: SyncError) -> None:
        """Change what was decided about an open error; a closed one stays closed."""
        ...

    def of_links(self, link_ids: Iterable[int]) -> dict[int, list[SyncError]]:
        """Open errors by link."""
        ...

    def get(self, error_id: int) -> SyncError | None:
        """The error, None where it is closed."""
        ...

    def close(self, error_ids: Iterable[int]) -> int:
        """Remove errors that no longer hold; returns how many were open."""
        ...

    def close_person(self, side: Side, person_id: str, *, tasks: bool = False) -> int:
        """Remove the errors of a person that belong to no link; returns how many there were.

        Those of `tasks` that could not be created stay, unless they are to go as well.
        """
        ...

    def all(self, after: int = 0, limit: int = 1000) -> list[SyncError]:
        """Open errors by id, those with an id greater than `after`."""
        ...

    def retry_due(self, before: float, limit: int) -> list[SyncError]:
        """Errors whose last attempt was before this unix time."""
        ...

    def same(self, error: SyncError) -> SyncError | None:
        """The open error about the same: link or people, row and side; None where there is none."""
        ...

    def of_contact(self, intercom_id: str) -> list[SyncError]:
        """Open errors of an Intercom person, in order of their ids."""
        ...

    def tried_of_people(self) -> list[SyncError]:
        """Errors that are being tried again and belong to no link and to no creation."""
        ...


class History(Protocol):
    """Everything that was done."""

    def add(self, entries: Iterable[HistoryEntry]) -> None:
        """Append."""
        ...

    def recent(self, limit: int, before_id: int | None = None) -> list[HistoryEntry]:
        """Newest first."""
        ...

    def of_person(self, side: Side, person_id: str, limit: int) -> list[HistoryEntry]:
        """Newest first, of one person."""
        ...

    def writes_of_row(
        self, row_id: str, intercom_id: str, salesforce_id: str, since: int
    ) -> list[HistoryEntry]:
        """The WRITTEN entries of one row of one pair since a unix time, oldest first."""
        ...

    def measure(self, since: int) -> Measures:
        """What the guard counts, since a unix time."""
        ...

    def counts(self) -> dict[tuple[HistoryKind, Side | None], int]:
        """How many entries there are by kind and side written to."""
        ...


class State(Creations, Protocol):
    """Small things: profile, mapping, settings, positions, runs, holds, usage."""

    def profile(self) -> Profile | None:
        """The profile, None before the first connection."""
        ...

    def put_profile(self, profile: Profile) -> None:
        """Store the profile."""
        ...

    def connections(self) -> dict[Side, Connection]:
        """The account of each side that is connected."""
        ...

    def put_connection(self, connection: Connection) -> None:
        """Store the account of a side."""
        ...

    def remove_connection(self, side: Side) -> None:
        """Forget the account of a side."""
        ...

    def side_reports(self) -> dict[Side, SideReport]:
        """How each side was when it was last looked at; nothing of one that never was."""
        ...

    def put_side_report(self, report: SideReport) -> None:
        """Store how a side is."""
        ...

    def rows(self) -> tuple[AttributeMapping, ...]:
        """The attribute mappings in the user's order."""
        ...

    def put_rows(self, rows: Sequence[AttributeMapping]) -> None:
        """Replace all attribute mappings."""
        ...

    def key(self) -> MappingKey:
        """The mapping key."""
        ...

    def put_key(self, key: MappingKey) -> None:
        """Store the mapping key."""
        ...

    def company_key(self) -> MappingKey | None:
        """By what companies are matched, None where they are not synced."""
        ...

    def put_company_key(self, key: MappingKey | None) -> None:
        """Store by what companies are matched."""
        ...

    def former_company_key(self) -> MappingKey | None:
        """By what companies were matched before they were switched off, None where never."""
        ...

    def put_former_company_key(self, key: MappingKey | None) -> None:
        """Store by what companies were matched before they were switched off."""
        ...

    def company_facts(self) -> CompanyFacts:
        """What is known of companies and accounts."""
        ...

    def key_suggestions(self) -> tuple[KeySuggestion, ...]:
        """By what companies would match, as the last look at a sample of them showed."""
        ...

    def put_key_suggestions(self, suggestions: Sequence[KeySuggestion]) -> None:
        """Store by what companies would match."""
        ...

    def order(self) -> MatchingOrder:
        """The matching order."""
        ...

    def put_order(self, order: MatchingOrder) -> None:
        """Store the matching order."""
        ...

    def lead_rules(self) -> tuple[LeadRule, ...]:
        """The rules by which leads are created, in their order."""
        ...

    def put_lead_rules(self, rules: Sequence[LeadRule]) -> None:
        """Replace them all."""
        ...

    def settings(self) -> Settings:
        """The user's settings."""
        ...

    def put_settings(self, settings: Settings) -> None:
        """Store the user's settings."""
        ...

    def set_up_report(self) -> SetUpReport | None:
        """What the newest check of the set-up found, None where there was none."""
        ...

    def put_set_up_report(self, report: SetUpReport) -> None:
        """Store what the newest check found."""
        ...

    def intercom_position(self) -> IntercomPosition | None:
        """How far the Intercom feed was read."""
        ...

    def put_intercom_position(self, position: IntercomPosition) -> None:
        """Store how far the Intercom feed was read."""
        ...

    def salesforce_position(self) -> SalesforcePosition | None:
        """How far the Salesforce feed was read."""
        ...

    def put_salesforce_position(self, position: SalesforcePosition) -> None:
        """Store how far the Salesforce feed was read."""
        ...

    def mark(self, name: str) -> float:
        """A named moment or number ('last_comparison', 'paused', …), 0.0 where never set."""
        ...

    def put_mark(self, name: str, value: float) -> None:
        """Store a named moment or number."""
        ...

    def holds(self) -> list[GuardHold]:
        """Guard holds that are held or released."""
        ...

    def put_hold(self, hold: GuardHold) -> GuardHold:
        """Insert or replace (by id)."""
        ...

    def bulk_run(self) -> BulkRun | None:
        """The newest bulk run, None where there never was one."""
        ...

    def put_bulk_run(self, run: BulkRun) -> BulkRun:
        """Insert or replace (by id)."""
        ...

    def add_calls(self, hour: int, side: Side, purpose: str, calls: int) -> None:
        """Count own API calls (`hour` is unix hours)."""
        ...

    def calls(self, since_hour: int) -> dict[tuple[Side, str], int]:
        """Own API calls since that hour, by side and purpose."""
        ...
