"""A small world of fields for the tests of the mapping panel's logic."""

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.rows import RowIndex
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    Option,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.ui.panels.mapping.offering import Surroundings

KEY = MappingKey()
UP, DOWN, BOTH = Direction.TO_SALESFORCE, Direction.TO_INTERCOM, Direction.TWO_WAY


def options(*names: str) -> tuple[Option, ...]:
    return tuple(Option(name.lower(), name) for name in names)


ATTRIBUTES = (
    IntercomAttribute("email", "Email", IntercomType.TEXT),
    IntercomAttribute("name", "Name", IntercomType.TEXT),
    IntercomAttribute("phone", "Phone", IntercomType.TEXT),
    IntercomAttribute("role", "Role", IntercomType.TEXT, writable=False),
    IntercomAttribute("owner_id", "Owner", IntercomType.OWNER),
    IntercomAttribute(
        "custom_attributes.plan", "Plan", IntercomType.LIST, options=options("Free", "Pro", "Trial")
    ),
    IntercomAttribute("custom_attributes.seats", "Seats", IntercomType.INTEGER),
    IntercomAttribute("custom_attributes.old", "Old", IntercomType.TEXT, archived=True),
)


def _fields(object_name: str) -> dict[str, SalesforceField]:
    text = SalesforceType.STRING
    found = (
        SalesforceField(object_name, "Email", "Email", SalesforceType.EMAIL, length=80),
        SalesforceField(object_name, "Name", "Full Name", text, compound=True, updateable=False),
        SalesforceField(object_name, "Phone", "Phone", SalesforceType.PHONE, length=40),
        SalesforceField(object_name, "Title", "Title", text, length=128),
        SalesforceField(object_name, "Address", "Address", SalesforceType.OTHER, "address"),
        SalesforceField(
            object_name, "OwnerId", "Owner", SalesforceType.REFERENCE, reference_to=("User",)
        ),
        SalesforceField(
            object_name,
            "Plan__c",
            "Plan",
            SalesforceType.PICKLIST,
            restricted=object_name == "Contact",
            options=options("Free", "Pro", "Team"),
        ),
        SalesforceField(object_name, "Seats__c", "Seats", SalesforceType.DOUBLE, precision=18),
        SalesforceField(object_name, "Greeting__c", "Greeting", text, length=1300, calculated=True),
    )
    return {field.name: field for field in found}


SCHEMA = Schema(
    {one.name: one for one in ATTRIBUTES},
    {"Lead": _fields("Lead"), "Contact": _fields("Contact")},
    teammates={"7": "tea@example.com"},
    users={"005": "use@example.com"},
)


def row(
    attribute: str = "phone",
    direction: Direction = BOTH,
    lead: str | None = "Phone",
    contact: str | None = "Phone",
    row_id: str = "",
) -> AttributeMapping:
    return AttributeMapping(row_id or attribute, attribute, direction, lead, contact)


PHONE = row()
NAME = row("name", DOWN, "Name", "Name")
PLAN = row("custom_attributes.plan", BOTH, "Plan__c", "Plan__c", "plan")


def around(*others: AttributeMapping) -> Surroundings:
    return Surroundings(RowIndex(others), KEY, SCHEMA)
