"""Connecting: who answers, what fields there are, and the directory of both sides.

Connecting reads every person of both sides once and writes nothing. From then on the feeds run.
"""

from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import MissingPermissionError, SetupError, SfsyncError, StoreError
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.matching import unmatched
from sfsync_gui.core.new_leads import BY_TEAMMATE
from sfsync_gui.core.people import Person, PersonRecord
from sfsync_gui.core.schema import ACCOUNT, IntercomAttribute, IntercomType, Schema
from sfsync_gui.core.vocabulary import Family, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.events import Progress
from sfsync_gui.engine.linking import Proposal, link_many
from sfsync_gui.engine.observe import Observer
from sfsync_gui.engine.partners import Nearby, find_partner, proposal
from sfsync_gui.engine.ports import IntercomPosition, SalesforcePosition
from sfsync_gui.engine.storage import Profile, UnitOfWork

SCAN_PAGE = 1000
"""People of the directory that are matched in one transaction."""

LINK_BATCH = 900
"""Links that are made together: six full pages of contacts, and one reading of Salesforce."""


async def verify_identity(context: Context) -> Profile:
    """Check that both accounts belong to this profile; a new database takes them as its own.

    Raises `SetupError` where another workspace or org answers: that needs a profile of its own.
    """
    workspace = await context.intercom.identity()
    org = await context.salesforce.identity()

    def work(unit: UnitOfWork) -> Profile:
        known = unit.state.profile()
        if known is None:
            known = Profile(workspace.app_id, org.org_id, workspace.name, org.instance_url)
            unit.state.put_profile(known)
        return known

    profile = await context.store.run(work)
    _refuse_strangers(profile, workspace.app_id, org.org_id)
    return profile


def _refuse_strangers(profile: Profile, app_id: str, org_id: str) -> None:
    for side, expected, found, what in (
        (Side.INTERCOM, profile.intercom_app_id, app_id, "Intercom workspace"),
        (Side.SALESFORCE, profile.salesforce_org_id, org_id, "Salesforce org"),
    ):
        if expected != found:
            raise SetupError(
                f"Another {what} answered",
                f"This profile belongs to the {what} {expected}, but {found} is signed in.",
                "Sign in to the one the profile belongs to, or start a new profile for the other.",
                subject=found,
                side=side,
                code="other_account",
            )


async def load_schema(context: Context) -> Schema:
    """Describe both sides anew."""
    return await describe(context, context.rules)


async def describe(context: Context, rules: SyncRules) -> Schema:
    """What both sides say of the records that are synced by these rules.

    That the app in Intercom may not read the teammates keeps only owners from being synced.
    """
    schema = Schema(
        intercom=_by_name(await context.intercom.attributes()),
        salesforce=await context.salesforce.describe(rules.objects),
    )
    if Family.COMPANIES in rules.families:
        companies = _by_name(await context.intercom.company_attributes())
        schema = replace(schema, companies=companies)
    elif rules.keeps_companies:
        schema = await _with_kept_companies(context, schema)
    if _maps_owners(rules, schema) or context.settings.lead_owner == BY_TEAMMATE:
        schema = replace(schema, users=await context.salesforce.users())
        try:
            schema = replace(schema, teammates=await context.intercom.teammates())
        except MissingPermissionError:
            schema = replace(schema, teammates_withheld=True)
        context.owners_read_at = context.clock.now()
    return schema


def _by_name(attributes: Iterable[IntercomAttribute]) -> Mapping[str, IntercomAttribute]:
    return {attribute.name: attribute for attribute in attributes}


async def know_companies(context: Context) -> None:
    """Describe what rows of companies map where these are not synced and that is not known."""
    if context.rules.keeps_companies and not context.schema.companies:
        context.change_schema(await _with_kept_companies(context, context.schema))


async def _with_kept_companies(context: Context, schema: Schema) -> Schema:
    """The same with what rows of companies map, though nothing is read or written by them.

    It is only for a person to read: what keeps it from being described keeps nobody from being
    synced, and what was known before stays.
    """
    known = context.schema
    try:
        companies = _by_name(await context.intercom.company_attributes())
        accounts = await context.salesforce.describe((ACCOUNT,))
    except StoreError:
        raise
    except SfsyncError:
        companies = known.companies
        accounts = {name: of for name, of in known.salesforce.items() if name == ACCOUNT}
    return replace(schema, companies=companies, salesforce={**schema.salesforce, **accounts})


