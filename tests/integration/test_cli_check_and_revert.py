"""`sfsync check` and `sfsync revert` against both services over sockets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from tests.support.command_line import ROWS, Program, Services, document, sfsync


@pytest.fixture
def folder(world: Services, environment: dict[str, str], tmp_path: Path) -> Path:
    """A profile with a person who is linked, and the usual rows."""
    world.someone("ada@x.example", "Ada Lovelace", Phone="+64 1")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(ROWS)
    profile = tmp_path / "profile"
    for command in (("mapping", "import", str(mapping)), ("sync", "--once")):
        done = sfsync(*command, folder=profile)
        assert done.exit_code == 0, done.output
    return profile


def test_all_is_well(folder: Path) -> None:
    done = sfsync("check", folder=folder)
    assert done.exit_code == ExitCode.FINE
    assert "Salesforce: Lead. All 8 required fields are visible and writeable." in done.output
    assert "This computer: Clock. This computer's clock agrees with the services." in done.output
    found = document("check", folder=folder)
    assert {finding["grade"] for finding in found} == {"good", "note"}


def test_the_last_check_is_shown_without_asking(world: Services, folder: Path) -> None:
    nothing = sfsync("check", "--last", folder=folder)
    assert "The set-up was not checked yet." in nothing.output
    found = document("check", folder=folder)
    calls = world.do(lambda: len(world.salesforce.log.entries))
    assert document("check", "--last", folder=folder) == found
    assert "Checked on 20" in sfsync("check", "--last", folder=folder).output
    assert world.do(lambda: len(world.salesforce.log.entries)) == calls


def test_a_hidden_field_is_named_with_what_it_breaks_and_the_clicks(
    world: Services, folder: Path
) -> None:
    world.do(lambda: world.salesforce.hide_field("Lead", "Company"))
    done = sfsync("check", folder=folder)
    assert done.exit_code == ExitCode.FINE
    assert "warning Salesforce: Lead. Company cannot be seen on Lead." in done.output
    assert "Setup → Object Manager → Lead → Fields & Relationships → Company" in done.output


def test_a_hidden_key_is_a_row_with_what_to_do(world: Services, folder: Path) -> None:
    world.do(lambda: world.salesforce.hide_field("Lead", "Email"))
    done = sfsync("check", folder=folder)
    assert done.exit_code == ExitCode.SETUP
    assert "failed  Salesforce: Lead. Email cannot be seen on Lead." in done.output
    assert "Set Field-Level Security → Visible" in done.output
    assert "ok      Intercom: People." in done.output


def test_an_org_without_api_is_a_row_with_what_to_do(world: Services, folder: Path) -> None:
    world.do(lambda: setattr(world.salesforce.org, "api_enabled", False))
    done = sfsync("check", folder=folder)
    assert done.exit_code == ExitCode.SETUP
    assert "failed  Salesforce: API access. This org or user may not use" in done.output
    assert "API Enabled" in done.output


def _changed(world: Services, folder: Path) -> int:
    """The number of a change that was made."""
    links = document("links", "list", folder=folder)
    contact = links[0]["intercom_id"]
    world.do(lambda: world.intercom.edit_contact(contact, phone="+64 2"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    newest = document("history", "--kind", "written", folder=folder)[0]
    assert newest["after"] == "+64 2"
    return int(newest["id"])


def _phone(world: Services, folder: Path) -> str:
    record = document("links", "list", folder=folder)[0]["salesforce_id"]
    return str(world.do(lambda: world.salesforce.record(record) or {})["Phone"])


def test_a_change_is_taken_back_by_its_number(world: Services, folder: Path) -> None:
    number = _changed(world, folder)
    assert f"{number:>6}" in sfsync("history", folder=folder).output
    done = sfsync("revert", str(number), folder=folder)
    assert done.exit_code == 0, done.output
    assert "Ada Lovelace: Phone becomes +64 1 again" in done.output
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert _phone(world, folder) == "+64 1"

    again = sfsync("revert", str(number), folder=folder)
    assert again.exit_code == ExitCode.ERRORS_OPEN
    assert "The former value is there already." in again.output


def test_the_process_that_runs_takes_it_back(
    world: Services, folder: Path, environment: dict[str, str]
) -> None:
    number = _changed(world, folder)
    with Program.start("run", folder=folder, environment=environment) as program:
        program.wait_for("Running; Ctrl-C ends it")
        time.sleep(1)
        assert document("check", folder=folder)[2]["subject"] == "Lead"
        assert sfsync("revert", str(number), folder=folder).exit_code == 0
        program.wait_for("taken back by hand")
    assert _phone(world, folder) == "+64 1"
