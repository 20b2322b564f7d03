"""The panel Sync errors."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from sfsync_gui.core.failures import StoreError
from sfsync_gui.ui.widgets.details import DetailsPane
from sfsync_gui.ui.widgets.states import EmptyState
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("errors")
LOCKED = StoreError(
    "The list cannot be read", "The database is locked by another program.", "Close that program."
)


@scenes.add
async def full(stage: Stage) -> None:
    """What was refused."""
    stage.open_window("errors")
    await stage.table()


@scenes.add
async def empty(stage: Stage) -> None:
    """Nothing was refused."""
    stage.open_window("errors", replace(stage.snapshot, errors=0), host=stage.programs.new)
    await stage.until(lambda: stage.seen(EmptyState))


@scenes.add
async def loading(stage: Stage) -> None:
    """The first page is being read."""
    stage.open_window("errors", held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """The database cannot be read."""
    stage.open_window("errors", failure=LOCKED)
    await stage.until(lambda: stage.seen(EmptyState, LOCKED.title))


@scenes.add
async def details(stage: Stage) -> None:
    """One error with its remedy."""
    stage.open_window("errors")
    table = await stage.table()
    table.setFocus()
    table.selectRow(0)
    await stage.until(lambda: stage.seen(DetailsPane))


@scenes.add
async def menu(stage: Stage) -> None:
    """What can be done with several."""
    stage.open_window("errors")
    table = await stage.table()
    table.setFocus()
    table.selectAll()
    reason = QContextMenuEvent.Reason.Keyboard
    at = QPoint(40, 40)
    QApplication.sendEvent(
        table, QContextMenuEvent(reason, at, table.mapToGlobal(at), Qt.KeyboardModifier.NoModifier)
    )
    await stage.dialog(QMenu)
