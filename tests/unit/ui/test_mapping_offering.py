"""What a cell offers, which ways a row can go, and the reasons why not."""

from dataclasses import replace

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.ui.panels.mapping.offering import Choice, Place, choices, field_name, ways
from tests.unit.ui.mapping_world import BOTH, DOWN, PHONE, UP, around, row

BLANK = AttributeMapping("new", "", BOTH)


def offered(
    one: AttributeMapping, place: Place, *others: AttributeMapping
) -> tuple[dict[str, Choice], dict[str, str]]:
    """What fits, and the reasons of what is left out."""
    found = choices(one, place, around(*others))
    fitting = {choice.name: choice for choice in found if choice.fits}
    assert [choice.fits for choice in found] == sorted((c.fits for c in found), reverse=True)
    return fitting, {choice.name: choice.reason for choice in found if not choice.fits}


def test_a_new_row_offers_everything_that_can_be_mapped_at_all() -> None:
    fitting, left_out = offered(BLANK, Place.LEAD)
    assert set(left_out) == {"Email", "Address"}
    assert "mapping key" in left_out["Email"]
    assert left_out["Address"] == "Address is of a kind that cannot be synced (address)."
    assert " ".join(fitting) == "Name OwnerId Phone Title Greeting__c Plan__c Seats__c"
    _, left_out = offered(BLANK, Place.INTERCOM)
    assert set(left_out) == {"email", "custom_attributes.old"}


def test_the_other_side_offers_only_what_fits() -> None:
    seats = replace(BLANK, intercom_attribute="custom_attributes.seats")
    fitting, left_out = offered(seats, Place.CONTACT)
    assert list(fitting) == ["Seats__c"]
    assert left_out["Title"] == "Seats is a whole number, and Title takes text."
    back = replace(BLANK, lead_field="Plan__c")
    fitting, _ = offered(back, Place.INTERCOM)
    assert {"custom_attributes.plan", "name", "phone"} == set(fitting)


def test_a_field_that_can_only_be_read_turns_the_row() -> None:
    fitting, _ = offered(replace(BLANK, intercom_attribute="name"), Place.LEAD)
    assert fitting["Name"].direction is DOWN
    assert fitting["Name"].row.direction is DOWN
    assert field_name(fitting["Name"].row, Place.LEAD) == "Name"
    assert fitting["Title"].direction is None
    assert fitting["Title"].row.direction is BOTH


def test_an_attribute_that_is_read_only_goes_to_salesforce() -> None:
    fitting, left_out = offered(replace(BLANK, lead_field="Title"), Place.INTERCOM)
    assert fitting["role"].direction is UP
    _, left_out = offered(replace(BLANK, lead_field="Greeting__c"), Place.INTERCOM)
    assert "role" in left_out


def test_both_fields_of_a_row_must_fit_in_one_direction() -> None:
    half = AttributeMapping("new", "name", DOWN, lead_field="Name")
    fitting, _ = offered(half, Place.CONTACT)
    assert fitting["Title"].row.direction is DOWN
    both = AttributeMapping("new", "", BOTH, "Plan__c", "Seats__c")
    fitting, left_out = offered(both, Place.INTERCOM)
    assert "custom_attributes.plan" in left_out
    assert list(fitting) == []  # no attribute takes text and numbers alike


def test_what_another_row_writes_is_left_out_with_that_reason() -> None:
    fitting, left_out = offered(
        replace(BLANK, intercom_attribute="custom_attributes.plan"), Place.LEAD
    )
    other = row("custom_attributes.plan", UP, "Plan__c", None, "other")
    fitting, left_out = offered(
        replace(BLANK, intercom_attribute="custom_attributes.plan"), Place.LEAD, other
    )
    assert fitting == {}
    assert "same field twice" in left_out["Plan__c"]
    title = replace(BLANK, intercom_attribute="role")
    _, left_out = offered(title, Place.LEAD, PHONE)
    assert left_out["Phone"] == "Lead Phone is written by another row already."


def test_the_ways_of_a_row_with_the_reasons_against_the_others() -> None:
    found = ways(row("name", DOWN, "Name", None), around())
    assert found[DOWN] == ""
    assert "cannot be written" in found[UP]
    assert "cannot be written" in found[BOTH]
    assert set(ways(PHONE, around()).values()) == {""}


def test_every_way_is_open_while_a_side_is_missing() -> None:
    assert set(ways(replace(BLANK, lead_field="Name"), around()).values()) == {""}


def test_a_row_that_is_switched_off_is_judged_by_what_there_is() -> None:
    off = replace(row("phone", BOTH, "Gone"), disabled="Gone is gone")
    assert "does not exist" in ways(off, around())[UP]
    fitting, _ = offered(off, Place.LEAD)
    assert fitting["Title"].row.disabled is None
