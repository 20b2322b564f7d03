"""What can be done with a link of people can be done with one of companies."""

from __future__ import annotations

from contextlib import closing

import pytest

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction, Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine import bulk, commands
from sfsync_gui.engine.mapping_edits import edit_rows, judge_rows
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery, LinkQuery
from sfsync_gui.engine.reverting import revert
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.store.queries import Queries
from tests.support.worlds import sample_rows
from tests.unit.engine.company_office import ACME, BETA, CompanyOffice, company_rows
from tests.unit.engine.office import ANN

SF, IC = Side.SALESFORCE, Side.INTERCOM


@pytest.fixture
def linked(companies: CompanyOffice) -> tuple[CompanyOffice, str, str]:
    """A company and its account, linked."""
    company, account = companies.company(), companies.account()
    companies.open()
    assert companies.links() == {company: account}
    return companies, company, account


Linked = tuple[CompanyOffice, str, str]


def test_a_refused_value_is_an_error_of_the_company_and_closes_when_it_is_written(
    linked: Linked,
) -> None:
    office, company, account = linked
    office.salesforce.add_validation_rule(
        "Account", "no_pro", lambda row: row["Site"] == "Pro", "Not Pro"
    )
    office.edit_company(company, tariff="Pro")
    office.check()
    (error,) = office.errors()
    assert (error.code, error.salesforce_kind) == (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        PersonKind.ACCOUNT,
    )
    assert error.person_name == f"Company {ACME}"
    office.salesforce.remove_validation_rule("no_pro")
    assert len(office.run(commands.retry_errors(office.context))) == 1
    office.check()
    assert office.errors() == []
    assert office.sf(account, "Site") == "Pro"


@pytest.mark.parametrize("waiting", [False, True])
def test_while_companies_are_not_synced_nothing_of_theirs_is_tried_again(
    linked: Linked, waiting: bool
) -> None:
    office, company, _account = linked
    office.edit_company(company, label="x" * 60)
    office.check()
    if waiting:
        office.salesforce.hide_field("Account", "AccountNumber")
        office.check()
    else:
        office.switch_off()
    (error,) = office.errors()
    words = "Companies wait" if waiting else "Companies are not synced"
    with pytest.raises(RecordError, match=words):
        office.run(commands.retry_errors(office.context))
    with pytest.raises(RecordError, match=words):
        office.run(commands.retry_errors(office.context, [error.id]))
    with pytest.raises(RecordError, match=words):
        office.run(commands.sync_now(office.context, office.link(company).id))
    assert office.errors() == [error]
    assert office.link(company).due == {}


def test_what_is_wrong_with_people_is_tried_again_though_companies_are_not_synced(
    linked: Linked,
) -> None:
    office, company, _account = linked
    ann, _lead = office.user(), office.lead()
    office.run(edit_rows(office.context, [*sample_rows(), *company_rows()]))
    office.check()
    office.edit(ann, alias="x" * 60)
    office.edit_company(company, label="x" * 60)
    office.check()
    office.switch_off()
    of_company, of_person = sorted(office.errors(), key=lambda one: one.family)
    assert len(office.run(commands.retry_errors(office.context))) == 1
    assert {one.id: one.holds for one in office.errors()} == {
        of_company.id: True,
        of_person.id: False,
    }


@pytest.mark.parametrize("waiting", [False, True])
def test_a_change_of_a_company_is_not_taken_back_while_companies_are_not_synced(
    linked: Linked, waiting: bool
) -> None:
    office, company, account = linked
    office.edit_company(company, label="New")
    office.check()
    assert office.sf(account, "Nickname__c") == "New"
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.WRITTEN]
    if waiting:
        office.salesforce.hide_field("Account", "AccountNumber")
        office.check()
    else:
        office.switch_off()
    words = "Companies wait" if waiting else "Companies are not synced"
    with pytest.raises(RecordError, match=words):
        office.run(revert(office.context, entry.id))
    assert office.link(company).due == {}


def test_a_text_too_long_is_refused_before_it_is_sent(linked: Linked) -> None:
    office, company, account = linked
    office.edit_company(company, label="x" * 60)
    assert office.writes_of_check() == 0
    assert len(office.errors()) == 1
    office.edit_company(company, label="short")
    office.check()
    assert office.errors() == []
    assert office.sf(account, "Nickname__c") == "short"


