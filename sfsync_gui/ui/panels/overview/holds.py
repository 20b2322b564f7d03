"""What is held back because it is unusual: a person looks at a sample, and decides."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.guard import BLANKED, ENDED, REWRITTEN
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.hold_samples import HoldSample
from sfsync_gui.engine.storage import GuardHold
from sfsync_gui.ui.bulk.changes import (
    change_lines,
    changes_table,
    list_grid,
    names_of,
    person_of,
    scrolled_list,
)
from sfsync_gui.ui.panels.mapping.wording import row_name
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.families import counted_linked, only
from sfsync_gui.ui.theme.tokens import READING_WIDTH, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, DangerButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text

translate = QCoreApplication.translate


class Decision(Enum):
    """What a person made of a hold."""

    LATER = "later"
    RELEASE = "release"
    DROP = "drop"


class HoldDialog(Dialog):
    """Says what is held and since when, shows some of it, and asks. Esc decides nothing."""

    def __init__(self, told: str, since: str, sample: QWidget, parent: QWidget | None) -> None:
        super().__init__("", parent)
        self.decision = Decision.LATER
        self.setWindowTitle(self.tr("Unusually many changes"))
        self.setMinimumWidth(READING_WIDTH)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(PlainLabel(told, wrap=True))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(sample)
        consequence = self.tr(
            "Everything else goes on being synced. If you let them go, they are worked out anew "
            "from the values of now. If you give them up, values and links stay as they are."
        )
        self.body.addWidget(PlainLabel(consequence, tone=Tone.MUTED, wrap=True))
        self.body.addWidget(PlainLabel(since, size=Text.CAPTION, tone=Tone.MUTED))
        self.later_button = self.add_button(
            Button(self.tr("Decide later")), accepts=False, default=True
        )
        self.drop_button = self.add_button(Button(self.tr("Give them up")), accepts=True)
        self.release_button = self.add_button(DangerButton(self.tr("Let them go")), accepts=True)
        self.drop_button.clicked.connect(lambda: self._decide(Decision.DROP))
        self.release_button.clicked.connect(lambda: self._decide(Decision.RELEASE))

    def _decide(self, decision: Decision) -> None:
        self.decision = decision


async def decide_holds(panel: Panel) -> None:
    """Every held change in turn."""
    handle = panel.handle
    for hold in await handle.holds():
        sample = await handle.sample_of_hold(hold)
        rows, schema = (await handle.rules()).rows, await handle.schema()
        shown = await _shown(panel, sample, rows, schema)
        since = translate("holds", "Held since {time}.").format(time=times.moment(hold.since))
        family = only(link.family for link in sample.links)
        dialog = HoldDialog(_told(hold, rows, schema, family), since, shown, panel)
        decision = dialog.decision if await dialog.answered() else Decision.LATER
        if decision is Decision.RELEASE:
            await handle.release(hold.id)
            panel.toast(translate("holds", "They are brought over now"), Tone.ACCENT)
        elif decision is Decision.DROP:
            await handle.drop(hold.id)
            panel.toast(translate("holds", "Given up: values and links stay as they are"))


async def _shown(
    panel: Panel, sample: HoldSample, rows: Sequence[AttributeMapping], schema: Schema
) -> QWidget:
    names = await panel.ask(lambda store: names_of(store, sample.links))
    if sample.changes:
        return changes_table(change_lines(sample.changes, names, rows, schema))
    return _people([person_of(link, names.get(link.id)) for link in sample.links])


def _people(names: Sequence[str]) -> QWidget:
    grid = list_grid()
    for number, name in enumerate(names):
        grid.addWidget(ElidedLabel(name), number, 0)
    return scrolled_list(grid, len(names), translate("holds", "Whose links"))


def _told(
    hold: GuardHold,
    rows: Sequence[AttributeMapping],
    schema: Schema,
    family: Family | None = Family.PEOPLE,
) -> str:
    people = counted_linked(len(hold.pairs), family)
    if hold.measure == ENDED:
        return translate("holds", "The links of {people} are about to end within one hour.").format(
            people=people
        )
    if hold.measure == REWRITTEN:
        return translate(
            "holds", "Values of {people} are about to be rewritten within one hour."
        ).format(people=people)
    row_id = hold.measure.removeprefix(BLANKED)
    names = (row_name(row, schema) for row in rows if row.id == row_id)
    field = next(names, translate("holds", "A value"))
    return translate("holds", "{field} of {people} is about to be emptied within one hour.").format(
        field=field, people=people
    )
