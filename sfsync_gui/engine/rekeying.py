"""Changing the mapping key of people: existing links stay, matching starts anew.

Every stored key is of the old attribute then. Until all are renewed nothing may be compared with
them, or each next reading would look like a key change and end its link. So the renewal is marked
in the transaction that stores the key, keeps checks away, and is begun again after an interruption.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.keys import key_of, normalise_key
from sfsync_gui.core.mapping import MappingKey, MatchingOrder, SyncRules
from sfsync_gui.core.people import IdentityMapping, Person, PersonRecord
from sfsync_gui.core.rows import check_rows
from sfsync_gui.core.schema import PERSON_OBJECTS
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.setup import require_key
from sfsync_gui.engine.storage import UnitOfWork

REKEYING = "rekeying"
"""The mark of a change of the key that has not been finished."""

PAGE = 1000


async def change_key(context: Context, key: MappingKey, order: MatchingOrder) -> None:
    """Match by another key or order from now on, between two checks.

    Raises `SetupError` where a row maps the new key or a key field is not there, and what the
    services raise while all keys are read: that is made good before the next check.
    """
    async with context.checking, context.between_batches:
        # Only now: the mapping may be edited while this waits for a check.
        rules = replace(context.rules, key=key, order=order)
        _require_usable(context, rules)
        context.rekeying = context.rekeying or key != context.rules.key
        await context.store.run(partial(_store, rules, context.rekeying))
        context.change_rules(rules)
        await finish_rekeying(context)


def _require_usable(context: Context, rules: SyncRules) -> None:
    problems = check_rows(rules.rows, rules.key, context.schema, rules.company_key)
    if problems:
        raise SetupError(
            "The key cannot be used",
            "; ".join(problem.reason for problem in problems),
            "Remove that row from the mapping first.",
            code="mapping_refused",
        )
    require_key(rules, context.schema)


def _store(rules: SyncRules, rekeying: bool, unit: UnitOfWork) -> None:
    unit.state.put_key(rules.key)
    unit.state.put_order(rules.order)
    if rekeying:
        unit.state.put_mark(REKEYING, 1.0)


async def finish_rekeying(context: Context) -> None:
    """Renew all keys, if that is still to be done. Raises what the services raise."""
    if not context.rekeying:
        return
    seen: set[str] = set()
    fields = {name: context.lookups.fields[name] for name in PERSON_OBJECTS}
    async for page in context.salesforce.everyone(fields):
        seen.update(record.id for record in page)
        await context.store.run(partial(_renew_people, context, Side.SALESFORCE, page))
    async for page in context.intercom.everyone():
        seen.update(record.id for record in page)
        await context.store.run(partial(_renew_people, context, Side.INTERCOM, page))
    for side in Side:
        await forget_missing(context, side, seen)
    await _renew_links(context)
    await context.store.run(lambda unit: unit.state.put_mark(REKEYING, 0.0))
    context.rekeying = False


def _renew_people(
    context: Context, side: Side, page: Sequence[PersonRecord], unit: UnitOfWork
) -> None:
    """Take the keys of a page, and nothing else: what else is new is left for the feed to see.

    The list of Intercom lags, and either list may be ahead of the feed. Of an unlinked person, a
    key that is not of the version last observed is unknown; the feed brings it as a key update.
    """
    ids = [record.id for record in page]
    known = unit.directory.get_many(side, ids)
    linked = unit.links.of(side, ids)
    renewed = []
    for record in page:
        person = known.get(record.id)
        if person is None:
            continue
        is_certain = record.id in linked or record.version == person.version
        key = key_of(context.rules.key, record) if is_certain else None
        renewed.append(replace(person, key=key, note=None))
    unit.directory.put(renewed)


async def forget_missing(
    context: Context, side: Side, seen: set[str], family: Family = Family.PEOPLE
) -> None:
    """Whom no list showed has no key until the feed shows it."""
    after = ""
    while ids := await context.store.run(partial(_ids_page, side, after, family)):
        after = ids[-1]
        missing = [person_id for person_id in ids if person_id not in seen]
        if missing:
            await context.store.run(partial(_forget_keys, side, missing))


def _ids_page(side: Side, after: str, family: Family, unit: UnitOfWork) -> list[str]:
    return unit.directory.ids_after(side, after, PAGE, family)


def _forget_keys(side: Side, ids: Sequence[str], unit: UnitOfWork) -> None:
    people = unit.directory.get_many(side, ids).values()
    unit.directory.put([replace(person, key=None, note=None) for person in people])


async def _renew_links(context: Context) -> None:
    after = 0
    while links := await context.store.run(partial(_links_page, after)):
        after = links[-1].id
        await context.store.run(partial(_renew_keys_of, context.rules.key, links))


def _links_page(after: int, unit: UnitOfWork) -> list[IdentityMapping]:
    return unit.links.page(after, PAGE)


def _renew_keys_of(key: MappingKey, links: Sequence[IdentityMapping], unit: UnitOfWork) -> None:
    """The keys of links as last observed, so that a real change is still seen as one."""
    links = [link for link in links if link.family is Family.PEOPLE]
    people = unit.directory.get_many(Side.INTERCOM, [link.intercom_id for link in links])
    partners = unit.directory.get_many(Side.SALESFORCE, [link.salesforce_id for link in links])
    renewed = []
    for link in links:
        person, partner = people.get(link.intercom_id), partners.get(link.salesforce_id)
        if person is not None:
            person = replace(person, key=_observed_key(key, person, link))
            unit.directory.put([person])
        renewed.append(
            replace(
                link,
                intercom_key=person.key if person else None,
                salesforce_key=partner.key if partner else None,
            )
        )
    unit.links.put(renewed)


def _observed_key(key: MappingKey, person: Person, link: IdentityMapping) -> str | None:
    values = link.intercom.values if link.intercom else {}
    if key.intercom_attribute not in values:
        return person.key
    return normalise_key(key, person.kind, values[key.intercom_attribute])
