"""The long lists of the store over a million links and a million entries of the history.

What is held to the budgets is the processor's time: on a machine that others use, the time that
goes by tells of them. A question is asked three times and the best counts, but for the first page,
which is asked of a file that was just opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from typing import ParamSpec, TypeVar

import pytest

from sfsync_gui.core.vocabulary import Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery, LinkQuery, LinkRow, LinkSort
from sfsync_gui.store.queries import Queries
from tests.benchmarks.figures import Figures
from tests.support.crowd import FIRST_NAMES, LAST_NAMES, make_crowd, names

pytestmark = pytest.mark.timeout(3600)

LINKS = 1_000_000
ERRORS = 50_000
PAGE = 200
FIRST_PAGE = 200.0
KEYSTROKE = 100.0
NARROWED = 300.0
"""A letter that begins many names, all at the far end of the order: nobody is met on the way."""

COUNT = 10_000
DEEP = 250

P = ParamSpec("P")
T = TypeVar("T")

FILTERS = (
    LinkQuery(),
    LinkQuery(intercom_kind=PersonKind.INTERCOM_LEAD),
    LinkQuery(salesforce_kind=PersonKind.LEAD),
    LinkQuery(ambiguous=True),
    LinkQuery(with_errors=True),
    LinkQuery(waiting=True),
    LinkQuery(salesforce_kind=PersonKind.CONTACT, waiting=True, with_errors=True),
    LinkQuery(family=Family.PEOPLE),
    LinkQuery(family=Family.COMPANIES),
)


def milliseconds(question: Callable[P, T], *asked: P.args, **named: P.kwargs) -> tuple[float, T]:
    """The processor's time that an answer takes, and the answer."""
    begun = time.process_time()
    answer = question(*asked, **named)
    return (time.process_time() - begun) * 1000, answer


def best(question: Callable[P, object], *asked: P.args, **named: P.kwargs) -> float:
    """The least time of three."""
    return min(milliseconds(question, *asked, **named)[0] for _ in range(3))


def beginnings(*texts: str) -> Iterator[str]:
    """What is typed, letter by letter."""
    return (text[:end] for text in texts for end in range(1, len(text) + 1))


def typed(queries: Queries) -> dict[str, list[str]]:
    """What is searched for, by what it is."""
    first, last = names(FIRST_NAMES, 1), names(LAST_NAMES, 2)
    some = queries.link(4321)
    assert some is not None
    return {
        "common names": list(beginnings(first[2], first[12], last[5], last[40])),
        "rare names": list(beginnings(first[-2], last[-9], last[7_000])),
        "both names": list(beginnings(some.intercom_name.lower())),
        "e-mail": list(beginnings(some.intercom_key or "")),
        "Intercom id": list(beginnings(some.intercom_id)),
        "Salesforce Id": list(beginnings(some.salesforce_id)),
        "nobody": ["qqqq", f"{first[0]} qqqq", "0999"],
    }


def links(queries: Queries, figures: Figures) -> None:
    """Pages, filters, searches and counts of links."""
    figures.at_most(
        "first page of a file just opened",
        milliseconds(queries.links_page, LinkQuery(), None, PAGE)[0],
        FIRST_PAGE,
        "ms",
    )
    for sort in LinkSort:
        worst = max(
            best(queries.links_page, query, None, PAGE)
            for query in (
                replace(one, sort=sort, descending=descending)
                for one, descending in product(FILTERS, (True, False))
            )
        )
        figures.at_most(f"slowest filter by {sort}", worst, FIRST_PAGE, "ms")
    for what, texts in typed(queries).items():
        _search(queries, figures, what, texts)
    _narrowed_search(queries, figures)
    _deep(queries, figures)
    counted = max(best(queries.links_matching, query, COUNT) for query in FILTERS)
    figures.at_most("slowest count of a filter", counted, KEYSTROKE, "ms")


