"""Salesforce behind the engine's port: simple-salesforce on worker threads."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from requests.adapters import BaseAdapter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from sfsync_gui.core.failures import OutcomeUnknownError, TransientError
from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.schema import PERSON_OBJECTS, OrgSurvey, SalesforceField
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.ports import (
    ApiUsage,
    CallListener,
    CallSpent,
    Clock,
    CreateOptions,
    CreateResult,
    FieldNames,
    FoundTask,
    Org,
    SalesforcePage,
    SalesforcePosition,
    SalesforceWrite,
    WriteResult,
)
from sfsync_gui.services.salesforce import soql
from sfsync_gui.services.salesforce.composite import (
    SUBREQUESTS,
    Subrequest,
    bodies_of,
    composite,
)
from sfsync_gui.services.salesforce.creating import RecordCreator
from sfsync_gui.services.salesforce.describing import fields_of, survey_of, survey_parts
from sfsync_gui.services.salesforce.errors import not_understood
from sfsync_gui.services.salesforce.reading import PAGE, PeopleReader
from sfsync_gui.services.salesforce.records import long_id
from sfsync_gui.services.salesforce.session import OrgSession, Request, TokenSource
from sfsync_gui.services.salesforce.transport import TimeOuts
from sfsync_gui.services.salesforce.writing import PeopleWriter
from sfsync_gui.services.threads import BlockingCalls, Calls

ATTEMPTS = 4
"""How often a request is sent, at most, that certainly was not applied."""

_FIRST_PAUSE = 0.5


class SalesforceClient:
    """One org, as the engine needs it (`engine.ports.SalesforcePort`).

    `calls` is where blocking calls are run: threads by default. `on_call` is told of every
    request, on the event loop's thread. `transport` takes the place of the network.
    `page_size` is in records. Every method may raise `core.failures.SfsyncError`.
    """

    def __init__(
        self,
        tokens: TokenSource,
        *,
        clock: Clock,
        calls: Calls | None = None,
        on_call: CallListener | None = None,
        time_outs: TimeOuts | None = None,
        transport: BaseAdapter | None = None,
        jitter: random.Random | None = None,
        page_size: int = PAGE,
    ) -> None:
        self._clock = clock
        self._calls = calls or BlockingCalls(
            "salesforce", subject="Salesforce", side=Side.SALESFORCE
        )
        self._on_call = on_call
        self._time_outs = time_outs or TimeOuts()
        self._jitter = jitter or random.Random()
        self._session = OrgSession(
            tokens, time_outs=self._time_outs, report=self._report, substitute=transport
        )
        self._reader = PeopleReader(self._perform, page_size)
        self._writer = PeopleWriter(self._perform, self._reader)
        self._creator = RecordCreator(self._perform, self._reader)
        self._org: Org | None = None
        self._closed = False

    async def identity(self) -> Org:
        """Who and which org (OpenID Connect, the UserInfo endpoint)."""
        answer = await self._perform(Request("identity", lambda api: api.oauth2("userinfo")))
        if not isinstance(answer, Mapping) or "organization_id" not in answer:
            raise not_understood()
        self._org = Org(
            org_id=long_id(answer["organization_id"]),
            user_id=long_id(answer["user_id"]),
            user_name=answer.get("preferred_username") or answer.get("name") or "",
            instance_url=self._session.instance_url,
        )
        return self._org

    async def describe(self, objects: Sequence[str]) -> Mapping[str, Mapping[str, SalesforceField]]:
        """The fields of the objects, read anew: one call for 25 objects.

        Raises `SetupError` with `object` for one that the user cannot see.
        """
        found = {}
        for start in range(0, len(objects), SUBREQUESTS):
            subrequests = [
                Subrequest(f"describe{place}", f"sobjects/{name}/describe", name)
                for place, name in enumerate(objects[start : start + SUBREQUESTS])
            ]
            answer = await self._perform(composite("schema", subrequests))
            for subrequest, body in zip(subrequests, bodies_of(answer, subrequests), strict=True):
                found[subrequest.object_name] = fields_of(body)
        return found

    async def survey(self, objects: Sequence[str]) -> OrgSurvey:
        """The org's edition, and what the user may do with the objects; one call.

        At most 24 objects. What is hidden from the user is left out.
        """
        subrequests = survey_parts(objects)
        answer = await self._perform(composite("schema", subrequests))
        edition, found = survey_of(answer, subrequests)
        return OrgSurvey(edition, found, self._session.newest_date)

    async def users(self) -> Mapping[str, str]:
        """E-mail by id of the active users who can own records.

        Those of portals, Chatter and the system itself are of other types (Object Reference, User).
        """
        where = "WHERE IsActive = true AND UserType = 'Standard'"
        text = soql.select(("Id", "Email"), "User", where, "ORDER BY Id")
        found: dict[str, str] = {}
        async for page in self._reader.pages(self._reader.query("schema", text, "User")):
            found.update((long_id(user["Id"]), user["Email"]) for user in page["records"])
        return found

    async def changes(
        self, position: SalesforcePosition, fields: FieldNames, *, overlap: float
    ) -> AsyncIterator[SalesforcePage]:
        """The records whose SystemModstamp is at or after `position` minus `overlap` seconds.

        One call, and one more for every further page.
        """
        async for page in self._reader.changes(position, fields, overlap=overlap):
            yield page

    async def everyone(self, fields: FieldNames) -> AsyncIterator[tuple[PersonRecord, ...]]:
        """All records that are not deleted, in pages, object by object, by Id."""
        async for page in self._reader.everyone(fields):
            yield page

    async def now(self, objects: Sequence[str] = PERSON_OBJECTS) -> int:
        """The newest SystemModstamp in these objects, unix seconds; 0 where they are empty."""
        return await self._reader.newest(objects)

    async def read(
        self, people: Sequence[tuple[PersonKind, str]], fields: FieldNames
    ) -> Mapping[str, PersonRecord]:
        """The records by 18-character id as they are now, 1,000 a call; absent if not there."""
        return await self._reader.read(people, fields)

    async def write(
        self, writes: Sequence[SalesforceWrite], fields: FieldNames
    ) -> Sequence[WriteResult]:
        """Read, write and read again at most 200 records in one call; results in their order.

        Accounts among leads and contacts take a call of their own.

        `before` is also None where Salesforce cut the first reading short.
        Raises `OutcomeUnknownError` where the answer was lost or proves nothing.
        """
        return await self._writer.write(writes, fields)

    async def create(
        self,
        object_name: str,
        values: Mapping[str, Json],
        options: CreateOptions = CreateOptions(),  # noqa: B008 - frozen
    ) -> CreateResult:
        """Create one record; what a duplicate rule catches is refused, unless that is allowed.

        Raises `OutcomeUnknownError` where the answer was lost.
        """
        return await self._creator.create(object_name, values, options)

    async def find_created(
        self, kind: PersonKind, values: Mapping[str, Json], *, since: int
    ) -> Sequence[str]:
        """The ids of records with these values that this user created at or after `since`.

        Compared are e-mail, last name and company, as far as given. At most 200, the oldest
        first; those deleted since are among them: a person did that on purpose.
        """
        user_id = (self._org or await self.identity()).user_id
        return await self._creator.find_people(kind, values, user_id, since)

    async def find_tasks(
        self, people: Sequence[str], subject: str, *, since: int
    ) -> Sequence[FoundTask]:
        """Tasks about one of these people that this user created at or after `since`.

        At most 200, the oldest first; those deleted since are among them.
        """
        user_id = (self._org or await self.identity()).user_id
        return await self._creator.find_tasks(people, subject, user_id, since)

    async def server_time(self) -> int:
        """The service's time in its newest answer, unix seconds; one call if there was none."""
        if self._session.newest_date == 0:
            await self.usage()
        if self._session.newest_date == 0:
            raise TransientError(
                "Salesforce's time is unknown",
                "Salesforce's answers do not say what time it is.",
                "Check the computer's network connection and its proxy.",
                side=Side.SALESFORCE,
            )
        return self._session.newest_date

    async def usage(self) -> ApiUsage:
        """Ask for the API usage now (one call; REST API Developer Guide, Limits)."""
        answer = await self._perform(Request("limits", lambda api: api.limits()))
        daily = answer.get("DailyApiRequests") if isinstance(answer, Mapping) else None
        if daily is None:
            raise not_understood()
        return ApiUsage(used=daily["Max"] - daily["Remaining"], limit=daily["Max"])

    async def close(self) -> None:
        """Close all connections; waiting calls fail at once."""
        self._closed = True
        self._calls.close()
        self._session.close()

    async def _perform(self, request: Request) -> Any:
        """Send a request; again, after a pause, while it certainly was not applied."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._pause,
            retry=retry_if_exception(self._is_worth_repeating),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return await retrying(self._perform_once, request)

    async def _perform_once(self, request: Request) -> Any:
        return await self._calls.run(
            lambda: self._session.perform(request),
            self._time_outs.whole,
            may_apply=request.writes,
        )

    def _is_worth_repeating(self, error: BaseException) -> bool:
        if self._closed or isinstance(error, OutcomeUnknownError):
            return False
        return isinstance(error, TransientError) and error.code != "INVALID_QUERY_LOCATOR"

    def _pause(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: 0.5, 1, 2, each up to half more or less."""
        pause: float = _FIRST_PAUSE * 2 ** (state.attempt_number - 1)
        return pause * self._jitter.uniform(0.5, 1.5)

    def _report(self, purpose: str, usage: ApiUsage | None) -> None:
        """Tell of a request that was sent; called on a worker thread."""
        listener = self._on_call
        if listener is not None:
            spent = CallSpent(Side.SALESFORCE.value, purpose, usage)
            self._calls.post(lambda: listener(spent))
