"""Requests of a sign-in: few, never repeated, with words for a person who waits."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sfsync_gui.core.failures import OrgError, SignInError, TransientError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.services.http import HttpAnswer, HttpClient, TimeOuts, Transport

SIGN_IN_TIME_OUTS = TimeOuts(connect=10.0, read=20.0, total=40.0)
"""Shorter than those of the sync: somebody is looking at the window."""

_TOO_MANY = 429
_SERVER_ERROR = 500
_REFUSALS = range(400, 500)
_FEW_WORDS = 100
"""Bytes that are looked at: Salesforce's userinfo refuses with a bare `Bad_OAuth_Token`."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the service: its status and JSON. The repr leaves the body out: tokens."""

    status: int
    body: Any = field(repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    def get(self, name: str) -> str:
        """A text of the JSON object; empty where there is none."""
        value = self.body.get(name) if isinstance(self.body, Mapping) else None
        return value if isinstance(value, str) else ""


class Endpoint:
    """One host that is asked while signing in or out."""

    def __init__(
        self,
        base_url: str,
        side: Side,
        *,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        time_outs: TimeOuts = SIGN_IN_TIME_OUTS,
    ) -> None:
        self._side = side
        self._http = HttpClient(
            base_url,
            headers={"Accept": "application/json", **(headers or {})},
            transport=transport,
            time_outs=time_outs,
            side=side,
        )

    @property
    def host(self) -> str:
        """The host, with its port if one is named."""
        return self._http.host

    async def post(self, path: str, form: Mapping[str, str], *, token: str = "") -> Said:
        """Post a form. Raises `TransientError`, or `SignInError` if a stranger answers."""
        return self._said(await self._ask("POST", path, form=form, token=token))

    async def get(self, path: str, *, token: str, params: Mapping[str, str] | None = None) -> Said:
        """Read with an access token. Raises as `post` does."""
        return self._said(await self._ask("GET", path, params=params, token=token))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        token: str,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            # No write: whatever became of a lost request, signing in again is harmless.
            answer = await self._http.request(
                method, path, form=form, params=params, headers=headers, write=False
            )
        except TransientError as error:
            raise replace(error, remedy=_AGAIN) from None
        if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
            raise TransientError(
                "The sign-in did not go through",
                f"{answer.host} could not handle the request just now.",
                _AGAIN,
                subject=answer.host,
                side=self._side,
                detail=f"HTTP {answer.status}",
            )
        return answer

    def _said(self, answer: HttpAnswer) -> Said:
        """The answer with its JSON; a refusal in a few bare words is kept as they are."""
        if not answer.body:
            return Said(answer.status, {})
        try:
            return Said(answer.status, answer.json())
        except (TransientError, OrgError) as error:
            words = answer.body[:_FEW_WORDS].decode("utf-8", "replace").strip()
            if answer.status in _REFUSALS and "<" not in words:
                return Said(answer.status, words)
            raise self._stranger(answer, error.detail) from None

    def _stranger(self, answer: HttpAnswer, detail: str) -> SignInError:
        return SignInError(
            "The answer is not from the service",
            f"What answers as {answer.host} sent a page that the service does not send.",
            "Check whether the network asks for a sign-in, or a proxy or firewall stands between "
            "this computer and the service, then sign in again.",
            subject=answer.host,
            side=self._side,
            detail=detail,
            cause=SignInCause.NETWORK,
        )


@asynccontextmanager
async def endpoint(
    base_url: str,
    side: Side,
    *,
    headers: Mapping[str, str] | None = None,
    transport: Transport | None = None,
) -> AsyncIterator[Endpoint]:
    """An endpoint that is closed at the end. Raises `SetupError` for an address that is unsafe."""
    opened = Endpoint(base_url, side, headers=headers, transport=transport)
    try:
        yield opened
    finally:
        await opened.aclose()


_AGAIN = "Check the network connection, then sign in again."
