"""Settings on a real program: what new tasks are made of, and logging of conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.mapping import Settings
from sfsync_gui.ui.panels.settings import SettingsPanel
from sfsync_gui.ui.panels.settings.fields import ChoiceField
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import PATIENCE, Run, until
from tests.gui.programs import running, shown

LEFT = Qt.MouseButton.LeftButton


async def in_force(host: Host, are: Callable[[Settings], bool]) -> None:
    """Wait until the settings are such."""
    async with asyncio.timeout(PATIENCE):
        while not are(await host.settings()):  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.02)


def choose(field: ChoiceField, value: str) -> None:
    field.box.setCurrentIndex(field.box.findData(value))
    field.box.activated.emit(field.box.currentIndex())


def test_tasks_are_set_up_with_salesforces_own_options(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = SettingsPanel(host, tasks)
            toasts = Toasts(panel)
            relay = shown(panel, host, qtbot)
            part = panel.task_part
            await until(lambda: part.choices["task_priority"].box.count() == 4)
            usual = part.choices["task_status"].box.itemText(0)
            assert usual == "Not Started (by default)"
            choose(part.choices["task_priority"], "High")
            await in_force(host, lambda now: now.task_priority == "High")
            await until(lambda: "Priority: High" in toasts.texts)
            choose(part.choices["task_owner"], "teammate")
            await in_force(host, lambda now: now.task_owner == "teammate")

            edit = part.subject.edit
            edit.setFocus()
            edit.selectAll()
            QTest.keyClicks(edit, "{name} in {place}")
            edit.editingFinished.emit()
            assert "Only {title} and {name}" in edit.accessibleDescription()
            edit.selectAll()
            QTest.keyClicks(edit, "{name} in Intercom")
            edit.editingFinished.emit()
            await in_force(host, lambda now: now.task_subject == "{name} in Intercom")
            await until(lambda: any("Subject: {name}" in text for text in toasts.texts))
            assert toasts.act_on_newest()
            await in_force(host, lambda now: now.task_subject == Settings().task_subject)
            del relay

    run(story())


def test_logging_is_switched_on_and_undone(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = SettingsPanel(host, tasks)
            toasts = Toasts(panel)
            relay = shown(panel, host, qtbot)
            check = panel.task_part.logs.check
            await until(check.isEnabled)
            assert not check.isChecked()
            QTest.keyClick(check, Qt.Key.Key_Space)
            await in_force(host, lambda now: now.log_conversations)
            await until(lambda: "Log each closed conversation as a task: on" in toasts.texts)
            assert toasts.act_on_newest()
            await in_force(host, lambda now: not now.log_conversations)
            await until(lambda: not check.isChecked())
            del relay

    run(story())
