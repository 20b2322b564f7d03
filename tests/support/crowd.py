"""A profile with as many linked people as one likes, made by the database itself within seconds.

Names follow the same law as real ones: a few are very common, most are rare.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from sfsync_gui.store.database import Database
from sfsync_gui.store.listing import catch_up
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import open_store
from tests.unit.store.samples import close

FIRST_NAMES = 1_500
LAST_NAMES = 15_000
_ONSETS = (
    "B",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "R",
    "S",
    "T",
    "V",
    "W",
    "Sh",
    "Th",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_ENDS = ("", "n", "r", "s", "l", "ck")
_OBSERVED = '[1700000000,1700000000,{"company":"Company %d","phone":"+44 20 %d","plan":"b"}]'


def names(count: int, seed: int) -> list[str]:
    """Distinct names, each of one to three syllables."""
    rng = Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = "".join(
            rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 3))
        )
        found[(syllables + rng.choice(_ENDS)).capitalize()] = None
    return list(found)


def make_crowd(path: Path, links: int, *, history: int = 0, errors: int = 0) -> None:
    """Make a database with this many links, people on both sides, and entries in random order."""
    close(open_store(path, InlineRunner()))
    fill_crowd(path, links, history=history, errors=errors)
    with closing(Database.open(path, durable=False)) as database, database.transaction() as open_:
        catch_up(open_)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)")


def fill_crowd(path: Path, links: int, *, history: int = 0, errors: int = 0) -> None:
    """Fill a database of any revision since 0004; nothing is listed of it yet."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        connection.execute("BEGIN")
        _draw(connection, max(links, history))
        for statement in _PEOPLE:
            connection.execute(statement, (links,))
        connection.execute(_LINKS, (links,))
        connection.execute(_HISTORY, {"count": history, "links": links})
        connection.execute(_ERRORS, {"count": errors, "links": links})
        connection.execute("COMMIT")


def _draw(connection: sqlite3.Connection, count: int) -> None:
    """A temporary table of numbered people with their names and addresses."""
    for kind, some in (("first", names(FIRST_NAMES, 1)), ("last", names(LAST_NAMES, 2))):
        connection.execute(f"CREATE TEMP TABLE {kind}_name (n INTEGER PRIMARY KEY, name TEXT)")
        rows = enumerate(some)
        connection.executemany(f"INSERT INTO {kind}_name VALUES (?, ?)", rows)
    connection.execute(
        """
        CREATE TEMP TABLE drawn AS
        WITH RECURSIVE
        number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?),
        dice(n, a, b) AS (
            SELECT n, (n * 2654435761 % 4294967296) / 4294967296.0,
                   ((n * 40503 + 7) * 2246822519 % 4294967296) / 4294967296.0
            FROM number
        )
        SELECT dice.n AS n, first_name.name AS first, last_name.name AS last, a, b,
               lower(first_name.name || '.' || last_name.name) || (dice.n % 97)
               || '@company' || (dice.n % 5000) || '.example' AS email
        FROM dice
        JOIN first_name ON first_name.n = CAST(1500 * a * a * a AS INTEGER)
        JOIN last_name ON last_name.n = CAST(15000 * b * b * b AS INTEGER)
        ORDER BY dice.n
        """,
        (count,),
    )
    connection.execute("CREATE UNIQUE INDEX temp.drawn_n ON drawn (n)")


