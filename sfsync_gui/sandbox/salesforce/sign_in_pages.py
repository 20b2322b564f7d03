"""Salesforce's sign-in as a person sees it: login, change of password, approval."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sfsync_gui.sandbox.pages import (
    Look,
    cookie_of,
    escaped,
    form_of,
    hidden,
    redirect,
    same,
    with_cookie,
    with_query,
)
from sfsync_gui.sandbox.salesforce.authorizing import (
    DEMO_PASSWORD,
    DEMO_USERNAME,
    AuthorizationRequest,
    Authorizing,
    BrowserSession,
    LoginError,
    PageError,
)
from sfsync_gui.sandbox.salesforce.org import Org

_LOOK = Look("Salesforce", "#0b5cab", "#eef2f6")
_LOGIN = "/"
_HOME = "/home/home.jsp"
_APPROVAL = "/setup/secur/RemoteAccessAuthorizationPage.apexp"
_CHANGE_PASSWORD = "/_ui/system/security/ChangePassword"  # noqa: S105 - a path
_COOKIE = "sid"
_SCOPES = {
    "api": "Manage user data via APIs",
    "refresh_token": "Perform requests at any time",
    "offline_access": "Perform requests at any time",
    "openid": "Access unique user identifiers",
    "id": "Access the identity URL service",
    "profile": "Access the identity URL service",
    "email": "Access the identity URL service",
    "web": "Manage user data via Web browsers",
}


class SignInPages:
    """The pages of one org. Paths and element ids are Salesforce's own where they are known."""

    def __init__(self, org: Org, authorizing: Authorizing) -> None:
        self._org = org
        self._authorizing = authorizing

    def routes(self) -> list[Route]:
        """Return the routes of all pages."""
        return [
            Route("/services/oauth2/authorize", self._authorize, methods=["GET", "POST"]),
            Route(_LOGIN, self._login, methods=["GET", "POST"]),
            Route(_HOME, self._home, methods=["GET"]),
            Route(_CHANGE_PASSWORD, self._change_password, methods=["GET", "POST"]),
            Route(_APPROVAL, self._approval, methods=["GET", "POST"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        """Begin an authorization: to the login page, or at once to the approval."""
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters = form_of(await request.body())
        try:
            source = self._authorizing.request(parameters)
        except PageError as error:
            return _failed(error)
        approval = with_query(_APPROVAL, {"source": source})
        known = self._authorizing.browser(cookie_of(request, _COOKIE))
        if known is not None and "login" not in parameters.get("prompt", "").split():
            return redirect(approval)
        begin = {"ec": "302", "startURL": approval}
        hint = parameters.get("login_hint")
        return redirect(with_query(_LOGIN, {**begin, "un": hint} if hint else begin))

    async def _login(self, request: Request) -> Response:
        """Show the login page, or sign in."""
        if request.method == "GET":
            return _login_page(request.query_params)
        form = form_of(await request.body())
        try:
            cookie = self._authorizing.log_in(form.get("username", ""), form.get("pw", ""))
        except LoginError as error:
            return _login_page({**form, "un": form.get("username", "")}, str(error))
        return with_cookie(redirect(_start(form)), _COOKIE, cookie)

    async def _home(self, request: Request) -> Response:
        """Show who is signed in; there is nothing else to see in this org."""
        browser = self._authorizing.browser(cookie_of(request, _COOKIE))
        if browser is None:
            return redirect(_LOGIN)
        user = self._org.store.get(browser.user_id) or {}
        return _LOOK.page(
            "Home | Salesforce", f"<h1>Signed in as {escaped(str(user.get('Username')))}</h1>"
        )

    async def _change_password(self, request: Request) -> Response:
        """Show the page on which a new password is chosen, or take it."""
        browser = self._authorizing.browser(cookie_of(request, _COOKIE))
        if browser is None:
            return redirect(_LOGIN)
        if request.method == "GET":
            return _password_page(browser, request.query_params)
        form = form_of(await request.body())
        if not same(form.get("confirmation", ""), browser.confirmation):
            return _failed(PageError("invalid_request", "the form is not one of this session"))
        try:
            self._authorizing.change_password(browser, form.get("newpassword", ""))
        except LoginError as error:
            return _password_page(browser, form, str(error))
        return redirect(_start(form))

    async def _approval(self, request: Request) -> Response:
        """Show what the application asks for, or take the decision."""
        form = form_of(await request.body()) if request.method == "POST" else {}
        source = form.get("source") or request.query_params.get("source", "")
        here = with_query(_APPROVAL, {"source": source})
        browser = self._authorizing.browser(cookie_of(request, _COOKIE))
        if browser is None:
            return redirect(with_query(_LOGIN, {"ec": "302", "startURL": here}))
        if self._authorizing.must_change_password(browser):
            return redirect(with_query(_CHANGE_PASSWORD, {"startURL": here}))
        try:
            asked = self._authorizing.requested(source)
        except PageError as error:
            return _failed(error)
        refusal = self._authorizing.refusal(asked)
        if refusal is not None:
            return redirect(refusal)
        return self._decided(form, source, asked, browser)

    def _decided(
        self,
        form: Mapping[str, str],
        source: str,
        asked: AuthorizationRequest,
        browser: BrowserSession,
    ) -> Response:
        if not form:
            if self._authorizing.is_approved(asked, browser):
                return redirect(self._authorizing.allow(source, browser))
            return self._approval_page(source, asked, browser)
        if not same(form.get("confirmation", ""), browser.confirmation):
            return _failed(PageError("invalid_request", "the form is not one of this session"))
        if "save" in form:
            return redirect(self._authorizing.allow(source, browser))
        return redirect(self._authorizing.deny(source))

    def _approval_page(
        self, source: str, asked: AuthorizationRequest, browser: BrowserSession
    ) -> Response:
        user = self._org.store.get(browser.user_id) or {}
        scopes = dict.fromkeys(_SCOPES[scope] for scope in sorted(asked.scopes))
        listed = "".join(f"<li>{escaped(scope)}</li>" for scope in scopes)
        form = hidden({"source": source, "confirmation": browser.confirmation})
        name = escaped(asked.app.name)
        return _LOOK.page(
            "Allow Access?",
            f"""<h1>Allow Access?</h1>
<p><strong>{name}</strong> is asking to:</p>
<ul>{listed}</ul>
<p>Do you want to allow access for {escaped(str(user.get("Username")))}?
(<a href="{_LOGIN}?{escaped(urlencode({"startURL": _approval_of(source)}))}">Not you?</a>)</p>
<form method="post" action="{_APPROVAL}">{form}
<div class="actions">
<button class="plain" id="oadeny" name="cancel" value="Deny">Deny</button>
<button id="oaapprove" name="save" value="Allow">Allow</button>
</div></form>
<p class="fine">To revoke access at any time, go to your personal settings.</p>""",
        )


def _approval_of(source: str) -> str:
    return with_query(_APPROVAL, {"source": source})


def _start(fields: Mapping[str, str]) -> str:
    """Return where to go after the login: a path of this org, never another host."""
    start = fields.get("startURL", "")
    return start if start.startswith("/") and not start.startswith(("//", "/\\")) else _HOME


def _login_page(fields: Mapping[str, str], error: str = "") -> Response:
    username = fields.get("un") or DEMO_USERNAME
    shown = f'<p class="error" id="error" role="alert">{escaped(error)}</p>' if error else ""
    start = hidden({"startURL": _start(fields)})
    return _LOOK.page(
        "Login | Salesforce",
        f"""<form method="post" action="{_LOGIN}" class="wide" id="login_form">{shown}{start}
<label>Username
<input type="text" id="username" name="username" value="{escaped(username)}"
 autocomplete="off" autocapitalize="off" spellcheck="false"></label>
<label>Password
<input type="password" id="password" name="pw" value="{DEMO_PASSWORD}"
 autocomplete="off"></label>
<button id="Login" name="Login" value="Log In" autofocus>Log In</button>
</form>
<p class="fine">Name and password of a user of the simulated org are filled in.</p>""",
    )


def _password_page(browser: BrowserSession, fields: Mapping[str, str], error: str = "") -> Response:
    shown = f'<p class="error" role="alert">{escaped(error)}</p>' if error else ""
    form = hidden({"startURL": _start(fields), "confirmation": browser.confirmation})
    return _LOOK.page(
        "Change Your Password | Salesforce",
        f"""<h1>Change Your Password</h1>
<p>Your password has expired. Choose a new one before you go on.</p>
<form method="post" action="{_CHANGE_PASSWORD}" class="wide">{shown}{form}
<label>New Password
<input type="password" id="newpassword" name="newpassword" autocomplete="off"></label>
<button id="password-button">Change Password</button>
</form>""",
    )


def _failed(error: PageError) -> Response:
    """Return Salesforce's error page for what the application must not be told."""
    words = urlencode({"error": error.error, "error_description": error.description})
    return _LOOK.problem("OAuth Error", words.replace("+", "%20"))
