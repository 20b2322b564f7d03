"""The product's own HTTP client: the one place that knows httpx.

A request ends in an `HttpAnswer` (whatever its status) or in an exception of `core.failures`,
which tells whether the request can have been applied. Header values never appear in an
exception, a repr or a log line: they may be secrets.
"""

import asyncio
import contextlib
import ipaddress
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import httpx

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    SetupError,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.json_text import parsed

if find_spec("sniffio") is None:
    # httpcore imports it four times a request. What is not there would be looked for along the
    # whole path each time, for more than a millisecond; now it is refused at once.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

Transport = httpx.AsyncBaseTransport
"""What carries the requests; tests mount the sandbox here."""

NOT_SENT = "not_sent"
"""`TransientError.code` where the request never left: nothing was applied, no call was spent."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
TOTAL_SECONDS = 120.0

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=50.0)
"""A connection is used again within 50 seconds: for longer, routers may have forgotten it in
silence. httpx's own 5 seconds would have each check make a new one, at the usual interval."""

_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """Seconds to wait: for the connection, for each part of the answer, and for all of it."""

    connect: float = CONNECT_SECONDS
    read: float = READ_SECONDS
    total: float = TOTAL_SECONDS


class HttpHeaders(Mapping[str, str]):
    """Headers of an answer, found whatever the case of their names. The repr shows names only."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"HttpHeaders({sorted(self._values)})"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer. `host` gave it; `write` tells whether the request may change something."""

    status: int
    headers: HttpHeaders
    body: bytes = field(repr=False)
    host: str = ""
    write: bool = False
    side: Side | None = None

    def json(self) -> Any:
        """The parsed body.

        Raises `TransientError` where the body is not JSON though the host answered 2xx, 3xx or
        5xx (a gateway, a proxy or a sign-in page of the network in between): for a write this
        is `OutcomeUnknownError`. Raises `OrgError` where a 4xx is not JSON: whoever refuses
        there is not the service.
        """
        try:
            return parsed(self.body)
        except ValueError:
            raise self._not_json() from None

    def _not_json(self) -> SfsyncError:
        kind = self.headers.get("content-type", "").partition(";")[0].strip() or "no content type"
        detail = f"HTTP {self.status}, {kind}, {len(self.body)} bytes"
        if _CLIENT_ERROR <= self.status < _SERVER_ERROR:
            return OrgError(
                "The answer is not from the service",
                f"{self.host} refused the request with a page that the service does not send.",
                "Check whether a proxy or firewall stands between this computer and the service.",
                subject=self.host,
                side=self.side,
                detail=detail,
            )
        failure = OutcomeUnknownError if self.write else TransientError
        return failure(
            "The answer cannot be read",
            f"{self.host} sent an answer that is not JSON.",
            "This is tried again by itself. If it lasts, check whether the network asks for a "
            "sign-in, or a proxy changes answers.",
            subject=self.host,
            side=self.side,
            detail=detail,
        )


