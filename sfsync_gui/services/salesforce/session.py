"""One org's requests, one at a time on a worker thread: sign-in, usage, errors at the edge."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol, cast

import requests
from requests.adapters import BaseAdapter

from sfsync_gui.core.failures import SfsyncError, SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.ports import ApiUsage
from sfsync_gui.services.json_text import parsed
from sfsync_gui.services.salesforce.errors import (
    SessionRefusedError,
    never_sent,
    salesforce_failures,
)
from sfsync_gui.services.salesforce.lean_client import Salesforce
from sfsync_gui.services.salesforce.transport import (
    OpenSockets,
    TimeOuts,
    mount,
    without_login,
)

API_VERSION = "62.0"
"""Winter '25. Salesforce keeps a version for at least three years (API End-of-Life Policy)."""

_USAGE = re.compile(r"(?:^|[^-\w])api-usage=(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Access:
    """What a request needs to be let in, and how many refreshes it came from."""

    token: str = field(repr=False)
    instance_url: str
    generation: int = 0


TokenExchange = Callable[[str, Mapping[str, str]], tuple[int, Mapping[str, Any]]]
"""Posts a form to a URL; returns the HTTP status and the answer's JSON object."""


class TokenSource(Protocol):
    """Where the access token comes from. Called on worker threads, many at a time."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The base URLs that will be talked to; plain http is allowed to loopback only."""
        ...

    @property
    def instance_url(self) -> str:
        """The org's address; never waits."""
        ...

    def current(self) -> Access:
        """The newest access."""
        ...

    def refresh(self, refused: Access, exchange: TokenExchange) -> Access:
        """A newer access than the one that was refused; fetched once for all who ask.

        Raises `SignInError` where a person must sign in again, `TransientError` where it could
        not be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request: how simple-salesforce is asked to send it, and what for.

    `purpose` is for the account of calls. `writes`: its loss leaves open what happened.
    `session_ended` looks into an answer for the refusal of the access token within it.
    """

    purpose: str
    send: Callable[[Salesforce], Any]
    writes: bool = False
    object_name: str = ""
    session_ended: Callable[[Any], bool] | None = None


Report = Callable[[str, ApiUsage | None], None]
"""Told the purpose of every request that was sent, and the usage that its answer named."""


class OrgSession:
    """Sends requests to one org and renews the access when it is refused.

    `substitute` takes the place of the network. All methods may be called on any thread.
    """

    def __init__(
        self,
        tokens: TokenSource,
        *,
        time_outs: TimeOuts,
        report: Report,
        substitute: BaseAdapter | None = None,
    ) -> None:
        self._tokens = tokens
        self._report = report
        self._sockets = OpenSockets()
        self._newest_date = 0
        self._date_lock = threading.Lock()
        self._http = requests.Session()
        self._http.auth = without_login
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        mount(self._http, tokens.addresses, time_outs, self._sockets, substitute)

    @property
    def newest_date(self) -> int:
        """The service's time in its newest answer, unix seconds; 0 before the first."""
        return self._newest_date

    @property
    def instance_url(self) -> str:
        """The org's address."""
        return self._tokens.instance_url

    def perform(self, request: Request) -> Any:
        """Send a request and return its JSON; with a new access once more if it was refused.

        Repeating a write is safe: a refused token means that nothing was applied.
        Raises `core.failures.SfsyncError`.
        """
        access = self._tokens.current()
        try:
            return self._send(request, access)
        except SessionRefusedError:
            access = self._tokens.refresh(access, self._exchange)
        try:
            return self._send(request, access)
        except SessionRefusedError:
            raise _refused_again() from None

    def close(self) -> None:
        """End all connections; requests that wait for an answer fail at once."""
        self._sockets.close()
        self._http.close()

    def _send(self, request: Request, access: Access) -> Any:
        recorder = _Recorder(self._http)
        try:
            with salesforce_failures(writes=request.writes, object_name=request.object_name):
                answer = request.send(_client(access, recorder))
        except SfsyncError as error:
            error.detail = error.detail.replace(access.token, "…")
            error.message = error.message.replace(access.token, "…")
            raise
        finally:
            self._note(recorder, request.purpose)
        if request.session_ended is not None and request.session_ended(answer):
            raise SessionRefusedError
        return answer

    def _exchange(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """Post to the token endpoint; the answer may be an error's."""
        recorder = _Recorder(self._http)
        try:
            with salesforce_failures(writes=False):
                answer = recorder.request("POST", url, data=dict(form))
                content = answer.json()
        finally:
            self._note(recorder, "sign_in")
        return answer.status_code, content if isinstance(content, dict) else {}

    def _note(self, recorder: _Recorder, purpose: str) -> None:
        if not recorder.sent:
            return
        self._report(purpose, _usage_of(recorder.answer_headers.get("Sforce-Limit-Info", "")))
        with self._date_lock:
            self._newest_date = max(self._newest_date, _time_of(recorder.answer_headers))


class _Recorder:
    """Stands for the requests session in one call of simple-salesforce, and keeps what passes."""

    def __init__(self, http: requests.Session) -> None:
        self._http = http
        self.proxies = http.proxies
        self.sent = False
        self.answer_headers: Mapping[str, str] = {}

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """Send without following redirects: no other host is to see the access token."""
        kept = {name: value for name, value in (headers or {}).items() if name != "X-PrettyPrint"}
        try:
            response = self._http.request(
                method, url, headers=kept, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            self.sent = not never_sent(error)
            raise
        self.sent = True
        self.answer_headers = response.headers
        response.__class__ = _Answer
        return response


class _Answer(requests.Response):
    """An answer that is parsed by the product's own parser; what that refuses is left to requests.

    The adapters, also those of tests, make plain responses: each is turned into one of these.
    """

    def json(self, **options: Any) -> Any:
        """The parsed body; raises `requests.exceptions.JSONDecodeError`."""
        try:
            return parsed(self.content)
        except ValueError:
            return super().json(**options)


def _client(access: Access, recorder: _Recorder) -> Salesforce:
    return Salesforce(
        instance_url=access.instance_url,
        session_id=access.token,
        version=API_VERSION,
        session=cast(requests.Session, recorder),
        object_pairs_hook=None,  # plain dicts, as the product's own parser makes
    )


def _usage_of(header: str) -> ApiUsage | None:
    """The org's usage from `api-usage=1281/15000` (REST API Developer Guide, Limit Info Header)."""
    found = _USAGE.search(header)
    return ApiUsage(int(found[1]), int(found[2])) if found is not None else None


def _time_of(headers: Mapping[str, str]) -> int:
    """The unix time of an answer's Date; 0 where it has none that can be read."""
    try:
        return int(parsedate_to_datetime(headers["Date"]).timestamp())
    except (KeyError, ValueError):
        return 0


def _refused_again() -> SignInError:
    return SignInError(
        "Signed out of Salesforce",
        "Salesforce renewed the sign-in, but then refused it.",
        "Sign in to Salesforce again. An administrator may have restricted this application.",
        side=Side.SALESFORCE,
        code="INVALID_SESSION_ID",
        cause=SignInCause.OTHER,
    )
