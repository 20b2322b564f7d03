"""`sfsync run`: its life as a process, and the commands that reach it while it runs."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.marks import BULK_PROMISED
from sfsync_gui.engine.storage import GuardHold
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.store.locks import WriterLock
from tests.support.command_line import (
    ROWS,
    Program,
    Services,
    document,
    sfsync,
)
from tests.support.stored_profile import in_store

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals are not sent to one process there"
)


@pytest.fixture
def folder(world: Services, environment: dict[str, str], tmp_path: Path) -> Path:
    """A profile with a person who is linked, and two rows."""
    world.someone("ada@x.example", "Ada Lovelace", Phone="+64 1")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ROWS)
    profile = tmp_path / "profile"
    for command in (
        ("settings", "set", "intercom-interval", "2s"),
        ("mapping", "import", str(mapping)),
        ("sync", "--once"),
    ):
        done = sfsync(*command, folder=profile)
        assert done.exit_code == 0, done.output
    return profile


def ids(folder: Path) -> tuple[str, str]:
    link = document("links", "list", folder=folder)[0]
    return link["intercom_id"], link["salesforce_id"]


def running(folder: Path, environment: dict[str, str], *options: str) -> Program:
    return Program.start("run", *options, folder=folder, environment=environment)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_syncs_until_a_signal_and_says_what_it_does(
    number: int, world: Services, folder: Path, environment: dict[str, str]
) -> None:
    contact, record = ids(folder)
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        assert document("status", folder=folder)["running"]["pid"] == program.process.pid
        time.sleep(1)  # the services' times have whole seconds
        world.do(lambda: world.intercom.edit_contact(contact, phone="+64 2"))
        program.wait_for("Ada Lovelace: Business Phone  +64 1 → +64 2   Intercom → Salesforce")
        program.process.send_signal(number)
        code, output = program.ended(15)
    assert code == 0, output
    assert "Stopped. The next start goes on here." in output
    stored = world.do(lambda: world.salesforce.record(record))
    assert stored is not None
    assert stored["Phone"] == "+64 2"
    state = document("status", folder=folder)
    assert state["running"] is None
    assert state["sides"]["intercom"]["condition"] == "ready"
    assert state["sides"]["intercom"]["checked_at"] > 0


def test_each_line_is_json_where_that_is_wanted(folder: Path, environment: dict[str, str]) -> None:
    with running(folder, environment, "--json") as program:
        program.wait_for('"running"')
        program.process.send_signal(signal.SIGTERM)
        code, output = program.ended(15)
    assert code == 0
    told = [json.loads(line)["event"] for line in output.splitlines()]
    assert told[0] == "profile"
    assert told[-1] == "stopped"


def test_it_waits_for_a_service_that_does_not_answer_yet(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    world.do(lambda: world.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, times=6)))
    with running(folder, environment) as program:
        program.wait_for("Tried again by itself until it works.")
        program.wait_for("Running; Ctrl-C ends it")
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0


def test_a_signal_ends_the_waiting_too(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    world.do(lambda: world.salesforce.faults.arm(Fault(FaultKind.SERVER_ERROR, times=1000)))
    with running(folder, environment) as program:
        program.wait_for("Tried again by itself until it works.")
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0


def test_it_reconnects_after_an_outage(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    contact, _ = ids(folder)
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        world.do(lambda: world.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, times=40)))
        program.wait_for("Intercom: ")
        world.do(world.intercom.faults.clear)
        world.do(lambda: world.intercom.edit_contact(contact, phone="+64 3"))
        program.wait_for("Intercom answers again", 60)
        program.wait_for("→ +64 3", 60)
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0


def test_it_ends_where_only_a_person_can_help(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        world.do(world.intercom.revoke_token)
        code, output = program.ended(30)
    assert code == ExitCode.SIGNED_OUT, output
    assert "Traceback" not in output
    state = document("status", folder=folder)["sides"]["intercom"]
    assert state["condition"] == "signed_out"
    assert state["message"]
    told = sfsync("status", folder=folder).output
    assert "signed out since" in told


def test_a_second_process_is_told_which_one_has_the_profile(
    folder: Path, environment: dict[str, str]
) -> None:
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        for command in (("run",), ("sync", "--once"), ("disconnect", "intercom")):
            done = sfsync(*command, folder=folder)
            assert done.exit_code == ExitCode.IN_USE, done.output
            assert f"Process {program.process.pid} (sfsync run, since" in done.output
            assert "It goes on where it was" in done.output


# ---------------------------------------------------------------------- orders to the one that runs


def test_pausing_the_one_that_runs(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    contact, _ = ids(folder)
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        assert sfsync("pause", folder=folder).exit_code == 0
        assert document("status", folder=folder)["paused"] is True
        time.sleep(1)
        world.do(lambda: world.intercom.edit_contact(contact, phone="+64 4"))
        before = world.do(lambda: world.intercom.log.count())
        time.sleep(4)
        assert world.do(lambda: world.intercom.log.count()) == before
        assert sfsync("resume", folder=folder).exit_code == 0
        program.wait_for("→ +64 4")
    assert [one.name for one in (folder / "orders").iterdir()] in ([], ["bell"])


def test_a_pause_outlives_a_restart(folder: Path, environment: dict[str, str]) -> None:
    assert sfsync("pause", folder=folder).exit_code == 0
    done = sfsync("sync", "--once", folder=folder)
    assert done.exit_code == 0
    assert "paused" in done.output
    with running(folder, environment) as program:
        assert "Paused: `sfsync resume`." in program.wait_for("Running; Ctrl-C ends it")
    assert sfsync("resume", folder=folder).exit_code == 0
    assert "paused" not in sfsync("sync", "--once", folder=folder).output


def test_people_errors_mapping_and_settings_reach_the_one_that_runs(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    contact, record = ids(folder)
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        time.sleep(1)
        world.do(lambda: world.intercom.edit_contact(contact, phone="9" * 60))
        program.wait_for("longer than 40 characters")
        (error,) = document("errors", "list", folder=folder)
        assert document("errors", "retry", str(error["id"]), folder=folder) == {
            "marked": 1,
            "left": 0,
        }
        link = document("links", "list", folder=folder)[0]["id"]
        assert sfsync("links", "unlink", str(link), folder=folder).exit_code == 0
        program.wait_for("unlinked by hand")
        assert document("links", "list", folder=folder) == []
        assert sfsync("links", "link", contact, record, folder=folder).exit_code == 0
        program.wait_for("linked by hand")
        added = document(
            "mapping", "add", "custom_attributes.job", "--direction", "to_salesforce",
            "--lead", "Title", folder=folder,
        )  # fmt: skip
        assert (added["applied"], len(added["added"])) == (True, 1)
        changed = document("settings", "set", "salesforce-interval", "2 min", folder=folder)
        assert changed == {"salesforce_interval": "2 min", "changed": True}
        refused = sfsync("links", "unlink", "999", folder=folder)
        assert refused.exit_code == ExitCode.ERRORS_OPEN
        assert "no link with the number 999" in refused.output


def test_a_bulk_sync_is_done_by_the_one_that_runs(
    folder: Path, environment: dict[str, str]
) -> None:
    # A difference from before the linking, which no change ever touches.
    assert document("bulk", "preview", folder=folder)["to_intercom"] == 1
    with running(folder, environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        assert sfsync("bulk", "start", "--yes", folder=folder).exit_code == 0
        program.wait_for("Bulk sync: 1 value written to Intercom")
    assert document("bulk", "status", folder=folder)["state"] == "done"


def test_an_order_that_nobody_takes_is_withdrawn(folder: Path) -> None:
    # Something has the profile open that takes no orders.
    lock = WriterLock(database_path(folder))
    try:
        done = sfsync("pause", folder=folder)
    finally:
        lock.release()
    assert done.exit_code == ExitCode.IN_USE
    assert [one.name for one in (folder / "orders").iterdir()] in ([], ["bell"])
    assert document("status", folder=folder)["paused"] is False


# ---------------------------------------------------------------------- bulk sync in the foreground


def test_the_dry_run_that_the_first_run_owes_is_told_until_it_was_looked_at(folder: Path) -> None:
    in_store(folder, lambda unit: unit.state.put_mark(BULK_PROMISED, 1.0))
    assert "its dry run: `sfsync bulk preview`" in sfsync("status", folder=folder).output
    (row_id, *_) = [row["id"] for row in document("mapping", "list", folder=folder)]
    document("bulk", "preview", "--row", row_id, folder=folder)
    assert document("status", folder=folder)["bulk_is_promised"]
    document("bulk", "preview", folder=folder)
    assert not document("status", folder=folder)["bulk_is_promised"]
    assert "dry run" not in sfsync("status", folder=folder).output


def test_a_bulk_sync_stays_until_it_is_done(world: Services, folder: Path) -> None:
    contact, _ = ids(folder)
    refused = sfsync("bulk", "start", told="n\n", folder=folder)
    assert refused.exit_code == ExitCode.STOPPED
    assert "1 value would be written to Intercom" in refused.output
    assert "Ada Lovelace in Intercom: Phone  (blank) → +64 1" in refused.output
    assert document("bulk", "status", folder=folder) is None
    done = sfsync("bulk", "start", told="y\n", folder=folder)
    assert done.exit_code == 0, done.output
    assert "is done: 1 of 1 linked record" in done.output
    stored = world.do(lambda: world.intercom.contact(contact))
    assert stored is not None
    assert stored["phone"] == "+64 1"
    again = sfsync("bulk", "start", folder=folder)
    assert again.exit_code == 0
    assert "All is in line already" in again.output


def test_a_bulk_sync_that_is_stopped_goes_on_later(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    world.do(lambda: world.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, "PUT", times=1000)))
    with Program.start("bulk", "start", "--yes", folder=folder, environment=environment) as program:
        end = time.monotonic() + 20
        while (document("bulk", "status", folder=folder) or {}).get("state") != "running":
            assert time.monotonic() < end
            assert program.process.poll() is None, program.ended()
        program.process.send_signal(signal.SIGTERM)
        code, output = program.ended(20)
    assert code in (0, ExitCode.STOPPED), output
    assert "Traceback" not in output
    world.do(world.intercom.faults.clear)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    resumed = sfsync("bulk", "resume", folder=folder)
    assert resumed.exit_code in (0, ExitCode.ERRORS_OPEN), resumed.output
    assert document("bulk", "status", folder=folder)["state"] == "done"
    assert document("bulk", "preview", folder=folder)["to_intercom"] == 0


def test_a_row_that_is_not_there(folder: Path) -> None:
    done = sfsync("bulk", "preview", "--row", "nope", folder=folder)
    assert done.exit_code == ExitCode.ERRORS_OPEN
    assert "no active row nope" in done.output


def test_held_changes_are_given_up_with_both_services_at_hand(folder: Path) -> None:
    contact, record = ids(folder)
    hold = GuardHold("rewritten", "held", 1_790_000_000, frozenset({f"{contact}:{record}"}))
    number = str(in_store(folder, lambda unit: unit.state.put_hold(hold)).id)
    done = sfsync("holds", "drop", number, folder=folder)
    assert done.exit_code == 0, done.output
    assert "the values of 1 linked record stay as they are" in done.output
    assert document("holds", "list", folder=folder) == []
