"""How the sync of companies stands, and by which field of Account companies would match."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from sfsync_gui.core.company_keys import KeySample, KeySuggestion, key_fields
from sfsync_gui.core.company_state import CompanyFacts, CompanyState, CompanySync, company_state
from sfsync_gui.core.failures import RecordError, SfsyncError
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import ACCOUNT, SalesforceField
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.context import Context, Joining
from sfsync_gui.engine.ports import IntercomPort
from sfsync_gui.engine.storage import UnitOfWork

SAMPLED = 200
"""Companies that are tried, at most."""

ACCOUNTS_SAMPLED = 20_000
"""Accounts that are looked at, at most: ten calls."""

JOINING = "joining"
"""The mark that says what is to be done before companies are synced (`Joining`)."""

JOINED_AS = "joined_as"
"""The mark that says what was done when companies were switched on (`Joining`)."""


@dataclass(frozen=True, slots=True)
class CompanyStatus:
    """How the sync of companies stands.

    `key_field` is the field of Account by which they are matched, None where they are not synced.
    `suggestions` are fields by which they would match, best first, as far as anybody looked.
    `kept_from` is why they were not read when it was their time.
    """

    state: CompanyState = CompanyState.OFF
    key_field: str | None = None
    facts: CompanyFacts = CompanyFacts()  # noqa: RUF009 - frozen
    suggestions: tuple[KeySuggestion, ...] = ()
    kept_from: SfsyncError | None = None


def stored_rules(unit: UnitOfWork) -> SyncRules:
    """The rules that are in force: companies are not synced before all of them was read."""
    state = unit.state
    is_joining = state.mark(JOINING) != Joining.NOT
    key = state.company_key()
    rules = SyncRules(state.rows(), state.key(), state.order(), state.lead_rules(), key)
    awaited = key or state.former_company_key()
    return rules.unsynced(awaited) if is_joining or key is None else rules


def rules_in_force(context: Context) -> SyncRules:
    """The same of a running engine, also while it reads all companies by the rules to come."""
    is_joining = context.joining is not Joining.NOT
    return context.rules.unsynced() if is_joining else context.rules


def stored_status(unit: UnitOfWork, kept_from: SfsyncError | None = None) -> CompanyStatus:
    """How it stands by what is stored."""
    key, profile = unit.state.company_key(), unit.state.profile()
    facts = unit.state.company_facts()
    sync = CompanySync(
        key_field=key.account_field if key else None,
        joining=unit.state.mark(JOINING) != Joining.NOT,
        linked_all=unit.state.mark(JOINED_AS) == Joining.READ_AND_LINK,
        companies_since=profile.intercom_companies_since if profile else 0,
        accounts_since=profile.salesforce_companies_since if profile else 0,
    )
    state = company_state(sync, facts)
    suggestions = unit.state.key_suggestions()
    return CompanyStatus(state, sync.key_field, facts, suggestions, kept_from)


async def company_status(context: Context) -> CompanyStatus:
    """How it stands now."""
    return await context.store.run(lambda unit: stored_status(unit, context.companies_kept_from))


def require_synced(context: Context, family: Family, what: str, subject: str) -> None:
    """Raise `RecordError`, entitled `what`, where records of this family are not synced now."""
    if family in context.rules.families:
        return
    is_off = context.joining is Joining.NOT
    raise RecordError(
        what,
        "Companies are not synced." if is_off else "Companies wait: they are not synced yet.",
        "Switch the sync of companies on first."
        if is_off
        else "Ask again once companies are synced. Attribute mapping says what they wait for.",
        subject=subject,
        code="companies_not_synced",
    )


async def offered_keys(context: Context) -> tuple[SalesforceField, ...]:
    """The fields of Account by which companies can be matched, as they are described now."""
    described = await context.salesforce.describe((ACCOUNT,))
    return tuple(key_fields(described.get(ACCOUNT, {}).values()))


async def suggest_keys(context: Context) -> tuple[KeySuggestion, ...]:
    """Try the fields of Account on a sample of companies; what comes of it is stored, too.

    Costs a call or two to Intercom, and to Salesforce two and one more for each 2,000 accounts.
    """
    return await suggest_for(context, await _some(context.intercom))


async def suggest_for(
    context: Context, companies: Sequence[PersonRecord]
) -> tuple[KeySuggestion, ...]:
    """The same for companies that were read already."""
    fields = await offered_keys(context)
    sample = KeySample(companies, fields)
    if sample.sampled:
        names = {ACCOUNT: [field.name for field in fields]}
        looked_at = 0
        async for page in context.salesforce.everyone(names):
            sample.add(page)
            looked_at += len(page)
            if looked_at >= ACCOUNTS_SAMPLED:
                break
    found = tuple(sample.suggestions())
    await context.store.run(lambda unit: unit.state.put_key_suggestions(found))
    return found


async def _some(intercom: IntercomPort) -> list[PersonRecord]:
    found: dict[str, PersonRecord] = {}
    async with aclosing(intercom.all_companies()) as pages:
        async for page in pages:
            found.update((record.id, record) for record in page)
            if len(found) >= SAMPLED:
                break
    return list(found.values())[:SAMPLED]
