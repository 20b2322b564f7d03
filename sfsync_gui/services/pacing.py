"""Pace and patience towards a service: a rate limiter fed by answers, and repeated attempts."""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from sfsync_gui.core.failures import OutcomeUnknownError, TransientError
from sfsync_gui.engine.ports import Clock

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
RESERVED_SHARE = 0.1
"""Share of a window that low-priority calls leave to others."""
_MARGIN_SECONDS = 0.05
"""Added to the computed end of a window: the clock that dates an answer and the one that counts
the calls need not be the same machine's."""
_NOT_YET_SECONDS = 0.25
"""Pause before asking again when a window turns out to last longer than computed."""
_PATIENCE_SECONDS = 5.0
"""How long the call that finds out is waited for before another one tries: it may hang."""
_SHORTEST_WAIT_SECONDS = 0.001
"""So that waiting moves any clock: a float of unix seconds has no finer steps than 2.4e-7."""


class Priority(IntEnum):
    """Who goes first where calls have to wait."""

    ORDINARY = 0
    LOW = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer's headers tell of the limit.

    `limit` and `remaining` are calls in the current window; `reset` is its end in unix seconds by
    the service's clock; `date` is that clock when the answer was made, whole seconds rounded
    down, None where it was not told. `sent_at` is when the request was sent, by our clock.
    """

    limit: int
    remaining: int
    reset: int
    date: int | None
    sent_at: float


class _ServiceClock:
    """How far the service's clock is ahead of ours, at least, in seconds.

    Each answer bounds it: it was made after the request was sent and before it arrived here, in
    the second of its date, and in the window of its reset. The largest lower bound makes a window
    end rather too late than too early, and comes close to the truth after a few answers.
    """

    def __init__(self, window_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._ahead: float | None = None

    def observe(self, reading: Reading, now: float) -> None:
        """Take in an answer that arrived at `now`."""
        earliest, latest = reading.reset - self._window_seconds, float(reading.reset)
        # A date from outside the window is of a machine whose clock has nothing to do with it.
        if reading.date is not None and earliest - 1 <= reading.date <= latest:
            earliest, latest = max(earliest, reading.date), min(latest, reading.date + 1)
        ahead = earliest - now
        stepped = self._ahead is None or self._ahead > latest - reading.sent_at
        self._ahead = ahead if stepped or self._ahead is None else max(self._ahead, ahead)

    def ours(self, moment: float) -> float:
        """A moment of the service's clock by ours, rather too late than too early."""
        return moment - (self._ahead or 0.0)


@dataclass(slots=True)
class _Window:
    """The current window: the times are by our clock; `answered` counts our own calls in it."""

    limit: int
    remaining: int
    reset: int
    first_seen: float
    ends_at: float
    answered: int = 1

    @property
    def free(self) -> int:
        """Calls that may still be counted to this window.

        Our own count guards against a service that tells what remained before the call.
        """
        return min(self.remaining, self.limit - self.answered)


@dataclass(order=True, slots=True)
class _Waiter:
    priority: Priority
    order: int
    news: asyncio.Event = field(default_factory=asyncio.Event, compare=False)
    gone: bool = field(default=False, compare=False)


