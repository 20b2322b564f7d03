"""How many API calls the org has made in the last 24 hours."""

from __future__ import annotations

from collections import deque

_DAY = 86_400
_STEP = 60


class ApiUsage:
    """Counts API calls over a rolling day, in steps of a minute. `limit` may be changed."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._steps: deque[list[int]] = deque()
        self._used = 0

    def add(self, calls: int, now: float) -> None:
        """Count calls made at `now` (Unix seconds)."""
        step = int(now) // _STEP
        if not self._steps or self._steps[-1][0] != step:
            self._steps.append([step, 0])
        self._steps[-1][1] += calls
        self._used += calls

    def used(self, now: float) -> int:
        """Return the calls of the 24 hours before `now`."""
        first = (int(now) - _DAY) // _STEP
        while self._steps and self._steps[0][0] <= first:
            self._used -= self._steps.popleft()[1]
        return self._used

    def is_used_up(self, now: float) -> bool:
        """Tell whether no further call is answered."""
        return self.used(now) >= self.limit

    def header(self, now: float) -> str:
        """Return the value of `Sforce-Limit-Info`."""
        return f"api-usage={self.used(now)}/{self.limit}"
