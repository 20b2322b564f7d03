"""The identity mappings."""

from dataclasses import replace
from pathlib import Path

import pytest

from sfsync_gui.core.people import Due, IdentityMapping
from sfsync_gui.core.vocabulary import PersonKind, Side, Trigger
from sfsync_gui.engine.stored import LinkedRecord
from sfsync_gui.store import codec
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from sfsync_gui.store.tables import IDENTITY_MAPPING
from tests.unit.store.samples import close, error, full_link, link, run

TO_INTERCOM = Due(frozenset({Side.INTERCOM}), Trigger.SALESFORCE_UPDATED)
TO_SALESFORCE = Due(frozenset({Side.SALESFORCE}), Trigger.INTERCOM_UPDATED)
TO_NOBODY = Due(frozenset(), Trigger.RETRY)


def add(store: SqlStore, *links: IdentityMapping) -> list[IdentityMapping]:
    return run(store, lambda unit: [unit.links.add(one) for one in links])


def test_every_field_of_a_link_comes_back(path: Path) -> None:
    store = open_store(path, InlineRunner())
    full, plain = add(store, full_link(1), link(2, salesforce_kind=PersonKind.LEAD))
    close(store)
    store = open_store(path, InlineRunner())
    found = run(store, lambda unit: unit.links.get(full.id))
    assert found == full
    assert found is not None
    # 1, 1.0 and True are equal, but not the same value.
    assert found.intercom is not None
    kinds = {name: type(value) for name, value in found.intercom.values.items()}
    assert kinds == {"name": str, "n": int, "f": float, "b": bool, "x": type(None)}
    assert repr(found.synced) == repr(full.synced)
    assert run(store, lambda unit: unit.links.page(0, 10)) == [full, plain]
    assert run(store, lambda unit: unit.links.page(full.id, 10)) == [plain]
    assert run(store, lambda unit: unit.links.page(0, 1)) == [full]
    listed = [full.intercom_id, "nobody", plain.intercom_id]
    assert run(store, lambda unit: unit.links.linked(Side.INTERCOM, listed)) == {*listed[::2]}
    records = [
        LinkedRecord(one.id, one.salesforce_kind, one.salesforce_id, one.intercom_id)
        for one in (full, plain)
    ]
    assert run(store, lambda unit: unit.links.records_page(0, 10)) == records
    assert run(store, lambda unit: unit.links.records_page(full.id, 10)) == records[1:]
    assert run(store, lambda unit: unit.links.records_page(0, 1)) == records[:1]
    close(store)


def test_rows_are_in_the_order_of_the_columns() -> None:
    # `put` compares a row with the stored one by position.
    assert ["id", *codec.link_row(link(1))] == list(IDENTITY_MAPPING.columns.keys())


def test_links_are_found_by_either_person(store: SqlStore) -> None:
    links = add(store, *(link(number) for number in range(1100)))
    by_intercom = run(store, lambda unit: unit.links.of(Side.INTERCOM, ["i0003", "none"]))
    assert by_intercom == {"i0003": links[3]}
    ids = [one.salesforce_id for one in links]
    by_salesforce = run(store, lambda unit: unit.links.of(Side.SALESFORCE, ids))
    assert by_salesforce == dict(zip(ids, links, strict=True))
    assert run(store, lambda unit: unit.links.of(Side.SALESFORCE, ["0030007"])) == {
        "0030007": links[7]
    }
    assert run(store, lambda unit: unit.links.of(Side.INTERCOM, [])) == {}


@pytest.mark.parametrize("taken", [{"intercom_id": "i0001"}, {"salesforce_id": "0030001"}])
def test_nobody_is_linked_twice(store: SqlStore, taken: dict[str, str]) -> None:
    first, second = add(store, link(1), link(2))
    with pytest.raises(ValueError, match="linked already"):
        add(store, link(3, **taken))
    with pytest.raises(ValueError, match="linked already"):
        run(store, lambda unit: unit.links.put([replace(second, **taken)]))  # type: ignore[arg-type]
    assert run(store, lambda unit: unit.links.page(0, 10)) == [first, second]
    assert run(store, lambda unit: unit.links.count()) == 2


