"""Switching the sync of companies on and off, changing their key, and how it stands."""

from __future__ import annotations

import pytest

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder
from sfsync_gui.core.vocabulary import Direction, FirstRun, HistoryKind, MatchOutcome, Side, Trigger
from sfsync_gui.engine.companies import sync_companies
from sfsync_gui.engine.company_status import offered_keys, suggest_keys
from sfsync_gui.engine.context import Joining
from sfsync_gui.engine.mapping_edits import edit_rows, judge_rows
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import CrashError, sample_rows
from tests.unit.engine.company_office import ACME, BETA, KEY, CompanyOffice, company_rows
from tests.unit.engine.office import ANN

SF, IC = Side.SALESFORCE, Side.INTERCOM
AS_THEY_CHANGE = FirstRun.AS_THEY_CHANGE
NAME = MappingKey.of_companies("Name")


def test_switching_on_links_all_who_match_without_changing_a_value(
    companies: CompanyOffice,
) -> None:
    acme, beta = companies.company(ACME, tariff="Pro"), companies.company(BETA)
    account = companies.account(ACME, Site="Other")
    writes = companies.world.writes()
    companies.open()
    assert companies.world.writes() == writes
    assert companies.links() == {acme: account}
    assert companies.deeds() == [(HistoryKind.LINKED, Trigger.LINKED_AT_CONNECTING)]
    assert companies.writes_of_check() == 0
    assert companies.person(IC, beta).key == BETA


def test_companies_are_linked_as_was_chosen_for_people(companies: CompanyOffice) -> None:
    companies.company()
    companies.account()
    companies.connect(rows=company_rows(), first_run=AS_THEY_CHANGE)
    companies.run(sync_companies(companies.context, KEY))
    assert companies.links() == {}


def test_switching_on_reads_each_side_once(companies: CompanyOffice) -> None:
    for number in range(120):
        companies.company(f"K{number:03}")
        companies.account(f"K{number:03}")
    companies.connect(rows=company_rows())
    scrolls = companies.intercom.log.count("GET", r"^/companies/scroll")
    spent = companies.world.spent.copy()
    companies.switch_on()
    assert len(companies.links()) == 120
    assert companies.intercom.log.count("GET", r"^/companies/scroll") - scrolls == 3
    assert companies.intercom.log.count("GET", r"^/companies/[0-9a-f]+$") == 0
    used = companies.world.spent - spent
    assert used["salesforce", "directory"] == 1
    assert used["salesforce", "read"] == 1  # all proposals at once


def test_a_company_and_a_contact_of_one_key_are_not_mixed_up(companies: CompanyOffice) -> None:
    person = companies.user("17@example.com", external_id="17")
    lead = companies.lead(None, External_Id__c="17")
    company, account = companies.company("17"), companies.account("17")
    companies.connect(rows=sample_rows())
    external = MappingKey("external_id", "External_Id__c", "External_Id__c")
    companies.run(change_key(companies.context, external, MatchingOrder()))
    companies.switch_on()
    companies.salesforce.edit(lead, Title="Dr")
    companies.check()
    assert companies.links() == {person: lead, company: account}


def test_of_several_accounts_with_one_key_the_most_recently_updated_is_linked_and_flagged(
    companies: CompanyOffice,
) -> None:
    company, old = companies.company(), companies.account()
    companies.pass_time(60)
    newest = companies.account()
    companies.pass_time(60)
    companies.account(BETA)
    companies.open()
    assert companies.links() == {company: newest}
    assert companies.link(company).ambiguous
    assert companies.person(SF, old).due is None


def test_in_strict_mode_several_accounts_with_one_key_are_listed(companies: CompanyOffice) -> None:
    company = companies.company()
    accounts = sorted([companies.account(), companies.account()])
    companies.connect(rows=())
    strict = MatchingOrder(strict=True)
    companies.run(change_key(companies.context, MappingKey(), strict))
    companies.switch_on()
    assert companies.links() == {}
    assert companies.noted()[company] == (MatchOutcome.AMBIGUOUS, accounts)


