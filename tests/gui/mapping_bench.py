"""The window with the panel Attribute mapping on a program that syncs, and what is done there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.panels import PANELS
from sfsync_gui.ui.panels.mapping.choice_list import ENTRY
from sfsync_gui.ui.panels.mapping.editor import MappingEditor
from sfsync_gui.ui.panels.mapping.offering import Choice
from sfsync_gui.ui.panels.mapping.panel import MappingPanel, Page
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.row import MappingRow
from sfsync_gui.ui.panels.mapping.summary_dialog import SummaryDialog
from sfsync_gui.ui.panels.mapping.wording import WAY
from sfsync_gui.ui.shell.main_window import MainWindow
from sfsync_gui.ui.shell.relay import Relay
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import SPEED, until

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


@dataclass
class Bench:
    """The window with the panel on show, and the program behind it."""

    window: MainWindow
    host: Host
    failures: list[object]

    @property
    def panel(self) -> MappingPanel:
        panel = self.window.stack.made("mapping")
        assert isinstance(panel, MappingPanel)
        return panel

    @property
    def editor(self) -> MappingEditor:
        return self.panel.editor

    def row(self, attribute: str) -> MappingRow:
        """The row of an attribute, as it stands on the screen."""
        return next(
            one for one in self.editor.table.rows if one.view.row.intercom_attribute == attribute
        )

    async def popover(self, kind: type[W]) -> W:
        """The popover that has just been opened."""
        await until(lambda: isinstance(self.editor.popover, kind))
        popover = self.editor.popover
        assert isinstance(popover, kind)
        return popover

    async def dialog(self, kind: type[W]) -> W:
        """The dialog that has just been opened."""
        await until(lambda: self.panel.findChildren(kind))
        return self.panel.findChildren(kind)[-1]

    async def pick(self, picker: FieldPicker, typed: str) -> None:
        """Search and choose by keyboard."""
        QTest.keyClicks(picker.search, typed)
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        await until(lambda: self.editor.popover is None)

    async def apply(self) -> SummaryDialog:
        """Press Apply, and the button of the dialog."""
        click(self.panel.commands.apply_button)
        return await self.dialog(SummaryDialog)

    async def confirm(self, *, align: bool = False) -> None:
        dialog = await self.apply()
        dialog.align_box.setChecked(align)
        click(dialog.apply_button)
        await until(lambda: not self.editor.draft.changes)

    async def in_force(self) -> dict[str, AttributeMapping]:
        return {row.intercom_attribute: row for row in (await self.host.rules()).rows}


def click(button: QWidget) -> None:
    QTest.mouseClick(button, LEFT)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def way(row: MappingRow) -> str:
    """Which way the arrow of a row points."""
    return WAY[row.arrows.value]


def offered(picker: FieldPicker) -> list[Choice]:
    """The fields in the list, those that may be chosen and those left out."""
    model = picker.model
    entries = [model.index(line).data(ENTRY) for line in range(model.rowCount())]
    return [entry for entry in entries if isinstance(entry, Choice)]


@asynccontextmanager
async def window_on(host: Host, tasks: Tasks, qtbot: QtBot) -> AsyncIterator[Bench]:
    failures: list[object] = []
    tasks.failed.connect(failures.append)
    window = MainWindow(host, tasks, PANELS)
    window.may_close = True
    qtbot.addWidget(window)
    relay = Relay(host)
    relay.happened.connect(window.on_event)
    window.resize(1120, 720)
    window.show()
    window.activateWindow()
    window.show_panel("mapping")
    try:
        yield Bench(window, host, failures)
    finally:
        await tasks.stop()
        relay.stop()
        await host.stop()
    assert failures == []


Story = Callable[[Bench], Coroutine[Any, Any, None]]
Play = Callable[[Story], None]


async def played(
    story: Story, folder: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot
) -> None:
    """Play a story in the window once the suggested rows are in force and people are linked."""
    host = Host(folder, LocalClock(served.clock.now, SPEED), Vault.in_memory())
    host.start()
    await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
    for grant in grants(served):
        await host.connect(grant)
    await until(lambda: host.snapshot.phase is Phase.FIRST_RUN, 20)
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await until(lambda: host.snapshot.phase is Phase.RUNNING, 20)
    async with window_on(host, tasks, qtbot) as bench:
        await until(lambda: bench.panel.page is Page.EDITOR)
        await until(lambda: bench.editor.sample().people)
        await story(bench)


async def choose(bench: Bench, path: Path) -> None:
    """Name a file in the dialog, as a person does."""
    await until(lambda: bench.panel.findChildren(QFileDialog))
    (dialog,) = bench.panel.findChildren(QFileDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(str(path))
    dialog.accept()
    await until(lambda: not dialog.isVisible())
