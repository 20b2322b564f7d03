"""What stays on top of every panel until it is dealt with: from how things stand, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side, StoreTrouble
from sfsync_gui.engine.events import SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice
from sfsync_gui.ui.wizard.steps import is_needed

translate = QCoreApplication.translate

_LIMIT = "REQUEST_LIMIT_EXCEEDED"
"""The code of a pause because the day's API calls are used up."""


class Remedy(StrEnum):
    """What the button of a notice does; the shell does it."""

    NOTHING = ""
    CONNECT = "connect"
    """Show the connections, to sign in there."""
    CHECK_SETUP = "check_setup"
    DECIDE = "decide"
    """Show the changes that wait for a person."""
    UNLOCK = "unlock"
    """Ask the keyring again."""
    RESUME = "resume"
    LOOK_AGAIN = "look_again"
    SET_UP = "set_up"
    START_ANEW = "start_anew"
    """Set a database that cannot be used aside, after asking."""
    DIAGNOSTICS = "diagnostics"
    ERRORS = "errors"


class Urgency(StrEnum):
    """How much a person is needed."""

    QUIET = "quiet"
    """It passes by itself, or is a person's own doing."""
    NEEDS_PERSON = "needs_person"
    STOPS_SYNC = "stops_sync"


@dataclass(frozen=True, slots=True)
class StandingNotice:
    """One banner. The same `key` later replaces it; what is not quiet is also told by the tray.

    `panels` tell the same in more detail: the banner is not shown above those.
    """

    key: str
    tone: Tone
    title: str
    text: str
    action: str = ""
    remedy: Remedy = Remedy.NOTHING
    urgency: Urgency = Urgency.QUIET
    panels: tuple[str, ...] = ()


def notices_of(snapshot: Snapshot) -> list[StandingNotice]:
    """The banners that belong to a snapshot, what matters most first."""
    notices = [*_program(snapshot), *_secrets(snapshot)]
    if snapshot.phase is not Phase.UNCONNECTED:
        for side, status in snapshot.sides.items():
            notices.extend(_side(side, status))
    if is_needed(snapshot):  # the first run stands in the overview, and tells it itself
        notices = [replace(one, panels=(*one.panels, "overview")) for one in notices]
    notices.extend(_set_up(snapshot))
    notices.extend(_decisions(snapshot))
    return notices


def alerts_of(snapshot: Snapshot) -> list[StandingNotice]:
    """What a person is needed for, whether or not a banner tells it."""
    notices = [*notices_of(snapshot), *_errors(snapshot)]
    return [notice for notice in notices if notice.urgency is not Urgency.QUIET]


def _errors(snapshot: Snapshot) -> Iterator[StandingNotice]:
    """Sync errors have a panel and a badge of their own; who is not looking is told of them."""
    if snapshot.errors:
        number = counted(snapshot.errors, translate("notices", "change"))
        yield StandingNotice(
            "errors",
            Tone.WARNING,
            translate("notices", "{number} could not be made").format(number=number),
            translate("notices", "Each is listed with its cause and what to do."),
            remedy=Remedy.ERRORS,
            urgency=Urgency.NEEDS_PERSON,
        )


def _program(snapshot: Snapshot) -> Iterator[StandingNotice]:
    if snapshot.phase is Phase.FAILED and snapshot.reason is not None:
        yield _failed(snapshot.reason)
    if is_needed(snapshot) and snapshot.phase in (Phase.UNCONNECTED, Phase.FIRST_RUN):
        yield StandingNotice(
            "program",
            Tone.ACCENT,
            translate("notices", "The set-up is not finished"),
            translate("notices", "Nothing is synced until both sides are connected and mapped."),
            translate("notices", "Go on with it"),
            Remedy.SET_UP,
            panels=("overview",),
        )
    elif snapshot.phase is Phase.UNCONNECTED and not snapshot.is_demo:
        yield StandingNotice(
            "program",
            Tone.WARNING,
            translate("notices", "The sync rests"),
            translate("notices", "A side is disconnected. Links and history are kept."),
            translate("notices", "Connect"),
            Remedy.CONNECT,
            panels=("connections",),
        )


def _failed(reason: SfsyncError) -> StandingNotice:
    """Why the profile cannot be used, and the way on."""
    if reason.code in (StoreTrouble.DAMAGED, StoreTrouble.FOREIGN):
        action, remedy = translate("notices", "Start anew…"), Remedy.START_ANEW
    elif isinstance(reason, StoreError):
        action, remedy = translate("notices", "Try again"), Remedy.LOOK_AGAIN
    else:
        action, remedy = translate("notices", "Save diagnostics…"), Remedy.DIAGNOSTICS
    text = _said(reason)
    stops = Urgency.STOPS_SYNC
    return StandingNotice("program", Tone.DANGER, reason.title, text, action, remedy, stops)


