"""Digests of readings: what they tell apart, and what they do not."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sfsync_gui.core.digests import Digests
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, SyncRules
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, PersonKind

ROW = AttributeMapping("seats", "seats", Direction.TWO_WAY, "Seats__c", "Seats__c")
RULES = SyncRules((ROW,))
FIELDS = {"Lead": ("Seats__c",), "Contact": ("Seats__c",)}
SCHEMA = Schema(
    {"seats": IntercomAttribute("seats", "Seats", IntercomType.INTEGER)},
    {"Lead": {"Seats__c": SalesforceField("Lead", "Seats__c", "Seats", SalesforceType.INT)}},
)
CONTACT = PersonRecord(
    PersonKind.USER, "i1", {"name": "Ada", "email": "a@x.example", "seats": 5}, 1, 2, 3, 4
)
LEAD = PersonRecord(
    PersonKind.LEAD, "00Q1", {"Name": "Ada", "Email": "a@x.example", "Seats__c": 5}, 1, 2, 3
)


def digest(record: PersonRecord, rules: SyncRules = RULES, schema: Schema = SCHEMA) -> int:
    return Digests(rules, schema, FIELDS).of(record)


def with_raw(record: PersonRecord, **values: Any) -> PersonRecord:
    return record._replace(raw={**record.raw, **values})


@pytest.mark.parametrize("record", [CONTACT, LEAD])
def test_the_same_reading_has_the_same_digest_whatever_the_order(record: PersonRecord) -> None:
    turned = record._replace(raw=dict(list(record.raw.items())[::-1]))
    assert digest(turned) == digest(record) != 0


def test_what_nobody_looks_at_makes_no_difference() -> None:
    assert digest(with_raw(CONTACT, browser="Lynx")) == digest(CONTACT)
    assert digest(with_raw(LEAD, Description="Long")) == digest(LEAD)


_CHANGES: list[Callable[[PersonRecord], PersonRecord]] = [
    lambda one: with_raw(one, seats=6),
    lambda one: with_raw(one, seats="5"),
    lambda one: with_raw(one, seats=5.0),
    lambda one: with_raw(one, seats=None),
    lambda one: with_raw(one, seats="None"),
    lambda one: one._replace(raw={k: v for k, v in one.raw.items() if k != "seats"}),
    lambda one: with_raw(one, name="Ada L"),
    lambda one: with_raw(one, email="b@x.example"),
    lambda one: with_raw(one, email="\ud800"),
    lambda one: one._replace(kind=PersonKind.INTERCOM_LEAD),
    lambda one: one._replace(created_at=9),
    lambda one: one._replace(modified_at=9),
    lambda one: one._replace(version=9),
    lambda one: one._replace(active_at=9),
    lambda one: one._replace(deleted=True),
    lambda one: one._replace(merged_into="i2"),
    lambda one: one._replace(converted=True),
    lambda one: one._replace(converted_to="i2"),
]


def test_every_difference_makes_another_digest() -> None:
    digests = [digest(CONTACT), *(digest(change(CONTACT)) for change in _CHANGES)]
    assert len(set(digests)) == len(_CHANGES) + 1


def test_under_other_rules_the_same_reading_has_another_digest() -> None:
    key = MappingKey("external_id", "Ext__c", None)
    other_rules = [
        replace(RULES, rows=(replace(ROW, id="other"),)),
        replace(RULES, rows=(replace(ROW, disabled="gone"),)),
        replace(RULES, rows=()),
        replace(RULES, key=key),
    ]
    decimal = IntercomAttribute("seats", "Seats", IntercomType.DECIMAL)
    rounded = replace(SCHEMA.salesforce["Lead"]["Seats__c"], type=SalesforceType.DOUBLE, scale=2)
    other_schemas = [
        replace(SCHEMA, intercom={"seats": decimal}),
        replace(SCHEMA, salesforce={"Lead": {"Seats__c": rounded}}),
    ]
    digests = [digest(CONTACT)]
    digests += [digest(CONTACT, rules=rules) for rules in other_rules]
    digests += [digest(CONTACT, schema=schema) for schema in other_schemas]
    assert len(set(digests)) == len(digests)


def test_a_new_label_in_the_schema_makes_no_difference() -> None:
    renamed = replace(SCHEMA.intercom["seats"], label="Places")
    assert digest(CONTACT, schema=replace(SCHEMA, intercom={"seats": renamed})) == digest(CONTACT)


def test_another_process_computes_the_same_digest() -> None:
    program = "from tests.unit.core.test_digests import *; print(digest(CONTACT), digest(LEAD))"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == [str(digest(CONTACT)), str(digest(LEAD))]


def test_what_is_asked_of_companies_makes_no_difference_to_people_nor_the_other_way() -> None:
    row = AttributeMapping("size", "size", Direction.TWO_WAY, account_field="NumberOfEmployees")
    companies = replace(
        RULES, rows=(*RULES.rows, row), company_key=MappingKey.of_companies("AccountNumber")
    )
    company = PersonRecord(PersonKind.COMPANY, "c1", {"company_id": "1", "name": "Acme"}, 1, 2, 3)
    assert digest(CONTACT, companies) == digest(CONTACT)
    assert digest(LEAD, companies) == digest(LEAD)
    assert digest(company, companies) != digest(company)
    other_people = replace(companies, rows=(row,), key=MappingKey("external_id", "Ext__c", None))
    assert digest(company, other_people) == digest(company, companies)
    assert digest(with_raw(company, company_id="2"), companies) != digest(company, companies)
    assert digest(with_raw(company, name="Beta"), companies) != digest(company, companies)
