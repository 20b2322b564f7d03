"""The simulated Salesforce: one org behind real HTTP."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.faults import FaultKind, FaultPlan
from sfsync_gui.sandbox.salesforce.api import (
    VERSIONS,
    Api,
    ApiAnswer,
    ApiRequest,
    RowLock,
    decoded_body,
)
from sfsync_gui.sandbox.salesforce.apps import Apps
from sfsync_gui.sandbox.salesforce.authorizing import Authorizing
from sfsync_gui.sandbox.salesforce.composite import Composite
from sfsync_gui.sandbox.salesforce.errors import ApiError, not_found
from sfsync_gui.sandbox.salesforce.hands import HumanHands
from sfsync_gui.sandbox.salesforce.org import Org, api_disabled
from sfsync_gui.sandbox.salesforce.resources import Resources, versions
from sfsync_gui.sandbox.salesforce.sessions import Sessions, token_answer
from sfsync_gui.sandbox.salesforce.sign_in_hands import SignInHands
from sfsync_gui.sandbox.salesforce.sign_in_pages import SignInPages
from sfsync_gui.sandbox.salesforce.sobject_collections import Collections
from sfsync_gui.sandbox.salesforce.token_endpoint import TokenEndpoint
from sfsync_gui.sandbox.salesforce.usage import ApiUsage
from sfsync_gui.sandbox.web import FAULT, Answer, RequestLog, SandboxLayer

MAXIMUM_URI = 16_384
"""Bytes in a URI, at most; longer ones are answered 414, and URI and headers that are longer
together 431 (REST API, status codes)."""

_JSON = "application/json;charset=UTF-8"
_MUST_CHANGE = (
    "The users password has expired, you must call SetPassword before attempting any other API "
    "operations"
)
_DATA = re.compile(r"/services/data/v(\d+\.\d)(/.*)?")
_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]


class SalesforceSandbox(HumanHands, SignInHands):
    """One simulated org. `app` is its ASGI application; the calls of the hands are people.

    `daily_limit`: API calls in 24 hours. `session_seconds`: a session without use ends after so
    many. `rotation`: each refresh replaces the refresh token. `org`, `sessions` and `usage` are
    open for tests, with the org's switches.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        daily_limit: int = 15_000,
        session_seconds: float = 7200,
        rotation: bool = True,
        org_id: str | None = None,
    ) -> None:
        self.clock = clock
        self.agenda = Agenda(clock)
        self.faults = FaultPlan()
        self.log = RequestLog()
        self.org = Org(clock, self.agenda, seed=seed, org_id=org_id)
        self.usage = ApiUsage(daily_limit)
        self.sessions = Sessions(self.org.org_id, session_seconds, rotation, seed)
        self.authorizing = Authorizing(self.org, self.sessions, Apps(), clock, seed)
        self.api = Api(self.org, self.usage, seed)
        for resources in (Resources, Collections, Composite):
            resources(self.api)
        self.app = SandboxLayer(
            Starlette(routes=self._routes()),
            clock=clock,
            agenda=self.agenda,
            faults=self.faults,
            log=self.log,
            fault_answer=fault_answer,
        )

    def issue_tokens(
        self, client_id: str = "sandbox-client", instance_url: str = "", user_id: str | None = None
    ) -> dict[str, str]:
        """Sign the API's user (or another) in without pages; return what a token answer holds."""
        now = self.clock.now()
        access, approval = self.sessions.approve(client_id, user_id or self.org.api_user_id, now)
        return token_answer(
            access, approval, org_id=self.org.org_id, instance_url=instance_url, now=now
        )

    def _routes(self) -> list[Route]:
        tokens = TokenEndpoint(self.sessions, self.authorizing, self.clock, _own_address)
        return [
            *SignInPages(self.org, self.authorizing).routes(),
            *tokens.routes(),
            Route("/services/oauth2/userinfo", self._userinfo, methods=["GET", "POST"]),
            Route("/services/data", self._versions, methods=["GET"]),
            Route("/services/data/", self._versions, methods=["GET"]),
            Route("/{path:path}", self._data, methods=_METHODS),
        ]

    async def _versions(self, _request: Request) -> Response:
        """List the API versions; no session is needed."""
        return JSONResponse(versions())

    async def _data(self, request: Request) -> Response:
        """Answer a request to the REST API."""
        uri = _uri_length(request)
        if uri > MAXIMUM_URI:
            return _bad_message(414, "URI Too Long")
        if uri + sum(len(name) + len(value) for name, value in request.headers.raw) > MAXIMUM_URI:
            return _bad_message(431, "Request Header Fields Too Large")
        text = (await request.body()).decode("utf-8", "replace")
        now = self.clock.now()
        try:
            answer = self._answered(request, text, now)
        except ApiError as error:
            answer = ApiAnswer(error.status, error.body)
        headers = dict(answer.headers)
        if answer.status != 401:
            # Without a session Salesforce does not know whose calls to tell.
            headers["Sforce-Limit-Info"] = self.usage.header(now)
        if answer.body is None:
            return Response(status_code=answer.status, headers=headers)
        content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
        return Response(content, answer.status, headers, media_type=_JSON)

    def _answered(self, request: Request, text: str, now: float) -> ApiAnswer:
        """Return the answer of the resource; raise ApiError for what is refused before it."""
        fault = _fault(request)
        user_id = self._signed_in(request, now, fault)
        if not self.org.api_enabled:
            raise api_disabled()
        if user_id in self.org.expired_passwords:
            raise ApiError(403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", _MUST_CHANGE)
        if fault is FaultKind.DAILY_LIMIT or self.usage.is_used_up(now):
            raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.usage.add(1, now)
        match = _DATA.fullmatch(request.url.path)
        if match is None or match[1] not in VERSIONS:
            raise not_found()
        api_request = ApiRequest(
            method=request.method,
            version=match[1],
            path=match[2] or "",
            parameters=_parameters(request),
            headers=_headers(request),
            body=decoded_body(text),
            text=text,
            host=_own_address(request),
            user_id=user_id,
            lock=RowLock(fault is FaultKind.LOCK_ROW),
        )
        return self.api.handle(api_request)

    def _signed_in(self, request: Request, now: float, fault: FaultKind | None) -> str:
        """Return the user of the session; raise ApiError INVALID_SESSION_ID."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if fault is FaultKind.SESSION_EXPIRED:
            self.sessions.sessions.pop(token, None)
        user_id = None
        if scheme.lower() in {"bearer", "oauth"}:
            user_id = self.sessions.user_of(token, now)
        if user_id is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return user_id

    async def _userinfo(self, request: Request) -> Response:
        """Tell who is signed in (OpenID Connect)."""
        now = self.clock.now()
        try:
            user_id = self._signed_in(request, now, _fault(request))
        except ApiError:
            return Response("Bad_OAuth_Token", 403)
        return JSONResponse(self._user_facts(user_id, _own_address(request)))

    def _user_facts(self, user_id: str, address: str) -> dict[str, Any]:
        user = self.record(user_id) or {}
        rest = f"{address}/services/data/v{{version}}/"
        return {
            "sub": f"https://login.salesforce.com/id/{self.org.org_id}/{user_id}",
            "user_id": user_id,
            "organization_id": self.org.org_id,
            "preferred_username": user["Username"],
            "nickname": user["CommunityNickname"],
            "name": user["Name"],
            "email": user["Email"],
            "email_verified": True,
            "given_name": user["FirstName"],
            "family_name": user["LastName"],
            "zoneinfo": user["TimeZoneSidKey"],
            "urls": {
                "rest": rest,
                "sobjects": f"{rest}sobjects/",
                "query": f"{rest}query/",
                "custom_domain": address,
            },
            "active": user["IsActive"],
            "user_type": "STANDARD",
            "language": user["LanguageLocaleKey"],
            "locale": user["LocaleSidKey"],
            "utcOffset": 0,
            "is_app_installed": True,
        }


def fault_answer(kind: FaultKind) -> Answer | None:
    """Return Salesforce's words for a fault of the network's edge; None: the org acts it out."""
    if kind is FaultKind.RATE_LIMITED:
        return Answer(429, {"content-type": "text/html"}, b"<h1>Too Many Requests</h1>")
    if kind is FaultKind.SERVER_ERROR:
        error = ApiError(503, "SERVER_UNAVAILABLE", "Server unavailable, try again later")
    elif kind is FaultKind.SERVER_ERROR_APPLIED:
        message = "An unexpected error occurred. Please include this ErrorId if you contact support"
        error = ApiError(500, "UNKNOWN_EXCEPTION", message)
    else:
        return None
    return Answer(error.status, {"content-type": _JSON}, json.dumps(error.body).encode())


def _fault(request: Request) -> FaultKind | None:
    """Return the fault that the org has to act out."""
    kind: FaultKind | None = (request.scope.get("extensions") or {}).get(FAULT)
    return kind


def _uri_length(request: Request) -> int:
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    return len(path.partition(b"?")[0]) + len(query) + (1 if query else 0)


def _bad_message(status: int, reason: str) -> Response:
    """Return the answer of Salesforce's web server, which is not JSON."""
    text = f"<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>"
    return Response(text, status, media_type="text/html")


def _parameters(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.url.query, keep_blank_values=True))


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _own_address(request: Request) -> str:
    """Return the address under which the client reached the org."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"
