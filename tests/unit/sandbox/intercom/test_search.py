"""List and search: days of the workspace, the lagging index, cursors, refusals."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.intercom.search import day_bounds

Api = Callable[..., tuple[int, dict[str, Any]]]
AUCKLAND = ZoneInfo("Pacific/Auckland")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, second, tzinfo=AUCKLAND).timestamp())


def names(api: Api, query: object, *, version: str = "2.16", **body: Any) -> list[str]:
    status, answer = api("POST", "/contacts/search", {"query": query, **body}, version=version)
    assert status == 200, answer
    assert answer["total_count"] >= len(answer["data"])
    return [contact["name"] for contact in answer["data"]]


def updated(operator: str, value: object) -> dict[str, object]:
    return {"field": "updated_at", "operator": operator, "value": value}


@pytest.fixture
def around_midnight(clock: ManualClock, intercom: IntercomSandbox) -> IntercomSandbox:
    """People changed in the seconds around two midnights in Auckland."""
    for name, moment in (
        ("late on the 20th", at(2026, 5, 20, 23, 59, 59)),
        ("first of the 21st", at(2026, 5, 21)),
        ("last of the 21st", at(2026, 5, 21, 23, 59, 59)),
        ("first of the 22nd", at(2026, 5, 22)),
    ):
        clock.advance(moment - clock.now())
        intercom.create_contact("user", name=name)
    return intercom


@pytest.mark.usefixtures("around_midnight")
def test_dates_are_days_of_the_workspace(api: Api) -> None:
    noon = at(2026, 5, 21, 12)
    assert names(api, updated(">", noon)) == ["first of the 22nd"]
    assert names(api, updated("=", noon)) == ["last of the 21st", "first of the 21st"]
    assert names(api, updated("<", noon)) == ["late on the 20th"]
    assert names(api, updated(">", str(at(2026, 5, 20)))) == [
        "first of the 22nd",
        "last of the 21st",
        "first of the 21st",
    ]


@pytest.mark.usefixtures("around_midnight")
def test_preview_compares_by_the_second(api: Api) -> None:
    moment = at(2026, 5, 21, 23, 59, 59)
    assert names(api, updated(">", moment), version="Preview") == ["first of the 22nd"]
    assert names(api, updated("=", moment), version="Preview") == ["last of the 21st"]
    assert len(names(api, updated(">=", moment), version="Preview")) == 2
    assert len(names(api, updated("<=", moment), version="Preview")) == 3
    assert len(names(api, updated("!=", moment), version="Preview")) == 3


@pytest.mark.parametrize("operator", [">=", "<=", "!=", "IN", "NIN", "~"])
def test_operators_that_dates_refuse(api: Api, operator: str) -> None:
    status, body = api("POST", "/contacts/search", {"query": updated(operator, [1])})
    assert (status, body["type"]) == (400, "error.list")


def test_days_have_23_or_25_hours_where_the_clocks_change() -> None:
    spring, autumn = at(2026, 9, 27, 12), at(2026, 4, 5, 12)
    begin, end = day_bounds(spring, AUCKLAND)
    assert (begin, end - begin) == (at(2026, 9, 27), 23 * 3600)
    begin, end = day_bounds(autumn, AUCKLAND)
    assert (begin, end - begin) == (at(2026, 4, 5), 25 * 3600)
    assert day_bounds(end, AUCKLAND)[0] == end
    assert day_bounds(end - 1, AUCKLAND)[0] == begin


def test_search_over_the_day_of_the_clock_change(
    api: Api, clock: ManualClock, intercom: IntercomSandbox
) -> None:
    clock.advance(at(2026, 9, 27, 23, 30) - clock.now())
    intercom.create_contact("user", name="evening")
    clock.advance(3600)
    intercom.create_contact("user", name="next day")
    assert names(api, updated("=", at(2026, 9, 27, 1))) == ["evening"]
    assert names(api, updated(">", at(2026, 9, 27, 1))) == ["next day"]


def test_the_index_lags_and_keeps_the_whole_older_contact(clock: ManualClock) -> None:
    lags = iter((0.0, 100.0, 10.0, 0.0, 30.0))
    intercom = IntercomSandbox(clock, index_lag=lambda _random: next(lags))
    contact_id = intercom.create_contact("user", email="a@example.com", name="old")
    indexed = intercom.workspace.index.select

    clock.advance(5)
    intercom.edit_contact(contact_id, name="middle", phone="1")
    intercom.edit_contact(contact_id, name="new")
    stale = indexed(lambda _contact: True)[0]
    assert (stale.name, stale.phone) == ("old", None)
    stored = intercom.contact(contact_id)
    assert stored is not None
    assert stored["name"] == "new"

    clock.advance(10)
    intercom.agenda.run_due()
    assert indexed(lambda _contact: True)[0].name == "new"
    clock.advance(90)
    intercom.agenda.run_due()
    assert indexed(lambda _contact: True)[0].name == "new", "an older version came late"

    intercom.edit_contact(contact_id, name="at once")
    assert indexed(lambda _contact: True)[0].name == "at once"
    intercom.delete_contact(contact_id)
    assert len(indexed(lambda _contact: True)) == 1
    intercom.settle_index()
    assert indexed(lambda _contact: True) == []
    clock.advance(1000)
    intercom.agenda.run_due()
    assert indexed(lambda _contact: True) == []


def test_list_pages_by_ten_and_reads_the_lagging_index(
    clock: ManualClock, intercom: IntercomSandbox, api: Api
) -> None:
    for number in range(23):
        intercom.create_contact("user", name=str(number))
        clock.advance(number % 2)
    _status, first = api("GET", "/contacts")
    assert len(first["data"]) == 10
    assert first["pages"]["total_pages"] == 3
    assert first["total_count"] == 23
    after = first["pages"]["next"]["starting_after"]
    _status, second = api("GET", "/contacts", query=f"starting_after={after}&per_page=150")
    assert len(second["data"]) == 13
    assert "next" not in second["pages"]
    assert api("GET", "/contacts", query="per_page=151")[0] == 400


def test_a_descent_while_records_move(
    clock: ManualClock, intercom: IntercomSandbox, api: Api
) -> None:
    ids = []
    for number in range(12):
        ids.append(intercom.create_contact("user", name=str(number)))
        clock.advance(number % 3)
    request: dict[str, Any] = {
        "query": updated(">", 0),
        "sort": {"field": "updated_at", "order": "descending"},
        "pagination": {"per_page": 4},
    }
    seen: list[str] = []
    while True:
        _status, page = api("POST", "/contacts/search", request)
        seen += [contact["id"] for contact in page["data"]]
        if "next" not in page["pages"]:
            break
        request["pagination"]["starting_after"] = page["pages"]["next"]["starting_after"]
        if ids[0] not in seen:
            clock.advance(10)
            intercom.edit_contact(ids[0], phone=str(clock.now()))
    assert ids[0] not in seen, "it moved to the top, behind the reader's back"
    assert sorted(seen) == sorted(ids[1:])


def test_ascending_order_with_ties(intercom: IntercomSandbox, api: Api) -> None:
    ids = [intercom.create_contact("user", name=str(number)) for number in range(7)]
    request: dict[str, Any] = {
        "query": {"field": "role", "operator": "=", "value": "user"},
        "sort": {"field": "created_at", "order": "ascending"},
        "pagination": {"per_page": 3},
    }
    seen: list[str] = []
    for _ in range(3):
        _status, page = api("POST", "/contacts/search", request)
        seen += [contact["id"] for contact in page["data"]]
        assert page["total_count"] == 7
        following = page["pages"].get("next", {"starting_after": None})
        request["pagination"]["starting_after"] = following["starting_after"]
    assert seen == ids


def test_sorting_by_another_field(intercom: IntercomSandbox, api: Api) -> None:
    for name in ("b", "c", None, "a"):
        intercom.create_contact("lead", name=name)
    request: dict[str, Any] = {
        "query": {"field": "role", "operator": "=", "value": "lead"},
        "sort": {"field": "name", "order": "descending"},
        "pagination": {"per_page": 3},
    }
    _status, page = api("POST", "/contacts/search", request)
    assert [contact["name"] for contact in page["data"]] == ["c", "b", "a"]
    request["pagination"]["starting_after"] = page["pages"]["next"]["starting_after"]
    _status, page = api("POST", "/contacts/search", request)
    assert [contact["name"] for contact in page["data"]] == [None]


@pytest.fixture
def people(intercom: IntercomSandbox) -> IntercomSandbox:
    intercom.create_attribute("seats", "integer")
    intercom.create_attribute("trial", "boolean")
    intercom.create_attribute("renewal", "date")
    intercom.create_contact(
        "user",
        email="Ada@Example.com",
        name="Ada",
        custom_attributes={"seats": 5, "trial": True, "renewal": at(2026, 6, 1, 9)},
    )
    intercom.create_contact(
        "user", email="bob@other.org", name="Bob", custom_attributes={"seats": 9}
    )
    intercom.create_contact("lead", name="Cy")
    return intercom


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("email", "=", "ada@example.com", {"Ada"}),
        ("email", "=", None, {"Cy"}),
        ("email", "!=", None, {"Ada", "Bob"}),
        ("email_domain", "=", "other.org", {"Bob"}),
        ("name", "~", "D", {"Ada"}),
        ("name", "!~", "d", {"Bob", "Cy"}),
        ("name", "^", "b", {"Bob"}),
        ("name", "$", "y", {"Cy"}),
        ("role", "IN", ["lead", "visitor"], {"Cy"}),
        ("name", "NIN", ["Ada", "Cy"], {"Bob"}),
        ("custom_attributes.seats", ">", 5, {"Bob"}),
        ("custom_attributes.seats", ">=", "5", {"Ada", "Bob"}),
        ("custom_attributes.seats", "<", 9, {"Ada"}),
        ("custom_attributes.seats", "<=", 9, {"Ada", "Bob"}),
        ("custom_attributes.trial", "=", "true", {"Ada"}),
        ("custom_attributes.renewal", "=", at(2026, 6, 1), {"Ada"}),
        ("unsubscribed_from_emails", "=", False, {"Ada", "Bob", "Cy"}),
        ("tag_id", "=", 12, set()),
        ("last_seen_at", ">", 0, set()),
    ],
)
def test_operators(api: Api, field: str, operator: str, value: object, expected: set[str]) -> None:
    assert set(names(api, {"field": field, "operator": operator, "value": value})) == expected


@pytest.mark.usefixtures("people")
def test_groups_nest_twice(api: Api) -> None:
    bob = {"field": "name", "operator": "=", "value": "Bob"}
    users = {"field": "role", "operator": "=", "value": "user"}
    either = {"operator": "OR", "value": [bob, {"operator": "AND", "value": [users]}]}
    query = {"operator": "AND", "value": [users, updated(">", 0)]}
    assert set(names(api, query)) == {"Ada", "Bob"}
    assert set(names(api, either)) == {"Ada", "Bob"}
    deep = {"operator": "AND", "value": [either]}
    assert api("POST", "/contacts/search", {"query": deep})[0] == 400
    assert (
        api("POST", "/contacts/search", {"query": {"operator": "OR", "value": [bob] * 16}})[0]
        == 400
    )
    assert set(names(api, {"operator": "OR", "value": [bob] * 15})) == {"Bob"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": "Ada"},
        {"query": {"operator": "AND", "value": []}},
        {"query": {"field": "name", "operator": "="}},
        {"query": {"field": "shoe_size", "operator": "=", "value": 1}},
        {"query": {"field": "custom_attributes.none", "operator": "=", "value": 1}},
        {"query": {"field": "name", "operator": ">", "value": "a"}},
        {"query": {"field": "name", "operator": "IN", "value": "a"}},
        {"query": {"field": "name", "operator": "=", "value": True}},
        {"query": updated(">", "yesterday")},
        {"query": updated(">", 0), "pagination": {"per_page": 0}},
        {"query": updated(">", 0), "pagination": {"starting_after": "nonsense"}},
        {"query": updated(">", 0), "pagination": {"starting_after": "WyJhIl0="}},
        {"query": updated(">", 0), "pagination": []},
        {"query": updated(">", 0), "sort": {"field": "updated_at", "order": "desc"}},
        {"query": updated(">", 0), "sort": {"field": "shoe_size"}},
        {"query": updated(">", 0), "sort": "updated_at"},
    ],
)
def test_refused_searches(api: Api, body: dict[str, Any]) -> None:
    status, answer = api("POST", "/contacts/search", body)
    assert (status, answer["type"]) == (400, "error.list")


@pytest.mark.slow
def test_a_page_of_a_hundred_thousand_costs_no_more_than_one_of_a_thousand() -> None:
    def seconds_for_pages(count: int) -> float:
        clock = ManualClock(1_780_000_000)
        intercom = IntercomSandbox(clock, index_lag=(1.0, 2.0))
        for number in range(count):
            intercom.create_contact("user", email=f"{number}@example.com")
            clock.advance(0.4)
        intercom.settle_index()
        index = intercom.workspace.index
        begin = time.perf_counter()
        for _ in range(50):
            page = index.page_by_time(
                "updated_at",
                low=1_780_000_000,
                high=None,
                matches=None,
                descending=True,
                after=None,
                size=150,
            )
            assert page.total == count
        return time.perf_counter() - begin

    assert seconds_for_pages(100_000) < 5 * seconds_for_pages(1_000) + 0.05


def test_ids_are_looked_up_in_an_index_that_has_them(intercom: IntercomSandbox, api: Api) -> None:
    ids = [intercom.create_contact("user", name=f"{number:03}") for number in range(200)]
    intercom.settle_index()
    query = {"field": "id", "operator": "IN", "value": [*ids[:160], "nobody"]}
    status, first = api("POST", "/contacts/search", {"query": query})
    assert (status, first["total_count"], len(first["data"])) == (200, 160, 50)
    cursor = first["pages"]["next"]["starting_after"]
    rest = names(api, query, pagination={"per_page": 150, "starting_after": cursor})
    shown = {contact["name"] for contact in first["data"]} | set(rest)
    assert (len(rest), shown) == (110, {f"{number:03}" for number in range(160)})


def test_cursors_that_do_not_fit_are_refused(api: Api) -> None:
    for cursor in ("WyJ4IiwieCIsMl0=", "e30=", "W10="):
        pagination = {"starting_after": cursor}
        body = {"query": updated(">", 0), "pagination": pagination}
        assert api("POST", "/contacts/search", body)[0] == 400
    query = "starting_after=WzFd"
    assert api("GET", "/contacts/activities", query=query, version="Preview")[0] == 400


@pytest.mark.usefixtures("people")
def test_a_number_in_a_filter_has_to_be_one(api: Api) -> None:
    query = {"field": "custom_attributes.seats", "operator": ">", "value": "many"}
    assert api("POST", "/contacts/search", {"query": query})[0] == 400
