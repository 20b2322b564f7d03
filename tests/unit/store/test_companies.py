"""Companies and accounts in the store: beside people, and never mistaken for them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from alembic import command

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.people import Due, IdentityMapping
from sfsync_gui.core.vocabulary import (
    Direction,
    Family,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.engine.questions import (
    Candidate,
    ErrorQuery,
    HistoryQuery,
    LinkQuery,
    LinkSort,
    PeopleQuery,
)
from sfsync_gui.engine.storage import Profile, UnitOfWork
from sfsync_gui.engine.stored import LinkedRecord
from sfsync_gui.store import files
from sfsync_gui.store.database import connect
from sfsync_gui.store.migrating import PACKAGED
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import close, contact, error, link, record, run, written

PEOPLE, COMPANIES = Family
SIZE = AttributeMapping("size", "size", Direction.TWO_WAY, account_field="NumberOfEmployees")


def company_link(number: int, **changes: object) -> IdentityMapping:
    """A link of a company and an account."""
    return link(
        number,
        intercom_id=f"c{number}",
        salesforce_id=f"001{number}",
        salesforce_kind=PersonKind.ACCOUNT,
        **changes,
    )


def fill(unit: UnitOfWork) -> None:
    """A pair of people and a pair of companies of the same key, and what happened to each."""
    unit.directory.put(
        [
            contact(1, name="Ann", key="17"),
            record(1, name="Ann", key="17"),
            contact(2, id="c2", kind=PersonKind.COMPANY, name="Acme", key="17"),
            record(2, id="0012", kind=PersonKind.ACCOUNT, name="Acme Inc", key="17"),
        ]
    )
    unit.links.add(link(1))
    unit.links.add(company_link(2))
    unit.errors.put(error(link_id=1, salesforce_kind=PersonKind.CONTACT))
    unit.errors.put(error(link_id=2, salesforce_kind=PersonKind.ACCOUNT))
    unit.errors.put(error(link_id=None, row_id="r9"))
    unit.history.add([written(salesforce_kind=PersonKind.CONTACT, person_name="Ann")])
    unit.history.add([written(salesforce_kind=PersonKind.ACCOUNT, person_name="Acme")])


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    run(store, fill)
    with closing(Queries(path)) as opened:
        yield opened


def test_links_are_listed_by_family(queries: Queries) -> None:
    for sort in LinkSort:
        everything = queries.links_page(LinkQuery(sort=sort), None, 9)
        assert {row.id for row in everything} == {1, 2}
        (person,) = queries.links_page(LinkQuery(sort=sort, family=PEOPLE), None, 9)
        (company,) = queries.links_page(LinkQuery(sort=sort, family=COMPANIES), None, 9)
        assert (person.id, company.id) == (1, 2)
    assert (company.intercom_kind, company.salesforce_kind) == (
        PersonKind.COMPANY,
        PersonKind.ACCOUNT,
    )
    assert queries.links_matching(LinkQuery("acme", family=COMPANIES), 9) == 1
    assert queries.links_matching(LinkQuery("acme", family=PEOPLE), 9) == 0
    assert queries.links_matching(LinkQuery(intercom_kind=PersonKind.USER), 9) == 1
    assert queries.links_matching(LinkQuery(salesforce_kind=PersonKind.ACCOUNT), 9) == 1


def test_a_link_of_companies_stays_one_when_its_flags_change(
    store: SqlStore, queries: Queries
) -> None:
    def work(unit: UnitOfWork) -> None:
        stored = unit.links.get(2)
        assert stored is not None
        unit.links.put([replace(stored, ambiguous=True)])

    run(store, work)
    (found,) = queries.links_page(LinkQuery(ambiguous=True), None, 9)
    assert found.salesforce_kind is PersonKind.ACCOUNT
    assert queries.links_matching(LinkQuery(ambiguous=True, family=PEOPLE), 9) == 0


def test_a_link_whose_company_is_not_known_is_one_of_companies(
    store: SqlStore, queries: Queries
) -> None:
    run(store, lambda unit: unit.links.add(company_link(5)))
    found = queries.link(3)
    assert found is not None
    assert found.intercom_kind is PersonKind.COMPANY
    assert queries.links_matching(LinkQuery(family=COMPANIES), 9) == 2


def test_errors_and_history_are_listed_by_family(queries: Queries) -> None:
    def errors(family: Family | None) -> list[int | None]:
        found = queries.errors_page(ErrorQuery(family=family), None, 9)
        return [one.link_id for one in found]

    assert errors(COMPANIES) == [2]
    assert errors(PEOPLE) == [None, 1]
    assert errors(None) == [None, 2, 1]
    assert queries.errors_matching(ErrorQuery(kind=PersonKind.ACCOUNT), 9) == 1

    def names(family: Family | None) -> list[str]:
        found = queries.history_page(HistoryQuery(family=family), None, 9)
        return [one.person_name for one in found]

    assert (names(PEOPLE), names(COMPANIES), names(None)) == (["Ann"], ["Acme"], ["Acme", "Ann"])


def test_people_and_companies_are_looked_up_apart(queries: Queries) -> None:
    def ids(side: Side, family: Family) -> list[str]:
        return [one.id for one in queries.people_page(PeopleQuery(side, "", family), None, 9)]

    assert ids(Side.INTERCOM, PEOPLE) == ["i0001"]
    assert ids(Side.INTERCOM, COMPANIES) == ["c2"]
    assert ids(Side.SALESFORCE, COMPANIES) == ["0012"]
    assert queries.people_page(PeopleQuery(Side.INTERCOM, "acm"), None, 9) == []
    assert [one.id for one in queries.carriers(Side.SALESFORCE, "17")] == ["0030001"]
    assert [one.id for one in queries.carriers(Side.SALESFORCE, "17", COMPANIES)] == ["0012"]


def test_candidates_of_an_unlinked_company_are_accounts(store: SqlStore, queries: Queries) -> None:
    unlinked = contact(
        3, id="c3", kind=PersonKind.COMPANY, key="17", note=MatchOutcome.ALREADY_LINKED
    )
    run(store, lambda unit: unit.directory.put([unlinked]))
    (found,) = queries.unlinked_page(None, 9)
    account = Candidate(PersonKind.ACCOUNT, "0012", "Acme Inc", 1_700_000_002, 2)
    assert found.candidates == (account,)
    assert (queries.unlinked_count(family=COMPANIES), queries.unlinked_count(family=PEOPLE)) == (
        1,
        0,
    )
    assert queries.unlinked_page(None, 9, family=PEOPLE) == []


def _companies_after(side: Side, after: str, unit: UnitOfWork) -> list[str]:
    return unit.directory.ids_after(side, after, 9, COMPANIES)


def test_the_engine_pages_through_one_family(store: SqlStore) -> None:
    run(store, fill)
    found = run(store, lambda unit: unit.links.records_page(0, 9, COMPANIES))
    assert found == [LinkedRecord(2, PersonKind.ACCOUNT, "0012", "c2")]
    assert [one.link_id for one in run(store, lambda u: u.links.records_page(0, 9, PEOPLE))] == [1]
    run(store, lambda unit: unit.links.add(link(7)))
    counts = run(store, lambda unit: [unit.links.count(one) for one in (None, PEOPLE, COMPANIES)])
    assert counts == [3, 2, 1]
    for side, person_id in ((Side.INTERCOM, "c2"), (Side.SALESFORCE, "0012")):
        assert run(store, partial(_companies_after, side, "")) == [person_id]
        assert run(store, partial(_companies_after, side, person_id)) == []
    assert run(store, lambda unit: unit.directory.ids_after(Side.INTERCOM, "", 9)) == ["i0001"]


def test_rows_and_key_of_companies_come_back(path: Path) -> None:
    key = MappingKey.of_companies("AccountNumber")
    profile = Profile("app", "org", intercom_companies_since=7, salesforce_companies_since=8)

    def put(unit: UnitOfWork) -> None:
        unit.state.put_rows([SIZE])
        unit.state.put_company_key(key)
        unit.state.put_profile(profile)

    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.state.company_key()) is None
    assert run(store, lambda unit: unit.state.former_company_key()) is None
    run(store, put)
    close(store)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.state.rows()) == (SIZE,)
    assert run(store, lambda unit: unit.state.company_key()) == key
    assert run(store, lambda unit: unit.state.profile()) == profile
    run(store, lambda unit: unit.state.put_former_company_key(key))
    run(store, lambda unit: unit.state.put_company_key(None))
    assert run(store, lambda unit: unit.state.company_key()) is None
    assert run(store, lambda unit: unit.state.former_company_key()) == key
    close(store)


def test_a_profile_from_before_companies_is_read_as_one_without_them(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        connection = connect(driver)
        config = PACKAGED._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "0007")
        connection.close()
        driver.execute(
            "INSERT INTO profile VALUES (1, 'app', 'org', 'Acme', 'https://x', 5, 6, 7, 'link_all')"
        )
        driver.execute(
            "INSERT INTO attribute_mapping VALUES "
            "('phone', 0, 'phone', 'two_way', 'Phone', NULL, 'keep', 'newer', 1, NULL)"
        )
    store = open_store(path, InlineRunner())
    profile = run(store, lambda unit: unit.state.profile())
    (row,) = run(store, lambda unit: unit.state.rows())
    assert run(store, lambda unit: unit.state.company_key()) is None
    close(store)
    assert profile is not None
    assert (profile.since(PersonKind.USER), profile.since(PersonKind.CONTACT)) == (6, 7)
    assert (profile.since(PersonKind.COMPANY), profile.since(PersonKind.ACCOUNT)) == (0, 0)
    assert (row.lead_field, row.account_field, row.shorten) == ("Phone", None, True)
    assert [copy.stem.rsplit("-", 1)[1] for copy in files.copies(path)] == ["0007"]


def test_what_is_known_of_companies_is_counted(store: SqlStore, queries: Queries) -> None:
    gone = contact(9, id="c9", kind=PersonKind.COMPANY, deleted=True)
    run(store, lambda unit: unit.directory.put([gone]))
    wanted = CompanyFacts(1, 1, 1, 1_700_000_002, 1_700_000_002)
    assert queries.company_facts() == wanted
    assert run(store, lambda unit: unit.state.company_facts()) == wanted


def test_suggestions_of_a_key_come_back(store: SqlStore) -> None:
    assert run(store, lambda unit: unit.state.key_suggestions()) == ()
    found = (KeySuggestion("Ext__c", "Zoë", 3, 4), KeySuggestion("Name", "Name", 1, 4))
    run(store, lambda unit: unit.state.put_key_suggestions(found))
    assert run(store, lambda unit: unit.state.key_suggestions()) == found


def test_what_is_due_of_people_is_found_among_companies_that_wait(store: SqlStore) -> None:
    waiting = {"a": Due(frozenset({Side.SALESFORCE}), Trigger.INTERCOM_UPDATED)}
    added = [company_link(1, due=waiting), link(2, due=waiting), link(3)]
    run(store, lambda unit: [unit.links.add(one) for one in added])

    def due(family: Family | None) -> list[int]:
        found = run(store, lambda unit: unit.links.due(Side.SALESFORCE, 10, 0, family))
        return [one.id for one in found]

    assert (due(None), due(PEOPLE), due(COMPANIES)) == ([1, 2], [2], [1])
