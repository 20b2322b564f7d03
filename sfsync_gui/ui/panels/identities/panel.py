"""The panel Identity mappings: the links, searched by prefix, with both records side by side."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from sfsync_gui.engine.events import HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, PairView, Phase, SnapshotChanged
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.history import person_text, reason_text
from sfsync_gui.ui.texts.services import KIND
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, DangerButton
from sfsync_gui.ui.widgets.comparison import ComparedField, RecordComparison
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.dialogs import Question, ask
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import Cell, Column, PagedModel, Query, RowAction, TableView


class IdentitiesPanel(Panel):
    """A table over the links; the details of one open at its right."""

    title = "Identity mappings"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._ready = False
        self.search = SearchField(self.tr("Name, e-mail or Id"))
        self.model = PagedModel(self._columns(), lambda link: link.id, self._fetch, tasks)
        empty = EmptyState("link", self.tr("Nobody is linked yet"))
        self.table = TableView(
            self.model, self.tr("Identity mappings"), actions=self._actions, empty=empty
        )
        self.details = DetailsPane()
        head = row(self.search, None)
        head.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        main = boxed(column(head, self.table, space=SPACE_GROUP))
        self.split = SplitView(main, self.details)
        self.set_content(self.split)
        self.search.searched.connect(lambda text: self.model.ask(search=text))
        self.search.left.connect(self.table.setFocus)
        self.table.search_wanted.connect(self.search.setFocus)
        self.table.current_changed.connect(self._open_details)
        self.table.delete_wanted.connect(self._unlink_asked)

    def _columns(self) -> Sequence[Column[LinkRow]]:
        return (
            Column("intercom", self.tr("Intercom"), _intercom_name, width=170),
            Column("key", self.tr("Key"), lambda link: link.intercom_key or "", middle=True),
            Column("salesforce", self.tr("Salesforce"), _salesforce_name, stretch=True),
            Column("kind", self.tr("Kind"), lambda link: KIND[link.salesforce_kind], width=80),
            Column("why", self.tr("Why linked"), _reason, width=170),
            Column("state", self.tr("State"), _state, width=110),
        )

    def _actions(self, links: Sequence[LinkRow]) -> Sequence[RowAction[LinkRow]]:
        return (
            RowAction(self.tr("Sync now"), "sync", self._sync_rows),
            RowAction(self.tr("Unlink"), "unlink", self._unlink_asked, danger=True),
        )

    async def _fetch(self, query: Query, after: LinkRow | None, limit: int) -> Sequence[LinkRow]:
        wanted = LinkQuery(query.search)
        return await self.ask(lambda store: store.links_page(wanted, after, limit))

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Read the links anew."""
        if self.handle.snapshot.phase is not Phase.STARTING:
            self._ready = True
            self.model.refresh()

    def on_event(self, event: HandleEvent) -> None:
        """Links come and go."""
        if isinstance(event, HistoryAdded) and self._ready:
            self.model.refresh()
        elif isinstance(event, SnapshotChanged) and not self._ready and self.isVisible():
            self.shown()

    # ------------------------------------------------------------------ details

    def _open_details(self, link: LinkRow | None) -> None:
        if link is None:
            self.split.close_details()
            return
        self.tasks.start(self._fill_details(link))

    async def _fill_details(self, link: LinkRow) -> None:
        pair = await self.handle.pair(link.id)
        if pair is None:
            self.split.close_details()
            return
        self.details.set_heading(_intercom_name(link), link.intercom_key or "")
        made = self.tr("{why}, {when}").format(
            why=reason_text(link.trigger), when=times.relative(link.created_at, self.handle.now())
        )
        comparison = RecordComparison(
            [
                ComparedField(
                    field.intercom_label,
                    value_text(field.intercom_value),
                    value_text(field.salesforce_value),
                    field.row.direction,
                    field.differs,
                    field.waits,
                    tooltip=field.salesforce_label,
                )
                for field in pair.fields
            ]
        )
        self.details.set_content(
            PlainLabel(made, tone=Tone.MUTED, wrap=True), comparison, *self._buttons(link, pair)
        )
        self.split.open_details()

    def _buttons(self, link: LinkRow, pair: PairView) -> list[QWidget]:
        sync = Button(self.tr("Sync now"), icon_name="sync")
        sync.clicked.connect(lambda: self._sync_rows([link]))
        unlink = DangerButton(self.tr("Unlink"))
        unlink.clicked.connect(lambda: self._unlink_asked([link]))
        buttons: list[QWidget] = [sync]
        for url, name in (
            (pair.intercom_url, self.tr("Open in Intercom")),
            (pair.salesforce_url, self.tr("Open in Salesforce")),
        ):
            if url and not self.handle.snapshot.is_demo:
                button = Button(name, icon_name="external")
                button.clicked.connect(partial(_open, url))
                buttons.append(button)
        return [*buttons, unlink]

    # ------------------------------------------------------------------ what a person does

    def _sync_rows(self, links: Sequence[LinkRow]) -> None:
        for link in links:
            self.tasks.start(self.handle.sync_link(link.id))
        self.toast(self.tr("Syncing {name}").format(name=_intercom_name(links[0])))

    def _unlink_asked(self, links: Sequence[LinkRow]) -> None:
        if links:
            self.tasks.start(self._unlink(links[0]))

    async def _unlink(self, link: LinkRow) -> None:
        question = Question(
            self.tr("Unlink {name}").format(name=_intercom_name(link)),
            self.tr(
                "Nothing is synced between these two any more; both records stay as they are. "
                "They are kept apart until a key changes on either side, or you link them again."
            ),
            self.tr("Unlink"),
            danger=True,
        )
        if await ask(self, question):
            await self.handle.unlink(link.id)
            self.model.remove_keys([link.id])
            self.split.close_details()
            self.toast(self.tr("Unlinked {name}").format(name=_intercom_name(link)))


def _open(url: str) -> None:
    QDesktopServices.openUrl(QUrl(url))


def _intercom_name(link: LinkRow) -> str:
    return person_text(link.intercom_name, link.intercom_id)


def _salesforce_name(link: LinkRow) -> str:
    return person_text(link.salesforce_name, link.salesforce_id)


def _reason(link: LinkRow) -> str:
    return reason_text(link.trigger)


def _state(link: LinkRow) -> Cell:
    if link.errors:
        return Cell("Errors", icon_name="danger", icon_tone=Tone.DANGER)
    if link.ambiguous:
        return Cell("Ambiguous", icon_name="warning", icon_tone=Tone.WARNING)
    if link.due:
        return Cell("Waiting", icon_name="clock")
    return Cell("In step", icon_name="check", icon_tone=Tone.SUCCESS)
