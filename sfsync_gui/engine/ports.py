"""The engine's view of the world: Protocols that services, store and tests implement."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sfsync_gui.core.conversations import Conversation, Conversations, ConversationSummary
from sfsync_gui.core.failures import RowRefusal
from sfsync_gui.core.people import Gone, Json, PersonRecord
from sfsync_gui.core.schema import PERSON_OBJECTS, IntercomAttribute, OrgSurvey, SalesforceField
from sfsync_gui.core.vocabulary import PersonKind

T = TypeVar("T")


class Clock(Protocol):
    """Time for waiting and for telling people; never used in comparisons with a service."""

    def now(self) -> float:
        """The current unix time in seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; may be cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who answers at Intercom's `GET /me`. `timezone` is an IANA name."""

    app_id: str
    name: str
    region: str
    timezone: str
    admin_email: str


@dataclass(frozen=True, slots=True)
class Org:
    """Who answers at Salesforce's userinfo. `org_id` has 18 characters."""

    org_id: str
    user_id: str
    user_name: str
    instance_url: str


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """Salesforce's own count of API calls in its 24 hours, and the org's limit."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class IntercomPosition:
    """How far the Intercom feed has been read: `updated_at` of the newest contact, unix seconds."""

    updated_at: int


@dataclass(frozen=True, slots=True)
class SalesforcePosition:
    """How far the Salesforce feed has been read: the newest `SystemModstamp`, unix seconds."""

    system_modstamp: int


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a page was: `digest` is of the answer, byte for byte, and of what was asked; `cursor`
    is that of the page after it, None on the last."""

    digest: bytes
    cursor: str | None


KnownPages = Callable[[bytes], PageAnswer | None]
"""Tells by its digest whether a page holds nothing new (`IntercomPort.changes`)."""


def nothing_known(_digest: bytes) -> None:
    """No page is known."""


@dataclass(frozen=True, slots=True)
class IntercomPage:
    """A page of changed contacts; `position` is set on the last page of a reading only.

    `answer` is what may be remembered of it. Where that was `known` the records are left out.
    """

    records: tuple[PersonRecord, ...]
    position: IntercomPosition | None = None
    answer: PageAnswer | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class SalesforcePage:
    """A page of changed records; `position` is set on the last page only."""

    records: tuple[PersonRecord, ...]
    position: SalesforcePosition | None = None


@dataclass(frozen=True, slots=True)
class SalesforceWrite:
    """Values for one existing record, by field name, in wire form."""

    kind: PersonKind
    id: str
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a read–write–read of one record showed.

    `before` and `after` are None where the record was not visible at that moment. `refusals` is
    empty where the write was accepted.
    """

    id: str
    before: PersonRecord | None
    after: PersonRecord | None
    refusals: tuple[RowRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateResult:
    """The outcome of creating a record: its new id, or why it was refused."""

    id: str | None
    refusals: tuple[RowRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateOptions:
    """How a record is to be created.

    `allow_duplicates`: it is saved although a duplicate rule warns of it (not where the rule
    blocks it). `assign`: the org's active assignment rule chooses the owner of a lead.
    """

    allow_duplicates: bool = False
    assign: bool = True


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task that was found: its id and its text."""

    id: str
    description: str


FieldNames = Mapping[str, Sequence[str]]
"""Field names to read, by Salesforce object name.

Where a method asks for all records, these name the objects: leads and contacts always, accounts
where they are among them.
"""


