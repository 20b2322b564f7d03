"""The set-up check: what it makes of what both services answered, and the clicks it names."""

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import OrgError, SfsyncError, SignInError, not_permitted
from sfsync_gui.core.findings import Finding, Grade
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, SyncRules
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.schema import (
    ACCOUNT,
    CONTACT,
    LEAD,
    TASK,
    IntercomAttribute,
    IntercomType,
    ObjectAccess,
    OrgSurvey,
    SalesforceField,
    SalesforceType,
)
from sfsync_gui.core.set_up_check import CLOCK_TOLERANCE, Asked, SetUpFacts, check_set_up
from sfsync_gui.core.set_up_fields import REQUIRED
from sfsync_gui.core.vocabulary import Direction, Side, SignInCause

NOW = 1_790_000_000
WRITES = SyncRules(rows=(AttributeMapping("r", "phone", Direction.TWO_WAY, "Phone", "Phone"),))


def access(name: str, **rights: bool) -> ObjectAccess:
    fields = {
        field: SalesforceField(name, field, field, SalesforceType.STRING)
        for field in (*REQUIRED[name], "Phone", "Name")
    }
    return ObjectAccess(fields, **rights)


def facts(**changed: object) -> SetUpFacts:
    """An org and a workspace in which nothing is missing."""
    org = OrgSurvey("Enterprise Edition", {name: access(name) for name in REQUIRED}, NOW)
    found = SetUpFacts(
        now=NOW,
        org=org,
        attributes={"email": IntercomAttribute("email", "E-mail", IntercomType.TEXT)},
        intercom_time=NOW,
        written_to_intercom=NOW - 60,
        users={Side.SALESFORCE: "ann@example.com"},
    )
    return replace(found, **changed)  # type: ignore[arg-type]


def with_object(name: str, changed: ObjectAccess | None, **more: object) -> SetUpFacts:
    found = facts(**more)
    assert found.org is not None
    objects = {one: is_there for one, is_there in found.org.objects.items() if one != name}
    if changed is not None:
        objects[name] = changed
    return replace(found, org=replace(found.org, objects=objects))


def without_fields(name: str, *fields: str) -> ObjectAccess:
    whole = access(name)
    return replace(whole, fields={k: v for k, v in whole.fields.items() if k not in fields})


def found_for(
    subject: str,
    given: SetUpFacts,
    rules: SyncRules = SyncRules(),  # noqa: B008 - frozen
) -> list[Finding]:
    return [one for one in check_set_up(given, rules) if one.subject == subject]


def test_nothing_missing_is_all_good() -> None:
    findings = check_set_up(facts(), WRITES)
    assert {one.grade for one in findings} == {Grade.GOOD}
    assert [one.subject for one in findings] == [
        "API access",
        "Sign-in",
        LEAD,
        CONTACT,
        ACCOUNT,
        TASK,
        "Attribute mapping",
        "People",
        "Teammates",
        "Changing people",
        "Clock",
    ]
    assert "Edition: Enterprise Edition." in findings[0].message
    assert "ann@example.com" in findings[1].message


# ---------------------------------------------------------------------- access and sign-in


def test_an_org_without_api_is_one_failed_row_with_what_to_do() -> None:
    refusal = OrgError("No API", "This org may not use the API.", "Turn on “API Enabled”.")
    findings = check_set_up(facts(org=None, salesforce_refusal=refusal), SyncRules())
    assert (findings[0].subject, findings[0].grade) == ("API access", Grade.FAILED)
    assert findings[0].remedy == "Turn on “API Enabled”."
    assert LEAD not in {one.subject for one in findings}


def test_a_sign_in_that_ended_hints_at_the_five_that_salesforce_keeps() -> None:
    ended = SignInError(
        "Out", "The refresh token was refused.", "Sign in.", cause=SignInCause.TOKEN_REMOVED
    )
    (finding,) = found_for("Sign-in", facts(org=None, salesforce_refusal=ended))
    assert finding.grade is Grade.FAILED
    assert "signed in 5 times since" in finding.message
    assert "OAuth Connected Apps" in finding.remedy


def test_another_cause_hints_at_nothing() -> None:
    inactive = SignInError("Out", "The user is inactive.", "Ask.", cause=SignInCause.USER_INACTIVE)
    (finding,) = found_for("Sign-in", facts(org=None, salesforce_refusal=inactive))
    assert finding.message == "The user is inactive."


