"""What a person asks of the engine: retry, dismiss, link, unlink, create, decide on a hold."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from sfsync_gui.core.failures import PERMISSION_MISSING, RecordError, SfsyncError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.people import Due, Pair, Person, RecordRef
from sfsync_gui.core.vocabulary import Family, PersonKind, Side, Trigger
from sfsync_gui.engine.company_status import require_synced
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.linking import Proposal, end_link_by_hand, link_people
from sfsync_gui.engine.reading import current_pair, observe_reading, read_people
from sfsync_gui.engine.retrying import retry
from sfsync_gui.engine.setup import ROW_SWITCHED_OFF, refresh_schema
from sfsync_gui.engine.storage import GuardHold, UnitOfWork
from sfsync_gui.engine.troubles import errors_of_contact, every_error
from sfsync_gui.engine.wanted_leads import begin_creation

DAY = 86_400

LOOKED_AT_MOST = 50
"""Records of Intercom that are read by themselves before they are tried again, at most."""

_KIND_READ = {Family.PEOPLE: PersonKind.USER, Family.COMPANIES: PersonKind.COMPANY}
"""As what a record of Intercom is asked for: leads are read as users are."""


async def retry_errors(context: Context, error_ids: Sequence[int] | None = None) -> frozenset[int]:
    """Ask for another attempt, with current values; None means all. Returns of which.

    The records in Intercom are read first, unless they are many.
    Errors of companies are left as they are while companies are not synced; raises `RecordError`
    where all are such. Where a row was switched off the fields are described anew first; raises
    what that raises.
    """

    def work(unit: UnitOfWork) -> list[SyncError]:
        chosen = _chosen(unit, error_ids)
        synced = [error for error in chosen if error.family in context.rules.families]
        if chosen and not synced:
            title, subject = "This cannot be tried again now", chosen[0].person_name
            require_synced(context, Family.COMPANIES, title, subject)
        retry(context, unit, synced, by_hand=True)
        return synced

    async with context.between_batches:
        await _look_at(context, await context.store.run(lambda unit: _linked_of(unit, error_ids)))
        chosen = await context.store.run(work)
        if any(error.code == PERMISSION_MISSING for error in chosen):
            context.withheld.clear()
    if any(error.code == ROW_SWITCHED_OFF for error in chosen):
        await refresh_schema(context)
    return frozenset(error.id for error in chosen)


def _linked_of(unit: UnitOfWork, error_ids: Sequence[int] | None) -> set[RecordRef]:
    """The linked records of Intercom that errors are about."""
    return {
        (_KIND_READ[error.family], error.intercom_id)
        for error in _chosen(unit, error_ids)
        if error.link_id is not None and error.intercom_id is not None
    }


async def _look_at(context: Context, records: Collection[RecordRef]) -> None:
    """Take in records of Intercom as they are now: what is found by searching lags by minutes.

    Where they cannot be read, or are many, the feed's readings have to do.
    """
    if not 0 < len(records) <= LOOKED_AT_MOST:
        return
    context.refused.clear()
    with suppress(SfsyncError):
        read = await read_people(context, records)
        await context.store.run(lambda unit: observe_reading(context, unit, read))


async def retry_daily(context: Context) -> int:
    """The one automatic attempt a day of each error."""

    def work(unit: UnitOfWork) -> int:
        errors = unit.errors.retry_due(context.now() - DAY, 500)
        retry(context, unit, errors, by_hand=False)
        return len(errors)

    return await context.store.run(work)


def _chosen(unit: UnitOfWork, error_ids: Sequence[int] | None) -> list[SyncError]:
    if error_ids is None:
        return list(every_error(unit))
    found = (unit.errors.get(error_id) for error_id in error_ids)
    return [error for error in found if error is not None]


async def dismiss_errors(context: Context, error_ids: Sequence[int]) -> None:
    """Take errors off the list; the refused values stay left out until they change."""

    def work(unit: UnitOfWork) -> None:
        for error in _chosen(unit, error_ids):
            unit.errors.amend(replace(error, dismissed=True))

    await context.store.run(work)


async def unlink(context: Context, link_id: int) -> None:
    """End a link by hand: the pair is kept apart until a key changes or a person links it."""

    def work(unit: UnitOfWork) -> None:
        link = unit.links.get(link_id)
        if link is not None:
            end_link_by_hand(context, unit, link)

    async with context.between_batches:
        await context.store.run(work)


async def link_by_hand(
    context: Context,
    intercom_id: str,
    kind: PersonKind,
    salesforce_id: str,
    *,
    replacing: bool = False,
) -> None:
    """Link two people whatever their keys; the link outlives key changes.

    With `replacing`, the links that either has to somebody else end in the same transaction, as
    if unlinked by hand. Raises `RecordError` where one of them is linked otherwise or cannot be
    read.
    """
    proposal = Proposal(
        intercom_id,
        kind,
        salesforce_id,
        Trigger.LINKED_BY_HAND,
        by_hand=True,
        replaces=replacing,
    )
    async with context.between_batches:
        await _require_same_family(context, intercom_id, kind)
        made = await link_people(context, [proposal])
        if not made:
            raise _cannot_link(
                salesforce_id,
                "One of them is linked already, was deleted, or cannot be read.",
                "Unlink the other mapping first, or choose another record.",
            )
        await context.store.run(lambda unit: unit.kept_apart.remove(intercom_id, salesforce_id))


async def _require_same_family(context: Context, intercom_id: str, kind: PersonKind) -> None:
    if kind.family not in context.rules.families:
        raise _cannot_link(
            intercom_id, "Companies are not synced.", "Switch the sync of companies on first."
        )
    person = await context.store.run(lambda unit: unit.directory.get(Side.INTERCOM, intercom_id))
    if person is not None and person.kind.family is not kind.family:
        raise _cannot_link(
            intercom_id,
            "A company is linked with an account, a person with a lead or a contact.",
            "Choose a record of the same kind.",
        )


def _cannot_link(subject: str, message: str, remedy: str) -> RecordError:
    return RecordError(
        "These two cannot be linked", message, remedy, subject=subject, code="cannot_link"
    )


async def create_lead(
    context: Context, intercom_id: str, choices: LeadChoices | None = None
) -> None:
    """Ask for a lead to be created for this contact: whoever matches already is linked instead.

    Raises `RecordError` for somebody who is not known.
    """

    def work(unit: UnitOfWork) -> None:
        person = known_contact(unit, intercom_id)
        if unit.links.of(Side.INTERCOM, [intercom_id]):
            return
        begin_creation(unit, person, choices or LeadChoices())
        for error in errors_of_contact(unit, intercom_id):
            unit.errors.amend(replace(error, holds=False, dismissed=False))
        if person.key is None:
            return
        trigger = Trigger.LEAD_CREATED_FROM_INTERCOM
        unit.directory.put([replace(person, due=trigger, due_attributes=None)])

    await context.store.run(work)


def known_contact(unit: UnitOfWork, intercom_id: str) -> Person:
    """An Intercom person of the directory. Raises `RecordError` where there is none."""
    person = unit.directory.get(Side.INTERCOM, intercom_id)
    if person is None or person.deleted or person.kind.family is not Family.PEOPLE:
        raise unknown_contact(intercom_id)
    return person


def unknown_contact(intercom_id: str) -> RecordError:
    """The failure for somebody who is not there."""
    return RecordError(
        "No such person",
        f"{intercom_id} is not known in Intercom.",
        "Check the id; a new contact is known after the next check.",
        subject=intercom_id,
        code="unknown_person",
    )


async def release_hold(context: Context, hold_id: int) -> GuardHold:
    """Let held writes go: they are planned anew from current values.

    Raises `RecordError` where nothing is held under this number any more.
    """
    return await context.store.run(lambda unit: _decided(context, unit, hold_id, "released"))


async def drop_hold(context: Context, hold_id: int) -> GuardHold:
    """Give held writes up: values and links stay as they are, and count as settled.

    Raises `RecordError` where nothing is held under this number any more.
    """

    def work(unit: UnitOfWork) -> GuardHold:
        hold = _decided(context, unit, hold_id, "dropped")
        _give_up(context, unit, hold)
        return hold

    async with context.between_batches:
        return await context.store.run(work)


def _decided(context: Context, unit: UnitOfWork, hold_id: int, state: str) -> GuardHold:
    """A hold as it was decided; what was decided before stays so."""
    for hold in unit.state.holds():
        if hold.id == hold_id and hold.state == "held":
            return unit.state.put_hold(replace(hold, state=state, since=context.now()))
    raise RecordError(
        "Nothing waits under this number",
        f"There is no held change with the number {hold_id}. It may have been decided meanwhile.",
        "Look again at what is held back.",
        subject=str(hold_id),
        code="unknown_hold",
    )


def _give_up(context: Context, unit: UnitOfWork, hold: GuardHold) -> None:
    by_person = dict(pair.split(":", 1) for pair in hold.pairs)
    links = unit.links.of(Side.INTERCOM, by_person)
    for link in links.values():
        pairs: dict[str, Pair] = {}
        for row_id in link.due:
            pair = current_pair(context.lookups, link, row_id)
            if pair is not None:
                pairs[row_id] = pair
        unit.links.put([replace(link, due={}, synced={**link.synced, **pairs})])
        for side, person_id in (
            (Side.INTERCOM, link.intercom_id),
            (Side.SALESFORCE, link.salesforce_id),
        ):
            person = unit.directory.get(side, person_id)
            if person is not None and person.due is not None:
                unit.directory.put([replace(person, due=None, due_attributes=frozenset())])


async def sync_now(context: Context, link_id: int) -> None:
    """Make every row of one link due towards both sides: what changed is written again.

    Its record in Intercom is read first.
    Raises `RecordError` for a link of companies while these are not synced.
    """

    def work(unit: UnitOfWork) -> None:
        link = unit.links.get(link_id)
        if link is None:
            return
        require_synced(context, link.family, "This link cannot be synced now", str(link_id))
        due = dict(link.due)
        for row_id in context.lookups.converters[link.salesforce_kind]:
            towards = frozenset(
                side for side in Side if context.lookups.rows[row_id].direction.writes(side)
            )
            due.setdefault(row_id, Due(towards, Trigger.RETRY))
        unit.links.put([replace(link, due=due)])

    def linked(unit: UnitOfWork) -> list[RecordRef]:
        link = unit.links.get(link_id)
        return [] if link is None else [(_KIND_READ[link.family], link.intercom_id)]

    # Within a batch the link as it was planned would be stored over this.
    async with context.between_batches:
        await _look_at(context, await context.store.run(linked))
        await context.store.run(work)
