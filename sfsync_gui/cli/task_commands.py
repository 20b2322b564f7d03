"""The commands around tasks that are created in Salesforce."""

from typing import Annotated

import typer

from sfsync_gui.cli.options import DATA_DIR, DataDir, Json, act, look
from sfsync_gui.cli.output import Output
from sfsync_gui.core.new_tasks import TaskChoices

tasks = typer.Typer(
    help="Tasks in Salesforce about people and their conversations.", no_args_is_help=True
)

IntercomId = Annotated[str, typer.Argument(help="The id of the person in Intercom.")]
Conversation = Annotated[
    str | None, typer.Option(help="The id of one of the person's conversations.")
]
Subject = Annotated[str | None, typer.Option(help="In place of that of the settings.")]
Due = Annotated[str | None, typer.Option(help="The day it is due, as YYYY-MM-DD; none for none.")]
Status = Annotated[str | None, typer.Option(help="As Salesforce names it; none for its default.")]
Priority = Annotated[str | None, typer.Option(help="As Salesforce names it; none for its default.")]
Type = Annotated[str | None, typer.Option("--type", help="As Salesforce names it; none for none.")]
Owner = Annotated[
    str | None,
    typer.Option(help="signed_in, teammate or a User Id; the setting where left out."),
]
Comment = Annotated[str, typer.Option(help="A text before the conversation's.")]


@tasks.command("preview")
def tasks_preview(
    intercom_id: IntercomId,
    conversation: Conversation = None,
    subject: Subject = None,
    due: Due = None,
    status: Status = None,
    priority: Priority = None,
    type_: Type = None,
    owner: Owner = None,
    comment: Comment = "",
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show what a task would be made of; writes nothing."""
    from sfsync_gui.cli.tasks import preview_task

    output = Output(as_json)
    choices = TaskChoices(subject, due, status, priority, type_, owner, comment, conversation)
    act(output, lambda: preview_task(data_dir, output, intercom_id, _checked(choices)))


@tasks.command("create")
def tasks_create(
    intercom_id: IntercomId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    conversation: Conversation = None,
    subject: Subject = None,
    due: Due = None,
    status: Status = None,
    priority: Priority = None,
    type_: Type = None,
    owner: Owner = None,
    comment: Comment = "",
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Create a task for a linked person, also about one of their conversations."""
    from sfsync_gui.cli.tasks import create_task

    output = Output(as_json)
    choices = TaskChoices(subject, due, status, priority, type_, owner, comment, conversation)
    act(output, lambda: create_task(data_dir, output, intercom_id, _checked(choices), yes=yes))


@tasks.command("conversations")
def tasks_conversations(
    intercom_id: IntercomId, data_dir: DataDir = DATA_DIR, as_json: Json = False
) -> None:
    """List the newest conversations of a person, with the tasks that there are about them."""
    from sfsync_gui.cli.tasks import list_conversations

    output = Output(as_json)
    act(output, lambda: list_conversations(data_dir, output, intercom_id))


@tasks.command("list")
def tasks_list(
    person: Annotated[str | None, typer.Option(help="Only those for this Intercom id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the newest tasks that were asked for or logged, and what became of them."""
    from sfsync_gui.cli.tasks import list_tasks

    output = Output(as_json)
    look(output, lambda: list_tasks(data_dir, output, person, limit))


def _checked(choices: TaskChoices) -> TaskChoices:
    """With `none` as no value, and an owner and a day that can be."""
    from dataclasses import replace

    from sfsync_gui.cli.output import UsageError
    from sfsync_gui.cli.settings import parse_text
    from sfsync_gui.core.new_tasks import is_a_day

    names = ("due", "status", "priority", "type")
    given = {name: getattr(choices, name) for name in names}
    none = {name: "" for name, value in given.items() if value and value.casefold() == "none"}
    choices = replace(choices, **none)
    if choices.due and not is_a_day(choices.due):
        raise UsageError("Not understood", f"{choices.due} is no day.", "Write it as YYYY-MM-DD.")
    if choices.owner is not None:
        choices = replace(choices, owner=parse_text("task_owner", choices.owner))
    return choices
