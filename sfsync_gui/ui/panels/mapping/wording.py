"""What stands in and under a row, in words: its kind, its rules, its warnings and problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.compatibility import check, may_shorten, option_warnings
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, Family
from sfsync_gui.ui.panels.mapping.draft import is_blank, is_complete
from sfsync_gui.ui.panels.mapping.offering import (
    PLACES,
    Place,
    attribute_place,
    described,
    field_name,
    field_places,
)
from sfsync_gui.ui.panels.mapping.options import Fate, option_lines, pairs_of, summary
from sfsync_gui.ui.panels.mapping.owners import lone_owners, maps_owner, owner_texts
from sfsync_gui.ui.theme.tokens import Tone

translate = QCoreApplication.translate

WAY = {
    Direction.TO_SALESFORCE: "→",
    Direction.TO_INTERCOM: "←",
    Direction.TWO_WAY: "⇄",
}


@dataclass(frozen=True, slots=True)
class Note:
    """One line under a row. `options`: it tells of options, which can be seen side by side;
    `owners`: of owners, likewise."""

    tone: Tone
    icon_name: str
    text: str
    options: bool = False
    owners: bool = False


def way_name(direction: Direction) -> str:
    """A direction in words."""
    return {
        Direction.TO_SALESFORCE: translate("mapping", "From Intercom to Salesforce"),
        Direction.TO_INTERCOM: translate("mapping", "From Salesforce to Intercom"),
        Direction.TWO_WAY: translate("mapping", "Both ways"),
    }[direction]


def place_name(place: Place) -> str:
    """What a cell names: 'Lead field'."""
    return {
        Place.INTERCOM: translate("mapping", "Intercom attribute"),
        Place.LEAD: translate("mapping", "Lead field"),
        Place.CONTACT: translate("mapping", "Contact field"),
        Place.COMPANY: translate("mapping", "Company attribute"),
        Place.ACCOUNT: translate("mapping", "Account field"),
    }[place]


def field_label(place: Place, name: str, schema: Schema) -> str:
    """The service's label of a field; its API name where it is hidden or gone."""
    item = described(place, name, schema)
    return name if item is None else item.label


def row_name(row: AttributeMapping, schema: Schema) -> str:
    """A row in a word: the label of its attribute, or of what has been chosen so far."""
    for place in PLACES[row.family]:
        name = field_name(row, place)
        if name:
            return field_label(place, name, schema)
    return translate("mapping", "New row")


def row_sentence(row: AttributeMapping, schema: Schema) -> str:
    """A row as it reads: 'Plan ⇄ Lead Plan, Contact Plan', 'Size ⇄ Employees'.

    Which object a field is of is said where it could be of several.
    """
    places = field_places(row.family)
    fields = [
        f"{place.value} {label}" if len(places) > 1 else label
        for place in places
        if (name := field_name(row, place)) and (label := field_label(place, name, schema))
    ]
    attribute = field_label(attribute_place(row.family), row.intercom_attribute, schema)
    return f"{attribute} {WAY[row.direction]} {', '.join(fields)}"


def kind_of(item: IntercomAttribute | SalesforceField) -> str:
    """The kind of a field in a word or two."""
    if isinstance(item, IntercomAttribute):
        return _attribute_kinds()[item.type]
    if item.type is SalesforceType.REFERENCE and "User" in item.reference_to:
        return translate("mapping", "User")
    kind = _field_kinds().get(item.type, item.type_name or item.type.value)
    if item.calculated:
        return translate("mapping", "{kind} formula").format(kind=kind)
    return kind


def _attribute_kinds() -> dict[IntercomType, str]:
    return {
        IntercomType.TEXT: translate("mapping", "Text"),
        IntercomType.LIST: translate("mapping", "List"),
        IntercomType.INTEGER: translate("mapping", "Whole number"),
        IntercomType.DECIMAL: translate("mapping", "Number"),
        IntercomType.BOOLEAN: translate("mapping", "True or false"),
        IntercomType.DATE: translate("mapping", "Date"),
        IntercomType.OWNER: translate("mapping", "Teammate"),
    }


def _field_kinds() -> dict[SalesforceType, str]:
    return {
        SalesforceType.STRING: translate("mapping", "Text"),
        SalesforceType.TEXTAREA: translate("mapping", "Text area"),
        SalesforceType.EMAIL: translate("mapping", "E-mail"),
        SalesforceType.PHONE: translate("mapping", "Phone"),
        SalesforceType.URL: translate("mapping", "Web address"),
        SalesforceType.COMBOBOX: translate("mapping", "Combo box"),
        SalesforceType.ENCRYPTED: translate("mapping", "Encrypted text"),
        SalesforceType.ID: translate("mapping", "Record id"),
        SalesforceType.REFERENCE: translate("mapping", "Lookup"),
        SalesforceType.PICKLIST: translate("mapping", "Picklist"),
        SalesforceType.MULTIPICKLIST: translate("mapping", "Multi-select"),
        SalesforceType.TIME: translate("mapping", "Time"),
        SalesforceType.INT: translate("mapping", "Whole number"),
        SalesforceType.DOUBLE: translate("mapping", "Number"),
        SalesforceType.CURRENCY: translate("mapping", "Currency"),
        SalesforceType.PERCENT: translate("mapping", "Percent"),
        SalesforceType.BOOLEAN: translate("mapping", "Checkbox"),
        SalesforceType.DATE: translate("mapping", "Date"),
        SalesforceType.DATETIME: translate("mapping", "Date and time"),
    }


