"""What a mapping panel offers: the counterparts of an attribute or field, and suggested rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sfsync_gui.core.compatibility import check
from sfsync_gui.core.mapping import OBJECTS, AttributeMapping, MappingKey
from sfsync_gui.core.schema import (
    ACCOUNT,
    CONTACT,
    LEAD,
    IntercomAttribute,
    SalesforceField,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Family

CUSTOM_ATTRIBUTES = "custom_attributes."
"""What the names of Intercom's custom attributes begin with."""

T = TypeVar("T", IntercomAttribute, SalesforceField)


class OfferGroup(StrEnum):
    """How offered fields are grouped."""

    STANDARD = "standard"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """A possible counterpart: whether it may be mapped, why not, and what to know where it may."""

    item: T
    ok: bool
    reason: str
    warnings: tuple[str, ...]
    group: OfferGroup


def offers(
    attribute: IntercomAttribute, fields: Iterable[SalesforceField], direction: Direction
) -> list[Offer[SalesforceField]]:
    """The Salesforce fields for an Intercom attribute: compatible first, by group and label."""
    found = [
        _offer(field, attribute, field, direction, is_custom=field.name.endswith("__c"))
        for field in fields
    ]
    return sorted(found, key=_place)


def attribute_offers(
    field: SalesforceField, attributes: Iterable[IntercomAttribute], direction: Direction
) -> list[Offer[IntercomAttribute]]:
    """The Intercom attributes for a Salesforce field: compatible first, by group and label."""
    found = [
        _offer(attribute, attribute, field, direction, is_custom=_is_custom(attribute))
        for attribute in attributes
    ]
    return sorted(found, key=_place)


def suggest(
    schema: Schema, key: MappingKey | None = None, family: Family = Family.PEOPLE
) -> list[AttributeMapping]:
    """The rows to propose for people or for companies that begin to be synced.

    Pairs that everybody has, then custom attributes with the label of a field. A pair runs both
    ways where it can, else to Intercom, else to Salesforce. No field is proposed twice.
    """
    used = _Used(key or MappingKey(), OBJECTS[family])
    rows = []
    for name, fields, directions in WELL_KNOWN[family]:
        rows += _suggested(schema, (family, name), fields, directions, used)
    for name, attribute in schema.attributes(family).items():
        if _is_custom(attribute):
            named = {o: _with_label(schema, o, attribute.label) for o in OBJECTS[family]}
            rows += _suggested(schema, (family, name), named, _PREFERRED, used)
    return rows


_PREFERRED = (Direction.TWO_WAY, Direction.TO_INTERCOM, Direction.TO_SALESFORCE)

WELL_KNOWN: Mapping[
    Family, Sequence[tuple[str, Mapping[str, str | None], tuple[Direction, ...]]]
] = {
    Family.PEOPLE: (
        # Salesforce puts Name together from first and last name: it can only be read.
        ("name", {LEAD: "Name", CONTACT: "Name"}, (Direction.TO_INTERCOM,)),
        ("phone", {LEAD: "Phone", CONTACT: "Phone"}, _PREFERRED),
    ),
    Family.COMPANIES: (
        ("name", {ACCOUNT: "Name"}, _PREFERRED),
        ("website", {ACCOUNT: "Website"}, _PREFERRED),
        ("industry", {ACCOUNT: "Industry"}, _PREFERRED),
        ("size", {ACCOUNT: "NumberOfEmployees"}, _PREFERRED),
    ),
}
"""Intercom attribute, the field of each object, and the directions to try, best first."""


class _Used:
    """The attributes and fields that are taken already, the key's to begin with."""

    def __init__(self, key: MappingKey, objects: Iterable[str]) -> None:
        self._taken = {("", key.intercom_attribute)}
        self._taken |= {(o, key.salesforce_field(o) or "") for o in objects}

    def take(self, object_name: str, name: str) -> None:
        self._taken.add((object_name, name))

    def __contains__(self, place: tuple[str, str]) -> bool:
        return place in self._taken


def _suggested(
    schema: Schema,
    what: tuple[Family, str],
    field_names: Mapping[str, str | None],
    directions: Iterable[Direction],
    used: _Used,
) -> list[AttributeMapping]:
    """The row for an attribute in the first direction that all its fields allow, if any does."""
    family, name = what
    attribute = schema.attributes(family).get(name)
    fields = {
        o: field
        for o in OBJECTS[family]
        if (field := schema.salesforce_field(o, field_names.get(o))) is not None
        and (o, field.name) not in used
    }
    if attribute is None or ("", name) in used or not fields:
        return []
    for direction in directions:
        if all(check(attribute, field, direction).ok for field in fields.values()):
            used.take("", name)
            for object_name, field in fields.items():
                used.take(object_name, field.name)
            names = {o: field.name for o, field in fields.items()}
            return [
                AttributeMapping(
                    id=f"suggested:{_ID_PREFIX[family]}{name}",
                    intercom_attribute=name,
                    direction=direction,
                    lead_field=names.get(LEAD),
                    contact_field=names.get(CONTACT),
                    account_field=names.get(ACCOUNT),
                )
            ]
    return []


_ID_PREFIX = {Family.PEOPLE: "", Family.COMPANIES: "company:"}


def _with_label(schema: Schema, object_name: str, label: str) -> str | None:
    """The object's field with this label, ignoring case; None where there are several or none."""
    wanted = label.strip().casefold()
    found = [
        field.name
        for field in schema.salesforce.get(object_name, {}).values()
        if field.label.strip().casefold() == wanted
    ]
    return found[0] if wanted and len(found) == 1 else None


def _is_custom(attribute: IntercomAttribute) -> bool:
    return attribute.name.startswith(CUSTOM_ATTRIBUTES)


def _offer(
    item: T,
    attribute: IntercomAttribute,
    field: SalesforceField,
    direction: Direction,
    *,
    is_custom: bool,
) -> Offer[T]:
    found = check(attribute, field, direction)
    group = OfferGroup.CUSTOM if is_custom else OfferGroup.STANDARD
    return Offer(item, found.ok, found.reason, found.warnings, group)


def _place(offer: Offer[T]) -> tuple[bool, bool, str, str]:
    is_custom = offer.group is OfferGroup.CUSTOM
    return (not offer.ok, is_custom, offer.item.label.casefold(), offer.item.name)
