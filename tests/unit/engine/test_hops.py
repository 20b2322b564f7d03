"""A person who was merged and converted more than once between two checks keeps the link."""

from tests.unit.engine.office import BOB, Office


def test_a_lead_converted_to_a_contact_that_was_merged_on(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    other = office.salesforce.create("Contact", LastName="Other", Email=BOB)
    office.connect()
    contact = office.salesforce.convert(lead)
    office.salesforce.merge(other, contact)
    office.salesforce.edit(other, Email="ann@example.com", Title="Boss")
    office.check()
    assert office.links() == {ann: other}
    assert office.ic(ann, "title") == "Boss"
    assert office.errors() == []


def test_a_record_merged_into_a_lead_that_was_converted(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    winner = office.lead("ann@example.com")
    office.connect()
    (linked,) = office.links().values()
    loser, kept = (lead, winner) if linked == lead else (winner, lead)
    office.salesforce.merge(kept, loser)
    contact = office.salesforce.convert(kept)
    office.check()
    assert office.links() == {ann: contact}
    assert office.errors() == []
