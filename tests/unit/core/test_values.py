"""Canonical values: formatting never counts as a change."""

import math

import pytest

from sfsync_gui.core.people import Json, PersonRecord, Value
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.values import (
    canonical_record,
    fingerprint,
    intercom_value,
    intercom_wire,
    is_canonical_date,
    is_canonical_datetime,
    salesforce_value,
    salesforce_wire,
    same,
)
from sfsync_gui.core.vocabulary import PersonKind


def attribute(type_: IntercomType, name: str = "custom_attributes.x") -> IntercomAttribute:
    return IntercomAttribute(name=name, label="X", type=type_)


def field(type_: SalesforceType, scale: int = 0) -> SalesforceField:
    return SalesforceField("Lead", "X__c", "X", type_, scale=scale, precision=18)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("type_", "raw", "expected"),
    [
        (IntercomType.TEXT, "  Ada \t", "Ada"),
        (IntercomType.TEXT, "", None),
        (IntercomType.TEXT, " \n ", None),
        (IntercomType.TEXT, "a\r\nb\rc", "a\nb\nc"),
        (IntercomType.TEXT, 5, "5"),
        (IntercomType.TEXT, 5.0, "5"),
        (IntercomType.TEXT, True, "true"),
        (IntercomType.TEXT, NAN, None),
        (IntercomType.TEXT, "a\ud800b", "a?b"),
        (IntercomType.TEXT, "a\0b", "ab"),
        (IntercomType.TEXT, "\0", None),
        (IntercomType.TEXT, "Ada &amp; Co", "Ada &amp; Co"),
        (IntercomType.LIST, " Gold ", "Gold"),
        (IntercomType.LIST, "", None),
        (IntercomType.INTEGER, 5, 5),
        (IntercomType.INTEGER, 5.0, 5),
        (IntercomType.INTEGER, "5", 5),
        (IntercomType.INTEGER, 5.5, 6),
        (IntercomType.INTEGER, -5.5, -6),
        (IntercomType.INTEGER, "five", "five"),
        (IntercomType.INTEGER, True, "true"),
        (IntercomType.INTEGER, "1_000", "1_000"),
        (IntercomType.INTEGER, NAN, None),
        (IntercomType.INTEGER, INF, None),
        (IntercomType.INTEGER, "1e9999", "1e9999"),
        (IntercomType.INTEGER, "", None),
        (IntercomType.DECIMAL, 2.5, 2.5),
        (IntercomType.DECIMAL, "2.50", 2.5),
        (IntercomType.DECIMAL, 3.0, 3),
        (IntercomType.DECIMAL, 1e300, 10**300),
        (IntercomType.BOOLEAN, True, True),
        (IntercomType.BOOLEAN, False, False),
        (IntercomType.BOOLEAN, "true", True),
        (IntercomType.BOOLEAN, 0, False),
        (IntercomType.BOOLEAN, 1, True),
        (IntercomType.BOOLEAN, " FALSE ", False),
        (IntercomType.BOOLEAN, "maybe", "maybe"),
        (IntercomType.DATE, 1_704_499_199, "2024-01-05"),
        (IntercomType.DATE, 1_704_499_200, "2024-01-06"),
        (IntercomType.DATE, 1_704_499_199.9, "2024-01-05"),
        (IntercomType.DATE, 0, "1970-01-01"),
        (IntercomType.DATE, -1, "1969-12-31"),
        (IntercomType.DATE, "2024-01-05", "2024-01-05"),
        (IntercomType.DATE, "2024-01-05T23:30:00-01:00", "2024-01-06"),
        (IntercomType.DATE, 10**15, "1000000000000000"),
        (IntercomType.DATE, INF, None),
        (IntercomType.DATE, True, "true"),
        (IntercomType.DATE, "２０２４-01-05", "２０２４-01-05"),
        (IntercomType.DATE, "soon", "soon"),
        (IntercomType.DATE, "2024-02-30", "2024-02-30"),
        (IntercomType.OWNER, 814860, "814860"),
        (IntercomType.OWNER, "814860", "814860"),
        *((type_, None, None) for type_ in IntercomType),
    ],
)
def test_intercom_wire_becomes_canonical(type_: IntercomType, raw: Json, expected: Value) -> None:
    value = intercom_value(attribute(type_), raw)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("type_", "scale", "raw", "expected"),
    [
        (SalesforceType.STRING, 0, " Ada ", "Ada"),
        (SalesforceType.TEXTAREA, 0, "a\r\nb", "a\nb"),
        (SalesforceType.STRING, 0, "", None),
        (SalesforceType.STRING, 0, "A &amp; B", "A &amp; B"),
        (SalesforceType.EMAIL, 0, " Ada@Example.COM", "ada@example.com"),
        (SalesforceType.EMAIL, 0, "Straße@example.de", "straße@example.de"),
        (SalesforceType.PHONE, 0, 49123, "49123"),
        (SalesforceType.INT, 0, 5.0, 5),
        (SalesforceType.INT, 2, 5.5, 6),
        (SalesforceType.DOUBLE, 0, 7.0, 7),
        (SalesforceType.DOUBLE, 2, 2.345, 2.35),
        (SalesforceType.DOUBLE, 2, 2.675, 2.68),
        (SalesforceType.DOUBLE, 2, -2.345, -2.35),
        (SalesforceType.DOUBLE, 2, 2.0, 2),
        (SalesforceType.DOUBLE, 18, 1e300, 10**300),
        (SalesforceType.CURRENCY, 2, "12.5", 12.5),
        (SalesforceType.PERCENT, 1, 33.34, 33.3),
        (SalesforceType.DOUBLE, 2, INF, None),
        (SalesforceType.DOUBLE, 2, "n/a", "n/a"),
        (SalesforceType.BOOLEAN, 0, False, False),
        (SalesforceType.BOOLEAN, 0, True, True),
        (SalesforceType.DATE, 0, "2024-01-05", "2024-01-05"),
        (SalesforceType.DATE, 0, "2024-01-05T23:30:00.000+0000", "2024-01-05"),
        (SalesforceType.DATE, 0, 1_704_499_199, "1704499199"),
        (SalesforceType.DATETIME, 0, "2024-01-05T10:00:00.000+0000", "2024-01-05T10:00:00Z"),
        (SalesforceType.DATETIME, 0, "2024-01-05T10:00:00.999Z", "2024-01-05T10:00:00Z"),
        (SalesforceType.DATETIME, 0, "2024-01-05T00:30:00+01:00", "2024-01-04T23:30:00Z"),
        (SalesforceType.DATETIME, 0, "2024-01-05t10:00z", "2024-01-05T10:00:00Z"),
        (SalesforceType.DATETIME, 0, "2024-01-05", "2024-01-05T00:00:00Z"),
        (SalesforceType.DATETIME, 0, "0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00+05:00"),
        (SalesforceType.DATETIME, 0, "2024-01-05T99:00:00Z", "2024-01-05T99:00:00Z"),
        (SalesforceType.PICKLIST, 0, " Hot ", "Hot"),
        (SalesforceType.MULTIPICKLIST, 0, "b; a ;;", "b;a"),
        (SalesforceType.MULTIPICKLIST, 0, ";", None),
        (SalesforceType.TIME, 0, "10:15:00.000Z", "10:15:00"),
        (SalesforceType.TIME, 0, "10:15:00.250Z", "10:15:00.25"),
        (SalesforceType.TIME, 0, "noon", "noon"),
        (SalesforceType.ID, 0, "001A0000006Vm9r", "001A0000006Vm9rIAC"),
        (SalesforceType.ID, 0, "AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA555"),
        (SalesforceType.ID, 0, "AaaaaAaaaaAaaaa", "AaaaaAaaaaAaaaaBBB"),
        (SalesforceType.ID, 0, "aaaaAaaaaAaaaaA", "aaaaAaaaaAaaaaAQQQ"),
        (SalesforceType.ID, 0, "not-an-id-at-al", "not-an-id-at-al"),
        (SalesforceType.ID, 0, "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ", "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"),
        (SalesforceType.REFERENCE, 0, "001A0000006Vm9rIAC", "001A0000006Vm9rIAC"),
        *((type_, 2, None, None) for type_ in SalesforceType),
    ],
)
def test_salesforce_wire_becomes_canonical(
    type_: SalesforceType, scale: int, raw: Json, expected: Value
) -> None:
    value = salesforce_value(field(type_, scale), raw)
    assert value == expected
    assert type(value) is type(expected)


