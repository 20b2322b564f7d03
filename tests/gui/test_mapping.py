"""The panel Attribute mapping in the real window, on a program that syncs: a person's tasks."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import LinkQuery
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.mapping.key_dialog import KeyDialog
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.options_popover import OptionsPopover, OptionsTable
from sfsync_gui.ui.panels.mapping.owners_popover import OwnersPopover, OwnersTable
from sfsync_gui.ui.panels.mapping.panel import Page
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.rules_popover import RulesPopover
from sfsync_gui.ui.panels.mapping.summary_dialog import SummaryDialog
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.labels import PlainLabel
from tests.gui.conftest import SPEED, Run, until
from tests.gui.mapping_bench import (
    Bench,
    Play,
    choose,
    click,
    offered,
    played,
    press,
    way,
    window_on,
)

CTRL = Qt.KeyboardModifier.ControlModifier
PLAN, SEATS, SCORE = (f"custom_attributes.{name}" for name in ("Plan", "Seats", "Score"))


@pytest.fixture
def play(tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run) -> Play:
    """Plays a story in the window once the suggested rows are in force and people are linked."""
    return lambda story: run(played(story, tmp_path, served, tasks, qtbot))


# ---------------------------------------------------------------------- reading


def test_the_rows_in_force_read_as_sentences_with_a_persons_values(play: Play) -> None:
    async def story(bench: Bench) -> None:
        name = bench.row("name")
        assert name.cells[Place.INTERCOM].view.text == "Name"
        assert name.arrows.value is Direction.TO_INTERCOM
        assert name.cells[Place.LEAD].view.text == "Full Name"
        assert name.rules.texts == ("Blanks ignored",)
        assert name.cells[Place.INTERCOM].view.sample in bench.editor.sample_bar.text
        assert name.cells[Place.INTERCOM].toolTip().splitlines()[1] == "name"
        assert "longer values will be reported" in bench.row("phone").note_texts[0]
        assert "Email ↔ Email" in bench.editor.key_line.text
        assert not bench.panel.commands.apply_button.isEnabled()
        assert bench.panel.banners.keys == ()

    play(story)


def test_another_person_and_one_that_is_searched_for(play: Play) -> None:
    async def story(bench: Bench) -> None:
        bar = bench.editor.sample_bar
        first = bar.text
        click(bar.another_button)
        await until(lambda: bar.text != first)
        wanted = bench.host.questions.links_page(LinkQuery(), None, 50)[20]
        bar.search.setFocus()
        QTest.keyClicks(bar.search, wanted.intercom_key or "")
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        await until(lambda: wanted.intercom_name in bar.text)
        assert bench.editor.sample().link_id == wanted.id
        QTest.keyClicks(bar.search, " nobody at all")
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        await until(lambda: "Nobody" in bar.text)
        assert bench.row("name").cells[Place.INTERCOM].view.sample == ""

    play(story)


# ---------------------------------------------------------------------- editing


def test_a_row_is_added_from_its_attribute_and_applied_by_keyboard_alone(play: Play) -> None:
    async def story(bench: Bench) -> None:
        before = await bench.in_force()
        bench.panel.commands.add_button.setFocus()
        press(Qt.Key.Key_Space)
        (row,) = [one for one in bench.editor.table.rows if one.view.name == "New row"]
        await until(lambda: row.cells[Place.INTERCOM].hasFocus())
        press(Qt.Key.Key_Return)
        await bench.pick(await bench.popover(FieldPicker), "user id")
        assert row.cells[Place.INTERCOM].view.text == "User ID"
        assert row.cells[Place.INTERCOM].hasFocus()
        row.cells[Place.LEAD].setFocus()
        press(Qt.Key.Key_Space)
        await bench.pick(await bench.popover(FieldPicker), "External_Id__c")
        assert row.cells[Place.LEAD].view.api_name == "External_Id__c"
        assert row.view.state == "added"
        assert "external_id" not in await bench.in_force()

        bench.panel.commands.apply_button.setFocus()
        press(Qt.Key.Key_Space)
        dialog = await bench.dialog(SummaryDialog)
        assert "User ID ⇄ Lead External Id" in " ".join(dialog.texts)
        assert any("writes nothing" in text for text in dialog.texts)
        dialog.align_box.setChecked(False)
        await until(dialog.apply_button.hasFocus)
        press(Qt.Key.Key_Return)
        await until(lambda: not bench.editor.draft.changes)
        after = await bench.in_force()
        assert after.keys() - before.keys() == {"external_id"}
        assert after["external_id"].lead_field == "External_Id__c"
        assert after["external_id"].contact_field is None
        await until(lambda: bench.panel.banners.keys == ())

    play(story)


def test_from_a_salesforce_field_only_what_fits_is_offered_and_why_not_the_rest(
    play: Play,
) -> None:
    async def story(bench: Bench) -> None:
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        click(row.cells[Place.CONTACT])
        picker = await bench.popover(FieldPicker)
        await bench.pick(picker, "Birthdate")
        click(row.cells[Place.INTERCOM])
        picker = await bench.popover(FieldPicker)
        fitting = {choice.name for choice in offered(picker)}
        kinds = bench.editor.facts.schema.intercom
        assert fitting
        assert {kinds[name].type.value for name in fitting} == {"date"}
        click(picker.why_button)
        reasons = {one.name: one.reason for one in offered(picker) if not one.fits}
        assert reasons["phone"] == "Phone is text, and Birthdate takes a date."
        assert "mapping key" in reasons["email"]
        QTest.keyClicks(picker.search, "owner_id")
        assert [choice.name for choice in offered(picker)] == ["owner_id"]
        press(Qt.Key.Key_Return)  # what is left out cannot be chosen
        assert bench.editor.popover is picker
        QTest.keyClick(picker.search, Qt.Key.Key_Escape)
        QTest.keyClick(picker.search, Qt.Key.Key_Escape)
        await until(lambda: bench.editor.popover is None)
        assert row.cells[Place.INTERCOM].view.text == ""

    play(story)


def test_a_field_that_can_only_be_read_turns_the_arrow(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        click(row.cells[Place.INTERCOM])
        await bench.pick(await bench.popover(FieldPicker), "avatar")
        assert way(row) == "⇄"
        click(row.cells[Place.LEAD])
        await bench.pick(await bench.popover(FieldPicker), "PhotoUrl")
        assert way(row) == "←"
        blocked = row.arrows.segment(Direction.TO_SALESFORCE)
        assert not blocked.isEnabled()
        assert "read-only" in blocked.toolTip()
        assert "read-only" in blocked.accessibleDescription()

    play(story)


def test_an_arrow_is_turned_undone_and_done_again(play: Play) -> None:
    async def story(bench: Bench) -> None:
        seats = bench.row(SEATS)
        click(seats.arrows.segment(Direction.TO_SALESFORCE))
        assert bench.editor.draft.change.altered[0].direction is Direction.TO_SALESFORCE
        assert seats.rules.texts == ("Blanks ignored",)  # one way: nothing can collide
        assert "1 change is" in bench.panel.banners.get("draft").notice.title  # type: ignore[union-attr]
        assert "Turn Seats" in bench.panel.commands.undo_button.toolTip()
        seats.cells[Place.LEAD].setFocus()
        press(Qt.Key.Key_Z, CTRL)
        assert way(seats) == "⇄"
        assert bench.editor.draft.changes == 0
        press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert way(seats) == "→"
        click(bench.panel.commands.undo_button)
        assert way(seats) == "⇄"

    play(story)


def test_the_rules_of_a_row_are_changed_beside_it(play: Play) -> None:
    async def story(bench: Bench) -> None:
        phone = bench.row("phone")
        click(phone.rules)
        popover = await bench.popover(RulesPopover)
        click(popover.blanks.segment(BlankRule.COPY))
        click(popover.conflicts.segment(ConflictRule.NEWER))
        popover.shorten.click()
        assert phone.rules.texts == ("Blanks copied", "Newer wins", "Long text cut")
        assert "longer values will be cut" in phone.note_texts[0]
        popover.blanks.segment(BlankRule.COPY).setFocus()
        press(Qt.Key.Key_Escape)
        await until(lambda: bench.editor.popover is None)
        assert phone.rules.hasFocus()
        await bench.confirm()
        row = (await bench.in_force())["phone"]
        assert (row.blank_rule, row.conflict_rule, row.shorten) == (
            BlankRule.COPY,
            ConflictRule.NEWER,
            True,
        )

    play(story)


def test_owners_stand_side_by_side_and_the_unpaired_first(play: Play, served: ServedWorld) -> None:
    """A row that maps owners, from choosing it to whose record goes to whom."""

    def hire() -> str:
        served.world.intercom.add_admin("Hanna", "hanna@example.com")
        return served.world.intercom.add_admin("Lone", "lone@example.com")

    async def story(bench: Bench) -> None:
        served.server.call(hire)
        click(bench.panel.commands.add_button)
        new = bench.editor.table.rows[-1]
        click(new.cells[Place.INTERCOM])
        await bench.pick(await bench.popover(FieldPicker), "owner_id")
        click(new.cells[Place.LEAD])
        await bench.pick(await bench.popover(FieldPicker), "OwnerId")
        await until(lambda: bench.editor.facts.schema.users)
        row = bench.row("owner_id")
        told = next(note for note in row.note_texts if "paired" in note)
        assert told == (
            "4 owners paired by e-mail, 2 teammates without a user in Salesforce, "
            "1 user without a teammate in Intercom."
        )

        click(row.options_buttons[-1])
        popover = await bench.popover(OwnersPopover)
        (table,) = popover.findChildren(OwnersTable)
        texts = [label.text() for label in table.findChildren(PlainLabel)]
        assert texts[:2] == ["Teammate in Intercom", "Salesforce user"]
        assert texts.index("lone@example.com") < texts.index("hanna@example.com")
        assert texts[texts.index("lone@example.com") + 1] == "No active user"
        place = texts.index("hanna@example.com")
        assert texts[place : place + 2] == ["hanna@example.com"] * 2
        popover.close()

    play(story)


def test_options_stand_side_by_side_with_what_becomes_of_them(
    play: Play, served: ServedWorld
) -> None:
    def change_options() -> None:
        served.world.salesforce.set_field(
            "Contact",
            "Plan__c",
            restrictedPicklist=True,
            picklistValues=[
                {"value": name, "label": name, "active": True, "defaultValue": False}
                for name in ("Free", "Pro", "Team")
            ],
        )

    async def story(bench: Bench) -> None:
        served.server.call(change_options)
        bench.panel.commands.check.trigger()
        await until(lambda: len(bench.row(PLAN).note_texts) == 2)
        row = bench.row(PLAN)
        assert row.note_texts == (
            "Lead: 3 options match.",
            "Contact: 2 options match, Team will be added to Intercom, Enterprise cannot be added "
            "to Salesforce.",
        )
        click(row.options_buttons[0])
        popover = await bench.popover(OptionsPopover)
        _, contact = popover.findChildren(OptionsTable)
        told = [label.text() for label in contact.findChildren(PlainLabel)]
        assert told[0:2] == ["Intercom", "Salesforce (Contact)"]
        assert told[-4:] == [
            "Enterprise",
            "Cannot be added: the picklist is restricted",
            "Added when first needed",
            "Team",
        ]
        popover.close()

    play(story)


def test_a_row_is_removed_by_keyboard_and_what_that_means_is_told(play: Play) -> None:
    async def story(bench: Bench) -> None:
        score = bench.row(SCORE)
        score.cells[Place.INTERCOM].setFocus()
        press(Qt.Key.Key_Delete)
        assert SCORE not in [one.view.row.intercom_attribute for one in bench.editor.table.rows]
        focused = QApplication.focusWidget()
        assert focused is not None
        assert bench.editor.table.isAncestorOf(focused)  # the keyboard goes on from there
        dialog = await bench.apply()
        told = " ".join(dialog.texts)
        assert "40 people are linked." in told
        assert "Score ⇄ Lead Score, Contact Score" in told
        assert "Values stay in both services" in told
        assert dialog.align_box.isHidden()
        press_in(dialog, Qt.Key.Key_Escape)
        await asyncio.sleep(0.05)
        assert SCORE in await bench.in_force()
        await bench.confirm()
        assert SCORE not in await bench.in_force()

    play(story)


def press_in(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def test_the_keyboard_goes_from_row_to_row(play: Play) -> None:
    async def story(bench: Bench) -> None:
        first, second = bench.editor.table.rows[:2]
        first.cells[Place.CONTACT].setFocus()
        press(Qt.Key.Key_Down)
        assert second.cells[Place.CONTACT].hasFocus()
        press(Qt.Key.Key_Up)
        press(Qt.Key.Key_Up)
        assert first.cells[Place.CONTACT].hasFocus()

    play(story)


# ---------------------------------------------------------------------- the draft


def test_a_draft_outlives_leaving_the_panel_and_can_be_discarded(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.row(SEATS).arrows.segment(Direction.TO_INTERCOM))
        entry = bench.window.sidebar.entry("mapping")
        assert entry.count == 1
        bench.window.show_panel("activity")
        bench.window.show_panel("mapping")
        await asyncio.sleep(0.1)
        assert bench.row(SEATS).arrows.value is Direction.TO_INTERCOM
        banner = bench.panel.banners.get("draft")
        assert banner is not None
        click(banner.action_button)
        assert bench.row(SEATS).arrows.value is Direction.TWO_WAY
        assert bench.panel.banners.keys == ()
        assert entry.count == 0

    play(story)


def test_what_is_changed_elsewhere_is_taken_in_and_edits_stay(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.row(SEATS).arrows.segment(Direction.TO_INTERCOM))
        rows = (await bench.host.rules()).rows
        await bench.host.apply_rows([row for row in rows if row.intercom_attribute != SCORE])
        bench.window.show_panel("activity")
        bench.window.show_panel("mapping")
        await until(lambda: len(bench.editor.table.rows) == len(rows) - 1)
        assert bench.row(SEATS).arrows.value is Direction.TO_INTERCOM
        assert bench.editor.draft.changes == 1

    play(story)


def test_rows_that_are_not_ready_are_shown_and_not_applied(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        click(row.cells[Place.INTERCOM])
        await bench.pick(await bench.popover(FieldPicker), "user id")
        click(bench.panel.commands.apply_button)
        await until(lambda: bench.panel.banners.get("unready"))
        assert "1 row cannot be applied" in bench.panel.banners.get("unready").notice.title  # type: ignore[union-attr]
        assert row.note_texts == ("Choose a Lead field, a Contact field or both.",)
        assert bench.panel.findChildren(SummaryDialog) == []

    play(story)


def test_existing_people_are_brought_in_line_from_a_dry_run(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.row(SEATS).arrows.segment(Direction.TO_INTERCOM))
        click(bench.row(SCORE).arrows.segment(Direction.TO_INTERCOM))
        dialog = await bench.apply()
        dialog.align_box.setChecked(True)
        click(dialog.apply_button)
        align = await bench.dialog(AlignDialog)
        told = " ".join(label.text() for label in align.findChildren(PlainLabel))
        assert "0 in Salesforce" in told
        assert "40 linked people were looked at; nothing has been written." in told
        assert "Seats (Intercom)" in told
        assert await bench.host.bulk_run() is None
        click(align.align_button)
        await until(lambda: not bench.panel.findChildren(AlignDialog))
        for _ in range(100):
            run = await bench.host.bulk_run()
            if run is not None:
                break
            await asyncio.sleep(0.02)
        assert run is not None
        rows = await bench.in_force()
        assert set(run.row_ids or ()) == {rows[SEATS].id, rows[SCORE].id}

    play(story)


# ---------------------------------------------------------------------- set-up, key, files


def test_a_row_that_was_switched_off_says_why_and_works_when_that_is_mended(
    play: Play, served: ServedWorld
) -> None:
    salesforce = served.world.salesforce

    async def story(bench: Bench) -> None:
        served.server.call(lambda: salesforce.set_field("Lead", "Seats__c", updateable=False))
        bench.panel.commands.check.trigger()
        await until(lambda: bench.row(SEATS).view.is_off)
        (note,) = bench.row(SEATS).note_texts
        assert note.startswith("Switched off: Seats is read-only in Salesforce. Make the field")
        banner = bench.panel.banners.get("switched-off")
        assert banner is not None
        assert banner.notice.title == "1 row is switched off"
        click(bench.row("phone").arrows.segment(Direction.TO_INTERCOM))
        await bench.confirm()  # another row can be edited meanwhile
        assert (await bench.in_force())["phone"].direction is Direction.TO_INTERCOM
        assert (await bench.in_force())[SEATS].disabled is not None

        served.server.call(lambda: salesforce.set_field("Lead", "Seats__c", updateable=True))
        banner = bench.panel.banners.get("switched-off")
        assert banner is not None
        click(banner.action_button)
        await until(lambda: not bench.row(SEATS).view.is_off)
        assert bench.panel.banners.keys == ()

    play(story)


def test_a_row_that_was_switched_off_works_in_a_direction_that_is_possible(
    play: Play, served: ServedWorld
) -> None:
    salesforce = served.world.salesforce

    async def story(bench: Bench) -> None:
        served.server.call(lambda: salesforce.set_field("Lead", "Seats__c", updateable=False))
        bench.panel.commands.check.trigger()
        await until(lambda: bench.row(SEATS).view.is_off)
        seats = bench.row(SEATS)
        assert not seats.arrows.segment(Direction.TO_SALESFORCE).isEnabled()
        click(seats.arrows.segment(Direction.TO_INTERCOM))
        assert not seats.view.is_off
        await bench.confirm()
        row = (await bench.in_force())[SEATS]
        assert (row.disabled, row.direction) == (None, Direction.TO_INTERCOM)

    play(story)


def test_the_key_is_changed_and_what_that_means_is_told(play: Play) -> None:
    async def story(bench: Bench) -> None:
        click(bench.editor.key_line.change_button)
        dialog = await bench.dialog(KeyDialog)
        assert not dialog.change_button.isEnabled()
        assert "Links that exist stay." in " ".join(
            label.text() for label in dialog.findChildren(PlainLabel)
        )
        dialog.id_button.click()
        assert "Choose the Lead field" in dialog.problem.text()
        lead = dialog.fields["Lead"]
        lead.setCurrentIndex(lead.findData("Nickname__c"))
        assert "Nickname is the mapping key" in dialog.problem.text()
        assert not dialog.change_button.isEnabled()
        for box in dialog.fields.values():
            box.setCurrentIndex(box.findData("External_Id__c"))
        dialog.strict.click()
        assert dialog.problem.text() == ""
        links = bench.host.snapshot.links
        click(dialog.change_button)
        await until(lambda: "User ID ↔ External Id" in bench.editor.key_line.text)
        rules = await bench.host.rules()
        assert rules.key.intercom_attribute == "external_id"
        assert rules.key.contact_field == "External_Id__c"
        assert rules.order.strict
        assert bench.host.snapshot.links == links

    play(story)


def test_a_mapping_is_exported_and_imported(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "out" / "mine.toml"
    path.parent.mkdir()

    async def story(bench: Bench) -> None:
        bench.panel.commands.export_file.trigger()
        await choose(bench, path)
        await until(path.exists)
        await until(lambda: any("exported" in text for text in bench.window.toasts.texts))
        content = tomllib.loads(path.read_text("utf-8"))
        rows = await bench.in_force()
        assert {row["intercom"] for row in content["row"]} == set(rows)

        bench.editor.table.row(rows[SCORE].id).remove_wanted.emit()  # type: ignore[union-attr]
        assert bench.editor.draft.changes == 1
        bench.panel.commands.import_file.trigger()
        await choose(bench, path)
        await until(lambda: bench.editor.draft.changes == 0)
        assert "Import mine.toml" in bench.panel.commands.undo_button.toolTip()

    play(story)


def test_a_file_that_is_wrong_is_told_with_its_line_and_changes_nothing(
    play: Play, tmp_path: Path
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('format = 1\n\n[[row]]\nintercom = "phone"\nlead = "Phone"\n', "utf-8")

    async def story(bench: Bench) -> None:
        rows = bench.editor.draft.rows
        bench.panel.commands.import_file.trigger()
        await choose(bench, path)
        await until(lambda: bench.panel.banners.get("file"))
        notice = bench.panel.banners.get("file").notice  # type: ignore[union-attr]
        assert notice.title == "The mapping file cannot be used"
        assert "bad.toml: row 1 (line 3): direction is missing" in notice.text
        assert bench.editor.draft.rows == rows

    play(story)


# ---------------------------------------------------------------------- nothing to map


def test_without_rows_the_suggestions_are_offered(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await bench.host.apply_rows([])
        bench.window.show_panel("activity")
        bench.window.show_panel("mapping")
        await until(lambda: bench.panel.page is Page.EMPTY)
        click(bench.panel.empty.button)
        await until(lambda: bench.panel.page is Page.EDITOR)
        assert bench.row("name").view.state == "added"
        assert await bench.in_force() == {}  # nothing takes effect before it is applied
        await bench.confirm()
        assert set(await bench.in_force()) >= {"name", "phone", PLAN}
        bench.panel.commands.suggest.trigger()
        await until(lambda: any("nothing more" in one for one in bench.window.toasts.texts))

    play(story)


def test_before_anything_is_connected_the_way_leads_to_connections(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        host = Host(tmp_path, LocalClock(served.clock.now, SPEED), Vault.in_memory())
        host.start()
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        async with window_on(host, tasks, qtbot) as bench:
            await until(lambda: bench.panel.page is Page.ABSENT)
            assert "Connect Intercom and Salesforce" in bench.panel.absent.sentence
            assert not bench.panel.commands.add_button.isEnabled()
            click(bench.panel.absent.button)
            assert bench.window.stack.key == "connections"

            bench.window.show_panel("mapping")
            for grant in grants(served):
                await host.connect(grant)
            await until(lambda: "set-up is not finished" in bench.panel.absent.sentence, 20)
            await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
            await until(lambda: bench.panel.page is Page.EDITOR, 20)
            assert bench.row("phone").view.state == ""

    run(story())


def test_fields_that_cannot_be_read_are_told_with_another_try(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        vault = Vault.in_memory()
        clock = LocalClock(served.clock.now, SPEED)
        host = Host(tmp_path, clock, vault)
        host.start()
        await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
        for grant in grants(served):
            await host.connect(grant)
        await until(lambda: host.snapshot.phase is Phase.FIRST_RUN, 20)
        await host.stop()
        served.server.stop()
        offline = Host(tmp_path, clock, vault)
        offline.start()
        async with window_on(offline, tasks, qtbot) as bench:
            await until(lambda: bench.panel.page is Page.FAILED, 20)
            assert bench.panel.failed.sentence
            assert bench.panel.failed.button.text() == "Try again"

    run(story())


# ---------------------------------------------------------------------- looks


def test_texts_of_services_are_shown_as_they_are(play: Play, served: ServedWorld) -> None:
    strange = "<b>Plan</b> & 🦊 עברית " + "x" * 60

    async def story(bench: Bench) -> None:
        served.server.call(
            lambda: served.world.salesforce.set_field("Lead", "Plan__c", label=strange)
        )
        bench.panel.commands.check.trigger()
        await until(lambda: bench.row(PLAN).cells[Place.LEAD].view.text == strange)
        cell = bench.row(PLAN).cells[Place.LEAD]
        assert "<b>" not in cell.toolTip()
        assert "&lt;b&gt;Plan" in cell.toolTip()
        assert cell.accessibleName() == f"Lead field: {strange}"
        bench.window.resize(800, 560)
        await asyncio.sleep(0.05)
        width = bench.editor.table.area.viewport().width()
        for row in bench.editor.table.rows:
            assert row.width() <= width
            columns = [cell.x() for cell in row.cells.values()]
            assert columns == [one.x() for one in bench.editor.table.rows[0].cells.values()]

    play(story)


def test_everything_on_a_row_has_a_name(play: Play) -> None:
    async def story(bench: Bench) -> None:
        row = bench.row(PLAN)
        named: list[QWidget] = [
            *row.cells.values(),
            row.rules,
            row.remove_button,
            *(row.arrows.segment(direction) for direction in Direction),
            *bench.panel.commands.widgets,
            bench.editor.sample_bar.another_button,
            bench.editor.sample_bar.search,
        ]
        for widget in named:
            text = widget.text() if isinstance(widget, QPushButton) else ""
            assert widget.accessibleName() or text, widget

    play(story)


def test_a_rows_own_edit_leaves_scroll_and_focus_where_they_are(play: Play) -> None:
    async def story(bench: Bench) -> None:
        bench.window.resize(1120, 560)
        await asyncio.sleep(0.05)
        bar = bench.editor.table.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        before = bar.value()
        assert before > 0
        row = bench.editor.table.rows[-1]
        click(row.arrows.segment(Direction.TO_INTERCOM))
        row.cells[Place.CONTACT].setFocus()
        widgets = list(bench.editor.table.rows)
        bench.editor.show_rules(replace(bench.panel.rules), bench.editor.facts.schema)
        assert bench.editor.table.rows == widgets
        assert row.cells[Place.CONTACT].hasFocus()
        await asyncio.sleep(0.05)
        assert bar.value() == min(before, bar.maximum())

    play(story)
