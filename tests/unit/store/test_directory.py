"""The directory and the pairs kept apart."""

from dataclasses import replace
from pathlib import Path

from sfsync_gui.core.people import Observation, Person
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side, Trigger
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.unit.store.samples import HUGE, NASTY, close, contact, link, record, run


def test_every_field_of_a_person_comes_back(path: Path) -> None:
    person = Person(
        side=Side.SALESFORCE,
        id=NASTY,
        kind=PersonKind.LEAD,
        name=NASTY,
        key=NASTY,
        created_at=HUGE,
        modified_at=HUGE + 1,
        version=HUGE + 2,
        active_at=HUGE + 3,
        deleted=True,
        merged_into="m",
        converted=True,
        converted_to="c",
        baseline={"custom_attributes.plan": "0f", NASTY: "1e"},
        due=Trigger.SALESFORCE_CONVERTED,
        due_attributes=frozenset({"email", NASTY}),
        unsent_at=HUGE,
        note=MatchOutcome.AMBIGUOUS,
        digest=-HUGE * HUGE,
    )
    plain = contact(1, key=None)
    everything = contact(2, due=Trigger.INTERCOM_CREATED, due_attributes=None)
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.directory.put([person, plain, everything]))
    close(store)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.directory.get(Side.SALESFORCE, NASTY)) == person
    many = run(store, lambda unit: unit.directory.get_many(Side.INTERCOM, ["i0001", "i0002", "?"]))
    assert many == {"i0001": plain, "i0002": everything}
    assert run(store, lambda unit: unit.directory.get(Side.INTERCOM, NASTY)) is None
    close(store)


def test_the_digest_is_known_where_directory_and_link_agree(store: SqlStore) -> None:
    people = [contact(number, digest=number) for number in range(8)]
    people[6] = replace(people[6], deleted=True)
    seen = Observation({}, 1, 1)

    changes: dict[int, dict[str, object]] = {
        2: {"intercom": replace(seen, digest=2)},
        3: {"intercom": replace(seen, digest=99)},
        4: {"intercom": seen},
        5: {"intercom": replace(seen, digest=5), "intercom_key": "old@example.com"},
        6: {"intercom": replace(seen, digest=6)},
        7: {"intercom": replace(seen, digest=7), "intercom_key": None, "by_hand": True},
    }

    def put(unit: UnitOfWork) -> None:
        unit.directory.put(people)
        for number, changed in changes.items():
            unit.links.add(link(number, **changed))

    run(store, put)
    ids = [person.id for person in people]
    known = run(store, lambda unit: unit.directory.digests(Side.INTERCOM, [*ids, "nobody"]))
    # Nobody looked at 0 yet; the links of 3 to 6 have to change; a link by hand outlives the key.
    assert known == {"i0001": 1, "i0002": 2, "i0007": 7}
    assert run(store, lambda unit: unit.directory.digests(Side.SALESFORCE, ids)) == {}


def test_digests_are_found_by_ids_of_any_text_and_number(store: SqlStore) -> None:
    odd = [NASTY, "", "null", "1", '"', "Ä"]
    people = [contact(0, id=one, digest=number) for number, one in enumerate(odd, 1)]
    many = [contact(number, digest=number) for number in range(1, 1203)]
    run(store, lambda unit: unit.directory.put([*people, *many]))
    ids = [person.id for person in (*people, *many)]
    known = run(store, lambda unit: unit.directory.digests(Side.INTERCOM, [*ids, *ids]))
    assert known == {person.id: person.digest for person in (*people, *many)}
    assert run(store, lambda unit: unit.directory.digests(Side.INTERCOM, [])) == {}


def test_put_replaces_and_the_last_of_two_wins(store: SqlStore) -> None:
    run(store, lambda unit: unit.directory.put([contact(1)]))
    changed = [contact(1, name="B", due=Trigger.RETRY), contact(1, name="C", baseline={"a": "1"})]
    run(store, lambda unit: unit.directory.put(iter(changed)))
    assert run(store, lambda unit: unit.directory.get(Side.INTERCOM, "i0001")) == changed[1]
    assert run(store, lambda unit: unit.directory.count(Side.INTERCOM)) == 1


def test_a_long_list_of_ids_is_split(store: SqlStore) -> None:
    people = [contact(number) for number in range(1203)]
    ids = [person.id for person in people] * 2
    run(store, lambda unit: unit.directory.put(people))
    found = run(store, lambda unit: unit.directory.get_many(Side.INTERCOM, iter(ids)))
    assert found == {person.id: person for person in people}
    assert run(store, lambda unit: unit.directory.get_many(Side.INTERCOM, [])) == {}


