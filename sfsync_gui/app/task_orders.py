"""Orders about tasks that are to be created in Salesforce; see `orders`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine import new_tasks


async def preview(desk: Desk, given: Mapping[str, Any]) -> Result:
    """What asking for a task would do."""
    choices = TaskChoices(**given["choices"])
    return asdict(await new_tasks.preview_task(desk.context, given["id"], choices))


async def offers(desk: Desk, given: Mapping[str, Any]) -> Result:
    """What can be chosen for a task."""
    return asdict(await new_tasks.task_offers(desk.context))


async def conversations(desk: Desk, given: Mapping[str, Any]) -> Result:
    """The newest conversations of a person."""
    found = await new_tasks.conversations_of(desk.context, given["id"])
    return {"conversations": [asdict(one) for one in found.rows], "total": found.total}


async def create(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Have a task created; tells what came of it."""
    if desk.engine is None:
        raise SetupError(
            "Nothing can be created here", "Only the store is at hand.", "Connect both sides first."
        )
    choices = TaskChoices(**given["choices"])
    outcome = await new_tasks.have_task(desk.engine, given["id"], choices)
    return {
        "ending": outcome.ending,
        "task_id": outcome.task_id,
        "subject": outcome.subject,
        "error": asdict(outcome.error) if outcome.error else None,
    }