# ---------------------------------------------------------------------- objects and fields


def test_a_hidden_required_field_is_named_with_the_clicks() -> None:
    (found,) = found_for(LEAD, with_object(LEAD, without_fields(LEAD, "Phone")))
    assert found.grade is Grade.WARNING
    assert found.message == "Phone cannot be seen on Lead."
    assert "Object Manager → Lead → Fields & Relationships → Phone" in found.remedy


def test_several_hidden_fields_are_named_together() -> None:
    (found,) = found_for(LEAD, with_object(LEAD, without_fields(LEAD, "Phone", "Status")))
    assert "each of Phone and Status → Set Field-Level Security → Visible" in found.remedy


def test_a_hidden_key_field_fails() -> None:
    (found,) = found_for(CONTACT, with_object(CONTACT, without_fields(CONTACT, "Email")))
    assert found.grade is Grade.FAILED
    assert "mapping key" in found.breaks


def test_the_key_of_companies_is_needed_once_they_are_synced() -> None:
    rules = SyncRules(company_key=MappingKey.of_companies("AccountNumber"))
    (found,) = found_for(ACCOUNT, facts(), rules)
    assert (found.grade, found.message) == (
        Grade.FAILED,
        "AccountNumber cannot be seen on Account.",
    )
    assert found_for(ACCOUNT, facts())[0].grade is Grade.GOOD


def test_a_field_that_may_not_be_written_is_a_row_of_its_own() -> None:
    changed = without_fields(LEAD, "Phone")
    status = replace(changed.fields["Status"], createable=False, updateable=False)
    changed = replace(changed, fields={**changed.fields, "Status": status})
    hidden, fixed = found_for(LEAD, with_object(LEAD, changed))
    assert "Phone cannot be seen" in hidden.message
    assert fixed.grade is Grade.WARNING
    assert "Read-Only unticked" in fixed.remedy


def test_what_salesforce_fills_in_by_itself_need_not_be_writeable() -> None:
    whole = access(TASK)
    by = replace(whole.fields["CreatedById"], createable=False, updateable=False)
    (found,) = found_for(
        TASK, with_object(TASK, replace(whole, fields={**whole.fields, by.name: by}))
    )
    assert found.grade is Grade.GOOD


def test_the_task_type_that_professional_edition_hides_is_named() -> None:
    (found,) = found_for(TASK, with_object(TASK, without_fields(TASK, "Type")))
    assert found.grade is Grade.WARNING
    assert "Object Manager → Task → Fields & Relationships → Type" in found.remedy


@pytest.mark.parametrize("hidden", [None, access(CONTACT, readable=False)])
def test_a_hidden_object_fails(hidden: ObjectAccess | None) -> None:
    (found,) = found_for(CONTACT, with_object(CONTACT, hidden))
    assert found.grade is Grade.FAILED
    assert "Object Settings → Contact → Edit → Read, Create and Edit" in found.remedy


def test_without_the_right_to_edit_rows_to_salesforce_fail() -> None:
    given = with_object(LEAD, access(LEAD, updateable=False))
    (found,) = found_for(LEAD, given, WRITES)
    assert found.grade is Grade.FAILED
    assert "→ Lead → Edit → Edit → Save" in found.remedy


def test_without_rows_to_salesforce_the_right_to_edit_is_only_a_warning() -> None:
    given = with_object(LEAD, access(LEAD, updateable=False))
    (found,) = found_for(LEAD, given, SyncRules())
    assert found.grade is Grade.WARNING


def test_without_the_right_to_create_leads_only_creating_is_missed() -> None:
    (found,) = found_for(LEAD, with_object(LEAD, access(LEAD, createable=False)))
    assert (found.grade, found.message) == (
        Grade.WARNING,
        "The signed-in user may not create leads.",
    )


def test_an_object_that_nothing_in_use_needs_is_a_note_at_most() -> None:
    given = with_object(ACCOUNT, None, optional={ACCOUNT: "company sync", TASK: "tasks"})
    (account,), (task,) = found_for(ACCOUNT, given), found_for(TASK, given)
    assert account.grade is Grade.NOTE
    assert account.message.endswith("It is needed only for company sync, not switched on so far.")
    assert task.grade is Grade.GOOD


