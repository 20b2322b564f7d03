"""The panel Activity."""

from dataclasses import replace
from typing import cast

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind
from sfsync_gui.ui.panels.activity import ActivityPanel
from sfsync_gui.ui.widgets.states import EmptyState
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("activity")
LOCKED = StoreError(
    "The list cannot be read", "The database is locked by another program.", "Close that program."
)


@scenes.add
async def full(stage: Stage) -> None:
    """What was changed, newest first."""
    stage.open_window("activity")
    await stage.table()


@scenes.add
async def empty(stage: Stage) -> None:
    """Nothing was changed yet."""
    stage.open_window("activity", replace(stage.snapshot, errors=0), host=stage.programs.new)
    await stage.until(lambda: stage.seen(EmptyState))


@scenes.add
async def loading(stage: Stage) -> None:
    """The first page is being read."""
    stage.open_window("activity", held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """The database cannot be read."""
    stage.open_window("activity", failure=LOCKED)
    await stage.until(lambda: stage.seen(EmptyState, LOCKED.title))


@scenes.add
async def selected(stage: Stage) -> None:
    """One change in focus: a value, which can be taken back."""
    stage.open_window("activity")
    table = await stage.table()
    table.setFocus()
    written = next(
        number
        for number in range(table.model().rowCount())
        if _entry(stage, number).kind is HistoryKind.WRITTEN
    )
    table.selectRow(written)


def _entry(stage: Stage, number: int) -> HistoryEntry:
    entry = cast(ActivityPanel, stage.panel).model.row(number)
    assert entry is not None
    return entry
