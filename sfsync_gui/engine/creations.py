"""Creating leads in Salesforce: never twice, whatever happens to an answer.

Each creation is stored before it is sent. After an unknown outcome the record is looked up, at
once and again after 2 and 10 minutes, and only then sent again. What cannot be told is 'unclear':
a person is asked, and nothing is sent until the answer.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import (
    OutcomeUnknownError,
    RecordError,
    RowRefusal,
    SetupError,
    SfsyncError,
)
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.matching import is_candidate
from sfsync_gui.core.people import Person, PersonRecord
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.lead_values import draft_lead
from sfsync_gui.engine.linking import Proposal, link_people
from sfsync_gui.engine.ports import CreateOptions
from sfsync_gui.engine.reading import Read, observe_reading
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.troubles import report_contact
from sfsync_gui.engine.wanted_leads import OPEN, anew

LOOK_AGAIN = (120.0, 600.0)
"""Seconds after which a creation of unknown outcome is looked up again."""

SENDINGS = 2
"""How often a creation is sent whose outcome stays unknown, before a person is asked."""

LOOK_DAILY = 86_400.0
"""Seconds between two looks for a creation that is unclear."""

BY_RULES_AT_ONCE = 50
"""How many creations that rules want have their turn one after the other."""

UNCLEAR = "unclear"
"""The code of the sync error by which a person is asked."""


def retry_creation(unit: UnitOfWork, intercom_id: str) -> None:
    """A person asks for another attempt: it looks up first, then sends current values."""
    for creation in unit.state.creations(("refused", "unclear")):
        if creation.intercom_id == intercom_id and creation.object == LEAD:
            unit.state.put_creation(anew(creation, creation.choices))


class _UnclearError(Exception):
    """What came of a creation cannot be told: a person is to be asked."""

    def __init__(self, creation: Creation, why: str) -> None:
        super().__init__(why)
        self.creation = creation
        self.why = why


def is_any_open(unit: UnitOfWork) -> bool:
    """Whether a creation still has to be sent, or its outcome to be found out."""
    return bool(unit.state.creations(OPEN))


async def run_creations(context: Context, *, by_rules: bool = True) -> int:
    """Send what is wanted and look up what is unclear; returns how many leads were created.

    Without `by_rules` only what a person asked for has its turn; else what rules want has it in
    parts, so that a rule for everybody does not keep the check.
    """
    created = 0
    open_now = await context.store.run(lambda unit: unit.state.creations(OPEN))
    wanted = [one for one in open_now if one.next_look_at <= context.clock.now()]
    by_hand = [one for one in wanted if one.choices.by_rule is None]
    ruled = [one for one in wanted if one.choices.by_rule is not None] if by_rules else []
    for creation in [*by_hand, *ruled[:BY_RULES_AT_ONCE]]:
        try:
            created += await _advance(context, creation)
        except _UnclearError as unclear:
            await _ask(context, unclear)
    return created


async def claim_sent(context: Context) -> int:
    """Look up what was sent as soon as new people are seen; returns how many leads are there.

    Matched as anybody new, a lead of ours could be linked to another contact of the same key.
    """
    claimed = 0
    for creation in await context.store.run(_sent_when_people_appeared):
        with suppress(_UnclearError):  # told when its own turn comes
            claimed += await _arrived(context, creation)
    return claimed


def _sent_when_people_appeared(unit: UnitOfWork) -> list[Creation]:
    if not unit.directory.due([Trigger.SALESFORCE_CREATED], 1):
        return []
    return [creation for creation in unit.state.creations(OPEN) if creation.since]


async def _advance(context: Context, creation: Creation) -> bool:
    """One step; returns whether the lead is there now."""
    if creation.state == "unclear":
        return not await _given_up(context, creation) and await _found_after_all(context, creation)
    if await _arrived(context, creation):
        return True
    if creation.state == "sending" and creation.looks < len(LOOK_AGAIN):
        await _wait(context, creation)
        return False
    if await _given_up(context, creation):
        return False
    if creation.attempts >= SENDINGS:
        raise _UnclearError(
            creation, "It was sent twice, and Salesforce did not say what came of it."
        )
    prepared = await _prepare(context, creation)
    return prepared is not None and await _send(context, *prepared)


async def _found_after_all(context: Context, creation: Creation) -> bool:
    if await _arrived(context, creation):
        return True
    raise _UnclearError(creation, "It was looked for once more, and is not there.")


async def _arrived(context: Context, creation: Creation) -> bool:
    """Whether a lead that was sent before is there; it is linked then."""
    if not creation.since:
        return False
    try:
        found = await context.salesforce.find_created(
            PersonKind.LEAD, creation.values, since=creation.since
        )
    except (RecordError, SetupError) as failure:
        raise _UnclearError(creation, f"It cannot be looked up: {failure.message}") from failure
    own = await context.store.run(partial(_unclaimed, creation, found))
    return own is not None and await _created(context, creation, own)


def _unclaimed(creation: Creation, found: Collection[str], unit: UnitOfWork) -> str | None:
    """The oldest of the leads found that was not made for somebody else of the same name."""
    claimed = {
        one.salesforce_id for one in unit.state.creations(("created",)) if one.id != creation.id
    }
    linked = unit.links.of(Side.SALESFORCE, found)
    own = (
        lead
        for lead in found
        if lead not in claimed
        and (lead not in linked or linked[lead].intercom_id == creation.intercom_id)
    )
    return next(own, None)


async def _given_up(context: Context, creation: Creation) -> bool:
    """Whether the person was linked, or could be, while the creation waited: it is given up.

    Whom somebody else brought to Salesforce meanwhile is matched in the ordinary way.
    """
    return await context.store.run(partial(_give_up_if_vain, creation))


def _give_up_if_vain(creation: Creation, unit: UnitOfWork) -> bool:
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


async def _prepare(context: Context, creation: Creation) -> tuple[Creation, CreateOptions] | None:
    """The values to send and how, and the service's time before the first sending."""
    contact = await context.intercom.read(PersonKind.USER, creation.intercom_id)
    if not isinstance(contact, PersonRecord):

        def give_up(unit: UnitOfWork) -> None:
            observe_reading(context, unit, Read({}, [contact]))
            unit.errors.close_person(Side.INTERCOM, creation.intercom_id)
            unit.state.put_creation(replace(creation, state="refused"))

        await context.store.run(give_up)
        return None
    draft = await draft_lead(context, contact, creation.choices)
    if draft.refusal is not None:
        await _refused(context, creation, draft.refusal)
        return None
    since = creation.since or await context.salesforce.server_time()
    return replace(creation, values=draft.wire(), since=since), draft.options


