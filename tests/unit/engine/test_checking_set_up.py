"""The set-up check against both services: what people change there shows, and when it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.findings import Grade, SetUpReport
from sfsync_gui.engine.checking_set_up import CHECK_EVERY, HINT_PAUSE, check_anew
from sfsync_gui.engine.events import SetUpChecked
from sfsync_gui.engine.housekeeping import HOUSEKEEPING_EVERY
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom.permissions import READ_CONVERSATIONS
from tests.unit.engine.office import Office


def check(office: Office) -> dict[str, tuple[Grade, str]]:
    """Grade and message of each subject; of several rows the worst."""
    report = office.run(check_anew(office.context))
    order = list(Grade)
    rows = sorted(report.findings, key=lambda one: order.index(one.grade))
    return {one.subject: (one.grade, one.message) for one in rows}


def stored(office: Office) -> SetUpReport | None:
    return office.run(office.world.store.run(lambda unit: unit.state.set_up_report()))


def made(office: Office) -> int:
    """How many checks were told of."""
    return sum(isinstance(event, SetUpChecked) for event in office.world.events)


def step(office: Office, after: float = HOUSEKEEPING_EVERY) -> None:
    """Let time pass, then do what is due."""
    office.pass_time(after)
    office.run(office.world.engine.step())


def test_a_workspace_and_an_org_as_needed(office: Office) -> None:
    office.connect()
    found = check(office)
    assert {grade for grade, _ in found.values()} == {Grade.GOOD, Grade.NOTE}
    assert found["API access"][1] == "Salesforce answers its API. Edition: Enterprise Edition."
    assert found["Changing people"][0] is Grade.NOTE
    assert found["Clock"] == (Grade.GOOD, "This computer's clock agrees with the services.")
    assert (
        stored(office) == [e for e in office.world.events if isinstance(e, SetUpChecked)][-1].report
    )


def test_it_costs_two_calls_to_salesforce(office: Office) -> None:
    office.connect()
    before = office.world.spent["salesforce", "schema"]
    check(office)
    assert office.world.spent["salesforce", "schema"] - before == 2


def test_an_accepted_change_shows_that_people_may_be_changed(office: Office) -> None:
    user, record = office.user(), office.contact()
    office.connect()
    office.salesforce.edit(record, Phone="+64 7")
    office.check()
    assert office.ic(user, "phone") == "+64 7"
    assert check(office)["Changing people"][0] is Grade.GOOD


def test_rights_on_objects(office: Office) -> None:
    office.connect()
    office.salesforce.set_rights("Lead", create=False)
    office.salesforce.set_rights("Contact", edit=False)
    office.salesforce.set_rights("Task", read=False)
    found = check(office)
    assert found["Lead"] == (Grade.WARNING, "The signed-in user may not create leads.")
    assert found["Contact"] == (Grade.FAILED, "The signed-in user may not edit contacts.")
    assert found["Task"][0] is Grade.NOTE


def test_an_object_that_is_hidden(office: Office) -> None:
    office.connect()
    office.salesforce.set_rights("Lead", read=False)
    assert check(office)["Lead"] == (Grade.FAILED, "Lead is hidden from the signed-in user.")


def test_a_mapped_field_that_is_gone(office: Office) -> None:
    office.connect()
    office.salesforce.remove_field("Contact", "Nickname__c")
    grade, message = check(office)["Attribute mapping"]
    assert (grade, message) == (
        Grade.FAILED,
        "Nickname__c is no longer to be seen on Contact.",
    )


def test_an_org_without_api(office: Office) -> None:
    office.connect()
    office.salesforce.org.api_enabled = False
    grade, message = check(office)["API access"]
    assert (grade, message) == (Grade.FAILED, "This org or user may not use the Salesforce API.")


def test_a_sign_in_that_was_pushed_out_by_five_others(office: Office) -> None:
    office.connect()
    for _ in range(5):
        office.world.salesforce.issue_tokens("client")
    office.pass_time(7300)  # the session ends, and is not renewed
    grade, message = check(office)["Sign-in"]
    assert grade is Grade.FAILED
    assert "5 sign-ins for a user and an app" in message


def test_permissions_of_the_intercom_app(office: Office) -> None:
    office.connect()
    office.intercom.set_permission("Read admins", granted=False)
    found = check(office)
    assert found["Teammates"][0] is Grade.WARNING
    assert found["People"][0] is Grade.GOOD
    office.intercom.set_permission("Read and list users and companies", granted=False)
    assert check(office)["People"][0] is Grade.FAILED


def test_the_permission_for_conversations_where_they_are_logged(office: Office) -> None:
    office.connect()
    office.intercom.set_permission(READ_CONVERSATIONS, granted=False)
    assert "Conversations" not in check(office)
    office.context.settings = replace(office.context.settings, log_conversations=True)
    assert check(office)["Conversations"][0] is Grade.WARNING
    office.intercom.set_permission(READ_CONVERSATIONS, granted=True)
    assert check(office)["Conversations"] == (Grade.GOOD, "Conversations can be read.")


def test_a_clock_that_is_off(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.connect()
    true = office.context.clock.now
    monkeypatch.setattr(type(office.context.clock), "now", lambda _clock: true() + 900)
    assert "15 minutes ahead of" in check(office)["Clock"][1]


# ---------------------------------------------------------------------- by itself


def test_once_a_day_by_itself(office: Office) -> None:
    office.connect()
    step(office)
    assert made(office) == 0
    step(office, CHECK_EVERY)
    assert made(office) == 1
    step(office)
    assert made(office) == 1
    assert stored(office) is not None


def test_the_day_is_counted_over_a_restart(office: Office) -> None:
    office.connect()
    check(office)
    office.pass_time(CHECK_EVERY / 2)
    office.restart()
    step(office, CHECK_EVERY / 2 - 60)
    assert made(office) == 1
    step(office)
    assert made(office) == 2


def test_a_failure_that_hints_at_the_set_up_brings_it_forward(office: Office) -> None:
    office.connect()
    step(office, HINT_PAUSE)
    office.salesforce.org.api_enabled = False
    office.check()
    step(office)
    assert made(office) == 1
    report = stored(office)
    assert report is not None
    assert report.failed
    for _ in range(5):  # and not again and again while it lasts
        step(office)
    assert made(office) == 1


def test_a_used_up_day_and_a_lost_connection_hint_at_nothing(office: Office) -> None:
    office.connect()
    step(office, HINT_PAUSE)
    office.salesforce.faults.arm(Fault(FaultKind.DAILY_LIMIT, times=3))
    office.intercom.faults.arm(Fault(FaultKind.RESET_BEFORE, times=20))
    office.check()
    office.intercom.faults.clear()
    step(office)
    assert made(office) == 0


def test_another_account_is_not_judged(office: Office) -> None:
    """Nothing of this profile is changed for a workspace that it does not belong to."""
    office.connect()

    def belong_elsewhere(unit: UnitOfWork) -> None:
        profile = unit.state.profile()
        assert profile is not None
        unit.state.put_profile(replace(profile, intercom_app_id="another"))

    office.run(office.world.store.run(belong_elsewhere))
    office.intercom.archive_attribute("alias")
    with pytest.raises(SetupError, match="Another Intercom workspace answered"):
        check(office)
    assert all(row.disabled is None for row in office.context.rules.rows)
    assert stored(office) is None
