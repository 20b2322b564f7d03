"""The panel Connections."""

from dataclasses import replace

from PySide6.QtWidgets import QDialog, QPushButton, QScrollArea

from sfsync_gui.core.failures import SetupError, SignInError, not_permitted
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.schema import ObjectAccess, OrgSurvey, SalesforceField, SalesforceType
from sfsync_gui.core.set_up_check import Asked, SetUpFacts, check_set_up
from sfsync_gui.core.set_up_fields import REQUIRED
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.events import SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot
from sfsync_gui.ui.accounts.findings import FindingRow
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


def _report(now: int) -> SetUpReport:
    """An org that lacks rights and fields, and a clock that is off."""
    objects = {
        name: ObjectAccess(
            {
                field: SalesforceField(name, field, field, SalesforceType.STRING)
                for field in fields
                if field not in ("Phone", "LeadSource", "Type")
            },
            updateable=name != "Contact",
        )
        for name, fields in REQUIRED.items()
    }
    refusal = not_permitted(Permission.READ_ADMINS)
    facts = SetUpFacts(
        now=now,
        org=OrgSurvey("Professional Edition", objects, now - 760),
        intercom_refusals={Asked.TEAMMATES: refusal},
        users={Side.SALESFORCE: "integration@northwind.example"},
        optional={"Account": "company sync", "Task": "tasks"},
    )
    return SetUpReport(now, check_set_up(facts, SyncRules()))


def _scroll_down(stage: Stage) -> None:
    for area in stage.panel.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


@scenes.add
async def set_up_check(stage: Stage) -> None:
    """The set-up check found things to mend, of every kind."""
    checked = int(stage.snapshot.checked[Side.SALESFORCE])
    stage.open_window("connections", replace(stage.snapshot, set_up=_report(checked - 3600)))
    stage.panel.findChildren(QScrollArea)[0].ensureWidgetVisible(
        stage.find(FindingRow, "Intercom: People. The attribute email cannot be read.")
    )


@scenes.add
async def set_up_check_end(stage: Stage) -> None:
    """The end of what it found: notes, what is well, and when that was."""
    checked = int(stage.snapshot.checked[Side.SALESFORCE])
    stage.open_window("connections", replace(stage.snapshot, set_up=_report(checked - 3600)))
    _scroll_down(stage)


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