async def _send(context: Context, prepared: Creation, options: CreateOptions) -> bool:
    sending = await _store(
        context,
        replace(prepared, state="sending", attempts=prepared.attempts + 1, looks=0, next_look_at=0),
    )
    try:
        result = await context.salesforce.create(PersonKind.LEAD, sending.values, options)
    except OutcomeUnknownError:
        if await _arrived(context, sending):
            return True
        await _wait(context, sending)
        return False
    except SfsyncError:
        # Certainly not applied: it counts as not sent.
        await _store(context, prepared)
        raise
    if result.id is None:
        await _refused(context, sending, result.refusals[0])
        return False
    return await _created(context, sending, result.id)


async def _wait(context: Context, creation: Creation) -> None:
    next_look_at = context.clock.now() + LOOK_AGAIN[creation.looks]
    await _store(context, replace(creation, looks=creation.looks + 1, next_look_at=next_look_at))


async def _ask(context: Context, unclear: _UnclearError) -> None:
    """List it for a person to decide; it is looked for once a day, and not sent again."""
    creation = unclear.creation

    def work(unit: UnitOfWork) -> None:
        next_look_at = context.clock.now() + LOOK_DAILY
        unit.state.put_creation(replace(creation, state="unclear", next_look_at=next_look_at))
        _report(context, unit, creation, RowRefusal(ErrorClass.RECORD, UNCLEAR, unclear.why))

    await context.store.run(work)


async def _refused(context: Context, creation: Creation, refusal: RowRefusal) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.state.put_creation(replace(creation, state="refused"))
        person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
        if person is not None:
            unit.directory.put([person.at_rest()])
        _report(context, unit, creation, refusal)

    await context.store.run(work)


def _report(context: Context, unit: UnitOfWork, creation: Creation, refusal: RowRefusal) -> None:
    report_contact(context, unit, creation.intercom_id, PersonKind.LEAD, refusal)


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
        unit.errors.close_person(Side.INTERCOM, creation.intercom_id)
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


async def _store(context: Context, creation: Creation) -> Creation:
    return await context.store.run(lambda unit: unit.state.put_creation(creation))