class IntercomPort(Protocol):
    """Intercom, as the engine needs it. Every method may raise `core.failures.SfsyncError`."""

    async def identity(self) -> Workspace:
        """Who and which workspace (`GET /me`)."""
        ...

    async def attributes(self) -> tuple[IntercomAttribute, ...]:
        """All contact attributes, archived ones included and marked."""
        ...

    async def company_attributes(self) -> tuple[IntercomAttribute, ...]:
        """All company attributes, archived ones included and marked."""
        ...

    async def teammates(self) -> Mapping[str, str]:
        """E-mail by admin id."""
        ...

    def changes(
        self,
        position: IntercomPosition,
        *,
        overlap: float,
        known: KnownPages = nothing_known,
    ) -> AsyncGenerator[IntercomPage, None]:
        """Contacts updated since `position` minus `overlap` seconds, newest first, in pages.

        A page whose answer is `known` comes without records: it need not even be parsed.
        """
        ...

    def everyone(self) -> AsyncIterator[tuple[PersonRecord, ...]]:
        """All contacts that the list shows, in pages of 150."""
        ...

    def all_companies(self) -> AsyncGenerator[tuple[PersonRecord, ...], None]:
        """All companies that Intercom lists, in pages; a company may come twice.

        Companies without any contact are not listed: who is missing may still be there. Raises
        `TransientError` where there are more than 10,000 and another program lists them, or the
        reading broke off.
        """
        ...

    async def find(self, contact_ids: Sequence[str]) -> Sequence[PersonRecord]:
        """Those of at most 150 contacts that the search shows, in one call.

        The search lags: a contact may be absent, or shown as it was a few minutes ago.
        """
        ...

    async def read(self, kind: PersonKind, record_id: str) -> PersonRecord | Gone:
        """The contact (of whatever role) or company as it is now, or the proof that it is gone."""
        ...

    async def update(
        self, kind: PersonKind, record_id: str, values: Mapping[str, Json]
    ) -> PersonRecord | Gone:
        """Write wire values and return what the contact or company holds then.

        Raises `RecordError` where refused, `OutcomeUnknownError` where the answer was lost.
        """
        ...

    async def server_time(self) -> int:
        """The service's time in its newest answer, unix seconds; 0 where none told it."""
        ...

    async def tags(self) -> Mapping[str, str]:
        """The names of the workspace's tags, by id."""
        ...

    async def segments(self) -> Mapping[str, str]:
        """The names of the workspace's segments of people, by id."""
        ...

    async def tags_of(self, contact_id: str) -> Sequence[str]:
        """The names of all tags of a contact; one call."""
        ...

    async def segments_of(self, contact_id: str) -> Sequence[str]:
        """The names of all segments that a contact is in; one call."""
        ...

    async def company_names(self, contact_id: str) -> Sequence[str]:
        """The names of the companies of a contact, in Intercom's order; one call."""
        ...

    def closed_conversations(
        self, since: int
    ) -> AsyncGenerator[tuple[ConversationSummary, ...], None]:
        """Closed conversations that were updated at or after `since` (unix seconds), in pages.

        In no order. The search lags, and what changes meanwhile may be missed: the next reading
        has to overlap. `SetupError` where the app may not read conversations.
        """
        ...

    async def conversations_of(self, contact_id: str, most: int) -> Conversations:
        """The newest conversations of a contact that the search shows, and how many there are.

        A call for each 150; of more than 600 the newest are read, in five.
        """
        ...

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The whole conversation as it is now; None where it is not there."""
        ...

    async def add_options(self, attribute_id: int, values: Sequence[str]) -> IntercomAttribute:
        """Add options to a list attribute; reads before and after, never loses one."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class SalesforcePort(Protocol):
    """Salesforce, as the engine needs it. Every method may raise `core.failures.SfsyncError`."""

    async def identity(self) -> Org:
        """Who and which org."""
        ...

    async def describe(self, objects: Sequence[str]) -> Mapping[str, Mapping[str, SalesforceField]]:
        """The fields of the objects, read anew."""
        ...

    async def survey(self, objects: Sequence[str]) -> OrgSurvey:
        """The org's edition, and what the user may do with the objects, read anew in one call."""
        ...

    async def users(self) -> Mapping[str, str]:
        """E-mail by id of the active users."""
        ...

    def changes(
        self, position: SalesforcePosition, fields: FieldNames, *, overlap: float
    ) -> AsyncIterator[SalesforcePage]:
        """The records whose SystemModstamp is at or after `position` minus `overlap` seconds."""
        ...

    def everyone(self, fields: FieldNames) -> AsyncIterator[tuple[PersonRecord, ...]]:
        """All records that are not deleted, in pages, object by object, by Id."""
        ...

    async def now(self, objects: Sequence[str] = PERSON_OBJECTS) -> int:
        """The newest SystemModstamp in these objects, unix seconds; 0 where they are empty."""
        ...

    async def read(
        self, people: Sequence[tuple[PersonKind, str]], fields: FieldNames
    ) -> Mapping[str, PersonRecord]:
        """The records by id as they are now, deleted ones included; those not there are absent."""
        ...

    async def write(
        self, writes: Sequence[SalesforceWrite], fields: FieldNames
    ) -> Sequence[WriteResult]:
        """Read, write and read again at most 200 records in one call.

        Raises `OutcomeUnknownError` where the answer was lost.
        """
        ...

    async def create(
        self, object_name: str, values: Mapping[str, Json], options: CreateOptions
    ) -> CreateResult:
        """Create one record. Raises `OutcomeUnknownError` where the answer was lost."""
        ...

    async def find_tasks(
        self, people: Sequence[str], subject: str, *, since: int
    ) -> Sequence[FoundTask]:
        """Tasks about one of these people that this user created at or after `since`.

        Oldest first; those deleted since are among them: a person did that on purpose.
        """
        ...

    async def find_created(
        self, kind: PersonKind, values: Mapping[str, Json], *, since: int
    ) -> Sequence[str]:
        """The ids of records with these values that this user created at or after `since`.

        Oldest first; those deleted since are among them: a person did that on purpose.
        """
        ...

    async def server_time(self) -> int:
        """The service's current time in unix seconds, from its newest answer."""
        ...

    async def usage(self) -> ApiUsage:
        """Ask for the API usage now (one call)."""
        ...

    async def close(self) -> None:
        """Close all connections; waiting calls fail at once."""
        ...


@dataclass(frozen=True, slots=True)
class CallSpent:
    """One request that was sent to a service: for the budget and the account of calls."""

    side: str
    purpose: str
    usage: ApiUsage | None = None


CallListener = Callable[[CallSpent], None]
"""Told of every request that a service adapter sent."""
