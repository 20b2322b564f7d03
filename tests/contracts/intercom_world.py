"""A simulated workspace, the product's client driven through all it does, and other clients."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from random import Random
from typing import Any

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.people import Json
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import IntercomPosition
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from sfsync_gui.sandbox.web import call
from sfsync_gui.services.intercom import IntercomClient
from tests.contracts.intercom_companies import companies_of_others, drive_companies
from tests.contracts.wire import Exchange, RecordingIntercom, exchange
from tests.support.intercom_mount import SimulatedTime

START = 1_792_000_003.25
ADDRESS = "https://api.intercom.io"
OPTIONS = ("Free", "Pro")
TYPES = {
    "text": "string",
    "whole": "integer",
    "share": "float",
    "flag": "boolean",
    "day": "date",
    "moment": "datetime",
}


@dataclass
class World:
    """A workspace with custom attributes of every type, and a client of it."""

    time: SimulatedTime
    sandbox: IntercomSandbox
    mount: RecordingIntercom
    client: IntercomClient
    list_id: int

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: str = "",
        *,
        version: str = "2.16",
        token: str | None = None,
    ) -> Exchange:
        """Send a request as some other client of the API would, and return what passed."""
        headers = {
            "authorization": f"Bearer {token or self.sandbox.access_token}",
            "intercom-version": version,
        }
        sent = b"" if body is None else json.dumps(body).encode()
        answer = call(self.sandbox.app, method, path, query, headers, sent)
        url = f"{ADDRESS}{path}" + (f"?{query}" if query else "")
        return exchange((method, url, headers, sent), (answer.status, answer.headers, answer.body))


def new_world(*, rate_limit: int = 1666) -> World:
    """A workspace with nobody in it; its index is current at once."""
    time = SimulatedTime(START)
    sandbox = IntercomSandbox(time.service, seed=1, index_lag=(0.0, 0.0), rate_limit=rate_limit)
    for name, type_ in TYPES.items():
        sandbox.create_attribute(name, type_)
    list_id = sandbox.create_attribute("plan", "string", OPTIONS)
    mount = RecordingIntercom(sandbox, time)

    async def token() -> str:
        return sandbox.access_token or "none"

    client = IntercomClient(token, time, transport=mount, random=Random(1))
    return World(time, sandbox, mount, client, list_id)


def product_exchanges() -> list[Exchange]:
    """All that passes while the product's client does everything that it can do."""
    world = new_world()
    asyncio.run(_read_everything(world))
    asyncio.run(_write_everything(world))
    asyncio.run(drive_companies(world))
    asyncio.run(_meet_refusals(world))
    return world.mount.exchanges


async def _read_everything(world: World) -> None:
    client = world.client
    await client.identity()
    await client.attributes()
    await client.teammates()
    for number in range(400):
        world.time.service.advance(1)
        role = "user" if number % 2 else "lead"
        world.sandbox.create_contact(role, f"p{number}@example.com", f"Person & {number}")
    pages = [page async for page in client.changes(IntercomPosition(int(START)), overlap=900)]
    assert len(pages) > 2
    pages_of_all = [page async for page in client.everyone()]
    assert len(pages_of_all) > 2
    assert len(await client.find([person.id for person in pages_of_all[0]])) == 150
    now = int(world.time.service.now())
    assert len([page async for page in client.changes(IntercomPosition(now), overlap=0)]) == 1


