"""Salesforce: the adapter's requests and the sandbox's answers against documented forms."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator

from tests.contracts.recorded import by_name, recorded
from tests.contracts.salesforce_schemas import (
    COMPOSITE,
    COMPOSITE_RESPONSE,
    LIMITS,
    QUERY_RESULT,
    ROWS,
    TOKEN,
    Resource,
    resource_of,
)
from tests.contracts.salesforce_world import OBJECTS, new_world, product_exchanges
from tests.contracts.wire import Exchange

_SELECT = re.compile(r"SELECT (?P<names>[\w,]+) FROM (?P<object>\w+)(?P<rest>.*)", re.DOTALL)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_COMPARED = re.compile(r"(\w+) (?:IN|=|>=|>) ")
_ORDERED = re.compile(r"ORDER BY (.*?)(?: LIMIT \d+)?$")
_LONGEST_URI = 16_384
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
_FORMS: Mapping[str, Callable[[Any], bool]] = {
    "xsd:boolean": lambda value: isinstance(value, bool),
    "xsd:double": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "xsd:int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "xsd:dateTime": lambda value: _DATETIME.fullmatch(value) is not None,
    "xsd:date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None,
    "xsd:time": lambda value: re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}Z", value) is not None,
    "xsd:string": lambda value: isinstance(value, str),
    "tns:ID": lambda value: re.fullmatch("[a-zA-Z0-9]{18}", value) is not None,
}


@dataclass(frozen=True)
class Step:
    """A request to one resource and its answer, be it alone or a part of a composite one."""

    resource: Resource
    path: str
    query: Mapping[str, str]
    sent: Any
    status: int
    received: Any
    is_part: bool = False


def steps_of(exchange: Exchange) -> Iterator[Step]:
    """An exchange, and behind it the parts of it if it is a composite one."""
    sent = exchange.sent
    if exchange.request_headers.get("content-type") == "application/x-www-form-urlencoded":
        sent = dict(parse_qsl(sent, keep_blank_values=True))
    whole = _step(
        exchange.method,
        (exchange.path, dict(exchange.query)),
        sent,
        (exchange.status, exchange.received),
    )
    yield whole
    if whole.resource.name == "composite" and exchange.status == 200:
        answers = exchange.received["compositeResponse"]
        for asked, answer in zip(sent["compositeRequest"], answers, strict=True):
            assert answer["referenceId"] == asked["referenceId"]
            parts = urlsplit(asked["url"])
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            told = (answer["httpStatusCode"], answer["body"])
            part = _step(asked["method"], (parts.path, query), asked.get("body"), told)
            yield replace(part, is_part=True)


def _step(
    method: str, url: tuple[str, Mapping[str, str]], sent: Any, answer: tuple[int, Any]
) -> Step:
    resource = resource_of(method, url[0])
    assert resource is not None, f"{method} {url[0]} is no known form"
    return Step(resource, *url, sent, *answer)


def wrong(schema: Any, instance: Any) -> list[str]:
    """What is not as a schema says."""
    errors = Draft202012Validator(schema).iter_errors(instance)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def answer_problems(step: Step) -> list[str]:
    """What is wrong with an answer."""
    if step.status == step.resource.status:
        return wrong(step.resource.answer, step.received)
    if isinstance(step.received, str) and step.status in step.resource.texts:
        return []
    if step.status < 400:
        return [f"status {step.status}"]
    return wrong(step.resource.refusal, step.received)


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return product_exchanges()


@pytest.fixture(scope="module")
def steps(exchanges: list[Exchange]) -> list[Step]:
    return [step for exchange in exchanges for step in steps_of(exchange)]


@cache
def described() -> dict[str, dict[str, dict[str, Any]]]:
    """The fields by object: those of the sandbox, which are held against recordings elsewhere."""
    world = new_world()
    api = world.sandbox.org.schema
    return {
        name: by_name(api[name.lower()].describe("62.0", "https://sandbox.invalid"))
        for name in (*OBJECTS, "Organization")
    }


def is_known(object_name: str, field: str) -> bool:
    """Whether a field is recorded, or was made by a test, or stands in the sandbox's describe."""
    if object_name in ("Lead", "Contact", "Account") and not field.endswith("__c"):
        return field in by_name(recorded(object_name))
    return field in described()[object_name] or field.startswith("A_Field_With_A_Long_Name_")


