"""Rows of companies while these are not synced: what is known of them, and what is refused."""

from __future__ import annotations

import pytest

from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, SyncRules
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.engine.company_status import rules_in_force
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.mapping_edits import edit_rows, judge_rows
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.worlds import sample_rows
from tests.unit.engine.company_office import BETA, KEY, CompanyOffice, company_rows
from tests.unit.engine.office import ANN

OF_KEY = AttributeMapping("k", "name", Direction.TO_SALESFORCE, account_field="AccountNumber")
ATTRIBUTES_FAIL = Fault(FaultKind.SERVER_ERROR, path="^/data_attributes", skip=1, times=99)
"""Intercom describes people, and then nothing more."""


def described(companies: CompanyOffice) -> tuple[str, str]:
    """The labels of an attribute of companies and a field of Account, empty where not known."""
    schema = companies.context.schema
    attribute = schema.companies.get("custom_attributes.tariff")
    field = schema.salesforce_field("Account", "Site")
    return attribute.label if attribute else "", field.label if field else ""


def asked(companies: CompanyOffice) -> int:
    """How often Intercom was asked for the attributes of companies."""
    entries = companies.intercom.log.entries
    return sum("model=company" in one.query for one in entries)


def test_rows_that_were_kept_stay_described_and_are_so_again_after_a_restart(
    companies: CompanyOffice,
) -> None:
    companies.open()
    companies.switch_off()
    assert described(companies) == ("tariff", "Account Site")
    companies.restart()
    assert companies.context.rules.company_key is None
    assert described(companies) == ("tariff", "Account Site")


def test_rows_that_come_while_companies_are_off_are_described(companies: CompanyOffice) -> None:
    companies.connect(rows=())
    assert described(companies) == ("", "")
    companies.run(edit_rows(companies.context, company_rows()))
    assert described(companies) == ("tariff", "Account Site")


def test_without_rows_nothing_of_companies_is_asked_for(companies: CompanyOffice) -> None:
    companies.connect(rows=())
    companies.restart()
    assert asked(companies) == 0
    assert "Account" not in companies.context.schema.salesforce


def test_an_idle_poll_asks_nothing_of_the_rows_that_are_kept(companies: CompanyOffice) -> None:
    companies.open()
    companies.switch_off()
    companies.check()
    before, spent = asked(companies), companies.world.spent.copy()
    assert before
    for _ in range(3):
        companies.check()
    assert asked(companies) == before
    assert companies.world.spent["salesforce", "schema"] == spent["salesforce", "schema"]


def test_while_all_is_read_for_the_first_time_the_rules_in_force_are_those_before(
    companies: CompanyOffice,
) -> None:
    companies.company()
    companies.account()
    companies.connect(rows=company_rows())
    context, seen = companies.context, list[SyncRules]()
    emit = context.emit

    def note(event: Event) -> None:
        seen.append(rules_in_force(context))
        emit(event)

    context.emit = note
    companies.switch_on()
    reading, *_, linked = seen
    assert (reading.company_key, reading.awaited_key) == (None, KEY)
    assert reading == linked
    assert rules_in_force(context) == reading.synced_by(KEY)


@pytest.mark.parametrize("side", ["intercom", "salesforce"])
def test_where_they_cannot_be_described_people_are_synced_all_the_same(
    companies: CompanyOffice, side: str
) -> None:
    ann, lead = companies.user(ANN), companies.lead(ANN)
    companies.open(rows=(*sample_rows(), *company_rows()))
    companies.switch_off()
    if side == "salesforce":
        companies.salesforce.set_rights("Account", read=False)
    else:
        companies.intercom.faults.arm(ATTRIBUTES_FAIL)
    companies.run(refresh_schema(companies.context))
    assert described(companies) == ("tariff", "Account Site")  # as they were known before
    if side == "intercom":
        companies.intercom.faults.clear()
        companies.intercom.faults.arm(ATTRIBUTES_FAIL)
    companies.restart()
    assert described(companies) == ("", "")
    assert companies.status().state is CompanyState.OFF
    assert companies.status().kept_from is None
    companies.edit(ann, phone="+1 555 0100")
    companies.check()
    assert companies.sf(lead, "Phone") == "+1 555 0100"


def test_a_row_of_the_key_by_which_they_were_matched_is_refused_while_they_are_off(
    companies: CompanyOffice,
) -> None:
    companies.open()
    companies.switch_off()
    rows = [*company_rows(), OF_KEY]
    for _ in ("as it was", "opened anew", "switched off twice"):
        with pytest.raises(SetupError, match="Account Account Number is the mapping key"):
            companies.run(edit_rows(companies.context, rows))
        change = companies.run(judge_rows(companies.context, rows))
        assert [one.row_id for one in change.problems] == ["k"]
        companies.restart()
        companies.switch_off()
    companies.switch_on()
    assert companies.context.rules.company_key == KEY


def test_once_they_are_matched_by_another_field_the_former_one_can_be_mapped(
    companies: CompanyOffice,
) -> None:
    companies.open()
    companies.switch_off()
    companies.switch_on(MappingKey.of_companies("Name"))
    companies.switch_off()
    companies.restart()
    companies.run(edit_rows(companies.context, [*company_rows(), OF_KEY]))
    assert OF_KEY in companies.context.rules.rows


def test_before_they_were_ever_synced_any_field_can_be_mapped(companies: CompanyOffice) -> None:
    companies.connect(rows=())
    companies.run(edit_rows(companies.context, [OF_KEY]))
    with pytest.raises(SetupError, match="is the mapping key"):
        companies.switch_on()
    companies.account(BETA)
    companies.run(edit_rows(companies.context, []))
    companies.switch_on()
    assert companies.context.rules.company_key == KEY


def test_a_deletion_that_was_found_just_before_switching_off_ends_the_link_afterwards(
    companies: CompanyOffice,
) -> None:
    gone = companies.company()
    companies.account()
    companies.open()
    companies.switch_off()
    companies.intercom.delete_company(gone)
    companies.pass_time(120)
    companies.switch_on()  # finds it, and the check that would end the link never comes
    companies.switch_off()
    companies.switch_on()
    companies.check()
    assert companies.links() == {}
