"""The one way by which requests reach Intercom: token, pace, attempts, and what refusals mean."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sfsync_gui.core.failures import OutcomeUnknownError, SfsyncError, TransientError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.ports import CallListener, CallSpent, Clock
from sfsync_gui.services.http import NOT_SENT, HttpAnswer, HttpClient
from sfsync_gui.services.intercom.errors import (
    RATE_LIMITED,
    ServiceError,
    error_list,
    forbidden,
    permission_refused,
    sign_in_refused,
    temporary,
)
from sfsync_gui.services.intercom.permissions import permission_for
from sfsync_gui.services.intercom.regions import Region
from sfsync_gui.services.pacing import Priority, RateLimiter, Reading, attempts

API_VERSION = "2.16"
"""The version that every request asks for (header `Intercom-Version`)."""

WINDOW_SECONDS = 10.0
"""How long a window of the rate limit lasts ("Rate limiting"). How many calls it takes is told
by each answer."""

TokenProvider = Callable[[], Awaitable[str]]
"""Gives the access token at the time of each request; raises `SignInError` where there is none."""

_HOLD_SECONDS = 1.0
_TEMPORARY = frozenset({408, 429})
_SERVER_ERROR = 500
_LINK = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?canonical"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what for (`purpose`, for the account of calls), and what it asks.

    `repeats`: a reading may be asked for again where its answer was lost. `is_known`: whether the
    body of a success is known to its reader, so that it need not be parsed.
    """

    purpose: str
    method: str
    path: str
    json: Mapping[str, Any] | None = None
    params: Mapping[str, str] | None = None
    write: bool = False
    priority: Priority = Priority.ORDINARY
    repeats: bool = True
    is_known: Callable[[bytes], bool] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Intercom's answer: a JSON object (empty if the call knew it), or the entries of an error
    list."""

    status: int
    body: Mapping[str, Any]
    errors: tuple[ServiceError, ...]
    answer: HttpAnswer

    @property
    def accepted(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    @property
    def canonical_id(self) -> str | None:
        """The contact into which this one was merged (410, header `Link`)."""
        link = _LINK.search(self.answer.headers.get("link", ""))
        if link is None:
            return None
        return urlsplit(link[1]).path.rstrip("/").rpartition("/")[2] or None


class Gateway:
    """Sends calls, each as often as needed, and raises `SfsyncError` for what is no reply.

    Reads are repeated after transient failures. Writes are repeated only where it is certain
    that they were not applied: the connection was never made, or the answer is 429.
    """

    def __init__(
        self,
        http: HttpClient,
        token: TokenProvider,
        clock: Clock,
        on_call: CallListener,
        *,
        region: Region | None,
        random: Random,
    ) -> None:
        self._http = http
        self._token = token
        self._clock = clock
        self._on_call = on_call
        self._region = region
        self._random = random
        self._limiter = RateLimiter(clock, window_seconds=WINDOW_SECONDS)
        self.newest_date = 0
        """The service's time in its newest answer, unix seconds; 0 before the first."""

    async def send(self, call: Call) -> Reply:
        """Send a call and return the reply: a success, or a refusal that the caller explains.

        Raises `MissingPermissionError` (401 or 403 for what the app may not do), `SignInError`
        (any other 401), `OrgError` (402, 403, or a refusal that is not Intercom's),
        `TransientError` (429, 5xx, no connection, after all attempts), `OutcomeUnknownError`
        (a write without a certain outcome).
        """

        def may_repeat(error: TransientError) -> bool:
            may_be_twice = call.repeats and not call.write
            return may_be_twice or error.code in (NOT_SENT, RATE_LIMITED)

        reply: Reply = await attempts(self._clock, self._random, may_repeat)(self._once, call)
        return reply

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _once(self, call: Call) -> Reply:
        token = await self._token()
        async with self._limiter.call(call.priority):
            sent_at = self._clock.now()
            answer = await self._answer(call, token)
            self._observe(answer, sent_at)
        if call.is_known is not None and answer.status == 200 and call.is_known(answer.body):
            return Reply(answer.status, {}, (), answer)
        return self._reply(call, answer)

    async def _answer(self, call: Call, token: str) -> HttpAnswer:
        try:
            answer = await self._http.request(
                call.method,
                call.path,
                json=call.json,
                params=call.params,
                headers={"Authorization": f"Bearer {token}"},
                write=call.write,
            )
        except TransientError as error:
            if error.code != NOT_SENT:
                self._spent(call)
            raise
        self._spent(call)
        return answer

    def _spent(self, call: Call) -> None:
        self._on_call(CallSpent(Side.INTERCOM, call.purpose))

    def _observe(self, answer: HttpAnswer, sent_at: float) -> None:
        self.newest_date = max(self.newest_date, _date(answer.headers.get("Date")) or 0)
        reading = _reading(answer, sent_at)
        if reading is not None:
            self._limiter.observe(reading)
        elif answer.status == 429:
            self._limiter.hold(_HOLD_SECONDS)

    def _reply(self, call: Call, answer: HttpAnswer) -> Reply:
        status, host = answer.status, answer.host
        if status in _TEMPORARY or status >= _SERVER_ERROR:
            seconds = self._limiter.seconds_left()
            errors = _readable_errors(answer)
            raise temporary(status, errors, host, write=answer.write, seconds=seconds)
        body = answer.json()
        errors = error_list(body) or ()
        if status in (401, 403):
            refused = permission_refused(errors, permission_for(call.method, call.path), status)
            if refused is not None:
                raise refused
        if status == 401:
            raise sign_in_refused(errors, self._region, host)
        if status in (402, 403):
            raise forbidden(status, errors, host)
        reply = Reply(status, body if isinstance(body, dict) else {}, errors, answer)
        if not isinstance(body, dict) or (not reply.accepted and error_list(body) is None):
            raise not_intercom(answer)
        return reply


def _readable_errors(answer: HttpAnswer) -> tuple[ServiceError, ...]:
    """The error list of an answer that may as well be a gateway's page."""
    try:
        return error_list(answer.json()) or ()
    except SfsyncError:
        return ()


def not_intercom(answer: HttpAnswer) -> TransientError:
    """The failure for JSON that is not Intercom's: nothing may be concluded from it.

    `OutcomeUnknownError` where it answers a write.
    """
    failure = OutcomeUnknownError if answer.write else TransientError
    return failure(
        "The answer cannot be read",
        f"{answer.host} sent an answer that is not as Intercom's are.",
        "This is tried again by itself. If it lasts, check whether a proxy stands in between.",
        subject=answer.host,
        side=Side.INTERCOM,
        detail=f"HTTP {answer.status}, {len(answer.body)} bytes",
    )


def _reading(answer: HttpAnswer, sent_at: float) -> Reading | None:
    """What the headers tell of the rate limit; None where they do not (as with a 401)."""
    try:
        limit, remaining, reset = (
            int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")
        )
    except (KeyError, ValueError):
        return None
    return Reading(limit, remaining, reset, _date(answer.headers.get("Date")), sent_at)


def _date(header: str | None) -> int | None:
    """The answer's Date in unix seconds; None where it is missing or not a date."""
    if header is None:
        return None
    try:
        return int(parsedate_to_datetime(header).timestamp())
    except (ValueError, OverflowError):
        return None
