"""How each side is: ready, or not, why, and when it is looked at again."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sfsync_gui.core.failures import (
    MissingPermissionError,
    OrgError,
    SetupError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Event, SideChanged, SideCondition, SideStatus

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
ORG_PAUSE = 900.0
PERMISSION_PAUSE = 900.0
SETUP_PAUSE = 86_400.0


@dataclass(slots=True)
class Conditions:
    """Keeps the status of both sides and tells each change once."""

    emit: Callable[[Event], None]
    random: random.Random
    statuses: dict[Side, SideStatus] = field(
        default_factory=lambda: {side: SideStatus() for side in Side}
    )

    def is_open(self, side: Side, now: float) -> bool:
        """Whether the side may be tried now."""
        status = self.statuses[side]
        if status.condition is SideCondition.READY:
            return True
        return status.retry_at is not None and now >= status.retry_at

    def succeeded(self, side: Side, now: float) -> None:
        """The side answered as it should."""
        if self.statuses[side].condition is not SideCondition.READY:
            self._set(side, SideStatus(since=now))

    def failed(self, side: Side, failure: SfsyncError, now: float) -> None:
        """The side failed as a whole; it is tried again after a time that fits the failure."""
        before = self.statuses[side]
        condition, pause = self._judge(failure, before.failures + 1)
        since = before.since if before.condition is condition else now
        retry_at = None if pause is None else now + pause
        self._set(side, SideStatus(condition, since, failure, retry_at, before.failures + 1))

    def look_again(self) -> None:
        """Try every side at the next occasion: a person asked, or something was mended."""
        for side, status in self.statuses.items():
            if status.condition is not SideCondition.READY:
                self.statuses[side] = SideStatus(
                    status.condition, status.since, status.reason, 0.0, status.failures
                )

    def _judge(self, failure: SfsyncError, failures: int) -> tuple[SideCondition, float | None]:
        if isinstance(failure, SignInError):
            return SideCondition.SIGNED_OUT, None
        if isinstance(failure, MissingPermissionError):
            return SideCondition.SETUP_BROKEN, PERMISSION_PAUSE
        if isinstance(failure, SetupError):
            return SideCondition.SETUP_BROKEN, SETUP_PAUSE
        if isinstance(failure, OrgError | StoreError):
            return SideCondition.ORG_PAUSED, ORG_PAUSE
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 12))
        pause *= self.random.uniform(0.5, 1.0)
        if isinstance(failure, TransientError) and failure.retry_after is not None:
            pause = max(pause, failure.retry_after)
        return SideCondition.OFFLINE, pause

    def _set(self, side: Side, status: SideStatus) -> None:
        told = self.statuses[side].condition is status.condition and status.failures > 1
        self.statuses[side] = status
        if not told:
            self.emit(SideChanged(side, status))
