"""Lists and picklists through both services: each sentence of the rules about them, by name."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction, HistoryKind, Side
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.sandbox.salesforce.custom_fields import options
from tests.unit.engine.office import Office

BOTH, UP, DOWN = Direction.TWO_WAY, Direction.TO_SALESFORCE, Direction.TO_INTERCOM


class Lists:
    """One linked person with a list in Intercom and a picklist in Salesforce."""

    def __init__(
        self,
        office: Office,
        field: str,
        direction: Direction = BOTH,
        values: tuple[str, ...] = ("Free", "Pro"),
        *,
        writable: bool = True,
    ) -> None:
        self.office, self.field = office, field
        self.attribute = office.intercom.create_attribute(
            "list", "string", values, api_writable=writable
        )
        self.user, self.record = office.user(), office.contact()
        row = AttributeMapping("list", "custom_attributes.list", direction, field, field)
        office.connect((row,))

    def in_intercom(self, value: str | None) -> None:
        """A teammate chooses an option."""
        self.office.intercom.edit_contact(self.user, custom_attributes={"list": value})
        self.office.check()

    def in_salesforce(self, value: str | None) -> None:
        """A user chooses an option."""
        changes: dict[str, Any] = {self.field: value}
        self.office.salesforce.edit(self.record, **changes)
        self.office.check()

    def here(self) -> Any:
        """What the person holds in Intercom."""
        contact = self.office.intercom.contact(self.user)
        assert contact is not None
        return contact["custom_attributes"].get("list")

    def there(self) -> Any:
        """What the record holds in Salesforce."""
        return self.office.sf(self.record, self.field)

    def offered(self) -> list[str]:
        """The options of the list in Intercom."""
        found = self.office.intercom.workspace.attributes.custom("list")
        assert found is not None
        return list(found.options)

    def added(self) -> list[HistoryEntry]:
        """What the history tells of options that were added."""
        history = self.office.history()
        return [entry for entry in history if entry.kind is HistoryKind.OPTION_ADDED]

    def picklist(self, *values: str, **labels: str) -> None:
        """An administrator changes the picklist: its values, and labels by value."""
        entries = [
            {**one, "label": labels.get(one["value"], one["value"])} for one in options(values)
        ]
        self.office.salesforce.set_field("Contact", self.field, picklistValues=entries)
        self.office.run(refresh_schema(self.office.context))


# ---------------------------------------------------------------------- matched one by one


@pytest.mark.parametrize("written", ["Pro", "pro", " PRO "])
def test_options_are_matched_by_value_whatever_case_and_outer_space(
    office: Office, written: str
) -> None:
    one = Lists(office, "Plan__c", values=("Free", written))
    one.in_intercom(written)
    assert one.there() == "Pro"
    assert one.added() == []
    assert office.codes() == []


def test_then_by_label(office: Office) -> None:
    one = Lists(office, "Plan__c", values=("Free", "Business"))
    one.picklist("Free", "Pro", Pro="Business")
    one.in_intercom("Business")
    assert one.there() == "Pro"
    one.in_salesforce("Free")
    assert one.here() == "Free"
    one.in_salesforce("Pro")
    assert one.here() == "Business"
    assert one.offered() == ["Free", "Business"]


# ---------------------------------------------------------------------- added in Intercom


def test_a_writable_list_gets_what_is_missing_and_the_history_tells(office: Office) -> None:
    one = Lists(office, "Plan__c")
    one.in_salesforce("Enterprise")
    assert one.here() == "Enterprise"
    assert one.offered() == ["Free", "Pro", "Enterprise"]
    (entry,) = one.added()
    assert (entry.side, entry.after) == (Side.INTERCOM, "Enterprise")
    assert office.writes_of_check() == 0


def test_the_list_is_read_again_just_before_and_loses_nothing(office: Office) -> None:
    """A teammate adds an option after the last description: it stays."""
    one = Lists(office, "Plan__c")
    catalogue = office.intercom.workspace.attributes
    catalogue.update(one.attribute, 0, options=("Free", "Pro", "Trial"))
    one.in_salesforce("Enterprise")
    assert one.offered() == ["Free", "Pro", "Trial", "Enterprise"]


def test_the_list_is_read_before_written_whole_and_read_back(office: Office) -> None:
    one = Lists(office, "Plan__c")
    office.intercom.log.clear()
    one.in_salesforce("Enterprise")
    asked = [
        entry.method for entry in office.intercom.log.entries if "data_attributes" in entry.path
    ]
    assert asked == ["GET", "PUT", "GET"]


def test_of_many_people_with_one_new_value_it_is_added_once(office: Office) -> None:
    one = Lists(office, "Segment__c")
    others = []
    for number in range(3):
        email = f"p{number}@example.com"
        office.user(email)
        others.append(office.contact(email))
    office.check()
    for record in (one.record, *others):
        office.salesforce.edit(record, Segment__c="Large")
    office.check()
    assert one.offered() == ["Free", "Pro", "Large"]
    assert len(one.added()) == 1


def test_a_list_that_apps_may_not_write_takes_nothing(office: Office) -> None:
    """It is not offered as a target (see the offers), and a row that names it is refused."""
    with pytest.raises(SetupError, match="read-only in Intercom"):
        Lists(office, "Plan__c", DOWN, writable=False)


def test_from_a_list_that_apps_may_not_write_values_are_read(office: Office) -> None:
    one = Lists(office, "Plan__c", UP, writable=False)
    one.in_intercom("Pro")
    assert one.there() == "Pro"


# ---------------------------------------------------------------------- added in Salesforce


def test_a_picklist_that_is_not_restricted_takes_a_new_value(office: Office) -> None:
    one = Lists(office, "Segment__c", values=("Small", "Huge"))
    one.in_intercom("Huge")
    assert one.there() == "Huge"
    assert office.codes() == []
    assert office.writes_of_check() == 0


def test_a_restricted_one_does_not_and_the_error_names_value_and_picklist(office: Office) -> None:
    one = Lists(office, "Plan__c", values=("Free", "Trial"))
    one.in_intercom("Trial")
    (error,) = office.errors()
    assert (error.code, error.side) == ("no_option", Side.SALESFORCE)
    assert "The picklist Plan in Salesforce has no value “Trial”" in error.message
    assert error.link_id == office.link(one.user).id
    assert one.there() is None
    one.in_intercom("Free")
    assert one.there() == "Free"
    assert office.codes() == []


def test_an_inactive_value_is_none(office: Office) -> None:
    """`Legacy` is in the picklist, but no longer active."""
    one = Lists(office, "Plan__c", values=("Free", "Legacy"))
    one.in_intercom("Legacy")
    assert office.codes() == ["no_option"]
    assert one.there() is None


def test_the_error_goes_once_the_picklist_has_the_value(office: Office) -> None:
    one = Lists(office, "Plan__c", values=("Free", "Trial"))
    one.in_intercom("Trial")
    assert office.codes() == ["no_option"]
    one.picklist("Free", "Pro", "Enterprise", "Trial")
    office.check()
    assert office.codes() == []
    assert one.there() == "Trial"


# ---------------------------------------------------------------------- renamed


def test_a_renamed_label_is_no_new_option_and_no_change(office: Office) -> None:
    one = Lists(office, "Plan__c")
    one.in_salesforce("Pro")
    assert one.here() == "Pro"
    one.picklist("Free", "Pro", "Enterprise", Pro="Professional")
    assert office.writes_of_check() == 0
    assert one.offered() == ["Free", "Pro"]
    one.in_intercom("Free")
    one.in_salesforce("Pro")
    assert (one.here(), one.there()) == ("Pro", "Pro")
    assert one.offered() == ["Free", "Pro"]
    assert one.added() == []
