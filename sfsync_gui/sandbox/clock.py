"""Time in the sandbox: clocks that can run fast or stand still, and the agenda of what is to come.

Nothing in the sandbox uses timers. What is to happen later (a late commit, an index refresh, a
request that is applied after the client gave up) is put on an `Agenda`, and the agenda is run at
the start of each request and before each direct access to the state. So everything works with
any clock, in any thread and without an event loop.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """A source of simulated time."""

    def now(self) -> float:
        """Return the simulated time in Unix seconds."""
        ...


class WallClock:
    """A clock that runs `speed` times as fast as the wall, from `start` (Unix seconds).

    Without `start` it begins at the real time. It never runs backwards, whatever happens to the
    computer's own clock.
    """

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        if speed <= 0:
            raise ValueError("speed must be positive")
        self._speed = speed
        self._start = time.time() if start is None else start
        self._origin = time.monotonic()

    def now(self) -> float:
        """Return the simulated time in Unix seconds."""
        return self._start + (time.monotonic() - self._origin) * self._speed


class ManualClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, start: float) -> None:
        self._now = float(start)

    def now(self) -> float:
        """Return the simulated time in Unix seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward by `seconds`; raise ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._now += seconds


class Agenda:
    """What is to happen later, in order of time; ties in the order in which they were added."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._entries: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Have `action` executed by the first `run_due` at or after `when` (Unix seconds)."""
        heapq.heappush(self._entries, (when, next(self._order), action))

    @property
    def next_at(self) -> float | None:
        """When the next action is due (Unix seconds), None where nothing is to happen."""
        return self._entries[0][0] if self._entries else None

    def run_due(self) -> None:
        """Execute all that is due, in order, and also what these actions add if it is due."""
        while self._entries and self._entries[0][0] <= self._clock.now():
            _when, _order, action = heapq.heappop(self._entries)
            action()

    def __len__(self) -> int:
        return len(self._entries)
