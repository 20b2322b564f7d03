"""Companies and accounts between both services, over real sockets."""

from __future__ import annotations

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.companies import sync_companies
from sfsync_gui.sandbox.web import call
from tests.support.firms import COMPANY_KEY, COMPANY_ROWS, Firm
from tests.support.town import ROWS, Town, TownMaker

A_WHILE = 900
"""Seconds in which all companies are read at least once."""


async def opened(make_town: TownMaker, firms: int = 2) -> tuple[Town, list[Firm]]:
    """A town whose companies are synced, and those that both sides know."""
    town = make_town(rows=(*ROWS, *COMPANY_ROWS))
    added = [town.firms.add(f"c-{number}") for number in range(firms)]
    await town.open()
    await sync_companies(town.running.engine.context, COMPANY_KEY)
    return town, added


async def linked(town: Town) -> dict[str, str]:
    """The accounts of the linked companies."""
    companies, _accounts = town.firms.ids()
    found = {
        company: link for company, link in (await town.links()).items() if company in companies
    }
    return {company: link.salesforce_id for company, link in found.items()}


async def test_companies_and_accounts_are_linked_and_kept_in_step(make_town: TownMaker) -> None:
    town, (acme, globex) = await opened(make_town)
    town.firms.in_intercom_only("c-8")
    town.firms.in_salesforce_only("c-9")
    await town.run_for(A_WHILE)
    assert await linked(town) == {
        acme.intercom_id: acme.salesforce_id,
        globex.intercom_id: globex.salesforce_id,
    }
    town.firms.in_intercom(acme, website="https://acme.example", grade="gold")
    town.firms.in_salesforce(globex, Website="https://globex.example", BillingState="Cork")
    await town.run_for(A_WHILE)
    assert town.firms.account(acme)["Website"] == "https://acme.example"
    assert town.firms.account(acme)["Site"] == "gold"
    assert town.firms.company(globex)["website"] == "https://globex.example"
    assert town.firms.company(globex)["region"] == "Cork"
    await town.assert_calm()


async def test_both_ends_of_a_link_may_be_deleted(make_town: TownMaker) -> None:
    town, (acme, globex) = await opened(make_town)
    town.firms.delete_company(acme)
    town.firms.delete_account(globex)
    await town.run_for(2 * A_WHILE)
    assert await linked(town) == {}
    assert town.firms.account(acme)["IsDeleted"] is False
    assert town.firms.company(globex)["company_id"] == "c-1"
    town.firms.undelete_account(globex)
    await town.run_for(A_WHILE)
    assert await linked(town) == {globex.intercom_id: globex.salesforce_id}
    await town.assert_calm()


async def test_a_merged_account_takes_its_company_along(make_town: TownMaker) -> None:
    town, (acme, _globex) = await opened(make_town)
    other = town.firms.in_salesforce_only(acme.key)
    town.firms.merge_accounts(Firm("", other, ""), acme)
    await town.run_for(A_WHILE)
    assert (await linked(town))[acme.intercom_id] == other
    town.firms.in_intercom(acme, grade="gold")
    await town.run_for(A_WHILE)
    assert town.record(other)["Site"] == "gold"


async def test_a_company_that_nobody_belongs_to_any_more_stays_linked(
    make_town: TownMaker,
) -> None:
    town, (acme, globex) = await opened(make_town)
    (member,) = town.intercom.workspace.companies.members(acme.intercom_id)
    town.at(town.intercom.detach_company, member, acme.intercom_id)
    await town.run_for(2 * A_WHILE)
    assert set(await linked(town)) == {acme.intercom_id, globex.intercom_id}
    town.firms.in_salesforce(acme, BillingState="Kerry")
    await town.run_for(A_WHILE)
    assert town.firms.company(acme)["region"] == "Kerry"


async def test_another_programs_scroll_does_not_stop_the_sync(make_town: TownMaker) -> None:
    town, (acme, _globex) = await opened(make_town)
    headers = {"authorization": f"Bearer {town.intercom_token}"}
    town.firms.in_intercom(acme, grade="gold")
    town.server.call(lambda: call(town.intercom.app, "GET", "/companies/scroll", headers=headers))
    town.forget_requests()
    await town.sync()
    await town.run_for(50, step=10)
    assert town.firms.account(acme)["Site"] == "gold"
    assert town.asked(Side.INTERCOM, "POST", r"^/companies/list$") >= 1


async def test_an_idle_while_costs_no_further_call_to_salesforce(make_town: TownMaker) -> None:
    town, _firms = await opened(make_town)
    await town.run_for(A_WHILE)
    before = await town.calls()
    town.forget_requests()
    await town.run_for(A_WHILE)
    after = await town.calls()
    polls = after[Side.SALESFORCE, "feed"] - before[Side.SALESFORCE, "feed"]
    assert town.asked(Side.SALESFORCE) == polls > 0
    assert town.asked(Side.INTERCOM, "PUT") == 0
