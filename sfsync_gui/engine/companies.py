"""Switching the sync of companies and accounts on and off, and what comes before it begins.

All of both sides is read once, in silence, as when connecting. Until that is done companies are
not synced, and people are all the while. What is to be done is marked in the store, so that it is
begun again after an interruption.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sfsync_gui.core.company_keys import KEY_TYPES
from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.keys import key_of
from sfsync_gui.core.mapping import MappingKey, SyncRules
from sfsync_gui.core.people import IdentityMapping, PersonRecord
from sfsync_gui.core.rows import check_rows
from sfsync_gui.core.schema import ACCOUNT, Schema
from sfsync_gui.core.vocabulary import Family, FirstRun, Side, Trigger
from sfsync_gui.engine.company_feed import ask_for_missing, ask_for_rivals, end_sweep
from sfsync_gui.engine.company_status import JOINED_AS, JOINING, SAMPLED, suggest_for
from sfsync_gui.engine.comparing import look_at
from sfsync_gui.engine.connecting import LINK_BATCH, describe, proposals_for
from sfsync_gui.engine.context import Context, Joining, make_lookups
from sfsync_gui.engine.events import Progress
from sfsync_gui.engine.linking import Proposal, adopted, link_read
from sfsync_gui.engine.observe import Observer
from sfsync_gui.engine.partners import Nearby
from sfsync_gui.engine.reading import Read, read_people
from sfsync_gui.engine.rekeying import forget_missing
from sfsync_gui.engine.setup import judged, report_row, require_key, withdraw
from sfsync_gui.engine.storage import Profile, UnitOfWork
from sfsync_gui.engine.stored import LinkedRecord

PAGE = 1000
ALL = 1_000_000

_SYNCED_BEFORE = (Joining.REKEY, Joining.RESUME)
"""Companies are known: only the accounts are read."""


async def sync_companies(
    context: Context, key: MappingKey, first_run: FirstRun | None = None
) -> None:
    """Pair companies with accounts by this key from now on.

    The first time all of both sides is read, and then all who match are linked without changing a
    value, unless `first_run` (left out, that chosen for people) is to link them as they change; so,
    too, with another key where the one before has linked nobody. Else links stay, and matching
    starts anew. Raises `SetupError` where the field cannot be the key or a row maps it, and what
    the services raise: what was begun then is made good before the next check.
    """
    async with context.checking:
        if not context.profile.connected_at:
            raise _refused("Nobody of either side was read yet.", "Have people synced first.")
        rules = context.rules.synced_by(key)
        _require_usable(rules, await describe(context, rules))
        if key == context.rules.company_key:
            return
        was_on = context.rules.company_key is not None or context.joining in _SYNCED_BEFORE
        has_links = await context.store.run(_has_links)
        chosen = first_run or await context.store.run(_chosen_for_people)
        links = chosen is not FirstRun.AS_THEY_CHANGE
        first_time = Joining.READ_AND_LINK if links else Joining.READ
        joining = Joining.REKEY if was_on and has_links else first_time
        await context.store.run(partial(_store_wanted, key, joining))
        context.joining = joining
        context.change_rules(context.rules.unsynced(key))
        await finish_joining(context)


def _has_links(unit: UnitOfWork) -> bool:
    return bool(unit.links.records_page(0, 1, Family.COMPANIES))


def _chosen_for_people(unit: UnitOfWork) -> FirstRun:
    profile = unit.state.profile()
    return profile.first_run if profile else FirstRun.LINK_ALL


def _require_usable(rules: SyncRules, schema: Schema) -> None:
    require_key(rules, schema)
    name = rules.salesforce_key(ACCOUNT)
    field = schema.salesforce_field(ACCOUNT, name)
    if field is None or field.type not in KEY_TYPES:
        raise _refused(f"Account {name} is no field of text.", "Choose a field that holds text.")
    problems = check_rows(rules.rows, rules.key, schema, rules.company_key)
    mapped = [one.reason for one in problems if "is the mapping key" in one.reason]
    if mapped:
        raise _refused("; ".join(mapped), "Remove that row from the mapping first.")


def _refused(message: str, remedy: str) -> SetupError:
    return SetupError(
        "The key of companies cannot be used",
        message,
        remedy,
        side=Side.SALESFORCE,
        object=ACCOUNT,
        code="mapping_refused",
    )


def _store_wanted(key: MappingKey, joining: Joining, unit: UnitOfWork) -> None:
    unit.state.put_company_key(key)
    unit.state.put_mark(JOINING, float(joining))


async def stop_companies(context: Context) -> None:
    """Sync companies no more: nothing ends, links and rows stay, but nothing is read any more."""
    async with context.checking, context.between_batches:
        context.joining = Joining.NOT
        context.unlisted, context.companies_kept_from = {}, None
        await context.store.run(_forget_key)
        context.change_rules(context.rules.unsynced())


def _forget_key(unit: UnitOfWork) -> None:
    """What waits for companies is given up: reading them again finds out what is to be done.

    The key is kept in mind: no row may map its field, so that they can be synced by it again.
    """
    unit.state.put_former_company_key(unit.state.company_key() or unit.state.former_company_key())
    unit.state.put_company_key(None)
    unit.state.put_mark(JOINING, float(Joining.NOT))
    waiting = unit.directory.due(list(Trigger), ALL)
    unit.directory.put(one.at_rest() for one in waiting if one.kind.family is Family.COMPANIES)


# ---------------------------------------------------------------------- before it begins


async def finish_joining(context: Context) -> None:
    """Do what is to be done before companies are synced, if anything is, and sync them then.

    Raises what the services raise; then companies are not synced yet.
    """
    if context.joining is Joining.NOT:
        return
    key = await context.store.run(lambda unit: unit.state.company_key())
    async with context.between_batches:
        before = context.lookups
        rules = context.rules.synced_by(key)
        schema = await describe(context, rules)
        require_key(rules, schema)
        context.lookups = make_lookups(replace(rules, rows=judged(rules, schema)), schema)
        try:
            reading = _Reading(context)
            since = await reading.work()
            profile = await context.store.run(partial(_store_joined, context, before.rules, since))
        except BaseException:  # a process that is stopped, too, leaves them unsynced
            context.lookups = before
            raise
        context.profile = profile
        wants_links = context.joining is Joining.READ_AND_LINK
        context.joining, context.companies_kept_from = Joining.NOT, None
        if wants_links and not await context.store.run(_has_links):
            await _look_for_another_key(context, reading.sample)


async def _look_for_another_key(context: Context, companies: Sequence[PersonRecord]) -> None:
    """Once, where not one company matched: most likely the key is in another field."""
    with suppress(SfsyncError):
        await suggest_for(context, companies)


_Since = dict[str, int]
"""From when on companies and accounts count as new: fields of `Profile`."""


def _store_joined(context: Context, before: SyncRules, since: _Since, unit: UnitOfWork) -> Profile:
    """All has been read: from here on companies are synced."""
    _adopt_rows(context, unit)
    _tell_rows(context, before, unit)
    unit.state.put_mark(JOINING, float(Joining.NOT))
    if context.joining not in _SYNCED_BEFORE:
        unit.state.put_mark(JOINED_AS, float(context.joining))
    profile = replace(unit.state.profile() or context.profile, **since)  # type: ignore[arg-type]
    unit.state.put_profile(profile)
    return profile


class _Reading:
    """Reads all accounts, then all companies, and links them page by page where that is wanted."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.sample: list[PersonRecord] = []
        self._waiting: list[Proposal] = []
        self._companies: dict[str, PersonRecord] = {}

    async def work(self) -> _Since:
        """Read both sides; only the accounts where companies are known and keep their keys."""
        context = self._context
        salesforce_since = await context.salesforce.now(context.rules.objects)
        await self._read_accounts()
        if context.joining is Joining.REKEY:
            await context.store.run(_forget_notes)
        if context.joining in _SYNCED_BEFORE:
            return {}
        position = await context.store.run(lambda unit: unit.state.intercom_position())
        newest = await self._read_companies()
        return {
            "intercom_companies_since": max(newest, position.updated_at if position else 0),
            "salesforce_companies_since": salesforce_since,
        }

    async def _read_accounts(self) -> None:
        context = self._context
        seen: set[str] = set()
        fields = {ACCOUNT: context.lookups.fields[ACCOUNT]}
        async for page in context.salesforce.everyone(fields):
            seen.update(record.id for record in page)
            await context.store.run(partial(_take, context, Side.SALESFORCE, page))
            context.emit(Progress("companies:salesforce", len(seen), 0))
        await forget_missing(context, Side.SALESFORCE, seen, Family.COMPANIES)
        after = 0
        while records := await context.store.run(partial(_records_page, after)):
            after = records[-1].link_id
            missing = [one for one in records if one.salesforce_id not in seen]
            if missing:
                await look_at(context, missing)

    async def _read_companies(self) -> int:
        """Returns when the newest of them was updated."""
        context = self._context
        await end_sweep(context)
        seen: set[str] = set()
        newest = 0
        async for page in context.intercom.all_companies():
            seen.update(record.id for record in page)
            newest = max([newest, *(record.version for record in page)])
            self.sample += page[: SAMPLED - len(self.sample)]
            await context.store.run(partial(_take, context, Side.INTERCOM, page))
            await ask_for_rivals(context, page)
            context.emit(Progress("companies:intercom", len(seen), 0))
            if context.joining is Joining.READ_AND_LINK:
                await self._propose(page)
        await self._link(0)
        async for _ in ask_for_missing(context, seen):
            pass
        return newest

    async def _propose(self, page: Sequence[PersonRecord]) -> None:
        context = self._context
        taken = {one.id_on(side) for one in self._waiting for side in Side}
        proposals = await context.store.run(partial(_propose_page, context, page, taken))
        by_id = {record.id: record for record in page}
        self._waiting += proposals
        # Another company of the same key may be preferred: it is read by itself.
        shown = [one.intercom_id for one in proposals if one.intercom_id in by_id]
        self._companies |= {company_id: by_id[company_id] for company_id in shown}
        await self._link(LINK_BATCH)

    async def _link(self, least: int) -> None:
        """Link who waits, once they are so many."""
        if not self._waiting or len(self._waiting) < least:
            return
        wanted = [one.record_on(side) for one in self._waiting for side in Side]
        others = await read_people(
            self._context, [one for one in wanted if one[1] not in self._companies]
        )
        read = Read({**others.records, **self._companies}, others.gone, others.refused)
        await link_read(self._context, self._waiting, read)
        self._waiting, self._companies = [], {}


