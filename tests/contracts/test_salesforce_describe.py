"""Describes: the sandbox's against recorded ones, and the adapter's reading of recorded ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from sfsync_gui.core.schema import SalesforceField, SalesforceType
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import call
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens
from sfsync_gui.services.threads import InlineCalls
from tests.contracts.recorded import NAMES, RecordedOrg, by_name, recorded
from tests.support.salesforce_mount import SteppingClock

OBJECTS = ("Account", "Contact", "Lead")
START = 1_795_428_000.75

# Left out of the recordings. The sandbox answers an empty list.
NOT_RECORDED = {"childRelationships"}
# Account was recorded in an older version of the API. Lead and Contact have these too.
NEWER = {"associateEntityType", "associateParentEntity", "sobjectDescribeOption"}
# What a record type is called and where it lies is the org's own affair; its shape is compared.
OF_THE_ORG = {"fields", "urls", "recordTypeInfos"}
# No formula and no encrypted text was recorded; the SOAP API Developer Guide types these as text.
AS_DOCUMENTED = {"calculatedFormula": str, "mask": str, "maskType": str}

COMPOUND = {
    "Account": {"BillingAddress", "ShippingAddress"},
    "Case": set(),
    "Contact": {"Name", "MailingAddress", "OtherAddress"},
    "Event": set(),
    "Lead": {"Name", "Address"},
}


@cache
def answered(name: str) -> dict[str, Any]:
    """The sandbox's describe in the version of the recordings."""
    sandbox = SalesforceSandbox(ManualClock(START))
    token = sandbox.issue_tokens()["access_token"]
    path = f"/services/data/v59.0/sobjects/{name}/describe"
    answer = call(sandbox.app, "GET", path, "", {"authorization": f"Bearer {token}"})
    assert answer.status == 200
    body: dict[str, Any] = json.loads(answer.body)
    return body


@cache
def read(suffix: str) -> Mapping[str, Mapping[str, SalesforceField]]:
    """What the adapter makes of all describes of one of the recorded orgs."""
    names = [name.partition(".")[0] for name in NAMES if ("." in name) == bool(suffix)]
    address = "https://example.my.salesforce.com"
    tokens = RefreshingTokens(
        "client",
        instance_url=address,
        access_token="a",
        refresh_token="r",
        save=lambda tokens: None,
    )
    client = SalesforceClient(
        tokens,
        clock=SteppingClock(ManualClock(START)),
        calls=InlineCalls(),
        transport=RecordedOrg(suffix),
    )
    return asyncio.run(client.describe(names))


@pytest.mark.parametrize("name", OBJECTS)
def test_the_sandbox_describes_an_object_with_the_recorded_properties(name: str) -> None:
    ours, real = answered(name), recorded(name)
    newer = NEWER if name == "Account" else set()
    assert set(ours) == set(real) | NOT_RECORDED | newer
    assert set(ours) == set(recorded("Lead")) | NOT_RECORDED
    same = set(real) - OF_THE_ORG
    assert {key: ours[key] for key in same} == {key: real[key] for key in same}
    assert set(ours["urls"]) == set(real["urls"])
    assert {frozenset(entry) for entry in ours["recordTypeInfos"]} == {
        frozenset(entry) for entry in real["recordTypeInfos"]
    }


@pytest.mark.parametrize("name", OBJECTS)
def test_the_sandbox_describes_each_recorded_field_as_recorded(name: str) -> None:
    ours, real = by_name(answered(name)), standard(recorded(name))
    assert set(real) <= set(ours)
    assert {field for field in set(ours) - set(real) if not ours[field]["custom"]} == set()
    different = {
        (field, key): (ours[field].get(key), value)
        for field, facts in real.items()
        for key, value in facts.items()
        if ours[field].get(key, ...) != value
    }
    assert different == {}


