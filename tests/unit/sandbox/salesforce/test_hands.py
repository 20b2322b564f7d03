"""What people do in the org: conversion, merging, late commits and the recycle bin."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import ApiError, SalesforceSandbox, SaveError


def at(row: dict[str, Any] | None, name: str = "SystemModstamp") -> str:
    """Return a stamp's time of day."""
    assert row is not None
    return str(row[name])[11:19]


def test_humans_meet_rules_too(sandbox: SalesforceSandbox, lead: str) -> None:
    with pytest.raises(SaveError, match="REQUIRED_FIELD_MISSING"):
        sandbox.create("Lead", LastName="x")
    with pytest.raises(ApiError, match="INVALID_FIELD"):
        sandbox.edit(lead, Nope="x")
    with pytest.raises(SaveError, match="INVALID_FIELD_FOR_INSERT_UPDATE"):
        sandbox.edit(lead, Greeting__c="x")
    sandbox.delete(lead)
    with pytest.raises(SaveError, match="ENTITY_IS_DELETED"):
        sandbox.edit(lead, Phone="x")


def test_a_late_commit_is_older_than_what_was_read(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str, contact: str
) -> None:
    clock.advance(10)
    sandbox.edit(lead, _visible_after=30, Phone="1")
    clock.advance(10)
    sandbox.edit(contact, Phone="2")
    soql = f"SELECT Phone, SystemModstamp FROM Lead WHERE Id = '{lead}'"
    (row,) = client.query(soql)
    assert (row["Phone"], at(row)) == (None, "10:00:00")
    clock.advance(20)
    (row,) = client.query(soql)
    assert (row["Phone"], at(row)) == ("1", "10:00:10")
    assert at(sandbox.record(contact)) == "10:00:20"
    since = "SELECT Id FROM Lead WHERE SystemModstamp >= 2026-11-23T10:00:10Z"
    assert client.ids(f"{since} ORDER BY SystemModstamp, Id") == [lead]


