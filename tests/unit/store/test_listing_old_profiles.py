"""A profile from before there were lists: all that is in it is listed after the migration."""

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


def _make_old(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        connection = connect(driver)
        config = PACKAGED._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "0004")
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
