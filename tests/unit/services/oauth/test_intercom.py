"""Signing in to Intercom through its page, and by access token, on real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sfsync_gui.core.failures import SetupError, SignInError, TransientError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.core.vocabulary import SignInCause as Cause
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.sandbox import intercom
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.services.oauth.intercom import (
    INTERCOM_REDIRECT_URI,
    IntercomSignIn,
    identify_intercom,
    intercom_sign_in,
    intercom_with_token,
    revoke_intercom,
)
from tests.support.browser import Browser
from tests.support.intercom_mount import IntercomMount
from tests.support.sign_in_world import START, SignInWorld, allowed, denied
from tests.support.stranger import stranger


def closing(sign_in: IntercomSignIn, work: Callable[[], Awaitable[Grant]]) -> Grant:
    async def run() -> Grant:
        try:
            return await work()
        finally:
            await sign_in.close()

    return asyncio.run(run())


def finished(sign_in: IntercomSignIn, url: str) -> Grant:
    return closing(sign_in, lambda: sign_in.finish(url))


def refused(sign_in: IntercomSignIn, url: str) -> SignInError:
    with pytest.raises(SignInError) as caught:
        finished(sign_in, url)
    assert caught.value.side is Side.INTERCOM
    return caught.value


def granted(world: SignInWorld) -> Grant:
    sign_in = world.intercom_sign_in()
    return finished(sign_in, allowed(sign_in))


def test_the_demo_app_has_the_products_redirect_url() -> None:
    assert intercom.DEMO_REDIRECT_URLS == (INTERCOM_REDIRECT_URI,)


def test_the_page_of_each_region_is_asked_for_without_the_secret() -> None:
    for region, host in (
        ("US", "app.intercom.com"),
        ("EU", "app.eu.intercom.com"),
        ("AU", "app.au.intercom.com"),
    ):
        sign_in: SignIn = intercom_sign_in("client", "the-secret", region=region)
        parts = urlsplit(sign_in.url)
        asked = parse_qs(parts.query)
        assert (parts.scheme, parts.hostname, parts.path) == ("https", host, "/oauth")
        assert asked["client_id"] == ["client"]
        assert asked["redirect_uri"] == ["https://localhost/callback"]
        assert len(asked["state"][0]) > 40
        assert "the-secret" not in sign_in.url + repr(sign_in)
        assert sign_in.is_redirect("https://localhost:443/callback?code=x")


def test_whoever_authorizes_is_signed_in(world: SignInWorld) -> None:
    grant = granted(world)
    assert grant.access_token == world.intercom.access_token
    assert (grant.region, grant.api_url) == ("US", world.intercom_url)
    assert grant.client_id == intercom.DEMO_CLIENT_ID
    assert grant.client_secret == intercom.DEMO_CLIENT_SECRET
    who = asyncio.run(identify_intercom(grant))
    assert (who.account_id, who.account_name) == ("nw5x2k7q", "Northwind Outfitters")
    assert who.user_name == "ciara@northwind.example"


def test_whoever_cancels_is_told_so(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()
    assert refused(sign_in, denied(sign_in)).cause is Cause.DENIED


def test_another_workspace_of_the_teammate_is_refused_on_the_page(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()
    with Browser(sign_in.is_redirect) as browser:
        browser.open(sign_in.url)
        page = browser.press("authorize", app_id="test")
    assert page.status == 403
    assert "permission to install apps" in page.text


def test_the_answer_to_another_sign_in_is_refused(world: SignInWorld) -> None:
    mine, another = world.intercom_sign_in(), world.intercom_sign_in()
    assert refused(mine, allowed(another)).cause is Cause.WRONG_STATE


def test_a_code_opens_once(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()
    url = allowed(sign_in)

    async def twice() -> Grant:
        await sign_in.finish(url)
        return await sign_in.finish(url)

    with pytest.raises(SignInError) as caught:
        closing(sign_in, twice)
    assert caught.value.cause is Cause.EXPIRED_CODE


def test_a_code_is_too_old_after_five_minutes(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()
    url = allowed(sign_in)
    world.do(lambda: world.clock.advance(300))
    failure = refused(sign_in, url)
    assert failure.cause is Cause.EXPIRED_CODE
    assert failure.detail == "HTTP 401 Unauthorized Code"


def test_a_wrong_secret_is_told_from_a_late_code(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in(client_secret="wrong")
    failure = refused(sign_in, allowed(sign_in))
    assert failure.cause is Cause.UNKNOWN_APP
    assert "client secret" in failure.message


def test_an_unknown_client_id_stays_on_intercoms_page(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in(client_id="unknown")
    with Browser(sign_in.is_redirect) as browser:
        assert "no app with this client ID" in browser.open(sign_in.url).text


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"error": "invalid_client"}, Cause.UNKNOWN_APP),
        ({"error": "server_said_no"}, Cause.OTHER),
        ({}, Cause.OTHER),
    ],
)
def test_an_exchange_refused_in_unknown_words_is_not_guessed_at(
    body: dict[str, str], cause: Cause
) -> None:
    with stranger(400, json.dumps(body)) as address:
        sign_in = intercom_sign_in("id", "secret", api_url=address)
        url = f"{sign_in.redirect_uri}?code=x&state={sign_in._authorization.state}"
        assert refused(sign_in, url).cause is cause


def test_a_service_in_trouble_passes(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()
    url = allowed(sign_in)
    world.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, path="eagle"))

    async def twice() -> Grant:
        with pytest.raises(TransientError):
            await sign_in.finish(url)
        return await sign_in.finish(url)

    assert closing(sign_in, twice).access_token


def test_uninstalling_revokes_what_the_app_was_given(world: SignInWorld) -> None:
    first, second = granted(world), granted(world)
    asyncio.run(revoke_intercom(first))
    for grant in (first, second):
        with pytest.raises(SignInError, match="revoked in Intercom") as caught:
            asyncio.run(identify_intercom(grant))
        assert caught.value.cause is Cause.TOKEN_REMOVED
    asyncio.run(revoke_intercom(first))


def test_a_copied_token_is_not_uninstalled(world: SignInWorld) -> None:
    token = world.intercom.access_token or ""
    grant = asyncio.run(intercom_with_token(token, api_url=world.intercom_url))
    asyncio.run(revoke_intercom(grant))
    assert world.intercom.log.count("POST") == 0
    assert asyncio.run(identify_intercom(grant)).account_id == "nw5x2k7q"


def test_a_token_is_tried_out_when_it_is_entered(world: SignInWorld) -> None:
    token = world.intercom.access_token or ""
    grant = asyncio.run(intercom_with_token(f"  {token}\n", api_url=world.intercom_url))
    assert grant == Grant(Side.INTERCOM, token, region="US", api_url=world.intercom_url)
    with pytest.raises(SignInError) as caught:
        asyncio.run(intercom_with_token("dG9rOnWrong", api_url=world.intercom_url))
    assert caught.value.cause is Cause.TOKEN_REMOVED
    for nonsense in ("", "  ", "two words", "dG9r…"):
        with pytest.raises(SetupError, match="access token"):
            asyncio.run(intercom_with_token(nonsense, api_url=world.intercom_url))


class Regions(httpx.AsyncBaseTransport):
    """The three hosts of Intercom's API, each with a simulated workspace of its own."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.workspaces = {
            region: IntercomSandbox(ManualClock(START), region=region, app_id=f"app{region}")
            for region in ("US", "EU", "AU")
        }
        for workspace in self.workspaces.values():
            workspace.issue_token()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        self.asked.append(host)
        region = {"api.eu.intercom.io": "EU", "api.au.intercom.io": "AU"}.get(host, "US")
        return await IntercomMount(self.workspaces[region]).handle_async_request(request)

    def token(self, region: str) -> str:
        return self.workspaces[region].access_token or ""


