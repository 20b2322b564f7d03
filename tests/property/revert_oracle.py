"""What must have become of every change that a person wanted taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction, Side, Trigger
from tests.property.census import text
from tests.property.lives import Life
from tests.property.rows import ALL
from tests.property.timeline import INDEX_LAG, CleanCheck, HumanEdit, Lost, TakingBack
from tests.property.verdict import Evidence, place, places_of, same_way


class TakingsBack:
    """Judges what was taken back in one world that came to rest."""

    def __init__(self, evidence: Evidence) -> None:
        self.story = evidence.story
        self.evidence = evidence

    def judge(self) -> Counter[str]:
        """Raise `Lost` where one was refused, done or undone wrongly; returns their fates."""
        return Counter(f"taken back: {self._fate(one)}" for one in self.story.taken_back)

    def _fate(self, taking: TakingBack) -> str:
        if taking.done is None:
            return "nobody knows"
        life, row = self._life(taking), self._row(taking)
        if not taking.done:
            if life and row and self._can_be(taking, life, row):
                raise Lost(f"refused for no reason: {taking}")
            return "refused"
        if life is None or row is None or text(taking.entry.after) not in taking.held:
            raise Lost(f"it could not be taken back: {taking}")
        return self._outcome(taking, life, row)

    # ------------------------------------------------------------------ whether it can be

    def _life(self, taking: TakingBack) -> Life | None:
        """The link of these two people at that time."""
        entry = taking.entry
        for life in self.evidence.lives:
            span = life.at(taking.since.history)
            if span and (span.intercom_id, span.salesforce_id) == (
                entry.intercom_id,
                entry.salesforce_id,
            ):
                return life
        return None

    def _row(self, taking: TakingBack) -> AttributeMapping | None:
        """The row, if it still wrote that field then."""
        mapping = [one for one in self.story.mappings if one.order <= taking.since.order][-1]
        entry = taking.entry
        assert entry.side is not None
        assert entry.salesforce_kind is not None
        for row in mapping.rows:
            if row.id == entry.row_id and row.direction.writes(entry.side):
                where = place(row, entry.side, entry.salesforce_kind)
                return row if where == (entry.side, taking.field) else None
        return None

    def _can_be(self, taking: TakingBack, life: Life, row: AttributeMapping) -> bool:
        """Whether our value is there, is another than before, and nobody typed in the row since."""
        entry = taking.entry
        places, people = places_of(self.story, row, life), life.people()
        typed = any(
            edit.person in people and (edit.side, edit.field) in places
            for edit in self.story.edits
            if edit.order <= taking.ended
            and (edit.seen_from > entry.at or not self._was_settled(edit, taking))
        )
        gone = any(0 < self.story.departures.get(one, 0) <= taking.ended for one in people)
        ours = taking.held == {text(entry.after)} != {text(entry.before)}
        return ours and not typed and not gone

    def _was_settled(self, edit: HumanEdit, taking: TakingBack) -> bool:
        """Whether a clean check had seen an edit by then."""
        return any(
            edit.order < check.order < taking.since.order and check.began >= edit.seen_from
            for check in self.story.checks
        )

    # ------------------------------------------------------------------ what became of it

    def _outcome(self, taking: TakingBack, life: Life, row: AttributeMapping) -> str:
        settled = self._settled(taking)
        if self._ground_lost(taking, life, row, settled):
            return "excused, the people or the row changed"
        later = self._later(taking, life, row)
        if self._is_written(taking):
            held = self.story.held(self._side(taking), taking.person, taking.field)
            if later or self._changed_since(taking, life, row) or self._hit_by_late_write(taking):
                return "done"
            if held != text(taking.entry.before):
                raise Lost(f"taken back, and {held!r} is there again: {taking}")
            return "done, and stays"
        if later:
            return "a later change wins"
        if any(
            error.row_id == row.id and life.has(error.intercom_id, error.salesforce_id)
            for error in self.evidence.opened
        ):
            return "refused by the service"
        raise Lost(f"it was not taken back: {taking}")

    def _side(self, taking: TakingBack) -> Side:
        assert taking.entry.side is not None
        return taking.entry.side

    def _settled(self, taking: TakingBack) -> CleanCheck:
        for check in self.story.checks:
            if check.order > taking.since.order and check.began >= taking.since.at:
                return check
        raise Lost("the world never came to rest")

    def _ground_lost(
        self, taking: TakingBack, life: Life, row: AttributeMapping, settled: CleanCheck
    ) -> bool:
        since = taking.since.history
        ended = life.ended is not None and since < life.ended <= settled.history
        moved = any(since < span.since <= settled.history for span in life.spans)
        gone = 0 < self.story.departures.get(taking.person, 0) < settled.order
        return ended or moved or gone or not self._in_force(taking, row, settled.order)

    def _changed_since(self, taking: TakingBack, life: Life, row: AttributeMapping) -> bool:
        moved = any(span.since > taking.since.history for span in life.spans)
        gone = taking.person in self.story.departures
        there = life.ended is None and not moved and not gone
        return not (there and self._in_force(taking, row, self.story.order))

    def _in_force(self, taking: TakingBack, row: AttributeMapping, until: int) -> bool:
        return all(
            any(same_way(row, other, self._side(taking)) for other in mapping.rows)
            for mapping in self.story.mappings
            if taking.since.order < mapping.order <= until
        )

    def _later(
        self, taking: TakingBack, life: Life, row: AttributeMapping
    ) -> list[HumanEdit | TakingBack]:
        """What people did later to the row, or where rows write that its fields come from.

        Whatever is typed in Salesforce has all rows to Intercom copied that differ.
        """
        places, people = places_of(self.story, row, life), life.people()
        if (self._side(taking), row.direction) == (Side.INTERCOM, Direction.TO_INTERCOM):
            places |= {(one.side, one.field) for one in ALL if one.side is Side.SALESFORCE}
        edits = (
            edit
            for edit in self.story.edits
            if edit.order > taking.since.order or edit.seen_from > taking.since.at + 100
        )
        others = (
            one
            for one in self.story.taken_back
            if one.since.order > taking.since.order and one.done is not False
        )
        found: list[HumanEdit | TakingBack] = [
            edit for edit in edits if edit.person in people and (edit.side, edit.field) in places
        ]
        found += [
            one for one in others if one.person in people and (self._side(one), one.field) in places
        ]
        return found

    def _hit_by_late_write(self, taking: TakingBack) -> bool:
        """A write of ours that nobody answered, and that may have come after it was put back."""
        back = [one.at for one in self._entries(taking) if one.trigger is Trigger.REVERTED]
        return any(
            request.late
            and request.at <= back[-1] <= request.at + INDEX_LAG
            and taking.person in request.text
            and f'"{taking.field}"' in request.text
            for request in self.story.unanswered
        )

    def _is_written(self, taking: TakingBack) -> bool:
        return any(
            entry.trigger is Trigger.REVERTED and text(entry.after) == text(taking.entry.before)
            for entry in self._entries(taking)
        )

    def _entries(self, taking: TakingBack) -> Iterator[HistoryEntry]:
        """What was written since by the same row to the same person."""
        told = taking.entry
        for entry in self.evidence.history:
            if (
                entry.id > taking.since.history
                and entry.kind.is_write
                and (entry.row_id, entry.side, entry.intercom_id, entry.salesforce_id)
                == (told.row_id, told.side, told.intercom_id, told.salesforce_id)
            ):
                yield entry
