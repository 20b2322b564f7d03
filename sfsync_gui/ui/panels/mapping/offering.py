"""What a cell of a row offers, which ways the row can go, and why not. Pure: no Qt.

A field is offered where the row could go at least one way with it; which way that is comes with
it. What is left out keeps its reason, in one sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sfsync_gui.core.compatibility import refusal
from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.offers import CUSTOM_ATTRIBUTES
from sfsync_gui.core.rows import RowIndex, row_reasons
from sfsync_gui.core.schema import (
    ACCOUNT,
    CONTACT,
    LEAD,
    IntercomAttribute,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Family

DIRECTIONS = (Direction.TO_SALESFORCE, Direction.TO_INTERCOM, Direction.TWO_WAY)
"""In the order of the control: → ← ⇄."""

_PREFERRED = (Direction.TWO_WAY, Direction.TO_INTERCOM, Direction.TO_SALESFORCE)


class Place(StrEnum):
    """Where a field lives: the cells of a row name one each."""

    INTERCOM = "Intercom"
    """An attribute of people."""
    LEAD = LEAD
    CONTACT = CONTACT
    COMPANY = "Company"
    """An attribute of companies."""
    ACCOUNT = ACCOUNT

    @property
    def is_attribute(self) -> bool:
        """Whether it is Intercom's cell."""
        return self in (Place.INTERCOM, Place.COMPANY)


PLACES: Mapping[Family, tuple[Place, ...]] = {
    Family.PEOPLE: (Place.INTERCOM, Place.LEAD, Place.CONTACT),
    Family.COMPANIES: (Place.COMPANY, Place.ACCOUNT),
}
"""The cells of a row, Intercom's first."""


def attribute_place(family: Family) -> Place:
    """Intercom's cell."""
    return PLACES[family][0]


def field_places(family: Family) -> tuple[Place, ...]:
    """The cells that name a field of Salesforce."""
    return PLACES[family][1:]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is judged by: the rows it stands beside, the mapping keys, the fields there are.

    The row itself may be among them: it is judged instead of that one.
    """

    rows: RowIndex
    key: MappingKey
    schema: Schema
    company_key: MappingKey | None = None

    def key_of(self, row: AttributeMapping) -> MappingKey | None:
        """The key of the row's family, None where that is not synced."""
        return self.key if row.family is Family.PEOPLE else self.company_key


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that a cell offers, or leaves out for a `reason`.

    `row` is the row with it. `direction` is where that goes another way than before.
    """

    name: str
    label: str
    custom: bool
    item: IntercomAttribute | SalesforceField
    row: AttributeMapping
    reason: str = ""
    direction: Direction | None = None

    @property
    def fits(self) -> bool:
        """Whether it may be chosen."""
        return not self.reason


def field_name(row: AttributeMapping, place: Place) -> str:
    """What the cell names, empty where it names nothing."""
    if place.is_attribute:
        return row.intercom_attribute
    return row.salesforce_field(place.value) or ""


def with_field(row: AttributeMapping, place: Place, name: str) -> AttributeMapping:
    """The row with another field in that cell; an empty name clears it."""
    if place.is_attribute:
        return replace(row, intercom_attribute=name)
    if place is Place.LEAD:
        return replace(row, lead_field=name or None)
    if place is Place.CONTACT:
        return replace(row, contact_field=name or None)
    return replace(row, account_field=name)


def described(
    place: Place, name: str, schema: Schema
) -> IntercomAttribute | SalesforceField | None:
    """What the service says of the field, None where it is hidden or gone."""
    if place.is_attribute:
        return _attributes(place, schema).get(name)
    return schema.salesforce_field(place.value, name)


def _attributes(place: Place, schema: Schema) -> Mapping[str, IntercomAttribute]:
    return schema.companies if place is Place.COMPANY else schema.intercom


def choices(row: AttributeMapping, place: Place, around: Surroundings) -> list[Choice]:
    """All fields of the cell's object: those that fit first, standard before custom, by label."""
    items: Sequence[IntercomAttribute | SalesforceField] = (
        tuple(_attributes(place, around.schema).values())
        if place.is_attribute
        else tuple(around.schema.salesforce.get(place.value, {}).values())
    )
    found = [_choice(row, place, item, around) for item in items]
    return sorted(found, key=lambda one: (not one.fits, one.custom, one.label.casefold(), one.name))


