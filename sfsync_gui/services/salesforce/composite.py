"""Composite requests: several subrequests, one API call (REST API Developer Guide, Composite)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sfsync_gui.services.salesforce.errors import (
    SessionRefusedError,
    failure_of,
    not_understood,
)
from sfsync_gui.services.salesforce.lean_client import Salesforce
from sfsync_gui.services.salesforce.refusals import refusals_of
from sfsync_gui.services.salesforce.session import API_VERSION, Request

SUBREQUESTS = 25
"""Subrequests in one composite request, at most."""

QUERIES = 5
"""Of these, queries and sObject collections, at most."""

_BASE = f"/services/data/v{API_VERSION}/"


@dataclass(frozen=True, slots=True)
class Subrequest:
    """One part of a composite request; `path` is relative to the API version.

    `name` may have letters, digits and underscores. `object_name` is for the words of a failure.
    """

    name: str
    path: str
    object_name: str = ""
    method: str = "GET"
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The subrequest as it travels."""
        sent: dict[str, Any] = {
            "method": self.method,
            "url": _BASE + self.path,
            "referenceId": self.name,
        }
        if self.body is not None:
            sent["body"] = self.body
        if self.headers:
            sent["httpHeaders"] = dict(self.headers)
        return sent


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one subrequest: its HTTP status and body."""

    status: int
    body: Any

    @property
    def accepted(self) -> bool:
        """Whether the subrequest as a whole was accepted; rows may still be refused."""
        return 200 <= self.status < 300

    @property
    def halted(self) -> bool:
        """Whether it was not executed, because another subrequest failed."""
        return any(refusal.code == "PROCESSING_HALTED" for refusal in refusals_of(self.body))


def composite(
    purpose: str, subrequests: Sequence[Subrequest], *, deciding: str = "", writes: bool = False
) -> Request:
    """The request that executes the subrequests in their order, each whether or not others fail.

    A refused session within it makes it be sent again: of any part, or only of the one named
    `deciding`, the write, since what was written must not be written twice.
    """
    body = {
        "allOrNone": False,
        "collateSubrequests": False,
        "compositeRequest": [subrequest.as_json() for subrequest in subrequests],
    }

    def send(api: Salesforce) -> Any:
        return api.restful("composite", method="POST", json=body)

    def session_ended(answer: Any) -> bool:
        parts = parts_of(answer)
        return any(
            isinstance(_failure(part, writes), SessionRefusedError)
            for name, part in parts.items()
            if deciding in ("", name)
        )

    return Request(purpose, send, writes=writes, session_ended=session_ended)


def parts_of(answer: Any) -> dict[str, Part]:
    """The answers by the subrequests' names; empty where the answer is not a composite's."""
    listed = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
    return {
        part["referenceId"]: Part(part["httpStatusCode"], part.get("body"))
        for part in listed or ()
        if isinstance(part, Mapping) and "referenceId" in part
    }


def bodies_of(answer: Any, subrequests: Sequence[Subrequest]) -> list[Any]:
    """The bodies of a composite that only reads, in order; raises the first part's failure.

    A part that was not executed because of another's failure is not the one that is named.
    """
    parts = parts_of(answer)
    failed = [
        (subrequest, parts[subrequest.name])
        for subrequest in subrequests
        if subrequest.name in parts and not parts[subrequest.name].accepted
    ]
    failed.sort(key=lambda pair: pair[1].halted)
    for subrequest, part in failed:
        raise failure_of(part.status, part.body, writes=False, object_name=subrequest.object_name)
    if len(parts) < len(subrequests):
        raise not_understood()
    return [parts[subrequest.name].body for subrequest in subrequests]


def _failure(part: Part, writes: bool) -> Exception | None:
    return None if part.accepted else failure_of(part.status, part.body, writes=writes)