async def _write_everything(world: World) -> None:
    client = world.client
    person = world.sandbox.create_contact("user", "ada@example.com", external_id="u-1")
    owner = world.sandbox.admins()[1][0]
    values: dict[str, Json] = {
        "email": "ada@example.org",
        "name": "Ada",
        "phone": "+35312345678",
        "external_id": "u-2",
        "owner_id": int(owner),
        "avatar": "https://example.com/a.png",
        "signed_up_at": 1_700_000_000,
        "last_seen_at": 1_700_000_001,
        "unsubscribed_from_emails": True,
    }
    custom: dict[str, Json] = {
        "text": "x",
        "whole": 3,
        "share": 2.5,
        "flag": True,
        "day": 1_700_000_000,
        "moment": 1_700_000_000,
        "plan": "Pro",
    }
    named = {f"custom_attributes.{name}": value for name, value in custom.items()}
    await client.update(PersonKind.USER, person, {**values, **named})
    for name, value in {**values, **named}.items():
        await client.update(PersonKind.USER, person, {name: value})
        await client.update(PersonKind.USER, person, {name: None})
    await client.update(PersonKind.USER, person, {"owner_id": owner, "email": ""})
    company = world.sandbox.add_company("Northwind & Sons")
    world.sandbox.attach_company(person, company)
    world.sandbox.tag_contact(person, "vip")
    world.sandbox.enter_segment(person, "Active")
    assert set((await client.tags()).values()) == {"vip"}
    assert set((await client.segments()).values()) == {"Active"}
    assert await client.tags_of(person) == ("vip",)
    assert await client.segments_of(person) == ("Active",)
    assert await client.company_names(person) == ("Northwind & Sons",)
    await client.read(PersonKind.USER, person)
    await _read_conversations(world, person)
    await client.add_options(world.list_id, ["Team", "pro "])


async def _read_conversations(world: World, person: str) -> None:
    """Conversations in every state that an answer can show."""
    sandbox, client = world.sandbox, world.client
    teammate, nameless = sandbox.admins()[1][0], sandbox.create_contact("lead")
    answered = sandbox.start_conversation(person, "It <broke>", title="The lid", others=(nameless,))
    sandbox.assign(answered, teammate, teammate)
    sandbox.reply(answered, teammate, "Which part?")
    sandbox.reply(answered, nameless, "All of it")
    sandbox.add_note(answered, teammate, "again")
    sandbox.close_conversation(answered, teammate)
    unanswered = sandbox.start_conversation(person, "An offer", by=teammate, subject="For you")
    sandbox.close_conversation(unanswered, teammate, "Good bye")
    for number in range(160):
        sandbox.close_conversation(sandbox.start_conversation(person, f"{number}"), teammate)
    pages = [page async for page in client.closed_conversations(int(START))]
    assert [len(page) for page in pages] == [150, 12]
    found = await client.conversations_of(person, 5)
    assert (len(found.newest), found.total) == (5, 162)
    assert await client.conversation(answered) is not None
    assert await client.conversation(unanswered) is not None
    assert await client.conversation("1") is None


async def _meet_refusals(world: World) -> None:
    sandbox, client = world.sandbox, world.client
    gone = sandbox.create_contact("user", "gone@example.com")
    sandbox.delete_contact(gone)
    lead = sandbox.create_contact("lead", "ada@example.com")
    user = sandbox.create_contact("user", "ada@example.com", external_id="u-9")
    other = sandbox.create_contact("user", "eve@example.com", external_id="u-10")
    sandbox.merge_contacts(lead, user)
    for contact_id in (gone, lead, "no such contact/?"):
        await client.read(PersonKind.USER, contact_id)
        await client.update(PersonKind.USER, contact_id, {"name": "x"})
    refused: tuple[dict[str, Json], ...] = (
        {"email": "no address"},
        {"external_id": "u-10"},
        {"owner_id": "1"},
        {"custom_attributes.nowhere": "x"},
        {"custom_attributes.plan": "Other"},
        {"custom_attributes.text": "x" * 300},
    )
    for values in refused:
        await _failing(client.update(PersonKind.USER, user, values))
    await _failing(client.add_options(world.list_id + 99, ["x"]))
    for kind in (FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR):
        sandbox.faults.arm(Fault(kind, method="GET"))
        await client.read(PersonKind.USER, other)
    sandbox.set_permission(READ_CONVERSATIONS, granted=False)
    await _failing(client.conversation("1"))
    await _failing(client.conversations_of(user, 5))
    sandbox.revoke_token()
    await _failing(client.conversation("1"))
    await _failing(anext(client.closed_conversations(0)))
    for read in (
        client.identity,
        client.attributes,
        client.company_attributes,
        client.teammates,
    ):
        await _failing(read())
    await _failing(client.read(PersonKind.USER, other))
    await _failing(client.update(PersonKind.USER, other, {"name": "x"}))
    with_error = client.changes(IntercomPosition(0), overlap=0)
    await _failing(anext(with_error))
    await _failing(anext(client.everyone()))
    await _failing(anext(client.all_companies()))
    await _failing(client.read(PersonKind.COMPANY, other))
    await _failing(client.update(PersonKind.COMPANY, other, {"name": "x"}))


