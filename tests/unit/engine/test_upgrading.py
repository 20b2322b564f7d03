"""A profile of a version that knew no companies: opened by this one, nothing comes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command

from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.store.database import connect
from sfsync_gui.store.migrating import PACKAGED
from tests.unit.engine.office import ANN, BOB, Office

BEFORE_COMPANIES = "0007"


def make_old(path: Path, revision: str) -> None:
    """Turn a database into one of an older revision, with all that this one could hold.

    What a reading meant was reckoned otherwise then: no digest is what it would be now.
    """
    newer = path.rename(path.with_name("newer.db"))
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        connection = connect(driver)
        config = PACKAGED._config()
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, revision)
        connection.close()
    with closing(sqlite3.connect(path)) as driver:
        driver.execute("ATTACH ? AS newer", (str(newer),))
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (table,) in driver.execute(listed).fetchall():
            if table != "alembic_version":
                _copy(driver, table)
        driver.execute("UPDATE person SET digest = digest / 2 WHERE digest != 0")
        driver.commit()


def _copy(driver: sqlite3.Connection, table: str) -> None:
    """What this table can hold of the newer one's rows."""
    here, there = (
        [row[1] for row in driver.execute(f"PRAGMA {schema}.table_info({table})")]
        for schema in ("main", "newer")
    )
    shared = ", ".join(f'"{name}"' for name in here if name in there)
    driver.execute(f"DELETE FROM {table}")
    driver.execute(f"INSERT INTO {table} ({shared}) SELECT {shared} FROM newer.{table}")


def upgrade(office: Office) -> None:
    """End the process, and start this version on what the older one left."""
    office.run(office.world.stop_engine())
    make_old(office.world.database, BEFORE_COMPANIES)
    office.world.start_engine()
    office.run(office.world.engine.open())
    office.run(office.world.engine.connect(FirstRun.LINK_ALL))


def stored(office: Office) -> tuple[object, ...]:
    """All that would change if anything came of a reading."""

    def work(unit: UnitOfWork) -> list[Person]:
        found = [unit.directory.with_keys(side, [ANN, BOB]) for side in Side]
        return [one for by_key in found for carriers in by_key.values() for one in carriers]

    people = office.run(office.world.store.run(work))
    known = [(one.id, one.baseline, one.due, one.note, one.key) for one in people]
    links = [(one.id, one.synced, one.due, one.intercom_key) for one in office.all_links()]
    return known, links, office.errors(), office.history()


def test_nothing_becomes_due_nothing_is_written_and_all_is_read_once(office: Office) -> None:
    ann, lead = office.user(ANN, title="Boss"), office.lead(ANN)
    office.user(BOB)
    office.connect()
    office.edit(ann, phone="+1 555 0100")
    office.check()
    office.edit(ann, alias="x" * 300)
    office.check()
    assert office.errors()
    assert len(office.history()) > 1
    before = stored(office)
    upgrade(office)
    old, reads = office.person(Side.INTERCOM, ann).digest, office.world.spent["intercom", "read"]
    assert office.writes_of_check() == 0
    office.compare()
    assert stored(office) == before
    assert office.world.spent["intercom", "read"] == reads  # nobody was asked for by himself
    assert office.person(Side.INTERCOM, ann).digest != old  # each reading was news, once
    read_once = office.world.database.read_bytes()
    office.run(office.world.engine.check(list(Side)))
    assert office.world.database.read_bytes() == read_once
    office.edit(ann, phone="+1 555 0199")
    office.check()
    assert office.sf(lead, "Phone") == "+1 555 0199"
