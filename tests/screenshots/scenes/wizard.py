"""The first run, step by step."""

from dataclasses import replace

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Progress
from sfsync_gui.engine.handle import Phase, Snapshot
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.widgets.states import SkeletonRows
from sfsync_gui.ui.wizard.steps import Step
from sfsync_gui.ui.wizard.wizard import Wizard
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("wizard")


def _wizard(stage: Stage, step: Step) -> Wizard:
    panel = stage.panel
    assert isinstance(panel, OverviewPanel)
    assert panel.wizard is not None
    panel.wizard.show_step(step)
    assert panel.wizard.step is step
    return panel.wizard


def _connected(stage: Stage, *sides: Side) -> Snapshot:
    """Before the first run, with these sides connected."""
    snapshot = stage.snapshot
    assert snapshot.profile is not None
    return replace(
        snapshot,
        phase=Phase.FIRST_RUN if len(sides) == len(Side) else Phase.UNCONNECTED,
        connections={side: snapshot.connections[side] for side in sides},
        profile=replace(snapshot.profile, connected_at=0),
        errors=0,
    )


@scenes.add
async def welcome(stage: Stage) -> None:
    """Own accounts, or the demo."""
    stage.open_window("overview", stage.programs.new.snapshot, host=stage.programs.new)
    _wizard(stage, Step.WELCOME)


@scenes.add
async def salesforce(stage: Stage) -> None:
    """Which app to register, and the form."""
    stage.open_window("overview", stage.programs.new.snapshot, host=stage.programs.new)
    _wizard(stage, Step.SALESFORCE)


@scenes.add
async def intercom(stage: Stage) -> None:
    """The same for Intercom, with Salesforce connected."""
    stage.open_window("overview", _connected(stage, Side.SALESFORCE))
    _wizard(stage, Step.INTERCOM)


@scenes.add
async def connected(stage: Stage) -> None:
    """Who is signed in to Salesforce."""
    stage.open_window("overview", _connected(stage, *Side))
    _wizard(stage, Step.SALESFORCE)


@scenes.add
async def check(stage: Stage) -> None:
    """What the check of the set-up found."""
    stage.open_window("overview", _connected(stage, *Side))
    _wizard(stage, Step.CHECK)
    await stage.until(lambda: not stage.seen(SkeletonRows))


@scenes.add
async def check_loading(stage: Stage) -> None:
    """The check is under way."""
    stage.open_window("overview", _connected(stage, *Side), held=True)
    _wizard(stage, Step.CHECK)


@scenes.add
async def mapping(stage: Stage) -> None:
    """The rows that are suggested."""
    stage.open_window("overview", _connected(stage, *Side))
    _wizard(stage, Step.MAPPING)
    await stage.until(lambda: not stage.seen(SkeletonRows))


@scenes.add
async def first(stage: Stage) -> None:
    """What to do first."""
    stage.open_window("overview", _connected(stage, *Side))
    _wizard(stage, Step.FIRST)


@scenes.add
async def first_working(stage: Stage) -> None:
    """Both directories are being read."""
    reading = Progress("directory:salesforce", 12_400, 40_000)
    stage.open_window("overview", _connected(stage, *Side))
    wizard = _wizard(stage, Step.FIRST)
    wizard.show_snapshot(
        replace(_connected(stage, *Side), phase=Phase.CONNECTING, progress=reading)
    )
