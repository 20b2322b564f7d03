"""The set-up check: whether both services let the sync do its work, and the clicks that mend it.

What each service was asked is in `SetUpFacts`; here it becomes rows for people. The words for
objects and fields are in `set_up_fields`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from sfsync_gui.core.failures import MissingPermissionError, SfsyncError, SignInError
from sfsync_gui.core.findings import Finding, Grade
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.permissions import BREAKS, Permission, how_to_give
from sfsync_gui.core.schema import IntercomAttribute, OrgSurvey
from sfsync_gui.core.set_up_fields import check_objects
from sfsync_gui.core.vocabulary import Side, SignInCause

CLOCK_TOLERANCE = 180
"""Seconds by which the computer's clock may differ from the services' before it is a warning."""

APPROVALS = 5
"""Sign-ins that Salesforce keeps for a user and an app; the next ends the oldest ("OAuth 2.0
Refresh Token Flow": a user may have five unique approvals for each application)."""


class Asked(StrEnum):
    """What Intercom was asked for; each takes a permission of its own."""

    IDENTITY = "identity"
    PEOPLE = "people"
    ATTRIBUTES = "attributes"
    TEAMMATES = "teammates"
    CONVERSATIONS = "conversations"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class SetUpFacts:
    """What both services answered.

    `org` is None where Salesforce refused as a whole: `salesforce_refusal` says why.
    `intercom_refusals` holds the answers other than the expected. `intercom_time` is in unix
    seconds, 0 where not told; `now` is that of this computer. `written_to_intercom` is the unix
    second of a change that Intercom accepted, 0 where none is known. `users` are the names of who
    is signed in, by side. `optional` names objects that no feature in use needs, with the feature.
    `logs_conversations` tells that conversations are needed, and were asked for; `asks_for_tags`
    the same of tags. `writes_withheld` tells that Intercom refuses the app every change.
    """

    now: int
    org: OrgSurvey | None = None
    salesforce_refusal: SfsyncError | None = None
    attributes: Mapping[str, IntercomAttribute] = field(default_factory=dict)
    intercom_refusals: Mapping[Asked, SfsyncError] = field(default_factory=dict)
    intercom_time: int = 0
    written_to_intercom: int = 0
    users: Mapping[Side, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    logs_conversations: bool = False
    asks_for_tags: bool = False
    writes_withheld: bool = False


def check_set_up(facts: SetUpFacts, rules: SyncRules) -> tuple[Finding, ...]:
    """Everything that can be told, Salesforce first."""
    findings = [*_salesforce_access(facts)]
    if facts.org is not None:
        findings += check_objects(facts.org, rules, facts.optional)
    return (*findings, *_mapped(rules), *_intercom(facts, rules), _clock(facts))


def _salesforce_access(facts: SetUpFacts) -> Iterator[Finding]:
    refusal, org = facts.salesforce_refusal, facts.org
    if isinstance(refusal, SignInError):
        yield _signed_out(refusal)
    elif refusal is not None:
        yield Finding(
            Side.SALESFORCE,
            "API access",
            Grade.FAILED,
            refusal.message,
            "Nothing is read from Salesforce and nothing is written there.",
            refusal.remedy,
        )
    elif org is not None:
        edition = f" Edition: {org.edition}." if org.edition else ""
        yield Finding(
            Side.SALESFORCE, "API access", Grade.GOOD, f"Salesforce answers its API.{edition}"
        )
        yield _signed_in(facts.users.get(Side.SALESFORCE, ""))


def _signed_out(refusal: SignInError) -> Finding:
    """A sign-in that ended: revoked and pushed out by a later one look the same from here."""
    ended = refusal.cause is SignInCause.TOKEN_REMOVED
    hint = (
        f" It was revoked, or the same user has signed in {APPROVALS} times since, on this or "
        f"other computers: Salesforce keeps {APPROVALS} sign-ins for a user and an app."
    )
    return Finding(
        Side.SALESFORCE,
        "Sign-in",
        Grade.FAILED,
        f"{refusal.message}{hint if ended else ''}",
        "Nothing is read from Salesforce and nothing is written there. Nothing is lost.",
        f"{refusal.remedy} {_APPROVAL_CLICKS}" if ended else refusal.remedy,
    )


_APPROVAL_CLICKS = (
    "Which sign-ins there are: in Salesforce, Setup → Users → the user → OAuth Connected Apps."
)


def _signed_in(user: str) -> Finding:
    who = f"Signed in as {user}." if user else "Signed in."
    return Finding(
        Side.SALESFORCE,
        "Sign-in",
        Grade.GOOD,
        f"{who} Salesforce keeps {APPROVALS} sign-ins for a user and an app; signing in once more "
        "ends the oldest, on whichever computer that is.",
    )


def _mapped(rules: SyncRules) -> Iterator[Finding]:
    """Rows that a set-up error switched off, or that all of them are as needed."""
    off = [row for row in rules.rows if row.disabled is not None]
    for row in off:
        yield Finding(
            Side.SALESFORCE,
            "Attribute mapping",
            Grade.FAILED,
            f"{row.disabled}.",
            f"{row.intercom_attribute} is not synced; the other rows go on.",
            "Make the field available again, or remove the row from the attribute mapping.",
        )
    if rules.rows and not off:
        rows = "row" if len(rules.rows) == 1 else "rows"
        yield Finding(
            Side.SALESFORCE,
            "Attribute mapping",
            Grade.GOOD,
            f"The fields of all {len(rules.rows)} {rows} are there.",
        )


# ---------------------------------------------------------------------- Intercom

_PERMISSIONS: Mapping[Asked, tuple[str, Permission, str]] = {
    Asked.IDENTITY: (
        "Workspace",
        Permission.READ_ADMINS,
        "It cannot be told whose workspace this is.",
    ),
    Asked.PEOPLE: (
        "People",
        Permission.READ_PEOPLE,
        BREAKS[Permission.READ_PEOPLE],
    ),
    Asked.ATTRIBUTES: (
        "Attributes",
        Permission.READ_PEOPLE,
        "The attributes of people are not known, so that nothing can be mapped.",
    ),
    Asked.TEAMMATES: (
        "Teammates",
        Permission.READ_ADMINS,
        BREAKS[Permission.READ_ADMINS],
    ),
    Asked.CONVERSATIONS: (
        "Conversations",
        Permission.READ_CONVERSATIONS,
        BREAKS[Permission.READ_CONVERSATIONS],
    ),
    Asked.TAGS: ("Tags", Permission.READ_TAGS, BREAKS[Permission.READ_TAGS]),
}
"""Subject, permission in the words of the Developer Hub ("OAuth scopes"), and what its lack breaks.

Intercom has no scope parameter: an app has the permissions that are ticked for it, and a request
beyond them is answered 401 `token_unauthorized` or 403.
"""

_DISPENSABLE = (Asked.TEAMMATES, Asked.CONVERSATIONS, Asked.TAGS)


def _intercom(facts: SetUpFacts, rules: SyncRules) -> Iterator[Finding]:
    refusals = list(facts.intercom_refusals.values())
    if refusals and all(isinstance(one, SignInError) and not _lacks(one) for one in refusals):
        refusal = refusals[0]
        yield Finding(
            Side.INTERCOM,
            "Sign-in",
            Grade.FAILED,
            refusal.message,
            "Nothing is read from Intercom and nothing is written there. Nothing is lost.",
            refusal.remedy,
        )
        return
    for asked in Asked:
        refused = facts.intercom_refusals.get(asked)
        if refused is not None:
            yield _refused(asked, refused)
    if Asked.ATTRIBUTES not in facts.intercom_refusals:
        yield _attributes(facts, rules)
    if Asked.TEAMMATES not in facts.intercom_refusals:
        yield Finding(Side.INTERCOM, "Teammates", Grade.GOOD, "The teammates can be read.")
    if facts.logs_conversations and Asked.CONVERSATIONS not in facts.intercom_refusals:
        yield Finding(Side.INTERCOM, "Conversations", Grade.GOOD, "Conversations can be read.")
    if facts.asks_for_tags and Asked.TAGS not in facts.intercom_refusals:
        yield Finding(Side.INTERCOM, "Tags", Grade.GOOD, "Tags can be read.")
    yield _writing(facts)


def _lacks(refusal: SfsyncError) -> bool:
    """Whether Intercom knows the token, but the app may not do this."""
    return not isinstance(refusal, SignInError)


def _refused(asked: Asked, refusal: SfsyncError) -> Finding:
    subject, permission, breaks = _PERMISSIONS[asked]
    grade = Grade.WARNING if asked in _DISPENSABLE else Grade.FAILED
    is_lack = isinstance(refusal, MissingPermissionError)
    message = f"The app lacks the permission “{permission}”." if is_lack else refusal.message
    return Finding(Side.INTERCOM, subject, grade, message, breaks, how_to_give(permission))


def _attributes(facts: SetUpFacts, rules: SyncRules) -> Finding:
    name = rules.key.intercom_attribute
    if name in facts.attributes:
        count = len(facts.attributes)
        return Finding(
            Side.INTERCOM, "People", Grade.GOOD, f"{count} attributes of people can be read."
        )
    return Finding(
        Side.INTERCOM,
        "People",
        Grade.FAILED,
        f"The attribute {name} cannot be read.",
        "People cannot be matched without the mapping key.",
        how_to_give(_PERMISSIONS[Asked.ATTRIBUTES][1]),
    )


def _writing(facts: SetUpFacts) -> Finding:
    """Whether people may be changed shows only when one is: nothing is written to find out."""
    if facts.writes_withheld:
        return Finding(
            Side.INTERCOM,
            "Changing people",
            Grade.FAILED,
            "Intercom did not accept a change: the app lacks the permission.",
            BREAKS[Permission.WRITE_PEOPLE],
            how_to_give(Permission.WRITE_PEOPLE),
        )
    if facts.written_to_intercom:
        day = datetime.fromtimestamp(facts.written_to_intercom, UTC).strftime("%Y-%m-%d")
        message = f"Intercom accepted a change of a person on {day}."
        return Finding(Side.INTERCOM, "Changing people", Grade.GOOD, message)
    return Finding(
        Side.INTERCOM,
        "Changing people",
        Grade.NOTE,
        "Intercom tells whether the app may change people only when it does. Nothing was written "
        "to find out.",
        "Without the permission changes from Salesforce wait. Everything else is synced.",
        how_to_give(Permission.WRITE_PEOPLE),
    )


# ---------------------------------------------------------------------- this computer


def _clock(facts: SetUpFacts) -> Finding:
    times = {Side.INTERCOM: facts.intercom_time}
    if facts.org is not None:
        times[Side.SALESFORCE] = facts.org.time
    known = {side: facts.now - time for side, time in times.items() if time}
    if not known:
        return Finding(None, "Clock", Grade.NOTE, "Neither service told the time.")
    off = max(known.values(), key=abs)
    if abs(off) <= CLOCK_TOLERANCE:
        return Finding(None, "Clock", Grade.GOOD, "This computer's clock agrees with the services.")
    service = "Salesforce" if known.get(Side.SALESFORCE) == off else "Intercom"
    way = "ahead of" if off > 0 else "behind"
    return Finding(
        None,
        "Clock",
        Grade.WARNING,
        f"This computer's clock is {_span(abs(off))} {way} {service}'s.",
        "The times that SFSync shows are off by as much, and with a wrong date no secure "
        "connection can be made. What is synced does not depend on it.",
        "Have date and time set by themselves: in the system's settings, Date & Time → Automatic.",
    )


def _span(seconds: int) -> str:
    """A length of time in words, in its largest unit."""
    for unit, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            number = seconds // unit
            return f"{number:,} {word}{'' if number == 1 else 's'}"
    return f"{seconds} seconds"