def queries(steps: list[Step]) -> list[tuple[Step, re.Match[str]]]:
    found = []
    for step in steps:
        if step.resource.name == "query":
            match = _SELECT.fullmatch(step.query["q"])
            assert match is not None, step.query["q"]
            found.append((step, match))
    return found


def test_the_product_was_driven_through_all_it_does(steps: list[Step]) -> None:
    asked = {step.resource.name for step in steps}
    assert asked == {
        "composite",
        "update collection",
        "query",
        "query more",
        "describe",
        "create",
        "limits",
        "userinfo",
        "token",
    }
    statuses = {step.status for step in steps if not step.is_part}
    assert statuses == {200, 201, 400, 401, 403, 404, 429, 500, 503}
    alone = {step.resource.name for step in steps if not step.is_part}
    assert {"update collection", "query", "create"} <= alone


def test_every_request_has_a_documented_form(steps: list[Step]) -> None:
    for step in steps:
        assert set(step.query) == set(step.resource.parameters), step.path
        assert (step.sent is None) == (step.resource.sent is None), step.path
        if step.resource.sent is not None:
            assert wrong(step.resource.sent, step.sent) == [], step.path
        assert step.resource.in_composite or not step.is_part


def test_composite_requests_keep_their_limits(steps: list[Step]) -> None:
    composites = [
        step.sent["compositeRequest"] for step in steps if step.resource.name == "composite"
    ]
    assert composites
    for parts in composites:
        assert len(parts) <= 25
        assert len({part["referenceId"] for part in parts}) == len(parts)
        resources = [resource_of(part["method"], urlsplit(part["url"]).path) for part in parts]
        assert sum(item is not None and item.is_heavy for item in resources) <= 5
        assert all(len(part["url"]) < _LONGEST_URI for part in parts)
    assert max(map(len, composites)) == 1 + len(OBJECTS)
    records = [len(s.sent["records"]) for s in steps if s.resource.name == "update collection"]
    assert max(records) == 200


