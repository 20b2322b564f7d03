"""What a service says when it refuses a sign-in, in words for a person.

Salesforce's codes: Salesforce Help, "OAuth 2.0 Authorization Errors" and the error list of "OAuth
2.0 User-Agent Flow"; those that begin with OAUTH_ are not listed there and were reported by others
(n8n-io/n8n 21589, microsoft's troubleshooting of Copilot for Sales, ForceCLI/force 711).
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from sfsync_gui.core.failures import SignInError, TransientError
from sfsync_gui.core.vocabulary import Side, SignInCause

_AGAIN = "Sign in to Salesforce again."
_WORDS_LENGTH = 300


@dataclass(frozen=True, slots=True)
class _Reason:
    """A reason, recognised by `words` in the service's code and description (lower case)."""

    words: tuple[str, ...]
    cause: SignInCause
    message: str
    remedy: str


_REASONS = (
    _Reason(
        ("expired access/refresh token",),
        SignInCause.TOKEN_REMOVED,
        "The access that was given to this application has expired or was taken back.",
        f"{_AGAIN} An administrator may have revoked it, or the user has signed in to the same "
        "application more than five times: Salesforce keeps the five newest.",
    ),
    _Reason(
        ("expired authorization code", "invalid authorization code"),
        SignInCause.EXPIRED_CODE,
        "The sign-in took too long, or was finished once already.",
        _AGAIN,
    ),
    _Reason(
        ("invalid code verifier", "invalid code challenge"),
        SignInCause.WRONG_STATE,
        "The answer belongs to another sign-in than the one that was begun.",
        "Begin again, and finish in the window that opens.",
    ),
    _Reason(
        ("oauth app blocked", "blocked by admin"),
        SignInCause.DENIED,
        "An administrator has blocked this application in the org.",
        "In Salesforce's Setup, have an administrator open “Connected Apps OAuth Usage” and "
        "unblock it, then sign in again.",
    ),
    _Reason(
        ("invalid app access", "admin approved", "approved this consumer", "app access denied"),
        SignInCause.DENIED,
        "An administrator has to approve this application for the user first.",
        "In the policies of the External Client App, have an administrator add the user's profile "
        "or permission set, or let all users authorize themselves, then sign in again.",
    ),
    _Reason(
        ("oauth ec app not found", "not installed in this org"),
        SignInCause.UNKNOWN_APP,
        "The External Client App belongs to another org than the one that signed in.",
        "Sign in to the org in which the app was created, or enter the consumer key of an app in "
        "this org.",
    ),
    _Reason(
        ("oauth approval error generic",),
        SignInCause.OTHER,
        "Salesforce did not let the application in and names no reason.",
        "Have an administrator check the External Client App: it needs the scopes “api” and "
        "“refresh_token”, and the user among those permitted. A user whose license is for the API "
        "only cannot sign in on a page.",
    ),
    _Reason(
        ("redirect uri",),
        SignInCause.UNKNOWN_APP,
        "The External Client App does not list the address to which Salesforce should return.",
        "Add the callback URLs to the External Client App exactly as the set-up shows them.",
    ),
    _Reason(
        ("invalid client credentials", "invalid client secret"),
        SignInCause.UNKNOWN_APP,
        "The External Client App asks for a secret, which a program on a computer cannot keep.",
        "In the app's OAuth settings, turn off “Require Secret for Web Server Flow” and “Require "
        "Secret for Refresh Token Flow”.",
    ),
    _Reason(
        ("client identifier", "invalid client"),
        SignInCause.UNKNOWN_APP,
        "Salesforce does not know the application that signs in.",
        "Check the consumer key of the External Client App. A new app can take ten minutes until "
        "it is known.",
    ),
    _Reason(
        ("inactive user", "user is inactive", "user frozen"),
        SignInCause.USER_INACTIVE,
        "The Salesforce user that signed in is no longer active.",
        "Have an administrator activate the user, or sign in as another.",
    ),
    _Reason(
        ("inactive org", "locked, closed, or suspended"),
        SignInCause.ORG_GONE,
        "The Salesforce org is locked, closed or suspended.",
        "Have an administrator reactivate the org, then sign in again.",
    ),
    _Reason(
        ("ip restricted", "login hours"),
        SignInCause.IP_RESTRICTED,
        "Salesforce does not allow this user to connect from the current network, or at this hour.",
        "Connect from an allowed network, or have an administrator allow this one.",
    ),
    _Reason(
        ("rate limit", "login rate exceeded", "number of logins exceeded"),
        SignInCause.SIGN_INS_USED_UP,
        "The user has signed in too often within the last hour.",
        "Wait an hour, then sign in again.",
    ),
    _Reason(
        ("api disabled", "api currently disabled", "api is not enabled", "api is disabled"),
        SignInCause.API_DISABLED,
        "This org or user may not use the Salesforce API.",
        "Have an administrator turn on “API Enabled” for the user, or sign in as another. Some "
        "editions do not include the API.",
    ),
    _Reason(
        ("expired password", "password has expired", "password expired"),
        SignInCause.PASSWORD_POLICY,
        "The user has to change the password in Salesforce first.",
        "Sign in to Salesforce in a browser, change the password, then sign in again here.",
    ),
    _Reason(
        ("invalid scope", "scope is not allowed"),
        SignInCause.OTHER,
        "The External Client App does not have the scopes that are needed.",
        "Add the scopes “Manage user data via APIs (api)” and “Perform requests at any time "
        "(refresh_token, offline_access)” to the app.",
    ),
    _Reason(
        ("access denied", "access-denied", "denied authorization"),
        SignInCause.DENIED,
        "The access was not allowed on the sign-in page.",
        "Sign in again and choose Allow.",
    ),
)
_ON_PAGE = re.compile(r"\berror=(\w+)&error_description=(\S+)")
_PASSES = re.compile(r"server error|temporarily unavailable|unknown retry")


