"""Looking for people of one side, linked or not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import PeopleQuery, PersonRow
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.database import Database
from sfsync_gui.store.listing import catch_up
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.sql_store import SqlStore
from tests.unit.store.samples import close, contact, link, record, run


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    """Queries beside an open store."""
    with closing(Queries(path)) as opened:
        yield opened


def fill(unit: UnitOfWork) -> None:
    """Two Adas, one of them linked, among others of both sides."""
    unit.directory.put(
        [
            contact(1, name="Ada Lovelace", key="ada@example.com"),
            contact(2, name="Ada Yonath", key=None),
            contact(3, name="Zoë Adams", key="zoe@example.com"),
            contact(4, name="Ada Gone", deleted=True),
            record(1, name="Ada Lovelace", key="ada@example.com"),
            record(5, name="Ada Lovelace", key="ada@example.com", kind=PersonKind.LEAD),
            record(6, name="Ada Converted", key="ada@example.com", converted=True),
        ]
    )
    unit.links.add(link(1))


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("", ["i0001", "i0002", "i0003"]),
        ("ada", ["i0001", "i0002", "i0003"]),
        ("ada love", ["i0001"]),
        ("LOVELACE  a", ["i0001"]),
        ("zoe", ["i0003"]),
        ("zoe@ex", ["i0003"]),
        ("i0002", ["i0002"]),
        ("i000", []),
        ("gone", []),
    ],
)
def test_people_are_found_by_words_and_id(
    store: SqlStore, queries: Queries, search: str, ids: list[str]
) -> None:
    run(store, fill)
    found = queries.people_page(PeopleQuery(Side.INTERCOM, search), None, 10)
    assert [row.id for row in found] == ids


def test_people_are_found_by_the_beginning_of_a_long_id(store: SqlStore, queries: Queries) -> None:
    long_id = "0035g00000ABCDEAA4"
    run(store, lambda unit: unit.directory.put([record(1, id=long_id, name="Ann", key=None)]))
    for search, found in ((long_id, 1), (long_id[:15], 1), (long_id[:8], 0), (long_id.lower(), 0)):
        assert len(queries.people_page(PeopleQuery(Side.SALESFORCE, search), None, 9)) == found


def test_keys_that_are_no_addresses_are_found_as_they_are_written(
    store: SqlStore, queries: Queries
) -> None:
    people = [contact(1, name="Ann", key="Kunde-Ä7"), contact(2, name="Bob", key="other")]
    run(store, lambda unit: unit.directory.put(people))
    found = queries.people_page(PeopleQuery(Side.INTERCOM, "ann Kunde-Ä"), None, 9)
    assert [row.id for row in found] == ["i0001"]


def test_a_person_tells_whether_there_is_a_link(store: SqlStore, queries: Queries) -> None:
    run(store, fill)
    assert queries.people_page(PeopleQuery(Side.SALESFORCE), None, 10) == [
        PersonRow(
            Side.SALESFORCE,
            "0030001",
            PersonKind.CONTACT,
            "Ada Lovelace",
            "ada@example.com",
            1_700_000_001,
            link_id=1,
        ),
        PersonRow(
            Side.SALESFORCE,
            "0030005",
            PersonKind.LEAD,
            "Ada Lovelace",
            "ada@example.com",
            1_700_000_005,
            link_id=None,
        ),
    ]
    assert queries.person(Side.INTERCOM, "i0002") is not None
    assert queries.person(Side.INTERCOM, "i0004") is None
    assert queries.person(Side.INTERCOM, "nobody") is None


def test_names_of_an_older_version_are_folded_when_it_is_brought_up_to_date(
    path: Path, store: SqlStore
) -> None:
    run(store, lambda unit: unit.directory.put([contact(1, name="Zoë (Zo) Adams")]))
    close(store)
    with closing(sqlite3.connect(path)) as old:
        old.execute("UPDATE person SET search_name = 'zoë (zo) adams'")
        old.commit()
    with closing(Database.open(path)) as database, database.transaction() as connection:
        catch_up(connection)  # as after every migration
    with closing(Queries(path)) as queries:
        found = queries.people_page(PeopleQuery(Side.INTERCOM, "zoe zo"), None, 9)
    assert [row.name for row in found] == ["Zoë (Zo) Adams"]


def test_carriers_of_a_key(store: SqlStore, queries: Queries) -> None:
    run(store, fill)
    found = queries.carriers(Side.SALESFORCE, "ada@example.com")
    assert [row.id for row in found] == ["0030001", "0030005"]
    assert queries.carriers(Side.SALESFORCE, "nobody@example.com") == []


def test_pages_meet_everybody_once_also_where_names_are_equal(
    store: SqlStore, queries: Queries
) -> None:
    people = [contact(n, name=("Same", "Other", "")[n % 3]) for n in range(40)]
    run(store, lambda unit: unit.directory.put(people))
    seen: list[PersonRow] = []
    while page := queries.people_page(
        PeopleQuery(Side.INTERCOM), seen[-1] if seen else None, limit=7
    ):
        assert len(page) <= 7
        seen += page
    assert [row.id for row in seen] == [
        person.id for person in sorted(people, key=lambda one: (one.name.casefold(), one.id))
    ]
