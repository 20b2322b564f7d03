"""Open sync errors and the history."""

from dataclasses import replace

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.storage import Measures
from sfsync_gui.store.sql_store import SqlStore
from tests.unit.store.samples import HUGE, NASTY, error, run, written


def put(store: SqlStore, *errors: SyncError) -> list[SyncError]:
    return run(store, lambda unit: [unit.errors.put(one) for one in errors])


def test_every_field_of_an_error_comes_back(store: SqlStore) -> None:
    (stored,) = put(
        store,
        SyncError(
            error_class=ErrorClass.SETUP,
            side=Side.INTERCOM,
            code=NASTY,
            message=NASTY,
            remedy=NASTY,
            first_at=HUGE,
            last_at=HUGE + 1,
            attempts=7,
            link_id=HUGE,
            intercom_id=NASTY,
            salesforce_id=NASTY,
            salesforce_kind=PersonKind.LEAD,
            person_name=NASTY,
            row_id="r",
            field=NASTY,
            refused=NASTY,
            dismissed=True,
            holds=False,
        ),
    )
    assert stored.id > 0
    assert run(store, lambda unit: unit.errors.get(stored.id)) == stored
    for refused in (None, False, 0, 1.5, HUGE, ""):
        (again,) = put(store, replace(stored, refused=refused))
        found = run(store, lambda unit: unit.errors.get(stored.id))
        assert found == again
        assert repr(found) == repr(again)


def test_one_open_error_for_each_link_row_and_side(store: SqlStore) -> None:
    (first,) = put(store, error())
    (second,) = put(
        store, error(first_at=500, last_at=500, attempts=2, code="OTHER", refused="x", id=99)
    )
    assert second == replace(
        first, last_at=500, attempts=2, code="OTHER", refused="x", first_at=100
    )
    others = put(
        store,
        error(row_id="r2"),
        error(row_id=None),
        error(side=Side.INTERCOM),
        error(link_id=2),
        error(link_id=None, intercom_id="i1"),
        error(link_id=None, salesforce_id="i1"),
        error(link_id=None, intercom_id="i1", salesforce_id="s1"),
    )
    assert len({one.id for one in [first, *others]}) == 8
    assert put(store, others[-1]) == [others[-1]]
    assert run(store, lambda unit: unit.errors.all()) == [second, *others]
    assert run(store, lambda unit: unit.errors.all(after=others[4].id, limit=1)) == [others[5]]


def test_errors_by_link_and_closing(store: SqlStore) -> None:
    first, second, third = put(store, error(), error(row_id="r2"), error(link_id=2))
    found = run(store, lambda unit: unit.errors.of_links([1, 2, 3]))
    assert found == {1: [first, second], 2: [third]}
    run(store, lambda unit: unit.errors.close(iter([first.id, third.id, 12345])))
    assert run(store, lambda unit: unit.errors.all()) == [second]
    assert run(store, lambda unit: unit.errors.get(first.id)) is None
    assert run(store, lambda unit: unit.errors.of_links([])) == {}
    (new,) = put(store, error(link_id=2))
    assert new.id > third.id


def test_closing_a_persons_errors_leaves_those_of_links(store: SqlStore) -> None:
    people = {"intercom_id": "i1", "salesforce_id": "s1"}
    linked, *_ = put(
        store,
        error(**people),
        error(link_id=None, intercom_id="i1"),
        error(link_id=None, salesforce_id="s1"),
    )
    run(store, lambda unit: unit.errors.close_person(Side.INTERCOM, "s1"))
    assert len(run(store, lambda unit: unit.errors.all())) == 3
    run(store, lambda unit: unit.errors.close_person(Side.INTERCOM, "i1"))
    run(store, lambda unit: unit.errors.close_person(Side.SALESFORCE, "s1"))
    assert run(store, lambda unit: unit.errors.all()) == [linked]


def test_errors_to_retry_come_longest_ago_first(store: SqlStore) -> None:
    old, older, _ = put(
        store,
        error(row_id="a", last_at=20),
        error(row_id="b", last_at=10),
        error(row_id="c", last_at=30),
    )
    assert run(store, lambda unit: unit.errors.retry_due(30.0, 10)) == [older, old]
    assert run(store, lambda unit: unit.errors.retry_due(30.5, 1)) == [older]


