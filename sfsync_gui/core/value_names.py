"""What values are called by people: an owner's address and an option's label, not their Ids."""

from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Family, PersonKind, Side


def described_field(
    schema: Schema, side: Side, kind: PersonKind | None, name: str
) -> IntercomAttribute | SalesforceField | None:
    """The field of a record whose Salesforce side is of that kind; None where it is hidden, gone,
    or not described."""
    if side is Side.INTERCOM:
        return schema.attributes(Family.PEOPLE if kind is None else kind.family).get(name)
    return None if kind is None else schema.salesforce_field(kind.value, name)


def named_value(
    item: IntercomAttribute | SalesforceField | None, value: Value, schema: Schema
) -> Value:
    """The canonical value with the address of an owner and the label of an option, where known."""
    if item is None or not isinstance(value, str | int):
        return value
    if _is_owner(item):
        known = schema.teammates if isinstance(item, IntercomAttribute) else schema.users
        return known.get(str(value), value)
    if isinstance(value, str):
        return next((one.label for one in item.options if one.value == value and one.label), value)
    return value


def _is_owner(item: IntercomAttribute | SalesforceField) -> bool:
    if isinstance(item, IntercomAttribute):
        return item.type is IntercomType.OWNER
    return item.type is SalesforceType.REFERENCE and "User" in item.reference_to