async def _failing(operation: Any) -> None:
    """Await what has to be refused."""
    try:
        await operation
    except SfsyncError:
        return
    raise AssertionError("this was to be refused")


def other_exchanges() -> list[Exchange]:
    """What passes when other clients call what the product does not, or call it otherwise."""
    world = new_world()
    listed = [*_contacts(world), *_lookups(world), *_attributes(world), *_searches(world)]
    listed += [*_conversations(world), *companies_of_others(world)]
    return [*listed, *_limits(world), *_refused_tokens(world)]


def _contacts(world: World) -> list[Exchange]:
    send = world.send
    user = send("POST", "/contacts", {"email": "a@example.com", "external_id": "1"})
    user_id = user.received["id"]
    lead = send("POST", "/contacts", {"role": "lead", "email": "a@example.com"})
    stranger = send("POST", "/contacts", {"role": "lead", "phone": "+353170000"})
    merge = {"from": stranger.received["id"], "into": user_id}
    path = f"/contacts/{user_id}"
    return [
        user,
        lead,
        stranger,
        send("POST", "/contacts", {"email": "a@example.com"}),
        send("POST", "/contacts", {"name": "nobody"}),
        send("POST", "/contacts/merge", merge),
        send("POST", "/contacts/merge", {**merge, "skip_duplicate_validation": True}),
        send("POST", "/contacts/merge", {"from": lead.received["id"], "into": user_id}),
        send("POST", "/contacts/merge", {"from": "x", "into": user_id}),
        send("GET", path, query="include_merge_history=true"),
        send("GET", f"/contacts/{lead.received['id']}"),
        send("POST", f"{path}/archive"),
        send("GET", path),
        send("POST", "/contacts", {"email": "a@example.com"}),
        send("POST", f"{path}/unarchive"),
        send("PUT", path, {"name": 7}),
        send("PUT", path, {"name": "Ada", "custom_attributes": {"text": "x"}}),
        send("DELETE", path),
        send("DELETE", path),
        send("POST", f"{path}/archive"),
    ]


def _lookups(world: World) -> list[Exchange]:
    send = world.send
    user = world.sandbox.create_contact("user", "b@example.com", external_id="b")
    lead = world.sandbox.create_contact("lead", "b@example.com", external_id="c")
    world.sandbox.merge_contacts(lead, user)
    return [
        send("GET", "/me"),
        send("GET", "/admins"),
        send("GET", "/contacts"),
        send("GET", "/contacts", query="per_page=999"),
        send("GET", "/contacts", query="starting_after=nonsense"),
        send("GET", "/contacts/find_by_external_id/b"),
        send("GET", "/contacts/find_by_external_id/c"),
        send("GET", "/contacts/find_by_external_id/nobody"),
    ]


def _attributes(world: World) -> list[Exchange]:
    send = world.send
    size = {"name": "size", "model": "contact", "data_type": "options"}
    options = [{"value": "S"}, {"value": "L"}]
    created = send("POST", "/data_attributes", {**size, "options": options})
    path = f"/data_attributes/{created.received['id']}"
    types = [
        send("POST", "/data_attributes", {"name": f"a {name}", "model": model, "data_type": name})
        for model, name in (("contact", "date"), ("company", "float"), ("contact", "datetime"))
    ]
    return [
        created,
        *types,
        send("POST", "/data_attributes", {**size, "options": options}),
        send("PUT", path, {"options": [*options, {"value": "XL"}]}),
        send("PUT", path, {"archived": True, "description": "of a shirt"}),
        send("PUT", path, {"options": options[:1]}),
        send("PUT", "/data_attributes/999", {"archived": True}),
        send("GET", "/data_attributes"),
        send("GET", "/data_attributes", query="model=company"),
        send("GET", "/data_attributes", query="model=contact&include_archived=true"),
        send("GET", "/data_attributes", query="model=conversation"),
    ]


