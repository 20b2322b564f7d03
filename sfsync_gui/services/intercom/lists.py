"""Pages of lists: the records on them, the cursor of the next, and what cannot be followed."""

from collections.abc import Mapping
from typing import Any, Protocol

from sfsync_gui.core.failures import TransientError
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.intercom.errors import unexpected
from sfsync_gui.services.intercom.gateway import Reply
from sfsync_gui.services.intercom.records import may_need_cleaning


class MakeRecord(Protocol):
    """Makes the record of an entry; `cleaning`: takes unsafe characters out of its texts."""

    def __call__(self, entry: dict[str, Any], /, *, cleaning: bool = False) -> PersonRecord:
        """Make it."""
        ...


def records_of(reply: Reply, what: str, make: MakeRecord) -> tuple[PersonRecord, ...]:
    """The records on a page that was asked for.

    Raises `SfsyncError` for a refusal (`what` says of what), `TransientError` for what is no page.
    """
    if not reply.accepted:
        raise unexpected(reply.status, reply.errors, what)
    entries = reply.body.get("data")
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "id" in e for e in entries):
        raise broken_list(reply)
    cleaning = may_need_cleaning(reply.answer.body)
    return tuple(make(entry, cleaning=cleaning) for entry in entries)


def next_cursor(reply: Reply, current: str | None) -> str | None:
    """The cursor of the next page; None on the last. Refuses to go in circles."""
    pages = reply.body.get("pages")
    following = pages.get("next") if isinstance(pages, Mapping) else None
    cursor = following.get("starting_after") if isinstance(following, Mapping) else None
    if cursor is None or cursor == "":
        return None
    if cursor == current:
        raise broken_list(reply)
    return str(cursor)


def broken_list(reply: Reply) -> TransientError:
    """The failure for a page that cannot be understood, or leads in circles."""
    return TransientError(
        "The list cannot be read",
        f"{reply.answer.host} sent a list that cannot be followed.",
        "This is tried again by itself.",
        subject=reply.answer.host,
        side=Side.INTERCOM,
        detail=f"HTTP {reply.status}, {len(reply.answer.body)} bytes",
    )
