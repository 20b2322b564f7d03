"""Every question is answered from an index, however many people there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sfsync_gui.core.vocabulary import Family, MatchOutcome, Side, Trigger
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.sql_store import SqlStore
from tests.unit.store.samples import contact, error, run


@contextmanager
def _listening(connection: Any) -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def on_execute(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        if sql.startswith("SELECT"):
            statements.append((sql, parameters))

    event.listen(connection, "before_cursor_execute", on_execute)
    yield statements
    event.remove(connection, "before_cursor_execute", on_execute)


def _plan(driver: Any, statements: list[tuple[str, Any]]) -> str:
    steps = [
        row[3]
        for sql, parameters in statements
        for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
    ]
    return "\n".join(steps)


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda unit: unit.links.due(None, 10), "ix_identity_mapping_is_due"),
        (lambda unit: unit.links.due(Side.INTERCOM, 10, 5), "ix_identity_mapping_due_intercom"),
        (lambda unit: unit.links.due(Side.SALESFORCE, 10), "ix_identity_mapping_due_salesforce"),
        (
            lambda unit: unit.links.due(Side.SALESFORCE, 10, 5, Family.PEOPLE),
            "ix_identity_mapping_due_salesforce",
        ),
        (lambda unit: unit.links.in_doubt(10), "ix_identity_mapping_is_in_doubt"),
        (lambda unit: unit.links.page(5, 10), "INTEGER PRIMARY KEY (rowid>?)"),
        (lambda unit: unit.links.is_any_due(), "ix_identity_mapping_is_due"),
        (lambda unit: unit.links.records_page(5, 10), "INTEGER PRIMARY KEY (rowid>?)"),
        (lambda unit: unit.links.of(Side.INTERCOM, ["a"]), "(intercom_id=?)"),
        (lambda unit: unit.links.of(Side.SALESFORCE, ["a", "b"]), "(salesforce_id=?)"),
        (lambda unit: unit.directory.digests(Side.INTERCOM, ["a"]), "(side=? AND id=?)"),
        (lambda unit: unit.directory.digests(Side.INTERCOM, ["a"]), "(intercom_id=?)"),
        (lambda unit: unit.directory.get(Side.INTERCOM, "a"), "(side=? AND id=?)"),
        (lambda unit: unit.directory.get_many(Side.INTERCOM, ["a", "b"]), "(side=? AND id=?)"),
        (lambda unit: unit.directory.with_keys(Side.INTERCOM, ["a"]), "ix_person_side_key"),
        (
            lambda unit: unit.directory.due([Trigger.RETRY, Trigger.CHAIN], 5),
            "ix_person_due (due=? AND (modified_at,side,id)>(?,?,?))",
        ),
        (lambda unit: unit.directory.is_anyone_due(), "COVERING INDEX ix_person_due"),
        (lambda unit: unit.directory.ids_after(Side.INTERCOM, "a", 5), "(side=? AND id>?)"),
        (
            lambda unit: unit.directory.ids_after(Side.INTERCOM, "a", 5, Family.COMPANIES),
            "ix_person_side_kind_deleted",
        ),
        (
            lambda unit: unit.links.records_page(5, 10, Family.COMPANIES),
            "ix_identity_mapping_companies",
        ),
        (
            lambda unit: unit.directory.count(Side.INTERCOM),
            "COVERING INDEX ix_person_side_kind_deleted",
        ),
        (lambda unit: unit.kept_apart.partners(Side.SALESFORCE, "a"), "ix_kept_apart"),
        (lambda unit: unit.errors.of_links([1, 2]), "ix_sync_error_link_id"),
        (lambda unit: unit.errors.of_contact("a"), "ix_sync_error_intercom_id"),
        (lambda unit: unit.errors.same(error()), "(identity=?)"),
        (lambda unit: unit.errors.retry_due(5, 10), "ix_sync_error_last_at_id (last_at<?)"),
        (lambda unit: unit.history.of_person(Side.INTERCOM, "a", 9), "ix_history_intercom_id_id"),
        (
            lambda unit: unit.history.writes_of_row("r", "a", "b", 5),
            "(row_id=? AND intercom_id=? AND salesforce_id=? AND at>?)",
        ),
        (lambda unit: unit.state.is_creation_open(), "ix_creation_queue_"),
        (
            lambda unit: unit.state.creations_at(5.0, by_rules=True, limit=5),
            "ix_creation_queue_next_look_at_id (queue=? AND next_look_at>? AND next_look_at<?)",
        ),
        (
            lambda unit: unit.state.creations_at(5.0, by_rules=False),
            "ix_creation_queue_next_look_at_id (queue=? AND next_look_at=?)",
        ),
        (
            lambda unit: unit.state.creations_sent("Lead"),
            "ix_creation_queue_since (queue=? AND since>?)",
        ),
        (lambda unit: unit.state.creations_for("Lead", ["a", "b"]), "(intercom_id=?)"),
        (lambda unit: unit.state.made(["a", "b"]), "(salesforce_id=?)"),
        (lambda unit: unit.history.counts(), "COVERING INDEX ix_history_kind_side"),
    ],
)
def test_the_engines_questions(
    store: SqlStore, work: Callable[[UnitOfWork], object], index: str
) -> None:
    database = store._database
    with _listening(database.connection) as statements:
        run(store, work)
    plan = _plan(database.driver, statements)
    assert index in plan
    # What is gone through is an index, or the list of what was asked for.
    for allowed in ("COVERING INDEX", "SCAN history USING", "SCAN json_each VIRTUAL"):
        plan = plan.replace(allowed, "")
    assert "SCAN" not in plan


def test_people_left_unlinked_are_listed_from_their_index(path: Path, store: SqlStore) -> None:
    run(store, lambda unit: unit.directory.put([contact(1, note=MatchOutcome.AMBIGUOUS)]))
    queries = Queries(path)
    with _listening(queries._connection) as statements:
        queries.unlinked_page((Side.INTERCOM, "a"), 10, MatchOutcome.AMBIGUOUS)
        queries.unlinked_count()
    plan = _plan(queries._driver, statements)
    queries.close()
    assert "ix_person_side_key" in plan
    assert "SCAN" not in plan.replace("SCAN person USING INDEX ix_person_note", "")
