"""Sweeps of all companies over sockets: what goes on between two pages, and what ends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.commands import link_by_hand
from sfsync_gui.engine.companies import stop_companies, sync_companies
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.firms import COMPANY_KEY, COMPANY_ROWS, Firm
from tests.support.town import ROWS, Town, TownMaker

PAGE = 2
FIRMS = 9
SCROLL, LIST = ("GET", r"^/companies/scroll"), ("POST", r"^/companies/list")
BY_ID = ("GET", r"^/companies/[0-9a-f]{24}$")
INTERVAL = 310
"""Seconds after which a sweep is due."""


@pytest.fixture
def town(make_town: TownMaker, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose people and companies are mapped; a page of the scroll has two companies."""
    monkeypatch.setattr("sfsync_gui.sandbox.intercom.company_endpoints.SCROLL_PER_PAGE", PAGE)
    return make_town(rows=(*ROWS, *COMPANY_ROWS))


async def begun(town: Town) -> list[Firm]:
    """Have companies synced, and a sweep begun that has read its first page; returns the firms
    in the order in which the scroll shows them."""
    firms = [town.firms.add(f"K{number}") for number in range(FIRMS)]
    await town.open()
    await sync_companies(town.running.engine.context, COMPANY_KEY)
    await town.sync()
    await next_sweep(town)
    return sorted(firms, key=lambda firm: firm.intercom_id)


async def next_sweep(town: Town) -> None:
    """Let a sweep begin when it is due, and read its first page."""
    town.time.advance(INTERVAL)
    town.forget_requests()
    await town.running.engine.step()
    assert under_way(town)
    assert town.asked(Side.INTERCOM, *SCROLL) == 1


def under_way(town: Town) -> bool:
    return town.running.engine.context.sweep is not None


async def come_to_the_end(town: Town) -> None:
    """Let the schedule go on until the sweep has ended."""
    for _ in range(3 * FIRMS):
        await town.running.engine.step()
        if not under_way(town):
            return
    pytest.fail("the sweep does not end")


async def linked(town: Town) -> set[str]:
    return set(await town.links())


async def test_a_change_of_a_person_is_synced_between_two_pages(town: Town) -> None:
    ann = town.someone("ann@example.com")
    await begun(town)
    town.in_intercom(ann, phone="1")
    town.time.advance(5)
    await town.running.engine.step()
    assert town.phones(ann) == ("1", "1")
    assert under_way(town)
    assert town.asked(Side.INTERCOM, *SCROLL) == 2
    await come_to_the_end(town)
    await town.assert_calm()