def ways(row: AttributeMapping, around: Surroundings) -> dict[Direction, str]:
    """Each direction with the reason why the row cannot go that way, empty where it can.

    While one side is still to be chosen every way is open: what is chosen then may turn it.
    """
    if is_half(row):
        return dict.fromkeys(DIRECTIONS, "")
    return {one: _reason(replace(row, direction=one, disabled=None), around) for one in DIRECTIONS}


def is_half(row: AttributeMapping) -> bool:
    """Whether one side is still to be chosen, so that no field has a counterpart to fit to."""
    return not row.intercom_attribute or not any(row.salesforce_field(o) for o in row.objects)


def _choice(
    row: AttributeMapping,
    place: Place,
    item: IntercomAttribute | SalesforceField,
    around: Surroundings,
) -> Choice:
    chosen = replace(with_field(row, place, item.name), disabled=None)
    custom = (
        item.name.startswith(CUSTOM_ATTRIBUTES)
        if isinstance(item, IntercomAttribute)
        else item.name.endswith("__c")
    )
    reason = _own_reason(item, place, around.key_of(row))
    if reason or is_half(chosen):
        return Choice(item.name, item.label, custom, item, chosen, reason)
    reasons: dict[Direction, str] = {}
    for direction in (row.direction, *_PREFERRED):
        if direction in reasons:
            continue
        going = replace(chosen, direction=direction)
        reasons[direction] = _reason(going, around)
        if not reasons[direction]:
            turned = None if direction is row.direction else direction
            return Choice(item.name, item.label, custom, item, going, "", turned)
    return Choice(item.name, item.label, custom, item, chosen, _best_reason(chosen, around))


def _own_reason(
    item: IntercomAttribute | SalesforceField, place: Place, key: MappingKey | None
) -> str:
    """Why a field cannot be mapped, whatever its counterpart."""
    if isinstance(item, IntercomAttribute):
        if key is not None and item.name == key.intercom_attribute:
            return f"{item.label} is the mapping key and cannot be mapped as well."
        return f"{item.label} is archived in Intercom." if item.archived else ""
    if key is not None and item.name == key.salesforce_field(place.value):
        return f"{item.label} is the mapping key and cannot be mapped as well."
    if item.type is SalesforceType.OTHER:
        kind = item.type_name or "other"
        return f"{item.label} is of a kind that cannot be synced ({kind})."
    return ""


def _reason(row: AttributeMapping, around: Surroundings) -> str:
    """The first thing that keeps a row from being used, empty where there is nothing."""
    pair = next(_pair_reasons(row, around.schema), "")
    # Fields that do not go together are told quickly; what other rows say takes longer.
    if pair:
        return pair
    reasons = row_reasons(row, around.rows, around.key, around.schema, around.company_key)
    return next(iter(reasons), "")


def _pair_reasons(row: AttributeMapping, schema: Schema) -> Iterator[str]:
    attribute = row.attribute_in(schema)
    for object_name in row.objects:
        field = schema.salesforce_field(object_name, row.salesforce_field(object_name))
        if attribute is not None and field is not None:
            reason = refusal(attribute, field, row.direction)
            if reason is not None:
                yield reason


def _best_reason(row: AttributeMapping, around: Surroundings) -> str:
    """Why no way is possible: what stands in the way of fields that would go together, if any."""
    one_way = [replace(row, direction=one) for one in DIRECTIONS[:2]]
    for going in one_way:
        if not any(_pair_reasons(going, around.schema)):
            return _reason(going, around)
    return _reason(one_way[0], around)
