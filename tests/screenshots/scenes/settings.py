"""The panel Settings."""

from typing import cast

from PySide6.QtWidgets import QDialog, QLineEdit, QScrollArea

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.lead_rules import ROLE, TAG, Comparison, Condition, LeadRule
from sfsync_gui.ui.panels.settings import SettingsPanel
from sfsync_gui.ui.panels.settings.rule_dialog import RuleDialog
from sfsync_gui.ui.widgets.search_field import SearchField
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("settings")


async def _read(stage: Stage) -> None:
    """A window with the settings in force, once they have been read."""
    stage.open_window("settings")
    fields = stage.panel.findChildren(QLineEdit)
    await stage.until(lambda: any(one.isEnabled() and one.text() for one in fields))


@scenes.add
async def full(stage: Stage) -> None:
    """What is in force."""
    await _read(stage)


@scenes.add
async def full_below(stage: Stage) -> None:
    """The end of the page."""
    await _read(stage)
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


@scenes.add
async def refused(stage: Stage) -> None:
    """A value that cannot be, said at its field."""
    stage.open_window("settings")
    panel = stage.panel
    assert isinstance(panel, SettingsPanel)
    field = panel.fields["salesforce_interval"]
    await stage.until(field.edit.isEnabled)
    field.edit.setText("1 second")
    field.edit.setModified(True)
    field.edit.editingFinished.emit()


@scenes.add
async def found(stage: Stage) -> None:
    """What is found by a word."""
    stage.open_window("settings")
    field = stage.find(SearchField)
    field.setText("unusual")
    field.returnPressed.emit()


@scenes.add
async def found_none(stage: Stage) -> None:
    """Nothing is called like that."""
    stage.open_window("settings")
    field = stage.find(SearchField)
    field.setText("nowhere to be found")
    field.returnPressed.emit()
    await stage.at_rest()


@scenes.add
async def new_leads(stage: Stage) -> None:
    """What new leads are made of."""
    stage.open_window("settings")
    panel = stage.panel
    assert isinstance(panel, SettingsPanel)
    await stage.until(lambda: panel.lead_part.choices["lead_source"].box.count() > 1)
    panel.search.setText("lead name")
    panel.search.searched.emit("lead name")


@scenes.add
async def leads_by_rule(stage: Stage) -> None:
    """Two rules, one of them for everybody."""
    stage.open_window("settings")
    panel = stage.panel
    assert isinstance(panel, SettingsPanel)
    part = panel.rule_part
    await stage.until(part.add_button.isEnabled)
    plan = Condition("custom_attributes.Plan", Comparison.IS, "Enterprise")
    seats = Condition("custom_attributes.Seats", Comparison.MORE_THAN, "50")
    schema = await panel.handle.schema()
    rules = (
        LeadRule("a", (plan, Condition(ROLE, Comparison.IS, "user"))),
        LeadRule("b", (seats,), everybody=True),
    )
    part.show_rules(rules, schema, editable=True)
    panel.search.setText("rule")
    panel.search.searched.emit("rule")


@scenes.add
async def rule_to_add(stage: Stage) -> None:
    """A rule with two conditions, one of them without a value."""
    stage.open_window("settings")
    panel = stage.panel
    assert isinstance(panel, SettingsPanel)
    await stage.until(panel.rule_part.add_button.isEnabled)
    panel.rule_part.add_button.click()
    dialog = cast(RuleDialog, await stage.dialog(QDialog))
    first = dialog.rows[0]
    first.attribute.setCurrentIndex(first.attribute.findData("custom_attributes.Plan"))
    first.value.choice.setCurrentIndex(first.value.choice.findData("Enterprise"))
    dialog.add_condition()
    dialog.rows[1].attribute.setCurrentIndex(dialog.rows[1].attribute.findData(TAG))
    dialog.save_button.click()


@scenes.add
async def tasks(stage: Stage) -> None:
    """What new tasks are made of, and logging of conversations."""
    await _read(stage)
    panel = cast(SettingsPanel, stage.panel)
    await stage.until(lambda: panel.task_part.choices["task_status"].box.count() > 1)
    await stage.at_rest()
    stage.find(QScrollArea).ensureWidgetVisible(panel.task_part.choices["log_status"])


@scenes.add
async def conversations(stage: Stage) -> None:
    """Closed conversations are logged as tasks."""
    panel = await _found(stage, "closed conversation")
    panel.task_part.logs.check.setChecked(True)


@scenes.add
async def notifications(stage: Stage) -> None:
    """What the tray tells of."""
    await _found(stage, "notifications")


async def _found(stage: Stage, words: str) -> SettingsPanel:
    """The settings that are called like that."""
    await _read(stage)
    panel = cast(SettingsPanel, stage.panel)
    await stage.until(lambda: panel.task_part.choices["task_status"].box.count() > 1)
    panel.search.setText(words)
    panel.search.searched.emit(words)
    return panel


@scenes.add
async def the_window_itself(stage: Stage) -> None:
    """Colours, notifications, closing and starting."""
    stage.open_window("settings")
    panel = stage.panel
    assert isinstance(panel, SettingsPanel)
    await stage.until(panel.window_part.starts.check.isEnabled)
    panel.search.setText("window")
    panel.search.searched.emit("window")
