"""Fields and the mapping on the command line, with both services described anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from tests.support.command_line import ROWS, Services, document, services, sfsync


@pytest.fixture(scope="module")
def served() -> Iterator[Services]:
    with services() as world:

        def set_up() -> None:
            world.intercom.create_attribute("plan", "options", ("Free", "Pro"))
            world.intercom.create_attribute("seats", "integer")
            world.intercom.create_attribute("sessions", "integer", api_writable=False)

        world.do(set_up)
        yield world


@pytest.fixture
def world(served: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    for name, value in served.environment().items():
        monkeypatch.setenv(name, value)
    return served


@pytest.fixture
def mapped(world: Services, tmp_path: Path) -> Path:
    """A profile with two rows that was synced once."""
    folder = tmp_path / "profile"
    file = tmp_path / "rows.toml"
    file.write_text(ROWS)
    for command in (("mapping", "import", str(file)), ("sync", "--once")):
        done = sfsync(*command, folder=folder)
        assert done.exit_code == 0, done.output
    return folder


def rows(folder: Path) -> list[str]:
    return [row["id"] for row in document("mapping", "list", folder=folder)]


def import_text(text: str, folder: Path, *options: str) -> tuple[int, str]:
    done = sfsync("mapping", "import", "-", *options, told=text, folder=folder)
    return done.exit_code, " ".join(done.output.split())


# ---------------------------------------------------------------------- fields


def test_the_fields_of_both_sides(world: Services, tmp_path: Path) -> None:
    attributes = {one["name"]: one for one in document("fields", "intercom", folder=tmp_path)}
    assert attributes["custom_attributes.plan"]["type"] == "list"
    assert attributes["custom_attributes.sessions"]["writable"] is False
    fields = document("fields", "salesforce", "--object", "Lead", folder=tmp_path)
    assert {one["object"] for one in fields} == {"Lead"}
    assert {"Email", "Phone", "Company"} <= {one["name"] for one in fields}
    listed = sfsync("fields", "salesforce", folder=tmp_path).output
    assert "Contact.Phone" in listed
    assert "read-only" in listed


def test_the_fields_that_fit_and_why_others_do_not(world: Services, tmp_path: Path) -> None:
    asked = ("fields", "salesforce", "--compatible-with", "seats", "--object", "contact")
    fitting = document(*asked, folder=tmp_path)
    assert fitting
    assert all(one["fits"] for one in fitting)
    assert {one["type"] for one in fitting} <= {"int", "double", "currency", "percent"}
    every = document(*asked, "--why-not", folder=tmp_path)
    assert len(every) > len(fitting)
    assert all(one["reason"] for one in every if not one["fits"])
    told = sfsync(*asked, folder=tmp_path).output
    assert "--why-not says why" in told
    one_way = document(*asked, "--direction", "to_intercom", folder=tmp_path)
    assert {one["name"] for one in fitting} <= {one["name"] for one in one_way}


def test_the_attributes_that_fit_a_field(world: Services, tmp_path: Path) -> None:
    asked = ("fields", "intercom", "--compatible-with", "Phone", "--object", "Lead")
    names = {one["name"] for one in document(*asked, folder=tmp_path)}
    assert "phone" in names
    assert "custom_attributes.seats" not in names


@pytest.mark.parametrize(
    "arguments",
    [
        ("salesforce", "--compatible-with", "no_such"),
        ("intercom", "--compatible-with", "No_Such__c"),
        ("salesforce", "--why-not"),
        ("salesforce", "--object", "Case"),
        ("hubspot",),
    ],
)
def test_fields_that_cannot_be_asked_for(
    arguments: tuple[str, ...], world: Services, tmp_path: Path
) -> None:
    done = sfsync("fields", *arguments, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE, done.output


# ---------------------------------------------------------------------- there and back


def test_the_mapping_goes_out_and_comes_in_again(mapped: Path, tmp_path: Path) -> None:
    file = tmp_path / "exported.toml"
    assert sfsync("mapping", "export", str(file), folder=mapped).exit_code == 0
    code, told = import_text(file.read_text("utf-8"), mapped)
    assert code == 0
    assert "These are the rows in force already." in told
    printed = sfsync("mapping", "export", folder=mapped)
    assert printed.stdout == file.read_text("utf-8")


def test_a_suggestion_can_be_edited_and_imported(world: Services, tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    text = sfsync("mapping", "suggest", "--toml", folder=folder).stdout
    assert 'intercom = "phone"' in text
    assert import_text(text, folder)[0] == 0
    assert "phone" in {
        row["intercom_attribute"] for row in document("mapping", "list", folder=folder)
    }
    assert document("mapping", "suggest", folder=folder) == []


def test_a_suggestion_is_put_into_force(world: Services, tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    proposed = document("mapping", "suggest", folder=folder)
    applied = document("mapping", "suggest", "--apply", folder=folder)
    assert [row["id"] for row in applied["added"]] == [row["id"] for row in proposed]


# ---------------------------------------------------------------------- what a change means


def test_what_a_change_means_is_said_before_and_when_it_is_made(mapped: Path) -> None:
    text = """
