"""The panel Overview, and the sidebar's states beside it."""

from dataclasses import replace

from PySide6.QtWidgets import QDialog, QScrollArea

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.failures import OrgError, StoreError, TransientError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Activity, Progress, SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, UsageView
from sfsync_gui.ui.panels.overview import OverviewPanel
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("overview")


async def _drawn(stage: Stage) -> None:
    """Wait for the chart."""
    panel = stage.panel
    assert isinstance(panel, OverviewPanel)
    await stage.until(panel.chart.accessibleDescription)


@scenes.add
async def full(stage: Stage) -> None:
    """A day's changes, errors, calls."""
    stage.open_window("overview")
    await _drawn(stage)


@scenes.add
async def full_below(stage: Stage) -> None:
    """The end of the page: what the calls were for."""
    stage.open_window("overview")
    await _drawn(stage)
    await stage.at_rest()
    bar = stage.find(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())


@scenes.add
async def empty(stage: Stage) -> None:
    """Everything runs, nothing was changed yet."""
    calm = replace(stage.snapshot, errors=0, usage=UsageView())
    stage.open_window("overview", calm, host=stage.programs.new)


@scenes.add
async def loading(stage: Stage) -> None:
    """The program is starting."""
    stage.open_window("overview", replace(stage.snapshot, phase=Phase.STARTING), held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """The profile cannot be used."""
    reason = StoreError(
        "The database cannot be opened",
        "It was written by a newer version of SFSync.",
        "Install the newest version.",
    )
    stage.open_window(
        "overview", replace(stage.snapshot, phase=Phase.FAILED, reason=reason), failure=reason
    )


@scenes.add
async def syncing(stage: Stage) -> None:
    """A long work under way."""
    progress = Progress("comparison:salesforce", 12_400, 100_000)
    stage.open_window(
        "overview", replace(stage.snapshot, activity=Activity.SYNCING, progress=progress)
    )
    await _drawn(stage)


@scenes.add
async def paused(stage: Stage) -> None:
    """A person paused it."""
    stage.open_window("overview", replace(stage.snapshot, activity=Activity.PAUSED))
    await _drawn(stage)


@scenes.add
async def offline(stage: Stage) -> None:
    """Neither side can be reached."""
    reason = TransientError(
        "Intercom cannot be reached", "There is no connection.", side=Side.INTERCOM
    )
    gone = SideStatus(SideCondition.OFFLINE, stage.snapshot.checked[Side.INTERCOM], reason)
    stage.open_window("overview", replace(stage.snapshot, sides=dict.fromkeys(Side, gone)))
    await _drawn(stage)


@scenes.add
async def limits(stage: Stage) -> None:
    """The org refuses, the day's calls are used, changes are held back: every banner."""
    reason = OrgError("", "The org has used its API calls of today.", side=Side.SALESFORCE)
    reason.title = "Salesforce’s daily limit is reached"
    refusing = SideStatus(SideCondition.ORG_PAUSED, stage.snapshot.checked[Side.INTERCOM], reason)
    usage = UsageView(9_800, 14_990, 15_000, 10_000, 0.999, Gate.CLOSED, 16_200)
    sides = {**stage.snapshot.sides, Side.SALESFORCE: refusing}
    stage.open_window("overview", replace(stage.snapshot, sides=sides, usage=usage, holds=2))
    await _drawn(stage)


@scenes.add
async def decision(stage: Stage) -> None:
    """Unusually many changes wait for a person."""
    window = stage.open_window("overview", replace(stage.snapshot, holds=1))
    await _drawn(stage)
    window.show_panel("overview", "holds")
    await stage.dialog(QDialog)
