"""Intercom: the adapter's requests and the sandbox's answers against the OpenAPI description."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.intercom_world import (
    new_world,
    other_exchanges,
    preview_exchanges,
    product_exchanges,
)
from tests.contracts.openapi import UNDESCRIBED, Description, Operation, Problem
from tests.contracts.wire import Exchange

_FOLDER = Path(__file__).parent / "intercom"

# Properties that answers may go without, by schema. All others have to be there.
OPTIONAL = {
    "contact": ("email_domain", "merge_history"),
    # No example shows what was never set.
    "company": ("name", "size", "website", "industry", "remote_created_at", "last_request_at"),
    "segment": ("count",),
    # Lists of tags and segments are shown without these in the examples.
    "segment_list": ("pages",),
    "tag": ("applied_at", "applied_by"),
    "error": ("field",),
    "cursor_pages": ("next",),
    "data_attribute": ("id", "admin_id", "created_at", "updated_at", "options"),
    "admin": ("avatar", "role"),
    "team_priority_level": ("primary_team_ids", "secondary_team_ids"),
    # What the description's own examples of conversations leave out.
    **dict.fromkeys(
        ("conversation", "conversation_list_item"),
        (
            "channel",
            "company",
            "external_references",
            "monitor_evaluations",
            "sales_agent",
            "sales_agent_participated",
            "scorecards",
        ),
    ),
    "conversation_source": ("email_message_metadata", "recipients", "reply_to"),
    "conversation_part": ("metadata",),
    "conversation_part_author": ("from_ai_agent", "is_ai_answer"),
    "conversation_statistics": (
        "adjusted_handling_time",
        "assigned_team_first_response_time",
        "assigned_team_first_response_time_in_office_hours",
        "handling_time",
    ),
}


@dataclass(frozen=True)
class Deviation:
    """A known difference between the description and what is sent or answered.

    `operation` and `where` are regular expressions for the whole text; `what` is the kind of
    problem, `detail` an expression that its detail contains.
    """

    operation: str
    where: str
    what: str
    detail: str
    reason: str

    def covers(self, operation: Operation, problem: Problem) -> bool:
        """Whether a problem is this known one."""
        return (
            re.fullmatch(self.operation, operation.name) is not None
            and re.fullmatch(self.where, problem.where) is not None
            and self.what == problem.what
            and re.search(self.detail, problem.detail) is not None
        )


_ANY = ".*"
_CONTACT = r"(/data/\*)?"
_CONVERSATION = r"(/conversations/\*)?"
_PART = r"/conversation_parts/conversation_parts/\*"
_OF_CONTACTS = ".* (/contacts.*|.*/contacts)"
_NULL = "^None is not described$"
_OF_COMPANIES = (
    Deviation(
        ".*/companies.*",
        ".*/custom_attributes/.*",
        "type",
        "is not of type 'string'",
        "the example beside this type has true and numbers; null is how a value is removed",
    ),
)
REQUEST_DEVIATIONS = (
    Deviation(
        "GET /contacts",
        r"\?(per_page|starting_after)",
        UNDESCRIBED,
        "",
        "the description leaves out the pagination of this list, which answers do have",
    ),
    *_OF_COMPANIES,
    Deviation(
        "PUT /companies/.*",
        "/(size|monthly_spend)",
        "type",
        "^None is not of type 'integer'",
        "nothing else clears a number; what the service makes of null is not documented",
    ),
)
# Statuses that answer although the operation does not list them; always with an error list.
_STATUSES = (
    ("PUT /companies/.*", 400, "values are refused as by POST, where it is listed"),
    ("POST /companies/list", 400, "clients met it: 'Per Page is too big', 'page limit reached'"),
    ("GET /companies/scroll", 400, "clients met `scroll_exists`: one scroll at a time"),
    ("GET /companies/scroll", 404, "clients met it for a scroll that has expired"),
    (".* /contacts.*", 400, "values, filters and cursors are refused so; see 'Error codes'"),
    (".* /contacts.*", 404, "recordings show it for a contact that is not there"),
    ("(POST|PUT) /contacts.*", 409, "recordings show `conflict` for a contact that is there"),
    ("PUT /contacts/.*", 410, "as for reading the same contact, where it is listed"),
    ("GET /me", 401, "listed everywhere else"),
    ("POST /conversations/search", 400, "values, filters and cursors are refused so"),
    ("POST /conversations/search", 401, "listed for a single conversation"),
    (_ANY, 429, "'Rate limiting' documents it for every request"),
    (_ANY, 500, "'HTTP responses' documents it for every request"),
)
ANSWER_DEVIATIONS = (
    *_OF_COMPANIES,
    Deviation(
        ".*/companies.*",
        "(/(data|companies)/\\*)?/plan",
        "required",
        "^'(id|name|type)' is a required",
        "every example shows an empty object for a company without a plan",
    ),
    Deviation(
        "POST /companies/list",
        "/pages/next",
        "type",
        "^'https://",
        "clients follow it as an address: this list is paged by numbers",
    ),
    Deviation(
        ".* /contacts.*",
        f"{_CONTACT}/email",
        "type",
        "^None is not of type 'string'",
        "recordings show null for a lead without an e-mail, and in lists for a cleared one",
    ),
    Deviation(
        _ANY,
        "/request_id",
        "format",
        "is not a 'uuid'",
        "recordings show request ids of an older form among the UUIDs",
    ),
    Deviation(
        _OF_CONTACTS,
        f"{_CONTACT}/(tags|notes|companies|social_profiles)/type",
        UNDESCRIBED,
        "^'list' is not",
        "recorded answers have it in each of these lists",
    ),
    Deviation(
        _OF_CONTACTS,
        f"{_CONTACT}/location/(country_code|continent_code)",
        UNDESCRIBED,
        _NULL,
        "recorded answers have these codes beside the names of places",
    ),
    Deviation(
        _OF_CONTACTS,
        f"{_CONTACT}/(utm_(campaign|content|medium|source|term)|referrer)",
        UNDESCRIBED,
        _NULL,
        "recorded answers have them",
    ),
    Deviation(
        "(GET .*/contacts|POST /contacts/search|GET /contacts/find_by_external_id/.*)",
        f"{_CONTACT}/enabled_push_messaging",
        UNDESCRIBED,
        _NULL,
        "described for single contacts only",
    ),
    Deviation(
        _OF_CONTACTS,
        f"{_CONTACT}/opted_(in|out)_subscription_types",
        UNDESCRIBED,
        "^{'type': 'list'",
        "recorded answers have these lists of subscriptions",
    ),
    Deviation(
        "(GET /contacts|POST /contacts/search)",
        "/pages/next/page",
        UNDESCRIBED,
        r"^\d+ is not",
        "recorded answers have the number of the next page",
    ),
    Deviation(
        ".* /conversations/.*",
        rf"{_CONVERSATION}/(admin|team)_assignee_id",
        "type",
        "^None is not of type 'integer'",
        "answers that others quote have null where nobody is assigned",
    ),
    Deviation(
        ".* /conversations/.*",
        rf"{_CONVERSATION}/statistics/\w+",
        "type",
        "^None is not of type",
        "answers that others quote have null until the thing has happened",
    ),
    Deviation(
        ".* /conversations/.*",
        rf"({_CONVERSATION}/ai_agent|{_PART}/(assigned_to|email_message_metadata|event_details))",
        "type",
        "^None is not of type 'object'",
        "`nullable` stands beside a reference, where OpenAPI 3.0 does not look; the description's "
        "examples have null",
    ),
    Deviation(
        "GET /conversations/.*",
        f"{_PART}/event_details",
        "anyOf",
        "^None is not valid",
        "as above",
    ),
    Deviation(
        "GET /conversations/.*",
        f"{_PART}/author/email",
        "type",
        "^None is not of type 'string'",
        "a contact may have no e-mail address",
    ),
    *(
        Deviation(operation, "", "status", f"^{status} is not listed$", reason)
        for operation, status, reason in _STATUSES
    ),
)


@dataclass(frozen=True)
class Finding:
    """A problem of an exchange that no known deviation covers."""

    exchange: str
    problem: Problem


@cache
def described(name: str = "openapi-2.16") -> Description:
    return Description.load(_FOLDER / f"{name}.json", OPTIONAL)


def operation_of(exchange: Exchange, description: Description) -> Operation:
    operation = description.operation(exchange.method, exchange.path)
    assert operation is not None, f"{exchange} is not described"
    return operation


def findings(
    exchanges: list[Exchange], used: Counter[Deviation], description: Description
) -> list[Finding]:
    """What is wrong with the answers, known deviations left out and counted."""
    found = []
    for exchange in exchanges:
        operation = operation_of(exchange, description)
        problems = description.answer_problems(operation, exchange.status, exchange.received)
        for problem in problems:
            known = [d for d in ANSWER_DEVIATIONS if d.covers(operation, problem)]
            used.update(known)
            if not known:
                found.append(Finding(str(exchange), problem))
    return found


def request_findings(exchanges: list[Exchange], used: Counter[Deviation]) -> list[Finding]:
    """What is wrong with the requests."""
    found = []
    for exchange in exchanges:
        operation = operation_of(exchange, described())
        for problem in described().request_problems(operation, exchange.query, exchange.sent):
            known = [d for d in REQUEST_DEVIATIONS if d.covers(operation, problem)]
            used.update(known)
            if not known:
                found.append(Finding(f"{exchange}: {exchange.sent}", problem))
    return found


@pytest.fixture(scope="module")
def product() -> list[Exchange]:
    return product_exchanges()


@pytest.fixture(scope="module")
def others() -> list[Exchange]:
    return other_exchanges()


def test_every_request_of_the_product_is_described(product: list[Exchange]) -> None:
    used: Counter[Deviation] = Counter()
    assert request_findings(product, used) == []
    assert set(used) == set(REQUEST_DEVIATIONS), "a deviation that does not occur"
    assert {exchange.request_headers["intercom-version"] for exchange in product} == {"2.16"}
    types = {e.request_headers.get("content-type") for e in product if e.sent is not None}
    assert types == {"application/json"}


def test_the_product_was_driven_through_all_it_does(product: list[Exchange]) -> None:
    asked = {operation_of(exchange, described()).name for exchange in product}
    assert asked == {
        "GET /me",
        "GET /admins",
        "GET /contacts",
        "POST /contacts/search",
        "GET /contacts/{contact_id}",
        "GET /contacts/{contact_id}/companies",
        "GET /contacts/{contact_id}/tags",
        "GET /contacts/{contact_id}/segments",
        "GET /tags",
        "GET /segments",
        "PUT /contacts/{contact_id}",
        "GET /companies/{company_id}",
        "PUT /companies/{company_id}",
        "GET /companies/scroll",
        "POST /companies/list",
        "GET /data_attributes",
        "PUT /data_attributes/{data_attribute_id}",
        "GET /conversations/{conversation_id}",
        "POST /conversations/search",
    }
    statuses = {exchange.status for exchange in product}
    assert statuses == {200, 400, 401, 404, 409, 410, 429, 500}
    updates = [e.sent for e in product if e.method == "PUT" and "/contacts/" in e.path]
    written = {name for body in updates for name in body.get("custom_attributes", ())}
    assert {"text", "whole", "share", "flag", "day", "moment", "plan"} <= written


def test_every_answer_of_the_sandbox_is_described(
    product: list[Exchange], others: list[Exchange]
) -> None:
    used: Counter[Deviation] = Counter()
    assert findings(product + others, used, described()) == []
    assert set(used) == set(ANSWER_DEVIATIONS), "a deviation that does not occur"


def test_other_clients_met_every_operation_and_refusal(others: list[Exchange]) -> None:
    met = {(operation_of(e, described()).name, e.status) for e in others}
    names = {operation for operation, _status in met}
    assert len(names) == 28
    assert {status for _name, status in met} == {200, 400, 401, 404, 409, 410, 422, 429, 500}
    assert all((name, 200) in met for name in names)


def test_the_activities_of_preview_are_described() -> None:
    exchanges = preview_exchanges()
    description = described("openapi-preview")
    for exchange in exchanges:
        operation = operation_of(exchange, description)
        assert operation.name == "GET /contacts/activities"
        assert description.request_problems(operation, exchange.query, exchange.sent) == []
    assert findings(exchanges, Counter(), description) == []
    events = {entry["event_type"] for e in exchanges for entry in e.received.get("data", ())}
    assert events == {
        "contact.created",
        "contact.role_updated",
        "contact.merged",
        "contact.deleted",
    }


def _without(name: str) -> Callable[[Any], None]:
    return lambda body: body.pop(name)


def _with(**values: Any) -> Callable[[Any], None]:
    return lambda body: body.update(values)


@pytest.mark.parametrize(
    ("doctor", "where", "what"),
    [
        (_with(id=7), "/id", "type"),
        (_with(email=7), "/email", "type"),
        (_with(created_at="yesterday"), "/created_at", "type"),
        (_with(has_hard_bounced=None), "/has_hard_bounced", "type"),
        (_with(custom_attributes=[]), "/custom_attributes", "type"),
        (_with(tags={"type": 3}), "/tags/type", UNDESCRIBED),
        (_with(utm_source=5), "/utm_source", UNDESCRIBED),
        (_with(invented=None), "/invented", UNDESCRIBED),
        (_without("id"), "", "required"),
        (_without("updated_at"), "", "required"),
    ],
)
def test_a_doctored_contact_is_refused(
    doctor: Callable[[Any], None], where: str, what: str
) -> None:
    world = new_world()
    contact = world.sandbox.create_contact("user", "a@example.com")
    genuine = world.send("GET", f"/contacts/{contact}")
    assert findings([genuine], Counter(), described()) == []
    doctored = copy.deepcopy(genuine)
    doctor(doctored.received)
    found = findings([doctored], Counter(), described())
    assert (where, what) in {(item.problem.where, item.problem.what) for item in found}


@pytest.mark.parametrize(
    ("doctor", "where", "what"),
    [
        (_with(company_id=7), "/company_id", "type"),
        (_with(size="many"), "/size", "type"),
        (_with(plan={"name": 7}), "/plan/name", "type"),
        (_with(custom_attributes=[]), "/custom_attributes", "type"),
        (_with(invented=None), "/invented", UNDESCRIBED),
        (_without("id"), "", "required"),
        (_without("updated_at"), "", "required"),
        (_without("plan"), "", "required"),
    ],
)
def test_a_doctored_company_is_refused(
    doctor: Callable[[Any], None], where: str, what: str
) -> None:
    world = new_world()
    genuine = world.send("GET", f"/companies/{world.sandbox.add_company('Acme')}")
    assert findings([genuine], Counter(), described()) == []
    doctor(genuine.received)
    found = findings([genuine], Counter(), described())
    assert (where, what) in {(item.problem.where, item.problem.what) for item in found}


@pytest.mark.parametrize(
    "doctor", [_without("errors"), _without("type"), _with(errors=[{"message": "no code"}])]
)
def test_a_doctored_refusal_is_refused(doctor: Callable[[Any], None]) -> None:
    refusal = new_world().send("GET", "/contacts/1")
    assert findings([refusal], Counter(), described()) == []
    doctor(refusal.received)
    assert findings([refusal], Counter(), described())


@pytest.mark.parametrize(
    "body",
    [
        {"external_id": None},
        {"owner_id": 7},
        {"name": ["x"]},
        {"invented": "x"},
        {"custom_attributes": "x"},
    ],
)
def test_a_doctored_request_is_refused(body: dict[str, Any]) -> None:
    operation = described().operation("PUT", "/contacts/1")
    assert operation is not None
    assert described().request_problems(operation, (), {"name": "x"}) == []
    assert described().request_problems(operation, (), body)
    assert described().request_problems(operation, (("invented", "1"),), {"name": "x"})


def test_a_path_or_method_that_is_not_described_is_not_found() -> None:
    assert described().operation("PATCH", "/contacts/1") is None
    assert described().operation("GET", "/contacts/1/invented") is None
