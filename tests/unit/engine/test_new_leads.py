"""Leads asked for by hand: what they are made of, what is chosen, and what comes of asking."""

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.mapping import MappingKey, MatchingOrder
from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE, LeadChoices, Origin
from sfsync_gui.core.vocabulary import FirstRun, MatchOutcome, PersonKind
from sfsync_gui.engine import commands
from sfsync_gui.engine.lead_views import Ending, LeadOutcome, LeadPreview, Standing
from sfsync_gui.engine.leads import have_lead, lead_offers, preview_lead
from sfsync_gui.engine.rekeying import change_key
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import ANN, BOB, Office

CREATE = r"/sobjects/Lead"


@pytest.fixture
def ann(office: Office) -> str:
    """A connected contact whom nobody in Salesforce matches."""
    contact = office.user(name="Ann Mary Lee", alias="Annie", phone="+1 555 0100")
    office.connect()
    return contact


def preview(office: Office, contact: str, choices: LeadChoices | None = None) -> LeadPreview:
    return office.run(preview_lead(office.context, contact, choices))


def ask(office: Office, contact: str, **choices: object) -> LeadOutcome:
    """Ask for a lead and have it made at once."""
    wanted = LeadChoices(**choices)  # type: ignore[arg-type]
    return office.run(have_lead(office.world.engine, contact, wanted))


def values(shown: LeadPreview) -> dict[str, tuple[object, Origin]]:
    return {one.field: (one.value, one.origin) for one in shown.fields}


def settings(office: Office, **changes: str) -> None:
    """Change the settings of new leads."""
    office.context.settings = replace(office.context.settings, **changes)  # type: ignore[arg-type]


def lead(office: Office) -> str:
    """The one lead there is."""
    (found,) = office.salesforce.ids("Lead")
    return found


# ---------------------------------------------------------------------- preview


def test_the_preview_tells_each_value_and_where_it_comes_from(office: Office, ann: str) -> None:
    shown = preview(office, ann)
    assert shown.standing is Standing.NEW
    assert (shown.name, shown.key) == ("Ann Mary Lee", ANN)
    assert values(shown) == {
        "LastName": ("Lee", Origin.NAME),
        "FirstName": ("Ann Mary", Origin.NAME),
        "Company": ("[not provided]", Origin.SETTING),
        "Email": (ANN, Origin.KEY),
        "Nickname__c": ("Annie", Origin.ROW),
        "Phone": ("+1 555 0100", Origin.ROW),
    }
    assert [one.field for one in shown.fields][:2] == ["LastName", "Company"]  # the required ones
    assert {one.field: one.label for one in shown.fields}["LastName"] == "Last Name"
    assert {one.field: one.source for one in shown.fields}["Phone"] == "Phone"
    assert shown.missing == ()
    assert shown.assigned
    assert office.writes_of_check() == 0
    assert office.creations() == []


def test_the_preview_is_what_is_created(office: Office, ann: str) -> None:
    shown = preview(office, ann)
    assert ask(office, ann).ending is Ending.CREATED
    created = lead(office)
    assert {one.field: office.sf(created, one.field) for one in shown.fields} == {
        one.field: one.value for one in shown.fields
    }


def test_the_preview_shows_who_matches_and_would_be_linked(office: Office) -> None:
    ann = office.user(name="Ann Lee")
    contact = office.contact(LastName="Lee")
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    shown = preview(office, ann)
    assert shown.standing is Standing.MATCHED
    assert [(one.kind, one.id, one.link_id) for one in shown.matches] == [
        (PersonKind.CONTACT, contact, None)
    ]
    assert shown.fields == ()
    outcome = ask(office, ann)
    assert outcome.ending is Ending.LINKED
    assert outcome.link is not None
    assert outcome.link.salesforce_id == contact
    assert office.salesforce.ids("Lead") == []


def test_the_preview_shows_who_is_linked_to_somebody_else(office: Office) -> None:
    first, second = office.user(name="Ann Lee"), office.user(name="Ann Lee")
    record = office.lead()
    office.connect()
    (linked,) = office.links()
    other = second if linked == first else first
    shown = preview(office, other)
    assert (shown.standing, shown.why) == (Standing.UNDECIDED, MatchOutcome.ALREADY_LINKED)
    assert [(one.id, one.link_id) for one in shown.matches] == [(record, office.link(linked).id)]
    assert ask(office, other).ending is Ending.WAITING
    assert office.salesforce.ids("Lead") == [record]
    assert preview(office, other).standing is Standing.UNDECIDED  # nothing is under way


