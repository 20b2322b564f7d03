"""The log file: no secret in it by any door, and no trouble of it in the program."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop import logs
from sfsync_gui.desktop.logs import Log, start_logging
from sfsync_gui.desktop.paths import log_path
from sfsync_gui.desktop.redaction import HIDDEN, Redactor

SECRET = "very-secret-0815-value"
LOG = logging.getLogger("sfsync_gui.somewhere")


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.remember(SECRET)
    return redactor


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def log(
    tmp_path: Path, redactor: Redactor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Log]:
    monkeypatch.setattr(logs, "SIZE", 20_000)
    log = start_logging(tmp_path, redactor=redactor, say=said.append)
    yield log
    log.close()


def fail(text: str = SECRET) -> None:
    raise ValueError(f"refused: {text}")


def log_exception() -> None:
    try:
        fail()
    except ValueError:
        LOG.exception("it failed")


def log_chain() -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError("wrapped") from error
    except RuntimeError as error:
        LOG.exception("it failed", exc_info=error)


def log_context() -> None:
    try:
        try:
            fail()
        finally:
            fail("other")
    except ValueError:
        LOG.warning("it failed", exc_info=True)


def log_group() -> None:
    LOG.error("several", exc_info=ExceptionGroup("all", [ValueError(SECRET), KeyError(SECRET)]))


def log_note() -> None:
    error = ValueError("plain")
    error.add_note(f"while using {SECRET}")
    LOG.error("noted", exc_info=error)


class Shown:
    """Shows its secret in its repr."""

    def __repr__(self) -> str:
        return f"Shown({SECRET})"


async def leave_task() -> None:
    async def work() -> None:
        fail()

    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "lost", "exception": ValueError(SECRET)})
    await asyncio.gather(loop.create_task(work()), return_exceptions=True)


DOORS: dict[str, Callable[[], None]] = {
    "message": lambda: LOG.warning(f"using {SECRET}"),
    "argument": lambda: LOG.warning("using %s", SECRET),
    "mapping": lambda: LOG.warning("using %(x)s", {"x": SECRET}),
    "repr": lambda: LOG.warning("using %r", Shown()),
    "nested": lambda: LOG.warning("using %s", {"a": [SECRET, (SECRET,)]}),
    "library": lambda: logging.getLogger("httpcore").warning("sent %s", SECRET),
    "exception": log_exception,
    "chain": log_chain,
    "context": log_context,
    "group": log_group,
    "note": log_note,
    "stack": lambda: LOG.warning("here", stack_info=True),
    "thread name": lambda: run_in_thread(lambda: LOG.warning("named"), SECRET),
    "logger name": lambda: logging.getLogger(f"sfsync_gui.{SECRET}").warning("named"),
    "several lines": lambda: LOG.warning("first\nsecond %s\nthird", SECRET),
    "loop": lambda: asyncio.run(leave_task()),
}


def run_in_thread(work: Callable[[], None], name: str = "worker") -> None:
    thread = threading.Thread(target=work, name=name)
    thread.start()
    thread.join()


@pytest.mark.parametrize("door", DOORS)
def test_a_secret_does_not_get_into_the_file_by_any_door(
    door: str, log: Log, said: list[str]
) -> None:
    DOORS[door]()
    written = log.path.read_text()
    assert written
    assert SECRET not in written
    assert door == "stack" or HIDDEN in written
    assert said == []


UNCAUGHT = """
import sys, threading
from pathlib import Path
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.redaction import process_redactor
secret = sys.argv[2]
process_redactor.remember(secret)
start_logging(Path(sys.argv[1]))

class Lasting:
    def __del__(self):
        raise OSError(f"at the end: {secret}")

def fail():
    raise ValueError(f"refused: {secret}")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
