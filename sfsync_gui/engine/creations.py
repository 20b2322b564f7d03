"""Creating records in Salesforce: never twice, whatever happens to an answer.

Each creation is stored before it is sent. After an unknown outcome the record is looked up, at
once and again after 2 and 10 minutes, and only then sent again. What cannot be told is 'unclear':
a person is asked, and nothing is sent until the answer.

A turn takes calls, and a person may change or withdraw the creation meanwhile: what the turn
would store of a creation that is not as it was read is left out, and it has its turn anew.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import (
    OutcomeUnknownError,
    RecordError,
    RowRefusal,
    SetupError,
    SfsyncError,
    refusal_of,
)
from sfsync_gui.core.schema import LEAD, TASK
from sfsync_gui.core.vocabulary import ErrorClass, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creation_kinds import CreationKind, Prepared, RefusedError
from sfsync_gui.engine.lead_creation import LeadCreation
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.task_creation import TaskCreation
from sfsync_gui.engine.troubles import LASTING
from sfsync_gui.engine.wanted import is_as_read

LOOK_AGAIN = (120.0, 600.0)
"""Seconds after which a creation of unknown outcome is looked up again."""

SENDINGS = 2
"""How often a creation is sent whose outcome stays unknown, before a person is asked."""

KEPT_WAITING = 60.0
"""Seconds until a creation is sent again that something kept waiting, a lock say."""

LOOK_DAILY = 86_400.0
"""Seconds between two looks for a creation that is unclear."""

BY_RULES_AT_ONCE = 50
"""How many creations that rules want have their turn one after the other."""

UNCLEAR = "unclear"
"""The code of the sync error by which a person is asked."""

_KINDS: Mapping[str, CreationKind] = {LEAD: LeadCreation(), TASK: TaskCreation()}
"""By the object that is created."""


class _UnclearError(Exception):
    """What came of a creation cannot be told: a person is to be asked."""

    def __init__(self, creation: Creation, why: str) -> None:
        super().__init__(why)
        self.creation = creation
        self.why = why


async def run_creations(context: Context, *, by_rules: bool = True) -> int:
    """Send what is wanted and look up what is unclear; returns of how many something came: records
    that are there now, or creations given up for what others have to do.

    Without `by_rules` only what a person asked for has its turn; else what rules want has it in
    parts, so that a rule for everybody does not keep the check.
    """
    advanced = 0
    for listed in await context.store.run(partial(_whose_turn_it_is, context, by_rules=by_rules)):
        creation = await context.store.run(partial(_as_it_is_now, context, listed.id))
        if creation is None:
            continue
        try:
            advanced += await _advance(context, creation)
        except _UnclearError as unclear:
            await _ask(context, unclear)
    return advanced


def _whose_turn_it_is(context: Context, unit: UnitOfWork, *, by_rules: bool) -> list[Creation]:
    now = context.clock.now()
    asked = unit.state.creations_at(now, by_rules=False)
    if not by_rules:
        return asked
    return asked + unit.state.creations_at(now, by_rules=True, limit=BY_RULES_AT_ONCE)


def _as_it_is_now(context: Context, creation_id: int, unit: UnitOfWork) -> Creation | None:
    """The creation, if it is still its turn."""
    creation = unit.state.creation(creation_id)
    if creation is None or not creation.is_open:
        return None
    return creation if creation.next_look_at <= context.clock.now() else None


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
    return unit.state.creations_sent(LEAD)


def _kind(creation: Creation) -> CreationKind:
    return _KINDS[creation.object]


async def _advance(context: Context, creation: Creation) -> bool:
    """One step; returns whether something came of it: the record is there now, or given up."""
    if creation.state == "unclear":
        return await _given_up(context, creation) or await _found_after_all(context, creation)
    if await _arrived(context, creation):
        return True
    if creation.state == "sending" and creation.looks < len(LOOK_AGAIN):
        await _wait(context, creation)
        return False
    if await _given_up(context, creation):
        return True
    if creation.attempts >= SENDINGS:
        raise _UnclearError(
            creation, "It was sent twice, and Salesforce did not say what came of it."
        )
    try:
        prepared = await _kind(creation).prepare(context, creation)
    except RefusedError as refused:
        await _refused(context, creation, refused.refusal)
        return False
    except RecordError as failure:  # about this one: the others have their turn
        await _refused(context, creation, refusal_of(failure))
        return False
    return prepared is None or await _send(context, creation, prepared)


async def _found_after_all(context: Context, creation: Creation) -> bool:
    if await _arrived(context, creation):
        return True
    raise _UnclearError(creation, "It was looked for once more, and is not there.")


async def _arrived(context: Context, creation: Creation) -> bool:
    """Whether a record that was sent before is there; it is settled then."""
    if not creation.since:
        return False
    try:
        found = await _kind(creation).find(context, creation)
    except (RecordError, SetupError) as failure:
        raise _UnclearError(creation, f"It cannot be looked up: {failure.message}") from failure
    own = await context.store.run(partial(_unclaimed, creation, found))
    if own is None:
        return False
    await _kind(creation).settle(context, creation, own)
    return True


def _unclaimed(creation: Creation, found: Sequence[str], unit: UnitOfWork) -> str | None:
    """The oldest of the records found that another creation did not make."""
    makers = unit.state.made(found)
    free = [one for one in found if makers.get(one, creation.id) == creation.id]
    return next(iter(_kind(creation).may_be(unit, creation, free)), None)


async def _given_up(context: Context, creation: Creation) -> bool:
    """Whether the creation has become vain while it waited: it is given up then."""
    return await context.store.run(lambda unit: _kind(creation).give_up(unit, creation))


async def _send(context: Context, read: Creation, prepared: Prepared) -> bool:
    """Store it as being sent, and send it; returns whether the record is there.

    `read` is the creation for which it was prepared.
    """
    before = prepared.creation
    sending = replace(
        before, state="sending", attempts=before.attempts + 1, looks=0, next_look_at=0
    )
    if not await context.store.run(partial(_begin_sending, read, sending)):
        return False
    try:
        result = await context.salesforce.create(before.object, prepared.wire, prepared.options)
    except OutcomeUnknownError:
        if await _arrived(context, sending):
            return True
        await _wait(context, sending)
        return False
    except RecordError as failure:
        await _refused(context, sending, refusal_of(failure))
        return False
    except SfsyncError:
        # Certainly not applied: it counts as not sent.
        await _store(context, before)
        raise
    if result.id is None and result.refusals[0].error_class is ErrorClass.TRANSIENT:
        await _keep_waiting(context, before, result.refusals[0])
        return False
    context.creations_kept_waiting.pop(before.id, None)
    if result.id is None:
        await _refused(context, sending, result.refusals[0])
        return False
    await _kind(sending).settle(context, sending, result.id)
    return True


async def _keep_waiting(context: Context, before: Creation, refusal: RowRefusal) -> None:
    """It counts as not sent, and keeps no other from its turn; it is listed once it has lasted."""
    now, since = context.now(), context.creations_kept_waiting
    lasts = now - since.setdefault(before.id, now) >= LASTING
    if lasts:
        since[before.id] = now

    def work(unit: UnitOfWork) -> None:
        next_look_at = context.clock.now() + KEPT_WAITING
        waiting = unit.state.put_creation(replace(before, next_look_at=next_look_at))
        if lasts:
            _kind(before).report(context, unit, waiting, refusal)

    await context.store.run(work)


def _begin_sending(read: Creation, sending: Creation, unit: UnitOfWork) -> bool:
    if not is_as_read(unit, read):
        return False
    unit.state.put_creation(sending)
    return True


async def _wait(context: Context, creation: Creation) -> None:
    next_look_at = context.clock.now() + LOOK_AGAIN[creation.looks]
    await _store(context, replace(creation, looks=creation.looks + 1, next_look_at=next_look_at))


async def _ask(context: Context, asked: _UnclearError) -> None:
    """List it for a person to decide; it is looked for once a day, and not sent again."""
    creation = asked.creation
    refusal = RowRefusal(ErrorClass.RECORD, UNCLEAR, asked.why)

    def work(unit: UnitOfWork) -> None:
        if not is_as_read(unit, creation):
            return
        next_look_at = context.clock.now() + LOOK_DAILY
        unclear = replace(creation, state="unclear", next_look_at=next_look_at)
        _kind(creation).report(context, unit, unit.state.put_creation(unclear), refusal)

    await context.store.run(work)


async def _refused(context: Context, creation: Creation, refusal: RowRefusal) -> None:
    def work(unit: UnitOfWork) -> None:
        if not is_as_read(unit, creation):
            return
        refused = unit.state.put_creation(replace(creation, state="refused"))
        _kind(creation).report(context, unit, refused, refusal)

    await context.store.run(work)


async def _store(context: Context, creation: Creation) -> Creation:
    return await context.store.run(lambda unit: unit.state.put_creation(creation))
