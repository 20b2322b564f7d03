"""The model of a table: pages by key, fetched as they are seen, never counted as a whole."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QTimer, Signal

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.ui.tasks import Tasks, told
from sfsync_gui.ui.widgets.table.columns import Column, Query
from sfsync_gui.ui.widgets.table.pages import Page, Pages
from sfsync_gui.ui.widgets.table.rows_model import NONE, Index, RowsModel

R = TypeVar("R")
Fetch = Callable[[Query, R | None, int], Awaitable[Sequence[R]]]

PAGE = 200
"""Rows of a page."""

MOST = 4000
"""Rows kept at hand; beyond, pages out of sight are let go and fetched anew when seen again."""

_PREFETCH = 100
"""So many rows before the end the next page is fetched."""

_HELD_MOST = 500
"""So many changes wait at most; beyond, all is read anew instead."""

_PATIENCE = 300
"""Milliseconds that old rows stay on show while a new question is answered."""


class LoadState(StrEnum):
    """What the table shows: rows, or what stands in their place."""

    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    FAILED = "failed"


class PagedModel(RowsModel[R], Generic[R]):
    """Rows that a coroutine fetches: `fetch(query, after, limit)` returns those after a row.

    `after` is None for the first page; fewer rows than `limit` mean the end.
    """

    state_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        fetch: Fetch[R],
        tasks: Tasks,
        *,
        page: int = PAGE,
        most: int = MOST,
    ) -> None:
        super().__init__(columns, key, tasks)
        self.query = Query()
        self.state = LoadState.LOADING
        self.failure: SfsyncError | None = None
        self._fetch, self._tasks = fetch, tasks
        self._page, self._most = page, most
        self._has_more = False
        self._fetching_more = False
        self._asked = 0
        self._answered = 0
        self._refreshing = 0
        self._near = 0
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(lambda: self._set_state(LoadState.LOADING))

    # ------------------------------------------------------------------ asking

    def start(self) -> None:
        """Read from the beginning."""
        self._asked += 1
        self._forget_held()
        if self.state in (LoadState.READY, LoadState.EMPTY):
            self._patience.start()
        else:
            self._set_state(LoadState.LOADING)
        self._tasks.start(self._read_first(self._asked))

    def ask(
        self,
        *,
        search: str | None = None,
        sort: str | None = None,
        descending: bool | None = None,
        filters: Mapping[str, object] | None = None,
    ) -> None:
        """Ask another question; what is not given stays as it was."""
        given = {"search": search, "sort": sort, "descending": descending, "filters": filters}
        changes: dict[str, Any] = {name: at for name, at in given.items() if at is not None}
        query = replace(self.query, **changes)
        if query != self.query:
            self.query = query
            self.start()

    def refresh(self) -> None:
        """Read what is at hand anew, in place, what is in view first; one page at a time, however
        often this is called. From the beginning where there is nothing."""
        if not self.pages.pages or self.state is LoadState.FAILED:
            self.start()
            return
        self.pages.mark_stale()
        if self._refreshing != self._asked:
            self._refreshing = self._asked
            self._tasks.start(self._read_stale(self._asked))

    def stop(self) -> None:
        """Nobody looks any more: what is being read is dropped when it comes."""
        self._asked += 1
        self._patience.stop()

    def expect_more(self) -> None:
        """Rows were added at the end of the list: they are fetched when it is scrolled to."""
        self._has_more = True
        self.see(self._near, self._near)

    @property
    def is_answered(self) -> bool:
        """Whether the rows are those of the question that was asked last."""
        return self._answered == self._asked

    @property
    def has_more(self) -> bool:
        """Whether the list goes on beyond the rows reached so far."""
        return self._has_more

    def see(self, first: int, last: int) -> None:
        """These rows are in view: fetch those of them that are not at hand, and what follows."""
        self._near = (first + last) // 2
        for page in self.pages.missing(first, last):
            self._tasks.start(self._read_again(page, self._asked))
        if last >= len(self.pages) - _PREFETCH:
            self.fetchMore(NONE)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether the list goes on."""
        return self._has_more and not self._fetching_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        """Fetch the next page."""
        if self.canFetchMore(parent):
            self._fetching_more = True
            self._tasks.start(self._read_more(self._asked))

    def change(self, change: Callable[[], None], rows: int, about: object = None) -> None:
        """Make a change that lets rows come or go: now, or when the hold ends."""
        super().change(change, rows, about)
        if self.held > _HELD_MOST:
            self._held = {None: self.refresh}

    def fetch_rows(
        self, numbers: Sequence[int], on_fetched: Callable[[Sequence[R]], object]
    ) -> None:
        """Call with these rows, in order, when those of them that were let go are read again."""
        self._tasks.start(self._gather(numbers, on_fetched))

    # ------------------------------------------------------------------ reading pages

    async def _read_first(self, asked: int) -> None:
        try:
            rows = list(await self._fetch(self.query, None, self._page))
        except Exception as failure:  # the edge where the table shows what went wrong
            if asked == self._asked:
                self._answered = asked
                self._fail(told(failure))
            return
        if asked != self._asked:
            return
        self._answered = asked
        self.beginResetModel()
        self.pages = Pages()
        self.pages.append(None, rows)
        self._has_more = len(rows) >= self._page
        self._fetching_more = False
        self.endResetModel()
        self.rows_changed()

    async def _read_more(self, asked: int) -> None:
        after = self.pages.last_row()
        try:
            rows = list(await self._fetch(self.query, after, self._page))
        except Exception as failure:  # what is on show stays; scrolling asks again
            self._tasks.failed.emit(told(failure))
            return
        finally:
            if asked == self._asked:
                self._fetching_more = False
        if asked != self._asked:
            return
        self._has_more = len(rows) >= self._page
        known = {self.key_of(row) for _, row in self.pages.at_hand()}
        fresh = [row for row in rows if self.key_of(row) not in known]
        if fresh:
            self._append_page(after, fresh)
            self.rows_changed()
        self.pages.let_go(self._most, self._near)

    async def _read_stale(self, asked: int) -> None:
        try:
            while asked == self._asked and (page := self.pages.next_stale(self._near)) is not None:
                page.stale = False
                if not await self._read_again(page, asked):
                    return
        finally:
            if asked == self._asked:
                self._refreshing = 0

    async def _gather(
        self, numbers: Sequence[int], on_fetched: Callable[[Sequence[R]], object]
    ) -> None:
        begun: dict[int, Sequence[R]] = {}
        rows: list[R] = []
        for number in numbers:
            index = self.pages.index_of(number)
            page = self.pages.pages[index]
            if index not in begun:
                begun[index] = page.rows or await self._fetch(self.query, page.after, page.count)
            offset = number - self.pages.start_of(index)
            rows += begun[index][offset : offset + 1]
        on_fetched(rows)

    async def _read_again(self, page: Page[R], asked: int) -> bool:
        """Read one page; whether that could be done."""
        if page.fetching:
            return True
        page.fetching = True
        limit = page.count + self._page
        try:
            rows = list(await self._fetch(self.query, page.after, limit))
        except Exception as failure:  # what is on show stays
            self._tasks.failed.emit(told(failure))
            return False
        finally:
            page.fetching = False
        if asked != self._asked or page not in self.pages.pages:
            return True
        if page.rows is None or self._has_same_rows(page, rows):
            self._put_page(page, asked, rows, limit)
        else:
            self.update_rows(rows)
            self.change(lambda: self._put_page(page, asked, rows, limit), 1, page)
        return True

    def _has_same_rows(self, page: Page[R], rows: Sequence[R]) -> bool:
        """Whether these are the page's rows, perhaps with other values, or more at the end."""
        shown = [self.key_of(row) for row in page.rows or ()]
        if [self.key_of(row) for row in rows[: page.count]] != shown:
            return False
        following = self.pages.pages.index(page) + 1
        if following == len(self.pages.pages):
            return True
        return self._begin_of(self.pages.pages[following], rows) == page.count

    def _put_page(self, page: Page[R], asked: int, rows: list[R], limit: int) -> None:
        """Replace a page's rows by what was read, up to where the next page begins.

        Where that place is not among them, more came in between than a page holds: the pages
        after it are forgotten, and read when they are scrolled to.
        """
        if asked != self._asked or page not in self.pages.pages:
            return
        index = self.pages.pages.index(page)
        if index + 1 == len(self.pages.pages):
            self._has_more = len(rows) >= limit
        else:
            end = self._begin_of(self.pages.pages[index + 1], rows)
            if end is None:
                self._cut_after(index)
                self._has_more = True
            rows = rows[:end]
        self._replace_page(index, rows)
        self.pages.let_go(self._most, self._near)
        self.rows_changed()

    def _begin_of(self, following: Page[R], rows: Sequence[R]) -> int | None:
        """Where in these rows that page begins."""
        keys = [self.key_of(row) for row in rows]
        if following.after is not None and self.key_of(following.after) in keys:
            return keys.index(self.key_of(following.after)) + 1
        if following.rows and self.key_of(following.rows[0]) in keys:
            return keys.index(self.key_of(following.rows[0]))
        return None

    # ------------------------------------------------------------------ state

    def rows_changed(self) -> None:
        """Rows came or went: there are some, or none."""
        self._patience.stop()
        self.failure = None
        self._set_state(LoadState.READY if len(self.pages) else LoadState.EMPTY)

    def _fail(self, failure: SfsyncError) -> None:
        self._patience.stop()
        self.failure = failure
        self._set_state(LoadState.FAILED)

    def _set_state(self, state: LoadState) -> None:
        if state is not self.state or state is LoadState.FAILED:
            self.state = state
            self.state_changed.emit()