def _records_page(after: int, unit: UnitOfWork) -> list[LinkedRecord]:
    return unit.links.records_page(after, PAGE, Family.COMPANIES)


def _take(context: Context, side: Side, page: Sequence[PersonRecord], unit: UnitOfWork) -> None:
    """Take in a page: in silence who was not synced, as any reading who is linked.

    Links made before stay with the keys that are there now, unless the key is what it was.
    """
    ids = [record.id for record in page]
    links = unit.links.of(side, ids)
    if context.joining is not Joining.RESUME:
        _renew_keys(context, side, page, links, unit)
    is_news = {record.id for record in page if record.id in links}
    if context.joining in _SYNCED_BEFORE:
        is_news.update(ids)
    known = [record for record in page if record.id in is_news]
    others = [record for record in page if record.id not in is_news]
    Observer(unit, context.lookups, context.profile, silent=True).records(others)
    Observer(unit, context.lookups, context.profile).records(known)


def _renew_keys(
    context: Context,
    side: Side,
    page: Sequence[PersonRecord],
    links: dict[str, IdentityMapping],
    unit: UnitOfWork,
) -> None:
    people = unit.directory.get_many(side, [record.id for record in page])
    for record in page:
        person, link = people.get(record.id), links.get(record.id)
        key = key_of(context.rules.company_key, record)
        if person is not None and person.key != key:
            unit.directory.put([replace(person, key=key, note=None, digest=0)])
        if link is not None:
            is_company = side is Side.INTERCOM
            renewed = replace(link, intercom_key=key) if is_company else None
            unit.links.put([renewed or replace(link, salesforce_key=key)])


