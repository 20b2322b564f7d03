"""What stands before every endpoint: API version, access token, rate limit, error answers."""

from __future__ import annotations

import json
import random
import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sfsync_gui.sandbox.clock import Clock
from sfsync_gui.sandbox.faults import FaultKind
from sfsync_gui.sandbox.intercom.errors import ApiError, not_permitted
from sfsync_gui.sandbox.web import Answer

WINDOW_SECONDS = 10
"""The length of a rate limit window."""

DEFAULT_VERSION = "2.16"
PREVIEW = "Preview"
VERSIONS = (
    *(f"1.{minor}" for minor in range(5)),
    *(f"2.{minor}" for minor in range(17)),
    PREVIEW,
)
# The first version that answers 410 for a merged contact.
_MERGED_IS_GONE_FROM = "2.16"


class TokenTable:
    """The access tokens of the workspace. Tokens of Intercom do not expire; they are revoked."""

    def __init__(self, first: str) -> None:
        self._valid = {first: ""}
        self._revoked: set[str] = set()

    @property
    def current(self) -> str | None:
        """Return the token issued last, or None if it was revoked."""
        return next(reversed(self._valid), None)

    def issue(self, client_id: str = "") -> str:
        """Return a new token of an app; those issued before stay valid."""
        token = "dG9rOj" + secrets.token_urlsafe(40)
        self._valid[token] = client_id
        return token

    def uninstall(self, token: str) -> None:
        """Revoke all tokens of the app that a valid token was issued to."""
        client_id = self._valid[token]
        gone = [other for other, owner in self._valid.items() if owner == client_id]
        self._revoked.update(gone)
        for other in gone:
            del self._valid[other]

    def revoke(self) -> None:
        """Revoke every token, as a person does who uninstalls the app."""
        self._revoked.update(self._valid)
        self._valid.clear()

    def check(self, authorization: str | None) -> None:
        """Raise ApiError (401) unless the header carries a valid bearer token."""
        scheme, _space, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer" and token in self._valid:
            return
        if token in self._revoked:
            raise ApiError(401, "token_revoked", "The access token has been revoked")
        raise ApiError(401, "unauthorized", "Access Token Invalid")


class RateLimiter:
    """Counts requests in windows of ten seconds; documented at "Rate limiting"."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self.limit = limit
        self._window = -1
        self._used = 0

    def count(self) -> None:
        """Count a request; raise ApiError (429) when the window is used up."""
        self._turn()
        if self._used >= self.limit:
            raise self.exceeded()
        self._used += 1

    def exceeded(self) -> ApiError:
        """Return the refusal for a window that is used up."""
        message = f"Exceeded rate limit of {self.limit} in 10_seconds"
        return ApiError(429, "rate_limit_exceeded", message)

    def headers(self) -> dict[str, str]:
        """Return the headers that are on every answer."""
        self._turn()
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.limit - self._used),
            "x-ratelimit-reset": str((self._window + 1) * WINDOW_SECONDS),
        }

    def use_up(self) -> None:
        """Let the rest of the window be used up, as by another app of the workspace."""
        self._turn()
        self._used = self.limit

    def _turn(self) -> None:
        window = int(self._clock.now()) // WINDOW_SECONDS
        if window != self._window:
            self._window, self._used = window, 0


@dataclass(frozen=True)
class ApiRequest:
    """A request that has passed the gate."""

    version: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def preview(self) -> bool:
        """Tell whether the client asked for the Preview version."""
        return self.version == PREVIEW

    @property
    def merged_is_gone(self) -> bool:
        """Tell whether this version answers 410 for a merged contact."""
        return VERSIONS.index(self.version) >= VERSIONS.index(_MERGED_IS_GONE_FROM)


Action = Callable[[ApiRequest], dict[str, Any]]


class Gate:
    """Lets requests through to actions, and turns what they return or raise into answers."""

    def __init__(self, clock: Clock, tokens: TokenTable, rate_limit: int, seed: int) -> None:
        self._tokens = tokens
        self._random = random.Random(f"request ids {seed}")
        self.limiter = RateLimiter(clock, rate_limit)
        self.withheld: set[str] = set()
        """The permissions that are not ticked for the app."""

    def endpoint(self, action: Action, permission: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint that runs an action, which takes a permission of the app."""

        async def run(request: Request) -> Response:
            answer = self._answer(request, await request.body(), action, permission)
            return Response(answer.body, answer.status, answer.headers)

        return run

    async def not_found(self, _request: Request, error: Exception) -> Response:
        """Answer for a path or method that is not there (an exception handler of Starlette)."""
        status = getattr(error, "status_code", 404)
        refusal = ApiError(status, "not_found", "The requested resource could not be found")
        answer = self.refusal(refusal)
        return Response(answer.body, answer.status, answer.headers)

    def refusal(self, error: ApiError) -> Answer:
        """Return the answer for an error."""
        body = {
            "type": "error.list",
            "request_id": self._request_id(),
            "errors": [{"code": error.code, "message": error.message}],
        }
        return self._json(error.status, body, error.headers)

    def fault_answer(self, kind: FaultKind) -> Answer | None:
        """Answer for a planned fault. Faults that Intercom does not have are ignored."""
        match kind:
            case FaultKind.RATE_LIMITED:
                self.limiter.use_up()
                return self.refusal(self.limiter.exceeded())
            case FaultKind.SERVER_ERROR:
                return self.refusal(ApiError(500, "server_error", "Server Error"))
            case FaultKind.REFUSED:
                return self.refusal(ApiError(400, "client_error", "Something went wrong"))
            case FaultKind.SERVER_ERROR_APPLIED:
                # Where a proxy gives up waiting, the answer is a page and no error list.
                page = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
                return Answer(504, {"content-type": "text/html"}, page)
        return None

    def _answer(self, request: Request, body: bytes, action: Action, permission: str) -> Answer:
        try:
            self._tokens.check(request.headers.get("authorization"))
            self.limiter.count()
            if permission in self.withheld:
                raise not_permitted()
            api_request = ApiRequest(
                version=_version(request.headers.get("intercom-version")),
                path=request.path_params,
                query=request.query_params,
                body=_parsed(body),
            )
            return self._json(200, action(api_request), {"intercom-version": api_request.version})
        except ApiError as error:
            return self.refusal(error)

    def _json(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        common = {"content-type": "application/json; charset=utf-8", **self.limiter.headers()}
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return Answer(status, {**common, **headers}, encoded.encode())

    def _request_id(self) -> str:
        """Return a request id: mostly a UUID, at times the older form, as recordings show."""
        if self._random.random() < 0.6:
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        digits = "0123456789abcdefghijklmnopqrstuv"
        return "".join(self._random.choice(digits) for _ in range(20))


def _version(header: str | None) -> str:
    if header is None:
        return DEFAULT_VERSION
    version = PREVIEW if header.lower() in ("preview", "unstable") else header
    if version not in VERSIONS:
        raise ApiError(400, "intercom_version_invalid", "The requested version could not be found")
    return version


def _parsed(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; an empty body is an empty object."""
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant)
    except ValueError:
        raise ApiError(400, "bad_request", "The request body is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise ApiError(400, "bad_request", "The request body must be a JSON object")
    return parsed


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
