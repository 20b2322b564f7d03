"""Every value between an Intercom attribute and a Salesforce field, both ways."""

import contextlib
from dataclasses import replace

import pytest

from sfsync_gui.core.conversion import Converter, ValueRefusedError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    Option,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Side

I = IntercomType  # noqa: E741
S = SalesforceType
ROW = AttributeMapping("r", "custom_attributes.x", Direction.TWO_WAY, "X__c")
SCHEMA = Schema(
    teammates={"9": "ada@example.com", "10": "Bob@Example.com", "12": "", "13": "eve@example.com"},
    users={
        "005A0000000000001A": "Ada@example.com",
        "005A0000000000002A": "bob@example.com",
        "005A0000000000003A": "bob@example.com",
        "005A0000000000004A": "",
        "005A0000000000005A": "carol@example.com",
    },
)


def attribute(type_: IntercomType, name: str = "custom_attributes.x") -> IntercomAttribute:
    options = (Option("Gold", "Gold"), Option("Iron", "Iron")) if type_ is I.LIST else ()
    return IntercomAttribute(name, "Attribute", type_, options=options)


def field(type_: SalesforceType, **facts: object) -> SalesforceField:
    plain = SalesforceField("Lead", "X__c", "Field", type_, precision=18)
    if type_ is S.PICKLIST:
        options = (Option("G_1", "gold "), Option("Zinc", "Zinc"))
        plain = replace(plain, options=options, precision=0)
    if type_ is S.REFERENCE:
        plain = replace(plain, reference_to=("Group", "User"), precision=0)
    return replace(plain, **facts)  # type: ignore[arg-type]  # checked by the dataclass itself


def converter(a: IntercomAttribute, f: SalesforceField, *, shorten: bool = False) -> Converter:
    return Converter(replace(ROW, shorten=shorten), a, f, SCHEMA)


def refusal(call: object, value: Value) -> ValueRefusedError:
    assert callable(call)
    with pytest.raises(ValueRefusedError) as caught:
        call(value)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")
    assert str(caught.value) == caught.value.message
    return caught.value


TO_SALESFORCE = [
    (I.TEXT, S.STRING, "Ada", "Ada"),
    (I.TEXT, S.TEXTAREA, "a\nb", "a\nb"),
    (I.TEXT, S.EMAIL, "Ada@Example.com", "ada@example.com"),
    (I.TEXT, S.PHONE, "+49 30", "+49 30"),
    (I.TEXT, S.URL, "https://x.org", "https://x.org"),
    (I.TEXT, S.COMBOBOX, "Call", "Call"),
    (I.TEXT, S.ENCRYPTED, "secret", "secret"),
    (I.LIST, S.PICKLIST, "Gold", "G_1"),
    (I.INTEGER, S.INT, 5, 5),
    (I.INTEGER, S.DOUBLE, 5, 5),
    (I.INTEGER, S.CURRENCY, 5, 5),
    (I.INTEGER, S.PERCENT, 5, 5),
    (I.DECIMAL, S.DOUBLE, 2.345, 2.35),
    (I.DECIMAL, S.CURRENCY, -2.345, -2.35),
    (I.DECIMAL, S.PERCENT, 2.999, 3),
    (I.BOOLEAN, S.BOOLEAN, True, True),
    (I.BOOLEAN, S.BOOLEAN, False, False),
    (I.DATE, S.DATE, "2024-01-05", "2024-01-05"),
    (I.DATE, S.DATETIME, "2024-01-05", "2024-01-05T00:00:00Z"),
    (I.OWNER, S.REFERENCE, "9", "005A0000000000001A"),
]


@pytest.mark.parametrize(
    ("source", "target", "value", "expected"),
    TO_SALESFORCE,
    ids=[f"{source}-{target}-{value}" for source, target, value, _ in TO_SALESFORCE],
)
def test_to_salesforce(source: I, target: S, value: Value, expected: Value) -> None:
    result = converter(attribute(source), field(target, scale=2)).to_salesforce(value)
    assert result == expected
    assert type(result) is type(expected)


