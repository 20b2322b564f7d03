"""The panel Identity mappings: creating a lead for somebody in Intercom."""

from typing import cast

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import ErrorClass, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.create_lead_dialog import DUPLICATES, CreateLeadDialog
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("identities")


async def _dialog(stage: Stage, person: PersonRow | None) -> CreateLeadDialog:
    stage.open_window("identities")
    await stage.table()
    cast(IdentitiesPanel, stage.panel).creating.open(person)
    return cast(CreateLeadDialog, await stage.dialog(QDialog))


def _person(stage: Stage, *, linked: bool) -> PersonRow:
    """Somebody in Intercom who is linked, or whom nobody matches."""
    store = stage.programs.busy.questions
    return next(
        one
        for one in store.people_page(PeopleQuery(Side.INTERCOM), None, 200)
        if one.key
        and (one.link_id is not None) is linked
        and (linked or not store.carriers(Side.SALESFORCE, one.key))
    )


@scenes.add
async def lead_for_whom(stage: Stage) -> None:
    """Nobody chosen yet."""
    dialog = await _dialog(stage, None)
    await stage.until(lambda: dialog.picker.model.rowCount())
    QTest.keyClicks(dialog.picker.search, "be")
    await stage.until(lambda: 0 < dialog.picker.model.rowCount() < 20)


@scenes.add
async def lead_preview(stage: Stage) -> None:
    """What the lead would be, and where each value comes from."""
    dialog = await _dialog(stage, _person(stage, linked=False))
    await stage.until(dialog.create_button.isEnabled)


@scenes.add
async def lead_of_somebody_linked(stage: Stage) -> None:
    """Whoever is linked gets no lead."""
    dialog = await _dialog(stage, _person(stage, linked=True))
    await stage.until(lambda: dialog.note.isVisible())


@scenes.add
async def lead_refused(stage: Stage) -> None:
    """A duplicate rule refuses the lead; it can be created all the same."""
    dialog = await _dialog(stage, _person(stage, linked=False))
    await stage.until(dialog.create_button.isEnabled)
    dialog.show_refused(
        SyncError(
            error_class=ErrorClass.RECORD,
            side=Side.SALESFORCE,
            code=DUPLICATES,
            message="Use one of these records? Lead 00QHn00000AbCdEMAV",
            remedy="",
            first_at=0,
            last_at=0,
        )
    )
