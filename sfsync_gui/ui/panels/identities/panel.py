"""The panel Identity mappings: who is linked with whom, and who was left unlinked.

People and companies have lists of their own; those of companies are made when first looked at.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.events import Checked, ErrorOpened, ErrorsClosed, HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.engine.questions import LinkQuery, LinkRow, UnlinkedPerson
from sfsync_gui.ui.panels.exporter import Exporter
from sfsync_gui.ui.panels.identities.actions import LinkActions
from sfsync_gui.ui.panels.identities.create_lead import LeadCreation
from sfsync_gui.ui.panels.identities.create_task import TaskCreation
from sfsync_gui.ui.panels.identities.details import Details
from sfsync_gui.ui.panels.identities.filters import LinkFilters, UnlinkedFilters
from sfsync_gui.ui.panels.identities.lists import LinkList, UnlinkedList
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
from sfsync_gui.ui.widgets.table import TableView

_REST = 400
"""Milliseconds in which what happens is looked at once."""


_AGE = 30_000
"""Milliseconds after which "2 minutes ago" may be 3."""

_CONNECTED = (Phase.OPENING, Phase.CONNECTING, Phase.RUNNING)


class View(StrEnum):
    """Who is listed."""

    LINKED = "linked"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Lists:
    """Those of one family."""

    links: LinkList
    unlinked: UnlinkedList

    @property
    def both(self) -> tuple[LinkList, UnlinkedList]:
        """One after the other."""
        return self.links, self.unlinked


class IdentitiesPanel(Panel):
    """Two lists of a family, one of them shown; the details of one row open at the right."""

    title = "Identity mappings"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._stale = False
        self.doing = LinkActions(self)
        self.family = Family.PEOPLE
        self._of_families: dict[Family, Lists] = {}
        self.family_switch = Segmented(
            self.tr("Whose links"),
            (
                Option(Family.PEOPLE, self.tr("People")),
                Option(Family.COMPANIES, self.tr("Companies")),
            ),
            Family.PEOPLE,
        )
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
        self.creating_task = TaskCreation(self)
        self.link_button = PrimaryButton(self.tr("Link by hand…"), icon_name="link")
        self.exporter = Exporter(self, "identity-mappings")
        self.pane = DetailsPane()
        self._arrange()
        self.details = Details(self, self.split, self.doing)
        self._connect()
        self._preferences = Preferences(handle.data_dir)
        self.split.remember(self._preferences, "identities/details")
        self._show_lists()

    def _arrange(self) -> None:
        self._lists = QStackedWidget()
        self.family_switch.hide()
        self._tools = Flow(self.family_switch, self.view_switch, space=SPACE_GROUP)
        self.count_label.setFixedHeight(CONTROL_HEIGHT)
        end = boxed(row(self.count_label, self.columns_button, space=SPACE_GROUP))
        top = row(boxed(self._tools), end, space=SPACE_GROUP)
        top.setStretch(0, 1)
        top.setAlignment(end, Qt.AlignmentFlag.AlignTop)
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
        self.view_switch.chosen.connect(self._show_lists)
        self.family_switch.chosen.connect(self.show_family)
        self.link_button.clicked.connect(lambda: self.doing.link_by_hand(family=self.family))
        self.lead_button.clicked.connect(lambda: self.creating.open())
        self.doing.task_wanted.connect(self.creating_task.open)
        self.creating.link_wanted.connect(self.doing.link_by_hand)
        self.creating.made.connect(lambda: self.listing.refresh())
        self.export_button.clicked.connect(lambda: self.exporter.choose(self.listing.export()))
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._find)
        self.doing.unlinked.connect(self._on_unlinked)
        self.doing.linked.connect(self._on_linked)
        self.details.errors_wanted.connect(lambda link: self.go_to.emit("errors", link.intercom_id))

    # ------------------------------------------------------------------ the lists of a family

    def _of_family(self) -> Lists:
        """The lists of the family on show."""
        if self.family not in self._of_families:
            self._of_families[self.family] = self._make_lists(self.family)
            self._order_tabs()
        return self._of_families[self.family]

    @property
    def links(self) -> LinkList:
        """The links of the family on show."""
        return self._of_family().links

    @property
    def unlinked(self) -> UnlinkedList:
        """Those of the family on show who were left unlinked."""
        return self._of_family().unlinked

    def _make_lists(self, family: Family) -> Lists:
        links = LinkList(self, LinkFilters(self, family), self.doing.of_links)
        unlinked = UnlinkedList(self, UnlinkedFilters(self, family), self.doing.of_unlinked)
        lists = Lists(links, unlinked)
        for listing in lists.both:
            self._lists.addWidget(listing)
            for widget in listing.filter_widgets:
                self._tools.addWidget(widget)
            listing.filters.search.left.connect(self._go_to_list)
            listing.count_changed.connect(self._show_count)
            listing.table.search_wanted.connect(self._find)
            listing.table.copied.connect(self._on_copied)
            listing.table.columns_button(self.columns_button)
        self._connect_table(links.table, self._show_link)
        self._connect_table(unlinked.table, self._show_unlinked)
        links.table.delete_wanted.connect(self.doing.unlink)
        links.table.covers.empty.acted.connect(self._on_empty_acted)
        of_whom = "" if family is Family.PEOPLE else "-of-companies"
        links.table.remember(self._preferences, f"identities/links{of_whom}")
        unlinked.table.remember(self._preferences, f"identities/unlinked{of_whom}")
        return lists

    def _order_tabs(self) -> None:
        """Tab goes as one reads: the filters, the columns, and then the list."""
        lists = [listing for lists in self._of_families.values() for listing in lists.both]
        filters = [widget for listing in lists for widget in listing.filter_widgets]
        tables = [listing.table for listing in lists]
        for before, after in pairwise((*filters, self.columns_button, *tables)):
            self.setTabOrder(before, after)

    def _connect_table(self, table: TableView[Any], show: Callable[[Any], None]) -> None:
        table.selection_changed.connect(partial(self._follow, show))
        for signal in (table.row_clicked, table.opened):
            signal.connect(show)

    def show_family(self, family: Family) -> None:
        """List people, or companies."""
        self.family = family
        self.family_switch.set_value(family)
        self._show_lists()
        self._show_phase()

    async def _offer_families(self) -> None:
        """Offer companies where they are synced, or were."""
        with suppress(SfsyncError):  # the list says that the store cannot be read
            rules = await self.handle.rules()
            query = LinkQuery(family=Family.COMPANIES)
            linked = await self.ask(lambda store: store.links_matching(query, 1))
            has_companies = rules.company_key is not None or linked > 0
            self.family_switch.setVisible(has_companies or self.family is Family.COMPANIES)

    def title_widgets(self) -> Sequence[QWidget]:
        """Export, create a lead, and the main action: link by hand."""
        return (self.export_button, self.lead_button, self.link_button)

    @property
    def listing(self) -> LinkList | UnlinkedList:
        """The list on show."""
        return self.links if self.view_switch.value is View.LINKED else self.unlinked

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Read what changed since it was last seen."""
        self._show_phase()
        self._grow_older.start()
        if self.note_phase():
            self._look()
            self.tasks.start(self._offer_families())
            self.tasks.start(self.read_field_texts())

    def hidden(self) -> None:
        """Nobody sees how old things are."""
        self._grow_older.stop()

    def on_event(self, event: HandleEvent) -> None:
        """Links come, go and change."""
        if isinstance(event, HistoryAdded | ErrorOpened | ErrorsClosed) or _shows_changes(event):
            if self.is_ready and self.isVisible() and not self._look_soon.isActive():
                self._look_soon.start()
        elif isinstance(event, SnapshotChanged):
            self._show_phase()
            if self.is_outdated_by(event):
                self.shown()

    def visit(self, target: object) -> None:
        """Another panel wants a link seen, by its id or by that of its record in Intercom."""
        if isinstance(target, int):
            self.tasks.start(self._visit(target))
        elif isinstance(target, str):
            self.tasks.start(self._visit_record(target))

    async def _visit_record(self, intercom_id: str) -> None:
        record = await self.ask(lambda store: store.person(Side.INTERCOM, intercom_id))
        await self._visit(record.link_id if record is not None else None)

    async def _visit(self, link_id: int | None) -> None:
        link = None if link_id is None else await self.ask(lambda store: store.link(link_id))
        if link is None:
            self.toast(self.tr("These two are not linked any more."), Tone.WARNING)
            return
        self.view_switch.set_value(View.LINKED)
        self.show_family(link.salesforce_kind.family)
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

    def _show_lists(self, *_: object) -> None:
        """Show the chosen list of the family, and its filters."""
        self.details.close()
        listing = self.listing
        for one in (one for lists in self._of_families.values() for one in lists.both):
            for widget in one.filter_widgets:
                widget.setVisible(one is listing)
        self._lists.setCurrentWidget(listing)
        self._show_count(self.listing.count_text)
        if self.is_ready:
            self.listing.refresh()

    def _show_count(self, *_: object) -> None:
        self.count_label.setText(self.listing.count_text)
        self.export_button.setEnabled(self.listing.model.rowCount() > 0)

    def _show_phase(self) -> None:
        """Say in the empty list what to do, and whether people can be linked at all."""
        connected = self.handle.snapshot.phase in _CONNECTED
        self.link_button.setEnabled(connected)
        self.lead_button.setEnabled(self.handle.snapshot.phase is Phase.RUNNING)
        self.lead_button.setVisible(self.family is Family.PEOPLE)
        self.links.say_empty(connected=connected)

    def _find(self) -> None:
        self.listing.filters.search.begin()

    def _go_to_list(self) -> None:
        self.go_to_rows(self.listing.table)

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
            self.doing.link_by_hand(family=self.family)
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