TO_INTERCOM = [
    *((kind, I.TEXT, "x y", "x y") for kind in (S.STRING, S.TEXTAREA, S.PHONE, S.URL)),
    *((kind, I.TEXT, "x y", "x y") for kind in (S.COMBOBOX, S.ENCRYPTED, S.EMAIL)),
    (S.ID, I.TEXT, "001A0000006Vm9rIAC", "001A0000006Vm9rIAC"),
    (S.REFERENCE, I.TEXT, "001A0000006Vm9rIAC", "001A0000006Vm9rIAC"),
    (S.PICKLIST, I.TEXT, "G_1", "G_1"),
    (S.MULTIPICKLIST, I.TEXT, "a;b", "a;b"),
    (S.TIME, I.TEXT, "10:15:00", "10:15:00"),
    (S.PICKLIST, I.LIST, "G_1", "Gold"),
    (S.PICKLIST, I.LIST, " GOLD", "Gold"),
    *((kind, I.INTEGER, 5, 5) for kind in (S.INT, S.DOUBLE, S.CURRENCY, S.PERCENT)),
    *((kind, I.DECIMAL, 5.25, 5.25) for kind in (S.INT, S.DOUBLE, S.CURRENCY, S.PERCENT)),
    (S.BOOLEAN, I.BOOLEAN, False, False),
    (S.DATE, I.DATE, "2024-01-05", "2024-01-05"),
    (S.DATETIME, I.DATE, "2024-01-05T23:59:59Z", "2024-01-05"),
    (S.REFERENCE, I.OWNER, "005A0000000000003A", "10"),
]


