"""The compatibility table, pair by pair and way by way, and what is said about a pair."""

from dataclasses import replace

import pytest

from sfsync_gui.core.compatibility import check, may_shorten
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    Option,
    SalesforceField,
    SalesforceType,
)
from sfsync_gui.core.vocabulary import Direction

TO_SALESFORCE, TO_INTERCOM, TWO_WAY = Direction

TEXTS = "string textarea email phone url combobox encryptedstring"
# The table once more, in words: numbers as `type/scale`.
LAW_TO_SALESFORCE = {
    "text": TEXTS,
    "list": "picklist",
    "integer": "int/0 double/0 double/2 currency/0 currency/2 percent/0 percent/2",
    "decimal": "double/2 currency/2 percent/2",
    "boolean": "boolean",
    "date": "date datetime",
    "owner": "reference:User",
}
LAW_TO_INTERCOM = {
    "text": TEXTS + " id reference:User reference picklist multipicklist time",
    "list": "picklist",
    "integer": "int/0 double/0 currency/0 percent/0",
    "decimal": "int/0 double/0 double/2 currency/0 currency/2 percent/0 percent/2",
    "boolean": "boolean",
    "date": "date datetime",
    "owner": "reference:User",
}
KINDS = (
    f"{TEXTS} id reference:User reference picklist multipicklist time int/0 double/0 double/2 "
    "currency/0 currency/2 percent/0 percent/2 boolean date datetime other"
).split()


def field_of(kind: str) -> SalesforceField:
    name = kind.partition("/")[0].partition(":")[0]
    return SalesforceField(
        "Lead",
        "X__c",
        "Field",
        SalesforceType(name),
        type_name="address" if name == "other" else name,
        scale=2 if kind.endswith("/2") else 0,
        reference_to=("Group", "User") if kind == "reference:User" else (),
    )


def attribute_of(name: str) -> IntercomAttribute:
    return IntercomAttribute("custom_attributes.x", "Attribute", IntercomType(name))


def is_lawful(attribute: str, kind: str, direction: Direction) -> bool:
    to_salesforce = kind in LAW_TO_SALESFORCE[attribute].split()
    to_intercom = kind in LAW_TO_INTERCOM[attribute].split()
    if direction is TWO_WAY:
        return to_salesforce and to_intercom and (attribute, kind) != ("date", "datetime")
    return to_salesforce if direction is TO_SALESFORCE else to_intercom


def test_every_salesforce_type_is_tried() -> None:
    assert {field_of(kind).type for kind in KINDS} == set(SalesforceType)


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attribute", list(LAW_TO_SALESFORCE))
def test_pair(attribute: str, kind: str, direction: Direction) -> None:
    found = check(attribute_of(attribute), field_of(kind), direction)
    assert found.ok is is_lawful(attribute, kind, direction), found.reason
    assert bool(found.reason) is not found.ok
    if not found.ok:
        assert found.warnings == ()
        assert found.reason.endswith(".")
        assert "Field" in found.reason


TEXT, STRING = attribute_of("text"), field_of("string")


class TestWriteable:
    @pytest.mark.parametrize(
        ("facts", "word"),
        [
            ({"updateable": False}, "read-only"),
            ({"calculated": True}, "calculated"),
            ({"compound": True}, "put together"),
        ],
    )
    def test_a_salesforce_target(self, facts: dict[str, bool], word: str) -> None:
        fixed = replace(STRING, **facts)  # type: ignore[arg-type]
        for direction in (TO_SALESFORCE, TWO_WAY):
            assert word in check(TEXT, fixed, direction).reason
        assert check(TEXT, fixed, TO_INTERCOM).ok

    def test_an_intercom_target(self) -> None:
        fixed = replace(TEXT, writable=False)
        for direction in (TO_INTERCOM, TWO_WAY):
            assert "read-only in Intercom" in check(fixed, STRING, direction).reason
        assert check(fixed, STRING, TO_SALESFORCE).ok

    @pytest.mark.parametrize("direction", list(Direction))
    def test_an_archived_attribute_is_never_mapped(self, direction: Direction) -> None:
        assert "archived" in check(replace(TEXT, archived=True), STRING, direction).reason

    def test_what_can_only_be_set_afterwards(self) -> None:
        late = replace(STRING, createable=False)
        (warning,) = check(TEXT, late, TO_SALESFORCE).warnings
        assert "afterwards" in warning


class TestReasons:
    def test_a_mismatch_says_what_each_is(self) -> None:
        found = check(attribute_of("boolean"), STRING, TO_SALESFORCE)
        assert found.reason == "Attribute is true or false, and Field takes text."
        back = check(attribute_of("boolean"), STRING, TO_INTERCOM)
        assert back.reason == "Field is text, and Attribute takes true or false."

    def test_a_lookup_of_users_is_told_from_others(self) -> None:
        users = check(TEXT, field_of("reference:User"), TO_SALESFORCE)
        assert users.reason == "Attribute is text, and Field takes a user."
        others = check(attribute_of("owner"), field_of("reference"), TO_SALESFORCE)
        assert others.reason == "Attribute is a teammate, and Field takes a lookup."

    def test_decimals(self) -> None:
        down = check(attribute_of("decimal"), field_of("double/0"), TO_SALESFORCE)
        assert down.reason == "Field takes only whole numbers, and Attribute has decimals."
        up = check(attribute_of("integer"), field_of("double/2"), TO_INTERCOM)
        assert up.reason == "Attribute takes only whole numbers, and Field has decimals."

    def test_a_moment_and_a_day_go_one_way(self) -> None:
        found = check(attribute_of("date"), field_of("datetime"), TWO_WAY)
        assert "one way only" in found.reason

    def test_a_kind_that_is_never_offered_is_named(self) -> None:
        assert "address" in check(TEXT, field_of("other"), TO_INTERCOM).reason