[[row]]
intercom = "phone"
direction = "to_intercom"
lead = "Phone"
contact = "Phone"

[[row]]
intercom = "custom_attributes.seats"
direction = "to_salesforce"
contact = "AssistantPhone"
"""
    before = rows(mapped)
    code, told = import_text(text.replace("seats", "job"), mapped, "--dry-run")
    assert code == 0
    for words in (
        "1 row added: nothing is written because of that.",
        "1 row removed: pairs and errors go, values stay.",
        "1 row changed in direction or rules: pairs stay.",
        "Nothing was changed: this was a dry run.",
    ):
        assert words in told
    assert rows(mapped) == before
    code, told = import_text(text.replace("seats", "job"), mapped)
    assert code == 0
    assert "1 row added" in told
    assert rows(mapped) != before


def test_rows_are_added_and_removed_one_by_one(mapped: Path) -> None:
    added = document(
        "mapping", "add", "custom_attributes.job", "--direction", "to_salesforce",
        "--lead", "Title", "--blank", "copy", "--dry-run", folder=mapped,
    )  # fmt: skip
    assert (added["applied"], len(added["problems"])) == (False, 0)
    assert len(rows(mapped)) == 2
    assert sfsync("mapping", "remove", "phone", folder=mapped).exit_code == 0
    assert rows(mapped) == ["custom_attributes.job"]
    again = sfsync("mapping", "remove", "phone", folder=mapped)
    assert again.exit_code == ExitCode.USAGE
    assert "no row named phone" in again.output


def test_a_row_that_is_there_already(mapped: Path) -> None:
    done = sfsync(
        "mapping", "add", "phone", "--direction", "two_way", "--lead", "Phone",
        "--contact", "Phone", folder=mapped,
    )  # fmt: skip
    assert done.exit_code == ExitCode.USAGE
    assert "has this row already" in done.output


# ---------------------------------------------------------------------- what is refused

_GOOD = '[[row]]\nintercom = "phone"\ndirection = "two_way"\ncontact = "Phone"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not [ toml", "It is not TOML"),
        (
            '[[row]]\nintercom = "no_such"\ndirection = "two_way"\nlead = "Phone"\n',
            "row 2 (line 6): The attribute no_such does not exist in Intercom.",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.job"\ndirection = "two_way"\n'
            'lead = "Nope__c"\n',
            "row 2 (line 6): The field Nope__c of Lead does not exist or is hidden from you.",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.job"\ndirection = "to_salesforce"\n'
            'contact = "Phone"\n',
            "row 2 (line 6): Contact Business Phone is written by another row already.",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.seats"\ndirection = "two_way"\n'
            'lead = "Phone"\n',
            "row 2 (line 6): Lead: ",
        ),
        (
            '[[row]]\nintercom = "email"\ndirection = "two_way"\nlead = "Phone"\n',
            "row 2 (line 6): Email is the mapping key and cannot be mapped as well.",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.job"\ndirection = "two_way"\nlead = "Email"\n',
            "row 2 (line 6): Lead Email is the mapping key and cannot be mapped as well.",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.sessions"\ndirection = "two_way"\n'
            'lead = "NumberOfEmployees"\n',
            "row 2 (line 6): Lead: ",
        ),
        (
            '[[row]]\nintercom = "custom_attributes.job"\ndirection = "to_intercom"\n'
            'contact = "Phone"\n[[row]]\nintercom = "custom_attributes.job"\n'
            'direction = "to_salesforce"\ncontact = "Title"\n[[row]]\nintercom = "phone"\n'
            'direction = "to_intercom"\ncontact = "Title"\n',
            "row 4 (line 14): ",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_refused_as_a_whole(text: str, words: str, mapped: Path) -> None:
    before = rows(mapped)
    for options in (("--dry-run",), ()):
        code, told = import_text(f"\n{_GOOD}{text}", mapped, *options)
        assert code == ExitCode.SETUP
        assert words in told, told
        assert "Nothing was changed" in told
        assert "Traceback" not in told
    assert rows(mapped) == before


def test_a_cycle_through_other_rows_is_refused(mapped: Path) -> None:
    text = """
