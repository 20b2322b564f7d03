"""The panel Attribute mapping."""

from dataclasses import replace

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.mapping.draft import Draft
from sfsync_gui.ui.panels.mapping.key_dialog import KeyDialog
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.options_popover import OptionsPopover
from sfsync_gui.ui.panels.mapping.owners_popover import OwnersPopover
from sfsync_gui.ui.panels.mapping.panel import MappingPanel, Page
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.rules_popover import RulesPopover
from sfsync_gui.ui.panels.mapping.summary_dialog import SummaryDialog
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("mapping")


async def _panel(stage: Stage) -> MappingPanel:
    """The panel with the mapping in force and a sample person."""
    stage.open_window("mapping")
    panel = stage.panel
    assert isinstance(panel, MappingPanel)
    await stage.until(lambda: panel.page is Page.EDITOR)
    await stage.until(lambda: panel.editor.sample().people)
    return panel


def _row(panel: MappingPanel, attribute: str) -> AttributeMapping:
    return next(row for row in panel.editor.draft.rows if row.intercom_attribute == attribute)


@scenes.add
async def in_force(stage: Stage) -> None:
    """What is in force, without edits."""
    await _panel(stage)


@scenes.add
async def edited(stage: Stage) -> None:
    """Rows added, changed, removed; one at fault, one begun, one switched off."""
    panel = await _panel(stage)
    editor = panel.editor
    phone = _row(panel, "phone")
    editor.table.turned.emit(phone.id, Direction.TO_SALESFORCE)
    editor.table.remove_wanted.emit(_row(panel, "custom_attributes.Nickname").id)
    long = AttributeMapping("", "custom_attributes.Nickname", Direction.TWO_WAY, "Title", "Title")
    twice = AttributeMapping("", "external_id", Direction.TO_SALESFORCE, "Phone")
    editor.add_rows([long, twice], "Add")
    editor.add_row()


@scenes.add
async def switched_off(stage: Stage) -> None:
    """A row that a set-up error switched off, with its banner."""
    panel = await _panel(stage)
    draft = panel.editor.draft
    off = replace(draft.rows[1], disabled=f"{draft.rows[1].lead_field} is read-only in Salesforce.")
    rules = replace(panel.rules, rows=(draft.rows[0], off, *draft.rows[2:]))
    panel.editor.show_rules(rules, panel.editor.facts.schema)
    panel.editor.edited.emit()


@scenes.add
async def picker(stage: Stage) -> None:
    """Choosing the Lead field of a row."""
    panel = await _panel(stage)
    panel.editor.table.choose_wanted.emit(_row(panel, "phone").id, Place.LEAD)
    await stage.dialog(FieldPicker)


@scenes.add
async def picker_reasons(stage: Stage) -> None:
    """Why other fields are left out."""
    panel = await _panel(stage)
    editor = panel.editor
    editor.table.choose_wanted.emit(_row(panel, "custom_attributes.Seats").id, Place.CONTACT)
    picker = await stage.dialog(FieldPicker)
    picker.why_button.click()


@scenes.add
async def rules(stage: Stage) -> None:
    """The rules of a row."""
    panel = await _panel(stage)
    panel.editor.table.rules_wanted.emit(_row(panel, "phone").id)
    await stage.dialog(RulesPopover)


@scenes.add
async def options(stage: Stage) -> None:
    """Options side by side."""
    panel = await _panel(stage)
    panel.editor.table.options_wanted.emit(_row(panel, "custom_attributes.Plan").id)
    await stage.dialog(OptionsPopover)


@scenes.add
async def owners(stage: Stage) -> None:
    """Owners side by side, those without a counterpart first."""
    panel = await _panel(stage)
    row = AttributeMapping("owner", "owner_id", Direction.TWO_WAY, "OwnerId", "OwnerId")
    rules = replace(panel.rules, rows=(row, *panel.rules.rows))
    here = ("ada", "bo", "chloe", "dmitri", "elodie")
    there = ("chloe", "dmitri", "elodie", "gus")
    schema = replace(
        panel.editor.facts.schema,
        teammates={f"{one}-1": f"{one}@northwind.example" for one in here},
        users={f"005-{one}": f"{one}@northwind.example" for one in there},
    )
    panel.editor.show_rules(rules, schema)
    panel.editor.edited.emit()
    panel.editor.table.options_wanted.emit("owner")
    await stage.dialog(OwnersPopover)


@scenes.add
async def summary(stage: Stage) -> None:
    """What applying means."""
    await edited(stage)
    panel = stage.panel
    assert isinstance(panel, MappingPanel)
    for row in panel.editor.unready():
        panel.editor.table.remove_wanted.emit(row.id)
    panel.commands.apply_button.click()
    await stage.dialog(SummaryDialog)


@scenes.add
async def change_key(stage: Stage) -> None:
    """Changing the mapping key."""
    panel = await _panel(stage)
    panel.editor.key_line.change_button.click()
    dialog = await stage.dialog(KeyDialog)
    dialog.id_button.click()


@scenes.add
async def align(stage: Stage) -> None:
    """The dry run after applying."""
    panel = await _panel(stage)
    rows = panel.editor.draft.rows
    change = await panel.handle.judge_rows(rows)
    panel.tasks.start(panel.applying.align(replace(change, altered=rows)))
    await stage.dialog(AlignDialog)


@scenes.add
async def empty(stage: Stage) -> None:
    """Connected, but no row."""
    panel = await _panel(stage)
    panel.editor.draft = Draft(())
    panel.editor.refresh()
    panel.editor.edited.emit()


@scenes.add
async def not_connected(stage: Stage) -> None:
    """Nothing is connected."""
    stage.open_window("mapping", replace(stage.snapshot, phase=Phase.UNCONNECTED))


@scenes.add
async def first_run(stage: Stage) -> None:
    """The first set-up is not finished."""
    stage.open_window("mapping", replace(stage.snapshot, phase=Phase.FIRST_RUN))


@scenes.add
async def loading(stage: Stage) -> None:
    """The fields of both sides are being read."""
    stage.open_window("mapping", held=True)


@scenes.add
async def error(stage: Stage) -> None:
    """They cannot be read."""
    reason = SetupError(
        "The fields cannot be read",
        "The user may not see the objects Lead and Contact.",
        "Give the user of the connection read access to both.",
    )
    stage.open_window("mapping", failure=reason)


@scenes.add
async def strange_names(stage: Stage) -> None:
    """Labels of eighty characters, with markup, right to left, with emoji."""
    panel = await _panel(stage)
    schema, rules = panel.editor.facts.schema, panel.rules
    labels = ("Score <b>of</b> & about " + "everything " * 6, "לקוח מועדף", "🦊 Zoë’s field 🎉")
    lead = dict(schema.salesforce["Lead"])
    intercom = dict(schema.intercom)
    for row, label in zip(panel.editor.rows, labels * 3, strict=False):
        name = row.lead_field or ""
        lead[name] = replace(lead[name], label=label)
        attribute = intercom[row.intercom_attribute]
        intercom[attribute.name] = replace(attribute, label=label)
    salesforce = {**schema.salesforce, "Lead": lead}
    panel.editor.show_rules(rules, replace(schema, salesforce=salesforce, intercom=intercom))
