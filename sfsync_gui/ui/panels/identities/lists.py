"""The two lists of the panel: links, and people left unlinked. Each knows its filters, its table,
how many it holds and what goes into a file."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Family, MatchOutcome, Side
from sfsync_gui.engine.questions import LinkQuery, LinkRow, LinkSort, UnlinkedPerson
from sfsync_gui.ui.exporting import CsvExport
from sfsync_gui.ui.panels.identities.columns import (
    EXPORTED,
    EXPORTED_UNLINKED,
    link_columns,
    unlinked_columns,
)
from sfsync_gui.ui.panels.identities.filters import LinkFilters, UnlinkedFilters
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.families import counted_records
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.widgets.layouts import column
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.table import LoadState, PagedModel, Query, RowAction, TableView

R = TypeVar("R")
Actions = Callable[[Sequence[R]], Sequence[RowAction[R]]]

COUNTED = 10_000
"""Rows are counted up to here; nobody reads the number beyond."""

_COUNT_AFTER = 200
NARROWED = "narrowed"
"""The filter of a model's query that holds what the panel's own filters let through."""


class Listing(QWidget, Generic[R]):
    """A model with its table. `count_changed` tells in words how many rows there are."""

    count_changed = Signal(str)

    def __init__(self, panel: Panel, filter_widgets: Sequence[QWidget]) -> None:
        super().__init__(panel)
        self.panel = panel
        self.filter_widgets = filter_widgets
        self.model: PagedModel[R]
        self.table: TableView[R]
        self.count_text = ""
        self._many: Query | None = None
        """The question that is known to find `COUNTED` rows or more."""
        self._count_soon = QTimer(self, singleShot=True, interval=_COUNT_AFTER)
        self._count_soon.timeout.connect(lambda: panel.tasks.start(self._count()))

    def set_list(self, model: PagedModel[R], table: TableView[R]) -> None:
        """Take the model and its table; call once."""
        self.model, self.table = model, table
        self.setLayout(column(table, space=0))
        model.modelReset.connect(self._on_rows_changed)
        model.rowsInserted.connect(self._count_soon.start)
        model.rowsRemoved.connect(self._count_soon.start)
        model.state_changed.connect(self._on_rows_changed)

    def refresh(self) -> None:
        """Read anew what is at hand."""
        self.model.refresh()

    def export(self) -> CsvExport[R]:
        """What a file of the rows that are let through now holds."""
        raise NotImplementedError

    async def matching(self) -> int:
        """How many rows there are, counted no further than `COUNTED`."""
        raise NotImplementedError

    def words(self, count: int) -> str:
        """A number with its word."""
        raise NotImplementedError

    def _on_rows_changed(self) -> None:
        if self.model.state is LoadState.READY:
            self._count_soon.start(0)
        else:
            self._count_soon.stop()
            self._tell("")

    async def _count(self) -> None:
        query = self.model.query
        count = self.model.rowCount()
        if self.model.has_more:
            count = COUNTED if query == self._many else await self.matching()
            self._many = query if count >= COUNTED else None
        if query == self.model.query and self.model.state is LoadState.READY:
            words, most = self.words(count), grouped(COUNTED)
            self._tell(words.replace(most, f"{most}+") if count >= COUNTED else words)

    def _tell(self, text: str) -> None:
        self.count_text = text
        self.count_changed.emit(text)


class LinkList(Listing[LinkRow]):
    """The links of a family, newest first to begin with."""

    def __init__(self, panel: Panel, filters: LinkFilters, actions: Actions[LinkRow]) -> None:
        super().__init__(panel, filters.widgets)
        self.filters = filters
        columns = link_columns(panel.handle.now, filters.family)
        model = PagedModel(columns, lambda link: link.id, self._fetch, panel.tasks)
        model.query = Query(sort=LinkSort.LINKED.value, descending=True)
        table = TableView(
            model, self.tr("Identity mappings"), actions=actions, empty=EmptyState(), parent=self
        )
        table.covers.found_none.say(
            "search", self.tr("No link matches"), action=self.tr("Clear filters")
        )
        table.covers.found_none.acted.connect(filters.clear)
        filters.changed.connect(self._on_filtered)
        self.set_list(model, table)
        self.say_empty(connected=False)

    def say_empty(self, *, connected: bool) -> None:
        """Say why nobody is linked, and what to do."""
        detail, action = self.tr("Both services are connected first."), self.tr("Open Connections")
        of_people = self.filters.family is Family.PEOPLE
        if connected:
            detail = (
                self.tr(
                    "People are linked when the same key is found in Intercom and in Salesforce, "
                    "or when you link them by hand."
                )
                if of_people
                else self.tr(
                    "A company is linked with the account that holds its company id, or when you "
                    "link them by hand."
                )
            )
            action = self.tr("Link by hand…")
        nobody = (
            self.tr("Nobody is linked yet") if of_people else self.tr("No company is linked yet")
        )
        self.table.covers.empty.say("link", nobody, detail=detail, action=action)

    async def _fetch(self, query: Query, after: LinkRow | None, limit: int) -> Sequence[LinkRow]:
        wanted = self._links_of(query)
        return await self.panel.ask(lambda store: store.links_page(wanted, after, limit))

    async def matching(self) -> int:
        """How many links there are, counted no further than `COUNTED`."""
        wanted = self._links_of(self.model.query)
        return await self.panel.ask(lambda store: store.links_matching(wanted, COUNTED))

    def words(self, count: int) -> str:
        """'1,204 links'."""
        return counted(count, self.tr("link"))

    def export(self) -> CsvExport[LinkRow]:
        """The links that are let through now, in the order in which they are shown."""
        query = self.model.query
        return CsvExport(EXPORTED, lambda after, limit: self._fetch(query, after, limit))

    def _on_filtered(self) -> None:
        narrowed = self.filters.query() if self.filters.is_narrowed else None
        self.model.ask(filters={NARROWED: narrowed})

    def _links_of(self, query: Query) -> LinkQuery:
        narrowed = query.filters.get(NARROWED)
        everybody = LinkQuery(family=self.filters.family)
        wanted = narrowed if isinstance(narrowed, LinkQuery) else everybody
        return replace(wanted, sort=LinkSort(query.sort), descending=query.descending)


class UnlinkedList(Listing[UnlinkedPerson]):
    """Those of a family left unlinked although somebody carries their key."""

    def __init__(
        self, panel: Panel, filters: UnlinkedFilters, actions: Actions[UnlinkedPerson]
    ) -> None:
        super().__init__(panel, filters.widgets)
        self.filters = filters
        self._family = filters.family
        of_people = filters.family is Family.PEOPLE
        model = PagedModel(unlinked_columns(filters.family), _key_of, self._fetch, panel.tasks)
        name = self.tr("Unlinked people") if of_people else self.tr("Unlinked companies")
        table = TableView(
            model, name, actions=actions, empty=self._nobody(of_people=of_people), parent=self
        )
        none = self.tr("Nobody matches") if of_people else self.tr("No company matches")
        table.covers.found_none.say("search", none, action=self.tr("Clear filters"))
        table.covers.found_none.acted.connect(filters.clear)
        filters.changed.connect(lambda: model.ask(filters={NARROWED: filters.wanted}))
        self.set_list(model, table)

    def _nobody(self, *, of_people: bool) -> EmptyState:
        if of_people:
            return EmptyState(
                "success",
                self.tr("Nobody is left out"),
                detail=self.tr(
                    "Here stand people whose key is found on the other side, but who were not "
                    "linked: several carry it, or whoever carries it is linked already."
                ),
            )
        return EmptyState(
            "success",
            self.tr("No company is left out"),
            detail=self.tr(
                "Here stand companies and accounts whose key is found on the other side, but which "
                "were not linked: several carry it, or the one that does is linked already."
            ),
        )

    async def _fetch(
        self, query: Query, after: UnlinkedPerson | None, limit: int
    ) -> Sequence[UnlinkedPerson]:
        note, search = _unlinked_of(query)
        begin, family = None if after is None else _key_of(after), self._family
        return await self.panel.ask(
            lambda store: store.unlinked_page(begin, limit, note, search, family)
        )

    async def matching(self) -> int:
        """How many there are."""
        note, search = _unlinked_of(self.model.query)
        return await self.panel.ask(lambda store: store.unlinked_count(note, search, self._family))

    def words(self, count: int) -> str:
        """'12 people'."""
        if self._family is Family.PEOPLE:
            return counted_records(count)
        return counted(count, self.tr("company or account"), self.tr("companies and accounts"))

    def export(self) -> CsvExport[UnlinkedPerson]:
        """Those that are let through now."""
        query = self.model.query
        return CsvExport(EXPORTED_UNLINKED, lambda after, limit: self._fetch(query, after, limit))


def _key_of(person: UnlinkedPerson) -> tuple[Side, str]:
    return person.side, person.id


def _unlinked_of(query: Query) -> tuple[MatchOutcome | None, str]:
    return cast(tuple[MatchOutcome | None, str], query.filters.get(NARROWED) or (None, ""))
