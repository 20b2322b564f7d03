"""Intercom's OAuth: the page on which a teammate authorizes an app, the code, the token.

Intercom's developer documentation, "Setting up OAuth" and "Installing & uninstalling apps". Not
documented, and so an assumption here: that Cancel sends the browser back with `access_denied`
(RFC 6749, section 4.1.2.1), and the words for a client id or secret that is wrong.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sfsync_gui.sandbox.clock import Clock
from sfsync_gui.sandbox.intercom.apps import Apps, ClientApp
from sfsync_gui.sandbox.intercom.errors import ApiError
from sfsync_gui.sandbox.intercom.gate import Gate, TokenTable
from sfsync_gui.sandbox.intercom.model import Admin
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

CODE_SECONDS = 300
"""How long a code can be exchanged: about 5 minutes ("Using OAuth")."""

_LOOK = Look("Intercom", "#1f5f8b", "#f5f4f0")
_COOKIE = "_intercom_session"
_PATH = "/oauth"
_OTHER_WORKSPACE = "test"
_PERMISSIONS = ("Read and write users and companies", "Read admins", "Write data attributes")


@dataclass
class _Code:
    """A code that was given out. `used`: it opens nothing any more."""

    app: ClientApp
    given_at: float
    used: bool = False


class OAuth:
    """The page and the endpoints of one workspace."""

    def __init__(
        self, apps: Apps, tokens: TokenTable, gate: Gate, clock: Clock, app_json: Mapping[str, Any]
    ) -> None:
        self.apps = apps
        self._tokens = tokens
        self._gate = gate
        self._clock = clock
        self._app_json = app_json
        self._codes: dict[str, _Code] = {}

    def routes(self, admin: Admin) -> list[Route]:
        """Return the routes; `admin` is the teammate whose browser it is."""

        async def page(request: Request) -> Response:
            return self._page(request, admin)

        return [
            Route(_PATH, page, methods=["GET"]),
            Route(_PATH, self._decided, methods=["POST"]),
            Route("/auth/eagle/token", self._token, methods=["POST"]),
            Route("/auth/uninstall", self._uninstall, methods=["POST"]),
        ]

    def expire_codes(self) -> None:
        """Let all codes that were given out be too old."""
        for code in self._codes.values():
            code.given_at -= CODE_SECONDS

    def _page(self, request: Request, admin: Admin) -> Response:
        """Ask which workspace the app may have."""
        asked = _Asked.of(request.query_params, self.apps)
        if isinstance(asked, str):
            return _LOOK.problem("Something's gone wrong", asked)
        confirmation = cookie_of(request, _COOKIE) or secrets.token_urlsafe(24)
        return with_cookie(self._authorize_page(asked, admin, confirmation), _COOKIE, confirmation)

    def _authorize_page(self, asked: _Asked, admin: Admin, confirmation: str) -> Response:
        name = escaped(asked.app.name)
        workspace = escaped(f"{self._app_json['name']} ({self._app_json['region']})")
        own = escaped(str(self._app_json["id_code"]))
        listed = "".join(f"<li>{permission}</li>" for permission in _PERMISSIONS)
        form = hidden({**asked.fields(), "authenticity_token": confirmation})
        return _LOOK.page(
            f"Connect {asked.app.name} to Intercom",
            f"""<h1>{name} would like to access your Intercom data</h1>