def test_switching_off_ends_nothing_and_reads_no_more(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.edit_company(company, tariff="Pro")
    companies.switch_off()
    companies.salesforce.edit(account, Fax="Gold")
    scrolls = companies.intercom.log.count("GET", r"^/companies/scroll")
    assert companies.writes_of_check() == 0
    companies.compare()
    assert companies.intercom.log.count("GET", r"^/companies/scroll") == scrolls
    assert companies.links() == {company: account}
    assert companies.context.rules.rows == company_rows()
    assert companies.status().state is CompanyState.OFF


def test_switched_on_again_links_stay_and_what_changed_meanwhile_is_synced(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    gone, gone_account = companies.company(BETA), companies.account(BETA)
    companies.open()
    companies.switch_off()
    companies.edit_company(company, tariff="Pro")
    companies.salesforce.edit(account, Fax="Gold")
    companies.salesforce.delete(gone_account)
    companies.check()
    companies.switch_on()
    companies.check()
    assert companies.links() == {company: account}
    assert companies.sf(account, "Site") == "Pro"
    assert companies.co(company, "tier") == "Gold"
    assert companies.person(IC, gone).due is None


def test_a_company_made_anew_while_companies_were_off_is_linked(
    companies: CompanyOffice,
) -> None:
    former = companies.company()
    companies.open()
    companies.switch_off()
    companies.intercom.delete_company(former)
    anew, account = companies.company(), companies.account()
    companies.pass_time(120)  # the list knows of both by then
    companies.switch_on()
    assert companies.links() == {anew: account}
    assert companies.person(IC, former).deleted


def test_links_survive_a_key_that_changed_while_companies_were_off(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.switch_off()
    companies.salesforce.edit(account, AccountNumber="another")
    companies.switch_on()
    companies.check()
    assert companies.links() == {company: account}
    companies.salesforce.edit(account, AccountNumber=BETA)
    companies.check()
    assert companies.links() == {}


def test_another_key_keeps_links_and_matches_anew(companies: CompanyOffice) -> None:
    acme, account = companies.company(ACME), companies.account(ACME, Name="first")
    beta, other = companies.company(BETA), companies.account("none", Name=BETA)
    companies.open()
    person, lead = companies.user(ANN), companies.lead(ANN)
    companies.check()
    companies.switch_on(NAME)
    companies.check()
    assert companies.links() == {acme: account, person: lead}
    companies.salesforce.edit(other, BillingCity="Paris")
    companies.check()
    assert companies.links() == {acme: account, beta: other, person: lead}
    assert companies.link(acme).salesforce_key == "first"
    assert companies.link(person).salesforce_key == ANN  # only that family is keyed anew
    companies.salesforce.edit(account, Name="second")
    companies.check()
    assert acme not in companies.links()


def test_another_key_links_all_where_the_one_before_linked_nobody(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(ACME), companies.account("none", Name=ACME)
    companies.open()
    assert companies.links() == {}
    companies.switch_on(NAME)
    assert companies.links() == {company: account}


def test_another_key_links_nobody_at_once_where_that_is_not_wanted(
    companies: CompanyOffice,
) -> None:
    companies.company(ACME), companies.account("none", Name=ACME)
    companies.open()
    companies.switch_on(NAME, FirstRun.AS_THEY_CHANGE)
    assert companies.links() == {}


def test_a_change_that_waits_while_the_key_changes_is_not_lost(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account(Name="first")
    companies.open()
    companies.salesforce.edit(account, Fax="Gold")
    companies.switch_on(NAME)
    companies.check()
    assert companies.co(company, "tier") == "Gold"


@pytest.mark.parametrize("point", range(1, 30))
def test_wherever_the_process_dies_switching_on_is_made_good(
    companies: CompanyOffice, point: int
) -> None:
    company, account = companies.company(), companies.account()
    companies.connect(rows=company_rows())
    companies.world.crashes.left = point
    try:
        companies.switch_on()
    except CrashError:
        companies.run(companies.world.close_connections())
        companies.world.crashes.calm()
        companies.world.start_engine()
        companies.run(companies.world.engine.open())
        companies.run(companies.world.engine.connect(FirstRun.LINK_ALL))
        wanted = companies.run(companies.world.store.run(lambda unit: unit.state.company_key()))
        if wanted is None:  # it died before the wish was stored
            companies.switch_on()
    companies.world.crashes.calm()
    companies.check()
    assert companies.links() == {company: account}
    assert companies.status().state is CompanyState.SYNCED
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") == "Pro"


def test_until_all_is_read_people_are_synced_and_companies_are_not(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    ann, lead = companies.user(ANN), companies.lead(ANN)
    companies.connect(rows=(*sample_rows(), *company_rows()))
    companies.intercom.faults.arm(
        Fault(FaultKind.SERVER_ERROR, method="GET", path=r"^/companies/scroll", times=99)
    )
    companies.intercom.faults.arm(
        Fault(FaultKind.SERVER_ERROR, method="POST", path=r"^/companies/list", times=99)
    )
    with pytest.raises(SfsyncError):
        companies.switch_on()
    assert companies.context.joining is Joining.READ_AND_LINK
    assert companies.status().state is CompanyState.JOINING
    companies.restart()
    companies.intercom.faults.clear()
    companies.edit(ann, phone="+1 555 0100")
    companies.check()
    assert companies.sf(lead, "Phone") == "+1 555 0100"
    assert companies.links() == {ann: lead, company: account}
    assert companies.status().state is CompanyState.SYNCED


@pytest.mark.parametrize("field", ["Gone__c", "NumberOfEmployees", "OwnerId"])
def test_a_field_that_cannot_be_the_key_is_refused_and_nothing_changes(
    companies: CompanyOffice, field: str
) -> None:
    companies.connect(rows=())
    with pytest.raises(SetupError):
        companies.switch_on(MappingKey.of_companies(field))
    assert companies.status().state is CompanyState.OFF
    assert companies.context.joining is Joining.NOT


def test_a_mapped_field_cannot_be_the_key(companies: CompanyOffice) -> None:
    companies.connect(rows=company_rows())
    with pytest.raises(SetupError, match="mapping key"):
        companies.switch_on(MappingKey.of_companies("Site"))
    assert companies.status().state is CompanyState.OFF


def test_a_row_of_the_key_is_refused_while_companies_wait_as_while_they_are_synced(
    companies: CompanyOffice,
) -> None:
    companies.account()
    companies.open()
    rows = [
        *company_rows(),
        AttributeMapping("k", "name", Direction.TO_SALESFORCE, account_field="AccountNumber"),
    ]
    refusal = r"Account Account Number is the mapping key"
    for _ in ("synced", "waiting"):
        with pytest.raises(SetupError, match=refusal):
            companies.run(edit_rows(companies.context, rows))
        change = companies.run(judge_rows(companies.context, rows))
        assert [one.row_id for one in change.problems] == ["k"]
        companies.salesforce.hide_field("Account", "AccountNumber")
        companies.check()
        refusal = r"Account AccountNumber is the mapping key"  # nobody knows its label now
    assert companies.context.joining is Joining.RESUME


def test_the_company_id_is_never_mapped_be_companies_synced_or_not(
    companies: CompanyOffice,
) -> None:
    companies.open()
    companies.switch_off()
    rows = [
        *company_rows(),
        AttributeMapping("k", "company_id", Direction.TO_SALESFORCE, account_field="Site"),
    ]
    with pytest.raises(SetupError, match="is the mapping key"):
        companies.run(edit_rows(companies.context, rows))


def test_a_row_that_does_not_fit_is_switched_off_when_companies_are_synced(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    odd = AttributeMapping("odd", "nothing", Direction.TO_SALESFORCE, account_field="Phone")
    companies.open(rows=(*company_rows(), odd))
    (error,) = companies.errors()
    assert (error.code, error.row_id) == ("row_switched_off", "odd")
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") == "Pro"  # the others go on


def test_a_new_row_takes_what_is_observed_as_its_pair_and_writes_nothing(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(tariff="Pro"), companies.account(Site="Other")
    companies.open(rows=())
    assert companies.links() == {company: account}
    companies.run(edit_rows(companies.context, company_rows()))
    assert companies.writes_of_check() == 0
    companies.edit_company(company, tariff="Max")
    companies.check()
    assert companies.sf(account, "Site") == "Max"


def test_a_row_that_came_while_companies_were_off_writes_nothing_by_itself(
    companies: CompanyOffice,
) -> None:
    companies.company(tariff="Pro")
    companies.account(Site="Other")
    companies.open(rows=())
    companies.switch_off()
    companies.run(edit_rows(companies.context, company_rows()))
    companies.switch_on()
    assert companies.writes_of_check() == 0


# ---------------------------------------------------------------------- how it stands


def test_the_states_of_company_sync(companies: CompanyOffice) -> None:
    companies.connect(rows=company_rows())
    assert companies.status().state is CompanyState.OFF
    companies.switch_on(first_run=AS_THEY_CHANGE)
    assert companies.status().state is CompanyState.NO_COMPANIES
    companies.switch_off()
    companies.company()
    account = companies.account("else")
    companies.pass_time(60)
    companies.switch_on(first_run=AS_THEY_CHANGE)
    assert companies.status().state is CompanyState.NO_COMPANY_CHANGES
    companies.pass_time(60)
    beta = companies.company(BETA)
    companies.check()
    assert companies.status().state is CompanyState.NO_ACCOUNT_CHANGES
    companies.salesforce.edit(account, BillingCity="Paris")
    companies.check()
    assert companies.status().state is CompanyState.NO_LINKS
    companies.salesforce.edit(account, AccountNumber=BETA)
    companies.check()
    found = companies.status()
    assert (found.state, found.key_field) == (CompanyState.SYNCED, "AccountNumber")
    assert (found.facts.companies, found.facts.accounts, found.facts.links) == (2, 1, 1)
    assert companies.links() == {beta: account}


def test_with_no_link_at_all_the_field_that_would_match_is_suggested_once(
    companies: CompanyOffice,
) -> None:
    for number in range(4):
        companies.company(f"K{number}")
        companies.account(f"x{number}", External_Id__c=f"K{number}" if number else None)
    companies.account("y", Name="K3")
    companies.open()
    found = companies.status()
    assert found.state is CompanyState.NO_LINKS
    assert found.suggestions == (
        KeySuggestion("External_Id__c", "External Id", 3, 4),
        KeySuggestion("Name", "Account Name", 1, 4),
    )
    assert found.suggestions[0].share == 0.75
    before = companies.world.spent["salesforce", "directory"]
    companies.check()
    companies.check()
    assert companies.world.spent["salesforce", "directory"] == before


def test_a_suggestion_is_asked_for_before_companies_are_synced(companies: CompanyOffice) -> None:
    company = companies.company("001AAA")
    account = companies.account("A", Website="001AAA")
    companies.connect(rows=())
    (found,) = companies.run(suggest_keys(companies.context))
    assert (found.field, found.matched, found.sampled) == ("Website", 1, 1)
    assert companies.status().state is CompanyState.OFF
    companies.switch_on(MappingKey.of_companies(found.field))
    assert companies.links() == {company: account}


def test_the_usual_fields_are_offered_as_key_first(companies: CompanyOffice) -> None:
    companies.connect(rows=())
    names = [field.name for field in companies.run(offered_keys(companies.context))]
    assert names[:4] == ["AccountNumber", "Name", "Website", "Id"]
    assert "External_Id__c" in names
    assert "NumberOfEmployees" not in names
    assert "ParentId" not in names


def test_the_id_of_the_account_can_be_the_key(companies: CompanyOffice) -> None:
    account = companies.account(None)
    company = companies.company(account)
    companies.connect(rows=company_rows())
    companies.switch_on(MappingKey.of_companies("Id"))
    assert companies.links() == {company: account}
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") == "Pro"


def test_without_company_sync_an_account_key_is_the_same_after_a_restart(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.restart()
    assert companies.context.rules.company_key == KEY
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
