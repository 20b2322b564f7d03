"""Companies through the client: attributes, reading, writing, and reading all of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from sfsync_gui.core.failures import (
    OutcomeUnknownError,
    RecordError,
    SetupError,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.people import Gone, Json, PersonRecord
from sfsync_gui.core.schema import IntercomType
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.web import call
from tests.unit.services.intercom.conftest import MakeWorld, World

COMPANY = PersonKind.COMPANY
SCROLL = "/companies/scroll"


def read(world: World, company: str) -> PersonRecord | Gone:
    return asyncio.run(world.client.read(COMPANY, company))


def update(world: World, company: str, values: dict[str, Json]) -> PersonRecord | Gone:
    return asyncio.run(world.client.update(COMPANY, company, values))


def found(answer: PersonRecord | Gone) -> PersonRecord:
    assert isinstance(answer, PersonRecord)
    return answer


def all_pages(world: World) -> list[tuple[PersonRecord, ...]]:
    async def collect() -> list[tuple[PersonRecord, ...]]:
        return [page async for page in world.client.all_companies()]

    return asyncio.run(collect())


def peopled(world: World, count: int) -> list[str]:
    """Add companies to which somebody belongs."""
    companies = [world.sandbox.add_company(f"Company {number}") for number in range(count)]
    workspace = world.sandbox.workspace
    for start in range(0, count, 1000):
        contact = world.sandbox.create_contact("user", f"{start}@example.com")
        belongs = tuple(companies[start : start + 1000])
        workspace.change(workspace.contacts[contact], companies=belongs)
    return companies


def open_scroll_of_another(world: World) -> None:
    """Have another program begin to scroll."""
    headers = {"authorization": f"Bearer {world.sandbox.access_token}"}
    assert call(world.sandbox.app, "GET", SCROLL, headers=headers).status == 200


def asked(world: World) -> list[str]:
    """The paths that were asked for."""
    return [request.url.path for request in world.mount.requests]


# ---------------------------------------------------------------------- one company


def test_a_company_as_a_record(world: World) -> None:
    world.sandbox.create_attribute("tier", "string", model="company")
    company = world.sandbox.add_company(
        "Tom & Jo", "c-1", size=7, plan="Pro", custom_attributes={"tier": "gold"}
    )
    made_at = int(world.time.service.now())
    world.time.service.advance(5)
    world.sandbox.visit(company)
    record = found(read(world, company))
    assert (record.kind, record.side, record.id) == (COMPANY, Side.INTERCOM, company)
    assert record.created_at == made_at
    assert record.version == record.modified_at == record.active_at == made_at + 5
    assert record.raw["company_id"] == "c-1"
    assert record.raw["name"] == "Tom & Jo"
    assert (record.raw["size"], record.raw["plan.name"]) == (7, "Pro")
    assert record.raw["custom_attributes.tier"] == "gold"
    assert not {"type", "app_id", "plan", "tags"} & set(record.raw)
    assert world.calls.purposes == ["read"]


def test_what_an_answer_leaves_out_is_blank(world: World) -> None:
    record = found(read(world, world.sandbox.add_company("Acme")))
    unset = ("size", "website", "industry", "plan.name", "last_request_at", "remote_created_at")
    assert {name: record.raw[name] for name in unset} == dict.fromkeys(unset)
    assert record.raw["monthly_spend"] == 0
    assert record.active_at == 0
    assert "custom_attributes.tier" not in record.raw, "unknown, not blank"


def test_a_company_that_is_gone(world: World) -> None:
    company = world.sandbox.add_company("Acme")
    world.sandbox.delete_company(company)
    for company_id in (company, "never", "odd/id?"):
        gone = Gone(Side.INTERCOM, company_id)
        assert read(world, company_id) == gone
        assert update(world, company_id, {"name": "x"}) == gone


def test_no_id_is_no_other_path(world: World) -> None:
    for company_id in ("", ".", ".."):
        with pytest.raises(ValueError, match="company's id"):
            read(world, company_id)
    assert asked(world) == []


def test_an_update_writes_standard_and_custom_attributes(world: World) -> None:
    world.sandbox.create_attribute("tier", "string", model="company")
    company = world.sandbox.add_company("Old", "c-1", website="old", size=7)
    values: dict[str, Json] = {
        "name": "New\x00 & old",
        "website": None,
        "size": None,
        "monthly_spend": 9,
        "custom_attributes.tier": "gold",
    }
    record = found(update(world, company, values))
    assert record.raw["name"] == "New & old"
    assert record.raw["website"] in (None, "")
    assert record.raw["size"] is None
    assert record.raw["custom_attributes.tier"] == "gold"
    assert world.calls.purposes == ["write"]
    (request,) = world.mount.requests
    assert (request.method, request.url.path) == ("PUT", f"/companies/{company}")
    body = json.loads(request.content)
    assert body["custom_attributes"] == {"tier": "gold"}
    assert "company_id" not in body
    stored = world.sandbox.company(company)
    assert stored is not None
    assert (stored["name"], stored["company_id"]) == ("New & old", "c-1")


@pytest.mark.parametrize("name", ["company_id", "remote_created_at", "plan.name"])
def test_what_an_update_does_not_take_is_not_sent(world: World, name: str) -> None:
    company = world.sandbox.add_company("Acme")
    with pytest.raises(SetupError) as refused:
        update(world, company, {"name": "x", name: "y"})
    assert refused.value.fields == (name,)
    assert asked(world) == []


@pytest.mark.parametrize(
    ("values", "kind", "fields"),
    [
        ({"name": "x" * 300}, RecordError, ("name",)),
        ({"size": "many"}, RecordError, ("size",)),
        ({"custom_attributes.tier": "tin"}, RecordError, ("custom_attributes.tier",)),
        ({"custom_attributes.absent": "x"}, SetupError, ("custom_attributes.absent",)),
    ],
)
def test_refusals_name_the_fields(
    world: World, values: dict[str, Json], kind: type[SfsyncError], fields: tuple[str, ...]
) -> None:
    world.sandbox.create_attribute("tier", "string", ["gold", "silver"], model="company")
    company = world.sandbox.add_company("Acme")
    with pytest.raises(kind) as refused:
        update(world, company, {"industry": "Tools", **values})
    assert isinstance(refused.value, RecordError | SetupError)
    assert refused.value.fields == fields
    stored = world.sandbox.company(company)
    assert stored is not None
    assert stored["industry"] is None


def test_a_write_with_a_lost_answer_is_not_sent_again(world: World) -> None:
    company = world.sandbox.add_company("Acme")
    world.sandbox.faults.arm(Fault(FaultKind.RESET_AFTER, method="PUT"))
    with pytest.raises(OutcomeUnknownError):
        update(world, company, {"name": "New"})
    assert len(asked(world)) == 1
    assert (world.sandbox.company(company) or {})["name"] == "New"


# ---------------------------------------------------------------------- attributes


def test_the_attributes_of_companies(world: World) -> None:
    tier = world.sandbox.create_attribute("tier", "string", ["gold", "silver"], model="company")
    world.sandbox.create_attribute("since", "date", model="company")
    world.sandbox.create_attribute("old", "string", model="company")
    world.sandbox.archive_attribute("old", model="company")
    world.sandbox.create_attribute("of people", "string")
    attributes = {one.name: one for one in asyncio.run(world.client.company_attributes())}
    assert "email" not in attributes
    assert "custom_attributes.of people" not in attributes
    listed = attributes["custom_attributes.tier"]
    assert (listed.type, listed.id) == (IntercomType.LIST, tier)
    assert [option.value for option in listed.options] == ["gold", "silver"]
    assert attributes["custom_attributes.since"].type is IntercomType.DATE
    assert attributes["custom_attributes.old"].archived
    assert attributes["size"].type is IntercomType.INTEGER
    assert attributes["monthly_spend"].type is IntercomType.INTEGER, "cut to whole numbers"
    written = {name for name, one in attributes.items() if one.writable and not one.archived}
    standard = {"name", "size", "website", "industry", "monthly_spend"}
    assert written == standard | {"custom_attributes.tier", "custom_attributes.since"}
    assert "email" in {one.name for one in asyncio.run(world.client.attributes())}
    assert world.calls.purposes == ["schema", "schema"]


def test_options_are_added_to_a_list_of_companies(world: World) -> None:
    world.sandbox.create_attribute("plan", "string", ["a", "b"])
    tier = world.sandbox.create_attribute("tier", "string", ["gold", "silver"], model="company")
    after = asyncio.run(world.client.add_options(tier, ["tin", "Gold "]))
    assert (after.name, after.id) == ("custom_attributes.tier", tier)
    assert [option.value for option in after.options] == ["gold", "silver", "tin"]


# ---------------------------------------------------------------------- all companies


def test_all_companies_are_read_through_the_scroll(world: World) -> None:
    companies = peopled(world, 250)
    empty = world.sandbox.add_company("Nobody belongs to it")
    pages = all_pages(world)
    assert [len(page) for page in pages] == [100, 100, 50]
    assert {record.id for page in pages for record in page} == set(companies)
    assert {record.kind for page in pages for record in page} == {COMPANY}
    assert set(asked(world)) == {SCROLL}
    assert world.calls.purposes == ["sweep"] * 4
    assert isinstance(read(world, empty), PersonRecord), "not listed is not gone"
    assert len(all_pages(world)) == 3, "the first reading closed its scroll"


def test_a_workspace_without_companies(world: World) -> None:
    assert all_pages(world) == []
    assert asked(world) == [SCROLL]


def test_where_another_scroll_is_open_the_companies_are_listed(world: World) -> None:
    companies = peopled(world, 130)
    open_scroll_of_another(world)
    pages = all_pages(world)
    assert [len(page) for page in pages] == [60, 60, 10]
    assert {record.id for page in pages for record in page} == set(companies)
    assert asked(world) == [SCROLL, *["/companies/list"] * 3]


def test_more_than_ten_thousand_wait_for_the_scroll(world: World) -> None:
    peopled(world, 10_001)
    open_scroll_of_another(world)
    with pytest.raises(TransientError) as waiting:
        all_pages(world)
    assert waiting.value.retry_after == 60
    assert asked(world) == [SCROLL, "/companies/list"]
    world.time.service.advance(61)
    assert sum(map(len, all_pages(world))) == 10_001


def test_two_readings_at_once_are_both_whole(world: World) -> None:
    companies = set(peopled(world, 250))

    async def both() -> tuple[set[str], set[str]]:
        async def one() -> set[str]:
            return {o.id async for page in world.client.all_companies() for o in page}

        first, second = await asyncio.gather(one(), one())
        return first, second

    assert asyncio.run(both()) == (companies, companies)


def test_a_scroll_that_expired_is_begun_again_once_and_listed_then(world: World) -> None:
    companies = set(peopled(world, 250))

    async def slowly(pauses: int) -> list[str]:
        seen = []
        async for page in world.client.all_companies():
            seen += [record.id for record in page]
            if pauses:
                pauses -= 1
                world.time.service.advance(61)
        return seen

    assert set(asyncio.run(slowly(1))) == companies
    assert "/companies/list" not in asked(world)
    assert set(asyncio.run(slowly(9))) == companies
    assert "/companies/list" in asked(world)


LOSSES: list[tuple[FaultKind, int]] = [
    (FaultKind.RESET_AFTER, 0),
    (FaultKind.RESET_AFTER, 1),
    (FaultKind.SERVER_ERROR, 1),
    (FaultKind.SERVER_ERROR_APPLIED, 2),
    (FaultKind.RESET_BEFORE, 1),
]


@pytest.mark.parametrize(("kind", "after"), LOSSES)
def test_no_company_is_lost_where_a_page_of_the_scroll_was_lost(
    world: World, kind: FaultKind, after: int
) -> None:
    companies = peopled(world, 250)

    async def collect() -> set[str]:
        seen: set[str] = set()
        pages = 0
        if after == 0:
            world.sandbox.faults.arm(Fault(kind, method="GET"))
        async for page in world.client.all_companies():
            seen |= {record.id for record in page}
            pages += 1
            if pages == after:
                world.sandbox.faults.arm(Fault(kind, method="GET"))
        return seen

    assert asyncio.run(collect()) == set(companies)
    assert asked(world).count(SCROLL) == after + 1, "a lost page is not asked for again"


def leave_after_a_page(world: World) -> None:
    """Have a reading of all companies end where nothing has ended its scroll."""

    async def leave() -> None:
        async with aclosing(world.client.all_companies()) as pages:
            await anext(pages)

    asyncio.run(leave())


def test_a_scroll_of_ours_that_was_left_keeps_us_from_nothing(world: World) -> None:
    companies = set(peopled(world, 250))
    leave_after_a_page(world)
    pages = all_pages(world)
    assert [len(page) for page in pages] == [100, 50, 100, 100, 50]
    assert {record.id for page in pages[2:] for record in page} == companies
    assert set(asked(world)) == {SCROLL}
    assert len(all_pages(world)) == 3


def test_a_scroll_of_ours_that_was_left_and_expired_is_given_up(world: World) -> None:
    peopled(world, 250)
    leave_after_a_page(world)
    world.time.service.advance(61)
    assert [len(page) for page in all_pages(world)] == [100, 100, 50]
    assert set(asked(world)) == {SCROLL}


def test_a_reading_that_broke_off_blames_no_other_program(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfsync_gui.services.intercom.companies.LIST_LIMIT", 100)
    companies = set(peopled(world, 250))
    leave_after_a_page(world)
    world.sandbox.faults.arm(Fault(FaultKind.RESET_AFTER, method="GET"))
    with pytest.raises(TransientError) as broken:
        all_pages(world)
    assert broken.value.code == "scroll_lost"
    assert {record.id for page in all_pages(world) for record in page} == companies


def test_a_network_that_is_down_is_told(world: World) -> None:
    peopled(world, 1)
    world.mount.offline = True
    with pytest.raises(TransientError):
        all_pages(world)
    assert asked(world) == []


@pytest.mark.parametrize("answer", ["data", "id", "scroll_param"])
def test_a_list_that_is_none_is_not_believed(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    world = make_world()
    peopled(world, 1)
    monkeypatch.setattr(world.mount, "handle_async_request", _doctored(world, answer))
    with pytest.raises(TransientError):
        all_pages(world)


def _doctored(world: World, missing: str) -> Callable[[Any], Any]:
    """The mount, with something missing from each answer."""
    genuine = world.mount.handle_async_request

    async def handle(request: Any) -> Any:
        response = await genuine(request)
        body = json.loads(await response.aread())
        (body if missing in body else body["data"][0]).pop(missing)
        return type(response)(response.status_code, json=body, request=request)

    return handle
