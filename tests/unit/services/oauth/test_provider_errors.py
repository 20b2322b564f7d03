"""Salesforce's documented and reported errors, each with its cause and words."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest

from sfsync_gui.core.failures import SignInError, TransientError
from sfsync_gui.core.vocabulary import SignInCause as Cause
from sfsync_gui.services.oauth.provider_errors import in_bounds, salesforce_refusal
from sfsync_gui.services.oauth.salesforce import salesforce_sign_in

ERRORS = [
    ("access_denied", "end-user denied authorization", Cause.DENIED),
    ("access-denied", "", Cause.DENIED),
    ("OAUTH_APP_BLOCKED", "this app is blocked by admin", Cause.DENIED),
    ("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app", Cause.DENIED),
    ("invalid_app_access", "user is not admin approved to access this app", Cause.DENIED),
    ("invalid_grant", "user hasn't approved this consumer", Cause.DENIED),
    (
        "OAUTH_EC_APP_NOT_FOUND",
        "External client app is not installed in this org",
        Cause.UNKNOWN_APP,
    ),
    ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occured.", Cause.OTHER),
    ("invalid_client_id", "client identifier invalid", Cause.UNKNOWN_APP),
    ("invalid_client", "invalid client credentials", Cause.UNKNOWN_APP),
    ("redirect_uri_mismatch", "redirect_uri must match configuration", Cause.UNKNOWN_APP),
    ("redirect_uri_missing", "redirect_uri not provided", Cause.UNKNOWN_APP),
    ("inactive_user", "user is inactive", Cause.USER_INACTIVE),
    ("inactive_org", "organization is locked, closed, or suspended", Cause.ORG_GONE),
    ("invalid_grant", "IP restricted or invalid login hours", Cause.IP_RESTRICTED),
    ("rate_limit_exceeded", "number of logins exceeded", Cause.SIGN_INS_USED_UP),
    ("invalid_grant", "expired authorization code", Cause.EXPIRED_CODE),
    ("invalid_grant", "invalid authorization code", Cause.EXPIRED_CODE),
    ("invalid_grant", "invalid code verifier", Cause.WRONG_STATE),
    ("invalid_grant", "expired access/refresh token", Cause.TOKEN_REMOVED),
    ("API_DISABLED_FOR_ORG", "The REST API is not enabled", Cause.API_DISABLED),
    ("API_CURRENTLY_DISABLED", "API is disabled for this User", Cause.API_DISABLED),
    ("INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "has expired", Cause.PASSWORD_POLICY),
    ("invalid_scope", "the requested scope is not allowed", Cause.OTHER),
    ("unsupported_response_type", "response type not supported", Cause.OTHER),
    ("invalid_grant", "authentication failure", Cause.OTHER),
    ("", "", Cause.OTHER),
]


@pytest.mark.parametrize(("error", "description", "cause"), ERRORS)
def test_every_error_has_a_cause_and_something_to_do(
    error: str, description: str, cause: Cause
) -> None:
    failure = salesforce_refusal(error, description)
    assert failure.cause is cause
    assert (failure.code, failure.detail) == (error, description)
    for words in (failure.message, failure.remedy):
        assert words.endswith(".")
        assert "!" not in words


@pytest.mark.parametrize(("error", "description", "cause"), ERRORS[:10])
def test_an_error_in_the_redirect_is_told(error: str, description: str, cause: Cause) -> None:
    async def run() -> None:
        sign_in = salesforce_sign_in("key", "https://login.salesforce.com", "http://localhost:1/c")
        said = {
            "error": error,
            "error_description": description,
            "state": sign_in._authorization.state,
        }
        try:
            await sign_in.finish(f"{sign_in.redirect_uri}?{urlencode(said)}")
        finally:
            await sign_in.close()

    with pytest.raises(SignInError) as caught:
        asyncio.run(run())
    assert caught.value.cause is cause


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "unknown_retry"])
def test_an_error_that_passes_is_no_refusal(error: str) -> None:
    async def run() -> None:
        sign_in = salesforce_sign_in("key", "https://login.salesforce.com", "http://localhost:1/c")
        state = sign_in._authorization.state
        await sign_in.finish(f"{sign_in.redirect_uri}?error={error}&state={state}")

    with pytest.raises(TransientError):
        asyncio.run(run())


def test_words_of_a_service_are_kept_in_bounds() -> None:
    assert in_bounds("a\nb\x1b[31m\u202ec" + "x" * 9_999).startswith("a b [31m c")
    assert len(in_bounds("x" * 9_999)) == 300
