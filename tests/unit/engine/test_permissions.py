"""What the app in Intercom may not do: only that waits, and it goes on by itself once it may."""

from __future__ import annotations

import pytest

from sfsync_gui.core.failures import MissingPermissionError
from sfsync_gui.core.findings import Grade
from sfsync_gui.core.lead_rules import TAG, Comparison, Condition, LeadRule
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.vocabulary import Direction, ErrorClass, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.checking_set_up import check_anew
from sfsync_gui.engine.conditions import PERMISSION_PAUSE
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.sandbox.intercom.permissions import (
    READ_ADMINS,
    READ_PEOPLE,
    READ_TAGS,
    WRITE_PEOPLE,
)
from tests.unit.engine.office import BOB, Office
from tests.unit.engine.test_lead_rules import leads, put
from tests.unit.engine.test_owners import Owners

PUT = ("PUT", r"^/contacts/")
VIP = LeadRule("vip", (Condition(TAG, Comparison.IS, "VIP"),))


def withhold(office: Office, permission: str) -> None:
    office.intercom.set_permission(permission, granted=False)


def give(office: Office, permission: str) -> None:
    office.intercom.set_permission(permission, granted=True)


def condition(office: Office) -> SideCondition:
    return office.world.engine.conditions.statuses[Side.INTERCOM].condition


def step(office: Office, after: float = 120.0) -> None:
    """Let time pass, and the schedule do what is due; nobody asks for anything."""
    office.pass_time(after)
    office.run(office.world.engine.step())


def grade(office: Office, subject: str) -> Grade:
    report = office.run(check_anew(office.context))
    (found,) = [one for one in report.findings if one.subject == subject]
    return found.grade


@pytest.fixture
def ann(office: Office) -> str:
    """A user who is linked to a contact, and whom the app may not change."""
    contact, record = office.user(), office.contact()
    office.connect()
    withhold(office, WRITE_PEOPLE)
    office.salesforce.edit(record, Phone="+64 7")
    step(office)
    return contact


def test_a_refused_write_signs_nobody_out_and_the_rest_is_synced(office: Office, ann: str) -> None:
    assert condition(office) is SideCondition.READY
    office.edit(ann, alias="Annie")
    step(office)
    assert office.sf(office.links()[ann], "Nickname__c") == "Annie"
    (error,) = office.errors()
    assert (error.side, error.error_class) == (Side.INTERCOM, ErrorClass.SETUP)
    assert WRITE_PEOPLE in error.message
    assert f"tick “{WRITE_PEOPLE}”" in error.remedy
    assert grade(office, "Changing people") is Grade.FAILED


def test_what_could_not_be_written_arrives_by_itself_once_it_may(office: Office, ann: str) -> None:
    refused = office.intercom.log.count(*PUT)
    step(office)
    assert office.intercom.log.count(*PUT) == refused  # not before the pause is over
    give(office, WRITE_PEOPLE)
    step(office, PERMISSION_PAUSE)
    assert office.ic(ann, "phone") == "+64 7"
    assert office.errors() == []
    assert grade(office, "Changing people") is Grade.GOOD


def test_a_lasting_lack_costs_one_write_each_time_and_one_error(office: Office, ann: str) -> None:
    refused = office.intercom.log.count(*PUT)
    step(office, PERMISSION_PAUSE)
    assert office.intercom.log.count(*PUT) == refused + 1
    assert [error.attempts for error in office.errors()] == [2]


@pytest.mark.parametrize("way", ["retry", "sync", "restart"])
def test_a_person_need_not_wait_for_it(office: Office, ann: str, way: str) -> None:
    give(office, WRITE_PEOPLE)
    if way == "retry":
        office.run(commands.retry_errors(office.context))
    elif way == "sync":
        office.world.engine.sync_now()
    else:
        office.restart()
    step(office)
    assert office.ic(ann, "phone") == "+64 7"
    assert office.errors() == []


def test_people_that_may_not_be_read_are_a_trouble_of_the_set_up(office: Office) -> None:
    contact = office.user()
    office.contact()
    office.connect()
    withhold(office, READ_PEOPLE)
    office.edit(contact, alias="Annie")
    step(office)
    status = office.world.engine.conditions.statuses[Side.INTERCOM]
    assert status.condition is SideCondition.SETUP_BROKEN
    assert isinstance(status.reason, MissingPermissionError)
    assert status.reason.permission is Permission.READ_PEOPLE
    give(office, READ_PEOPLE)
    step(office, PERMISSION_PAUSE)
    assert condition(office) is SideCondition.READY
    assert office.sf(office.links()[contact], "Nickname__c") == "Annie"


def test_a_refused_sign_in_signs_out(office: Office) -> None:
    office.user()
    office.connect()
    office.intercom.revoke_token()
    step(office)
    assert condition(office) is SideCondition.SIGNED_OUT


def test_owners_are_left_out_while_the_teammates_may_not_be_read(office: Office) -> None:
    owners = Owners(office, Direction.TO_INTERCOM)
    owners.connect()
    owners.in_salesforce(owners.fay_user)
    assert owners.here() == owners.fay
    withhold(office, READ_ADMINS)
    office.run(office.world.engine._session.describe())
    assert condition(office) is SideCondition.READY
    (error,) = office.errors()
    assert (error.side, error.code) == (Side.INTERCOM, "row_switched_off")
    assert f"tick “{READ_ADMINS}”" in error.remedy
    owners.in_salesforce(owners.rosa_user)
    assert owners.here() == owners.fay
    give(office, READ_ADMINS)
    office.run(office.world.engine._session.describe())
    office.check()
    assert owners.here() == owners.rosa
    assert office.errors() == []


@pytest.fixture
def tagged(office: Office) -> str:
    """Somebody without a tag, a rule about tags, and an app that may not read any more of them."""
    contact = office.user(name="Ann Lee")
    office.intercom.tag_contact(office.user(BOB), "vip")
    office.connect()
    put(office, VIP)
    withhold(office, READ_TAGS)
    office.intercom.tag_contact(contact, "vip")
    step(office)
    return contact


def test_tags_that_may_not_be_read_keep_only_rules_about_them(office: Office, tagged: str) -> None:
    assert condition(office) is SideCondition.READY
    assert leads(office) == []
    (error,) = office.errors()
    assert READ_TAGS in error.message
    office.contact()
    step(office)
    office.edit(tagged, alias="Annie")
    for _ in range(3):
        step(office)
    assert office.sf(office.links()[tagged], "Nickname__c") == "Annie"
    assert grade(office, "Tags") is Grade.WARNING
    give(office, READ_TAGS)
    assert grade(office, "Tags") is Grade.GOOD


@pytest.mark.parametrize("way", ["restart", "another", "early", "day"])
def test_who_came_to_fit_meanwhile_gets_the_lead_afterwards(
    office: Office, tagged: str, way: str
) -> None:
    for _ in range(3 * (way != "early")):  # the comparison that the new rule asked for ends
        step(office)
    give(office, READ_TAGS)
    if way == "restart":
        office.restart()
    elif way in ("another", "early"):
        office.pass_time(PERMISSION_PAUSE)
        office.intercom.tag_contact(office.user("c@example.com", name="Cy"), "old")
    else:
        office.pass_time(86_400)
    for _ in range(6):
        step(office, 310)
    assert tagged in office.links()
    assert len(leads(office)) == 1
    assert office.errors() == []
