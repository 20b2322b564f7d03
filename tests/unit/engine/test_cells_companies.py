"""The trigger tables for companies and accounts, cell by cell, from the act to both services."""

from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, PersonKind, Side, Trigger
from tests.unit.engine.company_office import ACME, BETA, CompanyOffice

LINKED, UNLINKED, MOVED = HistoryKind.LINKED, HistoryKind.UNLINKED, HistoryKind.MOVED
SF, IC = Side.SALESFORCE, Side.INTERCOM
AS_THEY_CHANGE = FirstRun.AS_THEY_CHANGE

# ---------------------------------------------------------------------- Intercom → Salesforce


def test_company_updated_with_mapping_writes_the_updated_attributes(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(label="Ace"), companies.account()
    companies.open()
    assert companies.links() == {company: account}
    companies.edit_company(company, tariff="Pro", size=40)
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
    assert companies.sf(account, "NumberOfEmployees") == 40
    assert companies.sf(account, "Nickname__c") is None  # was not updated
    assert companies.written() == {(SF, "c-two"), (SF, "c-size")}


def test_company_updated_without_mapping_matches_and_writes_the_updated(
    companies: CompanyOffice,
) -> None:
    company = companies.company(label="Ace", start="one")
    account = companies.account(Fax="Gold")
    companies.open(AS_THEY_CHANGE)
    assert companies.links() == {}
    companies.edit_company(company, label="Acer")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.deeds() == [(LINKED, Trigger.INTERCOM_UPDATED)]
    assert companies.sf(account, "Nickname__c") == "Acer"
    assert companies.sf(account, "Notes__c") is None  # mapped, but not updated
    assert companies.co(company, "tier") == "Gold"


def test_company_updated_without_match_does_nothing(companies: CompanyOffice) -> None:
    company = companies.company()
    companies.account(BETA)
    companies.open()
    companies.edit_company(company, label="Acer")
    assert companies.writes_of_check() == 0
    assert companies.links() == {}
    assert len(companies.salesforce.ids("Account")) == 1
    assert companies.person(IC, company).due is None


def test_company_created_matches_and_writes_all(companies: CompanyOffice) -> None:
    account = companies.account(Fax="Gold")
    companies.open()
    company = companies.company(label="Ace", start="one", size=3)
    companies.check()
    assert companies.links() == {company: account}
    assert companies.deeds() == [(LINKED, Trigger.INTERCOM_CREATED)]
    assert companies.sf(account, "Nickname__c") == "Ace"
    assert companies.sf(account, "Notes__c") == "one"
    assert companies.sf(account, "NumberOfEmployees") == 3
    assert companies.co(company, "tier") == "Gold"


def test_company_created_without_match_creates_no_account(companies: CompanyOffice) -> None:
    companies.open()
    companies.company(label="Ace")
    assert companies.writes_of_check() == 0
    assert companies.salesforce.ids("Account") == []


def test_company_created_with_mapping_does_nothing(companies: CompanyOffice) -> None:
    account = companies.account()
    companies.open()
    company = companies.company(label="Ace")
    companies.check()
    assert companies.links() == {company: account}
    before = companies.history()
    companies.intercom.visit(company)
    assert companies.writes_of_check() == 0
    assert companies.history() == before


def test_company_deleted_ends_the_mapping_and_the_account_stays(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account(Site="Pro")
    companies.open()
    companies.intercom.delete_company(company)
    assert companies.writes_of_check() == 0
    assert companies.links() == {}
    assert companies.deeds()[1:] == [(UNLINKED, Trigger.INTERCOM_DELETED)]
    assert companies.sf(account, "Site") == "Pro"


def test_an_unlinked_company_that_was_deleted_is_never_linked(companies: CompanyOffice) -> None:
    company = companies.company()
    companies.open()
    companies.intercom.delete_company(company)
    companies.account()
    companies.check()
    assert companies.links() == {}
    assert companies.person(IC, company).deleted


# ---------------------------------------------------------------------- Salesforce → Intercom


def test_account_updated_with_mapping_writes_all_that_differs(companies: CompanyOffice) -> None:
    company = companies.company(tier="Silver", finish="two")
    account = companies.account(Fax="Gold", Notes__c="two")
    companies.open()
    companies.salesforce.edit(account, Site="Pro", NumberOfEmployees=12)
    companies.check()
    assert companies.co(company, "tariff") == "Pro"
    assert companies.co(company, "size") == 12
    assert companies.co(company, "tier") == "Gold"  # differed since before it was linked
    assert companies.written() == {(IC, "c-two"), (IC, "c-size"), (IC, "c-down")}


def test_account_updated_without_mapping_matches_and_writes_all(companies: CompanyOffice) -> None:
    company, account = companies.company(label="Ace"), companies.account(Fax="Gold", Notes__c="n")
    companies.open(AS_THEY_CHANGE)
    companies.salesforce.edit(account, BillingCity="Paris")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.deeds() == [(LINKED, Trigger.SALESFORCE_UPDATED)]
    assert companies.co(company, "tier") == "Gold"
    assert companies.co(company, "finish") == "n"
    assert companies.sf(account, "Nickname__c") is None  # nothing goes to Salesforce


def test_account_key_updated_with_mapping_moves_to_the_match_and_writes_all(
    companies: CompanyOffice,
) -> None:
    acme, beta = companies.company(ACME), companies.company(BETA)
    account = companies.account(ACME, Fax="Gold")
    companies.open()
    companies.salesforce.edit(account, AccountNumber=BETA)
    companies.check()
    assert companies.links() == {beta: account}
    assert companies.deeds()[1:] == [
        (UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
        (LINKED, Trigger.SALESFORCE_KEY_UPDATED),
    ]
    assert companies.co(beta, "tier") == "Gold"
    assert companies.co(acme, "tier") is None
    assert companies.co(beta, "company_id") == BETA


def test_account_whose_key_becomes_blank_ends_the_mapping(companies: CompanyOffice) -> None:
    companies.company()
    account = companies.account()
    companies.open()
    companies.salesforce.edit(account, AccountNumber=None)
    assert companies.writes_of_check() == 0
    assert companies.links() == {}


def test_account_key_updated_without_mapping_matches_and_writes_all(
    companies: CompanyOffice,
) -> None:
    beta, account = companies.company(BETA), companies.account(None, Fax="Gold")
    companies.open()
    companies.salesforce.edit(account, AccountNumber=BETA)
    companies.check()
    assert companies.links() == {beta: account}
    assert companies.deeds() == [(LINKED, Trigger.SALESFORCE_KEY_UPDATED)]
    assert companies.co(beta, "tier") == "Gold"


def test_account_created_matches_and_writes_all(companies: CompanyOffice) -> None:
    company = companies.company(label="Ace", tier="Silver")
    companies.open()
    account = companies.account(Fax="Gold", Site="Pro")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.deeds() == [(LINKED, Trigger.SALESFORCE_CREATED)]
    assert companies.co(company, "tier") == "Gold"
    assert companies.co(company, "tariff") == "Pro"
    assert companies.sf(account, "Nickname__c") is None


def test_account_deleted_ends_the_mapping_and_the_company_stays(companies: CompanyOffice) -> None:
    company, account = companies.company(tariff="Pro"), companies.account()
    companies.open()
    companies.salesforce.delete(account)
    assert companies.writes_of_check() == 0
    assert companies.links() == {}
    assert companies.deeds()[1:] == [(UNLINKED, Trigger.SALESFORCE_DELETED)]
    assert companies.co(company, "tariff") == "Pro"


def test_account_undeleted_is_linked_again(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.salesforce.delete(account)
    companies.check()
    companies.salesforce.undelete(account)
    companies.check()
    assert companies.links() == {company: account}


def test_account_merged_moves_the_mapping_to_the_winner(companies: CompanyOffice) -> None:
    company, winner = companies.company(), companies.account(Fax="Gold")
    companies.pass_time(5)
    loser = companies.account()  # updated last: it is preferred of the two
    companies.open()
    assert companies.links() == {company: loser}
    companies.salesforce.merge(winner, loser)
    companies.check()
    assert companies.links() == {company: winner}
    assert companies.deeds()[1:] == [(MOVED, Trigger.SALESFORCE_MERGED)]
    assert companies.link(company).salesforce_kind is PersonKind.ACCOUNT
    assert companies.co(company, "tier") == "Gold"


def test_account_merged_into_one_of_another_key_ends_the_mapping_by_its_key(
    companies: CompanyOffice,
) -> None:
    companies.company()
    loser, winner = companies.account(), companies.account("other", Fax="Gold")
    companies.open()
    companies.salesforce.merge(winner, loser)
    companies.check()
    assert companies.links() == {}
    assert companies.deeds()[1:] == [
        (MOVED, Trigger.SALESFORCE_MERGED),
        (UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
    ]


def test_account_merged_into_a_linked_one_ends_the_mapping_and_reports_it(
    companies: CompanyOffice,
) -> None:
    acme, beta = companies.company(ACME), companies.company(BETA)
    loser, winner = companies.account(ACME), companies.account(BETA)
    companies.open()
    assert companies.links() == {acme: loser, beta: winner}
    companies.salesforce.merge(winner, loser)
    companies.check()
    assert companies.links() == {beta: winner}
    assert companies.deeds()[2:] == [(UNLINKED, Trigger.SALESFORCE_MERGED)]
    (error,) = companies.errors()
    assert (error.code, error.intercom_id) == ("already_linked", acme)
    assert error.salesforce_kind is PersonKind.ACCOUNT


def test_two_way_conflict_is_decided_by_the_row_and_the_loser_is_in_history(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.edit_company(company, tariff="Intercom")
    companies.salesforce.edit(account, Site="Salesforce")
    companies.check()
    assert companies.co(company, "tariff") == "Salesforce"
    (lost,) = [one for one in companies.history() if one.kind is HistoryKind.OVERRULED]
    assert (lost.before, lost.side) == ("Intercom", IC)


def test_blanks_are_kept_or_copied_by_the_row(companies: CompanyOffice) -> None:
    company = companies.company(tariff="Pro", remark="Hello")
    account = companies.account(Site="Pro", Short_Note__c="Hello")
    companies.open()
    companies.edit_company(company, tariff=None, remark=None)
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
    assert companies.sf(account, "Short_Note__c") is None


def test_a_chain_goes_through_the_account(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.edit_company(company, start="one")
    companies.check()
    companies.check()
    assert companies.sf(account, "Notes__c") == "one"
    assert companies.co(company, "finish") == "one"


def test_a_second_pass_over_an_unchanged_world_writes_nothing(companies: CompanyOffice) -> None:
    company, account = companies.company(label="Ace"), companies.account(Fax="Gold")
    companies.open()
    companies.edit_company(company, tariff="Pro")
    companies.salesforce.edit(account, Fax="Silver")
    companies.check()
    for _ in range(3):
        assert companies.writes_of_check() == 0
