"""The text of a task: titles, transcripts, and where they are cut."""

from __future__ import annotations

import pytest

from sfsync_gui.core.conversations import (
    REST_ELSEWHERE,
    Conversation,
    ConversationSummary,
    Message,
    description_of,
    is_about,
    shortened,
    title_of,
    units,
)

URL = "https://app.intercom.com/a/apps/nw5x2k7q/conversations/77"
AT = 1_790_000_000
"""2026-09-21 14:13 UTC."""


def conversation(*texts: str, missing: int = 0) -> Conversation:
    summary = ConversationSummary("77", "T", ("ann",), True, AT, AT, AT)
    messages = tuple(Message("Ann", AT + 60 * place, text) for place, text in enumerate(texts))
    return Conversation(summary, URL, messages, missing)


def test_a_transcript_tells_who_when_and_what_and_ends_with_the_page() -> None:
    assert description_of("", conversation("It broke", "all\nof it"), 32_000) == (
        "Ann, 2026-09-21 14:13 UTC\nIt broke\n\nAnn, 2026-09-21 14:14 UTC\nall\nof it\n\n" + URL
    )


def test_a_comment_comes_first_and_stands_alone_without_a_conversation() -> None:
    assert description_of(" Call her. ", None, 100) == "Call her."
    with_both = description_of("Call her.", conversation("It broke"), 32_000)
    assert with_both.startswith("Call her.\n\nAnn, 2026")
    assert with_both.endswith("\n\n" + URL)


def test_messages_that_are_missing_are_mentioned() -> None:
    text = description_of("", conversation("It broke", missing=3), 32_000)
    assert text.startswith("(3 earlier messages are in Intercom.)\n\nAnn, ")


def test_a_nameless_author_is_somebody() -> None:
    nameless = Conversation(conversation().summary, URL, (Message("", AT, "Hi"),))
    assert description_of("", nameless, 32_000).startswith("Somebody, ")


@pytest.mark.parametrize("sign", ["x", "é", "🦊"])
@pytest.mark.parametrize("length", [300, 301, 302, 32_000])
def test_what_is_too_long_is_cut_to_the_very_length(sign: str, length: int) -> None:
    text = description_of("", conversation(sign * 40_000), length)
    assert length - 2 <= units(text) <= length
    assert text.endswith(f"\n\n{REST_ELSEWHERE}\n{URL}")
    assert is_about(text, "77")


def test_what_just_fits_is_not_cut() -> None:
    whole = description_of("", conversation("x" * 500), 32_000)
    assert description_of("", conversation("x" * 500), units(whole)) == whole
    cut = description_of("", conversation("x" * 500), units(whole) - 1)
    assert REST_ELSEWHERE in cut
    assert units(cut) <= units(whole) - 1


def test_a_comment_is_never_cut() -> None:
    text = description_of("c" * 400, conversation("x" * 500), 300)
    assert text == "c" * 400 + f"\n\n{REST_ELSEWHERE}\n{URL}"


@pytest.mark.parametrize(
    ("description", "is_so"),
    [
        (f"text\n\n{URL}", True),
        (URL, True),
        (f"{URL}\n", True),
        (f"{URL}\nmore", False),
        (f"text\n{URL}7", False),
        ("text\nhttps://app.eu.intercom.com/a/apps/x/conversations/77", True),
        ("", False),
    ],
)
def test_the_last_line_tells_which_conversation_a_task_is_about(
    description: str, is_so: bool
) -> None:
    assert is_about(description, "77") is is_so


def test_a_title_is_the_first_line_that_is_not_blank() -> None:
    assert title_of(None, "", "  \n Hello \nyou") == "Hello"
    assert title_of("One", "Two") == "One"
    assert title_of("", None) == ""
    assert title_of("x" * 90) == "x" * 79 + "…"


def test_shortening_counts_signs_that_take_two_units() -> None:
    assert shortened("🦊" * 5, 10) == "🦊" * 5
    assert shortened("🦊" * 6, 10) == "🦊" * 4 + "…"
    assert shortened("abc", 3) == "abc"