<p>Signed in as {escaped(admin.name)} ({escaped(admin.email)})</p>
<form method="post" action="{_PATH}">{form}
<label>Workspace
<select id="workspace" name="app_id">
<option value="{own}" selected>{workspace}</option>
<option value="{_OTHER_WORKSPACE}">Northwind Test Lab (US)</option>
</select></label>
<p>It will be able to:</p>
<ul>{listed}</ul>
<div class="actions">
<button class="plain" id="cancel" name="decision" value="cancel">Cancel</button>
<button id="authorize" name="decision" value="authorize" autofocus>Authorize access</button>
</div></form>""",
        )

    async def _decided(self, request: Request) -> Response:
        """Take the teammate's decision."""
        form = form_of(await request.body())
        asked = _Asked.of(form, self.apps)
        if isinstance(asked, str):
            return _LOOK.problem("Something's gone wrong", asked)
        if not same(form.get("authenticity_token", ""), cookie_of(request, _COOKIE)):
            return _LOOK.problem("Something's gone wrong", "The form is not one of this session.")
        if form.get("decision") != "authorize":
            return redirect(asked.answer(error="access_denied"))
        if form.get("app_id") != self._app_json["id_code"]:
            text = "You don't have permission to install apps in this workspace."
            return _LOOK.problem("You can't authorize this app", text, 403)
        # The code may end with "=" ("Setting up OAuth").
        code = f"{secrets.token_urlsafe(30)}="
        self._codes[code] = _Code(asked.app, self._clock.now())
        return redirect(asked.answer(code=code))

    async def _token(self, request: Request) -> Response:
        """Exchange a code for a token."""
        body = await request.body()
        try:
            form = _fields(body, request.headers.get("content-type", ""))
            token = self._exchanged(form)
        except ApiError as error:
            refusal = self._gate.refusal(error)
            return Response(refusal.body, refusal.status, refusal.headers)
        answer = {"token_type": "Bearer", "token": token, "access_token": token}
        return Response(
            json.dumps(answer), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    def _exchanged(self, form: Mapping[str, str]) -> str:
        app = self.apps.find(form.get("client_id", ""))
        if app is None or not same(form.get("client_secret", ""), app.client_secret):
            raise ApiError(401, "unauthorized", "Unauthorized Client")
        code = self._codes.get(form.get("code", ""))
        late = code is None or code.used or self._clock.now() - code.given_at >= CODE_SECONDS
        if code is None or late or code.app is not app:
            raise ApiError(401, "unauthorized", "Unauthorized Code")
        code.used = True
        return self._tokens.issue(app.client_id)

    async def _uninstall(self, request: Request) -> Response:
        """Uninstall the app of a token: all its tokens are revoked."""
        authorization = request.headers.get("authorization")
        try:
            self._tokens.check(authorization)
        except ApiError as error:
            refusal = self._gate.refusal(error)
            return Response(refusal.body, refusal.status, refusal.headers)
        self._tokens.uninstall((authorization or "").partition(" ")[2])
        return Response("{}", media_type="application/json")


@dataclass(frozen=True)
class _Asked:
    """A valid authorization request."""

    app: ClientApp
    redirect_url: str
    state: str | None

    @classmethod
    def of(cls, parameters: Mapping[str, str], apps: Apps) -> _Asked | str:
        """Return the request, or why there is none. Without a redirect URL the first is used."""
        app = apps.find(parameters.get("client_id", ""))
        if app is None:
            return "There is no app with this client ID."
        url = parameters.get("redirect_uri") or app.redirect_urls[0]
        if url not in app.redirect_urls:
            return "The redirect URL is not one of the app's."
        return cls(app, url, parameters.get("state"))

    def fields(self) -> dict[str, str]:
        """Return what the form carries on."""
        state = {} if self.state is None else {"state": self.state}
        return {"client_id": self.app.client_id, "redirect_uri": self.redirect_url, **state}

    def answer(self, **parameters: str) -> str:
        """Return the address to which the browser is sent."""
        state = {} if self.state is None else {"state": self.state}
        return with_query(self.redirect_url, {**parameters, **state})


def _fields(body: bytes, content_type: str) -> dict[str, str]:
    """Return the fields of a form or of a JSON object."""
    if not content_type.startswith("application/json"):
        return form_of(body)
    try:
        parsed = json.loads(body)
    except ValueError:
        raise ApiError(400, "bad_request", "The request body is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise ApiError(400, "bad_request", "The request body must be a JSON object")
    return {str(name): str(value) for name, value in parsed.items()}
