"""Companies and accounts on the command line, over sockets: mapped, switched on, synced, off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfsync_gui.cli.output import ExitCode
from tests.support.command_line import ROWS, Services, document, services, sfsync

ACCOUNT_ROWS = """
[[row]]
intercom = "custom_attributes.tariff"
direction = "two_way"
account = "Site"

[[row]]
intercom = "website"
direction = "to_salesforce"
account = "Website"
"""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services() as served:
        served.do(lambda: served.intercom.create_attribute("tariff", "string", model="company"))
        for name, value in served.environment().items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def folder(world: Services, tmp_path: Path) -> Path:
    """A profile with people and rows of companies that was synced once."""
    place, file = tmp_path / "profile", tmp_path / "rows.toml"
    file.write_text(ROWS + ACCOUNT_ROWS)
    for command in (("mapping", "import", str(file)), ("sync", "--once")):
        done = sfsync(*command, folder=place)
        assert done.exit_code == 0, done.output
    return place


def company(world: Services, key: str) -> str:
    """A company with somebody who belongs to it."""

    def add() -> str:
        added = world.intercom.add_company(f"Company {key}", key)
        contact = world.intercom.create_contact("user", email=f"{key}@example.com".lower())
        world.intercom.attach_company(contact, added)
        return added

    return world.do(add)


def account(world: Services, key: str, **fields: Any) -> str:
    given = {"Name": f"Account {key}", "AccountNumber": key, **fields}
    return world.do(lambda: world.salesforce.create("Account", **given))


def shown(world: Services, record: str, field: str) -> object:
    stored = world.do(lambda: world.salesforce.record(record))
    assert stored is not None
    return stored[field]


def told(*arguments: str, folder: Path) -> str:
    done = sfsync(*arguments, folder=folder)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_companies_are_switched_on_and_synced_both_ways(world: Services, folder: Path) -> None:
    acme, record = company(world, "AC-1"), account(world, "AC-1")
    assert "Companies are not synced." in told("companies", "status", folder=folder)
    on = told("companies", "on", "AccountNumber", folder=folder)
    assert "Companies are synced." in on
    assert "company_id ↔ Account.AccountNumber" in on
    assert "1 company, 1 account" in on
    (link,) = document("links", "list", "--family", "companies", folder=folder)
    assert (link["intercom_id"], link["salesforce_id"]) == (acme, record)
    assert document("links", "list", "--family", "people", folder=folder) == []
    world.do(
        lambda: world.intercom.edit_company(
            acme, custom_attributes={"tariff": "Pro"}, website="https://acme.example"
        )
    )
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert shown(world, record, "Site") == "Pro"
    assert shown(world, record, "Website") == "https://acme.example"
    world.do(lambda: world.salesforce.edit(record, Site="Max"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    stored = world.do(lambda: world.intercom.company(acme))
    assert stored is not None
    assert stored["custom_attributes"]["tariff"] == "Max"
    history = document("history", "--family", "companies", folder=folder)
    assert {one["salesforce_kind"] for one in history} == {"Account"}
    assert document("history", "--family", "people", folder=folder) == []
    assert "linked to an account in Salesforce" in told("history", folder=folder)
    assert "2 contacts" not in told("status", folder=folder)
    assert "1 company" in told("status", folder=folder)


def test_the_field_that_would_match_is_found(world: Services, folder: Path) -> None:
    for key in ("A", "B", "C"):
        company(world, key)
    account(world, "x", External_Id__c="A")
    account(world, "y", External_Id__c="B")
    (found,) = document("companies", "suggest", folder=folder)
    assert (found["field"], found["matched"], found["sampled"]) == ("External_Id__c", 2, 3)
    on = told("companies", "on", "AccountNumber", folder=folder)
    assert "none matches an account" in on
    assert "External_Id__c" in on
    assert "2 of 3 companies would match (67 %)" in on
    on = told("companies", "on", "External_Id__c", folder=folder)
    assert document("companies", "status", folder=folder)["key_field"] == "External_Id__c"


def test_as_they_change_links_nobody_at_first(world: Services, folder: Path) -> None:
    company(world, "AC-1")
    record = account(world, "AC-1")
    on = told("companies", "on", "AccountNumber", "--as-they-change", folder=folder)
    assert "No company has changed since they are synced" in on
    time.sleep(1.1)  # Salesforce tells times in whole seconds
    world.do(lambda: world.salesforce.edit(record, Site="Pro"))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert len(document("links", "list", folder=folder)) == 1


def test_switched_off_links_and_rows_stay_and_nothing_is_written(
    world: Services, folder: Path
) -> None:
    acme, record = company(world, "AC-1"), account(world, "AC-1")
    told("companies", "on", "AccountNumber", folder=folder)
    off = told("companies", "off", folder=folder)
    assert "1 link and the rows of companies stay" in off
    world.do(lambda: world.intercom.edit_company(acme, custom_attributes={"tariff": "Pro"}))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert shown(world, record, "Site") is None
    assert len(document("links", "list", folder=folder)) == 1
    assert len(document("mapping", "list", folder=folder)) == 4


def test_what_is_asked_for_companies_is_refused_while_they_are_not_synced(
    world: Services, folder: Path
) -> None:
    acme, record = company(world, "AC-1"), account(world, "AC-1")
    told("companies", "on", "AccountNumber", folder=folder)
    world.do(lambda: world.intercom.edit_company(acme, custom_attributes={"tariff": "Pro"}))
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert shown(world, record, "Site") == "Pro"
    (entry,) = [one for one in document("history", folder=folder) if one["kind"] == "written"]
    long = {"tariff": "x" * 200}
    world.do(lambda: world.intercom.edit_company(acme, custom_attributes=long))
    sfsync("sync", "--once", folder=folder)
    assert len(document("errors", "list", folder=folder)) == 1
    told("companies", "off", folder=folder)
    for command in (("revert", str(entry["id"])), ("errors", "retry")):
        done = sfsync(*command, folder=folder)
        assert done.exit_code != 0
        assert "Companies are not synced" in done.output


def test_they_are_linked_and_unlinked_by_hand(world: Services, folder: Path) -> None:
    acme, record = company(world, "AC-1"), account(world, "other")
    told("companies", "on", "AccountNumber", folder=folder)
    assert "Account" in told("links", "link", acme, record, folder=folder)
    (link,) = document("links", "list", folder=folder)
    assert link["by_hand"] is True
    assert "company" in told("links", "list", "--family", "companies", folder=folder).lower()
    assert "Site" in told("links", "show", str(link["id"]), folder=folder)
    told("links", "unlink", str(link["id"]), folder=folder)
    assert document("links", "list", folder=folder) == []


@pytest.mark.parametrize("field", ["Nope__c", "NumberOfEmployees"])
def test_a_field_that_cannot_be_the_key_is_refused(
    field: str, world: Services, folder: Path
) -> None:
    done = sfsync("companies", "on", field, folder=folder)
    assert done.exit_code not in (0, ExitCode.USAGE)
    assert field in done.output
    assert document("companies", "status", folder=folder)["state"] == "off"


def test_before_people_were_read_companies_wait(world: Services, tmp_path: Path) -> None:
    done = sfsync("companies", "on", "AccountNumber", folder=tmp_path / "new")
    assert done.exit_code != 0
    assert "Have people synced first" in done.output


def test_rows_of_accounts_go_out_and_come_in_again(
    world: Services, folder: Path, tmp_path: Path
) -> None:
    told("companies", "on", "AccountNumber", folder=folder)
    listed = document("mapping", "list", folder=folder)
    ids = {row["id"]: row["account_field"] for row in listed}
    assert ids["company:custom_attributes.tariff"] == "Site"
    assert "company website → Account.Website" in told("mapping", "list", folder=folder)
    text = sfsync("mapping", "export", folder=folder).stdout
    done = sfsync("mapping", "import", "-", told=text, folder=folder)
    assert "These are the rows in force already." in done.output
    added = document(
        "mapping", "add", "industry", "--direction", "to_intercom", "--account", "Industry",
        folder=folder,
    )  # fmt: skip
    assert [row["id"] for row in added["added"]] == ["company:industry"]
    assert sfsync("mapping", "remove", "company:industry", folder=folder).exit_code == 0
    proposed = document("mapping", "suggest", folder=folder)
    assert {row["account_field"] for row in proposed} >= {"Name", "Industry"}


def test_a_row_of_accounts_that_does_not_fit_is_refused(world: Services, folder: Path) -> None:
    told("companies", "on", "AccountNumber", folder=folder)
    for arguments, words in (
        (("nothing", "--account", "Phone"), "of companies does not exist"),
        (("name", "--account", "Phone", "--lead", "Phone"), "in one row"),
        (("name", "--account", "AccountNumber"), "is the mapping key"),
    ):
        done = sfsync("mapping", "add", *arguments, "--direction", "to_salesforce", folder=folder)
        assert done.exit_code != 0
        assert words in " ".join(done.output.split())


def test_the_fields_of_accounts_and_companies(world: Services, tmp_path: Path) -> None:
    for name in ("account", "company"):
        fields = document("fields", "salesforce", "--object", name, folder=tmp_path)
        assert {one["object"] for one in fields} == {"Account"}
        attributes = document("fields", "intercom", "--object", name, folder=tmp_path)
        assert {"company_id", "website", "custom_attributes.tariff"} <= {
            one["name"] for one in attributes
        }
    asked = ("fields", "salesforce", "--object", "account", "--compatible-with", "tariff")
    assert "Site" in {one["name"] for one in document(*asked, folder=tmp_path)}
    asked = ("fields", "intercom", "--object", "account", "--compatible-with", "Site")
    assert "custom_attributes.tariff" in {one["name"] for one in document(*asked, folder=tmp_path)}