async def test_each_page_is_taken_in_though_people_are_checked_before_the_next(town: Town) -> None:
    ann = town.someone("ann@example.com")
    firms = await begun(town)
    await come_to_the_end(town)
    for number, firm in enumerate(firms):
        town.firms.in_intercom(firm, grade=f"Grade {number}")
    await next_sweep(town)
    for number in range(FIRMS // PAGE + 1):
        town.in_intercom(ann, phone=f"{number}")
        town.time.advance(5)
        await town.running.engine.step()
        assert town.phones(ann) == (f"{number}", f"{number}")
    assert not under_way(town)
    grades = [town.firms.account(firm)["Site"] for firm in firms]
    assert grades == [f"Grade {number}" for number in range(FIRMS)]
    await town.assert_calm()


async def test_a_page_from_before_our_own_write_takes_nothing_back(town: Town) -> None:
    firms = await begun(town)
    town.firms.in_intercom(firms[-1], website="https://old.example")
    await town.sync()
    await next_sweep(town)
    town.firms.in_salesforce(firms[-1], Website="https://new.example")
    town.running.engine.times.checked[Side.SALESFORCE] = 0.0
    await town.running.engine.step()
    assert town.firms.company(firms[-1])["website"] == "https://new.example"
    assert under_way(town)
    await come_to_the_end(town)  # the last page shows the website as it was
    assert town.firms.company(firms[-1])["website"] == "https://new.example"
    assert town.firms.account(firms[-1])["Website"] == "https://new.example"
    await town.assert_calm()


async def test_an_order_is_carried_out_between_two_pages(town: Town) -> None:
    await begun(town)
    await town.running.engine.check(())
    assert town.asked(Side.INTERCOM, *SCROLL) == 1
    assert under_way(town)


async def crash(town: Town) -> None:
    await town.crash()
    await town.open()


async def lose_the_connection(town: Town) -> None:
    town.arm(Side.INTERCOM, FaultKind.RESET_BEFORE, SCROLL)
    town.arm(Side.INTERCOM, FaultKind.SERVER_ERROR, LIST, times=9)
    await town.running.engine.step()


async def switch_off(town: Town) -> None:
    await stop_companies(town.running.engine.context)
    await town.running.engine.step()


@pytest.mark.parametrize("interrupt", [crash, lose_the_connection, switch_off])
async def test_of_a_sweep_that_was_interrupted_nothing_is_concluded(
    town: Town, interrupt: Callable[[Town], Awaitable[None]]
) -> None:
    firms = await begun(town)
    await interrupt(town)
    assert not under_way(town)
    await town.running.engine.step()
    assert town.asked(Side.INTERCOM, *BY_ID) == 0
    assert await linked(town) == {firm.intercom_id for firm in firms}


async def test_a_sweep_that_was_interrupted_is_due_again_at_once(town: Town) -> None:
    firms = await begun(town)
    town.firms.in_intercom(firms[-1], grade="Gold")
    await lose_the_connection(town)
    town.server.call(town.intercom.faults.clear)
    await town.run_for(70, step=10)
    await come_to_the_end(town)
    assert town.firms.account(firms[-1])["Site"] == "Gold"


async def test_a_company_that_was_made_during_a_sweep_is_not_held_deleted(town: Town) -> None:
    await begun(town)
    anew = town.firms.add("new")
    context = town.running.engine.context
    await link_by_hand(context, anew.intercom_id, PersonKind.ACCOUNT, anew.salesforce_id)
    await come_to_the_end(town)
    assert anew.intercom_id in await linked(town)
    assert town.asked(Side.INTERCOM, *BY_ID) > 0  # the sweep did not show it
    await town.assert_calm()


@pytest.mark.parametrize("place", [0, -1], ids=["shown already", "still to come"])
async def test_a_deletion_during_a_sweep_is_found_by_this_or_the_next(
    town: Town, place: int
) -> None:
    firms = await begun(town)
    town.firms.delete_company(firms[place])
    await come_to_the_end(town)
    await next_sweep(town)
    await come_to_the_end(town)
    assert await linked(town) == {firm.intercom_id for firm in firms} - {firms[place].intercom_id}
    await town.assert_calm()


async def test_sync_now_sees_what_the_sweep_under_way_has_passed(town: Town) -> None:
    firms = await begun(town)
    town.firms.in_intercom(firms[0], grade="Gold")
    await town.sync()
    assert town.firms.account(firms[0])["Site"] == "Gold"
    assert town.asked(Side.INTERCOM, *LIST) == 0


async def test_what_a_person_asks_for_during_a_sweep_is_another_after_it(town: Town) -> None:
    firms = await begun(town)
    town.firms.in_intercom(firms[0], grade="Gold")
    town.running.engine.sync_now(companies=True)
    await come_to_the_end(town)
    town.time.advance(6)
    await town.running.engine.step()
    await come_to_the_end(town)
    assert town.firms.account(firms[0])["Site"] == "Gold"


async def test_a_sweep_that_loses_its_scroll_begins_again(town: Town) -> None:
    firms = await begun(town)
    town.firms.in_intercom(firms[0], grade="Gold")
    town.firms.in_intercom(firms[-1], grade="Silver")
    town.time.advance(70)
    await come_to_the_end(town)
    assert [town.firms.account(firms[place])["Site"] for place in (0, -1)] == ["Gold", "Silver"]
    assert town.asked(Side.INTERCOM, *LIST) == 0


async def test_switched_off_and_on_between_two_pages_companies_are_read_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfsync_gui.services.intercom.companies.LIST_LIMIT", FIRMS - 1)
    firms = await begun(town)
    context = town.running.engine.context
    town.firms.in_intercom(firms[-1], grade="Gold")
    await stop_companies(context)
    await sync_companies(context, COMPANY_KEY)
    await town.sync()
    assert town.firms.account(firms[-1])["Site"] == "Gold"
    assert context.companies_kept_from is None
    await town.assert_calm()
