"""`sfsync leads`: a lead is previewed, created, refused and saved all the same, on real sockets."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from tests.support.command_line import ROWS, Program, Services, document, sfsync

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals are not sent to one process there"
)


@pytest.fixture
def ada(world: Services) -> str:
    """Somebody whom only Intercom knows."""
    return world.do(
        lambda: world.intercom.create_contact("user", "ada@x.example", name="Ada Lovelace")
    )


@pytest.fixture
def folder(world: Services, environment: dict[str, str], ada: str, tmp_path: Path) -> Path:
    """A connected profile with two rows."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ROWS)
    profile = tmp_path / "profile"
    for command in (("mapping", "import", str(mapping)), ("sync", "--once")):
        done = sfsync(*command, folder=profile)
        assert done.exit_code == 0, done.output
    return profile


def leads(world: Services) -> list[str]:
    return world.do(lambda: world.salesforce.ids("Lead"))


def test_a_lead_is_previewed_and_created(world: Services, folder: Path, ada: str) -> None:
    shown = sfsync("leads", "preview", ada, "--source", "Web", folder=folder)
    assert shown.exit_code == 0, shown.output
    assert "A lead would be created for Ada Lovelace:" in shown.stdout
    lines = {line.split()[0]: " ".join(line.split()) for line in shown.stdout.splitlines()[1:]}
    assert lines["Last"] == "Last Name Lovelace (part of Name)"
    assert lines["Company"] == "Company [not provided] (by the settings)"
    assert lines["Lead"] == "Lead Source Web (chosen)"
    assert "assignment rules choose the owner" in shown.stdout
    assert leads(world) == []

    asked = sfsync("leads", "create", ada, told="n\n", folder=folder)
    assert asked.exit_code != 0
    assert leads(world) == []

    made = sfsync("leads", "create", ada, "--company", "Acme", told="y\n", folder=folder)
    assert made.exit_code == 0, made.output
    (lead,) = leads(world)
    assert f"Created and linked: lead {lead}, link 1." in made.stdout
    record = world.do(lambda: world.salesforce.record(lead)) or {}
    assert (record["LastName"], record["Company"]) == ("Lovelace", "Acme")
    assert document("leads", "preview", ada, folder=folder)["standing"] == "linked"
    again = sfsync("leads", "create", ada, folder=folder)
    assert again.exit_code == ExitCode.ERRORS_OPEN
    assert "Ada Lovelace is linked already" in again.stdout


def test_a_duplicate_is_refused_and_saved_all_the_same(
    world: Services, folder: Path, ada: str
) -> None:
    def have_a_twin() -> str:
        world.salesforce.add_duplicate_rule("Lead", "LastName")
        return world.salesforce.create("Lead", LastName="Lovelace", Company="X")

    twin = world.do(have_a_twin)
    refused = sfsync("leads", "create", ada, "--yes", folder=folder)
    assert refused.exit_code == ExitCode.ERRORS_OPEN
    assert f"Lead {twin}" in refused.stdout
    assert "add --save-anyway" in refused.stdout
    (error,) = document("errors", "list", folder=folder)
    assert error["code"] == "DUPLICATES_DETECTED"
    saved = document("leads", "create", ada, "--yes", "--save-anyway", folder=folder)
    assert saved["ending"] == "created"
    assert document("errors", "list", folder=folder) == []
    assert sorted(leads(world)) == sorted([twin, saved["salesforce_id"]])


