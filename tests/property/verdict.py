"""What a world is judged by: all that is known when it has come to rest."""

from __future__ import annotations

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import PersonKind, Side
from tests.property.lives import Life, lives_of
from tests.property.wishes import Wishes


class Evidence:
    """A world at rest, loaded once."""

    def __init__(self, story: Wishes) -> None:
        self.story = story
        self.links = story.ask(lambda unit: unit.links.page(0, 1000))
        self.history = list(reversed(story.ask(lambda unit: unit.history.recent(100_000))))
        self.errors = story.ask(lambda unit: unit.errors.all(0, 1000))
        self.opened = story.opened_errors()
        self.lives: list[Life] = lives_of(self.history)


def place(row: AttributeMapping, side: Side, kind: PersonKind) -> tuple[Side, str] | None:
    """The field that a row maps on a side, by the name under which people edit it."""
    name = row.field_for(side, kind)
    return None if name is None else (side, name.removeprefix("custom_attributes."))


def places_of(story: Wishes, row: AttributeMapping, life: Life) -> set[tuple[Side, str]]:
    """The fields of a row, and those from which other rows ever wrote to them."""
    kinds = {span.kind for span in life.spans}
    own = {place(row, side, kind) for kind in kinds for side in Side} - {None}
    versions = {other for mapping in story.mappings for other in mapping.rows}
    upstream = {
        place(other, side.other, kind)
        for other in versions
        for kind in kinds
        for side in Side
        if other.direction.writes(side) and place(other, side, kind) in own
    }
    return {one for one in own | upstream if one is not None}


def same_way(row: AttributeMapping, other: AttributeMapping, towards: Side) -> bool:
    """Whether this is the same row, with the same fields, and still writes to that side."""
    return (
        other.id == row.id
        and other.intercom_attribute == row.intercom_attribute
        and (other.lead_field, other.contact_field) == (row.lead_field, row.contact_field)
        and other.direction.writes(towards)
    )
