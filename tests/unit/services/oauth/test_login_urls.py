"""What a person may enter or paste as Salesforce's address."""

from __future__ import annotations

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.services.oauth.login_urls import is_sandbox, my_domain, salesforce_login_url


@pytest.mark.parametrize(
    ("entered", "url"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com/", "https://test.salesforce.com"),
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("  ACME.My.Salesforce.com \n", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/?ec=302&startURL=%2F", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com.", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com:443/x", "https://acme.my.salesforce.com"),
        (
            "https://acme.lightning.force.com/lightning/o/Lead/list?filterName=Recent",
            "https://acme.my.salesforce.com",
        ),
        (
            "https://acme--uat.sandbox.lightning.force.com/one/one.app",
            "https://acme--uat.sandbox.my.salesforce.com",
        ),
        (
            "https://acme.my.salesforce-setup.com/lightning/setup/OrgDomain/home",
            "https://acme.my.salesforce.com",
        ),
        (
            "acme-dev-ed.develop.lightning.force.com",
            "https://acme-dev-ed.develop.my.salesforce.com",
        ),
        ("https://acme.my.salesforce.mil", "https://acme.my.salesforce.mil"),
        ("https://acme.lightning.crmforce.mil/x", "https://acme.my.salesforce.mil"),
        ("https://acme.lightning.sfcrmapps.cn", "https://acme.my.sfcrmproducts.cn"),
        ("https://na139.salesforce.com", "https://na139.salesforce.com"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_it_becomes_the_address_to_sign_in_at(entered: str, url: str) -> None:
    assert salesforce_login_url(entered) == url
    assert salesforce_login_url(url) == url


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("", "not an address"),
        ("   ", "not an address"),
        ("https://", "not an address"),
        ("http://[::1", "not an address"),
        ("https://user@acme.my.salesforce.com", "not an address"),
        ("https://acme.my.salesforce.com:99999", "not an address"),
        ("http://acme.my.salesforce.com", "not an https address"),
        ("ftp://acme.my.salesforce.com", "not an https address"),
        ("https://acme--c.vf.force.com/apex/x", "page or site"),
        ("https://acme.my.site.com/portal", "page or site"),
        ("https://lightning.force.com", "page or site"),
        ("https://www.salesforce.com/login", "signs in"),
        ("https://salesforce.com", "signs in"),
        ("https://acme.my.salesforce.com.evil.example", "signs in"),
        ("https://evilsalesforce.com", "signs in"),
        ("https://acme.example", "signs in"),
        ("https://аcme.my.salesforce.com", "signs in"),
        ("three words here", "signs in"),
    ],
)
def test_anything_else_is_refused_in_words(entered: str, words: str) -> None:
    with pytest.raises(SetupError, match=words) as caught:
        salesforce_login_url(entered)
    assert caught.value.remedy.endswith(".")


def test_what_was_pasted_with_a_session_in_it_is_not_repeated() -> None:
    pasted = "https://acme.example/secur/frontdoor.jsp?sid=00D!secret"
    with pytest.raises(SetupError) as caught:
        salesforce_login_url(pasted)
    assert "secret" not in repr(caught.value)


def test_names_that_are_in_the_address() -> None:
    assert my_domain("https://acme--uat.sandbox.my.salesforce.com") == "acme--uat"
    assert my_domain("https://na139.salesforce.com") == "na139.salesforce.com"
    assert is_sandbox("https://acme--uat.sandbox.my.salesforce.com")
    assert not is_sandbox("https://sandbox.my.salesforce.com")
