"""Accounts: what people do with them, and what clients may write."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox, SaveError


def row(sandbox: SalesforceSandbox, record_id: str) -> dict[str, Any]:
    found = sandbox.record(record_id)
    assert found is not None
    return found


def test_a_merged_accounts_people_go_to_the_winner(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock
) -> None:
    winner = sandbox.create("Account", Name="Acme", AccountNumber="A-1")
    loser = sandbox.create("Account", Name="Acme Ltd", AccountNumber="A-2")
    contact = sandbox.create("Contact", LastName="Roe", AccountId=loser)
    daughter = sandbox.create("Account", Name="Acme Labs", ParentId=loser)
    task = sandbox.create("Task", WhatId=loser)
    clock.advance(60)
    sandbox.merge(winner, loser)
    assert row(sandbox, contact)["AccountId"] == winner
    assert row(sandbox, daughter)["ParentId"] == winner
    assert row(sandbox, task)["WhatId"] == winner
    assert row(sandbox, contact)["LastModifiedDate"] < row(sandbox, contact)["SystemModstamp"]
    gone = row(sandbox, loser)
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, winner)
    assert row(sandbox, winner)["AccountNumber"] == "A-1"
    assert client.ids("SELECT Id FROM Account WHERE MasterRecordId != null", deleted_too=True) == [
        loser
    ]
    assert not row(sandbox, contact)["IsDeleted"]


def test_a_daughter_that_wins_is_not_its_own_parent(sandbox: SalesforceSandbox) -> None:
    parent = sandbox.create("Account", Name="Acme")
    daughter = sandbox.create("Account", Name="Acme Labs", ParentId=parent)
    sandbox.merge(daughter, parent)
    assert row(sandbox, daughter)["ParentId"] != daughter


def test_an_account_is_merged_into_an_account_only(sandbox: SalesforceSandbox) -> None:
    account = sandbox.create("Account", Name="Acme")
    contact = sandbox.create("Contact", LastName="Roe")
    with pytest.raises(ValueError, match="same object"):
        sandbox.merge(account, contact)


def test_a_deleted_accounts_people_go_and_come_back_with_it(sandbox: SalesforceSandbox) -> None:
    account = sandbox.create("Account", Name="Acme")
    stays = sandbox.create("Contact", LastName="Roe", AccountId=account)
    before = sandbox.create("Contact", LastName="Doe", AccountId=account)
    sandbox.delete(before)
    sandbox.delete(account)
    assert row(sandbox, account)["IsDeleted"]
    assert row(sandbox, stays)["IsDeleted"]
    sandbox.undelete(account)
    assert not row(sandbox, account)["IsDeleted"]
    assert not row(sandbox, stays)["IsDeleted"]
    assert row(sandbox, before)["IsDeleted"], "deleted on its own: it does not come back"


def test_an_undeleted_account_is_merged_no_longer(sandbox: SalesforceSandbox) -> None:
    winner = sandbox.create("Account", Name="Acme")
    loser = sandbox.create("Account", Name="Acme Ltd")
    sandbox.merge(winner, loser)
    sandbox.undelete(loser)
    assert row(sandbox, loser)["MasterRecordId"] is None


def test_fields_that_can_be_an_accounts_key(sandbox: SalesforceSandbox, client: Any) -> None:
    account = sandbox.create(
        "Account", Name="Acme", AccountNumber=" A-1 ", External_Id__c="acme", Seats__c=12
    )
    (found,) = client.query("SELECT AccountNumber, External_Id__c, Seats__c FROM Account")
    assert (found["AccountNumber"], found["External_Id__c"]) == ("A-1", "acme")
    assert found["Seats__c"] == 12
    client.ok("PATCH", f"/sobjects/Account/{account}", {"External_Id__c": "other"})
    assert row(sandbox, account)["External_Id__c"] == "other"
    fields = {
        field["name"]: field for field in client.ok("GET", "/sobjects/Account/describe")["fields"]
    }
    assert fields["External_Id__c"]["externalId"]
    assert not fields["AccountNumber"]["externalId"]


def test_an_account_needs_a_name(sandbox: SalesforceSandbox, client: Any) -> None:
    with pytest.raises(SaveError, match="REQUIRED_FIELD_MISSING"):
        sandbox.create("Account", AccountNumber="A-1")
    account = sandbox.create("Account", Name="Acme")
    refused = client.error("PATCH", f"/sobjects/Account/{account}", {"Name": None})
    assert refused[:2] == (400, "REQUIRED_FIELD_MISSING")
    path = f"/sobjects/Account/{account}"
    assert client.error("PATCH", path, {"AccountNumber": "x" * 41})[:2] == (400, "STRING_TOO_LONG")
