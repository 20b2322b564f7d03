"""The values of a task that is to be created, and where each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from sfsync_gui.core.conversations import Conversation, description_of, units
from sfsync_gui.core.conversion import paired_user
from sfsync_gui.core.failures import RowRefusal, SetupError
from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE
from sfsync_gui.core.new_tasks import (
    TaskChoices,
    TaskOrigin,
    TaskValue,
    plain_values,
    subject_of,
)
from sfsync_gui.core.people import Gone, Json
from sfsync_gui.core.schema import TASK, SalesforceField
from sfsync_gui.core.vocabulary import ErrorClass, PersonKind
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creation_kinds import RefusedError

HIDDEN_FIELD = "task_field_hidden"
"""The code of a refusal for want of a field that the signed-in user does not see on Task."""

_SUBJECT = "Subject"
_DESCRIPTION = "Description"
_OWNER = "OwnerId"
_WHO = "WhoId"
_SUBJECT_LENGTH = 255
_ORDER = (_WHO, _SUBJECT, "ActivityDate", "Status", "Priority", "Type", _OWNER)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a task is about: the Intercom person, by name, and the linked record."""

    intercom_id: str
    name: str
    kind: PersonKind
    salesforce_id: str


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as it would be sent: its values in order, and its text."""

    values: tuple[TaskValue, ...]
    description: str

    def kept(self) -> dict[str, Json]:
        """The values by field, without the text."""
        return {one.field: one.value for one in self.values}

    def wire(self) -> dict[str, Json]:
        """All that is sent."""
        text = {_DESCRIPTION: self.description} if self.description else {}
        return {**self.kept(), **text}


async def draft_task(
    context: Context, subject: Subject, choices: TaskChoices, conversation: Conversation | None
) -> TaskDraft:
    """Draft a task from what is chosen, known and set; asks for what is not known yet.

    Raises `RefusedError` where it cannot be sent as it is, and what asking raises.
    """
    fields = await task_fields(context)
    title = conversation.summary.title if conversation is not None else ""
    length = fields[_SUBJECT].length if _SUBJECT in fields else _SUBJECT_LENGTH
    named = subject_of(choices, context.settings, title, subject.name, length)
    found = {
        _WHO: TaskValue(_WHO, subject.salesforce_id, TaskOrigin.PERSON),
        _SUBJECT: named,
        **plain_values(choices, context.settings, conversation, context.clock.now()),
        **await _owned(context, subject, choices, conversation),
    }
    limit = fields[_DESCRIPTION].length if _DESCRIPTION in fields else 0
    text = description_of(choices.comment, conversation, limit or len(choices.comment))
    _check(fields, found, text)
    return TaskDraft(tuple(found[name] for name in _ORDER if name in found), text)


async def task_fields(context: Context) -> Mapping[str, SalesforceField]:
    """The fields of Task, described when they are first needed, and anew after each description.

    Raises `RefusedError` where the signed-in user does not see tasks at all.
    """
    if not context.task_fields:
        try:
            context.task_fields = (await context.salesforce.describe((TASK,)))[TASK]
        except SetupError as hidden:
            code = hidden.code or "INVALID_TYPE"
            refusal = RowRefusal(ErrorClass.SETUP, code, hidden.message)
            raise RefusedError(refusal) from hidden
    return context.task_fields


def _check(
    fields: Mapping[str, SalesforceField], found: Mapping[str, TaskValue], text: str
) -> None:
    """Refuse what Salesforce would refuse, in words that say what to do."""
    wanted = [*found, *([_DESCRIPTION] if text else [])]
    hidden = tuple(name for name in wanted if name not in fields)
    if hidden:
        raise RefusedError(hidden_fields(hidden))
    for name, one in found.items():
        _check_value(fields[name], str(one.value))
    if text:
        _check_value(fields[_DESCRIPTION], text)


def _check_value(field: SalesforceField, value: str) -> None:
    if field.length and units(value) > field.length:
        message = f"{field.label} is longer than {field.length:,} characters."
        raise RefusedError(RowRefusal(ErrorClass.RECORD, "task_too_long", message, (field.name,)))
    is_picklist = field.name in ("Status", "Priority", "Type") and field.options
    if is_picklist and value not in {option.value for option in field.options}:
        message = f"{field.label} does not offer “{value}”."
        raise RefusedError(RowRefusal(ErrorClass.RECORD, "task_no_option", message, (field.name,)))


def hidden_fields(names: tuple[str, ...]) -> RowRefusal:
    """The refusal of a task for want of fields, in the words of Intercom's own app."""
    message = f"Intercom requires these fields in the Salesforce Task object: {', '.join(names)}."
    return RowRefusal(ErrorClass.SETUP, HIDDEN_FIELD, message, names)


async def _owned(
    context: Context, subject: Subject, choices: TaskChoices, conversation: Conversation | None
) -> dict[str, TaskValue]:
    """The owner as a value; none where it is the signed-in user, or a teammate without a user."""
    owner = choices.owner or context.settings.task_owner
    if owner == BY_SIGN_IN:
        return {}
    if owner != BY_TEAMMATE:
        origin = TaskOrigin.CHOICE if choices.owner else TaskOrigin.SETTING
        return {_OWNER: TaskValue(_OWNER, owner, origin)}
    teammate = conversation.teammate_id if conversation is not None else None
    teammate = teammate or await _owner_in_intercom(context, subject)
    if teammate is None:
        return {}
    schema = context.schema
    teammates = schema.teammates or await context.intercom.teammates()
    user = paired_user(teammate, teammates, schema.users or await context.salesforce.users())
    return {} if user is None else {_OWNER: TaskValue(_OWNER, user, TaskOrigin.TEAMMATE)}


async def _owner_in_intercom(context: Context, subject: Subject) -> str | None:
    contact = await context.intercom.read(PersonKind.USER, subject.intercom_id)
    if isinstance(contact, Gone) or contact.raw.get("owner_id") is None:
        return None
    return str(contact.raw["owner_id"])
