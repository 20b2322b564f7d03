"""Opening: what is created, and what is refused and left as it is."""

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sfsync_gui.core.failures import StoreError
from sfsync_gui.store import troubles
from sfsync_gui.store.database import Database
from sfsync_gui.store.locks import WriterLock, holder
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import open_store
from tests.unit.store.samples import close, link, run

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_only_the_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / "a b#c?d%41" / "söfsync.db"
    old = os.umask(0)
    try:
        store = open_store(path, InlineRunner())
        run(store, lambda unit: unit.links.add(link(1)))
    finally:
        os.umask(old)
    assert _mode(path.parent) == 0o700
    names = {file.name for file in path.parent.iterdir()}
    ends = ("", "-wal", "-shm", ".lock")
    assert names == {f"söfsync.db{end}" for end in ends}
    assert {_mode(file) for file in path.parent.iterdir()} == {0o600}
    close(store)


@posix
def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.chmod(0o644)
    close(open_store(path, InlineRunner()))
    assert _mode(path) == 0o600


def test_settings_of_the_connection(path: Path) -> None:
    def ask(database: Database, pragma: str) -> object:
        return database.driver.execute(f"PRAGMA {pragma}").fetchone()[0]

    with closing(Database.open(path)) as database:
        assert ask(database, "journal_mode") == "wal"
        assert ask(database, "synchronous") == 1
        assert ask(database, "foreign_keys") == 1
        assert ask(database, "busy_timeout") == 5000
    with closing(Database.open(path, durable=False)) as database:
        assert ask(database, "journal_mode") == "memory"
        assert ask(database, "synchronous") == 0


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.db"
    path.touch()
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.links.count()) == 0
    close(store)
    assert not (tmp_path / "backups").exists()


def test_a_current_database_opens_without_alembic(path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from sfsync_gui.store.sql_store import open_store\n"
        "open_store(pathlib.Path(sys.argv[1]))\n"
        "assert not any(name.split('.')[0] == 'alembic' for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database. " * 1000)


def _torn(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _overwritten_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xaa" * 3996
    path.write_bytes(bytes(data))


def _of_another_application(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")


def _of_another_application_with_alembic(path: Path) -> None:
    _of_another_application(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")


def _of_no_revision(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as own:
        own.execute("DELETE FROM alembic_version")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as own:
        own.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("spoil", "title"),
    [
        (_garbage, "The database is damaged"),
        (_torn, "The database is damaged"),
        (_overwritten_inside, "The database is damaged"),
        (_of_another_application, "This is not a database of SFSync"),
        (_of_another_application_with_alembic, "This is not a database of SFSync"),
        (_of_no_revision, "This is not a database of SFSync"),
        (_newer, "The database comes from a newer version"),
    ],
)
def test_what_is_not_ours_is_refused_and_left_as_it_is(
    path: Path, spoil: Callable[[Path], None], title: str
) -> None:
    spoil(path)
    path.chmod(0o640)
    content, status = path.read_bytes(), path.stat()
    with pytest.raises(StoreError) as caught:
        open_store(path, InlineRunner())
    error = caught.value
    assert error.title == title
    assert error.message
    assert error.remedy
    assert error.subject == str(path)
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert path.stat().st_mode == status.st_mode
    # Nothing but the lock, which was given back, is beside it.
    assert {file.name for file in path.parent.iterdir()} <= {path.name, path.name + ".lock"}
    WriterLock(path).release()


def test_a_database_of_another_application_with_an_open_log_is_left_alone(path: Path) -> None:
    _of_another_application(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE more (x)")
        log = path.with_name(path.name + "-wal")
        content = path.read_bytes(), log.read_bytes()
        with pytest.raises(StoreError, match="another application"):
            open_store(path, InlineRunner())
        assert (path.read_bytes(), log.read_bytes()) == content


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a file"):
        open_store(tmp_path, InlineRunner())


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "file" / "sfsync.db", InlineRunner())
    assert caught.value.title == "The database cannot be written"


_AS_NOBODY = """
import os, pathlib, sys
from sfsync_gui.core.failures import StoreError
from sfsync_gui.store.sql_store import open_store
import sqlalchemy.dialects.sqlite, logging
if os.getuid() == 0:
    os.setuid(65534)
try:
    open_store(pathlib.Path(sys.argv[1]))
except StoreError as error:
    print(error.title)
"""


@posix
@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_may_not_be_written_is_refused(path: Path, exists: bool) -> None:
    content = path.read_bytes()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    for parent in path.parents[1:-2]:
        if parent.owner() == path.owner():
            parent.chmod(parent.stat().st_mode | 0o055)
    target = path if exists else path.with_name("new.db")
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(target)],
            check=True,
            capture_output=True,
            text=True,
        )
    finally:
        path.parent.chmod(0o700)
    assert answer.stdout.strip() == "The database cannot be written"
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_full_disk_at_opening_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "sfsync.db", InlineRunner())
    assert caught.value.title == "The disk is full"


