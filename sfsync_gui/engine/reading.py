"""Reading people of both sides as they are now, and taking in what was read."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.people import (
    Gone,
    IdentityMapping,
    Observation,
    Pair,
    Person,
    PersonRecord,
    RecordRef,
    Value,
)
from sfsync_gui.core.values import canonical_record
from sfsync_gui.core.vocabulary import Family, PersonKind, Side
from sfsync_gui.engine.context import Context, Lookups
from sfsync_gui.engine.observe import Observer
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.tasks import run_together

CONCURRENT_READS = 10
REFUSED_PAUSE = 900.0
"""Seconds until a record is asked for again that Intercom refused to show."""

FIND_PAGE = 150
"""Contacts that one search for ids may list."""


@dataclass(frozen=True, slots=True)
class Read:
    """Fresh readings of both sides, by id, and the proofs of people gone.

    `refused` are those that Intercom would not show, by id: nothing is known of them.
    """

    records: Mapping[str, PersonRecord]
    gone: Sequence[Gone] = ()
    refused: Mapping[str, RecordError] = field(default_factory=dict)


async def read_people(context: Context, people: Iterable[RecordRef]) -> Read:
    """Read people of either side as they are now.

    Whom Intercom refused to show is not asked for again for a while (`context.refused`).
    """
    found: dict[str, PersonRecord] = {}
    wanted = list(dict.fromkeys(people))
    records = [one for one in wanted if one[0].side is Side.SALESFORCE]
    if records:
        found.update(await context.salesforce.read(records, context.lookups.fields))
    gone: list[Gone] = []
    refused: dict[str, RecordError] = {}
    contacts = [one for one in wanted if one[0].side is Side.INTERCOM]
    for answer in await _read_in_intercom(context, contacts):
        if isinstance(answer, Gone):
            gone.append(answer)
        elif isinstance(answer, RecordError):
            refused[answer.subject] = answer
        else:
            found[answer.id] = answer
    return Read(found, gone, refused)


async def read_for_a_person(context: Context, people: Sequence[RecordRef]) -> Read:
    """Read people as they are now, for somebody who waits for that.

    Raises `RecordError` where one of them cannot be shown.
    """
    context.refused.clear()
    read = await read_people(context, people)
    for failure in read.refused.values():
        raise failure
    return read


async def read_many(context: Context, people: Iterable[RecordRef]) -> Read:
    """Read many people of both sides in pages; for work that writes nothing by what it read.

    Contacts are as the search shows them, at least as new as the directory knows them. What it
    does not show, or shows in doubt, is read one by one.
    """
    wanted = list(dict.fromkeys(people))
    ids = [record_id for kind, record_id in wanted if _is_searched(kind)]
    pages = [ids[start : start + FIND_PAGE] for start in range(0, len(ids), FIND_PAGE)]
    answers = await run_together(context.intercom.find(page) for page in pages)
    known = await context.store.run(lambda unit: unit.directory.get_many(Side.INTERCOM, ids))
    found = {
        record.id: record
        for page in answers
        for record in page
        if not _is_doubtful(context.lookups, record, known.get(record.id))
    }
    rest = await read_people(context, [one for one in wanted if one[1] not in found])
    return Read({**found, **rest.records}, rest.gone, rest.refused)


def _is_doubtful(lookups: Lookups, record: PersonRecord, known: Person | None) -> bool:
    """Whether an index that lags shows an older contact than was seen, or it cannot be told."""
    if known is None or record.version < known.version:
        return True
    return record.version == known.version and lookups.digests.of(record) != known.digest


def _is_searched(kind: PersonKind) -> bool:
    """Whether Intercom's search shows records of this kind: contacts, not companies."""
    return kind.side is Side.INTERCOM and kind.family is Family.PEOPLE


async def _read_in_intercom(
    context: Context, people: Sequence[RecordRef]
) -> list[PersonRecord | Gone | RecordError]:
    slots = asyncio.Semaphore(CONCURRENT_READS)
    now = context.clock.now()

    async def read(kind: PersonKind, record_id: str) -> PersonRecord | Gone | RecordError:
        until, failure = context.refused.get(record_id, (0.0, None))
        if failure is not None and now < until:
            return failure
        async with slots:
            try:
                return await context.intercom.read(kind, record_id)
            except RecordError as refused:
                context.refused[record_id] = (now + REFUSED_PAUSE, refused)
                return refused

    return await run_together(read(*one) for one in people)


def observe_reading(context: Context, unit: UnitOfWork, read: Read) -> None:
    """Take what was read into directory and links, as any other reading."""
    observer = Observer(unit, context.lookups, context.profile)
    observer.records(list(read.records.values()))
    for gone in read.gone:
        observer.gone(gone)


def current_pair(lookups: Lookups, link: IdentityMapping, row_id: str) -> Pair | None:
    """Both observed values of a row; None where Salesforce's is unknown."""
    row = lookups.rows[row_id]
    name = row.field_for(Side.SALESFORCE, link.salesforce_kind)
    if link.intercom is None or link.salesforce is None or name is None:
        return None
    if name not in link.salesforce.values:
        return None
    intercom: Value = link.intercom.values.get(row.intercom_attribute)
    return Pair(intercom, link.salesforce.values[name])


def observation_of(lookups: Lookups, record: PersonRecord) -> Observation:
    """The canonical values of a record that a link remembers."""
    names: Iterable[str] = lookups.schema.attributes(record.kind.family)
    if record.side is Side.SALESFORCE:
        names = lookups.fields.get(record.kind.value, ())
    values = canonical_record(record, lookups.schema, names)
    digest = lookups.digests.of(record)
    return Observation(values, record.version, record.modified_at, digest)
