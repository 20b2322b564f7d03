"""Every page of a long list is read from indexes in order, whatever is asked for.

No table is scanned, and nothing is sorted but the few rows that carry a rare word.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sfsync_gui.core.vocabulary import Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, LinkSort
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.questions import lists
from sfsync_gui.store.sql_store import SqlStore
from tests.unit.store.samples import contact, error, link, record, run, written

TABLES = ("link_listing", "history_listing", "identity_mapping", "person", "history", "_word")
FILTERS = (
    LinkQuery(),
    LinkQuery(intercom_kind=PersonKind.USER),
    LinkQuery(ambiguous=True, with_errors=True, waiting=True, salesforce_kind=PersonKind.CONTACT),
    LinkQuery(family=Family.PEOPLE),
    LinkQuery(family=Family.COMPANIES, waiting=True),
)
SEARCHES = ("", "a", "ann b", "00", "00 b")


class Plans:
    """The plans of all that a store was asked while listening."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._asked: dict[str, Any] = {}
        event.listen(queries._connection, "before_cursor_execute", self._on_execute)

    def _on_execute(self, _: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        if sql.startswith(("SELECT", "WITH")):
            self._asked[sql] = parameters

    def steps(self) -> list[list[str]]:
        """The steps of each statement."""
        driver = self._queries._driver
        return [
            [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            for sql, parameters in self._asked.items()
        ]

    def check(self) -> None:
        """Nothing big is scanned, and nothing sorted but rows collected by a word."""
        plans = self.steps()
        assert plans
        for steps in plans:
            by_word = any("LIST SUBQUERY" in step for step in steps)
            for step in steps:
                assert not (step.startswith("SCAN") and any(one in step for one in TABLES)), step
                counts = step == "USE TEMP B-TREE FOR DISTINCT"  # no more than the limit
                assert "TEMP B-TREE" not in step or by_word or counts, steps
                assert "AUTOMATIC" not in step, step


def _fill(unit: UnitOfWork) -> None:
    for number in range(1, 30):
        people = [contact(number, name=f"Ann {number}"), record(number, name="Bob")]
        unit.directory.put(people)
        unit.links.add(link(number, ambiguous=number % 3 == 0))
        unit.history.add([written(number, person_name="Ann")])
        unit.errors.put(error(link_id=number))


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    run(store, _fill)
    with closing(Queries(path)) as opened:
        yield opened


@pytest.fixture(params=["collected", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of searching."""
    cheap = -1.0 if request.param == "walked" else float("inf")
    monkeypatch.setattr(lists._Asked, "steps_to", lambda *_: cheap)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("sort", list(LinkSort))
def test_links(sort: LinkSort, search: str, queries: Queries) -> None:
    plans = Plans(queries)
    middle = queries.link(15)
    for filters, descending in product(FILTERS, (True, False)):
        query = replace(filters, search=search, sort=sort, descending=descending)
        queries.links_page(query, None, 5)
        queries.links_page(query, middle, 5)
        queries.links_matching(query, 5)
    plans.check()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("search", SEARCHES)
def test_history(search: str, queries: Queries) -> None:
    plans = Plans(queries)
    narrow = HistoryQuery(
        search,
        trigger=Trigger.INTERCOM_UPDATED,
        kinds=frozenset({HistoryKind.WRITTEN}),
        since=5.0,
        until=9.0,
        family=Family.PEOPLE,
    )
    for asked, row_id in product((HistoryQuery(search), narrow), (None, "r1")):
        query = replace(asked, row_id=row_id)
        queries.history_page(replace(query, person=(Side.INTERCOM, "i0001")), 20, 5)
        queries.history_page(replace(query, pair=("i0001", "0030001")), 20, 5)
        queries.history_page(query, None, 5)
        queries.history_page(query, 20, 5)
    plans.check()


def test_a_row_touched_is_listed_anew_without_reading_others(path: Path, store: SqlStore) -> None:
    run(store, _fill)
    asked: list[tuple[str, Any]] = []
    database = store._database

    def on_execute(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        if sql.startswith(("SELECT", "DELETE")):
            asked.append((sql, parameters))

    event.listen(database.connection, "before_cursor_execute", on_execute)
    changes: list[Callable[[UnitOfWork], object]] = [
        lambda unit: unit.directory.put([contact(3, name="Another")]),
        lambda unit: unit.history.add([written(99)]),
        lambda unit: unit.errors.close([2]),
        lambda unit: unit.links.remove(4),
    ]
    for change in changes:
        run(store, change)
    for sql, parameters in asked:
        some = parameters[0] if isinstance(parameters, list) else parameters
        for row in database.driver.execute(f"EXPLAIN QUERY PLAN {sql}", some):
            assert not row[3].startswith("SCAN"), (sql, row[3])