def test_the_second_who_opens_is_refused(path: Path) -> None:
    store = open_store(path, InlineRunner())
    with pytest.raises(StoreError) as caught:
        open_store(path, InlineRunner())
    assert caught.value.title == "SFSync is already running"
    run(store, lambda unit: unit.links.add(link(1)))
    close(store)
    again = open_store(path, InlineRunner())
    assert run(again, lambda unit: unit.links.count()) == 1
    close(again)


def _hold(path: str, opened: "multiprocessing.synchronize.Event") -> None:
    database = Database.open(Path(path))
    opened.set()
    opened_for_ever = multiprocessing.get_context("spawn").Event()
    opened_for_ever.wait()
    database.close()


def test_a_second_process_is_refused_until_the_first_has_died(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    opened = context.Event()
    first = context.Process(target=_hold, args=(str(path), opened), daemon=True)
    first.start()
    assert opened.wait(60)
    with pytest.raises(StoreError, match="already running"):
        open_store(path, InlineRunner())
    first.kill()
    first.join()
    close(open_store(path, InlineRunner()))


def test_what_was_committed_before_a_crash_is_there(path: Path, tmp_path: Path) -> None:
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.links.add(link(1)))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for end in ("", "-wal"):
        shutil.copy(path.with_name(path.name + end), crashed)
    close(store)
    store = open_store(crashed / path.name, InlineRunner())
    assert run(store, lambda unit: unit.links.count()) == 1
    close(store)


def test_errors_of_sqlite_in_plain_words(tmp_path: Path) -> None:
    def titled(code: int) -> str:
        error = sqlite3.OperationalError("words")
        error.sqlite_errorcode = code
        return troubles.store_error(error, tmp_path / "a.db").title

    assert titled(sqlite3.SQLITE_BUSY_SNAPSHOT) == "SFSync is already running"
    assert titled(sqlite3.SQLITE_READONLY_DIRECTORY) == "The database cannot be written"
    assert titled(sqlite3.SQLITE_CORRUPT_INDEX) == "The database is damaged"
    assert titled(sqlite3.SQLITE_IOERR_WRITE) == "The database cannot be used"
    assert troubles.store_error(sqlite3.Error("?"), tmp_path).title == "The database cannot be used"


def test_who_holds_the_database_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/sfsync", "run", "--data-dir", "/secret"])
    assert holder(path) is None
    lock = WriterLock(path)
    held = holder(path)
    assert held is not None
    assert (held.pid, held.command) == (os.getpid(), "sfsync run")
    with pytest.raises(StoreError) as caught:
        open_store(path, InlineRunner())
    assert caught.value.code == troubles.IN_USE
    assert f"Process {os.getpid()} (sfsync run, since " in caught.value.message
    lock.release()
    assert holder(path) is None
    close(open_store(path, InlineRunner()))


def test_a_lock_file_that_says_nothing_is_no_trouble(path: Path) -> None:
    lock = WriterLock(path)
    path.with_name(path.name + ".lock").write_bytes(b"\n{}")
    assert holder(path) is None
    with pytest.raises(StoreError, match="Another SFSync has the database"):
        open_store(path, InlineRunner())
    lock.release()
