"""What keeps the first run from going on: from how things stand, in words, with a way on."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice, notice_of

translate = QCoreApplication.translate


class Mending(Enum):
    """What the banner's button does."""

    UNLOCK = "unlock"
    """Ask the keyring again."""
    SIGN_IN = "sign_in"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What a banner says, of which side, and what its button does."""

    notice: Notice
    mending: Mending
    side: Side | None = None


def hindrance_of(snapshot: Snapshot) -> Hindrance | None:
    """What matters most, None where nothing is in the way."""
    if snapshot.secrets is SecretsKept.LOCKED:
        return _locked()
    if snapshot.phase not in (Phase.OPENING, Phase.FIRST_RUN, Phase.CONNECTING):
        return None
    for side, status in snapshot.sides.items():
        if status.condition is SideCondition.READY or status.reason is None:
            continue
        if status.condition is SideCondition.SIGNED_OUT:
            action, mending = translate("wizard", "Sign in again"), Mending.SIGN_IN
        else:
            action, mending = translate("wizard", "Try again"), Mending.TRY_AGAIN
        notice = notice_of(status.reason, action=action, dismissable=False)
        return Hindrance(notice, mending, side)
    return None


def _locked() -> Hindrance:
    notice = Notice(
        Tone.WARNING,
        translate("wizard", "The password store is locked"),
        translate("wizard", "Your sign-ins are in it. Unlock it, then try again."),
        translate("wizard", "Try again"),
    )
    return Hindrance(notice, Mending.UNLOCK)
