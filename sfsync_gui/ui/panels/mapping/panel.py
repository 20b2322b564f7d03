"""The panel Attribute mapping: loads what is in force, and shows what a person makes of it."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.events import Checked, HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, Snapshot, SnapshotChanged
from sfsync_gui.engine.storage import Profile
from sfsync_gui.ui.panels.mapping.absence import (
    WITH_FIELDS,
    panel_for,
    same_pair,
    say_absence,
    say_no_rows,
)
from sfsync_gui.ui.panels.mapping.actions import MappingActions
from sfsync_gui.ui.panels.mapping.applying import Applying
from sfsync_gui.ui.panels.mapping.company_guide import CompanyGuide
from sfsync_gui.ui.panels.mapping.files import MappingFiles
from sfsync_gui.ui.panels.mapping.key_dialog import ask_for_key
from sfsync_gui.ui.panels.mapping.key_line import KeyLine
from sfsync_gui.ui.panels.mapping.owners import OwnerLoading
from sfsync_gui.ui.panels.mapping.samples import sample_of
from sfsync_gui.ui.panels.mapping.workbench import Workbench
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.banner import Notice
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.states import EmptyState, SkeletonRows

_DRAFT, _OFF = "draft", "switched-off"


class Page(StrEnum):
    """What fills the panel."""

    LOADING = "loading"
    ABSENT = "absent"
    """There is nothing to map yet: no connection, or no first run."""
    FAILED = "failed"
    EMPTY = "empty"
    EDITOR = "editor"


_AT_WORK = (Page.EMPTY, Page.EDITOR)
"""Pages on which one can go from people to companies."""


class MappingPanel(Workbench):
    """The mapping in force with the edits made to it. Nothing takes effect until it is applied."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.absent = EmptyState("connections")
        self.failed = EmptyState()
        self.empty = EmptyState("mapping")
        self.empty_keys = {family: KeyLine(family) for family in Family}
        self.family_switch = Segmented(
            self.tr("Whose attributes"),
            (
                Option(Family.PEOPLE, self.tr("People"), "person"),
                Option(Family.COMPANIES, self.tr("Companies"), "company"),
            ),
            Family.PEOPLE,
        )
        self._stack = QStackedWidget()
        self._pages: dict[Page, QWidget] = {
            Page.LOADING: boxed(column(SkeletonRows(5), margins=(SPACE_EDGE, 0, SPACE_EDGE, 0))),
            Page.ABSENT: self.absent,
            Page.FAILED: self.failed,
            Page.EMPTY: self._without_rows(),
            Page.EDITOR: self.editor,
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
        switch = row(self.family_switch, None, margins=(SPACE_EDGE, 0, SPACE_EDGE, 0))
        self._head = boxed(switch)
        self.set_content(boxed(column(self._head, self._stack, space=SPACE_GROUP)))
        self.page = Page.LOADING
        self._loaded = False
        self._loading: asyncio.Task[None] | None = None
        self._phase: Phase | None = None
        self._profile: Profile | None = None
        self.commands = MappingActions(self)
        self._owners = OwnerLoading(handle, tasks, self.editor.show_schema)
        self.applying = Applying(self)
        self.files = MappingFiles(self)
        self.companies = CompanyGuide(self)
        self._connect()
        self._show(Page.LOADING)

    def _without_rows(self) -> QWidget:
        """By what records are matched, which goes on without rows, and what to begin with."""
        keys = column(*self.empty_keys.values(), margins=(SPACE_EDGE, SPACE_TIGHT, SPACE_EDGE, 0))
        content = column(keys, self.empty, space=SPACE_GROUP)
        content.setStretch(1, 1)
        return boxed(content)

    def _connect(self) -> None:
        editor = self.editor
        editor.edited.connect(self._on_edited)
        editor.family_shown.connect(self._on_family_shown)
        self.family_switch.chosen.connect(editor.show_family)
        for family, view in editor.views.items():
            view.sample_bar.wanted.connect(partial(self._start_sample, family))
            view.sample_bar.another_wanted.connect(partial(self._on_another_wanted, family))
        change = {Family.PEOPLE: self._change_key, Family.COMPANIES: self.companies.change_key}
        for family, work in change.items():
            for line in (editor.views[family].key_line, self.empty_keys[family]):
                line.change_wanted.connect(partial(self.start_one, work))
        self.absent.acted.connect(self._on_absent_acted)
        self.failed.acted.connect(self._load_again)
        self.empty.acted.connect(lambda: self.tasks.start(self._suggest()))
        actions = self.commands
        actions.undo_button.clicked.connect(editor.undo)
        actions.redo_button.clicked.connect(editor.redo)
        actions.redo_shortcut.activated.connect(editor.redo)
        actions.add_button.clicked.connect(self._on_add_clicked)
        actions.apply_button.clicked.connect(lambda: self.start_one(self.applying.apply))
        actions.suggest.triggered.connect(lambda: self.tasks.start(self._suggest()))
        actions.check.triggered.connect(lambda: self.tasks.start(self._check_again()))
        actions.import_file.triggered.connect(self.files.choose_import)
        actions.export_file.triggered.connect(self.files.choose_export)

    def title_widgets(self) -> Sequence[QWidget]:
        """Undo, redo, more, a new row, and apply."""
        return self.commands.widgets

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Take in what is in force now; edits stay."""
        self._follow_phase(self.handle.snapshot)
        if self._loaded:
            self._load()

    def on_event(self, event: HandleEvent) -> None:
        """Follow the program: connected, disconnected, another account, companies read."""
        if isinstance(event, SnapshotChanged):
            self._follow_phase(event.snapshot)
        elif isinstance(event, Checked | HistoryAdded) and self.isVisible():
            self.companies.look_soon()

    def undo(self) -> bool:
        """Take the last edit back."""
        return self.page in _AT_WORK and self.editor.undo()

    def _follow_phase(self, snapshot: Snapshot) -> None:
        if not self.isVisible() or snapshot.phase is self._phase:
            return
        self._phase = snapshot.phase
        if snapshot.phase in WITH_FIELDS:
            self._load()
        else:
            self._show_absent(snapshot)

    def _show_absent(self, snapshot: Snapshot) -> None:
        if panel_for(snapshot.phase):
            say_absence(self.absent, snapshot.phase)
            self._show(Page.ABSENT)
        elif snapshot.phase is Phase.FAILED and snapshot.reason is not None:
            self.failed.say_failure(snapshot.reason)
            self._show(Page.FAILED)
        else:
            self._show(Page.LOADING)

    def _on_absent_acted(self) -> None:
        self.go_to.emit(panel_for(self._phase), None)

    def _load(self) -> None:
        if self._loading is None:
            self._loading = self.tasks.start(self._read_all())

    def _load_again(self) -> None:
        self._show(Page.LOADING)
        self._load()

    async def _read_all(self) -> None:
        try:
            rules = await self.handle.rules()
            schema = await self.handle.schema()
        except SfsyncError as failure:
            if not self._loaded:
                self.failed.say_failure(failure)
                self._show(Page.FAILED)
            return
        finally:
            self._loading = None
        self._begin_anew_for(self.handle.snapshot.profile)
        self._loaded = True
        self._take_in(rules, schema)
        await self.read_first_sample()

    def _begin_anew_for(self, profile: Profile | None) -> None:
        """Another workspace or org: nothing of the edits made for the one before fits here."""
        if self._profile is not None and not same_pair(self._profile, profile):
            self.editor.forget()
        self._profile = profile or self._profile

    async def take_in_anew(self) -> None:
        """Take in what is in force now."""
        self._take_in(await self.handle.rules(), await self.handle.schema())

    def _take_in(self, rules: SyncRules, schema: Schema) -> None:
        self.rules = rules
        self.editor.show_rules(rules, schema)
        for line in self.empty_keys.values():
            line.show_key(rules, schema)
        self._on_edited()
        self.companies.look()

    # ------------------------------------------------------------------ showing

    def _show(self, page: Page) -> None:
        self.page = page
        self._stack.setCurrentWidget(self._pages[page])
        self._head.setVisible(page in _AT_WORK)
        self._show_actions()

    def _show_actions(self) -> None:
        at_work, is_synced = self.page in _AT_WORK, self.editor.is_synced
        self.commands.show_for(self.editor.draft, editing=at_work, adding=is_synced)

    def _on_edited(self) -> None:
        """The draft is another one: show whether it waits to be applied."""
        draft = self.editor.draft
        self._owners.follow(draft.rows, self.editor.facts.schema)
        self.show_page()
        self.applying.follow_draft()
        if draft.changes:
            notice = Notice(
                Tone.ACCENT,
                self.tr("{changes} not applied yet").format(
                    changes=counted(draft.changes, "change is", "changes are")
                ),
                self.tr("The sync goes on with the mapping in force."),
                self.tr("Discard"),
                icon_name="edit",
            )
            self.banners.show_notice(_DRAFT, notice, self.editor.discard)
        else:
            self.banners.clear(_DRAFT)
        self._show_switched_off()
        self.badge_changed.emit(draft.changes, False)

    def show_page(self) -> None:
        """Show what fills the panel now that there is something to map."""
        if self._loaded and self._phase in WITH_FIELDS:
            self._show(self._page_at_work())

    def _page_at_work(self) -> Page:
        """What fills the panel for the family on show."""
        editor, family = self.editor, self.editor.family
        for one, line in self.empty_keys.items():
            line.setVisible(one is family and editor.is_synced)
        say_no_rows(self.empty, is_synced=editor.is_synced)
        had_rows = any(row.family is family for row in editor.draft.base)
        return Page.EDITOR if editor.rows or had_rows else Page.EMPTY

    def _on_family_shown(self, family: Family) -> None:
        """The other family is on show: its rows, whose values, how its sync is."""
        self.family_switch.set_value(family)
        self.show_page()
        self._show_switched_off()
        self.companies.look()
        self.tasks.start(self.read_first_sample())

    def _show_switched_off(self) -> None:
        off = sum(row.disabled is not None for row in self.editor.draft.rows)
        if not off or self.page is not Page.EDITOR:
            self.banners.clear(_OFF)
            return
        notice = Notice(
            Tone.DANGER,
            self.tr("{rows} switched off").format(rows=counted(off, "row is", "rows are")),
            self.tr("A field is no longer as it was. The other rows go on."),
            self.tr("Check again"),
        )
        self.banners.show_notice(_OFF, notice, lambda: self.tasks.start(self._check_again()))

    # ------------------------------------------------------------------ what a person does

    def show_applying(self, applying: bool) -> None:
        """Whether the draft is being put into force."""
        self.commands.set_applying(applying)
        self._show_actions()

    def _on_add_clicked(self) -> None:
        self._show(Page.EDITOR)
        self.editor.add_row()

    async def _suggest(self) -> None:
        of_people = self.editor.family is Family.PEOPLE
        handle = self.handle
        rows = await (handle.suggestion() if of_people else handle.company_suggestion())
        fresh = self._fresh(rows)
        if not fresh:
            self.toast(self.tr("There is nothing more to suggest"), Tone.ACCENT)
            return
        self.editor.add_rows(fresh, self.tr("Add suggested rows"))
        self.toast(
            self.tr("{rows} added to the draft").format(
                rows=counted(len(fresh), "suggested row", "suggested rows")
            )
        )

    def _fresh(self, rows: Sequence[AttributeMapping]) -> list[AttributeMapping]:
        """Suggestions whose attribute and fields no row of the draft has."""
        taken = {place for row in self.editor.rows for place in enumerate(row.places)}
        return [
            row
            for row in rows
            if not any(place in taken for place in enumerate(row.places) if place[1])
        ]

    async def _check_again(self) -> None:
        schema = await self.handle.schema(anew=True)
        self._take_in(await self.handle.rules(), schema)
        off = sum(row.disabled is not None for row in self.editor.draft.rows)
        if off:
            rows = counted(off, "row is", "rows are")
            self.toast(self.tr("{rows} still switched off").format(rows=rows), Tone.WARNING)
        else:
            self.toast(self.tr("The fields of both sides are up to date"))

    # ------------------------------------------------------------------ key

    async def _change_key(self) -> None:
        chosen = await ask_for_key(self.rules, self.editor.facts.schema, self)
        if chosen is None:
            return
        key, order = chosen
        self.editor.key_line.show_changing()
        try:
            await self.handle.change_key(key, order)
            self.toast(self.tr("People are matched anew from now on"))
        finally:
            await self.take_in_anew()

    # ------------------------------------------------------------------ sample

    async def read_first_sample(self) -> None:
        """Have somebody's values under the names, unless there are or nobody is synced."""
        family = self.editor.family
        if self.editor.is_synced and not self.editor.sample().people:
            await self._read_sample(family, "", 0)

    def _on_another_wanted(self, family: Family) -> None:
        search = self.editor.views[family].sample_bar.search.wanted
        self._start_sample(family, search, self.editor.sample(family).link_id)

    def _start_sample(self, family: Family, search: str, after: int = 0) -> None:
        self.tasks.start(self._read_sample(family, search, after))

    async def _read_sample(self, family: Family, search: str, after: int) -> None:
        try:
            people = await self.handle.sample(search, after, family)
        except SfsyncError as failure:
            text = self.tr("Sample values cannot be read: {why}")
            self.editor.views[family].sample_bar.say(text.format(why=failure.title))
            return
        self.editor.show_sample(sample_of(people), family)