def _forget_notes(unit: UnitOfWork) -> None:
    """Why a company found nobody by the key before tells nothing of this one."""
    after = ""
    while ids := unit.directory.ids_after(Side.INTERCOM, after, PAGE, Family.COMPANIES):
        after = ids[-1]
        people = unit.directory.get_many(Side.INTERCOM, ids).values()
        unit.directory.put([replace(one, note=None) for one in people if one.note is not None])


def _propose_page(
    context: Context, page: Sequence[PersonRecord], taken: set[str], unit: UnitOfWork
) -> list[Proposal]:
    people = unit.directory.get_many(Side.INTERCOM, [record.id for record in page]).values()
    nearby = Nearby(unit, people)
    found: list[Proposal] = []
    for person in people:
        if person.id in nearby.linked(Side.INTERCOM):
            continue
        proposals, noted = proposals_for(context, nearby, person, taken)
        found += proposals
        if noted != person:
            unit.directory.put([noted])
    return found


def _adopt_rows(context: Context, unit: UnitOfWork) -> None:
    """Rows that came while companies were not synced take what was read as their pair."""
    after = 0
    while records := unit.links.records_page(after, PAGE, Family.COMPANIES):
        after = records[-1].link_id
        for record in records:
            link = unit.links.get(record.link_id)
            pairs = adopted(context, link, link.due) if link is not None else {}
            if link is not None and pairs.keys() - link.synced.keys():
                unit.links.put([replace(link, synced={**pairs, **link.synced})])


def _tell_rows(context: Context, before: SyncRules, unit: UnitOfWork) -> None:
    """Rows of companies that do not fit are switched off, and that is listed."""
    unit.state.put_rows(context.rules.rows)
    were_off = {row.id for row in before.rows if row.disabled is not None}
    for row in context.rules.rows:
        if row.disabled is None and row.id in were_off:
            withdraw(unit, row)
        elif row.disabled is not None and row.id not in were_off:
            report_row(context, unit, row)
