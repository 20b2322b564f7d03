"""Answers of `describe`, reduced to what the product needs to know of a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.schema import ObjectAccess, Option, SalesforceField, SalesforceType
from sfsync_gui.services.salesforce.composite import Subrequest, parts_of
from sfsync_gui.services.salesforce.errors import failure_of, not_understood

_TYPES = {member.value: member for member in SalesforceType if member is not SalesforceType.OTHER}
_COMPOUND_TYPES = frozenset({"address", "location"})
_EDITION = "SELECT OrganizationType FROM Organization"
"""Object Reference, Organization: one record; OrganizationType is the edition."""


def survey_parts(objects: Sequence[str]) -> list[Subrequest]:
    """The parts of a composite request that ask for an org's edition and for objects."""
    edition = Subrequest("edition", f"query?q={quote(_EDITION)}", "Organization")
    describes = [
        Subrequest(f"describe{place}", f"sobjects/{name}/describe", name)
        for place, name in enumerate(objects)
    ]
    return [edition, *describes]


def survey_of(
    answer: Any, subrequests: Sequence[Subrequest]
) -> tuple[str, dict[str, ObjectAccess]]:
    """The edition, and the objects that the user can see.

    The edition is empty where the user may not read it. Raises what concerns more than an object.
    """
    parts = parts_of(answer)
    edition, found = "", {}
    for subrequest in subrequests:
        part = parts.get(subrequest.name)
        if part is None:
            raise not_understood()
        if not part.accepted:
            failure = failure_of(part.status, part.body, writes=False)
            if not isinstance(failure, SetupError):
                raise failure
        elif subrequest.name == "edition":
            records = part.body.get("records") or [{}]
            edition = records[0].get("OrganizationType") or ""
        else:
            found[subrequest.object_name] = _access_of(part.body)
    return edition, found


def _access_of(describe: Mapping[str, Any]) -> ObjectAccess:
    return ObjectAccess(
        fields=fields_of(describe),
        readable=describe["queryable"],
        createable=describe["createable"],
        updateable=describe["updateable"],
    )


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
        default=next(
            (value["value"] for value in field["picklistValues"] if value.get("defaultValue")), ""
        ),
        reference_to=tuple(field["referenceTo"]),
        filterable=field.get("filterable", True),
    )