def test_an_open_transaction_locks_the_record(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    sandbox.edit(lead, _visible_after=30, Phone="1", LastName="Late")
    path = f"/sobjects/Lead/{lead}"
    assert client.error("PATCH", path, {"Fax": "1"})[:2] == (400, "UNABLE_TO_LOCK_ROW")
    clock.advance(5)
    sandbox.edit(lead, Fax="2")
    row = sandbox.record(lead) or {}
    assert (row["Phone"], row["Fax"], row["Name"]) == ("1", "2", "Jo Late")
    assert at(row) == "10:00:05"
    sandbox.edit(lead, Phone="3")
    clock.advance(60)
    client.ok("PATCH", path, {"Fax": None})
    assert (sandbox.record(lead) or {})["Phone"] == "3"


def test_late_commits_and_the_system(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    sandbox.edit(lead, _visible_after=30, Phone=None, Fax="1")
    clock.advance(5)
    sandbox.create("Task", WhoId=lead)
    row = sandbox.record(lead) or {}
    assert (row["Fax"], at(row), at(row, "LastModifiedDate")) == ("1", "10:00:05", "10:00:00")
    sandbox.edit(lead, _visible_after=30, Fax="2")
    sandbox.purge(lead)
    clock.advance(60)
    assert client.ids("SELECT Id FROM Lead", deleted_too=True) == []


def test_a_late_creation(sandbox: SalesforceSandbox, client: Any, clock: ManualClock) -> None:
    late = sandbox.create("Lead", _visible_after=20, LastName="x", Company="y")
    clock.advance(10)
    soon = sandbox.create("Lead", LastName="x", Company="y")
    assert client.ids("SELECT Id FROM Lead") == [soon]
    clock.advance(10)
    assert client.ids("SELECT Id FROM Lead ORDER BY SystemModstamp, Id") == [late, soon]


def test_conversion_into_a_new_contact(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock
) -> None:
    lead = sandbox.create(
        "Lead", LastName="Doe", FirstName="Jo", Company="Acme", City="Cork", Plan__c="Pro"
    )
    task = sandbox.create("Task", WhoId=lead)
    clock.advance(60)
    contact = sandbox.convert(lead)
    row = sandbox.record(lead) or {}
    assert row["IsConverted"] is True
    assert (row["ConvertedContactId"], row["ConvertedDate"]) == (contact, "2026-11-23")
    assert at(row, "LastModifiedDate") == "10:01:00"
    soql = "SELECT Name, MailingCity, Plan__c, Account.Name, AccountId, CreatedDate FROM Contact"
    (found,) = client.query(soql)
    assert (found["Name"], found["MailingCity"], found["Plan__c"]) == ("Jo Doe", "Cork", "Pro")
    assert found["Account"]["Name"] == "Acme"
    assert found["AccountId"] == row["ConvertedAccountId"]
    assert at(found, "CreatedDate") == "10:01:00"
    assert (sandbox.record(task) or {})["WhoId"] == contact
    assert client.ids("SELECT Id FROM Lead WHERE IsConverted = true") == [lead]
    with pytest.raises((SaveError, ValueError)):
        sandbox.convert(lead)


def test_conversion_into_an_existing_contact(
    sandbox: SalesforceSandbox, lead: str, contact: str
) -> None:
    assert sandbox.convert(lead, contact) == contact
    row = sandbox.record(contact) or {}
    assert (row["LastName"], row["Email"], row["FirstName"]) == ("Roe", "roe@x.org", "Jo")
    assert row["Name"] == "Jo Roe"
    assert (sandbox.record(lead) or {})["ConvertedAccountId"] == row["AccountId"]
    assert sandbox.ids("Contact") == [contact]


def test_merging(sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str) -> None:
    other = sandbox.create("Lead", LastName="Doe", Company="Acme")
    task = sandbox.create("Task", WhoId=other)
    clock.advance(60)
    sandbox.merge(lead, other)
    soql = "SELECT Id, IsDeleted, MasterRecordId, SystemModstamp FROM Lead ORDER BY Id"
    winner, loser = client.query(soql, deleted_too=True)
    assert (loser["IsDeleted"], loser["MasterRecordId"]) == (True, lead)
    assert (winner["IsDeleted"], winner["MasterRecordId"]) == (False, None)
    assert at(winner) == at(loser) == "10:01:00"
    assert (sandbox.record(task) or {})["WhoId"] == lead
    with pytest.raises(ValueError, match="same object"):
        sandbox.merge(lead, lead)
    sandbox.undelete(other)
    row = sandbox.record(other) or {}
    assert (row["IsDeleted"], row["MasterRecordId"]) == (False, None)


def test_the_recycle_bin(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    task = sandbox.create("Task", WhoId=lead)
    clock.advance(60)
    sandbox.delete(lead)
    assert (sandbox.record(task) or {})["IsDeleted"] is True
    assert sandbox.ids("Lead") == []
    (row,) = client.query("SELECT IsDeleted, SystemModstamp FROM Lead", deleted_too=True)
    assert (row["IsDeleted"], at(row)) == (True, "10:01:00")
    clock.advance(60)
    sandbox.undelete(lead)
    (row,) = client.query("SELECT IsDeleted, SystemModstamp FROM Lead")
    assert (row["IsDeleted"], at(row)) == (False, "10:02:00")
    with pytest.raises(KeyError):
        sandbox.purge("00Q000000000000EAA")


def test_deleting_an_account_takes_its_people(
    sandbox: SalesforceSandbox, client: Any, contact: str
) -> None:
    account = sandbox.create("Account", Name="Acme")
    sandbox.edit(contact, AccountId=account)
    client.ok("DELETE", f"/sobjects/Account/{account}")
    assert sandbox.ids("Contact") == []


def test_touching_moves_the_system_stamp_only(
    sandbox: SalesforceSandbox, clock: ManualClock, lead: str
) -> None:
    clock.advance(60)
    sandbox.touch(lead)
    row = sandbox.record(lead)
    assert (at(row), at(row, "LastModifiedDate")) == ("10:01:00", "10:00:00")


def test_removing_a_field_moves_no_stamp(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    sandbox.edit(lead, Nickname__c="x")
    clock.advance(60)
    sandbox.remove_field("Lead", "Nickname__c")
    assert at(sandbox.record(lead)) == "10:00:00"
    sandbox.add_field("Lead", "Nickname__c", "string")
    assert client.query("SELECT Nickname__c FROM Lead")[0]["Nickname__c"] is None
    sandbox.add_field("Lead", "Flag__c", "boolean")
    assert client.query("SELECT Flag__c FROM Lead WHERE Flag__c = false")[0]["Flag__c"] is False


def test_users(sandbox: SalesforceSandbox, client: Any) -> None:
    user = sandbox.add_user("Ursula User", "Ursula@Example.com")
    rows = client.query("SELECT Id, Name, Email, IsActive FROM User WHERE Email LIKE 'ursula%'")
    assert rows[0]["Id"] == user
    assert (rows[0]["Email"], rows[0]["IsActive"]) == ("ursula@example.com", True)
    assert len(sandbox.ids("User")) == 3


def test_records_are_found_by_short_ids(sandbox: SalesforceSandbox, lead: str) -> None:
    assert sandbox.record(lead[:15]) == sandbox.record(lead)
    assert sandbox.record("nonsense") is None


def test_a_field_changes_its_type(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    other = sandbox.create("Lead", LastName="x", Company="y", Nickname__c="many")
    sandbox.edit(lead, Nickname__c="12.6")
    sandbox.set_field("Lead", "Nickname__c", type="double")
    rows = client.query("SELECT Id, Nickname__c FROM Lead ORDER BY Nickname__c NULLS LAST")
    assert [(row["Id"], row["Nickname__c"]) for row in rows] == [(lead, 13.0), (other, None)]
