"""`sfsync tasks`: what a task would be, having it created, and which there are."""

from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.creating import (
    ASKED_FOR,
    ask,
    print_field,
    print_missing,
    print_problem,
    print_refusal,
)
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.stored import glanced
from sfsync_gui.cli.wording import KIND, date_and_time, person_text, plain
from sfsync_gui.core.new_tasks import TaskChoices, TaskOrigin
from sfsync_gui.core.schema import TASK
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.task_views import TaskEnding, TaskStanding

_ORIGINS = {
    TaskOrigin.PERSON: "whom it is about",
    TaskOrigin.CONVERSATION: "when the conversation was closed",
    TaskOrigin.TEAMMATE: "the user with the address of the teammate",
    TaskOrigin.SETTING: "by the settings",
    TaskOrigin.CHOICE: "chosen",
}
_STATES = {
    "wanted": "waits to be created",
    "sending": "sent, not known yet whether it arrived",
    "unclear": "sent, somebody has to say whether it is there",
    "created": "created",
    "refused": "refused",
}


async def preview_task(
    data_dir: Path, output: Output, intercom_id: str, choices: TaskChoices
) -> ExitCode:
    """What asking for a task would do; nothing is written."""
    found = await ask(data_dir, "tasks.preview", intercom_id, choices)
    output.document(found)
    _print_preview(output, found)
    return ExitCode.FINE


async def create_task(
    data_dir: Path, output: Output, intercom_id: str, choices: TaskChoices, *, yes: bool
) -> ExitCode:
    """Show what would be, ask, and have the task created."""
    if not yes:
        found = await ask(data_dir, "tasks.preview", intercom_id, choices)
        _print_preview(output, found)
        if found["standing"] != TaskStanding.NEW or found["problem"]:
            output.document({"preview": found, "ending": None})
            return ExitCode.ERRORS_OPEN
        typer.confirm("Create this task?", abort=True, err=True)
    result = await ask(data_dir, "tasks.create", intercom_id, choices)
    output.document(result)
    return _tell(output, result)


async def list_conversations(data_dir: Path, output: Output, intercom_id: str) -> ExitCode:
    """The newest conversations of a person, with the tasks that there are about them."""
    found = await give(data_dir, Order("tasks.conversations", {"id": intercom_id}))
    output.document(found["conversations"])
    if not found["conversations"]:
        output.line("There are no conversations, as far as Intercom's search shows.")
    for one in found["conversations"]:
        state = "closed" if one["is_closed"] else "open"
        task = _STATES.get(one["task_state"], "")
        about = f"  task {one['task_id'] or task}" if task else ""
        title = plain(one["title"]) or "(no text)"
        updated = date_and_time(one["updated_at"])
        output.line(f"{one['id']:<16}  {updated}  {state:<6}  {title}{about}")
    shown, total = len(found["conversations"]), found["total"]
    if shown < total:
        output.line(f"These are the newest {shown:,} of {total:,}.", dim=True)
    return ExitCode.FINE


def list_tasks(data_dir: Path, output: Output, intercom_id: str | None, limit: int) -> ExitCode:
    """The newest tasks that were asked for, and what became of them."""
    found: list[tuple[Creation, str]] = []
    if database_path(data_dir).exists():
        found = glanced(data_dir, lambda unit: _newest(unit, intercom_id, limit))
    output.document([_task_json(creation, name) for creation, name in found])
    if not found:
        output.line("No task was asked for yet.")
    for creation, name in found:
        who = person_text(name, creation.intercom_id)
        subject = plain(str(creation.values.get("Subject") or "(not sent yet)"))
        by = "logged" if creation.by_rule else "by hand"
        output.line(f"{creation.id:>5}  {_state_text(creation):<40}  {by:<7}  {who}: {subject}")
    return ExitCode.FINE


def _newest(unit: UnitOfWork, intercom_id: str | None, limit: int) -> list[tuple[Creation, str]]:
    found = unit.state.newest_creations(TASK, limit, intercom_id)
    people = unit.directory.get_many(Side.INTERCOM, [one.intercom_id for one in found])
    return [
        (one, people[one.intercom_id].name if one.intercom_id in people else "") for one in found
    ]


def _task_json(creation: Creation, name: str) -> dict[str, Any]:
    return {
        "id": creation.id,
        "intercom_id": creation.intercom_id,
        "person_name": name,
        "subject": creation.values.get("Subject"),
        "state": creation.state,
        "by_rule": creation.by_rule,
        "conversation_id": creation.conversation_id,
        "task_id": creation.salesforce_id,
    }


def _state_text(creation: Creation) -> str:
    said = _STATES[creation.state]
    return f"{said} as {creation.salesforce_id}" if creation.salesforce_id else said


def _print_preview(output: Output, found: Result) -> None:
    name = person_text(found["name"], found["intercom_id"])
    match TaskStanding(found["standing"]):
        case TaskStanding.NOT_LINKED:
            output.line(f"No task can be created for {name}: nobody in Salesforce is linked.")
            output.line("Link the two with `sfsync links link`, or create a lead first.")
        case TaskStanding.UNDER_WAY:
            output.line("A task about this conversation was asked for already.")
            output.line("`sfsync tasks list` tells what becomes of it.")
        case TaskStanding.NEW if found["problem"]:
            print_problem(output, "task", name, found)
        case TaskStanding.NEW:
            _print_values(output, name, found)


def _print_values(output: Output, name: str, found: Result) -> None:
    kind = KIND[PersonKind(found["kind"])]
    output.line(f"A task would be created for {name}, {kind} {found['salesforce_id']}:")
    for field in found["fields"]:
        origin = _ORIGINS[TaskOrigin(field["origin"])]
        print_field(output, field, origin)
    for line in found["description"].splitlines():
        output.line(f"    | {plain(line)}")
    if found["is_cut"]:
        output.line("    The text is cut: Salesforce does not hold all of it.")
    if found["logged_id"]:
        output.line(f"There is a task about this conversation already: {found['logged_id']}.")
    print_missing(output, "task", found)


def _tell(output: Output, result: Result) -> ExitCode:
    match TaskEnding(result["ending"]):
        case TaskEnding.CREATED:
            output.line(f"Created: task {result['task_id']}, “{plain(result['subject'])}”.")
            return ExitCode.FINE
        case TaskEnding.REFUSED:
            print_refusal(output, "task", result["error"])
            return ExitCode.ERRORS_OPEN
    output.line(ASKED_FOR)
    return ExitCode.FINE