def test_intercoms_email_attribute_is_case_folded() -> None:
    assert intercom_value(attribute(IntercomType.TEXT, "email"), " Ada@X.ORG ") == "ada@x.org"


def test_html_entities_are_undone_once_by_the_adapter_and_not_again_here() -> None:
    name = attribute(IntercomType.TEXT, "name")
    assert intercom_value(name, "Tom &amp; Jerry") == "Tom &amp; Jerry"


@pytest.mark.parametrize("type_", list(IntercomType))
@pytest.mark.parametrize("raw", ["x", "", 1.5, True, NAN, INF, -INF, 10**30, "1e-400", "\ud800"])
def test_a_malformed_intercom_value_never_raises(type_: IntercomType, raw: Json) -> None:
    value = intercom_value(attribute(type_), raw)
    assert value is None or isinstance(value, str | int | float)
    assert not (isinstance(value, float) and not math.isfinite(value))


@pytest.mark.parametrize("type_", list(SalesforceType))
@pytest.mark.parametrize("raw", ["x", "", 1.5, True, NAN, INF, -INF, 10**30, "1e-400", "\ud800"])
def test_a_malformed_salesforce_value_never_raises(type_: SalesforceType, raw: Json) -> None:
    value = salesforce_value(field(type_, 2), raw)
    assert value is None or isinstance(value, str | int | float)
    assert not (isinstance(value, float) and not math.isfinite(value))


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (IntercomType.DATE, "2024-01-05", 1_704_412_800),
        (IntercomType.DATE, "1969-12-31", -86_400),
        (IntercomType.DATE, "soon", "soon"),
        (IntercomType.OWNER, "814860", "814860"),
        (IntercomType.INTEGER, 5, 5),
        (IntercomType.DECIMAL, 5.5, 5.5),
        (IntercomType.BOOLEAN, False, False),
        (IntercomType.TEXT, "2024-01-05", "2024-01-05"),
        (IntercomType.LIST, "Gold", "Gold"),
        *((type_, None, None) for type_ in IntercomType),
    ],
)
def test_intercom_wire_form(type_: IntercomType, value: Value, expected: Json) -> None:
    wire = intercom_wire(attribute(type_), value)
    assert wire == expected
    assert type(wire) is type(expected)
    assert same(intercom_value(attribute(type_), wire), value)


