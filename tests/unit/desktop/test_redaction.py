"""What is masked in a text, and what is left alone."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote, quote_plus, urlencode

import pytest

from sfsync_gui.desktop.redaction import HIDDEN, HIDDEN_EMAIL, Redactor

SECRET = 's3cr&t/v=lue +ä"quoted"\\x'


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.remember(SECRET)
    return redactor


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower().replace("s3cr", "s3cr"),
        urlencode({"x": SECRET}).removeprefix("x="),
        json.dumps(SECRET),
        json.dumps({"x": SECRET}, ensure_ascii=False),
        repr(SECRET),
        repr({"x": [SECRET]}),
        ascii(SECRET),
    ],
)
def test_a_known_secret_is_masked_however_it_is_written(redactor: Redactor, form: str) -> None:
    cleaned = redactor.clean(f"before {form} after")
    assert form not in cleaned
    assert HIDDEN in cleaned
    assert "lue" not in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")


def test_a_secret_within_another_leaves_no_rest() -> None:
    redactor = Redactor()
    redactor.remember("abcdefgh")
    redactor.remember("abcdefgh-and-more")
    assert redactor.clean("abcdefgh-and-more abcdefgh") == f"{HIDDEN} {HIDDEN}"


def test_what_is_too_short_to_be_a_secret_masks_no_words() -> None:
    redactor = Redactor()
    redactor.remember("")
    redactor.remember("sync")
    assert redactor.clean("nothing to sync") == "nothing to sync"


def test_the_redactor_does_not_show_what_it_knows(redactor: Redactor) -> None:
    assert "s3cr" not in repr(redactor)


TOKEN = "q9Zx7-unknown_token.value"
SESSION = "00D000000000001!AQEAQ.fake_session_value_1234567890"
BASIC = base64.b64encode(b"client-id:client-secret").decode()


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"headers={{'Authorization': 'Bearer {TOKEN}', 'Accept': '*/*'}}",
        f"[(b'Authorization', b'Bearer {TOKEN}'), (b'Accept', b'*/*')]",
        f'{{"authorization": "{TOKEN}"}}',
        f"Proxy-Authorization: Basic {BASIC}",
        f"sent Bearer {TOKEN} to the service",
        f"Cookie: sid={TOKEN}; other={TOKEN}",
        f"'Set-Cookie': 'sid={TOKEN}; Path=/; Secure'",
        f"X-SFDC-Session: {TOKEN}",
        f"grant_type=refresh_token&refresh_token={TOKEN}&client_id=app",
        f"client_secret={TOKEN}",
        f'{{"access_token": "{TOKEN}", "token_type": "bearer"}}',
        f"{{'token': '{TOKEN}'}}",
        f"Grant(access_token='{TOKEN}', side=<Side.INTERCOM>)",
        f'body "{{\\"access_token\\": \\"{TOKEN}\\"}}"',
        f"code_verifier={TOKEN}",
        f"password: {TOKEN}",
        f"password='two words {TOKEN}'",
        f"SFSYNC_INTERCOM_TOKEN={TOKEN}",
        f"SFSYNC_SALESFORCE_TOKEN='{TOKEN}'",
        f"<sessionId>{TOKEN}</sessionId>",
        f"<n1:sessionId>{TOKEN}</n1:sessionId>",
        f"GET http://localhost:1717/callback?code={TOKEN}&state=xyz",
        f"GET http://localhost:1717/callback?state={TOKEN}",
        f"http://localhost:1717/callback#access_token={TOKEN}&instance_url=x",
        f"code={TOKEN}&grant_type=authorization_code",
        f"grant_type=authorization_code&code={TOKEN}",
        f"postgresql+psycopg://sfsync:{TOKEN}@db.example.com/sfsync",
        f"https://user:{TOKEN}@example.com/",
    ],
)
def test_what_looks_like_a_secret_is_masked_although_nobody_named_it(text: str) -> None:
    cleaned = Redactor().clean(text)
    assert TOKEN not in cleaned
    assert BASIC not in cleaned
    assert HIDDEN in cleaned


@pytest.mark.parametrize(
    "secret",
    [
        SESSION,
        SESSION.replace("00D000000000001!", "00D000000000001EAA!"),
        "5Aep861TSESvWeug_xfake.refresh.value",
        base64.b64encode(b"tok:1234abcd_5678_90ef_fake_token:1:0").decode(),
    ],
)
def test_tokens_are_known_by_their_shape(secret: str) -> None:
    assert Redactor().clean(f"answer: <{secret}>") == f"answer: <{HIDDEN}>"


@pytest.mark.parametrize(
    "text",
    [
        "contact 00Q000000000001AAA was written, code INVALID_FIELD",
        '{"type": "error.list", "code": "conflict", "state": "active"}',
        "error code=UNABLE_TO_LOCK_ROW for 003000000000001AAA",
        "GET https://api.intercom.io/contacts/search took 0.3 s",
        "the sign-in was renewed; 2 tokens are kept",
        "https://acme.my.salesforce.com:443/services/data/v62.0/query?q=SELECT+Id",
        "2026-01-02 03:04:05,678 INFO MainThread sfsync_gui.engine: state: running",
        "authorization was refused",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert Redactor().clean(text) == text


def test_addresses_of_people_are_hidden_unless_they_may_be_seen() -> None:
    text = "no partner for zoë.o'neil+x@mail.example.co.uk here"
    assert Redactor().clean(text) == f"no partner for {HIDDEN_EMAIL} here"
    assert Redactor(hides_emails=False).clean(text) == text


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "a.b-c" * 40_000, "a@" * 50_000, "token=" * 30_000, "https://" * 20_000],
)
def test_a_long_text_takes_no_time_to_speak_of(text: str, redactor: Redactor) -> None:
    began = time.perf_counter()
    redactor.clean(text)
    assert time.perf_counter() - began < 3.0
