"""What nobody wishes to meet: odd people, odd answers, no room, no rights, and far too many."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.sandbox.clock import WallClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from tests.support.command_line import (
    SFSYNC,
    Program,
    Services,
    document,
    services,
    sfsync,
)
from tests.support.multitude import PAGE, PEOPLE, Multitude
from tests.support.stranger import stranger

posix = pytest.mark.skipif(os.name != "posix", reason="resource limits and users are POSIX's")

NAMES = """
format = 1

[[row]]
intercom = "name"
direction = "to_salesforce"
lead = "LastName"
contact = "LastName"
"""
LONG = "Wolfe" * 60
"""300 characters."""
STRANGE = {
    "long@x.example": LONG,
    "fox@x.example": "Zoë 🦊👩‍👩‍👧 Winter",
    "right@x.example": "نور \u202eالهدى\u202c יעל",
    "nul@x.example": "Nul\x00 \x1b[2JBell\x07",
    "plain@x.example": "Ada Lovelace",
}
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def world() -> Iterator[Services]:
    with services() as served:
        yield served


@pytest.fixture
def environment(world: Services, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    named = world.environment()
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return named


@pytest.fixture
def folder(environment: dict[str, str], tmp_path: Path) -> Path:
    return tmp_path / "profile"


# ---------------------------------------------------------------------- odd people


def test_strange_names_are_synced_or_told_and_stop_nobody(world: Services, folder: Path) -> None:
    people = {email: world.someone(email, "Before") for email in STRANGE}
    assert sfsync("mapping", "import", "-", told=NAMES, folder=folder).exit_code == 0
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    time.sleep(1)  # the services' times have whole seconds
    for email, name in STRANGE.items():
        world.do(
            lambda who=people[email][0], name=name: world.intercom.edit_contact(  # type: ignore[misc]
                who, name=name
            )
        )
    synced = sfsync("sync", "--once", folder=folder)
    assert synced.exit_code == ExitCode.ERRORS_OPEN, synced.output

    def last_name(email: str) -> str:
        record = world.do(lambda: world.salesforce.record(people[email][1]))
        assert record is not None
        return str(record["LastName"])

    (error,) = document("errors", "list", folder=folder)
    assert error["intercom_id"] == people["long@x.example"][0]
    assert error["code"] == "too_long"
    assert "80 characters" in error["message"]
    assert last_name("long@x.example") == "Smith"
    assert last_name("plain@x.example") == "Ada Lovelace"
    assert last_name("fox@x.example") == STRANGE["fox@x.example"]
    assert last_name("right@x.example") == STRANGE["right@x.example"]
    assert "\x1b" not in last_name("nul@x.example")
    # Nobody is lost, and nothing reaches the terminal that could steer it.
    assert document("status", folder=folder)["links"] == len(STRANGE)
    commands = (
        ("links", "list"),
        ("history",),
        ("errors", "list"),
        ("errors", "show", str(error["id"])),
        ("status",),
        *(("links", "show", str(link["id"])) for link in document("links", "list", folder=folder)),
    )
    for command in commands:
        for options in ((), ("--json",)):
            done = sfsync(*command, *options, folder=folder)
            assert done.exit_code == 0, done.output
            assert _UNSAFE.search(done.stdout) is None, command
    again = sfsync("sync", "--once", folder=folder)
    assert "0 values written to Salesforce, 0 values to Intercom" in again.output
    world.do(lambda: world.intercom.edit_contact(people["long@x.example"][0], name="Short"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert last_name("long@x.example") == "Short"
    assert document("errors", "list", folder=folder) == []


def test_a_search_for_something_strange(world: Services, folder: Path) -> None:
    world.someone("ada@x.example", "Ada")
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    for text in ("\x1b[2J", "' OR 1=1 --", "%", "x" * 10_000, "🦊", "\u202e"):
        done = sfsync("links", "list", "--search", text, folder=folder)
        assert done.exit_code == 0, done.output
        assert _UNSAFE.search(done.stdout) is None
        assert sfsync("history", "--person", text, folder=folder).exit_code == 0


# ---------------------------------------------------------------------- odd answers

_PAGE = "<html><title>Sign in to the hotel's network</title></html>"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, _PAGE, ExitCode.UNREACHABLE),
        (502, _PAGE, ExitCode.UNREACHABLE),
        (403, _PAGE, ExitCode.UNREACHABLE),
        (200, "[1, 2", ExitCode.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("variable", ["SFSYNC_INTERCOM_URL", "SFSYNC_SALESFORCE_URL"])
def test_an_answer_that_is_not_the_services(
    variable: str,
    status: int,
    body: str,
    code: int,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stranger(status, body, "text/html") as url:
        monkeypatch.setenv(variable, url)
        done = sfsync("sync", "--once", folder=folder)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    assert "hotel" not in done.output
    assert len(done.output.strip().splitlines()) <= 4


def test_a_profile_of_other_accounts(
    world: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    with services(app_id="other777", intercom_token="dG9rOnNlY29uZA00") as other:
        monkeypatch.setenv("SFSYNC_INTERCOM_URL", other.intercom_url)
        monkeypatch.setenv("SFSYNC_INTERCOM_TOKEN", other.token)
        done = sfsync("sync", "--once", folder=folder)
    assert done.exit_code == ExitCode.SETUP
    assert "nw5x2k7q" in done.output
    assert "other777" in done.output


# ---------------------------------------------------------------------- too many


def test_two_million_rows_are_read_page_by_page(tmp_path: Path) -> None:
    clock = WallClock()
    intercom, salesforce = IntercomSandbox(clock), SalesforceSandbox(clock)
    crowd = Multitude(salesforce.app)
    server = LoopbackServer({"intercom": intercom.app, "salesforce": crowd})
    server.start()
    try:
        world = Services(intercom, salesforce, server)
        environment = world.environment()
        with Program.start("sync", "--once", folder=tmp_path, environment=environment) as program:
            memory = []
            for pages in (4, 12, 20):
                _wait_for_pages(program, crowd, pages)
                memory.append(_memory_of(program.process.pid))
            # What was read is stored and let go of: more pages take no more memory.
            assert max(memory) - memory[0] < 40, memory
            program.process.send_signal(signal.SIGINT)
            code, output = program.ended(20)
        assert code == ExitCode.STOPPED, output
        # Of a thousand pages only those were asked for that were looked at.
        assert crowd.served < PEOPLE // PAGE // 4
        assert sfsync("status", folder=tmp_path).exit_code == 0
        counted = document("status", folder=tmp_path)["people"]["salesforce.Lead"]
        assert counted >= 18 * PAGE
    finally:
        server.stop()


def _wait_for_pages(program: Program, crowd: Multitude, pages: int) -> None:
    end = time.monotonic() + 120
    while crowd.served < pages:
        assert program.process.poll() is None, program.ended()
        assert time.monotonic() < end, crowd.served
        time.sleep(0.02)


def _memory_of(pid: int) -> float:
    """The memory that a process holds, in megabytes."""
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(told.stdout) / 1024


# ---------------------------------------------------------------------- no room, no rights


@posix
def test_without_room_on_the_disk_nothing_is_lost(
    world: Services, environment: dict[str, str], folder: Path
) -> None:
    """A limit on the size of files is the full disk that every system can make."""
    for number in range(400):
        world.someone(f"person{number}@x.example", f"Person {number}", Description="x" * 200)
    assert sfsync("settings", "set", "api-cap", "5000", folder=folder).exit_code == 0
    room = database_path(folder).stat().st_size + 24 * 1024

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [*SFSYNC, "sync", "--once", "--data-dir", str(folder)],
        env={**os.environ, **environment},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == ExitCode.SETUP, done.stdout + done.stderr
    assert "database" in done.stderr
    assert "Traceback" not in done.stderr
    assert document("settings", "get", "api_cap", folder=folder) == {"api_cap": "5,000"}
    synced = sfsync("sync", "--once", folder=folder)
    assert synced.exit_code == 0, synced.output
    assert document("status", folder=folder)["links"] == 400


_AS_NOBODY = """
import json, os, sys
from typer.testing import CliRunner
from sfsync_gui.cli.main import application