# ---------------------------------------------------------------------- rules


def has_conflicts(row: AttributeMapping) -> bool:
    """Whether both sides can change to different values."""
    return row.direction is Direction.TWO_WAY


def can_shorten(row: AttributeMapping, schema: Schema) -> bool:
    """Whether the row copies texts that may be longer than their target."""
    return any(may_shorten(attribute, field) for attribute, field in _pairs(row, schema))


def rule_texts(row: AttributeMapping, schema: Schema) -> tuple[str, ...]:
    """The rules of a row, each in a few words."""
    told = [
        translate("mapping", "Blanks copied")
        if row.blank_rule is BlankRule.COPY
        else translate("mapping", "Blanks ignored")
    ]
    if has_conflicts(row):
        told.append(
            {
                ConflictRule.SALESFORCE: translate("mapping", "Salesforce wins"),
                ConflictRule.INTERCOM: translate("mapping", "Intercom wins"),
                ConflictRule.NEWER: translate("mapping", "Newer wins"),
            }[row.conflict_rule]
        )
    if row.shorten and can_shorten(row, schema):
        told.append(translate("mapping", "Long text cut"))
    return tuple(told)


# ---------------------------------------------------------------------- notes


def notes_of(row: AttributeMapping, schema: Schema, problems: Sequence[str]) -> list[Note]:
    """What stands under a row, the worst first."""
    if not is_complete(row):
        return [Note(Tone.MUTED, "info", _next_step(row))]
    notes = [Note(Tone.DANGER, "danger", problem) for problem in problems]
    if row.disabled is not None:
        notes.append(Note(Tone.DANGER, "danger", _switched_off(row.disabled)))
    if not notes:
        notes += [Note(Tone.WARNING, "warning", text) for text in _warnings(row, schema)]
    return [*notes, *_option_notes(row, schema), *_owner_notes(row, schema)]


def _next_step(row: AttributeMapping) -> str:
    if is_blank(row):
        return translate("mapping", "Choose an attribute or a field: only what fits is offered.")
    if row.intercom_attribute and row.family is Family.COMPANIES:
        return translate("mapping", "Choose an Account field.")
    if row.intercom_attribute:
        return translate("mapping", "Choose a Lead field, a Contact field or both.")
    return translate("mapping", "Choose an Intercom attribute.")


def _switched_off(reason: str) -> str:
    return translate(
        "mapping",
        "Switched off: {reason}. Make the field available again, then check again; or choose "
        "another field or direction.",
    ).format(reason=reason.rstrip("."))


def _pairs(
    row: AttributeMapping, schema: Schema
) -> Iterator[tuple[IntercomAttribute, SalesforceField]]:
    attribute = row.attribute_in(schema)
    for name in row.objects:
        field = schema.salesforce_field(name, row.salesforce_field(name))
        if attribute is not None and field is not None:
            yield attribute, field


def _warnings(row: AttributeMapping, schema: Schema) -> list[str]:
    """What to know before mapping; what is true of both objects is said once."""
    by_text: dict[str, list[str]] = {}
    pairs = list(_pairs(row, schema))
    for attribute, field in pairs:
        warnings = check(attribute, field, row.direction, shorten=row.shorten).warnings
        elsewhere = option_warnings(attribute, field, row.direction)
        for text in warnings:
            if text not in elsewhere:
                by_text.setdefault(text, []).append(field.object)
    return [
        text if len(objects) == len(pairs) else f"{objects[0]}: {text}"
        for text, objects in by_text.items()
    ]


def _option_notes(row: AttributeMapping, schema: Schema) -> Iterator[Note]:
    told: dict[str, tuple[list[str], bool]] = {}
    pairs = pairs_of(row, schema)
    for attribute, field in pairs:
        lines = option_lines(attribute, field, row.direction)
        refused = any(line.fate is Fate.REFUSED for line in lines)
        objects, _ = told.setdefault(summary(lines), ([], refused))
        objects.append(field.object)
    for text, (objects, refused) in told.items():
        shown = text if len(objects) == len(pairs) else f"{objects[0]}: {text}"
        tone, sign = (Tone.WARNING, "warning") if refused else (Tone.MUTED, "list")
        yield Note(tone, sign, f"{shown}.", options=True)


def _owner_notes(row: AttributeMapping, schema: Schema) -> Iterator[Note]:
    if maps_owner(row, schema):
        lone = bool(lone_owners(row, schema))
        tone, sign = (Tone.WARNING, "warning") if lone else (Tone.MUTED, "person")
        yield Note(tone, sign, f"{', '.join(owner_texts(row, schema))}.", owners=True)
