"""Companies and accounts over sockets: switched on, synced, interrupted, and what that costs."""

from __future__ import annotations

import pytest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.companies import stop_companies, sync_companies
from sfsync_gui.sandbox.faults import FaultKind
from tests.integration.test_faults_restarts import after
from tests.support.firms import COMPANY_KEY, COMPANY_ROWS, Firm
from tests.support.town import ROWS, SALESFORCE_CALL, Crash, Town, TownMaker

COMPANY_WRITE = ("PUT", r"^/companies/")


@pytest.fixture
def town(make_town: TownMaker) -> Town:
    """A town whose people and companies are mapped."""
    return make_town(rows=(*ROWS, *COMPANY_ROWS))


async def begin(town: Town) -> None:
    """Connect people, then have companies synced."""
    await town.open()
    await sync_companies(town.running.engine.context, COMPANY_KEY)


async def linked(town: Town, firm: Firm) -> bool:
    link = (await town.links()).get(firm.intercom_id)
    return link is not None and link.salesforce_id == firm.salesforce_id


async def test_companies_are_synced_both_ways_beside_people(town: Town) -> None:
    ann, acme = town.someone("ann@example.com"), town.firms.add("AC-1")
    await begin(town)
    assert await linked(town, acme)
    town.firms.in_intercom(acme, grade="Gold", website="https://acme.example")
    town.firms.in_salesforce(acme, BillingState="Bavaria")
    town.in_intercom(ann, phone="1")
    await town.sync()
    account, company = town.firms.account(acme), town.firms.company(acme)
    assert (account["Site"], account["Website"]) == ("Gold", "https://acme.example")
    assert company["region"] == "Bavaria"
    assert town.phones(ann) == ("1", "1")
    await town.assert_calm()


async def test_hundreds_of_companies_are_linked_page_by_page(town: Town) -> None:
    firms = [town.firms.add(f"K{number:03}") for number in range(230)]
    await begin(town)
    assert len(await town.links()) == len(firms)
    assert town.asked(Side.INTERCOM, "GET", r"^/companies/scroll") == 4
    assert town.asked(Side.INTERCOM, "GET", r"^/companies/[0-9a-f]{24}$") == 0
    await town.assert_calm()


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
async def test_a_broken_write_of_a_company_is_made_good(town: Town, kind: FaultKind) -> None:
    acme = town.firms.add("AC-1")
    await begin(town)
    await town.sync()
    town.arm(Side.INTERCOM, kind, COMPANY_WRITE)
    town.firms.in_salesforce(acme, BillingState="Bavaria", Website="https://acme.example")
    await town.sync()
    await town.run_for(1800)  # until what may have been sent cannot arrive any more
    assert town.fired(kind) == 1
    assert town.firms.company(acme)["region"] == "Bavaria"
    assert town.firms.company(acme)["website"] == "https://acme.example"
    await town.assert_calm()


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.LOCK_ROW])
async def test_a_broken_write_of_an_account_is_made_good(town: Town, kind: FaultKind) -> None:
    acme = town.firms.add("AC-1")
    await begin(town)
    await town.sync()
    town.firms.in_intercom(acme, grade="Gold")
    town.arm(Side.SALESFORCE, kind, SALESFORCE_CALL, skip=1)
    await town.sync()
    await town.run_for(1800)
    assert town.firms.account(acme)["Site"] == "Gold"
    await town.assert_calm()


async def test_a_lost_page_of_the_scroll_loses_no_company(town: Town) -> None:
    firms = [town.firms.add(f"K{number:03}") for number in range(130)]
    await begin(town)
    town.firms.in_intercom(firms[0], grade="First")
    town.firms.in_intercom(firms[-1], grade="Last")
    town.arm(Side.INTERCOM, FaultKind.RESET_AFTER, ("GET", r"^/companies/scroll"), skip=1)
    await town.sync()
    town.time.advance(400)
    await town.sync()
    grades = [town.firms.account(firm)["Site"] for firm in (firms[0], firms[-1])]
    assert grades == ["First", "Last"]


@pytest.mark.slow
async def test_a_crash_before_any_transaction_of_switching_on_loses_nothing(
    make_town: TownMaker,
) -> None:
    town = make_town(rows=(*ROWS, *COMPANY_ROWS))
    acme = town.firms.add("AC-1")
    await town.open()
    crashes, died = 0, True
    while died:
        town.arm_crash(after(crashes))
        try:
            await sync_companies(town.running.engine.context, COMPANY_KEY)
        except Crash:
            await town.crash()
            await town.open()
        else:
            died = False
            town.disarm_crash()
        await town.sync()
        if await town.running.store.run(lambda unit: unit.state.company_key()) is not None:
            assert await linked(town, acme)
            town.firms.in_intercom(acme, grade=f"Grade {crashes}")
            await town.sync()
            assert town.firms.account(acme)["Site"] == f"Grade {crashes}"
        await stop_companies(town.running.engine.context)
        town.time.advance(700)  # else the same row is written too often within the hour
        crashes += 1
    assert crashes > 5


async def test_an_idle_hour_with_companies_costs_no_call_more_to_salesforce(town: Town) -> None:
    town.firms.add("AC-1")
    await begin(town)
    await town.run_for(700)
    town.forget_requests()
    await town.run_for(3600)
    polls = town.asked(Side.SALESFORCE, "POST", r"/composite$")
    assert 11 <= polls <= 13
    assert town.asked(Side.SALESFORCE) == polls
    sweeps = town.asked(Side.INTERCOM, "GET", r"^/companies/scroll")
    assert 22 <= sweeps <= 26  # two calls for each of a dozen sweeps


async def test_with_companies_off_an_idle_hour_asks_nothing_of_them(town: Town) -> None:
    town.firms.add("AC-1")
    await begin(town)
    await stop_companies(town.running.engine.context)
    town.forget_requests()
    await town.run_for(3600)
    assert town.asked(Side.INTERCOM, path=r"^/companies") == 0
    assert town.asked(Side.INTERCOM, path=r"^/data_attributes") == 0