def run(folder):
    for command in json.loads(sys.argv[3]):
        done = CliRunner().invoke(application, [*command, "--data-dir", folder])
        yield done.exit_code, done.stdout, done.stderr

list(run(sys.argv[1]))  # loads what nobody may not be able to
if os.getuid() == 0:
    os.setuid(65534)
print(json.dumps(list(run(sys.argv[2]))))
"""
_WRITING = (("sync", "--once"), ("settings", "set", "api-cap", "600"), ("pause",))
_LOOKING = (("settings", "get", "api-cap"), ("status",), ("links", "list"))


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that others may enter; pytest keeps its own to itself."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@posix
def test_a_folder_that_may_only_be_read(
    environment: dict[str, str], common: Path, tmp_path: Path
) -> None:
    folder = common / "profile"
    assert sfsync("settings", "set", "api-cap", "5000", folder=folder).exit_code == 0
    content = database_path(folder).read_bytes()
    database_path(folder).chmod(0o444)
    folder.chmod(0o555)
    commands = json.dumps([*_WRITING, *_LOOKING])
    try:
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(tmp_path / "own"), str(folder), commands],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        told = json.loads(done.stdout)
    finally:
        folder.chmod(0o700)
    for code, _, error in told[: len(_WRITING)]:
        assert code == ExitCode.SETUP, error
        assert "may not be written" in error
    for code, _, error in told[len(_WRITING) :]:
        assert (code, error) == (0, "")
    assert "5,000" in told[len(_WRITING)][1]
    assert database_path(folder).read_bytes() == content


@pytest.mark.parametrize("command", [("sync", "--once"), ("run",), ("pause",)])
def test_a_folder_that_cannot_be(
    command: tuple[str, ...], environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = sfsync(*command, folder=tmp_path / "file" / "profile")
    assert done.exit_code == ExitCode.SETUP, done.output
    assert "Traceback" not in done.output


def test_a_terminal_without_the_characters(
    environment: dict[str, str], world: Services, folder: Path
) -> None:
    world.someone("fox@x.example", STRANGE["fox@x.example"])
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    for command in (("links", "list"), ("links", "list", "--json"), ("history",)):
        done = subprocess.run(
            [*SFSYNC, *command, "--data-dir", str(folder)],
            env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""


def test_a_reader_that_goes_away(world: Services, folder: Path) -> None:
    """`sfsync links list | head -1`: the pipe closes, and no traceback is printed."""
    for number in range(30):
        world.someone(f"p{number}@x.example", f"Person {number}")
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    listing = f"{sys.executable} -m sfsync_gui links list --data-dir {folder}"
    done = subprocess.run(
        ["sh", "-c", f"{listing} | head -1"], capture_output=True, text=True, check=False
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
