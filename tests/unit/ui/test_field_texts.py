"""Fields and values as both services call them, and before that is known."""

import pytest
from PySide6.QtCore import QLocale

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    Option,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import change_text

OWNER = SalesforceField(
    "Lead", "OwnerId", "Lead Owner", SalesforceType.REFERENCE, reference_to=("Group", "User")
)
PLAN = SalesforceField(
    "Lead", "Plan__c", "Plan", SalesforceType.PICKLIST, options=(Option("pro", "Professional"),)
)
EMPLOYEES = SalesforceField("Account", "NumberOfEmployees", "Employees", SalesforceType.INT)
SCHEMA = Schema(
    intercom={"owner_id": IntercomAttribute("owner_id", "Owner", IntercomType.OWNER)},
    salesforce={
        "Lead": {"OwnerId": OWNER, "Plan__c": PLAN},
        "Account": {EMPLOYEES.name: EMPLOYEES},
    },
    companies={"size": IntercomAttribute("size", "Company size", IntercomType.INTEGER)},
    teammates={"814": "ada@example.com"},
    users={"005A": "ada@example.com", "005B": "bo@example.com"},
)


@pytest.fixture(autouse=True)
def english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


def change(side: Side, kind: PersonKind | None, field: str, before: object, after: object) -> str:
    entry = HistoryEntry(
        HistoryKind.WRITTEN,
        0,
        Trigger.CHAIN,
        "i",
        "s",
        salesforce_kind=kind,
        side=side,
        field=field,
        before=before,  # type: ignore[arg-type]
        after=after,  # type: ignore[arg-type]
    )
    return change_text(entry, FieldTexts(SCHEMA))


@pytest.mark.parametrize(
    ("place", "values", "told"),
    [
        (
            (Side.SALESFORCE, PersonKind.LEAD, "OwnerId"),
            ("005A", "005B"),
            "Lead Owner: ada@example.com → bo@example.com",
        ),
        ((Side.INTERCOM, PersonKind.LEAD, "owner_id"), (None, "814"), "Owner: – → ada@example.com"),
        ((Side.INTERCOM, PersonKind.LEAD, "owner_id"), ("9", 814), "Owner: 9 → ada@example.com"),
        ((Side.SALESFORCE, PersonKind.LEAD, "Plan__c"), ("pro", "x"), "Plan: Professional → x"),
        (
            (Side.SALESFORCE, PersonKind.ACCOUNT, "NumberOfEmployees"),
            (None, 4321),
            "Employees: – → 4,321",
        ),
        ((Side.INTERCOM, PersonKind.ACCOUNT, "size"), (1, 2), "Company size: 1 → 2"),
        ((Side.SALESFORCE, PersonKind.CONTACT, "Lost_One__c"), (1, 2), "Lost One: 1 → 2"),
        ((Side.INTERCOM, None, "custom_attributes.plan"), ("a", "b"), "Plan: a → b"),
    ],
)
def test_a_change_is_told_in_the_words_of_the_services(
    place: tuple[Side, PersonKind | None, str], values: tuple[object, object], told: str
) -> None:
    assert change(*place, *values) == told