lasting = Lasting()
del lasting
fail()
"""


def test_what_nobody_catches_is_logged_and_shown_without_secrets(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNCAUGHT, str(tmp_path), SECRET],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    written = log_path(tmp_path).read_text()
    assert done.returncode == 1
    for text in (done.stderr, written):
        assert text.count("ValueError: refused: [hidden]") == 2
        assert text.count("OSError: at the end: [hidden]") == 1
        assert SECRET not in text


def test_hooks_of_others_still_hear_what_nobody_catches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: heard.append(kind.__name__))
    monkeypatch.setattr(threading, "excepthook", lambda args: heard.append("thread"))
    log = start_logging(tmp_path)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    sys.excepthook(ValueError, ValueError("x"), None)
    run_in_thread(fail)
    log.close()
    assert heard == ["KeyboardInterrupt", "ValueError", "thread"]
    assert "KeyboardInterrupt" not in log.path.read_text()


def test_every_secret_of_the_vault_is_masked(log: Log, redactor: Redactor, tmp_path: Path) -> None:
    from tests.support.keyrings import WindowsLike, opened

    backend = WindowsLike()
    vault = Vault(lambda: opened(backend), on_secret=redactor.remember)
    vault.write_now("intercom:abc:access_token", "written-to-the-vault")
    LOG.warning("saw %s", "written-to-the-vault")
    assert "written-to-the-vault" not in log.path.read_text()

    fresh = Redactor()
    other = start_logging(tmp_path / "other", redactor=fresh)
    try:
        asyncio.run(
            Vault(lambda: opened(backend), on_secret=fresh.remember).read(
                "intercom:abc:access_token"
            )
        )
        LOG.warning("saw %s", "written-to-the-vault")
        assert "saw" in other.path.read_text()
        assert "written-to-the-vault" not in other.path.read_text()
    finally:
        other.close()


def test_the_product_speaks_and_libraries_only_warn(log: Log) -> None:
    LOG.debug("too much")
    LOG.info("told")
    logging.getLogger("httpx").info("whole addresses")
    logging.getLogger("httpx").warning("strange")
    written = log.path.read_text()
    assert "told" in written
    assert "strange" in written
    assert "too much" not in written
    assert "whole addresses" not in written


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_files_and_their_folder_are_their_owners(log: Log, tmp_path: Path) -> None:
    old_mask = os.umask(0)
    try:
        for _ in range(3):
            LOG.info("x" * (logs.SIZE - 200))
            LOG.info("y" * 400)
    finally:
        os.umask(old_mask)
    files = sorted(path.name for path in log.path.parent.iterdir())
    assert files == ["sfsync.log", "sfsync.log.1", "sfsync.log.2"]
    assert all(mode(path) == 0o600 for path in log.path.parent.iterdir())
    assert mode(log.path.parent) == 0o700
    assert log.path == log_path(tmp_path)
    assert sum(path.stat().st_size for path in log.path.parent.iterdir()) <= 3 * logs.SIZE


def test_a_file_that_others_could_read_is_closed_to_them(
    tmp_path: Path, redactor: Redactor
) -> None:
    path = log_path(tmp_path)
    path.parent.mkdir()
    path.write_text("before\n")
    path.chmod(0o644)
    log = start_logging(tmp_path, redactor=redactor)
    LOG.info("after")
    log.close()
    assert mode(path) == 0o600
    assert path.read_text().startswith("before\n")


def test_a_full_disk_is_said_once_and_breaks_nothing(
    tmp_path: Path, redactor: Redactor, said: list[str]
) -> None:
    path = log_path(tmp_path)
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    log = start_logging(tmp_path, redactor=redactor, say=said.append)
    for _ in range(500):
        LOG.warning("x" * 1000)
    assert len(said) == 1
    assert "No space left on device" in said[0]
    path.unlink()  # somebody made room
    LOG.warning("there again")
    assert "there again" in path.read_text()
    log.close()


def test_a_folder_that_cannot_be_made_is_said_once_and_breaks_nothing(
    tmp_path: Path, redactor: Redactor, said: list[str]
) -> None:
    in_the_way = tmp_path / "profile"
    in_the_way.write_text("a file")
    log = start_logging(in_the_way, redactor=redactor, say=said.append)
    LOG.warning("one")
    LOG.warning("two")
    log.close()
    assert len(said) == 1
    assert "Not a directory" in said[0]


READ_ONLY = """
import logging, os, sys
from pathlib import Path
from sfsync_gui.desktop.logs import start_logging
os.setuid(65534) if os.getuid() == 0 else None
log = start_logging(Path(sys.argv[1]))
for _ in range(3):
    logging.getLogger("sfsync_gui").warning("cannot be kept")
log.close()
print("went on")
"""


def test_a_read_only_folder_is_said_once_on_standard_error(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    folder.mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == "went on\n"
    assert done.stderr.count("cannot write its log") == 1
    assert "Permission denied" in done.stderr
    assert "cannot be kept" not in done.stderr


def test_a_file_that_cannot_be_moved_aside_is_written_on(
    log: Log, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    LOG.info("x" * logs.SIZE)

    def held_open(old: str, new: str) -> None:
        raise PermissionError(13, "The process cannot access the file", old)

    monkeypatch.setattr(os, "rename", held_open)  # as Windows does while another has it open
    LOG.info("first after")
    LOG.info("second after")
    written = log.path.read_text()
    assert "first after" in written
    assert "second after" in written
    assert len(said) == 1


def test_a_record_that_cannot_be_formatted_breaks_nothing_and_quotes_nothing(
    log: Log, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (handler,) = (
        one
        for one in logging.getLogger().handlers
        if getattr(one, "baseFilename", None) == str(log.path)
    )
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%d people", (SECRET,), None)
    handler.handle(record)
    LOG.warning("goes on")
    assert "goes on" in log.path.read_text()
    assert len(said) == 1
    assert SECRET not in said[0] + capsys.readouterr().err


def test_a_program_without_a_console_has_nowhere_to_say_it(
    tmp_path: Path, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "profile"
    in_the_way.write_text("a file")
    monkeypatch.setattr(sys, "stderr", None)
    log = start_logging(in_the_way, redactor=redactor)
    LOG.warning("one")
    log.close()


def test_closing_puts_everything_back(tmp_path: Path) -> None:
    root, product = logging.getLogger(), logging.getLogger("sfsync_gui")
    before = (list(root.handlers), product.level, sys.excepthook, threading.excepthook)
    unraisable = sys.unraisablehook
    log = start_logging(tmp_path)
    assert sys.excepthook is not before[2]
    log.close()
    log.close()
    assert (list(root.handlers), product.level, sys.excepthook, threading.excepthook) == before
    assert sys.unraisablehook == unraisable


def test_no_file_is_made_before_there_is_something_to_say(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log = start_logging(tmp_path)
        log.close()
    assert list(tmp_path.iterdir()) == []
