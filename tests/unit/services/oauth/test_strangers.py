"""Answers that are not the service's: nothing is concluded from them, and they are told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sfsync_gui.core.failures import SfsyncError, SignInError, TransientError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.services.oauth.intercom import (
    identify_intercom,
    intercom_sign_in,
    intercom_with_token,
    revoke_intercom,
)
from sfsync_gui.services.oauth.salesforce import (
    identify_salesforce,
    revoke_salesforce,
    salesforce_sign_in,
)
from tests.support.stranger import JSON, stranger

HTML = "text/html"
PORTAL = "<html><body><h1>Welcome to the hotel's network</h1></body></html>"
Step = Callable[[str], Awaitable[object]]


async def finish_salesforce(address: str) -> object:
    sign_in = salesforce_sign_in("key", address, "http://localhost:17250/callback")
    state = sign_in._authorization.state
    try:
        return await sign_in.finish(f"{sign_in.redirect_uri}?code=c&state={state}")
    finally:
        await sign_in.close()


async def finish_intercom(address: str) -> object:
    sign_in = intercom_sign_in("id", "secret", api_url=address)
    state = sign_in._authorization.state
    try:
        return await sign_in.finish(f"{sign_in.redirect_uri}?code=c&state={state}")
    finally:
        await sign_in.close()


def salesforce_grant(address: str) -> Grant:
    return Grant(Side.SALESFORCE, "a", "r", instance_url=address, login_url=address)


def intercom_grant(address: str) -> Grant:
    return Grant(Side.INTERCOM, "a", client_id="id", region="US", api_url=address)


STEPS: dict[str, Step] = {
    "finish_salesforce": finish_salesforce,
    "identify_salesforce": lambda address: identify_salesforce(salesforce_grant(address)),
    "revoke_salesforce": lambda address: revoke_salesforce(salesforce_grant(address)),
    "finish_intercom": finish_intercom,
    "token_intercom": lambda address: intercom_with_token("dG9r", api_url=address),
    "identify_intercom": lambda address: identify_intercom(intercom_grant(address)),
    "revoke_intercom": lambda address: revoke_intercom(intercom_grant(address)),
}


def outcome(step: str, status: int, body: str, content_type: str, **headers: str) -> SfsyncError:
    with (
        stranger(status, body, content_type, **headers) as address,
        pytest.raises(SfsyncError) as caught,
    ):
        asyncio.run(STEPS[step](address))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, PORTAL, {}),
        (403, PORTAL, {}),
        (407, PORTAL, {}),
        (302, "<a>moved</a>", {"location": "https://portal.example/"}),
    ],
)
def test_a_page_in_between_is_named_as_such(
    step: str, status: int, body: str, headers: dict[str, str]
) -> None:
    failure = outcome(step, status, body, HTML, **headers)
    assert isinstance(failure, SignInError)
    assert failure.cause is SignInCause.NETWORK
    assert "proxy" in failure.remedy
    assert failure.subject.startswith("127.0.0.1:")
    assert "hotel" not in repr(failure)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("status", "body", "content_type"), [(502, PORTAL, HTML), (503, "{}", JSON), (429, "", HTML)]
)
def test_a_gateway_in_trouble_passes(step: str, status: int, body: str, content_type: str) -> None:
    failure = outcome(step, status, body, content_type)
    assert isinstance(failure, TransientError)
    assert failure.remedy


@pytest.mark.parametrize(
    "step", ["finish_salesforce", "identify_salesforce", "finish_intercom", "identify_intercom"]
)
@pytest.mark.parametrize("body", ["[]", "null", '"text"', "{}", '{"access_token": 5}'])
def test_json_of_another_shape_is_a_failure_in_words(step: str, body: str) -> None:
    failure = outcome(step, 200, body, JSON)
    assert isinstance(failure, SignInError)
    assert failure.message


@pytest.mark.parametrize(
    "instance_url",
    ["http://acme.my.salesforce.com", "ftp://x", "https://user@acme.my.salesforce.com", "x y"],
)
def test_an_org_address_that_is_not_safe_is_not_taken(instance_url: str) -> None:
    body = f'{{"access_token": "t", "instance_url": "{instance_url}"}}'
    failure = outcome("finish_salesforce", 200, body, JSON)
    assert isinstance(failure, SignInError)
    assert failure.cause is SignInCause.NETWORK


def test_salesforce_without_a_word_about_the_address_is_where_one_signed_in() -> None:
    with stranger(200, '{"access_token": "t"}') as address:
        grant = asyncio.run(finish_salesforce(address))
    assert isinstance(grant, Grant)
    assert (grant.instance_url, grant.refresh_token) == (address, "")
