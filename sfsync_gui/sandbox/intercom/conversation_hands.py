"""What contacts and teammates do in conversations, as direct calls: nothing here is the API."""

from __future__ import annotations

from sfsync_gui.sandbox.clock import Agenda
from sfsync_gui.sandbox.intercom.conversation_model import Conversation
from sfsync_gui.sandbox.intercom.conversations import Conversations
from sfsync_gui.sandbox.intercom.workspace import Workspace


class ConversationHands:
    """Writes, closes and reopens conversations; raises KeyError for one that is not there.

    `by` is the id of a contact or a teammate. Bodies are plain text.
    """

    agenda: Agenda
    workspace: Workspace
    conversations: Conversations

    def start_conversation(
        self,
        contact_id: str,
        body: str,
        *,
        by: str | None = None,
        subject: str = "",
        title: str | None = None,
        others: tuple[str, ...] = (),
    ) -> str:
        """Have a contact write, or a teammate write to a contact; return the conversation's id.

        With a `subject` it is an e-mail; `others` are contacts in the conversation besides.
        """
        self.agenda.run_due()
        author = self.conversations.author(by or contact_id)
        return self.conversations.add(
            (contact_id, *others),
            author,
            body,
            subject=subject,
            title=title,
            source_type="email" if subject else "conversation",
        ).id

    def reply(self, conversation_id: str, by: str, body: str) -> None:
        """Add a message; one of a contact reopens what was closed ("Automatic reopening")."""
        conversation = self._there(conversation_id)
        author = self.conversations.author(by)
        reopens = conversation.state == "closed" and author.is_contact
        self.conversations.add_part(
            conversation,
            "open" if reopens else "comment",
            author,
            body,
            state="open" if reopens else None,
        )

    def add_note(self, conversation_id: str, by: str, body: str) -> None:
        """Add a note that only teammates see."""
        conversation = self._there(conversation_id)
        self.conversations.add_part(conversation, "note", self.conversations.author(by), body)

    def assign(self, conversation_id: str, by: str, to: str) -> None:
        """Give a conversation to a teammate."""
        conversation = self._there(conversation_id)
        author = self.conversations.author(by)
        self.conversations.add_part(conversation, "assignment", author, assigned_to=to)

    def close_conversation(self, conversation_id: str, by: str, body: str | None = None) -> None:
        """Close a conversation, with a last message where `body` is given."""
        conversation = self._there(conversation_id)
        author = self.conversations.author(by)
        self.conversations.add_part(conversation, "close", author, body, state="closed")

    def reopen_conversation(self, conversation_id: str, by: str) -> None:
        """Open a closed conversation again without a word."""
        conversation = self._there(conversation_id)
        author = self.conversations.author(by)
        self.conversations.add_part(conversation, "open", author, state="open")

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation for good."""
        self.conversations.delete(self._there(conversation_id))

    def open_conversations(self) -> list[str]:
        """Return the ids of conversations that are not closed, the oldest first."""
        self.agenda.run_due()
        found = self.conversations.all.values()
        return [one.id for one in found if one.state != "closed" and not one.is_deleted]

    def _there(self, conversation_id: str) -> Conversation:
        self.agenda.run_due()
        found = self.conversations.find(conversation_id)
        if found is None:
            raise KeyError(conversation_id)
        return found
