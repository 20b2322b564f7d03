"""Composite requests and batches."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

BASE = "/services/data/v59.0"


def query(reference_id: str, soql: str) -> dict[str, Any]:
    url = f"{BASE}/query?q={quote(soql)}"
    return {"method": "GET", "url": url, "referenceId": reference_id}


def patch(reference_id: str, record_id: str, **fields: Any) -> dict[str, Any]:
    record = {"attributes": {"type": "Lead"}, "id": record_id, **fields}
    return {
        "method": "PATCH",
        "url": f"{BASE}/composite/sobjects",
        "referenceId": reference_id,
        "body": {"allOrNone": False, "records": [record]},
    }


def send(client: Any, *subrequests: Any, **options: Any) -> list[dict[str, Any]]:
    body = {"compositeRequest": list(subrequests), **options}
    entries: list[dict[str, Any]] = client.ok("POST", "/composite", body)["compositeResponse"]
    return entries


def test_read_write_read_is_one_call(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    soql = f"SELECT Phone FROM Lead WHERE Id = '{lead}'"
    parts = (query("before", soql), patch("write", lead, Phone="1"), query("after", soql))
    used = sandbox.usage.used(sandbox.clock.now())
    entries = send(client, *parts, collateSubrequests=False)
    assert sandbox.usage.used(sandbox.clock.now()) == used + 1
    assert [entry["referenceId"] for entry in entries] == ["before", "write", "after"]
    assert [entry["httpStatusCode"] for entry in entries] == [200] * 3
    phones = [entries[place]["body"]["records"][0]["Phone"] for place in (0, 2)]
    assert phones == [None, "1"]


def test_collating_does_not_keep_the_order(client: Any, lead: str) -> None:
    soql = f"SELECT Phone FROM Lead WHERE Id = '{lead}'"
    parts = (query("before", soql), patch("write", lead, Phone="1"), query("after", soql))
    entries = send(client, *parts)
    assert [entry["referenceId"] for entry in entries] == ["before", "write", "after"]
    assert entries[2]["body"]["records"][0]["Phone"] is None
    with_header = {**parts[0], "httpHeaders": {"Sforce-Query-Options": "batchSize=200"}}
    entries = send(client, with_header, patch("write", lead, Phone="2"), parts[2])
    assert entries[2]["body"]["records"][0]["Phone"] == "2"


def test_a_failed_row_undoes_all(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    write = patch("write", lead, Phone="1")
    write["body"]["records"].append({"attributes": {"type": "Lead"}, "id": "bad"})
    soql = "SELECT Id FROM Lead"
    entries = send(client, query("q", soql), write, allOrNone=True, collateSubrequests=False)
    assert entries[0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert [row["success"] for row in entries[1]["body"]] == [True, False]
    assert (sandbox.record(lead) or {})["Phone"] is None


def test_references(sandbox: SalesforceSandbox, client: Any) -> None:
    account = {
        "method": "POST",
        "url": f"{BASE}/sobjects/Account",
        "referenceId": "account",
        "body": {"Name": "Acme"},
    }
    contact = {
        "method": "POST",
        "url": f"{BASE}/sobjects/Contact",
        "referenceId": "contact",
        "body": {"LastName": "Doe", "AccountId": "@{account.id}"},
    }
    read = query("read", "SELECT Id FROM Contact WHERE AccountId = '@{account.id}'")
    read["url"] = read["url"].replace(quote("@{account.id}"), "@{account.id}")
    found = {
        "method": "GET",
        "url": f"{BASE}/sobjects/Contact/@{{read.records[0].Id}}",
        "referenceId": "found",
    }
    entries = send(client, account, contact, read, found)
    assert [entry["httpStatusCode"] for entry in entries] == [201, 201, 200, 200]
    assert entries[0]["httpHeaders"]["Location"].endswith(entries[0]["body"]["id"])
    assert entries[3]["body"]["Id"] == sandbox.ids("Contact")[0]


def test_a_reference_to_a_failure(sandbox: SalesforceSandbox, client: Any) -> None:
    account = {
        "method": "POST",
        "url": f"{BASE}/sobjects/Account",
        "referenceId": "account",
        "body": {},
    }
    contact = {
        "method": "POST",
        "url": f"{BASE}/sobjects/Contact",
        "referenceId": "contact",
        "body": {"LastName": "Doe", "AccountId": "@{account.id}"},
    }
    entries = send(client, account, contact)
    assert entries[1]["httpStatusCode"] == 400
    assert entries[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert sandbox.ids("Contact") == []


def test_all_or_none(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    good = {
        "method": "PATCH",
        "url": f"{BASE}/sobjects/Lead/{lead}",
        "referenceId": "good",
        "body": {"Phone": "1"},
    }
    bad = {**good, "referenceId": "bad", "body": {"Email": "x"}}
    entries = send(client, good, bad, allOrNone=True)
    assert [entry["httpStatusCode"] for entry in entries] == [400, 400]
    found = [entry["body"][0]["errorCode"] for entry in entries]
    assert found == ["PROCESSING_HALTED", "INVALID_EMAIL_ADDRESS"]
    assert (sandbox.record(lead) or {})["Phone"] is None
    entries = send(client, bad, good, allOrNone=True)
    assert entries[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    entries = send(client, good, bad)
    assert [entry["httpStatusCode"] for entry in entries] == [204, 400]
    assert entries[0]["body"] is None


@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        (
            [{"method": "GET", "url": f"{BASE}/limits", "referenceId": str(n)} for n in range(26)],
            "LIMIT_EXCEEDED",
            "The request can’t contain more than 25 operations.",
        ),
        (
            [query(str(n), "SELECT Id FROM Lead") for n in range(6)],
            "LIMIT_EXCEEDED",
            "The request can’t contain more than 5 query or sObject Collections operations.",
        ),
        ([query("a", "x"), query("a", "y")], "INVALID_INPUT", "referenceId"),
        ([], "INVALID_INPUT", "compositeRequest is required"),
    ],
)
def test_requests_that_are_too_much(client: Any, parts: list[Any], code: str, message: str) -> None:
    status, found, text = client.error("POST", "/composite", {"compositeRequest": parts})
    assert (status, found) == (400, code)
    assert message in text


def test_subrequests_that_lead_nowhere(client: Any) -> None:
    urls = ("/services/data/v1.0/limits", "/elsewhere", f"{BASE}/nothing")
    parts = [
        {"method": "GET", "url": url, "referenceId": str(place)} for place, url in enumerate(urls)
    ]
    nested = {"method": "POST", "url": f"{BASE}/composite", "referenceId": "n", "body": {}}
    entries = send(client, *parts, nested)
    assert [entry["httpStatusCode"] for entry in entries] == [404, 404, 404, 400]


def test_a_composite_meets_a_lock_and_has_headers_of_its_own(
    sandbox: SalesforceSandbox, client: Any, lead: str
) -> None:
    sandbox.faults.arm(Fault(FaultKind.LOCK_ROW, "POST", "/composite$"))
    entries = send(client, query("a", "SELECT Id FROM Lead"), patch("b", lead, Phone="1"))
    assert entries[1]["body"][0]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    sandbox.add_duplicate_rule("Lead")
    create = {
        "method": "POST",
        "url": f"{BASE}/sobjects/Lead",
        "referenceId": "c",
        "body": {"LastName": "a", "Company": "b", "Email": "jo@x.org"},
    }
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    body = {"compositeRequest": [create]}
    outer = client.ok("POST", "/composite", body, headers=header)["compositeResponse"]
    assert outer[0]["httpStatusCode"] == 400
    assert send(client, {**create, "httpHeaders": header})[0]["httpStatusCode"] == 201


def test_a_batch_counts_each_of_its_requests(
    sandbox: SalesforceSandbox, client: Any, lead: str
) -> None:
    requests = [
        {"method": "GET", "url": "v59.0/limits"},
        {"method": "PATCH", "url": f"v59.0/sobjects/Lead/{lead}", "richInput": {"Email": "x"}},
        {"method": "GET", "url": f"v59.0/sobjects/Lead/{lead}?fields=Name"},
    ]
    used = sandbox.usage.used(sandbox.clock.now())
    answer = client.ok("POST", "/composite/batch", {"batchRequests": requests})
    assert sandbox.usage.used(sandbox.clock.now()) == used + 3
    assert answer["hasErrors"] is True
    assert [result["statusCode"] for result in answer["results"]] == [200, 400, 200]
    body = {"batchRequests": requests, "haltOnError": True}
    halted = client.ok("POST", "/composite/batch", body)["results"]
    assert [result["statusCode"] for result in halted] == [200, 400, 412]
    too_many = {"batchRequests": requests * 9}
    assert client.error("POST", "/composite/batch", too_many)[1] == "LIMIT_EXCEEDED"
    assert client.error("POST", "/composite/batch", {})[1] == "INVALID_INPUT"


def test_query_options_reach_a_subrequest(sandbox: SalesforceSandbox, client: Any) -> None:
    for number in range(201):
        sandbox.create("Contact", LastName=str(number))
    part = query("a", "SELECT Id FROM Contact")
    part["httpHeaders"] = {"Sforce-Query-Options": "batchSize=200"}
    (entry,) = send(client, part)
    assert len(entry["body"]["records"]) == 200
    assert json.dumps(entry["body"]["nextRecordsUrl"])