@pytest.mark.parametrize("chosen", ["US", "EU", "AU"])
@pytest.mark.parametrize("actual", ["US", "EU", "AU"])
def test_a_token_of_another_region_is_found(chosen: str, actual: str) -> None:
    regions = Regions()
    grant = asyncio.run(
        intercom_with_token(regions.token(actual), region=chosen, transport=regions)
    )
    assert grant.region == actual
    assert len(regions.asked) == 1 or chosen != actual
    who = asyncio.run(identify_intercom(grant, transport=regions))
    assert who.account_id == f"app{actual}"


def test_a_token_that_no_region_knows_is_told_as_such() -> None:
    regions = Regions()
    with pytest.raises(SignInError, match="No region of Intercom") as caught:
        asyncio.run(intercom_with_token("dG9rOnWrong", region="EU", transport=regions))
    assert caught.value.cause is Cause.TOKEN_REMOVED
    assert sorted(regions.asked) == sorted(
        ["api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io"]
    )


def test_a_revoked_token_is_not_looked_for_elsewhere() -> None:
    regions = Regions()
    token = regions.token("US")
    regions.workspaces["US"].revoke_token()
    with pytest.raises(SignInError, match="revoked"):
        asyncio.run(intercom_with_token(token, transport=regions))
    assert regions.asked == ["api.intercom.io"]


def test_the_region_that_the_answer_names_counts() -> None:
    """`api.intercom.io` routes to where the workspace is ("REST APIs", regional hosting)."""
    regions = Regions()
    regions.workspaces["US"] = regions.workspaces["EU"]
    grant = asyncio.run(intercom_with_token(regions.token("EU"), region="US", transport=regions))
    assert grant.region == "EU"
    assert regions.asked == ["api.intercom.io"]


def test_an_empty_client_id_or_secret_is_told_at_once() -> None:
    for client_id, secret in (("", "x"), ("x", " ")):
        with pytest.raises(SetupError, match="client"):
            intercom_sign_in(client_id, secret)
