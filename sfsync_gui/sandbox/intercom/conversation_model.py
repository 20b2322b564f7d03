"""What a conversation is: who wrote what and when, and what became of it.

After "Retrieve a conversation" and the models Conversation and Conversation part of Intercom's
reference (2.16).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.intercom.model import Found


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message: an `admin`, a `user`, a `lead` or a `bot`; as they were called then."""

    type: str
    id: str
    name: str | None
    email: str | None

    @property
    def is_contact(self) -> bool:
        """Tell whether this is a contact, not somebody of the workspace."""
        return self.type in ("user", "lead")


@dataclass(frozen=True, slots=True)
class Part:
    """What was added to a conversation. `body` is plain text, None where nothing was written.

    `part_type`: `comment`, `note` (for teammates only), `close`, `open`, `assignment`; `state` is
    that of the conversation when the part was added.
    """

    id: str
    part_type: str
    author: Author
    created_at: int
    state: str
    body: str | None = None
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One version of a conversation; times are Unix seconds. `body` is the first message."""

    id: str
    created_at: int
    updated_at: int
    author: Author
    body: str
    subject: str = ""
    source_type: str = "conversation"
    title: str | None = None
    contact_ids: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    state: str = "open"
    assignee_id: str | None = None
    waiting_since: int | None = None
    version: int = 0
    is_deleted: bool = False

    @property
    def teammate_ids(self) -> tuple[str, ...]:
        """The ids of the teammates who took part."""
        authors = (self.author, *(part.author for part in self.parts))
        return tuple(dict.fromkeys(one.id for one in authors if one.type == "admin"))

    def statistics(self) -> dict[str, Any] | None:
        """The times and counts for reports; None as long as no contact has written anything.

        Each time is null until the thing has happened. Those that subtract office hours are not
        known here.
        """
        if self.first_contact_reply_at() is None:
            return None
        parts = self.parts
        closed = [part for part in parts if part.part_type == "close"]
        answered = [part.created_at for part in parts if _is_reply(part, by_contact=False)]
        assigned = [part.created_at for part in parts if part.assigned_to is not None]
        written = [part.created_at for part in parts if _is_reply(part, by_contact=True)]
        return {
            "type": "conversation_statistics",
            **dict.fromkeys(_OFFICE_HOURS),
            "first_contact_reply_at": self.first_contact_reply_at(),
            "first_assignment_at": _first(assigned),
            "first_admin_reply_at": _first(answered),
            "first_close_at": _first(part.created_at for part in closed),
            "last_assignment_at": _last(assigned),
            "last_assignment_admin_reply_at": _last(answered) if assigned else None,
            "last_contact_reply_at": _last(written) or self.first_contact_reply_at(),
            "last_admin_reply_at": _last(answered),
            "last_close_at": _last(part.created_at for part in closed),
            "last_closed_by_id": closed[-1].author.id if closed else None,
            "count_reopens": sum(part.part_type == "open" for part in parts),
            "count_assignments": len(assigned),
            "count_conversation_parts": len(parts) + 1,
        }

    def first_contact_reply_at(self) -> int | None:
        """When a contact first wrote; None if none ever did."""
        if self.author.is_contact:
            return self.created_at
        return _first(part.created_at for part in self.parts if _is_reply(part, by_contact=True))

    def searchable(self, field: str) -> Found:
        """Return the value of a searchable field; several for a field of ids."""
        prefix, dot, name = field.partition(".")
        if prefix == "statistics" and dot:
            return (self.statistics() or {}).get(name)
        if prefix == "source" and dot:
            return self._source_value(name)
        values: dict[str, Found] = {
            "open": self.state != "closed",
            "read": True,
            "priority": "none",
            "admin_assignee_id": None if self.assignee_id is None else int(self.assignee_id),
            "contact_ids": self.contact_ids,
            "teammate_ids": self.teammate_ids,
        }
        if field in values:
            return values[field]
        value: Found = getattr(self, field, None)
        return value

    def _source_value(self, name: str) -> Found:
        if name.startswith("author."):
            value: Found = getattr(self.author, name.removeprefix("author."), None)
            return value
        return {"type": self.source_type, "subject": self.subject, "body": self.body}.get(name)


_OFFICE_HOURS = (
    "time_to_assignment",
    "time_to_admin_reply",
    "time_to_first_close",
    "time_to_last_close",
    "median_time_to_reply",
)


def _is_reply(part: Part, *, by_contact: bool) -> bool:
    written = part.body is not None and part.part_type != "note"
    return written and part.author.is_contact == by_contact


def _first(times: Iterable[int]) -> int | None:
    return min(times, default=None)


def _last(times: Iterable[int]) -> int | None:
    return max(times, default=None)
