"""Every code has a heading and a remedy in plain words."""

import pytest

from sfsync_gui.core.remedies import explain
from sfsync_gui.core.vocabulary import ErrorClass, Side

SALESFORCE_CODES = [
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "STRING_TOO_LONG",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "REQUIRED_FIELD_MISSING",
    "DUPLICATES_DETECTED",
    "DUPLICATE_VALUE",
    "INVALID_EMAIL_ADDRESS",
    "CANNOT_UPDATE_CONVERTED_LEAD",
    "ENTITY_IS_DELETED",
    "UNABLE_TO_LOCK_ROW",
    "REQUEST_LIMIT_EXCEEDED",
    "API_DISABLED_FOR_ORG",
    "INVALID_SESSION_ID",
    "invalid_grant",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "NUMBER_OUTSIDE_VALID_RANGE",
]
INTERCOM_CODES = [
    "conflict",
    "parameter_invalid",
    "not_found",
    "unauthorized",
    "rate_limit_exceeded",
    "server_error",
]
OWN_CODES = [
    "too_long",
    "no_option",
    "not_an_email",
    "out_of_range",
    "not_whole",
    "not_a_number",
    "not_a_boolean",
    "not_a_date",
    "no_owner",
    "loop",
    "unclear",
    "gone_or_hidden",
    "already_linked",
]


@pytest.mark.parametrize("error_class", list(ErrorClass))
@pytest.mark.parametrize("code", [*SALESFORCE_CODES, *INTERCOM_CODES, *OWN_CODES])
def test_known_codes_are_explained_beyond_their_class(code: str, error_class: ErrorClass) -> None:
    found = explain(error_class, code, side=Side.SALESFORCE)
    default = explain(error_class, "NEVER_HEARD_OF", side=Side.SALESFORCE)
    assert found != default


@pytest.mark.parametrize("error_class", list(ErrorClass))
@pytest.mark.parametrize("side", [None, *Side])
@pytest.mark.parametrize("code", ["", "NEVER_HEARD_OF", *SALESFORCE_CODES, *INTERCOM_CODES])
def test_the_words_are_whole_sentences(
    error_class: ErrorClass, side: Side | None, code: str
) -> None:
    found = explain(error_class, code, side=side)
    assert found.title[0].isupper()
    assert found.remedy[0].isupper()
    assert found.remedy.endswith(".")
    assert "!" not in found.title + found.remedy
    assert not set("{}") & set(found.title + found.remedy)
    assert code == "" or code not in found.title + found.remedy or code.islower()


def test_fields_and_sides_are_named() -> None:
    found = explain(ErrorClass.RECORD, "STRING_TOO_LONG", "", ["Phone"], Side.SALESFORCE)
    assert found.title == "Phone is too long"
    assert "in Intercom" in found.remedy
    back = explain(ErrorClass.RECORD, "too_long", "", ["Phone", "Fax", "Zip"], Side.INTERCOM)
    assert back.title == "Phone, Fax and Zip are too long"
    assert "in Salesforce" in back.remedy


def test_codes_are_known_in_any_case() -> None:
    lower = explain(ErrorClass.RECORD, "string_too_long")
    assert lower == explain(ErrorClass.RECORD, " STRING_TOO_LONG ")


def test_a_validation_rule_behind_a_flow_is_named_as_one() -> None:
    message = "FooTrigger: FIELD_CUSTOM_VALIDATION_EXCEPTION, Phone must have a country code"
    found = explain(ErrorClass.RECORD, "CANNOT_EXECUTE_FLOW_TRIGGER", message)
    assert "validation rule" in found.title
    assert "automation" in explain(ErrorClass.RECORD, "CANNOT_EXECUTE_FLOW_TRIGGER").title


def test_braces_in_a_fields_name_do_no_harm() -> None:
    assert explain(ErrorClass.RECORD, "too_long", "", ["{x}"]).title == "{x} is too long"
