"""What passes between the services layer and the sandbox, kept for looking at it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import requests

from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from tests.support.intercom_mount import IntercomMount, SimulatedTime
from tests.support.salesforce_mount import SalesforceMount


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; header names are in lower case.

    `sent` and `received` are bodies: JSON where it is such, otherwise text, None if empty.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    request_headers: Mapping[str, str]
    sent: Any
    status: int
    headers: Mapping[str, str]
    received: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class RecordingIntercom(IntercomMount):
    """Carries requests to the simulated Intercom and keeps what passes."""

    def __init__(self, sandbox: IntercomSandbox, time: SimulatedTime) -> None:
        super().__init__(sandbox, time)
        self.exchanges: list[Exchange] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request."""
        response = await super().handle_async_request(request)
        body = await response.aread()
        kept = exchange(
            (request.method, str(request.url), request.headers, request.content),
            (response.status_code, response.headers, body),
        )
        self.exchanges.append(kept)
        return response


class RecordingSalesforce(SalesforceMount):
    """Carries requests to the simulated Salesforce and keeps what passes."""

    def __init__(self, sandbox: SalesforceSandbox) -> None:
        super().__init__(sandbox)
        self.exchanges: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Serve one request."""
        response = super().send(request, **options)
        body = request.body or b""
        kept = exchange(
            (request.method or "", request.url or "", request.headers, _bytes(body)),
            (response.status_code, response.headers, response.content),
        )
        self.exchanges.append(kept)
        return response


def exchange(
    request: tuple[str, str, Mapping[str, str], bytes],
    answer: tuple[int, Mapping[str, str], bytes],
) -> Exchange:
    """An exchange from the parts of the request and those of its answer."""
    method, url, request_headers, sent = request
    status, headers, received = answer
    parts = urlsplit(url)
    return Exchange(
        method,
        parts.path,
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
        _lowered(request_headers),
        decoded(sent),
        status,
        _lowered(headers),
        decoded(received),
    )


def decoded(body: bytes) -> Any:
    """A body as JSON, or as text where it is none."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body
