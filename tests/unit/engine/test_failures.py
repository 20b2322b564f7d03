"""Each class of failure, and what then happens."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import (
    Direction,
    ErrorClass,
    FirstRun,
    HistoryKind,
    Side,
    Trigger,
)
from sfsync_gui.engine import commands
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.unit.engine.office import BOB, Office

IC, SF = Side.INTERCOM, Side.SALESFORCE
DAY = 86_400


def condition(office: Office, side: Side) -> SideCondition:
    """How a side is."""
    return office.world.engine.conditions.statuses[side].condition


def forbid(office: Office, field: str, value: str) -> None:
    """Have a validation rule refuse a value, at its field."""

    def is_bad(record: dict[str, Any]) -> bool:
        return record.get(field) == value

    office.salesforce.add_validation_rule("Lead", "no", is_bad, f"No {value}", field)


@pytest.fixture
def pair(office: Office) -> tuple[str, str]:
    """A linked pair at rest."""
    ann, lead = office.user(), office.lead()
    office.connect()
    return ann, lead


@pytest.mark.parametrize(
    ("side", "kind"),
    [
        (SF, FaultKind.SERVER_ERROR),
        (SF, FaultKind.RESET_BEFORE),
        (SF, FaultKind.RESET_AFTER),
        (SF, FaultKind.LOCK_ROW),
        (IC, FaultKind.SERVER_ERROR),
        (IC, FaultKind.RATE_LIMITED),
        (IC, FaultKind.RESET_AFTER),
    ],
)
def test_transient_failures_pass_by_themselves_and_are_no_sync_errors(
    office: Office, pair: tuple[str, str], side: Side, kind: FaultKind
) -> None:
    ann, lead = pair
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Title="Boss")
    service = office.salesforce if side is SF else office.intercom
    path, method = ("composite", "POST") if side is SF else ("/contacts/", "PUT")
    service.faults.arm(Fault(kind, method, path, times=3))
    for _ in range(5):
        office.check(400)
        assert office.errors() == []
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.ic(ann, "title") == "Boss"
    assert service.faults.fired[kind]
    assert condition(office, side) is SideCondition.READY


def test_what_should_pass_by_itself_is_shown_when_it_has_lasted_and_goes_when_it_passes(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    fault = Fault(FaultKind.LOCK_ROW, method="POST", path="composite", times=10_000)
    office.salesforce.faults.arm(fault)
    office.edit(ann, alias="Annie")
    office.check()
    office.check(300)
    assert office.errors() == []
    office.check(900)
    (error,) = office.errors()
    assert (error.error_class, error.code) == (ErrorClass.TRANSIENT, "UNABLE_TO_LOCK_ROW")
    assert office.link(ann).due  # it is tried again all the same
    office.salesforce.faults.clear()
    office.check(300)
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.errors() == []


def test_a_side_that_is_away_does_not_keep_the_other_from_being_written(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, "PUT", "/contacts/", times=1000))
    office.edit(ann, alias="Annie")
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    assert condition(office, IC) is SideCondition.OFFLINE
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_an_expired_session_is_refreshed_once_and_unnoticed(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.salesforce.expire_sessions()
    office.edit(ann, alias="Annie")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert condition(office, SF) is SideCondition.READY


def test_a_revoked_sign_in_signs_the_side_out_and_loses_nothing(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.intercom.revoke_token()
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    assert condition(office, IC) is SideCondition.SIGNED_OUT
    assert condition(office, SF) is SideCondition.READY
    assert office.link(ann).due
    assert office.errors() == []
    office.intercom.issue_token()
    office.check()
    assert office.ic(ann, "title") == "Boss"
    assert condition(office, IC) is SideCondition.READY


def test_an_org_that_refuses_pauses_its_side_and_resumes(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.edit(ann, alias="Annie")
    office.salesforce.faults.arm(Fault(FaultKind.DAILY_LIMIT, times=50))
    office.check()
    assert condition(office, SF) is SideCondition.ORG_PAUSED
    status = office.world.engine.conditions.statuses[SF]
    assert status.reason is not None
    assert status.retry_at is not None
    office.salesforce.faults.clear()
    office.check(1000)
    assert condition(office, SF) is SideCondition.READY
    assert office.sf(lead, "Nickname__c") == "Annie"


def hide(office: Office) -> None:
    office.salesforce.hide_field("Lead", "Nickname__c")


def make_read_only(office: Office) -> None:
    office.salesforce.set_field("Lead", "Nickname__c", updateable=False)


@pytest.mark.parametrize("spoil", [hide, make_read_only])
def test_a_setup_error_switches_its_row_off_and_the_others_go_on(
    office: Office, pair: tuple[str, str], spoil: Callable[[Office], None]
) -> None:
    ann, lead = pair
    spoil(office)
    office.edit(ann, alias="Annie", phone="1")
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    office.check()
    assert [row.id for row in office.context.rules.rows if row.disabled] == ["up"]
    assert "row_switched_off" in office.codes()
    assert office.sf(lead, "Phone") == "1"
    assert office.ic(ann, "title") == "Boss"
    assert condition(office, SF) is SideCondition.READY


def test_a_row_switched_on_again_catches_up(office: Office, pair: tuple[str, str]) -> None:
    ann, lead = pair
    hide(office)
    office.check()
    office.edit(ann, alias="Annie")
    office.check()
    assert office.codes() == ["row_switched_off"]
    office.salesforce.show_field("Lead", "Nickname__c")
    office.pass_time(DAY)  # the fields are described daily
    office.run(office.world.engine.step())
    office.check()
    assert [row.id for row in office.context.rules.rows if row.disabled] == []
    assert office.sf(lead, "Nickname__c") == "Annie"
    assert office.errors() == []


def test_a_missing_key_field_pauses_the_side(office: Office, pair: tuple[str, str]) -> None:
    ann, lead = pair
    office.salesforce.hide_field("Lead", "Email")
    office.edit(ann, alias="Annie")
    office.check()
    assert condition(office, SF) is SideCondition.SETUP_BROKEN
    assert office.links() == {ann: lead}
    office.salesforce.show_field("Lead", "Email")
    office.check()
    assert condition(office, SF) is SideCondition.READY
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_a_deleted_record_runs_the_deletion_row_at_once(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.edit(ann, alias="Annie")
    office.pass_time(120)
    office.salesforce.delete(lead)
    office.run(office.world.engine.check([IC]))  # only the write can show it
    assert office.deeds()[1:] == [(HistoryKind.UNLINKED, Trigger.SALESFORCE_DELETED)]
    assert office.errors() == []


def test_a_converted_lead_runs_the_conversion_row_at_once_and_the_write_goes_to_the_contact(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.edit(ann, alias="Annie")
    office.pass_time(120)
    contact = office.salesforce.convert(lead)
    office.run(office.world.engine.check([IC]))
    assert office.links() == {ann: contact}
    office.check()
    assert office.sf(contact, "Nickname__c") == "Annie"
    assert office.errors() == []


def test_a_refused_record_is_an_error_and_the_rest_goes_on(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    bob, other = office.user(BOB), office.lead(BOB)
    office.check()
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad", phone="1")
    office.edit(bob, alias="Bobby")
    office.check()
    (error,) = office.errors()
    assert (error.error_class, error.side) == (ErrorClass.RECORD, SF)
    assert (error.intercom_id, error.salesforce_id, error.row_id) == (ann, lead, "up")
    assert (error.code, error.message) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No Bad")
    assert (error.refused, error.attempts, error.field) == ("Bad", 1, "Nickname__c")
    assert error.remedy
    assert office.sf(lead, "Phone") == "1"  # the rest of the record, at once
    assert office.sf(other, "Nickname__c") == "Bobby"


def test_a_refused_value_is_left_out_until_the_value_changes(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    office.edit(ann, phone="1")
    office.salesforce.edit(lead, Title="Boss")
    office.check()
    assert office.errors()[0].attempts == 1
    assert office.sf(lead, "Phone") == "1"  # newer changes are not blocked
    office.edit(ann, alias="Good")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Good"
    assert office.errors() == []


def test_a_retry_uses_current_values_and_the_error_goes_when_it_succeeds(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    assert len(office.run(commands.retry_errors(office.context))) == 1
    office.check()
    assert office.errors()[0].attempts == 2
    office.salesforce.remove_validation_rule("no")
    office.check()
    assert office.sf(lead, "Nickname__c") is None
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.sf(lead, "Nickname__c") == "Bad"
    assert office.errors() == []


@pytest.mark.parametrize("way", ["retry", "sync now"])
def test_what_was_corrected_in_intercom_is_tried_at_once_though_the_search_lags(
    office: Office, pair: tuple[str, str], way: str
) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    office.pass_time(1)
    office.edit(ann, alias="Good")
    if way == "retry":
        office.run(commands.retry_errors(office.context))
    else:
        office.run(commands.sync_now(office.context, office.link(ann).id))
    office.check(after=0)
    assert office.sf(lead, "Nickname__c") == "Good"
    assert office.errors() == []


def test_a_retry_is_noted_while_intercom_cannot_be_asked(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    office.salesforce.remove_validation_rule("no")
    office.intercom.faults.arm(Fault(FaultKind.SERVER_ERROR, path=f"/contacts/{ann}", times=4))
    assert len(office.run(commands.retry_errors(office.context))) == 1
    office.check()
    assert office.sf(lead, "Nickname__c") == "Bad"


def test_before_many_are_tried_again_none_is_read_by_itself(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, _ = pair
    link = office.link(ann)

    def fill(unit: UnitOfWork) -> None:
        for number in range(commands.LOOKED_AT_MOST + 1):
            about = replace(
                ERROR, link_id=link.id, intercom_id=f"{number:024}", row_id=f"r{number}"
            )
            unit.errors.put(about)

    office.run(office.context.store.run(fill))
    before = office.intercom.log.count("GET")
    office.run(commands.retry_errors(office.context))
    assert office.intercom.log.count("GET") == before


def test_an_error_vanishes_when_someone_else_brings_the_row_in_step(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    office.salesforce.remove_validation_rule("no")
    office.salesforce.edit(lead, Nickname__c="Bad")
    office.check()
    assert office.errors() == []


def test_there_is_one_automatic_attempt_a_day(office: Office, pair: tuple[str, str]) -> None:
    ann, _ = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    for hours, attempts in ((23, 1), (2, 2), (22, 2), (3, 3)):
        office.pass_time(hours * 3600)
        office.run(office.world.engine.step())
        office.check()
        assert office.errors()[0].attempts == attempts


def test_a_text_too_long_is_an_error_before_anything_is_sent(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    office.edit(ann, alias="x" * 300)
    assert office.writes_of_check() == 0
    assert office.sf(lead, "Nickname__c") is None
    (error,) = office.errors()
    assert (error.row_id, error.refused) == ("up", "x" * 300)


def test_a_dismissed_error_keeps_its_value_left_out(office: Office, pair: tuple[str, str]) -> None:
    ann, lead = pair
    forbid(office, "Nickname__c", "Bad")
    office.edit(ann, alias="Bad")
    office.check()
    office.run(commands.dismiss_errors(office.context, [office.errors()[0].id]))
    office.salesforce.remove_validation_rule("no")
    office.run(commands.sync_now(office.context, office.link(ann).id))
    assert office.writes_of_check() == 0
    assert office.errors()[0].dismissed
    assert office.sf(lead, "Nickname__c") is None


ERROR = SyncError(ErrorClass.RECORD, SF, "code", "Said.", "Do.", 1, 1)
TOO_LONG = "a nickname that is far too long for the field" * 3


def too_long(office: Office, pair: tuple[str, str]) -> None:
    """A value that is refused and held back."""
    office.edit(pair[0], alias=TOO_LONG)
    office.check()
    assert office.codes() == ["too_long"]


def test_a_refused_value_is_tried_again_when_the_row_changes(
    office: Office, pair: tuple[str, str]
) -> None:
    too_long(office, pair)
    rows = [replace(row, shorten=row.id == "up") for row in office.context.rules.rows]
    office.run(edit_rows(office.context, rows))
    office.check()
    assert office.errors() == []
    assert TOO_LONG.startswith(office.sf(pair[1], "Nickname__c"))


def test_a_refused_value_is_tried_again_when_the_field_is_described_anew(
    office: Office, pair: tuple[str, str]
) -> None:
    too_long(office, pair)
    for kind in ("Lead", "Contact"):
        office.salesforce.set_field(kind, "Nickname__c", length=255)
    office.check()
    assert office.codes() == ["too_long"]  # not described anew yet
    office.pass_time(90_000)
    office.run(office.world.engine.step())
    office.check()
    assert office.errors() == []
    assert office.sf(pair[1], "Nickname__c") == TOO_LONG


def test_an_error_goes_when_its_row_no_longer_writes_that_way(
    office: Office, pair: tuple[str, str]
) -> None:
    too_long(office, pair)
    rows = [
        replace(row, direction=Direction.TO_INTERCOM) if row.id == "up" else row
        for row in office.context.rules.rows
    ]
    office.run(edit_rows(office.context, rows))
    assert office.errors() == []
    assert office.writes_of_check() == 0


def test_a_start_of_the_program_alone_tries_nothing_again(
    office: Office, pair: tuple[str, str]
) -> None:
    office.salesforce.add_validation_rule("Lead", "no", lambda row: True, "Not today")
    office.edit(pair[0], alias="x")
    office.check()
    (before,) = office.errors()
    office.restart()
    office.check()
    assert office.errors() == [before]


def test_retrying_all_errors_retries_more_than_a_page_of_them(
    office: Office, pair: tuple[str, str]
) -> None:
    def fill(unit: UnitOfWork) -> None:
        for number in range(1100):
            unit.errors.put(replace(ERROR, row_id=f"r{number}"))

    office.run(office.context.store.run(fill))
    assert len(office.run(commands.retry_errors(office.context))) == 1100


def test_a_conflict_is_told_as_one_though_its_write_failed_at_first(office: Office) -> None:
    ann, lead = office.user(phone="+1 555 0100"), office.lead(Phone="+1 555 0101")
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.salesforce.edit(lead, Phone="+1 555 0103")
    office.intercom.faults.arm(Fault(FaultKind.RESET_BEFORE, method="PUT", times=99))
    office.check()
    office.edit(ann, phone="+1 555 0102")
    office.check()
    office.intercom.faults.clear()
    office.check()
    assert office.ic(ann, "phone") == office.sf(lead, "Phone") == "+1 555 0103"
    told = [one for one in office.history() if one.row_id == "two"]
    assert [(one.kind, one.before) for one in told] == [(HistoryKind.OVERRULED, "+1 555 0102")]
