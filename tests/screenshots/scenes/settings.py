"""The panel Settings."""

from PySide6.QtWidgets import QScrollArea

from sfsync_gui.core.failures import StoreError
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("settings")


@scenes.add
async def full(stage: Stage) -> None:
    """What is in force."""
    stage.open_window("settings")


@scenes.add
async def full_below(stage: Stage) -> None:
    """The end of the page."""
    stage.open_window("settings")
    await stage.at_rest()
    bar = stage.find(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())


@scenes.add
async def loading(stage: Stage) -> None:
    """They are being read."""
    stage.open_window("settings", held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """They cannot be read."""
    reason = StoreError(
        "The settings cannot be read",
        "The database is locked by another program.",
        "Close that program.",
    )
    stage.open_window("settings", failure=reason)
