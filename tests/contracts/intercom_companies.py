"""Companies: the product's client driven through all it does with them, and other clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.people import Gone, Json
from sfsync_gui.core.vocabulary import PersonKind
from tests.contracts.wire import Exchange

if TYPE_CHECKING:
    from tests.contracts.intercom_world import World

COMPANY = PersonKind.COMPANY
SCROLL = "/companies/scroll"


async def drive_companies(world: World) -> None:
    """Have the client read and write companies, one by one and all of them."""
    client, sandbox = world.client, world.sandbox
    tier = sandbox.create_attribute("tier", "string", ("gold", "silver"), model="company")
    sandbox.create_attribute("seats", "integer", model="company")
    await client.company_attributes()
    await client.add_options(tier, ["tin"])
    companies = add_companies(world, 130)
    sandbox.edit_company(companies[0], plan="Pro", size=7, website="x", industry="Tools")
    sandbox.tag_company(companies[0], "VIP")
    sandbox.put_company_in_segment(companies[0], "Active")
    sandbox.visit(companies[1])
    assert len([page async for page in client.all_companies()]) == 2
    world.send("GET", SCROLL)
    assert len([page async for page in client.all_companies()]) == 3
    for company in companies[:2]:
        await client.read(COMPANY, company)
    values: dict[str, Json] = {
        "name": "Acme & Sons",
        "size": 8,
        "website": "https://acme.example",
        "industry": "Tools",
        "monthly_spend": 9,
        "custom_attributes.tier": "gold",
        "custom_attributes.seats": 3,
    }
    await client.update(COMPANY, companies[0], values)
    for name, value in values.items():
        await client.update(COMPANY, companies[0], {name: value})
        await client.update(COMPANY, companies[0], {name: None})
    for name, refused in (("custom_attributes.seats", "many"), ("custom_attributes.tier", "lead")):
        with pytest.raises(RecordError):
            await client.update(COMPANY, companies[0], {name: refused})
    sandbox.delete_company(companies[0])
    assert isinstance(await client.read(COMPANY, companies[0]), Gone)
    assert isinstance(await client.update(COMPANY, companies[0], {"name": "x"}), Gone)


def add_companies(world: World, count: int) -> list[str]:
    """Add companies to which somebody belongs."""
    companies = [world.sandbox.add_company(f"Company {n}") for n in range(count)]
    contact = world.sandbox.create_contact("user", "of.companies@example.com")
    for company in companies:
        world.sandbox.attach_company(contact, company)
    return companies


def companies_of_others(world: World) -> list[Exchange]:
    """What passes when other clients call what the product does not, or call it otherwise."""
    send = world.send
    world.sandbox.create_attribute("level", "integer", model="company")
    created = send("POST", "/companies", {"company_id": "c-1", "name": "Acme", "plan": "Pro"})
    path = f"/companies/{created.received['id']}"
    contact = world.sandbox.create_contact("user", "member@example.com")
    of_contact = f"/contacts/{contact}/companies"
    seen = {"company_id": "c-1", "update_last_request_at": True, "remote_created_at": 1_700_000_000}
    return [
        created,
        send("POST", "/companies", seen),
        send("POST", "/companies", {"test": "invalid"}),
        send("POST", "/companies", {"name": "of nobody"}),
        send("PUT", path, {"name": "Acme Ltd", "custom_attributes": {"level": 3}}),
        send("PUT", path, {"test": "invalid"}),
        send("PUT", "/companies/1", {"name": "x"}),
        send("GET", path),
        send("GET", "/companies/1"),
        send("GET", "/companies", query="company_id=c-1"),
        send("GET", "/companies", query="name=nobody"),
        send("GET", "/companies", query="tag_id=1"),
        send("POST", of_contact, {"id": created.received["id"]}),
        send("POST", of_contact, {}),
        send("POST", of_contact, {"id": "1"}),
        send("GET", of_contact),
        send("GET", "/contacts/1/companies"),
        send("GET", f"{path}/contacts"),
        send("GET", "/companies/1/contacts"),
        send("DELETE", f"{of_contact}/{created.received['id']}"),
        send("DELETE", f"{of_contact}/{created.received['id']}"),
        send("DELETE", path),
        send("DELETE", path),
        *_many(world),
        *_refused_tokens(world),
    ]


def _many(world: World) -> list[Exchange]:
    add_companies(world, 130)
    first = world.send("GET", SCROLL)
    following = f"scroll_param={first.received['scroll_param']}"
    return [
        first,
        world.send("GET", SCROLL),
        world.send("GET", SCROLL, query=following),
        world.send("GET", SCROLL, query=following),
        world.send("GET", SCROLL, query=following),
        world.send("POST", "/companies/list"),
        world.send("POST", "/companies/list", query="page=3&per_page=60&order=asc"),
        world.send("POST", "/companies/list", query="per_page=61"),
        world.send("POST", "/companies/list", query="page=168&per_page=60"),
    ]


def _refused_tokens(world: World) -> list[Exchange]:
    asked: tuple[tuple[str, str, Any], ...] = (
        ("GET", "/companies", None),
        ("POST", "/companies", {"company_id": "1"}),
        ("POST", "/companies/list", None),
        ("GET", SCROLL, None),
        ("GET", "/companies/1", None),
        ("PUT", "/companies/1", {}),
        ("DELETE", "/companies/1", None),
        ("GET", "/companies/1/contacts", None),
        ("POST", "/contacts/1/companies", {"id": "1"}),
        ("DELETE", "/contacts/1/companies/1", None),
    )
    return [world.send(method, path, body, token="none") for method, path, body in asked]
