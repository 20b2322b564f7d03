"""The panel Sync errors: a list, its details, and another attempt for one, some or all."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import SyncError
from sfsync_gui.engine.events import ErrorOpened, ErrorsClosed
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.engine.questions import ErrorQuery
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.history import field_label, person_text, value_text
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import (
    Cell,
    Column,
    PagedModel,
    Query,
    RowAction,
    TableView,
)


class ErrorsPanel(Panel):
    """Open errors that were not dismissed; each goes by itself when its cause is gone."""

    title = "Sync errors"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._ready = False
        self.model = PagedModel(self._columns(), lambda row: row.id, self._fetch, tasks)
        empty = EmptyState("success", self.tr("Everything is in step"), tone=Tone.SUCCESS)
        self.table = TableView(
            self.model, self.tr("Sync errors"), actions=self._actions, empty=empty
        )
        self.retry_all_button = PrimaryButton(self.tr("Retry all"), icon_name="retry")
        self._details = DetailsPane()
        self.split = SplitView(self.table, self._details)
        self.set_content(self.split)
        self.table.current_changed.connect(self._show_details)
        self.table.opened.connect(self._show_details)
        self.table.delete_wanted.connect(self._dismiss)
        self.retry_all_button.clicked.connect(lambda: self.tasks.start(self._retry(None)))
        self._show_count(handle.snapshot.errors)

    def title_widgets(self) -> Sequence[QWidget]:
        """Retry all."""
        return (self.retry_all_button,)

    def _columns(self) -> Sequence[Column[SyncError]]:
        return (
            Column("who", self.tr("Who"), _who, width=190),
            Column("what", self.tr("What happened"), lambda row: row.message, stretch=True),
            Column("field", self.tr("Field"), lambda row: field_label(row.field), width=120),
            Column("side", self.tr("Refused by"), lambda row: SERVICE[row.side], width=110),
            Column("when", self.tr("Last tried"), self._when, width=130),
        )

    def _when(self, row: SyncError) -> Cell:
        relative = times.relative(row.last_at, self.handle.now())
        return Cell(relative, tooltip=times.exact(row.last_at))

    def _actions(self, rows: Sequence[SyncError]) -> Sequence[RowAction[SyncError]]:
        return (
            RowAction(self.tr("Retry"), "retry", self._retry_rows, many=True),
            RowAction(self.tr("Dismiss"), "hidden", self._dismiss, many=True),
        )

    async def _fetch(
        self, query: Query, after: SyncError | None, limit: int
    ) -> Sequence[SyncError]:
        return await self.ask(lambda store: store.errors_page(ErrorQuery(), after, limit))

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Read what is open now."""
        if self.handle.snapshot.phase is not Phase.STARTING:
            self._ready = True
            self.model.refresh()

    def on_event(self, event: HandleEvent) -> None:
        """Errors come, and go by themselves."""
        if isinstance(event, SnapshotChanged):
            self._show_count(event.snapshot.errors)
            if not self._ready and self.isVisible():
                self.shown()
        elif isinstance(event, ErrorOpened | ErrorsClosed) and self._ready:
            self.model.refresh()

    def _show_count(self, count: int) -> None:
        self.badge_changed.emit(count, True)
        self.retry_all_button.setEnabled(count > 0)

    def _show_details(self, error: SyncError | None) -> None:
        if error is None:
            self.split.close_details()
            return
        self._details.set_heading(_who(error), SERVICE[error.side])
        retry = Button(self.tr("Retry"), icon_name="retry")
        retry.clicked.connect(lambda: self._retry_rows([error]))
        dismiss = Button(self.tr("Dismiss"), icon_name="hidden")
        dismiss.clicked.connect(lambda: self._dismiss([error]))
        facts = KeyValueTable(
            (
                (self.tr("Field"), field_label(error.field)),
                (self.tr("Refused value"), value_text(error.refused)),
                (self.tr("First"), times.exact(error.first_at)),
                (self.tr("Last tried"), times.exact(error.last_at)),
                (self.tr("Attempts"), str(error.attempts)),
                (self.tr("Code"), error.code),
                (self.tr("Intercom id"), error.intercom_id or ""),
                (self.tr("Salesforce Id"), error.salesforce_id or ""),
            )
        )
        self._details.set_content(
            PlainLabel(error.message, wrap=True, selectable=True),
            PlainLabel(error.remedy, wrap=True, tone=Tone.MUTED, selectable=True),
            retry,
            dismiss,
            facts,
        )
        self.split.open_details()

    # ------------------------------------------------------------------ what a person does

    def _retry_rows(self, rows: Sequence[SyncError]) -> None:
        self.tasks.start(self._retry([row.id for row in rows]))

    async def _retry(self, ids: Sequence[int] | None) -> None:
        count = await self.handle.retry(ids)
        self.toast(self.tr("Trying {errors} again").format(errors=counted(count, "error")))

    def _dismiss(self, rows: Sequence[SyncError]) -> None:
        self.tasks.start(self._dismiss_rows([row.id for row in rows]))

    async def _dismiss_rows(self, ids: Sequence[int]) -> None:
        await self.handle.dismiss(ids)
        self.model.remove_keys(ids)
        self.split.close_details()
        self.toast(self.tr("Dismissed {errors}").format(errors=counted(len(ids), "error")))


def _who(row: SyncError) -> str:
    return person_text(row.person_name, row.intercom_id, row.salesforce_id)
