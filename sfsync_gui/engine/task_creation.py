"""Creating a task for a linked person, also about one of their conversations."""

from collections.abc import Sequence
from dataclasses import replace

from sfsync_gui.core.conversations import Conversation, is_about
from sfsync_gui.core.failures import RowRefusal, SetupError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.schema import TASK
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creation_kinds import Prepared, RefusedError
from sfsync_gui.engine.ports import CreateOptions
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.task_values import Subject, draft_task, hidden_fields
from sfsync_gui.engine.troubles import close_creation, report_creation
from sfsync_gui.engine.wanted import is_as_read

NOT_LINKED = "not_linked"
"""The code of a refusal for somebody who has no record in Salesforce."""

CONVERSATION_GONE = "conversation_gone"
"""The code of a refusal for a conversation that is no longer there."""

_NO_ASSIGNMENT = CreateOptions(assign=False)
_STALE = ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE")


class TaskCreation:
    """Implements `engine.creation_kinds.CreationKind` for tasks."""

    async def find(self, context: Context, creation: Creation) -> Sequence[str]:
        """Tasks of ours about this person, with this subject, and about the same conversation.

        A lead that was converted meanwhile has handed its tasks over to the contact.
        """
        people = {str(creation.values["WhoId"])}
        subject = await context.store.run(lambda unit: subject_of(unit, creation.intercom_id))
        if subject is not None:
            people.add(subject.salesforce_id)
        found = await context.salesforce.find_tasks(
            sorted(people), str(creation.values["Subject"]), since=creation.since
        )
        wanted = creation.conversation_id
        return [one.id for one in found if wanted is None or is_about(one.description, wanted)]

    def may_be(self, unit: UnitOfWork, creation: Creation, found: Sequence[str]) -> Sequence[str]:
        """All of them: nothing else tells tasks apart."""
        return found

    def give_up(self, unit: UnitOfWork, creation: Creation) -> bool:
        """Nobody else brings a task about."""
        return False

    async def prepare(self, context: Context, creation: Creation) -> Prepared | None:
        """The task from what the conversation, the link and the settings are now."""
        subject = await context.store.run(lambda unit: subject_of(unit, creation.intercom_id))
        if subject is None and creation.by_rule:
            await context.store.run(lambda unit: _leave_out(unit, creation))
            return None
        if subject is None:
            raise RefusedError(not_linked())
        try:
            conversation = await read_conversation(context, creation.conversation_id)
        except RefusedError as refused:
            if creation.by_rule and refused.refusal.code == CONVERSATION_GONE:
                await context.store.run(lambda unit: _drop(unit, creation))
                return None
            raise
        if conversation is not None and _is_open_again(creation, conversation):
            await context.store.run(lambda unit: _forget(unit, creation))
            return None
        draft = await draft_task(context, subject, creation.task_choices, conversation)
        since = creation.since or await context.salesforce.server_time()
        kept = replace(creation, values=draft.kept(), since=since)
        return Prepared(kept, draft.wire(), _NO_ASSIGNMENT)

    async def settle(self, context: Context, creation: Creation, salesforce_id: str) -> None:
        """Store that the task is there, close its error and tell of it."""

        def work(unit: UnitOfWork) -> None:
            unit.state.put_creation(replace(creation, state="created", salesforce_id=salesforce_id))
            close_creation(unit, creation)
            unit.history.add([_entry(context, unit, creation, salesforce_id)])

        await context.store.run(work)

    def report(
        self, context: Context, unit: UnitOfWork, creation: Creation, refusal: RowRefusal
    ) -> None:
        """List it beside whatever else is wrong with the person."""
        if refusal.code in _STALE and refusal.fields:
            # Described otherwise before: the next attempt asks for the fields anew.
            context.task_fields = {}
            refusal = hidden_fields(refusal.fields)
        report_creation(context, unit, creation, refusal)


def subject_of(unit: UnitOfWork, intercom_id: str) -> Subject | None:
    """Whom a task about this Intercom person is about; None where the person is not linked.

    Whoever was merged into somebody else is followed there.
    """
    person = unit.directory.get(Side.INTERCOM, intercom_id)
    if person is not None and person.merged_into is not None:
        person = unit.directory.get(Side.INTERCOM, person.merged_into)
    if person is None or person.deleted:
        return None
    link = unit.links.of(Side.INTERCOM, [person.id]).get(person.id)
    if link is None:
        return None
    name = person.name or person.key or person.id
    return Subject(person.id, name, link.salesforce_kind, link.salesforce_id)


def not_linked() -> RowRefusal:
    """The refusal for somebody who has no record that a task could be about."""
    message = "The person is not linked to a lead or contact, so that there is nobody to put it on."
    return RowRefusal(ErrorClass.RECORD, NOT_LINKED, message)


async def read_conversation(context: Context, conversation_id: str | None) -> Conversation | None:
    """The conversation that a task is about; None where it is about none.

    Raises `RefusedError` where it is gone, or may not be read, and what else reading raises.
    """
    if conversation_id is None:
        return None
    try:
        found = await context.intercom.conversation(conversation_id)
    except SetupError as refused:
        refusal = RowRefusal(ErrorClass.SETUP, refused.code, refused.message)
        raise RefusedError(refusal) from refused
    if found is None:
        message = "The conversation is no longer in Intercom."
        raise RefusedError(RowRefusal(ErrorClass.RECORD, CONVERSATION_GONE, message))
    return found


def _is_open_again(creation: Creation, conversation: Conversation) -> bool:
    """Whether a conversation that was to be logged is open again, and nothing was sent yet."""
    return creation.by_rule and not creation.since and not conversation.summary.is_closed


def _leave_out(unit: UnitOfWork, creation: Creation) -> None:
    """Conversations of people who are not linked are not logged, also if they were when it began.

    What was never sent may still be logged for another of its people.
    """
    if creation.since:
        _drop(unit, creation)
    else:
        _forget(unit, creation)


def _forget(unit: UnitOfWork, creation: Creation) -> None:
    """It is logged when it is closed again, unless a person asked for it meanwhile."""
    if not is_as_read(unit, creation):
        return
    close_creation(unit, creation)
    unit.state.forget_creation(creation.id)


def _drop(unit: UnitOfWork, creation: Creation) -> None:
    """There is nothing to be logged any more, unless a person asked for it meanwhile."""
    if not is_as_read(unit, creation):
        return
    close_creation(unit, creation)
    unit.state.put_creation(replace(creation, state="refused"))


def _entry(
    context: Context, unit: UnitOfWork, creation: Creation, salesforce_id: str
) -> HistoryEntry:
    subject = subject_of(unit, creation.intercom_id)
    person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
    return HistoryEntry(
        kind=HistoryKind.CREATED,
        at=context.now(),
        trigger=Trigger.CONVERSATION_CLOSED if creation.by_rule else Trigger.TASK_FROM_INTERCOM,
        intercom_id=creation.intercom_id,
        salesforce_id=str(creation.values["WhoId"]),
        salesforce_kind=subject.kind if subject is not None else None,
        person_name=person.name if person is not None else "",
        side=Side.SALESFORCE,
        field=TASK,
        after=str(creation.values["Subject"]),
        note=salesforce_id,
    )
