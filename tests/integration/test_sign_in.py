"""Signing in from beginning to end, as the command line and the embedded browser do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from sfsync_gui.core.failures import SignInError
from sfsync_gui.core.vocabulary import SignInCause
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.sandbox.salesforce import DEMO_CALLBACK_URLS, DEMO_CLIENT_ID
from sfsync_gui.services.intercom.client import IntercomClient
from sfsync_gui.services.oauth.loopback import LoopbackListener
from sfsync_gui.services.oauth.salesforce import (
    SalesforceSignIn,
    identify_salesforce,
    revoke_salesforce,
    salesforce_sign_in,
)
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens, Tokens
from tests.support.browser import Browser
from tests.support.salesforce_mount import SteppingClock
from tests.support.sign_in_world import SignInWorld, allowed, decide, sign_in_world


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    with sign_in_world() as served:
        yield served


Person = Callable[[SalesforceSignIn], object]


async def in_browser(world: SignInWorld, person: Person, seconds: float = 20) -> Grant:
    """Sign in by the user's own browser, which goes all the way to the listener."""
    async with await LoopbackListener.opened((0,)) as listener:
        world.do(lambda: _register(world, listener.redirect_uri))
        sign_in = salesforce_sign_in(DEMO_CLIENT_ID, world.salesforce_url, listener.redirect_uri)
        waiting = asyncio.create_task(listener.wait(sign_in.is_answer, seconds))
        try:
            await asyncio.to_thread(person, sign_in)
            return await sign_in.finish(await waiting)
        finally:
            waiting.cancel()
            await sign_in.close()


def _register(world: SignInWorld, redirect_uri: str) -> None:
    app = world.salesforce.app_of(DEMO_CLIENT_ID)
    app.callback_urls = (*DEMO_CALLBACK_URLS, redirect_uri)


def test_the_browser_comes_back_to_the_listener(world: SignInWorld) -> None:
    pages: list[str] = []

    def person(sign_in: SalesforceSignIn) -> None:
        with Browser() as browser:
            browser.open(sign_in.url)
            decide(browser)
            pages.append(browser.page.text)

    grant = asyncio.run(in_browser(world, person))
    assert "You can close this page" in pages[0]
    who = asyncio.run(identify_salesforce(grant))
    assert who.account_id == world.salesforce.org.org_id


def test_denying_in_the_browser_comes_back_too(world: SignInWorld) -> None:
    pages: list[str] = []

    def person(sign_in: SalesforceSignIn) -> None:
        with Browser() as browser:
            browser.open(sign_in.url)
            decide(browser, allow=False)
            pages.append(browser.page.text)

    with pytest.raises(SignInError) as caught:
        asyncio.run(in_browser(world, person))
    assert caught.value.cause is SignInCause.DENIED
    assert "SFSync says why" in pages[0]


def test_a_stale_tab_does_not_end_the_sign_in(world: SignInWorld) -> None:
    def person(sign_in: SalesforceSignIn) -> None:
        stale = salesforce_sign_in(DEMO_CLIENT_ID, world.salesforce_url, sign_in.redirect_uri)
        with Browser() as browser:
            browser.open(stale.url)
            decide(browser)
            assert "another sign-in" in browser.page.text
            browser.open(sign_in.url)
            decide(browser)
            assert "You can close this page" in browser.page.text

    assert asyncio.run(in_browser(world, person)).refresh_token


def test_whoever_never_comes_back_is_not_waited_for(world: SignInWorld) -> None:
    with pytest.raises(SignInError) as caught:
        asyncio.run(in_browser(world, lambda sign_in: None, seconds=0.1))
    assert caught.value.cause is SignInCause.NEVER_FINISHED


def signed_in(world: SignInWorld) -> Grant:
    sign_in = world.salesforce_sign_in()

    async def run() -> Grant:
        try:
            return await sign_in.finish(allowed(sign_in))
        finally:
            await sign_in.close()

    return asyncio.run(run())


def client_of(world: SignInWorld, grant: Grant, saved: list[Tokens]) -> SalesforceClient:
    tokens = RefreshingTokens(
        grant.client_id,
        instance_url=grant.instance_url,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        save=saved.append,
        login_url=grant.login_url,
    )
    return SalesforceClient(tokens, clock=SteppingClock(world.clock))


def test_what_signing_in_yielded_is_renewed_and_rotated(world: SignInWorld) -> None:
    grant = signed_in(world)
    saved: list[Tokens] = []

    async def run() -> None:
        client = client_of(world, grant, saved)
        try:
            for _time in range(3):
                await client.now()
                world.do(world.salesforce.expire_sessions)
                await client.now()
        finally:
            await client.close()

    asyncio.run(run())
    rotated = [tokens.refresh_token for tokens in saved]
    assert len({grant.refresh_token, *rotated}) == 4
    assert world.do(lambda: world.salesforce.sessions.approval_of(rotated[-1])) is not None
    assert world.do(lambda: world.salesforce.sessions.approval_of(rotated[0])) is None
    # Disconnecting takes back what is newest, and all that came of it.
    asyncio.run(revoke_salesforce(replace(grant, refresh_token=rotated[-1])))
    with pytest.raises(SignInError):
        asyncio.run(identify_salesforce(replace(grant, access_token=saved[-1].access_token)))


def test_the_first_of_six_sign_ins_is_told_why_it_ended(world: SignInWorld) -> None:
    first = signed_in(world)
    for _time in range(5):
        signed_in(world)

    async def run() -> None:
        client = client_of(world, first, [])
        try:
            await client.now()
        finally:
            await client.close()

    with pytest.raises(SignInError) as caught:
        asyncio.run(run())
    assert caught.value.cause is SignInCause.TOKEN_REMOVED
    assert "five" in caught.value.remedy


def test_a_password_that_expires_in_mid_sync_is_told(world: SignInWorld) -> None:
    grant = signed_in(world)
    world.do(lambda: world.salesforce.expire_password(world.salesforce.org.api_user_id))

    async def run() -> None:
        client = client_of(world, grant, [])
        try:
            await client.now()
        finally:
            await client.close()

    with pytest.raises(SignInError) as caught:
        asyncio.run(run())
    assert caught.value.cause is SignInCause.PASSWORD_POLICY


def test_intercoms_grant_opens_its_client(world: SignInWorld) -> None:
    sign_in = world.intercom_sign_in()

    async def run() -> None:
        grant = await sign_in.finish(allowed(sign_in))
        await sign_in.close()

        async def token() -> str:
            return grant.access_token

        client = IntercomClient(token, SteppingClock(world.clock), base_url=grant.api_url)
        try:
            assert (await client.identity()).app_id == "nw5x2k7q"
        finally:
            await client.close()

    asyncio.run(run())
