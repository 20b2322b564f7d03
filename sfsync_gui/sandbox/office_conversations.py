"""Conversations in the demo: what people write to support, and what support makes of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Protocol

BEGUN = 16
"""How many conversations there are at first; every second one is closed."""

_QUESTIONS = (
    "Hi, the export stops at row 500. Is that a limit of my plan?",
    "Can I have the invoice for last month sent to accounting@example.com instead?",
    "Salut ! Est-ce que l’application existe en français ?",
    "My colleague cannot sign in: it says “unknown device” & sends no code.",
    "We are 40 people now. Which plan do you suggest?",
    "كيف يمكنني تغيير كلمة المرور؟",
    "The chart is empty since this morning 😟",
    "Could you delete the test project? We do not need it any more.",
)
_ANSWERS = (
    "Thanks for telling us. I have asked our developers and will come back to you.",
    "Yes, that can be done under Settings → Billing. Shall I do it for you?",
    "Which browser do you use, and since when do you see this?",
    "Done. You should see it after signing in once more.",
)
_GOODBYES = ("Glad that it works now. Have a good day.", "You are welcome.", None)


class ConversationHands(Protocol):
    """What people can do in Intercom, as far as their conversations go."""

    def all_contacts(self) -> list[dict[str, Any]]:
        """Return all contacts."""
        ...

    def admins(self) -> list[tuple[str, str, str]]:
        """Return id, name and e-mail of all teammates."""
        ...

    def open_conversations(self) -> list[str]:
        """Return the ids of conversations that are not closed, the oldest first."""
        ...

    def start_conversation(self, contact_id: str, body: str) -> str:
        """Have a contact write."""
        ...

    def reply(self, conversation_id: str, by: str, body: str) -> None:
        """Add a message."""
        ...

    def close_conversation(self, conversation_id: str, by: str, body: str | None = None) -> None:
        """Close a conversation."""
        ...


class ConversationDesk:
    """Writes, answers and closes. Its chance is its own: what else happens stays the same."""

    def __init__(self, intercom: ConversationHands, seed: int) -> None:
        self._intercom = intercom
        self._random = random.Random(f"conversations {seed}")

    def begin(self) -> None:
        """Have conversations under way, and some behind us."""
        for number in range(BEGUN):
            self.write()
            self.answer()
            if number % 2:
                self.close()

    def step(self) -> str | None:
        """Do something at times, and say what."""
        acts = (None, None, None, self.write, self.answer, self.close)
        act = self._random.choice(acts)
        return None if act is None else act()

    def write(self) -> str | None:
        """Have somebody ask something."""
        people = self._intercom.all_contacts()
        if not people:
            return None
        person = self._random.choice(people)
        self._intercom.start_conversation(person["id"], self._random.choice(_QUESTIONS))
        return f"Intercom: {person['name'] or person['email'] or person['id']} asks support"

    def answer(self) -> str | None:
        """Have a teammate answer what is open."""
        return self._on_open("answers", self._intercom.reply, _ANSWERS)

    def close(self) -> str | None:
        """Have a teammate close what is open, with or without a word."""
        return self._on_open("closes", self._intercom.close_conversation, _GOODBYES)

    def _on_open(
        self, what: str, act: Callable[[str, str, Any], None], texts: tuple[str | None, ...]
    ) -> str | None:
        still_open = self._intercom.open_conversations()
        if not still_open:
            return None
        teammate, name, _email = self._random.choice(self._intercom.admins())
        act(self._random.choice(still_open), teammate, self._random.choice(texts))
        return f"Intercom: {name} {what} a conversation"
