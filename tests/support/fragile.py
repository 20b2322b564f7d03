"""A process that may die, or be looked over the shoulder, at any await; and what really broke.

Points lie before and after each transaction, and before and after each request. At a point the
process may die, or something may happen in the services while the engine is at work.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import requests

from sfsync_gui.store.sql_store import SqlStore
from tests.support.intercom_mount import IntercomMount
from tests.support.salesforce_mount import SalesforceMount

POINTS = tuple(
    f"{when} {what}"
    for when in ("before", "after")
    for what in ("a transaction", "an Intercom request", "a Salesforce request")
)


CREATED_UNHEARD = "a lead is created, and the answer lost"
PERHAPS_CREATED = "a lead is asked for, and nobody knows"


class CrashError(BaseException):
    """The process dies here."""


class StuckError(BaseException):
    """More points were passed than any world needs: it goes round in circles."""


class CrashPlan:
    """Dies at the n-th of the points that are passed from now on; 0 means never.

    `happened` counts the deaths by point. With a `limit`, whoever passes more points than that
    is stuck.
    """

    def __init__(self, limit: int = 0) -> None:
        self.left = 0
        self.limit = limit
        self.passed: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        self._total = 0
        self._deadly = ("", 0)
        self._interruptions: list[tuple[int, Callable[[], object]]] = []

    def die_at(self, name: str, times: int) -> None:
        """Die when a point of this name is passed for the n-th time from now on."""
        self._deadly = (name, self.passed[name] + times)

    def interrupt(self, points: int, act: Callable[[], object]) -> None:
        """Have `act` happen at the n-th point from now on, in the middle of the engine's work."""
        self._interruptions.append((self._total + points, act))

    def calm(self) -> None:
        """Nothing that was planned happens any more."""
        self.left = 0
        self._deadly = ("", 0)
        self._interruptions.clear()

    def point(self, name: str) -> None:
        """Pass a point."""
        self.passed[name] += 1
        self._total += 1
        if self.limit and self._total > self.limit:
            raise StuckError(f"more than {self.limit} requests and transactions")
        due = [one for one in self._interruptions if one[0] <= self._total]
        self._interruptions = [one for one in self._interruptions if one not in due]
        for _, act in due:
            act()
        is_last = self.left == 1 or self._deadly == (name, self.passed[name])
        self.left = max(0, self.left - 1)
        if is_last:
            self.happened[name] += 1
            raise CrashError(name)


class FragileStore:
    """A store in front of the real one, at which the process may die."""

    def __init__(self, store: SqlStore, crashes: CrashPlan) -> None:
        self._store = store
        self._crashes = crashes

    @property
    def version(self) -> int:
        """That of the real store."""
        return self._store.version

    async def run(self, work: Any) -> Any:
        """Run a transaction, or die before or after it."""
        self._crashes.point("before a transaction")
        result = await self._store.run(work)
        self._crashes.point("after a transaction")
        return result

    async def close(self) -> None:
        """Close the real store."""
        await self._store.close()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request whose outcome nobody learnt. `at` is in unix seconds.

    It may have been applied, or not; where it was not answered in time (`late`) it may yet be.
    """

    at: float
    text: str
    late: bool = True


class FragileIntercom(IntercomMount):
    """Carries requests, and may be where the process dies."""

    crashes: CrashPlan
    unanswered: list[Unanswered]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request."""
        self.crashes.point("before an Intercom request")
        try:
            response = await super().handle_async_request(request)
        except httpx.TransportError as failure:
            self._note(request, late=isinstance(failure, httpx.ReadTimeout))
            raise
        if response.status_code >= 500:
            self._note(request, late=False)
        self.crashes.point("after an Intercom request")
        return response

    def _note(self, request: httpx.Request, *, late: bool) -> None:
        text = f"{request.url.path} {request.content.decode()}"
        self.unanswered.append(Unanswered(self.sandbox.workspace.now(), text, late))


class FragileSalesforce(SalesforceMount):
    """Carries requests, and may be where the process dies; counts in `struck` what the answers
    say of troubles that no planned fault stands for."""

    crashes: CrashPlan
    struck: Counter[str]
    unanswered: list[Unanswered]
    _used_up = False

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Serve one request."""
        self.crashes.point("before a Salesforce request")
        leads = len(self.sandbox.org.store.tables["Lead"].rows)
        try:
            response = super().send(request, **options)
        except requests.RequestException as failure:
            self._note(request, leads, late=isinstance(failure, requests.ReadTimeout))
            raise
        if response.status_code >= 500:
            self._note(request, leads, late=False)
        self._look_at(response)
        self.crashes.point("after a Salesforce request")
        return response

    def _note(self, request: requests.PreparedRequest, leads: int, *, late: bool) -> None:
        """Remember what was not answered; `leads` is how many there were before."""
        if request.method == "POST" and "/sobjects/Lead" in (request.url or ""):
            grown = len(self.sandbox.org.store.tables["Lead"].rows) > leads
            self.struck[CREATED_UNHEARD if grown else PERHAPS_CREATED] += 1
        body = request.body or b""
        text = body.decode() if isinstance(body, bytes) else body
        self.unanswered.append(Unanswered(self.sandbox.org.clock.now(), text, late))

    def _look_at(self, response: requests.Response) -> None:
        if response.status_code == 403 and "REQUEST_LIMIT_EXCEEDED" in response.text:
            self._used_up = True
            self.struck["daily limit reached"] += 1
        elif self._used_up and response.ok:
            self._used_up = False
            self.struck["daily limit lifted"] += 1
        if response.ok and "compositeResponse" in response.text:
            for outcomes in _saved(response.json()):
                if len(set(outcomes)) > 1:
                    self.struck["partial batch failure"] += 1
            if "UNABLE_TO_LOCK_ROW" in response.text:
                self.struck["a row is locked"] += 1


def _saved(answer: dict[str, Any]) -> Iterator[list[bool]]:
    """Whether each record was saved, of each collection within a composite answer."""
    for part in answer["compositeResponse"]:
        body = part["body"]
        if isinstance(body, str):
            body = json.loads(body)
        if isinstance(body, list):
            yield [row["success"] for row in body if isinstance(row, dict) and "success" in row]
