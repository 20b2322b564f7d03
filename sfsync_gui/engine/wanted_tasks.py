"""Creations of tasks as they begin: stored in the transaction that decides on them."""

from collections.abc import Collection
from dataclasses import replace

from sfsync_gui.core.new_tasks import LOGGED, TaskChoices
from sfsync_gui.core.schema import TASK
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.wanted import anew


def begin_task(
    unit: UnitOfWork, intercom_id: str, choices: TaskChoices, again: int | None = None
) -> Creation:
    """Store that a task is to be created.

    `again` is a creation that was refused: it begins anew, with these choices. One about a
    conversation that is under way already is not begun a second time: that one is returned, and
    what a person chooses takes the place of what a rule wanted while nothing was sent.
    """
    under_way = task_under_way(unit, choices.conversation_id)
    refused = unit.state.creation(again) if again is not None else None
    if under_way is None and refused is not None and refused.state == "refused":
        begun = replace(anew(refused, choices), conversation_id=choices.conversation_id)
        return unit.state.put_creation(begun)
    if under_way is None:
        return unit.state.put_creation(_fresh(intercom_id, choices))
    if under_way.state == "wanted" and under_way.by_rule and not under_way.since:
        return unit.state.put_creation(
            _fresh(under_way.intercom_id, choices, creation_id=under_way.id)
        )
    return under_way


def task_under_way(unit: UnitOfWork, conversation_id: str | None) -> Creation | None:
    """The task about this conversation that has not come to an end yet."""
    if conversation_id is None:
        return None
    found = unit.state.of_conversations([conversation_id]).get(conversation_id)
    return found if found is not None and found.is_open else None


def log_conversation(unit: UnitOfWork, intercom_id: str, conversation_id: str) -> None:
    """Store that a closed conversation is to be logged for this person."""
    choices = TaskChoices(conversation_id=conversation_id, by_rule=LOGGED)
    unit.state.put_creation(_fresh(intercom_id, choices))


def not_logged(unit: UnitOfWork, conversation_ids: Collection[str]) -> set[str]:
    """Those of these conversations about which no task was ever wanted."""
    return set(conversation_ids) - set(unit.state.of_conversations(conversation_ids))


def _fresh(intercom_id: str, choices: TaskChoices, creation_id: int = 0) -> Creation:
    return Creation(
        intercom_id=intercom_id,
        object=TASK,
        values={},
        since=0,
        state="wanted",
        choices=choices,
        conversation_id=choices.conversation_id,
        id=creation_id,
    )
