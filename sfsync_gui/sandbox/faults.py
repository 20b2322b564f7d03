"""What can go wrong between a client and a service, planned request by request."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens to a request instead of an ordinary answer."""

    RATE_LIMITED = "rate_limited"
    """Answered with 429, not applied."""
    SERVER_ERROR = "server_error"
    """Answered with 5xx, not applied."""
    SERVER_ERROR_APPLIED = "server_error_applied"
    """Applied, then answered with 5xx."""
    RESET_BEFORE = "reset_before"
    """The connection is dropped before anything is applied."""
    RESET_AFTER = "reset_after"
    """Applied, then the connection is dropped without an answer."""
    LATE_APPLY = "late_apply"
    """No answer within any client's time-out. The request is applied `Fault.delay` seconds later,
    or never if the service refuses it then."""
    SESSION_EXPIRED = "session_expired"
    """Salesforce only: the session has ended, not applied."""
    LOCK_ROW = "lock_row"
    """Salesforce only: a row is locked by another transaction."""
    REFUSED = "refused"
    """Intercom only: answered with 400 and the code of an error that is described nowhere closer
    ("client_error"), not applied."""
    DAILY_LIMIT = "daily_limit"
    """Salesforce only: the day's API requests are used up, not applied."""


@dataclass(frozen=True)
class Fault:
    """One fault, armed for the requests that match `method` and `path`.

    `method` is compared exactly (None: any); `path` is a regular expression searched in the path
    (None: any). The first `skip` matching requests pass unharmed, the next `times` are hit.
    `delay` (seconds) is used by LATE_APPLY only.
    """

    kind: FaultKind
    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int = 1
    delay: float = 5.0

    def matches(self, method: str, path: str) -> bool:
        """Tell whether this fault is meant for a request."""
        if self.method is not None and self.method != method:
            return False
        return self.path is None or re.search(self.path, path) is not None


@dataclass
class _ArmedFault:
    """A fault and how much of it is left."""

    fault: Fault
    skip: int
    times: int


class FaultPlan:
    """The faults that are armed. `fired` counts those that have happened, by kind."""

    def __init__(self) -> None:
        self._armed: list[_ArmedFault] = []
        self.fired: Counter[FaultKind] = Counter()

    def arm(self, fault: Fault) -> None:
        """Add a fault; faults armed earlier are considered first."""
        self._armed.append(_ArmedFault(fault, fault.skip, fault.times))

    def clear(self) -> None:
        """Disarm everything; `fired` stays."""
        self._armed.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return what should happen to this request, consuming it, or None for nothing.

        A fault that lets this request pass has counted it; later faults may still hit it.
        """
        for armed in self._armed:
            if not armed.fault.matches(method, path):
                continue
            if armed.skip > 0:
                armed.skip -= 1
                continue
            armed.times -= 1
            if armed.times <= 0:
                self._armed.remove(armed)
            self.fired[armed.fault.kind] += 1
            return armed.fault
        return None


class ConnectionDropped(Exception):  # noqa: N818 - an event on the wire, not an error of ours
    """The connection ended without an answer; `applied` tells whether the request took effect."""

    def __init__(self, *, applied: bool) -> None:
        super().__init__("the connection was dropped", applied)
        self.applied = applied


class AnswerWithheld(Exception):  # noqa: N818 - an event on the wire, not an error of ours
    """No answer comes within any client's time-out; `applied`: had the request taken effect."""

    def __init__(self, *, applied: bool) -> None:
        super().__init__("the answer was withheld", applied)
        self.applied = applied