def test_the_preview_of_somebody_linked_says_to_whom(office: Office) -> None:
    ann, record = office.user(), office.lead()
    office.connect()
    shown = preview(office, ann)
    assert shown.standing is Standing.LINKED
    assert [one.id for one in shown.matches] == [record]
    assert ask(office, ann).ending is Ending.LINKED


def test_the_preview_says_which_value_cannot_be(office: Office) -> None:
    ann = office.user(alias="x" * 60)
    office.connect()
    shown = preview(office, ann)
    assert "longer than 50 characters" in shown.problem
    assert "Shorten it in Intercom" in shown.remedy
    assert shown.fields == ()


def test_the_preview_names_what_salesforce_requires_besides(office: Office) -> None:
    ann = office.user(name="Ann Lee")
    office.salesforce.set_field("Lead", "Industry", nillable=False)
    office.connect()
    assert preview(office, ann).missing == ("Industry",)


def test_nobody_is_previewed_who_is_gone(office: Office, ann: str) -> None:
    office.intercom.delete_contact(ann)
    with pytest.raises(RecordError, match=ann):
        preview(office, ann)
    with pytest.raises(RecordError, match="nobody"):
        ask(office, "nobody")


# ---------------------------------------------------------------------- defaults and choices


@pytest.mark.parametrize(
    ("name", "placeholder", "expected"),
    [
        ("Cher", "", ("Cher", Origin.NAME)),
        (None, "", (ANN, Origin.IDENTITY)),
        (None, "Unknown", ("Unknown", Origin.SETTING)),
    ],
)
def test_the_last_name(
    office: Office, name: str | None, placeholder: str, expected: tuple[str, Origin]
) -> None:
    ann = office.user(name=name)
    office.connect()
    settings(office, lead_last_name=placeholder)
    assert values(preview(office, ann))["LastName"] == expected
    assert "FirstName" not in values(preview(office, ann))


def test_the_company_of_the_person_comes_before_the_placeholder(office: Office, ann: str) -> None:
    company = office.intercom.add_company("Northwind")
    office.intercom.attach_company(ann, company)
    office.intercom.attach_company(ann, office.intercom.add_company("Second"))
    settings(office, lead_company="Unknown company")
    assert values(preview(office, ann))["Company"] == ("Northwind", Origin.COMPANY)
    ask(office, ann)
    assert office.sf(lead(office), "Company") == "Northwind"


def test_the_placeholder_stands_where_there_is_no_company(office: Office, ann: str) -> None:
    settings(office, lead_company="Unknown company", lead_source="Web", lead_status="Working")
    ask(office, ann)
    created = lead(office)
    assert office.sf(created, "Company") == "Unknown company"
    assert office.sf(created, "LeadSource") == "Web"
    assert office.sf(created, "Status") == "Working"


def test_what_a_person_chooses_comes_before_all(office: Office, ann: str) -> None:
    settings(office, lead_company="Unknown", lead_source="Web")
    choices = LeadChoices(last_name="Li", company="Acme", source="Other", status="Working")
    assert values(preview(office, ann, choices))["Company"] == ("Acme", Origin.CHOICE)
    office.run(have_lead(office.world.engine, ann, choices))
    created = lead(office)
    assert office.sf(created, "LastName") == "Li"
    assert office.sf(created, "Company") == "Acme"
    assert office.sf(created, "LeadSource") == "Other"
    assert office.sf(created, "Status") == "Working"


def test_assignment_rules_choose_the_owner_unless_another_is_wanted(office: Office) -> None:
    rule_owner = office.salesforce.add_user("Rosa Rules", "rosa@example.com")
    fixed = office.salesforce.add_user("Fay Fixed", "fay@example.com")
    office.salesforce.add_assignment_rule(rule_owner)
    me = office.salesforce.org.api_user_id
    people = [office.user(f"p{number}@example.com", name="P Q") for number in range(4)]
    office.connect()
    assert preview(office, people[0]).assigned
    assert not preview(office, people[1], LeadChoices(owner=fixed)).assigned
    ask(office, people[0])
    ask(office, people[1], owner=fixed)
    ask(office, people[2], owner=BY_SIGN_IN)
    settings(office, lead_owner=fixed)
    ask(office, people[3])
    owners = [office.sf(office.links()[one], "OwnerId") for one in people]
    assert owners == [rule_owner, fixed, me, fixed]


def test_the_paired_teammates_user_owns_the_lead(office: Office) -> None:
    (admin, _, address) = office.intercom.admins()[1]
    user = office.salesforce.add_user("Mateo Ruiz", address.upper())
    rule_owner = office.salesforce.add_user("Rosa Rules", "rosa@example.com")
    office.salesforce.add_assignment_rule(rule_owner)
    ann = office.intercom.create_contact("user", ANN, owner_id=admin)
    bob = office.intercom.create_contact("user", BOB)
    office.connect()
    settings(office, lead_owner=BY_TEAMMATE)
    shown = values(preview(office, ann))
    assert shown["OwnerId"][1] is Origin.TEAMMATE
    ask(office, ann)
    ask(office, bob)  # nobody's: the rules decide
    assert office.sf(office.links()[ann], "OwnerId") == user
    assert office.sf(office.links()[bob], "OwnerId") == rule_owner


