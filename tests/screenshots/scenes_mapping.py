"""Scenes of the panel Attribute mapping: each brings the window into one state of it.

A scene gets the window, whose host is running on the demo's people, and returns what is to be
looked at: the window, or a popover or dialog above it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtWidgets import QDialog, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.engine.handle import Phase, SnapshotChanged
from sfsync_gui.ui.panels.mapping.draft import Draft
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.panel import MappingPanel, Page
from sfsync_gui.ui.shell.main_window import MainWindow

Scene = Callable[[MainWindow], Awaitable[QWidget]]


async def _wait_for(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the condition is a widget's, without an event
            await asyncio.sleep(0.02)


async def _panel(window: MainWindow) -> MappingPanel:
    """The panel with the mapping in force and a sample person."""
    window.show_panel("mapping")
    panel = window.stack.panel
    assert isinstance(panel, MappingPanel)
    panel.on_event(SnapshotChanged(panel.handle.snapshot))
    await _wait_for(lambda: panel.page in (Page.EDITOR, Page.EMPTY))
    await _wait_for(lambda: panel.editor.facts.sample.people)
    panel.editor.discard()
    panel.banners.clear_all()
    panel.editor.edited.emit()
    await _drawn()
    return panel


async def _drawn() -> None:
    await asyncio.sleep(0.1)


def _row(panel: MappingPanel, attribute: str) -> AttributeMapping:
    return next(row for row in panel.editor.draft.rows if row.intercom_attribute == attribute)


async def in_force(window: MainWindow) -> QWidget:
    """What is in force, without edits."""
    await _panel(window)
    return window


async def edited(window: MainWindow) -> QWidget:
    """Rows added, changed, removed; one at fault, one begun, one switched off."""
    panel = await _panel(window)
    editor = panel.editor
    phone = _row(panel, "phone")
    editor.table.turned.emit(phone.id, Direction.TO_SALESFORCE)
    editor.table.remove_wanted.emit(_row(panel, "custom_attributes.Nickname").id)
    long = AttributeMapping("", "custom_attributes.Nickname", Direction.TWO_WAY, "Title", "Title")
    twice = AttributeMapping("", "external_id", Direction.TO_SALESFORCE, "Phone")
    editor.add_rows([long, twice], "Add")
    editor.add_row()
    await _drawn()
    return window


async def switched_off(window: MainWindow) -> QWidget:
    """A row that a set-up error switched off, with its banner."""
    panel = await _panel(window)
    draft = panel.editor.draft
    off = replace(draft.rows[1], disabled=f"{draft.rows[1].lead_field} is read-only in Salesforce.")
    rules = replace(panel.rules, rows=(draft.rows[0], off, *draft.rows[2:]))
    panel.editor.show_rules(rules, panel.editor.facts.schema)
    panel.editor.edited.emit()
    await _drawn()
    panel.editor.draft = Draft(panel.rules.rows)  # the next scene begins anew
    return window


async def picker(window: MainWindow) -> QWidget:
    """Choosing the Lead field of a row."""
    panel = await _panel(window)
    panel.editor.table.choose_wanted.emit(_row(panel, "phone").id, Place.LEAD)
    await _drawn()
    assert panel.editor.popover is not None
    return panel.editor.popover


async def picker_reasons(window: MainWindow) -> QWidget:
    """Why other fields are left out."""
    panel = await _panel(window)
    editor = panel.editor
    editor.table.choose_wanted.emit(_row(panel, "custom_attributes.Seats").id, Place.CONTACT)
    popover = editor.popover
    assert popover is not None
    popover.why_button.click()  # type: ignore[attr-defined]
    await _drawn()
    return popover


async def rules(window: MainWindow) -> QWidget:
    """The rules of a row."""
    panel = await _panel(window)
    panel.editor.table.rules_wanted.emit(_row(panel, "phone").id)
    await _drawn()
    assert panel.editor.popover is not None
    return panel.editor.popover


async def options(window: MainWindow) -> QWidget:
    """Options side by side."""
    panel = await _panel(window)
    panel.editor.table.options_wanted.emit(_row(panel, "custom_attributes.Plan").id)
    await _drawn()
    assert panel.editor.popover is not None
    return panel.editor.popover


async def _dialog(window: MainWindow) -> QWidget:
    await _wait_for(lambda: window.findChildren(QDialog))
    await _drawn()
    return window.findChildren(QDialog)[-1]


async def summary(window: MainWindow) -> QWidget:
    """What applying means."""
    await edited(window)
    panel = window.stack.panel
    assert isinstance(panel, MappingPanel)
    for row in panel.editor.unready():
        panel.editor.table.remove_wanted.emit(row.id)
    panel.commands.apply_button.click()
    return await _dialog(window)


async def change_key(window: MainWindow) -> QWidget:
    """Changing the mapping key."""
    panel = await _panel(window)
    panel.editor.key_line.change_button.click()
    dialog = await _dialog(window)
    dialog.id_button.click()  # type: ignore[attr-defined]
    await _drawn()
    return dialog


async def align(window: MainWindow) -> QWidget:
    """The dry run after applying."""
    panel = await _panel(window)
    rows = panel.editor.draft.rows
    change = await panel.handle.judge_rows(rows)
    panel.tasks.start(panel.align(replace(change, altered=rows)))
    return await _dialog(window)


async def nothing_mapped(window: MainWindow) -> QWidget:
    """Connected, but no row."""
    panel = await _panel(window)
    panel.editor.draft = Draft(())
    panel.editor.refresh()
    panel.editor.edited.emit()
    await _drawn()
    panel.editor.draft = Draft(panel.rules.rows)
    return window


async def _in_phase(window: MainWindow, phase: Phase) -> QWidget:
    panel = await _panel(window)
    panel.on_event(SnapshotChanged(replace(panel.handle.snapshot, phase=phase)))
    return window  # at once: the program's own snapshot follows soon


async def not_connected(window: MainWindow) -> QWidget:
    """Nothing is connected."""
    return await _in_phase(window, Phase.UNCONNECTED)


async def first_run(window: MainWindow) -> QWidget:
    """The first set-up is not finished."""
    return await _in_phase(window, Phase.FIRST_RUN)


async def loading(window: MainWindow) -> QWidget:
    """The program is starting."""
    return await _in_phase(window, Phase.STARTING)


async def strange_names(window: MainWindow) -> QWidget:
    """Labels of eighty characters, with markup, right to left, with emoji."""
    panel = await _panel(window)
    schema, rules = panel.editor.facts.schema, panel.rules
    labels = ("Score <b>of</b> & about " + "everything " * 6, "לקוח מועדף", "🦊 Zoë’s field 🎉")
    lead = dict(schema.salesforce["Lead"])
    intercom = dict(schema.intercom)
    for row, label in zip(rules.rows, labels * 3, strict=False):
        name = row.lead_field or ""
        lead[name] = replace(lead[name], label=label)
        attribute = intercom[row.intercom_attribute]
        intercom[attribute.name] = replace(attribute, label=label)
    salesforce = {**schema.salesforce, "Lead": lead}
    panel.editor.show_rules(rules, replace(schema, salesforce=salesforce, intercom=intercom))
    await _drawn()
    return window


SCENES: dict[str, Scene] = {
    "in-force": in_force,
    "edited": edited,
    "switched-off": switched_off,
    "picker": picker,
    "picker-reasons": picker_reasons,
    "rules": rules,
    "options": options,
    "summary": summary,
    "change-key": change_key,
    "align": align,
    "nothing-mapped": nothing_mapped,
    "strange-names": strange_names,
    "first-run": first_run,
    "loading": loading,
    "not-connected": not_connected,
}