def test_what_intercom_refuses_is_an_error_and_the_rest_is_written(linked: Linked) -> None:
    office, company, account = linked
    office.salesforce.edit(account, Fax="x" * 40, Site="y" * 80)
    office.check()
    assert office.co(company, "tier") == "x" * 40
    office.salesforce.set_field("Account", "Notes__c", length=32_768)
    office.salesforce.edit(account, Notes__c="z" * 300, Site="Pro")
    office.check()
    (error,) = office.errors()
    assert (error.side, error.row_id) == (IC, "c-chain2")
    assert office.co(company, "tariff") == "Pro"


def test_a_dismissed_error_is_off_the_list(linked: Linked) -> None:
    office, company, _ = linked
    office.edit_company(company, label="x" * 60)
    office.check()
    (error,) = office.errors()
    office.run(commands.dismiss_errors(office.context, [error.id]))
    assert office.errors()[0].dismissed


def test_an_error_of_a_link_that_ends_closes(linked: Linked) -> None:
    office, company, account = linked
    office.edit_company(company, label="x" * 60)
    office.check()
    assert len(office.errors()) == 1
    office.salesforce.delete(account)
    office.check()
    assert office.errors() == []


def test_a_hidden_account_keeps_its_link_and_is_reported(linked: Linked) -> None:
    office, company, account = linked
    office.salesforce.hide(account)
    office.compare()
    assert office.links() == {company: account}
    assert office.codes() == ["gone_or_hidden"]
    office.salesforce.share(account)
    office.salesforce.touch(account)
    office.check()
    assert office.codes() == []


def test_the_comparison_finds_what_moved_no_timestamp(linked: Linked) -> None:
    office, company, _ = linked
    office.intercom.create_attribute("age", "float", model="company")
    row = AttributeMapping(
        "c-age", "custom_attributes.age", Direction.TO_INTERCOM, account_field="Age_In_Days__c"
    )
    office.run(refresh_schema(office.context))
    office.run(edit_rows(office.context, (*company_rows(), row)))
    office.pass_time(3 * 86_400)
    office.compare()
    company_of = office.intercom.company(company)
    assert company_of is not None
    assert company_of["custom_attributes"]["age"] == 3


def test_a_company_deleted_without_a_word_is_found_by_the_comparison(linked: Linked) -> None:
    office, company, _ = linked
    office.intercom.delete_company(company)
    office.compare()
    assert office.links() == {}


def test_bulk_brings_companies_in_line_after_a_dry_run(companies: CompanyOffice) -> None:
    company = companies.company(label="Ace", tier="Silver")
    account = companies.account(Fax="Gold")
    companies.open()
    preview = companies.run(bulk.preview_bulk(companies.context))
    assert (preview.links, preview.records) == (1, 1)
    assert (preview.to_salesforce, preview.to_intercom) == (1, 1)
    companies.run(bulk.start_bulk(companies.context))
    companies.run(companies.world.engine.step())
    companies.check()
    assert companies.sf(account, "Nickname__c") == "Ace"
    assert companies.co(company, "tier") == "Gold"


def test_a_change_is_taken_back(linked: Linked) -> None:
    office, company, account = linked
    office.edit_company(company, tariff="Pro")
    office.check()
    (entry,) = [one for one in office.history() if one.kind is HistoryKind.WRITTEN]
    assert (entry.person_name, entry.salesforce_kind) == (f"Company {ACME}", PersonKind.ACCOUNT)
    office.run(revert(office.context, entry.id))
    office.check()
    assert office.sf(account, "Site") is None
    assert office.co(company, "tariff") == "Pro"
    assert office.writes_of_check() == 0


def test_one_link_is_synced_by_hand(companies: CompanyOffice) -> None:
    company, account = companies.company(tier="Silver"), companies.account(Fax="Gold")
    companies.open()
    companies.run(commands.sync_now(companies.context, companies.link(company).id))
    companies.check()
    assert companies.co(company, "tier") == "Gold"
    assert companies.sf(account, "Fax") == "Gold"


def test_an_unusual_number_of_ended_links_is_held(companies: CompanyOffice) -> None:
    accounts = []
    for number in range(30):
        companies.company(f"K{number}")
        accounts.append(companies.account(f"K{number}"))
    companies.open()
    for account in accounts[:25]:
        companies.salesforce.delete(account)
    companies.check()
    assert len(companies.links()) == 30
    (hold,) = companies.holds()
    assert (hold.measure, len(hold.pairs)) == ("ended", 25)
    companies.run(commands.release_hold(companies.context, hold.id))
    companies.check()
    assert len(companies.links()) == 5


