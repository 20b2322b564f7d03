"""The panel Identity mappings: who is linked with whom, and who was left unlinked."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.engine.events import Checked, ErrorOpened, ErrorsClosed, HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.engine.questions import LinkRow, UnlinkedPerson
from sfsync_gui.ui.panels.exporter import Exporter
from sfsync_gui.ui.panels.identities.actions import LinkActions
from sfsync_gui.ui.panels.identities.create_lead import LeadCreation
from sfsync_gui.ui.panels.identities.details import Details
from sfsync_gui.ui.panels.identities.filters import LinkFilters, UnlinkedFilters
from sfsync_gui.ui.panels.identities.lists import LinkList, Listing, UnlinkedList
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import CONTROL_HEIGHT, SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, IconButton, PrimaryButton
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.segmented import Option, Segmented

_REST = 400
"""Milliseconds in which what happens is looked at once."""


_AGE = 30_000
"""Milliseconds after which "2 minutes ago" may be 3."""

_CONNECTED = (Phase.OPENING, Phase.CONNECTING, Phase.RUNNING)


class View(StrEnum):
    """Who is listed."""

    LINKED = "linked"
    UNLINKED = "unlinked"


class IdentitiesPanel(Panel):
    """Two lists, one of them shown; the details of one row open at the right."""

    title = "Identity mappings"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._ready = False
        self._stale = False
        self.doing = LinkActions(self)
        self.links = LinkList(self, LinkFilters(self), self.doing.of_links)
        self.unlinked = UnlinkedList(self, UnlinkedFilters(self), self.doing.of_unlinked)
        self.view_switch = Segmented(
            self.tr("Show"),
            (
                Option(View.LINKED, self.tr("Linked")),
                Option(View.UNLINKED, self.tr("Left unlinked")),
            ),
            View.LINKED,
        )
        self.count_label = PlainLabel(tone=Tone.MUTED)
        self.columns_button = IconButton("columns", self.tr("Columns"))
        self.export_button = Button(self.tr("Export"), icon_name="export")
        self.lead_button = Button(self.tr("Create lead…"), icon_name="lead")
        self.creating = LeadCreation(self)
        self.link_button = PrimaryButton(self.tr("Link by hand…"), icon_name="link")
        self.exporter = Exporter(self, "identity-mappings")
        self.pane = DetailsPane()
        self._arrange()
        self.details = Details(self, self.split, self.doing)
        self._connect()
        self._remember(Preferences(handle.data_dir))

    def _arrange(self) -> None:
        self._lists = QStackedWidget()
        tools = Flow(self.view_switch, space=SPACE_GROUP)
        for listing in (self.links, self.unlinked):
            self._lists.addWidget(listing)
            for widget in listing.filter_widgets:
                tools.addWidget(widget)
        self.count_label.setFixedHeight(CONTROL_HEIGHT)
        end = boxed(row(self.count_label, self.columns_button, space=SPACE_GROUP))
        top = row(boxed(tools), end, space=SPACE_GROUP)
        top.setStretch(0, 1)
        top.setAlignment(end, Qt.AlignmentFlag.AlignTop)
        self._show_filters()
        head = column(top, self.exporter.strip, space=SPACE_GROUP)
        head.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        main = boxed(column(head, self._lists, space=SPACE_GROUP))
        self.split = SplitView(main, self.pane)
        self.set_content(self.split)

    def _connect(self) -> None:
        self._look_soon = QTimer(self, singleShot=True, interval=_REST)
        self._look_soon.timeout.connect(self._look)
        self._grow_older = QTimer(self, interval=_AGE)
        self._grow_older.timeout.connect(lambda: self.listing.table.viewport().update())
        self.view_switch.chosen.connect(self._on_view_chosen)
        self.link_button.clicked.connect(lambda: self.doing.link_by_hand())
        self.lead_button.clicked.connect(lambda: self.creating.open())
        self.creating.link_wanted.connect(self.doing.link_by_hand)
        self.creating.made.connect(lambda: self.listing.refresh())
        self.export_button.clicked.connect(lambda: self.exporter.choose(self.listing.export()))
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)
        for search in (self.links.filters.search, self.unlinked.filters.search):
            search.left.connect(self._go_to_list)
        for listing in (self.links, self.unlinked):
            listing.count_changed.connect(self._show_count)
            listing.table.search_wanted.connect(self._find)
            listing.table.copied.connect(self._on_copied)
        self._connect_links()
        table = self.unlinked.table
        table.selection_changed.connect(lambda rows: self._follow(self._show_unlinked, rows))
        for signal in (table.row_clicked, table.opened):
            signal.connect(self._show_unlinked)
        table.columns_button(self.columns_button)

    def _connect_links(self) -> None:
        table = self.links.table
        table.selection_changed.connect(lambda rows: self._follow(self._show_link, rows))
        for signal in (table.row_clicked, table.opened):
            signal.connect(self._show_link)
        table.delete_wanted.connect(self.doing.unlink)
        table.columns_button(self.columns_button)
        table.covers.empty.acted.connect(self._on_empty_acted)
        self.doing.unlinked.connect(self._on_unlinked)
        self.doing.linked.connect(self._on_linked)
        self.details.errors_wanted.connect(lambda link: self.go_to.emit("errors", link.intercom_id))

    def _remember(self, preferences: Preferences) -> None:
        self.links.table.remember(preferences, "identities/links")
        self.unlinked.table.remember(preferences, "identities/unlinked")
        self.split.remember(preferences, "identities/details")

    def title_widgets(self) -> Sequence[QWidget]:
        """Export, create a lead, and the main action: link by hand."""
        return (self.export_button, self.lead_button, self.link_button)

    @property
    def listing(self) -> Listing[LinkRow] | Listing[UnlinkedPerson]:
        """The list on show."""
        return self.links if self.view_switch.value is View.LINKED else self.unlinked

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Read what changed since it was last seen."""
        self._show_phase()
        self._grow_older.start()
        if self.handle.snapshot.phase is not Phase.STARTING:
            self._ready = True
            self._look()

    def hidden(self) -> None:
        """Nobody sees how old things are."""
        self._grow_older.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes the details, wherever on the panel the focus is."""
        if event.key() == Qt.Key.Key_Escape and self.pane.isVisible():
            self.details.close()
        else:
            super().keyPressEvent(event)

    def on_event(self, event: HandleEvent) -> None:
        """Links come, go and change."""
        if isinstance(event, HistoryAdded | ErrorOpened | ErrorsClosed) or _shows_changes(event):
            if self._ready and not self._look_soon.isActive():
                self._look_soon.start()
        elif isinstance(event, SnapshotChanged):
            self._show_phase()
            if not self._ready and self.isVisible():
                self.shown()

    def visit(self, target: object) -> None:
        """Another panel wants a link seen, by its id."""
        if isinstance(target, int):
            self.tasks.start(self._visit(target))

    async def _visit(self, link_id: int) -> None:
        link = await self.ask(lambda store: store.link(link_id))
        if link is None:
            self.toast(self.tr("These two are not linked any more."), Tone.WARNING)
            return
        self.view_switch.set_value(View.LINKED)
        self._on_view_chosen()
        self.details.show_link(link)
        self.links.table.select_key(link.id)

    def undo(self) -> bool:
        """Take back the last linking or unlinking."""
        return self.doing.undo()

    def _look(self) -> None:
        if self.isVisible():
            self.listing.refresh()
            self.details.refresh()

    # ------------------------------------------------------------------ the list on show

    def _on_view_chosen(self, *_: object) -> None:
        self.details.close()
        self._show_filters()
        self._lists.setCurrentWidget(self.listing)
        self._show_count(self.listing.count_text)
        if self._ready:
            self.listing.refresh()

    def _show_filters(self) -> None:
        for listing in (self.links, self.unlinked):
            for widget in listing.filter_widgets:
                widget.setVisible(listing is self.listing)

    def _show_count(self, *_: object) -> None:
        self.count_label.setText(self.listing.count_text)
        self.export_button.setEnabled(self.listing.model.rowCount() > 0)

    def _show_phase(self) -> None:
        """Say in the empty list what to do, and whether people can be linked at all."""
        connected = self.handle.snapshot.phase in _CONNECTED
        self.link_button.setEnabled(connected)
        self.lead_button.setEnabled(self.handle.snapshot.phase is Phase.RUNNING)
        self.links.say_empty(connected=connected)

    def _find(self) -> None:
        shows_links = self.view_switch.value is View.LINKED
        search = self.links.filters.search if shows_links else self.unlinked.filters.search
        search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        search.selectAll()

    def _go_to_list(self) -> None:
        table = self.listing.table
        table.setFocus()
        if not table.currentIndex().isValid() and self.listing.model.rowCount():
            table.selectRow(0)

    def _follow(self, show: Callable[[Any], None], rows: Sequence[object]) -> None:
        """Show the row to which a person moved. One that only has the focus, such as the first
        when the keyboard passes by, was not chosen."""
        current = self.listing.table.current_row
        if current is not None and current in rows:
            show(current)

    def _show_link(self, link: LinkRow) -> None:
        self.details.show_link(link)

    def _show_unlinked(self, person: UnlinkedPerson) -> None:
        self.details.show_unlinked(person)

    def _on_empty_acted(self) -> None:
        if self.link_button.isEnabled():
            self.doing.link_by_hand()
        else:
            self.go_to.emit("connections", None)

    # ------------------------------------------------------------------ what was done

    def _on_unlinked(self, link_ids: list[int]) -> None:
        self.details.close_links(link_ids)
        self.links.model.remove_keys(link_ids, by_hand=True)

    def _on_linked(self, link: LinkRow | None) -> None:
        self.listing.refresh()
        if link is not None and self.view_switch.value is View.LINKED:
            self.details.show_link(link)

    def _on_copied(self, count: int) -> None:
        self.toast(self.tr("Copied {rows}").format(rows=counted(count, self.tr("row"))))


def _shows_changes(event: HandleEvent) -> bool:
    """Whether people were read who changed: a name may, without anything to be written."""
    return isinstance(event, Checked) and event.changes > 0
