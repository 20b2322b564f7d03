"""Tasks for linked people: what one would be like, what can be chosen, and having it made."""

from collections.abc import Mapping
from dataclasses import replace

from sfsync_gui.core.conversations import REST_ELSEWHERE, Conversation
from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.new_tasks import TaskChoices, TaskValue
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.schema import SalesforceField, SalesforceType
from sfsync_gui.core.values import salesforce_value
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.commands import known_contact
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creation_kinds import RefusedError
from sfsync_gui.engine.leads import missing_labels
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.task_creation import not_linked, read_conversation, subject_of
from sfsync_gui.engine.task_values import Subject, TaskDraft, draft_task, task_fields
from sfsync_gui.engine.task_views import (
    Choice,
    ConversationRow,
    ConversationRows,
    TaskEnding,
    TaskField,
    TaskOffers,
    TaskOutcome,
    TaskPreview,
    TaskStanding,
)
from sfsync_gui.engine.troubles import errors_of_creation
from sfsync_gui.engine.wanted_tasks import begin_task, task_under_way

RECENT = 150
"""How many of a person's conversations are offered."""


async def preview_task(context: Context, intercom_id: str, choices: TaskChoices) -> TaskPreview:
    """What asking for this task would do now; writes nothing.

    Raises `RecordError` for somebody who is not known, and what reading raises.
    """
    preview, subject = await context.store.run(
        lambda unit: _standing(unit, intercom_id, choices.conversation_id)
    )
    if subject is None or preview.standing is not TaskStanding.NEW:
        return preview
    try:
        conversation = await read_conversation(context, choices.conversation_id)
        draft = await draft_task(context, subject, choices, conversation)
    except RefusedError as refused:
        refusal = refused.refusal
        labels = [_label(context, name) for name in refusal.fields]
        words = (refusal.error_class, refusal.code, refusal.message)
        remedy = explain(*words, labels, Side.SALESFORCE).remedy
        return replace(preview, problem=refusal.message, remedy=remedy)
    return _with_values(context, preview, draft, conversation)


def _standing(
    unit: UnitOfWork, intercom_id: str, conversation_id: str | None
) -> tuple[TaskPreview, Subject | None]:
    person = known_contact(unit, intercom_id)
    subject = subject_of(unit, intercom_id)
    name = person.name or person.key or person.id
    if subject is None:
        return TaskPreview(intercom_id, name, TaskStanding.NOT_LINKED), None
    standing = TaskStanding.NEW
    if task_under_way(unit, conversation_id) is not None:
        standing = TaskStanding.UNDER_WAY
    preview = TaskPreview(intercom_id, name, standing, subject.kind, subject.salesforce_id)
    if conversation_id is not None:
        earlier = unit.state.of_conversations([conversation_id]).get(conversation_id)
        preview = replace(preview, logged_id=earlier.salesforce_id if earlier else None)
    return preview, subject


def _with_values(
    context: Context, preview: TaskPreview, draft: TaskDraft, conversation: Conversation | None
) -> TaskPreview:
    names = {one.field for one in draft.values}
    return replace(
        preview,
        fields=tuple(_shown(context, preview, one) for one in draft.values),
        description=draft.description,
        is_cut=conversation is not None and f"{REST_ELSEWHERE}\n" in draft.description,
        missing=missing_labels(context.task_fields, names),
    )


def _shown(context: Context, preview: TaskPreview, one: TaskValue) -> TaskField:
    field = context.task_fields.get(one.field)
    value = one.value if field is None else salesforce_value(field, one.value)
    if one.field == "WhoId":
        value = preview.name
    elif field is not None and field.type is SalesforceType.REFERENCE:
        value = context.schema.users.get(str(value), value)
    return TaskField(one.field, _label(context, one.field), value, one.origin)


def _label(context: Context, name: str) -> str:
    field = context.task_fields.get(name)
    return field.label if field is not None else name


async def task_offers(context: Context) -> TaskOffers:
    """What can be chosen for a new task; asks for the fields and the users where not known.

    Raises `RecordError` where the signed-in user does not see tasks at all.
    """
    try:
        fields = await task_fields(context)
    except RefusedError as hidden:
        raise RecordError(
            "Tasks cannot be created",
            hidden.refusal.message,
            "In Salesforce: Setup → Users → Permission Sets → the user's set → “Edit Tasks”.",
            side=Side.SALESFORCE,
            code=hidden.refusal.code,
        ) from hidden
    owners = context.schema.users or await context.salesforce.users()
    return TaskOffers(
        _choice(fields, "Subject"),
        _choice(fields, "Status"),
        _choice(fields, "Priority"),
        _choice(fields, "Type") if "Type" in fields else None,
        owners,
    )


def _choice(fields: Mapping[str, SalesforceField], name: str) -> Choice:
    field = fields.get(name)
    return Choice((), "") if field is None else Choice(field.options, field.default)


async def conversations_of(context: Context, intercom_id: str) -> ConversationRows:
    """The newest conversations of a person, and which of them have a task already."""
    await context.store.run(lambda unit: known_contact(unit, intercom_id))
    found = await context.intercom.conversations_of(intercom_id, RECENT)
    tasks = await context.store.run(
        lambda unit: unit.state.of_conversations([one.id for one in found.newest])
    )
    rows = tuple(
        ConversationRow(
            one.id,
            one.title,
            one.is_closed,
            one.created_at,
            one.updated_at,
            tasks[one.id].salesforce_id if one.id in tasks else None,
            tasks[one.id].state if one.id in tasks else "",
        )
        for one in found.newest
    )
    return ConversationRows(rows, found.total)


# ---------------------------------------------------------------------- creation


async def have_task(
    engine: Engine, intercom_id: str, choices: TaskChoices, again: int | None = None
) -> TaskOutcome:
    """Ask for a task and act upon it at once, unless the sync is paused; what came of it.

    `again` is a creation that was refused, and is to be tried with these choices. Raises
    `RecordError` for somebody who is not known, or not linked.
    """
    creation = await engine.context.store.run(
        lambda unit: _begin(unit, intercom_id, choices, again)
    )
    if not engine.paused:
        await engine.check(())
    return await engine.context.store.run(lambda unit: _outcome(unit, creation.id))


def _begin(unit: UnitOfWork, intercom_id: str, choices: TaskChoices, again: int | None) -> Creation:
    person = known_contact(unit, intercom_id)
    if subject_of(unit, intercom_id) is None:
        refusal = not_linked()
        raise RecordError(
            "No task can be created",
            f"{person.name or person.key or person.id} is not linked to a lead or contact, so that "
            "there is nobody to put it on.",
            "Link the person first, or create a lead.",
            subject=intercom_id,
            code=refusal.code,
        )
    refused = unit.state.creation(again) if again is not None else None
    for error in errors_of_creation(unit, refused) if refused is not None else ():
        unit.errors.amend(replace(error, holds=False, dismissed=False))
    return begin_task(unit, intercom_id, choices, again)


def _outcome(unit: UnitOfWork, creation_id: int) -> TaskOutcome:
    creation = unit.state.creation(creation_id)
    if creation is None:
        return TaskOutcome(TaskEnding.WAITING)
    subject = str(creation.values.get("Subject") or "")
    if creation.state == "created":
        return TaskOutcome(TaskEnding.CREATED, creation.salesforce_id, subject)
    errors = (one for one in errors_of_creation(unit, creation) if one.holds)
    error = next(errors, None)
    ending = TaskEnding.REFUSED if error is not None else TaskEnding.WAITING
    return TaskOutcome(ending, subject=subject, error=error)
