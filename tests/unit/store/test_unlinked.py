"""Listing the people about whom a person decides."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side
from sfsync_gui.engine.questions import Candidate, UnlinkedPerson
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.sql_store import SqlStore
from tests.unit.store.samples import contact, link, record, run

AMBIGUOUS, LINKED = MatchOutcome.AMBIGUOUS, MatchOutcome.ALREADY_LINKED


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    """Queries beside an open store."""
    with closing(Queries(path)) as opened:
        yield opened


def test_a_person_is_listed_with_everybody_who_carries_the_key(
    store: SqlStore, queries: Queries
) -> None:
    def fill(unit: UnitOfWork) -> None:
        key = "a@example.com"
        unit.directory.put(
            [
                contact(1, key=key, name="Ann", note=AMBIGUOUS),
                contact(2, key=key, name="No note"),
                record(3, key=key, name="Linked"),
                record(4, key=key, name="Free", kind=PersonKind.LEAD, modified_at=9),
                record(5, key=key, deleted=True),
                record(6, key=key, converted=True),
                record(7, key="b@example.com"),
            ]
        )
        unit.links.add(link(3, intercom_id="i0099"))

    run(store, fill)
    assert queries.unlinked_page(None, 10) == [
        UnlinkedPerson(
            Side.INTERCOM,
            "i0001",
            PersonKind.USER,
            "Ann",
            "a@example.com",
            AMBIGUOUS,
            (
                Candidate(PersonKind.CONTACT, "0030003", "Linked", 1_700_000_003, 1),
                Candidate(PersonKind.LEAD, "0030004", "Free", 9, None),
            ),
        )
    ]


def test_pages_go_through_both_sides_and_keep_to_a_note(store: SqlStore, queries: Queries) -> None:
    people = [contact(n, note=LINKED if n % 2 else AMBIGUOUS) for n in range(5)]
    people += [record(n, note=AMBIGUOUS) for n in range(3)]
    run(store, lambda unit: unit.directory.put(people))
    assert (queries.unlinked_count(), queries.unlinked_count(LINKED)) == (8, 2)
    found: list[tuple[Side, str]] = []
    after: tuple[Side, str] | None = None
    while page := queries.unlinked_page(after, 3):
        found += [(one.side, one.id) for one in page]
        after = found[-1]
    assert found == sorted((one.side, one.id) for one in people)
    linked = queries.unlinked_page(None, 10, LINKED)
    assert [one.id for one in linked] == ["i0001", "i0003"]
    # Each carries the key of its counterpart of the other side.
    assert [one.id for one in linked[0].candidates] == ["0030001"]
    assert linked[1].candidates == ()


def test_nobody_listed_is_an_empty_page(queries: Queries) -> None:
    assert queries.unlinked_page(None, 10) == []
    assert queries.unlinked_count(AMBIGUOUS) == 0


def test_people_left_unlinked_are_searched(store: SqlStore, queries: Queries) -> None:
    people = [
        contact(1, name="Zoë Adams", note=AMBIGUOUS),
        contact(2, name="Bob Zorn", note=LINKED),
        contact(3, name="Zoë Adams"),
    ]
    run(store, lambda unit: unit.directory.put(people))
    for search, ids in (("zo", ["i0001", "i0002"]), ("adams zoe", ["i0001"]), ("i0002", ["i0002"])):
        assert [one.id for one in queries.unlinked_page(None, 10, None, search)] == ids
        assert queries.unlinked_count(None, search) == len(ids)
    assert queries.unlinked_page((Side.INTERCOM, "i0001"), 10, AMBIGUOUS, "zo") == []
    assert queries.unlinked_count(LINKED, "zo") == 1
