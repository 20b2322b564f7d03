"""The lives of the links, as the history tells them: who was linked to whom, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side


@dataclass(frozen=True, slots=True)
class Span:
    """A pair that a link joined from an entry of the history on."""

    since: int
    intercom_id: str
    salesforce_id: str
    kind: PersonKind

    def has(self, person: str) -> bool:
        """Whether this is one of the two."""
        return person in (self.intercom_id, self.salesforce_id)

    def on(self, side: Side) -> str:
        """The id on a side."""
        return self.intercom_id if side is Side.INTERCOM else self.salesforce_id


@dataclass(slots=True)
class Life:
    """One link from its making to its end (None: it lives), over all its moves."""

    spans: list[Span]
    ended: int | None = None
    last: HistoryEntry | None = field(default=None, repr=False)

    @property
    def now(self) -> Span:
        """The pair that it joined last."""
        return self.spans[-1]

    def at(self, entry_id: int) -> Span | None:
        """The pair just after this entry of the history, None before the beginning and the end."""
        if self.ended is not None and entry_id >= self.ended:
            return None
        found = [span for span in self.spans if span.since <= entry_id]
        return found[-1] if found else None

    def has(self, intercom_id: str | None, salesforce_id: str | None) -> bool:
        """Whether it ever joined these two."""
        return any(
            (one.intercom_id, one.salesforce_id) == (intercom_id, salesforce_id)
            for one in self.spans
        )

    def people(self) -> frozenset[str]:
        """Everybody whom it ever joined."""
        return frozenset(
            one for span in self.spans for one in (span.intercom_id, span.salesforce_id)
        )


def lives_of(history: Iterable[HistoryEntry]) -> list[Life]:
    """All links there ever were, from the history, oldest entry first."""
    lives: list[Life] = []
    for entry in history:
        if entry.kind is HistoryKind.LINKED:
            lives.append(Life([_span(entry)]))
        elif entry.kind is HistoryKind.MOVED:
            kept = entry.trigger.side.other if entry.trigger.side else Side.INTERCOM
            span = _span(entry)
            _living(lives, kept, span.on(kept)).spans.append(span)
        elif entry.kind is HistoryKind.UNLINKED:
            life = _living(lives, Side.INTERCOM, entry.intercom_id or "")
            life.ended, life.last = entry.id, entry
    return lives


def _span(entry: HistoryEntry) -> Span:
    assert entry.intercom_id is not None
    assert entry.salesforce_id is not None
    assert entry.salesforce_kind is not None
    return Span(entry.id, entry.intercom_id, entry.salesforce_id, entry.salesforce_kind)


def _living(lives: Iterable[Life], side: Side, person: str) -> Life:
    found = [one for one in lives if one.ended is None and one.now.on(side) == person]
    assert len(found) == 1, f"the history tells of {len(found)} links of {person}"
    return found[0]
