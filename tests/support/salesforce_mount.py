"""The simulated Salesforce mounted in-process under the product's client."""

from __future__ import annotations

import io
import random
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from sfsync_gui.engine.ports import CallSpent
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import AnswerWithheld, ConnectionDropped
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import call
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens, Tokens
from sfsync_gui.services.threads import Calls, InlineCalls

HOST = "sandbox.invalid"
ADDRESS = f"https://{HOST}"


class SalesforceMount(BaseAdapter):
    """Carries requests to a sandbox, one at a time, whatever thread they come from.

    Its dropped connections look as they do on a network. While `offline` no connection can be
    made. The Date header, which tells the sandbox's time, is taken away if `dates` is false.
    `sent` keeps every request that reached the sandbox.
    """

    def __init__(self, sandbox: SalesforceSandbox, *, dates: bool = True) -> None:
        super().__init__()
        self.sandbox = sandbox
        self.offline = False
        self.sent: list[requests.PreparedRequest] = []
        self._dates = dates
        self._lock = threading.Lock()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Serve one request, or raise what a client on the network would see."""
        if self.offline:
            raise _refused(request)
        with self._lock:
            self.sent.append(request)
            return self._answer(request)

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: requests.PreparedRequest) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = request.body or b""
        try:
            answer = call(
                self.sandbox.app,
                request.method or "GET",
                parts.path,
                parts.query,
                {**request.headers, "host": parts.netloc},
                body.encode() if isinstance(body, str) else body,
            )
        except ConnectionDropped:
            reset = ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
            raise requests.ConnectionError(reset, request=request) from None
        except AnswerWithheld:
            raise requests.ReadTimeout("Read timed out.", request=request) from None
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        if not self._dates:
            del response.headers["Date"]
        response.raw = io.BytesIO(answer.body)
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        return response


class SteppingClock:
    """The port's clock over a manual one: whoever sleeps moves the time on at once."""

    def __init__(self, clock: ManualClock) -> None:
        self.slept: list[float] = []
        self._clock = clock

    def now(self) -> float:
        """The simulated time in unix seconds."""
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        """Have the time pass."""
        self.slept.append(seconds)
        self._clock.advance(seconds)


@dataclass
class Connected:
    """A client of a sandbox, with everything around it that tests look at.

    `spent` are the calls it reported, `saved` the tokens that it had stored.
    """

    sandbox: SalesforceSandbox
    mount: SalesforceMount
    tokens: RefreshingTokens
    client: SalesforceClient
    clock: SteppingClock
    spent: list[CallSpent] = field(default_factory=list)
    saved: list[Tokens] = field(default_factory=list)

    def purposes(self) -> list[str]:
        """The purposes of the calls since the last time that this was asked."""
        purposes = [call.purpose for call in self.spent]
        self.spent.clear()
        return purposes


def connect(
    sandbox: SalesforceSandbox,
    clock: ManualClock,
    *,
    calls: Calls | None = None,
    page_size: int = 2000,
    dates: bool = True,
) -> Connected:
    """Sign a client in; it runs inline unless `calls` says otherwise."""
    issued = sandbox.issue_tokens("client", ADDRESS)
    saved: list[Tokens] = []
    spent: list[CallSpent] = []
    tokens = RefreshingTokens(
        "client",
        instance_url=ADDRESS,
        access_token=issued["access_token"],
        refresh_token=issued["refresh_token"],
        save=saved.append,
    )
    mount = SalesforceMount(sandbox, dates=dates)
    stepping = SteppingClock(clock)
    client = SalesforceClient(
        tokens,
        clock=stepping,
        calls=calls or InlineCalls(),
        on_call=spent.append,
        transport=mount,
        jitter=random.Random(1),
        page_size=page_size,
    )
    return Connected(sandbox, mount, tokens, client, stepping, spent, saved)


def _refused(request: requests.PreparedRequest) -> requests.ConnectionError:
    pool = HTTPConnectionPool(HOST)
    reason = NewConnectionError(HTTPConnection(HOST), "Connection refused")
    return requests.ConnectionError(MaxRetryError(pool, request.url or "", reason), request=request)
