"""The rows of a world: of every kind, direction and type, and the values that people type."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import ConflictRule, Direction, Side
from tests.support.worlds import sample_rows

MOODS = ("Small", "Medium", "Large")
PLANS = ("Free", "Pro", "Gold")
"""Options of the list `plan` in Intercom; the restricted picklist does not know the last."""

TIERS = ("free", "vip", "gold")
"""What stands in `tier`, which no row maps: only rules for leads look at it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A field in which people type, and what they type there."""

    side: Side
    field: str
    kind: str = "text"


SOURCES = (
    *(Source(Side.INTERCOM, name) for name in ("phone", "note", "alias", "first", "town")),
    Source(Side.INTERCOM, "mood", "mood"),
    Source(Side.INTERCOM, "plan", "plan"),
    Source(Side.INTERCOM, "seats", "number"),
    *(
        Source(Side.SALESFORCE, name)
        for name in ("Phone", "Short_Note__c", "Title", "Notes__c", "City")
    ),
    Source(Side.SALESFORCE, "Segment__c", "mood"),
    Source(Side.SALESFORCE, "Seats__c", "number"),
)

TARGETS = (
    Source(Side.INTERCOM, "title"),
    Source(Side.INTERCOM, "second"),
    Source(Side.SALESFORCE, "Nickname__c"),
    Source(Side.SALESFORCE, "Direct_Line__c"),
    Source(Side.SALESFORCE, "Plan__c", "plan"),
)
"""What nobody need type, since a row writes it; somebody does all the same."""

KEYS = (Source(Side.INTERCOM, "email"), Source(Side.SALESFORCE, "Email"))

ALL = (*SOURCES, *TARGETS, *KEYS)
"""Every field in which people type."""

TWO_WAY = (
    (Source(Side.INTERCOM, "phone"), Source(Side.SALESFORCE, "Phone")),
    (Source(Side.INTERCOM, "note"), Source(Side.SALESFORCE, "Short_Note__c")),
    (Source(Side.INTERCOM, "seats", "number"), Source(Side.SALESFORCE, "Seats__c", "number")),
)


LISTS = {"mood": MOODS, "plan": PLANS}
NUMBERS = ("seats",)


def source_of(side: Side, field: str) -> Source:
    """The field of this name in which people type."""
    return next(one for one in SOURCES if (one.side, one.field) == (side, field))


def rows_of_a_world(chance: random.Random) -> tuple[AttributeMapping, ...]:
    """The first mapping of a world."""
    conflict = chance.choice(list(ConflictRule))

    def row(name: str, attribute: str, direction: Direction, field: str) -> AttributeMapping:
        full = f"custom_attributes.{attribute}"
        return AttributeMapping(name, full, direction, field, field, conflict_rule=conflict)

    return (
        *sample_rows(conflict),
        row("mood", "mood", Direction.TWO_WAY, "Segment__c"),
        row("plan", "plan", Direction.TO_SALESFORCE, "Plan__c"),
        row("seats", "seats", Direction.TWO_WAY, "Seats__c"),
    )