class RateLimiter:
    """Lets as many calls through as the service said it takes, and no more.

    The limit is learnt from the answers. Where nothing is known (at the start, or after a window
    has ended) one call goes ahead and finds out. Otherwise a call goes if the window has room for
    it and for all that are under way. `window_seconds` is how long a window lasts. Safe for
    concurrent use within one event loop, and against cancellation.
    """

    def __init__(self, clock: Clock, *, window_seconds: float) -> None:
        self._clock = clock
        self._window_seconds = window_seconds
        self._service_clock = _ServiceClock(window_seconds)
        self._window: _Window | None = None
        self._under_way = 0
        self._finding_out_since: float | None = None
        self._waiters: list[_Waiter] = []
        self._order = itertools.count()

    @contextlib.asynccontextmanager
    async def call(self, priority: Priority = Priority.ORDINARY) -> AsyncIterator[None]:
        """Wait for a place, and keep it while the call is under way.

        Tell `observe` of the answer before leaving.
        """
        first = await self._admitted(priority)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if first:
                self._finding_out_since = None
            self._wake_first()

    def observe(self, reading: Reading) -> None:
        """Take in what an answer told."""
        now = self._clock.now()
        self._service_clock.observe(reading, now)
        window = self._window
        if window is None or reading.reset > window.reset or self._was_set_back(window, now):
            window = _Window(reading.limit, reading.remaining, reading.reset, now, 0.0)
            self._window = window
        elif reading.reset == window.reset:
            window.limit = reading.limit
            window.remaining = min(window.remaining, reading.remaining)
            window.answered += 1
        else:
            return
        ends_at = self._service_clock.ours(window.reset) + _MARGIN_SECONDS
        window.ends_at = min(ends_at, now + self._window_seconds + 1)
        if now >= window.ends_at:
            window.ends_at = now + _NOT_YET_SECONDS
        self._wake_first()

    def hold(self, seconds: float) -> None:
        """Send nothing for a time: the service refused a call without telling until when."""
        now = self._clock.now()
        reset = 0 if self._window is None else self._window.reset
        self._window = _Window(0, 0, reset, now, now + seconds)

    def seconds_left(self) -> float:
        """Seconds until the current window ends; 0 where none is known."""
        if self._window is None or self._is_unknown():
            return 0.0
        return self._window.ends_at - self._clock.now()

    async def _admitted(self, priority: Priority) -> bool:
        """Wait until a call may go; return whether it goes to find out."""
        waiter = _Waiter(priority, next(self._order))
        heapq.heappush(self._waiters, waiter)
        try:
            while (wait := self._wait_of(waiter)) != 0:
                await self._news(waiter, wait)
            first = self._is_unknown()
            if first:
                self._finding_out_since = self._clock.now()
            return first
        finally:
            waiter.gone = True
            # The next one runs later than this call, which is counted as under way by then.
            self._wake_first()

    def _wait_of(self, waiter: _Waiter) -> float | None:
        """Seconds to wait at most; 0 to go; None to wait for news only."""
        if self._waiters[0] is not waiter:
            return None
        window = self._window
        if window is None or self._is_unknown():
            return self._patience()
        reserved = int(window.limit * RESERVED_SHARE) if waiter.priority is Priority.LOW else 0
        if window.free - self._under_way > reserved:
            return 0
        return max(_SHORTEST_WAIT_SECONDS, window.ends_at - self._clock.now())

    def _patience(self) -> float:
        """Seconds that a call waits for the one that finds out; 0 if there is none, or no more."""
        if self._finding_out_since is None:
            return 0
        waited = self._clock.now() - self._finding_out_since
        return _PATIENCE_SECONDS - waited if 0 <= waited < _PATIENCE_SECONDS else 0

    def _is_unknown(self) -> bool:
        """Whether the window has ended, or whether this cannot be told."""
        now = self._clock.now()
        window = self._window
        return window is None or now >= window.ends_at or self._was_set_back(window, now)

    def _was_set_back(self, window: _Window, now: float) -> bool:
        """Whether our clock was set back since the window was first seen."""
        return now < window.first_seen

    async def _news(self, waiter: _Waiter, wait: float | None) -> None:
        """Wait for news of the window or for its end."""
        waiter.news.clear()
        if wait is None:
            await waiter.news.wait()
            return
        news = asyncio.ensure_future(waiter.news.wait())
        end = asyncio.ensure_future(self._clock.sleep(wait))
        try:
            await asyncio.wait((news, end), return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            end.cancel()
            await asyncio.gather(news, end, return_exceptions=True)

    def _wake_first(self) -> None:
        while self._waiters and self._waiters[0].gone:
            heapq.heappop(self._waiters)
        if self._waiters:
            self._waiters[0].news.set()


def attempts(
    clock: Clock, random: Random, may_repeat: Callable[[TransientError], bool]
) -> AsyncRetrying:
    """Attempts with growing, jittered pauses: at most `ATTEMPTS`, the last failure is raised.

    Only `TransientError` is followed by another attempt, and only if `may_repeat` allows it; an
    `OutcomeUnknownError` never is: whoever wrote looks before writing again. The failure's
    `retry_after` is waited for where it is longer than the pause.
    """

    def repeats(error: BaseException) -> bool:
        if isinstance(error, OutcomeUnknownError) or not isinstance(error, TransientError):
            return False
        return may_repeat(error)

    def pause(state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome is not None else None
        least = failed.retry_after if isinstance(failed, TransientError) else None
        longest = min(
            LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * float(2 ** (state.attempt_number - 1))
        )
        return max(least or 0.0, longest * random.uniform(0.5, 1.0))

    return AsyncRetrying(
        sleep=clock.sleep,
        stop=stop_after_attempt(ATTEMPTS),
        retry=retry_if_exception(repeats),
        wait=pause,
        reraise=True,
    )
