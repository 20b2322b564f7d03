"""Writing people: read, write and read again at most 200 records in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sfsync_gui.core.failures import (
    RecordError,
    RowRefusal,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind, Side
from sfsync_gui.engine.ports import FieldNames, SalesforceWrite, WriteResult
from sfsync_gui.services.salesforce.composite import (
    QUERIES,
    Part,
    Subrequest,
    composite,
    parts_of,
)
from sfsync_gui.services.salesforce.errors import failure_of, outcome_unknown
from sfsync_gui.services.salesforce.lean_client import Salesforce
from sfsync_gui.services.salesforce.reading import (
    Chunk,
    PeopleReader,
    Perform,
    chunks_of,
    merge,
)
from sfsync_gui.services.salesforce.records import long_id
from sfsync_gui.services.salesforce.refusals import refusal_of
from sfsync_gui.services.salesforce.session import Request

ROWS = 200
"""Records in one sObject collection, at most (REST API Developer Guide, sObject Collections)."""

_PATH = "composite/sobjects"
_WRITE = "write"
_KEEP_OWNER = {"Sforce-Auto-Assign": "FALSE"}
"""Left out, Salesforce applies the active assignment rule to every lead that is updated, too ("REST
API Developer Guide", Assignment Rule Header): a new phone number would hand the lead on."""
_REFERENCE = "@{"

People = Mapping[str, PersonRecord]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of some writes: refusals by their order, and the records before and after.

    `whole` says that the service refused them together, none of them being applied.
    """

    refusals: Sequence[tuple[RowRefusal, ...]]
    before: People
    after: People
    whole: bool = False


class PeopleWriter:
    """Writes values into existing leads, contacts and accounts."""

    def __init__(self, perform: Perform, reader: PeopleReader) -> None:
        self._perform = perform
        self._reader = reader

    async def write(
        self, writes: Sequence[SalesforceWrite], fields: FieldNames
    ) -> tuple[WriteResult, ...]:
        """See `SalesforcePort.write`.

        It is one call, except that accounts beside leads and contacts take another, and that the
        two readings become calls of their own where a text would be taken for a reference between
        subrequests, or where the fields to read are too many for one URL. Records that Salesforce
        refuses all together, without saying which of them is at fault, are halved until it is
        found. Raises ValueError for more than 200 records or a record that occurs twice.
        """
        ids = [long_id(write.id) for write in writes]
        if len(writes) > ROWS or len(set(ids)) < len(ids):
            raise ValueError("at most 200 records, each of them once")
        # The service takes at most 10 runs of records of the same object.
        ordered = sorted(writes, key=lambda write: write.kind.value)
        results: dict[str, WriteResult] = {}
        for together in _fitting(ordered):
            results |= await self._write_all(together, fields)
        return tuple(results[person_id] for person_id in ids)

    async def _write_all(
        self, writes: Sequence[SalesforceWrite], fields: FieldNames
    ) -> dict[str, WriteResult]:
        if not writes:
            return {}
        outcome = await self._write_once(writes, fields)
        if outcome.whole and len(writes) > 1:
            middle = len(writes) // 2
            first = await self._write_all(writes[:middle], fields)
            return first | await self._write_all(writes[middle:], fields)
        results = {}
        for write, refusals in zip(writes, outcome.refusals, strict=True):
            person_id = long_id(write.id)
            results[person_id] = WriteResult(
                write.id, outcome.before.get(person_id), outcome.after.get(person_id), refusals
            )
        return results

    async def _write_once(self, writes: Sequence[SalesforceWrite], fields: FieldNames) -> _Outcome:
        people = [(write.kind, write.id) for write in writes]
        chunks = chunks_of(people, fields)
        if 2 * len(chunks) + 1 > QUERIES or any(map(_mentions_reference, writes)):
            return await self._write_apart(writes, people, fields)
        before = [chunk.subrequest(f"before{place}") for place, chunk in enumerate(chunks)]
        after = [chunk.subrequest(f"after{place}") for place, chunk in enumerate(chunks)]
        patch = Subrequest(
            _WRITE, _PATH, method="PATCH", body=_collection(writes), headers=_KEEP_OWNER
        )
        request = composite(_WRITE, [*before, patch, *after], deciding=_WRITE, writes=True)
        parts = parts_of(await self._perform(request))
        refusals, whole = _refusals(writes, parts, before)
        seen_before = _people_of(chunks, before, parts) or {}
        seen_after: People | None = _people_of(chunks, after, parts)
        if seen_after is None:
            seen_after = seen_before if whole else await self._read_after(people, fields)
        return _Outcome(refusals, seen_before, seen_after, whole)

    async def _write_apart(
        self,
        writes: Sequence[SalesforceWrite],
        people: Sequence[tuple[PersonKind, str]],
        fields: FieldNames,
    ) -> _Outcome:
        """Read, write and read in calls of their own."""
        before = await self._reader.read(people, fields, purpose=_WRITE)

        def send(api: Salesforce) -> Any:
            return api.restful(
                _PATH, method="PATCH", json=_collection(writes), headers=dict(_KEEP_OWNER)
            )

        try:
            rows = await self._perform(Request(_WRITE, send, writes=True))
        except RecordError as error:
            refusal = RowRefusal(ErrorClass.RECORD, error.code, error.detail, error.fields)
            return _Outcome([(refusal,)] * len(writes), before, before, whole=True)
        refusals = _row_refusals(writes, rows)
        return _Outcome(refusals, before, await self._read_after(people, fields))

    async def _read_after(
        self, people: Sequence[tuple[PersonKind, str]], fields: FieldNames
    ) -> People:
        """Read what the records hold after a write; without it nothing is known for certain."""
        try:
            return await self._reader.read(people, fields, purpose=_WRITE)
        except SfsyncError as error:
            raise outcome_unknown(str(error)) from error


def _fitting(ordered: Sequence[SalesforceWrite]) -> list[Sequence[SalesforceWrite]]:
    """The writes by what one composite request holds: two readings each of at most two objects."""
    if len({write.kind for write in ordered}) < 3:
        return [ordered]
    accounts = [write for write in ordered if write.kind is PersonKind.ACCOUNT]
    return [[write for write in ordered if write.kind is not PersonKind.ACCOUNT], accounts]


def _collection(writes: Sequence[SalesforceWrite]) -> dict[str, Any]:
    return {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": write.kind.value}, "id": write.id, **write.values}
            for write in writes
        ],
    }


def _mentions_reference(write: SalesforceWrite) -> bool:
    """Whether a composite request would replace a part of a value by another record's data."""
    return any(isinstance(value, str) and _REFERENCE in value for value in write.values.values())


def _people_of(
    chunks: Sequence[Chunk], subrequests: Sequence[Subrequest], parts: Mapping[str, Part]
) -> dict[str, PersonRecord] | None:
    """The people that readings within a composite showed; None unless all of them are whole."""
    found: dict[str, PersonRecord] = {}
    for chunk, subrequest in zip(chunks, subrequests, strict=True):
        part = parts.get(subrequest.name)
        whole = part is not None and part.accepted and isinstance(part.body, Mapping)
        if part is None or not whole or not part.body.get("done"):
            return None
        merge(found, chunk.kind, part.body["records"])
    return found


def _refusals(
    writes: Sequence[SalesforceWrite], parts: Mapping[str, Part], before: Sequence[Subrequest]
) -> tuple[Sequence[tuple[RowRefusal, ...]], bool]:
    """The refusals by row, and whether the service refused all rows together.

    Raises the failure of the write as a whole where it has to do with more than its records.
    """
    part = parts.get(_WRITE)
    if part is None:
        raise outcome_unknown("The answer does not mention the write.")
    if part.accepted:
        return _row_refusals(writes, part.body), False
    failure = failure_of(part.status, part.body, writes=True)
    if part.halted:
        known = {name: other for name, other in parts.items() if name != _WRITE}
        raise _reason_of_halt(known, before) from failure
    if not isinstance(failure, RecordError):
        raise failure
    refusal = RowRefusal(ErrorClass.RECORD, failure.code, failure.detail, failure.fields)
    return [(refusal,)] * len(writes), True


def _reason_of_halt(parts: Mapping[str, Part], before: Sequence[Subrequest]) -> Exception:
    """Why a write was not executed: the reading before it that failed."""
    for subrequest in before:
        part = parts.get(subrequest.name)
        if part is not None and not part.accepted and not part.halted:
            return failure_of(
                part.status, part.body, writes=False, object_name=subrequest.object_name
            )
    return TransientError(
        "Salesforce is busy", "Salesforce did not execute the change.", side=Side.SALESFORCE
    )


def _row_refusals(writes: Sequence[SalesforceWrite], rows: Any) -> list[tuple[RowRefusal, ...]]:
    """The refusals by row of a collection's answer; success only where it is plainly said."""
    if not isinstance(rows, list) or len(rows) != len(writes):
        raise outcome_unknown("The answer does not have a row for each record.")
    return [_row_refusal(write, row) for write, row in zip(writes, rows, strict=True)]


def _row_refusal(write: SalesforceWrite, row: Any) -> tuple[RowRefusal, ...]:
    if not isinstance(row, Mapping) or not isinstance(row.get("success"), bool):
        raise outcome_unknown("A row of the answer cannot be understood.")
    if row["success"]:
        if long_id(str(row.get("id"))) != long_id(write.id):
            raise outcome_unknown("The rows of the answer are not in the order of the records.")
        return ()
    errors = [error for error in row.get("errors") or () if isinstance(error, Mapping)]
    return tuple(map(refusal_of, errors)) or (refusal_of({}),)
