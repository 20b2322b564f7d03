"""Salesforce behind the last gate of the API budget: at 100 percent nothing is sent."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.failures import OrgError
from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.schema import PERSON_OBJECTS, OrgSurvey, SalesforceField
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.ports import (
    ApiUsage,
    CreateOptions,
    CreateResult,
    FieldNames,
    FoundTask,
    Org,
    SalesforcePage,
    SalesforcePort,
    SalesforcePosition,
    SalesforceWrite,
    WriteResult,
)

T = TypeVar("T")


class BudgetedSalesforce:
    """Passes calls on while the gate is not closed; implements `engine.ports.SalesforcePort`.

    Who is signed in and what is used may always be asked. Everything else raises `OrgError` when
    the gate is closed, whether the schedule or a person asks for it. A reading that has begun goes
    on to its end: begun again, it would cost more.
    """

    def __init__(self, salesforce: SalesforcePort, gate: Callable[[], Gate]) -> None:
        self._salesforce = salesforce
        self._gate = gate

    async def identity(self) -> Org:
        """Who and which org; not counted by Salesforce."""
        return await self._salesforce.identity()

    async def usage(self) -> ApiUsage:
        """Ask for the API usage now: by this the end of the pause is learnt."""
        return await self._salesforce.usage()

    async def server_time(self) -> int:
        """The service's current time in unix seconds."""
        return await self._passed(self._salesforce.server_time)

    async def describe(self, objects: Sequence[str]) -> Mapping[str, Mapping[str, SalesforceField]]:
        """The fields of the objects, read anew."""
        return await self._passed(lambda: self._salesforce.describe(objects))

    async def survey(self, objects: Sequence[str]) -> OrgSurvey:
        """The org's edition, and what the user may do with the objects."""
        return await self._passed(lambda: self._salesforce.survey(objects))

    async def users(self) -> Mapping[str, str]:
        """E-mail by id of the active users."""
        return await self._passed(self._salesforce.users)

    async def changes(
        self, position: SalesforcePosition, fields: FieldNames, *, overlap: float
    ) -> AsyncIterator[SalesforcePage]:
        """The records that changed, in pages."""
        self._pass()
        async for page in self._salesforce.changes(position, fields, overlap=overlap):
            yield page

    async def everyone(self, fields: FieldNames) -> AsyncIterator[tuple[PersonRecord, ...]]:
        """All records, in pages."""
        self._pass()
        async for page in self._salesforce.everyone(fields):
            yield page

    async def now(self, objects: Sequence[str] = PERSON_OBJECTS) -> int:
        """The newest SystemModstamp in these objects."""
        return await self._passed(lambda: self._salesforce.now(objects))

    async def read(
        self, people: Sequence[tuple[PersonKind, str]], fields: FieldNames
    ) -> Mapping[str, PersonRecord]:
        """The records by id as they are now."""
        return await self._passed(lambda: self._salesforce.read(people, fields))

    async def write(
        self, writes: Sequence[SalesforceWrite], fields: FieldNames
    ) -> Sequence[WriteResult]:
        """Read, write and read again at most 200 records in one call."""
        return await self._passed(lambda: self._salesforce.write(writes, fields))

    async def create(
        self, object_name: str, values: Mapping[str, Json], options: CreateOptions
    ) -> CreateResult:
        """Create one record."""
        return await self._passed(lambda: self._salesforce.create(object_name, values, options))

    async def find_tasks(
        self, people: Sequence[str], subject: str, *, since: int
    ) -> Sequence[FoundTask]:
        """Tasks about one of these people that this user created since then."""
        return await self._passed(lambda: self._salesforce.find_tasks(people, subject, since=since))

    async def find_created(
        self, kind: PersonKind, values: Mapping[str, Json], *, since: int
    ) -> Sequence[str]:
        """The ids of records with these values that this user created since then."""
        return await self._passed(lambda: self._salesforce.find_created(kind, values, since=since))

    async def close(self) -> None:
        """Close all connections."""
        await self._salesforce.close()

    async def _passed(self, call: Callable[[], Awaitable[T]]) -> T:
        self._pass()
        return await call()

    def _pass(self) -> None:
        if not self._gate().by_hand_allowed:
            raise OrgError(
                "The day's API calls of Salesforce are used up",
                "No call is left for today, neither for the sync nor for what is done by hand.",
                "Nothing needs to be done: it goes on by itself once calls are free again. A "
                "higher cap in Settings helps only while the org itself has calls left.",
                side=Side.SALESFORCE,
                code="REQUEST_LIMIT_EXCEEDED",
            )
