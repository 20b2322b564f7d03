"""A set of rows: one writer per target, no cycles, the key stands apart."""

import pytest

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.rows import RowIndex, check_rows, row_reasons
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction

TO_SF, TO_IC, BOTH = Direction
KEY = MappingKey()
SCHEMA = Schema(
    intercom={
        name: IntercomAttribute(name, f"Attribute {name}", IntercomType.TEXT)
        for name in ("a", "b", "c", "email")
    },
    salesforce={
        o: {
            name: SalesforceField(o, name, f"Field {name}", SalesforceType.STRING, length=255)
            for name in ("F", "G", "H", "Email")
        }
        for o in ("Lead", "Contact", "Account")
    },
    companies={
        name: IntercomAttribute(name, f"Company {name}", IntercomType.TEXT)
        for name in ("a", "d", "company_id")
    },
)
COMPANY_KEY = MappingKey.of_companies("H")


def company_row(row_id: str, attribute: str, direction: Direction, field: str) -> AttributeMapping:
    return AttributeMapping(row_id, attribute, direction, account_field=field)


def company_reasons(*rows: AttributeMapping) -> list[str]:
    return [problem.reason for problem in check_rows(rows, KEY, SCHEMA, COMPANY_KEY)]


def row(
    row_id: str, attribute: str, direction: Direction, lead: str | None, contact: str | None = None
) -> AttributeMapping:
    return AttributeMapping(row_id, attribute, direction, lead, contact)


def faults(*rows: AttributeMapping, key: MappingKey = KEY) -> list[str]:
    return [problem.row_id for problem in check_rows(rows, key, SCHEMA)]


def reason(*rows: AttributeMapping, key: MappingKey = KEY) -> str:
    (problem,) = check_rows(rows, key, SCHEMA)
    assert problem.reason.endswith(".")
    return problem.reason


def test_good_rows() -> None:
    rows = [row("1", "a", BOTH, "F", "F"), row("2", "b", TO_SF, "G"), row("3", "c", TO_IC, "G")]
    assert check_rows(rows, KEY, SCHEMA) == []
    assert check_rows([], KEY, SCHEMA) == []


def test_a_field_is_written_by_one_row() -> None:
    found = reason(row("1", "a", TO_SF, "F"), row("2", "b", TO_SF, "F"))
    assert found == "Lead Field F is written by another row already."


def test_a_lead_and_a_contact_field_of_one_name_are_two_targets() -> None:
    assert faults(row("1", "a", TO_SF, "F"), row("2", "b", TO_SF, None, "F")) == []


def test_an_attribute_is_written_by_one_row() -> None:
    found = reason(row("1", "a", TO_IC, "F"), row("2", "a", TO_IC, "G"))
    assert found == "Attribute a is written by another row already."
    assert faults(row("1", "a", TO_IC, "F"), row("2", "a", TO_IC, None, "G")) == ["2"]


def test_a_two_way_row_writes_both() -> None:
    assert faults(row("1", "a", BOTH, "F"), row("2", "b", TO_SF, "F")) == ["2"]
    assert faults(row("1", "a", TO_IC, "G"), row("2", "a", BOTH, "F")) == ["2"]


def test_one_source_may_feed_many() -> None:
    assert faults(row("1", "a", TO_SF, "F"), row("2", "a", TO_SF, "G")) == []
    assert faults(row("1", "a", TO_IC, "F"), row("2", "b", TO_IC, "F")) == []


@pytest.mark.parametrize(
    "rows",
    [
        [("a", TO_SF, "F"), ("a", TO_IC, "F")],
        [("a", TO_SF, "F"), ("b", TO_IC, "F"), ("b", TO_SF, "G"), ("a", TO_IC, "G")],
        [
            ("a", TO_SF, "F"),
            ("b", TO_IC, "F"),
            ("b", TO_SF, "G"),
            ("c", TO_IC, "G"),
            ("c", TO_SF, "H"),
            ("a", TO_IC, "H"),
        ],
    ],
)
def test_rows_that_come_back_are_refused(rows: list[tuple[str, Direction, str]]) -> None:
    built = [row(str(n), *one) for n, one in enumerate(rows)]
    assert faults(*built) == [built[-1].id]
    assert faults(*built[:-1]) == []
    assert faults(*built[1:]) == []


def test_a_cycle_is_explained() -> None:
    rows = [
        row("1", "a", TO_SF, "F"),
        row("2", "b", TO_IC, "F"),
        row("3", "b", TO_SF, "G"),
        row("4", "a", TO_IC, "G"),
    ]
    assert "come to rest" in reason(*rows)


def test_a_two_way_row_is_no_cycle_by_itself() -> None:
    assert faults(row("1", "a", BOTH, "F", "F")) == []
    assert faults(row("1", "a", BOTH, "F"), row("2", "b", TO_IC, "F")) == []


def test_a_lead_and_a_contact_do_not_make_one_cycle() -> None:
    assert faults(row("1", "a", TO_SF, "F"), row("2", "a", TO_IC, None, "F")) == []


def test_a_cycle_through_contacts_only() -> None:
    assert faults(row("1", "a", TO_SF, None, "F"), row("2", "a", TO_IC, None, "F")) == ["2"]


def test_the_key_is_no_row() -> None:
    assert "mapping key" in reason(row("1", "email", TO_SF, "F"))
    assert "Lead Field Email is the mapping key" in reason(row("1", "a", TO_SF, "Email"))
    assert "Contact Field Email" in reason(row("1", "a", TO_IC, None, "Email"))
    other = MappingKey("external_id", "G", None)
    assert faults(row("1", "a", TO_IC, "Email"), key=other) == []


