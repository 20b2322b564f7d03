"""Sessions, tokens, API limits, and the faults that only Salesforce has."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import AnswerWithheld, ConnectionDropped, Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import Answer, call

EXPIRED = (401, "INVALID_SESSION_ID", "Session expired or invalid")


def refresh(
    sandbox: SalesforceSandbox, token: str, client_id: str = "client", **form: str
) -> Answer:
    fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client_id, **form}
    return call(sandbox.app, "POST", "/services/oauth2/token", body=urlencode(fields).encode())


def refusal(answer: Answer) -> tuple[int, str, str]:
    body = json.loads(answer.body)
    return answer.status, body["error"], body["error_description"]


def test_a_session_ends_without_use(client: Any, clock: ManualClock) -> None:
    for _hour in range(5):
        clock.advance(3600)
        client.ok("GET", "/limits")
    clock.advance(7200)
    assert client.error("GET", "/limits") == EXPIRED
    assert client.error("GET", "/limits") == EXPIRED


@pytest.mark.parametrize("value", ["", "Bearer nonsense", "Basic abc"])
def test_without_a_session(sandbox: SalesforceSandbox, value: str) -> None:
    headers = {"Authorization": value} if value else {}
    answer = call(sandbox.app, "GET", "/services/data/v59.0/limits", "", headers)
    assert answer.status == 401
    assert json.loads(answer.body) == [{"message": EXPIRED[2], "errorCode": EXPIRED[1]}]
    assert "sforce-limit-info" not in answer.headers


def test_a_refresh_rotates_the_refresh_token(sandbox: SalesforceSandbox, client: Any) -> None:
    old = client.tokens["refresh_token"]
    answer = refresh(sandbox, old)
    body = json.loads(answer.body)
    assert answer.status == 200
    assert set(body) == {
        "access_token",
        "refresh_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    }
    assert body["instance_url"] == "http://sandbox.invalid"
    assert body["id"].endswith(f"/{sandbox.org.org_id}/{sandbox.org.api_user_id}")
    assert refusal(refresh(sandbox, old)) == (400, "invalid_grant", "expired access/refresh token")
    client.ok("GET", "/limits")
    client.tokens = body
    client.ok("GET", "/limits")


def test_a_refresh_without_rotation(clock: ManualClock) -> None:
    sandbox = SalesforceSandbox(clock, rotation=False)
    token = sandbox.issue_tokens("client")["refresh_token"]
    for _time in range(2):
        answer = refresh(sandbox, token)
        assert answer.status == 200
        assert "refresh_token" not in json.loads(answer.body)


def test_refreshes_that_are_refused(sandbox: SalesforceSandbox, client: Any) -> None:
    token = client.tokens["refresh_token"]
    assert refusal(refresh(sandbox, token, "other"))[1] == "invalid_client_id"
    assert refusal(refresh(sandbox, token, ""))[1] == "invalid_client_id"
    assert refusal(refresh(sandbox, token, grant_type="password"))[1] == "unsupported_grant_type"
    sandbox.revoke_all()
    assert refusal(refresh(sandbox, token))[1] == "invalid_grant"
    assert client.error("GET", "/limits") == EXPIRED


def test_expired_sessions_can_be_refreshed(sandbox: SalesforceSandbox, client: Any) -> None:
    sandbox.expire_sessions()
    assert client.error("GET", "/limits") == EXPIRED
    client.tokens = json.loads(refresh(sandbox, client.tokens["refresh_token"]).body)
    client.ok("GET", "/limits")


def test_revoking(sandbox: SalesforceSandbox, client: Any) -> None:
    def revoke(token: str) -> int:
        body = urlencode({"token": token}).encode()
        return call(sandbox.app, "POST", "/services/oauth2/revoke", body=body).status

    assert revoke(client.tokens["access_token"]) == 200
    assert client.error("GET", "/limits") == EXPIRED
    client.tokens = json.loads(refresh(sandbox, client.tokens["refresh_token"]).body)
    assert revoke(client.tokens["refresh_token"]) == 200
    assert client.error("GET", "/limits") == EXPIRED
    assert revoke(client.tokens["refresh_token"]) == 400


def test_a_sixth_approval_ends_the_first(sandbox: SalesforceSandbox, client: Any) -> None:
    for _time in range(4):
        sandbox.issue_tokens("client")
        sandbox.issue_tokens("another app")
    client.ok("GET", "/limits")
    sandbox.issue_tokens("client")
    assert client.error("GET", "/limits") == EXPIRED


def test_who_is_signed_in(sandbox: SalesforceSandbox, client: Any) -> None:
    path = "/services/oauth2/userinfo"
    headers = {"Authorization": f"Bearer {client.tokens['access_token']}"}
    facts = json.loads(call(sandbox.app, "GET", path, headers=headers).body)
    assert facts["organization_id"] == sandbox.org.org_id
    assert facts["user_id"] == sandbox.org.api_user_id
    assert facts["name"] == "SFSync Integration"
    answer = call(sandbox.app, "GET", path)
    assert (answer.status, answer.body) == (403, b"Bad_OAuth_Token")


def test_usage_is_told_and_limited(clock: ManualClock, new_client: Any) -> None:
    sandbox = SalesforceSandbox(clock, daily_limit=3)
    client = new_client(sandbox)
    answer = client.send("GET", "/limits")
    assert answer.headers["sforce-limit-info"] == "api-usage=1/3"
    assert json.loads(answer.body)["DailyApiRequests"] == {"Max": 3, "Remaining": 2}
    clock.advance(3600)
    client.error("GET", "/sobjects/Nope")
    client.ok("GET", "/sobjects")
    full = (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    assert client.error("GET", "/limits") == full
    answer = client.send("GET", "/limits")
    assert answer.headers["sforce-limit-info"] == "api-usage=3/3"
    clock.advance(23 * 3600 + 60)
    client.sign_in()
    assert client.send("GET", "/limits").headers["sforce-limit-info"] == "api-usage=3/3"
    clock.advance(86_400)
    client.sign_in()
    assert client.send("GET", "/limits").headers["sforce-limit-info"] == "api-usage=1/3"


def test_an_org_without_api(sandbox: SalesforceSandbox, client: Any) -> None:
    sandbox.org.api_enabled = False
    assert client.error("GET", "/limits") == (
        403,
        "API_DISABLED_FOR_ORG",
        "The REST API is not enabled for this Organization.",
    )


def test_planned_session_end_and_daily_limit(sandbox: SalesforceSandbox, client: Any) -> None:
    sandbox.faults.arm(Fault(FaultKind.DAILY_LIMIT))
    assert client.error("GET", "/limits")[1] == "REQUEST_LIMIT_EXCEEDED"
    client.ok("GET", "/limits")
    sandbox.faults.arm(Fault(FaultKind.SESSION_EXPIRED))
    assert client.error("GET", "/limits") == EXPIRED
    assert client.error("GET", "/limits") == EXPIRED
    assert sandbox.faults.fired == {FaultKind.DAILY_LIMIT: 1, FaultKind.SESSION_EXPIRED: 1}


def test_a_planned_lock_on_a_single_record(
    sandbox: SalesforceSandbox, client: Any, lead: str
) -> None:
    for method, path, body in (
        ("PATCH", f"/sobjects/Lead/{lead}", {"Phone": "1"}),
        ("POST", "/sobjects/Lead", {"LastName": "a", "Company": "b"}),
        ("DELETE", f"/sobjects/Lead/{lead}", None),
    ):
        sandbox.faults.arm(Fault(FaultKind.LOCK_ROW))
        assert client.error(method, path, body)[:2] == (400, "UNABLE_TO_LOCK_ROW")
    assert sandbox.ids("Lead") == [lead]
    assert (sandbox.record(lead) or {})["Phone"] is None


@pytest.mark.parametrize(
    ("kind", "status", "phone"),
    [
        (FaultKind.RATE_LIMITED, 429, None),
        (FaultKind.SERVER_ERROR, 503, None),
        (FaultKind.SERVER_ERROR_APPLIED, 500, "1"),
        (FaultKind.RESET_BEFORE, None, None),
        (FaultKind.RESET_AFTER, None, "1"),
    ],
)
def test_faults_of_the_network(
    sandbox: SalesforceSandbox,
    client: Any,
    lead: str,
    kind: FaultKind,
    status: int | None,
    phone: str | None,
) -> None:
    sandbox.faults.arm(Fault(kind, "PATCH"))
    path = f"/sobjects/Lead/{lead}"
    if status is None:
        with pytest.raises(ConnectionDropped):
            client.send("PATCH", path, {"Phone": "1"})
    else:
        assert client.send("PATCH", path, {"Phone": "1"}).status == status
    assert (sandbox.record(lead) or {})["Phone"] == phone


def test_a_write_that_is_applied_late(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    sandbox.faults.arm(Fault(FaultKind.LATE_APPLY, "PATCH", delay=30))
    with pytest.raises(AnswerWithheld):
        client.send("PATCH", f"/sobjects/Lead/{lead}", {"Phone": "1"})
    assert (sandbox.record(lead) or {})["Phone"] is None
    clock.advance(30)
    row = sandbox.record(lead) or {}
    assert (row["Phone"], row["SystemModstamp"]) == ("1", "2026-11-23T10:00:30.000+0000")


def test_the_log_holds_no_secrets(sandbox: SalesforceSandbox, client: Any) -> None:
    client.ok("GET", "/limits")
    token = client.tokens["access_token"]
    call(sandbox.app, "GET", "/services/oauth2/revoke", urlencode({"token": token}))
    assert token not in str(sandbox.log.entries)
    assert sandbox.log.count("GET") == 2
