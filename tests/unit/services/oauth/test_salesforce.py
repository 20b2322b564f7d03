"""Signing in to Salesforce through its pages, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sfsync_gui.core.failures import SetupError, SfsyncError, SignInError, TransientError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.core.vocabulary import SignInCause as Cause
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.sandbox import salesforce
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.services.oauth.loopback import redirect_uris
from sfsync_gui.services.oauth.salesforce import (
    SalesforceSignIn,
    identify_salesforce,
    revoke_salesforce,
    salesforce_sign_in,
)
from tests.support.browser import Browser
from tests.support.sign_in_world import SignInWorld, allowed, decide, denied


def closing(sign_in: SalesforceSignIn, work: Callable[[], Awaitable[Grant]]) -> Grant:
    async def run() -> Grant:
        try:
            return await work()
        finally:
            await sign_in.close()

    return asyncio.run(run())


def finished(sign_in: SalesforceSignIn, url: str) -> Grant:
    return closing(sign_in, lambda: sign_in.finish(url))


def refused(sign_in: SalesforceSignIn, url: str) -> SignInError:
    with pytest.raises(SignInError) as caught:
        finished(sign_in, url)
    assert caught.value.side is Side.SALESFORCE
    return caught.value


def granted(world: SignInWorld) -> Grant:
    sign_in = world.salesforce_sign_in()
    return finished(sign_in, allowed(sign_in))


def test_the_demo_app_has_the_products_callback_urls() -> None:
    assert redirect_uris() == salesforce.DEMO_CALLBACK_URLS


def test_it_is_a_sign_in_as_the_engine_defines_it(world: SignInWorld) -> None:
    sign_in: SignIn = world.salesforce_sign_in()
    assert sign_in.side is Side.SALESFORCE
    assert sign_in.redirect_uri == "http://localhost:17250/callback"
    asyncio.run(sign_in.close())
    asyncio.run(sign_in.close())


def test_the_page_is_asked_for_with_a_challenge_and_no_secret(world: SignInWorld) -> None:
    first, second = world.salesforce_sign_in(), world.salesforce_sign_in()
    asked = parse_qs(urlsplit(first.url).query)
    assert first.url.startswith(f"{world.salesforce_url}/services/oauth2/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["client_id"] == [salesforce.DEMO_CLIENT_ID]
    assert asked["redirect_uri"] == ["http://localhost:17250/callback"]
    assert asked["scope"] == ["api refresh_token"]
    assert asked["code_challenge_method"] == ["S256"]
    assert first._pkce.verifier not in first.url
    assert asked["state"] != parse_qs(urlsplit(second.url).query)["state"]
    assert asked["code_challenge"] != parse_qs(urlsplit(second.url).query)["code_challenge"]


def test_whoever_allows_is_signed_in(world: SignInWorld) -> None:
    grant = granted(world)
    assert grant.side is Side.SALESFORCE
    assert grant.instance_url == grant.login_url == world.salesforce_url
    assert grant.client_id == salesforce.DEMO_CLIENT_ID
    approval = world.salesforce.sessions.approval_of(grant.refresh_token)
    assert approval is not None
    assert approval.user_id == world.salesforce.org.api_user_id
    who = asyncio.run(identify_salesforce(grant))
    assert who.account_id == world.salesforce.org.org_id
    assert (who.account_name, who.user_name) == ("Northwind Outfitters", salesforce.DEMO_USERNAME)
    assert who.user_id == world.salesforce.org.api_user_id
    assert not who.is_sandbox


def test_a_sandbox_is_told_from_production(world: SignInWorld) -> None:
    grant = granted(world)
    org = world.salesforce.org
    world.do(lambda: org.store.put(org.org_id, {**org.store.get(org.org_id), "IsSandbox": True}))  # type: ignore[dict-item]
    assert asyncio.run(identify_salesforce(grant)).is_sandbox


def test_whoever_denies_is_told_so(world: SignInWorld) -> None:
    sign_in = world.salesforce_sign_in()
    failure = refused(sign_in, denied(sign_in))
    assert failure.cause is Cause.DENIED
    assert failure.code == "access_denied"
    assert "not allowed" in failure.message


def test_the_answer_to_another_sign_in_is_refused(world: SignInWorld) -> None:
    mine, another = world.salesforce_sign_in(), world.salesforce_sign_in()
    url = allowed(another)
    assert mine.is_redirect(url)
    assert not mine.is_answer(url)
    assert refused(mine, url).cause is Cause.WRONG_STATE
    assert finished(another, url).access_token


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:17250/callback",
        "http://localhost:17250/callback?code=aPrx",
        "http://localhost:17250/callback?code=aPrx&state=",
        "http://localhost:17250/callback?error=access_denied",
        "http://localhost:18350/callback?code=aPrx&state={state}",
        "https://localhost:17250/callback?code=aPrx&state={state}",
        "http://localhost:17250/callback/?code=aPrx&state={state}",
        "http://localhost:17250/other?code=aPrx&state={state}",
        "http://127.0.0.1:17250/callback?code=aPrx&state={state}",
        "http://localhost:17250@evil.example/callback?code=aPrx&state={state}",
        "http://localhost:99999/callback?code=aPrx&state={state}",
        "nonsense",
    ],
)
def test_what_is_not_the_answer_is_not_taken_for_it(world: SignInWorld, url: str) -> None:
    sign_in = world.salesforce_sign_in()
    url = url.replace("{state}", sign_in._authorization.state)
    assert not sign_in.is_answer(url)
    assert refused(sign_in, url).cause is Cause.WRONG_STATE
    assert world.salesforce.log.count("POST", "token") == 0


def test_a_code_opens_once(world: SignInWorld) -> None:
    sign_in = world.salesforce_sign_in()
    url = allowed(sign_in)

    async def twice() -> Grant:
        await sign_in.finish(url)
        return await sign_in.finish(url)

    with pytest.raises(SignInError) as caught:
        closing(sign_in, twice)
    assert caught.value.cause is Cause.EXPIRED_CODE


def test_a_code_is_too_old_after_fifteen_minutes(world: SignInWorld) -> None:
    for seconds, fine in ((899, True), (900, False)):
        sign_in = world.salesforce_sign_in()
        url = allowed(sign_in)
        world.do(lambda wait=seconds: world.clock.advance(wait))  # type: ignore[misc]
        if fine:
            assert finished(sign_in, url).access_token
        else:
            assert refused(sign_in, url).cause is Cause.EXPIRED_CODE


def test_a_code_that_was_stolen_does_not_fit_the_challenge(world: SignInWorld) -> None:
    victim, thief = world.salesforce_sign_in(), world.salesforce_sign_in()
    code = parse_qs(urlsplit(allowed(victim)).query)["code"][0]
    stolen = {"code": code, "state": thief._authorization.state}
    failure = refused(thief, f"{thief.redirect_uri}?{urlencode(stolen)}")
    assert failure.cause is Cause.WRONG_STATE
    assert failure.detail == "invalid code verifier"


def test_a_verifier_never_has_what_salesforce_refuses() -> None:
    from sfsync_gui.services.oauth.protocol import Pkce

    verifiers = [Pkce.new().verifier for _time in range(200)]
    assert all(verifier.isalnum() and 43 <= len(verifier) <= 128 for verifier in verifiers)
    assert len(set(verifiers)) == 200


@pytest.mark.parametrize(
    ("client_id", "redirect_uri", "words"),
    [
        ("3MVG9unknown", "", "error=invalid_client_id"),
        (salesforce.DEMO_CLIENT_ID, "http://localhost:17251/callback", "redirect_uri_mismatch"),
        (salesforce.DEMO_CLIENT_ID, "http://localhost:17250/callback/", "redirect_uri_mismatch"),
    ],
)
def test_salesforce_keeps_to_its_own_page_what_the_app_cannot_be_told(
    world: SignInWorld, client_id: str, redirect_uri: str, words: str
) -> None:
    sign_in = world.salesforce_sign_in(client_id, redirect_uri)
    with Browser(sign_in.is_redirect) as browser:
        page = browser.open(sign_in.url)
    assert page.status == 400
    assert words in page.text


Switch = Callable[[SignInWorld], object]


def switch_app(name: str) -> Switch:
    return lambda world: setattr(world.salesforce.app_of(salesforce.DEMO_CLIENT_ID), name, True)


@pytest.mark.parametrize(
    ("switch", "cause", "code"),
    [
        (switch_app("is_blocked"), Cause.DENIED, "OAUTH_APP_BLOCKED"),
        (switch_app("admin_approved_only"), Cause.DENIED, "OAUTH_APP_ACCESS_DENIED"),
        (
            lambda world: setattr(
                world.salesforce.app_of(salesforce.DEMO_CLIENT_ID), "scopes", frozenset({"api"})
            ),
            Cause.OTHER,
            "invalid_scope",
        ),
    ],
)
def test_an_app_that_is_not_let_in_comes_back_with_the_reason(
    world: SignInWorld, switch: Switch, cause: Cause, code: str
) -> None:
    world.do(lambda: switch(world))
    sign_in = world.salesforce_sign_in()
    failure = refused(sign_in, allowed(sign_in))
    assert (failure.cause, failure.code) == (cause, code)


def org_switch(name: str) -> Switch:
    return lambda world: setattr(world.salesforce.org, name, True)


def deactivate(world: SignInWorld) -> None:
    world.salesforce.deactivate_user(world.salesforce.org.api_user_id)


@pytest.mark.parametrize(
    ("switch", "cause"),
    [
        (switch_app("requires_secret"), Cause.UNKNOWN_APP),
        (lambda world: world.salesforce.remove_app(salesforce.DEMO_CLIENT_ID), Cause.UNKNOWN_APP),
        (org_switch("is_locked"), Cause.ORG_GONE),
        (org_switch("is_ip_restricted"), Cause.IP_RESTRICTED),
        (deactivate, Cause.USER_INACTIVE),
        (lambda world: world.salesforce.expire_codes(), Cause.EXPIRED_CODE),
    ],
)
def test_what_goes_wrong_after_the_page_is_named(
    world: SignInWorld, switch: Switch, cause: Cause
) -> None:
    sign_in = world.salesforce_sign_in()
    url = allowed(sign_in)
    world.do(lambda: switch(world))
    assert refused(sign_in, url).cause is cause


def test_a_user_without_the_api_is_told_so(world: SignInWorld) -> None:
    grant = granted(world)
    world.do(lambda: setattr(world.salesforce.org, "api_enabled", False))
    with pytest.raises(SignInError) as caught:
        asyncio.run(identify_salesforce(grant))
    assert caught.value.cause is Cause.API_DISABLED
    assert "API Enabled" in caught.value.remedy


def test_an_expired_password_is_told_and_can_be_changed_on_the_page(world: SignInWorld) -> None:
    grant = granted(world)
    world.do(lambda: world.salesforce.expire_password(world.salesforce.org.api_user_id))
    with pytest.raises(SignInError) as caught:
        asyncio.run(identify_salesforce(grant))
    assert caught.value.cause is Cause.PASSWORD_POLICY
    sign_in = world.salesforce_sign_in()
    with Browser(sign_in.is_redirect) as browser:
        browser.open(sign_in.url)
        assert "Change Your Password" in browser.press("Login").text
        assert "at least 8" in browser.press("password-button", newpassword="short").text
        browser.press("password-button", newpassword="another-secret-1")
        decide(browser)
        grant = finished(sign_in, browser.page.url)
    assert asyncio.run(identify_salesforce(grant)).user_name == salesforce.DEMO_USERNAME


def test_a_user_who_may_not_read_the_org_is_known_by_its_address(world: SignInWorld) -> None:
    grant = granted(world)
    world.do(lambda: world.salesforce.hide_field("Organization", "Name"))
    assert asyncio.run(identify_salesforce(grant)).account_name == "127.0.0.1"


def test_a_sixth_sign_in_ends_the_first(world: SignInWorld) -> None:
    first = granted(world)
    for _time in range(4):
        granted(world)
    asyncio.run(identify_salesforce(first))
    granted(world)
    with pytest.raises(SignInError) as caught:
        asyncio.run(identify_salesforce(first))
    assert caught.value.cause is not None


def test_revoking_ends_the_access_and_is_done_once_for_all(world: SignInWorld) -> None:
    grant = granted(world)
    asyncio.run(revoke_salesforce(grant))
    assert world.salesforce.sessions.approval_of(grant.refresh_token) is None
    with pytest.raises(SignInError):
        asyncio.run(identify_salesforce(grant))
    asyncio.run(revoke_salesforce(grant))


def test_revoking_that_could_not_be_asked_says_so(world: SignInWorld) -> None:
    grant = granted(world)
    world.salesforce.faults.arm(Fault(FaultKind.RESET_BEFORE, path="revoke"))
    with pytest.raises(TransientError):
        asyncio.run(revoke_salesforce(grant))
    world.server.stop()
    with pytest.raises(TransientError):
        asyncio.run(revoke_salesforce(grant))


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.SERVER_ERROR])
def test_a_service_in_trouble_can_be_asked_again_with_the_same_code(
    world: SignInWorld, kind: FaultKind
) -> None:
    sign_in = world.salesforce_sign_in()
    url = allowed(sign_in)
    world.salesforce.faults.arm(Fault(kind, path="token"))

    async def twice() -> Grant:
        with pytest.raises(TransientError) as caught:
            await sign_in.finish(url)
        assert "sign in again" in caught.value.remedy
        return await sign_in.finish(url)

    assert closing(sign_in, twice).access_token


def test_an_unreachable_host_is_named(world: SignInWorld) -> None:
    sign_in = world.salesforce_sign_in()
    url = allowed(sign_in)
    host = urlsplit(world.salesforce_url).netloc
    world.server.stop()
    with pytest.raises(TransientError, match=host) as caught:
        finished(sign_in, url)
    assert caught.value.remedy == "Check the network connection, then sign in again."


def test_wrong_input_is_told_before_anything_is_opened() -> None:
    for client_id, login_url in (
        ("", "https://login.salesforce.com"),
        ("3MVG9 with a blank", "https://login.salesforce.com"),
        ("3MVG9", "https://login.salesforce.com.evil.example"),
        ("3MVG9", "http://acme.my.salesforce.com"),
    ):
        with pytest.raises(SetupError):
            salesforce_sign_in(client_id, login_url, redirect_uris()[0])


def test_a_pasted_lightning_address_becomes_the_my_domain() -> None:
    pasted = "https://acme--uat.sandbox.lightning.force.com/lightning/page/home"
    sign_in = salesforce_sign_in(" 3MVG9 ", pasted, redirect_uris()[0])
    assert sign_in.url.startswith("https://acme--uat.sandbox.my.salesforce.com/services/oauth2/")
    assert "client_id=3MVG9&" in sign_in.url


def test_no_failure_is_without_words(world: SignInWorld) -> None:
    sign_in = world.salesforce_sign_in()
    with pytest.raises(SfsyncError) as caught:
        finished(sign_in, denied(sign_in))
    failure = caught.value
    assert failure.title
    assert failure.message.endswith(".")
    assert failure.remedy.endswith(".")