[[row]]
intercom = "phone"
direction = "to_salesforce"
contact = "Title"

[[row]]
intercom = "custom_attributes.job"
direction = "to_intercom"
contact = "Title"

[[row]]
intercom = "custom_attributes.job"
direction = "to_salesforce"
contact = "Department"

[[row]]
intercom = "phone"
direction = "to_intercom"
contact = "Department"
"""
    code, told = import_text(text, mapped)
    assert code == ExitCode.SETUP
    assert "row 4 (line 17): With the other rows, Phone would come back to itself" in told


def test_a_row_added_by_hand_is_refused_by_its_fields(mapped: Path) -> None:
    done = sfsync(
        "mapping", "add", "custom_attributes.seats", "--direction", "two_way", "--lead", "Phone",
        folder=mapped,
    )  # fmt: skip
    assert done.exit_code == ExitCode.SETUP
    assert "custom_attributes.seats ↔ Lead.Phone: Lead: " in done.output


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"\xff\xfe[[row]]", "is not text in UTF-8")],
)
def test_a_file_that_is_no_text(
    content: bytes | None, words: str, mapped: Path, tmp_path: Path
) -> None:
    file = tmp_path / "given.toml"
    if content is not None:
        file.write_bytes(content)
    done = sfsync("mapping", "import", str(file), folder=mapped)
    assert done.exit_code == ExitCode.SETUP
    assert words in done.output


def test_a_place_that_cannot_be_written(mapped: Path, tmp_path: Path) -> None:
    done = sfsync("mapping", "export", str(tmp_path / "none" / "f.toml"), folder=mapped)
    assert done.exit_code == ExitCode.SETUP
    assert "cannot be written" in done.output


# ---------------------------------------------------------------------- the key


def test_another_key_is_put_into_force(mapped: Path, world: Services) -> None:
    world.do(lambda: world.salesforce.add_field("Contact", "Customer__c", "string", length=40))
    done = sfsync("settings", "set", "key", "external_id::Customer__c", folder=mapped)
    assert done.exit_code == 0, done.output
    assert document("settings", "get", "key", folder=mapped) == {"key": "external_id::Customer__c"}
    assert sfsync("settings", "set", "strict", "yes", folder=mapped).exit_code == 0
    assert document("settings", "get", folder=mapped)["strict"] == "yes"
    assert sfsync("sync", "--once", folder=mapped).exit_code == 0


def test_a_key_that_is_a_row_is_refused(mapped: Path) -> None:
    done = sfsync("settings", "set", "key", "external_id::Title", folder=mapped)
    assert done.exit_code == ExitCode.SETUP, done.output
    assert document("settings", "get", "key", folder=mapped) == {"key": "email"}


def test_no_secret_and_nobody_is_in_an_exported_mapping(mapped: Path, world: Services) -> None:
    text = sfsync("mapping", "export", folder=mapped).stdout
    assert world.token not in text
    assert json.dumps(text).count("row") >= 2
