"""The panel Activity: when, who, what from what to what, where it went and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.engine.events import HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.history import change_text, person_text, reason_text, way_text
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import Cell, Column, PagedModel, Query, TableView


class ActivityPanel(Panel):
    """A table over the history that grows at its top while one looks."""

    title = "Activity"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._ready = False
        self.model = PagedModel(self._columns(), lambda row: row.id, self._fetch, tasks)
        empty = EmptyState("activity", self.tr("Nothing was changed yet"))
        self.table = TableView(self.model, self.tr("Changes"), empty=empty)
        self.set_content(self.table)

    def _columns(self) -> Sequence[Column[HistoryEntry]]:
        return (
            Column("who", self.tr("Who"), _who, width=200),
            Column("what", self.tr("What"), change_text, width=300, stretch=True),
            Column("way", self.tr("Direction"), way_text, width=160),
            Column("why", self.tr("Why"), lambda row: reason_text(row.trigger), width=180),
            Column("when", self.tr("When"), self._when, width=130),
        )

    def _when(self, row: HistoryEntry) -> Cell:
        relative = times.relative(row.at, self.handle.now())
        return Cell(relative, tooltip=times.exact(row.at))

    async def _fetch(
        self, query: Query, after: HistoryEntry | None, limit: int
    ) -> Sequence[HistoryEntry]:
        before = None if after is None else after.id
        return await self.ask(lambda store: store.history_page(HistoryQuery(), before, limit))

    def shown(self) -> None:
        """Read what came meanwhile."""
        if self.handle.snapshot.phase is not Phase.STARTING:
            self._ready = True
            self.model.refresh()

    def on_event(self, event: HandleEvent) -> None:
        """New changes come on top."""
        if isinstance(event, HistoryAdded) and self._ready:
            self.model.refresh()
        elif isinstance(event, SnapshotChanged) and not self._ready and self.isVisible():
            self.shown()


def _who(row: HistoryEntry) -> str:
    return person_text(row.person_name, row.intercom_id, row.salesforce_id)
