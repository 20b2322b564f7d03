"""Reading fields of stored records: plain, calculated and compound ones, by API name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfsync_gui.sandbox.salesforce.schema import Field, SObject
from sfsync_gui.sandbox.salesforce.store import Values
from sfsync_gui.sandbox.salesforce.values import to_json

Getter = Callable[[Values], Any]
"""Returns the stored form of one field of a record."""

_ADDRESS_PARTS = (
    ("city", "City"),
    ("country", "Country"),
    ("geocodeAccuracy", "GeocodeAccuracy"),
    ("latitude", "Latitude"),
    ("longitude", "Longitude"),
    ("postalCode", "PostalCode"),
    ("state", "State"),
    ("street", "Street"),
)


def getter(field: Field, now: float) -> Getter:
    """Return how a field is read at the time `now` (Unix seconds)."""
    name = field.name
    if field.formula is not None:
        formula = field.formula
        return lambda values: formula(values, now)
    if field.type == "address":
        prefix = name.removesuffix("Address")
        return lambda values: _address(values, prefix)
    if field.type == "boolean" and not field.nillable:
        return lambda values: values.get(name, False)
    return lambda values: values.get(name)


def snapshot(sobject: SObject, values: Values, now: float) -> dict[str, Any]:
    """Return all fields of a record as JSON has them, hidden ones too; nothing is masked."""
    return {
        field.name: to_json(field, getter(field, now)(values)) for field in sobject.fields.values()
    }


def _address(values: Values, prefix: str) -> dict[str, Any] | None:
    """Return a compound address, or None if all its parts are empty."""
    parts = {key: values.get(prefix + suffix) for key, suffix in _ADDRESS_PARTS}
    return parts if any(part is not None for part in parts.values()) else None
