"""`sfsync tasks`: previewed, created, refused, listed and logged by themselves, on real sockets."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sfsync_gui.cli.output import ExitCode
from tests.support.command_line import ROWS, Program, Services, document, sfsync

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals are not sent to one process there"
)


@pytest.fixture
def ada(world: Services) -> tuple[str, str]:
    """Somebody whom both services know."""
    return world.someone("ada@x.example", "Ada Lovelace")


@pytest.fixture
def folder(
    world: Services, environment: dict[str, str], ada: tuple[str, str], tmp_path: Path
) -> Path:
    """A connected profile in which Ada is linked."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ROWS)
    profile = tmp_path / "profile"
    for command in (("mapping", "import", str(mapping)), ("sync", "--once")):
        done = sfsync(*command, folder=profile)
        assert done.exit_code == 0, done.output
    return profile


def talk(world: Services, contact: str, text: str = "The engine broke") -> str:
    return world.do(lambda: world.intercom.start_conversation(contact, text))


def close(world: Services, conversation: str) -> None:
    teammate = world.intercom.admins()[0][0]
    world.do(lambda: world.intercom.close_conversation(conversation, teammate))


def tasks(world: Services) -> list[dict[str, Any]]:
    hands = world.salesforce
    return world.do(lambda: [hands.record(one) or {} for one in hands.ids("Task")])


def test_a_task_about_a_conversation_is_previewed_created_and_listed(
    world: Services, folder: Path, ada: tuple[str, str]
) -> None:
    contact, record = ada
    one = talk(world, contact)
    listed = sfsync("tasks", "conversations", contact, folder=folder)
    assert f"{one}  " in listed.stdout
    assert "open    The engine broke" in listed.stdout

    about = ("--conversation", one)
    shown = sfsync("tasks", "preview", contact, *about, "--priority", "High", folder=folder)
    assert shown.exit_code == 0, shown.output
    assert f"A task would be created for Ada Lovelace, contact {record}:" in shown.stdout
    assert "Intercom: The engine broke  (by the settings)" in shown.stdout
    assert "High  (chosen)" in shown.stdout
    assert "    | The engine broke" in shown.stdout
    assert tasks(world) == []

    asked = sfsync("tasks", "create", contact, *about, told="n\n", folder=folder)
    assert asked.exit_code != 0
    assert tasks(world) == []
    made = sfsync("tasks", "create", contact, *about, told="y\n", folder=folder)
    assert made.exit_code == 0, made.output
    (task,) = tasks(world)
    assert f"Created: task {task['Id']}, “Intercom: The engine broke”." in made.stdout
    assert task["WhoId"] == record
    assert task["Description"].endswith(f"/conversations/{one}")

    (entry,) = document("tasks", "list", folder=folder)
    assert (entry["state"], entry["task_id"], entry["by_rule"]) == ("created", task["Id"], False)
    (row,) = document("tasks", "conversations", contact, folder=folder)
    assert row["task_id"] == task["Id"]
    told = sfsync("history", folder=folder).stdout
    assert "Ada Lovelace: task “Intercom: The engine broke” created in Salesforce" in told


def test_a_task_about_a_person_with_everything_chosen(
    world: Services, folder: Path, ada: tuple[str, str]
) -> None:
    made = document(
        *("tasks", "create", ada[0], "--yes", "--subject", "Call", "--due", "2027-01-31"),
        *("--status", "In Progress", "--priority", "Low", "--type", "Call", "--comment", "Soon"),
        folder=folder,
    )
    assert made["ending"] == "created"
    (task,) = tasks(world)
    chosen = ("Subject", "ActivityDate", "Status", "Priority", "Type", "Description")
    assert [task[name] for name in chosen] == [
        "Call",
        "2027-01-31",
        "In Progress",
        "Low",
        "Call",
        "Soon",
    ]


