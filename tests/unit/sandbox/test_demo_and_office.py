"""The demo world and the people who work in it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.demo import SHARED, DemoWorld, build_demo_world
from sfsync_gui.sandbox.demo_companies import ONE_SIDED
from sfsync_gui.sandbox.demo_companies import SHARED as SHARED_COMPANIES
from sfsync_gui.sandbox.office import BusyOffice
from sfsync_gui.sandbox.office_conversations import BEGUN


def build(seed: int = 1) -> tuple[ManualClock, DemoWorld]:
    clock = ManualClock(1_780_000_000)
    return clock, build_demo_world(clock, seed)


def records(world: DemoWorld) -> list[dict[str, Any]]:
    found = [
        world.salesforce.record(record_id)
        for name in ("Lead", "Contact")
        for record_id in world.salesforce.ids(name)
    ]
    return [record for record in found if record is not None]


def test_about_sixty_people_on_each_side_share_forty_emails() -> None:
    _clock, world = build()
    people, known = world.intercom.all_contacts(), records(world)
    assert 55 <= len(people) <= 65
    assert 55 <= len(known) <= 65
    emails = Counter(str(person["email"]).casefold() for person in people if person["email"])
    others = Counter(str(record["Email"]).casefold() for record in known)
    assert len(emails.keys() & others.keys()) == SHARED
    assert emails.most_common(1)[0][1] == 2
    assert others.most_common(1)[0][1] == 2
    assert {person["role"] for person in people} == {"user", "lead"}
    assert any("🦊" in str(person["name"]) for person in people) or any(
        "🦊" in record["Name"] for record in known
    )


def accounts(world: DemoWorld) -> list[dict[str, Any]]:
    found = [world.salesforce.record(one) for one in world.salesforce.ids("Account")]
    return [record for record in found if record is not None]


def test_companies_share_their_numbers_with_accounts() -> None:
    _clock, world = build()
    companies, known = world.intercom.companies(), accounts(world)
    assert len(companies) == SHARED_COMPANIES + ONE_SIDED
    assert len(known) == SHARED_COMPANIES + ONE_SIDED + 1
    keys = {company["company_id"] for company in companies}
    others = Counter(account["AccountNumber"] for account in known)
    assert len(keys & others.keys()) == SHARED_COMPANIES
    assert sorted(others.values()) == [1] * (len(others) - 1) + [2], "one is ambiguous"
    assert not keys & {account["External_Id__c"] for account in known}, "the wrong key matches none"
    assert all(company["custom_attributes"] for company in companies)


def test_all_companies_but_one_are_listed() -> None:
    _clock, world = build()
    listed = {company.id for company in world.intercom.workspace.companies.listed()}
    (empty,) = [one for one in world.intercom.companies() if one["id"] not in listed]
    assert empty["user_count"] == 0
    alone = [
        person for person in world.intercom.workspace.contacts.values() if not person.companies
    ]
    assert len(alone) > 10, "some people belong to no company"


def test_the_same_seed_builds_the_same_world() -> None:
    worlds = [build(seed)[1] for seed in (3, 3, 4)]
    people = [world.intercom.all_contacts() for world in worlds]
    assert people[0] == people[1] != people[2]
    assert records(worlds[0]) == records(worlds[1]) != records(worlds[2])
    companies = [world.intercom.companies() for world in worlds]
    assert companies[0] == companies[1] != companies[2]
    assert accounts(worlds[0]) == accounts(worlds[1]) != accounts(worlds[2])


def test_the_index_of_a_new_world_is_current() -> None:
    _clock, world = build()
    indexed = world.intercom.workspace.index.select(lambda _contact: True)
    assert len(indexed) == len(world.intercom.all_contacts())


def test_the_office_does_everything_at_times() -> None:
    clock, world = build()
    done = []
    for _ in range(600):
        done.append(world.office.step())
        done.append(world.office.support.step() or "")
        clock.advance(20)
    text = "\n".join(done)
    for what in (
        "Intercom: new user",
        "Intercom: new lead",
        "a new phone number",
        "a new name",
        "a new e-mail",
        "a very long nickname",
        "fewer than no seats",
        "became a user",
        "was deleted",
        "was merged into",
        "Salesforce: new lead",
        "Salesforce: new contact",
        "has status",
        "became a contact",
        "asks support",
        "answers a conversation",
        "closes a conversation",
        "Intercom: new company",
        "Intercom: somebody joined company",
        "Intercom: somebody of company",
        "has a new industry",
        "has a new Support score",
        "Salesforce: new account",
        "has a new NumberOfEmployees",
        "Salesforce: account",
    ):
        assert what in text
    assert len(world.intercom.all_contacts()) > 20
    assert len(records(world)) > 20


def test_some_conversations_are_open_at_first_and_some_are_closed() -> None:
    _clock, world = build()
    shown = list(world.intercom.conversations.indexed.values())
    assert len(shown) == BEGUN
    assert 3 < sum(one.state == "closed" for one in shown) < BEGUN
    assert all(one.parts for one in shown if one.state == "closed")


def test_the_office_goes_on_until_it_is_cancelled() -> None:
    _clock, world = build()
    office = BusyOffice(world.intercom, world.salesforce, seed=2, pace=30)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 50:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(office.run(sleep))
    assert 10 < sum(pauses) / len(pauses) < 90


def test_an_empty_office_still_finds_something_to_do() -> None:
    clock, world = build()
    for person in world.intercom.all_contacts():
        world.intercom.delete_contact(person["id"])
    for record in records(world):
        world.salesforce.delete(record["Id"])
    for company in world.intercom.companies():
        world.intercom.delete_company(company["id"])
    for account in accounts(world):
        world.salesforce.delete(account["Id"])
    assert "new" in world.office.step()
    clock.advance(1)
