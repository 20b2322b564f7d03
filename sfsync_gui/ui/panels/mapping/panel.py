"""The panel Attribute mapping: loads what is in force, and applies what a person made of it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.mapping_change import MappingChange
from sfsync_gui.core.schema import Schema
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, Snapshot, SnapshotChanged
from sfsync_gui.engine.storage import Profile
from sfsync_gui.ui.panels.mapping.absence import WITH_FIELDS, panel_for, same_pair, say_absence
from sfsync_gui.ui.panels.mapping.actions import MappingActions
from sfsync_gui.ui.panels.mapping.editor import MappingEditor
from sfsync_gui.ui.panels.mapping.files import choose_mapping, read_text, write_text
from sfsync_gui.ui.panels.mapping.key_dialog import ask_for_key
from sfsync_gui.ui.panels.mapping.owners import OwnerLoading
from sfsync_gui.ui.panels.mapping.samples import sample_of
from sfsync_gui.ui.panels.mapping.summary_dialog import ask_to_apply
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, Tone
from sfsync_gui.ui.widgets.banner import Notice, notice_of
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.states import EmptyState, SkeletonRows

_DRAFT, _UNREADY, _FILE, _OFF = "draft", "unready", "file", "switched-off"


class Page(StrEnum):
    """What fills the panel."""

    LOADING = "loading"
    ABSENT = "absent"
    """There is nothing to map yet: no connection, or no first run."""
    FAILED = "failed"
    EMPTY = "empty"
    EDITOR = "editor"


class MappingPanel(Panel):
    """The mapping in force with the edits made to it. Nothing takes effect until it is applied."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.editor = MappingEditor()
        self.absent = EmptyState("connections")
        self.failed = EmptyState()
        self.empty = EmptyState(
            "mapping",
            self.tr("Nothing is mapped yet"),
            detail=self.tr("Begin with the pairs that both sides have, or add a row."),
            action=self.tr("Use suggestions"),
        )
        self._stack = QStackedWidget()
        self._pages: dict[Page, QWidget] = {
            Page.LOADING: boxed(column(SkeletonRows(5), margins=(SPACE_EDGE, 0, SPACE_EDGE, 0))),
            Page.ABSENT: self.absent,
            Page.FAILED: self.failed,
            Page.EMPTY: self.empty,
            Page.EDITOR: self.editor,
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.set_content(self._stack)
        self.page = Page.LOADING
        self.rules = SyncRules()
        self._loaded = False
        self._loading: asyncio.Task[None] | None = None
        self._doing: asyncio.Task[None] | None = None
        self._phase: Phase | None = None
        self._profile: Profile | None = None
        self.commands = MappingActions(self)
        self._owners = OwnerLoading(handle, tasks, self.editor.show_schema)
        self._connect()
        self._show(Page.LOADING)

    def _connect(self) -> None:
        editor = self.editor
        editor.edited.connect(self._on_edited)
        editor.key_line.change_wanted.connect(lambda: self._start_one(self._change_key))
        editor.sample_bar.wanted.connect(lambda search: self._start_sample(search, 0))
        editor.sample_bar.another_wanted.connect(self._on_another_wanted)
        self.absent.acted.connect(self._on_absent_acted)
        self.failed.acted.connect(self._load_again)
        self.empty.acted.connect(lambda: self.tasks.start(self._suggest()))
        actions = self.commands
        actions.undo_button.clicked.connect(editor.undo)
        actions.redo_button.clicked.connect(editor.redo)
        actions.redo_shortcut.activated.connect(editor.redo)
        actions.add_button.clicked.connect(self._on_add_clicked)
        actions.apply_button.clicked.connect(lambda: self._start_one(self._apply))
        actions.suggest.triggered.connect(lambda: self.tasks.start(self._suggest()))
        actions.check.triggered.connect(lambda: self.tasks.start(self._check_again()))
        actions.import_file.triggered.connect(self._choose_import)
        actions.export_file.triggered.connect(self._choose_export)

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
        """Follow the program: connected, disconnected, another account."""
        if isinstance(event, SnapshotChanged):
            self._follow_phase(event.snapshot)

    def undo(self) -> bool:
        """Take the last edit back."""
        return self.page is Page.EDITOR and self.editor.undo()

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
        if not self.editor.facts.sample.people:
            await self._read_sample("", 0)

    def _begin_anew_for(self, profile: Profile | None) -> None:
        """Another workspace or org: nothing of the edits made for the one before fits here."""
        if self._profile is not None and not same_pair(self._profile, profile):
            self.editor.forget()
        self._profile = profile or self._profile

    def _take_in(self, rules: SyncRules, schema: Schema) -> None:
        self.rules = rules
        self.editor.show_rules(rules, schema)
        self._on_edited()

    # ------------------------------------------------------------------ showing

    def _show(self, page: Page) -> None:
        self.page = page
        self._stack.setCurrentWidget(self._pages[page])
        self._show_actions()

    def _show_actions(self) -> None:
        editing = self.page in (Page.EDITOR, Page.EMPTY)
        self.commands.show_for(self.editor.draft, editing=editing)

    def _on_edited(self) -> None:
        """The draft is another one: show whether it waits to be applied."""
        draft = self.editor.draft
        self._owners.follow(draft.rows, self.editor.facts.schema)
        self._show(Page.EDITOR if draft.rows or draft.changes else Page.EMPTY)
        self.banners.clear(_UNREADY)
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

    def _on_add_clicked(self) -> None:
        self._show(Page.EDITOR)
        self.editor.add_row()

    async def _suggest(self) -> None:
        rows = await self.handle.suggestion()
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
        present = self.editor.draft.rows
        attributes = {row.intercom_attribute for row in present}
        leads = {row.lead_field for row in present if row.lead_field}
        contacts = {row.contact_field for row in present if row.contact_field}
        return [
            row
            for row in rows
            if row.intercom_attribute not in attributes
            and row.lead_field not in leads
            and row.contact_field not in contacts
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

    def _start_one(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start what asks in a dialog, unless something does already."""
        if self._doing is None or self._doing.done():
            self._doing = self.tasks.start(work())

    # ------------------------------------------------------------------ applying

    async def _apply(self) -> None:
        unready = self.editor.unready()
        if unready:
            self._show_unready(unready)
            return
        draft, schema = self.editor.draft, self.editor.facts.schema
        rows = draft.complete_rows
        change = await self.handle.judge_rows(rows)
        if change.problems:
            self._take_in(await self.handle.rules(), await self.handle.schema())
            self._show_unready(self.editor.unready())
            return
        confirmed, wants_align = await ask_to_apply(change, schema, self)
        if not confirmed:
            return
        await self._put_into_force(rows)
        if wants_align:
            await self.align(change)

    def _show_unready(self, rows: Sequence[AttributeMapping]) -> None:
        notice = Notice(
            Tone.WARNING,
            self.tr("{rows} cannot be applied yet").format(rows=counted(len(rows), "row")),
            self.tr("What is missing or wrong stands under the row."),
            self.tr("Show"),
        )
        if rows:
            first = rows[0].id
            self.banners.show_notice(_UNREADY, notice, lambda: self.editor.table.show_row(first))
            self.editor.table.show_row(first)

    async def _put_into_force(self, rows: Sequence[AttributeMapping]) -> None:
        self.commands.set_applying(True)
        self._show_actions()
        try:
            await self.handle.apply_rows(rows)
        finally:
            self.commands.set_applying(False)
            self._show_actions()
        rules = await self.handle.rules()
        self.editor.draft.settle(rules.rows)
        self._take_in(rules, await self.handle.schema())
        self.toast(self.tr("The mapping is in force"))

    async def align(self, change: MappingChange) -> None:
        """The dry run of a bulk sync of the rows that were added or changed, and then that."""
        from sfsync_gui.ui.bulk.offering import offer_bulk  # it tells of fields by this package

        row_ids = [row.id for row in (*change.added, *change.replaced, *change.altered)]
        await offer_bulk(self, row_ids)

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
            self._take_in(await self.handle.rules(), await self.handle.schema())

    # ------------------------------------------------------------------ sample

    def _on_another_wanted(self) -> None:
        bar = self.editor.sample_bar
        self._start_sample(bar.search.wanted, self.editor.facts.sample.link_id)

    def _start_sample(self, search: str, after: int) -> None:
        self.tasks.start(self._read_sample(search, after))

    async def _read_sample(self, search: str, after: int) -> None:
        try:
            people = await self.handle.sample(search, after)
        except SfsyncError as failure:
            text = self.tr("Sample values cannot be read: {why}")
            self.editor.sample_bar.say(text.format(why=failure.title))
            return
        self.editor.show_sample(sample_of(people))

    # ------------------------------------------------------------------ files

    def _choose_import(self) -> None:
        choose_mapping(self, lambda path: self.tasks.start(self._read_file(path)), save=False)

    def _choose_export(self) -> None:
        choose_mapping(self, lambda path: self.tasks.start(self._write_file(path)), save=True)

    async def _read_file(self, path: Path) -> None:
        self.banners.clear(_FILE)
        try:
            text = await read_text(path)
            rows = await self.handle.read_rows(text, self.editor.draft.rows, path.name)
        except SfsyncError as failure:
            self.banners.show_notice(_FILE, notice_of(failure))
            return
        self.editor.replace_rows(rows, self.tr("Import {file}").format(file=path.name))
        self.toast(self.tr("{rows} imported into the draft").format(rows=counted(len(rows), "row")))

    async def _write_file(self, path: Path) -> None:
        self.banners.clear(_FILE)
        rows = self.editor.draft.complete_rows
        try:
            await write_text(path, await self.handle.write_rows(rows))
        except SfsyncError as failure:
            self.banners.show_notice(_FILE, notice_of(failure))
            return
        self.toast(
            self.tr("{rows} exported to {file}").format(
                rows=counted(len(rows), "row"), file=path.name
            )
        )
