"""Accounts beside leads and contacts: the same calls, and only where they are asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import SalesforcePage, SalesforcePosition, SalesforceWrite
from sfsync_gui.sandbox.clock import ManualClock
from tests.support.salesforce_mount import Connected, connect

PEOPLE = {"Lead": ("Email", "Phone"), "Contact": ("Email", "Phone")}
FIELDS = {**PEOPLE, "Account": ("AccountNumber", "Phone", "External_Id__c")}
LEAD, CONTACT, ACCOUNT = PersonKind.LEAD, PersonKind.CONTACT, PersonKind.ACCOUNT


def pages(org: Connected, position: int, fields: Any = FIELDS) -> list[SalesforcePage]:
    async def read() -> list[SalesforcePage]:
        reading = org.client.changes(SalesforcePosition(position), fields, overlap=0)
        return [page async for page in reading]

    return asyncio.run(read())


def changed(org: Connected, position: int, fields: Any = FIELDS) -> dict[str, PersonRecord]:
    return {one.id: one for page in pages(org, position, fields) for one in page.records}


def everyone(org: Connected, fields: Any) -> list[PersonRecord]:
    async def read() -> list[PersonRecord]:
        return [one async for page in org.client.everyone(fields) for one in page]

    return asyncio.run(read())


def account(org: Connected, name: str = "Acme", **fields: Any) -> str:
    return org.sandbox.create("Account", Name=name, **fields)


def test_an_idle_poll_with_accounts_is_one_call(org: Connected, clock: ManualClock) -> None:
    account(org)
    clock.advance(5_000)
    (page,) = pages(org, int(clock.now()))
    assert page.records == ()
    assert page.position == SalesforcePosition(int(clock.now()))
    assert org.purposes() == ["feed"]
    assert org.sandbox.usage.used(clock.now()) == 1


def test_what_happened_to_accounts_shows_in_the_same_call(
    org: Connected, clock: ManualClock
) -> None:
    hands = org.sandbox
    edited, gone = account(org, AccountNumber="A-1"), account(org, "Gone")
    winner, loser = account(org, "Winner"), account(org, "Loser")
    lead = hands.create("Lead", LastName="Doe", Company="Acme")
    clock.advance(60)
    hands.edit(edited, AccountNumber="A-2")
    hands.delete(gone)
    hands.merge(winner, loser)
    hands.edit(lead, Phone="1")
    found = changed(org, int(clock.now()))
    assert org.purposes() == ["feed"]
    assert set(found) == {edited, gone, winner, loser, lead}
    assert found[edited].kind is ACCOUNT
    assert (found[edited].raw["Name"], found[edited].raw["AccountNumber"]) == ("Acme", "A-2")
    assert found[edited].modified_at == found[edited].version == int(clock.now())
    assert found[gone].deleted
    assert (found[loser].deleted, found[loser].merged_into) == (True, winner)
    assert not any(one.converted for one in found.values())


def test_accounts_are_left_out_where_no_field_of_theirs_is_read(
    org: Connected, clock: ManualClock
) -> None:
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    clock.advance(10)
    acme = account(org)
    at = int(clock.now())
    assert set(changed(org, at - 100, PEOPLE)) == {lead}
    assert pages(org, at - 100, PEOPLE)[-1].position == SalesforcePosition(at - 10)
    assert pages(org, at - 100)[-1].position == SalesforcePosition(at)
    assert [one.id for one in everyone(org, PEOPLE)] == [lead]
    assert [one.id for one in everyone(org, FIELDS)] == [lead, acme]
    assert [one.id for one in everyone(org, {**PEOPLE, "Account": ()})] == [lead, acme]


def test_the_last_page_of_all_objects_carries_the_position(
    org: Connected, clock: ManualClock
) -> None:
    small = connect(org.sandbox, clock, page_size=200)
    made = {account(org, str(number)) for number in range(450)}
    made |= {org.sandbox.create("Contact", LastName=str(number)) for number in range(250)}
    at = int(clock.now())
    read = pages(small, at)
    assert [len(page.records) for page in read] == [200, 50, 200, 200, 50]
    assert [page.position for page in read] == [None] * 4 + [SalesforcePosition(at)]
    assert {one.id for page in read for one in page.records} == made


def test_the_newest_change_is_of_the_objects_that_are_asked_for(
    org: Connected, clock: ManualClock
) -> None:
    org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    clock.advance(10)
    account(org)
    at = int(clock.now())
    assert asyncio.run(org.client.now()) == at - 10
    assert asyncio.run(org.client.now(("Lead", "Contact", "Account"))) == at
    assert org.purposes() == ["feed", "feed"]


def test_accounts_are_read_and_written_as_people_are(org: Connected, clock: ManualClock) -> None:
    acme, gone = account(org, Phone="old"), account(org)
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme", Phone="old")
    org.sandbox.delete(gone)
    found = asyncio.run(org.client.read([(ACCOUNT, acme), (ACCOUNT, gone), (LEAD, lead)], FIELDS))
    assert found[acme].raw["Phone"] == "old"
    assert found[gone].deleted
    assert org.purposes() == ["read"]
    writes = [SalesforceWrite(ACCOUNT, acme, {"Phone": "new"}), SalesforceWrite(ACCOUNT, gone, {})]
    written, refused = asyncio.run(org.client.write(writes, FIELDS))
    assert org.purposes() == ["write"]
    assert written.before is not None
    assert written.after is not None
    assert (written.before.raw["Phone"], written.after.raw["Phone"]) == ("old", "new")
    assert [one.code for one in refused.refusals] == ["ENTITY_IS_DELETED"]


def test_accounts_beside_leads_and_contacts_take_a_call_of_their_own(org: Connected) -> None:
    hands = org.sandbox
    made = [
        (ACCOUNT, account(org)),
        (CONTACT, hands.create("Contact", LastName="Roe")),
        (LEAD, hands.create("Lead", LastName="Doe", Company="Acme")),
        (ACCOUNT, account(org, "Second")),
    ]
    writes = [SalesforceWrite(kind, key, {"Phone": str(n)}) for n, (kind, key) in enumerate(made)]
    results = asyncio.run(org.client.write(writes, FIELDS))
    assert org.purposes() == ["write", "write"]
    assert [result.id for result in results] == [key for _kind, key in made]
    assert [one.after.raw["Phone"] for one in results if one.after] == ["0", "1", "2", "3"]
    two_kinds = [write for write in writes if write.kind is not LEAD]
    asyncio.run(org.client.write(two_kinds, FIELDS))
    assert org.purposes() == ["write"]
