"""Conversations as an API client reads them: parts, states, statistics, search, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from tests.unit.sandbox.intercom.test_contacts import code

Api = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ann(intercom: IntercomSandbox) -> str:
    return intercom.create_contact("user", "ann@example.com", 'Ann "A" Lee')


@pytest.fixture
def teammate(intercom: IntercomSandbox) -> str:
    return intercom.admins()[1][0]


def shown(api: Api, conversation_id: str, query: str = "display_as=plaintext") -> dict[str, Any]:
    status, answer = api("GET", f"/conversations/{conversation_id}", query=query)
    assert status == 200, answer
    return answer


def found(api: Api, *filters: dict[str, Any], **body: Any) -> list[str]:
    query = {"operator": "AND", "value": list(filters)}
    status, answer = api("POST", "/conversations/search", {"query": query, **body})
    assert status == 200, answer
    return [one["id"] for one in answer["conversations"]]


def where(field: str, operator: str, value: object) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def test_a_conversation_tells_who_wrote_what_and_when(
    api: Api, intercom: IntercomSandbox, clock: ManualClock, ann: str, teammate: str
) -> None:
    began = int(clock.now())
    one = intercom.start_conversation(ann, "It <broke> & I am sad")
    clock.advance(60)
    intercom.reply(one, teammate, "Which part?\n\nThe lid?")
    intercom.add_note(one, teammate, "again the lid")
    conversation = shown(api, one)
    assert conversation["source"]["body"] == "It <broke> & I am sad"
    assert conversation["source"]["author"] == {
        "type": "user",
        "id": ann,
        "name": "Ann &quot;A&quot; Lee",
        "email": "ann@example.com",
    }
    assert conversation["source"]["delivered_as"] == "customer_initiated"
    parts = conversation["conversation_parts"]["conversation_parts"]
    assert [(part["part_type"], part["body"]) for part in parts] == [
        ("comment", "Which part?\n\nThe lid?"),
        ("note", "again the lid"),
    ]
    assert parts[0]["created_at"] == began + 60 == conversation["updated_at"]
    assert parts[0]["author"]["type"] == "admin"
    assert conversation["contacts"]["contacts"][0]["id"] == ann
    assert conversation["teammates"]["teammates"] == [{"type": "admin", "id": teammate}]


def test_without_the_wish_for_plain_text_bodies_are_html(
    api: Api, intercom: IntercomSandbox, ann: str, teammate: str
) -> None:
    one = intercom.start_conversation(ann, "a < b\nand\n\nc & d")
    intercom.reply(one, teammate, "fine")
    conversation = shown(api, one, query="")
    assert conversation["source"]["body"] == "<p>a &lt; b<br>and</p>\n<p>c &amp; d</p>"
    (part,) = conversation["conversation_parts"]["conversation_parts"]
    assert part["body"] == "<p>fine</p>"


def test_closing_opening_and_closing_again(
    api: Api, intercom: IntercomSandbox, clock: ManualClock, ann: str, teammate: str
) -> None:
    one = intercom.start_conversation(ann, "Hello?")
    assert shown(api, one)["statistics"]["last_close_at"] is None
    clock.advance(100)
    intercom.close_conversation(one, teammate)
    first = int(clock.now())
    closed = shown(api, one)
    assert (closed["state"], closed["open"]) == ("closed", False)
    clock.advance(100)
    intercom.reply(one, ann, "It broke again")
    reopened = shown(api, one)
    assert (reopened["state"], reopened["open"]) == ("open", True)
    assert reopened["conversation_parts"]["conversation_parts"][-1]["part_type"] == "open"
    clock.advance(100)
    intercom.close_conversation(one, teammate, "Mended.")
    statistics = shown(api, one)["statistics"]
    assert statistics["first_close_at"] == first
    assert statistics["last_close_at"] == int(clock.now())
    assert statistics["count_reopens"] == 1
    assert statistics["last_closed_by_id"] == teammate


def test_there_are_no_statistics_until_a_contact_has_written(
    api: Api, intercom: IntercomSandbox, ann: str, teammate: str
) -> None:
    one = intercom.start_conversation(ann, "How do you like it?", by=teammate)
    intercom.close_conversation(one, teammate)
    assert shown(api, one)["statistics"] is None
    assert shown(api, one)["first_contact_reply"] is None
    intercom.reply(one, ann, "Very much")
    assert shown(api, one)["statistics"]["count_reopens"] == 1


def test_only_the_500_most_recent_parts_are_answered(
    api: Api, intercom: IntercomSandbox, ann: str, teammate: str
) -> None:
    one = intercom.start_conversation(ann, "first")
    for number in range(502):
        intercom.reply(one, teammate, f"answer {number}")
    parts = shown(api, one)["conversation_parts"]
    assert parts["total_count"] == 502
    assert len(parts["conversation_parts"]) == 500
    assert parts["conversation_parts"][0]["body"] == "answer 2"


def test_a_conversation_that_is_not_there_is_not_found(
    api: Api, intercom: IntercomSandbox, ann: str
) -> None:
    one = intercom.start_conversation(ann, "Hello?")
    intercom.delete_conversation(one)
    for which in (one, "1", "nonsense"):
        status, answer = api("GET", f"/conversations/{which}")
        assert (status, code(answer)) == (404, "not_found")
    assert found(api, where("id", "=", one)) == []


def test_without_the_permission_conversations_are_refused(
    api: Api, intercom: IntercomSandbox, ann: str
) -> None:
    one = intercom.start_conversation(ann, "Hello?")
    intercom.set_permission(READ_CONVERSATIONS, granted=False)
    assert api("GET", f"/conversations/{one}")[0] == 401
    assert api("POST", "/conversations/search", {"query": where("id", "=", one)})[0] == 401
    assert api("GET", f"/contacts/{ann}")[0] == 200
    intercom.set_permission(READ_CONVERSATIONS, granted=True)
    assert shown(api, one)["id"] == one


def test_dates_are_compared_by_the_second_and_the_second_itself_is_left_out(
    api: Api, intercom: IntercomSandbox, clock: ManualClock, ann: str
) -> None:
    early = intercom.start_conversation(ann, "one")
    moment = int(clock.now())
    clock.advance(1)
    late = intercom.start_conversation(ann, "two")
    assert found(api, where("updated_at", ">", moment)) == [late]
    assert set(found(api, where("updated_at", ">", str(moment - 1)))) == {late, early}
    assert found(api, where("updated_at", "=", moment)) == [early]
    assert found(api, where("created_at", "<", moment + 1)) == [early]


def test_conversations_are_found_by_person_teammate_and_state(
    api: Api, intercom: IntercomSandbox, ann: str, teammate: str
) -> None:
    bob = intercom.create_contact("lead")
    of_both = intercom.start_conversation(ann, "one", others=(bob,))
    of_ann = intercom.start_conversation(ann, "two", by=teammate, subject="An offer")
    intercom.close_conversation(of_both, intercom.admins()[0][0])
    assert set(found(api, where("contact_ids", "=", ann))) == {of_both, of_ann}
    assert found(api, where("contact_ids", "=", bob)) == [of_both]
    assert found(api, where("contact_ids", "!=", bob)) == [of_ann]
    assert found(api, where("state", "=", "closed")) == [of_both]
    assert found(api, where("open", "=", True)) == [of_ann]
    assert found(api, where("teammate_ids", "IN", [teammate])) == [of_ann]
    assert found(api, where("source.subject", "~", "offer")) == [of_ann]
    assert found(api, where("source.author.type", "=", "user")) == [of_both]
    assert found(api, where("statistics.last_close_at", ">", 0)) == [of_both]


def test_the_search_lags_behind_and_never_goes_back(clock: ManualClock) -> None:
    lags = iter((60.0, 30.0, 1000.0, 5.0))
    intercom = IntercomSandbox(clock, index_lag=lambda _chance: next(lags))
    ann = intercom.create_contact("user", "ann@example.com")  # 60
    one = intercom.start_conversation(ann, "one")  # 30
    conversations = intercom.conversations
    assert conversations.select(lambda _one: True) == []
    clock.advance(30)
    intercom.agenda.run_due()
    assert [c.state for c in conversations.select(lambda _one: True)] == ["open"]
    intercom.close_conversation(one, intercom.admins()[0][0])  # 1000
    intercom.reply(one, ann, "again")  # 5
    clock.advance(2000)
    intercom.agenda.run_due()
    (shown_now,) = conversations.select(lambda _one: True)
    assert [part.part_type for part in shown_now.parts] == ["close", "open"]


@pytest.mark.parametrize(
    ("sort", "field", "descending"),
    [
        ({}, "id", False),
        ({"sort": {}}, "updated_at", True),
        ({"sort": {"field": "updated_at", "order": "descending"}}, "updated_at", True),
        ({"sort": {"field": "created_at", "order": "ascending"}}, "created_at", False),
        ({"sort": {"field": "id"}}, "id", True),
    ],
)
def test_pages_follow_each_other(
    api: Api,
    intercom: IntercomSandbox,
    clock: ManualClock,
    ann: str,
    sort: dict[str, Any],
    field: str,
    descending: bool,
) -> None:
    started = []
    for number in range(7):
        clock.advance(number % 2)  # some of the same second
        started.append(intercom.start_conversation(ann, f"{number}"))
    for one in started[:3]:
        clock.advance(1)
        intercom.reply(one, ann, "Hello?")
    query = {"query": where("contact_ids", "=", ann), **sort}
    listed: list[tuple[Any, str]] = []
    after = None
    while True:
        page = {"per_page": 3} | ({"starting_after": after} if after else {})
        status, answer = api("POST", "/conversations/search", {**query, "pagination": page})
        assert status == 200
        assert answer["total_count"] == 7
        listed += [(one[field], one["id"]) for one in answer["conversations"]]
        if "next" not in answer["pages"]:
            break
        after = answer["pages"]["next"]["starting_after"]
    assert {one for _, one in listed} == set(started)
    assert listed == sorted(listed, reverse=descending)
    status, answer = api("POST", "/conversations/search", query)
    assert answer["pages"]["per_page"] == 20


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": where("invented", "=", "x")},
        {"query": where("updated_at", ">=", 1)},
        {"query": where("updated_at", ">", "yesterday")},
        {"query": where("state", ">", "open")},
        {"query": where("state", "=", "open"), "pagination": {"per_page": 151}},
        {"query": where("state", "=", "open"), "pagination": {"starting_after": "x"}},
        {"query": where("state", "=", "open"), "pagination": 7},
        {"query": where("state", "=", "open"), "sort": "updated_at"},
        {"query": where("state", "=", "open"), "sort": {"order": "newest"}},
        {"query": where("state", "=", "open"), "sort": {"field": "title"}},
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(api: Api, body: dict[str, Any]) -> None:
    status, answer = api("POST", "/conversations/search", body)
    assert status == 400
    assert code(answer)


def test_the_conversations_of_a_merged_lead_are_the_users(
    api: Api, intercom: IntercomSandbox, ann: str
) -> None:
    lead = intercom.create_contact("lead", "ann@example.com")
    one = intercom.start_conversation(lead, "Hello?")
    status, _answer = api("POST", "/contacts/merge", {"from": lead, "into": ann})
    assert status == 200
    assert shown(api, one)["contacts"]["contacts"][0]["id"] == ann
    assert found(api, where("contact_ids", "=", ann)) == [one]


def test_assigning_counts_in_the_statistics(
    api: Api, intercom: IntercomSandbox, ann: str, teammate: str
) -> None:
    one = intercom.start_conversation(ann, "Hello?")
    intercom.assign(one, teammate, teammate)
    intercom.reopen_conversation(one, teammate)
    conversation = shown(api, one)
    assert conversation["admin_assignee_id"] == int(teammate)
    assert conversation["statistics"]["count_assignments"] == 1
    assert found(api, where("admin_assignee_id", "=", int(teammate))) == [one]
