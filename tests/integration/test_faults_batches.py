"""Batches in which something fails: the rest goes on, and only what is at fault is reported."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction, ErrorClass, Side
from sfsync_gui.sandbox.faults import FaultKind
from tests.support.town import JOB, SALESFORCE_CALL, Someone, Town, TownMaker

CROWD = Settings(guard_minimum=1000)
"""The guard has tests of its own."""


def forbid_title(town: Town, title: str, field: str | None) -> None:
    """Have the org refuse contacts of that title."""

    def is_forbidden(values: dict[str, Any]) -> bool:
        return values.get("Title") == title

    message = f"{title} is no title with us."
    town.at(town.salesforce.add_validation_rule, "Contact", "Titles", is_forbidden, message, field)


def titles(town: Town, people: list[Someone]) -> list[str | None]:
    return [town.record(who.salesforce_id)["Title"] for who in people]


@pytest.mark.slow
async def test_one_bad_row_of_two_hundred_fails_alone(make_town: TownMaker) -> None:
    town = make_town(rows=[JOB], settings=CROWD)
    people = [town.someone(f"p{n}@example.com") for n in range(200)]
    forbid_title(town, "Boss", None)
    await town.open()
    await town.sync()
    for n, who in enumerate(people):
        town.in_intercom(who, job="Boss" if n == 77 else f"Clerk {n}")
    _, before = await town.writes()
    town.forget_requests()
    await town.sync()
    wanted = [None if n == 77 else f"Clerk {n}" for n in range(200)]
    assert titles(town, people) == wanted
    assert await town.writes() == (0, before + 1)
    assert town.asked(Side.SALESFORCE) == 2  # the feed, and one call for all two hundred
    (error,) = await town.errors()
    assert (error.intercom_id, error.row_id) == (people[77].intercom_id, "job")
    assert (error.error_class, error.refused) == (ErrorClass.RECORD, "Boss")
    assert error.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert error.message == "Boss is no title with us."
    assert error.remedy
    await town.sync()
    assert await town.writes() == (0, before + 1)
    town.in_intercom(people[77], job="Clerk 77")
    await town.sync()
    assert titles(town, people)[77] == "Clerk 77"
    await town.assert_calm()


async def test_one_bad_field_keeps_no_other_field_back(town: Town) -> None:
    ann = town.someone("ann@example.com", Title="Clerk")
    forbid_title(town, "Boss", "Title")
    await town.open()
    town.in_intercom(ann, job="Boss", phone="+64 21 111")
    await town.sync()
    record = town.record(ann.salesforce_id)
    assert (record["Phone"], record["Title"]) == ("+64 21 111", "Clerk")
    (error,) = await town.errors()
    assert (error.row_id, error.field, error.refused) == ("job", "Title", "Boss")
    town.in_intercom(ann, phone="+64 21 222")
    await town.sync()
    assert town.phones(ann) == ("+64 21 222", "+64 21 222")
    assert [open_one.row_id for open_one in await town.errors()] == ["job"]
    town.in_intercom(ann, job="Owner")
    await town.sync()
    assert town.record(ann.salesforce_id)["Title"] == "Owner"
    await town.assert_calm()


async def test_a_session_that_ends_in_mid_batch_is_refreshed_once(town: Town) -> None:
    people = [town.someone(f"p{n}@example.com") for n in range(5)]
    await town.open()
    await town.sync()
    for who in people:
        town.in_intercom(who, job="Clerk", phone="+64 21 111")
    town.forget_requests()
    # The feed and the batch's reading pass; the session ends before its write.
    town.arm(Side.SALESFORCE, FaultKind.SESSION_EXPIRED, SALESFORCE_CALL, skip=2)
    await town.sync()
    assert town.fired(FaultKind.SESSION_EXPIRED) == 1
    assert titles(town, people) == ["Clerk"] * 5
    assert {town.phones(who) for who in people} == {("+64 21 111", "+64 21 111")}
    assert town.asked(Side.SALESFORCE, "POST", r"/oauth2/token$") == 1
    ((tokens, last_request),) = town.saved
    assert tokens.refresh_token not in ("", town.salesforce_tokens["refresh_token"])
    assert last_request == "/services/oauth2/token"  # saved before any request used it
    await town.assert_calm()


async def test_the_saved_refresh_token_is_the_one_that_counts(town: Town) -> None:
    ann = town.someone("ann@example.com")
    await town.open()
    town.at(town.salesforce.expire_sessions)
    await town.sync()
    ((tokens, _),) = town.saved
    await town.close()
    town.at(town.salesforce.expire_sessions)
    town.salesforce_tokens["access_token"] = tokens.access_token
    town.salesforce_tokens["refresh_token"] = tokens.refresh_token
    await town.open()
    town.in_intercom(ann, job="Clerk")
    await town.sync()
    assert titles(town, [ann]) == ["Clerk"]
    assert len(town.saved) == 2
    await town.assert_calm()


async def test_a_chain_of_two_rows_arrives_in_one_sync(make_town: TownMaker) -> None:
    back = AttributeMapping(
        "back", "custom_attributes.team", Direction.TO_INTERCOM, "Title", "Title"
    )
    town = make_town(rows=[JOB, back])
    ann = town.someone("ann@example.com")
    await town.open()
    town.in_intercom(ann, job="Owner")
    await town.sync()
    assert town.record(ann.salesforce_id)["Title"] == "Owner"
    assert town.contact(ann)["team"] == "Owner"
    await town.assert_calm()


async def test_an_ampersand_does_not_grow_from_intercom(make_town: TownMaker) -> None:
    out = AttributeMapping("out", "name", Direction.TO_SALESFORCE, "Title", "Title")
    town = make_town(rows=[out])
    ann = town.someone("ann@example.com")
    await town.open()
    for n in range(10):
        town.in_intercom(ann, name=f"A & B {n}", phone=str(n))
        await town.sync()
        assert town.contact(ann)["name"] == f"A & B {n}"
        assert town.record(ann.salesforce_id)["Title"] == f"A & B {n}"
    await town.assert_calm()


async def test_an_ampersand_does_not_grow_from_salesforce(make_town: TownMaker) -> None:
    into = AttributeMapping("into", "name", Direction.TO_INTERCOM, "Title", "Title")
    town = make_town(rows=[into])
    ann = town.someone("ann@example.com")
    await town.open()
    for n in range(10):
        town.in_salesforce(ann, Title=f"A & B {n}", Phone=str(n))
        await town.sync()
        assert town.contact(ann)["name"] == f"A & B {n}"
        assert town.record(ann.salesforce_id)["Title"] == f"A & B {n}"
    await town.assert_calm()


async def test_an_ampersand_does_not_grow_in_both_directions(make_town: TownMaker) -> None:
    both = AttributeMapping("both", "name", Direction.TWO_WAY, "Title", "Title")
    town = make_town(rows=[both])
    ann = town.someone("ann@example.com", Title="A & B")
    town.in_intercom(ann, name="A & B")
    await town.open()
    for n in range(10):
        town.in_intercom(ann, phone=str(n))
        town.in_salesforce(ann, Phone=str(n))
        await town.sync()
        assert await town.writes() == (0, 0)
    for n in range(10):
        if n % 2:
            town.in_intercom(ann, name=f"A & B {n}")
        else:
            town.in_salesforce(ann, Title=f"A & B {n}")
        await town.sync()
        assert town.contact(ann)["name"] == f"A & B {n}"
        assert town.record(ann.salesforce_id)["Title"] == f"A & B {n}"
    await town.assert_calm()
