"""Crash reports: what leaves one, what is in it, how many there are, and no trouble by them."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import StoreError
from sfsync_gui.desktop import crash_reports, crash_watch
from sfsync_gui.desktop.crash_reports import (
    FATAL_FOLLOWS,
    MOST,
    SIZE,
    STOPPED,
    WENT_ON,
    CrashReport,
    CrashReports,
    run_name,
)
from sfsync_gui.desktop.crash_watch import ENDS, FAILURES, CrashWatch
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.redaction import HIDDEN, Redactor
from sfsync_gui.engine.tasks import Supervisor

SECRET = "very-secret-0815-value"
NAME = "Ada Lovelace"
LOG = logging.getLogger("sfsync_gui.somewhere")


@pytest.fixture
def reports(tmp_path: Path) -> CrashReports:
    redactor = Redactor()
    redactor.remember(SECRET)
    return CrashReports(tmp_path, redactor)


@pytest.fixture
def watch(reports: CrashReports) -> Iterator[CrashWatch]:
    watch = CrashWatch(reports, hard_crashes=False)
    yield watch
    watch.close()


def fail(text: str = f"{SECRET} of {NAME}") -> None:
    raise ValueError(text)


def log_defect(logger: logging.Logger = LOG, **named: object) -> None:
    try:
        fail()
    except ValueError as error:
        logger.critical("it failed", exc_info=error, **named)  # type: ignore[arg-type]


def only(reports: CrashReports) -> CrashReport:
    (report,) = reports.all()
    return report


def test_a_defect_leaves_a_report_without_secrets_and_values(
    reports: CrashReports, watch: CrashWatch, tmp_path: Path
) -> None:
    log = start_logging(tmp_path, redactor=Redactor())  # even if the log held the secret
    LOG.warning("using %s", SECRET)
    log_defect()
    log.close()
    report = only(reports)
    text = report.path.read_text()
    assert text.startswith(WENT_ON)
    assert not report.stopped
    assert "ValueError" in text
    assert "test_crash_reports.py" in text
    assert f"using {HIDDEN}" in text  # the log's last lines
    assert SECRET not in text
    assert NAME not in text
    assert "Version" in text
    if os.name == "posix":
        assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(reports.folder.stat().st_mode) == 0o700


def test_what_was_expected_leaves_none(reports: CrashReports, watch: CrashWatch) -> None:
    expected = StoreError("The disk is full", "There is no room.", "Make room.")
    LOG.error("told", exc_info=expected)
    LOG.error("no exception at all")
    LOG.warning("a warning", exc_info=ValueError())
    LOG.error("interrupted", exc_info=KeyboardInterrupt())
    logging.getLogger("asyncio").error("lost", exc_info=ConnectionResetError())
    logging.getLogger("httpcore").error("not ours", exc_info=ValueError())
    assert reports.all() == []


def test_both_loops_tell_of_defects(reports: CrashReports, watch: CrashWatch) -> None:
    log_defect(logging.getLogger("asyncio"))
    log_defect(logging.getLogger("qasync._QEventLoop"))
    text = only(reports).path.read_text()
    assert "asyncio ---" in text
    assert "qasync._QEventLoop ---" in text


def test_a_task_of_the_engine_that_fails_leaves_one(
    reports: CrashReports, watch: CrashWatch
) -> None:
    async def work() -> None:
        fail()

    async def story() -> None:
        told = asyncio.Event()
        supervisor = Supervisor(LocalClock(time.time), lambda event: told.set())
        supervisor.watch("feeds", work)
        await told.wait()
        await supervisor.stop(0)

    asyncio.run(story())
    text = only(reports).path.read_text()
    assert "sfsync_gui.engine.tasks ---" in text
    assert NAME not in text


def test_one_run_leaves_one_report_of_some_failures(
    reports: CrashReports, watch: CrashWatch
) -> None:
    for _ in range(FAILURES * 10):
        log_defect()
    text = only(reports).path.read_text()
    assert text.count("\nValueError\n") == FAILURES
    assert len(text) < SIZE


def test_a_defect_that_ends_the_program_is_told_as_such(
    reports: CrashReports, watch: CrashWatch
) -> None:
    log_defect()
    log_defect(extra=ENDS)
    report = only(reports)
    assert report.stopped
    assert report.path.read_text().startswith(STOPPED)


def test_reports_are_few_and_small(reports: CrashReports) -> None:
    for number in range(MOST + 5):
        assert reports.write(run_name(number * 1000.0, 7), f"{WENT_ON}\n" + "x" * 3 * SIZE)
        path = reports.folder / f"new-crash-{run_name(number * 1000.0, 7)}.txt"
        os.utime(path, (number * 1000.0, number * 1000.0))
    found = reports.all()
    assert len(found) == MOST
    assert found[0].path.name.endswith(f"{run_name((MOST + 4) * 1000.0, 7)}.txt")
    assert all(report.path.stat().st_size <= SIZE for report in found)


def test_a_report_is_offered_once_and_can_be_discarded(reports: CrashReports) -> None:
    assert reports.take_new() is None
    reports.write(run_name(1000.0, 1), f"{WENT_ON}\n{SECRET}")
    reports.write(run_name(2000.0, 2), f"{STOPPED}\n")
    offered = reports.take_new()
    assert offered is not None
    assert offered.path.exists()
    assert reports.take_new() is None
    assert len(reports.all()) == 2
    assert SECRET not in reports.text(offered)
    reports.discard(offered)
    assert offered.path not in [report.path for report in reports.all()]
    assert reports.text(offered).startswith("The report cannot be read")


def test_trouble_while_a_report_is_written_makes_no_more_trouble(
    reports: CrashReports, watch: CrashWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def fail_again(error: BaseException) -> str:
        calls.append(type(error).__name__)
        log_defect()  # a defect within the report of a defect
        raise RuntimeError("and it fails, too")

    monkeypatch.setattr(crash_watch, "stack_of", fail_again)
    for _ in range(3):
        log_defect()
    assert calls == ["ValueError"] * 3
    assert reports.all() == []


def test_a_full_disk_leaves_no_half_report_and_no_loop(
    reports: CrashReports, watch: CrashWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        with open("/dev/full", "wb", buffering=0) as file:
            file.write(content)

    monkeypatch.setattr(crash_reports, "write_private", full)
    log_defect()
    assert reports.all() == []
    monkeypatch.undo()  # somebody made room
    log_defect()
    assert only(reports).path.read_text().count("\nValueError\n") == 2


READ_ONLY = """
import logging, os, sys
from pathlib import Path
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.crash_watch import CrashWatch
os.setuid(65534) if os.getuid() == 0 else None
reports = CrashReports(Path(sys.argv[1]))
watch = CrashWatch(reports)
for _ in range(3):
    logging.getLogger("sfsync_gui").error("failed", exc_info=ValueError())
