"""No secret of a sign-in is in any text: exceptions, logs, reprs, addresses."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.sandbox import intercom, salesforce
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.services.oauth.intercom import (
    IntercomSignIn,
    identify_intercom,
    intercom_sign_in,
    intercom_with_token,
    revoke_intercom,
)
from sfsync_gui.services.oauth.salesforce import (
    SalesforceSignIn,
    identify_salesforce,
    revoke_salesforce,
    salesforce_sign_in,
)
from tests.support.sign_in_world import SignInWorld, allowed, denied, sign_in_world

PATHS = "oauth2/|eagle|/me|uninstall|query"
FAULTS = (
    None,
    FaultKind.RATE_LIMITED,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_APPLIED,
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.SESSION_EXPIRED,
)
Step = Callable[[], Awaitable[object]]
Flow = SalesforceSignIn | IntercomSignIn


@dataclass
class Recorder(httpx.AsyncBaseTransport):
    """Carries each request over a socket of its own; keeps its URL and the secrets it carried."""

    urls: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        form = httpx.QueryParams((await request.aread()).decode())
        names = ("code", "code_verifier", "client_secret", "token")
        self.secrets.update(form[name] for name in names if name in form)
        self.secrets.add(request.headers.get("authorization", "").removeprefix("Bearer "))
        async with httpx.AsyncHTTPTransport() as network:
            response = await network.handle_async_request(request)
            body = await response.aread()
        if response.headers.get("content-type", "").startswith("application/json"):
            given = response.json()
            if isinstance(given, dict):
                self.secrets.update(
                    str(given.get(f"{kind}_token")) for kind in ("access", "refresh")
                )
        return httpx.Response(response.status_code, headers=response.headers, content=body)


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    with sign_in_world() as served:
        yield served


@dataclass
class Attempts:
    """Takes steps under every fault, and keeps whatever is said, logged or granted."""

    world: SignInWorld
    caplog: pytest.LogCaptureFixture
    texts: list[str] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)

    async def take(self, step: Step) -> None:
        self.caplog.clear()  # a browser's own log has what was in its address bar
        with self.caplog.at_level(0):
            for kind in FAULTS:
                self._arm(kind)
                await self._once(step)
        self._arm(None)
        self.texts.extend(record.getMessage() for record in self.caplog.records)

    async def _once(self, step: Step) -> None:
        try:
            result = await step()
        except SfsyncError as error:
            self.texts.extend((repr(error), str(error), *traceback.format_exception(error)))
        else:
            self.texts.append(repr(result))
            self.grants.extend([result] if isinstance(result, Grant) else [])

    def _arm(self, kind: FaultKind | None) -> None:
        for sandbox in (self.world.salesforce, self.world.intercom):
            sandbox.faults.clear()
            if kind is not None:
                sandbox.faults.arm(Fault(kind, path=PATHS))


def begun(world: SignInWorld, recorder: Recorder) -> list[Flow]:
    return [
        salesforce_sign_in(
            salesforce.DEMO_CLIENT_ID,
            world.salesforce_url,
            salesforce.DEMO_CALLBACK_URLS[0],
            transport=recorder,
        ),
        *(
            intercom_sign_in(
                intercom.DEMO_CLIENT_ID, secret, api_url=world.intercom_url, transport=recorder
            )
            for secret in (intercom.DEMO_CLIENT_SECRET, "a-wrong-secret")
        ),
    ]


async def sign_in(attempts: Attempts, flow: Flow, decide: Callable[[Flow], str]) -> None:
    url = await asyncio.to_thread(decide, flow)
    answer = flow._authorization.answer(url)
    attempts.texts.extend((flow.url, repr(flow), repr(flow._authorization), repr(answer)))
    if isinstance(flow, SalesforceSignIn):
        attempts.texts.append(repr(flow._pkce))
    await attempts.take(lambda: flow.finish(url))
    await flow.close()


async def use_and_end(attempts: Attempts, grant: Grant, recorder: Recorder) -> None:
    if grant.side is Side.SALESFORCE:
        await attempts.take(lambda: identify_salesforce(grant, transport=recorder))
        await attempts.take(lambda: revoke_salesforce(grant, transport=recorder))
    else:
        await attempts.take(lambda: identify_intercom(grant, transport=recorder))
        await attempts.take(lambda: revoke_intercom(grant, transport=recorder))


def test_no_secret_is_in_any_text(world: SignInWorld, caplog: pytest.LogCaptureFixture) -> None:
    recorder, attempts = Recorder(), Attempts(world, caplog)
    token = world.intercom.access_token or ""

    async def everything() -> None:
        for decide in (denied, allowed, allowed):
            for flow in begun(world, recorder):
                await sign_in(attempts, flow, decide)
        for text in (token, "dG9rAWrongOne"):
            await attempts.take(
                lambda text=text: intercom_with_token(  # type: ignore[misc]
                    text, api_url=world.intercom_url, transport=recorder
                )
            )
        for grant in tuple(attempts.grants):
            await use_and_end(attempts, grant, recorder)

    asyncio.run(everything())
    texts = [*attempts.texts, *recorder.urls]
    secrets = recorder.secrets - {"", "None"}
    assert {grant.side for grant in attempts.grants} == set(Side)
    assert {intercom.DEMO_CLIENT_SECRET, "a-wrong-secret", token, "dG9rAWrongOne"} <= secrets
    assert all(grant.access_token in secrets for grant in attempts.grants)
    assert len(texts) > 200
    assert not [(secret, text) for secret in secrets for text in texts if secret in text]
