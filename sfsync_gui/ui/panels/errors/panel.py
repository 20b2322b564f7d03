"""The panel Sync errors: by cause or one by one, filtered, with another attempt for any of them."""

from collections.abc import Hashable, Sequence
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.history import SyncError
from sfsync_gui.engine.events import ActivityChanged, ErrorOpened, ErrorsClosed
from sfsync_gui.engine.handle import Handle, HandleEvent, SnapshotChanged
from sfsync_gui.engine.questions import ErrorGroup, ErrorQuery, Questions
from sfsync_gui.ui.exporting import CsvExport
from sfsync_gui.ui.panels.errors.columns import EXPORTED, cause_columns, error_columns
from sfsync_gui.ui.panels.errors.details import cause_details, error_details
from sfsync_gui.ui.panels.errors.filters import ErrorFilters
from sfsync_gui.ui.panels.errors.retrying import RetryProgress
from sfsync_gui.ui.panels.exporter import Exporter
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.errors import cause_text, who_text
from sfsync_gui.ui.texts.families import show_text
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.doings import Doing
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import PagedModel, Query, RowAction, TableView, Watch

_CHUNK = 1000
"""Errors whose ids are read at once."""

_REST = 250
"""Milliseconds in which what happens is looked at once."""


class View(StrEnum):
    """How the errors are shown."""

    CAUSES = "causes"
    LIST = "list"


