"""Reading the log from its end: nothing twice, nothing lost, however it grows and rotates."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sfsync_gui.desktop import log_tail, logs
from sfsync_gui.desktop.log_tail import (
    CHUNK,
    LINES_MISSING,
    LogEntry,
    LogFilter,
    LogTail,
    last_text,
)
from sfsync_gui.desktop.logs import Log, start_logging
from sfsync_gui.desktop.redaction import HIDDEN, Redactor

LOG = logging.getLogger("sfsync_gui.somewhere")
SECRET = "very-secret-0815-value"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(logs, "SIZE", 20_000)
    log = start_logging(tmp_path, redactor=Redactor())
    yield log
    log.close()


def line(number: int, level: str = "INFO", text: str = "") -> str:
    return (
        f"2026-11-29 02:00:00,{number % 1000:03} {level} MainThread sfsync_gui.x: {number} {text}\n"
    )


def numbers(entries: list[LogEntry]) -> list[int]:
    return [int(entry.text.split(": ")[1].split()[0]) for entry in entries]


def read_all(read: Callable[[], list[LogEntry]]) -> list[LogEntry]:
    found: list[LogEntry] = []
    while entries := read():
        found[:0] = entries
    return found


def test_a_long_log_is_read_backwards_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text("".join(line(n, text="x" * 200) for n in range(5000)))
    tail = LogTail(path)
    first = tail.older()
    assert 0 < len(first) <= CHUNK // 200
    assert numbers(first)[-1] == 4999
    assert numbers(read_all(tail.older)) == list(range(numbers(first)[0]))
    assert not tail.has_older
    assert tail.older() == []


def test_the_end_of_ten_megabytes_costs_as_much_as_that_of_one(tmp_path: Path) -> None:
    costs = []
    for lines in (5_000, 50_000):
        path = tmp_path / f"{lines}.log"
        path.write_text("".join(line(n, text="x" * 150) for n in range(lines)))
        before = time.process_time()
        for _ in range(5):
            LogTail(path).older()
        costs.append(time.process_time() - before)
    assert path.stat().st_size > 10_000_000
    assert costs[1] < 3 * costs[0]


def test_records_of_several_lines_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    trace = "Traceback:\n" + "  more\n" * 3000
    path.write_text("".join(line(n, "ERROR") + trace for n in range(20)))
    tail = LogTail(path)
    entries = read_all(tail.older)
    assert numbers(entries) == list(range(20))
    assert {entry.level for entry in entries} == {logging.ERROR}
    assert all(entry.text.count("more") == 3000 for entry in entries)


def test_one_endless_line_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_tail, "CHUNK", 1000)
    monkeypatch.setattr(log_tail, "_LARGEST", 4000)
    path = tmp_path / "sfsync.log"
    path.write_text(line(1) + "#" * 50_000 + "\n" + line(2))
    entries = read_all(LogTail(path).older)
    assert sum(entry.text.count("#") for entry in entries) == 50_000
    assert numbers([entries[0], entries[-1]]) == [1, 2]


def test_new_lines_come_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text(line(1))
    tail = LogTail(path)
    assert numbers(tail.older()) == [1]
    assert tail.newer() == []
    with path.open("a") as file:
        file.write(line(2) + line(3)[:20])
        file.flush()
        assert numbers(tail.newer()) == [2]
        file.write(line(3)[20:])
        file.flush()
        assert numbers(tail.newer()) == [3]
    assert tail.newer() == []


def test_a_log_that_comes_later_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    tail = LogTail(path)
    assert not tail.has_older
    assert tail.newer() == []
    path.write_text(line(1))
    assert numbers(tail.newer()) == [1]
    path.write_text("")  # somebody emptied it
    assert tail.newer() == []
    path.write_text(line(7))
    assert numbers(tail.newer()) == [7]


def test_following_goes_on_over_rotations(log: Log) -> None:
    LOG.info("%d", 0)
    tail = LogTail(log.path)
    seen = numbers(tail.older())
    for number in range(1, 400):
        LOG.info("%d %s", number, "x" * 100)
        if number % 37 == 0:
            seen += numbers(tail.newer())
    seen += numbers(tail.newer())
    assert Path(f"{log.path}.2").exists()
    assert seen == list(range(400))


def test_where_it_was_replaced_too_often_it_says_so_and_goes_on_with_what_is_left(
    log: Log,
) -> None:
    LOG.info("%d", 0)
    tail = LogTail(log.path, wanted=LogFilter(logging.ERROR, ("nowhere",)))
    everything = LogTail(log.path)
    for number in range(1, 700):
        LOG.info("%d %s", number, "x" * 100)
    first, *others = everything.newer()
    assert first is LINES_MISSING
    seen = numbers(others)
    assert seen == list(range(seen[0], 700))
    kept = [Path(f"{log.path}{suffix}").read_text() for suffix in (".2", ".1", "")]
    assert len(seen) == "".join(kept).count("\n")
    assert everything.newer() == []
    assert tail.newer() == [LINES_MISSING]  # whatever is looked for


def test_another_file_by_the_same_number_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text(line(1))
    tail = LogTail(path)
    path.write_text(line(2) + line(3))  # as where the number of a deleted file is used again
    assert numbers(tail.newer()) == [2, 3]


def test_reading_back_goes_on_over_files_and_over_a_rotation_meanwhile(log: Log) -> None:
    for number in range(300):
        LOG.info("%d %s", number, "x" * 100)
    tail = LogTail(log.path)
    seen = numbers(tail.older())
    for _ in range(100):
        LOG.info("%d %s", -1, "y" * 100)
    seen = numbers(read_all(tail.older)) + seen
    assert seen == list(range(seen[0], 300))
    assert len(seen) > 150  # of the newest file, and of the one that was not dropped


def test_what_is_shown_is_cleaned_again(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text(line(1, text=f"{SECRET} ada@example.com"))
    redactor = Redactor()
    redactor.remember(SECRET)
    (entry,) = LogTail(path, redactor).older()
    assert SECRET not in entry.text
    assert HIDDEN in entry.text
    assert "ada@" not in entry.text


def test_a_log_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        LogTail(path).older()
    assert last_text(path, 100) == ""


def test_a_log_that_is_gone_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text(line(1))
    tail = LogTail(path)
    path.unlink()
    assert tail.older() == []
    assert tail.newer() == []


def test_the_last_lines_begin_with_a_whole_record(tmp_path: Path) -> None:
    path = tmp_path / "sfsync.log"
    path.write_text("".join(line(n) for n in range(100)))
    text = last_text(path, 1000)
    assert text.startswith("2026-11-29")
    assert text.endswith(line(99))
    assert len(text) <= 1000
    assert last_text(tmp_path / "none.log", 10) == ""
    path.write_text("not of our making\n")
    assert last_text(path, 1000) == ""