def test_a_row_needs_a_field() -> None:
    assert (
        reason(row("1", "a", TO_SF, None)) == "Attribute a needs a Lead field or a Contact field."
    )


def test_what_does_not_exist_is_named() -> None:
    assert "zz does not exist in Intercom" in reason(row("1", "zz", TO_SF, "F"))
    assert "field ZZ of Contact" in reason(row("1", "a", TO_SF, "F", "ZZ"))


def test_each_object_must_be_compatible() -> None:
    flag = SalesforceField("Contact", "F", "Flag", SalesforceType.BOOLEAN)
    salesforce = {"Lead": SCHEMA.salesforce["Lead"], "Contact": {"F": flag}}
    world = Schema(SCHEMA.intercom, salesforce)
    (problem,) = check_rows([row("1", "a", TO_SF, "F", "F")], KEY, world)
    assert problem.reason.startswith("Contact: ")
    assert check_rows([row("1", "a", TO_SF, "F")], KEY, world) == []


def test_duplicates() -> None:
    assert "twice" in reason(row("1", "a", TO_SF, "F"), row("2", "a", TO_SF, "F"))
    assert "same id" in reason(row("1", "a", TO_SF, "F"), row("1", "b", TO_SF, "G"))


def test_a_faulty_row_does_not_block_others() -> None:
    faulty = row("1", "email", TO_SF, "F")
    assert faults(faulty, row("2", "a", TO_SF, "F")) == ["1"]


def test_a_row_that_is_switched_off_counts() -> None:
    off = AttributeMapping("1", "a", TO_SF, "F", disabled="read-only")
    assert faults(off, row("2", "b", TO_SF, "F")) == ["2"]


def test_what_switched_a_row_off_is_no_problem_of_the_set() -> None:
    assert faults(row("1", "a", TO_SF, "Gone")) == ["1"]
    gone = AttributeMapping("1", "a", TO_SF, "Gone", disabled="Gone is gone")
    assert faults(gone, AttributeMapping("2", "zz", TO_SF, "G", disabled="zz is gone")) == []


def test_why_a_row_cannot_stand_beside_others() -> None:
    others = RowIndex([row("1", "a", TO_SF, "F")])
    assert row_reasons(row("2", "b", TO_SF, "G"), others, KEY, SCHEMA) == []
    (told,) = row_reasons(row("2", "b", TO_SF, "F"), others, KEY, SCHEMA)
    assert "written by another row" in told


def test_a_row_is_judged_instead_of_itself() -> None:
    rows = RowIndex([row("1", "a", TO_SF, "F"), row("2", "b", TO_IC, "G")])
    assert row_reasons(row("1", "a", BOTH, "F"), rows, KEY, SCHEMA) == []
    assert row_reasons(row("1", "b", BOTH, "F"), rows, KEY, SCHEMA) != []
    cycle = RowIndex([row("1", "a", TO_SF, "F"), row("2", "a", TO_IC, "G")])
    assert row_reasons(row("2", "b", TO_IC, "F"), cycle, KEY, SCHEMA) == []


def test_people_and_companies_may_have_rows_of_attributes_and_fields_of_the_same_names() -> None:
    rows = [row("1", "a", BOTH, "F", "F"), company_row("2", "a", BOTH, "F")]
    assert company_reasons(*rows) == []
    crossed = [row("1", "a", TO_IC, "F"), company_row("2", "a", TO_SF, "F")]
    assert company_reasons(*crossed) == []


def test_an_account_field_is_written_by_one_row() -> None:
    rows = [company_row("1", "a", TO_SF, "F"), company_row("2", "d", TO_SF, "F")]
    assert company_reasons(*rows) == ["Account Field F is written by another row already."]


def test_rows_of_companies_form_no_cycle() -> None:
    rows = [
        company_row("1", "a", TO_SF, "F"),
        company_row("2", "d", TO_IC, "F"),
        company_row("3", "d", TO_SF, "G"),
        company_row("4", "a", TO_IC, "G"),
    ]
    (found,) = company_reasons(*rows)
    assert "Company a would come back to itself through Account fields" in found


def test_a_row_is_of_people_or_of_companies() -> None:
    mixed = AttributeMapping("1", "a", TO_SF, lead_field="F", account_field="G")
    assert company_reasons(mixed) == [
        "Company a cannot be mapped to Account and to Lead or Contact in one row."
    ]


def test_the_key_of_companies_is_not_mapped_as_well() -> None:
    assert len(company_reasons(company_row("1", "company_id", TO_SF, "F"))) == 1
    assert len(company_reasons(company_row("1", "a", TO_SF, "H"))) == 1


def test_an_attribute_of_people_is_none_of_companies() -> None:
    assert company_reasons(company_row("1", "b", TO_SF, "F")) == [
        "The attribute b of companies does not exist in Intercom."
    ]


def test_rows_of_companies_that_are_not_synced_are_not_looked_up() -> None:
    rows = [company_row("1", "gone", TO_SF, "Gone__c")]
    assert check_rows(rows, KEY, SCHEMA) == []


def test_the_key_by_which_companies_will_be_synced_is_no_row_of_theirs() -> None:
    awaited = MappingKey.of_companies("F")
    of_field = company_row("1", "a", TO_SF, "F")
    of_attribute = company_row("2", "company_id", TO_SF, "G")

    def refused(rows: list[AttributeMapping], key: MappingKey | None) -> list[str]:
        return [one.row_id for one in check_rows(rows, MappingKey(), SCHEMA, None, key)]

    assert refused([of_field, of_attribute], awaited) == ["1", "2"]
    assert refused([of_field, of_attribute], None) == ["2"]
    assert refused([row("3", "a", TO_SF, "F")], awaited) == []  # a field of leads of that name
