"""The pages behind a table: where each begins, which are at hand, and which row is which."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(slots=True, eq=False)
class Page(Generic[R]):
    """Rows that come after the row `after`. `rows` is None while they are not at hand.

    `stale`: they are shown, and are to be read anew.
    """

    after: R | None
    count: int
    rows: list[R] | None
    fetching: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Edit(Generic[R]):
    """One step from old rows to new ones: at `place`, `gone` rows go and `rows` come."""

    place: int
    gone: int
    rows: Sequence[R]


class Pages(Generic[R]):
    """All pages that were reached so far, in order; rows are numbered through them."""

    def __init__(self) -> None:
        self.pages: list[Page[R]] = []
        self._ends: list[int] = []

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def append(self, after: R | None, rows: list[R]) -> None:
        """Add a page at the end."""
        self.pages.append(Page(after, len(rows), rows))
        self._count()

    def cut_after(self, index: int) -> None:
        """Forget the pages after that one."""
        del self.pages[index + 1 :]
        self._count()

    def set_count(self, page: Page[R], count: int) -> None:
        """A page has more or fewer rows now."""
        page.count = count
        self._count()

    def put(self, number: int, row: R) -> None:
        """Another row in the place of one at hand."""
        index = self.index_of(number)
        rows = self.pages[index].rows
        if rows is not None:
            rows[number - self.start_of(index)] = row

    def start_of(self, index: int) -> int:
        """The number of the row with which a page begins."""
        return self._ends[index - 1] if index else 0

    def index_of(self, number: int) -> int:
        """The page in which a row lies."""
        return bisect_right(self._ends, number)

    def row(self, number: int) -> R | None:
        """The row, None where it is not at hand."""
        if not 0 <= number < len(self):
            return None
        index = self.index_of(number)
        rows = self.pages[index].rows
        return None if rows is None else rows[number - self.start_of(index)]

    def last_row(self) -> R | None:
        """The last row of all, which is always at hand."""
        return next((page.rows[-1] for page in reversed(self.pages) if page.rows), None)

    def at_hand(self) -> Iterator[tuple[int, R]]:
        """Every row at hand, with its number."""
        for index, page in enumerate(self.pages):
            start = self.start_of(index)
            for offset, row in enumerate(page.rows or ()):
                yield start + offset, row

    def missing(self, first: int, last: int) -> list[Page[R]]:
        """The pages of these rows that are not at hand."""
        reach = slice(self.index_of(first), self.index_of(last) + 1)
        return [page for page in self.pages[reach] if page.rows is None]

    def mark_stale(self) -> None:
        """All rows at hand are to be read anew."""
        for page in self.pages:
            page.stale = page.rows is not None

    def next_stale(self, near: int) -> Page[R] | None:
        """Of the pages to be read anew the one nearest to the row `near`."""
        centre = self.index_of(near)
        stale = (index for index, page in enumerate(self.pages) if page.stale)
        nearest = min(stale, key=lambda index: abs(index - centre), default=None)
        return None if nearest is None else self.pages[nearest]

    def let_go(self, most: int, near: int) -> None:
        """Forget rows of pages far from the row `near` until at most `most` are at hand.

        The first and the last page stay: live rows come at the one, the other tells the end.
        """
        centre = self.index_of(near)
        loaded = sum(len(page.rows) for page in self.pages if page.rows is not None)
        middle = range(1, len(self.pages) - 1)
        for index in sorted(middle, key=lambda index: -abs(index - centre)):
            page = self.pages[index]
            if loaded <= most or abs(index - centre) <= 1:
                return
            if page.rows is not None:
                loaded -= len(page.rows)
                page.rows, page.stale = None, False

    def _count(self) -> None:
        self._ends = list(accumulate(page.count for page in self.pages))


def edits(old: Sequence[R], new: Sequence[R], key: Callable[[R], Hashable]) -> Iterator[Edit[R]]:
    """The steps from old rows to new ones, last place first, so that places stay right."""
    matcher = SequenceMatcher(
        None, [key(row) for row in old], [key(row) for row in new], autojunk=False
    )
    for kind, start, end, begin, stop in reversed(matcher.get_opcodes()):
        if kind != "equal":
            yield Edit(start, end - start, new[begin:stop])
