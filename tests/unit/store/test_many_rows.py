"""What a page costs does not grow with the list: counted in steps of SQLite, not in seconds."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from typing import ParamSpec

import pytest

from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery, LinkQuery, LinkSort
from sfsync_gui.store.queries import Queries
from tests.support.crowd import FIRST_NAMES, make_crowd, names

P = ParamSpec("P")

FEW = 2_000
MANY = 20_000
PAGE = 50
FILTERS = (
    LinkQuery(),
    LinkQuery(intercom_kind=PersonKind.INTERCOM_LEAD),
    LinkQuery(salesforce_kind=PersonKind.CONTACT, waiting=True),
    LinkQuery(ambiguous=True),
    LinkQuery(with_errors=True),
)
ENTRIES = (
    HistoryQuery(),
    HistoryQuery(row_id="r3"),
    HistoryQuery(to_side=Side.INTERCOM),
    HistoryQuery(trigger=Trigger.SALESFORCE_MERGED),
    HistoryQuery(kinds=frozenset({HistoryKind.UNLINKED})),
    HistoryQuery(until=1_700_010_000),
)


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Queries, Queries]]:
    """A small profile, and one ten times as large."""
    folder = tmp_path_factory.mktemp("crowds")
    paths = [folder / f"{count}.db" for count in (FEW, MANY)]
    for path, count in zip(paths, (FEW, MANY), strict=True):
        make_crowd(path, count, history=count, errors=count // 20)
    with closing(Queries(paths[0])) as few, closing(Queries(paths[1])) as many:
        yield few, many


def steps(queries: Queries, ask: Callable[P, object], *asked: P.args, **named: P.kwargs) -> int:
    """How many thousands of steps SQLite takes to answer."""
    taken = [0]

    def on_progress() -> int:
        taken[0] += 1
        return 0

    queries._driver.set_progress_handler(on_progress, 1_000)
    ask(*asked, **named)
    queries._driver.set_progress_handler(None, 0)
    return taken[0]


@pytest.mark.parametrize("sort", list(LinkSort))
def test_links(sort: LinkSort, crowds: tuple[Queries, Queries]) -> None:
    few, many = crowds
    for filters, descending in product(FILTERS, (True, False)):
        query = replace(filters, sort=sort, descending=descending)
        last = many.links_page(query, None, PAGE)[-1]
        assert steps(many, many.links_page, query, None, PAGE) <= 12
        assert steps(many, many.links_page, query, last, PAGE) <= 12
        assert steps(many, many.links_matching, query, 100) <= 5
        assert few.links_page(query, None, 1)


def test_a_rare_word(crowds: tuple[Queries, Queries]) -> None:
    few, many = crowds
    rare = names(FIRST_NAMES, 1)[-2]
    for text in (rare.lower(), "nobody at all", "65f000000000000000000abc"):
        taken = [
            steps(store, store.links_page, LinkQuery(text), None, PAGE) for store in (few, many)
        ]
        assert taken[1] <= max(15, 12 * taken[0])


def test_a_common_word(crowds: tuple[Queries, Queries]) -> None:
    common = names(FIRST_NAMES, 1)[0]
    for text in (common[:1], common, "65f", "003"):
        for sort in LinkSort:
            query = LinkQuery(text, sort=sort)
            taken = steps(crowds[1], crowds[1].links_page, query, None, PAGE)
            assert taken <= 400


@pytest.mark.parametrize("query", ENTRIES)
def test_history(query: HistoryQuery, crowds: tuple[Queries, Queries]) -> None:
    many = crowds[1]
    assert many.history_page(query, None, PAGE) or query.trigger is not None
    assert steps(many, many.history_page, query, None, PAGE) <= 12
    assert steps(many, many.history_page, query, MANY // 2, PAGE) <= 12


def test_errors(crowds: tuple[Queries, Queries]) -> None:
    many = crowds[1]
    groups = many.error_groups(ErrorQuery())
    assert sum(group.count for group in groups) == many.errors_matching(ErrorQuery(), MANY) == 900
    cause = ErrorQuery(cause=groups[0].cause)
    assert many.errors_matching(cause, MANY) == groups[0].count
    assert steps(many, many.errors_page, ErrorQuery(), None, PAGE) <= 12
