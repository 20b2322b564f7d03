"""An idle check looks at nothing twice; whatever was stored meanwhile is looked at again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.ports import PageAnswer
from sfsync_gui.engine.remembering import MOST_PAGES, Remembered
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.support.worlds import sample_rows
from tests.unit.engine.office import Office

ANSWER = PageAnswer(b"digest", "cursor")
LOOKUPS = object()


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """A real store."""
    return open_store(tmp_path / "sync.db", InlineRunner(), durable=False)


def put_mark(store: SqlStore, value: float) -> None:
    asyncio.run(store.run(lambda unit: unit.state.put_mark("mark", value)))


def mark(unit: UnitOfWork) -> float:
    return unit.state.mark("mark")


def transactions(office: Office) -> int:
    return office.world.crashes.passed["before a transaction"]


def idle_checks(office: Office, times: int) -> int:
    """How many transactions so many checks of both sides take."""
    before = transactions(office)
    for _ in range(times):
        office.pass_time(5)
        office.run(office.world.engine.check([Side.INTERCOM]))
    return transactions(office) - before


def test_an_idle_check_of_intercom_needs_no_transaction(office: Office) -> None:
    office.user(phone="1")
    office.lead(Phone="1")
    office.connect()
    office.check(after=3600)
    idle_checks(office, 2)
    assert idle_checks(office, 5) == 0


def test_a_change_is_found_however_often_nothing_was(office: Office) -> None:
    ann, lead = office.user(phone="1"), office.lead(Phone="1")
    office.connect()
    office.check(after=3600)
    idle_checks(office, 3)
    office.edit(ann, phone="2")
    office.pass_time(120)
    idle_checks(office, 1)
    assert office.sf(lead, "Phone") == "2"


def test_what_becomes_due_without_a_reading_is_seen(office: Office) -> None:
    ann, lead = office.user(phone="1"), office.lead(Phone="2")
    office.connect()
    office.check(after=3600)
    idle_checks(office, 3)
    office.edit(ann, phone="3")
    office.salesforce.delete(lead)
    again = office.lead(Phone="4")
    office.pass_time(120)
    office.run(office.world.engine.check([Side.SALESFORCE]))
    idle_checks(office, 1)
    assert office.links() == {ann: again}


def test_the_same_page_is_looked_at_again_once_another_attribute_is_mapped(office: Office) -> None:
    """Only a page that is looked at gives the attribute its baseline."""
    ann, _ = office.user(alias="Annie"), office.lead()
    rows = [row for row in sample_rows() if row.intercom_attribute != "custom_attributes.alias"]
    office.connect(rows)
    office.check(after=3600)
    idle_checks(office, 3)
    baseline = office.person(Side.INTERCOM, ann).baseline
    assert "custom_attributes.alias" not in baseline
    row = AttributeMapping(
        "new", "custom_attributes.alias", Direction.TO_SALESFORCE, "Nickname__c", "Nickname__c"
    )
    asked = office.world.intercom.log.count("POST", "/contacts/search")
    office.run(edit_rows(office.context, [*rows, row]))
    idle_checks(office, 1)
    assert office.world.intercom.log.count("POST", "/contacts/search") > asked
    assert "custom_attributes.alias" in office.person(Side.INTERCOM, ann).baseline


def test_an_answer_of_the_store_is_kept_until_something_is_stored(store: SqlStore) -> None:
    remembered = Remembered(store)
    put_mark(store, 1.0)
    assert asyncio.run(remembered.ask(mark)) == 1.0
    version = store.version
    assert asyncio.run(remembered.ask(mark)) == 1.0
    assert store.version == version
    put_mark(store, 2.0)
    assert store.version != version
    assert asyncio.run(remembered.ask(mark)) == 2.0


def test_a_question_that_stores_is_asked_each_time(store: SqlStore) -> None:
    def count(unit: UnitOfWork) -> float:
        unit.state.put_mark("mark", unit.state.mark("mark") + 1)
        return unit.state.mark("mark")

    remembered = Remembered(store)
    assert [asyncio.run(remembered.ask(count)) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_what_was_undone_may_count_as_stored_but_what_was_stored_always_does(
    store: SqlStore,
) -> None:
    def fail(unit: UnitOfWork) -> None:
        unit.state.put_mark("mark", 5.0)
        raise KeyError

    remembered = Remembered(store)
    put_mark(store, 1.0)
    assert asyncio.run(remembered.ask(mark)) == 1.0
    with pytest.raises(KeyError):
        asyncio.run(store.run(fail))
    assert asyncio.run(remembered.ask(mark)) == 1.0


def test_a_page_is_known_for_the_same_lookups_until_something_is_stored(store: SqlStore) -> None:
    remembered = Remembered(store)
    assert remembered.page(b"digest", LOOKUPS) is None
    remembered.note_page(ANSWER, LOOKUPS)
    assert remembered.page(b"digest", LOOKUPS) is ANSWER
    assert remembered.page(b"other", LOOKUPS) is None
    assert remembered.page(b"digest", object()) is None
    put_mark(store, 1.0)
    assert remembered.page(b"digest", LOOKUPS) is None


def test_pages_of_other_lookups_are_not_kept(store: SqlStore) -> None:
    remembered = Remembered(store)
    remembered.note_page(ANSWER, LOOKUPS)
    others = object()
    remembered.note_page(PageAnswer(b"other", None), others)
    assert remembered.page(b"digest", others) is None
    assert remembered.page(b"other", others) is not None


def test_no_more_than_so_many_pages_are_remembered(store: SqlStore) -> None:
    remembered = Remembered(store)
    for number in range(MOST_PAGES + 1):
        remembered.note_page(PageAnswer(str(number).encode(), None), LOOKUPS)
    known = [remembered.page(str(number).encode(), LOOKUPS) for number in range(MOST_PAGES + 1)]
    assert 0 < sum(one is not None for one in known) <= MOST_PAGES
