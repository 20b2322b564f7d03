"""Tags and segments of people: their paths, and the hands that give them.

A tag moves the `updated_at` of whom it is put on (seen in recordings). Who is in a segment is the
service's own reckoning: it changes nothing of the person.
"""

from __future__ import annotations

from collections.abc import Callable

from sfsync_gui.sandbox.clock import Agenda
from sfsync_gui.sandbox.intercom.gate import Action, ApiRequest
from sfsync_gui.sandbox.intercom.model import Contact
from sfsync_gui.sandbox.intercom.render import Json, segment_json, tag_json
from sfsync_gui.sandbox.intercom.workspace import Workspace


class LabelEndpoints:
    """The paths of tags and segments; `readable` finds the contact that a request names."""

    def __init__(self, workspace: Workspace, readable: Callable[[ApiRequest], Contact]) -> None:
        self._workspace, self._labels = workspace, workspace.labels
        self._readable = readable

    def table(self) -> tuple[tuple[str, str, Action], ...]:
        """Return method, path and action of each."""
        return (
            ("GET", "/tags", self._tags),
            ("GET", "/segments", self._segments),
            ("GET", "/contacts/{id}/tags", self._tags_of),
            ("GET", "/contacts/{id}/segments", self._segments_of),
        )

    def _tags(self, _request: ApiRequest) -> Json:
        """All tags ("List all tags"): those of people and of companies are one list."""
        listed = {**self._labels.tags, **self._workspace.companies.tags}
        return {"type": "list", "data": [tag_json(tag) for tag in listed.values()]}

    def _segments(self, _request: ApiRequest) -> Json:
        """All segments of people ("List all segments")."""
        listed = [segment_json(one) for one in self._labels.segments.values()]
        return {"type": "segment.list", "segments": listed}

    def _tags_of(self, request: ApiRequest) -> Json:
        """All tags of a contact ("List tags attached to a contact")."""
        tags = [tag_json(self._labels.tags[one]) for one in self._readable(request).tags]
        return {"type": "list", "data": tags}

    def _segments_of(self, request: ApiRequest) -> Json:
        """All segments of a contact ("List attached segments for contact")."""
        ids = sorted(self._labels.members[self._readable(request).id])
        return {"type": "list", "data": [segment_json(self._labels.segments[one]) for one in ids]}


class LabelHands:
    """What teammates do with tags, and what the service finds of segments."""

    agenda: Agenda
    workspace: Workspace

    def tag_contact(self, contact_id: str, name: str) -> str:
        """Put a tag on a contact and return the tag's id; `updated_at` moves."""
        self.agenda.run_due()
        contact, labels = self.workspace.contacts[contact_id], self.workspace.labels
        tag = labels.named("tags", name, self.workspace.now())
        self.workspace.change(contact, tags=tuple(dict.fromkeys((*contact.tags, tag))))
        return tag

    def untag_contact(self, contact_id: str, name: str) -> None:
        """Take a tag from a contact."""
        self.agenda.run_due()
        contact, labels = self.workspace.contacts[contact_id], self.workspace.labels
        gone = labels.named("tags", name, self.workspace.now())
        kept = tuple(tag for tag in contact.tags if tag != gone)
        self.workspace.change(contact, tags=kept)

    def add_segment(self, name: str) -> str:
        """Make a segment of people and return its id."""
        return self.workspace.labels.named("segments", name, self.workspace.now())

    def enter_segment(self, contact_id: str, name: str) -> None:
        """Have a contact be in a segment from now on; nothing of the contact changes."""
        self.agenda.run_due()
        self.workspace.labels.members[contact_id].add(self.add_segment(name))

    def leave_segment(self, contact_id: str, name: str) -> None:
        """Have a contact be in a segment no more."""
        self.agenda.run_due()
        self.workspace.labels.members[contact_id].discard(self.add_segment(name))
