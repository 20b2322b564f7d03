"""From the authorization request to the code: who is signed in, and what was approved.

Salesforce Help, "OAuth 2.0 Web Server Flow for Web App Integration" and "OAuth 2.0 Authorization
Errors". Errors of which an application must not be told (it cannot be trusted) are `PageError`.
"""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sfsync_gui.sandbox.clock import Clock
from sfsync_gui.sandbox.pages import same, with_query
from sfsync_gui.sandbox.salesforce.apps import Apps, ClientApp
from sfsync_gui.sandbox.salesforce.org import Org
from sfsync_gui.sandbox.salesforce.sessions import Approval, OAuthError, Sessions
from sfsync_gui.sandbox.salesforce.store import Values

DEMO_USERNAME = "integration@example.com"
"""The user name that the login page offers: the API's user."""

DEMO_PASSWORD = "simulated-1"  # noqa: S105 - opens nothing but the simulation
"""Every user's password until it is changed."""

CODE_SECONDS = 900
"""How long a code can be exchanged: 15 minutes (documented)."""

_VERIFIER = re.compile(r"[A-Za-z0-9_-]{43,128}")
"""Salesforce takes base64url only, not all that RFC 7636 allows (nsflow, issue 249)."""

_GENERIC = "An unexpected error has occured during authentication. Please try again."
_KEPT_REQUESTS = 200


class PageError(Exception):
    """A request that ends on an error page: `error` and `description` as Salesforce shows them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class LoginError(Exception):
    """User name and password do not open the org; the message is the page's."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that is valid as far as the application is concerned."""

    app: ClientApp
    redirect_uri: str
    state: str | None
    challenge: str
    scopes: frozenset[str]
    asks_again: bool
    """`prompt` asks for the approval page although the user has approved the app before."""

    def answer(self, **parameters: str) -> str:
        """Return the address to which the browser is sent."""
        state = {} if self.state is None else {"state": self.state}
        return with_query(self.redirect_uri, {**parameters, **state})

    def refusal(self, error: str, description: str) -> str:
        """Return the address that tells the application of an error."""
        return self.answer(error=error, error_description=description)


@dataclass
class _Code:
    """A code that was given out. `used`: it opens nothing any more."""

    request: AuthorizationRequest
    user_id: str
    given_at: float
    used: bool = False


@dataclass(frozen=True)
class BrowserSession:
    """A browser in which a user is signed in; the token confirms forms."""

    user_id: str
    confirmation: str


