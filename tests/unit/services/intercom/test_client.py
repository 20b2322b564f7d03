"""Reading and writing single contacts, the schema, and what refusals become."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import httpx
import pytest

from sfsync_gui.core.failures import (
    REQUEST_REFUSED,
    MissingPermissionError,
    OrgError,
    OutcomeUnknownError,
    RecordError,
    SetupError,
    SfsyncError,
    SignInError,
    TransientError,
)
from sfsync_gui.core.people import Gone, Json, PersonRecord
from sfsync_gui.core.schema import IntercomAttribute, IntercomType
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.ports import IntercomPort, Workspace
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom.sandbox import IntercomSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.services.http import TimeOuts
from sfsync_gui.services.intercom import IntercomClient, Region
from tests.support.intercom_mount import SimulatedTime
from tests.unit.services.intercom.conftest import START, World

SECRET = "dG9rOnZlcnktc2VjcmV0"


async def secret() -> str:
    return SECRET


def answering(
    status: int, body: object = None, *, headers: dict[str, str] | None = None, **client: Any
) -> IntercomClient:
    """A client that always gets the same answer; text is sent as a page."""

    def handler(_request: httpx.Request) -> httpx.Response:
        if isinstance(body, str):
            return httpx.Response(status, html=body, headers=headers)
        return httpx.Response(status, json=body, headers=headers)

    time = SimulatedTime(START)
    return IntercomClient(secret, time, transport=httpx.MockTransport(handler), **client)


def errors(code: str, message: str = "", field: str | None = None) -> dict[str, object]:
    entry = {"code": code, "message": message, "field": field}
    return {"type": "error.list", "request_id": "00043csj9iva7pl9mmmg", "errors": [entry]}


def read(world: World, contact_id: str) -> PersonRecord | Gone:
    return asyncio.run(world.client.read(PersonKind.USER, contact_id))


def found(answer: PersonRecord | Gone) -> PersonRecord:
    assert isinstance(answer, PersonRecord)
    return answer


def failing(call: Callable[[], Any]) -> SfsyncError:
    with pytest.raises(SfsyncError) as raised:
        asyncio.run(call())
    assert SECRET not in f"{raised.value!r} {raised.value}"
    assert raised.value.side is Side.INTERCOM
    assert "!" not in f"{raised.value} {raised.value.remedy}"
    return raised.value


def test_the_client_is_what_the_engine_needs(world: World) -> None:
    port: IntercomPort = world.client
    asyncio.run(port.close())


def test_a_contact_is_flattened(world: World) -> None:
    world.sandbox.create_attribute("plan type", "string")
    contact_id = world.sandbox.create_contact(
        "user",
        "Ada@example.com",
        'R&D "<x>" O\'Neil &amp; co',
        custom_attributes={"plan type": "x"},
    )
    record = found(read(world, contact_id))
    assert (record.kind, record.id, record.side) == (PersonKind.USER, contact_id, Side.INTERCOM)
    assert record.raw["name"] == 'R&D "<x>" O\'Neil &amp; co'
    assert record.raw["email"] == "Ada@example.com"
    assert record.raw["custom_attributes.plan type"] == "x"
    assert record.raw["location.country"] is None
    assert record.raw["phone"] is None
    assert "type" not in record.raw
    assert "tags" not in record.raw
    assert record.version == record.modified_at == record.created_at == int(START)
    assert record.active_at == 0
    assert world.calls.purposes == ["read"]


def test_a_leads_generated_external_id_is_kept(world: World) -> None:
    lead = world.sandbox.create_contact("lead", external_id="7d4a1c3e-0000-4000-8000-1234567890ab")
    record = found(read(world, lead))
    assert record.kind is PersonKind.INTERCOM_LEAD
    assert record.raw["external_id"] == "7d4a1c3e-0000-4000-8000-1234567890ab"
    assert record.raw["email"] is None


def test_a_cleared_email_is_empty_text(world: World) -> None:
    user = world.sandbox.create_contact("user", "a@example.com", external_id="1")
    record = found(asyncio.run(world.client.update(PersonKind.USER, user, {"email": ""})))
    assert record.raw["email"] == ""


@pytest.mark.parametrize("name", ["Tom & Jerry", "&amp;", "a < b > c", "O'Neil", "&#39; &quot;&"])
def test_names_do_not_grow_when_written_again_and_again(world: World, name: str) -> None:
    user = world.sandbox.create_contact("user", "a@example.com", name)
    for _ in range(3):
        record = found(read(world, user))
        assert record.raw["name"] == name
        record = found(
            asyncio.run(world.client.update(PersonKind.USER, user, {"name": record.raw["name"]}))
        )
    stored = world.sandbox.contact(user)
    assert stored is not None
    assert stored["name"] == name


def test_gone_archived_and_merged(world: World) -> None:
    ids = [world.sandbox.create_contact("lead", "a@example.com") for _ in range(3)]
    user = world.sandbox.create_contact("user", "a@example.com")
    world.sandbox.delete_contact(ids[0])
    world.sandbox.archive_contact(ids[1])
    world.sandbox.merge_contacts(ids[2], user)
    for contact, winner in ((ids[0], None), (ids[1], None), (ids[2], user), ("never", None)):
        gone = Gone(Side.INTERCOM, contact, winner)
        assert read(world, contact) == gone
        assert asyncio.run(world.client.update(PersonKind.USER, contact, {"name": "x"})) == gone


def test_the_companies_of_a_contact(world: World) -> None:
    contact = world.sandbox.create_contact("user", "a@example.com")
    assert asyncio.run(world.client.company_names(contact)) == ()
    for name in ("First", "Second"):
        world.sandbox.attach_company(contact, world.sandbox.add_company(name))
    assert asyncio.run(world.client.company_names(contact)) == ("First", "Second")
    world.sandbox.delete_contact(contact)
    assert asyncio.run(world.client.company_names(contact)) == ()


@pytest.mark.parametrize("key", ["data", "companies"])
def test_companies_are_read_under_either_name_and_need_a_name(key: str) -> None:
    client = answering(200, {"type": "list", key: [{"name": " A\u0007 "}, {"name": None}, {}]})
    assert asyncio.run(client.company_names("c1")) == ("A",)


@pytest.mark.parametrize(
    "link", ["", '</contacts/x>; rel="next"', "nonsense", '<>; rel="canonical"']
)
def test_a_merge_without_a_winner_is_still_gone(link: str) -> None:
    client = answering(410, errors("contact_merged"), headers={"Link": link} if link else None)
    assert asyncio.run(client.read(PersonKind.USER, "c1")) == Gone(Side.INTERCOM, "c1")


def test_a_link_is_read_in_each_form() -> None:
    link = '</x>; rel="next", <https://api.intercom.io/contacts/w1>; title=a; rel=canonical'
    client = answering(410, errors("contact_merged"), headers={"Link": link})
    assert asyncio.run(client.read(PersonKind.USER, "c1")) == Gone(Side.INTERCOM, "c1", "w1")


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, "<html>No such page</html>"), (410, "<html>Gone</html>"), (404, {"error": "no route"})],
)
def test_a_404_that_is_not_intercoms_is_no_proof(status: int, body: object) -> None:
    client = answering(status, body)
    for call in (
        partial(client.read, PersonKind.USER, "c1"),
        partial(client.update, PersonKind.USER, "c1", {"name": "x"}),
    ):
        assert isinstance(failing(call), OrgError | TransientError)


def test_an_update_writes_standard_and_custom_attributes(world: World) -> None:
    world.sandbox.create_attribute("plan type", "string")
    world.sandbox.create_attribute("seats", "integer")
    user = world.sandbox.create_contact("user", "a@example.com", "Old")
    values: dict[str, Json] = {
        "name": "New\x00 \x1bname\n",
        "custom_attributes.plan type": "pro",
        "custom_attributes.seats": 7,
    }
    record = found(asyncio.run(world.client.update(PersonKind.USER, user, values)))
    assert {name: record.raw[name] for name in values} == {**values, "name": "New name\n"}
    assert world.calls.purposes == ["write"]
    body = json.loads(world.mount.requests[0].content)
    assert body == {
        "name": "New name\n",
        "custom_attributes": {"plan type": "pro", "seats": 7},
    }


def test_a_read_only_standard_attribute_is_not_sent(world: World) -> None:
    refused = failing(
        lambda: world.client.update(PersonKind.USER, "x", {"location.country": "France"})
    )
    assert isinstance(refused, SetupError)
    assert refused.fields == ("location.country",)
    assert world.calls.purposes == []


@pytest.mark.parametrize(
    ("values", "kind", "fields"),
    [
        ({"email": "no address"}, RecordError, ("email",)),
        ({"custom_attributes.plan": "x" * 300}, RecordError, ("custom_attributes.plan",)),
        ({"custom_attributes.seats": "many"}, RecordError, ("custom_attributes.seats",)),
        ({"custom_attributes.tier": "other"}, RecordError, ("custom_attributes.tier",)),
        ({"custom_attributes.absent": "x"}, SetupError, ("custom_attributes.absent",)),
        ({"custom_attributes.old": "x"}, SetupError, ("custom_attributes.old",)),
        ({"custom_attributes.fixed": "x"}, SetupError, ("custom_attributes.fixed",)),
        ({"owner_id": "999"}, RecordError, ("owner_id",)),
        ({"phone": 7}, RecordError, ("phone",)),
        ({"external_id": "taken"}, RecordError, ("external_id",)),
    ],
)
def test_refusals_name_the_fields(
    world: World, values: dict[str, Json], kind: type[SfsyncError], fields: tuple[str, ...]
) -> None:
    for name, data_type in (("plan", "string"), ("seats", "integer"), ("old", "string")):
        world.sandbox.create_attribute(name, data_type)
    world.sandbox.create_attribute("tier", "string", ["a", "b"])
    world.sandbox.create_attribute("fixed", "string", api_writable=False)
    world.sandbox.archive_attribute("old")
    world.sandbox.create_contact("user", "b@example.com", external_id="taken")
    user = world.sandbox.create_contact("user", "a@example.com")
    others: dict[str, Json] = {"name": "Ada", "custom_attributes.plan": "pro"}
    refused = failing(lambda: world.client.update(PersonKind.USER, user, {**others, **values}))
    assert type(refused) is kind
    assert isinstance(refused, RecordError | SetupError)
    assert refused.fields == fields
    assert refused.code
    assert refused.detail
    assert world.calls.purposes == ["write"]


@pytest.mark.parametrize(
    ("field", "message", "fields"),
    [
        ("custom_attributes.plan", "is invalid", ("custom_attributes.plan",)),
        ("plan", "is invalid", ("custom_attributes.plan",)),
        (None, "custom_attributes.plan.b is too long", ("custom_attributes.plan.b",)),
        (None, "'plan type' is odd", ("custom_attributes.plan type",)),
        (None, "The emails are wrong", ()),
        (None, "Email and phone are wrong", ("email", "phone")),
        (None, "", ()),
    ],
)
def test_the_blamed_fields_are_found(
    field: str | None, message: str, fields: tuple[str, ...]
) -> None:
    names = ("email", "phone", "plan", "plan type", "plan.b")
    values: dict[str, Json] = {
        name if name in names[:2] else f"custom_attributes.{name}": "x" for name in names
    }
    for status in (400, 422):
        client = answering(status, errors("parameter_invalid", message, field))
        refused = failing(partial(client.update, PersonKind.USER, "c1", values))
        assert isinstance(refused, RecordError)
        assert refused.fields == fields


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("token_revoked", "revoked"),
        ("token_expired", "expired"),
        ("unauthorized", r"Intercom \(Europe\).*another region"),
        ("token_blocked", "blocked"),
        ("missing_authorization", "No access token"),
    ],
)
def test_a_401_is_a_sign_in_error_that_names_the_cause(code: str, words: str) -> None:
    client = answering(401, errors(code, "Access Token Invalid"), region=Region.EU)
    refused = failing(client.identity)
    assert isinstance(refused, SignInError)
    assert refused.subject == "api.eu.intercom.io"
    assert re.search(words, refused.message)


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "token_unauthorized"), (403, "forbidden"), (403, "action_forbidden")],
)
def test_what_the_app_may_not_do_is_no_refused_sign_in(status: int, code: str) -> None:
    client = answering(status, errors(code, "Not authorized to access resource"))

    async def list_companies() -> None:
        async for _page in client.all_companies():
            pass

    for work, permission in (
        (client.identity, "Read admins"),
        (client.tags, "Read tags"),
        (list_companies, "Read and list users and companies"),
        (partial(client.read, PersonKind.USER, "c1"), "Read and list users and companies"),
        (
            partial(client.update, PersonKind.COMPANY, "c1", {"name": "x"}),
            "Write users and companies",
        ),
    ):
        refused = failing(work)
        assert isinstance(refused, MissingPermissionError)
        assert (refused.permission, refused.side) == (permission, Side.INTERCOM)
        assert permission in refused.message
        assert f"tick “{permission}”" in refused.remedy
        assert code in refused.detail


def test_a_revoked_token_works_again_after_connecting_anew(world: World) -> None:
    world.sandbox.revoke_token()
    assert isinstance(failing(world.client.identity), SignInError)
    world.sandbox.issue_token()
    assert asyncio.run(world.client.identity()).app_id == world.sandbox.app_id


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, errors("api_plan_restricted"), OrgError),
        (403, errors("something_else"), OrgError),
        (402, errors("x"), OrgError),
        (400, errors("intercom_version_invalid", "No such version"), OrgError),
        (403, "<html>Blocked by the firewall</html>", OrgError),
        (500, errors("server_error"), TransientError),
        (503, "<html>Maintenance</html>", TransientError),
        (408, errors("request_timeout"), TransientError),
        (429, "<html>Slow down</html>", TransientError),
        (200, "<html>Hotel</html>", TransientError),
        (200, ["not", "an", "object"], TransientError),
    ],
)
def test_what_other_answers_become(status: int, body: object, kind: type[SfsyncError]) -> None:
    assert type(failing(answering(status, body).teammates)) is kind


@pytest.mark.parametrize("body", ["<html>Hotel</html>", {"ok": True}, [], {"type": "contact"}])
def test_a_write_with_a_strange_success_is_unknown(body: object) -> None:
    client = answering(200, body)
    assert (
        type(failing(lambda: client.update(PersonKind.USER, "c1", {"name": "x"})))
        is OutcomeUnknownError
    )


@pytest.mark.parametrize("body", [{}, {"data": "x"}, {"data": [{"no": "id"}]}, {"data": [1]}])
def test_a_list_that_is_none_is_transient(body: object) -> None:
    async def run() -> None:
        async for _page in answering(200, body).everyone():
            pass

    assert type(failing(run)) is TransientError


@pytest.mark.parametrize("contact_id", ["", ".", ".."])
def test_an_id_that_is_another_path_is_refused(world: World, contact_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        asyncio.run(world.client.read(PersonKind.USER, contact_id))


def test_an_id_is_escaped(world: World) -> None:
    read(world, "a/b?c")
    assert world.mount.requests[0].url.raw_path == b"/contacts/a%2Fb%3Fc"


def test_identity(world: World) -> None:
    me = asyncio.run(world.client.identity())
    email = world.sandbox.admins()[0][2]
    name = "Northwind Outfitters"
    assert me == Workspace(world.sandbox.app_id, name, "US", "Pacific/Auckland", email)
    assert isinstance(failing(answering(200, {"type": "admin", "app": None}).identity), OrgError)
    assert world.calls.purposes == ["identity"]
    request = world.mount.requests[0]
    assert request.headers["Intercom-Version"] == "2.16"
    assert request.url.host == "api.intercom.io"


def test_regions_and_addresses() -> None:
    assert [region.api_url for region in Region] == [
        "https://api.intercom.io",
        "https://api.eu.intercom.io",
        "https://api.au.intercom.io",
    ]
    assert Region.AU.sign_in_url == "https://app.au.intercom.com"
    with pytest.raises(SetupError):
        answering(200, {}, base_url="http://api.intercom.io")


def test_teammates(world: World) -> None:
    added = world.sandbox.add_admin("Grace", "grace@example.com")
    teammates = asyncio.run(world.client.teammates())
    assert teammates[added] == "grace@example.com"
    assert teammates == {admin: email for admin, _name, email in world.sandbox.admins()}


def attributes(world: World) -> dict[str, IntercomAttribute]:
    return {attribute.name: attribute for attribute in asyncio.run(world.client.attributes())}


def test_attributes(world: World) -> None:
    for name in ("string", "integer", "float", "boolean", "date"):
        world.sandbox.create_attribute(f"a {name}", name)
    world.sandbox.create_attribute("tier", "string", ["Gold", "Silver"])
    world.sandbox.create_attribute("fixed", "string", api_writable=False)
    world.sandbox.archive_attribute("a date")
    known = attributes(world)
    assert {n: a.type for n, a in known.items() if n.startswith("custom_attributes.a ")} == {
        "custom_attributes.a string": IntercomType.TEXT,
        "custom_attributes.a integer": IntercomType.INTEGER,
        "custom_attributes.a float": IntercomType.DECIMAL,
        "custom_attributes.a boolean": IntercomType.BOOLEAN,
        "custom_attributes.a date": IntercomType.DATE,
    }
    assert known["custom_attributes.a date"].archived
    assert not known["custom_attributes.fixed"].writable
    tier = known["custom_attributes.tier"]
    assert (tier.type, [option.value for option in tier.options]) == (
        IntercomType.LIST,
        ["Gold", "Silver"],
    )
    assert tier.id is not None
    assert known["owner_id"].type is IntercomType.OWNER
    assert known["email"].writable
    assert known["email"].id is None
    assert not known["role"].writable
    assert not known["location.country"].writable


def test_standard_attributes_are_there_even_if_not_listed() -> None:
    client = answering(200, {"type": "list", "data": [{"name": "x", "data_type": "relationship"}]})
    names = {attribute.name for attribute in asyncio.run(client.attributes())}
    assert names == {"email", "phone", "name", "external_id", "owner_id", "role"}


def options(world: World, attribute_id: int, *values: str) -> list[str]:
    after = asyncio.run(world.client.add_options(attribute_id, values))
    return [option.value for option in after.options]


def test_options_are_added_to_the_whole_list(world: World) -> None:
    tier = world.sandbox.create_attribute("tier", "string", ["Gold", "Silver"])
    added = options(world, tier, " bronze ", "GOLD", "Bronze", "", "Tin")
    assert added == ["Gold", "Silver", "bronze", "Tin"]
    assert [request.method for request in world.mount.requests] == ["GET", "PUT", "GET"]
    assert options(world, tier, "tin") == added
    assert len(world.mount.requests) == 4


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_APPLIED])
def test_options_of_unknown_outcome_are_read_back(world: World, kind: FaultKind) -> None:
    tier = world.sandbox.create_attribute("tier", "string", ["Gold", "Silver"])
    world.sandbox.faults.arm(Fault(kind, method="PUT"))
    assert options(world, tier, "Tin") == ["Gold", "Silver", "Tin"]


def test_options_that_did_not_arrive_are_unknown(world: World) -> None:
    tier = world.sandbox.create_attribute("tier", "string", ["Gold", "Silver"])
    world.sandbox.faults.arm(Fault(FaultKind.RESET_BEFORE, method="PUT"))
    failed = failing(lambda: world.client.add_options(tier, ["Tin"]))
    assert isinstance(failed, OutcomeUnknownError)


def test_options_are_for_writable_lists_only(world: World) -> None:
    fixed = world.sandbox.create_attribute("f", "string", ["a", "b"], api_writable=False)
    text = world.sandbox.create_attribute("t", "string")
    for attribute in (fixed, text, 999):
        assert isinstance(failing(partial(world.client.add_options, attribute, ["x"])), SetupError)
    assert all(request.method == "GET" for request in world.mount.requests)


def test_over_real_sockets() -> None:
    time = SimulatedTime(START)
    sandbox = IntercomSandbox(time.service, seed=1)
    server = LoopbackServer({"intercom": sandbox.app})
    server.start()
    user = server.call(lambda: sandbox.create_contact("user", "a@example.com", "A & B"))

    async def token() -> str:
        return sandbox.access_token or ""

    async def run() -> None:
        client = IntercomClient(
            token, time, base_url=server.url("intercom"), time_outs=TimeOuts(read=0.3)
        )
        records = await asyncio.gather(*(client.read(PersonKind.USER, user) for _ in range(20)))
        assert {found(record).raw["name"] for record in records} == {"A & B"}
        for kind in (FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER, FaultKind.LATE_APPLY):
            sandbox.faults.arm(Fault(kind, method="PUT"))
            with pytest.raises(OutcomeUnknownError):
                await client.update(PersonKind.USER, user, {"name": "C"})
        await client.close()

    try:
        asyncio.run(run())
    finally:
        server.stop()


def test_an_unexplained_refusal_of_a_read_is_not_gone() -> None:
    client = answering(400, errors("client_error", "No"))
    failure = failing(partial(client.read, PersonKind.USER, "c1"))
    assert type(failure) is RecordError  # of this contact: nothing is said of the others
    assert (failure.subject, failure.code) == ("c1", REQUEST_REFUSED)
    assert "No (HTTP 400 client_error No)" in failure.message


def list_attribute(*options: str) -> dict[str, object]:
    entry = {"name": "tier", "custom": True, "id": 1, "data_type": "string", "api_writable": True}
    return {"type": "list", "data": [{**entry, "options": list(options)}]}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {"type": "data_attribute"}, "did not keep"),
        (422, errors("parameter_invalid", "Too many options"), "Too many options"),
        (404, errors("field_not_found"), "refused"),
    ],
)
def test_options_that_are_not_kept_or_refused(status: int, body: object, words: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=list_attribute("a", "b"))
        return httpx.Response(status, json=body)

    client = IntercomClient(
        secret, SimulatedTime(START), transport=httpx.MockTransport(handler), random=Random(1)
    )
    refused = failing(partial(client.add_options, 1, ["c"]))
    assert isinstance(refused, SetupError)
    assert refused.fields == ("custom_attributes.tier",)
    assert words in refused.message


def test_a_cursor_that_goes_in_circles_ends() -> None:
    page = {"type": "list", "data": [], "pages": {"next": {"starting_after": "x"}}}

    async def run() -> None:
        async for _page in answering(200, page, headers={"Date": "no date"}).everyone():
            pass

    assert type(failing(run)) is TransientError


def test_odd_limit_headers_do_no_harm() -> None:
    limits = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "x"}
    for reset in ("x", "1", str(int(START) + 5)):
        headers = {**limits, "X-RateLimit-Reset": reset, "Date": "yesterday"}
        client = answering(200, {"admins": []}, headers=headers)

        async def twice(client: IntercomClient = client) -> None:
            assert await client.teammates() == await client.teammates() == {}

        asyncio.run(twice())