@pytest.mark.parametrize("name", ["email", "external_id"])
def test_what_intercom_cannot_null_is_cleared_with_empty_text(name: str) -> None:
    assert intercom_wire(attribute(IntercomType.TEXT, name), None) == ""


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (SalesforceType.BOOLEAN, None, False),
        (SalesforceType.BOOLEAN, True, True),
        (SalesforceType.STRING, None, None),
        (SalesforceType.DATE, "2024-01-05", "2024-01-05"),
        (SalesforceType.DATETIME, "2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"),
        (SalesforceType.TIME, "10:15:00.25", "10:15:00.250Z"),
        (SalesforceType.TIME, "10:15:00", "10:15:00.000Z"),
        (SalesforceType.TIME, "noon", "noon"),
        (SalesforceType.TIME, 5, 5),
        (SalesforceType.MULTIPICKLIST, "b;a", "b;a"),
        (SalesforceType.DOUBLE, 2.5, 2.5),
    ],
)
def test_salesforce_wire_form(type_: SalesforceType, value: Value, expected: Json) -> None:
    assert salesforce_wire(field(type_, 2), value) == expected
    assert type(salesforce_wire(field(type_, 2), value)) is type(expected)


SCHEMA = Schema(
    intercom={"email": attribute(IntercomType.TEXT, "email")},
    salesforce={"Lead": {"Score__c": field(SalesforceType.DOUBLE, 1)}},
)


def record(kind: PersonKind, raw: dict[str, Json]) -> PersonRecord:
    return PersonRecord(kind, "1", raw, created_at=1, modified_at=1, version=1)


def test_a_record_leaves_out_what_is_unknown() -> None:
    names = ["email", "phone", "unknown"]
    shown = record(PersonKind.USER, {"email": "A@B.C", "unknown": 1})
    assert canonical_record(shown, SCHEMA, names) == {"email": "a@b.c"}


def test_a_blank_in_a_record_is_known() -> None:
    assert canonical_record(record(PersonKind.USER, {"email": ""}), SCHEMA, ["email"]) == {
        "email": None
    }


def test_a_salesforce_record_is_read_with_its_own_objects_fields() -> None:
    raw: dict[str, Json] = {"Score__c": 1.25}
    assert canonical_record(record(PersonKind.LEAD, raw), SCHEMA, ["Score__c"]) == {"Score__c": 1.3}
    assert canonical_record(record(PersonKind.CONTACT, raw), SCHEMA, ["Score__c"]) == {}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (5, 5.0, True),
        ("5", 5, False),
        (None, False, False),
        (None, "", False),
        (None, None, True),
        ("a", "A", False),
        (2**53 + 1, float(2**53), False),
    ],
)
def test_equality_and_fingerprints_agree(a: Value, b: Value, expected: bool) -> None:
    assert same(a, b) is expected
    assert same(b, a) is expected
    assert (fingerprint(a) == fingerprint(b)) is expected


def test_fingerprints_are_short_and_stable() -> None:
    assert fingerprint("Ada") == fingerprint("Ada") == "3eba958cae3c"


@pytest.mark.parametrize(
    ("text", "is_date", "is_datetime"),
    [
        ("2024-01-05", True, False),
        ("2024-01-05T10:00:00Z", False, True),
        ("2024-01-05T10:00Z", False, False),
        ("2024-02-30", False, False),
        ("2024-02-30T10:00:00Z", False, False),
        ("2024-01-05T10:00:00z", False, False),
        ("ten lette.", False, False),
        ("20 letters and more Z", False, False),
        ("exactly 20 letters Z", False, False),
        ("", False, False),
    ],
)
def test_canonical_days_and_moments_are_recognised(
    text: str, is_date: bool, is_datetime: bool
) -> None:
    assert is_canonical_date(text) is is_date
    assert is_canonical_datetime(text) is is_datetime
