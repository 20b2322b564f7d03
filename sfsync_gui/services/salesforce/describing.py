"""Answers of `describe`, reduced to what the product needs to know of a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfsync_gui.core.schema import Option, SalesforceField, SalesforceType

_TYPES = {member.value: member for member in SalesforceType if member is not SalesforceType.OTHER}
_COMPOUND_TYPES = frozenset({"address", "location"})


def fields_of(describe: Mapping[str, Any]) -> dict[str, SalesforceField]:
    """All fields of an object, by name (REST API Developer Guide, sObject Describe)."""
    parents = {field.get("compoundFieldName") for field in describe["fields"]}
    return {
        field["name"]: _field_of(describe["name"], field, parents) for field in describe["fields"]
    }


def _field_of(
    object_name: str, field: Mapping[str, Any], parents: set[str | None]
) -> SalesforceField:
    name, type_name = field["name"], field["type"]
    return SalesforceField(
        object=object_name,
        name=name,
        label=field["label"],
        type=_TYPES.get(type_name, SalesforceType.OTHER),
        type_name=type_name,
        length=field["length"],
        precision=field["precision"],
        scale=field["scale"],
        nillable=field["nillable"],
        createable=field["createable"],
        updateable=field["updateable"],
        calculated=field["calculated"],
        # The whole is what cannot be written; its parts (FirstName, City) name it and can be.
        compound=type_name in _COMPOUND_TYPES or (name in parents and not field["updateable"]),
        defaulted_on_create=field["defaultedOnCreate"],
        restricted=field["restrictedPicklist"],
        options=tuple(
            Option(value["value"], value.get("label") or value["value"])
            for value in field["picklistValues"]
            if value["active"]
        ),
        reference_to=tuple(field["referenceTo"]),
        filterable=field.get("filterable", True),
    )
