"""Identity, schema, users, usage, time, creations; and what every request reports."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    SetupError,
    SignInError,
    TransientError,
)
from sfsync_gui.core.schema import Option, SalesforceType
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind
from sfsync_gui.engine.ports import ApiUsage, CallSpent, CreateOptions, SalesforcePort
from sfsync_gui.sandbox import salesforce as sandbox_package
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.services.salesforce.describing import fields_of
from sfsync_gui.services.salesforce.records import long_id, unix_seconds
from tests.support.salesforce_mount import ADDRESS, Connected, connect

LEAD = PersonKind.LEAD
ADA = {"LastName": "O'Hara", "Company": "Acme \\ Sons", "Email": "Ada@x.org", "FirstName": "Ada"}


def test_the_client_is_the_engines_port(org: Connected) -> None:
    port: SalesforcePort = org.client
    assert port is org.client


def test_who_and_which_org(org: Connected) -> None:
    found = asyncio.run(org.client.identity())
    assert found.org_id == org.sandbox.org.org_id
    assert len(found.org_id) == len(found.user_id) == 18
    assert found.user_id == org.sandbox.org.api_user_id
    assert found.instance_url == ADDRESS
    assert "@" in found.user_name
    assert org.purposes() == ["identity"]


def test_five_objects_are_described_in_one_call(org: Connected) -> None:
    names = ["Lead", "Contact", "Account", "Task", "User"]
    found = asyncio.run(org.client.describe(names))
    assert list(found) == names
    assert org.purposes() == ["schema"]
    assert found["Lead"]["LastName"].writable


def test_an_object_that_cannot_be_seen_is_named(org: Connected) -> None:
    with pytest.raises(SetupError) as caught:
        asyncio.run(org.client.describe(["Lead", "Invoice__c"]))
    assert caught.value.object == "Invoice__c"
    assert "Invoice__c" in caught.value.message


def test_what_describe_says_of_fields(org: Connected) -> None:
    sandbox = org.sandbox
    sandbox.add_field("Lead", "Score__c", "double", precision=18, scale=0)
    sandbox.add_field("Lead", "Rank__c", "double", formula=lambda values, now: 1)
    sandbox.hide_field("Lead", "Fax")
    lead = asyncio.run(org.client.describe(["Lead"]))["Lead"]
    assert "Fax" not in lead
    assert (lead["Phone"].type, lead["Phone"].length) == (SalesforceType.PHONE, 40)
    assert (lead["Score__c"].precision, lead["Score__c"].scale) == (18, 0)
    assert lead["Rank__c"].calculated
    assert not lead["Rank__c"].writable
    assert lead["Name"].compound
    assert lead["Address"].compound
    assert lead["Address"].type is SalesforceType.OTHER
    assert lead["Address"].type_name == "address"
    for part in ("FirstName", "LastName", "City", "Salutation"):
        assert lead[part].writable, part
    assert lead["OwnerId"].reference_to[-1] == "User"
    assert not lead["Description"].filterable
    assert lead["Status"].defaulted_on_create


def test_only_active_options_are_offered() -> None:
    path = Path(sandbox_package.__file__).parent / "describes" / "Lead.json"
    describe = json.loads(path.read_text(encoding="utf-8"))
    status = next(field for field in describe["fields"] if field["name"] == "Status")
    status["picklistValues"] = [
        {"active": True, "value": "Open", "label": None},
        {"active": False, "value": "Old", "label": "Old"},
        {"active": True, "value": "Won", "label": "Gained"},
    ]
    assert fields_of(describe)["Status"].options == (
        Option("Open", "Open"),
        Option("Won", "Gained"),
    )


def test_active_users_by_e_mail(sandbox: SalesforceSandbox, clock: ManualClock) -> None:
    org = connect(sandbox, clock, page_size=200)
    made = {sandbox.add_user(f"User {n}", f"u{n}@x.org"): f"u{n}@x.org" for n in range(250)}
    gone = sandbox.add_user("Gone", "gone@x.org", active=False)
    found = asyncio.run(org.client.users())
    assert made.items() <= found.items()
    assert gone not in found
    assert org.purposes() == ["schema", "schema"]


def test_every_request_reports_the_usage_that_its_answer_names(
    org: Connected, clock: ManualClock
) -> None:
    asyncio.run(org.client.now())
    org.sandbox.usage.add(100, clock.now())
    asyncio.run(org.client.now())
    assert asyncio.run(org.client.usage()) == ApiUsage(103, 15_000)
    assert org.spent == [
        CallSpent("salesforce", "feed", ApiUsage(1, 15_000)),
        CallSpent("salesforce", "feed", ApiUsage(102, 15_000)),
        CallSpent("salesforce", "limits", ApiUsage(103, 15_000)),
    ]


def test_the_limit_is_reported_also_by_the_answer_that_refuses(
    org: Connected, clock: ManualClock
) -> None:
    org.sandbox.usage.add(15_000, clock.now())
    with pytest.raises(OrgError):
        asyncio.run(org.client.now())
    assert org.spent == [CallSpent("salesforce", "feed", ApiUsage(15_000, 15_000))]


def test_the_services_time_is_that_of_the_newest_answer(org: Connected, clock: ManualClock) -> None:
    assert asyncio.run(org.client.server_time()) == int(clock.now())
    assert org.purposes() == ["limits"]
    clock.advance(100)
    asyncio.run(org.client.now())
    org.purposes()
    assert asyncio.run(org.client.server_time()) == int(clock.now())
    assert org.purposes() == []


def test_without_a_date_there_is_no_time(sandbox: SalesforceSandbox, clock: ManualClock) -> None:
    org = connect(sandbox, clock, dates=False)
    with pytest.raises(TransientError, match="what time it is"):
        asyncio.run(org.client.server_time())


def test_a_lead_is_created_and_found_again(org: Connected, clock: ManualClock) -> None:
    since = asyncio.run(org.client.server_time())
    result = asyncio.run(org.client.create(LEAD, ADA))
    assert result.refusals == ()
    assert result.id is not None
    record = org.sandbox.record(result.id)
    assert record is not None
    assert record["LastName"] == "O'Hara"
    clock.advance(30)
    assert asyncio.run(org.client.find_created(LEAD, ADA, since=since)) == (result.id,)
    assert org.purposes() == ["limits", "create", "identity", "create"]
    org.sandbox.delete(result.id)
    assert asyncio.run(org.client.find_created(LEAD, ADA, since=since)) == (result.id,)
    later = int(clock.now())
    assert asyncio.run(org.client.find_created(LEAD, ADA, since=later)) == ()
    other = {**ADA, "Company": "Other"}
    assert asyncio.run(org.client.find_created(LEAD, other, since=since)) == ()


def test_what_another_user_created_is_not_ours(org: Connected, clock: ManualClock) -> None:
    since = int(clock.now())
    org.sandbox.create("Lead", **ADA)  # type: ignore[arg-type]
    assert asyncio.run(org.client.find_created(LEAD, ADA, since=since)) == ()


def test_a_refused_creation_says_why(org: Connected) -> None:
    org.sandbox.create("Lead", LastName="A", Company="B", Email="ada@x.org")
    org.sandbox.add_duplicate_rule("Lead")
    result = asyncio.run(org.client.create(LEAD, ADA))
    assert result.id is None
    assert [refusal.code for refusal in result.refusals] == ["DUPLICATES_DETECTED"]
    result = asyncio.run(org.client.create(LEAD, {"LastName": "x", "Email": "nobody"}))
    assert {refusal.code: refusal.fields for refusal in result.refusals} == {
        "REQUIRED_FIELD_MISSING": ("Company",)
    }
    result = asyncio.run(org.client.create(LEAD, {**ADA, "Gone__c": "x"}))
    (refusal,) = result.refusals
    assert (refusal.error_class, refusal.fields) == (ErrorClass.SETUP, ("Gone__c",))


def test_a_duplicate_is_named_and_saved_where_that_is_allowed(org: Connected) -> None:
    twin = org.sandbox.create("Lead", LastName="A", Company="B", Email="ada@x.org")
    org.sandbox.add_duplicate_rule("Lead")
    (refusal,) = asyncio.run(org.client.create(LEAD, ADA)).refusals
    assert refusal.message == f"Use one of these records? Lead {twin}"
    allowed = CreateOptions(allow_duplicates=True)
    assert asyncio.run(org.client.create(LEAD, ADA, allowed)).id


def test_the_owner_is_assigned_unless_that_is_not_wanted(org: Connected) -> None:
    rosa = org.sandbox.add_user("Rosa Rules", "rosa@x.org")
    org.sandbox.add_assignment_rule(rosa)

    def owner(assign: bool) -> object:
        made = asyncio.run(org.client.create(LEAD, ADA, CreateOptions(assign=assign)))
        return (org.sandbox.record(str(made.id)) or {})["OwnerId"]

    assert owner(True) == rosa
    assert owner(False) == org.sandbox.org.api_user_id


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        (FaultKind.RESET_BEFORE, False),
        (FaultKind.RESET_AFTER, True),
        (FaultKind.LATE_APPLY, False),
        (FaultKind.SERVER_ERROR, False),
        (FaultKind.SERVER_ERROR_APPLIED, True),
    ],
)
def test_a_creation_whose_answer_is_lost_is_not_repeated(
    org: Connected, kind: FaultKind, applied: bool
) -> None:
    since = asyncio.run(org.client.server_time())
    org.sandbox.faults.arm(Fault(kind))
    with pytest.raises(OutcomeUnknownError):
        asyncio.run(org.client.create(LEAD, ADA))
    found = asyncio.run(org.client.find_created(LEAD, ADA, since=since))
    assert len(found) == applied
    assert org.sandbox.log.count("POST", "sobjects/Lead") == 1


def test_a_creation_that_was_certainly_not_applied_is_repeated(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED))
    assert asyncio.run(org.client.create(LEAD, ADA)).id
    org.sandbox.expire_sessions()
    assert asyncio.run(org.client.create(LEAD, ADA)).id
    assert len(org.sandbox.ids("Lead")) == 2
    org.sandbox.faults.arm(Fault(FaultKind.DAILY_LIMIT))
    with pytest.raises(OrgError):
        asyncio.run(org.client.create(LEAD, ADA))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"success": true}', b'{"id": "x"}'])
def test_a_creation_without_proof_is_unknown(
    org: Connected, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    send = org.mount._answer

    def doctored(request: Any) -> requests.Response:
        response = send(request)
        response._content = body
        return response

    monkeypatch.setattr(org.mount, "_answer", doctored)
    with pytest.raises(OutcomeUnknownError):
        asyncio.run(org.client.create(LEAD, ADA))


def test_an_answer_that_is_not_salesforces_is_transient(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = org.mount._answer

    def doctored(request: Any) -> requests.Response:
        response = send(request)
        response._content = bodies[0]
        response.headers["Date"] = "yesterday"
        return response

    async def first_page() -> None:
        async for _page in org.client.everyone({"Lead": ()}):
            return

    monkeypatch.setattr(org.mount, "_answer", doctored)
    client = org.client
    bodies = [b'{"welcome": "to our hotel"}', b"[1]", b"<html>"]
    while bodies:
        asked = (client.identity(), client.usage(), client.now(), client.users(), first_page())
        for call in asked:
            with pytest.raises(TransientError, match="answer cannot be"):
                asyncio.run(call)
        bodies.pop(0)


def test_a_redirect_is_not_followed(org: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    send = org.mount._answer

    def elsewhere(request: Any) -> requests.Response:
        response = send(request)
        response.status_code = 302
        response.headers["Location"] = "https://elsewhere.example.com/"
        return response

    monkeypatch.setattr(org.mount, "_answer", elsewhere)
    with pytest.raises(SignInError, match="another address"):
        asyncio.run(org.client.now())
    assert {request.url.split("/")[2] for request in org.mount.sent if request.url} == {
        "sandbox.invalid"
    }


def test_no_netrc_and_no_cookies_and_no_pretty_print(
    org: Connected, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine sandbox.invalid login eve password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    asyncio.run(org.client.now())
    (request,) = org.mount.sent
    assert request.headers["Authorization"] == f"Bearer {org.tokens.access_token}"
    assert "X-PrettyPrint" not in request.headers
    assert "Cookie" not in request.headers


def test_after_closing_nothing_is_sent(org: Connected) -> None:
    asyncio.run(org.client.close())
    with pytest.raises(TransientError, match="closed"):
        asyncio.run(org.client.now())
    assert org.mount.sent == []
    assert org.clock.slept == []


def test_ids_of_fifteen_characters_become_long(org: Connected) -> None:
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    assert long_id(lead[:15]) == long_id(lead) == lead
    assert long_id("001R00000064wdt") == "001R00000064wdtIAA"


def test_times_of_the_wire() -> None:
    assert unix_seconds("2026-11-23T10:00:00.000+0000") == 1_795_428_000
    assert unix_seconds("2026-11-23T12:00:00.000+0200") == 1_795_428_000
    assert unix_seconds("1969-12-31T23:59:59.000+0000") == -1
    assert unix_seconds(None) == 0
