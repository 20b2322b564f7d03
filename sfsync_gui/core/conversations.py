"""Conversations of people in Intercom, and their transcript as the text of a Salesforce task."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

REST_ELSEWHERE = "… The rest is in Intercom:"
"""What stands before the link where a transcript was cut."""

_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation as a search shows it. Times are unix seconds.

    `title` is the conversation's own, or the subject, or how its first message begins; empty
    where all are. `closed_at` is None where that is not known, which does not say that it is open.
    """

    id: str
    title: str
    contact_ids: tuple[str, ...]
    is_closed: bool
    created_at: int
    updated_at: int
    closed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Conversations:
    """Conversations of a contact, the newest first; `total` is how many there are."""

    newest: tuple[ConversationSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote, as plain text. `author` is empty where nobody is named."""

    author: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation. `url` is its page in Intercom.

    `messages` are what was said, the first first; notes for teammates are left out. `missing`
    counts parts of the beginning that Intercom no longer tells. `teammate_id` is whom the
    conversation is assigned to, None where that is nobody.
    """

    summary: ConversationSummary
    url: str
    messages: tuple[Message, ...]
    missing: int = 0
    teammate_id: str | None = None


def title_of(*candidates: str | None) -> str:
    """The first line of the first of these that is not blank, shortened."""
    for text in candidates:
        line = next((one.strip() for one in (text or "").splitlines() if one.strip()), "")
        if line:
            return shortened(line, _TITLE_LENGTH)
    return ""


def shortened(text: str, length: int) -> str:
    """The text, cut to a length with an ellipsis at its end where it is longer.

    Both are counted in UTF-16 units, of which some signs take two: the text is not longer
    whichever way a service counts.
    """
    if units(text) <= length:
        return text
    return _beginning(text, length - 1).rstrip() + "…"


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def description_of(comment: str, conversation: Conversation | None, length: int) -> str:
    """The text of a task: a person's comment, the transcript, and the conversation's page.

    The page is the last line. A transcript that is too long is cut. The result is longer than
    `length` only where the comment itself leaves no room.
    """
    comment = comment.strip()
    if conversation is None:
        return comment
    transcript = "\n\n".join(_paragraphs(conversation))
    whole = _joined(comment, transcript, conversation.url)
    if units(whole) <= length:
        return whole
    end = f"{REST_ELSEWHERE}\n{conversation.url}"
    room = length - units(_joined(comment, "", end)) - 2
    return _joined(comment, _beginning(transcript, max(0, room)).rstrip(), end)


def is_about(description: str, conversation_id: str) -> bool:
    """Whether the text of a task ends with the page of this conversation."""
    last = description.rstrip().rpartition("\n")[2].strip()
    return last.endswith(f"/conversations/{conversation_id}")


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(one for one in paragraphs if one)


def _paragraphs(conversation: Conversation) -> Iterable[str]:
    if conversation.missing:
        yield f"({conversation.missing} earlier messages are in Intercom.)"
    for message in conversation.messages:
        at = datetime.fromtimestamp(message.at, UTC)
        yield f"{message.author or 'Somebody'}, {at:%Y-%m-%d %H:%M} UTC\n{message.text}"


def _beginning(text: str, length: int) -> str:
    """The beginning of a text that takes at most so many UTF-16 units."""
    taken = text[:length]
    while units(taken) > length:
        taken = taken[: len(taken) - max(1, (units(taken) - length) // 2)]
    return taken