_PEOPLE = tuple(
    f"""
    INSERT INTO person (side, id, kind, name, key, created_at, modified_at, version, active_at,
                        deleted, converted, baseline, digest, search_name)
    SELECT '{side}', {person_id}, {kind}, first || ' ' || last, email, 1600000000 + n,
           1700000000 + n, 1700000000 + n, 0, 0, 0, '{{"plan":123456789}}', n,
           lower(first || ' ' || last)
    FROM temp.drawn WHERE n <= ? ORDER BY {person_id}
    """
    for side, person_id, kind in (
        ("intercom", "printf('65f%021x', n * 7)", "CASE WHEN a < 0.1 THEN 'lead' ELSE 'user' END"),
        ("salesforce", "printf('%s5g00000%07dAAA', CASE WHEN b < 0.4 THEN '00Q' ELSE '003' END, n)",
         "CASE WHEN b < 0.4 THEN 'Lead' ELSE 'Contact' END"),
    )
)  # fmt: skip
_IDS = """
    printf('65f%021x', n * 7) AS intercom_id,
    printf('%s5g00000%07dAAA', CASE WHEN b < 0.4 THEN '00Q' ELSE '003' END, n) AS salesforce_id,
    CASE WHEN b < 0.4 THEN 'Lead' ELSE 'Contact' END AS salesforce_kind
"""
_LINKS = f"""
    INSERT INTO identity_mapping (intercom_id, salesforce_id, salesforce_kind, intercom_key,
        salesforce_key, "trigger", created_at, by_hand, ambiguous, intercom_observed,
        salesforce_observed, synced, due, is_due, due_intercom, due_salesforce, is_in_doubt)
    SELECT {_IDS}, email, email, 'linked_at_connecting', 1700000000, 0, n % 500 = 0,
        printf('{_OBSERVED}', n % 5000, n), printf('{_OBSERVED}', n % 5000, n),
        '["r1","a","a","r2","b","b"]',
        CASE WHEN n % 200 = 0 THEN '{{"r1":["retry","intercom"]}}' END,
        n % 200 = 0, n % 200 = 0, 0, 0
    FROM temp.drawn WHERE n <= ? ORDER BY n
"""
_KINDS = "CASE WHEN n % 20 < 17 THEN 'written' WHEN n % 20 = 17 THEN 'linked' WHEN n % 20 = 18 " \
    "THEN 'overruled' ELSE 'unlinked' END"  # fmt: skip
_HISTORY = f"""
    INSERT INTO history (kind, at, "trigger", intercom_id, salesforce_id, salesforce_kind,
        person_name, side, row_id, field, before, after, note)
    SELECT {_KINDS}, 1700000000 + n * 20,
        CASE WHEN n % 50000 = 0 THEN 'salesforce_merged' WHEN n % 3 = 0 THEN 'bulk_sync'
             WHEN n % 3 = 1 THEN 'intercom_updated' ELSE 'salesforce_updated' END,
        intercom_id, salesforce_id, salesforce_kind, name,
        CASE WHEN n % 20 >= 19 THEN NULL WHEN n % 3 = 2 THEN 'intercom' ELSE 'salesforce' END,
        'r' || (n % 12), 'Phone', '"+44 20 1"', '"+44 20 2"', ''
    FROM (
        SELECT entry.n AS n, {_IDS.replace(" n", " who.n").replace(" b", " who.b")},
               who.first || ' ' || who.last AS name
        FROM temp.drawn AS entry
        JOIN temp.drawn AS who ON who.n = 1 + CAST(entry.a * :links AS INTEGER)
        WHERE entry.n <= :count ORDER BY entry.n
    )
"""
_ERRORS = """
    INSERT INTO sync_error (identity, error_class, side, code, message, remedy, first_at, last_at,
        attempts, link_id, intercom_id, salesforce_id, salesforce_kind, person_name, row_id, field,
        dismissed, holds)
    SELECT 'e' || n, 'record', CASE WHEN n % 4 = 0 THEN 'intercom' ELSE 'salesforce' END,
        'CODE_' || (n % 23), 'Too long', 'Shorten it', 1700000000 + n, 1700000000 + 2 * n, 1, id,
        intercom_id, salesforce_id, salesforce_kind, 'Person ' || n, 'r' || (n % 12), 'Phone',
        n * :count / :links % 10 = 0, 1
    FROM (SELECT id AS n, * FROM identity_mapping WHERE id % (:links / max(:count, 1)) = 0)
    WHERE :count > 0
"""
