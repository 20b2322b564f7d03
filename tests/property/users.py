"""What the user of the program asks of it, drawn from the world's seed."""

from __future__ import annotations

from dataclasses import replace

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, PersonKind
from sfsync_gui.engine.commands import link_by_hand, retry_errors, unlink
from sfsync_gui.engine.mapping_edits import edit_rows
from tests.property.hands import CONTACT_PREFIX
from tests.property.mishaps import Mishaps
from tests.property.timeline import KeptApart

TURNING = ("two", "copies", "leads", "seats")
"""Rows whose direction may change: no other row writes their fields."""


class Users(Mishaps):
    """The person at the window: links, unlinks, retries, edits the mapping."""

    async def unlink(self) -> bool:
        """Two people are to be kept apart."""
        links = self.linked()
        if not links:
            return False
        intercom_id, salesforce_id, link_id = self.random.choice(links)
        self.tell(f"unlink {intercom_id} and {salesforce_id}")
        await self.ordered(lambda: unlink(self.engine.context, link_id))
        if all(link[2] != link_id for link in self.linked()):
            self.apart.append(KeptApart(intercom_id, salesforce_id, self.newest_entry()))
        return True

    async def link(self) -> bool:
        """Two people are linked, whatever their keys."""
        taken = {one for link in self.linked() for one in link[:2]}
        person = self.any_of([one for one in self.contacts() if one not in taken])
        record = self.any_of([one for one in self.records() if one not in taken])
        if person is None or record is None:
            return False
        self.tell(f"link {person} and {record} by hand")
        kind = PersonKind.CONTACT if record.startswith(CONTACT_PREFIX) else PersonKind.LEAD
        await self.ordered(lambda: link_by_hand(self.engine.context, person, kind, record))
        return True

    async def retry(self) -> bool:
        """All errors are to be tried again."""
        self.tell("retry all")
        await self.ordered(lambda: retry_errors(self.engine.context))
        return True

    async def edit_mapping(self) -> bool:
        """Something about the rows is changed."""
        rows = list(self.engine.context.rules.rows)
        gone = [row for row in self.rows if row.id not in {one.id for one in rows}]
        if gone:
            rows.append(gone[0])
        else:
            change = self.random.choice(
                [self._rules, self._blanks, self._turn, self._turn, self._fields, None, None]
            )
            if change is None:
                rows.pop(self.random.randrange(len(rows)))
            else:
                rows = change(rows)
        self.tell("edit the mapping")
        await self.ordered(lambda: edit_rows(self.engine.context, rows))
        self.note_mapping()
        return True

    def _rules(self, rows: list[AttributeMapping]) -> list[AttributeMapping]:
        rules = list(ConflictRule)
        return [
            replace(row, conflict_rule=self.random.choice(rules))
            if row.direction is Direction.TWO_WAY
            else row
            for row in rows
        ]

    def _blanks(self, rows: list[AttributeMapping]) -> list[AttributeMapping]:
        chosen = self.random.choice(rows)
        rule = BlankRule.KEEP if chosen.blank_rule is BlankRule.COPY else BlankRule.COPY
        return [replace(row, blank_rule=rule) if row is chosen else row for row in rows]

    def _turn(self, rows: list[AttributeMapping]) -> list[AttributeMapping]:
        """Another direction of a row."""
        chosen = self.random.choice([row for row in rows if row.id in TURNING])
        others = [one for one in Direction if one is not chosen.direction]
        turned = replace(chosen, direction=self.random.choice(others))
        return [turned if row is chosen else row for row in rows]

    def _fields(self, rows: list[AttributeMapping]) -> list[AttributeMapping]:
        """A row writes another field, of another type: removed, and added."""
        other = {"Nickname__c": "Direct_Line__c", "Direct_Line__c": "Nickname__c"}
        return [
            replace(
                row,
                lead_field=other[row.lead_field or ""],
                contact_field=other[row.contact_field or ""],
            )
            if row.id == "up"
            else row
            for row in rows
        ]
