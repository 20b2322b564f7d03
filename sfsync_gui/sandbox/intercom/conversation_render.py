"""The JSON of conversations, shaped as the OpenAPI description and its examples have it (2.16)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from sfsync_gui.sandbox.intercom.conversation_model import Author, Conversation, Part
from sfsync_gui.sandbox.intercom.model import Contact

Json = dict[str, Any]

MOST_PARTS = 500
"""The most recent parts that are answered; there is no way to the others."""


def conversation_json(
    conversation: Conversation, contacts: Mapping[str, Contact], *, plain: bool, parts: bool
) -> Json:
    """Return a conversation; `plain` texts instead of HTML, with its `parts` or without."""
    answer: Json = {
        "type": "conversation",
        "id": conversation.id,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "waiting_since": conversation.waiting_since,
        "snoozed_until": None,
        "source": _source_json(conversation, plain=plain),
        "contacts": {
            "type": "contact.list",
            "contacts": [
                {"type": "contact", "id": one, "external_id": contacts[one].external_id}
                for one in conversation.contact_ids
            ],
        },
        "first_contact_reply": _first_reply_json(conversation),
        "admin_assignee_id": None
        if conversation.assignee_id is None
        else int(conversation.assignee_id),
        "team_assignee_id": None,
        "open": conversation.state != "closed",
        "state": conversation.state,
        "read": True,
        "tags": {"type": "tag.list", "tags": []},
        "priority": "none",
        "sla_applied": None,
        "statistics": conversation.statistics(),
        "conversation_rating": None,
        "teammates": _teammates_json(conversation),
        "title": conversation.title,
        "custom_attributes": {},
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "ai_agent": None,
        "ai_agent_participated": False,
    }
    if parts:
        answer["conversation_parts"] = {
            "type": "conversation_part.list",
            "conversation_parts": [
                _part_json(part, plain=plain) for part in conversation.parts[-MOST_PARTS:]
            ],
            "total_count": len(conversation.parts),
        }
    return answer


def _source_json(conversation: Conversation, *, plain: bool) -> Json:
    by_contact = conversation.author.is_contact
    return {
        "type": conversation.source_type,
        "id": f"4{conversation.id[-9:]}",
        "delivered_as": "customer_initiated" if by_contact else "admin_initiated",
        "subject": conversation.subject if plain else _as_html(conversation.subject),
        "body": conversation.body if plain else _as_html(conversation.body),
        "author": _author_json(conversation.author),
        "attachments": [],
        "url": None,
        "redacted": False,
    }


def _part_json(part: Part, *, plain: bool) -> Json:
    body = part.body
    return {
        "type": "conversation_part",
        "id": part.id,
        "part_type": part.part_type,
        "body": body if body is None or plain else _as_html(body),
        "created_at": part.created_at,
        "updated_at": part.created_at,
        "notified_at": part.created_at,
        "assigned_to": None
        if part.assigned_to is None
        else {"type": "admin", "id": part.assigned_to},
        "author": _author_json(part.author),
        "attachments": [],
        "external_id": None,
        "redacted": False,
        "email_message_metadata": None,
        "state": part.state,
        "tags": [],
        "event_details": None,
        "app_package_code": None,
    }


def _author_json(author: Author) -> Json:
    name = None if author.name is None else html.escape(author.name).replace("&#x27;", "&#39;")
    return {"type": author.type, "id": author.id, "name": name, "email": author.email}


def _first_reply_json(conversation: Conversation) -> Json | None:
    at = conversation.first_contact_reply_at()
    if at is None:
        return None
    return {"created_at": at, "type": conversation.source_type, "url": None}


def _teammates_json(conversation: Conversation) -> Json | None:
    ids = conversation.teammate_ids
    if not ids:
        return None
    return {"type": "admin.list", "teammates": [{"type": "admin", "id": one} for one in ids]}


def _as_html(text: str) -> str:
    """Return what a person typed as the messenger stores it: a paragraph for each empty line."""
    if not text:
        return ""
    escaped = html.escape(text, quote=False)
    return "\n".join(
        f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in escaped.split("\n\n")
    )
