"""Files are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sfsync_gui.desktop.whole_files import write_whole

FULL_DISK = """
import resource, sys
from pathlib import Path
from sfsync_gui.desktop.whole_files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), "new" * 10_000)
except OSError as failure:
    print(failure.strerror)
"""


def test_a_text_takes_the_place_of_what_stood_there(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    for text in ("first", "Zoë 🦊"):
        write_whole(file, text)
        assert file.read_text("utf-8") == text
    assert os.listdir(tmp_path) == [file.name]


@pytest.mark.skipif(sys.platform == "win32", reason="the limit stands for a full disk")
def test_where_there_is_no_room_what_stood_there_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text("what stood there")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "File too large\n"
    assert file.read_text() == "what stood there"
    assert os.listdir(tmp_path) == [file.name]


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "kept.toml", tmp_path / "mapping.toml"
    file.write_text("old")
    link.symlink_to(file)
    write_whole(link, "new")
    assert file.read_text() == "new"
    assert link.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_written_in_its_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "text")
    reader.join(10)
    assert read == ["text"]
    assert pipe.is_fifo()
