"""How things stand, as one icon and one sentence: the one place that decides it.

Sidebar, tray and overview all show what `status_of` says; the banners of the window are those of
`sfsync_gui.ui.texts.notices`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Activity, Progress, SideCondition
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import SERVICE, joined
from sfsync_gui.ui.theme.tokens import Tone

translate = QCoreApplication.translate


class SyncState(StrEnum):
    """The six states, each with an icon in the window and one in the tray."""

    SYNCED = "synced"
    SYNCING = "syncing"
    PAUSED = "paused"
    ATTENTION = "attention"
    OFFLINE = "offline"
    SIGNED_OUT = "signed-out"

    @property
    def icon_name(self) -> str:
        """The line icon of the state."""
        return _ICONS[self]

    @property
    def tray_icon_name(self) -> str:
        """The artwork of the state for the tray."""
        return f"tray-{self.value}"

    @property
    def tone(self) -> Tone:
        """The colour of the state."""
        return _TONES[self]


_ICONS = {
    SyncState.SYNCED: "success",
    SyncState.SYNCING: "sync",
    SyncState.PAUSED: "paused",
    SyncState.ATTENTION: "warning",
    SyncState.OFFLINE: "offline",
    SyncState.SIGNED_OUT: "signed-out",
}
_TONES = {
    SyncState.SYNCED: Tone.SUCCESS,
    SyncState.SYNCING: Tone.ACCENT,
    SyncState.PAUSED: Tone.MUTED,
    SyncState.ATTENTION: Tone.WARNING,
    SyncState.OFFLINE: Tone.MUTED,
    SyncState.SIGNED_OUT: Tone.DANGER,
}


@dataclass(frozen=True, slots=True)
class Status:
    """The state, its sentence, and the time it speaks of (unix seconds, 0 for none).

    `panel` is where a person sees more of it, or can do something about it.
    """

    state: SyncState
    sentence: str
    at: float = 0.0
    panel: str = "overview"


def status_of(snapshot: Snapshot) -> Status:
    """What matters most now: what only a person can mend comes before what passes by itself."""
    for judge in _JUDGES:
        status = judge(snapshot)
        if status is not None:
            return status
    return Status(SyncState.SYNCED, translate("status", "In step"), last_check(snapshot))


def last_check(snapshot: Snapshot) -> float:
    """When both sides were looked at last: the earlier of the two, 0 before the first time."""
    times = [snapshot.checked.get(side, 0.0) for side in Side]
    return min(times, default=0.0)


def sides_in(snapshot: Snapshot, condition: SideCondition) -> list[Side]:
    """The sides that are in that condition."""
    return [side for side, status in snapshot.sides.items() if status.condition is condition]


def _since(snapshot: Snapshot, sides: list[Side]) -> float:
    return max((snapshot.sides[side].since for side in sides), default=0.0)


def _names(sides: list[Side]) -> str:
    return joined([SERVICE[side] for side in sides])


def _failed(snapshot: Snapshot) -> Status | None:
    if snapshot.phase is not Phase.FAILED:
        return None
    title = snapshot.reason.title if snapshot.reason else translate("status", "Not working")
    return Status(SyncState.ATTENTION, title)


def _not_running(snapshot: Snapshot) -> Status | None:
    if snapshot.phase is Phase.STARTING:
        return Status(SyncState.SYNCING, translate("status", "Starting"))
    if snapshot.phase is Phase.STOPPED:
        return Status(SyncState.PAUSED, translate("status", "Stopped"))
    return None


def _unconnected(snapshot: Snapshot) -> Status | None:
    if snapshot.phase is not Phase.UNCONNECTED:
        return None
    missing = [side for side in Side if side not in snapshot.connections]
    if len(missing) == len(Side):
        return Status(SyncState.SIGNED_OUT, translate("status", "Not connected"))
    sentence = translate("status", "{sides} not connected").format(sides=_names(missing))
    return Status(SyncState.SIGNED_OUT, sentence, panel="connections")


def _keyring_locked(snapshot: Snapshot) -> Status | None:
    if snapshot.secrets is not SecretsKept.LOCKED:
        return None
    sentence = translate("status", "The password store is locked")
    return Status(SyncState.ATTENTION, sentence, panel="connections")


def _signed_out(snapshot: Snapshot) -> Status | None:
    sides = sides_in(snapshot, SideCondition.SIGNED_OUT)
    if not sides:
        return None
    sentence = translate("status", "{sides} signed out").format(sides=_names(sides))
    return Status(SyncState.SIGNED_OUT, sentence, _since(snapshot, sides), "connections")


def _paused(snapshot: Snapshot) -> Status | None:
    if not snapshot.paused:
        return None
    return Status(SyncState.PAUSED, translate("status", "Paused"), last_check(snapshot))


def _first_run(snapshot: Snapshot) -> Status | None:
    if snapshot.phase is not Phase.FIRST_RUN:
        return None
    return Status(SyncState.ATTENTION, translate("status", "Set-up is not finished"))


def _broken(snapshot: Snapshot) -> Status | None:
    sides = sides_in(snapshot, SideCondition.SETUP_BROKEN)
    if not sides:
        return None
    sentence = translate("status", "{sides}: the set-up needs you").format(sides=_names(sides))
    return Status(SyncState.ATTENTION, sentence, _since(snapshot, sides), "connections")


def _offline(snapshot: Snapshot) -> Status | None:
    sides = sides_in(snapshot, SideCondition.OFFLINE)
    if not sides:
        return None
    sentence = translate("status", "Cannot reach {sides}").format(sides=_names(sides))
    return Status(SyncState.OFFLINE, sentence, last_check(snapshot))


def _org_paused(snapshot: Snapshot) -> Status | None:
    sides = sides_in(snapshot, SideCondition.ORG_PAUSED)
    if not sides:
        return None
    sentence = translate("status", "{sides} refuses for now").format(sides=_names(sides))
    return Status(SyncState.ATTENTION, sentence, _since(snapshot, sides))


def _budget(snapshot: Snapshot) -> Status | None:
    if snapshot.usage.gate.sync_allowed:
        return None
    sentence = translate("status", "Waiting: the day’s API calls are used")
    return Status(SyncState.ATTENTION, sentence)


def _held(snapshot: Snapshot) -> Status | None:
    if not snapshot.holds:
        return None
    return Status(SyncState.ATTENTION, translate("status", "Changes wait for your decision"))


def _working(snapshot: Snapshot) -> Status | None:
    connecting = snapshot.phase in (Phase.OPENING, Phase.CONNECTING)
    working = snapshot.activity in (Activity.SYNCING, Activity.CONNECTING)
    if not connecting and not working:
        return None
    if snapshot.progress is not None:
        return Status(SyncState.SYNCING, progress_text(snapshot.progress))
    words = translate("status", "Connecting") if connecting else translate("status", "Syncing")
    return Status(SyncState.SYNCING, words)


def _errors(snapshot: Snapshot) -> Status | None:
    if not snapshot.errors:
        return None
    words = counted(snapshot.errors, translate("status", "sync error"))
    return Status(SyncState.ATTENTION, words, last_check(snapshot), "errors")


_JUDGES: tuple[Callable[[Snapshot], Status | None], ...] = (
    _failed,
    _not_running,
    _keyring_locked,
    _unconnected,
    _signed_out,
    _paused,
    _first_run,
    _broken,
    _offline,
    _org_paused,
    _budget,
    _held,
    _working,
    _errors,
)


def progress_text(progress: Progress) -> str:
    """How far a long work is: 'Reading people: 1,200 of 40,000'."""
    name = work_name(progress.work)
    if not progress.total:
        return f"{name}: {grouped(progress.done)}" if progress.done else name
    of = translate("status", "{done} of {total}").format(
        done=grouped(progress.done), total=grouped(progress.total)
    )
    return f"{name}: {of}"


def work_name(work: str) -> str:
    """The name of a long work, from the engine's word for it (`engine.events.Progress`)."""
    names = {
        "directory:intercom": translate("status", "Reading everyone in Intercom"),
        "directory:salesforce": translate("status", "Reading everyone in Salesforce"),
        "linking": translate("status", "Linking people"),
        "companies:intercom": translate("status", "Reading all companies in Intercom"),
        "companies:salesforce": translate("status", "Reading all accounts in Salesforce"),
        "comparison:intercom": translate("status", "Comparing with Intercom"),
        "comparison:salesforce": translate("status", "Comparing with Salesforce"),
    }
    return names.get(work, translate("status", "Syncing"))