def test_a_row_that_was_switched_off_is_listed() -> None:
    row = AttributeMapping("r", "phone", Direction.TWO_WAY, "Phone", disabled="Phone is gone")
    (found,) = found_for("Attribute mapping", facts(), SyncRules(rows=(row,)))
    assert (found.grade, found.message) == (Grade.FAILED, "Phone is gone.")


# ---------------------------------------------------------------------- Intercom


def lacking() -> SfsyncError:
    return not_permitted(Permission.READ_ADMINS)


def test_a_missing_permission_is_named_in_the_words_of_the_developer_hub() -> None:
    (found,) = found_for("People", facts(intercom_refusals={Asked.PEOPLE: lacking()}))[:1]
    assert found.grade is Grade.FAILED
    assert found.message == "The app lacks the permission “Read and list users and companies”."
    assert "tick “Read and list users and companies” → Save" in found.remedy


def test_without_teammates_only_owners_are_missed() -> None:
    (found,) = found_for("Teammates", facts(intercom_refusals={Asked.TEAMMATES: lacking()}))
    assert (found.grade, found.breaks) == (
        Grade.WARNING,
        "Owners cannot be paired with the users of Salesforce.",
    )


def test_conversations_are_a_row_only_where_they_are_logged() -> None:
    assert found_for("Conversations", facts()) == []
    (found,) = found_for("Conversations", facts(logs_conversations=True))
    assert found.grade is Grade.GOOD
    refusals = {Asked.CONVERSATIONS: lacking()}
    (found,) = found_for(
        "Conversations", facts(logs_conversations=True, intercom_refusals=refusals)
    )
    assert found.grade is Grade.WARNING
    assert "tick “Read conversations” → Save" in found.remedy


def test_tags_are_a_row_only_where_rules_ask_for_them() -> None:
    assert found_for("Tags", facts()) == []
    assert found_for("Tags", facts(asks_for_tags=True))[0].grade is Grade.GOOD
    refusals = {Asked.TAGS: lacking()}
    (found,) = found_for("Tags", facts(asks_for_tags=True, intercom_refusals=refusals))
    assert found.grade is Grade.WARNING


def test_a_refused_change_is_told_whatever_was_accepted_before() -> None:
    (found,) = found_for("Changing people", facts(written_to_intercom=1, writes_withheld=True))
    assert found.grade is Grade.FAILED
    assert "tick “Write users and companies” → Save" in found.remedy


def test_a_revoked_token_is_one_row_and_not_four() -> None:
    revoked = SignInError("Out", "The access was revoked.", "Connect again.", code="token_revoked")
    given = facts(intercom_refusals=dict.fromkeys(Asked, revoked))
    rows = [one for one in check_set_up(given, SyncRules()) if one.side is Side.INTERCOM]
    assert [(one.subject, one.message) for one in rows] == [("Sign-in", "The access was revoked.")]


def test_an_unreadable_intercom_key_fails() -> None:
    (found,) = found_for("People", facts(attributes={}))
    assert found.grade is Grade.FAILED
    assert "Developer Hub" in found.remedy


def test_whether_people_may_be_changed_is_not_guessed() -> None:
    (found,) = found_for("Changing people", facts(written_to_intercom=0))
    assert found.grade is Grade.NOTE
    assert "only when it does" in found.message


# ---------------------------------------------------------------------- clock


@pytest.mark.parametrize(
    ("off", "words"),
    [(720, "12 minutes ahead of Salesforce's"), (-86_400, "1 day behind Salesforce's")],
)
def test_a_clock_that_is_off_names_by_how_much(off: int, words: str) -> None:
    (found,) = found_for("Clock", facts(now=NOW + off))
    assert found.grade is Grade.WARNING
    assert words in found.message
    assert found.side is None


@pytest.mark.parametrize("off", [CLOCK_TOLERANCE, -CLOCK_TOLERANCE])
def test_a_few_minutes_are_no_matter(off: int) -> None:
    (found,) = found_for("Clock", facts(now=NOW + off))
    assert found.grade is Grade.GOOD


def test_the_service_that_differs_is_named() -> None:
    (found,) = found_for("Clock", facts(intercom_time=NOW - 7200))
    assert "2 hours ahead of Intercom's" in found.message


def test_without_a_time_nothing_is_said() -> None:
    (found,) = found_for("Clock", facts(org=None, intercom_time=0))
    assert found.grade is Grade.NOTE
