"""The panel Identity mappings: people left unlinked, and linking by hand."""

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.filters import State
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog
from sfsync_gui.ui.panels.identities.panel import View
from sfsync_gui.ui.widgets.details import DetailsPane
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("identities")


async def _panel(stage: Stage) -> IdentitiesPanel:
    stage.open_window("identities")
    await stage.table()
    return cast(IdentitiesPanel, stage.panel)


@scenes.add
async def filtered(stage: Stage) -> None:
    """Only contacts that are ambiguous, searched by a word."""
    panel = await _panel(stage)
    filters = panel.links.filters
    filters.record.set_value(PersonKind.CONTACT)
    filters.state.set_value(State.AMBIGUOUS)
    filters.changed.emit()
    QTest.keyClicks(filters.search, "ben")
    QTest.keyClick(filters.search, Qt.Key.Key_Return)
    await stage.until(lambda: 0 < panel.links.model.rowCount() < 5)


@scenes.add
async def ambiguous(stage: Stage) -> None:
    """An ambiguous link with the others who carry the same key."""
    panel = await _panel(stage)
    panel.links.filters.state.set_value(State.AMBIGUOUS)
    panel.links.filters.changed.emit()
    await stage.until(lambda: 0 < panel.links.model.rowCount() < 10)
    panel.links.table.selectRow(0)
    await stage.until(lambda: stage.find(DetailsPane))


@scenes.add
async def unlinked(stage: Stage) -> None:
    """People left unlinked, one of them with the candidates."""
    panel = await _panel(stage)
    panel.view_switch.segment(View.UNLINKED).click()
    await stage.table()
    panel.unlinked.table.selectRow(0)
    await stage.until(lambda: stage.find(DetailsPane))


@scenes.add
async def link_by_hand(stage: Stage) -> None:
    """Nobody chosen yet."""
    panel = await _panel(stage)
    panel.link_button.click()
    dialog = cast(LinkDialog, await stage.dialog(QDialog))
    picker = dialog.pickers[Side.INTERCOM]
    await stage.until(lambda: picker.model.rowCount())
    QTest.keyClicks(picker.search, "be")
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    await stage.until(lambda: 0 < picker.model.rowCount() < 20)


@scenes.add
async def link_two(stage: Stage) -> None:
    """Both chosen, side by side; one of them is linked already."""
    panel = await _panel(stage)
    link = panel.links.model.row(1)
    assert link is not None
    store = panel.handle.questions
    free = [one for one in _people(stage, Side.SALESFORCE) if one.link_id is None]
    panel.doing.link_by_hand(store.person(Side.INTERCOM, link.intercom_id), free[0])
    dialog = cast(LinkDialog, await stage.dialog(QDialog))
    await stage.until(dialog.link_button.isEnabled)


def _people(stage: Stage, side: Side) -> list[PersonRow]:
    return stage.programs.busy.questions.people_page(PeopleQuery(side), None, 200)