def _searches(world: World) -> list[Exchange]:
    recent = {"field": "created_at", "operator": ">", "value": int(START) - 200_000}
    named = {"field": "email", "operator": "~", "value": "example"}
    queries = (
        recent,
        {"operator": "AND", "value": [recent, named]},
        {"operator": "OR", "value": [{"operator": "AND", "value": [recent, named]}]},
        {"field": "nowhere", "operator": "=", "value": "x"},
        {"field": "created_at", "operator": ">=", "value": 1},
        {"field": "role", "operator": "IN", "value": ["user", "lead"]},
    )
    pages = ({"per_page": 1}, {"per_page": 999}, {"per_page": 1, "starting_after": "nonsense"})
    searched = [world.send("POST", "/contacts/search", {"query": query}) for query in queries]
    paged = [
        world.send("POST", "/contacts/search", {"query": recent, "pagination": page})
        for page in pages
    ]
    return searched + paged


def _conversations(world: World) -> list[Exchange]:
    send, sandbox = world.send, world.sandbox
    contact = sandbox.create_contact("user", "c@example.com")
    for number in range(3):
        sandbox.start_conversation(contact, f"question {number}")
    path = f"/conversations/{sandbox.start_conversation(contact, 'Hello?')}"
    search = "/conversations/search"
    recent = {"field": "updated_at", "operator": ">", "value": int(START) - 5}
    first = send("POST", search, {"query": recent, "pagination": {"per_page": 1}})
    after = first.received["pages"]["next"]["starting_after"]
    paged = {"query": recent, "pagination": {"per_page": 1, "starting_after": after}}
    shown = [
        send("GET", path),
        send("GET", path, query="display_as=plaintext"),
        send("GET", "/conversations/1"),
        first,
        send("POST", search, paged),
        send("POST", search, {"query": {"field": "nowhere", "operator": "=", "value": "x"}}),
    ]
    sandbox.set_permission(READ_CONVERSATIONS, granted=False)
    refused = [send("GET", path), send("POST", search, {"query": recent})]
    sandbox.set_permission(READ_CONVERSATIONS, granted=True)
    return [*shown, *refused]


def _limits(world: World) -> list[Exchange]:
    world.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED))
    limited = [world.send("GET", "/me"), world.send("POST", "/contacts", {"role": "lead"})]
    world.time.service.advance(10)
    world.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR))
    return [*limited, world.send("GET", "/contacts")]


def _refused_tokens(world: World) -> list[Exchange]:
    asked: tuple[tuple[str, str, Any], ...] = (
        ("GET", "/admins", None),
        ("GET", "/contacts", None),
        ("POST", "/contacts", {"role": "lead"}),
        ("POST", "/contacts/search", {"query": {}}),
        ("POST", "/contacts/merge", {"from": "1", "into": "2"}),
        ("GET", "/contacts/1", None),
        ("PUT", "/contacts/1", {}),
        ("DELETE", "/contacts/1", None),
        ("GET", "/data_attributes", None),
        ("POST", "/data_attributes", {"name": "x", "model": "contact", "data_type": "date"}),
        ("PUT", "/data_attributes/1", {}),
        ("GET", "/conversations/1", None),
        ("POST", "/conversations/search", {"query": {}}),
    )
    return [world.send(method, path, body, token="none") for method, path, body in asked]


def preview_exchanges() -> list[Exchange]:
    """What passes when a client of Preview reads the activities of contacts."""
    world = new_world()
    sandbox = world.sandbox
    lead = sandbox.create_contact("lead", "a@example.com")
    user = sandbox.create_contact("user", "a@example.com", external_id="1")
    sandbox.convert_to_user(sandbox.create_contact("lead", "b@example.com"))
    sandbox.merge_contacts(lead, user)
    sandbox.delete_contact(user)
    path, version = "/contacts/activities", "Preview"
    first = world.send("GET", path, query="per_page=2", version=version)
    after = first.received["pages"]["next"]["starting_after"]
    rest = world.send("GET", path, query=f"per_page=150&starting_after={after}", version=version)
    refused = world.send("GET", path, version=version, token="none")
    return [first, rest, world.send("GET", path, version=version), refused]
