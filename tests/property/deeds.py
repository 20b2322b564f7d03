"""What holds of every deed that the history tells: each had a cause, and followed the rules."""

from __future__ import annotations

from collections.abc import Callable

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, HistoryKind, Side, Trigger
from tests.property.lives import Life
from tests.property.timeline import Lost
from tests.property.verdict import Evidence

_LOSERS = {ConflictRule.SALESFORCE: Side.INTERCOM, ConflictRule.INTERCOM: Side.SALESFORCE}


class Deeds:
    """Judges the history of one world; `check` raises `Lost`."""

    def __init__(self, evidence: Evidence) -> None:
        self.story = evidence.story
        self.evidence = evidence

    def check(self) -> None:
        """All of it."""
        for entry in self.evidence.history:
            if entry.kind is HistoryKind.OVERRULED:
                self._follows_the_rule(entry)
            if entry.kind.is_write and entry.after is None:
                self._copies_blanks(entry)
        for life in self.evidence.lives:
            self._moved_to_whom_people_said(life)
            if life.last is not None and not self._ended_for_a_reason(life, life.last):
                raise Lost(f"a link ended without a reason: {life.last}")

    # ------------------------------------------------------------------ values

    def _versions(self, entry: HistoryEntry) -> list[AttributeMapping]:
        """The row as it was in force in the second of this entry."""
        begun = [one for one in self.story.mappings if one.at <= entry.at + 1]
        in_force = [one for one in begun if one.at >= entry.at] + [
            one for one in begun if one.at < entry.at
        ][-1:]
        return [row for one in in_force for row in one.rows if row.id == entry.row_id]

    def _follows_the_rule(self, entry: HistoryEntry) -> None:
        rules = {row.conflict_rule for row in self._versions(entry)}
        if ConflictRule.NEWER in rules or entry.side in {_LOSERS[rule] for rule in rules}:
            return
        raise Lost(f"the wrong side won by {rules}: {entry}")

    def _copies_blanks(self, entry: HistoryEntry) -> None:
        if entry.trigger is Trigger.REVERTED:
            return  # what was blank becomes blank again
        if all(row.blank_rule is BlankRule.KEEP for row in self._versions(entry)):
            raise Lost(f"a blank was copied where it may not be: {entry}")

    # ------------------------------------------------------------------ links

    def _moved_to_whom_people_said(self, life: Life) -> None:
        for before, after in zip(life.spans, life.spans[1:], strict=False):
            for side in Side:
                old, new = before.on(side), after.on(side)
                if old != new and new not in self._successors(old):
                    raise Lost(f"the link of {old} moved to {new}: {life}")

    def _successors(self, person: str) -> list[str]:
        """To whom somebody was converted or merged, over all hops."""
        found = []
        while (successor := self.story.successors.get(person)) is not None:
            found.append(person := successor)
        return found

    def _ended_for_a_reason(self, life: Life, entry: HistoryEntry) -> bool:
        reasons: dict[Trigger, Callable[[], bool]] = {
            Trigger.SALESFORCE_DELETED: lambda: self._was_deleted(entry.salesforce_id),
            Trigger.INTERCOM_DELETED: lambda: self._was_deleted(entry.intercom_id),
            Trigger.SALESFORCE_MERGED: lambda: self._had_nowhere_to_go(entry, entry.salesforce_id),
            Trigger.SALESFORCE_CONVERTED: lambda: self._had_nowhere_to_go(
                entry, entry.salesforce_id
            ),
            Trigger.INTERCOM_MERGED: lambda: self._had_nowhere_to_go(entry, entry.intercom_id),
            Trigger.SALESFORCE_KEY_UPDATED: lambda: self._key_left(life, entry.salesforce_id),
            Trigger.INTERCOM_KEY_UPDATED: lambda: self._key_left(life, entry.intercom_id),
            Trigger.UNLINKED_BY_HAND: lambda: self._was_unlinked(entry),
        }
        return entry.trigger in reasons and reasons[entry.trigger]()

    def _was_deleted(self, person: str | None) -> bool:
        return person in self.story.departures and person not in self.story.successors

    def _had_nowhere_to_go(self, entry: HistoryEntry, person: str | None) -> bool:
        """Whether whoever somebody was merged into or converted to was linked, or gone too."""
        successors = self._successors(person or "")
        if not successors:
            return False
        last = successors[-1]
        taken = any(
            (span := life.at(entry.id)) is not None and span.has(one)
            for life in self.evidence.lives
            for one in successors
        )
        return taken or last in self.story.departures

    def _key_left(self, life: Life, person: str | None) -> bool:
        """Whether a key was changed; or the link went to somebody whose key is another."""
        typed = any(edit.person == person for edit in self.story.key_edits)
        return typed or len(life.spans) > 1

    def _was_unlinked(self, entry: HistoryEntry) -> bool:
        return any(
            (one.intercom_id, one.salesforce_id) == (entry.intercom_id, entry.salesforce_id)
            for one in self.story.apart
        )
