"""How many calls it takes: idle, for strangers, and for many people changed at once."""

import pytest

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine import writing
from tests.unit.engine.office import Office

MANY = 450
BATCHES = 3


@pytest.fixture
def town(office: Office) -> list[tuple[str, str]]:
    """Many linked people, whose changes no guard holds back."""
    people = [
        (office.user(f"{number}@example.com"), office.lead(f"{number}@example.com"))
        for number in range(MANY)
    ]
    office.connect()
    office.context.settings = Settings(guard_share=2.0)
    office.check()
    office.world.spent.clear()
    return people


def spent(office: Office, purpose: str) -> int:
    return office.world.spent["salesforce", purpose]


def test_one_way_rows_take_a_call_for_200_people(
    office: Office, town: list[tuple[str, str]]
) -> None:
    for contact, _ in town:
        office.edit(contact, alias="new")
    office.check()
    assert {office.sf(record, "Nickname__c") for _, record in town} == {"new"}
    assert (spent(office, "write"), spent(office, "read")) == (BATCHES, 0)


def test_two_way_rows_take_one_reading_for_1000_people_besides(
    office: Office, town: list[tuple[str, str]]
) -> None:
    for contact, _ in town:
        office.edit(contact, phone="111")
    office.check()
    assert {office.sf(record, "Phone") for _, record in town} == {"111"}
    assert (spent(office, "write"), spent(office, "read")) == (BATCHES, 1)
    assert office.writes_of_check() == 0


def test_a_reading_that_is_not_from_just_now_is_made_again(
    office: Office, town: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "READING_LASTS", -1.0)
    for contact, _ in town:
        office.edit(contact, phone="111")
    office.check()
    assert {office.sf(record, "Phone") for _, record in town} == {"111"}
    assert (spent(office, "write"), spent(office, "read")) == (BATCHES, 1 + BATCHES)


def test_what_people_changed_in_salesforce_meanwhile_is_seen_by_that_one_reading(
    office: Office, town: list[tuple[str, str]]
) -> None:
    for contact, record in town:
        office.edit(contact, phone="111")
        office.salesforce.edit(record, Phone="222")
    office.pass_time(120)
    office.run(office.world.engine.check([Side.INTERCOM]))
    assert {office.sf(record, "Phone") for _, record in town} == {"222"}
    assert {office.ic(contact, "phone") for contact, _ in town} == {"222"}
    assert (spent(office, "write"), spent(office, "read")) == (0, 1)


def test_an_idle_check_is_a_call_a_side_and_writes_nothing_to_disk(office: Office) -> None:
    office.user(phone="1")
    office.lead(Phone="1")
    office.connect()
    office.check(after=3600)
    office.world.spent.clear()
    stored = office.world.database.read_bytes()
    for _ in range(3):
        office.pass_time(5)
        office.run(office.world.engine.check(list(Side)))
    assert office.world.spent == {("intercom", "feed"): 3, ("salesforce", "feed"): 3}
    assert office.world.database.read_bytes() == stored


def test_people_whom_nobody_matches_cost_no_call_beyond_the_check(office: Office) -> None:
    office.connect()
    office.check(after=3600)
    office.world.spent.clear()
    for number in range(30):
        office.user(f"{number}@intercom.example")
        office.lead(f"{number}@salesforce.example")
    office.check()
    assert office.world.spent == {("intercom", "feed"): 2, ("salesforce", "feed"): 1}
