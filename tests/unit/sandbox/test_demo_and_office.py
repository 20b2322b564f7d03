"""The demo world and the people who work in it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.demo import SHARED, DemoWorld, build_demo_world
from sfsync_gui.sandbox.office import BusyOffice


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


def test_the_same_seed_builds_the_same_world() -> None:
    worlds = [build(seed)[1] for seed in (3, 3, 4)]
    people = [world.intercom.all_contacts() for world in worlds]
    assert people[0] == people[1] != people[2]
    assert records(worlds[0]) == records(worlds[1]) != records(worlds[2])


def test_the_index_of_a_new_world_is_current() -> None:
    _clock, world = build()
    indexed = world.intercom.workspace.index.select(lambda _contact: True)
    assert len(indexed) == len(world.intercom.all_contacts())


def test_the_office_does_everything_at_times() -> None:
    clock, world = build()
    done = []
    for _ in range(600):
        done.append(world.office.step())
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
    ):
        assert what in text
    assert len(world.intercom.all_contacts()) > 20
    assert len(records(world)) > 20


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
    assert "new" in world.office.step()
    clock.advance(1)
