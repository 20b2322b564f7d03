"""The frame: toasts, banners of failures, menus, tray, About, and what closing means."""

from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialog, QMenu

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.ui.shell.about import AboutDialog
from sfsync_gui.ui.shell.tray import tray_menu
from sfsync_gui.ui.theme.tokens import Tone
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("shell")


@scenes.add
async def toasts(stage: Stage) -> None:
    """Three at once: done, being done, and failed."""
    window = stage.open_window("activity")
    await stage.table()
    window.toasts.show_text("Unlinked Ada Lovelace", action="Undo")
    window.toasts.show_text("The bulk sync has begun", Tone.ACCENT)
    window.toasts.show_text(
        "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff was not found on either side any more",
        Tone.WARNING,
        action="Look again",
    )


@scenes.add
async def failure(stage: Stage) -> None:
    """A failure of what a person asked for, above the panel."""
    window = stage.open_window("activity")
    await stage.table()
    window.stack.report(
        SfsyncError(
            "That did not work",
            "Salesforce has not answered within 30 seconds.",
            "Try again in a minute.",
        )
    )


@scenes.add
async def demo(stage: Stage) -> None:
    """The demo says that it is one."""
    stage.open_window("identities", replace(stage.snapshot, is_demo=True))
    await stage.table()


@scenes.add
async def menu_view(stage: Stage) -> None:
    """A menu of the menu bar."""
    window = stage.open_window("activity")
    await stage.table()
    menu = next(one for one in window.menuBar().findChildren(QMenu) if "View" in one.title())
    menu.popup(window.mapToGlobal(QPoint(80, 24)))


@scenes.add
async def menu_tray(stage: Stage) -> None:
    """The menu of the tray icon."""
    window = stage.open_window("activity")
    await stage.table()
    stage.menu = tray_menu(stage.shell.actions)
    stage.menu.popup(window.mapToGlobal(QPoint(500, 300)))


@scenes.add
async def about(stage: Stage) -> None:
    """What this is."""
    stage.open_window("activity")
    await stage.table()
    stage.shell.actions.about.trigger()
    await stage.dialog(AboutDialog)


@scenes.add
async def closing(stage: Stage) -> None:
    """What closing means without a tray."""
    stage.open_window("activity")
    await stage.table()
    stage.shell.on_close_wanted()
    await stage.dialog(QDialog)