def salesforce_refusal(
    error: str,
    description: str,
    *,
    title: str = "Salesforce sign-in failed",
    otherwise: str = "Salesforce refused the sign-in.",
) -> SignInError:
    """The failure for Salesforce's `error` and `error_description`.

    `otherwise` is what is said of an error that is not known here.
    """
    said = _said(error, description)
    known = (r for r in _REASONS if any(words in said for words in r.words))
    reason = next(known, _Reason((), SignInCause.OTHER, otherwise, _AGAIN))
    return SignInError(
        title,
        reason.message,
        reason.remedy,
        side=Side.SALESFORCE,
        code=in_bounds(error),
        detail=in_bounds(description),
        cause=reason.cause,
    )


def refusal_on_page(text: str) -> tuple[str, str] | None:
    """Error and description of the page on which Salesforce refuses an app; None for any other.

    The page holds nothing but the two, encoded as in an address
    (`error=invalid_client_id&error_description=client%20identifier%20invalid`: syndesis 1277).
    """
    found = _ON_PAGE.search(text)
    return None if found is None else (found[1], unquote_plus(found[2]))


def passes_by_itself(error: str, description: str) -> bool:
    """Whether an error means that asking again later may help (RFC 6749, section 4.1.2.1)."""
    return _PASSES.search(_said(error, description)) is not None


def service_busy(side: Side, label: str, error: str, description: str) -> TransientError:
    """The failure for an error that passes by itself."""
    return TransientError(
        "The sign-in did not go through",
        f"{label} could not handle the sign-in just now.",
        "Sign in again in a moment.",
        side=side,
        code=in_bounds(error),
        detail=in_bounds(description),
    )


def intercom_refusal(error: str, description: str) -> SignInError:
    """The failure for an error in Intercom's redirect (RFC 6749; Intercom documents none)."""
    denied = "denied" in _said(error, description)
    return SignInError(
        "Intercom sign-in failed",
        "The access was not allowed on the sign-in page."
        if denied
        else "Intercom refused the sign-in.",
        "Connect again and choose Authorize access." if denied else "Connect Intercom again.",
        side=Side.INTERCOM,
        code=in_bounds(error),
        detail=in_bounds(description),
        cause=SignInCause.DENIED if denied else SignInCause.OTHER,
    )


def code_refused(status: int, code: str, message: str, host: str) -> SignInError:
    """The failure for a code that Intercom does not exchange.

    Documented is 401 with the message “Unauthorized Code” for a code that is wrong, late or used
    ("Setting up OAuth"); what a wrong secret is answered with is not.
    """
    words = set(re.findall(r"[a-z]+", f"{code} {message}".lower()))
    if "code" in words:
        cause = SignInCause.EXPIRED_CODE
        text = "The sign-in took too long, or was finished once already."
        remedy = "Connect Intercom again."
    elif words & {"client", "secret", "app", "application"}:
        cause = SignInCause.UNKNOWN_APP
        text = "Intercom does not know this client ID, or the client secret is not the app's."
        remedy = _CREDENTIALS
    else:
        cause = SignInCause.OTHER
        text = "Intercom did not accept the sign-in's code, the client ID or the client secret."
        remedy = _CREDENTIALS
    return SignInError(
        "Intercom sign-in failed",
        text,
        remedy,
        subject=host,
        side=Side.INTERCOM,
        code=in_bounds(code),
        detail=in_bounds(f"HTTP {status} {message}"),
        cause=cause,
    )


_CREDENTIALS = (
    "Copy both again from the app's Basic information page in Intercom's Developer Hub, then "
    "connect again."
)


def in_bounds(words: object) -> str:
    """A service's words for showing them: printable, on one line, of bounded length."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(words))
    return " ".join(text.split())[:_WORDS_LENGTH]


def _said(error: str, description: str) -> str:
    return f"{error} {description}".replace("_", " ").lower()