class HttpClient:
    """An asynchronous HTTP client for one host.

    `base_url` is https, or http on loopback; anything else raises `SetupError`. `headers` go with
    every request. The connection pool is made at the first request: setting up TLS takes tens of
    milliseconds. Safe for concurrent use within one event loop, and against cancellation.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        time_outs: TimeOuts | None = None,
        transport: Transport | None = None,
        side: Side | None = None,
    ) -> None:
        self._base_url, self.host, self._loopback = checked_base_url(base_url, side)
        self._headers = dict(headers or {})
        self._time_outs = time_outs or TimeOuts()
        self._transport = transport
        self._side = side
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"HttpClient({self._base_url!r})"

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object | None = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        write: bool | None = None,
    ) -> HttpAnswer:
        """Send one request and return the whole answer, whatever its status.

        `path` is percent-encoded by the caller. `json` or `form` is the body. `write` says that
        the request may change something on the other side; left out, every method but GET, HEAD
        and OPTIONS does.

        Raises `TransientError` where the request was not sent (code `NOT_SENT`) or a read got no
        answer, `OutcomeUnknownError` where a write got none, `SetupError` where a header cannot
        be sent.
        """
        is_write = method.upper() not in _READ_METHODS if write is None else write
        merged = {**self._headers, **(headers or {})}
        self._check_headers(merged)
        with self._failures(write=is_write):
            async with asyncio.timeout(self._time_outs.total):
                response = await self._opened().request(
                    method,
                    self._base_url + path,
                    content=None if json is None else _encoded(json),
                    data=None if form is None else dict(form),
                    params=None if params is None else dict(params),
                    headers=merged if json is None else {**merged, **_JSON_BODY},
                )
        return HttpAnswer(
            status=response.status_code,
            headers=HttpHeaders(response.headers),
            body=response.content,
            host=self.host,
            write=is_write,
            side=self._side,
        )

    async def aclose(self) -> None:
        """Close all connections; requests under way and later ones fail. May be called twice."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        if self._closed:
            raise httpx.ConnectError("the client has been closed")
        if self._client is None:
            read = self._time_outs.read
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(read, connect=self._time_outs.connect),
                limits=_LIMITS,
                transport=self._transport,
                # A proxy of the environment must not be asked for this computer itself.
                trust_env=not self._loopback,
                follow_redirects=False,
            )
        return self._client

    def _check_headers(self, headers: Mapping[str, str]) -> None:
        """Refuse what cannot be sent before a library names the value in its complaint."""
        for name, value in headers.items():
            if _HEADER_VALUE.fullmatch(value) is None:
                raise SetupError(
                    "A header cannot be sent",
                    f"The value for {name} has characters that HTTP does not allow.",
                    "If it was pasted, paste it again without line breaks.",
                    subject=self.host,
                    side=self._side,
                )

    @contextlib.contextmanager
    def _failures(self, *, write: bool) -> Iterator[None]:
        """Turn httpx's exceptions into the product's own, and cut them off: they hold headers."""
        try:
            yield
        except _NOT_SENT as error:
            raise self._not_sent(error) from None
        except _NO_ANSWER as error:
            raise self._no_answer(error, write=write) from None

    def _not_sent(self, error: Exception) -> TransientError:
        certificate = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return TransientError(
            "No connection",
            f"The identity of {self.host} could not be verified."
            if certificate
            else f"{self.host} cannot be reached.",
            "Check the computer's date, and whether the network asks for a sign-in."
            if certificate
            else "This is tried again by itself. If it lasts, check the network.",
            subject=self.host,
            side=self._side,
            code=NOT_SENT,
            detail=_described(error),
        )

    def _no_answer(self, error: Exception, *, write: bool) -> TransientError:
        late = isinstance(error, TimeoutError | httpx.TimeoutException)
        failure = OutcomeUnknownError if write else TransientError
        return failure(
            "No answer",
            f"{self.host} did not answer in time."
            if late
            else f"The connection to {self.host} ended before the answer was complete.",
            "Whether the change was made is looked up before anything is sent again."
            if write
            else "This is tried again by itself.",
            subject=self.host,
            side=self._side,
            detail=_described(error),
        )


_JSON_BODY = {"Content-Type": "application/json"}
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_NO_ANSWER = (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError)


def checked_base_url(base_url: str, side: Side | None = None) -> tuple[str, str, bool]:
    """The URL without a slash at its end, its host (and port), and whether that is loopback.

    Raises `SetupError` unless the URL is https, or http to this computer itself, and without
    user name, query or fragment.
    """
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    loopback = _is_loopback(host)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    allowed = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not host or not plain or not allowed:
        raise SetupError(
            "The address is not safe",
            f"{host or 'The address'} is not an https address. Plain http is for this computer "
            "itself only.",
            "Enter an address that begins with https://.",
            subject=host,
            side=side,
        )
    shown = f"[{host}]" if ":" in host else host
    return base_url.rstrip("/"), shown if port is None else f"{shown}:{port}", loopback


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _encoded(body: object) -> bytes:
    """The body as JSON. Escaped to ASCII, so that half of a surrogate pair cannot stop it."""
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")


def _described(error: Exception) -> str:
    """The error's words; only its class where a library may have quoted a header in them."""
    name = type(error).__name__
    quotes = isinstance(error, httpx.LocalProtocolError)
    return name if quotes or not str(error) else f"{name}: {error}"
