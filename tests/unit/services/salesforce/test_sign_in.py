"""Renewing the access: once for all, saved first, and told in words when it is over."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Mapping
from typing import Any

import pytest

from sfsync_gui.core.failures import (
    OutcomeUnknownError,
    SetupError,
    SfsyncError,
    SignInError,
    TransientError,
)
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.core.vocabulary import SignInCause as Cause
from sfsync_gui.engine.ports import SalesforcePosition, SalesforceWrite
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.services.salesforce.session import Access
from sfsync_gui.services.salesforce.tokens import RefreshingTokens, Tokens
from sfsync_gui.services.threads import BlockingCalls
from tests.support.salesforce_mount import ADDRESS, Connected, connect

FIELDS = {"Lead": ("Phone",), "Contact": ()}


def refreshes(org: Connected) -> int:
    return org.sandbox.log.count("POST", "/oauth2/token")


def test_an_ended_session_is_renewed_and_the_call_repeated(org: Connected) -> None:
    before = org.tokens.current()
    org.sandbox.expire_sessions()
    assert asyncio.run(org.client.now()) == 0
    after = org.tokens.current()
    assert after.token != before.token
    assert after.generation == before.generation + 1
    assert org.purposes() == ["feed", "sign_in", "feed"]
    assert org.saved == [
        Tokens(after.token, org.sandbox.sessions.approvals[0].refresh_token, ADDRESS)
    ]


def test_rotated_tokens_are_saved_before_they_are_used(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    monkeypatch.setattr(org.tokens, "_save", lambda tokens: order.append(tokens.access_token))
    send = org.mount._answer

    def watched(request: Any) -> Any:
        order.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return send(request)

    monkeypatch.setattr(org.mount, "_answer", watched)
    for _round in range(3):
        org.sandbox.expire_sessions()
        asyncio.run(org.client.now())
    newest = org.tokens.access_token
    assert order.count(newest) == 2
    assert order.index(newest) == len(order) - 2
    assert len(order) == 12  # refused, renewed, saved, repeated


def test_ten_calls_at_once_share_one_refresh(
    sandbox: SalesforceSandbox, clock: ManualClock
) -> None:
    async def scenario() -> Connected:
        org = connect(sandbox, clock, calls=BlockingCalls("salesforce"))
        for _round in range(3):
            sandbox.expire_sessions()
            await asyncio.gather(*(org.client.now() for _ in range(10)))
        await org.client.close()
        return org

    org = asyncio.run(scenario())
    assert refreshes(org) == 3
    assert len(org.saved) == 3


def test_a_session_that_ends_in_mid_batch_writes_once(org: Connected, clock: ManualClock) -> None:
    leads = [org.sandbox.create("Lead", LastName=str(n), Company="A") for n in range(200)]
    org.sandbox.faults.arm(Fault(FaultKind.SESSION_EXPIRED))
    writes = [SalesforceWrite(PersonKind.LEAD, lead, {"Phone": "1"}) for lead in leads]
    results = asyncio.run(org.client.write(writes, FIELDS))
    assert all(result.after and result.after.raw["Phone"] == "1" for result in results)
    assert org.purposes() == ["write", "sign_in", "write"]
    assert refreshes(org) == 1


def test_userinfo_says_in_its_own_way_that_a_session_has_ended(org: Connected) -> None:
    org.sandbox.expire_sessions()
    assert asyncio.run(org.client.identity()).org_id == org.sandbox.org.org_id
    assert org.purposes() == ["identity", "sign_in", "identity"]


def test_a_revoked_sign_in_is_told_in_words_and_not_asked_again(org: Connected) -> None:
    org.sandbox.revoke_all()
    for _round in range(3):
        with pytest.raises(SignInError) as caught:
            asyncio.run(org.client.now())
    failure = caught.value
    assert failure.message == (
        "The access that was given to this application has expired or was taken back."
    )
    assert "Sign in" in failure.remedy
    assert failure.code == "invalid_grant"
    assert refreshes(org) == 1


def test_without_rotation_the_refresh_token_is_kept(clock: ManualClock) -> None:
    sandbox = SalesforceSandbox(clock, rotation=False)
    org = connect(sandbox, clock)
    for _round in range(2):
        sandbox.expire_sessions()
        asyncio.run(org.client.now())
    assert len({tokens.refresh_token for tokens in org.saved}) == 1


def test_a_renewed_session_that_is_refused_is_signed_out(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.SESSION_EXPIRED, path="composite", times=2))
    with pytest.raises(SignInError, match="renewed the sign-in, but then refused it"):
        asyncio.run(org.client.now())


def test_trouble_while_renewing_passes_and_leaves_no_write_in_doubt(org: Connected) -> None:
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    write = SalesforceWrite(PersonKind.LEAD, lead, {"Phone": "1"})
    org.sandbox.expire_sessions()
    org.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, path="token"))
    (result,) = asyncio.run(org.client.write([write], FIELDS))
    assert result.after is not None
    assert result.after.raw["Phone"] == "1"
    assert org.purposes() == ["write", "sign_in", "write", "sign_in", "write"]
    org.sandbox.expire_sessions()
    org.sandbox.faults.arm(Fault(FaultKind.RESET_BEFORE, path="token", times=9))
    with pytest.raises(TransientError) as caught:
        asyncio.run(org.client.write([write], FIELDS))
    assert not isinstance(caught.value, OutcomeUnknownError)


class Exchange:
    """A token endpoint that gives prepared answers."""

    def __init__(self, *answers: tuple[int, dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.forms: list[dict[str, str]] = []

    def __call__(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        assert url == "https://login.example.com/services/oauth2/token"
        self.forms.append(dict(form))
        return self.answers.pop(0)


def make_tokens(save: Any = lambda tokens: None) -> RefreshingTokens:
    return RefreshingTokens(
        "client",
        instance_url=f"{ADDRESS}/",
        login_url="https://login.example.com/",
        access_token="old-access",
        refresh_token="old-refresh",
        save=save,
    )


def test_a_public_client_asks_with_its_id_and_no_secret() -> None:
    tokens = make_tokens()
    answer = {"access_token": "new", "instance_url": "https://moved.example.com/"}
    exchange = Exchange((200, answer))
    access = tokens.refresh(tokens.current(), exchange)
    assert exchange.forms == [
        {"grant_type": "refresh_token", "client_id": "client", "refresh_token": "old-refresh"}
    ]
    assert access == Access("new", "https://moved.example.com", 1)
    assert (tokens.access_token, tokens.instance_url) == ("new", "https://moved.example.com")
    assert tokens.addresses == ("https://login.example.com", "https://moved.example.com")


def test_an_access_that_was_renewed_already_is_not_renewed_again() -> None:
    tokens = make_tokens()
    old = tokens.current()
    exchange = Exchange((200, {"access_token": "new"}))
    assert tokens.refresh(old, exchange) == tokens.refresh(old, exchange)
    assert len(exchange.forms) == 1


def test_tokens_that_could_not_be_saved_are_not_used_and_not_lost() -> None:
    saved: list[Tokens] = []
    locked = True

    def save(tokens: Tokens) -> None:
        if locked:
            raise OSError("locked")
        saved.append(tokens)

    tokens = make_tokens(save)
    exchange = Exchange((200, {"access_token": "new", "refresh_token": "rotated"}))
    with pytest.raises(TransientError, match="could not be stored"):
        tokens.refresh(tokens.current(), exchange)
    assert tokens.current().token == "old-access"
    locked = False
    assert tokens.refresh(tokens.current(), exchange).token == "new"
    assert [kept.refresh_token for kept in saved] == ["rotated"]


def test_a_store_that_knows_why_is_quoted() -> None:
    def save(_tokens: Tokens) -> None:
        raise TransientError("Locked", "The password store is locked.")

    tokens = make_tokens(save)
    with pytest.raises(TransientError, match="password store is locked"):
        tokens.refresh(tokens.current(), Exchange((200, {"access_token": "new"})))


@pytest.mark.parametrize(
    ("error", "description", "words", "cause"),
    [
        ("invalid_grant", "expired access/refresh token", "or was taken back", Cause.TOKEN_REMOVED),
        ("invalid_grant", "inactive user", "no longer active", Cause.USER_INACTIVE),
        ("inactive_user", "", "no longer active", Cause.USER_INACTIVE),
        ("inactive_org", "inactive organization", "org is locked", Cause.ORG_GONE),
        ("invalid_grant", "ip restricted", "current network", Cause.IP_RESTRICTED),
        ("invalid_app_access", "user is not admin approved", "approve", Cause.DENIED),
        ("invalid_client_id", "client identifier invalid", "not know", Cause.UNKNOWN_APP),
        ("invalid_client", "invalid client credentials", "for a secret", Cause.UNKNOWN_APP),
        ("invalid_grant", "something new", "does not renew", Cause.OTHER),
    ],
)
def test_the_cause_is_named(error: str, description: str, words: str, cause: Cause) -> None:
    tokens = make_tokens()
    exchange = Exchange((400, {"error": error, "error_description": description}))
    for _round in range(2):
        with pytest.raises(SignInError) as caught:
            tokens.refresh(tokens.current(), exchange)
        assert words in caught.value.message
        assert caught.value.code == error
        assert caught.value.cause is cause


def test_an_access_without_a_refresh_token_ends_in_its_own_words() -> None:
    tokens = RefreshingTokens(
        "", instance_url=ADDRESS, access_token="a", refresh_token="", save=lambda tokens: None
    )
    exchange = Exchange()
    with pytest.raises(SignInError, match="without a refresh token") as caught:
        tokens.refresh(tokens.current(), exchange)
    assert caught.value.cause is Cause.TOKEN_REMOVED
    assert exchange.forms == []


@pytest.mark.parametrize(
    "answer",
    [
        (503, {}),
        (429, {"error": "x"}),
        (200, {}),
        (400, {"error": "rate_limit_exceeded", "error_description": "number of logins exceeded"}),
        (400, {"error": "temporarily_unavailable"}),
        (
            400,
            {
                "error": "invalid_grant",
                "error_description": "token request is already being processed",
            },
        ),
    ],
)
def test_what_passes_by_itself_does_not_sign_out(answer: tuple[int, dict[str, Any]]) -> None:
    tokens = make_tokens()
    exchange = Exchange(answer, (200, {"access_token": "new"}))
    with pytest.raises(TransientError):
        tokens.refresh(tokens.current(), exchange)
    assert tokens.refresh(tokens.current(), exchange).token == "new"


def test_plain_http_is_refused_except_to_this_computer(clock: ManualClock) -> None:
    from sfsync_gui.services.salesforce.client import SalesforceClient
    from tests.support.salesforce_mount import SteppingClock

    def client(url: str) -> SalesforceClient:
        tokens = RefreshingTokens(
            "c", instance_url=url, access_token="a", refresh_token="r", save=lambda tokens: None
        )
        return SalesforceClient(tokens, clock=SteppingClock(clock))

    for allowed in ("http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:5", ADDRESS):
        asyncio.run(client(allowed).close())
    for refused in ("http://acme.my.salesforce.com", "http://127.0.0.1.example.com", "ftp://x"):
        with pytest.raises(SetupError, match="without encryption"):
            client(refused)


def test_no_text_ever_holds_a_token(org: Connected, caplog: pytest.LogCaptureFixture) -> None:
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    write = SalesforceWrite(PersonKind.LEAD, lead, {"Phone": "1"})
    secrets: set[str] = set()
    texts: list[str] = []

    def provoke(kind: FaultKind | None) -> None:
        secrets.update((org.tokens.access_token, org.tokens._tokens.refresh_token))
        if kind is not None:
            org.sandbox.faults.arm(Fault(kind, times=9))
        for call in (org.client.now(), org.client.write([write], FIELDS), org.client.identity()):
            try:
                asyncio.run(call)
            except SfsyncError as error:
                texts.extend((repr(error), str(error), *traceback.format_exception(error)))
        org.sandbox.faults.clear()
        secrets.update((org.tokens.access_token, org.tokens._tokens.refresh_token))

    with caplog.at_level(0):
        for kind in FaultKind:
            provoke(kind)
        org.sandbox.revoke_all()
        provoke(None)
    texts += [repr(item) for item in (org.tokens, org.tokens.current(), org.client, *org.saved)]
    texts += [record.getMessage() for record in caplog.records]
    assert len(texts) > 100
    assert len(secrets) > 4
    assert not [text for text in texts for secret in secrets if secret in text]


def test_a_service_that_echoes_the_token_is_not_quoted(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = org.tokens.access_token
    send = org.mount._answer

    def echo(request: Any) -> Any:
        response = send(request)
        response.status_code = 400
        response._content = f'[{{"errorCode": "STRANGE", "message": "what is {token}"}}]'.encode()
        return response

    monkeypatch.setattr(org.mount, "_answer", echo)
    with pytest.raises(SfsyncError) as caught:
        asyncio.run(org.client.now())
    assert token not in repr(caught.value) + "".join(traceback.format_exception(caught.value))
    assert "what is" in caught.value.detail


def test_the_feed_goes_on_where_it_was_after_signing_in_again(
    sandbox: SalesforceSandbox, clock: ManualClock
) -> None:
    org = connect(sandbox, clock, page_size=200)
    made = {sandbox.create("Lead", LastName=str(n), Company="A") for n in range(500)}

    async def scenario() -> set[str]:
        found = set()
        start = SalesforcePosition(int(clock.now()))
        async for page in org.client.changes(start, FIELDS, overlap=0):
            found |= {person.id for person in page.records}
            sandbox.expire_sessions()
        return found

    assert asyncio.run(scenario()) == made
