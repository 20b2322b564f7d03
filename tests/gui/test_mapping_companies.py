"""Companies and accounts on the panel Attribute mapping: set-up, rows, the key, what is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.core.vocabulary import BlankRule, Direction, Family, FirstRun
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.mapping.company_dialog import CompanyKeyDialog
from sfsync_gui.ui.panels.mapping.company_guide import STATE
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.options_popover import OptionsPopover
from sfsync_gui.ui.panels.mapping.panel import Page
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.rules_popover import RulesPopover
from sfsync_gui.ui.panels.mapping.summary_dialog import SummaryDialog
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.labels import PlainLabel
from tests.gui.conftest import PATIENCE, Run, until
from tests.gui.mapping_bench import (
    Bench,
    Play,
    choose,
    click,
    offered,
    played,
    press,
    way,
)

NUMBER = "AccountNumber"
TIER = "custom_attributes.Tier"
OFF = "Companies are not synced"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def play(tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run) -> Play:
    """Plays a story in the window once people are linked; companies are not synced."""
    return lambda story: run(played(story, tmp_path, served, tasks, qtbot))


async def focus(widget: QWidget) -> None:
    """Have the keyboard there, once the window has it."""
    widget.setFocus()
    await until(widget.hasFocus)


async def show_companies(bench: Bench) -> None:
    """Go to the companies."""
    click(bench.panel.family_switch.segment(Family.COMPANIES))
    await until(lambda: bench.editor.family is Family.COMPANIES)


async def synced(bench: Bench, field: str = NUMBER, first: FirstRun = FirstRun.LINK_ALL) -> None:
    """Have companies synced, with the suggested rows in force, and go there."""
    await bench.host.sync_companies(field, first)
    rows = (*(await bench.host.rules()).rows, *await bench.host.company_suggestion())
    await bench.host.apply_rows(rows)
    bench.panel.shown()
    await show_companies(bench)
    await until(lambda: bench.panel.page is Page.EDITOR)


def links(bench: Bench) -> list[LinkRow]:
    """The links of companies."""
    return bench.host.questions.links_page(LinkQuery(family=Family.COMPANIES), None, 100)


def notice(bench: Bench) -> Notice:
    """What the banner says of companies."""
    banner = bench.panel.banners.get(STATE)
    assert banner is not None
    return banner.notice


async def told(bench: Bench, title: str, within: float = PATIENCE) -> Notice:
    """The banner with that title, once it is there."""

    def is_there() -> bool:
        banner = bench.panel.banners.get(STATE)
        return banner is not None and title in banner.notice.title

    await until(is_there, within)
    return notice(bench)


def button(bench: Bench) -> Button:
    """That of the banner."""
    banner = bench.panel.banners.get(STATE)
    assert banner is not None
    return banner.action_button


async def act(bench: Bench) -> None:
    """Press the button of the banner."""
    click(button(bench))


async def stopped(bench: Bench) -> None:
    """Have companies synced no more, as a person does."""
    click(bench.editor.key_line.change_button)
    dialog = await bench.dialog(CompanyKeyDialog)
    click(dialog.off_button)
    await told(bench, OFF)


# ---------------------------------------------------------------------- setting up


def test_companies_are_set_up_by_keyboard_with_the_field_that_matches(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await focus(bench.panel.family_switch.segment(Family.PEOPLE))
        press(Qt.Key.Key_Right)
        assert (await told(bench, OFF)).action == "Switch on…"
        assert bench.panel.page is Page.EMPTY
        assert not bench.panel.empty.button.isVisible()  # nothing can be begun yet
        assert not bench.panel.empty_keys[Family.COMPANIES].isVisible()
        assert not bench.panel.commands.add_button.isEnabled()
        await focus(button(bench))
        press(Qt.Key.Key_Space)
        dialog = await bench.dialog(CompanyKeyDialog)
        assert not dialog.change_button.isEnabled()  # nothing is chosen
        assert dialog.look_button.property("flush") == "true"  # it begins its line
        await focus(dialog.look_button)
        press(Qt.Key.Key_Space)
        await until(lambda: "would be matched by Account Number" in dialog.found.text())
        assert dialog.field == NUMBER
        assert links(bench) == []  # looking changes nothing
        await focus(dialog.change_button)
        press(Qt.Key.Key_Return)
        await until(lambda: bench.panel.empty.button.isVisible())
        assert bench.panel.page is Page.EMPTY
        assert len(links(bench)) >= 16
        rules = await bench.host.rules()
        assert rules.company_key == MappingKey.of_companies(NUMBER)
        line = bench.panel.empty_keys[Family.COMPANIES]  # it can be changed before there are rows
        assert "Companies are matched by Company ID ↔ Account Number" in line.text
        assert line.change_button.isVisible()
        assert not bench.panel.empty_keys[Family.PEOPLE].isVisible()

        bench.window.activateWindow()
        bench.panel.empty.button.setFocus()
        await until(bench.panel.empty.button.hasFocus)
        press(Qt.Key.Key_Space)
        await until(lambda: bench.panel.page is Page.EDITOR)
        assert "Companies are matched by Company ID ↔ Account Number" in bench.editor.key_line.text
        assert bench.row("name").view.state == "added"
        await until(lambda: bench.row("name").cells[Place.COMPANY].view.sample)  # somebody's values
        await focus(bench.panel.commands.apply_button)
        press(Qt.Key.Key_Space)
        summary = await bench.dialog(SummaryDialog)
        said = " ".join(summary.texts)
        assert "Company name ⇄ Account Name" in said
        assert f"{bench.host.questions.link_count()} records are linked." in said
        summary.align_box.setChecked(False)
        await until(summary.apply_button.hasFocus)
        press(Qt.Key.Key_Return)
        await until(lambda: not bench.editor.draft.changes)
        rows = (await bench.host.rules()).rows
        assert {row.family for row in rows} == set(Family)
        assert "Name" in {row.account_field for row in rows}

    play(story)


def test_people_are_synced_as_before_where_companies_are_not_set_up(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await show_companies(bench)
        await told(bench, OFF)
        await act(bench)
        dialog = await bench.dialog(CompanyKeyDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: not dialog.isVisible())
        click(bench.panel.family_switch.segment(Family.PEOPLE))
        assert bench.panel.banners.get(STATE) is None  # it is of companies alone
        assert bench.panel.page is Page.EDITOR
        assert "People are matched by Email ↔ Email" in bench.editor.key_line.text
        assert (await bench.host.rules()).company_key is None

    play(story)


def test_a_field_that_a_row_maps_cannot_be_the_key(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        click(bench.editor.key_line.change_button)
        dialog = await bench.dialog(CompanyKeyDialog)
        dialog.field_box.setCurrentIndex(dialog.field_box.findData("Website"))
        assert dialog.problem.text() == "Website is mapped already. Remove its row first."
        assert not dialog.change_button.isEnabled()
        dialog.field_box.setCurrentIndex(dialog.field_box.findData("External_Id__c"))
        assert dialog.problem.text() == ""
        assert dialog.change_button.isEnabled()
        dialog.reject()

    play(story)


def test_looking_that_fails_says_why_in_the_dialog(play: Play, served: ServedWorld) -> None:
    faults = served.world.intercom.faults

    async def story(bench: Bench) -> None:
        await show_companies(bench)
        await told(bench, OFF)
        await act(bench)
        dialog = await bench.dialog(CompanyKeyDialog)
        broken = Fault(FaultKind.SERVER_ERROR, path="/companies", times=100)
        served.server.call(lambda: faults.arm(broken))
        click(dialog.look_button)
        await until(lambda: "being read" not in dialog.found.text(), 60)
        assert dialog.found.text()
        assert dialog.field is None
        layout = dialog.layout()
        assert layout is not None
        await until(lambda: dialog.height() >= layout.totalHeightForWidth(dialog.width()))
        served.server.call(faults.clear)
        click(dialog.look_button)
        await until(lambda: dialog.field == NUMBER, 30)
        dialog.reject()

    play(story)


# ---------------------------------------------------------------------- rows


def test_a_company_row_is_edited_as_any_other(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        assert list(row.cells) == [Place.COMPANY, Place.ACCOUNT]
        assert row.note_texts == ("Choose an attribute or a field: only what fits is offered.",)
        click(row.cells[Place.COMPANY])
        picker = await bench.popover(FieldPicker)
        click(picker.why_button)
        reasons = {one.name: one.reason for one in offered(picker) if not one.fits}
        assert (
            reasons["company_id"] == "Company ID is the mapping key and cannot be mapped as well."
        )
        assert "email" not in {one.name for one in offered(picker)}  # that is of people
        await bench.pick(picker, "Monthly Spend")
        assert row.note_texts == ("Choose an Account field.",)
        click(row.cells[Place.ACCOUNT])
        picker = await bench.popover(FieldPicker)
        click(picker.why_button)
        reasons = {one.name: one.reason for one in offered(picker) if not one.fits}
        assert "Account Number is the mapping key" in reasons[NUMBER]
        assert "and Industry takes a picklist." in reasons["Industry"]
        await bench.pick(picker, "AnnualRevenue")
        assert row.view.name == "Monthly Spend"
        click(row.rules)
        rules = await bench.popover(RulesPopover)
        click(rules.blanks.segment(BlankRule.COPY))
        rules.close()
        await until(lambda: "Blanks copied" in row.rules.texts)
        await bench.confirm()
        saved = next(
            one
            for one in (await bench.host.rules()).rows
            if one.intercom_attribute == "monthly_spend"
        )
        assert (saved.account_field, saved.lead_field) == ("AnnualRevenue", None)

    play(story)


def test_undo_goes_back_to_where_the_edit_was_made(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        size = bench.row("size")
        click(size.arrows.segment(Direction.TO_INTERCOM))
        assert way(size) == "←"
        click(bench.panel.family_switch.segment(Family.PEOPLE))
        assert bench.panel.family_switch.value == "people"
        assert "1 change is" in bench.panel.banners.get("draft").notice.title  # type: ignore[union-attr]
        bench.editor.table.rows[0].first_stop.setFocus()
        press(Qt.Key.Key_Z, CTRL)
        assert bench.editor.family is Family.COMPANIES
        assert bench.panel.family_switch.value == "companies"
        assert way(bench.row("size")) == "⇄"
        assert bench.editor.draft.changes == 0

    play(story)


def test_values_of_a_real_company_stand_under_the_names(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        await until(lambda: bench.editor.sample().people)
        bar = bench.editor.sample_bar
        cells = bench.row("name").cells
        assert cells[Place.COMPANY].view.sample in bar.text
        assert cells[Place.ACCOUNT].view.sample
        first = bar.text
        click(bar.another_button)
        await until(lambda: bar.text != first)
        QTest.keyClicks(bar.search, "hooli")
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        await until(lambda: bar.text == "Sample values of Hooli")
        assert cells[Place.ACCOUNT].view.sample == "Hooli"
        QTest.keyClicks(bar.search, " nowhere")
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        await until(lambda: bar.text == "No company of this name is linked")
        click(bench.panel.family_switch.segment(Family.PEOPLE))
        assert bench.editor.sample().people  # that of people stays

    play(story)


def test_options_of_a_company_and_an_account_stand_side_by_side(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        click(row.cells[Place.COMPANY])
        await bench.pick(await bench.popover(FieldPicker), "Tier")
        click(row.cells[Place.ACCOUNT])
        await bench.pick(await bench.popover(FieldPicker), "Plan__c")
        assert row.view.row.intercom_attribute == TIER
        assert "options match" in row.note_texts[0]
        click(row.options_buttons[0])
        await bench.popover(OptionsPopover)

    play(story)


def test_a_file_holds_the_rows_of_people_and_companies(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "both.toml"

    async def story(bench: Bench) -> None:
        await synced(bench)
        bench.panel.commands.export_file.trigger()
        await choose(bench, path)
        await until(path.exists)
        await until(lambda: any("exported" in text for text in bench.window.toasts.texts))
        rows = tomllib.loads(path.read_text("utf-8"))["row"]
        assert "Name" in {row.get("account") for row in rows}
        assert "phone" in {row["intercom"] for row in rows if "lead" in row}
        bench.editor.table.remove_wanted.emit(bench.row("size").view.row.id)
        assert bench.editor.draft.changes == 1
        bench.panel.commands.import_file.trigger()
        await choose(bench, path)
        await until(lambda: bench.editor.draft.changes == 0)

    play(story)


def test_a_row_of_companies_that_is_not_ready_is_shown_from_the_people(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        click(bench.panel.commands.add_button)
        row = bench.editor.table.rows[-1]
        click(row.cells[Place.COMPANY])
        await bench.pick(await bench.popover(FieldPicker), "Monthly Spend")
        click(bench.panel.family_switch.segment(Family.PEOPLE))
        click(bench.panel.commands.apply_button)
        await until(lambda: bench.panel.banners.get("unready"))
        assert bench.editor.family is Family.COMPANIES
        assert row.first_stop.hasFocus()
        await bench.panel.take_in_anew()  # as when the program tells of something
        assert bench.panel.banners.get("unready")
        bench.editor.undo()
        assert not bench.panel.banners.get("unready")

    play(story)


def test_existing_companies_are_brought_in_line_from_a_dry_run(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        size = bench.row("size")
        click(size.arrows.segment(Direction.TO_SALESFORCE))
        await bench.confirm(align=True)
        dialog = await bench.dialog(AlignDialog)
        said = " ".join(label.text() for label in dialog.findChildren(PlainLabel))
        assert "linked companies would be written" in said
        assert f"{len(links(bench))} linked companies were looked at" in said
        click(dialog.align_button)
        await until(lambda: any("has begun" in one for one in bench.window.toasts.texts))

    play(story)


# ---------------------------------------------------------------------- the key


def test_the_key_is_changed_and_links_stay(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        before = len(links(bench))
        click(bench.editor.key_line.change_button)
        dialog = await bench.dialog(CompanyKeyDialog)
        said = " ".join(label.text() for label in dialog.findChildren(PlainLabel))
        assert "Links that exist stay." in said
        assert not dialog.change_button.isEnabled()  # it is that already
        dialog.field_box.setCurrentIndex(dialog.field_box.findData("External_Id__c"))
        click(dialog.change_button)
        await until(lambda: "Company ID ↔ External Id" in bench.editor.key_line.text, 20)
        rules = await bench.host.rules()
        assert rules.company_key == MappingKey.of_companies("External_Id__c")
        assert len(links(bench)) == before

    play(story)


def test_companies_are_synced_no_more_and_rows_are_kept(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        rows, before = len(bench.editor.rows), len(links(bench))
        await stopped(bench)
        said = notice(bench).text
        assert "Rows and links are kept." in said
        assert "their rows can be removed but not changed" in said
        assert bench.panel.page is Page.EDITOR
        assert (await bench.host.rules()).company_key is None
        assert len(links(bench)) == before

        await act(bench)
        dialog = await bench.dialog(CompanyKeyDialog)
        assert dialog.field == NUMBER  # as it was before
        click(dialog.change_button)
        await until(lambda: bench.editor.is_synced, 20)
        await until(lambda: bench.panel.banners.get(STATE) is None, 20)
        assert len(bench.editor.rows) == rows
        assert bench.row("size").arrows.isEnabled()

    play(story)


def test_rows_that_are_kept_can_be_read_and_removed_but_not_changed(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        await until(lambda: bench.row("size").cells[Place.COMPANY].view.sample)
        shown = [(cell.text, cell.gone) for _, cell in bench.row("size").view.cells]
        await stopped(bench)
        size = bench.row("size")
        assert [(cell.text, cell.gone) for _, cell in size.view.cells] == shown
        assert not size.cells[Place.COMPANY].view.sample  # of whom, nobody would say
        assert not bench.editor.key_line.isVisible()
        assert not bench.editor.sample_bar.isVisible()
        click(size.arrows.segment(Direction.TO_INTERCOM))
        assert way(size) == "⇄"
        for cell in (*size.cells.values(), size.rules):
            click(cell)
            assert bench.editor.popover is None
        assert bench.editor.draft.changes == 0

        bench.window.activateWindow()
        bench.editor.table.show_row(size.view.row.id)
        await until(size.remove_button.hasFocus)
        press(Qt.Key.Key_Delete)
        assert bench.editor.draft.changes == 1
        await bench.confirm()
        assert "size" not in await bench.in_force()
        await told(bench, OFF)

    play(story)


def test_that_companies_were_stopped_elsewhere_is_told(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        await until(lambda: bench.row("size").cells[Place.COMPANY].isEnabled())
        await bench.host.stop_companies()  # as by the command line
        await bench.host.sync_now()
        await told(bench, OFF)
        assert not bench.row("size").cells[Place.COMPANY].isEnabled()

    play(story)


def test_rows_kept_from_before_the_program_was_started_can_be_read(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench)
        await bench.host.stop_companies()
        await bench.host.schema(anew=True)  # as at the start
        bench.panel.shown()
        await told(bench, OFF)
        assert [cell.text for _, cell in bench.row("size").view.cells] == [
            "Company size",
            "Employees",
        ]

    play(story)


def test_while_all_is_read_for_the_first_time_the_banner_says_so(
    play: Play, served: ServedWorld
) -> None:
    faults = served.world.intercom.faults

    async def story(bench: Bench) -> None:
        broken = Fault(FaultKind.SERVER_ERROR, path="^/companies", times=10_000)
        served.server.call(lambda: faults.arm(broken))
        await show_companies(bench)
        await told(bench, OFF)
        await act(bench)
        dialog = await bench.dialog(CompanyKeyDialog)
        dialog.field_box.setCurrentIndex(dialog.field_box.findData(NUMBER))
        click(dialog.change_button)
        assert (await told(bench, "Companies are being read")).action == ""
        assert bench.panel.page is Page.EMPTY
        assert not bench.panel.commands.add_button.isEnabled()
        bench.panel.shown()  # as when somebody comes back to it meanwhile
        served.server.call(faults.clear)
        titles = set()

        def is_done() -> bool:
            banner = bench.panel.banners.get(STATE)
            titles.add(banner.notice.title if banner else "")
            return bench.editor.is_synced and banner is None

        await until(is_done, 60)
        assert titles == {"Companies are being read", ""}
        assert bench.panel.empty.button.isVisible()

    play(story)


def test_a_file_with_a_row_of_the_former_key_is_not_applied(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "key.toml"

    async def story(bench: Bench) -> None:
        await synced(bench)
        await stopped(bench)
        row = AttributeMapping("k", "name", Direction.TO_SALESFORCE, account_field=NUMBER)
        path.write_text(await bench.host.write_rows([row]), "utf-8")
        bench.panel.commands.import_file.trigger()
        await choose(bench, path)
        await until(lambda: bench.editor.draft.changes)
        click(bench.panel.commands.apply_button)
        await until(lambda: bench.panel.banners.get("unready"))
        (said,) = bench.row("name").note_texts
        assert said == "Account Account Number is the mapping key and cannot be mapped as well."
        assert row not in (await bench.host.rules()).rows

    play(story)


def test_a_key_that_is_hidden_is_told_and_another_is_chosen(
    play: Play, served: ServedWorld
) -> None:
    world = served.world

    async def story(bench: Bench) -> None:
        await synced(bench)
        served.server.call(lambda: world.salesforce.hide_field("Account", NUMBER))
        bench.panel.commands.check.trigger()
        await bench.host.sync_now()
        said = await told(bench, "The mapping key cannot be read", 30)
        assert NUMBER in said.text
        assert not bench.editor.is_synced
        await act(bench)
        dialog = await bench.dialog(CompanyKeyDialog)
        assert dialog.off_button.isVisible()  # that is a way out, too
        assert dialog.field is None  # what cannot be read is not offered
        dialog.field_box.setCurrentIndex(dialog.field_box.findData("External_Id__c"))
        click(dialog.change_button)
        await until(lambda: bench.editor.is_synced, 20)
        assert "External Id" in bench.editor.key_line.text

    play(story)


# ---------------------------------------------------------------------- what is told


def test_the_field_that_would_match_is_found_and_used(play: Play) -> None:
    async def story(bench: Bench) -> None:
        await synced(bench, "External_Id__c")
        assert links(bench) == []
        # Nobody matched: the program has looked by itself.
        found = await told(bench, "Account Number would match")
        assert "%" in found.title
        assert found.action == "Use this field"
        await act(bench)
        await until(lambda: len(links(bench)) >= 16, 20)
        await until(lambda: bench.panel.banners.get(STATE) is None, 20)
        await until(lambda: "Account Number" in bench.editor.key_line.text)

    play(story)


def test_a_field_that_would_match_but_is_mapped_is_not_used_at_once(
    play: Play, served: ServedWorld
) -> None:
    world = served.world

    def move() -> None:
        for account_id in world.salesforce.ids("Account"):
            record = world.salesforce.record(account_id) or {}
            world.salesforce.edit(account_id, Website=record["AccountNumber"], AccountNumber=None)

    async def story(bench: Bench) -> None:
        served.server.call(move)
        await synced(bench)
        said = await told(bench, "Website would match")
        assert said.action == ""
        assert "remove the row that maps it first" in said.text

    play(story)


def test_without_changes_it_is_told_what_makes_links(play: Play, served: ServedWorld) -> None:
    world = served.world

    async def story(bench: Bench) -> None:
        await synced(bench, first=FirstRun.AS_THEY_CHANGE)
        assert (await told(bench, "No company in Intercom has changed")).action
        companies = served.server.call(world.intercom.companies)
        lone = next(one["id"] for one in companies if one["name"] == "Duff")
        served.server.call(lambda: world.intercom.edit_company(lone, size=7))
        await bench.host.change_settings({"company_interval": LIMITS["company_interval"].low})
        await told(bench, "No account in Salesforce has changed")
        await act(bench)
        assert (await told(bench, "Account Number is the field that matches best")).action == ""

    play(story)


def test_without_companies_that_is_told(play: Play, served: ServedWorld) -> None:
    world = served.world

    def delete_all() -> None:
        for one in world.intercom.companies():
            world.intercom.delete_company(one["id"])

    async def story(bench: Bench) -> None:
        served.server.call(delete_all)
        served.settle_index()
        await synced(bench)
        said = await told(bench, "There are no companies in Intercom")
        assert "once a person belongs to it" in said.text
        click(bench.panel.family_switch.segment(Family.PEOPLE))
        assert bench.panel.banners.get(STATE) is None  # it is of companies alone

    play(story)


def test_where_no_field_matches_that_is_told(play: Play, served: ServedWorld) -> None:
    world = served.world

    def part() -> None:
        for account_id in world.salesforce.ids("Account"):
            world.salesforce.edit(account_id, AccountNumber=None)

    async def story(bench: Bench) -> None:
        served.server.call(part)
        await synced(bench)
        assert (await told(bench, "No company is linked")).action == "Look for a field that matches"
        await act(bench)
        said = await told(bench, "No field of Account matches")
        assert "Enter it there, or link by hand." in said.text
        assert said.action == ""

    play(story)


def test_a_search_that_fails_is_told_in_the_banner(play: Play, served: ServedWorld) -> None:
    faults = served.world.intercom.faults

    async def story(bench: Bench) -> None:
        await synced(bench, first=FirstRun.AS_THEY_CHANGE)
        await told(bench, "No company in Intercom has changed")
        broken = Fault(FaultKind.SERVER_ERROR, path="/companies", times=100)
        served.server.call(lambda: faults.arm(broken))
        await act(bench)
        await until(lambda: notice(bench).dismissable)
        assert notice(bench).tone is Tone.DANGER
        served.server.call(faults.clear)

    play(story)
