"""Pages of a long list: filtered by facets, sorted, searched by words, never read whole.

Rows with equal facets lie in an index in the order of the list, so a page is merged from the
beginnings of a few stretches. A search does one of two things, whichever costs less:

* few people carry a typed word: their rows are collected by it and sorted;
* many do: the stretches are walked in order, and soon enough of them are met. Where they are
  not (all sit at the far end), the walk stops and they are collected after all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    bindparam,
    func,
    intersect,
    literal,
    or_,
    select,
    tuple_,
    union,
    union_all,
)

from sfsync_gui.core.search_words import Typed
from sfsync_gui.store.dialects import BigInt, PlaceOf

Place = tuple[str, int]
"""Where a row stands: the text that the list is sorted by, blank where by ids alone, and its id."""

_COUNTED = 100_000
"""Counting those who carry a word stops here."""

_DOUBT = 3.0
"""A walk goes so many times further than it should have to, and has to cost less even then."""

_LAST_CHARACTER = "\U0010ffff"


class _Row(NamedTuple):
    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of `store.list_tables`, with what finds its rows by words and by Ids.

    `words` has the columns word and id of a row; `ids` are indexed columns of Ids, each with the
    id of the row.
    """

    table: Table
    id: ColumnElement[int]
    words: tuple[ColumnElement[str], ColumnElement[int]]
    ids: tuple[tuple[ColumnElement[str], ColumnElement[int]], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a listing, in which order.

    `within` are columns before the facets in an index, with their values; `conditions` are looked
    at row by row. `text` is the column sorted by, None to sort by ids alone. The page begins after
    `begin`.
    """

    facets: frozenset[int]
    typed: Sequence[Typed] = ()
    within: tuple[tuple[ColumnElement[str], str], ...] = ()
    conditions: tuple[ColumnElement[bool], ...] = ()
    text: ColumnElement[str] | None = None
    descending: bool = True
    begin: Place | None = None


def page(connection: Connection, listing: Listing, wanted: Wanted, limit: int) -> list[int]:
    """The ids of the first rows, in order."""
    asked = _Asked(connection, listing, wanted)
    if not wanted.typed:
        rows = asked.merged(asked.first(limit))
    else:
        carriers = asked.carriers()
        fewest = min(carriers)
        found = None
        promised = _DOUBT * asked.steps_to(limit, carriers)
        if promised < fewest:
            found = asked.walked(limit, max(limit, int(promised)))
        rows = asked.collected(carriers, limit) if found is None else found
    return [row.id for row in rows[:limit]]


def count(connection: Connection, listing: Listing, wanted: Wanted, up_to: int) -> int:
    """How many rows there are; `up_to` where they are as many or more."""
    asked = _Asked(connection, listing, wanted)
    if not wanted.typed:
        return asked.counted(up_to)
    if asked.is_one_word:
        return asked.counted_by_word(up_to)
    carriers = asked.carriers()
    fewest = min(carriers)
    if asked.steps_to(up_to, carriers) < fewest:
        return asked.counted(up_to)
    return asked.counted_among(carriers, up_to)


def carrying(text: ColumnElement[str], typed: Iterable[Typed]) -> list[ColumnElement[bool]]:
    """Conditions that a text of a listing carries each typed word."""
    return [
        or_(*(PlaceOf(text, literal(mark, text.type)) > 0 for mark in one.marks)) for one in typed
    ]


class _Asked:
    """One question to a listing."""

    def __init__(self, connection: Connection, listing: Listing, wanted: Wanted) -> None:
        self._connection = connection
        self._listing = listing
        self._wanted = wanted
        self._facets = listing.table.c.facets
        self._text = literal("") if wanted.text is None else wanted.text
        self._within = [column == value for column, value in wanted.within]
        self._marks = carrying(listing.table.c.words, wanted.typed)
        known = self._known_facets()
        self.stretches = [one for one in known if one in wanted.facets]
        self.is_one_word = (
            len(wanted.typed) == 1
            and len(self.stretches) == len(known)
            and not (wanted.within or wanted.conditions)
        )

    def _known_facets(self) -> list[int]:
        """The facets that there are, jumping from one to the next in the index."""
        smallest = select(func.min(self._facets).label("facets")).where(*self._within)
        known = smallest.cte("known", recursive=True)
        following = (
            select(func.min(self._facets))
            .where(*self._within, self._facets > known.c.facets)
            .scalar_subquery()
        )
        known = known.union_all(select(following).where(known.c.facets.is_not(None)))
        found = select(known.c.facets).where(known.c.facets.is_not(None))
        return list(self._connection.scalars(found))

    # ------------------------------------------------------------------ in order

    def first(self, limit: int) -> Iterator[list[_Row]]:
        """The first rows of each stretch, whatever is searched for."""
        statement = self._ordered(self._stretch()).limit(limit)
        return (self._read(statement, facets) for facets in self.stretches)

    def walked(self, limit: int, reach: int) -> list[_Row] | None:
        """The first rows found, looking at no more than so many of any stretch.

        None where these are too few to tell.
        """
        rows: list[_Row] = []
        end: _Row | None = None
        for facets in self.stretches:
            # No further than the last row that the page holds, nor than where a walk ended:
            # beyond that there may be rows that it has not met.
            bound = self._earlier(rows[-1] if len(rows) == limit else None, end)
            some = self._read(self._seen(limit, reach, bound), facets, bound)
            if len(some) < limit:
                end = self._earlier(end, *self._read(self._last(reach, bound), facets, bound))
            rows = self.merged([rows, some])[:limit]
        known = len(rows) if end is None else self.merged([rows, [end]]).index(end)
        return rows if end is None or known >= limit else None

    def _earlier(self, *rows: _Row | None) -> _Row | None:
        return next(iter(self.merged([row] for row in rows if row is not None)), None)

    def _seen(self, limit: int, reach: int, bound: _Row | None) -> Select[Any]:
        """The first rows found among so many of a stretch."""
        rows = self._bounded(self._stretch(self._listing.table.c.words), bound)
        seen = self._ordered(rows).limit(reach).subquery()
        # The rows come out as they went in, in order: sorted again, all would have to be looked at.
        marks = carrying(seen.c.words, self._wanted.typed)
        return select(seen.c.id, seen.c.text).where(*marks).limit(limit)

    def _last(self, reach: int, bound: _Row | None) -> Select[Any]:
        """The last row of so many in a stretch, none where it has fewer."""
        rows = self._bounded(self._stretch(), bound)
        return self._ordered(rows).limit(1).offset(reach - 1)

    def _bounded(self, statement: Select[Any], bound: _Row | None) -> Select[Any]:
        if bound is None:
            return statement
        there = (bindparam("bound_text", type_=String()), bindparam("bound_id", type_=BigInt))
        return statement.where(self._beyond(there, backwards=True))

    def _stretch(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """The rows of one stretch; which one is told when the statement is executed."""
        condition = self._facets == bindparam("facets")
        return self._rows(*columns).where(*self._within, condition, *self._wanted.conditions)

    def _read(
        self, statement: Select[Any], facets: int | None = None, bound: _Row | None = None
    ) -> list[_Row]:
        asked: dict[str, object] = {} if facets is None else {"facets": facets}
        if bound is not None:
            asked |= {"bound_text": bound.text, "bound_id": bound.id}
        return [_Row(*row) for row in self._connection.execute(statement, asked)]

    def merged(self, parts: Iterable[list[_Row]]) -> list[_Row]:
        """Sorted rows of several stretches in one order."""
        return list(merge(*parts, key=self._sorted_by, reverse=self._wanted.descending))

    @staticmethod
    def _sorted_by(row: _Row) -> Place:
        return row.text, row.id

    # ------------------------------------------------------------------ by words

    def carriers(self) -> list[int]:
        """How many rows carry each typed word, counted no further than a limit."""
        return [
            sum(self._limited_count(part, _COUNTED) for part in self._parts(typed))
            for typed in self._wanted.typed
        ]

    def steps_to(self, limit: int, carriers: Sequence[int]) -> float:
        """About how many rows in order have to be looked at until so many are found."""
        everybody = self._connection.scalar(select(func.max(self._listing.id))) or 0
        steps = float(limit)
        for carrying in carriers:
            steps *= max(1.0, everybody / carrying) if carrying else inf
        return steps

    def collected(self, carriers: Sequence[int], limit: int) -> list[_Row]:
        """The first of the rows that carry every word, found by those that few carry."""
        return self._read(self._ordered(self._found(carriers)).limit(limit))

    def _found(self, carriers: Sequence[int]) -> Select[Any]:
        most = max(min(carriers), _COUNTED - 1)
        found, others = [], []
        for typed, mark, carrying in zip(self._wanted.typed, self._marks, carriers, strict=True):
            if carrying <= most:
                found.append(select(union(*self._parts(typed)).subquery().c.id))
            else:
                others.append(mark)
        # As expressions, so that no index of them is preferred to that of words.
        narrowed: list[ColumnElement[bool]] = [self._facets.op("+")(0).in_(self.stretches)]
        narrowed += [column.op("||")("") == value for column, value in self._wanted.within]
        return self._rows().where(
            self._listing.id.in_(intersect(*found)), *narrowed, *others, *self._wanted.conditions
        )

    def _parts(self, typed: Typed) -> list[Select[Any]]:
        """The ids of rows with this word or Id: readings of one index each."""
        sources = [(*self._listing.words, typed.word)]
        if typed.id is not None:
            sources += [(*source, typed.id) for source in self._listing.ids]
        return [
            select(row_id.label("id")).where(text >= begin, text < begin + _LAST_CHARACTER)
            for text, row_id, begin in sources
        ]

    # ------------------------------------------------------------------ counting

    def counted(self, up_to: int) -> int:
        """How many there are, stretch by stretch."""
        rows = self._stretch().where(*self._marks).limit(bindparam("most")).subquery()
        statement = select(func.count()).select_from(rows)
        found = 0
        for facets in self.stretches:
            asked = {"facets": facets, "most": up_to - found}
            found += self._connection.scalar(statement, asked) or 0
        return found

    def counted_by_word(self, up_to: int) -> int:
        """How many carry the only word typed."""
        carrying = union_all(*self._parts(self._wanted.typed[0])).subquery()
        return self._limited_count(select(carrying.c.id).distinct(), up_to)

    def counted_among(self, carriers: Sequence[int], up_to: int) -> int:
        """How many carry every word, found by those that few carry."""
        return self._limited_count(self._found(carriers), up_to)

    def _limited_count(self, statement: Select[Any], limit: int) -> int:
        rows = statement.limit(limit).subquery()
        return self._connection.scalar(select(func.count()).select_from(rows)) or 0

    # ------------------------------------------------------------------ statements

    def _rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        statement = select(self._listing.id.label("id"), self._text.label("text"), *columns)
        begin = self._wanted.begin
        return statement if begin is None else statement.where(self._beyond(begin))

    def _beyond(self, place: tuple[Any, Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """Whether a row comes after this place; backwards, whether it comes before."""
        if self._wanted.text is None:
            here: Any = self._listing.id
            there: Any = place[1]
        else:
            here = tuple_(self._wanted.text, self._listing.id)
            there = tuple_(*place)
        condition: ColumnElement[bool] = (
            here < there if self._wanted.descending is not backwards else here > there
        )
        return condition

    def _ordered(self, statement: Select[Any]) -> Select[Any]:
        order: list[ColumnElement[Any]] = [self._listing.id]
        if self._wanted.text is not None:
            order.insert(0, self._wanted.text)
        if self._wanted.descending:
            order = [column.desc() for column in order]
        return statement.order_by(*order)
