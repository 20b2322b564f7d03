"""Companies and accounts on the panels Attribute mapping and Identity mappings."""

from dataclasses import replace
from typing import cast

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyFacts, CompanyState
from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction, Family, PersonKind
from sfsync_gui.engine.company_status import CompanyStatus
from sfsync_gui.ui.panels.activity import ActivityPanel
from sfsync_gui.ui.panels.errors import ErrorsPanel
from sfsync_gui.ui.panels.errors.panel import View as ErrorView
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog
from sfsync_gui.ui.panels.identities.panel import View
from sfsync_gui.ui.panels.mapping.company_dialog import CompanyKeyDialog
from sfsync_gui.ui.panels.mapping.company_guide import STATE
from sfsync_gui.ui.panels.mapping.draft import Draft
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.panel import MappingPanel, Page
from sfsync_gui.ui.panels.mapping.picker import FieldPicker
from sfsync_gui.ui.panels.mapping.summary_dialog import SummaryDialog
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.details import DetailsPane
from sfsync_gui.ui.widgets.states import SkeletonRows
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("companies")

KEY = "AccountNumber"
NUMBER = KeySuggestion("External_Id__c", "External Id", 171, 200)
WEBSITE = KeySuggestion("Website", "Website", 148, 200)


async def _mapping(stage: Stage) -> MappingPanel:
    """The companies on the panel Attribute mapping, with a sample company."""
    stage.open_window("mapping")
    panel = cast(MappingPanel, stage.panel)
    await stage.until(lambda: panel.page is Page.EDITOR)
    panel.editor.show_family(Family.COMPANIES)
    await stage.until(lambda: panel.editor.sample().people)
    await stage.until(lambda: panel.companies.status.state is CompanyState.SYNCED)
    return panel


async def _told(
    stage: Stage, state: CompanyState, failure: SfsyncError | None = None
) -> MappingPanel:
    """The same where no company is linked, and why."""
    panel = await _mapping(stage)
    panel.companies.show(CompanyStatus(state, KEY, CompanyFacts(214, 1_870), (), failure))
    return panel


async def _unsynced(stage: Stage, state: CompanyState = CompanyState.OFF) -> MappingPanel:
    """Companies are not synced."""
    panel = await _mapping(stage)
    panel.rules = panel.rules.unsynced()
    panel.editor.show_rules(panel.rules, panel.editor.facts.schema)
    panel.companies.show(CompanyStatus(state))
    return panel


def _without_rows(panel: MappingPanel) -> None:
    """No attribute of companies is mapped."""
    panel.editor.draft = Draft(row for row in panel.rules.rows if row.family is Family.PEOPLE)
    panel.editor.refresh()
    panel.companies.show(panel.companies.status)


def _button(panel: MappingPanel) -> Button:
    """That of the banner about companies."""
    banner = panel.banners.get(STATE)
    assert banner is not None
    return banner.action_button


def _row(panel: MappingPanel, attribute: str) -> AttributeMapping:
    return next(row for row in panel.editor.rows if row.intercom_attribute == attribute)


# ---------------------------------------------------------------------- rows


@scenes.add
async def rows(stage: Stage) -> None:
    """The rows in force, with the values of a company."""
    await _mapping(stage)


@scenes.add
async def edited(stage: Stage) -> None:
    """A row turned, one added, one begun, one with options."""
    panel = await _mapping(stage)
    editor = panel.editor
    editor.table.turned.emit(_row(panel, "size").id, Direction.TO_INTERCOM)
    tier = AttributeMapping(
        "", "custom_attributes.Tier", Direction.TWO_WAY, account_field="Plan__c"
    )
    editor.add_rows([tier], "Add")
    editor.add_row()


@scenes.add
async def picker(stage: Stage) -> None:
    """Choosing the Account field of a row, and why not others."""
    panel = await _mapping(stage)
    panel.editor.table.choose_wanted.emit(_row(panel, "size").id, Place.ACCOUNT)
    picker = await stage.dialog(FieldPicker)
    picker.why_button.click()