@pytest.mark.parametrize(
    ("source", "target", "value", "expected"),
    TO_INTERCOM,
    ids=[f"{source}-{target}-{value}" for source, target, value, _ in TO_INTERCOM],
)
def test_to_intercom(source: S, target: I, value: Value, expected: Value) -> None:
    result = converter(attribute(target), field(source)).to_intercom(value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("target", list(S))
@pytest.mark.parametrize("source", list(I))
@pytest.mark.parametrize("value", [None, "x", "", 1, 1.5, True, "2024-01-05", 10**400])
def test_any_pair_converts_or_refuses(source: I, target: S, value: Value) -> None:
    both = converter(attribute(source), field(target))
    for convert in (both.to_salesforce, both.to_intercom):
        with contextlib.suppress(ValueRefusedError):
            result = convert(value)
            assert result is None or isinstance(result, str | int | float)


@pytest.mark.parametrize("target", [kind for kind in S if kind is not S.BOOLEAN])
@pytest.mark.parametrize("source", list(I))
def test_a_blank_stays_blank(source: I, target: S) -> None:
    both = converter(attribute(source), field(target))
    assert both.to_salesforce(None) is None
    assert both.to_intercom(None) is None


def test_a_blank_is_false_where_the_target_is_a_checkbox() -> None:
    both = converter(attribute(I.BOOLEAN), field(S.BOOLEAN))
    assert both.to_salesforce(None) is False
    assert both.to_intercom(None) is None


class TestText:
    def test_longer_than_the_field_is_refused_by_name_and_limit(self) -> None:
        both = converter(attribute(I.TEXT), field(S.PHONE, label="Phone", length=40))
        assert both.to_salesforce("1" * 40) == "1" * 40
        refused = refusal(both.to_salesforce, "1" * 41)
        assert refused.code == "too_long"
        assert refused.message == "Phone is longer than 40 characters."
        assert "Intercom" in refused.remedy

    def test_longer_than_the_attribute_is_refused(self) -> None:
        both = converter(attribute(I.TEXT), field(S.TEXTAREA, length=32_000))
        assert both.to_intercom("x" * 255) == "x" * 255
        refused = refusal(both.to_intercom, "x" * 256)
        assert refused.message == "Attribute is longer than 255 characters."
        assert "Salesforce" in refused.remedy

    def test_a_row_may_shorten_both_ways(self) -> None:
        both = converter(attribute(I.TEXT), field(S.STRING, length=5), shorten=True)
        assert both.to_salesforce("Ada Lovelace") == "Ada L"
        assert both.to_salesforce("Lady Ada") == "Lady"  # trimmed, as Salesforce stores it
        assert both.to_intercom("x" * 300) == "x" * 255

    def test_a_field_without_a_known_length_takes_all(self) -> None:
        for shorten in (False, True):
            both = converter(attribute(I.TEXT), field(S.STRING, length=0), shorten=shorten)
            assert both.to_salesforce("x" * 999) == "x" * 999

    def test_a_field_of_one_character_has_a_limit_too(self) -> None:
        one = field(S.STRING, length=1)
        assert converter(attribute(I.TEXT), one, shorten=True).to_salesforce("xy") == "x"
        assert refusal(converter(attribute(I.TEXT), one).to_salesforce, "xy").code == "too_long"

    def test_what_looks_like_an_entity_is_copied_as_it_is(self) -> None:
        both = converter(attribute(I.TEXT, "name"), field(S.STRING))
        assert both.to_intercom("A &amp; B") == "A &amp; B"


class TestEmail:
    @pytest.mark.parametrize("value", ["ada", "a b@example.com", "ada@localhost"])
    def test_an_email_field_takes_only_addresses(self, value: str) -> None:
        refused = refusal(converter(attribute(I.TEXT), field(S.EMAIL)).to_salesforce, value)
        assert refused.code == "not_an_email"
        assert "Field" in refused.message
        assert value in refused.message

    def test_intercoms_email_takes_only_addresses(self) -> None:
        both = converter(attribute(I.TEXT, "email"), field(S.STRING))
        assert both.to_intercom("Ada@Example.com") == "ada@example.com"
        assert refusal(both.to_intercom, "ada").code == "not_an_email"

    def test_an_address_is_never_shortened(self) -> None:
        to_field = converter(attribute(I.TEXT), field(S.EMAIL, length=10), shorten=True)
        assert refusal(to_field.to_salesforce, "ada@example.com").code == "too_long"
        email = replace(attribute(I.TEXT, "email"), max_length=10)
        to_attribute = converter(email, field(S.STRING), shorten=True)
        assert refusal(to_attribute.to_intercom, "ada@example.com").code == "too_long"

    def test_what_was_shown_in_a_refusal_is_short(self) -> None:
        convert = converter(attribute(I.TEXT), field(S.EMAIL)).to_salesforce
        assert f"“{'x' * 60}”" in refusal(convert, "x" * 60).message
        assert f"“{'x' * 59}…”" in refusal(convert, "x" * 61).message


class TestNumbers:
    @pytest.mark.parametrize(
        ("kind", "precision", "scale", "value", "fits"),
        [
            (S.DOUBLE, 5, 2, 999.99, True),
            (S.DOUBLE, 5, 2, 1000, False),
            (S.DOUBLE, 5, 2, -1000, False),
            (S.DOUBLE, 5, 2, 999.996, False),  # rounds to 1000
            (S.CURRENCY, 3, 0, 999, True),
            (S.CURRENCY, 1, 0, 10, False),
            (S.PERCENT, 3, 0, 1000, False),
            (S.INT, 0, 0, 2_147_483_647, True),
            (S.INT, 0, 0, 2_147_483_648, False),
            (S.INT, 0, 0, -2_147_483_648, False),
            (S.DOUBLE, 0, 0, 10**300, True),
        ],
    )
    def test_precision(self, kind: S, precision: int, scale: int, value: Value, fits: bool) -> None:
        target = field(kind, precision=precision, scale=scale)
        both = converter(attribute(I.DECIMAL), target)
        if fits:
            assert both.to_salesforce(value) == value
        else:
            refused = refusal(both.to_salesforce, value)
            assert refused.code == "out_of_range"
            assert "Field" in refused.message

    def test_the_limit_is_named_with_grouped_digits(self) -> None:
        both = converter(attribute(I.INTEGER), field(S.DOUBLE, precision=6))
        assert "999,999" in refusal(both.to_salesforce, 1_000_000).message

    @pytest.mark.parametrize("kind", [S.INT, S.DOUBLE, S.CURRENCY, S.PERCENT])
    def test_a_whole_field_takes_no_decimals(self, kind: S) -> None:
        both = converter(attribute(I.DECIMAL), field(kind))
        assert both.to_salesforce(5.0) == 5
        assert refusal(both.to_salesforce, 5.5).code == "not_whole"

    def test_intercoms_integer_takes_no_decimals(self) -> None:
        both = converter(attribute(I.INTEGER), field(S.DOUBLE, scale=2))
        assert both.to_intercom(5.0) == 5
        assert refusal(both.to_intercom, 5.5).code == "not_whole"

    @pytest.mark.parametrize("value", ["five", True])
    def test_only_numbers(self, value: Value) -> None:
        both = converter(attribute(I.DECIMAL), field(S.DOUBLE, scale=2))
        assert refusal(both.to_salesforce, value).code == "not_a_number"
        assert refusal(both.to_intercom, value).code == "not_a_number"


@pytest.mark.parametrize("value", ["maybe", 1, "true"])
def test_only_booleans(value: Value) -> None:
    both = converter(attribute(I.BOOLEAN), field(S.BOOLEAN))
    assert refusal(both.to_salesforce, value).code == "not_a_boolean"
    assert refusal(both.to_intercom, value).code == "not_a_boolean"


@pytest.mark.parametrize("value", ["soon", 1_704_499_199, "2024-02-30", "20 letters and more Z"])
@pytest.mark.parametrize("kind", [S.DATE, S.DATETIME])
def test_only_dates(kind: S, value: Value) -> None:
    both = converter(attribute(I.DATE), field(kind))
    assert refusal(both.to_salesforce, value).code == "not_a_date"
    assert refusal(both.to_intercom, value).code == "not_a_date"


class TestLists:
    def test_options_are_matched_by_value_then_by_label(self) -> None:
        both = converter(attribute(I.LIST), field(S.PICKLIST))
        assert both.to_salesforce(" gold") == "G_1"
        assert both.to_intercom("G_1") == "Gold"
        assert both.missing_intercom_options("G_1") == ()

    def test_no_counterpart_on_a_restricted_picklist_names_value_and_picklist(self) -> None:
        both = converter(attribute(I.LIST), field(S.PICKLIST, restricted=True))
        refused = refusal(both.to_salesforce, "Iron")
        assert refused.code == "no_option"
        assert "Field" in refused.message
        assert "Iron" in refused.message

    def test_an_unrestricted_picklist_takes_new_values(self) -> None:
        both = converter(attribute(I.LIST), field(S.PICKLIST, length=10))
        assert both.to_salesforce("Iron") == "Iron"
        assert refusal(both.to_salesforce, "x" * 11).code == "too_long"

    def test_a_missing_option_on_a_writable_list_is_to_be_added(self) -> None:
        both = converter(attribute(I.LIST), field(S.PICKLIST))
        assert both.to_intercom("Zinc") == "Zinc"
        assert both.missing_intercom_options("Zinc") == ("Zinc",)
        assert both.missing_intercom_options("Gold") == ()
        assert both.missing_intercom_options(None) == ()

    def test_a_missing_option_on_a_read_only_list_is_refused(self) -> None:
        fixed = replace(attribute(I.LIST), writable=False)
        refused = refusal(converter(fixed, field(S.PICKLIST)).to_intercom, "Zinc")
        assert refused.code == "no_option"
        assert "Zinc" in refused.message

    def test_an_option_that_is_too_long_is_refused(self) -> None:
        both = converter(attribute(I.LIST), field(S.PICKLIST))
        assert refusal(both.to_intercom, "x" * 256).code == "too_long"

    def test_only_lists_miss_options(self) -> None:
        both = converter(attribute(I.TEXT), field(S.PICKLIST))
        assert both.missing_intercom_options("Zinc") == ()


class TestOwners:
    def test_paired_by_email_without_regard_to_case(self) -> None:
        both = converter(attribute(I.OWNER), field(S.REFERENCE))
        assert both.to_salesforce("9") == "005A0000000000001A"
        assert both.to_intercom("005A0000000000001A") == "9"

    def test_of_several_with_one_email_always_the_same(self) -> None:
        both = converter(attribute(I.OWNER), field(S.REFERENCE))
        assert both.to_salesforce("10") == "005A0000000000002A"

    @pytest.mark.parametrize("owner", ["12", "13", "99"])
    def test_a_teammate_without_counterpart_is_refused(self, owner: str) -> None:
        refused = refusal(converter(attribute(I.OWNER), field(S.REFERENCE)).to_salesforce, owner)
        assert refused.code == "no_owner"
        assert "Field" in refused.message

    @pytest.mark.parametrize("owner", ["005A0000000000004A", "005A0000000000005A"])
    def test_a_user_without_counterpart_is_refused(self, owner: str) -> None:
        refused = refusal(converter(attribute(I.OWNER), field(S.REFERENCE)).to_intercom, owner)
        assert refused.code == "no_owner"
        assert "Attribute" in refused.message

    def test_a_queue_is_nobody(self) -> None:
        both = converter(attribute(I.OWNER), field(S.REFERENCE))
        assert both.to_intercom("00GA0000000000001A") is None
        assert both.is_blank(Side.SALESFORCE, "00GA0000000000001A")
        assert not both.is_blank(Side.INTERCOM, "00GA0000000000001A")
        text = converter(attribute(I.TEXT), field(S.REFERENCE))
        assert text.to_intercom("00GA0000000000001A") == "00GA0000000000001A"

    def test_the_address_without_counterpart_is_named(self) -> None:
        refused = refusal(converter(attribute(I.OWNER), field(S.REFERENCE)).to_salesforce, "13")
        assert "eve@example.com" in refused.message