def test_every_request_says_who_sends_json(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        headers = exchange.request_headers
        if exchange.path == "/services/oauth2/token":
            assert "authorization" not in headers
            continue
        assert headers["authorization"].startswith("Bearer ")
        assert headers["content-type"] == "application/json"


def test_queries_name_fields_that_are_described(steps: list[Step]) -> None:
    found = queries(steps)
    found_in = {match["object"] for _step, match in found}
    assert found_in == {"Lead", "Contact", "Account", "Organization", "Task", "User"}
    for _step, match in found:
        rest = _QUOTED.sub("''", match["rest"])
        ordered = _ORDERED.search(rest)
        orders = [] if ordered is None else re.split(r"[ ,]+", ordered[1].replace("DESC", ""))
        names = {*match["names"].split(","), *_COMPARED.findall(rest), *filter(None, orders)}
        unknown = {name for name in names if not is_known(match["object"], name)}
        assert unknown == set(), match[0]


def test_what_is_written_is_described_and_writeable(steps: list[Step]) -> None:
    written = 0
    for step in steps:
        if step.resource.name == "update collection":
            for record in step.sent["records"]:
                values = {k for k in record if k not in ("attributes", "id")}
                fields = described()[record["attributes"]["type"]]
                # One write names a field that is not there, in order to be refused.
                assert all(fields[name]["updateable"] for name in values - {"Nowhere__c"})
                written += len(values)
        elif step.resource.name == "create":
            fields = described()[step.path.rsplit("/", 1)[-1]]
            assert all(fields[name]["createable"] for name in step.sent)
    assert written > 200


def test_every_answer_has_a_documented_shape(steps: list[Step]) -> None:
    problems = {(s.resource.name, s.status, *p) for s in steps if (p := answer_problems(s))}
    assert problems == set()
    refused = {(s.resource.name, s.status) for s in steps if s.status >= 400}
    assert {("create", 400), ("token", 400), ("limits", 401), ("limits", 403)} <= refused
    assert {("describe", 404), ("query", 400), ("update collection", 400)} <= refused


def test_records_hold_what_was_selected_in_the_described_form(steps: list[Step]) -> None:
    seen = set()
    for step, match in queries(steps):
        if step.status != 200:
            continue
        names = set(match["names"].split(","))
        fields = described()[match["object"]]
        for record in step.received["records"]:
            assert set(record) == names | {"attributes"}
            assert record["attributes"]["type"] == match["object"]
            for name in names & set(fields):
                seen.add(fields[name]["soapType"])
                assert has_form(fields[name], record[name]), (name, record[name])
    assert seen >= {"xsd:boolean", "xsd:double", "xsd:dateTime", "xsd:date", "xsd:time", "tns:ID"}


def has_form(field: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is as its field is described."""
    if value is None:
        # Deleted records may lack what records need; these are not in the selection.
        return bool(field["nillable"])
    if isinstance(value, str) and 0 < field["length"] < len(value):
        return False
    return _FORMS[field["soapType"]](value)


def test_usage_is_told_on_every_answer_of_the_api(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        if exchange.path.startswith("/services/data/") and exchange.status in (200, 201, 400, 404):
            assert re.fullmatch(r"api-usage=\d+/\d+", exchange.headers["sforce-limit-info"])


_QUERY = {
    "totalSize": 1,
    "done": True,
    "records": [{"attributes": {"type": "Lead", "url": "/services/data/v62.0/x"}, "Id": "1"}],
}
_TOKEN = {
    "access_token": "a",
    "signature": "s",
    "instance_url": "https://x.my.salesforce.com",
    "id": "https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA",
    "token_type": "Bearer",
    "issued_at": "1795428000000",
}
_ROW = {"id": "00Q000000000001AAA", "success": True, "errors": []}
_PART = {"body": [], "httpHeaders": {}, "httpStatusCode": 200, "referenceId": "a"}
_ASKED = {"method": "GET", "url": "/services/data/v62.0/limits", "referenceId": "a"}


@pytest.mark.parametrize(
    ("schema", "genuine", "doctored"),
    [
        (QUERY_RESULT, _QUERY, {**_QUERY, "done": False}),
        (QUERY_RESULT, _QUERY, {**_QUERY, "totalSize": "1"}),
        (QUERY_RESULT, _QUERY, {**_QUERY, "records": [{"Id": "1"}]}),
        (QUERY_RESULT, _QUERY, {**_QUERY, "invented": 1}),
        (ROWS, [_ROW], [{**_ROW, "id": "1"}]),
        (ROWS, [_ROW], [{**_ROW, "success": False}]),
        (ROWS, [_ROW], [{"success": False, "errors": [{"errorCode": "X", "message": ""}]}]),
        (TOKEN, _TOKEN, {**_TOKEN, "expires_in": 7200}),
        (TOKEN, _TOKEN, {**_TOKEN, "issued_at": 1795428000000}),
        (
            LIMITS,
            {"DailyApiRequests": {"Max": 1, "Remaining": 0}},
            {"DailyApiRequests": {"Max": 1}},
        ),
        (
            COMPOSITE_RESPONSE,
            {"compositeResponse": [_PART]},
            {"compositeResponse": [{**_PART, "httpStatusCode": "200"}]},
        ),
        (COMPOSITE, {"compositeRequest": [_ASKED]}, {"compositeRequest": [_ASKED] * 26}),
        (
            COMPOSITE,
            {"compositeRequest": [_ASKED]},
            {"compositeRequest": [{**_ASKED, "referenceId": "a-b"}]},
        ),
    ],
)
def test_a_doctored_body_is_refused(schema: Any, genuine: Any, doctored: Any) -> None:
    assert wrong(schema, genuine) == []
    assert wrong(schema, doctored)


# Answers that may have more than is named here: what is left out may not be missed.
_OPEN = ("describe", "limits", "userinfo")


def test_a_doctored_answer_of_the_sandbox_is_refused(steps: list[Step]) -> None:
    doctored = 0
    for step in steps:
        if not isinstance(step.received, dict) or step.resource.name in _OPEN:
            continue
        for name in step.received:
            body = copy.copy(step.received)
            del body[name]
            if name not in ("refresh_token", "scope"):
                doctored += 1
                assert answer_problems(replace(step, received=body)), (step.resource.name, name)
    assert doctored > 100


def test_a_url_of_an_unknown_form_is_not_found() -> None:
    assert resource_of("GET", "/services/data/v62.0/invented") is None
    assert resource_of("PUT", "/services/data/v62.0/composite") is None
    assert resource_of("GET", "/services/data/62/limits") is None
