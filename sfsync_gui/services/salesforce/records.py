"""Records as queries answer them, turned into what the product knows of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.services.salesforce.errors import not_understood

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(text: str) -> str:
    """The 18-character form of an Id of 15 or 18 characters; anything else comes back as it is.

    The three last characters tell which of the others are in upper case (SOAP API Developer
    Guide, ID Field Type).
    """
    if len(text) != 15:
        return text
    groups = (text[0:5], text[5:10], text[10:15])
    return text + "".join(
        _CHECK[sum(1 << place for place, letter in enumerate(group) if letter.isupper())]
        for group in groups
    )


@lru_cache(maxsize=4_096)
def unix_seconds(text: str | None) -> int:
    """The time of a datetime such as `2026-11-23T10:00:00.000+0000`; 0 for none.

    Remembered, because the three times of a record are often the same.
    """
    return int(datetime.fromisoformat(text).timestamp()) if text else 0


def person_of(kind: PersonKind, record: dict[str, Any]) -> PersonRecord:
    """The person that one record of a query shows.

    The record itself, without what is not a field, becomes `raw`: a copy of each of 100,000
    records would cost as much as reading them.
    """
    record.pop("attributes", None)
    converted_to = record.get("ConvertedContactId")
    merged_into = record.get("MasterRecordId")
    return PersonRecord(
        kind=kind,
        id=long_id(record["Id"]),
        raw=record,
        created_at=unix_seconds(record["CreatedDate"]),
        modified_at=unix_seconds(record["LastModifiedDate"]),
        version=unix_seconds(record["SystemModstamp"]),
        deleted=record["IsDeleted"] is True,
        merged_into=long_id(merged_into) if merged_into else None,
        converted=record.get("IsConverted") is True,
        converted_to=long_id(converted_to) if converted_to else None,
    )


def checked_page(page: Any) -> Any:
    """A page of a query's answer as it is; raises `TransientError` for something else."""
    if not isinstance(page, Mapping) or not isinstance(page.get("records"), list):
        raise not_understood()
    return page


def people_of(kind: PersonKind, records: Sequence[dict[str, Any]]) -> tuple[PersonRecord, ...]:
    """The people that the records of a page show, in their order."""
    return tuple(person_of(kind, record) for record in records)


def with_fields(person: PersonRecord, more: PersonRecord) -> PersonRecord:
    """A person with the fields that another, later reading of the same record adds.

    The dates stay those of the first reading: what changed in between is found by the next.
    """
    return person._replace(raw=cast(dict[str, Json], {**more.raw, **person.raw}))
