"""The feed of changes and the directory: calls, pages, positions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

import pytest

from sfsync_gui.core.failures import SetupError, TransientError
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import SalesforcePage, SalesforcePosition
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from tests.support.salesforce_mount import Connected, connect

_Item = TypeVar("_Item")
FIELDS = {"Lead": ("Email", "Company"), "Contact": ("Email",)}


async def _listed(items: AsyncIterator[_Item]) -> list[_Item]:
    return [item async for item in items]


def pages(
    org: Connected,
    position: int,
    fields: Mapping[str, Sequence[str]] = FIELDS,
    overlap: float = 0.0,
) -> list[SalesforcePage]:
    reading = org.client.changes(SalesforcePosition(position), fields, overlap=overlap)
    return asyncio.run(_listed(reading))


def changed(org: Connected, position: int, **options: Any) -> dict[str, PersonRecord]:
    return {
        person.id: person for page in pages(org, position, **options) for person in page.records
    }


def everyone(org: Connected) -> list[PersonRecord]:
    found = asyncio.run(_listed(org.client.everyone(FIELDS)))
    return [person for page in found for person in page]


def test_an_idle_poll_is_one_call(org: Connected, clock: ManualClock) -> None:
    org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    clock.advance(5_000)
    (page,) = pages(org, int(clock.now()), overlap=900)
    assert page.records == ()
    assert page.position == SalesforcePosition(int(clock.now()))
    assert org.purposes() == ["feed"]
    assert org.sandbox.usage.used(clock.now()) == 1


def test_what_happened_shows_in_one_call(org: Connected, clock: ManualClock) -> None:
    hands = org.sandbox
    lead = hands.create("Lead", LastName="Doe", Company="Acme", Email="doe@x.org")
    gone = hands.create("Lead", LastName="Gone", Company="Acme")
    winner = hands.create("Contact", LastName="Winner")
    loser = hands.create("Contact", LastName="Loser")
    created = int(clock.now())
    clock.advance(60)
    contact = hands.convert(lead)
    hands.delete(gone)
    hands.merge(winner, loser)
    edited = int(clock.now())
    found = changed(org, edited)
    assert org.purposes() == ["feed"]
    assert set(found) == {lead, gone, winner, loser, contact}
    assert found[lead].converted
    assert found[lead].converted_to == contact
    assert found[lead].kind is PersonKind.LEAD
    assert found[gone].deleted
    assert found[gone].merged_into is None
    assert (found[loser].deleted, found[loser].merged_into) == (True, winner)
    assert found[contact].kind is PersonKind.CONTACT
    assert found[contact].raw["Email"] == "doe@x.org"
    assert (found[winner].created_at, found[winner].modified_at) == (created, edited)
    assert found[winner].version == edited
    assert "attributes" not in found[lead].raw


def test_only_the_last_page_carries_the_position(
    sandbox: SalesforceSandbox, clock: ManualClock
) -> None:
    org = connect(sandbox, clock, page_size=200)
    made = set()
    for _second in range(3):  # ties that straddle the boundaries of pages
        made |= {sandbox.create("Lead", LastName=str(n), Company="A") for n in range(150)}
        clock.advance(1)
    made |= {sandbox.create("Contact", LastName=str(n)) for n in range(250)}
    newest = int(clock.now())
    read = pages(org, newest - 100)
    assert [len(page.records) for page in read] == [200, 200, 50, 200, 50]
    assert [page.position for page in read] == [None] * 4 + [SalesforcePosition(newest)]
    assert {person.id for page in read for person in page.records} == made
    assert org.purposes() == ["feed"] * 4


def test_the_overlap_reads_again_and_the_position_never_goes_back(
    org: Connected, clock: ManualClock
) -> None:
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    at = int(clock.now()) + 600
    assert set(changed(org, at, overlap=900)) == {lead}
    assert pages(org, at, overlap=900)[-1].position == SalesforcePosition(at)
    assert pages(org, 5, overlap=900)[-1].position == SalesforcePosition(int(clock.now()))


def test_an_expired_locator_starts_the_reading_again_once(
    sandbox: SalesforceSandbox, clock: ManualClock
) -> None:
    org = connect(sandbox, clock, page_size=200)
    made = {sandbox.create("Lead", LastName=str(n), Company="A") for n in range(450)}
    start = int(clock.now())

    async def scenario(expire: int) -> tuple[set[str], list[SalesforcePosition | None]]:
        found: set[str] = set()
        positions = []
        async for page in org.client.changes(SalesforcePosition(start), FIELDS, overlap=0):
            found |= {person.id for person in page.records}
            positions.append(page.position)
            if len(positions) <= expire:
                clock.advance(3 * 86_400)
        return found, positions

    found, positions = asyncio.run(scenario(1))
    assert found == made
    assert [position is not None for position in positions] == [False] * 4 + [True]
    with pytest.raises(TransientError):
        asyncio.run(scenario(3))


@pytest.mark.parametrize("hide", ["hide_field", "remove_field"])
def test_a_vanished_field_is_named(org: Connected, hide: str) -> None:
    org.sandbox.add_field("Lead", "Plan__c", "string", length=40)
    org.sandbox.create("Lead", LastName="Doe", Company="Acme", Plan__c="Pro")
    fields = {"Lead": ("Email", "Plan__c"), "Contact": ()}
    assert next(iter(changed(org, 0, fields=fields).values())).raw["Plan__c"] == "Pro"
    getattr(org.sandbox, hide)("Lead", "Plan__c")
    with pytest.raises(SetupError) as caught:
        pages(org, 0, fields)
    assert (caught.value.fields, caught.value.object) == (("Plan__c",), "Lead")
    assert caught.value.code == "INVALID_FIELD"
    assert "Plan__c" in caught.value.message


def test_more_fields_than_a_url_holds_are_read_in_further_calls(
    org: Connected, clock: ManualClock
) -> None:
    names = [f"Field_with_a_rather_long_name_{number:03d}__c" for number in range(400)]
    for name in names:
        org.sandbox.add_field("Lead", name, "string", length=10)
    values: dict[str, Any] = {name: str(number) for number, name in enumerate(names)}
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme", **values)
    fields = {"Lead": names, "Contact": ("Email",)}
    person = changed(org, int(clock.now()), fields=fields)[lead]
    assert {name: person.raw[name] for name in names} == values
    assert org.purposes() == ["feed", "feed"]
    assert pages(org, int(clock.now()) + 1, fields)[0].records == ()
    assert org.purposes() == ["feed"]


def test_transient_trouble_is_repeated_with_growing_pauses(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR))
    org.sandbox.faults.arm(Fault(FaultKind.RATE_LIMITED))
    org.sandbox.faults.arm(Fault(FaultKind.RESET_AFTER))
    assert len(pages(org, 0)) == 1
    assert org.purposes() == ["feed"] * 4
    first, second, third = org.clock.slept
    assert 0.25 <= first <= 0.75
    assert 0.5 <= second <= 1.5
    assert 1 <= third <= 3


def test_trouble_that_lasts_is_told_after_four_attempts(org: Connected) -> None:
    org.sandbox.faults.arm(Fault(FaultKind.LATE_APPLY, times=9))
    with pytest.raises(TransientError, match="did not answer in time"):
        pages(org, 0)
    assert org.purposes() == ["feed"] * 4


def test_everyone_that_is_not_deleted_by_id(sandbox: SalesforceSandbox, clock: ManualClock) -> None:
    org = connect(sandbox, clock, page_size=200)
    leads = [sandbox.create("Lead", LastName=str(n), Company="A") for n in range(401)]
    contacts = [sandbox.create("Contact", LastName=str(n)) for n in range(3)]
    contacts.append(sandbox.convert(leads[7]))
    sandbox.delete(leads[8])
    sandbox.merge(contacts[0], contacts[1])
    people = everyone(org)
    assert [person.id for person in people] == [
        *(lead for lead in leads if lead != leads[8]),
        *(contact for contact in contacts if contact != contacts[1]),
    ]
    assert [person.id for person in people if person.converted] == [leads[7]]
    assert org.purposes() == ["directory"] * 3


def test_the_directory_survives_expired_locators(
    sandbox: SalesforceSandbox, clock: ManualClock
) -> None:
    org = connect(sandbox, clock, page_size=200)
    leads = [sandbox.create("Lead", LastName=str(n), Company="A") for n in range(900)]

    async def scenario() -> list[str]:
        found: list[str] = []
        async for page in org.client.everyone(FIELDS):
            found += [person.id for person in page]
            clock.advance(3 * 86_400)
        return found

    assert asyncio.run(scenario()) == leads


def test_the_newest_stamp_of_all(org: Connected, clock: ManualClock) -> None:
    assert asyncio.run(org.client.now()) == 0
    org.sandbox.create("Contact", LastName="Doe")
    clock.advance(10)
    lead = org.sandbox.create("Lead", LastName="Doe", Company="Acme")
    clock.advance(10)
    org.sandbox.delete(lead)
    org.purposes()
    assert asyncio.run(org.client.now()) == int(clock.now())
    assert org.purposes() == ["feed"]