def test_every_field_of_an_entry_comes_back(store: SqlStore) -> None:
    full = HistoryEntry(
        kind=HistoryKind.OVERRULED,
        at=HUGE,
        trigger=Trigger.BULK_SYNC,
        intercom_id=NASTY,
        salesforce_id=NASTY,
        salesforce_kind=PersonKind.LEAD,
        person_name=NASTY,
        side=Side.INTERCOM,
        row_id=NASTY,
        field=NASTY,
        before=NASTY,
        after=1.0,
        note=NASTY,
    )
    bare = HistoryEntry(HistoryKind.HELD, 0, Trigger.RETRY, None, None)
    run(store, lambda unit: unit.history.add(iter([full, bare])))
    run(store, lambda unit: unit.history.add([]))
    found = run(store, lambda unit: unit.history.recent(10))
    assert found == [replace(bare, id=2), replace(full, id=1)]
    assert isinstance(found[1].after, float)


def test_history_newest_first_of_all_and_of_one(store: SqlStore) -> None:
    entries = [written(at, intercom_id=f"i{at % 2}") for at in (1, 2, 3, 4)]
    run(store, lambda unit: unit.history.add(entries))

    def ids(found: list[HistoryEntry]) -> list[int]:
        return [entry.id for entry in found]

    assert ids(run(store, lambda unit: unit.history.recent(2))) == [4, 3]
    assert ids(run(store, lambda unit: unit.history.recent(2, before_id=3))) == [2, 1]
    assert ids(run(store, lambda unit: unit.history.of_person(Side.INTERCOM, "i1", 9))) == [3, 1]
    of_salesforce = run(store, lambda unit: unit.history.of_person(Side.SALESFORCE, "0030001", 1))
    assert ids(of_salesforce) == [4]


def test_the_writes_of_one_row_of_one_pair(store: SqlStore) -> None:
    entries = [
        written(30),
        written(20),
        written(9),
        written(40, row_id="r2"),
        written(40, kind=HistoryKind.OVERRULED),
        written(40, intercom_id="other"),
    ]
    run(store, lambda unit: unit.history.add(entries))
    found = run(store, lambda unit: unit.history.writes_of_row("r1", "i0001", "0030001", 10))
    assert [entry.at for entry in found] == [20, 30, 40]  # what overrules is written, too


def test_what_the_guard_measures(store: SqlStore) -> None:
    def unlinked(at: int, number: int, trigger: Trigger) -> HistoryEntry:
        return HistoryEntry(HistoryKind.UNLINKED, at, trigger, f"i{number}", f"s{number}")

    def changed(number: int, **changes: object) -> HistoryEntry:
        return written(50, intercom_id=f"i{number}", salesforce_id=f"s{number}", **changes)

    counted = [
        Trigger.INTERCOM_DELETED,
        Trigger.INTERCOM_MERGED,
        Trigger.INTERCOM_KEY_UPDATED,
        Trigger.SALESFORCE_DELETED,
        Trigger.SALESFORCE_MERGED,
        Trigger.SALESFORCE_CONVERTED,
        Trigger.SALESFORCE_KEY_UPDATED,
    ]
    entries = [
        *(unlinked(50, number, trigger) for number, trigger in enumerate(counted)),
        unlinked(50, 0, counted[1]),
        unlinked(50, 20, Trigger.UNLINKED_BY_HAND),
        unlinked(49, 21, Trigger.INTERCOM_DELETED),
        changed(1),
        changed(1, row_id="r2"),
        changed(2, before=None, after="x"),
        changed(3, after=None),
        changed(4, after=None, row_id="r2"),
        changed(5, before=None, after=None),
        changed(6, after=None, trigger=Trigger.BULK_SYNC),
        changed(7, after=None, kind=HistoryKind.OVERRULED),
        written(49, intercom_id="i8", after=None),
    ]
    run(store, lambda unit: unit.history.add(entries))
    assert run(store, lambda unit: unit.history.measure(50)) == Measures(
        ended=frozenset(f"i{number}:s{number}" for number in range(len(counted))),
        rewritten=frozenset(f"i{number}:s{number}" for number in (1, 2, 3, 4, 5, 7)),
        blanked={"r1": frozenset({"i3:s3", "i7:s7"}), "r2": frozenset({"i4:s4"})},
    )


def test_counts_by_kind_and_side(store: SqlStore) -> None:
    linked = HistoryEntry(HistoryKind.LINKED, 1, Trigger.LINKED_BY_HAND, "i", "s")
    entries = [written(), written(), written(side=Side.INTERCOM), linked]
    run(store, lambda unit: unit.history.add(entries))
    assert run(store, lambda unit: unit.history.counts()) == {
        (HistoryKind.WRITTEN, Side.SALESFORCE): 2,
        (HistoryKind.WRITTEN, Side.INTERCOM): 1,
        (HistoryKind.LINKED, None): 1,
    }
