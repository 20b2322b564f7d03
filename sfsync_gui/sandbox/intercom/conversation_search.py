"""Which fields of conversations can be searched, and how ("Search conversations", 2.16).

Other than those of contacts, dates are compared by the second (told by clients of the service:
airbyte pull request 75462, singer tap-intercom pull request 45). `>` is described as "Greater (or
equal) than"; those clients found that it leaves the same second out, and ask for `=` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sfsync_gui.sandbox.intercom.errors import parameter_invalid
from sfsync_gui.sandbox.intercom.search import QueryParser

_STATISTICS_DATES = (
    "first_contact_reply_at",
    "first_assignment_at",
    "first_admin_reply_at",
    "first_close_at",
    "last_assignment_at",
    "last_assignment_admin_reply_at",
    "last_contact_reply_at",
    "last_admin_reply_at",
    "last_close_at",
)
_STATISTICS_NUMBERS = (
    "time_to_assignment",
    "time_to_admin_reply",
    "time_to_first_close",
    "time_to_last_close",
    "median_time_to_reply",
    "count_reopens",
    "count_assignments",
    "count_conversation_parts",
)
_TEXTS = (
    "id",
    "source.type",
    "source.id",
    "source.delivered_as",
    "source.subject",
    "source.body",
    "source.author.id",
    "source.author.type",
    "source.author.name",
    "source.author.email",
    "source.url",
    "contact_ids",
    "teammate_ids",
    "channel_initiated",
    "state",
    "tag_ids",
    "priority",
    "statistics.last_closed_by_id",
)
_KINDS = {
    **dict.fromkeys(_TEXTS, "string"),
    **dict.fromkeys(("open", "read", "ai_agent_participated"), "boolean"),
    **dict.fromkeys(("admin_assignee_id", "team_assignee_id"), "number"),
    **{f"statistics.{name}": "number" for name in _STATISTICS_NUMBERS},
    **dict.fromkeys(("created_at", "updated_at", "waiting_since", "snoozed_until"), "second"),
    **{f"statistics.{name}": "second" for name in _STATISTICS_DATES},
}


class ConversationQueryParser(QueryParser):
    """The query of "Search conversations"."""

    operators: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "string": ("=", "!=", "IN", "NIN", "~", "!~", "^", "$"),
        "boolean": ("=", "!=", "IN", "NIN"),
        "number": ("=", "!=", "IN", "NIN", "<", ">"),
        "second": ("=", "!=", "<", ">"),
    }

    def _kind(self, field: str) -> str:
        kind = _KINDS.get(field)
        if kind is None:
            raise parameter_invalid(f"Field '{field}' is not a searchable field")
        return kind


def checked_sort(sort: object) -> tuple[str, bool]:
    """Return the field to sort by and whether descending.

    Without a sort no order is described: here it is one that tells nothing of time.
    """
    if sort is None:
        return "id", False
    if not isinstance(sort, dict):
        raise parameter_invalid("sort must be an object")
    field, order = sort.get("field", "updated_at"), sort.get("order", "descending")
    if order not in ("ascending", "descending"):
        raise parameter_invalid(f"Invalid sort order '{order}'")
    if field not in ("id", "created_at", "updated_at"):
        raise parameter_invalid(f"Invalid sort field '{field}'")
    return field, order == "descending"
