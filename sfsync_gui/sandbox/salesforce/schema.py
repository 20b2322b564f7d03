"""The objects of a simulated org and their fields, as `describe` tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sfsync_gui.sandbox.salesforce.custom_fields import Formula, account_set, standard_set

OBJECTS = ("Account", "Contact", "Group", "Lead", "Organization", "Task", "User")
"""The objects a simulated org has."""

NUMERIC = frozenset({"double", "currency", "percent", "int"})
"""Field types whose values are numbers."""

_DESCRIBES = Path(__file__).parent / "describes"
_NAME_FIELDS = frozenset(
    {"Id", "Name", "FirstName", "LastName", "Email", "Phone", "Title", "Username", "Alias"}
) | frozenset({"IsActive", "ProfileId"})
"""Fields of the Name entity, which stands for a parent that may be of several objects."""


class Field:
    """One field. `describe` is its complete describe entry; the attributes are for speed."""

    def __init__(self, describe: dict[str, Any], formula: Formula | None = None) -> None:
        self.describe = describe
        self.formula = formula
        self.name: str = describe["name"]
        self.type: str = describe["type"]
        self.label: str = describe["label"]
        self.length: int = describe["length"]
        self.nillable: bool = describe["nillable"]
        self.reference_to: list[str] = describe["referenceTo"]
        self.relationship: str | None = describe["relationshipName"]

    @property
    def is_polymorphic(self) -> bool:
        """Whether the parent may be a record of several objects."""
        return len(self.reference_to) > 1

    @property
    def active_options(self) -> list[str]:
        """The active values of a picklist, in their order."""
        return [item["value"] for item in self.describe["picklistValues"] if item["active"]]


@dataclass
class SObject:
    """One object: its describe header and its fields.

    `hidden` holds the names of fields that field-level security hides from the API's user;
    `is_hidden` tells that this user lacks the right to read the object.
    """

    name: str
    header: dict[str, Any]
    fields: dict[str, Field]
    hidden: set[str] = field(default_factory=set)
    is_hidden: bool = False

    @property
    def key_prefix(self) -> str:
        """The first three characters of this object's Ids."""
        prefix: str = self.header["keyPrefix"]
        return prefix

    @property
    def label(self) -> str:
        """The label in the singular."""
        label: str = self.header["label"]
        return label

    def visible(self) -> Iterator[Field]:
        """Yield the fields that the API's user can see."""
        return (item for item in self.fields.values() if item.name not in self.hidden)

    def find(self, name: str, *, all_fields: bool = False) -> Field | None:
        """Return the field of this name (in any case), or None if there is none to be seen."""
        found = self.fields.get(name.lower())
        if found is None or (found.name in self.hidden and not all_fields):
            return None
        return found

    def relationship(self, name: str) -> Field | None:
        """Return the visible reference field whose relationship has this name (in any case)."""
        lowered = name.lower()
        for item in self.visible():
            if item.relationship is not None and item.relationship.lower() == lowered:
                return item
        return None

    def put(self, entry: Field) -> None:
        """Add a field, or replace the one of the same name."""
        self.fields[entry.name.lower()] = entry

    def describe(self, version: str, host: str) -> dict[str, Any]:
        """Return the answer of `GET /sobjects/{name}/describe`."""
        urls = _filled_in(self.header["urls"], version, host)
        return {
            **self.header,
            "childRelationships": [],
            "fields": [item.describe for item in self.visible()],
            "namedLayoutInfos": [],
            "recordTypeInfos": [_master_record_type(self.name, version)],
            "urls": urls,
        }

    def summary(self, version: str) -> dict[str, Any]:
        """Return the entry of this object in `GET /sobjects`."""
        urls = {
            name: f"/services/data/v{version}/sobjects/{self.name}{suffix}"
            for name, suffix in (
                ("sobject", ""),
                ("describe", "/describe"),
                ("rowTemplate", "/{ID}"),
            )
        }
        left_out = {"urls", "supportedScopes", "listviewable", "lookupLayoutable"}
        header = {key: value for key, value in self.header.items() if key not in left_out}
        return {**header, "urls": urls}


def load_schema() -> dict[str, SObject]:
    """Return a fresh schema: the recorded objects, with custom fields on those that are synced.

    The describe entries are shared by all schemas: a field changes by being replaced.
    """
    schema = {}
    for name in OBJECTS:
        header = dict(_recorded(name))
        fields = {entry["name"].lower(): Field(entry) for entry in header.pop("fields")}
        schema[name.lower()] = SObject(name, header, fields)
    for name, custom in (
        ("lead", standard_set),
        ("contact", standard_set),
        ("account", account_set),
    ):
        for entry, formula in custom():
            schema[name].put(Field(entry, formula))
    return schema


def name_entity(users: SObject) -> SObject:
    """Return the Name entity, through which the fields of a polymorphic parent are read."""
    fields = {key: item for key, item in users.fields.items() if item.name in _NAME_FIELDS}
    kind = {**users.fields["username"].describe, "name": "Type", "label": "Type", "length": 40}
    fields["type"] = Field(kind)
    return SObject("Name", {"keyPrefix": "", "label": "Name", "urls": {}}, fields)


@cache
def _recorded(name: str) -> dict[str, Any]:
    """Return the stored describe of an object; not to be changed."""
    text = (_DESCRIBES / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _filled_in(urls: dict[str, str], version: str, host: str) -> dict[str, str]:
    """Return the URLs with the API version and the org's own address."""
    return {
        key: url.replace("{version}", version).replace("{host}", host) for key, url in urls.items()
    }


def _master_record_type(name: str, version: str) -> dict[str, Any]:
    """Return the only record type of an org that has defined none."""
    master = "012000000000000AAA"
    layout = f"/services/data/v{version}/sobjects/{name}/describe/layouts/{master}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": master,
        "urls": {"layout": layout},
    }