class TestWarnings:
    def test_a_shorter_field(self) -> None:
        phone = replace(field_of("phone"), label="Phone", length=40)
        assert check(TEXT, phone, TO_SALESFORCE).warnings == (
            "Phone holds 40 characters, the attribute up to 255: longer values will be reported.",
        )
        assert check(TEXT, phone, TO_INTERCOM).warnings == ()

    @pytest.mark.parametrize(("length", "warnings"), [(0, 0), (1, 1), (254, 1), (255, 0)])
    def test_lengths(self, length: int, warnings: int) -> None:
        target = replace(STRING, length=length)
        assert len(check(TEXT, target, TO_SALESFORCE).warnings) == warnings

    def test_a_shorter_attribute(self) -> None:
        area = replace(field_of("textarea"), length=32_000)
        assert check(TEXT, area, TO_INTERCOM).warnings == (
            "Attribute holds 255 characters, the field up to 32,000: "
            "longer values will be reported.",
        )
        assert check(TEXT, area, TO_SALESFORCE).warnings == ()

    def test_what_is_shortened_is_not_reported(self) -> None:
        phone = replace(field_of("phone"), label="Phone", length=40)
        (warning,) = check(TEXT, phone, TO_SALESFORCE, shorten=True).warnings
        assert warning.endswith("longer values will be cut.")

    def test_an_address_is_never_shortened(self) -> None:
        assert may_shorten(TEXT, STRING)
        assert not may_shorten(TEXT, field_of("email"))
        assert not may_shorten(replace(TEXT, name="email"), STRING)
        assert not may_shorten(attribute_of("boolean"), field_of("boolean"))
        short = replace(field_of("email"), length=80)
        warnings = check(TEXT, short, TO_SALESFORCE, shorten=True).warnings
        assert any(warning.endswith("longer values will be reported.") for warning in warnings)

    def test_equal_lengths_need_no_word(self) -> None:
        assert check(TEXT, replace(STRING, length=255), TWO_WAY).warnings == ()

    def test_a_formula_is_up_to_a_day_late(self) -> None:
        formula = replace(STRING, calculated=True)
        (warning,) = check(TEXT, formula, TO_INTERCOM).warnings
        assert "up to a day late" in warning
        assert check(TEXT, STRING, TO_INTERCOM).warnings == ()

    def test_an_email_field_takes_only_addresses(self) -> None:
        (warning,) = check(TEXT, field_of("email"), TO_SALESFORCE).warnings
        assert "e-mail addresses" in warning
        assert check(replace(TEXT, name="email"), field_of("email"), TO_SALESFORCE).warnings == ()

    def test_rounding(self) -> None:
        (warning,) = check(attribute_of("decimal"), field_of("double/2"), TO_SALESFORCE).warnings
        assert warning == "Field keeps 2 decimals: more are rounded."
        one = replace(field_of("double/2"), scale=1)
        (warning,) = check(attribute_of("decimal"), one, TO_SALESFORCE).warnings
        assert warning == "Field keeps 1 decimal: more are rounded."
        assert not check(attribute_of("integer"), one, TO_INTERCOM).ok

    def test_only_the_day_of_a_moment(self) -> None:
        (warning,) = check(attribute_of("date"), field_of("datetime"), TO_INTERCOM).warnings
        assert "only the day" in warning
        assert check(attribute_of("date"), field_of("date"), TO_INTERCOM).warnings == ()

    def test_options_that_are_missing(self) -> None:
        listed = replace(attribute_of("list"), options=tuple(Option(n, n) for n in "ABCDEFG"))
        restricted = replace(field_of("picklist"), restricted=True, options=(Option("Z", "Z"),))
        down, up = check(listed, restricted, TWO_WAY).warnings
        assert "lacks A, B, C, D, E and 2 more" in down
        assert up == "Attribute lacks Z: added when first needed."
        five = replace(listed, options=tuple(Option(n, f"label {n}") for n in "ABCDE"))
        (down,) = check(five, restricted, TO_SALESFORCE).warnings
        assert "lacks label A, label B, label C, label D, label E: " in down
        six = replace(listed, options=listed.options[:6])
        (down,) = check(six, restricted, TO_SALESFORCE).warnings
        assert "E and 1 more: " in down
        free = replace(restricted, restricted=False)
        assert check(listed, free, TO_SALESFORCE).warnings == ()
        equal = replace(restricted, options=listed.options)
        assert check(listed, equal, TWO_WAY).warnings == ()