def _search(queries: Queries, figures: Figures, what: str, texts: list[str]) -> None:
    times = sorted((best(queries.links_page, LinkQuery(text), None, PAGE), text) for text in texts)
    figures.note(f"{what}: median keystroke", times[len(times) // 2][0], "ms")
    figures.at_most(f"{what}: slowest keystroke ({times[-1][1]})", times[-1][0], KEYSTROKE, "ms")
    counts = max((best(queries.links_matching, LinkQuery(text), COUNT), text) for text in texts)
    figures.at_most(f"{what}: slowest count ({counts[1]})", counts[0], KEYSTROKE, "ms")


def _narrowed_search(queries: Queries, figures: Figures) -> None:
    """A search together with each filter, and in each order."""
    first = names(FIRST_NAMES, 1)
    texts = (first[12][:1], first[12][:2], first[12], first[-2][:3])
    for name, queried in (
        ("filter", [replace(one, search=text) for one in FILTERS[1:] for text in texts]),
        (
            "order",
            [
                LinkQuery(text, sort=sort, descending=descending)
                for sort, text, descending in product(list(LinkSort)[1:], texts, (True, False))
            ],
        ),
    ):
        times = sorted(best(queries.links_page, query, None, PAGE) for query in queried)
        figures.note(f"search and {name}: median", times[len(times) // 2], "ms")
        figures.at_most(f"search and {name}: slowest", times[-1], NARROWED, "ms")


def _deep(queries: Queries, figures: Figures) -> None:
    """Paging on and on: the last page of many costs what the first does."""
    for sort in LinkSort:
        query = LinkQuery(sort=sort, descending=False)
        last: LinkRow | None = None
        spent = 0.0
        for _ in range(DEEP):
            spent, page = milliseconds(queries.links_page, query, last, PAGE)
            last = page[-1]
        figures.at_most(f"page {DEEP} by {sort}", spent, KEYSTROKE, "ms")


def history(queries: Queries, figures: Figures) -> None:
    """Pages of the history, with each filter."""
    first = names(FIRST_NAMES, 1)
    some = queries.link(4321)
    assert some is not None
    middle = queries.history_page(HistoryQuery(), 500_000, 1)[0].at
    written = frozenset({HistoryKind.WRITTEN})
    for name, query in {
        "all": HistoryQuery(),
        "a person": HistoryQuery(person=(Side.INTERCOM, some.intercom_id)),
        "a pair": HistoryQuery(pair=(some.intercom_id, some.salesforce_id)),
        "a row": HistoryQuery(row_id="r3"),
        "a direction": HistoryQuery(to_side=Side.INTERCOM),
        "a trigger": HistoryQuery(trigger=Trigger.BULK_SYNC),
        "a rare trigger": HistoryQuery(trigger=Trigger.SALESFORCE_MERGED),
        "kinds": HistoryQuery(kinds=frozenset({HistoryKind.UNLINKED, HistoryKind.OVERRULED})),
        "a day long ago": HistoryQuery(since=middle, until=middle + 86_400),
        "before a time": HistoryQuery(until=middle),
        "all of these": HistoryQuery(
            row_id="r3", to_side=Side.INTERCOM, kinds=written, until=middle, search=first[12][:2]
        ),
        "a common name": HistoryQuery(first[12]),
        "a letter": HistoryQuery(first[12][:1]),
        "a rare name": HistoryQuery(first[-2]),
        "an e-mail": HistoryQuery(some.intercom_key or ""),
        "an Id": HistoryQuery(some.salesforce_id),
        "a name in a row": HistoryQuery(first[-2], row_id="r3"),
    }.items():
        spent = max(
            best(queries.history_page, query, None, PAGE),
            best(queries.history_page, query, 500_000, PAGE),
        )
        figures.at_most(name, spent, KEYSTROKE, "ms")


def errors(queries: Queries, figures: Figures) -> None:
    """Groups and pages of open errors."""
    for name, query in {
        "all": ErrorQuery(),
        "a direction": ErrorQuery(to_side=Side.INTERCOM),
        "an object": ErrorQuery(kind=PersonKind.LEAD),
        "a role": ErrorQuery(kind=PersonKind.INTERCOM_LEAD),
        "a time": ErrorQuery(since=1_700_500_000, until=1_700_600_000),
        "a word": ErrorQuery("person"),
        "nobody": ErrorQuery("qqqq"),
        "dismissed": ErrorQuery(dismissed=True),
    }.items():
        spent = best(queries.error_groups, query)
        figures.at_most(f"groups: {name}", spent, FIRST_PAGE, "ms")
        spent = best(queries.errors_page, query, None, PAGE)
        figures.at_most(f"page: {name}", spent, KEYSTROKE, "ms")
    group = queries.error_groups(ErrorQuery())[0]
    spent = best(queries.errors_page, ErrorQuery(cause=group.cause), None, PAGE)
    figures.at_most("page of one cause", spent, KEYSTROKE, "ms")


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queries]:
    """The database, made within minutes."""
    path = tmp_path_factory.mktemp("million") / "sfsync.db"
    make_crowd(path, LINKS, history=LINKS, errors=ERRORS)
    with closing(Queries(path)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("title", "subject"), [("Links", links), ("History", history), ("Errors", errors)]
)
def test_a_million_rows(
    title: str, subject: Callable[[Queries, Figures], None], queries: Queries
) -> None:
    figures = Figures(title)
    subject(queries, figures)
    assert not figures.missed()
