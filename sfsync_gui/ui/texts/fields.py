"""Fields and their values as people know them, by what both services say of them."""

from dataclasses import dataclass, field

from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.value_names import described_field, named_value
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.ui.texts.values import value_text

_CUSTOM_ATTRIBUTE = "custom_attributes."
_CUSTOM_FIELD = "__c"


@dataclass(frozen=True, slots=True)
class FieldTexts:
    """Labels and values in words. Before the fields are known, and of those that are gone, the
    API name tells.

    `kind` is always that of the record in Salesforce: it tells people and companies apart, too.
    """

    schema: Schema = field(default_factory=Schema)

    def label(self, side: Side | None, kind: PersonKind | None, name: str | None) -> str:
        """What the service calls the field of one side."""
        item = described_field(self.schema, side, kind, name) if side and name else None
        return item.label if item is not None else guessed_label(name)

    def value(
        self, side: Side | None, kind: PersonKind | None, name: str | None, value: Value
    ) -> str:
        """A value of that field; empty where blank."""
        item = described_field(self.schema, side, kind, name) if side and name else None
        return value_text(named_value(item, value, self.schema))


def guessed_label(name: str | None) -> str:
    """A field's or attribute's API name as people read it: `custom_attributes.plan` is Plan."""
    words = (name or "").removeprefix(_CUSTOM_ATTRIBUTE)
    if words.endswith(_CUSTOM_FIELD):
        words = words.removesuffix(_CUSTOM_FIELD).replace("_", " ")
    return words[:1].upper() + words[1:]