def test_people_by_key_leave_the_deleted_out(store: SqlStore) -> None:
    people = [
        record(1, key="a"),
        record(3, key="b"),
        record(2, key="b", kind=PersonKind.LEAD),
        record(4, key="b", deleted=True),
        record(5, key=None),
        contact(6, key="a"),
        record(7, key="A"),
    ]
    run(store, lambda unit: unit.directory.put(people))
    found = run(store, lambda unit: unit.directory.with_keys(Side.SALESFORCE, ["a", "b", "c"]))
    assert found == {"a": [people[0]], "b": [people[2], people[1]]}


def test_due_people_come_oldest_modification_first(store: SqlStore) -> None:
    created, updated = Trigger.INTERCOM_CREATED, Trigger.SALESFORCE_UPDATED
    people = [
        contact(1, due=created, modified_at=30),
        contact(2, due=created, modified_at=10),
        record(3, due=updated, modified_at=20),
        record(4, due=Trigger.RETRY, modified_at=5),
        record(5, modified_at=1),
    ]
    run(store, lambda unit: unit.directory.put(people))

    def due(triggers: list[Trigger], limit: int) -> list[str]:
        return [one.id for one in run(store, lambda unit: unit.directory.due(triggers, limit))]

    assert due([created, updated, created], 10) == ["i0002", "0030003", "i0001"]
    assert due([updated, created], 2) == ["i0002", "0030003"]
    assert due([], 10) == []


def test_whether_anyone_is_due(store: SqlStore) -> None:
    run(store, lambda unit: unit.directory.put([contact(1), record(2)]))
    assert not run(store, lambda unit: unit.directory.is_anyone_due())
    run(store, lambda unit: unit.directory.put([contact(1, due=Trigger.INTERCOM_UPDATED)]))
    assert run(store, lambda unit: unit.directory.is_anyone_due())


def test_ids_are_paged_in_order_without_the_deleted(store: SqlStore) -> None:
    people = [contact(3), contact(1), contact(2, deleted=True), contact(4), record(1)]
    run(store, lambda unit: unit.directory.put(people))
    assert run(store, lambda unit: unit.directory.ids_after(Side.INTERCOM, "", 2)) == [
        "i0001",
        "i0003",
    ]
    assert run(store, lambda unit: unit.directory.ids_after(Side.INTERCOM, "i0003", 2)) == ["i0004"]
    assert run(store, lambda unit: unit.directory.count(Side.INTERCOM)) == 3
    run(store, lambda unit: unit.directory.put([replace(people[0], deleted=True)]))
    assert run(store, lambda unit: unit.directory.count(Side.INTERCOM)) == 2
    assert run(store, lambda unit: unit.directory.count(Side.SALESFORCE)) == 1


def test_pairs_kept_apart(store: SqlStore) -> None:
    def partners(side: Side, person_id: str) -> set[str]:
        return set(run(store, lambda unit: unit.kept_apart.partners(side, person_id)))

    def add(intercom_id: str, salesforce_id: str) -> None:
        keys = ("k", None)
        run(store, lambda unit: unit.kept_apart.add(intercom_id, salesforce_id, keys))

    add("i1", "s1")
    add("i1", "s1")
    add("i1", "s2")
    add("i2", "s1")
    assert partners(Side.INTERCOM, "i1") == {"s1", "s2"}
    among = run(store, lambda unit: unit.kept_apart.among(Side.SALESFORCE, ["s1", "s2", "s3"]))
    assert among == {"s1": {"i1", "i2"}, "s2": {"i1"}}
    assert partners(Side.SALESFORCE, "s1") == {"i1", "i2"}
    run(store, lambda unit: unit.kept_apart.remove("i1", "s1"))
    assert partners(Side.INTERCOM, "i1") == {"s2"}
    run(store, lambda unit: unit.kept_apart.release(Side.SALESFORCE, "s1", None))
    run(store, lambda unit: unit.kept_apart.release(Side.INTERCOM, "i1", "k"))
    assert partners(Side.INTERCOM, "i2") == {"s1"}
    assert partners(Side.SALESFORCE, "s2") == {"i1"}
    run(store, lambda unit: unit.kept_apart.release(Side.SALESFORCE, "s1", "another"))
    assert partners(Side.INTERCOM, "i2") == set()
    run(store, lambda unit: unit.kept_apart.release(Side.INTERCOM, "i1", None))
    assert partners(Side.SALESFORCE, "s2") == set()
