"""Reading beside the engine."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.people import Due
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import CallsRow, ErrorQuery, HistoryQuery, LinkQuery, LinkRow
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import close, contact, error, link, record, run, written


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    """Queries beside an open store."""
    with closing(Queries(path)) as opened:
        yield opened


def test_links_by_page(store: SqlStore, queries: Queries) -> None:
    def fill(unit: UnitOfWork) -> None:
        unit.directory.put([contact(1, name="Anna"), record(1, name="Anna Alt")])
        due = {"r": Due(frozenset({Side.INTERCOM}), Trigger.RETRY)}
        for number in range(1, 6):
            unit.links.add(link(number, due=due if number == 1 else {}, ambiguous=number == 2))
        unit.errors.put(error(link_id=1, row_id="a"))
        unit.errors.put(error(link_id=1, row_id="b"))

    run(store, fill)
    by_age = LinkQuery(descending=False)
    first, second = queries.links_page(by_age, None, 2)
    assert first == LinkRow(
        id=1,
        intercom_kind=PersonKind.USER,
        intercom_id="i0001",
        intercom_name="Anna",
        intercom_key="p1@example.com",
        salesforce_kind=PersonKind.CONTACT,
        salesforce_id="0030001",
        salesforce_name="Anna Alt",
        salesforce_key="p1@example.com",
        trigger=Trigger.INTERCOM_CREATED,
        created_at=1_700_000_000,
        by_hand=False,
        ambiguous=False,
        due=True,
        errors=2,
    )
    assert (second.intercom_name, second.ambiguous, second.due, second.errors) == (
        "",
        True,
        False,
        0,
    )
    assert [row.id for row in queries.links_page(by_age, second, 10)] == [3, 4, 5]
    assert [row.id for row in queries.links_page(LinkQuery(), second, 10)] == [1]
    assert queries.links_page(by_age, queries.link(5), 10) == []
    assert queries.link(6) is None
    assert queries.link_count() == 5


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ÄNNE", [1]),
        ("  änne m ", [1]),
        ("nne", []),
        ("Bob", [2]),
        ("A@Example", [1]),
        ("Key-", [2]),
        ("key-", [2]),
        ("mull änn", [1]),
        ("bob robert", [2]),
        ("bob änne", []),
        ("i000", [1, 2]),
        ("00Q", [2]),
        ("%", []),
        ("_", []),
        ("", [1, 2]),
        ("   ", [1, 2]),
    ],
)
def test_search_by_prefix(
    store: SqlStore,
    queries: Queries,
    search: str,
    found: list[int],
) -> None:

    def fill(unit: UnitOfWork) -> None:
        unit.directory.put(
            [
                contact(1, name="Änne Müller", key="a@example.com"),
                record(1, name="Müller", key="a@example.com"),
                contact(2, name="Robert", key="Key-1"),
                record(2, id="00Q2", name="bob"),
                contact(3, name="Bob, whom nobody linked"),
            ]
        )
        unit.links.add(link(1, intercom_key="a@example.com", salesforce_key="a@example.com"))
        unit.links.add(link(2, salesforce_id="00Q2", intercom_key="Key-1", salesforce_key=None))

    run(store, fill)
    assert [
        row.id for row in queries.links_page(LinkQuery(search, descending=False), None, 10)
    ] == found
    assert queries.links_matching(LinkQuery(search), 10) == len(found)


def test_errors_history_people_and_calls(store: SqlStore, queries: Queries) -> None:
    def fill(unit: UnitOfWork) -> None:
        unit.errors.put(error(row_id="a"))
        unit.errors.put(error(row_id="b", dismissed=True))
        unit.errors.put(error(row_id="c"))
        unit.history.add([written(1), written(2), written(3, intercom_id="other")])
        unit.history.add([written(4, kind=HistoryKind.OVERRULED)])
        people = [contact(1), contact(2, kind=PersonKind.INTERCOM_LEAD), contact(3)]
        unit.directory.put([*people, contact(4, deleted=True), record(1)])
        unit.state.add_calls(5, Side.SALESFORCE, "poll", 2)
        unit.state.add_calls(6, Side.SALESFORCE, "poll", 3)
        unit.state.add_calls(6, Side.INTERCOM, "poll", 4)

    run(store, fill)
    newest, oldest = queries.errors_page(ErrorQuery(), None, 10)
    assert [oldest, newest] == [
        one for one in run(store, lambda unit: unit.errors.all()) if not one.dismissed
    ]
    assert queries.errors_page(ErrorQuery(), newest, 1) == [oldest]
    assert (queries.error_count(), queries.error_count(dismissed=True)) == (2, 1)
    assert queries.history_page(HistoryQuery(), None, 10) == run(
        store, lambda unit: unit.history.recent(10)
    )
    assert [entry.at for entry in queries.history_page(HistoryQuery(), 4, 2)] == [3, 2]
    of_one = queries.history_page(HistoryQuery(person=(Side.INTERCOM, "i0001")), 4, 10)
    assert [entry.at for entry in of_one] == [2, 1]
    assert queries.history_counts() == {HistoryKind.WRITTEN: 3, HistoryKind.OVERRULED: 1}
    assert queries.people_count() == {
        (Side.INTERCOM, PersonKind.USER): 2,
        (Side.INTERCOM, PersonKind.INTERCOM_LEAD): 1,
        (Side.SALESFORCE, PersonKind.CONTACT): 1,
    }
    assert queries.calls(6) == [
        CallsRow(6, Side.INTERCOM, "poll", 4),
        CallsRow(6, Side.SALESFORCE, "poll", 3),
    ]


def test_reading_while_the_engine_writes(path: Path, store: SqlStore, queries: Queries) -> None:
    seen: list[int] = []

    def writes(unit: UnitOfWork) -> None:
        for number in range(50):
            unit.links.add(link(number))
            seen.append(queries.link_count())

    run(store, writes)
    assert seen == [0] * 50
    assert queries.link_count() == 50


def test_reading_from_many_threads(store: SqlStore, queries: Queries) -> None:
    run(store, lambda unit: unit.links.add(link(1)))
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(queries.link_count())) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1] * 20


def test_reading_does_not_keep_the_log_from_being_merged(
    path: Path, store: SqlStore, queries: Queries
) -> None:
    run(store, lambda unit: unit.links.add(link(1)))
    assert queries.link_count() == 1
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)


def test_without_an_engine_and_with_one_that_comes_and_goes(path: Path) -> None:
    with closing(Queries(path)) as queries:
        assert queries.link_count() == 0
        store = open_store(path, InlineRunner())
        run(store, lambda unit: unit.links.add(link(1)))
        assert queries.link_count() == 1
        close(store)
        assert queries.link_count() == 1


def test_it_cannot_write(queries: Queries) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        queries._driver.execute("DELETE FROM setting")


def test_what_it_cannot_read_is_told(tmp_path: Path, path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        Queries(tmp_path / "none.db")
    queries = Queries(path)
    queries.close()
    queries.close()
    with pytest.raises(StoreError, match="closed"):
        queries.link_count()
    with closing(sqlite3.connect(path, isolation_level=None)) as own:
        own.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="another version"):
        Queries(path)
