"""Data attributes and their values; tokens, versions, the rate limit, planned faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import ConnectionDropped, Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.sandbox.web import Answer, call

Api = Callable[..., tuple[int, dict[str, Any]]]
Send = Callable[..., Answer]


def attributes(api: Api, query: str = "model=contact", **more: Any) -> dict[str, dict[str, Any]]:
    _status, answer = api("GET", "/data_attributes", query=query, **more)
    return {attribute["full_name"]: attribute for attribute in answer["data"]}


def test_standard_attributes(api: Api) -> None:
    listed = attributes(api)
    assert listed["email"]["api_writable"]
    assert not listed["email"]["custom"]
    assert "id" not in listed["email"]
    assert listed["signed_up_at"]["data_type"] == "date"
    assert not listed["updated_at"]["api_writable"]
    assert "company_id" not in listed
    assert "company_id" in attributes(api, "")
    assert api("GET", "/data_attributes", query="model=conversation")[0] == 422
    assert api("GET", "/data_attributes", query="model=ship")[0] == 400


def test_a_list_is_a_string_with_options(api: Api) -> None:
    created = {
        "name": "Plan",
        "model": "contact",
        "data_type": "options",
        "options": [{"value": "Free"}, {"value": "Pro"}],
    }
    status, plan = api("POST", "/data_attributes", created)
    assert status == 200
    assert (plan["data_type"], plan["options"]) == ("string", ["Free", "Pro"])
    assert plan["full_name"] == "custom_attributes.Plan"
    more = {"options": [{"value": value} for value in ("Free", "Pro", "Max")]}
    _status, changed = api("PUT", f"/data_attributes/{plan['id']}", more)
    assert changed["options"] == ["Free", "Pro", "Max"]
    fewer = {"options": [{"value": "Free"}, {"value": "Max"}]}
    _status, changed = api("PUT", f"/data_attributes/{plan['id']}", fewer)
    assert changed["options"] == ["Free", "Max"], "the list is replaced, not added to"
    for refused in ({"value": "Free"}, [{"value": "Free"}], ["Free", "Max"], [{"value": "a"}] * 2):
        assert api("PUT", f"/data_attributes/{plan['id']}", {"options": refused})[0] == 400
    assert api("PUT", "/data_attributes/99", {"archived": True})[0] == 404


def test_archived_attributes_are_listed_on_request(api: Api, intercom: IntercomSandbox) -> None:
    intercom.create_attribute("Old", "string")
    intercom.archive_attribute("Old")
    assert "custom_attributes.Old" not in attributes(api)
    listed = attributes(api, "model=contact&include_archived=true")
    assert listed["custom_attributes.Old"]["archived"]
    with pytest.raises(KeyError):
        intercom.archive_attribute("None")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "!nv@l!d", "model": "contact", "data_type": "string"},
        {"name": "Plan", "model": "ship", "data_type": "string"},
        {"name": "Plan", "model": "contact", "data_type": "mithril"},
        {"name": "Plan", "model": "contact", "data_type": "options"},
        {"name": "seats", "model": "contact", "data_type": "string"},
        {"name": "Seats", "model": "company", "data_type": "string"},
    ],
)
def test_refused_attributes(api: Api, intercom: IntercomSandbox, body: dict[str, Any]) -> None:
    intercom.create_attribute("seats", "integer")
    status, answer = api("POST", "/data_attributes", body)
    assert (status, answer["errors"][0]["code"]) == (400, "parameter_invalid")


def test_only_preview_knows_datetime(api: Api) -> None:
    body = {"name": "renewed", "model": "contact", "data_type": "datetime"}
    _status, created = api("POST", "/data_attributes", body)
    assert created["data_type"] == "date"
    listed = attributes(api, version="Preview")
    assert listed["custom_attributes.renewed"]["data_type"] == "datetime"


@pytest.fixture
def typed(intercom: IntercomSandbox) -> str:
    for data_type in ("string", "integer", "float", "boolean", "date"):
        intercom.create_attribute(data_type, data_type)
    intercom.create_attribute("list", "options", ["Free", "Pro"])
    intercom.create_attribute("locked", "string", api_writable=False)
    intercom.create_attribute("old", "string")
    intercom.archive_attribute("old")
    return intercom.create_contact("user", email="a@example.com")


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("string", "x" * 255, "x" * 255),
        ("string", "", ""),
        ("string", None, None),
        ("integer", 5, 5),
        ("integer", 5.0, 5),
        ("float", 1.5, 1.5),
        ("float", 2, 2),
        ("boolean", False, False),
        ("date", 1_780_000_000, 1_780_000_000),
        ("list", "Pro", "Pro"),
    ],
)
def test_values_that_are_taken(
    api: Api, typed: str, name: str, value: object, stored: object
) -> None:
    status, user = api("PUT", f"/contacts/{typed}", {"custom_attributes": {name: value}})
    assert status == 200
    assert user["custom_attributes"] == {name: stored}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("string", "x" * 256),
        ("string", 5),
        ("integer", 5.5),
        ("integer", "5"),
        ("integer", True),
        ("integer", 2**70),
        ("float", 1e300),
        ("float", "1.5"),
        ("boolean", "true"),
        ("boolean", 1),
        ("date", "2026-01-01"),
        ("list", "free"),
        ("locked", "x"),
        ("old", "x"),
        ("unknown", "x"),
    ],
)
def test_values_that_are_refused(
    api: Api, intercom: IntercomSandbox, typed: str, name: str, value: object
) -> None:
    body = {"name": "changed", "custom_attributes": {name: value}}
    status, answer = api("PUT", f"/contacts/{typed}", body)
    assert (status, answer["errors"][0]["code"]) == (400, "parameter_invalid")
    stored = intercom.contact(typed)
    assert stored is not None
    assert stored["name"] is None, "nothing of a refused request is applied"


def test_tokens(api: Api, intercom: IntercomSandbox) -> None:
    status, body = api("GET", "/me", token="wrong")
    assert (status, body["errors"][0]["code"]) == (401, "unauthorized")
    old = intercom.access_token
    intercom.revoke_token()
    status, body = api("GET", "/me", token=old)
    assert (status, body["errors"][0]["code"]) == (401, "token_revoked")
    assert intercom.access_token is None
    assert api("GET", "/me", token=intercom.issue_token())[0] == 200
    assert call(intercom.app, "GET", "/me").status == 401


def test_versions(send: Send) -> None:
    assert send("GET", "/me", version=None).headers["intercom-version"] == "2.16"
    assert send("GET", "/me", version="2.11").headers["intercom-version"] == "2.11"
    assert send("GET", "/me", version="9.9").status == 400


def test_unknown_paths_and_methods_answer_an_error_list(send: Send) -> None:
    for method, path, status in (("GET", "/ships", 404), ("DELETE", "/contacts", 405)):
        answer = send(method, path)
        assert answer.status == status
        assert json.loads(answer.body)["type"] == "error.list"
        assert "x-ratelimit-limit" in answer.headers


def test_request_ids_are_not_always_uuids(api: Api) -> None:
    lengths = {len(api("GET", "/contacts/none")[1]["request_id"]) for _ in range(40)}
    assert lengths == {20, 36}


def test_the_rate_limit_counts_in_windows_of_ten_seconds(clock: ManualClock) -> None:
    intercom = IntercomSandbox(clock, rate_limit=3)
    headers = {"authorization": f"Bearer {intercom.access_token}"}
    clock.advance(10 - clock.now() % 10)
    answers = [call(intercom.app, "GET", "/me", headers=headers) for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == list("21000")
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    reset = float(answers[-1].headers["x-ratelimit-reset"])
    assert reset == clock.now() + 10
    assert json.loads(answers[-1].body)["errors"][0]["code"] == "rate_limit_exceeded"
    clock.advance(9.9)
    assert call(intercom.app, "GET", "/me", headers=headers).status == 429
    clock.advance(0.1)
    assert call(intercom.app, "GET", "/me", headers=headers).status == 200


def test_the_log_holds_no_token(send: Send, intercom: IntercomSandbox) -> None:
    send("GET", "/me")
    assert intercom.access_token
    assert intercom.access_token not in repr(intercom.log)


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        (FaultKind.RATE_LIMITED, 429, "old"),
        (FaultKind.SERVER_ERROR, 500, "old"),
        (FaultKind.SERVER_ERROR_APPLIED, 504, "new"),
        (FaultKind.LOCK_ROW, 200, "new"),
        (FaultKind.RESET_BEFORE, None, "old"),
        (FaultKind.RESET_AFTER, None, "new"),
    ],
)
def test_faults_in_process(
    send: Send, intercom: IntercomSandbox, kind: FaultKind, status: int | None, name: str
) -> None:
    user = intercom.create_contact("user", name="old")
    intercom.faults.arm(Fault(kind, method="PUT", path="/contacts/"))
    if status is None:
        with pytest.raises(ConnectionDropped):
            send("PUT", f"/contacts/{user}", {"name": "new"})
    else:
        assert send("PUT", f"/contacts/{user}", {"name": "new"}).status == status
    stored = intercom.contact(user)
    assert stored is not None
    assert stored["name"] == name


@pytest.fixture
def client(intercom: IntercomSandbox) -> Iterator[httpx.Client]:
    server = LoopbackServer({"intercom": intercom.app})
    server.start()
    headers = {"Authorization": f"Bearer {intercom.access_token}"}
    with httpx.Client(base_url=server.url("intercom"), headers=headers, timeout=0.5) as client:
        yield client
    server.stop()


def test_on_a_real_socket(client: httpx.Client, intercom: IntercomSandbox) -> None:
    created = client.post("/contacts", json={"email": "ā@example.com", "name": "Āta & Co"})
    assert created.status_code == 200
    assert created.json()["name"] == "Āta &amp; Co"
    path = f"/contacts/{created.json()['id']}"
    assert client.get(path).json() == created.json()
    intercom.faults.arm(Fault(FaultKind.RESET_AFTER, method="PUT"))
    with pytest.raises(httpx.TransportError):
        client.put(path, json={"name": "new"})
    assert client.get(path).json()["name"] == "new"


def test_a_late_request_is_applied_after_the_client_gave_up(
    client: httpx.Client, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    user = intercom.create_contact("user", name="old")
    gone = intercom.create_contact("user", name="old")
    for contact_id in (user, gone):
        intercom.faults.arm(Fault(FaultKind.LATE_APPLY, method="PUT", delay=60))
        with pytest.raises(httpx.TimeoutException):
            client.put(f"/contacts/{contact_id}", json={"name": "late"})
    assert client.get(f"/contacts/{user}").json()["name"] == "old"
    intercom.delete_contact(gone)
    clock.advance(61)
    assert client.get(f"/contacts/{user}").json()["name"] == "late"
    assert client.get(f"/contacts/{gone}").status_code == 404


def test_attributes_that_are_no_lists_take_no_options(api: Api, intercom: IntercomSandbox) -> None:
    number = intercom.create_attribute("seats", "integer")
    options = {"options": [{"value": "1"}, {"value": "2"}]}
    assert api("PUT", f"/data_attributes/{number}", options)[0] == 400
    assert api("PUT", f"/data_attributes/{number}", {"archived": "yes"})[0] == 400