def test_put_replaces_moves_and_revives_nothing(store: SqlStore) -> None:
    first, second, third = add(store, link(1), full_link(2), link(3))
    moved = replace(
        first, salesforce_kind=PersonKind.LEAD, salesforce_id="00Q1", due={"r": TO_INTERCOM}
    )
    bare = replace(link(2), id=second.id)
    run(store, lambda unit: unit.links.remove(third.id))
    run(store, lambda unit: unit.links.put(one for one in [moved, bare, third]))
    assert run(store, lambda unit: unit.links.page(0, 10)) == [moved, bare]
    assert run(store, lambda unit: unit.links.get(third.id)) is None
    run(store, lambda unit: unit.links.put([]))


def test_an_id_is_never_given_again(store: SqlStore) -> None:
    (first,) = add(store, link(1))
    run(store, lambda unit: unit.links.remove(first.id))
    (again,) = add(store, link(1))
    assert again.id > first.id


def test_the_errors_of_an_ended_link_stay_until_they_are_closed(store: SqlStore) -> None:
    (one,) = add(store, link(1))
    run(store, lambda unit: unit.errors.put(error(link_id=one.id)))
    run(store, lambda unit: unit.links.remove(one.id))
    assert len(run(store, lambda unit: unit.errors.of_links([one.id]))[one.id]) == 1


def test_due_links_by_side(store: SqlStore) -> None:
    add(
        store,
        link(1),
        link(2, due={"a": TO_INTERCOM}),
        link(3, due={"a": TO_SALESFORCE, "b": TO_NOBODY}),
        link(4, due={"a": TO_SALESFORCE, "b": TO_INTERCOM}),
        link(5, due={"a": TO_NOBODY}),
    )

    def due(towards: Side | None, limit: int = 10, after: int = 0) -> list[int]:
        return [one.id for one in run(store, lambda unit: unit.links.due(towards, limit, after))]

    assert run(store, lambda unit: unit.links.is_any_due())
    assert due(Side.INTERCOM) == [2, 4]
    assert due(Side.SALESFORCE) == [3, 4]
    assert due(None) == [2, 3, 4, 5]
    assert due(None, limit=2, after=2) == [3, 4]
    settled = replace(link(4), id=4)
    run(store, lambda unit: unit.links.put([settled]))
    assert due(None) == [2, 3, 5]


def test_links_in_doubt(store: SqlStore) -> None:
    _, doubtful = add(store, link(1), full_link(2))
    assert run(store, lambda unit: unit.links.in_doubt(10)) == [doubtful]
    run(store, lambda unit: unit.links.put([replace(doubtful, in_doubt={})]))
    assert run(store, lambda unit: unit.links.in_doubt(10)) == []


def test_the_count_is_kept_through_rollbacks_and_reopening(path: Path) -> None:
    store = open_store(path, InlineRunner())
    add(store, link(1))  # before the first counting
    assert run(store, lambda unit: unit.links.count()) == 1
    assert run(store, lambda unit: (unit.links.add(link(2)), unit.links.count())[1]) == 2

    def fails(unit: object) -> None:
        unit.links.add(link(3))  # type: ignore[attr-defined]
        unit.links.remove(1)  # type: ignore[attr-defined]
        unit.links.remove(1)  # type: ignore[attr-defined]
        assert unit.links.count() == 2  # type: ignore[attr-defined]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(store, fails)
    assert run(store, lambda unit: unit.links.count()) == 2
    run(store, lambda unit: unit.links.remove(1))
    assert run(store, lambda unit: unit.links.count()) == 1
    close(store)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: (unit.links.add(link(5)), unit.links.count())[1]) == 2
    assert run(store, lambda unit: unit.links.count()) == 2
    close(store)