def test_of_very_many_conversations_the_newest_are_listed(
    world: Services, folder: Path, ada: tuple[str, str]
) -> None:
    def start() -> list[str]:
        return [world.intercom.start_conversation(ada[0], f"Question {n}") for n in range(160)]

    ids = world.do(start)
    listed = sfsync("tasks", "conversations", ada[0], folder=folder).stdout.splitlines()
    assert listed[-1] == "These are the newest 150 of 160."
    assert len({line.split()[0] for line in listed[:-1]} & set(ids)) == 150


def test_somebody_who_is_not_linked_gets_none(world: Services, folder: Path) -> None:
    bob = world.do(lambda: world.intercom.create_contact("user", "bob@x.example", "Bob"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    shown = sfsync("tasks", "preview", bob, folder=folder)
    assert "No task can be created for Bob: nobody in Salesforce is linked." in shown.stdout
    done = sfsync("tasks", "create", bob, "--yes", folder=folder)
    assert done.exit_code == ExitCode.ERRORS_OPEN
    assert "Bob is not linked to a lead or contact" in done.output
    nobody = sfsync("tasks", "create", "nobody", "--yes", folder=folder)
    assert "nobody is not known in Intercom" in nobody.output


def test_a_hidden_type_is_refused_and_the_retry_creates_the_task(
    world: Services, folder: Path, ada: tuple[str, str]
) -> None:
    world.do(lambda: world.salesforce.hide_field("Task", "Type"))
    refused = sfsync("tasks", "create", ada[0], "--yes", "--type", "Call", folder=folder)
    assert refused.exit_code == ExitCode.ERRORS_OPEN
    assert "Intercom requires these fields in the Salesforce Task object: Type" in refused.stdout
    assert "Fields & Relationships → Type → Set Field-Level Security → Visible" in refused.stdout
    (error,) = document("errors", "list", folder=folder)
    assert error["code"] == "task_field_hidden"
    world.do(lambda: world.salesforce.show_field("Task", "Type"))
    assert sfsync("errors", "retry", folder=folder).exit_code == 0
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert [task["Type"] for task in tasks(world)] == ["Call"]
    assert document("errors", "list", folder=folder) == []


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--due", "tomorrow", "tomorrow is no day"),
        ("--due", "2027-02-30", "2027-02-30 is no day"),
        ("--owner", "rules", "signed_in, teammate"),
    ],
)
def test_what_cannot_be_chosen(
    folder: Path, ada: tuple[str, str], option: str, value: str, words: str
) -> None:
    done = sfsync("tasks", "create", ada[0], "--yes", option, value, folder=folder)
    assert done.exit_code not in (0, 1)
    assert words in done.output
    assert "Traceback" not in done.output


def test_before_there_is_a_profile_no_task_is_listed(tmp_path: Path) -> None:
    assert "No task was asked for yet." in sfsync("tasks", "list", folder=tmp_path).stdout
    assert not list(tmp_path.iterdir())


def test_the_process_that_runs_logs_closed_conversations(
    world: Services, folder: Path, environment: dict[str, str], ada: tuple[str, str]
) -> None:
    early = talk(world, ada[0], "Before it was on")
    close(world, early)
    time.sleep(1.1)  # the services count whole seconds
    assert sfsync("settings", "set", "lag-sweep-interval", "30", folder=folder).exit_code == 0
    assert sfsync("settings", "set", "log-conversations", "yes", folder=folder).exit_code == 0
    with Program.start("run", folder=folder, environment=environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        time.sleep(1.1)
        one = talk(world, ada[0])
        close(world, one)
        program.wait_for("task “Intercom: The engine broke” created in Salesforce", 60)
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0
    (task,) = tasks(world)
    assert (task["Status"], task["WhoId"]) == ("Completed", ada[1])
    (entry,) = document("tasks", "list", folder=folder)
    assert (entry["by_rule"], entry["conversation_id"]) == (True, one)
    shown = sfsync("tasks", "list", "--person", ada[0], folder=folder).stdout
    assert "logged   Ada Lovelace: Intercom: The engine broke" in shown
