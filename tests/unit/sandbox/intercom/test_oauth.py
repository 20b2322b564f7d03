"""Intercom's authorization page, codes and uninstalling, as browsers and applications see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import (
    DEMO_CLIENT_ID,
    DEMO_CLIENT_SECRET,
    DEMO_REDIRECT_URLS,
    IntercomSandbox,
)
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.sandbox.web import Answer, call
from tests.support.browser import Browser


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_780_000_000)


@pytest.fixture
def workspace(clock: ManualClock) -> IntercomSandbox:
    return IntercomSandbox(clock)


@pytest.fixture
def url(workspace: IntercomSandbox) -> Iterator[str]:
    server = LoopbackServer({"intercom": workspace.app})
    server.start()
    yield server.url("intercom")
    server.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser(lambda url: url.startswith("https://")) as opened:
        yield opened


def page_url(url: str, **changes: str) -> str:
    return f"{url}/oauth?{urlencode({'client_id': DEMO_CLIENT_ID, 'state': 's & t', **changes})}"


def answer_in(browser: Browser) -> dict[str, str]:
    assert browser.page.status == 0, browser.page.text
    return dict(parse_qsl(urlsplit(browser.page.url).query))


def code_for(browser: Browser, url: str) -> str:
    browser.open(page_url(url))
    browser.press("authorize")
    return answer_in(browser)["code"]


def exchange(workspace: IntercomSandbox, code: str, **changes: str) -> tuple[int, dict[str, str]]:
    form = {
        "code": code,
        "client_id": DEMO_CLIENT_ID,
        "client_secret": DEMO_CLIENT_SECRET,
        **changes,
    }
    answer = call(workspace.app, "POST", "/auth/eagle/token", body=urlencode(form).encode())
    return answer.status, json.loads(answer.body)


def asked(workspace: IntercomSandbox, method: str, path: str, token: str) -> Answer:
    return call(workspace.app, method, path, headers={"Authorization": f"Bearer {token}"})


def test_from_the_page_to_the_token(workspace: IntercomSandbox, url: str, browser: Browser) -> None:
    page = browser.open(page_url(url))
    for words in ("Simulated Intercom", "SFSync", "Northwind Outfitters (US)", "Ciara Byrne"):
        assert words in page.text
    browser.press("authorize")
    assert browser.page.url.startswith(f"{DEMO_REDIRECT_URLS[0]}?")
    answer = answer_in(browser)
    assert answer["state"] == "s & t"
    status, body = exchange(workspace, answer["code"])
    assert (status, body["token_type"]) == (200, "Bearer")
    assert body["token"] == body["access_token"] == workspace.access_token
    assert asked(workspace, "GET", "/me", body["token"]).status == 200


def test_an_exchange_may_be_json(workspace: IntercomSandbox, url: str, browser: Browser) -> None:
    form = {
        "code": code_for(browser, url),
        "client_id": DEMO_CLIENT_ID,
        "client_secret": DEMO_CLIENT_SECRET,
    }
    headers = {"Content-Type": "application/json"}
    path = "/auth/eagle/token"
    answer = call(workspace.app, "POST", path, "", headers, json.dumps(form).encode())
    assert answer.status == 200
    for bad in (b"[]", b"{"):
        assert call(workspace.app, "POST", path, "", headers, bad).status == 400


def test_cancelling_goes_back(url: str, browser: Browser) -> None:
    browser.open(page_url(url))
    browser.press("cancel")
    assert answer_in(browser) == {"error": "access_denied", "state": "s & t"}


def test_requests_that_stay_on_the_page(url: str, browser: Browser) -> None:
    assert browser.open(page_url(url, client_id="unknown")).status == 400
    assert browser.open(page_url(url, redirect_uri="https://evil.example/")).status == 400
    browser.open(page_url(url))
    assert "permission" in browser.press("authorize", app_id="test").text
    browser.open(page_url(url))
    assert browser.press("authorize", authenticity_token="forged").status == 400


def test_a_code_opens_once_and_five_minutes(
    workspace: IntercomSandbox, url: str, browser: Browser, clock: ManualClock
) -> None:
    code = code_for(browser, url)
    clock.advance(299)
    assert exchange(workspace, code)[0] == 200
    late = code_for(browser, url)
    clock.advance(300)
    expired = code_for(browser, url)
    workspace.expire_codes()
    for dead in (code, late, expired, "nonsense"):
        status, body = exchange(workspace, dead)
        assert (status, body["type"]) == (401, "error.list")
        assert body["errors"][0]["message"] == "Unauthorized Code"  # type: ignore[index]


def test_client_id_and_secret_are_checked(
    workspace: IntercomSandbox, url: str, browser: Browser
) -> None:
    workspace.register_app("other", "secret", "Other", ["https://other.example/"])
    code = code_for(browser, url)
    assert exchange(workspace, code, client_secret="wrong")[0] == 401
    assert exchange(workspace, code, client_secret="")[0] == 401
    assert exchange(workspace, code, client_id="unknown")[0] == 401
    assert exchange(workspace, code, client_id="other", client_secret="secret")[0] == 401
    assert exchange(workspace, code)[0] == 200


def test_uninstalling_revokes_the_tokens_of_one_app(
    workspace: IntercomSandbox, url: str, browser: Browser
) -> None:
    own = workspace.access_token or ""
    tokens = [exchange(workspace, code_for(browser, url))[1]["token"] for _time in range(2)]
    assert asked(workspace, "POST", "/auth/uninstall", tokens[0]).status == 200
    for token in tokens:
        answer = asked(workspace, "GET", "/me", token)
        assert json.loads(answer.body)["errors"][0]["code"] == "token_revoked"
    assert asked(workspace, "GET", "/me", own).status == 200
    assert workspace.access_token == own
    assert asked(workspace, "POST", "/auth/uninstall", tokens[0]).status == 401


def test_redirect_urls_use_https(workspace: IntercomSandbox) -> None:
    with pytest.raises(ValueError, match="https"):
        workspace.register_app("a", "b", "A", ["http://localhost:17250/callback"])
