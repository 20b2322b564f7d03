"""The panel Activity: when, who, what from what to what, where it went and why."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.engine.events import HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase
from sfsync_gui.engine.questions import HistoryQuery, Questions
from sfsync_gui.ui.exporting import CsvExport
from sfsync_gui.ui.panels.activity.columns import EXPORTED, activity_columns, who_text
from sfsync_gui.ui.panels.activity.details import change_details
from sfsync_gui.ui.panels.activity.filters import ActivityFilters, Pair
from sfsync_gui.ui.panels.exporter import Exporter
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.families import only_text, show_text
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.doings import Doing
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import PagedModel, Query, RowAction, TableView

_REST = 250
"""Milliseconds in which what happens is looked at once."""


class ActivityPanel(Panel):
    """A table over the history that grows at its top while one looks."""

    title = "Activity"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.filters = ActivityFilters(handle.now)
        self.model = PagedModel(
            activity_columns(handle.now, lambda: self.field_texts),
            lambda entry: entry.id,
            self._fetch,
            tasks,
        )
        empty = EmptyState("activity", self.tr("Nothing was changed yet"))
        self.table = TableView(self.model, self.tr("Changes"), actions=self._actions, empty=empty)
        self.export_button = Button(self.tr("Export"), icon_name="export")
        self.exporter = Exporter(self, "activity")
        self.details = DetailsPane()
        head = column(self.filters, self.exporter.strip, space=SPACE_GROUP)
        head.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        self.split = SplitView(boxed(column(head, self.table, space=SPACE_GROUP)), self.details)
        self.set_content(self.split)
        self._connect()

    def _connect(self) -> None:
        self._look_soon = QTimer(self, singleShot=True, interval=_REST)
        self._look_soon.timeout.connect(self.model.refresh)
        self.filters.changed.connect(self._on_filtered)
        self.filters.search.left.connect(lambda: self.go_to_rows(self.table))
        self.table.search_wanted.connect(self.filters.search.begin)
        self.table.current_changed.connect(self._show_details)
        self.table.opened.connect(self._show_details)
        nothing = self.table.covers.found_none
        nothing.say("search", self.tr("No change matches"), action=self.tr("Clear filters"))
        nothing.acted.connect(self.filters.clear)
        self.export_button.clicked.connect(self._on_export_clicked)
        self.filters.search.find_from(self)

    def title_widgets(self) -> Sequence[QWidget]:
        """Export."""
        return (self.export_button,)

    # ------------------------------------------------------------------ reading

    async def _fetch(
        self, query: Query, after: HistoryEntry | None, limit: int
    ) -> Sequence[HistoryEntry]:
        return await self.ask(partial(_page, self.filters.query(), after, limit))

    async def _offer_rows(self) -> None:
        await self.read_field_texts()
        with suppress(StoreError):  # the list says that the store cannot be read
            rules = await self.handle.rules()
            self.filters.offer_rows(rules.rows, self.field_texts)

    def shown(self) -> None:
        """Read what came meanwhile."""
        if self.note_phase():
            self.model.refresh()
        if self.handle.snapshot.phase is Phase.RUNNING:
            self.tasks.start(self._offer_rows())

    def hidden(self) -> None:
        """Nobody looks: what happens is read when it is shown again."""
        self._look_soon.stop()

    def visit(self, target: object) -> None:
        """Another panel wants the history of two people seen: their ids, and a name."""
        match target:
            case ((str(intercom_id), str(salesforce_id)), str(name)):
                self.filters.clear()
                self.filters.look_at((intercom_id, salesforce_id), name)

    def on_event(self, event: HandleEvent) -> None:
        """New changes come on top."""
        if isinstance(event, HistoryAdded) and self.is_ready and self.isVisible():
            if not self._look_soon.isActive():
                self._look_soon.start()
        elif self.is_outdated_by(event):
            self.shown()

    def _on_filtered(self) -> None:
        """Ask anew, with the filters as the model's own so that it knows that it is narrowed."""
        self.split.close_details()
        if self.is_ready:
            narrowed = self.filters.query() if self.filters.is_narrowed else None
            self.model.ask(filters={"narrowed": narrowed})

    # ------------------------------------------------------------------ what a person does

    def _show_details(self, entry: HistoryEntry | None) -> None:
        if entry is None:
            self.split.close_details()
            return
        doings = []
        if entry.kind.is_write:
            doings.append(Doing(self.tr("Take back"), "undo", partial(self._revert, [entry])))
        if entry.intercom_id and entry.salesforce_id:
            pair, name = (entry.intercom_id, entry.salesforce_id), who_text(entry)
            doings += [
                Doing(
                    only_text(entry.salesforce_kind), "filter", partial(self._look_at, pair, name)
                ),
                Doing(
                    show_text(entry.salesforce_kind), "identities", partial(self._go_to, pair[0])
                ),
            ]
        self.details.set_heading(who_text(entry), times.relative(entry.at, self.handle.now()))
        self.details.set_content(*change_details(entry, doings, self.field_texts))
        self.split.open_details()

    def _actions(self, entries: Sequence[HistoryEntry]) -> Sequence[RowAction[HistoryEntry]]:
        if any(not entry.kind.is_write for entry in entries):
            return ()
        return (RowAction(self.tr("Take back"), "undo", self._revert),)

    def _revert(self, entries: Sequence[HistoryEntry]) -> None:
        self.tasks.start(self._take_back(entries[0]))

    async def _take_back(self, entry: HistoryEntry) -> None:
        await self.handle.revert(entry.id)
        told = self.tr("{field} of {who} becomes {value} again")
        place = (entry.side, entry.salesforce_kind, entry.field)
        value = self.field_texts.value(*place, entry.before) or self.tr("blank")
        label = self.field_texts.label(*place)
        self.toast(told.format(field=label, who=who_text(entry), value=value), Tone.ACCENT)

    def _look_at(self, pair: Pair, name: str) -> None:
        self.filters.look_at(pair, name)

    def _go_to(self, intercom_id: str) -> None:
        self.go_to.emit("identities", intercom_id)

    def _on_export_clicked(self) -> None:
        query = self.filters.query()

        async def fetch(after: HistoryEntry | None, limit: int) -> Sequence[HistoryEntry]:
            return await self.ask(partial(_page, query, after, limit))

        self.exporter.choose(CsvExport(EXPORTED, fetch))


def _page(
    query: HistoryQuery, after: HistoryEntry | None, limit: int, store: Questions
) -> Sequence[HistoryEntry]:
    return store.history_page(query, None if after is None else after.id, limit)
