"""The panel Connections."""

from dataclasses import replace

from PySide6.QtWidgets import QDialog, QPushButton

from sfsync_gui.core.failures import SetupError, SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.events import SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("connections")


@scenes.add
async def full(stage: Stage) -> None:
    """Both sides are connected."""
    stage.open_window("connections")


@scenes.add
async def empty(stage: Stage) -> None:
    """Neither side was ever connected."""
    stage.open_window("connections", stage.programs.new.snapshot, host=stage.programs.new)


@scenes.add
async def loading(stage: Stage) -> None:
    """The program is starting."""
    stage.open_window(
        "connections", replace(Snapshot(), phase=Phase.STARTING), host=stage.programs.new
    )


def _signed_out(stage: Stage) -> Snapshot:
    reason = SignInError(
        "Salesforce is signed out",
        "The access was revoked in Salesforce.",
        "Sign in again.",
        side=Side.SALESFORCE,
        cause=next(iter(SignInCause)),
    )
    out = SideStatus(SideCondition.SIGNED_OUT, stage.snapshot.checked[Side.SALESFORCE], reason)
    return replace(stage.snapshot, sides={**stage.snapshot.sides, Side.SALESFORCE: out})


@scenes.add
async def error(stage: Stage) -> None:
    """Salesforce has revoked the access."""
    stage.open_window("connections", _signed_out(stage))


@scenes.add
async def error_both(stage: Stage) -> None:
    """A right is missing, and the password store is locked."""
    reason = SetupError(
        "A permission is missing",
        "The user may not edit contacts.",
        "Give the user of the connection the permission Edit on Contact.",
        side=Side.SALESFORCE,
    )
    broken = SideStatus(SideCondition.SETUP_BROKEN, 0, reason)
    stage.open_window(
        "connections",
        replace(
            stage.snapshot,
            sides={**stage.snapshot.sides, Side.SALESFORCE: broken},
            secrets=SecretsKept.LOCKED,
        ),
    )


@scenes.add
async def in_memory(stage: Stage) -> None:
    """There is no password store."""
    stage.open_window("connections", replace(stage.snapshot, secrets=SecretsKept.IN_MEMORY))


@scenes.add
async def disconnect(stage: Stage) -> None:
    """What disconnecting means."""
    stage.open_window("connections")
    stage.find(QPushButton, "Disconnect").click()
    await stage.dialog(QDialog)
