"""Tags and segments: those of a workspace, and those of a contact."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sfsync_gui.services.intercom.errors import refused_about, says_gone, unexpected
from sfsync_gui.services.intercom.gateway import Call, Gateway
from sfsync_gui.services.intercom.records import clean

_WITHIN = {"tags": "data", "segments": "segments"}
"""Under which name a workspace's list has its entries (schemas `tag_list`, `segment_list`)."""


async def all_labels(gateway: Gateway, kind: str) -> dict[str, str]:
    """The names of all "tags" or "segments" by id ("List all tags", "List all segments")."""
    reply = await gateway.send(Call("schema", "GET", f"/{kind}"))
    if not reply.accepted:
        raise unexpected(reply.status, reply.errors, f"for the {kind}")
    return _named(reply.body.get(_WITHIN[kind]))


async def labels_of(gateway: Gateway, kind: str, contact_id: str) -> tuple[str, ...]:
    """The names of a contact's "tags" or "segments", one call; of one that is gone there are none.

    "List tags attached to a contact", "List attached segments for contact".
    """
    path = f"/contacts/{quote(contact_id, safe='')}/{kind}"
    reply = await gateway.send(Call("read", "GET", path))
    if says_gone(reply.status, reply.errors):
        return ()
    if not reply.accepted:
        what = f"for the {kind} of contact {contact_id}"
        raise refused_about(reply.status, reply.errors, contact_id, what)
    return tuple(_named(reply.body.get("data")).values())


def _named(entries: Any) -> dict[str, str]:
    listed = entries if isinstance(entries, list) else []
    return {
        str(entry["id"]): clean(str(entry.get("name") or ""))
        for entry in listed
        if isinstance(entry, Mapping) and entry.get("id")
    }