def test_among_many_people_a_share_of_the_companies_is_unusual_all_the_same(
    companies: CompanyOffice,
) -> None:
    accounts = []
    for number in range(30):
        companies.company(f"K{number}")
        accounts.append(companies.account(f"K{number}"))
    for number in range(300):
        companies.user(f"p{number}@example.com")
        companies.contact(f"p{number}@example.com")
    companies.open()
    assert len(companies.links()) == 330
    for account in accounts[:25]:
        companies.salesforce.delete(account)
    companies.check()
    assert len(companies.links()) == 330
    (hold,) = companies.holds()
    assert (hold.measure, len(hold.pairs)) == ("ended", 25)


def test_held_writes_are_given_up(companies: CompanyOffice) -> None:
    ids = []
    for number in range(30):
        ids.append(companies.company(f"K{number}"))
        companies.account(f"K{number}")
    companies.open()
    companies.context.settings = Settings(guard_minimum=5)
    for company in ids:
        companies.edit_company(company, tariff="Pro")
    assert companies.writes_of_check() == 0
    (hold,) = companies.holds()
    assert hold.measure == "rewritten"
    companies.run(commands.drop_hold(companies.context, hold.id))
    assert companies.writes_of_check() == 0


def test_unlinked_by_hand_they_are_kept_apart_until_a_key_changes(linked: Linked) -> None:
    office, company, account = linked
    office.run(commands.unlink(office.context, office.link(company).id))
    office.edit_company(company, tariff="Pro")
    office.salesforce.edit(account, Fax="Gold")
    office.check()
    assert office.links() == {}
    beta = office.company(BETA)
    office.salesforce.edit(account, AccountNumber=BETA)
    office.check()
    assert office.links() == {beta: account}
    office.salesforce.edit(account, AccountNumber=ACME)
    office.check()
    assert office.links() == {company: account}


