"""What the engine tells the world while it works: typed, frozen, one way."""

from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import Side


class Activity(StrEnum):
    """What the engine is doing."""

    IDLE = "idle"
    SYNCING = "syncing"
    PAUSED = "paused"
    CONNECTING = "connecting"
    STOPPED = "stopped"


class SideCondition(StrEnum):
    """How one side is."""

    READY = "ready"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    ORG_PAUSED = "org_paused"
    SETUP_BROKEN = "setup_broken"


@dataclass(frozen=True, slots=True)
class SideStatus:
    """The condition of one side, since when (unix seconds), and why.

    `retry_at` is when the engine looks again by itself, None where only a person can help.
    """

    condition: SideCondition = SideCondition.READY
    since: float = 0.0
    reason: SfsyncError | None = None
    retry_at: float | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class ActivityChanged:
    """The engine began or ended doing something."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class SideChanged:
    """A side's condition changed."""

    side: Side
    status: SideStatus


@dataclass(frozen=True, slots=True)
class Checked:
    """A feed was read to its end; `changes` is how many people it showed as changed."""

    side: Side
    at: float
    changes: int


@dataclass(frozen=True, slots=True)
class HistoryAdded:
    """Entries were added to the history."""

    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class ErrorOpened:
    """A sync error came up or was renewed."""

    error: SyncError


@dataclass(frozen=True, slots=True)
class ErrorsClosed:
    """Sync errors no longer hold."""

    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long work is; `total` is 0 where it is not known."""

    work: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class GuardHeld:
    """An unusual number of writes waits for a person."""

    measure: str
    links: int


@dataclass(frozen=True, slots=True)
class SetUpChecked:
    """The set-up was checked, by hand or by itself."""

    report: SetUpReport


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A background task ended with an unexpected exception; it is started again."""

    task: str
    error: str


Event = (
    ActivityChanged
    | SideChanged
    | Checked
    | HistoryAdded
    | ErrorOpened
    | ErrorsClosed
    | Progress
    | GuardHeld
    | SetUpChecked
    | TaskFailed
)


def unheard(_event: Event) -> None:
    """Nobody listens to the events."""
