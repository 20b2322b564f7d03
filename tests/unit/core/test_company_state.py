"""How the sync of companies stands, in one word."""

from dataclasses import replace

from sfsync_gui.core.company_state import CompanyFacts, CompanyState, CompanySync, company_state

ON = CompanySync("AccountNumber", companies_since=100, accounts_since=200)
KNOWN = CompanyFacts(companies=3, accounts=2, company_changed_at=100, account_changed_at=200)


def test_without_a_key_companies_are_not_synced() -> None:
    assert company_state(CompanySync(), KNOWN) is CompanyState.OFF
    assert company_state(CompanySync(), replace(KNOWN, links=5)) is CompanyState.OFF


def test_until_both_sides_were_read_they_wait() -> None:
    assert company_state(replace(ON, joining=True), KNOWN) is CompanyState.JOINING


def test_with_a_link_they_are_synced_whatever_else() -> None:
    assert company_state(ON, replace(KNOWN, links=1)) is CompanyState.SYNCED
    assert company_state(ON, CompanyFacts(links=1)) is CompanyState.SYNCED


def test_intercom_may_list_none() -> None:
    assert company_state(ON, CompanyFacts(accounts=5)) is CompanyState.NO_COMPANIES


def test_who_is_linked_as_they_change_has_to_change_on_both_sides() -> None:
    assert company_state(ON, KNOWN) is CompanyState.NO_COMPANY_CHANGES
    company = replace(KNOWN, company_changed_at=101)
    assert company_state(ON, company) is CompanyState.NO_ACCOUNT_CHANGES
    both = replace(company, account_changed_at=201)
    assert company_state(ON, both) is CompanyState.NO_LINKS


def test_where_all_who_matched_were_linked_no_link_tells_at_once() -> None:
    assert company_state(replace(ON, linked_all=True), KNOWN) is CompanyState.NO_LINKS