class Authorizing:
    """What the pages and the token endpoint share."""

    def __init__(self, org: Org, sessions: Sessions, apps: Apps, clock: Clock, seed: int) -> None:
        self._org = org
        self._sessions = sessions
        self.apps = apps
        self._clock = clock
        self._random = random.Random(f"authorizing {seed}")
        self._passwords: dict[str, str] = {}
        self._requests: dict[str, AuthorizationRequest] = {}
        self._browsers: dict[str, BrowserSession] = {}
        self._codes: dict[str, _Code] = {}

    def request(self, parameters: Mapping[str, str]) -> str:
        """Take an authorization request and return the reference of it.

        Raises PageError.
        """
        app = self.apps.find(parameters.get("client_id", ""))
        if app is None:
            raise PageError("invalid_client_id", "client identifier invalid")
        redirect_uri = parameters.get("redirect_uri", "")
        if not redirect_uri:
            raise PageError("redirect_uri_missing", "redirect_uri not provided")
        if redirect_uri not in app.callback_urls:
            raise PageError("redirect_uri_mismatch", "redirect_uri must match configuration")
        if parameters.get("response_type") != "code":
            raise PageError("unsupported_response_type", "response type not supported")
        source = self._token()
        while len(self._requests) >= _KEPT_REQUESTS:
            del self._requests[next(iter(self._requests))]
        self._requests[source] = AuthorizationRequest(
            app,
            redirect_uri,
            parameters.get("state"),
            parameters.get("code_challenge", ""),
            frozenset(parameters.get("scope", "").split()),
            "consent" in parameters.get("prompt", "").split(),
        )
        return source

    def requested(self, source: str) -> AuthorizationRequest:
        """Return the request of a reference; raise PageError if it is not known (any more)."""
        request = self._requests.get(source)
        if request is None:
            raise PageError("invalid_request", "the authorization request is not known any more")
        return request

    def log_in(self, username: str, password: str) -> str:
        """Return the cookie of a browser that is signed in from now on; raise LoginError."""
        if self._org.is_locked:
            raise LoginError("The organization is locked, closed or suspended.")
        user = self._user_named(username)
        if user is None or not same(password, self._password(user["Id"])):
            raise LoginError(
                "Please check your username and password. If you still can't log in, contact "
                "your Salesforce administrator."
            )
        if not user["IsActive"]:
            raise LoginError("Your account is not active. Contact your Salesforce administrator.")
        if self._org.is_ip_restricted:
            raise LoginError("You can't log in from this network, or at this hour.")
        cookie = self._token()
        self._browsers[cookie] = BrowserSession(user["Id"], self._token())
        return cookie

    def browser(self, cookie: str) -> BrowserSession | None:
        """Return who is signed in in a browser."""
        return self._browsers.get(cookie)

    def log_out(self, cookie: str) -> None:
        """Forget a browser."""
        self._browsers.pop(cookie, None)

    def must_change_password(self, browser: BrowserSession) -> bool:
        """Tell whether the user has to change the password before going on."""
        return browser.user_id in self._org.expired_passwords

    def change_password(self, browser: BrowserSession, new: str) -> None:
        """Change the password; raise LoginError where it does not fit the org's policy."""
        if len(new) < 8 or new.isalpha() or new.isdigit():
            raise LoginError("Use at least 8 characters, with letters and digits.")
        if same(new, self._password(browser.user_id)):
            raise LoginError("You cannot use a password that you have used before.")
        self._passwords[browser.user_id] = new
        self._org.expired_passwords.discard(browser.user_id)

    def refusal(self, request: AuthorizationRequest) -> str | None:
        """Return the address that tells why the app is not let in, None where it is."""
        app = request.app
        if app.is_blocked:
            return request.refusal("OAUTH_APP_BLOCKED", "this app is blocked by admin")
        if app.admin_approved_only:
            description = "user is not admin approved to access this app"
            return request.refusal("OAUTH_APP_ACCESS_DENIED", description)
        if not request.challenge:
            return request.refusal("OAUTH_APPROVAL_ERROR_GENERIC", _GENERIC)
        if not request.scopes <= app.scopes:
            return request.refusal("invalid_scope", "the requested scope is not allowed")
        return None

    def is_approved(self, request: AuthorizationRequest, browser: BrowserSession) -> bool:
        """Tell whether the user has approved the app before and is not asked again."""
        if request.asks_again:
            return False
        return self._sessions.has_approved(request.app.client_id, browser.user_id)

    def allow(self, source: str, browser: BrowserSession) -> str:
        """Return the address with a new code."""
        request = self._requests.pop(source)
        code = "aPrx" + self._token()
        self._codes[code] = _Code(request, browser.user_id, self._clock.now())
        return request.answer(code=code)

    def deny(self, source: str) -> str:
        """Return the address that says that the user denied."""
        request = self._requests.pop(source)
        return request.refusal("access_denied", "end-user denied authorization")

    def expire_codes(self) -> None:
        """Let all codes that were given out be too old."""
        for code in self._codes.values():
            code.given_at -= CODE_SECONDS

    def exchange(self, form: Mapping[str, str], now: float) -> tuple[str, Approval]:
        """Return access token and approval for a code; raise OAuthError."""
        app = self.apps.find(form.get("client_id", ""))
        if app is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if app.requires_secret and not form.get("client_secret"):
            raise OAuthError("invalid_client", "invalid client credentials")
        code = self._codes.get(form.get("code", ""))
        if code is None or code.request.app is not app:
            raise OAuthError("invalid_grant", "invalid authorization code")
        if code.used or now - code.given_at >= CODE_SECONDS:
            raise OAuthError("invalid_grant", "expired authorization code")
        if form.get("redirect_uri") != code.request.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        if not _fits(form.get("code_verifier", ""), code.request.challenge):
            raise OAuthError("invalid_grant", "invalid code verifier")
        code.used = True
        self.check_user(code.user_id)
        return self._sessions.approve(app.client_id, code.user_id, now)

    def check_user(self, user_id: str) -> None:
        """Raise OAuthError where the org does not let a user in."""
        if self._org.is_locked:
            raise OAuthError("inactive_org", "organization is inactive")
        user = self._org.store.get(user_id) or {}
        if not user.get("IsActive"):
            raise OAuthError("invalid_grant", "inactive user")
        if self._org.is_ip_restricted:
            raise OAuthError("invalid_grant", "ip restricted")

    def _user_named(self, username: str) -> Values | None:
        wanted = username.strip().lower()
        for user in self._org.store.tables["User"].rows.values():
            if user["Username"] == wanted:
                return user
        return None

    def _password(self, user_id: str) -> str:
        return self._passwords.get(user_id, DEMO_PASSWORD)

    def _token(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(36)).decode("ascii")


def _fits(verifier: str, challenge: str) -> bool:
    """Tell whether a verifier is that of a challenge (RFC 7636, section 4.6)."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return same(base64.urlsafe_b64encode(digest).decode("ascii").rstrip("="), challenge)