def test_what_can_be_chosen(office: Office, ann: str) -> None:
    user = office.salesforce.add_user("Fay Fixed", "fay@example.com")
    office.salesforce.add_user("Gus Gone", "gus@example.com", active=False)
    offers = office.run(lead_offers(office.context))
    assert "Web" in [one.value for one in offers.sources]
    assert "Working - Contacted" in [one.value for one in offers.statuses]
    assert offers.owners[user] == "fay@example.com"
    assert "gus@example.com" not in offers.owners.values()


# ---------------------------------------------------------------------- refusals and retries


def test_what_a_duplicate_rule_refuses_is_saved_where_a_person_wants_it(
    office: Office, ann: str
) -> None:
    office.salesforce.add_duplicate_rule("Lead", "Phone")
    twin = office.lead("other@example.com", Phone="+1 555 0100")
    office.check()
    refused = ask(office, ann)
    assert refused.ending is Ending.REFUSED
    assert refused.error is not None
    assert refused.error.code == "DUPLICATES_DETECTED"
    assert f"Lead {twin}" in refused.error.message
    assert office.salesforce.ids("Lead") == [twin]
    assert office.codes() == ["DUPLICATES_DETECTED"]

    saved = ask(office, ann, allow_duplicates=True)
    assert saved.ending is Ending.CREATED
    assert office.errors() == []
    assert len(office.salesforce.ids("Lead")) == 2
    assert [one.state for one in office.creations()] == ["created"]


def test_what_a_rule_blocks_is_not_saved_whatever_a_person_wants(office: Office, ann: str) -> None:
    office.salesforce.add_duplicate_rule("Lead", "Phone", blocks=True)
    office.lead("other@example.com", Phone="+1 555 0100")
    office.check()
    assert ask(office, ann, allow_duplicates=True).ending is Ending.REFUSED
    assert len(office.salesforce.ids("Lead")) == 1


def test_a_missing_required_field_is_an_error_until_it_is_filled_and_retried(
    office: Office,
) -> None:
    ann = office.user(name="Ann Lee")
    office.salesforce.set_field("Lead", "Nickname__c", nillable=False)
    office.connect()
    outcome = ask(office, ann, source="Web")
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.field) == ("REQUIRED_FIELD_MISSING", "Nickname__c")
    office.edit(ann, alias="Annie")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.errors() == []
    assert office.sf(lead(office), "Nickname__c") == "Annie"
    assert office.sf(lead(office), "LeadSource") == "Web"  # the choice outlives the refusal


def test_a_lost_answer_waits_and_the_choices_hold_when_it_is_sent_again(
    office: Office, ann: str
) -> None:
    office.salesforce.faults.arm(Fault(FaultKind.RESET_BEFORE, "POST", CREATE))
    assert ask(office, ann, company="Acme").ending is Ending.WAITING
    assert preview(office, ann).standing is Standing.UNDER_WAY
    for wait in (121, 601):
        office.check(wait)
    assert office.salesforce.log.count("POST", CREATE) == 2
    assert office.sf(lead(office), "Company") == "Acme"


def test_choices_outlive_the_end_of_the_process(office: Office, ann: str) -> None:
    fixed = office.salesforce.add_user("Fay Fixed", "fay@example.com")
    office.run(commands.create_lead(office.context, ann, LeadChoices(company="A", owner=fixed)))
    office.restart()
    office.check()
    created = lead(office)
    assert (office.sf(created, "Company"), office.sf(created, "OwnerId")) == ("A", fixed)
    assert office.links() == {ann: created}


def test_while_paused_the_lead_waits(office: Office, ann: str) -> None:
    office.run(office.world.engine.pause())
    assert ask(office, ann).ending is Ending.WAITING
    assert office.salesforce.ids("Lead") == []
    office.run(office.world.engine.resume())
    office.check()
    assert office.links() == {ann: lead(office)}


def test_a_lead_carries_the_key_by_which_people_are_matched(office: Office) -> None:
    user = office.intercom.create_contact("user", ANN, name="Ann Lee", external_id="A-1")
    office.connect()
    key = MappingKey("external_id", "External_Id__c", "External_Id__c")
    office.run(change_key(office.context, key, MatchingOrder()))
    ask(office, user)
    assert office.sf(lead(office), "External_Id__c") == "A-1"
