"""The org's sign-in pages and codes, as a browser and an application see them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import (
    DEMO_CALLBACK_URLS,
    DEMO_CLIENT_ID,
    DEMO_PASSWORD,
    DEMO_USERNAME,
    SalesforceSandbox,
)
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.sandbox.web import call
from tests.support.browser import Browser

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().strip("=")
REQUEST = {
    "response_type": "code",
    "client_id": DEMO_CLIENT_ID,
    "redirect_uri": DEMO_CALLBACK_URLS[0],
    "scope": "api refresh_token",
    "state": "the state & more",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def org() -> SalesforceSandbox:
    return SalesforceSandbox(ManualClock(1_780_000_000))


@pytest.fixture
def url(org: SalesforceSandbox) -> Iterator[str]:
    server = LoopbackServer({"salesforce": org.app})
    server.start()
    yield server.url("salesforce")
    server.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser(lambda url: url.startswith("http://localhost:")) as opened:
        yield opened


def authorize(url: str, **changes: str | None) -> str:
    parameters = {k: v for k, v in {**REQUEST, **changes}.items() if v is not None}
    return f"{url}/services/oauth2/authorize?{urlencode(parameters)}"


def answer_in(browser: Browser) -> dict[str, str]:
    assert browser.page.status == 0, browser.page.text
    return dict(parse_qsl(urlsplit(browser.page.url).query))


def exchange(org: SalesforceSandbox, code: str, **changes: str) -> tuple[int, dict[str, str]]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": DEMO_CLIENT_ID,
        "redirect_uri": DEMO_CALLBACK_URLS[0],
        "code_verifier": VERIFIER,
        **changes,
    }
    body = urlencode(form).encode()
    answer = call(org.app, "POST", "/services/oauth2/token", body=body)
    return answer.status, json.loads(answer.body)


def code_for(browser: Browser, url: str) -> str:
    browser.open(authorize(url, prompt="consent"))
    if any("Login" in form.buttons for form in browser.page.forms):
        browser.press("Login")
    browser.press("oaapprove")
    return answer_in(browser)["code"]


def test_from_the_login_page_to_the_code(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    page = browser.open(authorize(url))
    assert urlsplit(page.url).path == "/"
    assert "Simulated Salesforce" in page.text
    assert page.forms[0].fields["username"] == DEMO_USERNAME
    assert page.forms[0].fields["pw"] == DEMO_PASSWORD
    page = browser.press("Login")
    assert urlsplit(page.url).path == "/setup/secur/RemoteAccessAuthorizationPage.apexp"
    for words in ("SFSync", "Manage user data via APIs", "any time", DEMO_USERNAME):
        assert words in page.text
    browser.press("oaapprove")
    answer = answer_in(browser)
    assert answer["state"] == REQUEST["state"]
    status, tokens = exchange(org, answer["code"])
    assert status == 200
    assert set(tokens) >= {"access_token", "refresh_token", "instance_url", "id", "issued_at"}
    assert "expires_in" not in tokens


def test_denying_goes_back_with_the_documented_words(url: str, browser: Browser) -> None:
    browser.open(authorize(url))
    browser.press("Login")
    browser.press("oadeny")
    assert answer_in(browser) == {
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": REQUEST["state"],
    }


def test_without_a_state_there_is_none_in_the_answer(url: str, browser: Browser) -> None:
    browser.open(authorize(url, state=None))
    browser.press("Login")
    browser.press("oaapprove")
    assert set(answer_in(browser)) == {"code"}


def test_a_wrong_password_stays_on_the_page(url: str, browser: Browser) -> None:
    browser.open(authorize(url))
    for name, password in ((DEMO_USERNAME, "wrong"), ("nobody@example.com", DEMO_PASSWORD)):
        page = browser.press("Login", username=name, pw=password)
        assert "check your username and password" in page.text
        assert page.forms[0].fields["username"] == name
    assert "Allow Access?" in browser.press("Login", username=" Hanna@Example.com ").text


@pytest.mark.parametrize("switch", ["is_locked", "is_ip_restricted"])
def test_nobody_logs_in_to_an_org_that_refuses(
    org: SalesforceSandbox, url: str, browser: Browser, switch: str
) -> None:
    setattr(org.org, switch, True)
    browser.open(authorize(url))
    assert browser.press("Login").forms[0].buttons.keys() == {"Login"}


def test_an_inactive_user_does_not_log_in(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    org.deactivate_user(org.org.api_user_id)
    browser.open(authorize(url))
    assert "not active" in browser.press("Login").text
    org.activate_user(org.org.api_user_id)
    assert "Allow Access?" in browser.press("Login").text


def test_whoever_is_signed_in_is_asked_for_approval_only(url: str, browser: Browser) -> None:
    code_for(browser, url)
    assert "Allow Access?" in browser.open(authorize(url)).text
    assert 'id="Login"' in browser.open(authorize(url, prompt="login")).text


def test_an_approval_is_remembered_until_it_is_revoked(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    exchange(org, code_for(browser, url))
    browser.open(authorize(url))
    assert "code" in answer_in(browser)
    assert "Allow Access?" in browser.open(authorize(url, prompt="consent")).text
    org.revoke_all()
    assert "Allow Access?" in browser.open(authorize(url)).text


def test_a_hint_fills_in_the_user_name(url: str, browser: Browser) -> None:
    page = browser.open(authorize(url, login_hint='hanna@example.com"><b>'))
    assert page.forms[0].fields["username"] == 'hanna@example.com"><b>'
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "unknown"}, "invalid_client_id"),
        ({"client_id": None}, "invalid_client_id"),
        ({"redirect_uri": None}, "redirect_uri_missing"),
        ({"redirect_uri": "http://localhost:17251/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost:17250/callback?x=1"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://localhost:17250/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1:17250/callback"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_what_cannot_be_sent_back_is_shown(
    url: str, browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    page = browser.open(authorize(url, **changes))
    assert page.status == 400
    assert f"error={error}" in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "OAUTH_APPROVAL_ERROR_GENERIC"),
        ({"scope": "api full"}, "invalid_scope"),
    ],
)
def test_what_can_be_sent_back_is(
    url: str, browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    browser.open(authorize(url, **changes))
    browser.press("Login")
    assert answer_in(browser)["error"] == error


def test_a_form_of_another_session_decides_nothing(url: str, browser: Browser) -> None:
    browser.open(authorize(url))
    browser.press("Login")
    page = browser.press("oaapprove", confirmation="forged")
    assert page.status == 400
    with Browser() as stranger:
        stranger.page = browser.page
        assert stranger.open(f"{url}/setup/secur/RemoteAccessAuthorizationPage.apexp").forms[
            0
        ].buttons.keys() == {"Login"}


def test_the_login_leads_to_no_other_host(url: str, browser: Browser) -> None:
    for start in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        browser.open(f"{url}/?{urlencode({'startURL': start})}")
        assert browser.press("Login").url == f"{url}/home/home.jsp"
        assert f"Signed in as {DEMO_USERNAME}" in browser.page.text


def test_a_code_of_the_wrong_shape_time_or_holder(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    org.register_app("other", "Other", ["https://other.example/callback"])
    refusals = [
        ({"code_verifier": "w" * 64}, "invalid code verifier"),
        ({"code_verifier": "v" * 42}, "invalid code verifier"),
        ({"code_verifier": ""}, "invalid code verifier"),
        ({"redirect_uri": DEMO_CALLBACK_URLS[1]}, "redirect_uri must match configuration"),
        ({"client_id": "unknown"}, "client identifier invalid"),
        ({"client_id": "other"}, "invalid authorization code"),
    ]
    code = code_for(browser, url)
    for changes, description in refusals:
        status, body = exchange(org, code, **changes)
        assert (status, body["error_description"]) == (400, description)
    assert exchange(org, "aPrxNone")[1]["error_description"] == "invalid authorization code"
    assert exchange(org, code)[0] == 200
    assert exchange(org, code)[1]["error_description"] == "expired authorization code"
    code = code_for(browser, url)
    org.expire_codes()
    assert exchange(org, code)[1]["error_description"] == "expired authorization code"


def test_a_verifier_with_a_tilde_is_refused_as_salesforce_does(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    verifier = "~" * 64
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().strip("=")
    browser.open(authorize(url, code_challenge=challenge))
    browser.press("Login")
    browser.press("oaapprove")
    body = exchange(org, answer_in(browser)["code"], code_verifier=verifier)[1]
    assert body["error_description"] == "invalid code verifier"


def test_an_app_that_requires_its_secret(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    code = code_for(browser, url)
    org.app_of(DEMO_CLIENT_ID).requires_secret = True
    assert exchange(org, code)[1]["error"] == "invalid_client"


def test_a_user_or_org_that_is_gone_is_not_renewed(org: SalesforceSandbox) -> None:
    token = org.issue_tokens("client")["refresh_token"]

    def renewed() -> str:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "client"}
        body = urlencode(form).encode()
        answer = call(org.app, "POST", "/services/oauth2/token", body=body)
        return str(json.loads(answer.body).get("error_description", "renewed"))

    org.deactivate_user(org.org.api_user_id)
    assert renewed() == "inactive user"
    org.activate_user(org.org.api_user_id)
    org.org.is_locked = True
    assert renewed() == "organization is inactive"
    org.org.is_locked, org.org.is_ip_restricted = False, True
    assert renewed() == "ip restricted"
    org.org.is_ip_restricted = False
    assert renewed() == "renewed"


def test_an_expired_password_stops_the_api_and_is_changed_on_the_page(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    token = org.issue_tokens("client")["access_token"]
    user = org.org.api_user_id
    org.expire_password(user)
    headers = {"Authorization": f"Bearer {token}"}
    answer = call(org.app, "GET", "/services/data/v62.0/limits", "", headers)
    code = json.loads(answer.body)[0]["errorCode"]
    assert (answer.status, code) == (403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD")
    browser.open(authorize(url))
    browser.press("Login")
    for bad, words in (
        ("short1", "at least 8"),
        ("lettersonly", "at least 8"),
        (DEMO_PASSWORD, "used before"),
    ):
        assert words in browser.press("password-button", newpassword=bad).text
    assert "Allow Access?" in browser.press("password-button", newpassword="new-secret-1").text
    assert call(org.app, "GET", "/services/data/v62.0/limits", "", headers).status == 200
    with Browser() as another:
        another.open(authorize(url))
        assert "check your username" in another.press("Login").text
        assert "Allow Access?" in another.press("Login", pw="new-secret-1").text


def test_callback_urls_are_those_that_salesforce_takes(org: SalesforceSandbox) -> None:
    org.register_app("a", "A", ["https://x.example/", "http://localhost/cb"])
    for bad in ("http://x.example/", "http://127.0.0.1:1/cb", "http://localhost.evil.example/"):
        with pytest.raises(ValueError, match="callback URL"):
            org.register_app("b", "B", [bad])


def test_pages_hold_no_script_and_are_kept_nowhere(org: SalesforceSandbox) -> None:
    answer = call(org.app, "GET", "/")
    assert b"<script" not in answer.body
    assert answer.headers["cache-control"] == "no-cache, no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert b"Nothing here is real." in answer.body


def test_the_session_cookie_is_out_of_reach(url: str) -> None:
    import httpx

    form = {"username": DEMO_USERNAME, "pw": DEMO_PASSWORD}
    with httpx.Client() as client:
        cookie = client.post(url, data=form).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_the_log_holds_neither_code_nor_state(
    org: SalesforceSandbox, url: str, browser: Browser
) -> None:
    code = code_for(browser, url)
    exchange(org, code)
    assert code not in str(org.log.entries)
    assert "the state" not in str(org.log.entries)
    assert "the+state" not in str(org.log.entries)


def test_the_org_has_a_record_of_itself(org: SalesforceSandbox) -> None:
    record = org.record(org.org.org_id) or {}
    assert (record["Name"], record["IsSandbox"]) == ("Northwind Outfitters", False)
