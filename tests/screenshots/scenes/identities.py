"""The panel Identity mappings."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from sfsync_gui.core.failures import StoreError
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.widgets.details import DetailsPane
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.states import EmptyState, SkeletonRows
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("identities")
LOCKED = StoreError(
    "The list cannot be read", "The database is locked by another program.", "Close that program."
)


@scenes.add
async def full(stage: Stage) -> None:
    """Everybody who is linked, one row in focus."""
    stage.open_window("identities")
    await stage.table()


@scenes.add
async def empty(stage: Stage) -> None:
    """Nobody is linked."""
    stage.open_window("identities", replace(stage.snapshot, errors=0), host=stage.programs.new)
    await stage.until(lambda: stage.seen(EmptyState))


@scenes.add
async def loading(stage: Stage) -> None:
    """The first page is being read."""
    stage.open_window("identities", held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """The database cannot be read."""
    stage.open_window("identities", failure=LOCKED)
    await stage.until(lambda: stage.seen(EmptyState, LOCKED.title))


@scenes.add
async def details(stage: Stage) -> None:
    """Both records of somebody side by side."""
    stage.open_window("identities")
    table = await stage.table()
    table.setFocus()
    table.selectRow(2)
    await stage.until(lambda: stage.seen(DetailsPane))
    await stage.until(lambda: not stage.seen(SkeletonRows))


@scenes.add
async def nothing_found(stage: Stage) -> None:
    """A search without a match."""
    stage.open_window("identities")
    await stage.table()
    search = stage.find(SearchField)
    QTest.keyClicks(search, "Nobody of this name")
    QTest.keyClick(search, Qt.Key.Key_Return)
    await stage.until(lambda: stage.seen(EmptyState))


@scenes.add
async def unlink(stage: Stage) -> None:
    """What ending a link means."""
    stage.open_window("identities")
    table = await stage.table()
    table.selectRow(1)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    await stage.dialog(QDialog)


@scenes.add
async def starting(stage: Stage) -> None:
    """The program is starting."""
    stage.open_window("identities", replace(stage.snapshot, phase=Phase.STARTING), held=True)
