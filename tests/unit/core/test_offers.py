"""What a mapping panel offers and what is suggested for a new connection."""

from dataclasses import replace

import pytest

from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.offers import OfferGroup, attribute_offers, offers, suggest
from sfsync_gui.core.rows import check_rows
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Family


def attribute(
    name: str, label: str, type_: IntercomType = IntercomType.TEXT, *, writable: bool = True
) -> IntercomAttribute:
    return IntercomAttribute(name, label, type_, writable=writable)


def field(
    name: str, label: str, type_: SalesforceType = SalesforceType.STRING, object_name: str = "Lead"
) -> SalesforceField:
    return SalesforceField(object_name, name, label, type_)


def schema(attributes: list[IntercomAttribute], fields: list[SalesforceField]) -> Schema:
    salesforce: dict[str, dict[str, SalesforceField]] = {"Lead": {}, "Contact": {}}
    for one in fields:
        salesforce[one.object][one.name] = one
    return Schema({one.name: one for one in attributes}, salesforce)


def on_both(name: str, label: str, type_: SalesforceType) -> list[SalesforceField]:
    return [field(name, label, type_, object_name) for object_name in ("Lead", "Contact")]


def test_fields_for_an_attribute_compatible_first_then_by_group_and_label() -> None:
    fields = [
        field("Zip", "zip"),
        field("B__c", "Beta"),
        field("Flag", "Active", SalesforceType.BOOLEAN),
        field("City", "City"),
    ]
    found = offers(attribute("phone", "Phone"), fields, Direction.TO_SALESFORCE)
    assert [(o.item.name, o.ok) for o in found] == [
        ("City", True),
        ("Zip", True),
        ("B__c", True),
        ("Flag", False),
    ]
    assert [o.group for o in found[1:3]] == [OfferGroup.STANDARD, OfferGroup.CUSTOM]
    assert found[3].reason
    assert found[0].reason == ""


def test_an_offer_carries_the_warnings() -> None:
    short = replace(field("Phone", "Phone"), length=40)
    (offer,) = offers(attribute("phone", "Phone"), [short], Direction.TO_SALESFORCE)
    assert "40 characters" in offer.warnings[0]


def test_attributes_for_a_field() -> None:
    attributes = [
        attribute("custom_attributes.a", "Alpha"),
        attribute("phone", "Phone"),
        attribute("name", "Name", writable=False),
    ]
    found = attribute_offers(field("Phone", "Phone"), attributes, Direction.TO_INTERCOM)
    assert [(o.item.name, o.ok, o.group.value) for o in found] == [
        ("phone", True, "standard"),
        ("custom_attributes.a", True, "custom"),
        ("name", False, "standard"),
    ]


NAME = [
    replace(one, updateable=False, createable=False)
    for one in on_both("Name", "Full Name", SalesforceType.STRING)
]
PHONE = on_both("Phone", "Phone", SalesforceType.PHONE)


def test_names_are_read_and_phones_go_both_ways() -> None:
    world = schema([attribute("name", "Name"), attribute("phone", "Phone")], [*NAME, *PHONE])
    rows = suggest(world)
    assert [(r.intercom_attribute, r.direction, r.lead_field, r.contact_field) for r in rows] == [
        ("name", Direction.TO_INTERCOM, "Name", "Name"),
        ("phone", Direction.TWO_WAY, "Phone", "Phone"),
    ]
    assert check_rows(rows, MappingKey(), world) == []


@pytest.mark.parametrize(
    ("writable", "updateable", "direction"),
    [
        (True, True, Direction.TWO_WAY),
        (True, False, Direction.TO_INTERCOM),
        (False, True, Direction.TO_SALESFORCE),
        (False, False, None),
    ],
)
def test_custom_attributes_by_equal_label(
    writable: bool, updateable: bool, direction: Direction | None
) -> None:
    plan = attribute("custom_attributes.plan", " customer PLAN", writable=writable)
    target = replace(field("Plan__c", "Customer Plan"), updateable=updateable)
    rows = suggest(schema([plan], [target]))
    assert [r.direction for r in rows] == ([] if direction is None else [direction])
    assert all((r.lead_field, r.contact_field) == ("Plan__c", None) for r in rows)


def test_what_does_not_suit_is_not_suggested() -> None:
    flag = attribute("custom_attributes.flag", "Flag", IntercomType.BOOLEAN)
    other = attribute("custom_attributes.other", "Other")
    twice = [field("A__c", "Other"), field("B__c", "Other")]
    assert suggest(schema([flag, other], [field("Flag__c", "Flag"), *twice])) == []
    assert suggest(Schema()) == []


def test_a_field_is_suggested_once_and_the_key_never() -> None:
    first = attribute("custom_attributes.a", "Code")
    second = attribute("custom_attributes.b", "code")
    mail = attribute("custom_attributes.mail", "Email")
    world = schema([first, second, mail], [field("Code__c", "Code"), field("Email", "Email")])
    assert [r.intercom_attribute for r in suggest(world)] == ["custom_attributes.a"]
    by_code = MappingKey("external_id", "Code__c", None)
    assert [r.intercom_attribute for r in suggest(world, by_code)] == ["custom_attributes.mail"]


def test_suggested_rows_have_ids_of_their_own() -> None:
    world = schema([attribute("name", "Name"), attribute("phone", "Phone")], [*NAME, *PHONE])
    ids = [row.id for row in suggest(world)]
    assert len(set(ids)) == len(ids) == 2
    assert ids == [row.id for row in suggest(world)]


COMPANY_ATTRIBUTES = [
    attribute("name", "Company name"),
    attribute("industry", "Company industry"),
    attribute("size", "Company size", IntercomType.INTEGER),
    attribute("custom_attributes.tier", "Tier"),
]
ACCOUNT_FIELDS = [
    field("Name", "Account Name", object_name="Account"),
    field("Industry", "Industry", SalesforceType.PICKLIST, "Account"),
    field("NumberOfEmployees", "Employees", SalesforceType.INT, "Account"),
    field("Tier__c", "Tier", object_name="Account"),
]


def company_world() -> Schema:
    return Schema(
        salesforce={"Account": {one.name: one for one in ACCOUNT_FIELDS}},
        companies={one.name: one for one in COMPANY_ATTRIBUTES},
    )


def test_companies_are_suggested_the_fields_of_accounts() -> None:
    key = MappingKey.of_companies("AccountNumber")
    rows = suggest(company_world(), key, Family.COMPANIES)
    assert [(r.intercom_attribute, r.direction, r.account_field) for r in rows] == [
        ("name", Direction.TWO_WAY, "Name"),
        ("industry", Direction.TO_INTERCOM, "Industry"),
        ("size", Direction.TWO_WAY, "NumberOfEmployees"),
        ("custom_attributes.tier", Direction.TWO_WAY, "Tier__c"),
    ]
    assert check_rows(rows, MappingKey(), company_world(), key) == []
    assert not {row.id for row in rows} & {"suggested:name"}


def test_the_key_of_companies_is_not_suggested() -> None:
    by_name = MappingKey.of_companies("Name")
    rows = suggest(company_world(), by_name, Family.COMPANIES)
    assert "name" not in [row.intercom_attribute for row in rows]