def _maps_owners(rules: SyncRules, schema: Schema) -> bool:
    mapped = (row.attribute_in(schema) for row in rules.rows)
    return any(one is not None and one.type is IntercomType.OWNER for one in mapped)


async def read_directory(context: Context) -> None:
    """Read everyone on both sides into the directory, with the baselines; writes to no service.

    The positions are taken before the reading begins, so that nothing between is missed. An
    interrupted reading starts again.
    """
    salesforce_since = await context.salesforce.now(tuple(context.lookups.fields))
    intercom_since = await _newest_contact(context)
    counts = {Side.SALESFORCE: 0, Side.INTERCOM: 0}
    async for page in context.salesforce.everyone(context.lookups.fields):
        counts[Side.SALESFORCE] += len(page)
        await store_silently(context, page)
        context.emit(Progress("directory:salesforce", counts[Side.SALESFORCE], 0))
    async for page in context.intercom.everyone():
        counts[Side.INTERCOM] += len(page)
        await store_silently(context, page)
        context.emit(Progress("directory:intercom", counts[Side.INTERCOM], 0))

    def work(unit: UnitOfWork) -> Profile:
        profile = unit.state.profile() or context.profile
        profile = replace(
            profile,
            connected_at=max(1, context.now()),
            intercom_since=intercom_since,
            salesforce_since=salesforce_since,
        )
        unit.state.put_profile(profile)
        unit.state.put_intercom_position(IntercomPosition(intercom_since))
        unit.state.put_salesforce_position(SalesforcePosition(salesforce_since))
        return profile

    context.profile = await context.store.run(work)


async def _newest_contact(context: Context) -> int:
    """The `updated_at` of the newest contact that the search shows."""
    pages = context.intercom.changes(IntercomPosition(0), overlap=0.0)
    async with aclosing(pages):
        async for page in pages:
            return max((record.version for record in page.records), default=0)
    return 0


async def store_silently(context: Context, page: tuple[PersonRecord, ...]) -> None:
    """Take a page into the directory and the baselines; nothing becomes due."""

    def work(unit: UnitOfWork) -> None:
        Observer(unit, context.lookups, context.profile, silent=True).records(page)

    await context.store.run(work)


async def link_everyone(context: Context) -> int:
    """Link all who match now, without changing a value; returns how many links were made."""
    made, after = 0, ""
    waiting: list[Proposal] = []
    while True:
        taken = {one.intercom_id for one in waiting} | {one.salesforce_id for one in waiting}
        ids, proposals = await context.store.run(partial(_propose_page, context, after, taken))
        waiting += proposals
        while len(waiting) >= LINK_BATCH or (waiting and not ids):
            made += await link_many(context, waiting[:LINK_BATCH])
            waiting = waiting[LINK_BATCH:]
            context.emit(Progress("linking", made, 0))
        if not ids:
            return made
        after = ids[-1]


def _propose_page(
    context: Context, after: str, taken: set[str], unit: UnitOfWork
) -> tuple[list[str], list[Proposal]]:
    """The next people of the directory, and the links that they ask for.

    `taken` are those who are about to be linked; whoever is proposed here joins them.
    """
    ids = unit.directory.ids_after(Side.INTERCOM, after, SCAN_PAGE)
    people = unit.directory.get_many(Side.INTERCOM, ids)
    nearby = Nearby(unit, people.values())
    proposals: list[Proposal] = []
    noted: list[Person] = []
    for person_id in ids:
        if person_id in people and person_id not in nearby.linked(Side.INTERCOM):
            asked, person = proposals_for(context, nearby, people[person_id], taken)
            proposals += asked
            if person != people[person_id]:
                noted.append(person)
    unit.directory.put(noted)
    return ids, proposals


def proposals_for(
    context: Context, nearby: Nearby, person: Person, taken: set[str]
) -> tuple[list[Proposal], Person]:
    """The links by which this person finds a partner, and the person with a note if it does not.

    Whom the partner itself prefers (a user before a lead) is linked to it first; then the person
    tries the next candidate.
    """
    proposals: list[Proposal] = []
    while person.id not in taken:
        match = find_partner(context, nearby, person, taken)
        if match.partner is None:
            return proposals, unmatched(person, match.outcome)
        preferred = find_partner(context, nearby, match.partner, taken)
        if preferred.partner is None:
            break
        taken.update({match.partner.id, preferred.partner.id})
        trigger = Trigger.LINKED_AT_CONNECTING
        proposals.append(proposal(match.partner, preferred, trigger))
    return proposals, person
