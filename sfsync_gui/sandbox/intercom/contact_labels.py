"""Tags and segments of people: what is stored of them."""

from __future__ import annotations

from collections import defaultdict

from sfsync_gui.sandbox.intercom.model import Label


class ContactLabels:
    """All tags and segments of people in a workspace."""

    def __init__(self) -> None:
        self.tags: dict[str, Label] = {}
        self.segments: dict[str, Label] = {}
        self.members: defaultdict[str, set[str]] = defaultdict(set)
        """The ids of the segments that a contact is in, by the contact's id."""

    def named(self, kind: str, name: str, now: int) -> str:
        """Return the id of a label of this name (`kind`: "tags", "segments"), made if needed."""
        labels: dict[str, Label] = getattr(self, kind)
        found = next((one for one in labels.values() if one.name == name), None)
        if found is None:
            found = Label(f"{kind[0]}p{len(labels) + 1:06}", name, now)
            labels[found.id] = found
        return found.id