@scenes.add
async def summary(stage: Stage) -> None:
    """What applying means where companies are linked, too."""
    panel = await _mapping(stage)
    panel.editor.table.turned.emit(_row(panel, "size").id, Direction.TO_INTERCOM)
    panel.commands.apply_button.click()
    await stage.dialog(SummaryDialog)


@scenes.add
async def empty(stage: Stage) -> None:
    """Synced, but no row."""
    _without_rows(await _mapping(stage))


@scenes.add
async def long_names(stage: Stage) -> None:
    """Labels of eighty characters, with markup, right to left, with emoji."""
    panel = await _mapping(stage)
    schema, rules = panel.editor.facts.schema, panel.rules
    labels = ("Company <b>name</b> & " + "everything " * 6, "חברה מועדפת", "🌞 Société’s site 🎉")
    account, companies = dict(schema.salesforce["Account"]), dict(schema.companies)
    for row, label in zip(panel.editor.rows, labels, strict=False):
        name = row.account_field or ""
        account[name] = replace(account[name], label=label)
        attribute = companies[row.intercom_attribute]
        companies[attribute.name] = replace(attribute, label=label)
    number = account[KEY]
    account[KEY] = replace(number, label="Number of the customer in the old accounting system")
    salesforce = {**schema.salesforce, "Account": account}
    panel.editor.show_rules(rules, replace(schema, salesforce=salesforce, companies=companies))


# ---------------------------------------------------------------------- set-up


@scenes.add
async def off(stage: Stage) -> None:
    """They are not synced, and rows are kept."""
    await _unsynced(stage)


@scenes.add
async def never_set_up(stage: Stage) -> None:
    """They were never synced."""
    _without_rows(await _unsynced(stage))


@scenes.add
async def off_edited(stage: Stage) -> None:
    """They are not synced; a row was removed, and one of a file is of the key they had."""
    panel = await _unsynced(stage)
    editor = panel.editor
    editor.table.remove_wanted.emit(_row(panel, "size").id)
    of_key = AttributeMapping("", "size", Direction.TO_SALESFORCE, account_field=KEY)
    editor.add_rows([of_key], "Import")
    _button(panel).setFocus()


@scenes.add
async def being_read(stage: Stage) -> None:
    """All companies and accounts are being read for the first time."""
    _without_rows(await _unsynced(stage, CompanyState.JOINING))


@scenes.add
async def being_read_again(stage: Stage) -> None:
    """They are read once more; the rows are as they were."""
    await _unsynced(stage, CompanyState.JOINING)


@scenes.add
async def key_gone(stage: Stage) -> None:
    """Their key cannot be read any more."""
    panel = await _unsynced(stage, CompanyState.JOINING)
    reason = SetupError(
        "The mapping key cannot be read",
        "The field Account External_Id__c is hidden from the user or gone.",
        "Make it visible to the user of the connection, or choose another field.",
    )
    panel.companies.show(CompanyStatus(CompanyState.JOINING, "External_Id__c", kept_from=reason))


@scenes.add
async def set_up(stage: Stage) -> None:
    """By which field, and what happens first."""
    panel = await _unsynced(stage)
    _button(panel).click()
    dialog = await stage.dialog(CompanyKeyDialog)
    dialog.look_button.click()
    await stage.until(lambda: "would be matched" in dialog.found.text())
    assert dialog.field == KEY


@scenes.add
async def change_key(stage: Stage) -> None:
    """Another field, which a row maps already."""
    panel = await _mapping(stage)
    panel.editor.key_line.change_button.click()
    dialog = await stage.dialog(CompanyKeyDialog)
    dialog.field_box.setCurrentIndex(dialog.field_box.findData("Website"))


# ---------------------------------------------------------------------- what is told


@scenes.add
async def kept_from(stage: Stage) -> None:
    """Intercom does not show companies."""
    reason = SetupError(
        "Intercom refuses the list of companies",
        "The access may not read companies.",
        "Allow “Read companies” in the app’s permissions, then reconnect.",
    )
    await _told(stage, CompanyState.SYNCED, reason)


