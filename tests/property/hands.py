"""Typing: the values that people put into fields, each of which is remembered."""

from __future__ import annotations

from typing import Any

from sfsync_gui.core.vocabulary import Side
from tests.property.census import Text
from tests.property.rows import LISTS, MOODS, NUMBERS, PLANS, TIERS, Source
from tests.property.timeline import Timeline

STANDARD = ("phone", "name", "email")
CONTACT_PREFIX, LEAD_PREFIX = "003", "00Q"


class Hands(Timeline):
    """Hands that type in either service."""

    _number = 0

    def make_attribute(self, full_name: str) -> None:
        """Contacts have an attribute of this name, unless it is a standard one."""
        name = full_name.removeprefix("custom_attributes.")
        if name == full_name:
            return
        kind = "integer" if name in NUMBERS else "string"
        self.intercom.create_attribute(name, kind, LISTS.get(name))

    def new_text(self) -> str:
        """A text that nobody has typed before."""
        self._number += 1
        return f"v{self._number}"

    def value_for(self, source: Source) -> Text:
        """Something to type into a field."""
        if source.kind == "number":
            self._number += 1
            return str(self._number)
        if source.kind == "mood":
            extra = [f"Size {self.random.randint(1, 3)}"] if source.side is Side.SALESFORCE else []
            return self.random.choice([*MOODS, *extra])
        if source.kind == "plan":
            return self.random.choice(PLANS if source.side is Side.INTERCOM else PLANS[:-1])
        if source.kind == "tier":
            return self.random.choice(TIERS)
        refused = source.field == "phone" and self.random.random() < 0.15
        return ("bad " if refused else "") + self.new_text()

    def type_in(self, source: Source, person: str, value: Text, late: float = 0.0) -> bool:
        """Somebody types a value; False where there is no such field, or it holds that already."""
        before = self.held(source.side, person, source.field)
        if before == value:
            return False
        wire: Any = value
        if source.kind == "number" and value is not None:
            wire = int(value)
        if source.side is Side.SALESFORCE:
            if source.field == "City" and person.startswith(CONTACT_PREFIX):
                return False
            if late:
                self.late.add(person)
            self.note_edit(source.side, person, source.field, value, late, before)
            self.salesforce.edit(person, late, **{source.field: wire})
            return True
        self.note_edit(source.side, person, source.field, value, 0.0, before)
        if source.field in STANDARD:
            self.intercom.edit_contact(person, **{source.field: wire})
        else:
            self.intercom.edit_contact(person, custom_attributes={source.field: wire})
        return True