def test_linked_by_hand_whatever_the_keys_they_outlive_key_changes(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(ACME), companies.account(BETA)
    companies.open()
    link = commands.link_by_hand(companies.context, company, PersonKind.ACCOUNT, account)
    companies.run(link)
    assert companies.links() == {company: account}
    companies.salesforce.edit(account, AccountNumber="another", Site="Pro")
    companies.check()
    assert companies.links() == {company: account}
    assert companies.co(company, "tariff") == "Pro"


def test_linked_by_hand_in_the_place_of_another(companies: CompanyOffice) -> None:
    company, account = companies.company(ACME), companies.account(ACME)
    other = companies.account(BETA)
    companies.open()
    assert companies.links() == {company: account}
    link = commands.link_by_hand(
        companies.context, company, PersonKind.ACCOUNT, other, replacing=True
    )
    companies.run(link)
    assert companies.links() == {company: other}


def test_a_person_is_never_linked_with_an_account_nor_a_company_with_a_lead(
    companies: CompanyOffice,
) -> None:
    company, account = companies.company(), companies.account(BETA)
    person, lead = companies.user(ANN), companies.lead("bob@example.com")
    companies.open()
    for intercom_id, kind, salesforce_id in (
        (person, PersonKind.ACCOUNT, account),
        (company, PersonKind.LEAD, lead),
    ):
        with pytest.raises(RecordError, match="A company is linked with an account"):
            companies.run(
                commands.link_by_hand(companies.context, intercom_id, kind, salesforce_id)
            )
    assert companies.links() == {}
    assert not companies.person(IC, person).deleted


def test_while_companies_are_off_none_is_linked_by_hand(companies: CompanyOffice) -> None:
    company, account = companies.company(), companies.account(BETA)
    companies.open()
    companies.switch_off()
    with pytest.raises(RecordError, match="not synced"):
        companies.run(
            commands.link_by_hand(companies.context, company, PersonKind.ACCOUNT, account)
        )


def test_no_lead_is_created_for_a_company(linked: Linked) -> None:
    office, company, _ = linked
    with pytest.raises(RecordError, match="not known"):
        office.create_lead(company)


def test_who_belongs_to_a_company_is_never_synced(linked: Linked) -> None:
    office, company, _ = linked
    ann, contact = office.user(ANN), office.contact(ANN)
    office.check()
    before = office.salesforce.record(contact)
    office.intercom.attach_company(ann, company)
    assert office.writes_of_check() == 0
    assert office.salesforce.record(contact) == before


def test_a_missing_option_is_added_to_a_list_of_companies(companies: CompanyOffice) -> None:
    companies.intercom.create_attribute("size_band", "string", ["Small", "Medium"], model="company")
    company, account = companies.company(), companies.account()
    row = AttributeMapping(
        "c-list", "custom_attributes.size_band", Direction.TO_INTERCOM, account_field="Segment__c"
    )
    companies.open(rows=(row,))
    companies.salesforce.edit(account, Segment__c="Large")
    companies.check()
    stored = companies.intercom.company(company)
    assert stored is not None
    assert stored["custom_attributes"]["size_band"] == "Large"
    assert companies.errors() == []
    (added,) = [one for one in companies.history() if one.kind is HistoryKind.OPTION_ADDED]
    assert added.after == "Large"


@pytest.mark.parametrize(
    ("side", "kind"),
    [
        (IC, FaultKind.RESET_AFTER),
        (IC, FaultKind.RESET_BEFORE),
        (IC, FaultKind.SERVER_ERROR_APPLIED),
        (SF, FaultKind.RESET_AFTER),
        (SF, FaultKind.RESET_BEFORE),
        (SF, FaultKind.SERVER_ERROR_APPLIED),
    ],
)
def test_a_write_of_unknown_outcome_is_made_good(
    linked: Linked, side: Side, kind: FaultKind
) -> None:
    office, company, account = linked
    if side is IC:
        office.intercom.faults.arm(Fault(kind, "PUT", r"^/companies/"))
        office.salesforce.edit(account, Fax="Gold")
    else:
        office.salesforce.faults.arm(Fault(kind, "POST", r"/composite$", skip=1))
        office.edit_company(company, tariff="Pro")
    for _ in range(4):
        office.check()
    assert office.co(company, "tier") == ("Gold" if side is IC else None)
    assert office.sf(account, "Site") == (None if side is IC else "Pro")
    assert office.writes_of_check() == 0


def test_lists_show_people_and_companies_apart(linked: Linked) -> None:
    office, company, _ = linked
    ann, _ = office.user(ANN), office.lead(ANN)
    office.edit_company(company, label="x" * 60, tariff="Pro")
    office.check()
    with closing(Queries(office.world.database)) as questions:
        families = {
            family: [
                row.intercom_id for row in questions.links_page(LinkQuery(family=family), None, 9)
            ]
            for family in Family
        }
        assert families == {Family.PEOPLE: [ann], Family.COMPANIES: [company]}
        assert len(questions.errors_page(ErrorQuery(family=Family.COMPANIES), None, 9)) == 1
        assert questions.errors_page(ErrorQuery(family=Family.PEOPLE), None, 9) == []
        told = questions.history_page(HistoryQuery(family=Family.COMPANIES), None, 99)
        assert {one.salesforce_kind for one in told} == {PersonKind.ACCOUNT}
        assert {one.trigger for one in told} >= {Trigger.LINKED_AT_CONNECTING}


def test_a_removed_row_of_companies_forgets_its_errors_and_no_others(linked: Linked) -> None:
    office, company, _ = linked
    office.edit_company(company, label="x" * 60)
    office.check()
    rows = [row for row in company_rows() if row.id != "c-up"]
    change = office.run(judge_rows(office.context, rows))
    assert ([row.id for row in change.removed], change.errors) == (["c-up"], 1)
    office.run(edit_rows(office.context, rows))
    assert office.errors() == []


def test_a_vanished_account_field_switches_its_row_off_and_the_others_go_on(
    linked: Linked,
) -> None:
    office, company, account = linked
    office.salesforce.hide_field("Account", "Nickname__c")
    office.edit_company(company, label="Ace", tariff="Pro")
    office.check()
    assert office.sf(account, "Site") == "Pro"
    (error,) = office.errors()
    assert (error.code, error.row_id) == ("row_switched_off", "c-up")
    assert error.salesforce_kind is PersonKind.ACCOUNT
    office.salesforce.show_field("Account", "Nickname__c")
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.sf(account, "Nickname__c") == "Ace"
    assert office.errors() == []