def _secrets(snapshot: Snapshot) -> Iterator[StandingNotice]:
    if snapshot.secrets is SecretsKept.LOCKED:
        yield StandingNotice(
            "secrets",
            Tone.WARNING,
            translate("notices", "The password store is locked"),
            translate("notices", "Your sign-ins are in it. Unlock it, then try again."),
            translate("notices", "Try again"),
            Remedy.UNLOCK,
            Urgency.STOPS_SYNC,
            panels=("connections",),
        )
    if snapshot.secrets is SecretsKept.IN_MEMORY and not snapshot.is_demo:
        yield StandingNotice(
            "secrets",
            Tone.WARNING,
            translate("notices", "Sign-ins are kept until you quit"),
            translate("notices", "There is no password store. Next time you sign in again."),
            panels=("connections",),
        )


def _side(side: Side, status: SideStatus) -> Iterator[StandingNotice]:
    name, reason = SERVICE[side], status.reason
    if status.condition is SideCondition.SIGNED_OUT:
        said = _said(reason) or translate("notices", "The access was refused.")
        goes_on = translate("notices", "The sync goes on where it stopped.")
        yield StandingNotice(
            f"side:{side}",
            Tone.DANGER,
            translate("notices", "{service} is signed out").format(service=name),
            f"{said} {goes_on}",
            translate("notices", "Reconnect"),
            Remedy.CONNECT,
            Urgency.STOPS_SYNC,
            panels=("connections",),
        )
    if status.condition is SideCondition.SETUP_BROKEN:
        title = translate("notices", "{service} is not set up as needed").format(service=name)
        yield StandingNotice(
            f"side:{side}",
            Tone.DANGER,
            reason.title if reason else title,
            _said(reason),
            translate("notices", "Check set-up"),
            Remedy.CHECK_SETUP,
            Urgency.STOPS_SYNC,
            panels=("connections",),
        )
    if status.condition is SideCondition.ORG_PAUSED:
        title = translate("notices", "{service} refuses for now").format(service=name)
        yield StandingNotice(
            f"side:{side}",
            Tone.WARNING,
            reason.title if reason else title,
            _said(reason) or translate("notices", "It is tried again by itself."),
            translate("notices", "Try now"),
            Remedy.LOOK_AGAIN,
            _urgency_of(reason),
            panels=("connections",),
        )


def _urgency_of(reason: SfsyncError | None) -> Urgency:
    """A day's limit passes by itself; an API that was switched off waits for somebody."""
    passes = reason is None or reason.code == _LIMIT
    return Urgency.QUIET if passes else Urgency.STOPS_SYNC


def _set_up(snapshot: Snapshot) -> Iterator[StandingNotice]:
    """What the check found that the sides themselves have not told."""
    broken = any(status.condition is not SideCondition.READY for status in snapshot.sides.values())
    if snapshot.set_up is None or not snapshot.set_up.failed or broken:
        return
    if snapshot.phase is not Phase.RUNNING:
        return
    number = counted(snapshot.set_up.failed, translate("notices", "thing"))
    yield StandingNotice(
        "set_up",
        Tone.WARNING,
        translate("notices", "The set-up check found {number} to mend").format(number=number),
        translate("notices", "Each is listed with what it breaks and the clicks that mend it."),
        translate("notices", "Look at it"),
        Remedy.CHECK_SETUP,
        Urgency.NEEDS_PERSON,
        panels=("connections",),
    )


def _decisions(snapshot: Snapshot) -> Iterator[StandingNotice]:
    if snapshot.holds:
        yield StandingNotice(
            "holds",
            Tone.WARNING,
            translate("notices", "Unusually many changes are held back"),
            translate("notices", "They wait until you have looked at them. You decide."),
            translate("notices", "Look at it"),
            Remedy.DECIDE,
            Urgency.NEEDS_PERSON,
        )
    if not snapshot.usage.gate.sync_allowed:
        yield StandingNotice(
            "budget",
            Tone.WARNING,
            translate("notices", "The day’s share of Salesforce API calls is used"),
            translate("notices", "Changes wait and follow when Salesforce counts fewer calls."),
        )


def clock_notice(now: float, known: float) -> Notice:
    """The computer's clock stands before the profile's last use."""
    return Notice(
        Tone.WARNING,
        translate("notices", "The computer’s clock may be wrong"),
        translate(
            "notices",
            "It says {now}, but SFSync was used here on {known}. With a wrong date no secure "
            "connection can be made. Set date and time in the system’s settings.",
        ).format(now=times.date(now), known=times.date(known)),
        translate("notices", "Check again"),
        dismissable=True,
    )


def _said(failure: SfsyncError | None) -> str:
    """What happened, and what to do, as one text."""
    if failure is None:
        return ""
    return " ".join(part for part in (failure.message, failure.remedy) if part)
