"""What the user's settings may be: limits in one place for the window and the command line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE, OWNERS
from sfsync_gui.core.new_tasks import SUBJECT_WORDS


@dataclass(frozen=True, slots=True)
class Limit:
    """The lowest and highest value of a setting, what it is in words, and why not beyond.

    `unit` is "seconds", "calls", "share" (0 to 1), "people" or "days"; `may_be_none` allows no
    value.
    """

    low: float
    high: float
    unit: str
    words: str
    reason: str = ""
    may_be_none: bool = False


LIMITS: Mapping[str, Limit] = {
    "intercom_interval": Limit(
        2,
        3600,
        "seconds",
        "time between two looks at Intercom",
        "faster gains nothing: Intercom's search lags by more",
    ),
    "salesforce_interval": Limit(
        60,
        86_400,
        "seconds",
        "time between two looks at Salesforce",
        "each look costs an API call",
    ),
    "lag_sweep_interval": Limit(
        30,
        3600,
        "seconds",
        "time between two searches for what Intercom's index showed late",
    ),
    "company_interval": Limit(
        60,
        86_400,
        "seconds",
        "time between two looks at all companies of Intercom, where companies are synced",
        "each look reads all of them",
    ),
    "comparison_interval": Limit(
        3600,
        7 * 86_400,
        "seconds",
        "time between two full comparisons of both sides",
        "a comparison reads everybody",
    ),
    "api_cap": Limit(
        100,
        1_000_000_000,
        "calls",
        "Salesforce API calls within 24 hours that SFSync may use",
        "fewer do not last for an hour of looking",
        may_be_none=True,
    ),
    "guard_share": Limit(
        0.01, 1.0, "share", "share of all links from which on a change is held as unusual"
    ),
    "guard_minimum": Limit(
        1, 1_000_000, "people", "number of people up to which no change is held as unusual"
    ),
    "task_due_days": Limit(
        0, 365, "days", "days until a new task is due; none: no due date", may_be_none=True
    ),
}
"""By the name of the field of `Settings`."""


@dataclass(frozen=True, slots=True)
class TextLimit:
    """The most characters of a setting that is a text, and what it is in words."""

    longest: int
    words: str
    may_be_empty: bool = True


TEXT_LIMITS: Mapping[str, TextLimit] = {
    "lead_last_name": TextLimit(80, "last name of a new lead whose person has no name"),
    "lead_company": TextLimit(
        255, "company of a new lead whose person has none", may_be_empty=False
    ),
    "lead_source": TextLimit(255, "lead source of new leads, one of Salesforce's options"),
    "lead_status": TextLimit(255, "lead status of new leads, one of Salesforce's options"),
    "lead_owner": TextLimit(
        18, "owner of new leads: rules, teammate, signed_in, or a User Id", may_be_empty=False
    ),
    "task_subject": TextLimit(
        255, "subject of new tasks; {title} and {name} are filled in", may_be_empty=False
    ),
    "task_status": TextLimit(40, "status of new tasks, one of Salesforce's options"),
    "task_priority": TextLimit(40, "priority of new tasks, one of Salesforce's options"),
    "task_type": TextLimit(40, "type of new tasks, one of Salesforce's options"),
    "task_owner": TextLimit(
        18, "owner of new tasks: signed_in, teammate, or a User Id", may_be_empty=False
    ),
    "log_status": TextLimit(40, "status of closed conversations that are logged as tasks"),
}
"""By the name of the field of `Settings`. The lengths are those of the fields in Salesforce."""

SWITCHES: Mapping[str, str] = {
    "log_conversations": "log closed conversations of linked people as tasks: yes or no",
}
"""Settings that are on or off, in words."""

_OWNERS = {"lead_owner": OWNERS, "task_owner": (BY_SIGN_IN, BY_TEAMMATE)}
_BRACES = re.compile(r"\{[^{}]*\}")

_USER_ID = re.compile(r"005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?", re.ASCII)


def text_refusal_of(name: str, value: str) -> str | None:
    """Why a setting cannot have this text, in one sentence; None where it can."""
    limit = TEXT_LIMITS[name]
    if not value and not limit.may_be_empty:
        return f"{name} needs a value."
    if len(value) > limit.longest:
        return f"{name} is longer than {limit.longest} characters."
    owners = _OWNERS.get(name)
    if owners and value not in owners and not _USER_ID.fullmatch(value):
        return f"{name} is one of {', '.join(owners)}, or the Id of a Salesforce user (005…)."
    unknown = [one for one in _BRACES.findall(value) if one not in SUBJECT_WORDS]
    if name == "task_subject" and unknown:
        return f"{name} knows {' and '.join(SUBJECT_WORDS)}, but not {unknown[0]}."
    return None


def refusal_of(name: str, value: float | None) -> str | None:
    """Why a setting cannot have this value, in one sentence; None where it can."""
    limit = LIMITS[name]
    if value is None:
        return None if limit.may_be_none else f"{name} needs a value."
    if limit.low <= value <= limit.high:
        return None
    reason = f": {limit.reason}" if limit.reason and value < limit.low else ""
    return f"{name} must be from {limit.low:,g} to {limit.high:,g} {_UNITS[limit.unit]}{reason}."


_UNITS = {
    "seconds": "seconds",
    "calls": "calls",
    "share": "(1 is all)",
    "people": "people",
    "days": "days",
}
