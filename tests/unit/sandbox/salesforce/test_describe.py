"""Descriptions of the org and its objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import call


def fields(client: Any, name: str) -> dict[str, dict[str, Any]]:
    described = client.ok("GET", f"/sobjects/{name}/describe")
    return {field["name"]: field for field in described["fields"]}


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("Lead", "00Q"), ("Contact", "003"), ("Account", "001"), ("Task", "00T"), ("User", "005")],
)
def test_every_object_is_described(client: Any, name: str, prefix: str) -> None:
    described = client.ok("GET", f"/sobjects/{name}/describe")
    assert (described["name"], described["keyPrefix"]) == (name, prefix)
    assert described["urls"]["describe"] == f"/services/data/v59.0/sobjects/{name}/describe"
    names = {field["name"] for field in described["fields"]}
    assert {"Id", "SystemModstamp", "LastModifiedById"} <= names
    shapes = {frozenset(field) for field in described["fields"] if field["custom"] is False}
    assert len(shapes) == 1


def test_required_fields_as_in_a_real_org(client: Any) -> None:
    def required(name: str) -> set[str]:
        return {
            key
            for key, field in fields(client, name).items()
            if field["createable"] and not field["nillable"] and not field["defaultedOnCreate"]
        }

    assert required("Lead") == {"LastName", "Company"}
    assert required("Contact") == {"LastName"}
    assert required("Account") == {"Name"}
    assert required("Task") == set()


@pytest.mark.parametrize("name", ["Lead", "Contact"])
def test_custom_fields_of_every_type(client: Any, name: str) -> None:
    custom = [field for field in fields(client, name).values() if field["custom"]]
    types = {field["type"] for field in custom}
    assert types == {
        "boolean",
        "currency",
        "date",
        "datetime",
        "double",
        "email",
        "encryptedstring",
        "multipicklist",
        "percent",
        "phone",
        "picklist",
        "reference",
        "string",
        "textarea",
        "time",
        "url",
    }
    assert {field["scale"] for field in custom if field["type"] == "double"} == {0, 2}
    restricted = {field["restrictedPicklist"] for field in custom if field["type"] == "picklist"}
    assert restricted == {True, False}
    calculated = [field for field in custom if field["calculated"]]
    assert len(calculated) == 2
    assert not any(field["createable"] or field["updateable"] for field in calculated)


def test_task_subject_is_a_combobox(client: Any) -> None:
    assert fields(client, "Task")["Subject"]["type"] == "combobox"


def test_changes_to_the_schema_show(sandbox: SalesforceSandbox, client: Any) -> None:
    sandbox.add_field("Lead", "Extra__c", "string", length=20)
    sandbox.hide_field("Lead", "Phone")
    sandbox.set_field("Lead", "Fax", updateable=False)
    sandbox.remove_field("Lead", "Nickname__c")
    described = fields(client, "Lead")
    assert described["Extra__c"]["length"] == 20
    assert described["Fax"]["updateable"] is False
    assert not {"Phone", "Nickname__c"} & set(described)
    assert "Nickname__c" in fields(client, "Contact")
    sandbox.show_field("Lead", "Phone")
    assert "Phone" in fields(client, "Lead")


def test_two_orgs_share_no_schema(sandbox: SalesforceSandbox) -> None:
    sandbox.set_field("Lead", "Phone", length=5)
    other = SalesforceSandbox(sandbox.clock)
    assert other.org.sobject("Lead").fields["phone"].length == 40


def test_global_describe_and_basic_information(client: Any) -> None:
    listed = client.ok("GET", "/sobjects")
    assert {entry["name"] for entry in listed["sobjects"]} >= {"Lead", "User"}
    basic = client.ok("GET", "/sobjects/Lead")
    assert basic["objectDescribe"]["keyPrefix"] == "00Q"
    assert client.error("GET", "/sobjects/Nope/describe")[:2] == (404, "NOT_FOUND")


def test_versions_and_resources(sandbox: SalesforceSandbox, client: Any) -> None:
    answer = call(sandbox.app, "GET", "/services/data")
    listed = {entry["version"]: entry["label"] for entry in json.loads(answer.body)}
    assert listed["59.0"] == "Winter '24"
    assert listed["60.0"] == "Spring '24"
    assert client.ok("GET", "")["query"] == "/services/data/v59.0/query"
    headers = {"Authorization": f"Bearer {client.tokens['access_token']}"}
    assert call(sandbox.app, "GET", "/services/data/v12.0/limits", "", headers).status == 404
