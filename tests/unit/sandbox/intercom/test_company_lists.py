"""Many companies: the list, its limit and its lag, and the one scroll of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import ConnectionDropped, Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.web import Answer

Api = Callable[..., tuple[int, dict[str, Any]]]
SCROLL = "/companies/scroll"


def peopled(intercom: IntercomSandbox, count: int) -> list[str]:
    """Add companies to which somebody belongs."""
    companies = [intercom.add_company(f"Company {number}") for number in range(count)]
    for start in range(0, count, 1000):
        contact = intercom.create_contact("user", f"{start}@example.com")
        whole = intercom.workspace.contacts[contact]
        intercom.workspace.change(whole, companies=tuple(companies[start : start + 1000]))
    return companies


def ids(answer: dict[str, Any]) -> list[str]:
    return [company["id"] for company in answer["data"]]


def listed(api: Api, query: str = "") -> list[str]:
    status, answer = api("POST", "/companies/list", query=query)
    assert status == 200
    return ids(answer)


def test_companies_without_anybody_are_not_listed(api: Api, intercom: IntercomSandbox) -> None:
    with_people, empty = intercom.add_company("Acme"), intercom.add_company("Empty", "e-1")
    contact = intercom.create_contact("user", "a@example.com")
    intercom.attach_company(contact, with_people)
    assert listed(api) == [with_people]
    _status, scrolled = api("GET", SCROLL)
    assert ids(scrolled) == [with_people]
    _status, all_of_them = api("GET", "/companies")
    assert ids(all_of_them) == [with_people]
    assert api("GET", f"/companies/{empty}")[0] == 200
    for query in ("company_id=e-1", "name=Empty"):
        _status, found = api("GET", "/companies", query=query)
        assert ids(found) == [empty]
    intercom.detach_company(contact, with_people)
    assert listed(api) == []


def test_the_newest_request_comes_first(
    api: Api, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    first, second, third = peopled(intercom, 3)
    intercom.visit(second)
    clock.advance(5)
    intercom.visit(third)
    assert listed(api) == [third, second, first]
    assert listed(api, "order=asc") == [first, second, third]
    assert api("POST", "/companies/list", query="order=x")[0] == 400


def test_pages_of_the_list(api: Api, intercom: IntercomSandbox) -> None:
    companies = peopled(intercom, 130)
    _status, first = api("POST", "/companies/list")
    assert (len(first["data"]), first["total_count"]) == (15, 130)
    assert first["pages"]["total_pages"] == 9
    assert first["pages"]["next"].endswith("/companies/list?per_page=15&page=2")
    pages = [listed(api, f"per_page=60&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [60, 60, 10]
    assert {one for page in pages for one in page} == set(companies)
    _status, last = api("POST", "/companies/list", query="per_page=60&page=3")
    assert last["pages"]["next"] is None
    assert listed(api, "per_page=60&page=4") == []
    _status, refused = api("POST", "/companies/list", query="per_page=61")
    assert refused["errors"][0] == {"code": "parameter_invalid", "message": "Per Page is too big"}
    for query in ("page=0", "per_page=x"):
        assert api("POST", "/companies/list", query=query)[0] == 400


def test_the_list_ends_at_ten_thousand(api: Api, intercom: IntercomSandbox) -> None:
    peopled(intercom, 10_010)
    assert len(listed(api, "per_page=60&page=166")) == 60
    assert len(listed(api, "per_page=60&page=167")) == 10_000 - 166 * 60
    status, refused = api("POST", "/companies/list", query="per_page=60&page=168")
    assert status == 400
    assert refused["errors"][0]["message"] == "page limit reached, please use scroll API"
    _status, first = api("POST", "/companies/list")
    assert first["total_count"] == 10_010


def test_companies_of_a_tag_or_segment(api: Api, intercom: IntercomSandbox) -> None:
    first, second, _third = peopled(intercom, 3)
    tag = intercom.tag_company(first, "VIP")
    assert intercom.tag_company(second, "VIP") == tag
    segment = intercom.put_company_in_segment(second, "Active")
    _status, tagged = api("GET", "/companies", query=f"tag_id={tag}")
    assert sorted(ids(tagged)) == [first, second]
    assert tagged["data"][0]["tags"]["tags"] == [{"type": "tag", "id": tag, "name": "VIP"}]
    _status, found = api("GET", "/companies", query=f"segment_id={segment}")
    assert ids(found) == [second]
    assert found["data"][0]["segments"]["segments"][0]["name"] == "Active"
    _status, none = api("GET", "/companies", query="tag_id=nowhere")
    assert (none["data"], none["total_count"]) == ([], 0)


def test_the_list_lags_and_the_company_itself_does_not(clock: ManualClock) -> None:
    slow = IntercomSandbox(clock, index_lag=(30.0, 30.0))
    (company,) = peopled(slow, 1)
    assert slow.workspace.companies.listed() == []
    clock.advance(30)
    slow.agenda.run_due()
    assert [one.id for one in slow.workspace.companies.listed()] == [company]
    slow.edit_company(company, name="Other")
    assert [one.name for one in slow.workspace.companies.listed()] == ["Company 0"]
    assert (slow.company(company) or {})["name"] == "Other"
    slow.settle_index()
    assert [one.name for one in slow.workspace.companies.listed()] == ["Other"]
    slow.delete_company(company)
    assert len(slow.workspace.companies.listed()) == 1
    clock.advance(30)
    slow.agenda.run_due()
    assert slow.workspace.companies.listed() == []


def test_a_scroll_shows_each_company_once_a_hundred_at_a_time(
    api: Api, intercom: IntercomSandbox
) -> None:
    companies = peopled(intercom, 250)
    _status, answer = api("GET", SCROLL)
    sizes, found = [], set()
    parameter = answer["scroll_param"]
    while answer["data"]:
        assert answer["pages"] is None
        assert answer["total_count"] is None
        sizes.append(len(answer["data"]))
        found |= set(ids(answer))
        _status, answer = api("GET", SCROLL, query=f"scroll_param={parameter}")
    assert sizes == [100, 100, 50]
    assert found == set(companies)
    status, refused = api("GET", SCROLL, query=f"scroll_param={parameter}")
    assert (status, refused["errors"][0]["code"]) == (404, "not_found")
    assert api("GET", SCROLL)[0] == 200, "it ended with the empty page"


def test_a_scroll_shows_what_was_there_when_it_was_opened(
    api: Api, intercom: IntercomSandbox
) -> None:
    companies = peopled(intercom, 150)
    _status, answer = api("GET", SCROLL)
    last = max(companies)
    intercom.edit_company(last, name="Changed")
    peopled(intercom, 1)
    parameter = answer["scroll_param"]
    _status, rest = api("GET", SCROLL, query=f"scroll_param={parameter}")
    assert len(rest["data"]) == 50
    assert rest["data"][-1]["id"] == last
    assert rest["data"][-1]["name"] != "Changed"


def test_one_scroll_at_a_time_until_it_was_not_used_for_a_minute(
    api: Api, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    peopled(intercom, 250)
    _status, first = api("GET", SCROLL)
    clock.advance(50)
    parameter = first["scroll_param"]
    assert api("GET", SCROLL, query=f"scroll_param={parameter}")[0] == 200
    clock.advance(50)
    status, refused = api("GET", SCROLL)
    assert status == 400
    assert refused["errors"][0] == {
        "code": "scroll_exists",
        "message": "scroll already exists for this workspace",
    }
    clock.advance(11)
    status, refused = api("GET", SCROLL, query=f"scroll_param={parameter}")
    assert status == 404
    assert refused["errors"][0]["message"] == "scroll parameter not found"
    assert api("GET", SCROLL)[0] == 200


def test_a_page_whose_answer_is_lost_is_not_sent_again(
    api: Api, send: Callable[..., Answer], intercom: IntercomSandbox
) -> None:
    peopled(intercom, 250)
    _status, first = api("GET", SCROLL)
    query = f"scroll_param={first['scroll_param']}"
    intercom.faults.arm(Fault(FaultKind.RESET_AFTER, method="GET"))
    with pytest.raises(ConnectionDropped):
        send("GET", SCROLL, query=query)
    _status, third = api("GET", SCROLL, query=query)
    assert len(third["data"]) == 50


def test_nobody_is_scrolled_where_nobody_is(api: Api) -> None:
    _status, answer = api("GET", SCROLL)
    assert answer["data"] == []
    assert api("GET", SCROLL)[0] == 200
