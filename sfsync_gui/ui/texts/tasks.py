"""New tasks in words: where a value comes from, who is to own the task, what is usual."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE
from sfsync_gui.core.new_tasks import TaskOrigin
from sfsync_gui.engine.task_views import Choice, ConversationRow, TaskField
from sfsync_gui.ui.texts.times import relative

translate = QCoreApplication.translate


def origin_text(field: TaskField) -> str:
    """Where a value comes from: 'Your settings'."""
    return {
        TaskOrigin.PERSON: translate("tasks", "The linked record"),
        TaskOrigin.CONVERSATION: translate("tasks", "The day it was closed"),
        TaskOrigin.TEAMMATE: translate("tasks", "The teammate in Intercom"),
        TaskOrigin.SETTING: translate("tasks", "Your settings"),
        TaskOrigin.CHOICE: translate("tasks", "Chosen here"),
    }[field.origin]


def owner_text(owner: str) -> str:
    """Who is to own new tasks, for what is no User Id."""
    return {
        BY_TEAMMATE: translate("tasks", "The teammate of the conversation, or the person’s owner"),
        BY_SIGN_IN: translate("tasks", "The user signed in to Salesforce"),
    }.get(owner, owner)


def default_text(choice: Choice) -> str:
    """What a new task has where nothing is chosen."""
    label = next((one.label for one in choice.options if one.value == choice.default), "")
    if not label:
        return translate("tasks", "Salesforce’s own default")
    return translate("tasks", "{option} (by default)").format(option=label)


def conversation_text(one: ConversationRow, now: float) -> str:
    """A conversation in one line: how it begins, how old it is, and what stands about it."""
    title = one.title or translate("tasks", "Without a text")
    state = translate("tasks", "closed") if one.is_closed else translate("tasks", "open")
    parts = [title, state, relative(one.updated_at, now)]
    if one.task_id is not None:
        parts.append(translate("tasks", "has a task"))
    return " · ".join(parts)