def test_the_process_that_runs_creates_it(
    world: Services, folder: Path, environment: dict[str, str], ada: str
) -> None:
    with Program.start("run", folder=folder, environment=environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        made = document("leads", "create", ada, "--yes", folder=folder)
        assert made["ending"] == "created"
        assert leads(world) == [made["salesforce_id"]]
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0


@pytest.mark.parametrize("owner", ["me", "003A0000001abcDEAQ"])
def test_an_owner_who_cannot_be(folder: Path, ada: str, owner: str) -> None:
    done = sfsync("leads", "create", ada, "--owner", owner, folder=folder)
    assert done.exit_code == ExitCode.SETUP
    assert "rules, teammate, signed_in" in done.output


def test_somebody_who_is_not_known(folder: Path) -> None:
    done = sfsync("leads", "create", "nobody", "--yes", folder=folder)
    assert done.exit_code == ExitCode.ERRORS_OPEN
    assert "nobody is not known in Intercom" in done.output


RULES = ("leads", "rules")
PRO = "custom_attributes.job is Boss"


def test_a_rule_on_a_tag_gives_its_bearer_a_lead(world: Services, folder: Path, ada: str) -> None:
    refused = sfsync(*RULES, "add", "tag is vip", folder=folder)
    assert refused.exit_code == ExitCode.SETUP
    assert "Intercom has no tag named vip." in refused.output
    bob = world.do(lambda: world.intercom.create_contact("lead", "bob@x.example"))
    world.do(lambda: world.intercom.tag_contact(bob, "vip"))
    added = sfsync(*RULES, "add", "tag is vip", "role is user", folder=folder)
    assert "1  tag is vip, and role is user" in added.stdout
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    world.do(lambda: world.intercom.tag_contact(ada, "vip"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert [link["intercom_id"] for link in document("links", "list", folder=folder)] == [ada]


def test_rules_are_added_moved_and_removed(folder: Path) -> None:
    assert "No lead is created by rule." in sfsync(*RULES, "list", folder=folder).stdout
    added = sfsync(*RULES, "add", PRO, "role is user", folder=folder)
    assert added.exit_code == 0, added.output
    assert "1  custom_attributes.job is Boss, and role is user" in added.stdout
    document(*RULES, "add", "email contains @acme.example", "--everybody", "--first", folder=folder)
    listed = document(*RULES, "list", folder=folder)
    assert [rule["everybody"] for rule in listed] == [True, False]
    assert "the first that fits wins" in sfsync(*RULES, "move", "2", "1", folder=folder).stdout
    assert document(*RULES, "list", folder=folder) == listed[::-1]
    assert "Rule 1 removed" in sfsync(*RULES, "remove", "1", folder=folder).stdout
    assert document(*RULES, "list", folder=folder) == listed[:1]


@pytest.mark.parametrize(
    ("condition", "code", "words"),
    [
        ("nonsense", ExitCode.USAGE, "is no condition"),
        ("email is", ExitCode.USAGE, "is no condition"),
        ("email is_set x", ExitCode.USAGE, "take no value"),
        ("custom_attributes.absent is x", ExitCode.SETUP, "no attribute"),
        ("role is admin", ExitCode.SETUP, "user or lead"),
    ],
)
def test_rules_that_cannot_be(folder: Path, condition: str, code: ExitCode, words: str) -> None:
    done = sfsync(*RULES, "add", condition, folder=folder)
    assert done.exit_code == code, done.output
    assert words in done.output
    assert document(*RULES, "list", folder=folder) == []


def test_a_rule_that_is_not_there(folder: Path) -> None:
    done = sfsync(*RULES, "remove", "1", folder=folder)
    assert done.exit_code == ExitCode.ERRORS_OPEN
    assert "no rule with the number 1" in done.output


def test_the_process_that_runs_creates_leads_by_a_rule(
    world: Services, folder: Path, environment: dict[str, str], ada: str
) -> None:
    assert sfsync("settings", "set", "intercom-interval", "2s", folder=folder).exit_code == 0
    with Program.start("run", folder=folder, environment=environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        assert len(document(*RULES, "add", PRO, folder=folder)) == 1
        world.do(
            lambda: world.intercom.create_contact(
                "user", "bea@x.example", name="Bea Boss", custom_attributes={"job": "boss"}
            )
        )
        program.wait_for("Bea Boss: lead created in Salesforce")
        program.process.send_signal(signal.SIGTERM)
        assert program.ended(15)[0] == 0
    (lead,) = leads(world)
    record = world.do(lambda: world.salesforce.record(lead)) or {}
    assert record["LastName"] == "Boss"
