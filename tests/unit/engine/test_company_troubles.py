"""What keeps companies from being synced, for a time or for good, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import (
    OrgError,
    SetupError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.findings import Grade
from sfsync_gui.core.mapping import MappingKey, MatchingOrder, Settings
from sfsync_gui.core.vocabulary import Direction, FirstRun, HistoryKind, MatchOutcome, Side, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.checking_set_up import check_anew
from sfsync_gui.engine.context import Joining
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.engine.session import COMPANIES_PAUSE, REFUSED_PAUSE
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import CrashError, sample_rows
from tests.unit.engine.company_office import BETA, CompanyOffice, company_rows

IC, SF = Side.INTERCOM, Side.SALESFORCE


def with_people(companies: CompanyOffice) -> tuple[str, str]:
    """People who are synced beside the companies."""
    companies.open()
    companies.run(edit_rows(companies.context, [*sample_rows(), *company_rows()]))
    ann, lead = companies.user(), companies.lead()
    companies.check()
    return ann, lead


def test_where_companies_cannot_be_listed_people_are_synced(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    ann, lead = with_people(companies)
    for method, path in (("GET", "scroll"), ("POST", "list")):
        fault = Fault(FaultKind.SERVER_ERROR, method, rf"^/companies/{path}", times=999)
        companies.intercom.faults.arm(fault)
    companies.edit_company(company, tariff="Pro")
    companies.salesforce.edit(lead, Phone="+1 555 0100")
    companies.check()
    assert companies.ic(ann, "phone") == "+1 555 0100"
    assert companies.world.engine.conditions.statuses[IC].condition is SideCondition.READY
    assert isinstance(companies.status().kept_from, TransientError)
    companies.intercom.faults.clear()
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
    assert companies.status().kept_from is None


@pytest.mark.parametrize(
    ("failure", "pause"),
    [
        (TransientError("", "", side=IC), COMPANIES_PAUSE),
        (TransientError("", "", side=IC, retry_after=7.0), 7.0),
        (OrgError("", "", side=IC), REFUSED_PAUSE),
        (SetupError("", "", side=SF), REFUSED_PAUSE),
        (SignInError("", "", side=IC), None),
        (TransientError("", "", side=SF), None),
        (OrgError("", "", side=SF), None),
        (StoreError("", ""), None),
    ],
)
def test_which_failures_keep_only_companies(
    companies: CompanyOffice, failure: SfsyncError, pause: float | None
) -> None:
    companies.connect()
    session = companies.world.engine._session
    assert session.companies_wait(failure, 1000.0) is (pause is not None)
    assert session.times.no_companies_before == (0.0 if pause is None else 1000.0 + pause)


def test_a_hidden_key_of_companies_keeps_no_people_and_loses_nothing(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    ann, lead = with_people(companies)
    companies.salesforce.hide_field("Account", "AccountNumber")
    companies.edit(ann, phone="+1 555 0100")
    companies.salesforce.edit(account, Fax="Gold")
    companies.check()
    assert companies.sf(lead, "Phone") == "+1 555 0100"
    assert companies.context.joining is Joining.RESUME
    reason = companies.status().kept_from
    assert reason is not None
    assert reason.code == "key_missing"
    companies.restart()
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") is None  # companies wait
    companies.salesforce.show_field("Account", "AccountNumber")
    companies.check()
    companies.check()
    assert companies.links()[company] == account
    assert companies.co(company, "tier") == "Gold"
    assert companies.sf(account, "Site") == "Pro"
    assert companies.status().kept_from is None


def test_the_set_up_check_tells_which_key_companies_wait_for(companies: CompanyOffice) -> None:
    companies.open()
    companies.salesforce.hide_field("Account", "AccountNumber")
    companies.check()
    report = companies.run(check_anew(companies.context))
    (failed,) = [one for one in report.findings if one.grade is Grade.FAILED]
    assert failed.subject == "Account"
    assert "AccountNumber" in failed.message


def test_a_key_that_changed_while_it_was_hidden_ends_the_link(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.salesforce.hide_field("Account", "AccountNumber")
    companies.check()
    companies.salesforce.show_field("Account", "AccountNumber")
    companies.salesforce.edit(account, AccountNumber=BETA)
    companies.check()
    assert company not in companies.links()
    assert companies.deeds()[-1] == (HistoryKind.UNLINKED, Trigger.SALESFORCE_KEY_UPDATED)


def test_without_the_right_to_read_accounts_people_are_synced(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    ann, lead = with_people(companies)
    companies.salesforce.set_rights("Account", read=False)
    companies.edit(ann, phone="+1 555 0100")
    companies.check()
    assert companies.sf(lead, "Phone") == "+1 555 0100"
    companies.salesforce.set_rights("Account")
    companies.check()
    assert companies.links()[company] == account
    assert companies.status().kept_from is None


def test_nobody_is_linked_while_companies_wait(companies: CompanyOffice) -> None:
    companies.open()
    account = companies.account(Fax="Gold")
    companies.check()
    companies.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, times=99))
    company = companies.company(tariff="Pro")
    companies.check()
    assert companies.person(IC, company).due is Trigger.INTERCOM_CREATED
    companies.salesforce.faults.clear()
    companies.salesforce.hide_field("Account", "AccountNumber")
    companies.check()
    assert companies.links() == {}
    assert companies.person(IC, company).due is Trigger.INTERCOM_CREATED
    companies.salesforce.show_field("Account", "AccountNumber")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.link(company).salesforce_key == companies.link(company).intercom_key


def test_a_row_is_mended_while_companies_are_off(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.salesforce.hide_field("Account", "Site")
    companies.check()
    companies.switch_off()
    companies.salesforce.show_field("Account", "Site")
    mended = [
        replace(row, direction=Direction.TO_SALESFORCE, disabled=None) if row.id == "c-two" else row
        for row in companies.context.rules.rows
    ]
    companies.run(edit_rows(companies.context, mended))
    companies.switch_on()
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
    assert companies.codes() == []


def test_companies_made_anew_are_linked_when_the_guard_lets_the_old_links_end(
    companies: CompanyOffice,
) -> None:
    keys = [f"K{number}" for number in range(3)]
    old, accounts = [companies.company(key) for key in keys], [companies.account(k) for k in keys]
    companies.open()
    companies.context.settings = Settings(guard_minimum=2)
    for company in old:
        companies.intercom.delete_company(company)
    new = [companies.company(key, tariff=f"New {key}") for key in keys]
    companies.check()
    assert companies.noted()[new[1]] == (MatchOutcome.ALREADY_LINKED, [accounts[1]])
    (hold,) = companies.holds()
    companies.run(commands.release_hold(companies.context, hold.id))
    companies.context.settings = Settings()
    companies.check()
    assert companies.links() == dict(zip(new, accounts, strict=True))
    assert [companies.sf(one, "Site") for one in accounts] == [f"New {key}" for key in keys]
    assert companies.noted() == {}


def test_another_key_takes_the_notes_of_the_one_before_away(companies: CompanyOffice) -> None:
    company = companies.company()
    companies.account()
    companies.account()
    companies.connect(rows=company_rows())
    companies.run(change_key(companies.context, MappingKey(), MatchingOrder(strict=True)))
    companies.switch_on()
    assert companies.noted()[company][0] is MatchOutcome.AMBIGUOUS
    companies.switch_on(MappingKey.of_companies("Name"))
    assert companies.noted() == {}


def test_switched_on_again_no_other_key_is_looked_for_where_companies_are_linked(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.switch_off()
    companies.switch_on()
    assert companies.links() == {company: account}
    assert companies.status().suggestions == ()


def die_and_start(companies: CompanyOffice) -> None:
    """Start the process anew after it died."""
    companies.run(companies.world.close_connections())
    companies.world.crashes.calm()
    companies.world.start_engine()
    companies.run(companies.world.engine.open())
    companies.run(companies.world.engine.connect(FirstRun.LINK_ALL))


@pytest.mark.parametrize("point", range(1, 22, 2))
def test_wherever_the_process_dies_another_key_is_made_good(
    companies: CompanyOffice, point: int
) -> None:
    name = MappingKey.of_companies("Name")
    company, account = companies.company(), companies.account()
    other, found = companies.company(BETA), companies.account("ZZ", Name=BETA)
    companies.open()
    companies.salesforce.edit(account, Fax="Gold")
    companies.world.crashes.left = point
    with pytest.raises(CrashError):
        companies.switch_on(name)
    die_and_start(companies)
    if companies.run(companies.world.store.run(lambda unit: unit.state.company_key())) != name:
        companies.switch_on(name)  # it died before the wish was stored
    companies.check()
    assert companies.co(company, "tier") == "Gold"
    companies.edit_company(other, tariff="Pro")
    companies.check()
    assert companies.links() == {company: account, other: found}
    assert companies.sf(found, "Site") == "Pro"


def wait_and_go_on(companies: CompanyOffice) -> None:
    """Check while the key is hidden, and once it can be read again."""
    companies.run(companies.world.engine.sync_once())
    companies.salesforce.show_field("Account", "AccountNumber")
    companies.run(companies.world.engine.sync_once())


@pytest.mark.parametrize("point", range(1, 14, 2))
def test_wherever_the_process_dies_companies_that_waited_lose_nothing(
    companies: CompanyOffice, point: int
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    companies.salesforce.hide_field("Account", "AccountNumber")
    companies.salesforce.edit(account, Fax="Gold")
    companies.pass_time(310)
    companies.world.crashes.left = point
    with pytest.raises(CrashError):
        wait_and_go_on(companies)
    companies.salesforce.show_field("Account", "AccountNumber")
    die_and_start(companies)
    companies.check()
    companies.check()
    assert companies.links() == {company: account}
    assert companies.co(company, "tier") == "Gold"
