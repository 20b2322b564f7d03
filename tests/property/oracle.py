"""The oracle: knows only the list of human edits, and what must have become of each.

An edit has arrived, was overtaken by a later edit, is in the history as the loser of a conflict,
or is in the errors. It is excused only where something, before the first check that could settle
it, took the ground from under it: the people were not linked, their link ended or went on to
another record, or the row went out of force.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, HistoryKind
from tests.property.census import text
from tests.property.lives import Life
from tests.property.timeline import INDEX_LAG, CleanCheck, HumanEdit, Lost
from tests.property.verdict import Evidence, place, places_of, same_way

EXCUSED = "excused: "


class Oracle:
    """Judges the human edits of one world that came to rest."""

    def __init__(self, evidence: Evidence) -> None:
        self.story = evidence.story
        self.evidence = evidence
        self.checks = self.story.checks
        self.edits = self.story.edits
        self.fates: Counter[str] = Counter()

    def judge(self) -> Counter[str]:
        """Raise `Lost` where an edit was lost; returns how many edits of a row met which fate."""
        for edit in self.edits:
            life = self._life(edit)
            if life is None:
                if self._rows_at(edit.order):
                    self.fates[EXCUSED + "not linked then"] += 1
                continue
            for row in self._rows_of(edit, life):
                fate = self._fate(edit, row, life)
                if fate is None:
                    raise Lost(f"{edit} was lost: {row}, {life}")
                self.fates[fate] += 1
        return Counter({f"edit: {name}": number for name, number in self.fates.items()})

    # ------------------------------------------------------------------ what an edit meant

    def _life(self, edit: HumanEdit) -> Life | None:
        """The link of that person at the time of the edit."""
        for life in self.evidence.lives:
            span = life.at(edit.history)
            if span is not None and span.has(edit.person):
                return life
        return None

    def _rows_at(self, order: int) -> tuple[AttributeMapping, ...]:
        """The rows in force at that time."""
        return [one for one in self.story.mappings if one.order <= order][-1].rows

    def _rows_of(self, edit: HumanEdit, life: Life) -> Iterator[AttributeMapping]:
        """The rows in force then that were to carry the edit to the other side."""
        span = life.at(edit.history)
        assert span is not None
        for row in self._rows_at(edit.order):
            is_source = place(row, edit.side, span.kind) == (edit.side, edit.field)
            goes_on = place(row, edit.side.other, span.kind) is not None
            if is_source and goes_on and row.direction.writes(edit.side.other):
                yield row

    # ------------------------------------------------------------------ what became of it

    def _fate(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> str | None:
        settled = self._settled(edit)
        excuse = self._ground_lost(edit, row, life, settled)
        if excuse is not None:
            return EXCUSED + excuse
        if edit.value is None and self._was_kept(edit, row, settled):
            return "a blank that is not copied"
        if self._holds_at_the_end(edit, row, life):
            return "arrived"
        if self._overtaken(edit, row, life, settled):
            return "overtaken"
        if self._in_errors(edit, row, life):
            return "in the errors"
        if self._lost_conflict(edit, row, life):
            return "the loser, in history"
        if self._changed_since(edit, row, life) and self._was_written(edit, row, life):
            return "arrived before the people or the row changed"
        unseen = self._unseen(edit)
        return None if unseen is None else EXCUSED + unseen

    def _unseen(self, edit: HumanEdit) -> str | None:
        """Why nobody could have seen the edit."""
        if self._hit_by_late_write(edit):
            return "overwritten by a write that was applied late"
        if self._undid_an_unseen_write(edit):
            return "undid a write before anybody saw that"
        if self._changed_back(edit):
            return "changed back before anybody looked"
        return None

    def _settled(self, edit: HumanEdit) -> CleanCheck:
        """The first check that could see the edit and left nothing to do."""
        for check in self.checks:
            if check.order > edit.order and check.began >= edit.seen_from:
                return check
        raise Lost("the world never came to rest")

    def _ground_lost(
        self, edit: HumanEdit, row: AttributeMapping, life: Life, settled: CleanCheck
    ) -> str | None:
        """What took the ground from under an edit before it was settled."""
        if edit.order < self.story.departures.get(edit.person, 0) < settled.order:
            return "deleted, converted or merged before it could be seen"
        if life.ended is not None and edit.history < life.ended <= settled.history:
            return "the link ended"
        for span in life.spans:
            if not edit.history < span.since <= settled.history:
                continue
            if not span.has(edit.person):
                return "the record was converted or merged"
            if place(row, edit.side.other, span.kind) is None:
                return "the row does not apply to the new record"
        if not self._in_force(row, edit, settled.order):
            return "the row went out of force"
        return None

    def _in_force(self, row: AttributeMapping, edit: HumanEdit, until: int) -> bool:
        """Whether the row wrote that way, between these fields, all the time."""
        return all(
            any(same_way(row, other, edit.side.other) for other in mapping.rows)
            for mapping in self.story.mappings
            if edit.order < mapping.order <= until
        )

    def _was_kept(self, edit: HumanEdit, row: AttributeMapping, settled: CleanCheck) -> bool:
        """Whether the row did not copy blanks at some time before the edit was settled."""
        versions = [
            other
            for mapping in self.story.mappings
            if mapping.order <= settled.order
            and (mapping.order >= edit.order or mapping.rows == self._rows_at(edit.order))
            for other in mapping.rows
            if other.id == row.id
        ]
        return any(other.blank_rule is BlankRule.KEEP for other in versions)

    def _holds_at_the_end(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        """Both sides hold the value."""
        span = life.now
        names = [(side, row.field_for(side, span.kind)) for side in (edit.side, edit.side.other)]
        return all(
            name is not None and self.story.held(side, span.on(side), name) == edit.value
            for side, name in names
        )

    def _overtaken(
        self, edit: HumanEdit, row: AttributeMapping, life: Life, settled: CleanCheck
    ) -> bool:
        """A later edit of the row, or of a row that writes one of its fields; or a change was
        taken back that was made since, or when the edit had been settled."""
        places = places_of(self.story, row, life)
        people = life.people()
        return any(
            later.order > edit.order
            and later.person in people
            and (later.side, later.field) in places
            for later in self.story.edits
        ) or any(
            taking.done is not False
            and (taking.entry.id > edit.history or taking.since.order > settled.order)
            and taking.person in people
            and (taking.entry.side, taking.field) in places
            for taking in self.story.taken_back
        )

    def _in_errors(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        """The value was refused; or the one that wins over it was, and is what is listed."""
        return any(
            error.row_id == row.id
            and life.has(error.intercom_id, error.salesforce_id)
            and (
                (error.side is edit.side.other and text(error.refused) == edit.value)
                or (error.side is edit.side and self._is_current(error.refused, edit, row, life))
            )
            for error in self.evidence.errors
        ) or (self._changed_since(edit, row, life) and self._was_refused(edit, row, life))

    def _is_current(
        self, refused: object, edit: HumanEdit, row: AttributeMapping, life: Life
    ) -> bool:
        side = edit.side.other
        name = row.field_for(side, life.now.kind) or ""
        return text(refused) == self.story.held(side, life.now.on(side), name)

    def _was_refused(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        """The value was refused; or the one that wins over it was, and it stands where it was."""
        stands = self.story.held(edit.side, edit.person, edit.field) == edit.value
        return any(
            error.row_id == row.id
            and life.has(error.intercom_id, error.salesforce_id)
            and (
                (error.side is edit.side.other and text(error.refused) == edit.value)
                or (error.side is edit.side and stands)
            )
            for error in self.evidence.opened
        )

    def _lost_conflict(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        """Told as overruled; or as overwritten by another row, whose edit was seen at this time
        only, or where the record before had its own pair."""
        for entry in self._entries(edit, life):
            held = text(entry.before) == edit.value and entry.side is edit.side
            if not held or _name(entry.field) != edit.field:
                continue
            by_another = entry.row_id != row.id
            if entry.kind is HistoryKind.OVERRULED or by_another or self._moved(edit, life):
                return True
        return False

    def _was_written(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        return any(
            entry.kind.is_write
            and entry.side is edit.side.other
            and text(entry.after) == edit.value
            and entry.row_id == row.id
            for entry in self._entries(edit, life)
        )

    def _entries(self, edit: HumanEdit, life: Life) -> Iterator[HistoryEntry]:
        """What the history tells of this link since the edit."""
        for entry in self.evidence.history:
            if entry.id > edit.history and life.has(entry.intercom_id, entry.salesforce_id):
                yield entry

    def _moved(self, edit: HumanEdit, life: Life) -> bool:
        return any(after.since > edit.history for _, after in pairwise(life.spans))

    def _changed_since(self, edit: HumanEdit, row: AttributeMapping, life: Life) -> bool:
        """Whether the link ended or moved, or the row went out of force, after the edit.

        A contact that was deleted without a word is linked until a full comparison.
        """
        if life.ended is not None or self._moved(edit, life):
            return True
        if life.now.intercom_id in self.story.departures:
            return True
        return not self._in_force(row, edit, self.story.order)

    def _changed_back(self, edit: HumanEdit) -> bool:
        """The field held the same before, when the last clean check could see it."""
        earlier = [
            one
            for one in self.story.edits
            if one.order < edit.order
            and (one.side, one.person, one.field) == (edit.side, edit.person, edit.field)
            and not any(
                one.order < check.order < edit.order and check.began >= one.seen_from
                for check in self.checks
            )
        ]
        return any(one.before == edit.value for one in earlier)

    def _hit_by_late_write(self, edit: HumanEdit) -> bool:
        """A write that nobody answered names this very field, and may have come after the edit."""
        return any(
            request.late
            and request.at <= edit.at <= request.at + INDEX_LAG
            and edit.person in request.text
            and f'"{edit.field}"' in request.text
            for request in self.story.unanswered
        )

    def _undid_an_unseen_write(self, edit: HumanEdit) -> bool:
        """What it replaced is a value of ours of which nobody learnt whether it had arrived, so
        that the field looks as before that write."""
        if edit.before is None:
            return False
        sent = re.compile(f'"{edit.field}": ?"{re.escape(edit.before)}"')
        return any(
            edit.person in request.text
            and sent.search(request.text)
            and request.at <= edit.at
            and not any(
                request.at < check.began and check.order < edit.order for check in self.checks
            )
            for request in self.story.unanswered
        )


def _name(field: str | None) -> str:
    return (field or "").removeprefix("custom_attributes.")