@scenes.add
async def no_companies(stage: Stage) -> None:
    """Intercom has none."""
    await _told(stage, CompanyState.NO_COMPANIES)


@scenes.add
async def no_company_changes(stage: Stage) -> None:
    """None has changed yet."""
    await _told(stage, CompanyState.NO_COMPANY_CHANGES)


@scenes.add
async def no_account_changes(stage: Stage) -> None:
    """No account has changed yet."""
    await _told(stage, CompanyState.NO_ACCOUNT_CHANGES)


@scenes.add
async def no_links(stage: Stage) -> None:
    """None is linked, and nobody has looked for another field."""
    await _told(stage, CompanyState.NO_LINKS)


@scenes.add
async def looking(stage: Stage) -> None:
    """A field that matches is being looked for."""
    panel = await _told(stage, CompanyState.NO_LINKS)
    panel.companies.show_looking()


@scenes.add
async def found(stage: Stage) -> None:
    """A field that would match."""
    panel = await _told(stage, CompanyState.NO_LINKS)
    panel.companies.show_found((NUMBER, WEBSITE))


@scenes.add
async def found_mapped(stage: Stage) -> None:
    """A field that would match, but is mapped."""
    panel = await _told(stage, CompanyState.NO_LINKS)
    panel.companies.show_found((WEBSITE,))


@scenes.add
async def found_none(stage: Stage) -> None:
    """No field matches."""
    panel = await _told(stage, CompanyState.NO_LINKS)
    panel.companies.show_found(())


# ---------------------------------------------------------------------- identity mappings


async def _identities(stage: Stage) -> IdentitiesPanel:
    stage.open_window("identities")
    await stage.table()
    panel = cast(IdentitiesPanel, stage.panel)
    await stage.until(panel.family_switch.isVisible)
    panel.show_family(Family.COMPANIES)
    await stage.until(lambda: panel.links.model.rowCount() and not stage.seen(SkeletonRows))
    return panel


@scenes.add
async def linked(stage: Stage) -> None:
    """The companies that are linked, and one of them in detail."""
    panel = await _identities(stage)
    panel.links.table.setFocus()
    panel.links.table.selectRow(2)
    await stage.until(lambda: stage.seen(DetailsPane))
    await stage.until(lambda: not stage.seen(SkeletonRows))


@scenes.add
async def left_unlinked(stage: Stage) -> None:
    """Those left unlinked."""
    panel = await _identities(stage)
    panel.view_switch.segment(View.UNLINKED).click()
    await stage.until(lambda: not stage.seen(SkeletonRows))


def _kind_of_first(panel: ActivityPanel | ErrorsPanel) -> PersonKind | None:
    first = panel.model.row(0)
    return None if first is None else first.salesforce_kind


@scenes.add
async def refused(stage: Stage) -> None:
    """What was refused of a company."""
    stage.open_window("errors")
    panel = cast(ErrorsPanel, stage.panel)
    await stage.table()
    panel.filters.kind.set_value(PersonKind.ACCOUNT)
    panel.view_switch.segment(ErrorView.LIST).click()
    await stage.until(lambda: _kind_of_first(panel) is PersonKind.ACCOUNT)
    panel.table.selectRow(0)
    await stage.until(lambda: stage.seen(DetailsPane))


@scenes.add
async def past(stage: Stage) -> None:
    """What happened to companies."""
    stage.open_window("activity")
    panel = cast(ActivityPanel, stage.panel)
    await stage.table()
    await stage.until(panel.filters.family.isVisible)
    panel.filters.family.set_value(Family.COMPANIES)
    panel.filters.changed.emit()
    await stage.until(lambda: _kind_of_first(panel) is PersonKind.ACCOUNT)
    panel.table.selectRow(0)
    await stage.until(lambda: stage.seen(DetailsPane))


@scenes.add
async def link_by_hand(stage: Stage) -> None:
    """Choosing a company and an account."""
    panel = await _identities(stage)
    panel.link_button.click()
    await stage.dialog(LinkDialog)
    await stage.until(lambda: not stage.seen(SkeletonRows))
