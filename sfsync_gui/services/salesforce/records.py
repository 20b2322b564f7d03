"""Records as queries answer them, turned into what the product knows of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.vocabulary import PersonKind

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


def unix_seconds(text: str | None) -> int:
    """The time of a datetime such as `2026-11-23T10:00:00.000+0000`; 0 for none."""
    return int(datetime.fromisoformat(text).timestamp()) if text else 0


def person_of(kind: PersonKind, record: Mapping[str, Any]) -> PersonRecord:
    """The person that one record of a query shows; `raw` has the fields that were selected."""
    raw = dict(record)
    raw.pop("attributes", None)
    converted_to = raw.get("ConvertedContactId")
    merged_into = raw.get("MasterRecordId")
    return PersonRecord(
        kind=kind,
        id=long_id(raw["Id"]),
        raw=raw,
        created_at=unix_seconds(raw["CreatedDate"]),
        modified_at=unix_seconds(raw["LastModifiedDate"]),
        version=unix_seconds(raw["SystemModstamp"]),
        deleted=raw["IsDeleted"] is True,
        merged_into=long_id(merged_into) if merged_into else None,
        converted=raw.get("IsConverted") is True,
        converted_to=long_id(converted_to) if converted_to else None,
    )


def people_of(kind: PersonKind, records: Sequence[Mapping[str, Any]]) -> tuple[PersonRecord, ...]:
    """The people that the records of a page show, in their order."""
    return tuple(person_of(kind, record) for record in records)


def with_fields(person: PersonRecord, more: PersonRecord) -> PersonRecord:
    """A person with the fields that another, later reading of the same record adds.

    The dates stay those of the first reading: what changed in between is found by the next.
    """
    raw = cast(dict[str, Json], {**more.raw, **person.raw})
    return PersonRecord(
        kind=person.kind,
        id=person.id,
        raw=raw,
        created_at=person.created_at,
        modified_at=person.modified_at,
        version=person.version,
        deleted=person.deleted,
        merged_into=person.merged_into,
        converted=person.converted,
        converted_to=person.converted_to,
    )