assert reports.take_new() is None
watch.close()
print("went on")
"""


def test_a_read_only_folder_is_no_trouble(tmp_path: Path) -> None:
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
    assert list(folder.iterdir()) == []


HARD = """
import logging, os, sys
from pathlib import Path
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.crash_watch import CrashWatch
watch = CrashWatch(CrashReports(Path(sys.argv[1])))
if "early" not in sys.argv:
    watch.introduce()
if "first" in sys.argv:
    logging.getLogger("sfsync_gui").error("failed", exc_info=ValueError())
os.abort() if "abort" in sys.argv else os._exit(0)
"""


def run_hard(folder: Path, *words: str) -> int:
    command = [sys.executable, "-c", HARD, str(folder), *words]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode


def test_a_hard_crash_becomes_a_report_at_the_next_start(reports: CrashReports) -> None:
    folder = reports.folder.parent
    assert run_hard(folder, "abort") != 0
    assert reports.all() == []
    (left,) = reports.folder.iterdir()
    reports.gather(lambda: "the log")
    report = only(reports)
    assert not left.exists()
    assert report.stopped
    assert report.is_new
    text = report.path.read_text()
    assert "Fatal Python error: Aborted" in text
    assert "Version" in text
    assert text.endswith("the log")


def test_a_hard_crash_before_it_could_say_what_it_is_becomes_one_too(
    reports: CrashReports,
) -> None:
    assert run_hard(reports.folder.parent, "early", "abort") != 0
    reports.gather(lambda: "")
    report = only(reports)
    assert report.stopped
    assert "Fatal Python error: Aborted" in report.path.read_text()


def test_a_run_that_failed_before_its_hard_crash_leaves_one_report(reports: CrashReports) -> None:
    assert run_hard(reports.folder.parent, "first", "abort") != 0
    reports.gather(lambda: "")
    text = only(reports).path.read_text()
    assert "Fatal Python error: Aborted" in text
    assert "ValueError" in text


def test_a_program_that_was_killed_leaves_no_report(reports: CrashReports) -> None:
    assert run_hard(reports.folder.parent) == 0
    assert len(list(reports.folder.iterdir())) == 1
    reports.gather(lambda: "")
    assert list(reports.folder.iterdir()) == []


def test_a_program_that_ends_as_it_should_leaves_nothing(tmp_path: Path) -> None:
    watch = "watch = CrashWatch(CrashReports(Path(sys.argv[1])))"
    program = [*HARD.splitlines()[1:5], watch, "watch.introduce()", "watch.close()"]
    command = [sys.executable, "-c", "\n".join(program), str(tmp_path)]
    subprocess.run(command, check=True, timeout=30)
    assert list((tmp_path / crash_reports.FOLDER).iterdir()) == []


def test_nonsense_in_the_folder_is_left_alone(reports: CrashReports) -> None:
    reports.folder.mkdir()
    (reports.folder / "notes.txt").write_text("mine")
    (reports.folder / "running-x.txt").write_bytes(b"\xff\xfe" + FATAL_FOLLOWS.encode() + b"\xff")
    (reports.folder / "running-y.txt").mkdir()
    reports.gather(lambda: "")
    assert reports.all() == []
    assert (reports.folder / "notes.txt").read_text() == "mine"
