"""A profile of an earlier version: after the migration everything in it has its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command

from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery, LinkQuery, LinkSort
from sfsync_gui.store import files
from sfsync_gui.store.database import connect
from sfsync_gui.store.migrating import PACKAGED
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import open_store
from tests.support.crowd import fill_crowd
from tests.unit.store.samples import close, run
from tests.unit.store.test_long_lists import all_links, wanted

LINKS = 1_200
"""More than are listed at once."""


def _make_old(path: Path, revision: str = "0004") -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        connection = connect(driver)
        config = PACKAGED._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, revision)
        connection.close()


def test_an_old_profile_is_listed_whole(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.db"
    _make_old(path)
    fill_crowd(path, LINKS, history=LINKS, errors=60)
    store = open_store(path, InlineRunner())
    rows = run(store, all_links)
    errors = run(store, lambda unit: unit.errors.all())
    history = run(store, lambda unit: unit.history.recent(2 * LINKS))
    close(store)
    assert [copy.stem.rsplit("-", 1)[1] for copy in files.copies(path)] == ["0004"]
    with closing(Queries(path)) as queries:
        for query in (
            LinkQuery(),
            LinkQuery("sh", sort=LinkSort.INTERCOM_NAME),
            LinkQuery(with_errors=True),
            LinkQuery(waiting=True, sort=LinkSort.KEY, descending=False),
        ):
            assert queries.links_page(query, None, LINKS) == wanted(rows, query)
        open_errors = [one for one in errors[::-1] if not one.dismissed]
        assert queries.errors_page(ErrorQuery("person"), None, LINKS) == open_errors
        assert queries.history_page(HistoryQuery(), None, 2 * LINKS) == history
        name = history[0].person_name
        found = queries.history_page(HistoryQuery(name), None, LINKS)
        assert history[0] in found
        assert {one.person_name for one in found} == {name}


def test_creations_of_an_old_profile_wait_in_their_queues(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.db"
    _make_old(path, "0009")
    like_a_rule = r'{"last_name":"\"by_rule\":"}'
    with closing(sqlite3.connect(path)) as driver, driver:
        for contact, state, choices in (
            ("asked", "wanted", like_a_rule),
            ("ruled", "sending", '{"by_rule":"vip"}'),
            ("ended", "created", '{"by_rule":"vip"}'),
            ("plain", "unclear", None),
        ):
            driver.execute(
                'INSERT INTO creation (intercom_id, object, "values", since, state, attempts,'
                " looks, next_look_at, choices) VALUES (?, 'Lead', '{}', 0, ?, 0, 0, 0, ?)",
                (contact, state, choices),
            )
    store = open_store(path, InlineRunner())
    asked = run(store, lambda unit: unit.state.creations_at(1.0, by_rules=False))
    ruled = run(store, lambda unit: unit.state.creations_at(1.0, by_rules=True))
    close(store)
    assert [one.intercom_id for one in asked] == ["asked", "plain"]
    assert [one.intercom_id for one in ruled] == ["ruled"]
