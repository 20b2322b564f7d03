"""Reading all companies: what it costs, who is missing, and what interrupts it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import sample_rows
from tests.unit.engine.company_office import BETA, CompanyOffice, company_rows

IC = Side.INTERCOM


def sweeps(companies: CompanyOffice) -> int:
    """How many calls were made to list companies, by the scroll or page by page."""
    log = companies.intercom.log
    return log.count("GET", r"^/companies/scroll") + log.count("POST", r"^/companies/list")


def reads(companies: CompanyOffice) -> int:
    """How many companies were asked for one by one."""
    return companies.intercom.log.count("GET", r"^/companies/[0-9a-f]+$")


def test_an_idle_sweep_costs_two_calls_and_writes_nothing_to_disk(
    companies: CompanyOffice,
) -> None:
    companies.company()
    companies.account()
    companies.open()
    companies.check()
    before, size = sweeps(companies), companies.world.database.stat().st_mtime_ns
    wal = companies.world.database.with_name(companies.world.database.name + "-wal")
    content = wal.read_bytes() if wal.exists() else b""
    companies.run(companies.world.engine.check([IC]))
    assert sweeps(companies) == before  # not every check looks at all companies
    companies.pass_time(310)
    companies.run(companies.world.engine.check([IC]))
    assert sweeps(companies) == before + 2  # a page, and the empty one that ends the scroll
    assert companies.world.database.stat().st_mtime_ns == size
    assert (wal.read_bytes() if wal.exists() else b"") == content


def test_with_companies_off_nothing_of_them_is_read(companies: CompanyOffice) -> None:
    companies.company()
    companies.account()
    companies.connect(rows=company_rows())
    companies.check()
    companies.compare()
    assert sweeps(companies) == 0
    assert reads(companies) == 0
    assert companies.links() == {}
    assert companies.salesforce.log.count("GET", r"/sobjects/Account") == 0
    assert (
        companies.run(companies.world.store.run(lambda unit: unit.state.company_facts().accounts))
        == 0
    )


def test_a_linked_company_without_people_drops_from_the_list_and_stays_linked(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account()
    companies.open()
    (contact,) = [
        one["id"]
        for one in companies.intercom.all_contacts()
        if one["email"] == f"of-{company}@example.com"
    ]
    companies.intercom.detach_company(contact, company)
    companies.edit_company(company, tariff="Pro")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.sf(account, "Site") == "Pro"  # it was asked for by its id


def test_a_linked_company_that_is_not_listed_is_found_deleted_by_its_own_proof(
    companies: CompanyOffice,
) -> None:
    company = companies.company()
    companies.account()
    companies.open()
    (contact,) = [
        one["id"]
        for one in companies.intercom.all_contacts()
        if one["email"] == f"of-{company}@example.com"
    ]
    companies.intercom.detach_company(contact, company)
    companies.check()
    companies.intercom.delete_company(company)
    companies.check()
    assert companies.links() == {}
    assert companies.deeds()[-1] == (HistoryKind.UNLINKED, Trigger.INTERCOM_DELETED)


def test_a_company_made_anew_under_the_key_of_a_deleted_one_is_linked_for_certain(
    companies: CompanyOffice,
) -> None:
    former = companies.company()
    companies.open()
    companies.intercom.delete_company(former)
    anew = companies.company()
    companies.check()
    assert companies.person(IC, former).deleted
    account = companies.account()
    companies.check()
    assert companies.links() == {anew: account}
    assert not companies.link(anew).ambiguous


def test_of_many_unlisted_companies_some_are_asked_for_in_turn(
    companies: CompanyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfsync_gui.engine.company_feed.MISSING_A_SWEEP", 2)
    ids = [companies.company(f"K{number}") for number in range(5)]
    for number in range(5):
        companies.account(f"K{number}")
    companies.open()
    assert len(companies.links()) == 5
    for contact in companies.intercom.all_contacts():
        for company in ids:
            if contact["email"] == f"of-{company}@example.com":
                companies.intercom.detach_company(contact["id"], company)
    for company in ids:
        companies.intercom.delete_company(company)
    left = []
    for _ in range(3):
        before = reads(companies)
        companies.check()
        left.append(len(companies.links()))
        assert reads(companies) - before <= 2
    assert left == [3, 1, 0]


def test_an_interrupted_sweep_begins_again_and_nothing_is_lost(companies: CompanyOffice) -> None:
    ids = [companies.company(f"K{number:03}") for number in range(130)]
    accounts = [companies.account(f"K{number:03}") for number in (0, 129)]
    companies.open()
    companies.edit_company(ids[0], tariff="First")
    companies.edit_company(ids[129], tariff="Last")
    companies.intercom.faults.arm(
        Fault(FaultKind.RESET_BEFORE, method="GET", path=r"^/companies/scroll", skip=1, times=9)
    )
    companies.intercom.faults.arm(
        Fault(FaultKind.SERVER_ERROR, method="POST", path=r"^/companies/list", times=9)
    )
    companies.check()
    companies.check()
    companies.check()
    assert [companies.sf(one, "Site") for one in accounts] == ["First", "Last"]


def test_while_another_program_scrolls_more_than_can_be_listed_people_are_synced(
    companies: CompanyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfsync_gui.services.intercom.companies.LIST_LIMIT", 1)
    company, account = companies.company(), companies.account()
    companies.company(BETA)
    companies.open()
    companies.run(edit_rows(companies.context, [*sample_rows(), *company_rows()]))
    ann, lead = companies.user(), companies.lead()
    companies.check()
    companies.edit_company(company, tariff="Pro")
    companies.salesforce.edit(lead, Phone="+1 555 0100")
    others = companies.context.intercom.all_companies()
    companies.run(take_first(others))  # another program has begun to read all companies
    companies.world.engine.times.swept_companies = 0.0
    companies.run(companies.world.engine.sync_once())
    assert companies.ic(ann, "phone") == "+1 555 0100"
    assert companies.sf(account, "Site") is None
    assert companies.status().kept_from is not None
    assert companies.world.engine.conditions.statuses[IC].condition is SideCondition.READY
    companies.check()
    assert companies.sf(account, "Site") == "Pro"
    assert companies.status().kept_from is None
    companies.run(others.aclose())


async def take_first(pages: AsyncGenerator[tuple[PersonRecord, ...], None]) -> None:
    """Read one page and no more."""
    await anext(pages)
