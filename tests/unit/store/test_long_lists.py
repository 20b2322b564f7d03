"""Long lists against what they must show, in worlds made at random."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.people import Due, IdentityMapping, Person
from sfsync_gui.core.search_words import fold, is_found
from sfsync_gui.core.vocabulary import Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, LinkRow, LinkSort
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.facets import facets_of_history, facets_of_links, history_facets
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.questions import lists
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import close, contact, error, link, record, run, written

FIRST = ("Anna", "Änne", "ann-marie", "Bob", "Zoë", "Łukasz", "", "O’Hara", "Ann")
LAST = ("Müller", "Mulligan", "van Dam", "d'Arc", "Zeta", "\x00odd\ud800", "Annan")
SEARCHES = (
    "",
    "a",
    "ann",
    "mul",
    "z",
    "ann mul",
    "i00",
    "0030",
    "ARC",
    "p1",
    "nobody",
    "'",
    "00 a",
)
MOST = 10_000

Work = Callable[[UnitOfWork], object]


@pytest.fixture
def queries(path: Path, store: SqlStore) -> Iterator[Queries]:
    with closing(Queries(path)) as opened:
        yield opened


@pytest.fixture(params=["collected", "walked", "walked a little"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way of searching, whichever would be cheaper; a short walk often ends too early."""
    cheap = -1.0 if request.param != "collected" else float("inf")
    monkeypatch.setattr(lists._Asked, "steps_to", lambda *_: cheap)
    reach = MOST if request.param == "walked" else 1
    walked = lists._Asked.walked
    monkeypatch.setattr(
        lists._Asked, "walked", lambda asked, limit, _: walked(asked, limit, max(limit, reach))
    )


