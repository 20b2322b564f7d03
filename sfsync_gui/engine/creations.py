"""Creating leads in Salesforce: never twice, whatever happens to an answer.

Each creation is stored before it is sent. After an unknown outcome the record is looked up, at
once and again after 2 and 10 minutes, and only then sent again.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sfsync_gui.core.conversion import ValueRefusedError
from sfsync_gui.core.failures import OutcomeUnknownError, RowRefusal
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.matching import is_candidate
from sfsync_gui.core.people import Json, Person, PersonRecord, Value
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.values import canonical_record, salesforce_wire
from sfsync_gui.core.vocabulary import (
    Direction,
    ErrorClass,
    HistoryKind,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.linking import Proposal, link_people
from sfsync_gui.engine.storage import Creation, UnitOfWork

LOOK_AGAIN = (120.0, 600.0)
"""Seconds after which a creation of unknown outcome is looked up again."""

NO_COMPANY = "[not provided]"
"""What Salesforce itself puts where a lead has no company."""

_OPEN = ("wanted", "sending", "unclear")


def begin_creation(unit: UnitOfWork, person: Person) -> None:
    """Store that a lead is to be created for this person, unless that is under way already."""
    if any(one.intercom_id == person.id for one in unit.state.creations(_OPEN)):
        return
    unit.state.put_creation(
        Creation(intercom_id=person.id, object=LEAD, values={}, since=0, state="wanted")
    )


async def run_creations(context: Context) -> int:
    """Send what is wanted and look up what is unclear; returns how many leads were created."""
    created = 0
    for creation in await context.store.run(lambda unit: unit.state.creations(_OPEN)):
        if creation.next_look_at <= context.clock.now():
            created += await _advance(context, creation)
    return created


async def _advance(context: Context, creation: Creation) -> bool:
    if creation.state == "wanted":
        if await context.store.run(partial(_is_in_vain, creation)):
            return False
        prepared = await _prepare(context, creation)
        return prepared is not None and await _send(context, prepared)
    found = await context.salesforce.find_created(
        PersonKind.LEAD, creation.values, since=creation.since
    )
    if found is not None:
        return await _created(context, creation, found)
    if creation.looks < len(LOOK_AGAIN):
        await _wait(context, creation)
        return False
    if await context.store.run(partial(_is_in_vain, creation)):
        return False
    return await _send(context, creation)


def _is_in_vain(creation: Creation, unit: UnitOfWork) -> bool:
    """Whether the person was linked, or could be, while the creation waited: it is given up.

    Whom somebody else brought to Salesforce meanwhile is matched in the ordinary way.
    """
    person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
    linked = bool(unit.links.of(Side.INTERCOM, [creation.intercom_id]))
    keys = [person.key] if person is not None and person.key is not None else []
    others = unit.directory.with_keys(Side.SALESFORCE, keys) if keys else {}
    found = [one for key in keys for one in others.get(key, ())]
    if person is None or not (linked or any(is_candidate(person, one) for one in found)):
        return False
    unit.state.put_creation(replace(creation, state="refused"))
    if not linked:
        trigger = Trigger.LEAD_CREATED_FROM_INTERCOM
        unit.directory.put([replace(person, due=trigger, due_attributes=None)])
    return True


async def _prepare(context: Context, creation: Creation) -> Creation | None:
    """The values to send, and the service's time before sending."""
    contact = await context.intercom.read(creation.intercom_id)
    if not isinstance(contact, PersonRecord):
        await _store(context, replace(creation, state="refused"))
        return None
    values, refusal = lead_values(context, contact)
    if refusal is not None:
        await _refused(context, creation, (refusal,))
        return None
    since = await context.salesforce.server_time()
    prepared = replace(creation, values=values, since=since, state="sending")
    return await _store(context, prepared)