class ErrorsPanel(Panel):
    """Open errors; each goes by itself when its cause is gone."""

    title = "Sync errors"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.view_switch = Segmented(
            self.tr("Show"),
            (
                Option(View.CAUSES, self.tr("By cause")),
                Option(View.LIST, self.tr("One by one")),
            ),
            View.CAUSES,
        )
        self.filters = ErrorFilters(handle.now, self.view_switch)
        errors = error_columns(handle.now, lambda: self.field_texts)
        self.model = PagedModel(errors, lambda error: error.id, self._fetch_errors, tasks)
        causes = cause_columns(handle.now, lambda: self.field_texts)
        self.causes = PagedModel(causes, lambda group: group.cause, self._fetch_causes, tasks)
        self.table = TableView(
            self.model, self.tr("Sync errors"), actions=self._error_actions, empty=self._calm()
        )
        self.cause_table = TableView(
            self.causes, self.tr("Causes"), actions=self._cause_actions, empty=self._calm()
        )
        self.retry_button = PrimaryButton(self.tr("Retry all"), icon_name="retry")
        self.export_button = Button(self.tr("Export"), icon_name="export")
        self.exporter = Exporter(self, "sync-errors")
        self.retrying = RetryProgress(self)
        self._told_error, self._told_cause = Watch(self.model), Watch(self.causes)
        self._arrange()
        self._connect()
        self._show_count(handle.snapshot.errors)

    def _calm(self) -> EmptyState:
        return EmptyState("success", self.tr("Everything is in step"), tone=Tone.SUCCESS)

    def _arrange(self) -> None:
        self._tables = QStackedWidget()
        self._tables.addWidget(self.cause_table)
        self._tables.addWidget(self.table)
        strips = (self.retrying.strip, self.exporter.strip)
        head = column(self.filters, *strips, space=SPACE_GROUP)
        head.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        main = boxed(column(head, self._tables, space=SPACE_GROUP))
        self.details = DetailsPane()
        self.split = SplitView(main, self.details)
        self.set_content(self.split)

    def _connect(self) -> None:
        self._look_soon = QTimer(self, singleShot=True, interval=_REST)
        self._look_soon.timeout.connect(self._look)
        self.view_switch.chosen.connect(self._on_view_chosen)
        self.filters.changed.connect(self._on_filtered)
        self.filters.search.left.connect(lambda: self.go_to_rows(self._current_table))
        self.retry_button.clicked.connect(self._on_retry_clicked)
        self.export_button.clicked.connect(self._on_export_clicked)
        for table in (self.table, self.cause_table):
            table.search_wanted.connect(self.filters.search.begin)
            table.covers.found_none.say(
                "search", self.tr("No error matches"), action=self.tr("Clear filters")
            )
            table.covers.found_none.acted.connect(self.filters.clear)
            table.selection_changed.connect(lambda _: self._show_retry())
        self.filters.search.find_from(self)
        self.table.current_changed.connect(self._show_error)
        self.table.opened.connect(self._show_error)
        self.table.delete_wanted.connect(self._dismiss)
        self.cause_table.current_changed.connect(self._show_cause)
        self.cause_table.opened.connect(self._look_at)
        self.cause_table.delete_wanted.connect(self._dismiss_causes)
        for told in (self._told_error, self._told_cause):
            told.gone.connect(self.split.close_details)

    def title_widgets(self) -> Sequence[QWidget]:
        """Export, and the main action: retry."""
        return (self.export_button, self.retry_button)

    # ------------------------------------------------------------------ reading

    async def _fetch_errors(
        self, query: Query, after: SyncError | None, limit: int
    ) -> Sequence[SyncError]:
        return await self.ask(partial(_errors, self.filters.query(), after, limit))

    async def _fetch_causes(
        self, query: Query, after: ErrorGroup | None, limit: int
    ) -> Sequence[ErrorGroup]:
        """All causes at once: there are as many as there are kinds of trouble."""
        if after is not None:
            return ()
        return await self.ask(partial(_groups, self.filters.query()))

    def shown(self) -> None:
        """Read what is open now."""
        if self.note_phase():
            self._look()
            self.tasks.start(self.read_field_texts())

    def hidden(self) -> None:
        """Nobody looks: what happens is looked at when it is shown again."""
        self._look_soon.stop()

    def visit(self, target: object) -> None:
        """Another panel wants the errors of one person seen, by name or Id."""
        if isinstance(target, str):
            self.filters.clear()
            self._switch_to(View.LIST)
            self.filters.search.setText(target)

    def on_event(self, event: HandleEvent) -> None:
        """Errors come, and go by themselves."""
        if isinstance(event, SnapshotChanged):
            self._show_count(event.snapshot.errors)
            if self.is_outdated_by(event):
                self.shown()
        elif isinstance(event, ErrorOpened | ErrorsClosed | ActivityChanged):
            if isinstance(event, ErrorsClosed):
                self.retrying.note_mended(event.count)
            if self.is_ready and self.isVisible() and not self._look_soon.isActive():
                self._look_soon.start()

    def _look(self) -> None:
        self.tasks.start(self._look_beside())
        if self.isVisible():
            self._current_model.refresh()

    async def _look_beside(self) -> None:
        """How far another attempt is, and since when all is well."""
        with suppress(StoreError):  # the list says that the store cannot be read
            await self.retrying.look()
            await self._tell_since()

    async def _tell_since(self) -> None:
        """Say in the empty state since when all is well."""
        since = await self.ask(lambda store: store.all_clear_since())
        detail = self.tr("No change has failed so far.")
        if since:
            detail = self.tr("Since {time}.").format(time=times.moment(since))
        for table in (self.table, self.cause_table):
            calm = self.tr("Everything is in step")
            table.covers.empty.say("success", calm, detail=detail, tone=Tone.SUCCESS)

    # ------------------------------------------------------------------ what is shown

    @property
    def _view(self) -> View:
        return self.view_switch.value

    @property
    def _current_table(self) -> TableView[SyncError] | TableView[ErrorGroup]:
        return self.cause_table if self._view is View.CAUSES else self.table

    @property
    def _current_model(self) -> PagedModel[SyncError] | PagedModel[ErrorGroup]:
        return self.causes if self._view is View.CAUSES else self.model

    def _switch_to(self, view: View) -> None:
        self.view_switch.set_value(view)
        self._on_view_chosen()

    def _on_view_chosen(self, *_: object) -> None:
        self.split.close_details()
        if self._view is View.CAUSES and self.filters.cause is not None:
            self.filters.look_at(None)
        self._tables.setCurrentWidget(self._current_table)
        self._on_filtered()
        self._show_retry()

    def _on_filtered(self) -> None:
        """Ask anew, with the filters as the model's own so that it knows that it is narrowed."""
        if self.is_ready:
            narrowed = self.filters.query() if self.filters.is_narrowed else None
            filters = {"narrowed": narrowed}
            if filters != self._current_model.query.filters:
                self._current_model.ask(filters=filters)
            else:
                self._current_model.refresh()

    def _look_at(self, group: ErrorGroup) -> None:
        """Show the errors of one cause, one by one."""
        self.filters.look_at(group.cause, cause_text(group.sample, self.field_texts))
        self._switch_to(View.LIST)
        self.table.setFocus()

    def _show_count(self, count: int) -> None:
        self.badge_changed.emit(count, True)
        self._show_retry()

    def _show_retry(self) -> None:
        selected = len(self.table.selected_numbers()) if self._view is View.LIST else 0
        text = self.tr("Retry all")
        if selected > 1:
            text = self.tr("Retry {count} selected").format(count=selected)
        elif self.filters.is_narrowed:
            text = self.tr("Retry all shown")
        self.retry_button.setText(text)
        has_some = self.handle.snapshot.errors > 0 or bool(self.filters.listed.value)
        self.retry_button.setEnabled(has_some)
        self.export_button.setEnabled(has_some)

    # ------------------------------------------------------------------ details

    def _show_error(self, error: SyncError | None) -> None:
        if error is None:
            self.split.close_details()
        else:
            self.tasks.start(self._fill_details(error))

    async def _fill_details(self, error: SyncError) -> None:
        pair = await self.handle.pair(error.link_id) if error.link_id is not None else None
        current = self.table.current_row
        if current is None or current.id != error.id:
            return  # another was chosen meanwhile
        doings = [Doing(self.tr("Retry"), "retry", lambda: self._retry_rows([error]))]
        if not error.dismissed:
            doings.append(Doing(self.tr("Dismiss"), "hidden", lambda: self._dismiss([error])))
        if error.link_id is not None:
            show = partial(self.go_to.emit, "identities", error.intercom_id)
            doings.append(Doing(show_text(error.salesforce_kind), "identities", show))
        self.details.set_heading(who_text(error), cause_text(error, self.field_texts))
        self.details.set_content(*error_details(error, pair, doings, self.field_texts))
        self._open(self._told_error, error.id)

    def _show_cause(self, group: ErrorGroup | None) -> None:
        if group is None:
            self.split.close_details()
            return
        everybody = [group]
        doings = (
            Doing(self.tr("Show errors"), "list", lambda: self._look_at(group)),
            Doing(self.tr("Retry"), "retry", lambda: self._retry_causes(everybody)),
            Doing(self.tr("Dismiss"), "hidden", lambda: self._dismiss_causes(everybody)),
        )
        service = SERVICE[group.cause.side]
        caption = self.tr("{errors}, refused by {service}")
        errors = counted(group.count, "error")
        heading = cause_text(group.sample, self.field_texts)
        self.details.set_heading(heading, caption.format(errors=errors, service=service))
        self.details.set_content(*cause_details(group, doings))
        self._open(self._told_cause, group.cause)

    def _open(self, watch: Watch[Any], key: Hashable) -> None:
        """Show the details until what they tell of is listed no more: it has been mended."""
        self._told_error.end()
        self._told_cause.end()
        watch.begin(key)
        self.split.open_details()

    # ------------------------------------------------------------------ what a person does

    def _error_actions(self, rows: Sequence[SyncError]) -> Sequence[RowAction[SyncError]]:
        return (
            RowAction(self.tr("Retry"), "retry", self._retry_rows, many=True),
            RowAction(self.tr("Dismiss"), "hidden", self._dismiss, many=True),
        )

    def _cause_actions(self, groups: Sequence[ErrorGroup]) -> Sequence[RowAction[ErrorGroup]]:
        return (
            RowAction(self.tr("Retry"), "retry", self._retry_causes, many=True),
            RowAction(self.tr("Show errors"), "list", lambda some: self._look_at(some[0])),
            RowAction(self.tr("Dismiss"), "hidden", self._dismiss_causes, many=True),
        )

    def _on_retry_clicked(self) -> None:
        rows = self.table.selected_rows() if self._view is View.LIST else []
        if len(rows) > 1:
            self._retry_rows(rows)
        elif self.filters.is_narrowed:
            self.tasks.start(self._retry_found([self.filters.query()]))
        else:
            self.tasks.start(self._retry(None))

    def _retry_rows(self, rows: Sequence[SyncError]) -> None:
        self.tasks.start(self._retry([error.id for error in rows]))

    def _retry_causes(self, groups: Sequence[ErrorGroup]) -> None:
        self.tasks.start(self._retry_found(self._queries_of(groups)))

    async def _retry_found(self, queries: Sequence[ErrorQuery]) -> None:
        await self._retry(await self._ids_of(queries))

    async def _retry(self, ids: Sequence[int] | None) -> None:
        await self.retrying.watch(self.handle.retry(ids))
        self._look()

    def _dismiss(self, rows: Sequence[SyncError]) -> None:
        self.tasks.start(self._dismiss_ids([error.id for error in rows]))

    def _dismiss_causes(self, groups: Sequence[ErrorGroup]) -> None:
        self.tasks.start(self._dismiss_found(self._queries_of(groups)))

    async def _dismiss_found(self, queries: Sequence[ErrorQuery]) -> None:
        await self._dismiss_ids(await self._ids_of(queries))

    async def _dismiss_ids(self, ids: Sequence[int]) -> None:
        await self.handle.dismiss(ids)
        self.split.close_details()
        self._look()
        self.toast(
            self.tr("Dismissed {errors}").format(errors=counted(len(ids), "error")),
            action=self.tr("Show dismissed"),
            on_action=self._show_dismissed,
        )

    def _show_dismissed(self) -> None:
        self.filters.listed.set_value(True)
        self._switch_to(View.LIST)

    def _queries_of(self, groups: Sequence[ErrorGroup]) -> Sequence[ErrorQuery]:
        return [self.filters.query(group.cause) for group in groups]

    async def _ids_of(self, queries: Sequence[ErrorQuery]) -> Sequence[int]:
        return await self.ask(partial(_ids, queries))

    def _on_export_clicked(self) -> None:
        query = self.filters.query()

        async def fetch(after: SyncError | None, limit: int) -> Sequence[SyncError]:
            return await self.ask(partial(_errors, query, after, limit))

        self.exporter.choose(CsvExport(EXPORTED, fetch))


def _errors(
    query: ErrorQuery, after: SyncError | None, limit: int, store: Questions
) -> Sequence[SyncError]:
    return store.errors_page(query, after, limit)


def _groups(query: ErrorQuery, store: Questions) -> Sequence[ErrorGroup]:
    return store.error_groups(query)


def _ids(queries: Sequence[ErrorQuery], store: Questions) -> Sequence[int]:
    """The ids of all errors that the queries find."""
    found: list[int] = []
    for query in queries:
        after: SyncError | None = None
        while page := store.errors_page(query, after, _CHUNK):
            found += [error.id for error in page]
            after = page[-1]
    return found
