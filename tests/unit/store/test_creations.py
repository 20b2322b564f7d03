"""Creations of tasks in the store: what they are about, and errors that belong to them."""

from dataclasses import replace

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_tasks import LOGGED, TaskChoices
from sfsync_gui.core.vocabulary import ErrorClass, Side
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.store.sql_store import SqlStore
from tests.support.creations import creations_in
from tests.unit.store.samples import close, run

HUGE = 2**52
NASTY = "𝔫\u202e'\"\\ \n🦊"


def task(conversation_id: str | None = None, **choices: str) -> Creation:
    chosen = TaskChoices(conversation_id=conversation_id, **choices)
    return Creation("i1", "Task", {}, 0, "wanted", choices=chosen, conversation_id=conversation_id)


def put(store: SqlStore, creation: Creation) -> Creation:
    return run(store, lambda unit: unit.state.put_creation(creation))


def test_a_task_keeps_its_choices_and_its_conversation(store: SqlStore) -> None:
    asked = put(store, task("77", subject=NASTY, type="", comment=NASTY))
    logged = put(store, task("78", by_rule=LOGGED))
    assert run(store, lambda unit: creations_in(unit, ["wanted"])) == [asked, logged]
    assert (asked.by_rule, logged.by_rule) == (False, True)
    assert asked.task_choices.type == ""  # none, rather than what is set
    assert asked.task_choices.priority is None
    assert run(store, lambda unit: unit.state.creation(asked.id)) == asked
    assert run(store, lambda unit: unit.state.creation(HUGE)) is None
    close(store)


def test_creations_of_one_object_are_found_apart(store: SqlStore) -> None:
    lead = put(store, Creation("i1", "Lead", {}, 0, "wanted"))
    first, second = put(store, task()), put(store, replace(task(), intercom_id="i2"))
    assert run(store, lambda unit: unit.state.creations_for("Lead", ["i1", "i2"])) == [lead]
    assert run(store, lambda unit: unit.state.newest_creations("Task", 9)) == [second, first]
    assert run(store, lambda unit: unit.state.newest_creations("Task", 1)) == [second]
    assert run(store, lambda unit: unit.state.newest_creations("Task", 9, "i1")) == [first]


def test_the_newest_task_about_a_conversation_is_found(store: SqlStore) -> None:
    put(store, task("77"))
    newest, other = put(store, task("77")), put(store, task("78"))
    put(store, task())
    ids = [str(number) for number in range(2000)]
    found = run(store, lambda unit: unit.state.of_conversations(ids))
    assert found == {"77": newest, "78": other}
    run(store, lambda unit: unit.state.forget_creation(other.id))
    assert run(store, lambda unit: unit.state.of_conversations(["78"])) == {}


def test_records_tell_which_creation_made_them(store: SqlStore) -> None:
    made = put(store, replace(task(), state="created", salesforce_id="00T1"))
    put(store, replace(task(), state="refused", salesforce_id="00T2"))
    found = run(store, lambda unit: unit.state.made(["00T1", "00T2", "00T3"]))
    assert found == {"00T1": made.id}


def test_the_position_of_the_feed_of_conversations_is_kept_and_forgotten(store: SqlStore) -> None:
    def position(unit: UnitOfWork) -> int | None:
        return unit.state.conversations_position()

    assert run(store, position) is None
    run(store, lambda unit: unit.state.put_conversations_position(HUGE))
    assert run(store, position) == HUGE
    assert run(store, lambda unit: unit.state.intercom_position()) is None
    run(store, lambda unit: unit.state.put_conversations_position(None))
    assert run(store, position) is None


def error(creation_id: int | None) -> SyncError:
    return SyncError(
        ErrorClass.RECORD,
        Side.SALESFORCE,
        "no",
        "No",
        "",
        1,
        1,
        intercom_id="i1",
        creation_id=creation_id,
    )


def put_error(store: SqlStore, one: SyncError) -> SyncError:
    return run(store, lambda unit: unit.errors.put(one))


def test_each_task_has_an_error_of_its_own_beside_the_persons(store: SqlStore) -> None:
    errors = [error(None), error(1), error(2)]
    stored = [put_error(store, one) for one in errors]
    assert len({one.id for one in stored}) == 3
    again = put_error(store, replace(error(1), attempts=2))
    assert again.id == stored[1].id
    assert run(store, lambda unit: unit.errors.all()) == [stored[0], again, stored[2]]


def test_the_errors_of_tasks_outlive_those_of_the_person_unless_it_is_gone(
    store: SqlStore,
) -> None:
    for one in (error(None), error(1)):
        put_error(store, one)
    assert run(store, lambda unit: unit.errors.close_person(Side.INTERCOM, "i1")) == 1
    (left,) = run(store, lambda unit: unit.errors.all())
    assert left.creation_id == 1
    assert run(store, lambda unit: unit.errors.close_person(Side.INTERCOM, "i1", tasks=True)) == 1


def test_open_creations_have_their_turn_one_after_the_other(store: SqlStore) -> None:
    ruled = [put(store, task(str(number), by_rule=LOGGED)) for number in range(5)]
    asked = put(store, task())
    later, late = replace(ruled[1], next_look_at=5.0), replace(ruled[3], next_look_at=2.5)
    for one in (later, late, replace(ruled[4], state="created", next_look_at=1.0)):
        put(store, one)

    def turns(now: float, *, by_rules: bool = True, limit: int | None = None) -> list[Creation]:
        return run(store, lambda unit: unit.state.creations_at(now, by_rules=by_rules, limit=limit))

    assert turns(1.0) == [ruled[0], ruled[2]]
    assert turns(5.0) == [late, later, ruled[0], ruled[2]]
    assert turns(5.0, limit=3) == [late, later, ruled[0]]
    assert turns(5.0, limit=1) == [late]
    assert turns(5.0, by_rules=False) == [asked]
    assert run(store, lambda unit: unit.state.is_creation_open())
    for one in (*ruled, asked):
        put(store, replace(one, state="refused"))
    assert turns(5.0) + turns(5.0, by_rules=False) == []
    assert not run(store, lambda unit: unit.state.is_creation_open())


def test_what_may_have_been_sent_is_found_until_it_has_ended(store: SqlStore) -> None:
    sent = put(store, Creation("i1", "Lead", {}, 9, "sending"))
    put(store, Creation("i2", "Lead", {}, 0, "wanted"))
    put(store, Creation("i3", "Lead", {}, 9, "created"))
    put(store, replace(task(), since=9))
    assert run(store, lambda unit: unit.state.creations_sent("Lead")) == [sent]
