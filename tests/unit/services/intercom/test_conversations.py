"""Reading conversations: closed ones, those of a person, and one with everything in it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from sfsync_gui.core.conversations import Conversation, ConversationSummary, Message
from sfsync_gui.core.failures import SetupError, SignInError, TransientError
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from sfsync_gui.services.intercom.conversations import FORBIDDEN
from tests.unit.services.intercom.conftest import START, World

MakeWorld = Callable[..., World]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def ann(world: World) -> str:
    return world.sandbox.create_contact("user", "ann@example.com", 'Ann "A" Lee')


@pytest.fixture
def teammate(world: World) -> str:
    return world.sandbox.admins()[0][0]


def read(world: World, conversation_id: str) -> Conversation:
    found = asyncio.run(world.client.conversation(conversation_id))
    assert found is not None
    return found


def closed_since(world: World, moment: float) -> list[ConversationSummary]:
    async def everything() -> list[ConversationSummary]:
        pages = world.client.closed_conversations(int(moment))
        return [one async for page in pages for one in page]

    return asyncio.run(everything())


def test_a_conversation_is_read_with_who_wrote_what_and_when(
    world: World, ann: str, teammate: str
) -> None:
    began = int(world.time.service.now())
    one = world.sandbox.start_conversation(ann, "It <b>broke</b> &amp; I\r\n\x00am sad")
    world.time.service.advance(61)
    world.sandbox.add_note(one, teammate, "not for her")
    world.sandbox.assign(one, teammate, teammate)
    world.sandbox.reply(one, teammate, "Which part?")
    world.sandbox.close_conversation(one, teammate)
    conversation = read(world, one)
    assert conversation.messages == (
        Message('Ann "A" Lee', began, "It <b>broke</b> &amp; I\nam sad"),
        Message("Ciara Byrne", began + 61, "Which part?"),
    )
    assert conversation.url == f"https://app.intercom.com/a/apps/nw5x2k7q/conversations/{one}"
    assert conversation.missing == 0
    summary = conversation.summary
    assert (summary.id, summary.contact_ids) == (one, (ann,))
    assert (summary.is_closed, summary.closed_at) == (True, began + 61)
    assert summary.title == "It <b>broke</b> &amp; I"


def test_where_there_are_no_statistics_the_part_tells_when_it_was_closed(
    world: World, ann: str, teammate: str
) -> None:
    one = world.sandbox.start_conversation(ann, "An offer", by=teammate, subject="For you")
    world.time.service.advance(5)
    world.sandbox.close_conversation(one, teammate)
    (listed,) = closed_since(world, START - 10)
    assert (listed.title, listed.closed_at) == ("For you", None)
    assert read(world, one).summary.closed_at == int(world.time.service.now())


def test_parts_that_intercom_no_longer_tells_are_counted(
    world: World, ann: str, teammate: str
) -> None:
    one = world.sandbox.start_conversation(ann, "first")
    for number in range(503):
        world.sandbox.reply(one, teammate, f"answer {number}")
    conversation = read(world, one)
    assert conversation.missing == 3
    assert [conversation.messages[0].text, conversation.messages[1].text] == ["first", "answer 3"]


def test_somebody_without_a_name_is_named_by_the_address_or_not_at_all(world: World) -> None:
    named = world.sandbox.create_contact("lead", "bob@example.com")
    nameless = world.sandbox.create_contact("lead")
    one = world.sandbox.start_conversation(named, "Hello?")
    world.sandbox.reply(one, nameless, "Hello")
    assert [message.author for message in read(world, one).messages] == ["bob@example.com", ""]


def test_a_conversation_that_is_not_there_is_none(world: World, ann: str) -> None:
    one = world.sandbox.start_conversation(ann, "Hello?")
    world.sandbox.delete_conversation(one)
    assert asyncio.run(world.client.conversation(one)) is None
    assert asyncio.run(world.client.conversation("no such thing/?")) is None


def test_closed_conversations_are_found_from_a_second_on(
    world: World, ann: str, teammate: str
) -> None:
    clock = world.time.service
    early, late, still_open = (world.sandbox.start_conversation(ann, text) for text in "abc")
    world.sandbox.close_conversation(early, teammate)
    clock.advance(10)
    moment = int(clock.now())
    world.sandbox.close_conversation(late, teammate)
    world.sandbox.reply(still_open, teammate, "yes?")
    assert [one.id for one in closed_since(world, moment)] == [late]
    assert closed_since(world, moment + 1) == []
    assert {one.id for one in closed_since(world, moment - 10)} == {early, late}
    assert closed_since(world, 0)[0].is_closed


def test_many_closed_conversations_come_in_pages(world: World, ann: str, teammate: str) -> None:
    for number in range(310):
        one = world.sandbox.start_conversation(ann, f"question {number}")
        world.sandbox.close_conversation(one, teammate)
    assert len({one.id for one in closed_since(world, START - 5)}) == 310
    assert world.sandbox.log.count("POST", "/conversations/search") == 3


def test_the_conversations_of_a_person_are_the_newest_first(
    world: World, ann: str, teammate: str
) -> None:
    other = world.sandbox.create_contact("user", "bob@example.com")
    mine = []
    for number in range(4):
        world.time.service.advance(1)
        mine.append(world.sandbox.start_conversation(ann, f"  \n<p>question</p> {number}"))
    world.sandbox.start_conversation(other, "not hers")
    listed = asyncio.run(world.client.conversations_of(ann, 3))
    found = listed.newest
    assert listed.total == 4
    assert [one.id for one in found] == mine[:0:-1]
    assert found[0].title == "<p>question</p> 3"  # typed so, not HTML
    assert not found[0].is_closed


@pytest.mark.parametrize(("number", "calls"), [(150, 1), (310, 3), (700, 5)])
def test_of_very_many_conversations_the_newest_are_found(
    world: World, ann: str, number: int, calls: int
) -> None:
    mine = []
    for count in range(number):
        world.time.service.advance(1)
        mine.append(world.sandbox.start_conversation(ann, f"question {count}"))
    random.Random(1).shuffle(mine)
    for one in mine[: number // 2]:  # what is newest follows no id
        world.time.service.advance(1)
        world.sandbox.reply(one, ann, "Hello?")
    world.sandbox.settle_index()
    found = asyncio.run(world.client.conversations_of(ann, 50))
    assert [one.id for one in found.newest] == mine[: number // 2][:-51:-1]
    assert found.total == number
    assert world.sandbox.log.count("POST", "/conversations/search") == calls


def test_without_the_permission_it_is_a_matter_of_the_set_up(world: World, ann: str) -> None:
    one = world.sandbox.start_conversation(ann, "Hello?")
    world.sandbox.set_permission(READ_CONVERSATIONS, granted=False)
    for reading in (
        lambda: world.client.conversation(one),
        lambda: world.client.conversations_of(ann, 3),
        lambda: anext(world.client.closed_conversations(0)),
    ):
        with pytest.raises(SetupError) as refused:
            asyncio.run(_run(reading))
        assert (refused.value.code, refused.value.side) == (FORBIDDEN, Side.INTERCOM)
        assert "Read conversations" in refused.value.remedy
    person = asyncio.run(world.client.read(PersonKind.USER, ann))
    assert isinstance(person, PersonRecord)


async def _run(reading: Callable[[], object]) -> object:
    return await reading()  # type: ignore[misc]


def test_a_trouble_of_the_service_or_the_sign_in_is_no_matter_of_the_permission(
    world: World, ann: str
) -> None:
    one = world.sandbox.start_conversation(ann, "Hello?")
    world.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, times=9))
    with pytest.raises(TransientError):
        read(world, one)
    world.sandbox.faults.clear()
    world.sandbox.revoke_token()
    with pytest.raises(SignInError):
        read(world, one)


def test_calls_for_conversations_are_counted_as_such(world: World, ann: str) -> None:
    one = world.sandbox.start_conversation(ann, "Hello?")
    asyncio.run(world.client.identity())
    world.calls.purposes.clear()
    read(world, one)
    asyncio.run(world.client.conversations_of(ann, 3))
    assert world.calls.purposes == ["conversations", "conversations"]