def standard(describe: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields by name, without those that a managed package or a person added."""
    fields = by_name(describe)
    return {name: facts for name, facts in fields.items() if not name.endswith("__c")}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_field_has_the_recorded_keys_and_kinds_of_values(name: str) -> None:
    kinds = value_kinds()
    for key, kind in AS_DOCUMENTED.items():
        kinds[key].add(kind)
    keys = set(recorded(name)["fields"][0])
    for field in answered(name)["fields"]:
        assert set(field) == keys, field["name"]
        odd = {key: value for key, value in field.items() if type(value) not in kinds[key]}
        assert odd == {}, field["name"]
        for entry in field["picklistValues"]:
            assert set(entry) == {"active", "defaultValue", "label", "validFor", "value"}
            assert isinstance(entry["active"], bool)
            assert isinstance(entry["defaultValue"], bool)
            assert isinstance(entry["value"], str)


def value_kinds() -> dict[str, set[type]]:
    """The types that each property of a field has in any recording."""
    kinds: dict[str, set[type]] = {}
    for name in NAMES:
        for field in recorded(name)["fields"]:
            for key, value in field.items():
                kinds.setdefault(key, set()).add(type(value))
    return kinds


def test_custom_fields_of_the_sandbox_are_like_recorded_ones_of_their_type() -> None:
    """What the type decides is as another org's custom fields of that type have it."""
    decided = ("soapType", "createable", "updateable", "nillable", "sortable", "filterable")
    real = {
        field["type"]: {key: field[key] for key in decided}
        for name in NAMES
        for field in recorded(name)["fields"]
        if field["custom"] and not (field["type"] == "textarea" and field["length"] > 255)
    }
    compared = set()
    for field in answered("Contact")["fields"]:
        is_long = field["type"] == "textarea" and field["length"] > 255
        if field["custom"] and not field["calculated"] and not is_long and field["type"] in real:
            compared.add(field["type"])
            assert {key: field[key] for key in decided} == real[field["type"]], field["name"]
    assert compared >= {"string", "boolean", "date", "datetime", "double", "currency", "percent"}


@pytest.mark.parametrize("name", NAMES)
def test_the_adapter_reads_every_recorded_field_without_loss(name: str) -> None:
    object_name, dot, suffix = name.partition(".")
    fields = read(dot + suffix)[object_name]
    real = by_name(recorded(name))
    assert list(fields) == list(real)
    for field_name, facts in real.items():
        assert told(fields[field_name]) == expected(object_name, facts), field_name
    assert {field.name for field in fields.values() if field.compound} == COMPOUND[object_name]


def test_types_that_are_never_offered_keep_their_name() -> None:
    other = {
        field.type_name
        for suffix in ("", ".custom")
        for fields in read(suffix).values()
        for field in fields.values()
        if field.type is SalesforceType.OTHER
    }
    assert other == {"address"}


def told(field: SalesforceField) -> dict[str, Any]:
    """What the adapter tells of a field, in the words of a describe."""
    return {
        "object": field.object,
        "name": field.name,
        "label": field.label,
        "type": field.type_name if field.type is SalesforceType.OTHER else field.type.value,
        "type_name": field.type_name,
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
        "nillable": field.nillable,
        "createable": field.createable,
        "updateable": field.updateable,
        "calculated": field.calculated,
        "defaultedOnCreate": field.defaulted_on_create,
        "restrictedPicklist": field.restricted,
        "filterable": field.filterable,
        "referenceTo": list(field.reference_to),
        "options": [(option.value, option.label) for option in field.options],
    }


def expected(object_name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What a describe tells of a field."""
    options = [(v["value"], v["label"]) for v in facts["picklistValues"] if v["active"]]
    ours = {"object": object_name, "type_name": facts["type"], "options": options}
    return {key: facts[key] for key in told_keys() - set(ours)} | ours


def told_keys() -> set[str]:
    return set(told(SalesforceField("Lead", "Email", "Email", SalesforceType.EMAIL)))
