"""The command line as real processes against the simulated services on real sockets."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.cli.serving import served_environment

SFSYNC = (sys.executable, "-m", "sfsync_gui")
NO_ACCOUNTS = {name: value for name, value in os.environ.items() if not name.startswith("SFSYNC_")}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SFSYNC, *arguments],
        env=NO_ACCOUNTS | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def served() -> Iterator[ServedWorld]:
    with served_world(seed=1, speed=1, pace=1000) as world:
        yield world


def test_the_demo_runs_and_both_sides_agree() -> None:
    ended = run("demo", "--headless", "--minutes", "3", "--speed", "60", "--json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    told = events(ended.stdout)
    changes = [one for one in told if one["event"] == "change"]
    written = {one["side"] for one in changes if one["kind"] == "written"}
    assert written == {"intercom", "salesforce"}
    assert any(one["kind"] == "linked" for one in changes)
    summary = told[-1]
    assert summary["event"] == "summary"
    assert summary["changes"]["to_intercom"] > 0
    assert summary["changes"]["to_salesforce"] > 0
    assert summary["closing_check"]["unexplained"] == []
    assert summary["closing_check"]["linked"] > 30
    assert summary["calls"]["salesforce"]["feed"] > 0
    assert not any(one["event"] in ("side", "task_failed", "held") for one in told)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not sent to one process there")
def test_ctrl_c_ends_the_demo_with_its_summary(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*SFSYNC, "demo", "--headless", "--data-dir", str(tmp_path)],
        env=NO_ACCOUNTS,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            if "Bulk sync" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = output.read()
    process.wait(60)
    assert "Changes   " in rest
    assert "Check     " in rest
    assert (tmp_path / "sfsync.db").exists()
    # The folder holds a demo's profile now: the next demo makes a new one.
    again = run("demo", "--headless", "--minutes", "0.1", "--data-dir", str(tmp_path))
    assert "40 links made" in again.stdout


def test_sync_once_follows_a_change_to_the_other_side(served: ServedWorld, tmp_path: Path) -> None:
    environment = served_environment(served)
    sync = ("sync", "--once", "--data-dir", str(tmp_path))
    first = run(*sync, **environment)
    assert first.returncode == 0, first.stderr
    assert "40 links made" in first.stdout
    links = json.loads(run("links", "list", "--json", "--data-dir", str(tmp_path)).stdout)
    link = next(one for one in links if one["salesforce_kind"] == "Contact")

    def edit() -> None:
        world = served.world
        world.salesforce.edit(link["salesforce_id"], Phone="+64 4 111 2222")
        world.intercom.edit_contact(link["intercom_id"], custom_attributes={"Seats": 77})
        world.intercom.settle_index()

    served.server.call(edit)
    second = run(*sync, "--json", **environment)
    assert second.returncode == 0, second.stderr
    record = served.server.call(lambda: served.world.salesforce.record(link["salesforce_id"]))
    contact = served.server.call(lambda: served.world.intercom.contact(link["intercom_id"]))
    assert record is not None
    assert contact is not None
    assert record["Seats__c"] == 77
    assert contact["phone"] == "+64 4 111 2222"
    assert events(second.stdout)[-1]["changes"] == {"to_intercom": 1, "to_salesforce": 1}
    third = run(*sync, **environment)
    assert "Nothing had to be changed." in third.stdout


def test_an_error_is_listed_and_gone_after_its_cause(served: ServedWorld, tmp_path: Path) -> None:
    environment = served_environment(served)
    folder = ("--data-dir", str(tmp_path))
    run("sync", "--once", *folder, **environment)
    link = json.loads(run("links", "list", "--json", *folder).stdout)[0]
    for nickname, code in (("x" * 80, 1), ("Sunny", 0)):
        served.server.call(
            lambda name=nickname: served.world.intercom.edit_contact(  # type: ignore[misc]
                link["intercom_id"], custom_attributes={"Nickname": name}
            )
        )
        served.settle_index()
        ended = run("sync", "--once", *folder, **environment)
        assert ended.returncode == code, ended.stdout + ended.stderr
        listed = json.loads(run("errors", "list", "--json", *folder).stdout)
        assert [one["code"] for one in listed] == ["too_long"][:code]


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("SFSYNC_INTERCOM_TOKEN", "wrong", 5),
        ("SFSYNC_SALESFORCE_TOKEN", "wrong", 5),
        ("SFSYNC_SALESFORCE_URL", "http://127.0.0.1:9", 3),
        ("SFSYNC_INTERCOM_URL", "", 4),
    ],
)
def test_what_is_wrong_is_told_in_words(
    served: ServedWorld, tmp_path: Path, variable: str, value: str, code: int
) -> None:
    environment = served_environment(served) | {"SFSYNC_INTERCOM_REGION": "Mars"}
    ended = run("sync", "--once", "--data-dir", str(tmp_path), **environment | {variable: value})
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    for secret in (environment["SFSYNC_INTERCOM_TOKEN"], environment["SFSYNC_SALESFORCE_TOKEN"]):
        assert secret not in ended.stdout + ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not sent to one process there")
def test_serving_prints_the_variables() -> None:
    process = subprocess.Popen(
        [*SFSYNC, "demo", "--serve"],
        env=NO_ACCOUNTS,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    with process.stdout as output:
        environment = {}
        for line in output:
            if found := re.fullmatch(r"export (\w+)=(\S+)\n", line):
                environment[found[1]] = found[2]
            elif "Ctrl-C" in line:
                break
        process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert set(environment) == {
        "SFSYNC_INTERCOM_TOKEN",
        "SFSYNC_INTERCOM_URL",
        "SFSYNC_SALESFORCE_TOKEN",
        "SFSYNC_SALESFORCE_URL",
    }
