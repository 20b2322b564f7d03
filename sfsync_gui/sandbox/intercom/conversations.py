"""The conversations of a simulated workspace, every way in which they change, and their index."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.intercom.conversation_model import Author, Conversation, Part
from sfsync_gui.sandbox.intercom.index import IndexLag, drawn_lag
from sfsync_gui.sandbox.intercom.model import Contact
from sfsync_gui.sandbox.intercom.workspace import Workspace

_FIRST_ID = 200_960_000_000_000
_FIRST_PART_ID = 31_500_000_000


class Conversations:
    """Conversations by id, and what the search sees of them, which lags behind.

    A conversation moves `updated_at` with each part. Nothing here refuses a request.
    """

    def __init__(
        self, workspace: Workspace, clock: Clock, agenda: Agenda, seed: int, index_lag: IndexLag
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._agenda = agenda
        self._index_lag = index_lag
        self._chance = random.Random(f"conversations {seed}")
        self._changes = 0
        self._parts = 0
        self.all: dict[str, Conversation] = {}
        self.indexed: dict[str, Conversation] = {}
        workspace.on_merge.append(self._hand_over)

    def add(
        self,
        contact_ids: tuple[str, ...],
        author: Author,
        body: str,
        **values: Any,
    ) -> Conversation:
        """Begin a conversation with its first message."""
        now = self._workspace.now()
        number = _FIRST_ID + len(self.all) * 1_000 + self._chance.randrange(1_000)
        conversation = Conversation(
            str(number), now, now, author, body, contact_ids=contact_ids, **values
        )
        if author.is_contact:
            conversation = replace(conversation, waiting_since=now)
        return self._store(conversation)

    def add_part(
        self,
        conversation: Conversation,
        part_type: str,
        author: Author,
        body: str | None = None,
        *,
        state: str | None = None,
        assigned_to: str | None = None,
    ) -> Conversation:
        """Add a part; where `state` is given it is the conversation's from then on."""
        now = self._workspace.now()
        self._parts += 1
        state = state or conversation.state
        part = Part(
            str(_FIRST_PART_ID + self._parts), part_type, author, now, state, body, assigned_to
        )
        waiting = conversation.waiting_since
        if body is not None and part_type != "note":
            waiting = now if author.is_contact else None
        changed = replace(
            conversation,
            parts=(*conversation.parts, part),
            state=state,
            updated_at=now,
            waiting_since=None if state == "closed" else waiting,
            assignee_id=assigned_to or conversation.assignee_id,
        )
        return self._store(changed)

    def delete(self, conversation: Conversation) -> None:
        """Delete a conversation for good."""
        self._store(replace(conversation, is_deleted=True))

    def find(self, conversation_id: str) -> Conversation | None:
        """Return the conversation of an id; None where there is none, or it was deleted."""
        found = self.all.get(conversation_id)
        return None if found is None or found.is_deleted else found

    def select(self, matches: Callable[[Conversation], bool]) -> list[Conversation]:
        """Return what the search finds, in no order."""
        return [one for one in self.indexed.values() if not one.is_deleted and matches(one)]

    def settle_index(self) -> None:
        """Make the index current now."""
        self.indexed = dict(self.all)

    def author(self, contact_or_admin_id: str) -> Author:
        """Return the author of what this contact or teammate writes; raise KeyError."""
        contact = self._workspace.contacts.get(contact_or_admin_id)
        if contact is not None:
            return _contact_author(contact)
        for admin in self._workspace.admins:
            if admin.id == contact_or_admin_id:
                return Author("admin", admin.id, admin.name, admin.email)
        raise KeyError(contact_or_admin_id)

    def _hand_over(self, lead_id: str, user_id: str) -> None:
        """Give the conversations of a lead to the user into whom it was merged."""
        for conversation in list(self.all.values()):
            if lead_id in conversation.contact_ids:
                ids = (user_id if one == lead_id else one for one in conversation.contact_ids)
                self._store(replace(conversation, contact_ids=tuple(dict.fromkeys(ids))))

    def _store(self, conversation: Conversation) -> Conversation:
        self._changes += 1
        stored = replace(conversation, version=self._changes)
        self.all[stored.id] = stored
        lag = drawn_lag(self._index_lag, self._chance)
        if lag <= 0:
            self._index(stored)
        else:
            self._agenda.at(self._clock.now() + lag, lambda: self._index(stored))
        return stored

    def _index(self, conversation: Conversation) -> None:
        """Show a version to the search, unless a newer one is shown already."""
        shown = self.indexed.get(conversation.id)
        if shown is None or shown.version < conversation.version:
            self.indexed[conversation.id] = conversation


def _contact_author(contact: Contact) -> Author:
    return Author(contact.role, contact.id, contact.name, contact.email or None)
