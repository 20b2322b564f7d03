"""What a new task is made of: the values, where each comes from, and what a person chooses.

Fields are those of Task in Salesforce's Object Reference. What a person chooses for one task
comes before the settings; what nobody chooses is left to Salesforce's own defaults.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sfsync_gui.core.conversations import Conversation, shortened
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.people import Json

LOGGED = "logged"
"""As the rule by which a task is wanted: its conversation was closed, and those are logged."""

SUBJECT_WORDS = ("{title}", "{name}")
"""What a template of the subject may hold: the conversation's title and the person's name."""

_SUBJECT_WORD = re.compile("|".join(map(re.escape, SUBJECT_WORDS)))


class TaskOrigin(StrEnum):
    """Where a value of a new task comes from."""

    PERSON = "person"
    """The record that the person is linked to."""
    CONVERSATION = "conversation"
    """The conversation, or the day on which it was closed."""
    TEAMMATE = "teammate"
    """The teammate of the conversation or of the person, paired by e-mail address."""
    SETTING = "setting"
    CHOICE = "choice"
    """A person chose it for this task."""


@dataclass(frozen=True, slots=True)
class TaskValue:
    """One value of a new task, in wire form."""

    field: str
    value: Json
    origin: TaskOrigin


@dataclass(frozen=True, slots=True)
class TaskChoices:
    """What a person chose for one task; None leaves it to the settings, empty text is none.

    `due` is a day as YYYY-MM-DD. `owner` is 'signed_in', 'teammate' or a Salesforce User Id.
    `by_rule` is LOGGED where no person asked for the task.
    """

    subject: str | None = None
    due: str | None = None
    status: str | None = None
    priority: str | None = None
    type: str | None = None
    owner: str | None = None
    comment: str = ""
    conversation_id: str | None = None
    by_rule: str | None = None


def plain_values(
    choices: TaskChoices, settings: Settings, conversation: Conversation | None, now: float
) -> dict[str, TaskValue]:
    """Due date, status, priority and type of a task, by field; those that are left out are absent.

    `now` is in unix seconds. A logged conversation bears the day on which it was closed, and has
    a status of its own.
    """
    is_logged = choices.by_rule == LOGGED
    found = {
        "Status": _value(
            "Status", choices.status, settings.log_status if is_logged else settings.task_status
        ),
        "Priority": _value("Priority", choices.priority, settings.task_priority),
        "Type": _value("Type", choices.type, settings.task_type),
        "ActivityDate": _value("ActivityDate", choices.due, _due(settings, now)),
    }
    if is_logged and conversation is not None:
        closed = conversation.summary.closed_at or conversation.summary.updated_at
        day = TaskValue("ActivityDate", _day(closed).isoformat(), TaskOrigin.CONVERSATION)
        found["ActivityDate"] = day
    return {name: one for name, one in found.items() if one is not None}


def subject_of(
    choices: TaskChoices, settings: Settings, title: str, name: str, length: int
) -> TaskValue:
    """The subject: what was chosen, else the template of the settings, filled in.

    Without a title the name stands in. A template's subject is cut at the field's length, a
    chosen one is left as it is.
    """
    if choices.subject is not None and choices.subject.strip():
        return TaskValue("Subject", choices.subject.strip(), TaskOrigin.CHOICE)
    texts = dict(zip(SUBJECT_WORDS, (title or name, name), strict=True))
    # At once: a title may itself read "Hello {name}".
    filled = _SUBJECT_WORD.sub(lambda word: texts[word[0]], settings.task_subject)
    text = " ".join(filled.split()) or name
    return TaskValue("Subject", shortened(text, length), TaskOrigin.SETTING)


def _value(field: str, chosen: str | None, default: str) -> TaskValue | None:
    if chosen is not None:
        return TaskValue(field, chosen, TaskOrigin.CHOICE) if chosen else None
    return TaskValue(field, default, TaskOrigin.SETTING) if default else None


def _due(settings: Settings, now: float) -> str:
    if settings.task_due_days is None:
        return ""
    return (_day(now) + timedelta(days=settings.task_due_days)).isoformat()


def _day(moment: float) -> date:
    """The day where this computer is: a due date has no time zone."""
    return datetime.fromtimestamp(moment).astimezone().date()


def is_a_day(text: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def chosen_only(choices: TaskChoices) -> Mapping[str, str]:
    """The choices that were made, by name: what is worth keeping."""
    made = asdict(choices)
    if not choices.comment:
        del made["comment"]
    return {name: value for name, value in made.items() if value is not None}
