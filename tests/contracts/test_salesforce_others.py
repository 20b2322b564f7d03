"""Salesforce: what the sandbox answers to clients that call what the product does not."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import call
from tests.contracts.salesforce_schemas import ERRORS, QUERY_RESULT, RECORD_READ, ROWS, SAVED
from tests.contracts.salesforce_world import new_world
from tests.contracts.wire import decoded

_LEAD = {"attributes": {"type": "Lead"}, "LastName": "Doe", "Company": "Acme"}
_BATCH = {
    "type": "object",
    "properties": {
        "hasErrors": {"type": "boolean"},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"statusCode": {"type": "integer"}, "result": {}},
                "required": ["statusCode", "result"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["hasErrors", "results"],
    "additionalProperties": False,
}
_READ_OR_NULL = {"type": "array", "items": {"anyOf": [{"type": "null"}, RECORD_READ]}}


@pytest.fixture
def sandbox() -> SalesforceSandbox:
    return new_world().sandbox


def send(sandbox: SalesforceSandbox, request: str, body: Any = None) -> tuple[int, Any]:
    """Send `METHOD path?query`, below the version, and return status and body."""
    method, _space, url = request.partition(" ")
    path, _mark, query = url.partition("?")
    headers = {"authorization": f"Bearer {sandbox.issue_tokens()['access_token']}"}
    sent = b"" if body is None else json.dumps(body).encode()
    address = f"/services/data/v62.0{path}"
    answer = call(sandbox.app, method, address, quote(query, safe="=&,"), headers, sent)
    return answer.status, decoded(answer.body)


def check(answer: tuple[int, Any], status: int, schema: Any) -> Any:
    assert answer[0] == status
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(answer[1])]
    assert errors == []
    return answer[1]


def test_single_records(sandbox: SalesforceSandbox) -> None:
    values = {"LastName": "Doe", "Company": "Acme"}
    path = f"/sobjects/Lead/{check(send(sandbox, 'POST /sobjects/Lead', values), 201, SAVED)['id']}"
    check(send(sandbox, f"GET {path}"), 200, RECORD_READ)
    check(send(sandbox, f"GET {path}?fields=Email,Name"), 200, RECORD_READ)
    assert send(sandbox, f"PATCH {path}", {"Phone": "1"}) == (204, None)
    check(send(sandbox, f"PATCH {path}", {"Nowhere": "1"}), 400, ERRORS)
    check(send(sandbox, f"PATCH {path}", {"LastName": None}), 400, ERRORS)
    assert send(sandbox, f"DELETE {path}") == (204, None)
    check(send(sandbox, f"GET {path}"), 404, ERRORS)
    check(send(sandbox, f"DELETE {path}"), 404, ERRORS)


def test_collections(sandbox: SalesforceSandbox) -> None:
    path = "/composite/sobjects"
    for all_or_none in (False, True):
        records = [_LEAD, {**_LEAD, "LastName": None}]
        body = {"allOrNone": all_or_none, "records": records}
        check(send(sandbox, f"POST {path}", body), 200, ROWS)
    rows = check(send(sandbox, f"POST {path}", {"records": [_LEAD]}), 200, ROWS)
    key = rows[0]["id"]
    missing = "00QA0000000000zIAA"
    read = f"GET {path}/Lead?ids={key},{missing}&fields=Id,LastName"
    assert check(send(sandbox, read), 200, _READ_OR_NULL)[1] is None
    check(send(sandbox, f"DELETE {path}?ids={key},{missing}"), 200, ROWS)
    check(send(sandbox, f"PATCH {path}", {"records": [_LEAD] * 201}), 400, ERRORS)
    check(send(sandbox, f"PATCH {path}", {"records": [{"Id": key}]}), 400, ERRORS)


def test_batches_queries_and_refusals(sandbox: SalesforceSandbox) -> None:
    asked = [{"method": "GET", "url": "v62.0/limits"}, {"method": "GET", "url": "v62.0/nowhere"}]
    check(send(sandbox, "POST /composite/batch", {"batchRequests": asked}), 200, _BATCH)
    count = check(send(sandbox, "GET /query?q=SELECT Id FROM Lead"), 200, QUERY_RESULT)
    assert count["totalSize"] == 0
    for refused, status in (
        ("GET /query?q=SELECT Nowhere FROM Lead", 400),
        ("GET /query?q=nonsense", 400),
        ("GET /query", 400),
        ("GET /query/nowhere-2000", 400),
        ("GET /sobjects/Nowhere/describe", 404),
        ("PUT /limits", 405),
    ):
        check(send(sandbox, refused), status, ERRORS)
    parts = [
        {"method": "GET", "url": "/services/data/v62.0/limits", "referenceId": str(n)}
        for n in range(26)
    ]
    check(send(sandbox, "POST /composite", {"compositeRequest": parts}), 400, ERRORS)
