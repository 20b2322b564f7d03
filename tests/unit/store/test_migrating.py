"""Migrations: they agree with the tables, are undone as a whole, and a copy is made before."""

import io
import re
import runpy
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from sfsync_gui.core.failures import StoreError
from sfsync_gui.store import dialects, files, tables
from sfsync_gui.store.database import Database
from sfsync_gui.store.migrating import PACKAGED, Migrations
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import open_store
from tests.unit.store.samples import close, link, run

_NEXT = """
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}


def upgrade() -> None:
    op.add_column("setting", sa.Column({column!r}, sa.Text()))
    {more}
"""

Extend = Callable[[str, str, str], Migrations]


@pytest.fixture
def extend(tmp_path: Path) -> Extend:
    """Migrations of a later version, one more revision with every call."""
    folder = tmp_path / "100% later"
    shutil.copytree(PACKAGED.location, folder)

    def add(revision: str, before: str, more: str = "") -> Migrations:
        text = _NEXT.format(revision=revision, before=before, column=f"c{revision}", more=more)
        (folder / "versions" / f"{revision}.py").write_text(text)
        return Migrations(folder, revision)

    return add


def test_migrations_and_tables_agree(path: Path) -> None:
    with closing(Database.open(path)) as database:
        context = MigrationContext.configure(
            database.connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, tables.Base.metadata) == []


def test_indexes_of_migrations_and_tables_have_the_same_conditions(path: Path) -> None:
    # Alembic does not compare the conditions of partial indexes.
    with closing(sqlite3.connect(path)) as connection:
        made = {
            " ".join(sql.split())
            for (sql,) in connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        }
    wanted: set[str] = set()
    with closing(Database.open(path)) as database:
        for table in tables.Base.metadata.sorted_tables:
            for index in table.indexes:
                sql = CreateIndex(index).compile(dialect=database.connection.dialect)
                wanted.add(" ".join(str(sql).split()))
    assert made == wanted


def test_a_copy_is_made_before_each_migration(path: Path, extend: Extend) -> None:
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.links.add(link(1)))
    close(store)
    before = tables.REVISION
    for number in range(11, 19):
        migrations = extend(f"00{number}", before, "")
        before = migrations.head
        store = open_store(path, InlineRunner(), migrations=migrations)
        assert run(store, lambda unit: unit.links.count()) == 1
        close(store)
        close(open_store(path, InlineRunner(), migrations=migrations))
    copies = files.copies(path)
    assert [copy.stem.rsplit("-", 1)[1] for copy in copies] == [
        f"00{number}" for number in range(13, 18)
    ]
    assert {stat.S_IMODE(copy.stat().st_mode) for copy in copies} == {0o600}
    assert stat.S_IMODE(copies[0].parent.stat().st_mode) == 0o700
    with closing(sqlite3.connect(copies[-1])) as copy:
        assert copy.execute("SELECT count(*) FROM identity_mapping").fetchone() == (1,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0017",)
    # A database of the later version is refused by this one.
    with pytest.raises(StoreError, match="newer version"):
        open_store(path, InlineRunner())


def test_a_copy_can_be_put_back(path: Path, extend: Extend) -> None:
    close(open_store(path, InlineRunner(), migrations=extend("0011", tables.REVISION, "")))
    (copy,) = files.copies(path)
    shutil.copy(copy, path)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.links.count()) == 0
    close(store)


def test_a_migration_that_fails_changes_nothing(path: Path, extend: Extend) -> None:
    migrations = extend("0011", tables.REVISION, "raise RuntimeError('half way')")
    with pytest.raises(StoreError) as caught:
        open_store(path, InlineRunner(), migrations=migrations)
    assert caught.value.title == "The database could not be brought up to date"
    assert "half way" in caught.value.detail
    assert len(files.copies(path)) == 1
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(setting)")]
    assert columns == ["name", "value"]
    close(open_store(path, InlineRunner()))


def test_without_room_for_the_copy_nothing_is_migrated(
    path: Path, extend: Extend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    create = files.create
    monkeypatch.setattr(
        files, "create", lambda file: full(file) if file.parent.name == "backups" else create(file)
    )
    with pytest.raises(StoreError, match="disk is full"):
        open_store(path, InlineRunner(), migrations=extend("0011", tables.REVISION, ""))
    assert files.copies(path) == []
    monkeypatch.undo()
    close(open_store(path, InlineRunner()))


def test_a_damaged_database_is_not_migrated(path: Path, extend: Extend) -> None:
    store = open_store(path, InlineRunner())
    run(store, lambda unit: [unit.links.add(link(number)) for number in range(500)])
    close(store)
    data = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_history_at'"
        ).fetchone()
    data[(page - 1) * 4096 : (page - 1) * 4096 + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        open_store(path, InlineRunner(), migrations=extend("0011", tables.REVISION, ""))
    assert path.read_bytes() == bytes(data)


def _made(statements: Iterable[str]) -> dict[str, set[str]]:
    """What DDL makes: the parts of each table, in whatever order, and each index by itself.

    Indexes that are dropped again are left out, and so is what is done to rows.
    """
    found: dict[str, set[str]] = {}
    for statement in (" ".join(one.split()) for one in statements if one.strip()):
        if statement.startswith("UPDATE "):
            continue
        if dropped := re.fullmatch(r"DROP INDEX (\S+)", statement):
            found = {one: found[one] for one in found if f" {dropped[1]} " not in one}
            continue
        table = re.fullmatch(r"CREATE TABLE (\S+) \( (.*) \)", statement)
        added = re.fullmatch(r"ALTER TABLE (\S+) ADD COLUMN (.*)", statement)
        if table:
            found[table[1]] = set(re.split(r", (?![^(]*\))", table[2]))
        elif added:
            found[added[1]].add(added[2])
        else:
            found[statement] = set()
    return found


def test_the_tables_and_the_migrations_are_portable_to_postgresql() -> None:
    statements: list[str] = []
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    engine = create_mock_engine(
        "postgresql://",
        lambda sql, *_, **__: statements.append(str(sql.compile(dialect=dialect))),
    )
    tables.Base.metadata.create_all(engine, checkfirst=False)
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect=dialect, opts={"as_sql": True, "output_buffer": buffer}
    )
    with Operations.context(context):
        for script in sorted((PACKAGED.location / "versions").glob("[0-9]*.py")):
            runpy.run_path(str(script))["upgrade"]()

    assert _made(buffer.getvalue().split(";")) == _made(statements)
    assert any('COLLATE "C"' in statement for statement in statements)
    partial = [statement for statement in statements if "WHERE due IS NOT NULL" in statement]
    assert len(partial) == 1
    for table in tables.Base.metadata.sorted_tables:
        sql = str(dialects.upsert("postgresql", table).compile(dialect=dialect))
        assert "ON CONFLICT" in sql
        has_more = len(table.columns) > len(table.primary_key.columns)
        assert ("IS DISTINCT FROM" if has_more else "DO NOTHING") in sql


def test_a_store_in_sqlite_loads_no_other_dialect(tmp_path: Path) -> None:
    """Every day, that is: Alembic, which makes its tables, has one of each."""
    close(open_store(tmp_path / "sfsync.db", clock=lambda: 1.0))
    script = (
        "import sys; from pathlib import Path\n"
        "from sfsync_gui.store.sql_store import open_store\n"
        f"open_store(Path({str(tmp_path / 'sfsync.db')!r}), clock=lambda: 1.0)\n"
        "print([name for name in sys.modules if name.endswith('.dialects.postgresql')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["[]"]