def lead_values(
    context: Context, contact: PersonRecord
) -> tuple[dict[str, Json], RowRefusal | None]:
    """The wire values of a new lead for a contact, or why there can be none."""
    seen = canonical_record(contact, context.schema, context.schema.intercom)
    values: dict[str, Value] = _names(seen)
    values["Email"] = seen.get("email")
    for row_id, converter in context.lookups.converters[PersonKind.LEAD].items():
        row = context.lookups.rows[row_id]
        if row.direction is Direction.TO_INTERCOM or row.lead_field is None:
            continue
        try:
            values[row.lead_field] = converter.to_salesforce(seen.get(row.intercom_attribute))
        except ValueRefusedError as refused:
            return {}, RowRefusal(
                ErrorClass.RECORD, refused.code, refused.message, (row.lead_field,)
            )
    fields = context.schema.salesforce.get(LEAD, {})
    wire: dict[str, Json] = {
        name: salesforce_wire(fields[name], value)
        for name, value in values.items()
        if value is not None and name in fields and fields[name].createable
    }
    wire.setdefault("LastName", str(seen.get("email") or contact.id))
    wire.setdefault("Company", NO_COMPANY)
    return wire, None


def _names(seen: Mapping[str, Value]) -> dict[str, Value]:
    """First and last name of a contact's full name: the last word is the last name."""
    first, _, last = str(seen.get("name") or "").rpartition(" ")
    return {"FirstName": first.strip() or None, "LastName": last.strip() or None}


async def _send(context: Context, creation: Creation) -> bool:
    sending = await _store(
        context, replace(creation, state="sending", attempts=creation.attempts + 1, looks=0)
    )
    try:
        result = await context.salesforce.create(PersonKind.LEAD, sending.values)
    except OutcomeUnknownError:
        found = await context.salesforce.find_created(
            PersonKind.LEAD, sending.values, since=sending.since
        )
        if found is not None:
            return await _created(context, sending, found)
        await _wait(context, sending)
        return False
    if result.id is None:
        await _refused(context, sending, result.refusals)
        return False
    return await _created(context, sending, result.id)


async def _wait(context: Context, creation: Creation) -> None:
    delay = LOOK_AGAIN[creation.looks]
    await _store(
        context,
        replace(
            creation,
            state="unclear",
            looks=creation.looks + 1,
            next_look_at=context.clock.now() + delay,
        ),
    )


async def _created(context: Context, creation: Creation, salesforce_id: str) -> bool:
    proposal = Proposal(
        creation.intercom_id,
        PersonKind.LEAD,
        salesforce_id,
        Trigger.LEAD_CREATED_FROM_INTERCOM,
        created=True,
    )
    await link_people(context, [proposal])

    def work(unit: UnitOfWork) -> None:
        unit.state.put_creation(replace(creation, state="created", salesforce_id=salesforce_id))
        person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
        unit.history.add([_entry(context, creation, salesforce_id, person)])

    await context.store.run(work)
    return True


def _entry(
    context: Context, creation: Creation, salesforce_id: str, person: Person | None
) -> HistoryEntry:
    return HistoryEntry(
        kind=HistoryKind.CREATED,
        at=context.now(),
        trigger=Trigger.LEAD_CREATED_FROM_INTERCOM,
        intercom_id=creation.intercom_id,
        salesforce_id=salesforce_id,
        salesforce_kind=PersonKind.LEAD,
        person_name=person.name if person else "",
        side=Side.SALESFORCE,
    )


async def _refused(context: Context, creation: Creation, refusals: tuple[RowRefusal, ...]) -> None:
    first = refusals[0]

    def work(unit: UnitOfWork) -> None:
        unit.state.put_creation(replace(creation, state="refused"))
        person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
        if person is not None:
            unit.directory.put([replace(person, due=None, due_attributes=frozenset())])
        unit.errors.put(
            SyncError(
                error_class=first.error_class,
                side=Side.SALESFORCE,
                code=first.code,
                message=first.message,
                remedy=explain(
                    first.error_class, first.code, first.message, first.fields, Side.SALESFORCE
                ).remedy,
                first_at=context.now(),
                last_at=context.now(),
                intercom_id=creation.intercom_id,
                salesforce_kind=PersonKind.LEAD,
                person_name=person.name if person else "",
                field=first.fields[0] if first.fields else None,
            )
        )

    await context.store.run(work)


async def _store(context: Context, creation: Creation) -> Creation:
    return await context.store.run(lambda unit: unit.state.put_creation(creation))
