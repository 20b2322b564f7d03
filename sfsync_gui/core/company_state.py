"""How the sync of companies stands, in one word for a banner.

The states are those that Intercom's own Salesforce app tells ("Sync companies and accounts").
"""

from dataclasses import dataclass
from enum import StrEnum


class CompanyState(StrEnum):
    """How the sync of companies stands."""

    OFF = "off"
    """Companies are not synced."""
    JOINING = "joining"
    """They will be, as soon as all of both sides has been read."""
    NO_COMPANIES = "no_companies"
    """Intercom lists none: there are none, none has people, or they are not available."""
    NO_COMPANY_CHANGES = "no_company_changes"
    """They are linked as they change, and no company has changed since they are synced."""
    NO_ACCOUNT_CHANGES = "no_account_changes"
    """They are linked as they change, and no account has changed since they are synced."""
    NO_LINKS = "no_links"
    """Nothing keeps them from being linked, and still none is: the key may be another."""
    SYNCED = "synced"


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What is known of companies and accounts, deleted ones left out.

    `company_changed_at` and `account_changed_at` are when any was last changed, in unix seconds by
    the services' clocks; 0 where there is none.
    """

    companies: int = 0
    accounts: int = 0
    links: int = 0
    company_changed_at: int = 0
    account_changed_at: int = 0


@dataclass(frozen=True, slots=True)
class CompanySync:
    """What was chosen, and since when companies are synced so.

    `joining`: all of both sides is still to be read. `linked_all`: all who matched were linked
    then. The moments are by the services' clocks.
    """

    key_field: str | None = None
    joining: bool = False
    linked_all: bool = False
    companies_since: int = 0
    accounts_since: int = 0


def company_state(sync: CompanySync, facts: CompanyFacts) -> CompanyState:
    """How the sync of companies stands."""
    if sync.key_field is None:
        return CompanyState.OFF
    if sync.joining:
        return CompanyState.JOINING
    if facts.links:
        return CompanyState.SYNCED
    if not facts.companies:
        return CompanyState.NO_COMPANIES
    if sync.linked_all:
        return CompanyState.NO_LINKS
    if facts.company_changed_at <= sync.companies_since:
        return CompanyState.NO_COMPANY_CHANGES
    if facts.account_changed_at <= sync.accounts_since:
        return CompanyState.NO_ACCOUNT_CHANGES
    return CompanyState.NO_LINKS
