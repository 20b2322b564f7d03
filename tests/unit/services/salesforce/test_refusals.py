"""What codes mean, which fields a message names, and how a request's failure is worded."""

from __future__ import annotations

import ssl

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProxyError
from urllib3.exceptions import SSLError as PoolSSLError

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    RecordError,
    SetupError,
    SignInError,
    TransientError,
)
from sfsync_gui.core.vocabulary import ErrorClass
from sfsync_gui.services.salesforce.errors import (
    SessionRefusedError,
    failure_of,
    never_sent,
    salesforce_failures,
)
from sfsync_gui.services.salesforce.refusals import class_of, refusal_of, refusals_of

_COLUMN = (
    "\nSELECT Id, Gone__c, Name FROM Lead\n           ^\nERROR at Row:1:Column:12\n"
    "No such column 'Gone__c' on entity 'Lead'. If you are attempting to use a custom field, be "
    "sure to append the '__c' after the custom field name."
)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("INVALID_FIELD", _COLUMN, ("Gone__c",)),
        ("INVALID_FIELD", "No such column 'A__c' on sobject of type Contact", ("A__c",)),
        (
            "INVALID_FIELD",
            "field 'Description' can not be filtered in a query call",
            ("Description",),
        ),
        (
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName, Company]",
            ("LastName", "Company"),
        ),
        (
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: Fax, Name. Please check",
            ("Fax", "Name"),
        ),
        (
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Account: bad field names on insert/update call:  AccountId",
            ("AccountId",),
        ),
        ("STRING_TOO_LONG", "Phone: data value too large: 12345 (max length=3)", ("Phone",)),
        ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: x", ("Email",)),
        ("NUMBER_OUTSIDE_VALID_RANGE", "Size__c: value outside of valid range", ("Size__c",)),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Hint: ask Bob", ()),
        ("DUPLICATES_DETECTED", "Use one of these records?", ()),
    ],
)
def test_fields_are_found_in_messages(code: str, message: str, expected: tuple[str, ...]) -> None:
    assert refusal_of({"statusCode": code, "message": message, "fields": []}).fields == expected
    named = refusal_of({"errorCode": code, "message": message, "fields": ["Own"]})
    assert (named.code, named.fields) == (code, ("Own",))


@pytest.mark.parametrize(
    ("code", "message", "fields", "expected"),
    [
        ("UNABLE_TO_LOCK_ROW", "", (), ErrorClass.TRANSIENT),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "trigger: UNABLE_TO_LOCK_ROW",
            (),
            ErrorClass.TRANSIENT,
        ),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", (), ErrorClass.ORG),
        (
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            (),
            ErrorClass.TRANSIENT,
        ),
        ("ENTITY_IS_DELETED", "", (), ErrorClass.TRIGGER),
        ("CANNOT_UPDATE_CONVERTED_LEAD", "", (), ErrorClass.TRIGGER),
        ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (), ErrorClass.TRIGGER),
        ("INVALID_CROSS_REFERENCE_KEY", "", ("Id",), ErrorClass.TRIGGER),
        ("INVALID_CROSS_REFERENCE_KEY", "", ("OwnerId",), ErrorClass.RECORD),
        ("INVALID_FIELD", "", (), ErrorClass.SETUP),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "", (), ErrorClass.SETUP),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "", (), ErrorClass.RECORD),
        ("SOMETHING_NEW", "", (), ErrorClass.RECORD),
    ],
)
def test_classes(code: str, message: str, fields: tuple[str, ...], expected: ErrorClass) -> None:
    assert class_of(code, message, fields) is expected


def test_bodies_that_are_not_salesforces() -> None:
    for content in ("<html>", {"error": "x"}, None, [1, "x", {"code": 1}]):
        assert refusals_of(content) == ()


def _error(code: str, message: str = "") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (401, _error("INVALID_SESSION_ID"), SessionRefusedError),
        (403, "Bad_OAuth_Token", SessionRefusedError),
        (403, _error("REQUEST_LIMIT_EXCEEDED", "TotalRequests"), OrgError),
        (403, _error("API_DISABLED_FOR_ORG"), OrgError),
        (403, "Forbidden", OrgError),
        (403, _error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests"), TransientError),
        (403, _error("INSUFFICIENT_ACCESS"), SetupError),
        (400, _error("INVALID_TYPE"), SetupError),
        (400, _error("INVALID_FIELD", _COLUMN), SetupError),
        (404, _error("NOT_FOUND"), SetupError),
        (404, "", SetupError),
        (429, "<h1>", TransientError),
        (503, _error("SERVER_UNAVAILABLE"), TransientError),
        (502, "<html>", TransientError),
        (400, _error("MALFORMED_QUERY"), RecordError),
        (400, "", RecordError),
        (302, "", SignInError),
    ],
)
def test_failures_by_status_and_code(
    status: int, content: object, expected: type[Exception]
) -> None:
    assert type(failure_of(status, content, writes=False)) is expected
    for_writes = failure_of(status, content, writes=True)
    assert type(for_writes) is (OutcomeUnknownError if status >= 500 else expected)


def test_a_missing_field_is_worded_with_its_object() -> None:
    failure = failure_of(400, _error("INVALID_FIELD", _COLUMN), writes=False, object_name="Contact")
    assert isinstance(failure, SetupError)
    assert (failure.fields, failure.object, failure.subject) == (("Gone__c",), "Lead", "Gone__c")


def _no_connection(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(HTTPConnectionPool("x"), "/", reason))


def test_what_was_certainly_never_sent() -> None:
    refused = NewConnectionError(HTTPConnection("x"), "refused")
    untrusted = PoolSSLError(ssl.SSLCertVerificationError(1, "self-signed"))
    error: requests.RequestException
    for error in (
        requests.ConnectTimeout(),
        requests.exceptions.InvalidSchema("no adapter"),
        _no_connection(refused),
        _no_connection(ProxyError("proxy", OSError())),
        requests.exceptions.SSLError(MaxRetryError(HTTPConnectionPool("x"), "/", untrusted)),
    ):
        assert never_sent(error), error
    broken = PoolSSLError(ssl.SSLEOFError(8, "EOF in violation of protocol"))
    for error in (
        requests.ReadTimeout(),
        requests.ConnectionError(),
        requests.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError(),
        _no_connection(broken),
    ):
        assert not never_sent(error), error
        with pytest.raises(OutcomeUnknownError), salesforce_failures(writes=True):
            raise error
        with pytest.raises(TransientError), salesforce_failures(writes=False):
            raise error


def test_a_value_of_many_pages_is_not_quoted_whole() -> None:
    message = f"Phone: data value too large: {'1' * 15_000} (max length=40)"
    refusal = refusal_of({"statusCode": "STRING_TOO_LONG", "message": message, "fields": []})
    assert refusal.fields == ("Phone",)
    assert refusal.message.startswith("Phone: data value too large: 111")
    assert refusal.message.endswith("111 (max length=40)")
    assert len(refusal.message) < 1000