def _name(rng: Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def _person(rng: Random, number: int, side: Side) -> Person:
    if side is Side.INTERCOM:
        kind = rng.choice((PersonKind.USER, PersonKind.USER, PersonKind.INTERCOM_LEAD))
        return contact(number, name=_name(rng), kind=kind)
    return record(number, name=_name(rng))


def _link(rng: Random, number: int) -> IdentityMapping:
    return link(
        number,
        salesforce_kind=rng.choice((PersonKind.LEAD, PersonKind.CONTACT)),
        intercom_key=rng.choice((f"p{number}@example.com", f"ann.{number}@example.com", None)),
        salesforce_key=f"other-{number}",
        ambiguous=rng.random() < 0.2,
        due={"r": Due(frozenset(Side), Trigger.RETRY)} if rng.random() < 0.3 else {},
    )


def world(rng: Random, count: int) -> list[Work]:
    """Transactions in which people, links and errors come, change and go."""
    works: list[Work] = []
    for number in range(1, count + 1):
        works.append(lambda unit, n=number: unit.links.add(_link(rng, n)))  # type: ignore[misc]
        if rng.random() < 0.9:
            people = [_person(rng, number, side) for side in Side]
            works.append(lambda unit, some=people: unit.directory.put(some))  # type: ignore[misc]
        if rng.random() < 0.3:
            refused = error(link_id=number, dismissed=rng.random() < 0.3)
            works.append(lambda unit, one=refused: unit.errors.put(one))  # type: ignore[misc]
    works.append(_end_some)
    works.append(lambda unit: unit.errors.close([one.id for one in unit.errors.all()[::3]]))
    works.append(_decide_about_some)
    works.append(
        lambda unit: unit.links.put(
            replace(one, due={}, ambiguous=not one.ambiguous, intercom_key=f"new{one.id}")
            for one in unit.links.page(0, MOST)[::5]
        )
    )
    return works


def _end_some(unit: UnitOfWork) -> None:
    for one in unit.links.page(0, MOST)[::7]:
        unit.links.remove(one.id)


def _decide_about_some(unit: UnitOfWork) -> None:
    for one in unit.errors.all()[::3]:
        unit.errors.amend(replace(one, dismissed=not one.dismissed))


def all_links(unit: UnitOfWork) -> list[LinkRow]:
    """Every link as a list must show it."""
    rows = []
    for one in unit.links.page(0, MOST):
        intercom = unit.directory.get(Side.INTERCOM, one.intercom_id)
        salesforce = unit.directory.get(Side.SALESFORCE, one.salesforce_id)
        errors = unit.errors.of_links([one.id]).get(one.id, [])
        rows.append(
            LinkRow(
                id=one.id,
                intercom_kind=intercom.kind if intercom else PersonKind.USER,
                intercom_id=one.intercom_id,
                intercom_name=intercom.name if intercom else "",
                intercom_key=one.intercom_key,
                salesforce_kind=one.salesforce_kind,
                salesforce_id=one.salesforce_id,
                salesforce_name=salesforce.name if salesforce else "",
                salesforce_key=one.salesforce_key,
                trigger=one.trigger,
                created_at=one.created_at,
                by_hand=one.by_hand,
                ambiguous=one.ambiguous,
                due=bool(one.due),
                errors=sum(not each.dismissed for each in errors),
            )
        )
    return rows


def _text(row: LinkRow, sort: LinkSort) -> str:
    texts = {
        LinkSort.LINKED: "",
        LinkSort.INTERCOM_NAME: row.intercom_name,
        LinkSort.SALESFORCE_NAME: row.salesforce_name,
        LinkSort.KEY: row.intercom_key or "",
    }
    return fold(texts[sort])


def wanted(rows: list[LinkRow], query: LinkQuery) -> list[LinkRow]:
    """What the query must find, in order."""
    found = [
        row
        for row in rows
        if query.intercom_kind in (None, row.intercom_kind)
        and query.salesforce_kind in (None, row.salesforce_kind)
        and (row.ambiguous or not query.ambiguous)
        and (row.errors > 0 or not query.with_errors)
        and (row.due or not query.waiting)
        and is_found(
            query.search,
            (row.intercom_name, row.salesforce_name, row.intercom_key, row.salesforce_key),
            (row.intercom_id, row.salesforce_id),
        )
    ]
    return sorted(found, key=lambda row: (_text(row, query.sort), row.id), reverse=query.descending)


def _link_query(rng: Random, sort: LinkSort) -> LinkQuery:
    return LinkQuery(
        search=rng.choice(SEARCHES),
        intercom_kind=rng.choice((None, None, PersonKind.USER, PersonKind.INTERCOM_LEAD)),
        salesforce_kind=rng.choice((None, None, PersonKind.LEAD, PersonKind.CONTACT)),
        ambiguous=rng.random() < 0.2,
        with_errors=rng.random() < 0.2,
        waiting=rng.random() < 0.2,
        sort=sort,
        descending=rng.random() < 0.5,
    )


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("seed", range(3))
def test_links_are_found_and_sorted_as_asked(seed: int, store: SqlStore, queries: Queries) -> None:
    rng = Random(seed)
    for work in world(rng, 60):
        run(store, work)
    rows = run(store, all_links)
    met = 0
    for sort in list(LinkSort) * 12:
        query = _link_query(rng, sort)
        expected = wanted(rows, query)
        met += bool(expected)
        assert queries.links_matching(query, 5) == min(5, len(expected))
        assert queries.links_matching(query, MOST) == len(expected)
        found: list[LinkRow] = []
        while page := queries.links_page(query, found[-1] if found else None, 12):
            found += page
        assert found == expected
    assert met > 20


def _entry(rng: Random, number: int) -> HistoryEntry:
    person = rng.randrange(1, 8)
    return written(
        1_000_000 + number * 3600,
        kind=rng.choice(list(HistoryKind)),
        trigger=rng.choice(list(Trigger)),
        side=rng.choice((None, *Side)),
        row_id=rng.choice((None, "r1", "r2")),
        intercom_id=rng.choice((None, f"i000{person}")),
        salesforce_id=rng.choice((None, f"003000{person}")),
        person_name=_name(rng),
    )


def _history_query(rng: Random) -> HistoryQuery:
    begin = rng.choice((None, 1_000_000 + rng.randrange(150) * 3600))
    person = rng.randrange(1, 8)
    return HistoryQuery(
        search=rng.choice(SEARCHES),
        person=rng.choice((None, None, (Side.SALESFORCE, f"003000{person}"))),
        pair=rng.choice((None, None, None, (f"i000{person}", f"003000{person}"))),
        row_id=rng.choice((None, None, "r1", "r2", "r9")),
        to_side=rng.choice((None, None, *Side)),
        trigger=rng.choice((None, None, None, Trigger.RETRY, Trigger.CHAIN)),
        kinds=rng.choice((frozenset(), frozenset({HistoryKind.WRITTEN, HistoryKind.MOVED}))),
        since=begin,
        until=rng.choice((None, (begin or 1_000_000) + 90 * 3600.0)),
    )


def _fits(entry: HistoryEntry, query: HistoryQuery, keys: tuple[str | None, ...]) -> bool:
    ids = (entry.intercom_id, entry.salesforce_id)
    return (
        is_found(query.search, (entry.person_name, *keys), ids)
        and (query.person is None or ids[query.person[0] is Side.SALESFORCE] == query.person[1])
        and (query.pair is None or any(a == b for a, b in zip(ids, query.pair, strict=True)))
        and query.row_id in (None, entry.row_id)
        and query.to_side in (None, entry.side)
        and query.trigger in (None, entry.trigger)
        and (not query.kinds or entry.kind in query.kinds)
        and (query.since is None or entry.at >= query.since)
        and (query.until is None or entry.at < query.until)
    )


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("seed", range(3))
def test_history_is_found_as_asked(seed: int, store: SqlStore, queries: Queries) -> None:
    rng = Random(seed)
    people = [_person(rng, number, side) for number in range(1, 8) for side in Side]
    run(store, lambda unit: unit.directory.put(people))
    for number in range(200):
        run(store, lambda unit, n=number: unit.history.add([_entry(rng, n)]))  # type: ignore[misc]
    entries = run(store, lambda unit: unit.history.recent(MOST))
    by_id = {one.id: one for one in people}
    met = 0
    for _ in range(60):
        query = _history_query(rng)
        expected = [
            entry
            for entry in entries
            if _fits(
                entry,
                query,
                tuple(
                    text
                    for one in (entry.intercom_id, entry.salesforce_id)
                    if one is not None
                    for text in (by_id[one].name, by_id[one].key)
                ),
            )
        ]
        met += bool(expected)
        found: list[HistoryEntry] = []
        while page := queries.history_page(query, found[-1].id if found else None, 12):
            found += page
        assert found == expected
    assert met > 12


def test_every_kind_and_trigger_has_facets_of_its_own() -> None:
    entries = {
        history_facets(kind, side, trigger, family)
        for kind in HistoryKind
        for side in (None, *Side)
        for trigger in Trigger
        for family in Family
    }
    assert entries == facets_of_history(HistoryQuery())
    assert len(entries) == len(HistoryKind) * 3 * len(Trigger) * len(Family)
    people = facets_of_links(LinkQuery(family=Family.PEOPLE))
    assert people == frozenset(range(32))
    companies = facets_of_links(LinkQuery(family=Family.COMPANIES))
    assert companies.isdisjoint(people)
    assert facets_of_links(LinkQuery()) == people | companies


def test_when_all_was_clear_last(path: Path) -> None:
    now = 1_000.0
    store = open_store(path, InlineRunner(), clock=lambda: now)
    with closing(Queries(path)) as asked:
        assert asked.all_clear_since() == 0
        first = run(store, lambda unit: unit.errors.put(error(link_id=1)))
        second = run(store, lambda unit: unit.errors.put(error(link_id=2)))
        now = 2_000.0
        run(store, lambda unit: unit.errors.close([first.id]))
        assert asked.all_clear_since() == 0
        now = 3_000.0
        run(store, lambda unit: unit.errors.amend(replace(second, dismissed=True)))
        assert asked.all_clear_since() == 3_000.0
        now = 4_000.0
        run(store, lambda unit: unit.errors.close([99]))
        assert asked.all_clear_since() == 3_000.0
        run(store, lambda unit: unit.errors.close([second.id]))
        assert asked.all_clear_since() == 4_000.0
    close(store)
