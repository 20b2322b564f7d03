"""Creating records, and finding again what was created when an answer was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfsync_gui.core.failures import RowRefusal, TransientError
from sfsync_gui.core.people import Json
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind
from sfsync_gui.engine.ports import CreateOptions, CreateResult, FoundTask
from sfsync_gui.services.salesforce import soql
from sfsync_gui.services.salesforce.errors import outcome_unknown
from sfsync_gui.services.salesforce.lean_client import Salesforce, SalesforceError
from sfsync_gui.services.salesforce.reading import PeopleReader, Perform
from sfsync_gui.services.salesforce.records import long_id
from sfsync_gui.services.salesforce.refusals import refusals_of
from sfsync_gui.services.salesforce.session import Request

_PURPOSE = "create"
_TASK = "Task"
_PERSON_KEYS = ("Email", "LastName", "Company")
_FOUND_AT_MOST = 200
_OF_THE_RECORD = (ErrorClass.RECORD, ErrorClass.SETUP, ErrorClass.TRIGGER)


class RecordCreator:
    """Creates one record at a time, and looks up those that the signed-in user created."""

    def __init__(self, perform: Perform, reader: PeopleReader) -> None:
        self._perform = perform
        self._reader = reader

    async def create(
        self, object_name: str, values: Mapping[str, Json], options: CreateOptions
    ) -> CreateResult:
        """See `SalesforcePort.create`."""
        body, headers = dict(values), _headers(options)
        in_use: tuple[RowRefusal, ...] = ()

        def send(api: Salesforce) -> Any:
            nonlocal in_use
            in_use = ()
            try:
                return api.restful(
                    f"sobjects/{object_name}", method="POST", json=body, headers=headers
                )
            except SalesforceError as error:
                refusals = refusals_of(error.content)
                if _concern_the_record(error.status, refusals):
                    return refusals
                in_use = _in_use(error.status, refusals)
                raise

        request = Request(_PURPOSE, send, writes=True, object_name=object_name)
        try:
            answer = await self._perform(request)
        except TransientError:
            if not in_use:
                raise
            return CreateResult(None, in_use)
        if isinstance(answer, tuple):
            return CreateResult(None, answer)
        new_id = answer.get("id") if isinstance(answer, Mapping) else None
        if not isinstance(new_id, str) or answer.get("success") is not True:
            raise outcome_unknown("The answer does not name the new record.")
        return CreateResult(long_id(new_id))

    async def find_people(
        self, kind: PersonKind, values: Mapping[str, Json], user_id: str, since: int
    ) -> tuple[str, ...]:
        """See `SalesforcePort.find_created`."""
        known = {name: values.get(name) for name in _PERSON_KEYS}
        records = await self._created(kind.value, ("Id",), known, user_id, since)
        return tuple(long_id(record["Id"]) for record in records)

    async def find_tasks(
        self, people: Sequence[str], subject: str, user_id: str, since: int
    ) -> tuple[FoundTask, ...]:
        """See `SalesforcePort.find_tasks`. A query cannot filter by a long text such as
        Description (SOQL and SOSL Reference, "fieldExpression"), but reads it."""
        known: dict[str, Json | tuple[str, ...]] = {"WhoId": tuple(people), "Subject": subject}
        records = await self._created(_TASK, ("Id", "Description"), known, user_id, since)
        return tuple(
            FoundTask(long_id(record["Id"]), str(record.get("Description") or ""))
            for record in records
        )

    async def _created(
        self,
        object_name: str,
        fields: Sequence[str],
        known: Mapping[str, Json | tuple[str, ...]],
        user_id: str,
        since: int,
    ) -> list[Mapping[str, Any]]:
        """Records that this user created at or after `since`, with these values."""
        conditions = [
            f"CreatedById = {soql.literal(user_id)}",
            f"CreatedDate >= {soql.literal(datetime.fromtimestamp(since, UTC))}",
        ]
        for name, value in known.items():
            if isinstance(value, tuple):
                conditions.append(f"{name} IN {soql.literal(value)}")
            elif isinstance(value, str) and value.strip():
                conditions.append(f"{name} = {soql.literal(value.strip())}")
        where = f"WHERE {' AND '.join(conditions)}"
        order = f"ORDER BY CreatedDate, Id LIMIT {_FOUND_AT_MOST}"
        text = soql.select(fields, object_name, where, order)
        request = self._reader.query(_PURPOSE, text, object_name, resource="queryAll")
        found: list[Mapping[str, Any]] = []
        async for page in self._reader.pages(request):
            found += page["records"]
        return found


def _headers(options: CreateOptions) -> dict[str, str]:
    """REST API Developer Guide, "Duplicate Rule Header" and "Assignment Rule Header".

    Without the latter Salesforce would use the active assignment rule.
    """
    return {
        "Sforce-Duplicate-Rule-Header": f"allowSave={str(options.allow_duplicates).lower()}",
        "Sforce-Auto-Assign": str(options.assign).upper(),
    }


def _in_use(status: int, refusals: Sequence[RowRefusal]) -> tuple[RowRefusal, ...]:
    """The refusals, where they are of this record alone and pass by themselves, as a lock does.

    What refuses a request as a whole comes with another status ("Status Codes and Error
    Responses", REST API Developer Guide).
    """
    passing = all(refusal.error_class is ErrorClass.TRANSIENT for refusal in refusals)
    return tuple(refusals) if status == 400 and passing else ()


def _concern_the_record(status: int, refusals: Sequence[RowRefusal]) -> bool:
    """Whether an answer refuses the record that was sent, rather than the whole request.

    A 404 does where it is a record that is not there, to which the new one refers.
    """
    return (
        status < 500
        and status != 401
        and bool(refusals)
        and not any(refusal.code == "NOT_FOUND" for refusal in refusals)
        and all(refusal.error_class in _OF_THE_RECORD for refusal in refusals)
    )
