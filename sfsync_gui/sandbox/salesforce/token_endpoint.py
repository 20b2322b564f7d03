"""The endpoints that an application calls by itself: tokens for codes, renewal, revocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sfsync_gui.sandbox.clock import Clock
from sfsync_gui.sandbox.pages import form_of
from sfsync_gui.sandbox.salesforce.authorizing import Authorizing
from sfsync_gui.sandbox.salesforce.sessions import Approval, OAuthError, Sessions, token_answer

_PATH = "/services/oauth2"


class TokenEndpoint:
    """The token and revocation endpoints; `address` tells where a request reached the org."""

    def __init__(
        self,
        sessions: Sessions,
        authorizing: Authorizing,
        clock: Clock,
        address: Callable[[Request], str],
    ) -> None:
        self._sessions = sessions
        self._authorizing = authorizing
        self._clock = clock
        self._address = address

    def routes(self) -> list[Route]:
        """Return the routes of both endpoints."""
        return [
            Route(f"{_PATH}/token", self._token, methods=["POST"]),
            Route(f"{_PATH}/revoke", self._revoke, methods=["GET", "POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        """Exchange a code (RFC 6749, section 4.1.3) or a refresh token (section 6)."""
        form = form_of(await request.body())
        now = self._clock.now()
        try:
            access, approval = self._granted(form, now)
        except OAuthError as error:
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, 400)
        answer = token_answer(
            access,
            approval,
            org_id=self._sessions.org_id,
            instance_url=self._address(request),
            now=now,
        )
        if form["grant_type"] == "refresh_token" and not self._sessions.rotation:
            del answer["refresh_token"]
        return JSONResponse(answer, headers={"Cache-Control": "no-cache, no-store"})

    def _granted(self, form: Mapping[str, str], now: float) -> tuple[str, Approval]:
        match form.get("grant_type"):
            case "authorization_code":
                return self._authorizing.exchange(form, now)
            case "refresh_token":
                return self._refreshed(form, now)
        raise OAuthError("unsupported_grant_type", "grant type not supported")

    def _refreshed(self, form: Mapping[str, str], now: float) -> tuple[str, Approval]:
        if not form.get("client_id"):
            raise OAuthError("invalid_client_id", "client identifier invalid")
        refresh_token = form.get("refresh_token", "")
        approval = self._sessions.approval_of(refresh_token)
        if approval is not None:
            self._authorizing.check_user(approval.user_id)
        return self._sessions.refresh(refresh_token, form["client_id"], now)

    async def _revoke(self, request: Request) -> Response:
        """End a token (RFC 7009 in Salesforce's manner: an unknown one is an error)."""
        token = form_of(await request.body()).get("token") or request.query_params.get("token", "")
        if self._sessions.revoke(token):
            return Response(status_code=200)
        description = "this token type is not supported"
        body = {"error": "unsupported_token_type", "error_description": description}
        return JSONResponse(body, 400)
